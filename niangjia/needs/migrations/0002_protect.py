import datetime as dt

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from niangjia.core import rowscope
from niangjia.core.rowscope import DESK, Rule

HERE = rowscope.in_range("place")
OF_THE_DISTRICT = "right(current_setting('app.lo', true), 6) = '000000'"

PROTECT = (
    rowscope.protect("needs_deadline", Rule(DESK, "true"), Rule(DESK, OF_THE_DISTRICT, "INSERT, UPDATE"))
    + rowscope.protect("needs_need", Rule(DESK, HERE, "SELECT, INSERT, UPDATE"))
    + rowscope.protect("needs_needstep", Rule(DESK, HERE, "SELECT, INSERT"))
)

# Working days to assign and to answer; the district changes them.
DAYS = {"STUDY": 15, "LIVING": 15, "WORK": 15, "HEALTH": 10, "LAW": 10, "CARE": 10, "OTHER": 15}


def seed(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    deadline = apps.get_model("needs", "Deadline")
    for kind, days in DAYS.items():
        deadline.objects.using(editor.connection.alias).create(
            kind=kind, assign_days=3, done_days=days, valid_from=dt.date(2011, 1, 1)
        )


class Migration(migrations.Migration):
    dependencies = [("needs", "0001_initial"), ("people", "0002_protect"), ("trail", "0002_append_only")]
    operations = [
        migrations.RunSQL(PROTECT, migrations.RunSQL.noop),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
