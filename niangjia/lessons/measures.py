"""Figures of the micro-class. How often a lesson is opened is none: likes and reads measure nobody (domain notes 4.6)."""

from __future__ import annotations

from niangjia.core import measures
from niangjia.core.measures import Kind, Measure
from niangjia.lessons.kinds import LessonState, QuestionState
from niangjia.lessons.models import Lesson, Question


def declare() -> None:
    """Declare the measures of lessons. Called once, when the application is loaded."""
    measures.register(
        Measure(
            key="lessons.published", label="父母微课堂：发布课程", unit="节", kind=Kind.COUNT,
            records=lambda: Lesson.objects.filter(state=LessonState.PUBLISHED), place="place", at="published_at",
            caption=str, detail=lambda one: ("lessons:lesson", {"pk": one.pk}),
        )
    )  # fmt: skip
    measures.register(
        Measure(
            key="lessons.answered", label="父母微课堂：解答家长提问", unit="件", kind=Kind.COUNT,
            records=lambda: Question.objects.filter(state__in=(QuestionState.ANSWERED, QuestionState.PUBLISHED)),
            place="place", at="answered_at", caption=str, detail=lambda one: ("lessons:question", {"pk": one.pk}),
        )
    )  # fmt: skip
