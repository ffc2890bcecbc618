import django.db.models.deletion
from django.db import migrations, models

import niangjia.core.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("org", "0002_protect"),
        ("people", "0002_protect"),
    ]

    operations = [
        migrations.CreateModel(
            name="Deadline",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("STUDY", "学习"),
                            ("LIVING", "生活"),
                            ("WORK", "就业"),
                            ("HEALTH", "健康"),
                            ("LAW", "法律"),
                            ("CARE", "照护"),
                            ("OTHER", "其他"),
                        ],
                        max_length=8,
                        verbose_name="类别",
                    ),
                ),
                ("assign_days", models.PositiveSmallIntegerField(verbose_name="分派（工作日）")),
                ("done_days", models.PositiveSmallIntegerField(verbose_name="办结（工作日）")),
                ("valid_from", models.DateField(verbose_name="启用日期")),
            ],
            options={
                "ordering": ["kind", "-valid_from"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "valid_from"),
                        name="needs_deadline_once",
                        violation_error_message="这一天已有同类期限。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("assign_days__gte", 1), ("done_days__gte", models.F("assign_days"))),
                        name="needs_deadline_order",
                        violation_error_message="期限至少1个工作日，办结期限不短于分派期限。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Need",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("STUDY", "学习"),
                            ("LIVING", "生活"),
                            ("WORK", "就业"),
                            ("HEALTH", "健康"),
                            ("LAW", "法律"),
                            ("CARE", "照护"),
                            ("OTHER", "其他"),
                        ],
                        max_length=8,
                        verbose_name="类别",
                    ),
                ),
                ("text", niangjia.core.fields.SealedTextField(context="needs_need.text")),
                ("raised_from", models.CharField(blank=True, default="", max_length=40)),
                ("raised_by", models.CharField(max_length=80, verbose_name="登记人")),
                ("raised_by_account", models.BigIntegerField()),
                ("raised_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("RAISED", "待分派"),
                            ("ASSIGNED", "办理中"),
                            ("HANDED_OVER", "已转部门"),
                            ("DONE", "已解决"),
                            ("CLOSED", "已答复"),
                        ],
                        default="RAISED",
                        max_length=12,
                    ),
                ),
                ("assign_by", models.DateField(verbose_name="分派期限")),
                ("due_on", models.DateField(verbose_name="办结期限")),
                ("answer", niangjia.core.fields.SealedTextField(blank=True, context="needs_need.answer", null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("on_time", models.BooleanField(blank=True, null=True)),
                ("revision", models.PositiveIntegerField(default=1)),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="needs_handed_over",
                        to="org.unit",
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="needs",
                        to="people.household",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="needs",
                        to="people.person",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="needs", to="org.unit"),
                ),
            ],
            options={
                "ordering": ["due_on", "id"],
                "indexes": [
                    models.Index(fields=["place", "state", "due_on"], name="needs_need_scope"),
                    models.Index(fields=["raised_from"], name="needs_need_from"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answer__isnull", False),
                                ("ended_at__isnull", False),
                                ("on_time__isnull", False),
                                ("state__in", ("DONE", "CLOSED")),
                            ),
                            models.Q(
                                models.Q(("state__in", ("DONE", "CLOSED")), _negated=True), ("ended_at__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="needs_need_answered",
                        violation_error_message="办结须有答复。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "HANDED_OVER"), _negated=True),
                            ("department__isnull", False),
                            _connector="OR",
                        ),
                        name="needs_need_department",
                        violation_error_message="转部门的须写明部门。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("raised_from", ""),
                            ("raised_from__regex", "^[a-z_]{2,20}:[1-9][0-9]{0,17}$"),
                            _connector="OR",
                        ),
                        name="needs_need_from_form",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NeedStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("title", models.CharField(max_length=80)),
                ("note", niangjia.core.fields.SealedTextField(blank=True, context="needs_needstep.note", null=True)),
                ("by", models.CharField(max_length=80)),
                ("by_account", models.BigIntegerField()),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "need",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="needs.need"
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
                "indexes": [models.Index(fields=["need", "-at"], name="needs_step_need")],
            },
        ),
    ]
