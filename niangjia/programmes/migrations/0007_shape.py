import django.db.models.deletion
from django.db import migrations, models

import niangjia.core.fields
import niangjia.programmes.models


class Migration(migrations.Migration):
    dependencies = [
        ("org", "0002_protect"),
        ("people", "0002_protect"),
        ("programmes", "0006_visits"),
    ]

    operations = [
        migrations.CreateModel(
            name="Allotment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", niangjia.core.fields.CodeField()),
                ("number", models.PositiveIntegerField(verbose_name="名额")),
            ],
            options={
                "ordering": ["round", "place"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="case",
            name="programmes_case_submitted_has_person",
        ),
        migrations.RemoveConstraint(
            model_name="grant",
            name="programmes_grant_once_for_life",
        ),
        migrations.RemoveConstraint(
            model_name="round",
            name="programmes_round_amount",
        ),
        migrations.AddField(
            model_name="attachment",
            name="step",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attachments",
                to="programmes.step",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="household_key",
            field=models.CharField(blank=True, default="", max_length=40),
        ),
        migrations.AddField(
            model_name="case",
            name="title",
            field=models.CharField(blank=True, default="", max_length=80, verbose_name="名称"),
        ),
        migrations.AddField(
            model_name="grant",
            name="often",
            field=models.CharField(db_default="life", max_length=8),
        ),
        migrations.AddField(
            model_name="grant",
            name="per_household",
            field=models.BooleanField(db_default=False),
        ),
        migrations.AddField(
            model_name="notice",
            name="unit",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="org.unit"
            ),
        ),
        migrations.AddField(
            model_name="visit",
            name="household_key",
            field=models.CharField(blank=True, default="", max_length=40),
        ),
        migrations.AddField(
            model_name="visit",
            name="person",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="visits",
                to="people.person",
            ),
        ),
        migrations.AddField(
            model_name="visit",
            name="step",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="visit",
                to="programmes.step",
            ),
        ),
        migrations.AddField(
            model_name="grant",
            name="quantity",
            field=models.PositiveIntegerField(db_default=1, verbose_name="数量"),
        ),
        migrations.AddField(
            model_name="notice",
            name="shows",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="noticeline",
            name="category",
            field=models.CharField(blank=True, default="", max_length=60),
        ),
        migrations.AddField(
            model_name="noticeline",
            name="nameless",
            field=models.CharField(default="申请人", max_length=40),
        ),
        migrations.AddField(
            model_name="noticeline",
            name="title",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
        migrations.AddField(
            model_name="noticeline",
            name="village_name",
            field=models.CharField(blank=True, default="", max_length=60),
        ),
        migrations.AddField(
            model_name="step",
            name="answers",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="step",
            name="sealed_answers",
            field=niangjia.core.fields.SealedTextField(blank=True, context="programmes_step.sealed_answers", null=True),
        ),
        migrations.AddField(
            model_name="visit",
            name="cash",
            field=models.DecimalField(
                blank=True, decimal_places=2, max_digits=10, null=True, verbose_name="慰问金（元）"
            ),
        ),
        migrations.AddField(
            model_name="visit",
            name="goods",
            field=models.CharField(blank=True, default="", max_length=200, verbose_name="慰问物品"),
        ),
        migrations.AddField(
            model_name="visit",
            name="goods_value",
            field=models.DecimalField(
                blank=True, decimal_places=2, max_digits=10, null=True, verbose_name="物品折价（元）"
            ),
        ),
        migrations.AddField(
            model_name="visit",
            name="programme",
            field=models.CharField(default="", max_length=40),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="visit",
            name="unit_name",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
        migrations.AddField(
            model_name="visit",
            name="witness",
            field=models.CharField(blank=True, default="", max_length=40, verbose_name="签收人或见证人"),
        ),
        migrations.AlterField(
            model_name="grant",
            name="amount",
            field=models.DecimalField(
                blank=True, decimal_places=2, max_digits=10, null=True, verbose_name="金额（元）"
            ),
        ),
        migrations.AlterField(
            model_name="grant",
            name="id_index",
            field=niangjia.core.fields.BlindIndexField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="noticeline",
            name="amount",
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=10, null=True),
        ),
        migrations.AlterField(
            model_name="round",
            name="amount",
            field=models.DecimalField(
                blank=True, decimal_places=2, max_digits=10, null=True, verbose_name="每人金额（元）"
            ),
        ),
        migrations.AlterField(
            model_name="visit",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="visits", to="programmes.case"
            ),
        ),
        migrations.AlterField(
            model_name="visit",
            name="heard",
            field=models.CharField(blank=True, default="", max_length=200, verbose_name="听到的需求和意见"),
        ),
        migrations.AlterField(
            model_name="visit",
            name="use_of_money",
            field=models.CharField(blank=True, default="", max_length=200, verbose_name="资金用途"),
        ),
        migrations.AlterField(
            model_name="visit",
            name="visited_on",
            field=models.DateField(verbose_name="日期"),
        ),
        migrations.AlterField(
            model_name="visit",
            name="way",
            field=models.CharField(
                choices=[("VISIT", "入户"), ("PHONE", "电话")], default="VISIT", max_length=8, verbose_name="方式"
            ),
        ),
        migrations.AddIndex(
            model_name="grant",
            index=models.Index(
                condition=models.Q(("household_key", ""), _negated=True),
                fields=["household_key"],
                name="programmes_grant_household",
            ),
        ),
        migrations.AddIndex(
            model_name="grant",
            index=models.Index(
                condition=models.Q(("person__isnull", False)), fields=["person"], name="programmes_grant_of_person"
            ),
        ),
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(
                condition=models.Q(("household_key", ""), _negated=True),
                fields=["household_key"],
                name="programmes_visit_household",
            ),
        ),
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(fields=["programme", "visited_on"], name="programmes_visit_programme"),
        ),
        migrations.AddField(
            model_name="grant",
            name="once_key",
            field=models.GeneratedField(
                db_persist=True,
                expression=niangjia.programmes.models.OnceKey(
                    "often", "per_household", "household_key", "id_index", "year", "round"
                ),
                output_field=models.CharField(max_length=120, null=True),
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("submitted_at__isnull", True),
                    ("person__isnull", False),
                    ("id_index__isnull", True),
                    _connector="OR",
                ),
                name="programmes_case_submitted_has_person",
                violation_error_message="登记了证件号码的申请，提交后必须登记到人。",
            ),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["APPROVED", "PAID"])),
                fields=("family", "once_key"),
                name="programmes_grant_once",
                violation_error_message="已经获得过本项，不能重复。",
            ),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__isnull", True), ("amount__gt", 0), _connector="OR"),
                name="programmes_round_amount",
                violation_error_message="每人金额应大于0元。",
            ),
        ),
        migrations.AlterConstraint(
            model_name="grant",
            name="programmes_grant_paid_has_date",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "PAID"), _negated=True), ("paid_on__isnull", False), _connector="OR"
                ),
                name="programmes_grant_paid_has_date",
                violation_error_message="已发放的须登记到账或交付日期。",
            ),
        ),
        migrations.AddField(
            model_name="allotment",
            name="round",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="allotments", to="programmes.round"
            ),
        ),
        migrations.AddConstraint(
            model_name="allotment",
            constraint=models.UniqueConstraint(
                fields=("round", "place"),
                name="programmes_allotment_once",
                violation_error_message="该镇街的名额已经分配。",
            ),
        ),
    ]
