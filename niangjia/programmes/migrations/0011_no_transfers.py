from django.db import migrations


class Migration(migrations.Migration):
    """Large files are the matter of the room ``transfers``. Files still lying there are thrown away by its sweep."""

    dependencies = [("programmes", "0010_merged_persons")]
    operations = [migrations.DeleteModel("Transfer")]
