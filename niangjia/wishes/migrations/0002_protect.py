import datetime as dt

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from niangjia.wishes import sql


def seed(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """What ships is nobody's decision yet (domain notes 2m): 300 yuan, ten days to bring it, half a year on show."""
    apps.get_model("wishes", "Terms").objects.using(editor.connection.alias).create(
        valid_from=dt.date(2011, 1, 1), value_cap=300, claim_days=10, open_days=180, most_claims=3, confirmed=False
    )


class Migration(migrations.Migration):
    dependencies = [
        ("wishes", "0001_initial"),
        ("org", "0002_protect"),
        ("people", "0002_protect"),
        ("trail", "0002_append_only"),
    ]
    operations = [
        migrations.RunSQL(sql.PROTECT + sql.FUNCTIONS + sql.VIEWS, migrations.RunSQL.noop),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
