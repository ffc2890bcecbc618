from django.db import migrations

from niangjia.programmes import sql


class Migration(migrations.Migration):
    dependencies = [("programmes", "0007_shape")]
    operations = [migrations.RunSQL(sql.EVERY_PROGRAMME, migrations.RunSQL.noop)]
