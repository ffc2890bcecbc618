import django.db.models.deletion
from django.db import migrations, models

import niangjia.core.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("org", "0006_lecturer"),
    ]

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("place", niangjia.core.fields.CodeField()),
                ("month", models.DateField()),
                ("answered_in", models.DateField(null=True)),
                ("in_time", models.BooleanField(null=True)),
                ("closed_in", models.DateField(null=True)),
            ],
            options={
                "db_table": "helpline_tally",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="CommonAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "topic",
                    models.CharField(
                        choices=[
                            ("MARRIAGE", "婚姻家庭"),
                            ("VIOLENCE", "家暴"),
                            ("HARASSMENT", "性骚扰"),
                            ("ASSAULT", "性侵"),
                            ("LABOUR", "劳动权益"),
                            ("LAND", "土地权益"),
                            ("PROPERTY", "财产继承"),
                            ("CUSTODY", "抚养探视"),
                            ("TRAFFICKING", "拐卖"),
                            ("FAMILY", "家庭教育"),
                            ("PSYCHOLOGY", "心理"),
                            ("HEALTH", "健康"),
                            ("LAW", "其他法律问题"),
                            ("OTHER", "其他"),
                        ],
                        max_length=12,
                        verbose_name="事由",
                    ),
                ),
                ("question", models.CharField(max_length=80, verbose_name="问题")),
                ("answer", models.TextField(max_length=2000, verbose_name="解答")),
                ("written_at", models.DateTimeField()),
                ("written_by", models.CharField(max_length=80)),
                ("written_by_account", models.BigIntegerField()),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("published_by", models.CharField(blank=True, default="", max_length=80)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-written_at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("topic", ""), _negated=True),
                            models.Q(("withdrawn_at__isnull", True), ("published_at__isnull", False), _connector="OR"),
                        ),
                        name="helpline_commonanswer_published",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Duty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", niangjia.core.fields.CodeField()),
                ("starts_on", models.DateField(verbose_name="开始日期")),
                ("handler_account", models.BigIntegerField(verbose_name="值班人")),
                ("handler", models.CharField(max_length=80)),
                ("supervisor_account", models.BigIntegerField(verbose_name="督办人")),
                ("supervisor", models.CharField(max_length=80)),
                ("set_by", models.CharField(max_length=80)),
            ],
            options={
                "ordering": ["-starts_on", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("place", "starts_on"),
                        name="helpline_duty_once",
                        violation_error_message="这一天已经排了值班。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("handler_account", models.F("supervisor_account")), _negated=True),
                        name="helpline_duty_two",
                        violation_error_message="值班人和督办人须是两个人。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Key",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("account_id", models.BigIntegerField()),
                ("public", models.TextField()),
                ("wrapped", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                ("place", niangjia.core.fields.CodeField()),
            ],
            options={
                "ordering": ["-made_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at__isnull", True)),
                        fields=("account_id",),
                        name="helpline_key_one",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Matter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=20, unique=True, verbose_name="编号")),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("ASK", "询问"),
                            ("CONSULT", "咨询"),
                            ("REPORT", "反映问题"),
                            ("SUGGEST", "建议"),
                            ("WISH", "愿望"),
                        ],
                        max_length=8,
                        verbose_name="类型",
                    ),
                ),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("PORTAL", "网上"),
                            ("HOTLINE", "12338来电"),
                            ("VISIT", "来访"),
                            ("LETTER", "来信"),
                            ("WECHAT", "微信"),
                            ("RELAYED", "村镇代报"),
                        ],
                        max_length=8,
                        verbose_name="来自",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[("SELF", "本人"), ("RELATIVE", "亲属"), ("NEIGHBOUR", "邻居"), ("UNIT", "单位")],
                        max_length=10,
                        verbose_name="来件人",
                    ),
                ),
                (
                    "topic",
                    models.CharField(
                        choices=[
                            ("MARRIAGE", "婚姻家庭"),
                            ("VIOLENCE", "家暴"),
                            ("HARASSMENT", "性骚扰"),
                            ("ASSAULT", "性侵"),
                            ("LABOUR", "劳动权益"),
                            ("LAND", "土地权益"),
                            ("PROPERTY", "财产继承"),
                            ("CUSTODY", "抚养探视"),
                            ("TRAFFICKING", "拐卖"),
                            ("FAMILY", "家庭教育"),
                            ("PSYCHOLOGY", "心理"),
                            ("HEALTH", "健康"),
                            ("LAW", "其他法律问题"),
                            ("OTHER", "其他"),
                        ],
                        max_length=12,
                        verbose_name="事由",
                    ),
                ),
                (
                    "risk",
                    models.CharField(
                        blank=True,
                        choices=[("EMERGENCY", "紧急"), ("HIGH", "高风险"), ("MIDDLE", "中风险"), ("LOW", "低风险")],
                        default="",
                        max_length=10,
                        verbose_name="风险",
                    ),
                ),
                ("secret", models.BooleanField(default=False, verbose_name="保密")),
                ("minor", models.BooleanField(default=False, verbose_name="涉及未成年人")),
                ("pregnant", models.BooleanField(default=False, verbose_name="孕产妇")),
                ("disabled", models.BooleanField(default=False, verbose_name="残疾人")),
                ("elder", models.BooleanField(default=False, verbose_name="老年人")),
                (
                    "age_band",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("CHILD", "14岁以下"),
                            ("TEEN", "14至17岁"),
                            ("YOUNG", "18至34岁"),
                            ("MIDDLE", "35至59岁"),
                            ("ELDER", "60岁及以上"),
                        ],
                        default="",
                        max_length=8,
                        verbose_name="年龄段",
                    ),
                ),
                (
                    "relation",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("HUSBAND", "丈夫或同居的人"),
                            ("FORMER", "前夫或前男友"),
                            ("FAMILY", "其他家人"),
                            ("EMPLOYER", "单位或同事"),
                            ("TEACHER", "老师或照看的人"),
                            ("NEIGHBOUR", "邻居或熟人"),
                            ("STRANGER", "陌生人"),
                            ("BODY", "村集体或机关单位"),
                        ],
                        default="",
                        max_length=10,
                        verbose_name="对方是谁",
                    ),
                ),
                ("facts", niangjia.core.fields.SealedTextField(blank=True, context="helpline_matter.facts", null=True)),
                (
                    "demand",
                    niangjia.core.fields.SealedTextField(blank=True, context="helpline_matter.demand", null=True),
                ),
                ("name", niangjia.core.fields.SealedTextField(blank=True, context="helpline_matter.name", null=True)),
                ("phone", niangjia.core.fields.SealedTextField(blank=True, context="helpline_matter.phone", null=True)),
                (
                    "safe_time",
                    niangjia.core.fields.SealedTextField(blank=True, context="helpline_matter.safe_time", null=True),
                ),
                ("envelope", models.TextField(blank=True, default="")),
                ("code_index", niangjia.core.fields.BlindIndexField(unique=True)),
                ("sender_index", niangjia.core.fields.BlindIndexField(blank=True, null=True)),
                ("text_index", niangjia.core.fields.BlindIndexField(blank=True, null=True)),
                ("token", models.UUIDField(unique=True)),
                ("received_at", models.DateTimeField()),
                ("received_by", models.CharField(blank=True, default="", max_length=80, verbose_name="登记人")),
                ("received_by_account", models.BigIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("HELD", "待甄别"),
                            ("RECEIVED", "已收到"),
                            ("TRIAGED", "已研判"),
                            ("ACCEPTED", "已受理"),
                            ("REFERRED", "已转办"),
                            ("ADVISED", "已当场解答"),
                            ("IN_HAND", "办理中"),
                            ("REPLIED", "已答复"),
                            ("FOLLOWED_UP", "已回访"),
                            ("CLOSED", "已办结"),
                            ("WITHDRAWN", "已撤回"),
                        ],
                        default="RECEIVED",
                        max_length=12,
                    ),
                ),
                ("handler_account", models.BigIntegerField()),
                ("handler", models.CharField(max_length=80, verbose_name="办理人")),
                ("supervisor_account", models.BigIntegerField()),
                ("supervisor", models.CharField(max_length=80, verbose_name="督办人")),
                ("due_on", models.DateField(verbose_name="期限")),
                ("told_on", models.DateField(blank=True, null=True, verbose_name="告知受理")),
                ("done_by", models.DateField(blank=True, null=True, verbose_name="办结期限")),
                ("extended_why", models.CharField(blank=True, default="", max_length=200, verbose_name="延长理由")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="首次答复")),
                ("in_time", models.BooleanField(blank=True, null=True, verbose_name="按期答复")),
                ("unread", models.BooleanField(default=False, verbose_name="有新补充")),
                ("satisfaction", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="满意度")),
                ("reopened", models.PositiveSmallIntegerField(default=0, verbose_name="重新办理")),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "closed_why",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("ANSWERED", "已解答"),
                            ("SOLVED", "问题已解决"),
                            ("SETTLED", "已达成调解"),
                            ("HANDED_OVER", "已由有权机关办理"),
                            ("NOT_OURS", "不予受理，已告知去处"),
                            ("NO_CONTACT", "联系不上"),
                            ("WITHDRAWN", "本人撤回"),
                            ("ABUSE", "骚扰或广告"),
                        ],
                        default="",
                        max_length=12,
                        verbose_name="办结原因",
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1)),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="matters", to="org.unit"
                    ),
                ),
            ],
            options={
                "ordering": ["due_on", "id"],
                "indexes": [
                    models.Index(fields=["place", "state", "due_on"], name="helpline_matter_scope"),
                    models.Index(fields=["handler_account", "state"], name="helpline_matter_handler"),
                    models.Index(fields=["supervisor_account", "state"], name="helpline_matter_supervisor"),
                    models.Index(fields=["received_at"], name="helpline_matter_received"),
                    models.Index(
                        condition=models.Q(("sender_index__isnull", False)),
                        fields=["sender_index"],
                        name="helpline_matter_sender",
                    ),
                    models.Index(
                        condition=models.Q(("text_index__isnull", False)),
                        fields=["text_index", "received_at"],
                        name="helpline_matter_text",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("topic__in", ("VIOLENCE", "HARASSMENT", "ASSAULT", "TRAFFICKING")),
                                ("minor", True),
                                ("risk__in", ["EMERGENCY", "HIGH"]),
                                _connector="OR",
                                _negated=True,
                            ),
                            ("secret", True),
                            _connector="OR",
                        ),
                        name="helpline_matter_secret",
                        violation_error_message="暴力、未成年人和高风险的来件必须保密。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("handler_account__gt", 0),
                            ("supervisor_account__gt", 0),
                            models.Q(("handler_account", models.F("supervisor_account")), _negated=True),
                        ),
                        name="helpline_matter_two",
                        violation_error_message="办理人和督办人须是两个人。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", False), ("state__in", ("CLOSED", "WITHDRAWN"))),
                            models.Q(
                                models.Q(("state__in", ("CLOSED", "WITHDRAWN")), _negated=True),
                                ("closed_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="helpline_matter_closed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("facts__isnull", False), models.Q(("envelope", ""), _negated=True), _connector="OR"
                        ),
                        name="helpline_matter_said",
                        violation_error_message="请写明情况。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("satisfaction__isnull", True),
                            models.Q(("satisfaction__gte", 1), ("satisfaction__lte", 5)),
                            _connector="OR",
                        ),
                        name="helpline_matter_satisfaction",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_on", models.DateField(verbose_name="回访日期")),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("safe", models.BooleanField(blank=True, null=True, verbose_name="目前安全")),
                ("note", niangjia.core.fields.SealedTextField(blank=True, context="helpline_followup.note", null=True)),
                ("by", models.CharField(blank=True, default="", max_length=80)),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="follow_ups", to="helpline.matter"
                    ),
                ),
            ],
            options={
                "ordering": ["due_on", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("matter", "due_on"), name="helpline_followup_once"),
                    models.CheckConstraint(
                        condition=models.Q(("done_at__isnull", True), ("safe__isnull", False), _connector="OR"),
                        name="helpline_followup_done",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MatterStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("title", models.CharField(max_length=80)),
                (
                    "note",
                    niangjia.core.fields.SealedTextField(blank=True, context="helpline_matterstep.note", null=True),
                ),
                ("by", models.CharField(max_length=80)),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="helpline.matter"
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Mediation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "asked_by",
                    models.CharField(
                        choices=[("APPLIED", "当事人申请"), ("OFFERED", "主动调解")], max_length=8, verbose_name="提起"
                    ),
                ),
                ("parties", niangjia.core.fields.SealedTextField(context="helpline_mediation.parties")),
                ("mediators", models.CharField(max_length=80, verbose_name="调解员")),
                ("dispute", models.CharField(max_length=40, verbose_name="纠纷类型")),
                ("sessions", models.PositiveSmallIntegerField(default=0, verbose_name="调解次数")),
                ("began_on", models.DateField(verbose_name="开始日期")),
                (
                    "result",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("SETTLED", "调解成功"),
                            ("FAILED", "调解不成"),
                            ("REFUSED", "一方拒绝，不再调解"),
                            ("TAKEN_BACK", "当事人撤回"),
                        ],
                        default="",
                        max_length=10,
                        verbose_name="结果",
                    ),
                ),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="结束日期")),
                (
                    "record",
                    niangjia.core.fields.SealedTextField(blank=True, context="helpline_mediation.record", null=True),
                ),
                (
                    "form",
                    models.CharField(
                        blank=True,
                        choices=[("WRITTEN", "书面协议"), ("ORAL", "口头协议")],
                        default="",
                        max_length=8,
                        verbose_name="协议形式",
                    ),
                ),
                (
                    "agreement",
                    niangjia.core.fields.SealedTextField(blank=True, context="helpline_mediation.agreement", null=True),
                ),
                ("effective_on", models.DateField(blank=True, null=True, verbose_name="协议生效")),
                ("perform_by", models.DateField(blank=True, null=True, verbose_name="约定履行日期")),
                ("performed_on", models.DateField(blank=True, null=True, verbose_name="实际履行日期")),
                ("confirm_by", models.DateField(blank=True, null=True, verbose_name="司法确认期限")),
                ("confirmation", models.CharField(blank=True, default="", max_length=40, verbose_name="司法确认文号")),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="mediations", to="helpline.matter"
                    ),
                ),
            ],
            options={
                "ordering": ["-began_on", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("result", "")),
                        fields=("matter",),
                        name="helpline_mediation_one",
                        violation_error_message="这件来件正在调解。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_on__isnull", True), ("result", "")),
                            models.Q(
                                models.Q(("result", ""), _negated=True),
                                ("ended_on__isnull", False),
                                ("record__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="helpline_mediation_recorded",
                        violation_error_message="调解结束须有记录（人民调解法第二十七条）。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("result", "SETTLED"), _negated=True),
                            models.Q(
                                ("agreement__isnull", False),
                                ("effective_on__isnull", False),
                                models.Q(("form", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="helpline_mediation_agreed",
                        violation_error_message="调解成功须写明协议内容、形式和生效日期。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("from_her", models.BooleanField()),
                ("text", niangjia.core.fields.SealedTextField(context="helpline_message.text")),
                ("by", models.CharField(blank=True, default="", max_length=80)),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="messages", to="helpline.matter"
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Referral",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("REFER", "转办函"), ("DEMAND", "要求调查处理函"), ("SUPERVISE", "督促处理意见书")],
                        max_length=10,
                    ),
                ),
                ("number", models.CharField(max_length=24, unique=True, verbose_name="文号")),
                ("online", models.BooleanField(verbose_name="部门可在网上查看")),
                ("letter", niangjia.core.fields.SealedTextField(context="helpline_referral.letter")),
                ("sent_on", models.DateField(verbose_name="发出日期")),
                ("object_by", models.DateField(verbose_name="提出异议期限")),
                ("answer_by", models.DateField(verbose_name="答复期限")),
                ("refused", models.BooleanField(default=False, verbose_name="对方认为不属其职责")),
                (
                    "answer",
                    niangjia.core.fields.SealedTextField(blank=True, context="helpline_referral.answer", null=True),
                ),
                ("answered_on", models.DateField(blank=True, null=True, verbose_name="答复日期")),
                ("answered_by", models.CharField(blank=True, default="", max_length=80)),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="matters_referred", to="org.unit"
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="referrals", to="helpline.matter"
                    ),
                ),
            ],
            options={
                "ordering": ["-sent_on", "-id"],
                "indexes": [models.Index(fields=["department", "answered_on"], name="helpline_referral_asked")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer__isnull", True), ("answered_on__isnull", True)),
                            models.Q(("answer__isnull", False), ("answered_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="helpline_referral_answered",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Terms",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(unique=True, verbose_name="启用日期")),
                ("tell_days", models.PositiveSmallIntegerField(verbose_name="告知是否受理（天）")),
                ("object_workdays", models.PositiveSmallIntegerField(verbose_name="转错提出异议（工作日）")),
                ("done_days", models.PositiveSmallIntegerField(verbose_name="受理后办结（天）")),
                ("extension_days", models.PositiveSmallIntegerField(verbose_name="可延长（天）")),
                ("review_days", models.PositiveSmallIntegerField(verbose_name="申请复查（天）")),
                ("review_done_days", models.PositiveSmallIntegerField(verbose_name="复查办结（天）")),
                ("confirm_days", models.PositiveSmallIntegerField(verbose_name="申请司法确认（天）")),
                ("emergency_hours", models.PositiveSmallIntegerField(verbose_name="紧急来件联系（小时）")),
                ("reply_workdays", models.PositiveSmallIntegerField(verbose_name="首次答复（工作日）")),
                ("first_follow_up_days", models.PositiveSmallIntegerField(verbose_name="第一次回访（天）")),
                ("second_follow_up_days", models.PositiveSmallIntegerField(verbose_name="第二次回访（天）")),
                ("confirmed", models.BooleanField(default=False, verbose_name="已由区妇联确定")),
            ],
            options={
                "ordering": ["-valid_from"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reply_workdays__gte", 1), ("second_follow_up_days__gt", models.F("first_follow_up_days"))
                        ),
                        name="helpline_terms_order",
                        violation_error_message="第二次回访应晚于第一次；首次答复至少1个工作日。",
                    )
                ],
            },
        ),
    ]
