from django.db import migrations

from niangjia.certificates import sql


class Migration(migrations.Migration):
    dependencies = [
        ("certificates", "0001_initial"),
        ("people", "0002_protect"),
        ("org", "0002_protect"),
        ("trail", "0002_append_only"),
    ]
    operations = [
        migrations.RunSQL(sql.FUNCTIONS, sql.DROP),
        migrations.RunSQL(sql.PROTECT, migrations.RunSQL.noop),
    ]
