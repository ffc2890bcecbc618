"""Every address, by every persona, with every filter of the program removed: the database alone keeps rows apart.

The guards are opened by giving each post all verbs; the program has no other filter by range. What is watched is every row
that becomes a Python object, and every name that reaches a page.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Model
from django.db.models.signals import post_init
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from niangjia.access import policy
from niangjia.access import queries as access
from niangjia.access.acting import acting_as
from niangjia.access.policy import Policy
from niangjia.access.verbs import Verb
from niangjia.attendance import actions as attendance
from niangjia.attendance.kinds import How
from niangjia.brands.models import Brand
from niangjia.certificates import actions as certificates
from niangjia.core import clock, codes
from niangjia.family_education import actions as family_education
from niangjia.helpline import actions as helpline
from niangjia.helpline.kinds import ReferralKind, Topic
from niangjia.jury import actions as jury
from niangjia.linkage import actions as linkage
from niangjia.needs.models import Need
from niangjia.outlines import actions
from niangjia.outlines.kinds import Chosen
from niangjia.outlines.models import Assignment, Indicator, Observation
from niangjia.people.models import Duplicate, Person
from niangjia.programmes.models import (
    Attachment,
    Case,
    Notice,
    Objection,
    OutsideCheck,
    Payment,
    PaymentList,
    Round,
)
from niangjia.stock.models import Batch, GoodsKind, HandOut, Move
from niangjia.wishes.models import Wish
from tests import factories
from tests.campaigns import test_story as study
from tests.express.test_actions import drive
from tests.family_education.stage import Stage as School
from tests.helpline.stage import find as matter_of
from tests.helpline.stage import on_duty, person, triaged
from tests.helpline.stage import sent as spoken
from tests.hospitals import Hospital
from tests.lessons.test_story import written
from tests.outlines.stage import Stage
from tests.personas import CHONGYI, DADONGMEN, DUNREN, FULING, JIAOTONG, District
from tests.training.stage import School as TrainingSchool
from tests.voting.conftest import make_poll
from tests.web.conftest import signed_in
from tests.wishes.stage import claimed, opened

# Rows that everybody who works here may know of: names of places and bodies, rounds, plans that were published.
OPEN_TO_ALL = {
    "org.Division", "org.Unit", "org.Term", "org.SpecialDay", "programmes.Round", "plans.Plan", "plans.PlanVersion", "plans.Item",
    "plans.Goal", "plans.Target", "express.Vehicle", "stock.Batch", "voting.Threshold", "voting.NumberSegment",
    "outlines.Outline", "outlines.Year", "outlines.Link", "wishes.Terms", "family.Lecturer", "family.Course", "family.Meeting",
    "training.Project", "training.Course", "campaigns.Campaign",
}  # fmt: skip
# A department sees of these what it answers for.
OPEN_AT_A_DESK = {"outlines.Indicator", "outlines.Target", "outlines.Assignment"}
# The departments carry the family-education regulation out together and see who did what.
JOINED = {"family.Activity", "family.School", "family.Paper", "family.Exemption", "family.Reminder", "family.TermPlan"}
# With the doors open a post differs from another by its unit and its range only: one of each kind, and the departments
# that answer for something.
WALKERS = ("officer", "dunren", "chongyi", "dadongmen", "jiaotong", "civil_affairs", "health", "statistics")
HERE, THERE = "佘在敦仁", "佘在崇义"


def every_verb(*args: object, **kwargs: object) -> frozenset[Verb]:
    return frozenset(Verb)


@pytest.fixture
def open_doors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every post may do everything, and nothing excludes anything."""
    table = policy.current()
    everything = Policy({key: frozenset(Verb) for key in table.posts}, frozenset(Verb), ())
    monkeypatch.setattr(policy, "current", lambda: everything)
    monkeypatch.setattr(Policy, "verbs_of", every_verb)


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    for entry in patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns, path)
        else:
            yield path


