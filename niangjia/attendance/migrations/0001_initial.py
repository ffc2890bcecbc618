import django.db.models.deletion
from django.db import migrations, models

import niangjia.core.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("org", "0006_lecturer"),
        ("people", "0005_duplicates_protected"),
    ]

    operations = [
        migrations.CreateModel(
            name="Feed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", niangjia.core.fields.CodeField()),
                ("place_end", models.CharField(db_collation="C", max_length=12)),
                ("token_hash", models.BinaryField(unique=True)),
                ("made_by", models.CharField(max_length=120)),
                ("made_by_account", models.BigIntegerField()),
                ("made_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="calendar_feeds", to="org.unit"
                    ),
                ),
            ],
            options={
                "ordering": ["-made_at"],
            },
        ),
        migrations.CreateModel(
            name="Participant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=60, verbose_name="姓名")),
                ("initials", models.CharField(max_length=40)),
                ("remark", models.CharField(blank=True, default="", max_length=40, verbose_name="备注")),
                ("place", niangjia.core.fields.CodeField()),
                ("home", models.CharField(blank=True, default="", max_length=12)),
                ("joined_at", models.DateTimeField()),
                ("left_at", models.DateTimeField(blank=True, null=True)),
                ("left_reason", models.CharField(blank=True, default="", max_length=100, verbose_name="退出原因")),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="participations",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "ordering": ["initials", "name", "id"],
                "indexes": [
                    models.Index(fields=["subject", "initials"], name="attendance_part_subject"),
                    models.Index(fields=["person"], name="attendance_part_person"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("left_at__isnull", True), ("person__isnull", False)),
                        fields=("subject", "person"),
                        name="attendance_participant_once",
                        violation_error_message="此人已在名册上。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("left_at__isnull", True), models.Q(("left_reason", ""), _negated=True), _connector="OR"
                        ),
                        name="attendance_participant_reason",
                        violation_error_message="请写明退出原因。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=40)),
                ("place", niangjia.core.fields.CodeField()),
                ("title", models.CharField(max_length=80, verbose_name="名称")),
                ("on", models.DateField(verbose_name="日期")),
                ("starts_at", models.DateTimeField(verbose_name="开始时间")),
                ("ends_at", models.DateTimeField(verbose_name="结束时间")),
                ("twice", models.BooleanField(default=False, verbose_name="上下午各签一次")),
                ("venue", models.CharField(blank=True, default="", max_length=80, verbose_name="地点")),
                ("host", models.CharField(blank=True, default="", max_length=40, verbose_name="主讲或主持")),
                ("host_account", models.BigIntegerField(blank=True, null=True)),
                ("walk_in", models.BooleanField(default=False, verbose_name="不在名册上的人可当场扫码加入")),
                (
                    "state",
                    models.CharField(
                        choices=[("PLANNED", "已安排"), ("HELD", "已举办"), ("CANCELLED", "已取消")],
                        default="PLANNED",
                        max_length=10,
                    ),
                ),
                ("headcount", models.PositiveIntegerField(blank=True, null=True, verbose_name="名册以外到场人数")),
                ("households", models.PositiveIntegerField(blank=True, null=True, verbose_name="名册以外到场户数")),
                ("note", models.CharField(blank=True, default="", max_length=200, verbose_name="说明")),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("wall_code", models.CharField(max_length=32)),
                ("rotating", models.BooleanField(default=False, verbose_name="签到码每分钟更换")),
                ("made_by", models.CharField(max_length=120)),
                ("made_by_account", models.BigIntegerField()),
                ("made_at", models.DateTimeField()),
                (
                    "host_unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hosted_sessions",
                        to="org.unit",
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="attendance.session",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="org.unit",
                        verbose_name="组织单位",
                    ),
                ),
            ],
            options={
                "ordering": ["starts_at", "id"],
                "indexes": [
                    models.Index(fields=["place", "on"], name="attendance_session_place"),
                    models.Index(fields=["subject", "starts_at"], name="attendance_session_subject"),
                    models.Index(fields=["unit", "on"], name="attendance_session_unit"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="attendance_session_times",
                        violation_error_message="结束时间应晚于开始时间。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("subject__regex", "^[a-z_]{2,20}:[1-9][0-9]{0,17}$")),
                        name="attendance_session_subject_form",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", True), ("state", "PLANNED")),
                            models.Q(models.Q(("state", "PLANNED"), _negated=True), ("closed_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="attendance_session_closed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("note", ""), ("state", "CANCELLED"), _negated=True),
                        name="attendance_session_reason",
                        violation_error_message="请写明取消原因。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("merged_into__isnull", True),
                            models.Q(("merged_into", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="attendance_session_not_itself",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Mark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("half", models.CharField(choices=[("AM", "上午"), ("PM", "下午"), ("DAY", "全场")], max_length=3)),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("ROSTER", "名册点名"),
                            ("QR", "扫码签到"),
                            ("PAPER", "纸质补录"),
                            ("SELF", "本人登记"),
                        ],
                        max_length=6,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("said_at", models.DateTimeField()),
                ("off_seconds", models.IntegerField(default=0)),
                ("late", models.BooleanField(default=False)),
                ("reason", models.CharField(blank=True, default="", max_length=100, verbose_name="原因")),
                ("client_id", models.UUIDField(unique=True)),
                ("device", models.CharField(blank=True, default="", max_length=40)),
                ("by", models.CharField(max_length=120)),
                ("by_account", models.BigIntegerField()),
                ("struck_at", models.DateTimeField(blank=True, null=True)),
                ("struck_by", models.CharField(blank=True, default="", max_length=120)),
                ("struck_reason", models.CharField(blank=True, default="", max_length=100, verbose_name="撤销原因")),
                ("on", models.DateField(editable=False)),
                ("place", niangjia.core.fields.CodeField(editable=False)),
                ("who", models.BigIntegerField(editable=False)),
                ("household", models.CharField(editable=False, max_length=40, null=True)),
                ("counts", models.BooleanField(default=False, editable=False)),
                (
                    "participant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="marks", to="attendance.participant"
                    ),
                ),
                (
                    "head",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="counted",
                        to="attendance.session",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="marks", to="attendance.session"
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("counts", True)),
                        fields=["place", "on"],
                        include=("who", "household", "head"),
                        name="attendance_mark_counted",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("counts", True)),
                        fields=("head", "half", "who"),
                        name="attendance_mark_counts_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("struck_at__isnull", True),
                            models.Q(models.Q(("struck_reason", ""), _negated=True), ("counts", False)),
                            _connector="OR",
                        ),
                        name="attendance_mark_struck",
                        violation_error_message="请写明撤销原因。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SignInRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(unique=True, verbose_name="启用日期")),
                ("opens_minutes", models.PositiveSmallIntegerField(default=60, verbose_name="开始前多少分钟可签到")),
                ("closes_minutes", models.PositiveSmallIntegerField(default=30, verbose_name="结束后多少分钟停止扫码")),
                (
                    "entry_hours",
                    models.PositiveSmallIntegerField(default=24, verbose_name="结束后多少小时内补签不用写原因"),
                ),
                ("offline_days", models.PositiveSmallIntegerField(default=7, verbose_name="手机里的签到最晚几天送到")),
                ("noon", models.TimeField(default="12:30", verbose_name="上下午以此分开")),
            ],
            options={
                "ordering": ["-valid_from"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("offline_days__gte", 1), ("offline_days__lte", 60)),
                        name="attendance_rule_days",
                        violation_error_message="离线签到送到的天数应在1至60天之间。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Telling",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "how",
                    models.CharField(
                        choices=[("PHONE", "电话"), ("MESSAGE", "短信或群消息"), ("IN_PERSON", "当面")], max_length=10
                    ),
                ),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=120)),
                (
                    "participant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tellings",
                        to="attendance.participant",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tellings", to="attendance.session"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("session", "participant"), name="attendance_told_once")
                ],
            },
        ),
    ]
