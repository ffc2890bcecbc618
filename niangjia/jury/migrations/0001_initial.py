import django.db.models.deletion
from django.db import migrations, models

import niangjia.core.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("org", "0003_juror"),
    ]

    operations = [
        migrations.CreateModel(
            name="Panel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=80, verbose_name="评审名称")),
                ("subject", models.CharField(blank=True, db_index=True, default="", max_length=40)),
                ("criteria", models.JSONField(default=list, verbose_name="评分标准")),
                (
                    "method",
                    models.CharField(
                        choices=[("MEAN", "平均分"), ("TRIMMED", "去掉一个最高分和一个最低分后平均")],
                        default="MEAN",
                        max_length=8,
                        verbose_name="计分方法",
                    ),
                ),
                ("vote_weight", models.PositiveSmallIntegerField(default=0, verbose_name="网络投票权重（%）")),
                ("quota", models.PositiveIntegerField(blank=True, null=True, verbose_name="评定名额")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("DRAFT", "筹备"),
                            ("SCORING", "评分中"),
                            ("CLOSED", "评分结束"),
                            ("DECIDED", "已评定"),
                        ],
                        default="DRAFT",
                        max_length=8,
                    ),
                ),
                ("opened_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="panels", to="org.unit"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("vote_weight__lte", 30)),
                        name="jury_vote_weight",
                        violation_error_message="网络投票只作参考，权重不超过30%。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Juror",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("account_id", models.BigIntegerField()),
                ("name", models.CharField(max_length=40, verbose_name="姓名")),
                ("unit_name", models.CharField(blank=True, default="", max_length=60, verbose_name="单位")),
                ("unit_place", niangjia.core.fields.CodeField(blank=True, default="")),
                ("left_at", models.DateTimeField(blank=True, null=True)),
                ("left_reason", models.CharField(blank=True, default="", max_length=100, verbose_name="退出原因")),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "panel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="jurors", to="jury.panel"
                    ),
                ),
            ],
            options={
                "ordering": ["panel", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("panel", "account_id"), name="jury_juror_once", violation_error_message="此人已是评委。"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=40)),
                ("label", models.CharField(max_length=60, verbose_name="名称")),
                ("group", models.CharField(blank=True, default="", max_length=40, verbose_name="类别")),
                ("text", models.TextField(blank=True, default="", max_length=4000, verbose_name="材料")),
                ("entry_place", niangjia.core.fields.CodeField(blank=True, default="")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "panel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="jury.panel"
                    ),
                ),
            ],
            options={
                "ordering": ["panel", "id"],
                "indexes": [models.Index(fields=["subject"], name="jury_entry_subject")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("panel", "subject"), name="jury_entry_once", violation_error_message="已在评审名单中。"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Recusal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=100, verbose_name="回避原因")),
                ("at", models.DateTimeField()),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="recusals", to="jury.entry"
                    ),
                ),
                (
                    "juror",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="recusals", to="jury.juror"
                    ),
                ),
                (
                    "panel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="recusals", to="jury.panel"
                    ),
                ),
            ],
            options={
                "ordering": ["entry", "juror"],
                "constraints": [models.UniqueConstraint(fields=("juror", "entry"), name="jury_recusal_once")],
            },
        ),
        migrations.CreateModel(
            name="Score",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("points", models.JSONField(default=list)),
                ("total", models.DecimalField(decimal_places=2, max_digits=6, verbose_name="合计")),
                ("remark", models.CharField(blank=True, default="", max_length=200, verbose_name="评语")),
                ("at", models.DateTimeField()),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="scores", to="jury.entry"
                    ),
                ),
                (
                    "juror",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="scores", to="jury.juror"
                    ),
                ),
                (
                    "panel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="scores", to="jury.panel"
                    ),
                ),
            ],
            options={
                "ordering": ["entry", "juror"],
                "constraints": [models.UniqueConstraint(fields=("juror", "entry"), name="jury_score_once")],
            },
        ),
    ]
