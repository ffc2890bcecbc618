"""What training counts up to, so that a plan's target is fulfilled by classes and women and not by typing."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from niangjia.core import measures
from niangjia.core.measures import Kind, Measure
from niangjia.training import queries
from niangjia.training.kinds import DONE, HELD, ClaimState, ClassKind, EnrolmentState
from niangjia.training.models import Claim, Course, Enrolment

YUAN_A_WAN = 10_000


def _woman(enrolment: Enrolment) -> str:
    return f"{enrolment.name} {enrolment.course.title} {enrolment.get_state_display()}"


def _page(enrolment: Enrolment) -> tuple[str, dict[str, Any]]:
    return "training:enrolment", {"pk": enrolment.pk}


def _completed(kind: ClassKind) -> Any:
    return lambda: Enrolment.objects.filter(state__in=DONE, course__kind=kind).select_related("course")


def _held(kind: ClassKind) -> Any:
    return lambda: Course.objects.filter(state__in=HELD, kind=kind)


def _class_page(course: Course) -> tuple[str, dict[str, Any]]:
    return "training:course", {"pk": course.pk}


def declare() -> None:
    """Declare the measures of training. Called once, when the application is loaded."""
    women: dict[str, Any] = {"place": "course__place", "at": "completed_on", "caption": _woman, "detail": _page}
    classes: dict[str, Any] = {"place": "place", "at": "ends_on", "caption": str, "detail": _class_page}
    skills, backbone = ClassKind.SKILLS, ClassKind.BACKBONE
    certified = lambda: _completed(skills)().filter(queries.holds_certificate())  # noqa: E731
    placed = lambda: _completed(skills)().filter(state=EnrolmentState.PLACED)  # noqa: E731
    for measure in (
        Measure(
            key="training.heads", label="技能培训：培训妇女", unit="人", kind=Kind.DISTINCT, value="person_id",
            records=_completed(skills), **women,
        ),
        Measure(
            key="training.entries", label="技能培训：培训人次", unit="人次", kind=Kind.COUNT, records=_completed(skills), **women
        ),
        Measure(
            key="training.classes", label="技能培训：培训班", unit="期", kind=Kind.COUNT, records=_held(skills), **classes
        ),
        Measure(
            key="training.certified", label="技能培训：取得证书", unit="人", kind=Kind.DISTINCT, value="person_id",
            records=certified, **{**women, "at": "certified_on"},
        ),
        Measure(
            key="training.placed", label="技能培训：就业创业", unit="人", kind=Kind.DISTINCT, value="person_id",
            records=placed, **{**women, "at": "placed_on"},
        ),
        Measure(
            key="training.placement_rate", label="技能培训：就业创业率", unit="%", kind=Kind.SHARE,
            numerator=Q(state=EnrolmentState.PLACED), records=_completed(skills), **women,
        ),
        Measure(
            key="training.spent", label="技能培训：审定补贴", unit="万元", kind=Kind.SUM, value="audited_amount", per=YUAN_A_WAN,
            records=lambda: Claim.objects.filter(state=ClaimState.AUDITED).select_related("course"), place="place",
            at="audited_on", caption=lambda claim: f"{claim.course.title} {claim.audited_heads}人 {claim.audited_amount}元",
            detail=lambda claim: ("training:claim", {"pk": claim.course_id}),
        ),
        Measure(
            key="training.backbone_heads", label="骨干培训：培训骨干", unit="人", kind=Kind.DISTINCT, value="person_id",
            records=_completed(backbone), **women,
        ),
        Measure(
            key="training.backbone_classes", label="骨干培训：培训班", unit="期", kind=Kind.COUNT, records=_held(backbone),
            **classes,
        ),
    ):  # fmt: skip
        measures.register(measure)
