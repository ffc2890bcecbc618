from django.db import migrations

from niangjia.core import rowscope
from niangjia.core.rowscope import DESK, PARTNER, Rule

HERE = rowscope.in_range("place")
OURS = rowscope.is_mine("unit_id", "unit")
# A vehicle holds nothing secret: every post of the district may know which there are.
DISTRICT = "left(place, 6) = left(current_setting('app.lo', true), 6)"
OWN_FILE = rowscope.is_mine("owner_account", "account") + " AND owner_account <> 0"

PROTECT = "\n".join(
    [
        rowscope.protect(
            "express_vehicle",
            Rule(DESK, DISTRICT),
            Rule(DESK, HERE, "INSERT, UPDATE"),
            Rule(PARTNER, rowscope.is_mine("holder_id", "unit")),
        ),
        # A town sees the trips that came to it.
        rowscope.protect(
            "express_trip",
            *(Rule(role, own, "SELECT, INSERT, UPDATE") for role, own in ((DESK, HERE), (PARTNER, OURS))),
        ),
        rowscope.protect(
            "express_cost",
            *(Rule(role, own, "SELECT, INSERT, UPDATE, DELETE") for role, own in ((DESK, HERE), (PARTNER, OURS))),
        ),
        rowscope.protect(
            "express_photo", *(Rule(role, own, "SELECT, INSERT") for role, own in ((DESK, HERE), (PARTNER, OURS)))
        ),
        # A hospital keeps pictures of its own trips and sees no other file.
        f"""
        GRANT SELECT, INSERT ON files_storedfile TO {PARTNER};
        CREATE POLICY partner_select ON files_storedfile FOR SELECT TO {PARTNER}
            USING (({OWN_FILE}) OR id IN (SELECT file_id FROM express_photo));
        CREATE POLICY partner_insert ON files_storedfile FOR INSERT TO {PARTNER} WITH CHECK ({OWN_FILE});
        """,
    ]
)


class Migration(migrations.Migration):
    dependencies = [("express", "0001_initial"), ("programmes", "0002_protect"), ("trail", "0002_append_only")]
    operations = [migrations.RunSQL(PROTECT, migrations.RunSQL.noop)]
