import datetime as dt

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from niangjia.training import sql

SINCE = dt.date(2011, 1, 1)
# Standards of 重庆 are not established (domain notes 9): the usual ones, to be confirmed by the district.
USUAL = (
    {
        "kind": "SKILLS", "age_min": 18, "age_max": 60, "rural_only": True, "absence_months": 6,
        "source": "农村留守妇女就业技能培训通行做法",
    },
    {"kind": "BACKBONE", "women_only": False, "once_a_year": False, "size_min": 10, "size_max": 100, "source": "骨干培训通行做法"},
)  # fmt: skip


def seed(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    standard = apps.get_model("training", "Standard")
    for one in USUAL:
        standard.objects.using(editor.connection.alias).create(valid_from=SINCE, **one)


class Migration(migrations.Migration):
    dependencies = [
        ("training", "0001_initial"),
        ("people", "0005_duplicates_protected"),
        ("trail", "0002_append_only"),
    ]
    operations = [
        migrations.RunSQL(sql.PROTECT, migrations.RunSQL.noop),
        migrations.RunSQL(sql.FUNCTIONS, sql.DROP),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
