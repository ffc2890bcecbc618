from django.db import migrations

from niangjia.voting import sql


class Migration(migrations.Migration):
    """Databases made before keep a ``voting_cast`` that asks for the receipt before anything else: they get today's. Rights
    stay as they are with a function that is replaced."""

    dependencies = [("voting", "0002_protect")]
    operations = [migrations.RunSQL(sql.CAST, migrations.RunSQL.noop)]
