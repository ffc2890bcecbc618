from pathlib import Path
from typing import Any

import yaml
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SEED = Path(__file__).parents[1] / "seed" / "duties.yaml"


def name(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Short names of the shipped duties, as the matrix heads its columns."""
    alias = editor.connection.alias
    raw: dict[str, Any] = yaml.safe_load(SEED.read_text(encoding="utf-8"))
    duty = apps.get_model("family", "Duty")
    for fields in raw["duties"]:
        if "short" in fields:
            duty.objects.using(alias).filter(party=fields["party"], what=fields["what"], short="").update(
                short=fields["short"]
            )


class Migration(migrations.Migration):
    dependencies = [("family", "0003_seed")]
    operations = [
        migrations.AddField(
            model_name="duty",
            name="short",
            field=models.CharField(blank=True, default="", max_length=8, verbose_name="简称"),
        ),
        migrations.RunPython(name, migrations.RunPython.noop),
    ]
