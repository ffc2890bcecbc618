import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import niangjia.core.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("files", "0001_initial"),
        ("org", "0004_hospitals"),
    ]

    operations = [
        migrations.CreateModel(
            name="Trip",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("left_on", models.DateField(verbose_name="出车日期")),
                ("turn", models.PositiveSmallIntegerField(default=1, verbose_name="当天第几趟")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("PUBLICITY", "健康宣教"),
                            ("CLINIC", "义诊体检"),
                            ("CARRY", "接送孕产妇"),
                            ("TRANSFER", "转诊急救"),
                            ("TRAINING", "培训"),
                            ("EMERGENCY", "应急"),
                        ],
                        max_length=10,
                        verbose_name="用途",
                    ),
                ),
                ("place", niangjia.core.fields.CodeField()),
                ("places", models.JSONField(default=list, verbose_name="到达地点")),
                ("km", models.DecimalField(decimal_places=1, max_digits=6, verbose_name="里程（公里）")),
                ("staff", models.CharField(blank=True, default="", max_length=80, verbose_name="出车人员")),
                ("heard", models.PositiveIntegerField(default=0)),
                ("advised", models.PositiveIntegerField(default=0)),
                ("screened", models.PositiveIntegerField(default=0)),
                ("given", models.PositiveIntegerField(default=0)),
                ("carried", models.PositiveIntegerField(default=0)),
                ("trained", models.PositiveIntegerField(default=0)),
                ("helped", models.PositiveIntegerField(default=0)),
                ("rescued", models.PositiveIntegerField(default=0)),
                ("talks", models.PositiveSmallIntegerField(default=0)),
                ("clinics", models.PositiveSmallIntegerField(default=0)),
                (
                    "people",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("heard"), "+", models.F("advised")
                                            ),
                                            "+",
                                            models.F("screened"),
                                        ),
                                        "+",
                                        models.F("carried"),
                                    ),
                                    "+",
                                    models.F("trained"),
                                ),
                                "+",
                                models.F("helped"),
                            ),
                            "+",
                            models.F("rescued"),
                        ),
                        output_field=models.IntegerField(),
                    ),
                ),
                ("materials", models.CharField(blank=True, default="", max_length=120, verbose_name="药品物资")),
                ("note", models.CharField(blank=True, default="", max_length=200, verbose_name="备注")),
                ("recorded_by", models.CharField(max_length=120, verbose_name="登记人")),
                ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
                ("token", models.UUIDField(unique=True)),
                ("revision", models.PositiveIntegerField(default=1)),
                ("struck_on", models.DateField(blank=True, null=True, verbose_name="作废日期")),
                ("struck_why", models.CharField(blank=True, default="", max_length=80, verbose_name="作废原因")),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="org.unit"),
                ),
            ],
            options={
                "ordering": ["-left_on", "-turn", "-id"],
                "indexes": [
                    models.Index(fields=["place", "left_on"], name="express_trip_place_day"),
                    models.Index(fields=["unit", "left_on"], name="express_trip_unit_day"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("km__gt", 0)),
                        name="express_trip_km",
                        violation_error_message="里程应大于 0。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Photo",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="org.unit"),
                ),
                (
                    "trip",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="photos", to="express.trip"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Vehicle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("plate", models.CharField(max_length=10, unique=True, verbose_name="车牌号")),
                ("model", models.CharField(max_length=40, verbose_name="车型")),
                ("received_on", models.DateField(verbose_name="接收日期")),
                ("donor", models.CharField(blank=True, default="", max_length=80, verbose_name="捐赠方")),
                ("insured_until", models.DateField(blank=True, null=True, verbose_name="保险有效期至")),
                ("inspected_until", models.DateField(blank=True, null=True, verbose_name="年检有效期至")),
                (
                    "state",
                    models.CharField(
                        choices=[("IN_USE", "在用"), ("REPAIR", "维修"), ("RETIRED", "停用")],
                        default="IN_USE",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("retired_on", models.DateField(blank=True, null=True, verbose_name="停用日期")),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "holder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.unit",
                        verbose_name="使用单位",
                    ),
                ),
            ],
            options={
                "ordering": ["plate"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "RETIRED"), ("retired_on__isnull", False)),
                            models.Q(models.Q(("state", "RETIRED"), _negated=True), ("retired_on__isnull", True)),
                            _connector="OR",
                        ),
                        name="express_vehicle_retired_on_a_day",
                        violation_error_message="停用的车辆要有停用日期，在用的没有。",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="trip",
            name="vehicle",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="trips", to="express.vehicle"
            ),
        ),
        migrations.CreateModel(
            name="Cost",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="日期")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("FUEL", "油费"),
                            ("TOLL", "过路停车"),
                            ("REPAIR", "维修保养"),
                            ("INSURANCE", "保险"),
                            ("INSPECTION", "年检"),
                            ("OTHER", "其他"),
                        ],
                        max_length=10,
                        verbose_name="类别",
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=9, verbose_name="金额（元）")),
                ("note", models.CharField(blank=True, default="", max_length=80, verbose_name="说明")),
                ("place", niangjia.core.fields.CodeField()),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="org.unit"),
                ),
                (
                    "trip",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="costs",
                        to="express.trip",
                    ),
                ),
                (
                    "vehicle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="costs", to="express.vehicle"
                    ),
                ),
            ],
            options={
                "ordering": ["-day", "-id"],
                "indexes": [models.Index(fields=["vehicle", "day"], name="express_cost_vehicle_day")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)),
                        name="express_cost_amount",
                        violation_error_message="金额应大于 0。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("trip__isnull", False)),
                        fields=("trip", "kind"),
                        name="express_cost_once_a_trip",
                        violation_error_message="这一趟的同一类费用已经登记过。",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="trip",
            constraint=models.UniqueConstraint(
                condition=models.Q(("struck_on__isnull", True)),
                fields=("vehicle", "left_on", "turn"),
                name="express_trip_once_a_turn",
                violation_error_message="这辆车当天的这一趟已经登记过。",
            ),
        ),
    ]
