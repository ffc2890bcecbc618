"""What happened, by whom. Rows are appended by the database function ``trail_append`` and by nothing else."""

from django.db import models

from niangjia.core.fields import CodeField


class Stream(models.Model):
    """The head of one chain: everything about one case, one account, one round."""

    name = models.TextField(primary_key=True)
    seq = models.BigIntegerField(default=0)
    hash = models.BinaryField(default=b"")


class Entry(models.Model):
    """One link. ``hash`` is SHA-256 over the previous hash and every other column, so no link can change or leave."""

    id = models.BigAutoField(primary_key=True)
    stream = models.TextField()
    seq = models.BigIntegerField()
    at = models.DateTimeField(db_index=True)
    account_id = models.BigIntegerField(null=True)
    post_id = models.BigIntegerField(null=True)
    actor = models.TextField(default="")
    place = CodeField()
    verb = models.TextField(db_index=True)
    subject = models.TextField(db_index=True)
    summary = models.JSONField(default=dict)
    xact = models.BigIntegerField(db_index=True)
    previous = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "seq"], name="trail_entry_once")]
        indexes = [models.Index(fields=["place", "-at"], name="trail_entry_place_at")]


class Anchor(models.Model):
    """The state of all chains at the end of a day. The copy an auditor keeps elsewhere is the proof."""

    day = models.DateField(unique=True)
    made_at = models.DateTimeField()
    entries = models.BigIntegerField()
    streams = models.BigIntegerField()
    root = models.BinaryField()
