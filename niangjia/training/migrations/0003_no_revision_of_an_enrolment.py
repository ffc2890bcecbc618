from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("training", "0002_protect")]
    operations = [migrations.RemoveField(model_name="enrolment", name="revision")]
