import datetime as dt

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from niangjia.helpline import sql

# 信访工作条例 art. 22, 23, 34-36; 人民调解法 art. 33. The last four are the district's own and ship unconfirmed.
DAYS = {
    "tell_days": 15, "object_workdays": 5, "done_days": 60, "extension_days": 30, "review_days": 30, "review_done_days": 30,
    "confirm_days": 30, "emergency_hours": 2, "reply_workdays": 7, "first_follow_up_days": 7, "second_follow_up_days": 30,
}  # fmt: skip


def seed(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("helpline", "Terms").objects.using(editor.connection.alias).create(
        valid_from=dt.date(2011, 1, 1), confirmed=False, **DAYS
    )


class Migration(migrations.Migration):
    dependencies = [
        ("helpline", "0001_initial"),
        ("org", "0002_protect"),
        ("people", "0002_protect"),
        ("trail", "0002_append_only"),
    ]
    operations = [
        migrations.RunSQL(
            sql.PROTECT + sql.GUARD + sql.DOORS + sql.FIGURES + sql.GRANTS + sql.VIEWS, migrations.RunSQL.noop
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
