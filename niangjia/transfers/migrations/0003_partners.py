from django.db import migrations

from niangjia.core import rowscope
from niangjia.core.rowscope import PARTNER

# A hospital's log may be long too: its officer sees her own transfers, as officers of the federation do.
MINE = rowscope.is_mine("asked_by_account", "account")
PARTNERS = f"""
GRANT SELECT, INSERT, UPDATE ON transfers_transfer TO {PARTNER};
CREATE POLICY partner_select ON transfers_transfer FOR SELECT TO {PARTNER} USING ({MINE});
CREATE POLICY partner_insert ON transfers_transfer FOR INSERT TO {PARTNER} WITH CHECK ({MINE});
CREATE POLICY partner_update ON transfers_transfer FOR UPDATE TO {PARTNER} USING ({MINE}) WITH CHECK ({MINE});
"""


class Migration(migrations.Migration):
    dependencies = [("transfers", "0002_protect")]
    operations = [migrations.RunSQL(PARTNERS, migrations.RunSQL.noop)]
