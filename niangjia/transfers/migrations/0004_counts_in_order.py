from django.db import migrations, models

# An object of jsonb forgets the order of its keys. The owner is bound by the policies and sees no row, hence NO FORCE.
PAIRS = """
ALTER TABLE transfers_transfer NO FORCE ROW LEVEL SECURITY;
UPDATE transfers_transfer SET counts = (
    SELECT coalesce(jsonb_agg(jsonb_build_array(key, value)), '[]') FROM jsonb_each(counts)
) WHERE jsonb_typeof(counts) = 'object';
ALTER TABLE transfers_transfer FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("transfers", "0003_partners")]
    operations = [
        migrations.AlterField("transfer", "counts", models.JSONField(default=list)),
        migrations.RunSQL(PAIRS, migrations.RunSQL.noop),
    ]
