import django.db.models.deletion
from django.db import migrations, models

import niangjia.core.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("files", "0001_initial"),
        ("org", "0006_lecturer"),
    ]

    operations = [
        migrations.CreateModel(
            name="Blank",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=80, verbose_name="表名")),
                ("asked_by", models.CharField(max_length=80, verbose_name="要表单位")),
                ("basis", models.CharField(blank=True, default="", max_length=120, verbose_name="依据（文号）")),
                (
                    "rhythm",
                    models.CharField(
                        choices=[("MONTH", "每月"), ("QUARTER", "每季"), ("YEAR", "每年")],
                        max_length=8,
                        verbose_name="多久一次",
                    ),
                ),
                ("place", niangjia.core.fields.CodeField()),
                ("version", models.PositiveIntegerField(default=1)),
                ("is_open", models.BooleanField(default=True)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=80)),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="blanks",
                        to="org.unit",
                        verbose_name="填报单位",
                    ),
                ),
            ],
            options={
                "ordering": ["-is_open", "title", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("unit", "title"),
                        name="blanks_blank_once",
                        violation_error_message="本单位已有同名的表。换了新版式，请在那张表里“更换表样”。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Filled",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", niangjia.core.fields.CodeField()),
                ("period", models.CharField(max_length=7)),
                ("version", models.PositiveIntegerField()),
                ("cells", models.JSONField()),
                ("notes", models.JSONField(blank=True, default=list)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=80)),
                (
                    "blank",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="filled", to="blanks.blank"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
            ],
            options={
                "ordering": ["-period", "-made_at", "-id"],
                "indexes": [models.Index(fields=["blank", "-period", "-made_at"], name="blanks_filled_last")],
            },
        ),
        migrations.CreateModel(
            name="Handing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", niangjia.core.fields.CodeField()),
                ("to", models.CharField(max_length=80, verbose_name="交给")),
                ("how", models.CharField(max_length=40, verbose_name="方式")),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=80)),
                (
                    "filled",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="handings", to="blanks.filled"
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Mapped",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", niangjia.core.fields.CodeField()),
                ("sheet", models.CharField(max_length=40)),
                ("reference", models.CharField(max_length=10)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("MEASURE", "统计指标"),
                            ("TEXT", "固定文字"),
                            ("UNIT", "填报单位"),
                            ("PERIOD", "填报期"),
                            ("FILLER", "填报人"),
                            ("DAY", "填报日期"),
                        ],
                        max_length=8,
                    ),
                ),
                ("measure", models.CharField(blank=True, default="", max_length=80)),
                ("of_place", niangjia.core.fields.CodeField(blank=True, null=True)),
                (
                    "span",
                    models.CharField(
                        choices=[
                            ("PERIOD", "本期"),
                            ("YEAR", "本年累计"),
                            ("BEFORE", "上期"),
                            ("LAST_YEAR", "上年同期"),
                        ],
                        default="PERIOD",
                        max_length=10,
                    ),
                ),
                ("text", models.CharField(blank=True, default="", max_length=200)),
                (
                    "blank",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="cells", to="blanks.blank"
                    ),
                ),
            ],
            options={
                "ordering": ["sheet", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("blank", "sheet", "reference"),
                        name="blanks_mapped_once",
                        violation_error_message="这个格子已对应，请先取消。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("source", "MEASURE"), _negated=True),
                            models.Q(("measure", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="blanks_mapped_measure",
                        violation_error_message="请选择指标。",
                    ),
                ],
            },
        ),
    ]
