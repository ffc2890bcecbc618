"""Attendance counts up to three different numbers: signatures and heads (人次), women (人), homes (户)."""

from __future__ import annotations

from django.db.models import Count, F, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from niangjia.attendance.kinds import SessionState
from niangjia.attendance.models import Mark, Session
from niangjia.core import measures
from niangjia.core.measures import Kind, Measure, Records

NAMED = (
    Mark.objects.filter(head=OuterRef("pk"), counts=True).order_by().values("head").annotate(n=Count("*")).values("n")
)
ATTENDANCES = Coalesce(Subquery(NAMED, output_field=IntegerField()), 0) + Coalesce(F("headcount"), 0)


def sessions() -> Records:
    """Sessions that count: not cancelled, not merged into another."""
    return Session.objects.filter(merged_into__isnull=True).exclude(state=SessionState.CANCELLED)


def marks() -> Records:
    """Marks that count, each woman once a sitting."""
    return Mark.objects.filter(counts=True).select_related("session", "participant")


def measure(key: str, label: str, kind: str, *, about: str = "") -> Measure:
    """A measure over the sessions of one kind of subject, for a domain to declare as its own.

    ``kind`` is one of ``sessions`` (held ones), ``attendances``, ``people``, ``households``; ``about`` is the part of the
    subject before its colon, such as ``class``; without it all sessions count.
    """
    of_sessions = {"subject__startswith": f"{about}:"} if about else {}
    of_marks = {"session__subject__startswith": f"{about}:"} if about else {}
    if kind == "sessions":
        return Measure(
            key=key, label=label, unit="场", kind=Kind.COUNT, caption=str, detail=_session, place="place", at="on",
            records=lambda: sessions().filter(state=SessionState.HELD, **of_sessions),
        )  # fmt: skip
    if kind == "attendances":
        return Measure(
            key=key, label=label, unit="人次", kind=Kind.SUM, value=ATTENDANCES, caption=str, detail=_session, place="place", at="on",
            records=lambda: sessions().filter(**of_sessions),
        )  # fmt: skip
    value, unit = {"people": ("who", "人"), "households": ("household", "户")}[kind]
    return Measure(
        key=key, label=label, unit=unit, kind=Kind.DISTINCT, value=value, caption=_caption, detail=_of_mark, place="place", at="on",
        records=lambda: marks().filter(**of_marks),
    )  # fmt: skip


def _session(session: Session) -> tuple[str, dict[str, object]]:
    return "attendance:session", {"pk": session.pk}


def _of_mark(mark: Mark) -> tuple[str, dict[str, object]]:
    return "attendance:session", {"pk": mark.session_id}


def _caption(mark: Mark) -> str:
    return f"{mark.session.title} {mark.on} {mark.get_half_display()} {mark.participant.name}"


def declare() -> None:
    """Declare the measures of attendance. Called once, when the application is loaded."""
    for key, label, kind in (
        ("attendance.sessions", "学习和活动场次", "sessions"),
        ("attendance.attendances", "学习和活动参加人次", "attendances"),
        ("attendance.people", "学习和活动参加人数", "people"),
        ("attendance.households", "学习和活动参加户数", "households"),
    ):
        measures.register(measure(key, label, kind))
