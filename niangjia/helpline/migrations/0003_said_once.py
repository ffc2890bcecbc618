from django.db import migrations, models

from niangjia.helpline import sql

# Databases made before have these, which keep a message sent twice twice.
FORMER = """
DROP FUNCTION IF EXISTS helpline_add(bigint, bytea, timestamptz, date);
DROP FUNCTION IF EXISTS helpline_say(bytea, bytea, timestamptz, date);
DROP FUNCTION IF EXISTS helpline_say_again(bytea, bytea, timestamptz, date);
"""


class Migration(migrations.Migration):
    dependencies = [("helpline", "0002_protect")]
    operations = [
        migrations.AddField("message", "token", models.UUIDField(null=True, unique=True)),
        migrations.RunSQL(FORMER + sql.SAY, migrations.RunSQL.noop),
    ]
