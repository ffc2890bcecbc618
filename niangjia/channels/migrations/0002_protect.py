from django.db import migrations

from niangjia.core import rowscope
from niangjia.core.rowscope import DESK, Rule

HERE = rowscope.in_range("place")

# Tokens of an endpoint and the state of a copy change with every message sent; the attempts, to which nothing can be
# done but adding, are their trail. What people decide about them is in the trail as everywhere.
PROTECT = (
    rowscope.protect("channels_endpoint", Rule(DESK, HERE, "SELECT, INSERT, UPDATE"), trailed=False)
    + rowscope.protect("channels_message", Rule(DESK, HERE, "SELECT, INSERT, UPDATE"))
    + rowscope.protect("channels_delivery", Rule(DESK, HERE, "SELECT, INSERT, UPDATE"), trailed=False)
    + rowscope.protect("channels_attempt", Rule(DESK, HERE, "SELECT, INSERT"), trailed=False)
)


class Migration(migrations.Migration):
    dependencies = [("channels", "0001_initial"), ("org", "0002_protect"), ("trail", "0002_append_only")]
    operations = [migrations.RunSQL(PROTECT, migrations.RunSQL.noop)]
