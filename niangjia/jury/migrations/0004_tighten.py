from django.db import migrations

from niangjia.jury import sql


class Migration(migrations.Migration):
    dependencies = [("jury", "0003_rules_and_record")]
    operations = [migrations.RunSQL(sql.TIGHTEN, sql.LOOSEN)]
