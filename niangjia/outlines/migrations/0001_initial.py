from decimal import Decimal

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
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
            name="Indicator",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=16, verbose_name="代码")),
                ("domain", models.CharField(max_length=20, verbose_name="领域")),
                ("name", models.CharField(max_length=80, verbose_name="指标")),
                ("definition", models.CharField(blank=True, default="", max_length=400, verbose_name="含义")),
                ("numerator_name", models.CharField(blank=True, default="", max_length=80, verbose_name="分子")),
                ("denominator_name", models.CharField(blank=True, default="", max_length=80, verbose_name="分母")),
                ("counted_in", models.CharField(default="人", max_length=8, verbose_name="分子分母的单位")),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("%", "%"),
                            ("‰", "‰"),
                            ("1/10万", "1/10万"),
                            ("年", "年"),
                            ("岁", "岁"),
                            ("人", "人"),
                            ("所", "所"),
                            ("个", "个"),
                            ("比值", "比值"),
                            ("是/否", "是/否"),
                        ],
                        max_length=8,
                        verbose_name="单位",
                    ),
                ),
                (
                    "direction",
                    models.CharField(
                        choices=[
                            ("GE", "不低于"),
                            ("LE", "不高于"),
                            ("AROUND", "保持在左右"),
                            ("INCREASE", "逐步提高"),
                            ("DECREASE", "逐步降低"),
                            ("KEEP", "保持（不低于基期）"),
                            ("QUAL", "定性"),
                        ],
                        max_length=10,
                        verbose_name="方向",
                    ),
                ),
                ("exceeds", models.BooleanField(default=False, verbose_name="分子可以大于分母")),
                ("breakdowns", models.JSONField(blank=True, default=list, verbose_name="分组")),
                (
                    "tier",
                    models.CharField(
                        choices=[
                            ("0", "全国"),
                            ("1", "市级"),
                            ("2", "区县"),
                            ("3", "乡镇（街道）"),
                            ("4", "村（社区）"),
                        ],
                        default="2",
                        max_length=1,
                        verbose_name="最低评价层级",
                    ),
                ),
                ("key", models.BooleanField(default=False, verbose_name="重点指标")),
                ("source", models.CharField(blank=True, default="", max_length=80, verbose_name="数据来源")),
                ("formula", models.CharField(blank=True, default="", max_length=300, verbose_name="公式")),
                (
                    "low",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=16, null=True, verbose_name="常见下限"
                    ),
                ),
                (
                    "high",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=16, null=True, verbose_name="常见上限"
                    ),
                ),
                (
                    "jump",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0.30"), max_digits=4, verbose_name="年际变动须说明的幅度"
                    ),
                ),
                ("unconfirmed", models.BooleanField(default=False, verbose_name="未经核实")),
                ("valid_from", models.PositiveSmallIntegerField(verbose_name="起用年")),
                ("valid_to", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="停用年")),
                ("order", models.PositiveIntegerField(default=0)),
                ("place", niangjia.core.fields.CodeField()),
            ],
            options={
                "ordering": ["outline", "order", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="outlines_indicator_years",
                        violation_error_message="停用年不能早于起用年。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Hard",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField()),
                (
                    "chosen",
                    models.CharField(
                        choices=[("RED", "红灯"), ("MIDTERM", "中期未达标"), ("HAND", "人工选定")],
                        max_length=8,
                        verbose_name="列入原因",
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="说明")),
                ("listed_at", models.DateTimeField()),
                ("listed_by", models.CharField(max_length=120)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_why", models.CharField(blank=True, default="", max_length=300)),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "indicator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="hard", to="outlines.indicator"
                    ),
                ),
            ],
            options={
                "ordering": ["-listed_at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("place", "indicator"),
                        name="outlines_hard_once",
                        violation_error_message="这个指标已在重难点清单中。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=120, verbose_name="名称")),
                ("unit_name", models.CharField(max_length=80)),
                ("added_at", models.DateTimeField()),
                ("added_by", models.CharField(max_length=120)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                (
                    "indicator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="evidence", to="outlines.indicator"
                    ),
                ),
            ],
            options={
                "ordering": ["indicator", "year", "id"],
                "indexes": [models.Index(fields=["place", "indicator", "year"], name="outlines_evidence_place")],
            },
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "duty",
                    models.CharField(
                        choices=[("LEAD", "牵头"), ("SUPPORT", "配合")],
                        default="LEAD",
                        max_length=8,
                        verbose_name="职责",
                    ),
                ),
                ("valid_from", models.IntegerField(verbose_name="起")),
                ("valid_to", models.IntegerField(blank=True, null=True, verbose_name="止")),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "years",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            models.F("valid_from"),
                            models.F("valid_to"),
                            models.Value("[]"),
                            function="int4range",
                            output_field=django.contrib.postgres.fields.ranges.IntegerRangeField(),
                        ),
                        output_field=django.contrib.postgres.fields.ranges.IntegerRangeField(),
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="org.unit"),
                ),
                (
                    "indicator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="assignments", to="outlines.indicator"
                    ),
                ),
            ],
            options={
                "ordering": ["indicator", "duty", "unit"],
                "indexes": [models.Index(fields=["unit", "indicator"], name="outlines_assignment_unit")],
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("indicator", "="), ("place", "="), ("unit", "="), ("years", "&&")],
                        name="outlines_assignment_once",
                        violation_error_message="该部门已负责这个指标。",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("duty", "LEAD")),
                        expressions=[("indicator", "="), ("place", "="), ("years", "&&")],
                        name="outlines_assignment_one_lead",
                        violation_error_message="同一指标同一年只能有一个牵头部门。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Link",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("impossible", models.BooleanField(default=True)),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "lower",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="outlines.indicator"
                    ),
                ),
                (
                    "upper",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="outlines.indicator"
                    ),
                ),
            ],
            options={
                "ordering": ["lower", "upper"],
                "constraints": [models.UniqueConstraint(fields=("lower", "upper"), name="outlines_link_once")],
            },
        ),
        migrations.CreateModel(
            name="Observation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField()),
                (
                    "numerator",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=16, null=True, verbose_name="分子"),
                ),
                (
                    "denominator",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=16, null=True, verbose_name="分母"),
                ),
                (
                    "value",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=16, null=True, verbose_name="值"),
                ),
                ("parts", models.JSONField(blank=True, default=dict)),
                ("answers", models.JSONField(blank=True, default=dict)),
                ("inputs", models.JSONField(blank=True, default=list)),
                ("note", models.CharField(blank=True, default="", max_length=500, verbose_name="说明")),
                ("measures_taken", models.CharField(blank=True, default="", max_length=500, verbose_name="主要措施")),
                ("source", models.CharField(blank=True, default="", max_length=300, verbose_name="来源")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("DRAFT", "填写中"),
                            ("RETURNED", "退回修改"),
                            ("DEPT_SUBMITTED", "部门已报"),
                            ("STATS_CHECKED", "统计已审"),
                            ("CONFIRMED", "已确认"),
                            ("PUBLISHED", "已发布"),
                            ("REVISED", "已被更正"),
                        ],
                        default="DRAFT",
                        max_length=14,
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1)),
                ("why", models.CharField(blank=True, default="", max_length=300, verbose_name="更正原因")),
                ("returned", models.CharField(blank=True, default="", max_length=300, verbose_name="退回原因")),
                ("unit_name", models.CharField(blank=True, default="", max_length=80)),
                ("generated", models.BooleanField(default=False)),
                ("saved_at", models.DateTimeField()),
                ("saved_by", models.CharField(max_length=120)),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
                ("submitted_by", models.CharField(blank=True, default="", max_length=120)),
                ("on_time", models.BooleanField(null=True)),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("checked_by", models.CharField(blank=True, default="", max_length=120)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("confirmed_by", models.CharField(blank=True, default="", max_length=120)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "indicator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="observations",
                        to="outlines.indicator",
                    ),
                ),
                (
                    "restates",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="restated_by",
                        to="outlines.observation",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.unit",
                    ),
                ),
            ],
            options={
                "ordering": ["indicator", "place", "year", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("CONFIRMED", "PUBLISHED"))),
                        fields=("place", "indicator", "year"),
                        include=("value",),
                        name="outlines_value_one_in_force",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("DRAFT", "RETURNED", "DEPT_SUBMITTED", "STATS_CHECKED"))),
                        fields=("place", "indicator", "year"),
                        name="outlines_value_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["CONFIRMED", "PUBLISHED", "REVISED"]), _negated=True),
                            ("value__isnull", False),
                            _connector="OR",
                        ),
                        name="outlines_value_in_force_is_a_number",
                        violation_error_message="已确认的指标必须有值。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("restates__isnull", True), models.Q(("why", ""), _negated=True), _connector="OR"
                        ),
                        name="outlines_value_restated_with_reason",
                        violation_error_message="更正已确认的值必须写明原因。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "RETURNED"), _negated=True),
                            models.Q(("returned", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="outlines_value_returned_with_reason",
                        violation_error_message="退回必须写明原因。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=24, verbose_name="编号")),
                ("demand", models.CharField(max_length=500, verbose_name="督办要求")),
                (
                    "state",
                    models.CharField(
                        choices=[("ISSUED", "待报计划"), ("PLANNED", "整改中"), ("CLOSED", "已销号")],
                        default="ISSUED",
                        max_length=8,
                    ),
                ),
                ("issued_at", models.DateTimeField()),
                ("issued_by", models.CharField(max_length=120)),
                ("plan_due_on", models.DateField(verbose_name="报计划截止")),
                ("plan", models.CharField(blank=True, default="", max_length=1000, verbose_name="整改措施")),
                ("owner", models.CharField(blank=True, default="", max_length=60, verbose_name="责任人")),
                ("finish_on", models.DateField(blank=True, null=True, verbose_name="完成时限")),
                ("planned_at", models.DateTimeField(blank=True, null=True)),
                ("planned_by", models.CharField(blank=True, default="", max_length=120)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("closed_by", models.CharField(blank=True, default="", max_length=120)),
                ("conclusion", models.CharField(blank=True, default="", max_length=300, verbose_name="销号意见")),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "closed_on",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="outlines.observation",
                    ),
                ),
                (
                    "hard",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="orders", to="outlines.hard"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="org.unit"),
                ),
            ],
            options={
                "ordering": ["-issued_at", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("place", "number"), name="outlines_order_number"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "CLOSED"), _negated=True),
                        fields=("hard",),
                        name="outlines_order_one_open",
                        violation_error_message="这个指标已有未销号的督办单。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "CLOSED"), _negated=True), ("closed_on__isnull", False), _connector="OR"
                        ),
                        name="outlines_order_closed_on_a_value",
                        violation_error_message="督办单只能凭已确认的值销号。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "ISSUED"), ("planned_at__isnull", False), _connector="OR"),
                        name="outlines_order_planned",
                        violation_error_message="还没有整改计划。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Outline",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=20, verbose_name="代号")),
                (
                    "subject",
                    models.CharField(
                        choices=[("WOMEN", "妇女"), ("CHILDREN", "儿童")], max_length=10, verbose_name="对象"
                    ),
                ),
                ("title", models.CharField(max_length=80, verbose_name="名称")),
                ("document", models.CharField(blank=True, default="", max_length=80, verbose_name="文号")),
                ("source", models.CharField(blank=True, default="", max_length=300, verbose_name="来源说明")),
                ("base_year", models.PositiveSmallIntegerField(verbose_name="基期年")),
                ("start_year", models.PositiveSmallIntegerField(verbose_name="起始年")),
                ("midterm_year", models.PositiveSmallIntegerField(verbose_name="中期评估年")),
                ("end_year", models.PositiveSmallIntegerField(verbose_name="目标年")),
                (
                    "near",
                    models.DecimalField(
                        decimal_places=3, default=Decimal("0.05"), max_digits=4, verbose_name="接近达标的幅度"
                    ),
                ),
                (
                    "yellow",
                    models.DecimalField(
                        decimal_places=3, default=Decimal("0.8"), max_digits=4, verbose_name="偏慢的下限"
                    ),
                ),
                ("plan_days", models.PositiveSmallIntegerField(default=15, verbose_name="报整改计划的工作日")),
                ("place", niangjia.core.fields.CodeField()),
            ],
            options={
                "ordering": ["-start_year", "subject", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("place", "key"),
                        name="outlines_outline_once",
                        violation_error_message="已有同一代号的规划。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("base_year__lte", models.F("start_year")),
                            ("start_year__lt", models.F("end_year")),
                            ("midterm_year__gte", models.F("start_year")),
                            ("midterm_year__lte", models.F("end_year")),
                        ),
                        name="outlines_outline_years",
                        violation_error_message="年份应依次为：基期年、起始年、中期评估年、目标年。",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="indicator",
            name="outline",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="indicators", to="outlines.outline"
            ),
        ),
        migrations.CreateModel(
            name="Progress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField()),
                ("quarter", models.PositiveSmallIntegerField()),
                ("text", models.CharField(max_length=1000, verbose_name="进展")),
                (
                    "value",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=16, null=True, verbose_name="当前值"),
                ),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=120)),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="progress", to="outlines.order"
                    ),
                ),
            ],
            options={
                "ordering": ["order", "year", "quarter", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quarter__gte", 1), ("quarter__lte", 4)),
                        name="outlines_progress_quarter",
                        violation_error_message="季度应为1至4。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Target",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "value",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=16, null=True, verbose_name="目标值"),
                ),
                (
                    "tolerance",
                    models.DecimalField(decimal_places=4, default=Decimal("0"), max_digits=16, verbose_name="允许偏差"),
                ),
                (
                    "baseline",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=16, null=True, verbose_name="基期值"),
                ),
                ("baseline_year", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="基期年")),
                ("valid_from", models.IntegerField(verbose_name="起")),
                ("valid_to", models.IntegerField(blank=True, null=True, verbose_name="止")),
                ("note", models.CharField(blank=True, default="", max_length=200, verbose_name="依据")),
                ("unconfirmed", models.BooleanField(default=False, verbose_name="未经核实")),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "years",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            models.F("valid_from"),
                            models.F("valid_to"),
                            models.Value("[]"),
                            function="int4range",
                            output_field=django.contrib.postgres.fields.ranges.IntegerRangeField(),
                        ),
                        output_field=django.contrib.postgres.fields.ranges.IntegerRangeField(),
                    ),
                ),
                (
                    "indicator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="targets", to="outlines.indicator"
                    ),
                ),
            ],
            options={
                "ordering": ["indicator", "place", "valid_from"],
                "indexes": [models.Index(fields=["place", "indicator"], name="outlines_target_place")],
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("indicator", "="), ("place", "="), ("years", "&&")],
                        name="outlines_target_one_a_year",
                        violation_error_message="同一指标同一年只能有一个目标值。",
                    ),
                    models.CheckConstraint(condition=models.Q(("tolerance__gte", 0)), name="outlines_target_tolerance"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Year",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="监测年度")),
                (
                    "state",
                    models.CharField(
                        choices=[("OPEN", "收集中"), ("PUBLISHED", "已发布")], default="OPEN", max_length=10
                    ),
                ),
                ("due_on", models.DateField(verbose_name="部门填报截止")),
                ("opened_at", models.DateTimeField()),
                ("opened_by", models.CharField(max_length=120)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("published_by", models.CharField(blank=True, default="", max_length=120)),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "checker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.unit",
                        verbose_name="审核单位",
                    ),
                ),
                (
                    "outline",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="years", to="outlines.outline"
                    ),
                ),
            ],
            options={
                "ordering": ["-year", "outline"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("outline", "place", "year"),
                        name="outlines_year_once",
                        violation_error_message="这个年度已经开启。",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="indicator",
            constraint=models.UniqueConstraint(
                fields=("outline", "code"),
                name="outlines_indicator_once",
                violation_error_message="本规划已有这个代码。",
            ),
        ),
    ]