def fill(path: str, numbers: dict[str, Sequence[object]]) -> list[str]:
    """A route with every number of the world put in; by the room it belongs to."""
    if "<" not in path:
        return [f"/{path}"]
    room = next((room for room in numbers if path.startswith(room)), "")
    return [f"/{re.sub(r'<[^>]+>', str(number), path)}" for number in numbers[room]]


@pytest.fixture
def world(district: District, ours: Hospital) -> dict[str, Sequence[object]]:
    """Work in two towns at many stations; the numbers of everything, by room."""
    round_ = factories.open_round(district)
    factories.at_district(district, factories.submitted(district, round_, 1, name=HERE, card_holder=HERE))
    factories.submitted(district, round_, 2, helper="jiaotong", name=THERE, card_holder=THERE)
    factories.approved(district, round_, 3, name=HERE, card_holder=HERE)
    factories.approved(district, round_, 4, helper="jiaotong", name=THERE, card_holder=THERE)
    factories.allotted(district, round_, quota=2)
    factories.notice_over(factories.on_notice(district, round_))
    factories.listed(district, round_)
    trips = [drive(ours, staff=name, places=(town,)).pk for name, town in ((HERE, DUNREN), (THERE, CHONGYI))]
    factories.goods_and_needs(district, HERE, THERE)
    for who, name in (("dadongmen", HERE), ("jiaotong", THERE)):
        claimed(district, opened(district, who, name=name, guardian=name))
    poll = make_poll(district)
    lesson = written(district)
    studies = _studies(district)
    family = _family(district)
    outlines = _outlines(district)
    training = _training(district)
    house = access.house(FULING)
    with acting_as(house):
        for pair in combinations(Person.objects.order_by("pk").values_list("pk", flat=True), 2):
            linkage.put_together(ids=pair, by=house)
        cases = list(Case.objects.values_list("pk", flat=True))
        return {
            **outlines,
            **family,
            **training,
            "desk/cases/": cases,
            "desk/people/duplicates/": [*Duplicate.objects.values_list("pk", flat=True)],
            "desk/people/": list(Person.objects.values_list("pk", flat=True)),
            "desk/rounds/": list(Round.objects.values_list("pk", flat=True)),
            "desk/notices/objections/": [*Objection.objects.values_list("pk", flat=True), 0],
            "desk/notices/rounds/": list(Round.objects.values_list("pk", flat=True)),
            "desk/notices/": list(Notice.objects.values_list("pk", flat=True)),
            "desk/payments/lines/": list(Payment.objects.values_list("pk", flat=True)),
            "desk/payments/": list(PaymentList.objects.values_list("pk", flat=True)),
            "desk/stock/kinds/": list(GoodsKind.objects.values_list("pk", flat=True)),
            "desk/stock/hand-outs/": list(HandOut.objects.values_list("pk", flat=True)),
            "desk/stock/slips/": list(Move.objects.values_list("slip", flat=True).distinct()),
            "desk/stock/": list(Batch.objects.values_list("pk", flat=True)),
            **_line(district),
            "desk/needs/deadlines/": ["LAW"],
            "desk/needs/": list(Need.objects.values_list("pk", flat=True)),
            "desk/brands/": list(Brand.objects.values_list("pk", flat=True)),
            "brands/": ["aizainiangjia"],
            "desk/organisation/": [unit.pk for unit in district.units.values()][:6],
            "desk/accounts/officers/": [account.officer_id for account in district.accounts.values()][:12],
            "desk/accounts/": [account.pk for account in district.accounts.values()][:12],
            "desk/express/vehicles/": [ours.vehicle.pk],
            "desk/express/trips/": trips,
            "desk/wishes/": list(Wish.objects.values_list("pk", flat=True)),
            "wishes/": list(Wish.objects.values_list("pk", flat=True)),
            "my/wishes/": list(Wish.objects.values_list("pk", flat=True)),
            "desk/votes/": [poll.pk],
            "desk/sessions/": _sessions(district),
            "vote/": [poll.pk],
            **studies,
            "desk/lessons/series/": [lesson.series_id],
            "desk/lessons/": [lesson.pk],
            "lessons/": [lesson.pk],
            "desk/certificates/": _certificates(district),
            "desk/jury/": _juries(district),
            "partner/": list(OutsideCheck.objects.values_list("pk", flat=True)),
            "apply/": cases,
            "my/": cases,
            "files/": list(Attachment.objects.values_list("file_id", flat=True)) or [0],
            "": [1],
        }


