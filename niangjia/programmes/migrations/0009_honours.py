from django.db import migrations

from niangjia.programmes import sql


class Migration(migrations.Migration):
    dependencies = [
        ("programmes", "0008_every_programme"),
    ]
    operations = [
        migrations.RunSQL(sql.HONOURS, "DROP VIEW public_honour_photo, public_honour;"),
    ]
