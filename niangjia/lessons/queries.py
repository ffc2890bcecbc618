"""Named reads of the micro-class at the desk. Which rows there are for the reader is the database's decision."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Q, QuerySet, Sum

from niangjia.core import clock
from niangjia.lessons.kinds import LiveState, Opened, QuestionState
from niangjia.lessons.models import DayCount, Lesson, Live, Making, Media, Question, Series

QUIET = dt.timedelta(minutes=10)


def series() -> QuerySet[Series]:
    return Series.objects.prefetch_related("lessons")


def lesson(pk: int) -> Lesson | None:
    return Lesson.objects.select_related("series").filter(pk=pk).first()


def media_of(found: Lesson) -> list[Media]:
    return list(Media.objects.filter(lesson=found).select_related("file"))


def making_of(found: Lesson) -> Making | None:
    return Making.objects.filter(lesson=found).first()


def is_quiet(making: Making) -> bool:
    """Whether one that is not over has not moved for long: the worker may be down."""
    return making.is_moving and clock.now() - making.moved_at > QUIET


def opened(found: Lesson, *, days: int = 30) -> dict[str, int]:
    """How often a lesson was opened in the last days, by the label of the way. Totals only, there is no more."""
    since = clock.today() - dt.timedelta(days=days - 1)
    rows = DayCount.objects.filter(lesson=found, on__gte=since).order_by().values_list("way").annotate(n=Sum("count"))
    sums = dict(rows)
    return {str(way.label): sums.get(way.value, 0) for way in Opened}


def questions(state: str = "") -> QuerySet[Question]:
    """Questions, those that wait the longest first."""
    found = Question.objects.select_related("lesson")
    return found.filter(state=state) if state else found.exclude(state=QuestionState.WITHDRAWN)


def question(pk: int) -> Question | None:
    return Question.objects.select_related("lesson").filter(pk=pk).first()


def question_counts() -> dict[str, int]:
    rows = Question.objects.order_by().values_list("state").annotate(n=Count("pk"))
    return dict(rows)


def my_questions() -> QuerySet[Question]:
    """Those the reader asked herself: to a resident the database shows no other."""
    return Question.objects.order_by("-asked_at")


def lives() -> QuerySet[Live]:
    return Live.objects.select_related("series", "recording")


def lives_to_record() -> QuerySet[Live]:
    """Sessions that are over and whose recording nobody has put up."""
    return lives().filter(~Q(state=LiveState.CANCELLED), ends_at__lt=clock.now(), recording__isnull=True)
