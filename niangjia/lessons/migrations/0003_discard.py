from django.db import migrations

from niangjia.lessons import sql


class Migration(migrations.Migration):
    dependencies = [("lessons", "0002_protect")]
    operations = [migrations.RunSQL(sql.DISCARD, sql.KEEP)]
