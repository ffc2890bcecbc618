from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("programmes", "0005_consented_names"), ("org", "0002_protect")]
    operations = [
        migrations.RenameModel("FollowUp", "Visit"),
        migrations.RenameField("Visit", "needs", "heard"),
    ]
