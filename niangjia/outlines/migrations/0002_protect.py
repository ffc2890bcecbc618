from django.db import migrations

from niangjia.outlines import sql


class Migration(migrations.Migration):
    dependencies = [
        ("outlines", "0001_initial"),
        ("files", "0001_initial"),
        ("org", "0002_protect"),
        ("programmes", "0002_protect"),
        ("trail", "0002_append_only"),
    ]
    operations = [migrations.RunSQL(sql.PROTECT, sql.DROP)]