def _line(district: District) -> dict[str, Sequence[object]]:
    """A matter of each of two communities with a letter to a department, one of them given to its town; one secret."""
    on_duty(district)
    officer, office = district.acting("officer"), district.unit("区民政局")
    matters, letters = [], []
    for place, name in ((DADONGMEN, HERE), (JIAOTONG, THERE)):
        matter = triaged(district, spoken(place=place, facts=f"想问{name}的事", name=name))
        with acting_as(officer):
            made = helpline.refer(
                matter_id=matter.pk, kind=ReferralKind.REFER, department=office, letter=name, online=True, by=officer
            )
        matters.append(matter.pk)
        letters.append(made.pk)
    town = person(district, "dunren")
    with acting_as(officer):
        helpline.assign(matter_id=matters[0], unit=district.unit("敦仁街道妇联"), handler=town, by=officer)
    secret = spoken(place=JIAOTONG, facts=f"{THERE}打我", topic=Topic.VIOLENCE)
    return {
        "desk/helpline/answers/": [1], "desk/helpline/": [*matters, matter_of(district, secret).pk], "partner/helpline/": letters,
    }  # fmt: skip


def _sessions(district: District) -> list[object]:
    """A lecture in each of two communities at which one woman signed."""
    made: list[object] = []
    for who, name, unit in (("dadongmen", HERE, "大东门社区妇联"), ("jiaotong", THERE, "交通社区妇联")):
        by, now = district.acting(who), clock.now().replace(hour=9) - clock.ONE_DAY
        with acting_as(by):
            session = attendance.plan_session(
                subject=f"lecture:{len(made) + 1}", unit=district.unit(unit), title=f"讲座{name}", starts_at=now,
                ends_at=now.replace(hour=10), by=by,
            )  # fmt: skip
            woman = attendance.join(subject=session.subject, name=name, place=by.place, by=by)
            attendance.mark(
                session_id=session.pk, participant_id=woman.pk, said_at=now, by=by, reason="补签", how=How.PAPER
            )
        made.append(session.pk)
    return made


def _family(district: District) -> dict[str, Sequence[object]]:
    """A school, an activity and an order in each of two towns, a lecturer of the panel; the longest paths first."""
    stage, yesterday = School(district), str(clock.today() - clock.ONE_DAY)
    school, lecturer = stage.school("实验小学"), stage.lecturer()
    activities, orders, units = [], [], [school.unit.pk]
    for who, unit, name, place in (
        ("dunren", "敦仁街道妇联", HERE, DADONGMEN), ("chongyi", "崇义街道妇联", THERE, JIAOTONG),
    ):  # fmt: skip
        by = district.acting(who)
        activities.append(stage.held(by, district.unit(unit), yesterday, venue=name, place=place).pk)
        later = str(clock.today() + dt.timedelta(days=9))
        orders.append(stage.order(by, day=later, venue=name, place=place).pk)
        units.append(district.unit(unit).pk)
    with acting_as(stage.office):
        course = family_education.keep_course(
            course_id=None, title="课程", field="HABIT", age="ALL", minutes=90, by=stage.office
        )
    return {
        "desk/family/units/": units, "desk/family/activities/": activities, "desk/family/orders/": orders,
        "desk/family/lecturers/": [lecturer.pk], "desk/family/courses/": [course.pk],
        "desk/family/schools/": [school.school.pk], "desk/family/figures/": ["activities"], "desk/family/": [1],
    }  # fmt: skip


