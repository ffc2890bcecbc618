"""Reading the trail. The database shows only what lies in the reader's range."""

from django.db.models import QuerySet

from niangjia.trail.models import Entry


def of_subject(subject: str) -> QuerySet[Entry]:
    """Entries about one thing, newest first; ``subject`` like ``case:12``."""
    return Entry.objects.filter(subject=subject).order_by("-at", "-id")


def latest() -> QuerySet[Entry]:
    return Entry.objects.order_by("-at", "-id")
