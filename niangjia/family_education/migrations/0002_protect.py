from django.db import migrations

from niangjia.family_education import sql


class Migration(migrations.Migration):
    dependencies = [
        ("family", "0001_initial"),
        ("attendance", "0002_protect"),
        ("express", "0002_protect"),
        ("outlines", "0002_protect"),
        ("org", "0002_protect"),
        ("trail", "0002_append_only"),
    ]
    operations = [
        migrations.RunSQL(sql.FUNCTIONS, sql.DROP),
        migrations.RunSQL(sql.PROTECT, migrations.RunSQL.noop),
    ]