def _certificates(district: District) -> list[object]:
    """One in each of two towns."""
    chair = district.acting("chair")
    with acting_as(chair):
        return [
            certificates.issue(
                prefix="W", title="荣誉证书", holder=holder, text="评选", unit=district.unit("涪陵区妇联"), subject=subject,
                place=place, by=chair,
            ).pk
            for holder, subject, place in ((HERE, "entry:1", DADONGMEN), (THERE, "entry:2", JIAOTONG))
        ]  # fmt: skip


def _juries(district: District) -> list[object]:
    """A jury of the district with an entry of each of two towns; it is nobody's below the district."""
    officer = district.acting("officer")
    with acting_as(officer):
        panel = jury.make_panel(title="评审", unit=district.unit("涪陵区妇联"), criteria=[("故事", 100)], by=officer)
        entries = [
            jury.add_entry(panel_id=panel.pk, label=label, entry_place=place, by=officer)
            for label, place in ((HERE, DADONGMEN), (THERE, JIAOTONG))
        ]
    return [panel.pk, *(entry.pk for entry in entries if entry is not None)]


def _training(district: District) -> dict[str, Sequence[object]]:
    """A class of the district with a woman of each of two towns; the longest paths first."""
    school = TrainingSchool(district)
    course = school.opened(place=FULING)
    women = [
        school.enrol(course, serial, by=district.acting(who), name=name, place=place).pk
        for serial, who, name, place in ((1, "dadongmen", HERE, DADONGMEN), (2, "jiaotong", THERE, JIAOTONG))
    ]
    return {
        "desk/training/projects/": [school.project.pk], "desk/training/standards/": ["SKILLS"],
        "desk/training/classes/": [course.pk], "desk/training/women/": women, "partner/training/": [course.pk],
        "training/mine/": women, "training/feedback/": [course.feedback_code], "training/": [course.pk],
    }  # fmt: skip


def _studies(district: District) -> dict[str, Sequence[object]]:
    """A campaign watched and written about in two towns; the longest paths first."""
    with clock.frozen(study.DAY):
        campaign, returns = study.issued(district, "大东门社区妇联", "交通社区妇联")
        sessions, reflections = [], []
        for ret, who, name in zip(returns, ("dadongmen", "jiaotong"), (HERE, THERE), strict=True):
            by = district.acting(who)
            start = clock.now() - dt.timedelta(hours=3)
            with acting_as(by):
                sessions.append(
                    study.watched(ret, by, starts_at=start, ends_at=start + dt.timedelta(hours=2), names=[name]).pk
                )
                reflections.append(study.said(campaign, by, author=name, may_name=True).pk)
    return {
        "desk/campaigns/returns/": [ret.pk for ret in returns], "desk/campaigns/showings/": sessions,
        "desk/campaigns/reflections/": reflections, "study/reflections/": reflections, "desk/campaigns/": [campaign.pk],
        "study/": [campaign.pk],
    }  # fmt: skip


def of_indicator(instance: Any) -> object:
    """The indicator a row of an outline belongs to."""
    return getattr(instance, "indicator_id", instance.pk)


def _outlines(district: District) -> dict[str, Sequence[object]]:
    """A year of the children's outline with a value on its way, one in force and an order; the longest paths first."""
    stage = Stage(district)
    year = stage.open(clock.today().year - 1, due_on=clock.today() + dt.timedelta(days=30))
    stage.confirmed(year, "C21-02", 40, 5000)
    stage.fill(year, "C21-03", 45, 5000)
    with acting_as(stage.office):
        hard = actions.list_hard(
            indicator_id=stage.indicator_id("C21-02"), place=FULING, year=year.year, chosen=Chosen.HAND, reason="红灯",
            by=stage.office,
        )  # fmt: skip
        order = actions.issue_order(hard_id=hard.pk, demand="查明原因", by=stage.office)
        indicators = list(Indicator.objects.values_list("pk", flat=True))[:4]
        values = list(Observation.objects.values_list("pk", flat=True))
    return {
        "desk/outlines/indicators/": indicators, "desk/outlines/years/": [year.pk], "desk/outlines/values/": values,
        "desk/outlines/orders/": [order.pk], "desk/outlines/": [stage.outline.pk], "partner/indicators/orders/": [order.pk],
        "partner/indicators/": [year.pk], "board/outlines/trajectory/": indicators, "board/outlines/": [stage.outline.pk],
    }  # fmt: skip


