import django.db.models.deletion
from django.db import migrations, models

import niangjia.core.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("files", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Series",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=60, verbose_name="系列名称")),
                ("intro", models.TextField(blank=True, default="", verbose_name="简介")),
                ("order", models.PositiveSmallIntegerField(default=9, verbose_name="次序")),
                ("place", niangjia.core.fields.CodeField()),
            ],
            options={
                "ordering": ["order", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("place", "title"), name="lessons_series_title", violation_error_message="已有同名系列。"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Lesson",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="第几节")),
                ("title", models.CharField(max_length=60, verbose_name="标题")),
                ("intro", models.CharField(blank=True, default="", max_length=120, verbose_name="一句话介绍")),
                ("lecturer", models.CharField(blank=True, default="", max_length=60, verbose_name="主讲")),
                (
                    "age_group",
                    models.CharField(
                        choices=[
                            ("ALL", "各年龄"),
                            ("BABY", "0—3岁"),
                            ("NURSERY", "3—6岁"),
                            ("PRIMARY", "6—12岁"),
                            ("TEEN", "12—18岁"),
                        ],
                        default="ALL",
                        max_length=8,
                        verbose_name="适合",
                    ),
                ),
                ("minutes", models.PositiveSmallIntegerField(verbose_name="时长（分钟）")),
                ("text", models.TextField(blank=True, default="", verbose_name="正文")),
                ("captions", models.TextField(blank=True, default="", verbose_name="字幕")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("DRAFT", "草稿"),
                            ("CHECKED", "已审核"),
                            ("PUBLISHED", "已发布"),
                            ("WITHDRAWN", "已撤下"),
                        ],
                        default="DRAFT",
                        max_length=10,
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1)),
                ("written_by", models.CharField(max_length=80)),
                ("written_by_account", models.BigIntegerField()),
                ("checked_by", models.CharField(blank=True, default="", max_length=80)),
                ("checked_by_account", models.BigIntegerField(blank=True, null=True)),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_why", models.CharField(blank=True, default="", max_length=120, verbose_name="撤下原因")),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "series",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lessons", to="lessons.series"
                    ),
                ),
            ],
            options={
                "ordering": ["series", "number"],
                "indexes": [models.Index(fields=["place", "state"], name="lessons_lesson_place")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("series", "number"),
                        name="lessons_lesson_number",
                        violation_error_message="这个系列已有这一节。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minutes__gte", 1), ("minutes__lte", 60)),
                        name="lessons_lesson_minutes",
                        violation_error_message="时长应在1至60分钟之间；更长的请分成几节。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "DRAFT"), ("checked_by_account__isnull", False), _connector="OR"),
                        name="lessons_lesson_checked",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("checked_by_account__isnull", True),
                            models.Q(("checked_by_account", models.F("written_by_account")), _negated=True),
                            _connector="OR",
                        ),
                        name="lessons_lesson_two_people",
                        violation_error_message="审核人不能是编写人。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "PUBLISHED"), _negated=True),
                            ("published_at__isnull", False),
                            _connector="OR",
                        ),
                        name="lessons_lesson_published",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "WITHDRAWN"), _negated=True),
                            models.Q(("withdrawn_why", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="lessons_lesson_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DayCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                (
                    "way",
                    models.CharField(
                        choices=[("TEXT", "打开文字"), ("VIDEO", "播放视频"), ("AUDIO", "播放声音")], max_length=6
                    ),
                ),
                ("count", models.PositiveIntegerField()),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "lesson",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="days", to="lessons.lesson"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("lesson", "on", "way"), name="lessons_daycount_once")],
            },
        ),
        migrations.CreateModel(
            name="Making",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("WAITING", "排队中"),
                            ("WORKING", "正在转换"),
                            ("DONE", "已完成"),
                            ("FAILED", "没有成功"),
                            ("ABSENT", "本机没有转换程序"),
                        ],
                        default="WAITING",
                        max_length=8,
                    ),
                ),
                ("done", models.PositiveSmallIntegerField(default=0)),
                ("message", models.CharField(blank=True, default="", max_length=200)),
                ("moved_at", models.DateTimeField()),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "lesson",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="making", to="lessons.lesson"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("done__lte", 100)), name="lessons_making_percent")
                ],
            },
        ),
        migrations.CreateModel(
            name="Media",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "part",
                    models.CharField(
                        choices=[("VIDEO", "视频"), ("SMALL", "省流量视频"), ("AUDIO", "录音"), ("VOICE", "只听声音")],
                        max_length=6,
                    ),
                ),
                ("seconds", models.PositiveIntegerField(verbose_name="秒")),
                ("coding", models.CharField(blank=True, default="", max_length=8)),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                (
                    "lesson",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="media", to="lessons.lesson"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [models.UniqueConstraint(fields=("lesson", "part"), name="lessons_media_part")],
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("about", models.CharField(max_length=60)),
                ("text", niangjia.core.fields.SealedTextField(context="lessons_question.text")),
                ("asked_by_account", models.BigIntegerField()),
                ("asked_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("ASKED", "等待解答"),
                            ("ANSWERED", "已解答"),
                            ("PUBLISHED", "已公开（不写姓名）"),
                            ("DECLINED", "不予解答"),
                            ("WITHDRAWN", "已撤回"),
                        ],
                        default="ASKED",
                        max_length=10,
                    ),
                ),
                ("may_publish", models.BooleanField(default=False)),
                (
                    "answer",
                    niangjia.core.fields.SealedTextField(blank=True, context="lessons_question.answer", null=True),
                ),
                ("answered_by", models.CharField(blank=True, default="", max_length=80)),
                ("answered_by_account", models.BigIntegerField(blank=True, null=True)),
                ("answered_as", models.CharField(blank=True, default="", max_length=40, verbose_name="解答人身份")),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("public_question", models.TextField(blank=True, default="", verbose_name="公开的问题")),
                ("public_answer", models.TextField(blank=True, default="", verbose_name="公开的解答")),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "lesson",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="questions", to="lessons.lesson"
                    ),
                ),
            ],
            options={
                "ordering": ["asked_at", "id"],
                "indexes": [
                    models.Index(fields=["place", "state", "asked_at"], name="lessons_question_place"),
                    models.Index(fields=["asked_by_account", "-asked_at"], name="lessons_question_mine"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("ANSWERED", "PUBLISHED", "DECLINED")), _negated=True),
                            models.Q(("answer__isnull", False), ("answered_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="lessons_question_answered",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("may_publish", True), ("published_at__isnull", False), ("state", "PUBLISHED")),
                            models.Q(models.Q(("state", "PUBLISHED"), _negated=True), ("published_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="lessons_question_consent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Live",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=60, verbose_name="标题")),
                ("lecturer", models.CharField(blank=True, default="", max_length=60, verbose_name="主讲")),
                ("starts_at", models.DateTimeField(verbose_name="开始")),
                ("ends_at", models.DateTimeField(verbose_name="结束")),
                ("link", models.URLField(max_length=300, verbose_name="观看网址")),
                (
                    "state",
                    models.CharField(
                        choices=[("PLANNED", "预告"), ("CANCELLED", "已取消")], default="PLANNED", max_length=10
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=120, verbose_name="取消原因")),
                ("revision", models.PositiveIntegerField(default=1)),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "recording",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recording_of",
                        to="lessons.lesson",
                    ),
                ),
                (
                    "series",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lives", to="lessons.series"
                    ),
                ),
            ],
            options={
                "ordering": ["-starts_at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="lessons_live_hours",
                        violation_error_message="结束时间应晚于开始时间。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "CANCELLED"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="lessons_live_why",
                        violation_error_message="请写明取消原因。",
                    ),
                ],
            },
        ),
    ]
