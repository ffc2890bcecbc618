import django.db.models.deletion
from django.db import migrations, models

import niangjia.core.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("org", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Household",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=24, unique=True, verbose_name="户编号")),
                ("place", niangjia.core.fields.CodeField()),
            ],
            options={
                "indexes": [models.Index(fields=["place"], name="people_household_place")],
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, verbose_name="姓名")),
                ("name_pinyin", models.CharField(max_length=120)),
                ("name_initials", models.CharField(max_length=40)),
                ("sex", models.CharField(choices=[("F", "女"), ("M", "男")], max_length=1, verbose_name="性别")),
                ("birth", models.DateField(blank=True, null=True, verbose_name="出生日期")),
                (
                    "id_kind",
                    models.CharField(
                        choices=[("RESIDENT", "居民身份证"), ("PASSPORT", "护照"), ("NONE", "暂无证件")],
                        default="RESIDENT",
                        max_length=10,
                        verbose_name="证件类型",
                    ),
                ),
                (
                    "id_number",
                    niangjia.core.fields.SealedTextField(blank=True, context="people_person.id_number", null=True),
                ),
                ("id_index", niangjia.core.fields.BlindIndexField(blank=True, null=True, unique=True)),
                ("place", niangjia.core.fields.CodeField()),
                ("died_on", models.DateField(blank=True, null=True, verbose_name="去世日期")),
                ("created_at", models.DateTimeField()),
                (
                    "household",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="members",
                        to="people.household",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["place", "name_pinyin"], name="people_person_place_name")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id_kind", "NONE"), ("id_index__isnull", False), _connector="OR"),
                        name="people_person_number_known",
                        violation_error_message="有证件的人员须登记证件号码。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("APPLY", "办理本次申请"),
                            ("HEALTH", "使用健康信息核实资格"),
                            ("BANK", "使用银行账户发放款项"),
                            ("SHARE", "向协作部门核实资格"),
                            ("PUBLISH", "公示姓名（已隐去部分文字）"),
                        ],
                        max_length=10,
                    ),
                ),
                ("text_version", models.CharField(max_length=20)),
                (
                    "channel",
                    models.CharField(
                        choices=[("PORTAL", "本人手机"), ("HELPER", "他人代填并当面宣读"), ("PAPER", "纸质签名")],
                        max_length=8,
                    ),
                ),
                ("helper", models.CharField(blank=True, default="", max_length=60, verbose_name="代填人")),
                ("subject", models.CharField(max_length=40)),
                ("given_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("account_id", models.BigIntegerField()),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="consents", to="people.person"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["person", "purpose"], name="people_consent_person")],
            },
        ),
        migrations.CreateModel(
            name="PhoneCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("phone_index", niangjia.core.fields.BlindIndexField(db_index=True)),
                ("code_index", niangjia.core.fields.BlindIndexField()),
                ("sent_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                ("address", models.GenericIPAddressField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["address", "sent_at"], name="people_code_address")],
            },
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("username", models.CharField(max_length=64, unique=True, verbose_name="登录名")),
                ("display_name", models.CharField(blank=True, default="", max_length=40)),
                ("phone", niangjia.core.fields.SealedTextField(blank=True, context="people_account.phone", null=True)),
                ("phone_index", niangjia.core.fields.BlindIndexField(blank=True, null=True, unique=True)),
                ("is_active", models.BooleanField(default=True)),
                ("must_change_password", models.BooleanField(default=False, verbose_name="须先改密码")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "officer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="org.officer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("officer__isnull", False), ("phone_index__isnull", False), _connector="OR"),
                        name="people_account_someone",
                        violation_error_message="账号必须属于一位工作人员或一个手机号。",
                    )
                ],
            },
        ),
    ]