@pytest.mark.django_db(databases=["default", "public"])
@pytest.mark.parametrize("who", WALKERS)
def test_no_address_shows_a_foreign_row(
    open_doors: None, district: District, world: dict[str, Sequence[object]], who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    acting = district.acting(who)
    lo, hi = codes.subtree(acting.place) if acting.kind == "desk" else ("", "")
    foreign: list[str] = []
    checks = acting.unit_id == district.unit("区统计局").pk
    with acting_as(access.house(FULING)):
        duties = set(Assignment.objects.filter(unit=acting.unit_id or 0).values_list("indicator", flat=True))

    def watch(sender: type[Model], instance: Any, **kwargs: object) -> None:
        if instance.pk is None:
            return
        label = sender._meta.label
        if acting.kind == "partner" and label == "programmes.OutsideCheck":
            if getattr(instance, "unit_id", None) != acting.unit_id:
                foreign.append(f"{label} {instance.pk}")
        elif acting.kind == "partner" and (
            label in JOINED or str(getattr(instance, "subject", "")).startswith("family:")
        ):
            return
        elif acting.kind == "partner" and label.startswith("outlines."):
            own = instance.unit_id == acting.unit_id if label == "outlines.Order" else of_indicator(instance) in duties
            if label not in OPEN_TO_ALL and not checks and not own:
                foreign.append(f"{label} {instance.pk}")
        elif label == "outlines.Observation" and instance.state == "PUBLISHED":
            return
        elif (
            label not in OPEN_TO_ALL | OPEN_AT_A_DESK
            and "place" in instance.__dict__
            and not lo <= str(instance.place) < hi
        ):
            foreign.append(f"{label} {instance.pk} {instance.place}")

    # The test client copies the context of every template it sees; thousands of pages need none of that.
    monkeypatch.setattr("django.test.client.store_rendered_templates", lambda *args, **kwargs: None)
    client = signed_in(district.accounts[who])
    client.raise_request_exception = False
    addresses = [
        address
        for path in routes(get_resolver().url_patterns)
        if not path.startswith(("accounts/", "ui/"))
        for address in fill(path, world)
    ]
    shown: list[str] = []
    broken: list[str] = []
    post_init.connect(watch)
    try:
        for address in addresses:
            with transaction.atomic():
                page = client.get(address)
                transaction.set_rollback(True)
            if page.status_code >= 500:
                broken.append(address)
            if page.streaming:
                assert b"".join(page.streaming_content) is not None  # type: ignore[attr-defined]  # read, it closes
                continue
            text = page.content.decode(errors="replace")
            if acting.place.startswith("500102006") and acting.kind == "desk" and THERE in text:
                shown.append(address)
            if acting.place.startswith("500102007") and acting.kind == "desk" and HERE in text:
                shown.append(address)
    finally:
        post_init.disconnect(watch)
    assert (broken, foreign, shown) == ([], [], [])


@pytest.mark.django_db(databases=["default", "public"])
def test_a_stranger_meets_only_public_pages(district: District, world: dict[str, Sequence[object]]) -> None:
    client = Client()
    answers = {
        address: client.get(address).status_code
        for path in routes(get_resolver().url_patterns)
        if path.startswith(("desk/", "partner/", "board/"))
        for address in fill(path, world)
        if "help/pictures" not in address
    }
    assert {address: code for address, code in answers.items() if code not in (302, 404, 405)} == {}
