"""Named reads of study campaigns: for officers under their range, for anybody from the public views."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.models import Count, Q, QuerySet

from niangjia.attendance import queries as attendance
from niangjia.attendance.kinds import SessionState
from niangjia.attendance.models import Mark, Session
from niangjia.campaigns import rules
from niangjia.campaigns.kinds import TAKING, Audience, CampaignState, ReflectionState, ReturnState, roles_of
from niangjia.campaigns.models import Cadre, Campaign, Episode, Photo, Reflection, Return, Showing, Viewing
from niangjia.core import clock
from niangjia.org import queries as org
from niangjia.people.models import Account


def campaigns() -> QuerySet[Campaign]:
    return Campaign.objects.select_related("unit")


def campaign(pk: int) -> Campaign | None:
    return campaigns().filter(pk=pk).first()


def returns(campaign: Campaign) -> QuerySet[Return]:
    """The returns of a campaign the reader may see."""
    return Return.objects.filter(campaign=campaign).select_related("unit", "campaign").order_by("place", "unit__order")


def ret(pk: int) -> Return | None:
    return Return.objects.filter(pk=pk).select_related("unit", "campaign").first()


def ret_of(campaign: Campaign, unit_id: int | None) -> Return | None:
    """What is asked of a unit, None where nothing is."""
    return Return.objects.filter(campaign=campaign, unit=unit_id or 0).select_related("unit", "campaign").first()


def open_returns(unit_id: int) -> QuerySet[Return]:
    """What a unit still owes."""
    return (
        Return.objects.filter(unit=unit_id, state__in=(ReturnState.PENDING, ReturnState.RETURNED))
        .filter(campaign__state__in=TAKING)
        .select_related("campaign")
    )


def showings(ret: Return) -> QuerySet[Showing]:
    return Showing.objects.filter(ret=ret).select_related("session")


def photos(showing_ids: Sequence[int]) -> dict[int, list[Photo]]:
    found: dict[int, list[Photo]] = defaultdict(list)
    for photo in Photo.objects.filter(showing__in=showing_ids).select_related("file"):
        found[photo.showing_id].append(photo)
    return found


def report_photos(campaign: Campaign, most: int) -> list[Photo]:
    """Pictures the report may show, one of each session before a second of any."""
    found = Photo.objects.filter(showing__ret__campaign=campaign, shown=True).select_related(
        "file", "showing__session", "showing__ret__unit"
    )
    by_turn: list[tuple[int, int, Photo]] = []
    seen: dict[int, int] = defaultdict(int)
    for photo in found.order_by("id"):
        by_turn.append((seen[photo.showing_id], photo.pk, photo))
        seen[photo.showing_id] += 1
    return [photo for _, _, photo in sorted(by_turn, key=lambda one: one[:2])][:most]


def declared(campaign_id: int, account_id: int) -> set[int]:
    """The episodes an account said to have watched."""
    return set(Viewing.objects.filter(campaign=campaign_id, account=account_id).values_list("episode_id", flat=True))


def officer_of(account_id: int) -> int | None:
    """The officer behind an account, if it is one."""
    return Account.objects.filter(pk=account_id).values_list("officer_id", flat=True).first()


# ---------------------------------------------------------------- numbers


@dataclass(frozen=True, slots=True)
class Figures:
    """What was done: group sessions and their attendances, people who watched alone, the coverage of those who can be
    counted, reflections received and published. ``officers`` is 0 where nobody can be counted."""

    sessions: int = 0
    attendances: int = 0
    alone: int = 0
    covered: int = 0
    officers: int = 0
    reflections: int = 0
    published: int = 0

    @property
    def coverage(self) -> str:
        return rules.share_text(self.covered, self.officers)


def _officers(units: Iterable[int], campaign: Campaign) -> dict[int, set[int]]:
    """The officers a campaign is for, by unit: by their posts on the last day that is over."""
    roles = roles_of(campaign.audiences)
    found: dict[int, set[int]] = defaultdict(set)
    if roles:
        on = min(clock.today(), campaign.deadline)
        posts = org.running_posts(on).filter(unit__in=list(units), role__in=roles)
        for unit, officer in posts.order_by().values_list("unit_id", "officer_id"):
            found[unit].add(officer)
    return found


def officers_of(ret: Return) -> list[tuple[int, str]]:
    """Id and name of the officers of a unit a campaign is for."""
    roles = roles_of(ret.campaign.audiences)
    on = min(clock.today(), ret.campaign.deadline)
    posts = org.running_posts(on).filter(unit=ret.unit_id, role__in=roles).order_by("officer__name")
    return list(dict.fromkeys((post.officer_id, post.officer.name) for post in posts))


def figures(campaign: Campaign) -> dict[int, Figures]:
    """The numbers of every return in sight, by its id: eight statements, however many units."""
    rows = list(returns(campaign))
    unit_of = {row.pk: row.unit_id for row in rows}
    wanted = {row.subject: row.pk for row in rows}
    sessions: dict[int, list[Session]] = defaultdict(list)
    held = Session.objects.filter(subject__in=list(wanted), state=SessionState.HELD, merged_into__isnull=True)
    for session in held:
        sessions[wanted[session.subject]].append(session)
    heads = attendance.attendances([one.pk for own in sessions.values() for one in own])
    officers = _officers(unit_of.values(), campaign)
    covered = _covered(campaign)
    alone: dict[int, set[int]] = defaultdict(set)
    for unit, account in Viewing.objects.filter(campaign=campaign, unit__in=unit_of.values()).values_list(
        "unit_id", "account"
    ):
        alone[unit].add(account)
    told: dict[int | None, Mapping[str, Any]] = {
        row["unit_id"]: row
        for row in reflections(campaign.pk)
        .order_by()
        .values("unit_id")
        .annotate(n=Count("id"), out=Count("id", filter=Q(state=ReflectionState.PUBLISHED)))
    }
    return {
        pk: Figures(
            sessions=len(sessions[pk]),
            attendances=sum(heads[one.pk] for one in sessions[pk]),
            alone=len(alone[unit]),
            covered=len(officers[unit] & covered[unit]),
            officers=len(officers[unit]),
            reflections=told.get(unit, {}).get("n", 0),
            published=told.get(unit, {}).get("out", 0),
        )
        for pk, unit in unit_of.items()
    }


def _covered(campaign: Campaign) -> dict[int, set[int]]:
    """Officers who watched at all, in company or alone, by the unit they did it with."""
    found: dict[int, set[int]] = defaultdict(set)
    viewings = Viewing.objects.filter(campaign=campaign, officer__isnull=False, unit__isnull=False)
    for unit, officer in viewings.values_list("unit_id", "officer_id"):
        found[unit or 0].add(officer or 0)
    marked = Mark.objects.filter(counts=True, session__state=SessionState.HELD).values("participant")
    rows = Cadre.objects.filter(ret__campaign=campaign, participant__in=marked)
    for unit, officer in rows.values_list("ret__unit_id", "officer_id"):
        found[unit].add(officer)
    return found


def total(campaign: Campaign, parts: Mapping[int, Figures]) -> Figures:
    """All units together, and the residents who belong to none."""
    own = reflections(campaign.pk).aggregate(n=Count("id"), out=Count("id", filter=Q(state=ReflectionState.PUBLISHED)))
    return Figures(
        sessions=sum(one.sessions for one in parts.values()),
        attendances=sum(one.attendances for one in parts.values()),
        alone=Viewing.objects.filter(campaign=campaign).values("account").distinct().count(),
        covered=sum(one.covered for one in parts.values()),
        officers=sum(one.officers for one in parts.values()),
        reflections=own["n"],
        published=own["out"],
    )


# ---------------------------------------------------------------- reflections


def reflections(campaign_id: int, state: str = "") -> QuerySet[Reflection]:
    """Reflections in a state, or all that were not taken back."""
    found = Reflection.objects.filter(campaign=campaign_id).select_related("unit")
    return found.filter(state=state) if state else found.exclude(state=ReflectionState.WITHDRAWN)


def reflection(pk: int) -> Reflection | None:
    return Reflection.objects.filter(pk=pk).select_related("campaign", "unit", "file").first()


def my_reflections(campaign_id: int, account_id: int) -> QuerySet[Reflection]:
    """What an account wrote; a resident reads no unit."""
    return reflections(campaign_id).select_related(None).filter(account=account_id)


def near(campaign: Campaign) -> list[rules.Near]:
    """Pairs of reflections that are nearly the same words: a hint to the editor and nothing more."""
    return rules.near_copies(dict(reflections(campaign.pk).values_list("pk", "text")))


def voices(campaign: Campaign) -> list[Reflection]:
    """What was selected and may be shown, in the order of publication."""
    return list(reflections(campaign.pk, ReflectionState.PUBLISHED).order_by("published_at", "id"))


# ---------------------------------------------------------------- for everybody


@dataclass(frozen=True, slots=True)
class PublicStudy:
    """A campaign residents are asked to."""

    id: int
    title: str
    intro: str
    starts_on: dt.date
    deadline: dt.date
    state: str
    alone: bool
    reflections: str
    unit: str

    @property
    def is_open(self) -> bool:
        return self.state in (CampaignState.RUNNING, CampaignState.COLLECTING) and self.starts_on <= clock.today()


@dataclass(frozen=True, slots=True)
class PublicEpisode:
    id: int
    number: int
    title: str
    channel: str
    airs: str
    minutes: int | None
    link: str


@dataclass(frozen=True, slots=True)
class Voice:
    """A published reflection; ``author`` is empty where she did not agree to be named."""

    text: str
    author: str
    audience: str

    @property
    def credit(self) -> str:
        return self.author or f"一位{Audience(self.audience).label}"


_STUDY = "SELECT id, title, intro, starts_on, deadline, state, alone, reflections, unit FROM public_study"


def public_studies() -> list[PublicStudy]:
    with connections["public"].cursor() as cursor:
        cursor.execute(f"{_STUDY} ORDER BY deadline DESC, id DESC LIMIT 30")
        return [PublicStudy(*row) for row in cursor.fetchall()]


def public_study(pk: int) -> PublicStudy | None:
    with connections["public"].cursor() as cursor:
        cursor.execute(f"{_STUDY} WHERE id = %s", [pk])
        row = cursor.fetchone()
    return PublicStudy(*row) if row else None


def public_episodes(pk: int) -> list[PublicEpisode]:
    with connections["public"].cursor() as cursor:
        cursor.execute(
            "SELECT id, number, title, channel, airs, minutes, link FROM public_study_episode "
            "WHERE campaign_id = %s ORDER BY number",
            [pk],
        )
        return [PublicEpisode(*row) for row in cursor.fetchall()]


def public_voices(pk: int) -> list[Voice]:
    with connections["public"].cursor() as cursor:
        cursor.execute(
            "SELECT text, author, audience FROM public_study_voice WHERE campaign_id = %s ORDER BY published_at, id",
            [pk],
        )
        return [Voice(*row) for row in cursor.fetchall()]


def episodes(campaign: Campaign) -> list[Episode]:
    return list(campaign.episodes.all())
