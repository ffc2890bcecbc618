from django.db import migrations

from niangjia.campaigns import sql


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial"), ("attendance", "0002_protect"), ("programmes", "0002_protect")]
    operations = [
        migrations.RunSQL(sql.VIEWS, sql.DROP),
        migrations.RunSQL(sql.PROTECT, migrations.RunSQL.noop),
    ]
