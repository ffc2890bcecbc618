from django.db import migrations

from niangjia.core import rowscope
from niangjia.core.rowscope import DESK, LOGIN, PARTNER, PUBLIC, RESIDENT, Rule

EVERYONE = (DESK, PARTNER, RESIDENT, LOGIN)


def reference(table: str, column: str, *more: Rule) -> str:
    """Names of places and bodies are no secret; only those in whose range they lie may change them."""
    return rowscope.protect(
        table,
        *(Rule(role, "true") for role in EVERYONE),
        Rule(DESK, rowscope.in_range(column), "INSERT, UPDATE"),
        *more,
    )


PROTECT = (
    reference("org_division", "code", Rule(PUBLIC, "true"))
    + reference("org_unit", "place")
    + rowscope.protect(
        "org_term",
        *(Rule(role, "true") for role in EVERYONE),
        Rule(DESK, "unit_id IN (SELECT id FROM org_unit WHERE " + rowscope.in_range("place") + ")", "INSERT, UPDATE"),
    )
    + rowscope.protect("org_officer", Rule(DESK, rowscope.in_range("place"), "SELECT, INSERT, UPDATE"))
    + rowscope.protect("org_post", Rule(DESK, rowscope.in_range("place"), "SELECT, INSERT, UPDATE"))
    + rowscope.protect(
        "org_specialday",
        *(Rule(role, "true") for role in (*EVERYONE, PUBLIC)),
        Rule(DESK, "true", "INSERT, UPDATE, DELETE"),
    )
)


class Migration(migrations.Migration):
    dependencies = [("org", "0001_initial"), ("trail", "0002_append_only")]
    operations = [migrations.RunSQL(PROTECT, migrations.RunSQL.noop)]
