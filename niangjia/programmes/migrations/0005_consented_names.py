from django.db import migrations

from niangjia.programmes import sql


class Migration(migrations.Migration):
    dependencies = [("programmes", "0004_transfers")]
    operations = [migrations.RunSQL(sql.CONSENTED_NAMES, migrations.RunSQL.noop)]
