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
            name="Campaign",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=80, verbose_name="名称")),
                ("document_number", models.CharField(blank=True, default="", max_length=80, verbose_name="文件依据")),
                ("intro", models.TextField(blank=True, default="", verbose_name="说明")),
                ("place", niangjia.core.fields.CodeField()),
                ("group", models.BooleanField(default=True, verbose_name="集中收看")),
                ("alone", models.BooleanField(default=True, verbose_name="个人自行收看")),
                (
                    "audiences",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[("CADRES", "干部职工"), ("EXECUTIVES", "执委"), ("PUBLIC", "妇女群众")],
                            max_length=10,
                        ),
                        size=None,
                        verbose_name="面向",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="开始日期")),
                ("deadline", models.DateField(verbose_name="截止日期")),
                (
                    "reflections",
                    models.CharField(
                        choices=[("NONE", "不要求"), ("WELCOME", "自愿"), ("REQUIRED", "要求")],
                        default="WELCOME",
                        max_length=8,
                        verbose_name="心得体会",
                    ),
                ),
                (
                    "reflections_from",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[("CADRES", "干部职工"), ("EXECUTIVES", "执委"), ("PUBLIC", "妇女群众")],
                            max_length=10,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("least_characters", models.PositiveSmallIntegerField(default=0, verbose_name="心得最少字数")),
                ("most_photos", models.PositiveSmallIntegerField(default=2, verbose_name="每场照片最多")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("DRAFT", "草稿"),
                            ("ISSUED", "已下发"),
                            ("RUNNING", "正在收看"),
                            ("COLLECTING", "汇总中"),
                            ("CLOSED", "已结束"),
                            ("ARCHIVED", "已归档"),
                        ],
                        default="DRAFT",
                        max_length=10,
                    ),
                ),
                ("issued_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("revision", models.PositiveIntegerField(default=1)),
                ("made_by", models.CharField(max_length=80)),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="campaigns", to="org.unit"
                    ),
                ),
            ],
            options={
                "ordering": ["-starts_on", "-id"],
                "indexes": [models.Index(fields=["place", "state"], name="campaigns_campaign_place")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("unit", "title"), name="campaigns_title_once", violation_error_message="已有同名活动。"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("deadline__gte", models.F("starts_on"))),
                        name="campaigns_dates",
                        violation_error_message="截止日期不能早于开始日期。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("group", True), ("alone", True), _connector="OR"),
                        name="campaigns_some_way",
                        violation_error_message="集中收看、个人自行收看至少选一种。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("most_photos__lte", 9)),
                        name="campaigns_photos",
                        violation_error_message="每场照片最多9张。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reflections", "REQUIRED"), ("reflections_from", []), _connector="OR"),
                        name="campaigns_required_from",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "DRAFT"), ("issued_at__isnull", False), _connector="OR"),
                        name="campaigns_issued",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Episode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="集")),
                ("title", models.CharField(max_length=80, verbose_name="标题")),
                ("channel", models.CharField(blank=True, default="", max_length=40, verbose_name="频道")),
                ("airs", models.CharField(blank=True, default="", max_length=40, verbose_name="播出时间")),
                ("minutes", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="分钟")),
                ("link", models.URLField(blank=True, default="", max_length=300, verbose_name="网址")),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="episodes", to="campaigns.campaign"
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "constraints": [models.UniqueConstraint(fields=("campaign", "number"), name="campaigns_episode_once")],
            },
        ),
        migrations.CreateModel(
            name="Reflection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "audience",
                    models.CharField(
                        choices=[("CADRES", "干部职工"), ("EXECUTIVES", "执委"), ("PUBLIC", "妇女群众")],
                        max_length=10,
                        verbose_name="身份",
                    ),
                ),
                ("author", models.CharField(max_length=40, verbose_name="姓名")),
                ("account", models.BigIntegerField()),
                ("text", models.TextField(verbose_name="心得")),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("WRITTEN", "本人输入"),
                            ("DICTATED", "本人口述，手机转成文字"),
                            ("RECORDED", "本人口述录音，他人打字"),
                            ("PHOTO", "手写拍照，他人打字"),
                        ],
                        default="WRITTEN",
                        max_length=8,
                        verbose_name="怎么写的",
                    ),
                ),
                ("typed_by", models.CharField(blank=True, default="", max_length=80, verbose_name="打字人")),
                ("may_publish", models.BooleanField(default=False, verbose_name="同意发布")),
                ("may_name", models.BooleanField(default=False, verbose_name="同意署名")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("SUBMITTED", "已收到"),
                            ("KEPT", "留存"),
                            ("SELECTED", "已选用"),
                            ("PUBLISHED", "已发布"),
                            ("WITHDRAWN", "已撤回"),
                        ],
                        default="SUBMITTED",
                        max_length=10,
                    ),
                ),
                ("shown_text", models.TextField(blank=True, default="", verbose_name="发布的文字")),
                ("sent_at", models.DateTimeField()),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reflection_set",
                        to="campaigns.campaign",
                    ),
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
                "ordering": ["-sent_at", "-id"],
                "indexes": [
                    models.Index(fields=["place", "state", "-sent_at"], name="campaigns_reflection_place"),
                    models.Index(fields=["account"], name="campaigns_reflection_mine"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("may_publish", True), ("published_at__isnull", False), ("state", "PUBLISHED")),
                            models.Q(models.Q(("state", "PUBLISHED"), _negated=True), ("published_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="campaigns_reflection_consent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("may_publish", True), ("may_name", False), _connector="OR"),
                        name="campaigns_reflection_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("how__in", ("RECORDED", "PHOTO")), _negated=True),
                            models.Q(("file__isnull", False), models.Q(("typed_by", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="campaigns_reflection_source",
                        violation_error_message="他人打字的，请附录音或照片。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Return",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PENDING", "待上报"),
                            ("SUBMITTED", "已上报"),
                            ("RETURNED", "退回补充"),
                            ("ACCEPTED", "已接收"),
                        ],
                        default="PENDING",
                        max_length=10,
                    ),
                ),
                ("note", models.TextField(blank=True, default="", verbose_name="小结")),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
                ("submitted_by", models.CharField(blank=True, default="", max_length=80)),
                ("reason", models.CharField(blank=True, default="", max_length=200, verbose_name="退回原因")),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="returns", to="campaigns.campaign"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="study_returns", to="org.unit"
                    ),
                ),
            ],
            options={
                "ordering": ["place", "id"],
                "indexes": [models.Index(fields=["place", "campaign"], name="campaigns_return_place")],
                "constraints": [
                    models.UniqueConstraint(fields=("campaign", "unit"), name="campaigns_return_once"),
                    models.CheckConstraint(
                        condition=models.Q(("state", "PENDING"), ("submitted_at__isnull", False), _connector="OR"),
                        name="campaigns_return_sent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "RETURNED"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="campaigns_return_reason",
                        violation_error_message="请写明退回原因。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Cadre",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "officer",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="org.officer"),
                ),
                (
                    "participant",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="attendance.participant"
                    ),
                ),
                (
                    "ret",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cadres", to="campaigns.return"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("ret", "officer"), name="campaigns_cadre_once")],
            },
        ),
        migrations.CreateModel(
            name="Showing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "episodes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), size=None, verbose_name="集"
                    ),
                ),
                ("discussion", models.TextField(blank=True, default="", verbose_name="讨论记录")),
                ("token", models.UUIDField(unique=True)),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "ret",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="showings", to="campaigns.return"
                    ),
                ),
                (
                    "session",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="showing", to="attendance.session"
                    ),
                ),
            ],
            options={
                "ordering": ["-session__starts_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Photo",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("shown", models.BooleanField(default=False, verbose_name="可用于简报")),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                (
                    "showing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="photos", to="campaigns.showing"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Viewing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("account", models.BigIntegerField()),
                ("on", models.DateField(verbose_name="日期")),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="viewings", to="campaigns.campaign"
                    ),
                ),
                (
                    "episode",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="viewings", to="campaigns.episode"
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.officer",
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
                "indexes": [models.Index(fields=["place", "on"], name="campaigns_viewing_place")],
                "constraints": [models.UniqueConstraint(fields=("episode", "account"), name="campaigns_viewing_once")],
            },
        ),
    ]
