from django.db import migrations

from niangjia.people import sql


class Migration(migrations.Migration):
    dependencies = [("people", "0004_duplicates")]
    operations = [
        migrations.RunSQL(sql.PROTECT, migrations.RunSQL.noop),
        migrations.RunSQL(sql.SETTLE, migrations.RunSQL.noop),
        migrations.RunSQL(sql.ENSURE, migrations.RunSQL.noop),
    ]
