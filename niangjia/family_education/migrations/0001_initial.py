import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import niangjia.core.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("attendance", "0002_protect"),
        ("files", "0001_initial"),
        ("org", "0006_lecturer"),
    ]

    operations = [
        migrations.CreateModel(
            name="EducationDay",
            fields=[
                ("year", models.PositiveSmallIntegerField(primary_key=True, serialize=False, verbose_name="年份")),
                ("day", models.DateField(verbose_name="家庭教育日")),
            ],
        ),
        migrations.CreateModel(
            name="VenueKind",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(max_length=12, unique=True, verbose_name="场所类别")),
                ("entered", models.BooleanField(default=True, verbose_name="计入三进")),
                ("active", models.BooleanField(default=True, verbose_name="在用")),
                ("order", models.PositiveSmallIntegerField(default=100, verbose_name="顺序")),
            ],
            options={
                "ordering": ["order", "id"],
            },
        ),
        migrations.CreateModel(
            name="Course",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=60, verbose_name="课程")),
                (
                    "field",
                    models.CharField(
                        choices=[
                            ("TALK", "亲子沟通"),
                            ("HABIT", "习惯养成"),
                            ("PUBERTY", "青春期教育"),
                            ("NET", "网络素养"),
                            ("SAFETY", "安全与自我保护"),
                            ("GRAND", "隔代教养"),
                            ("LEFT", "留守儿童关爱"),
                            ("MIND", "心理健康"),
                            ("LAW", "家庭教育法规"),
                            ("START", "入园入学衔接"),
                            ("BABY", "孕育和早教"),
                            ("MOTTO", "家风家教"),
                        ],
                        max_length=8,
                        verbose_name="方向",
                    ),
                ),
                (
                    "age",
                    models.CharField(
                        choices=[
                            ("EXPECTING", "新婚和孕期"),
                            ("BABY", "0至3岁"),
                            ("PRESCHOOL", "3至6岁"),
                            ("PRIMARY", "6至12岁"),
                            ("JUNIOR", "12至15岁"),
                            ("SENIOR", "15至18岁"),
                            ("ALL", "不分年龄"),
                        ],
                        max_length=10,
                        verbose_name="孩子年龄段",
                    ),
                ),
                ("minutes", models.PositiveSmallIntegerField(default=90, verbose_name="时长（分钟）")),
                ("summary", models.CharField(blank=True, default="", max_length=200, verbose_name="简介")),
                ("active", models.BooleanField(default=True, verbose_name="可点")),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "material",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="files.storedfile",
                    ),
                ),
            ],
            options={
                "ordering": ["field", "title"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("minutes__gte", 10), ("minutes__lte", 600)),
                        name="family_course_minutes",
                        violation_error_message="时长应在10至600分钟之间。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Activity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("MOBILE", "流动学校"),
                            ("SCHOOL", "家长学校"),
                            ("THEME", "主题活动"),
                            ("ONLINE", "线上"),
                        ],
                        max_length=8,
                        verbose_name="方式",
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("PARENTS", "家长"),
                            ("GRANDPARENTS", "祖辈照护人"),
                            ("EXPECTING", "孕期和婴幼儿家庭"),
                            ("FAMILIES", "家长和孩子"),
                            ("PRIORITY", "留守、困境等重点家庭"),
                            ("TEACHERS", "教师和家教骨干"),
                        ],
                        default="PARENTS",
                        max_length=12,
                        verbose_name="对象",
                    ),
                ),
                (
                    "field",
                    models.CharField(
                        choices=[
                            ("TALK", "亲子沟通"),
                            ("HABIT", "习惯养成"),
                            ("PUBERTY", "青春期教育"),
                            ("NET", "网络素养"),
                            ("SAFETY", "安全与自我保护"),
                            ("GRAND", "隔代教养"),
                            ("LEFT", "留守儿童关爱"),
                            ("MIND", "心理健康"),
                            ("LAW", "家庭教育法规"),
                            ("START", "入园入学衔接"),
                            ("BABY", "孕育和早教"),
                            ("MOTTO", "家风家教"),
                        ],
                        max_length=8,
                        verbose_name="内容",
                    ),
                ),
                ("lecturer_name", models.CharField(blank=True, default="", max_length=40, verbose_name="主讲人")),
                ("public", models.BooleanField(default=False, verbose_name="在门户预告")),
                ("place", niangjia.core.fields.CodeField()),
                ("token", models.UUIDField(unique=True)),
                ("recorded_by", models.CharField(max_length=120, verbose_name="登记人")),
                ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
                ("revision", models.PositiveIntegerField(default=1)),
                (
                    "session",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="attendance.session",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.unit",
                        verbose_name="主办单位",
                    ),
                ),
                (
                    "with_unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.unit",
                    ),
                ),
                (
                    "course",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="family.course",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["place"], name="family_activity_place"),
                    models.Index(fields=["unit"], name="family_activity_unit"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("with_unit__isnull", True),
                            models.Q(("with_unit", models.F("unit")), _negated=True),
                            _connector="OR",
                        ),
                        name="family_activity_with_another",
                        violation_error_message="共同举办单位不能是主办单位自己。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Duty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("regulation", models.CharField(default="重庆市家庭教育促进条例", max_length=40, verbose_name="法规")),
                ("article", models.CharField(max_length=30, verbose_name="条款")),
                (
                    "party",
                    models.CharField(
                        choices=[
                            ("SCHOOL", "中小学"),
                            ("KINDERGARTEN", "幼儿园"),
                            ("TOWN", "乡镇街道"),
                            ("VILLAGE", "村（社区）"),
                            ("DEPARTMENT", "部门单位"),
                            ("FEDERATION", "区妇联"),
                        ],
                        max_length=12,
                        verbose_name="责任主体",
                    ),
                ),
                ("words", models.CharField(blank=True, default="", max_length=60, verbose_name="成员单位简称含")),
                ("what", models.CharField(max_length=120, verbose_name="职责")),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("COUNT", "按活动场次"),
                            ("PAPER", "有或没有，附材料"),
                            ("STANDING", "长期职责，只列出"),
                        ],
                        max_length=8,
                        verbose_name="怎么看完成",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(default=1, verbose_name="次数")),
                (
                    "per",
                    models.CharField(
                        choices=[("TERM", "每学期"), ("YEAR", "每年")],
                        default="YEAR",
                        max_length=4,
                        verbose_name="周期",
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="生效日期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="失效日期")),
                ("unconfirmed", models.BooleanField(default=False, verbose_name="待核对")),
                ("note", models.CharField(blank=True, default="", max_length=120, verbose_name="说明")),
                ("order", models.PositiveSmallIntegerField(default=100, verbose_name="顺序")),
            ],
            options={
                "ordering": ["order", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("number__gt", 0)),
                        name="family_duty_number",
                        violation_error_message="次数至少为1。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="family_duty_dates",
                        violation_error_message="失效日期不能早于生效日期。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Exemption",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField()),
                (
                    "season",
                    models.CharField(
                        blank=True, choices=[("SPRING", "春季学期"), ("AUTUMN", "秋季学期")], default="", max_length=6
                    ),
                ),
                ("place", niangjia.core.fields.CodeField()),
                ("said_by", models.CharField(max_length=120, verbose_name="登记人")),
                ("said_at", models.DateTimeField(verbose_name="登记时间")),
                ("reason", models.CharField(max_length=120, verbose_name="原因")),
                (
                    "duty",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="family.duty"),
                ),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="org.unit"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("duty", "unit", "year", "season"), name="family_exemption_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Lecturer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, verbose_name="姓名")),
                ("employer", models.CharField(blank=True, default="", max_length=60, verbose_name="工作单位")),
                ("title", models.CharField(blank=True, default="", max_length=60, verbose_name="职称或资格")),
                (
                    "fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("TALK", "亲子沟通"),
                                ("HABIT", "习惯养成"),
                                ("PUBERTY", "青春期教育"),
                                ("NET", "网络素养"),
                                ("SAFETY", "安全与自我保护"),
                                ("GRAND", "隔代教养"),
                                ("LEFT", "留守儿童关爱"),
                                ("MIND", "心理健康"),
                                ("LAW", "家庭教育法规"),
                                ("START", "入园入学衔接"),
                                ("BABY", "孕育和早教"),
                                ("MOTTO", "家风家教"),
                            ],
                            max_length=8,
                        ),
                        size=None,
                        verbose_name="擅长方向",
                    ),
                ),
                (
                    "towns",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=niangjia.core.fields.CodeField(),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="可到镇街",
                    ),
                ),
                (
                    "weekdays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="通常有空的日子",
                    ),
                ),
                ("phone", niangjia.core.fields.SealedTextField(blank=True, context="family_lecturer.phone", null=True)),
                ("contract_from", models.DateField(verbose_name="聘期起")),
                ("contract_to", models.DateField(blank=True, null=True, verbose_name="聘期止")),
                ("note", models.CharField(blank=True, default="", max_length=200, verbose_name="备注")),
                ("place", niangjia.core.fields.CodeField()),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("contract_to__isnull", True),
                            ("contract_to__gte", models.F("contract_from")),
                            _connector="OR",
                        ),
                        name="family_lecturer_contract",
                        violation_error_message="聘期止不能早于聘期起。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LectureOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", niangjia.core.fields.CodeField(verbose_name="授课地")),
                (
                    "field",
                    models.CharField(
                        choices=[
                            ("TALK", "亲子沟通"),
                            ("HABIT", "习惯养成"),
                            ("PUBERTY", "青春期教育"),
                            ("NET", "网络素养"),
                            ("SAFETY", "安全与自我保护"),
                            ("GRAND", "隔代教养"),
                            ("LEFT", "留守儿童关爱"),
                            ("MIND", "心理健康"),
                            ("LAW", "家庭教育法规"),
                            ("START", "入园入学衔接"),
                            ("BABY", "孕育和早教"),
                            ("MOTTO", "家风家教"),
                        ],
                        max_length=8,
                        verbose_name="内容",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="开始")),
                ("ends_at", models.DateTimeField(verbose_name="结束")),
                ("venue", models.CharField(max_length=60, verbose_name="地点")),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("PARENTS", "家长"),
                            ("GRANDPARENTS", "祖辈照护人"),
                            ("EXPECTING", "孕期和婴幼儿家庭"),
                            ("FAMILIES", "家长和孩子"),
                            ("PRIORITY", "留守、困境等重点家庭"),
                            ("TEACHERS", "教师和家教骨干"),
                        ],
                        default="PARENTS",
                        max_length=12,
                        verbose_name="对象",
                    ),
                ),
                ("expected", models.PositiveIntegerField(verbose_name="预计人数")),
                ("note", models.CharField(blank=True, default="", max_length=200, verbose_name="要求")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("REQUESTED", "待安排讲师"),
                            ("MATCHED", "待讲师确认"),
                            ("DECLINED", "讲师不能来"),
                            ("CONFIRMED", "已确认"),
                            ("HELD", "已授课"),
                            ("RATED", "已评价"),
                            ("CANCELLED", "已取消"),
                        ],
                        default="REQUESTED",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("stars", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="评分")),
                ("remark", models.CharField(blank=True, default="", max_length=200, verbose_name="评价")),
                ("token", models.UUIDField(unique=True)),
                ("revision", models.PositiveIntegerField(default=1)),
                (
                    "activity",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="order",
                        to="family.activity",
                    ),
                ),
                (
                    "course",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="family.course",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.unit",
                        verbose_name="点单单位",
                    ),
                ),
                (
                    "lecturer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="family.lecturer",
                    ),
                ),
                (
                    "venue_kind",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="family.venuekind",
                    ),
                ),
            ],
            options={
                "ordering": ["starts_at", "id"],
                "indexes": [models.Index(fields=["place"], name="family_order_place")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="family_order_hours",
                        violation_error_message="结束时间应晚于开始时间。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("stars__isnull", True), models.Q(("stars__gte", 1), ("stars__lte", 5)), _connector="OR"
                        ),
                        name="family_order_stars",
                        violation_error_message="评分为1至5分。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["REQUESTED", "CANCELLED"]), ("lecturer__isnull", False), _connector="OR"
                        ),
                        name="family_order_lecturer",
                        violation_error_message="请先安排讲师。",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="activity",
            name="lecturer",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="activities",
                to="family.lecturer",
            ),
        ),
        migrations.CreateModel(
            name="LecturerCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code_index", niangjia.core.fields.BlindIndexField(unique=True)),
                ("until", models.DateField(verbose_name="有效期至")),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("made_by", models.CharField(max_length=120)),
                ("made_at", models.DateTimeField()),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "lecturer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="codes", to="family.lecturer"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("lecturer",),
                        name="family_lecturercode_one",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Meeting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("held_on", models.DateField(verbose_name="日期")),
                ("title", models.CharField(max_length=80, verbose_name="会议或发文")),
                ("text", models.TextField(blank=True, default="", max_length=2000, verbose_name="议定事项")),
                ("place", niangjia.core.fields.CodeField()),
                ("said_by", models.CharField(max_length=120, verbose_name="登记人")),
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="files.storedfile",
                    ),
                ),
            ],
            options={
                "ordering": ["-held_on", "-id"],
            },
        ),
        migrations.CreateModel(
            name="OrderStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("REQUESTED", "待安排讲师"),
                            ("MATCHED", "待讲师确认"),
                            ("DECLINED", "讲师不能来"),
                            ("CONFIRMED", "已确认"),
                            ("HELD", "已授课"),
                            ("RATED", "已评价"),
                            ("CANCELLED", "已取消"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=120)),
                ("note", models.CharField(blank=True, default="", max_length=200)),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "lecturer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="family.lecturer",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="family.lectureorder"
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Paper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField()),
                (
                    "season",
                    models.CharField(
                        blank=True, choices=[("SPRING", "春季学期"), ("AUTUMN", "秋季学期")], default="", max_length=6
                    ),
                ),
                ("place", niangjia.core.fields.CodeField()),
                ("said_by", models.CharField(max_length=120, verbose_name="登记人")),
                ("said_at", models.DateTimeField(verbose_name="登记时间")),
                ("text", models.CharField(max_length=200, verbose_name="内容")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "duty",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="family.duty"),
                ),
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="files.storedfile",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="org.unit"),
                ),
            ],
            options={
                "ordering": ["-said_at"],
                "indexes": [models.Index(fields=["unit", "year"], name="family_paper_unit_year")],
            },
        ),
        migrations.CreateModel(
            name="Photo",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "activity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="photos", to="family.activity"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="org.unit"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField()),
                (
                    "season",
                    models.CharField(
                        blank=True, choices=[("SPRING", "春季学期"), ("AUTUMN", "秋季学期")], default="", max_length=6
                    ),
                ),
                ("place", niangjia.core.fields.CodeField()),
                ("told_at", models.DateTimeField()),
                ("told_by", models.CharField(max_length=120)),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="org.unit"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("unit", "year", "season"), name="family_reminder_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="School",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("PRIMARY", "小学"),
                            ("MIDDLE", "中学"),
                            ("WHOLE", "九年一贯制"),
                            ("SPECIAL", "特殊教育学校"),
                            ("KINDERGARTEN", "幼儿园"),
                        ],
                        max_length=12,
                        verbose_name="类型",
                    ),
                ),
                ("place", niangjia.core.fields.CodeField(verbose_name="所在地")),
                ("head", models.CharField(blank=True, default="", max_length=40, verbose_name="家长学校负责人")),
                ("opened_on", models.DateField(verbose_name="家长学校开办日期")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="停办日期")),
                ("model_on", models.DateField(blank=True, null=True, verbose_name="命名为示范家长学校")),
                (
                    "unit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.unit",
                        verbose_name="学校",
                    ),
                ),
            ],
            options={
                "ordering": ["place", "id"],
                "indexes": [models.Index(fields=["place"], name="family_school_place")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_on__isnull", True), ("closed_on__gte", models.F("opened_on")), _connector="OR"
                        ),
                        name="family_school_dates",
                        violation_error_message="停办日期不能早于开办日期。",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="activity",
            name="school",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="family.school"
            ),
        ),
        migrations.CreateModel(
            name="Semester",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="年份")),
                (
                    "season",
                    models.CharField(
                        choices=[("SPRING", "春季学期"), ("AUTUMN", "秋季学期")], max_length=6, verbose_name="学期"
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="开学")),
                ("ends_on", models.DateField(verbose_name="结束")),
            ],
            options={
                "ordering": ["starts_on"],
                "constraints": [
                    models.UniqueConstraint(fields=("year", "season"), name="family_semester_once"),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gt", models.F("starts_on"))),
                        name="family_semester_dates",
                        violation_error_message="结束日期应晚于开学日期。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TermPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", niangjia.core.fields.CodeField()),
                ("text", models.TextField(max_length=1000, verbose_name="学期计划")),
                ("said_by", models.CharField(max_length=120, verbose_name="登记人")),
                ("said_at", models.DateTimeField(verbose_name="登记时间")),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="plans", to="family.school"
                    ),
                ),
                (
                    "semester",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="family.semester"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="org.unit"),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("school", "semester"), name="family_termplan_once")],
            },
        ),
        migrations.AddField(
            model_name="activity",
            name="venue_kind",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="family.venuekind",
            ),
        ),
        migrations.CreateModel(
            name="Apart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", niangjia.core.fields.CodeField()),
                ("said_by", models.CharField(max_length=120)),
                ("said_at", models.DateTimeField()),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="family.activity"
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="family.activity"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("first", "second"), name="family_apart_once"),
                    models.CheckConstraint(
                        condition=models.Q(("first__lt", models.F("second"))), name="family_apart_ordered"
                    ),
                ],
            },
        ),
    ]
