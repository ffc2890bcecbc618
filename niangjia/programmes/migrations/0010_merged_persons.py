from django.db import migrations

from niangjia.programmes import sql


class Migration(migrations.Migration):
    dependencies = [("programmes", "0009_honours"), ("people", "0005_duplicates_protected")]
    operations = [migrations.RunSQL(sql.MERGED, migrations.RunSQL.noop)]
