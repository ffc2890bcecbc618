"""Applications of the demonstration: who applies, and how far each goes."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from PIL import Image, ImageDraw

from niangjia.access import queries as access
from niangjia.access.acting import Acting, acting_as
from niangjia.core import clock, codes
from niangjia.core.codes import Level
from niangjia.files import actions as files
from niangjia.files.kinds import FileKind
from niangjia.ops.demo.district import DemoDistrict
from niangjia.ops.demo.invent import Someone
from niangjia.org import queries as org
from niangjia.people import queries as people
from niangjia.people.models import Account
from niangjia.programmes.actions import cases, checks
from niangjia.programmes.kinds import Answer
from niangjia.programmes.models import Case, OutsideCheck, Round

HOSPITALS = ("涪陵中心医院", "重庆大学附属涪陵医院", "涪陵区妇幼保健院", "重庆医科大学附属第一医院")
PAPERS = ("ID_COPY", "HOUSEHOLD", "DIAGNOSIS", "INCOME_PROOF", "BANK_CARD")


@dataclass
class Story:
    """One application: who, where, what she answered, and the case it became."""

    who: Someone
    place: str
    answers: dict[str, Any]
    by_phone: bool
    case: Case | None = None
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def pk(self) -> int:
        assert self.case is not None
        return self.case.pk


def tell(district: DemoDistrict, place: str, day: dt.date, **changes: Any) -> Story:
    """A woman and her answers, which every rule can pass unless ``changes`` say otherwise."""
    draw, who = district.invent.draw, district.invent.woman()
    cervical = draw.random() < 0.5
    answers: dict[str, Any] = {
        "name": who.name,
        "id_number": who.id_number,
        "phone": who.phone,
        "place": place,
        "address": f"{draw.randrange(1, 9)}组{draw.randrange(1, 60)}号",
        "in_district": "yes",
        "people": draw.randrange(1, 6),
        "category": draw.choice(["SUBSISTENCE", "SUBSISTENCE", "DESTITUTE", "RISK", "EXPENDITURE"]),
        "confirmed_on": str(day - dt.timedelta(days=draw.randrange(60, 700))),
        "disease": ["CERVICAL"] if cervical else ["BREAST"],
        "diagnosed_on": str(day - dt.timedelta(days=draw.randrange(30, 300))),
        "hospital": draw.choice(HOSPITALS),
        "hospital_grade": draw.choice(["THREE", "TWO"]),
        "treatment": ["SURGERY", "CHEMO"],
        "total_cost": str(draw.randrange(30, 180) * 1000),
        "reimbursed": str(draw.randrange(10, 29) * 1000),
        "card_holder": who.name,
        "bank": draw.choice(["中国农业银行涪陵支行", "重庆农村商业银行涪陵支行", "中国邮政储蓄银行涪陵区支行"]),
        "card": who.card,
        "true_statement": True,
        "consent_apply": True,
        "consent_health": True,
        "consent_bank": True,
        "consent_share": True,
        "consent_publish": "yes" if draw.random() < 0.7 else "no",
    }
    answers |= (
        {"cervical_stage": draw.choice(["IIB", "IIIA", "IIIC1", "IVA"])} if cervical else {"breast_type": "INVASIVE"}
    )
    return Story(who, place, {**answers, **changes}, by_phone=draw.random() < 0.4)


def apply(district: DemoDistrict, round_: Round, story: Story, *, at: dt.datetime) -> None:
    """She applies on her phone with pictures of her papers, or the village chair fills in for her."""
    with clock.frozen(at):
        if not story.by_phone:
            chair = district.chair_of(story.place)
            with acting_as(chair):
                case = cases.start(
                    round_=round_, place=story.place, by=chair, helper=f"{chair.person_name}（{chair.post_title}）",
                    answers=story.answers,
                )  # fmt: skip
                story.case = cases.submit(case_id=case.pk, by=chair)
            return
        resident = _resident(story.who)
        with acting_as(resident):
            case = cases.start(round_=round_, place=story.place, by=resident, answers=story.answers)
            for kind in PAPERS:
                stored = files.store(
                    name=f"{kind.lower()}.jpg", data=_paper(), purpose="case", place=story.place, by=resident,
                    kinds=[FileKind.IMAGE],
                )  # fmt: skip
                cases.attach(case_id=case.pk, kind=kind, file=stored, by=resident)
            story.case = cases.submit(case_id=case.pk, by=resident)


def _resident(who: Someone) -> Acting:
    account, _ = Account.objects.get_or_create(
        phone_index=people.phone_index(who.phone),
        defaults={"username": f"phone-{who.phone}", "phone": who.phone, "display_name": ""},
    )
    return access.resident(account)


_PAPER: list[bytes] = []


def _paper() -> bytes:
    """A sheet that says it is a specimen."""
    if not _PAPER:
        picture = Image.new("RGB", (620, 880), "#fbf8f5")
        pen = ImageDraw.Draw(picture)
        for row in range(12):
            pen.rectangle((60, 120 + row * 56, 560 - (row % 3) * 90, 132 + row * 56), fill="#d9cfc6")
        pen.rectangle((40, 40, 580, 840), outline="#6b2d5c", width=3)
        pen.text((230, 70), "SPECIMEN", fill="#6b2d5c")
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=80)
        _PAPER.append(out.getvalue())
    return _PAPER[0]


def verify(district: DemoDistrict, stories: Sequence[Story], *, at: dt.datetime) -> None:
    for story in stories:
        chair = district.chair_of(story.place)
        with clock.frozen(at), acting_as(chair):
            papers = list(Case.objects.get(pk=story.pk).attachments.values_list("pk", flat=True))
            cases.verify(
                case_id=story.pk, by=chair, revision=None, seen=papers, opinion="已入户并核对原件，情况属实，同意上报。"
            )


def review(district: DemoDistrict, stories: Sequence[Story], *, at: dt.datetime) -> None:
    for story in stories:
        town = district.chair_of(codes.town_of(story.place))
        with clock.frozen(at), acting_as(town):
            cases.step(case_id=story.pk, key="review", by=town, revision=None, note="材料齐全，同意报区妇联。")


def ask(officer: Acting, stories: Sequence[Story], *, at: dt.datetime) -> None:
    for story in stories:
        with clock.frozen(at), acting_as(officer):
            checks.ask(case_id=story.pk, by=officer, revision=None)


def answer(district: DemoDistrict, stories: Sequence[Story], *, at: dt.datetime, only: tuple[str, ...] = ()) -> None:
    """The departments answer; then the house puts the cases back on the district's desk."""
    numbers = {story.pk: story for story in stories}
    for username in ("minzheng", "weijian", "yibao"):
        if only and username not in only:
            continue
        liaison = district.seat(username)
        with clock.frozen(at), acting_as(liaison):
            for check in OutsideCheck.objects.filter(case_id__in=numbers, answer=""):
                said = numbers[check.case_id].notes.get(check.key, "")
                checks.answer(check_id=check.pk, answer=Answer.NO if said else Answer.YES, remark=said, by=liaison)
    with clock.frozen(at + dt.timedelta(minutes=5)), acting_as(district.house):
        for story in stories:
            checks.collect(case_id=story.pk, by=district.house)


def decide(chair: Acting, stories: Sequence[Story], *, at: dt.datetime) -> None:
    """Approve what the rules pass; refuse those a department answered no to."""
    for story in stories:
        with clock.frozen(at), acting_as(chair):
            if story.notes:
                cases.step(
                    case_id=story.pk, key="refuse", by=chair, revision=None, reason="INCOME", note="部门核验不符。"
                )
            else:
                cases.step(case_id=story.pk, key="approve", by=chair, revision=None, note="同意。")


def villages(district: DemoDistrict, count: int) -> list[str]:
    """Villages for the stories: the demonstration's own accounts see some, the rest lie all over the district."""
    with acting_as(district.house):
        everywhere = list(org.divisions_within(district.place, Level.VILLAGE).values_list("code", flat=True))
    near = [code for code in everywhere if code.startswith(("500102006", "500102119"))]
    draw = district.invent.draw
    return [draw.choice(near) if number % 3 == 0 else draw.choice(everywhere) for number in range(count)]
