from django.db import migrations

from niangjia.lessons import sql


class Migration(migrations.Migration):
    dependencies = [
        ("lessons", "0001_initial"),
        ("files", "0001_initial"),
        ("programmes", "0002_protect"),
        ("trail", "0002_append_only"),
    ]
    operations = [
        migrations.RunSQL(sql.FUNCTIONS + sql.VIEWS, sql.DROP),
        migrations.RunSQL(sql.PROTECT, migrations.RunSQL.noop),
    ]
