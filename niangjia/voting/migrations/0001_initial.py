import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import niangjia.core.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Choice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="编号")),
                ("label", models.CharField(max_length=60, verbose_name="名称")),
                ("group", models.CharField(blank=True, default="", max_length=40, verbose_name="类别")),
                ("text", models.TextField(blank=True, default="", verbose_name="简介")),
                ("picture", models.CharField(blank=True, default="", max_length=80)),
                ("picture_mime", models.CharField(blank=True, default="", max_length=40)),
                ("subject", models.CharField(blank=True, default="", max_length=40)),
                ("minor", models.BooleanField(default=False, verbose_name="涉及未成年人")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_reason", models.CharField(blank=True, default="", max_length=200)),
                ("votes", models.PositiveIntegerField(default=0)),
                ("counted", models.PositiveIntegerField(default=0)),
                ("place", niangjia.core.fields.CodeField()),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("minor", False)),
                        name="voting_choice_no_minor",
                        violation_error_message="未成年人的作品和事迹不参加公众投票。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="NumberSegment",
            fields=[
                ("prefix", models.CharField(max_length=7, primary_key=True, serialize=False, verbose_name="号段")),
                ("area", models.CharField(max_length=40, verbose_name="归属地")),
                ("local", models.BooleanField(verbose_name="本地")),
            ],
        ),
        migrations.CreateModel(
            name="Threshold",
            fields=[
                (
                    "rule",
                    models.CharField(
                        choices=[
                            ("BURST", "短时间集中投票"),
                            ("NIGHT", "夜间占比高"),
                            ("DEVICE", "同一设备多票"),
                            ("NETWORK", "同一网络多票"),
                            ("SEGMENT", "同一号段集中"),
                            ("OUTSIDE", "外地号码占比高"),
                        ],
                        max_length=10,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("value", models.DecimalField(decimal_places=2, max_digits=8, verbose_name="门槛")),
                ("least", models.PositiveIntegerField(verbose_name="至少多少票才看")),
                ("from_hour", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="从几点")),
                ("to_hour", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="到几点")),
            ],
        ),
        migrations.CreateModel(
            name="Poll",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=80, verbose_name="名称")),
                ("rules_text", models.TextField(verbose_name="投票规则")),
                ("place", niangjia.core.fields.CodeField()),
                ("subject", models.CharField(blank=True, default="", max_length=40)),
                ("opens_at", models.DateTimeField(verbose_name="开始")),
                ("closes_at", models.DateTimeField(verbose_name="截止")),
                ("from_hour", models.PositiveSmallIntegerField(default=6, verbose_name="每天从几点")),
                ("to_hour", models.PositiveSmallIntegerField(default=23, verbose_name="每天到几点")),
                ("min_choices", models.PositiveSmallIntegerField(default=3, verbose_name="最少选")),
                ("max_choices", models.PositiveSmallIntegerField(default=10, verbose_name="最多选")),
                (
                    "cadence",
                    models.CharField(
                        choices=[("DAY", "每天一票"), ("ONCE", "整个活动一票")],
                        default="DAY",
                        max_length=4,
                        verbose_name="投票次数",
                    ),
                ),
                ("by_phone", models.BooleanField(default=True, verbose_name="手机验证码投票")),
                ("by_token", models.BooleanField(default=False, verbose_name="纸质投票码投票")),
                ("hide_totals", models.BooleanField(default=True, verbose_name="截止前不显示票数")),
                ("weight", models.PositiveSmallIntegerField(default=30, verbose_name="占总成绩")),
                ("grace_seconds", models.PositiveSmallIntegerField(default=10, verbose_name="截止宽限")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("DRAFT", "筹备"),
                            ("OPEN", "投票中"),
                            ("CLOSED", "已截止"),
                            ("COUNTED", "已计票"),
                            ("PUBLISHED", "已公布"),
                        ],
                        default="DRAFT",
                        max_length=9,
                    ),
                ),
                ("made_by", models.BigIntegerField()),
                ("opened_by", models.BigIntegerField(blank=True, null=True)),
                ("made_at", models.DateTimeField()),
                ("opened_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("counted_at", models.DateTimeField(blank=True, null=True)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("ballots", models.PositiveIntegerField(default=0)),
            ],
            options={
                "indexes": [models.Index(fields=["place", "state"], name="voting_poll_place")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("weight__lte", 30)),
                        name="voting_poll_advisory",
                        violation_error_message="网络投票只作参考，占总成绩不得超过百分之三十。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("closes_at__gt", models.F("opens_at"))),
                        name="voting_poll_order",
                        violation_error_message="截止时间应晚于开始时间。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("from_hour__lt", models.F("to_hour")), ("to_hour__lte", 24)),
                        name="voting_poll_hours",
                        violation_error_message="每天的投票时段应在0点至24点之间，结束晚于开始。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("min_choices__gte", 1),
                            ("max_choices__gte", models.F("min_choices")),
                            ("max_choices__lte", 50),
                        ),
                        name="voting_poll_choices",
                        violation_error_message="最少选1项，最多选不少于最少，且不超过50项。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("by_phone", True), ("by_token", True), _connector="OR"),
                        name="voting_poll_way",
                        violation_error_message="手机验证码和纸质投票码至少选一种。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("grace_seconds__lte", 120)),
                        name="voting_poll_grace",
                        violation_error_message="截止宽限最多120秒。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("opened_by__isnull", True), ("state", "DRAFT")),
                            models.Q(
                                models.Q(("state", "DRAFT"), _negated=True),
                                ("opened_by__isnull", False),
                                models.Q(("opened_by", models.F("made_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="voting_poll_two_people",
                        violation_error_message="投票须由另一人开启。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("SET_ASIDE", "隔离选票"), ("RELEASE", "解除隔离"), ("VOID", "贿票作废")], max_length=9
                    ),
                ),
                (
                    "rule",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("BURST", "短时间集中投票"),
                            ("NIGHT", "夜间占比高"),
                            ("DEVICE", "同一设备多票"),
                            ("NETWORK", "同一网络多票"),
                            ("SEGMENT", "同一号段集中"),
                            ("OUTSIDE", "外地号码占比高"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(max_length=500, verbose_name="理由")),
                ("finding", models.CharField(blank=True, default="", max_length=200)),
                ("ballots", models.PositiveIntegerField(default=0)),
                ("proposed_by", models.BigIntegerField()),
                ("proposed_name", models.CharField(max_length=80)),
                ("proposed_at", models.DateTimeField()),
                ("decided_by", models.BigIntegerField(blank=True, null=True)),
                ("decided_name", models.CharField(blank=True, default="", max_length=80)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("confirmed", models.BooleanField(blank=True, null=True)),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "about",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="releases",
                        to="voting.decision",
                    ),
                ),
                (
                    "choice",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="voting.choice",
                    ),
                ),
                (
                    "poll",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="voting.poll"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("confirmed__isnull", True), ("decided_at__isnull", True), ("decided_by__isnull", True)
                            ),
                            models.Q(
                                ("confirmed__isnull", False),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="voting_decision_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by__isnull", True),
                            models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="voting_decision_two_people",
                        violation_error_message="提出的人不能自己确认，请由另一人复核。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("about__isnull", True), ("choice__isnull", True), ("kind", "SET_ASIDE")),
                            models.Q(("about__isnull", False), ("choice__isnull", True), ("kind", "RELEASE")),
                            models.Q(("about__isnull", True), ("choice__isnull", False), ("kind", "VOID")),
                            _connector="OR",
                        ),
                        name="voting_decision_about",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="voting_decision_reason",
                        violation_error_message="请写明理由。",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="choice",
            name="poll",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="choices", to="voting.poll"
            ),
        ),
        migrations.CreateModel(
            name="Ballot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "choices",
                    django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), size=None),
                ),
                ("channel", models.CharField(choices=[("PHONE", "手机验证码"), ("TOKEN", "纸质投票码")], max_length=5)),
                ("minute", models.DateTimeField()),
                ("device", models.BigIntegerField()),
                ("network", models.BigIntegerField()),
                ("segment", models.SmallIntegerField(blank=True, null=True)),
                ("outside", models.BooleanField(blank=True, null=True)),
                ("receipt_index", niangjia.core.fields.BlindIndexField(unique=True)),
                ("digest", models.BinaryField()),
                (
                    "poll",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="voting.poll",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Publication",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("edition", models.PositiveSmallIntegerField()),
                ("ballots", models.PositiveIntegerField()),
                ("head", models.CharField(max_length=64)),
                ("packed", models.BinaryField()),
                ("made_at", models.DateTimeField()),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "poll",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="publications", to="voting.poll"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("poll", "edition"), name="voting_publication_edition")],
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("last_ballot", models.BigIntegerField()),
                ("ballots", models.PositiveIntegerField()),
                ("previous", models.BinaryField()),
                ("head", models.BinaryField()),
                ("made_at", models.DateTimeField()),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "poll",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="seals", to="voting.poll"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("poll", "number"), name="voting_seal_number")],
            },
        ),
        migrations.CreateModel(
            name="SetAside",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ballot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="voting.ballot"
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="voting.decision",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("decision", "ballot"), name="voting_set_aside_once")],
            },
        ),
        migrations.CreateModel(
            name="Spent",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "poll_id", "day", "credential", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("day", models.DateField()),
                ("credential", niangjia.core.fields.BlindIndexField()),
                ("mixed", models.BooleanField(default=False)),
                (
                    "poll",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="voting.poll",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TokenSheet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("count", models.PositiveSmallIntegerField()),
                ("note", models.CharField(blank=True, default="", max_length=60, verbose_name="发给")),
                ("expires_at", models.DateTimeField(verbose_name="有效期至")),
                ("made_at", models.DateTimeField()),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "poll",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sheets", to="voting.poll"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("poll", "number"), name="voting_sheet_number")],
            },
        ),
        migrations.CreateModel(
            name="Token",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code_index", niangjia.core.fields.BlindIndexField()),
                (
                    "poll",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="voting.poll"),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tokens", to="voting.tokensheet"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("poll", "code_index"), name="voting_token_once")],
            },
        ),
        migrations.AddConstraint(
            model_name="choice",
            constraint=models.UniqueConstraint(fields=("poll", "number"), name="voting_choice_number"),
        ),
        migrations.AddConstraint(
            model_name="choice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("subject", ""), _negated=True),
                fields=("poll", "subject"),
                name="voting_choice_subject",
            ),
        ),
    ]
