import django.db.models.deletion
from django.db import migrations, models

import niangjia.core.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("files", "0001_initial"),
        ("org", "0005_statistician"),
    ]

    operations = [
        migrations.CreateModel(
            name="Endpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                ("carrier", models.CharField(max_length=20, verbose_name="渠道")),
                ("place", niangjia.core.fields.CodeField()),
                ("entries", niangjia.core.fields.SealedTextField(context="channels_endpoint.entries")),
                ("per_minute", models.PositiveIntegerField(verbose_name="每分钟条数")),
                ("quiet_from", models.TimeField(blank=True, null=True, verbose_name="静默开始")),
                ("quiet_until", models.TimeField(blank=True, null=True, verbose_name="静默结束")),
                ("is_open", models.BooleanField(default=True, verbose_name="启用")),
                ("ready_at", models.DateTimeField()),
                ("ok_at", models.DateTimeField(blank=True, null=True)),
                ("fault", models.CharField(blank=True, default="", max_length=200)),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="endpoints",
                        to="org.unit",
                        verbose_name="归属单位",
                    ),
                ),
            ],
            options={
                "ordering": ["place", "name", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("unit", "name"),
                        name="channels_endpoint_name",
                        violation_error_message="本单位已有同名的渠道端点，请换一个名称。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("per_minute__gte", 1)),
                        name="channels_endpoint_rate",
                        violation_error_message="每分钟至少1条。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("quiet_from__isnull", True), ("quiet_until__isnull", True)),
                            models.Q(("quiet_from__isnull", False), ("quiet_until__isnull", False)),
                            _connector="OR",
                        ),
                        name="channels_endpoint_quiet",
                        violation_error_message="静默时段要么都填，要么都不填。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=40)),
                ("place", niangjia.core.fields.CodeField()),
                ("audience", models.CharField(choices=[("PUBLIC", "公开"), ("PERSONAL", "个人")], max_length=8)),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("TEXT", "文字"),
                            ("RICH", "带格式文字"),
                            ("CARD", "图文卡片"),
                            ("PICTURE", "图片"),
                            ("FILE", "文件"),
                            ("TEMPLATE", "模板消息"),
                            ("ARTICLE", "文章"),
                        ],
                        max_length=8,
                    ),
                ),
                ("title", models.CharField(blank=True, default="", max_length=120, verbose_name="标题")),
                ("text", models.TextField(blank=True, default="", verbose_name="正文")),
                ("url", models.CharField(blank=True, default="", max_length=400, verbose_name="链接")),
                ("data", models.JSONField(blank=True, default=dict)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=80)),
                ("made_by_account", models.BigIntegerField()),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
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
                    "picture",
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
                "ordering": ["-made_at", "-id"],
                "indexes": [
                    models.Index(fields=["subject"], name="channels_message_subject"),
                    models.Index(fields=["place", "-made_at"], name="channels_message_scope"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("subject__regex", "^[a-z_]{2,20}:[1-9][0-9]{0,17}$")),
                        name="channels_message_subject_form",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", niangjia.core.fields.CodeField()),
                ("key", models.CharField(max_length=40, unique=True)),
                ("to", niangjia.core.fields.SealedTextField(blank=True, context="channels_delivery.to", null=True)),
                ("to_index", niangjia.core.fields.BlindIndexField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("QUEUED", "待发送"),
                            ("SENDING", "发送中"),
                            ("WAITING", "稍后重试"),
                            ("BY_HAND", "待人工转发"),
                            ("SENT", "已发出"),
                            ("FAILED", "发不出去"),
                            ("UNSURE", "可能已发出"),
                            ("CANCELLED", "已取消"),
                        ],
                        default="QUEUED",
                        max_length=10,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField()),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("reference", models.CharField(blank=True, default="", max_length=80)),
                ("code", models.CharField(blank=True, default="", max_length=40)),
                ("note", models.CharField(blank=True, default="", max_length=200)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_by", models.CharField(blank=True, default="", max_length=80)),
                (
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="deliveries", to="channels.endpoint"
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="deliveries", to="channels.message"
                    ),
                ),
            ],
            options={
                "ordering": ["due_at", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["QUEUED", "WAITING"])),
                        fields=["endpoint", "due_at"],
                        name="channels_delivery_ready",
                    ),
                    models.Index(
                        condition=models.Q(("state", "SENDING")),
                        fields=["claimed_at"],
                        name="channels_delivery_claimed",
                    ),
                    models.Index(fields=["message"], name="channels_delivery_message"),
                    models.Index(fields=["place", "state"], name="channels_delivery_scope"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("message", "endpoint", "to_index"),
                        name="channels_delivery_once",
                        nulls_distinct=False,
                        violation_error_message="这条消息已在发往同一处的队列里。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", niangjia.core.fields.CodeField()),
                ("at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("QUEUED", "待发送"),
                            ("SENDING", "发送中"),
                            ("WAITING", "稍后重试"),
                            ("BY_HAND", "待人工转发"),
                            ("SENT", "已发出"),
                            ("FAILED", "发不出去"),
                            ("UNSURE", "可能已发出"),
                            ("CANCELLED", "已取消"),
                        ],
                        max_length=10,
                    ),
                ),
                ("code", models.CharField(blank=True, default="", max_length=40)),
                ("note", models.CharField(blank=True, default="", max_length=200)),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tries", to="channels.delivery"
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
                "indexes": [models.Index(fields=["delivery", "-at"], name="channels_attempt_delivery")],
            },
        ),
    ]
