from django.db import migrations

from niangjia.programmes import sql


class Migration(migrations.Migration):
    dependencies = [("programmes", "0008_every_programme"), ("people", "0005_duplicates_protected")]
    operations = [migrations.RunSQL(sql.MERGED, migrations.RunSQL.noop)]
