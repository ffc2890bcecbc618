import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.operations
import django.db.models.deletion
from django.db import migrations, models

import niangjia.core.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        django.contrib.postgres.operations.BtreeGistExtension(),
        migrations.CreateModel(
            name="SpecialDay",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("kind", models.CharField(choices=[("HOLIDAY", "放假"), ("WORKDAY", "调休上班")], max_length=8)),
                ("name", models.CharField(max_length=20, verbose_name="名称")),
            ],
            options={
                "ordering": ["day"],
            },
        ),
        migrations.CreateModel(
            name="Division",
            fields=[
                ("code", niangjia.core.fields.CodeField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                ("short_name", models.CharField(max_length=60, verbose_name="简称")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("DISTRICT", "区县"),
                            ("SUBDISTRICT", "街道"),
                            ("TOWN", "镇"),
                            ("TOWNSHIP", "乡"),
                            ("RESIDENTS", "社区"),
                            ("VILLAGERS", "村"),
                        ],
                        max_length=12,
                    ),
                ),
                ("mca_code", models.CharField(blank=True, default="", max_length=9, verbose_name="民政部代码")),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("successor_code", models.CharField(blank=True, default="", max_length=12)),
                ("latitude", models.FloatField(blank=True, null=True)),
                ("longitude", models.FloatField(blank=True, null=True)),
            ],
            options={
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                        ),
                        name="org_division_dates",
                        violation_error_message="区划的失效日期应晚于生效日期。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Officer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, verbose_name="姓名")),
                ("name_pinyin", models.CharField(max_length=120)),
                ("name_initials", models.CharField(max_length=40)),
                (
                    "gender",
                    models.CharField(
                        choices=[("F", "女"), ("M", "男")], default="F", max_length=1, verbose_name="性别"
                    ),
                ),
                ("birth_month", models.DateField(blank=True, null=True, verbose_name="出生年月")),
                ("ethnicity", models.CharField(default="汉族", max_length=12, verbose_name="民族")),
                (
                    "political",
                    models.CharField(
                        choices=[
                            ("PARTY", "中共党员"),
                            ("YOUTH", "共青团员"),
                            ("DEMOCRATIC", "民主党派"),
                            ("MASSES", "群众"),
                        ],
                        default="MASSES",
                        max_length=12,
                        verbose_name="政治面貌",
                    ),
                ),
                ("education", models.CharField(blank=True, default="", max_length=12, verbose_name="文化程度")),
                ("employer", models.CharField(blank=True, default="", max_length=80, verbose_name="工作单位及职务")),
                (
                    "domain",
                    models.CharField(
                        choices=[
                            ("GRASSROOTS", "基层"),
                            ("SCIENCE", "科教"),
                            ("HEALTH", "卫生"),
                            ("COMPANY", "企业"),
                            ("SOCIAL", "社会组织"),
                            ("FARMING", "致富带头人"),
                            ("OFFICE", "机关事业"),
                            ("OTHER", "其他"),
                        ],
                        default="GRASSROOTS",
                        max_length=12,
                        verbose_name="界别",
                    ),
                ),
                ("phone", niangjia.core.fields.SealedTextField(blank=True, context="org_officer.phone", null=True)),
                ("phone_index", niangjia.core.fields.BlindIndexField(blank=True, null=True)),
                ("place", niangjia.core.fields.CodeField()),
            ],
            options={
                "ordering": ["name_pinyin", "id"],
                "indexes": [models.Index(fields=["place"], name="org_officer_place")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("phone_index", "name"),
                        name="org_officer_phone_name",
                        violation_error_message="同名同手机号的人员已在名册中。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Unit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="单位名称")),
                ("short_name", models.CharField(max_length=40, verbose_name="简称")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("FEDERATION", "妇联"),
                            ("SUBUNIT", "内设或功能区组织"),
                            ("DEPARTMENT", "成员单位"),
                            ("SCHOOL", "学校"),
                            ("SUPPLIER", "服务机构"),
                            ("ASSESSOR", "考核评估组"),
                        ],
                        max_length=12,
                        verbose_name="类型",
                    ),
                ),
                ("place", niangjia.core.fields.CodeField(verbose_name="所在代码")),
                ("order", models.PositiveIntegerField(default=0)),
                ("active_from", models.DateField()),
                ("active_to", models.DateField(blank=True, null=True)),
                ("executives_expected", models.PositiveIntegerField(default=0, verbose_name="执委职数")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="org.unit",
                    ),
                ),
            ],
            options={
                "ordering": ["place", "order", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("active_to__isnull", True), ("kind", "FEDERATION")),
                        fields=("place",),
                        name="org_unit_one_federation_a_place",
                        violation_error_message="同一地方只能有一个在任的妇联组织。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Term",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="届次")),
                ("years", models.PositiveSmallIntegerField(verbose_name="每届年数")),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="terms", to="org.unit"),
                ),
            ],
            options={
                "ordering": ["unit", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("unit", "number"), name="org_term_once"),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gt", models.F("starts_on"))),
                        name="org_term_dates",
                        violation_error_message="届满日期应晚于起始日期。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Post",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("CHAIR", "主席"),
                            ("VICE_CHAIR_FULL", "专职副主席"),
                            ("VICE_CHAIR_PART", "兼职副主席"),
                            ("VICE_CHAIR_SECOND", "挂职副主席"),
                            ("STANDING_MEMBER", "常委"),
                            ("EXEC_MEMBER", "执委"),
                            ("STAFF", "干事"),
                            ("FINANCE", "财务"),
                            ("GROUP_LEADER", "妇女小组长"),
                            ("LIAISON", "联络员"),
                            ("ASSESSOR", "考核专家"),
                            ("SYSTEM_ADMIN", "系统管理员"),
                            ("SECURITY_ADMIN", "安全管理员"),
                            ("AUDITOR", "审计员"),
                        ],
                        max_length=20,
                        verbose_name="职务",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="任职日期")),
                ("ends_on", models.DateField(verbose_name="届满或到期日期")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="实际离任日期")),
                ("leave_reason", models.CharField(blank=True, default="", max_length=60, verbose_name="离任原因")),
                ("in_two_committees", models.BooleanField(default=False, verbose_name="进村(社区)两委")),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "span",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            models.F("starts_on"),
                            models.Func(
                                models.F("ends_on"),
                                models.F("ended_on"),
                                function="least",
                                output_field=models.DateField(),
                            ),
                            models.Value("[]"),
                            function="daterange",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="posts", to="org.officer"
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to="org.term",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="posts", to="org.unit"),
                ),
            ],
            options={
                "ordering": ["unit", "role", "officer"],
                "indexes": [models.Index(fields=["place"], name="org_post_place")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="org_post_dates",
                        violation_error_message="任职到期日期不能早于任职日期。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_on__isnull", True), ("ended_on__gte", models.F("starts_on")), _connector="OR"
                        ),
                        name="org_post_left_after_start",
                        violation_error_message="离任日期不能早于任职日期。",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("officer", "="), ("unit", "="), ("role", "="), ("span", "&&")],
                        name="org_post_once_at_a_time",
                        violation_error_message="此人在该单位的同一职务任期重叠。",
                    ),
                ],
            },
        ),
    ]
