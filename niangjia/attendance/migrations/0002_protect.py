from django.db import migrations

from niangjia.attendance import sql


class Migration(migrations.Migration):
    dependencies = [
        ("attendance", "0001_initial"),
        ("people", "0005_duplicates_protected"),
        ("org", "0002_protect"),
        ("trail", "0002_append_only"),
    ]
    operations = [
        migrations.RunSQL(sql.FUNCTIONS, sql.DROP),
        migrations.RunSQL(sql.PROTECT, migrations.RunSQL.noop),
        migrations.RunSQL(sql.SEED, migrations.RunSQL.noop),
    ]
