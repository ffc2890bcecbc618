"""Named reads of the outbox."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, QuerySet

from niangjia.channels.carriers import carriers
from niangjia.channels.kinds import DeliveryState, Form
from niangjia.channels.models import Delivery, Endpoint, Message


def endpoints() -> QuerySet[Endpoint]:
    """Endpoints the reader may see, without their secrets."""
    return Endpoint.objects.select_related("unit").defer("entries")


def groups(form: Form) -> QuerySet[Endpoint]:
    """Open endpoints many people read that take a message of this form: what is for one person is not for them."""
    takes = [key for key, one in carriers().items() if not one.personal and form in one.forms]
    return endpoints().filter(is_open=True, carrier__in=takes)


def messages(subject: str | None = None) -> QuerySet[Message]:
    """What was sent, newest first; of one record if its subject is given."""
    found = Message.objects.order_by("-made_at", "-id")
    return found if subject is None else found.filter(subject=subject)


def deliveries(message: Message) -> QuerySet[Delivery]:
    """The copies of a message and where each stands."""
    return (
        message.deliveries.select_related("endpoint").defer("to", "endpoint__entries").order_by("endpoint__name", "id")
    )


def by_hand() -> QuerySet[Delivery]:
    """Copies that wait for a person to carry them, the oldest first."""
    return (
        Delivery.objects.filter(state=DeliveryState.BY_HAND)
        .select_related("endpoint", "message")
        .defer("endpoint__entries")
        .order_by("due_at", "id")
    )


def counts(message: Message) -> dict[str, int]:
    """How many copies stand in which state."""
    rows = message.deliveries.order_by().values("state").annotate(n=Count("id"))
    return {row["state"]: row["n"] for row in rows}


def is_due(now: dt.datetime) -> bool:
    """Whether anything waits to be sent."""
    return Delivery.objects.filter(state__in=(DeliveryState.QUEUED, DeliveryState.WAITING), due_at__lte=now).exists()
