from pathlib import Path
from typing import Any

import yaml
from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SEED = Path(__file__).parents[1] / "seed" / "duties.yaml"


def seed(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """The duties of the regulation and the kinds of venue, for the district to change."""
    alias = editor.connection.alias
    raw: dict[str, Any] = yaml.safe_load(SEED.read_text(encoding="utf-8"))
    duty, kind = apps.get_model("family", "Duty"), apps.get_model("family", "VenueKind")
    for order, fields in enumerate(raw["duties"], start=1):
        fields.pop("short", None)  # a column of the migration after this
        duty.objects.using(alias).create(order=order * 10, valid_from=raw["valid_from"], **fields)
    for order, fields in enumerate(raw["venues"], start=1):
        kind.objects.using(alias).create(order=order * 10, **fields)


class Migration(migrations.Migration):
    dependencies = [("family", "0002_protect")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
