from django.db import migrations

from niangjia.jury import sql


class Migration(migrations.Migration):
    dependencies = [("jury", "0001_initial"), ("org", "0002_protect"), ("trail", "0002_append_only")]
    operations = [migrations.RunSQL(sql.PROTECT, "DROP FUNCTION jury_progress(bigint)")]
