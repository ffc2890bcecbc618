import django.db.models.deletion
from django.db import migrations, models

import niangjia.core.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("files", "0001_initial"),
        ("org", "0002_protect"),
    ]

    operations = [
        migrations.CreateModel(
            name="Plan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("title", models.CharField(max_length=80, verbose_name="名称")),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="plans", to="org.unit"),
                ),
            ],
            options={
                "ordering": ["-year", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("unit", "year", "title"),
                        name="plans_plan_once",
                        violation_error_message="本单位本年度已有同名计划。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("year__gte", 2000), ("year__lte", 2100)),
                        name="plans_plan_year",
                        violation_error_message="年度应在2000至2100之间。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MonthLock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField()),
                ("month", models.PositiveSmallIntegerField()),
                ("locked_at", models.DateTimeField()),
                ("locked_by", models.CharField(max_length=120)),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="locks", to="plans.plan"
                    ),
                ),
            ],
            options={
                "ordering": ["plan", "year", "month"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("plan", "year", "month"),
                        name="plans_lock_once",
                        violation_error_message="本月已经锁定。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Goal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="goals", to="plans.plan"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PlanVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="版次")),
                (
                    "state",
                    models.CharField(
                        choices=[("DRAFT", "草稿"), ("PUBLISHED", "现行"), ("SUPERSEDED", "已被替代")],
                        default="DRAFT",
                        max_length=10,
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1)),
                ("source_name", models.CharField(blank=True, default="", max_length=120)),
                ("source", models.TextField(verbose_name="原文")),
                ("cleaned", models.TextField()),
                ("reading", models.JSONField(default=dict)),
                ("fills", models.JSONField(default=dict)),
                ("loose", models.JSONField(default=list)),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=120)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("published_by", models.CharField(blank=True, default="", max_length=120)),
                ("note", models.CharField(blank=True, default="", max_length=200, verbose_name="版本说明")),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="plans.plan"
                    ),
                ),
            ],
            options={
                "ordering": ["plan", "-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("plan", "number"), name="plans_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "DRAFT")),
                        fields=("plan",),
                        name="plans_version_one_draft",
                        violation_error_message="本计划已有一个草稿，请先发布或删除它。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "PUBLISHED")),
                        fields=("plan",),
                        name="plans_version_one_in_force",
                        violation_error_message="同一计划只能有一个现行版本。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "DRAFT"), ("published_at__isnull", False), _connector="OR"),
                        name="plans_version_published_has_date",
                        violation_error_message="已发布的版本必须有发布时间。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order", models.PositiveIntegerField()),
                ("key", models.CharField(max_length=32)),
                ("label", models.CharField(blank=True, default="", max_length=20, verbose_name="编号")),
                ("title", models.CharField(blank=True, default="", max_length=200, verbose_name="标题")),
                ("text", models.TextField(max_length=5000, verbose_name="内容")),
                ("quote", models.TextField(blank=True, default="")),
                ("start", models.PositiveIntegerField(blank=True, null=True)),
                ("end", models.PositiveIntegerField(blank=True, null=True)),
                ("programmes", models.JSONField(default=list)),
                ("dropped", models.BooleanField(default=False)),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="plans.item",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="plans.planversion"
                    ),
                ),
            ],
            options={
                "ordering": ["version", "order", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("version", "key"), name="plans_item_key_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("parent__isnull", True),
                            models.Q(("parent", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="plans_item_not_its_own_parent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Split",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("value", models.DecimalField(decimal_places=2, max_digits=14)),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "goal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="splits", to="plans.goal"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="org.unit"),
                ),
            ],
            options={
                "ordering": ["goal", "place", "unit"],
                "indexes": [models.Index(fields=["place", "goal"], name="plans_split_place")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("goal", "unit"), name="plans_split_once", violation_error_message="该单位已有分解数。"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("value__gte", 0)),
                        name="plans_split_not_negative",
                        violation_error_message="分解数不能小于0。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Statement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("done", models.BooleanField(verbose_name="已完成")),
                ("on", models.DateField(verbose_name="日期")),
                ("text", models.CharField(max_length=500, verbose_name="情况说明")),
                ("current", models.BooleanField(default=True)),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=120)),
                ("account_id", models.BigIntegerField()),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "evidence",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="files.storedfile",
                    ),
                ),
                (
                    "goal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="statements", to="plans.goal"
                    ),
                ),
                (
                    "restates",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="restated_by",
                        to="plans.statement",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="org.unit"),
                ),
            ],
            options={
                "ordering": ["goal", "place", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("current", True)),
                        fields=("goal", "unit"),
                        name="plans_statement_one_current",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Target",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order", models.PositiveIntegerField()),
                (
                    "standing",
                    models.CharField(
                        choices=[("SUGGESTED", "待确认"), ("ACCEPTED", "已采纳"), ("REJECTED", "不采纳")],
                        default="SUGGESTED",
                        max_length=10,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("COUNT", "累计数"), ("LEVEL", "水平值"), ("MILESTONE", "节点"), ("QUAL", "定性")],
                        default="COUNT",
                        max_length=10,
                        verbose_name="类型",
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="名称")),
                (
                    "value",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="目标值"),
                ),
                ("unit", models.CharField(blank=True, default="", max_length=8, verbose_name="单位")),
                ("qualifier", models.CharField(blank=True, default="", max_length=12, verbose_name="要求")),
                (
                    "bound",
                    models.CharField(
                        choices=[("MIN", "不少于"), ("MAX", "不超过")], default="MIN", max_length=6, verbose_name="方向"
                    ),
                ),
                ("per", models.CharField(blank=True, default="", max_length=20, verbose_name="频次或对象")),
                ("deadline", models.DateField(blank=True, null=True, verbose_name="完成时限")),
                ("quote", models.TextField(blank=True, default="")),
                ("start", models.PositiveIntegerField(blank=True, null=True)),
                ("end", models.PositiveIntegerField(blank=True, null=True)),
                ("measure", models.CharField(blank=True, default="", max_length=40, verbose_name="计算指标")),
                ("quarters", models.JSONField(blank=True, null=True, verbose_name="季度计划")),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "goal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="targets", to="plans.goal"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="targets", to="plans.item"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.unit",
                        verbose_name="责任单位",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="targets", to="plans.planversion"
                    ),
                ),
            ],
            options={
                "ordering": ["version", "order", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("version", "goal"), name="plans_target_once_a_version"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("standing", "ACCEPTED"), _negated=True),
                            models.Q(("kind__in", ["COUNT", "LEVEL"]), _negated=True),
                            models.Q(("unit__gt", ""), ("value__gt", 0)),
                            _connector="OR",
                        ),
                        name="plans_target_has_number",
                        violation_error_message="累计数和水平值目标必须有大于0的目标值和单位。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("measure", ""), ("kind__in", ["COUNT", "LEVEL"]), _connector="OR"),
                        name="plans_target_measure_is_numeric",
                        violation_error_message="节点和定性目标不能用指标自动计算。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Figure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField()),
                ("month", models.PositiveSmallIntegerField()),
                ("value", models.DecimalField(decimal_places=2, max_digits=14)),
                ("note", models.CharField(blank=True, default="", max_length=300, verbose_name="说明")),
                ("current", models.BooleanField(default=True)),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=120)),
                ("account_id", models.BigIntegerField()),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "evidence",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="files.storedfile",
                    ),
                ),
                (
                    "restates",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="restated_by",
                        to="plans.figure",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="org.unit"),
                ),
                (
                    "goal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="figures", to="plans.goal"
                    ),
                ),
            ],
            options={
                "ordering": ["goal", "year", "month", "place", "id"],
                "indexes": [models.Index(fields=["place", "goal"], name="plans_figure_place")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("current", True)),
                        fields=("goal", "unit", "year", "month"),
                        name="plans_figure_one_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("month__gte", 1), ("month__lte", 12)),
                        name="plans_figure_month",
                        violation_error_message="月份应为1至12。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("value__gte", 0)),
                        name="plans_figure_value",
                        violation_error_message="完成数不能小于0。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("restates__isnull", True), models.Q(("note", ""), _negated=True), _connector="OR"
                        ),
                        name="plans_figure_restated_with_reason",
                        violation_error_message="更正已报的数必须写明原因。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LockedValue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("value", models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True)),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "goal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="locked", to="plans.goal"
                    ),
                ),
                (
                    "lock",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="values", to="plans.monthlock"
                    ),
                ),
            ],
            options={
                "ordering": ["lock", "goal", "place"],
                "constraints": [
                    models.UniqueConstraint(fields=("lock", "goal", "place"), name="plans_locked_value_once")
                ],
            },
        ),
    ]
