import django.db.models.deletion
from django.db import migrations, models

import niangjia.core.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("files", "0001_initial"),
        ("org", "0002_protect"),
        ("people", "0002_protect"),
    ]

    operations = [
        migrations.CreateModel(
            name="PaymentList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=32, unique=True)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=120)),
                ("made_by_account", models.BigIntegerField()),
                ("place", niangjia.core.fields.CodeField()),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=32, unique=True, verbose_name="编号")),
                ("programme", models.CharField(max_length=40)),
                ("version", models.CharField(max_length=20)),
                ("place", niangjia.core.fields.CodeField()),
                ("state", models.CharField(max_length=24)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("returned", "退回补正"),
                            ("review", "待审核"),
                            ("outside_check", "部门核验中"),
                            ("queue", "等待中"),
                            ("notice", "公示中"),
                            ("vote", "投票中"),
                            ("granted", "已批准"),
                            ("closed", "已办结"),
                            ("refused", "未通过"),
                            ("withdrawn", "已撤回"),
                        ],
                        max_length=16,
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1)),
                ("name", models.CharField(blank=True, default="", max_length=40, verbose_name="姓名")),
                ("name_pinyin", models.CharField(blank=True, default="", max_length=120)),
                ("name_initials", models.CharField(blank=True, default="", max_length=40)),
                ("id_index", niangjia.core.fields.BlindIndexField(blank=True, null=True)),
                ("category", models.CharField(blank=True, default="", max_length=24, verbose_name="类别")),
                (
                    "amount",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=10, null=True, verbose_name="金额（元）"
                    ),
                ),
                ("answers", models.JSONField(default=dict)),
                (
                    "sealed_answers",
                    niangjia.core.fields.SealedTextField(
                        blank=True, context="programmes_case.sealed_answers", null=True
                    ),
                ),
                ("filed_by_account", models.BigIntegerField()),
                ("entered_by_post", models.BigIntegerField(blank=True, null=True)),
                ("helper", models.CharField(blank=True, default="", max_length=80, verbose_name="代填人")),
                ("created_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
                ("arrived_at", models.DateTimeField(verbose_name="到达当前环节")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="办理期限")),
                ("rank", models.PositiveIntegerField(blank=True, null=True, verbose_name="排序")),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["place", "kind", "-id"], name="programmes_case_scope"),
                    models.Index(fields=["place", "name_initials"], name="programmes_case_initials"),
                    models.Index(fields=["id_index"], name="programmes_case_id_index"),
                    models.Index(fields=["filed_by_account"], name="programmes_case_filed_by"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("submitted_at__isnull", True), ("person__isnull", False), _connector="OR"),
                        name="programmes_case_submitted_has_person",
                        violation_error_message="已提交的申请必须登记申请人。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=32)),
                (
                    "seen_original_by",
                    models.CharField(blank=True, default="", max_length=120, verbose_name="原件核对人"),
                ),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                ("place", niangjia.core.fields.CodeField()),
                ("filed_by_account", models.BigIntegerField()),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="attachments", to="programmes.case"
                    ),
                ),
            ],
            options={
                "ordering": ["case", "kind", "id"],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ruling", models.CharField(choices=[("APPROVED", "同意"), ("REFUSED", "不同意")], max_length=10)),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=120)),
                ("account_id", models.BigIntegerField()),
                ("rules_version", models.CharField(max_length=20)),
                ("facts", niangjia.core.fields.SealedTextField(context="programmes_decision.facts")),
                ("findings", models.JSONField(default=list)),
                ("reason", models.CharField(blank=True, default="", max_length=40)),
                ("note", models.CharField(blank=True, default="", max_length=500)),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="programmes.case"
                    ),
                ),
            ],
            options={
                "ordering": ["case", "id"],
            },
        ),
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("visited_on", models.DateField(verbose_name="回访日期")),
                (
                    "way",
                    models.CharField(choices=[("VISIT", "入户"), ("PHONE", "电话")], max_length=8, verbose_name="方式"),
                ),
                ("use_of_money", models.CharField(max_length=200, verbose_name="资金用途")),
                (
                    "condition",
                    niangjia.core.fields.SealedTextField(
                        blank=True, context="programmes_followup.condition", null=True
                    ),
                ),
                ("needs", models.CharField(blank=True, default="", max_length=200, verbose_name="其他需求")),
                ("visitor", models.CharField(max_length=120)),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="follow_ups", to="programmes.case"
                    ),
                ),
            ],
            options={
                "ordering": ["case", "visited_on"],
            },
        ),
        migrations.CreateModel(
            name="Grant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("family", models.CharField(max_length=40)),
                ("programme", models.CharField(max_length=40)),
                ("version", models.CharField(max_length=20)),
                ("id_index", niangjia.core.fields.BlindIndexField()),
                ("household_key", models.CharField(blank=True, default="", max_length=40)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=10, verbose_name="金额（元）")),
                ("category", models.CharField(blank=True, default="", max_length=24)),
                ("place", niangjia.core.fields.CodeField()),
                ("year", models.PositiveSmallIntegerField()),
                ("granted_on", models.DateField()),
                ("paid_on", models.DateField(blank=True, null=True)),
                ("receipt", models.CharField(blank=True, default="", max_length=60, verbose_name="银行回单号")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("APPROVED", "待发放"),
                            ("PAID", "已发放"),
                            ("REVOKED", "已撤销"),
                            ("CANCELLED", "未发放终止"),
                        ],
                        default="APPROVED",
                        max_length=10,
                    ),
                ),
                ("source", models.CharField(blank=True, default="", max_length=80, verbose_name="资料来源")),
                (
                    "case",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grant",
                        to="programmes.case",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grants",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "ordering": ["-granted_on", "id"],
                "indexes": [models.Index(fields=["place", "paid_on"], name="programmes_grant_place_paid")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["APPROVED", "PAID"])),
                        fields=("family", "id_index"),
                        name="programmes_grant_once_for_life",
                        violation_error_message="该证件号码已经获得过本项救助，每人终身只能救助一次。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "PAID"), _negated=True), ("paid_on__isnull", False), _connector="OR"
                        ),
                        name="programmes_grant_paid_has_date",
                        violation_error_message="已发放的救助必须登记到账日期。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", niangjia.core.fields.CodeField()),
                ("title", models.CharField(max_length=80, verbose_name="标题")),
                ("body", models.TextField(max_length=2000, verbose_name="正文")),
                ("basis", models.CharField(blank=True, default="", max_length=120, verbose_name="依据")),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="公示开始")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="公示结束")),
                ("objection_phone", models.CharField(max_length=30, verbose_name="异议电话")),
                (
                    "objection_address",
                    models.CharField(blank=True, default="", max_length=80, verbose_name="异议受理地址"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("DRAFT", "草稿"),
                            ("BLOCKED", "已拦截"),
                            ("PUBLISHED", "公示中"),
                            ("ENDED", "公示结束"),
                            ("WITHDRAWN", "已撤下"),
                        ],
                        default="DRAFT",
                        max_length=10,
                    ),
                ),
                ("hits", models.JSONField(default=list)),
                ("drafted_by_account", models.BigIntegerField()),
                ("override_first", models.BigIntegerField(blank=True, null=True)),
                ("override_first_reason", models.CharField(blank=True, default="", max_length=200)),
                ("override_second", models.BigIntegerField(blank=True, null=True)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("result", models.CharField(blank=True, default="", max_length=200, verbose_name="公示结果")),
                (
                    "attachment",
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
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("override_second__isnull", True),
                            models.Q(("override_second", models.F("override_first")), _negated=True),
                            _connector="OR",
                        ),
                        name="programmes_notice_two_people",
                        violation_error_message="放行被拦截的公示须由两人分别确认。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["PUBLISHED", "ENDED"]), _negated=True),
                            models.Q(("ends_on__isnull", False), ("starts_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="programmes_notice_has_dates",
                        violation_error_message="已发布的公示必须有起止日期。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NoticeLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order", models.PositiveIntegerField()),
                ("masked_name", models.CharField(max_length=40)),
                ("town_name", models.CharField(max_length=60)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=10)),
                ("named", models.BooleanField(default=False, verbose_name="本人单独同意公示姓名")),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notice_lines", to="programmes.case"
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="programmes.notice"
                    ),
                ),
            ],
            options={
                "ordering": ["notice", "order"],
                "constraints": [models.UniqueConstraint(fields=("notice", "case"), name="programmes_notice_line_once")],
            },
        ),
        migrations.CreateModel(
            name="Objection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=32, unique=True)),
                ("text", niangjia.core.fields.SealedTextField(context="programmes_objection.text")),
                (
                    "contact",
                    niangjia.core.fields.SealedTextField(blank=True, context="programmes_objection.contact", null=True),
                ),
                ("filed_at", models.DateTimeField()),
                ("filed_by_account", models.BigIntegerField()),
                ("due_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[("OPEN", "待处理"), ("UPHELD", "异议成立"), ("REJECTED", "异议不成立")],
                        default="OPEN",
                        max_length=10,
                    ),
                ),
                ("answer", models.CharField(blank=True, default="", max_length=500, verbose_name="处理意见")),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("answered_by", models.CharField(blank=True, default="", max_length=120)),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "line",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="objections",
                        to="programmes.noticeline",
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="objections", to="programmes.notice"
                    ),
                ),
            ],
            options={
                "ordering": ["due_on", "id"],
            },
        ),
        migrations.CreateModel(
            name="OutsideCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=24)),
                ("question", models.CharField(max_length=200, verbose_name="核验事项")),
                ("shared", niangjia.core.fields.SealedTextField(context="programmes_outsidecheck.shared")),
                ("case_number", models.CharField(max_length=32)),
                ("asked_at", models.DateTimeField()),
                ("due_on", models.DateField(verbose_name="答复期限")),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[("YES", "相符"), ("NO", "不符"), ("REMARK", "需说明")],
                        default="",
                        max_length=8,
                    ),
                ),
                ("remark", models.CharField(blank=True, default="", max_length=300, verbose_name="说明")),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("answered_by", models.CharField(blank=True, default="", max_length=120)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="checks", to="programmes.case"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="checks", to="org.unit"
                    ),
                ),
            ],
            options={
                "ordering": ["due_on", "id"],
                "indexes": [models.Index(fields=["unit", "answered_at", "due_on"], name="programmes_check_inbox")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("cancelled_at__isnull", True)),
                        fields=("case", "key"),
                        name="programmes_check_once",
                        violation_error_message="该事项已经向部门发出核验。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_at__isnull", True)),
                            models.Q(models.Q(("answer", ""), _negated=True), ("answered_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="programmes_check_answered",
                        violation_error_message="核验答复与答复时间必须同时登记。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("holder", models.CharField(max_length=40, verbose_name="户名")),
                ("bank", models.CharField(max_length=60, verbose_name="开户行")),
                ("account", niangjia.core.fields.SealedTextField(context="programmes_payment.account")),
                ("account_tail", models.CharField(max_length=4)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=10)),
                (
                    "state",
                    models.CharField(
                        choices=[("LISTED", "已列入清单"), ("PAID", "已到账"), ("FAILED", "发放失败")],
                        default="LISTED",
                        max_length=8,
                    ),
                ),
                ("failure", models.CharField(blank=True, default="", max_length=100, verbose_name="失败原因")),
                ("settled_on", models.DateField(blank=True, null=True)),
                ("receipt", models.CharField(blank=True, default="", max_length=60)),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "grant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payments", to="programmes.grant"
                    ),
                ),
                (
                    "list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="programmes.paymentlist",
                    ),
                ),
            ],
            options={
                "ordering": ["list", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["LISTED", "PAID"])),
                        fields=("grant",),
                        name="programmes_payment_once",
                        violation_error_message="该笔救助已在发放清单中，不能重复发放。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Round",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("programme", models.CharField(max_length=40)),
                ("version", models.CharField(max_length=20)),
                ("title", models.CharField(max_length=80, verbose_name="批次名称")),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("place", niangjia.core.fields.CodeField()),
                ("document_number", models.CharField(blank=True, default="", max_length=80, verbose_name="文件依据")),
                ("opens_on", models.DateField(verbose_name="受理开始")),
                ("closes_on", models.DateField(verbose_name="受理截止")),
                ("cutoff_on", models.DateField(verbose_name="资格认定时点")),
                ("quota", models.PositiveIntegerField(blank=True, null=True, verbose_name="名额")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=10, verbose_name="每人金额（元）")),
                ("notice_days", models.PositiveSmallIntegerField(default=7, verbose_name="公示天数")),
                (
                    "notice_unit",
                    models.CharField(
                        choices=[("workday", "工作日"), ("day", "自然日")],
                        default="workday",
                        max_length=8,
                        verbose_name="公示天数单位",
                    ),
                ),
                ("objection_phone", models.CharField(blank=True, default="", max_length=30, verbose_name="异议电话")),
                ("parameters", models.JSONField(blank=True, default=dict, verbose_name="其他参数")),
                (
                    "upper_batch_number",
                    models.CharField(blank=True, default="", max_length=40, verbose_name="上报批次号"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("DRAFT", "筹备"), ("OPEN", "受理中"), ("CLOSED", "受理截止"), ("FINISHED", "已办结")],
                        default="DRAFT",
                        max_length=10,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rounds", to="org.unit"
                    ),
                ),
            ],
            options={
                "ordering": ["-year", "-opens_on", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("closes_on__gte", models.F("opens_on"))),
                        name="programmes_round_window",
                        violation_error_message="受理截止日期不能早于开始日期。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)),
                        name="programmes_round_amount",
                        violation_error_message="每人金额应大于0元。",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="paymentlist",
            name="round",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="payment_lists", to="programmes.round"
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="round",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="programmes.round"
            ),
        ),
        migrations.AddField(
            model_name="grant",
            name="round",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="grants",
                to="programmes.round",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="round",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="cases", to="programmes.round"
            ),
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("key", models.CharField(max_length=32)),
                ("label", models.CharField(max_length=40)),
                ("verb", models.CharField(max_length=40)),
                ("source", models.CharField(blank=True, default="", max_length=24)),
                ("target", models.CharField(max_length=24)),
                ("reason", models.CharField(blank=True, default="", max_length=40)),
                ("note", models.CharField(blank=True, default="", max_length=500)),
                ("actor", models.CharField(max_length=120)),
                ("account_id", models.BigIntegerField()),
                ("post_id", models.BigIntegerField(blank=True, null=True)),
                ("on_time", models.BooleanField(null=True)),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="programmes.case"
                    ),
                ),
            ],
            options={
                "ordering": ["case", "id"],
                "indexes": [models.Index(fields=["place", "-at"], name="programmes_step_place_at")],
            },
        ),
        migrations.AddIndex(
            model_name="grant",
            index=models.Index(fields=["round", "state"], name="programmes_grant_round"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["round", "state"], name="programmes_case_round_state"),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["draft", "withdrawn", "refused", "closed"]), _negated=True),
                    ("id_index__isnull", False),
                ),
                fields=("round", "id_index"),
                name="programmes_case_one_open_a_round",
                violation_error_message="同一批次中该证件号码已有一份申请在办理。",
            ),
        ),
    ]
