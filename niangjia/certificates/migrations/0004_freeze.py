from django.db import migrations

from niangjia.certificates import sql


class Migration(migrations.Migration):
    dependencies = [("certificates", "0003_revoked_by")]
    operations = [migrations.RunSQL(sql.FREEZE, sql.THAW)]
