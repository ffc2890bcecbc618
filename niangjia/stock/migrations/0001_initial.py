import uuid

import django.db.models.deletion
from django.db import migrations, models

import niangjia.core.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("org", "0002_protect"),
    ]

    operations = [
        migrations.CreateModel(
            name="Gift",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("donor", models.CharField(max_length=80, verbose_name="捐赠方")),
                ("through", models.CharField(blank=True, default="", max_length=80, verbose_name="接收的慈善组织")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("FOUNDATION", "有公开募捐资格的慈善组织"),
                            ("LOCAL", "本地单位或个人捐赠"),
                            ("PURCHASE", "本单位购置"),
                        ],
                        default="FOUNDATION",
                        max_length=12,
                        verbose_name="来源",
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="金额或折价（元）")),
                ("in_kind", models.CharField(blank=True, default="", max_length=120, verbose_name="实物说明")),
                ("given_on", models.DateField(verbose_name="捐赠日期")),
                ("receipt", models.CharField(max_length=40, verbose_name="票据号")),
                ("link", models.URLField(blank=True, default="", verbose_name="慈善组织公示网址")),
                ("note", models.CharField(blank=True, default="", max_length=200, verbose_name="备注")),
                ("place", niangjia.core.fields.CodeField()),
                ("entered_by", models.CharField(max_length=80)),
                ("entered_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-given_on", "-id"],
                "indexes": [models.Index(fields=["place", "-given_on"], name="stock_gift_place")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)),
                        name="stock_gift_amount",
                        violation_error_message="金额应大于0元。",
                    ),
                    models.UniqueConstraint(
                        fields=("through", "receipt"),
                        name="stock_gift_receipt_once",
                        violation_error_message="这张票据已登记过。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GoodsKind",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("value", models.DecimalField(decimal_places=2, max_digits=10, verbose_name="单价（元）")),
                ("measure_word", models.CharField(default="件", max_length=4, verbose_name="单位")),
                ("contents", models.TextField(blank=True, default="", verbose_name="内容")),
                (
                    "once",
                    models.CharField(
                        choices=[("BATCH", "同一批次一次"), ("YEAR", "同一年度一次"), ("EVER", "只一次")],
                        default="YEAR",
                        max_length=8,
                        verbose_name="同一对象",
                    ),
                ),
                ("basis", models.CharField(blank=True, default="", max_length=120, verbose_name="依据")),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="停用日期")),
            ],
            options={
                "ordering": ["valid_from", "value", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("value__gte", 0)),
                        name="stock_kind_value",
                        violation_error_message="单价不能小于0元。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                        ),
                        name="stock_kind_dates",
                        violation_error_message="停用日期应晚于启用日期。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=80, verbose_name="批次名称")),
                ("place", niangjia.core.fields.CodeField()),
                ("planned", models.PositiveIntegerField(verbose_name="下达数量")),
                ("unit_value", models.DecimalField(decimal_places=2, max_digits=10, verbose_name="单价（元）")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("FOUNDATION", "有公开募捐资格的慈善组织"),
                            ("LOCAL", "本地单位或个人捐赠"),
                            ("PURCHASE", "本单位购置"),
                        ],
                        max_length=12,
                        verbose_name="来源",
                    ),
                ),
                ("document_number", models.CharField(blank=True, default="", max_length=80, verbose_name="文件依据")),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="保质期至")),
                ("subject", models.CharField(blank=True, default="", max_length=40)),
                ("note", models.CharField(blank=True, default="", max_length=200, verbose_name="备注")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("ALLOCATED", "已下达"),
                            ("RECEIVED", "已到货"),
                            ("DISTRIBUTING", "发放中"),
                            ("CLOSED", "已结清"),
                        ],
                        default="ALLOCATED",
                        max_length=12,
                    ),
                ),
                ("opened_on", models.DateField(verbose_name="下达日期")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="结清日期")),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stock_batches", to="org.unit"
                    ),
                ),
                (
                    "gift",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="batches",
                        to="stock.gift",
                    ),
                ),
                (
                    "kind",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="batches", to="stock.goodskind"
                    ),
                ),
            ],
            options={
                "ordering": ["opened_on", "id"],
                "indexes": [models.Index(fields=["place", "state"], name="stock_batch_place")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("unit", "title"), name="stock_batch_title", violation_error_message="已有同名批次。"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("planned__gt", 0)),
                        name="stock_batch_planned",
                        violation_error_message="下达数量应大于0。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("unit_value__gte", 0)),
                        name="stock_batch_value",
                        violation_error_message="单价不能小于0元。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_on__isnull", False), ("state", "CLOSED")),
                            models.Q(models.Q(("state", "CLOSED"), _negated=True), ("closed_on__isnull", True)),
                            _connector="OR",
                        ),
                        name="stock_batch_closed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("subject", ""), ("subject__regex", "^[a-z_]{2,20}:[1-9][0-9]{0,17}$"), _connector="OR"
                        ),
                        name="stock_batch_subject",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HandOut",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", niangjia.core.fields.CodeField()),
                ("subject", models.CharField(max_length=40)),
                ("once_key", models.CharField(max_length=24)),
                ("count", models.PositiveIntegerField(default=1, verbose_name="数量")),
                ("on", models.DateField(verbose_name="发放日期")),
                ("receiver", models.CharField(blank=True, default="", max_length=40, verbose_name="签收人")),
                ("by", models.CharField(max_length=80, verbose_name="发放人")),
                ("by_account", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("ended_on", models.DateField(blank=True, null=True)),
                (
                    "ended_as",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("RECEIVED", "到货"),
                            ("ALLOCATED", "下拨"),
                            ("RETURNED", "退回上级"),
                            ("HANDED_OUT", "发放"),
                            ("REFUSED", "拒收退回"),
                            ("TAKEN_BACK", "收回"),
                            ("REPLACED", "调换"),
                            ("LOST", "损耗"),
                            ("COUNTED", "盘点差异"),
                        ],
                        default="",
                        max_length=12,
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="hand_outs", to="stock.batch"
                    ),
                ),
                (
                    "kind",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="hand_outs", to="stock.goodskind"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stock_hand_outs", to="org.unit"
                    ),
                ),
            ],
            options={
                "ordering": ["-on", "-id"],
                "indexes": [
                    models.Index(fields=["subject"], name="stock_handout_subject"),
                    models.Index(fields=["place", "-on"], name="stock_handout_place"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on__isnull", True)),
                        fields=("kind", "subject", "once_key"),
                        name="stock_handout_once",
                        violation_error_message="此对象已领过，不能重复发放。",
                    ),
                    models.CheckConstraint(condition=models.Q(("count__gt", 0)), name="stock_handout_count"),
                    models.CheckConstraint(
                        condition=models.Q(("subject__regex", "^[a-z_]{2,20}:[1-9][0-9]{0,17}$")),
                        name="stock_handout_subject_form",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_as", ""), ("ended_on__isnull", True)),
                            models.Q(("ended_as__in", ("REFUSED", "TAKEN_BACK")), ("ended_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="stock_handout_ended",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Move",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slip", models.UUIDField(default=uuid.uuid4)),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("RECEIVED", "到货"),
                            ("ALLOCATED", "下拨"),
                            ("RETURNED", "退回上级"),
                            ("HANDED_OUT", "发放"),
                            ("REFUSED", "拒收退回"),
                            ("TAKEN_BACK", "收回"),
                            ("REPLACED", "调换"),
                            ("LOST", "损耗"),
                            ("COUNTED", "盘点差异"),
                        ],
                        max_length=12,
                    ),
                ),
                ("delta", models.IntegerField(verbose_name="数量")),
                ("on", models.DateField(verbose_name="日期")),
                ("note", models.CharField(blank=True, default="", max_length=200, verbose_name="说明")),
                ("by", models.CharField(max_length=80, verbose_name="经办")),
                ("by_account", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="stock.batch"
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="stock.move",
                    ),
                ),
                (
                    "hand_out",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="stock.handout",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.unit",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stock_moves", to="org.unit"
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
                "indexes": [
                    models.Index(fields=["batch", "unit"], name="stock_move_balance"),
                    models.Index(fields=["place", "-at"], name="stock_move_place"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("slip", "batch", "unit"), name="stock_move_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("act", "HANDED_OUT")),
                        fields=("hand_out",),
                        name="stock_move_handed_out_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("act__in", ("REFUSED", "TAKEN_BACK"))),
                        fields=("hand_out",),
                        name="stock_move_given_back_once",
                    ),
                    models.CheckConstraint(condition=models.Q(("delta", 0), _negated=True), name="stock_move_some"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("act__in", ("HANDED_OUT", "REFUSED", "TAKEN_BACK", "REPLACED")),
                                ("hand_out__isnull", False),
                            ),
                            models.Q(
                                ("hand_out__isnull", True),
                                models.Q(
                                    ("act__in", ("HANDED_OUT", "REFUSED", "TAKEN_BACK", "REPLACED")), _negated=True
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="stock_move_of_hand_out",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("corrects__isnull", True),
                            ("act__in", ("RECEIVED", "ALLOCATED", "RETURNED", "LOST", "COUNTED")),
                            _connector="OR",
                        ),
                        name="stock_move_correctable",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("corrects__isnull", False),
                            models.Q(("act__in", ("RECEIVED", "REFUSED", "TAKEN_BACK")), ("delta__gt", 0)),
                            models.Q(("act__in", ("HANDED_OUT", "REPLACED", "LOST")), ("delta__lt", 0)),
                            ("act__in", ("ALLOCATED", "RETURNED", "COUNTED")),
                            _connector="OR",
                        ),
                        name="stock_move_sign",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("act__in", ("LOST", "REPLACED", "COUNTED", "REFUSED", "TAKEN_BACK")),
                            ("note", ""),
                            _negated=True,
                        ),
                        name="stock_move_reason",
                        violation_error_message="请写明原因。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StockCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slip", models.UUIDField()),
                ("place", niangjia.core.fields.CodeField()),
                ("on", models.DateField(verbose_name="盘点日期")),
                ("book", models.PositiveIntegerField(verbose_name="账面")),
                ("found", models.PositiveIntegerField(verbose_name="实有")),
                ("explanation", models.CharField(blank=True, default="", max_length=200, verbose_name="差异说明")),
                ("by", models.CharField(max_length=80, verbose_name="盘点人")),
                ("by_account", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="counts", to="stock.batch"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stock_counts", to="org.unit"
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
                "indexes": [models.Index(fields=["place", "-at"], name="stock_count_place")],
                "constraints": [
                    models.UniqueConstraint(fields=("slip", "batch", "unit"), name="stock_count_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("found", models.F("book")), models.Q(("explanation", ""), _negated=True), _connector="OR"
                        ),
                        name="stock_count_explained",
                        violation_error_message="账面与实有不符的，请说明原因。",
                    ),
                ],
            },
        ),
    ]
