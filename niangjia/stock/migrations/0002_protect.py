import datetime as dt
from decimal import Decimal

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from niangjia.stock import sql

# 母亲邮包 as the foundation describes it; worth, contents and how often are the district's to correct.
FOUNDATION = "中国妇女发展基金会母亲邮包项目；每户每年一份，请按当年项目通知核对"
KINDS = (
    ("mother_parcel_care", "母亲邮包（贴心包）", 100, "YEAR", FOUNDATION),
    ("mother_parcel_warm", "母亲邮包（暖心包）", 200, "YEAR", FOUNDATION),
    ("mother_parcel_family", "母亲邮包（家庭包）", 300, "YEAR", FOUNDATION),
    ("visit_goods", "走访慰问品", 200, "BATCH", "单价和内容按当次走访方案核对"),
)


def seed(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    kind = apps.get_model("stock", "GoodsKind")
    for key, name, value, once, basis in KINDS:
        kind.objects.using(editor.connection.alias).create(
            key=key, name=name, value=Decimal(value), once=once, basis=basis, valid_from=dt.date(2012, 5, 22)
        )


class Migration(migrations.Migration):
    dependencies = [("stock", "0001_initial"), ("org", "0002_protect"), ("trail", "0002_append_only")]
    operations = [
        migrations.RunSQL(sql.GUARDS, sql.DROP),
        migrations.RunSQL(sql.PROTECT, migrations.RunSQL.noop),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
