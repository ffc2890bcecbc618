from django.db import migrations

from niangjia.core import rowscope
from niangjia.trail import sql

PROTECT = (
    rowscope.protect("trail_stream", trailed=False)
    + rowscope.protect(
        "trail_entry",
        rowscope.Rule(rowscope.DESK, rowscope.in_range("place")),
        rowscope.Rule(rowscope.RESIDENT, rowscope.is_mine("account_id", "account")),
        trailed=False,
    )
    + rowscope.protect("trail_anchor", rowscope.Rule(rowscope.DESK, "true"), trailed=False)
)


class Migration(migrations.Migration):
    dependencies = [("trail", "0001_initial")]
    operations = [
        migrations.RunSQL(sql.APPEND, sql.DROP),
        migrations.RunSQL(PROTECT, migrations.RunSQL.noop),
    ]
