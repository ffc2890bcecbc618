"""What anybody may read and hear: named reads of the public views, as the role that can read nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db import connections

from niangjia.core import clock
from niangjia.lessons import rules
from niangjia.lessons.kinds import PICTURES, AgeGroup, LiveState, Part

RECORDED = dt.timedelta(days=90)  # how long a session is named beside its recording


@dataclass(frozen=True, slots=True)
class PublicLesson:
    """A lesson on show. In a list it comes without its text and captions."""

    id: int
    series_id: int
    series: str
    series_intro: str
    number: int
    title: str
    intro: str
    lecturer: str
    age_group: str
    minutes: int
    text: str
    captions: str
    published_at: dt.datetime

    @property
    def age_label(self) -> str:
        return str(AgeGroup(self.age_group).label)

    @property
    def blocks(self) -> list[rules.Block]:
        return rules.blocks(self.text)

    @property
    def text_size(self) -> str:
        return rules.size_label(len(self.text.encode()))


@dataclass(frozen=True, slots=True)
class PublicMedia:
    """A way to watch or hear a lesson, and how much it loads."""

    lesson_id: int
    part: str
    seconds: int
    mime: str
    size: int
    sha256: str
    storage_name: str

    @property
    def label(self) -> str:
        return str(Part(self.part).label)

    @property
    def is_picture(self) -> bool:
        return self.part in PICTURES

    @property
    def size_label(self) -> str:
        return rules.size_label(self.size)

    @property
    def length_label(self) -> str:
        return rules.length_label(self.seconds)


@dataclass(frozen=True, slots=True)
class PublicLive:
    id: int
    series_id: int
    series: str
    title: str
    lecturer: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    link: str
    state: str
    reason: str
    revision: int
    recording_id: int | None

    @property
    def is_cancelled(self) -> bool:
        return self.state == LiveState.CANCELLED

    @property
    def is_over(self) -> bool:
        return self.ends_at < clock.now()

    @property
    def is_on(self) -> bool:
        return not self.is_cancelled and self.starts_at - dt.timedelta(minutes=10) <= clock.now() <= self.ends_at


@dataclass(frozen=True, slots=True)
class PublicQuestion:
    id: int
    lesson_id: int
    question: str
    answer: str
    answered_as: str
    published_at: dt.datetime


_LESSON = (
    "SELECT id, series_id, series, series_intro, number, title, intro, lecturer, age_group, minutes, {text}, {captions}, "
    "published_at FROM public_lesson"
)


def lessons(age_group: str = "") -> list[tuple[str, str, list[PublicLesson]]]:
    """Title and introduction of each series with its lessons, without their texts; of one age group, or of all."""
    wanted = [age_group, AgeGroup.ALL.value] if age_group else list(AgeGroup.values)
    with connections["public"].cursor() as cursor:
        cursor.execute(
            _LESSON.format(text="''", captions="''")
            + ' WHERE age_group = ANY(%s) ORDER BY "order", series_id DESC, number',
            [wanted],
        )
        found = [PublicLesson(*row) for row in cursor.fetchall()]
    groups = ((key, list(own)) for key, own in groupby(found, key=lambda one: one.series_id))
    return [(own[0].series, own[0].series_intro, own) for _, own in groups]


def lesson(pk: int) -> PublicLesson | None:
    with connections["public"].cursor() as cursor:
        cursor.execute(_LESSON.format(text="text", captions="captions") + " WHERE id = %s", [pk])
        row = cursor.fetchone()
    return PublicLesson(*row) if row else None


def place_of(pk: int) -> str:
    """The place a published lesson belongs to."""
    with connections["public"].cursor() as cursor:
        cursor.execute("SELECT place FROM public_lesson WHERE id = %s", [pk])
        row = cursor.fetchone()
    assert row is not None
    return str(row[0])


def neighbours(found: PublicLesson) -> Sequence[tuple[int, int, str]]:
    """Id, number and title of the lessons of its series."""
    with connections["public"].cursor() as cursor:
        cursor.execute(
            "SELECT id, number, title FROM public_lesson WHERE series_id = %s ORDER BY number", [found.series_id]
        )
        rows: list[tuple[int, int, str]] = cursor.fetchall()
    return rows


def media(lesson_ids: Sequence[int]) -> dict[int, list[PublicMedia]]:
    """The ways of several lessons, the lightest first."""
    found: dict[int, list[PublicMedia]] = {pk: [] for pk in lesson_ids}
    with connections["public"].cursor() as cursor:
        cursor.execute(
            "SELECT lesson_id, part, seconds, mime, size, sha256, storage_name FROM public_lesson_media "
            "WHERE lesson_id = ANY(%s) ORDER BY size",
            [list(lesson_ids)],
        )
        for row in cursor.fetchall():
            found[row[0]].append(PublicMedia(*row))
    return found


def one_media(lesson_id: int, part: str) -> PublicMedia | None:
    return next((one for one in media([lesson_id])[lesson_id] if one.part == part), None)


_LIVE = (
    "SELECT id, series_id, series, title, lecturer, starts_at, ends_at, link, state, reason, revision, recording_id "
    "FROM public_lesson_live"
)


def lives() -> list[PublicLive]:
    """Sessions to come, the next first; a cancelled one says so until its hour is over."""
    with connections["public"].cursor() as cursor:
        cursor.execute(f"{_LIVE} WHERE ends_at >= %s ORDER BY starts_at", [clock.now()])
        return [PublicLive(*row) for row in cursor.fetchall()]


def recorded() -> list[PublicLive]:
    """Sessions of the last months whose recording can be watched, the latest first."""
    with connections["public"].cursor() as cursor:
        cursor.execute(
            f"{_LIVE} WHERE ends_at >= %s AND ends_at < %s AND recording_id IS NOT NULL ORDER BY starts_at DESC",
            [clock.now() - RECORDED, clock.now()],
        )
        return [PublicLive(*row) for row in cursor.fetchall()]


def live(pk: int) -> PublicLive | None:
    with connections["public"].cursor() as cursor:
        cursor.execute(f"{_LIVE} WHERE id = %s", [pk])
        row = cursor.fetchone()
    return PublicLive(*row) if row else None


def questions(lesson_id: int) -> list[PublicQuestion]:
    """What other parents asked about a lesson, without anybody's name."""
    with connections["public"].cursor() as cursor:
        cursor.execute(
            "SELECT id, lesson_id, question, answer, answered_as, published_at FROM public_lesson_question "
            "WHERE lesson_id = %s ORDER BY published_at DESC",
            [lesson_id],
        )
        return [PublicQuestion(*row) for row in cursor.fetchall()]
