from django.db import migrations

from niangjia.core import rowscope
from niangjia.core.rowscope import DESK, Rule

HERE = rowscope.in_range("place")

PROTECT = (
    rowscope.protect("blanks_blank", Rule(DESK, HERE, "SELECT, INSERT, UPDATE"))
    + rowscope.protect("blanks_mapped", Rule(DESK, HERE, "SELECT, INSERT, UPDATE, DELETE"))
    + rowscope.protect("blanks_filled", Rule(DESK, HERE, "SELECT, INSERT"))
    + rowscope.protect("blanks_handing", Rule(DESK, HERE, "SELECT, INSERT"))
)


class Migration(migrations.Migration):
    dependencies = [("blanks", "0001_initial"), ("org", "0002_protect"), ("trail", "0002_append_only")]
    operations = [migrations.RunSQL(PROTECT, migrations.RunSQL.noop)]
