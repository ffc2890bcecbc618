from django.db import migrations

from niangjia.core import rowscope
from niangjia.core.rowscope import DESK, Rule

# Who asked for a file sees how far it is, and nobody else does.
PROTECT = rowscope.protect(
    "transfers_transfer",
    Rule(DESK, rowscope.is_mine("asked_by_account", "account"), "SELECT, INSERT, UPDATE"),
    trailed=False,
)


class Migration(migrations.Migration):
    dependencies = [("transfers", "0001_initial"), ("trail", "0002_append_only")]
    operations = [migrations.RunSQL(PROTECT, migrations.RunSQL.noop)]
