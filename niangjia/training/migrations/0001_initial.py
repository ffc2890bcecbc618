from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models

import niangjia.core.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("attendance", "0002_protect"),
        ("files", "0001_initial"),
        ("org", "0006_lecturer"),
        ("people", "0005_duplicates_protected"),
    ]

    operations = [
        migrations.CreateModel(
            name="Course",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="期次")),
                (
                    "kind",
                    models.CharField(
                        choices=[("SKILLS", "就业技能培训"), ("BACKBONE", "骨干培训")],
                        max_length=8,
                        verbose_name="类别",
                    ),
                ),
                ("title", models.CharField(max_length=80, verbose_name="班次名称")),
                ("subject", models.CharField(max_length=40, verbose_name="工种或主题")),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("INTRODUCTION", "普及"),
                            ("SPECIAL", "专项能力"),
                            ("FIVE", "五级/初级"),
                            ("FOUR", "四级/中级"),
                            ("THREE", "三级/高级"),
                        ],
                        default="INTRODUCTION",
                        max_length=12,
                        verbose_name="等级",
                    ),
                ),
                ("hours", models.PositiveSmallIntegerField(verbose_name="学时")),
                ("capacity", models.PositiveSmallIntegerField(verbose_name="名额")),
                ("venue", models.CharField(max_length=80, verbose_name="地点")),
                ("place", niangjia.core.fields.CodeField()),
                ("teachers", models.CharField(blank=True, default="", max_length=120, verbose_name="授课老师")),
                ("plan", models.TextField(blank=True, default="", max_length=2000, verbose_name="教学计划")),
                ("starts_on", models.DateField(verbose_name="开班日期")),
                ("ends_on", models.DateField(verbose_name="结束日期")),
                ("enrol_until", models.DateField(verbose_name="报名截止")),
                ("contact", models.CharField(blank=True, default="", max_length=20, verbose_name="咨询电话")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PLANNED", "待批准"),
                            ("APPROVED", "已批准"),
                            ("ENROLLING", "报名中"),
                            ("RUNNING", "上课中"),
                            ("EXAM", "考核中"),
                            ("CLOSED", "已结业"),
                            ("SUBSIDY_CLAIMED", "已申领补贴"),
                            ("AUDITED", "已审定"),
                            ("CANCELLED", "已取消"),
                        ],
                        default="PLANNED",
                        max_length=16,
                        verbose_name="状态",
                    ),
                ),
                ("has_exam", models.BooleanField(default=True, verbose_name="有结业考核")),
                ("planned_by_account", models.BigIntegerField()),
                ("approved_by", models.CharField(blank=True, default="", max_length=120, verbose_name="批准人")),
                ("approved_on", models.DateField(blank=True, null=True, verbose_name="批准日期")),
                (
                    "small_why",
                    models.CharField(blank=True, default="", max_length=80, verbose_name="人数不足仍开班的原因"),
                ),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="结业日期")),
                ("cancel_why", models.CharField(blank=True, default="", max_length=80, verbose_name="取消原因")),
                ("feedback_code", models.CharField(max_length=16, unique=True)),
                ("token", models.UUIDField(unique=True)),
                ("revision", models.PositiveIntegerField(default=1)),
                (
                    "trainer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.unit",
                        verbose_name="培训机构",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.unit",
                        verbose_name="承办妇联",
                    ),
                ),
            ],
            options={
                "ordering": ["-starts_on", "-id"],
                "indexes": [
                    models.Index(fields=["place", "state"], name="training_office_place"),
                    models.Index(fields=["trainer"], name="training_course_trainer"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__gte", models.F("starts_on")), ("enrol_until__lte", models.F("ends_on"))
                        ),
                        name="training_course_dates",
                        violation_error_message="结束日期不能早于开班日期，报名截止不能晚于结束日期。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_on__isnull", False), ("state__in", ("CLOSED", "SUBSIDY_CLAIMED", "AUDITED"))
                            ),
                            models.Q(
                                models.Q(("state__in", ("CLOSED", "SUBSIDY_CLAIMED", "AUDITED")), _negated=True),
                                ("closed_on__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="training_course_closed",
                        violation_error_message="结业的班次须有结业日期。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "CANCELLED"), _negated=True),
                            models.Q(("cancel_why", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="training_course_cancelled",
                        violation_error_message="取消须写明原因。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("heads", models.PositiveIntegerField(verbose_name="申领人数")),
                ("unit_price", models.DecimalField(decimal_places=2, max_digits=8, verbose_name="标准（元/人）")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=11, verbose_name="申领金额（元）")),
                ("claimed_on", models.DateField(verbose_name="申领日期")),
                ("claimed_by", models.CharField(max_length=120)),
                ("claimed_by_account", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("SUBMITTED", "待审定"), ("AUDITED", "已审定"), ("TAKEN_BACK", "已撤回")],
                        default="SUBMITTED",
                        max_length=12,
                    ),
                ),
                ("audited_heads", models.PositiveIntegerField(blank=True, null=True, verbose_name="审定人数")),
                (
                    "audited_amount",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=11, null=True, verbose_name="审定金额（元）"
                    ),
                ),
                ("audited_on", models.DateField(blank=True, null=True, verbose_name="审定日期")),
                ("audited_by", models.CharField(blank=True, default="", max_length=120)),
                ("opinion", models.CharField(blank=True, default="", max_length=200, verbose_name="审定意见")),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="claims", to="training.course"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "TAKEN_BACK"), _negated=True),
                        fields=("course",),
                        name="training_claim_once",
                        violation_error_message="这个班已经申领过。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "AUDITED"), _negated=True),
                            models.Q(
                                ("audited_amount__isnull", False),
                                ("audited_heads__lte", models.F("heads")),
                                ("audited_on__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="training_claim_audited",
                        violation_error_message="审定人数不能多于申领人数，并须写明金额和日期。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Enrolment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("id_index", niangjia.core.fields.BlindIndexField(blank=True, null=True)),
                ("name", models.CharField(max_length=40, verbose_name="姓名")),
                ("place", niangjia.core.fields.CodeField()),
                ("office_place", niangjia.core.fields.CodeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("APPLIED", "待录取"),
                            ("WAITING", "候补"),
                            ("ACCEPTED", "已录取"),
                            ("ATTENDING", "在学"),
                            ("COMPLETED", "结业"),
                            ("CERTIFIED", "已发证"),
                            ("PLACED", "已就业"),
                            ("DROPPED", "未完成"),
                            ("REFUSED", "未录取"),
                            ("WITHDRAWN", "已取消报名"),
                        ],
                        default="APPLIED",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("filed_by_account", models.BigIntegerField()),
                ("helper", models.CharField(blank=True, default="", max_length=60, verbose_name="代报人")),
                ("filed_at", models.DateTimeField(verbose_name="报名时间")),
                ("accepted_at", models.DateTimeField(blank=True, null=True, verbose_name="录取时间")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="退出日期")),
                ("why", models.CharField(blank=True, default="", max_length=120, verbose_name="原因")),
                (
                    "score",
                    models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True, verbose_name="成绩"),
                ),
                ("present_halves", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="到课半天数")),
                ("held_halves", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="开课半天数")),
                ("completed_on", models.DateField(blank=True, null=True, verbose_name="结业日期")),
                ("certified_on", models.DateField(blank=True, null=True, verbose_name="发证日期")),
                ("placed_on", models.DateField(blank=True, null=True, verbose_name="就业日期")),
                ("told_at", models.DateTimeField(blank=True, null=True, verbose_name="告知时间")),
                ("told_by", models.CharField(blank=True, default="", max_length=120)),
                ("token", models.UUIDField(unique=True)),
                ("revision", models.PositiveIntegerField(default=1)),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="enrolments", to="training.course"
                    ),
                ),
                (
                    "participant",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="attendance.participant",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "ordering": ["filed_at", "id"],
                "indexes": [
                    models.Index(fields=["place", "state"], name="training_enrolment_home"),
                    models.Index(fields=["office_place"], name="training_enrolment_there"),
                    models.Index(
                        condition=models.Q(("id_index__isnull", False)),
                        fields=["id_index"],
                        name="training_enrolment_number",
                    ),
                    models.Index(
                        condition=models.Q(("completed_on__isnull", False)),
                        fields=["completed_on"],
                        name="training_enrolment_done",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("DROPPED", "REFUSED", "WITHDRAWN")), _negated=True),
                        fields=("course", "id_index"),
                        name="training_enrolment_once",
                        violation_error_message="她已经报了这个班。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("completed_on__isnull", False), ("state__in", ("COMPLETED", "CERTIFIED", "PLACED"))
                            ),
                            models.Q(
                                models.Q(("state__in", ("COMPLETED", "CERTIFIED", "PLACED")), _negated=True),
                                ("completed_on__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="training_enrolment_completed",
                        violation_error_message="结业须有结业日期。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("score__isnull", True), models.Q(("score__gte", 0), ("score__lte", 100)), _connector="OR"
                        ),
                        name="training_enrolment_score",
                        violation_error_message="成绩在0到100之间。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClaimLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("counts", models.BooleanField()),
                ("reason", models.CharField(blank=True, default="", max_length=160, verbose_name="不计入的原因")),
                ("once_key", models.CharField(blank=True, max_length=64, null=True)),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="training.claim"
                    ),
                ),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="training.enrolment"
                    ),
                ),
            ],
            options={
                "ordering": ["-counts", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("once_key",),
                        name="training_claim_once_a_year",
                        violation_error_message="同一人同一工种一年只补贴一次。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("counts", True), ("reason", "")),
                            models.Q(
                                ("counts", False), ("once_key__isnull", True), models.Q(("reason", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="training_claim_reason",
                        violation_error_message="不计入的须写明原因。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.PositiveSmallIntegerField(verbose_name="第几个月")),
                ("due_on", models.DateField(verbose_name="应回访日期")),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="回访日期")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("EMPLOYED", "就业"), ("SELF", "创业"), ("HOME", "居家"), ("UNREACHED", "未联系上")],
                        default="",
                        max_length=10,
                        verbose_name="情况",
                    ),
                ),
                ("employer", models.CharField(blank=True, default="", max_length=60, verbose_name="单位或项目")),
                ("income", models.PositiveIntegerField(blank=True, null=True, verbose_name="月收入（元）")),
                ("note", niangjia.core.fields.SealedTextField(blank=True, context="training_followup.note", null=True)),
                ("done_by", models.CharField(blank=True, default="", max_length=120)),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="follow_ups", to="training.enrolment"
                    ),
                ),
            ],
            options={
                "ordering": ["due_on", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_on__isnull", True)),
                        fields=["place", "due_on"],
                        name="training_followup_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("enrolment", "month"), name="training_followup_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_on__isnull", True), ("outcome", "")),
                            models.Q(("done_on__isnull", False), models.Q(("outcome", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="training_followup_heard",
                        violation_error_message="回访须写明情况。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Paper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("NOTICE", "开班通知"),
                            ("PLAN", "批准的计划"),
                            ("TIMETABLE", "课程表"),
                            ("SIGN_IN", "签到册"),
                            ("PHOTO", "照片"),
                            ("EXAM", "考核材料"),
                            ("CERTIFICATE", "证书发放表"),
                            ("SATISFACTION", "满意度"),
                            ("INVOICE", "发票"),
                            ("PAYMENT", "付款凭证"),
                            ("OTHER", "其他"),
                        ],
                        max_length=12,
                        verbose_name="种类",
                    ),
                ),
                ("title", models.CharField(max_length=80, verbose_name="名称")),
                ("added_at", models.DateTimeField(verbose_name="存入时间")),
                ("added_by", models.CharField(max_length=120)),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="papers", to="training.course"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
            ],
            options={
                "ordering": ["kind", "id"],
            },
        ),
        migrations.CreateModel(
            name="Particulars",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sex", models.CharField(blank=True, default="", max_length=1)),
                ("birth", models.DateField(blank=True, null=True, verbose_name="出生日期")),
                (
                    "phone",
                    niangjia.core.fields.SealedTextField(blank=True, context="training_particulars.phone", null=True),
                ),
                ("phone_index", niangjia.core.fields.BlindIndexField(blank=True, null=True)),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("LEFT_BEHIND", "留守妇女"),
                            ("REGISTERED", "脱贫或监测户"),
                            ("SUBSISTENCE", "低保、特困"),
                            ("DISABLED", "残疾"),
                            ("OTHER", "其他"),
                        ],
                        default="OTHER",
                        max_length=12,
                        verbose_name="人员类别",
                    ),
                ),
                (
                    "education",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("PRIMARY", "小学及以下"),
                            ("MIDDLE", "初中"),
                            ("HIGH", "高中、中专"),
                            ("COLLEGE", "大专及以上"),
                        ],
                        default="",
                        max_length=8,
                        verbose_name="文化程度",
                    ),
                ),
                (
                    "intention",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("JOB", "找工作"),
                            ("BUSINESS", "自己创业"),
                            ("HOME_WORK", "居家灵活就业"),
                            ("SKILL", "提升技能"),
                        ],
                        default="",
                        max_length=10,
                        verbose_name="参训意向",
                    ),
                ),
                ("rural", models.BooleanField(blank=True, null=True, verbose_name="农村户籍或常住")),
                (
                    "away_months",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="丈夫外出务工（月）"),
                ),
                ("findings", models.JSONField(default=list, verbose_name="资格核对")),
                (
                    "verdict",
                    models.CharField(
                        choices=[("PASS", "符合"), ("FAIL", "不符合"), ("NEEDS_PROOF", "待证明")],
                        max_length=12,
                        verbose_name="资格",
                    ),
                ),
                ("proved_by", models.CharField(blank=True, default="", max_length=120, verbose_name="核实人")),
                ("proof", models.CharField(blank=True, default="", max_length=120, verbose_name="核实说明")),
                ("filed_by_account", models.BigIntegerField()),
                ("place", niangjia.core.fields.CodeField()),
                ("office_place", niangjia.core.fields.CodeField()),
                (
                    "enrolment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="facts", to="training.enrolment"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["place"], name="training_particulars_place")],
            },
        ),
        migrations.CreateModel(
            name="Project",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=80, verbose_name="项目名称")),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                (
                    "kind",
                    models.CharField(
                        choices=[("SKILLS", "就业技能培训"), ("BACKBONE", "骨干培训")],
                        default="SKILLS",
                        max_length=8,
                        verbose_name="类别",
                    ),
                ),
                ("fund_source", models.CharField(blank=True, default="", max_length=80, verbose_name="资金来源")),
                (
                    "unit_price",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0"), max_digits=8, verbose_name="补贴标准（元/人）"
                    ),
                ),
                ("target_heads", models.PositiveIntegerField(default=0, verbose_name="任务人数")),
                ("document_no", models.CharField(blank=True, default="", max_length=60, verbose_name="文号")),
                ("note", models.CharField(blank=True, default="", max_length=200, verbose_name="说明")),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.unit",
                        verbose_name="主办单位",
                    ),
                ),
            ],
            options={
                "ordering": ["-year", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("place", "year", "title"),
                        name="training_project_once",
                        violation_error_message="这一年已有同名项目。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("unit_price__gte", 0)),
                        name="training_project_price",
                        violation_error_message="标准不能是负数。",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="course",
            name="project",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="courses",
                to="training.project",
                verbose_name="项目",
            ),
        ),
        migrations.CreateModel(
            name="Rating",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("useful", models.PositiveSmallIntegerField()),
                ("teacher", models.PositiveSmallIntegerField()),
                ("venue", models.PositiveSmallIntegerField()),
                ("overall", models.PositiveSmallIntegerField()),
                ("words", niangjia.core.fields.SealedTextField(blank=True, context="training_rating.words", null=True)),
                ("rated_on", models.DateField()),
                ("token", models.UUIDField(unique=True)),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="training.course"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Standard",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("SKILLS", "就业技能培训"), ("BACKBONE", "骨干培训")],
                        max_length=8,
                        verbose_name="班次类别",
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                ("women_only", models.BooleanField(default=True, verbose_name="只面向妇女")),
                ("age_min", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="最小年龄")),
                ("age_max", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="最大年龄")),
                ("rural_only", models.BooleanField(default=False, verbose_name="只面向农村户籍或常住")),
                (
                    "absence_months",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="丈夫外出务工满（月）"),
                ),
                ("once_a_year", models.BooleanField(default=True, verbose_name="同一工种一年一次")),
                ("attendance_percent", models.PositiveSmallIntegerField(default=80, verbose_name="结业出勤率（%）")),
                ("pass_mark", models.PositiveSmallIntegerField(default=60, verbose_name="考核合格分")),
                ("size_min", models.PositiveSmallIntegerField(default=30, verbose_name="每班最少（人）")),
                ("size_max", models.PositiveSmallIntegerField(default=50, verbose_name="每班最多（人）")),
                ("feedback_days", models.PositiveSmallIntegerField(default=30, verbose_name="满意度填写期（天）")),
                ("source", models.CharField(blank=True, default="", max_length=120, verbose_name="依据")),
                ("confirmed", models.BooleanField(default=False, verbose_name="已核实")),
            ],
            options={
                "ordering": ["kind", "-valid_from"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "valid_from"),
                        name="training_standard_once",
                        violation_error_message="这一天已有同类标准。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("attendance_percent__lte", 100),
                            ("pass_mark__lte", 100),
                            ("size_min__lte", models.F("size_max")),
                            models.Q(
                                ("age_min__isnull", True),
                                ("age_max__isnull", True),
                                ("age_min__lte", models.F("age_max")),
                                _connector="OR",
                            ),
                        ),
                        name="training_standard_limits",
                        violation_error_message="下限不能大于上限，百分比不能超过100。",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="course",
            constraint=models.UniqueConstraint(
                fields=("project", "number"), name="training_course_once", violation_error_message="这一期已经登记过。"
            ),
        ),
    ]
