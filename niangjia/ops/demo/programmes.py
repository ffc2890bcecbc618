"""The rest of the plan in the demonstration's year: honours with a jury, parcels, visits, bases, loans, linked households.

Every case goes its way through the actions everybody uses; each kind of case is told once, as the steps it takes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from niangjia.access.acting import Acting, acting_as
from niangjia.core import clock, codes
from niangjia.core.codes import Level
from niangjia.jury import actions as jury
from niangjia.jury import queries as jury_queries
from niangjia.ops.demo import goods, vote
from niangjia.org import queries as org
from niangjia.org.kinds import UnitKind
from niangjia.programmes import registry
from niangjia.programmes.actions import cases, notices, rounds
from niangjia.programmes.kinds import RoundState
from niangjia.programmes.models import Case, Round
from niangjia.programmes.shapes import honours
from niangjia.web.desk.jury import bridge

if TYPE_CHECKING:
    from niangjia.ops.demo.story import Year

Answers = Mapping[str, Any]
CLEAN = {
    key: value
    for item, _ in honours.NEGATIVE
    for key, value in ((item, "NO"), (f"{item}_source", "有关部门复函"), (f"{item}_on", "2026-03-20"))
}
DEEDS = (
    "照顾瘫痪婆婆十余年，邻里有事总是先到。",
    "夫妻返乡种榨菜，带着院子里的姐妹一起学技术。",
    "一家三代同住，孩子爱读书，逢年过节给老人们写春联。",
    "常年义务打扫院坝，垃圾分类做在前头。",
    "下岗后开裁缝铺，收了六个徒弟，都能自己开店。",
)


class Work:
    """Taking cases along: who does what on which day, told as distance from today."""

    def __init__(self, year: Year) -> None:
        self.year, self.district, self.draw = year, year.district, year.district.invent.draw
        bodies = self.district.units.values()
        chaired = {unit.place for unit in bodies if unit.kind == UnitKind.FEDERATION}
        villages = sorted(place for place in chaired if codes.level_of(place) is Level.VILLAGE)
        self.villages = self.draw.sample(villages, len(villages))
        self._next = 0
        self.mothers: list[tuple[Case, dict[str, Any]]] = []  # who had a parcel, with what was written down

    def village(self) -> str:
        """Another village each time, through all towns."""
        self._next += 1
        return self.villages[self._next % len(self.villages)]

    def open_round(self, programme: str, title: str, opens: int, closes: int, **more: Any) -> Round:
        officer, moment = self.year.officer, self.year.at(opens, 9)
        with clock.frozen(moment), acting_as(officer):
            round_ = rounds.prepare(
                programme=programme, title=title, year=moment.year, unit=self.district.units["涪陵区妇联"],
                opens_on=moment.date(), closes_on=self.year.today + dt.timedelta(days=closes), cutoff_on=moment.date(),
                objection_phone="023-72220000", by=officer, **more,
            )  # fmt: skip
            return rounds.set_state(round_id=round_.pk, state=RoundState.OPEN, by=officer)

    def hand_in(self, round_: Round, place: str, answers: Answers, day: int) -> Case:
        chair = self.district.chair_of(place)
        with clock.frozen(self.year.at(day)), acting_as(chair):
            case = cases.start(round_=round_, place=place, by=chair, helper=chair.person_name, answers=answers)
            return cases.submit(case_id=case.pk, by=chair)

    def step(
        self, case: Case, who: Acting, key: str, day: int, reason: str = "", note: str = "", **answers: Any
    ) -> None:
        with clock.frozen(self.year.at(day)), acting_as(who):
            cases.step(
                case_id=case.pk, key=key, by=who, revision=None, reason=reason, note=note, answers=answers or None
            )

    def town_of(self, case: Case) -> Acting:
        return self.district.chair_of(codes.town_of(case.place))

    def village_of(self, case: Case) -> Acting:
        return self.district.chair_of(case.place)

    def on_notice(
        self, round_: Round, title: str, day: int, ends: int, drafts: Acting | None = None, posts: Acting | None = None
    ) -> None:
        officer, chair = drafts or self.year.officer, posts or self.year.vice
        with clock.frozen(self.year.at(day)), acting_as(officer):
            notice = notices.draft(
                round_id=round_.pk, title=title, body="经推荐、审核和评审，现将名单予以公示。公示期内如有异议，请向区妇联反映。",
                objection_phone="023-72220000", by=officer,
            )  # fmt: skip
        with clock.frozen(self.year.at(day, 15)), acting_as(chair):
            notices.publish(notice_id=notice.pk, by=chair)
        if ends < 0:
            with clock.frozen(self.year.at(ends)), acting_as(self.district.house):
                notices.end_due(by=self.district.house)

    def someone(self) -> dict[str, Any]:
        who = self.district.invent.woman()
        return {"name": who.name, "phone": who.phone, "id_number": who.id_number}

    def address(self) -> str:
        return f"{self.draw.randrange(1, 9)}组{self.draw.randrange(1, 60)}号"


def live(year: Year, advance: Callable[[], None]) -> None:
    """All of it, chapter by chapter."""
    work = Work(year)
    for chapter in (_families, _other_honours, _parcels, _visits, _again, _loans, _bases, _links, goods.answer):
        chapter(work)
        advance()


def _entry(work: Work, place: str, **own: Any) -> dict[str, Any]:
    who = work.someone()
    return {
        "how": "UNIT", "name": who["name"], "phone": who["phone"], "place": place, "nominator": "村（社区）妇联",
        "nominator_phone": "13800138000", "deeds": work.draw.choice(DEEDS), "true_statement": True, "consent_apply": True,
        "consent_publish": "yes" if work.draw.random() < 0.85 else "no", "consent_story": "yes", "consent_photo": "no",
        "has_minor": "no", **own,
    }  # fmt: skip


def _to_jury(work: Work, round_: Round, entries: Sequence[tuple[str, Answers]], start: int) -> list[Case]:
    made = []
    for number, (place, answers) in enumerate(entries):
        case = work.hand_in(round_, place, answers, start + number % 12)
        work.step(case, work.village_of(case), "verify", start + 16)
        work.step(case, work.town_of(case), "review", start + 22)
        work.step(case, work.year.officer, "screen", start + 30, **CLEAN)
        made.append(case)
    return made


def _families(work: Work) -> None:
    """Each town has a place or two; a jury of five; the outcome decided, made public, certified."""
    round_ = work.open_round(
        "fair_family", "2026年“四城同创—美丽涪陵”最美家庭", -250, -200, document_number="涪妇发〔2026〕9号"
    )
    with acting_as(work.district.house):
        towns = [one.code for one in org.divisions_within(work.district.place, Level.TOWN)]
    with clock.frozen(work.year.at(-249)), acting_as(work.year.chair):
        rounds.allot(round_id=round_.pk, numbers=dict.fromkeys(towns, 2), by=work.year.chair)
    kinds = ("FILIAL", "READING", "NEIGHBOUR", "GREEN", "CHARITY", "TRADITION")
    places = [next(code for code in work.villages if codes.town_of(code) == town) for town in towns]
    entries = [
        (place, _entry(work, place, category=kinds[number % 6], size=3 + number % 4, members="夫妻、老人和孩子"))
        for number, place in enumerate([*places, *places[:3]])
    ]
    _to_jury(work, round_, entries, -245)
    vote.held(work, round_)
    _judge(work, round_, quota=27)
    work.on_notice(round_, "2026年“最美家庭”拟命名名单公示", -170, -158)


def _judge(work: Work, round_: Round, quota: int) -> None:
    officer, chair = work.year.officer, work.year.chair
    jurors = [work.district.seat(username) for username in JURORS]
    criteria = registry.programme(round_.programme).version(round_.version).parameters["criteria"]
    with clock.frozen(work.year.at(-205)), acting_as(officer):
        panel = jury.make_panel(
            title=f"{round_.title}评审", unit=work.district.units["涪陵区妇联"], subject=f"round:{round_.pk}",
            criteria=[(label, int(most)) for label, most in criteria], quota=quota, by=officer,
        )  # fmt: skip
        for post in jurors:
            jury.add_juror(
                panel_id=panel.pk, account_id=post.account_id, name=post.person_name, unit_name=post.unit_name,
                unit_place=post.place, by=officer,
            )  # fmt: skip
        bridge.bring_in(panel, officer)
        jury.open_panel(panel_id=panel.pk, by=officer)
    for juror in jurors:
        with clock.frozen(work.year.at(-198)), acting_as(juror):
            for entry in jury_queries.standing(panel):
                points = [str(work.draw.randrange(int(most) * 7 // 10, int(most) + 1)) for _, most in criteria]
                jury.score(panel_id=panel.pk, entry_id=entry.pk, typed=points, by=juror)
    with clock.frozen(work.year.at(-190)), acting_as(officer):
        jury.close_panel(panel_id=panel.pk, by=officer)
        order = [line.entry.subject for line in jury_queries.ranking(panel)]
    with clock.frozen(work.year.at(-185)), acting_as(chair):
        jury.decide(panel_id=panel.pk, by=chair)
        for subject in order[:quota]:
            cases.step(
                case_id=int(subject.partition(":")[2]), key="approve", by=chair, revision=None, note="按评审结果评定"
            )
        for subject in order[quota:]:
            cases.step(
                case_id=int(subject.partition(":")[2]), key="refuse", by=chair, revision=None, reason="OTHER",
                note="名额所限，未入选。",
            )  # fmt: skip


JURORS = ("qu.fuzhuxi", "qu.fuzhuxi2", "pingwei1", "pingwei2", "pingwei3")


def _other_honours(work: Work) -> None:
    """Yards are being judged, texts are coming in, mothers and women are honoured."""
    yards = work.open_round("fair_yard", "2026年最美庭院", -24, 10)
    for number in range(13):
        place = work.village()
        case = work.hand_in(yards, place, _entry(work, place), -18 + number % 9)
        if number < 11:
            work.step(case, work.village_of(case), "verify", -8)
        if number < 10:
            work.step(case, work.town_of(case), "review", -4)
        if number < 8:
            work.step(case, work.year.officer, "screen", -3, **CLEAN)
    vote.running(work, yards)
    texts = work.open_round("fair_motto", "2026年最美家风家训", -12, 20)
    for number in range(8):
        place = work.village()
        words = {
            "motto": ("勤俭持家，诚实待人。", "孝老爱亲，邻里相帮。", "读书明理，踏实做事。")[number % 3],
            "origin": "祖辈传下来的。",
        }
        work.hand_in(texts, place, _entry(work, place, **words), -6 + number % 5)
    told: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("fair_mother", "2026年最美爱心妈妈", {"children": 3, "since": "2022-06-01", "hours": 120}),
        ("fair_woman", "2026年最美女性", {"category": "VILLAGE", "employer": "村（社区）便民服务中心 干部"}),
    )
    for programme, title, own in told:
        round_ = work.open_round(programme, title, -150, -120)
        entries = [(place, _entry(work, place, **own)) for place in (work.village() for _ in range(5))]
        for case in _to_jury(work, round_, entries, -148):
            work.step(case, work.year.vice, "approve", -105)
        work.on_notice(round_, f"{title}拟命名名单公示", -100, -84)


def _mother(work: Work, place: str) -> dict[str, Any]:
    return {
        **work.someone(), "place": place, "address": work.address(), "reason": "丈夫患病，独自照顾老人和孩子。",
        "category": work.draw.choice(["LOW_INCOME", "SINGLE", "REMOTE"]), "proposed_by": "村（社区）妇联主席",
        "consent_apply": True, "consent_publish": "yes",
    }  # fmt: skip


def _parcels(work: Work) -> None:
    round_ = work.open_round("mothers_parcel", "2026年母亲邮包", -180, -150)
    made = []
    for number in range(32):
        place = work.village()
        told = _mother(work, place)
        case = work.hand_in(round_, place, told, -175 + number % 8)
        work.mothers.append((case, told))
        work.step(case, work.town_of(case), "review", -160)
        work.step(case, work.year.vice, "approve", -152)
        made.append(case)
    places = sorted({case.place for case in made})
    for number, place in enumerate(places, start=1):
        chair = work.district.chair_of(place)
        work.on_notice(
            round_, "母亲邮包受助名单公示", -148, -136 if number == len(places) else 0, drafts=chair, posts=chair
        )
    batch = goods.supply(work, round_, [case.place for case in made], -135)
    for number, case in enumerate(made):
        chair, day = work.village_of(case), -130 + number % 20
        handed = str(work.year.at(day).date())
        if number == 5:
            work.step(case, chair, "not_delivered", day, reason="MOVED")
            continue
        work.step(case, chair, "deliver", day, delivered_on=handed, receiver=case.name, handed_by=chair.person_name)
        if number % 3:
            later = str(work.year.at(day + 30).date())
            work.step(
                case, chair, "reply", day + 30, replied_on=later, complete="yes", words="东西收到了，谢谢娘家人。"
            )
    goods.settle(work, batch, made[5].place, -100)


def _visits(work: Work) -> None:
    for title, opens, number_of in (("2026年“三八”慰问", -270, 26), ("2026年中秋慰问", -75, 30)):
        round_ = work.open_round("festival_visit", title, opens, opens + 20)
        for number in range(number_of):
            place = work.village()
            case = work.hand_in(round_, place, _household(work, place, opens), opens + 2 + number % 5)
            work.step(case, work.town_of(case), "review", opens + 9)
            work.step(case, work.year.vice, "approve", opens + 12)
            day = opens + 15 + number % 8
            if number == 4:
                work.step(case, work.village_of(case), "not_met", day, reason="AWAY")
                continue
            work.step(
                case, work.village_of(case), "visit", day, visited_on=str(work.year.at(day).date()), way="VISIT",
                cash="200", goods="大米10公斤、食用油1桶", goods_value="120", witness=case.name,
                heard="希望装一盏路灯。" if number % 7 == 0 else "",
            )  # fmt: skip


def _again(work: Work) -> None:
    """Mothers who had a parcel are put forward for a visit, with a number written down wrong."""
    round_ = work.open_round("festival_visit", "2026年重阳慰问", -38, 5)
    pairs = []
    for mother, told in work.mothers[:3]:
        answers = {**_household(work, mother.place, -38), **{key: told[key] for key in ("name", "phone", "address")}}
        answers["id_number"] = goods.misread(told["id_number"])
        pairs.append((mother, work.hand_in(round_, mother.place, answers, -30)))
    goods.judge(work, pairs)


def _household(work: Work, place: str, day: int) -> dict[str, Any]:
    who = work.someone()
    return {
        "name": who["name"], "phone": who["phone"], "place": place, "address": work.address(), "people": 2,
        "category": work.draw.choice(["LEFT_ELDER", "LEFT_WOMAN", "SINGLE_MOTHER", "DISABILITY"]),
        "reason": "收入少，身边没有人照料。", "reason_on": str(work.year.at(day).date()), "consent_apply": True,
    }  # fmt: skip


def _loans(work: Work) -> None:
    round_ = work.open_round("startup_loan", "2026年创业担保贷款推荐", -20, 20)
    for number in range(4):
        place = work.village()
        told = {
            **work.someone(), "place": place, "address": work.address(), "in_district": "yes", "trade": "PLANTING",
            "project": "榨菜种植和腌制", "employees": 4, "plan": "购买腌制设备，明年扩种二十亩。", "wanted": "150000", "months": 24,
            "other_loan": "no", "true_statement": True, "consent_apply": True, "consent_share": True,
        }  # fmt: skip
        case = work.hand_in(round_, place, told, -12 + number)
        if number:
            work.step(case, work.town_of(case), "review", -6)


def _bases(work: Work) -> None:
    round_ = work.open_round("womens_base", "2026年妇字号基地认定", -220, -180)
    for name, kind in (
        ("榨菜加工巾帼基地", "PROCESSING"),
        ("苗绣手工巾帼工坊", "CRAFT"),
        ("山里红乡村旅游基地", "TOURISM"),
    ):
        place, who = work.village(), work.someone()
        case = work.hand_in(
            round_, place,
            {"name": name, "place": place, "type": kind, "head": who["name"], "phone": who["phone"], "women": 28, "led": 9,
             "sales": "860000", "story": "吸纳附近妇女就近就业，农忙时能顾家。", "true_statement": True, "consent_publish": "yes"},
            -210,
        )  # fmt: skip
        work.step(case, work.village_of(case), "verify", -205)
        work.step(case, work.town_of(case), "review", -200)
        work.step(case, work.year.vice, "approve", -190)


def _links(work: Work) -> None:
    round_ = work.open_round("household_link", "2026年联系户", -300, 36)
    for number in range(8):
        place, who = work.village(), work.someone()
        chair = work.district.chair_of(place)
        case = work.hand_in(
            round_, place,
            {"name": who["name"], "place": place, "address": work.address(), "phone": who["phone"], "linked_by": chair.person_name,
             "category": "EXECUTIVE" if number % 2 else "PAIRING", "since": str(work.year.at(-298).date()), "consent_apply": True},
            -296,
        )  # fmt: skip
        for day in (-240, -150, -40)[: 1 + number % 3]:
            work.step(
                case, chair, "visit", day, visited_on=str(work.year.at(day).date()), way="VISIT", heard="孩子上学的事"
            )
