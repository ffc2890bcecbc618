from django.db import migrations

from niangjia.voting import sql


class Migration(migrations.Migration):
    dependencies = [("voting", "0001_initial"), ("trail", "0002_append_only"), ("org", "0002_protect")]
    operations = [
        migrations.RunSQL(sql.FUNCTIONS + sql.VIEWS, sql.DROP),
        migrations.RunSQL(sql.PROTECT, migrations.RunSQL.noop),
        migrations.RunSQL(sql.THRESHOLDS, migrations.RunSQL.noop),
    ]
