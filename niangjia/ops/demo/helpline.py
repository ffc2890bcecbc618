"""A year of the line in the demonstration: four quarters that are over, and what lies on the desk these weeks."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from niangjia.access import queries as access
from niangjia.access.acting import Acting, acting_as
from niangjia.core import clock, codes
from niangjia.core.codes import Level
from niangjia.helpline import actions, queries
from niangjia.helpline.actions import Entry, Received
from niangjia.helpline.kinds import (
    AgeBand,
    Agreed,
    AskedBy,
    ClosedWhy,
    Kind,
    MediationResult,
    ReferralKind,
    Relation,
    Risk,
    Role,
    Topic,
    Way,
)
from niangjia.helpline.models import Matter
from niangjia.org import queries as org
from niangjia.org.kinds import UnitKind

if TYPE_CHECKING:
    from niangjia.ops.demo.story import Year

# Of each quarter: what is asked about, and in whose words.
ASKED = (
    (Topic.MARRIAGE, Kind.CONSULT, "结婚八年，他在外面打工不管家，想离婚，孩子和房子怎么分"),
    (Topic.MARRIAGE, Kind.CONSULT, "婆婆不让我参与家里的钱，和丈夫天天吵架，想请人调解"),
    (Topic.MARRIAGE, Kind.ASK, "协议离婚要带什么材料，冷静期是多少天"),
    (Topic.MARRIAGE, Kind.CONSULT, "老公把工资都给他父母，家里开支都靠我"),
    (Topic.MARRIAGE, Kind.CONSULT, "离婚后对方不给抚养费，已经半年了"),
    (Topic.MARRIAGE, Kind.CONSULT, "订婚以后想退婚，彩礼要不要退"),
    (Topic.MARRIAGE, Kind.CONSULT, "老人赡养的事几个子女说不拢"),
    (Topic.VIOLENCE, Kind.REPORT, "喝了酒就动手，上周把我推倒在地，孩子也吓哭了"),
    (Topic.VIOLENCE, Kind.CONSULT, "他不打人，但是天天骂，不准我出门上班，算不算家暴"),
    (Topic.VIOLENCE, Kind.REPORT, "分手以后他一直到单位堵我，发消息威胁"),
    (Topic.VIOLENCE, Kind.CONSULT, "想申请人身安全保护令，不知道要什么证据"),
    (Topic.VIOLENCE, Kind.REPORT, "邻居家经常听到打骂声和女人哭，担心出事"),
    (Topic.LABOUR, Kind.REPORT, "怀孕四个月，单位要我自己辞职"),
    (Topic.LABOUR, Kind.REPORT, "产假没有休满就要我上班，工资也少发"),
    (Topic.LABOUR, Kind.ASK, "哺乳期一天可以请多久的假"),
    (Topic.LAND, Kind.REPORT, "嫁到外村，娘家的承包地被收回，婆家也没有分"),
    (Topic.LAND, Kind.SUGGEST, "希望村里分集体收益的时候按户口算上外嫁女"),
)  # fmt: skip
ADVICE = {
    Topic.MARRIAGE: "协议离婚到民政局婚姻登记处申请，冷静期30天；谈不拢的可以到法院起诉。婚姻家庭辅导室每周三有老师，可以先来谈谈。",
    Topic.VIOLENCE: "先保安全，有危险就打110。我们可以陪您报警、做伤情鉴定，并代您向法院申请人身安全保护令，不收费。",
    Topic.LABOUR: "孕期、产期、哺乳期不得解除劳动合同。已请人社部门核实，您也可以申请劳动仲裁，我们可以陪同。",
    Topic.LAND: "妇女结婚后在新居住地没有取得承包地的，原居住地不得收回。已请镇街核实，有结果马上告诉您。",
}
COMMON = (
    (Topic.MARRIAGE, "协议离婚要多久？", "双方到婚姻登记处申请，从收到申请之日起30日是冷静期，期满后30日内双方再一起去领证。（民法典第一千零七十七条）"),
    (Topic.VIOLENCE, "怎么申请人身安全保护令？", "向法院提出，可以书面也可以口头。公安、妇联、村（居）委会可以代为申请。法院72小时内作出，紧急的24小时内。（反家庭暴力法第二十三、二十八条）"),
    (Topic.LABOUR, "怀孕了单位能辞退我吗？", "不能因为怀孕、生育、哺乳降低工资、辞退。遇到了先收好劳动合同和通知，可以申请仲裁，也可以告诉我们。（女职工劳动保护特别规定第五条）"),
    (Topic.LAND, "嫁出去了，娘家的地会被收回吗？", "在新居住地没有取得承包地的，原来的承包地不得收回。（农村土地承包法第三十一条）"),
)  # fmt: skip


class Line:
    """Who speaks and who answers on which day, told as distance from today."""

    def __init__(self, year: Year) -> None:
        self.year, self.district, self.draw = year, year.district, year.district.invent.draw
        places = {unit.place for unit in self.district.units.values() if unit.kind == UnitKind.FEDERATION}
        villages = sorted(one for one in places if codes.level_of(one) is Level.VILLAGE)
        self.villages = self.draw.sample(villages, min(9, len(villages)))
        with acting_as(self.district.house):
            handlers = {one.account: one for one in queries.handlers(org.federation_of(self.district.place))}
            self.department = org.partner("区人力社保局")
        self.handler, self.supervisor = (handlers[one.account_id] for one in (year.officer, year.vice))

    @contextmanager
    def on(self, day: int, who: Acting, hour: int = 10) -> Iterator[Acting]:
        with clock.frozen(self.year.at(day, hour)), acting_as(who):
            yield who

    def day_of(self, day: dt.date) -> int:
        return (day - self.year.today).days

    def take_duty(self, day: int) -> None:
        with self.on(day, self.year.chair, 8) as by:
            actions.set_duty(starts_on=clock.today(), handler=self.handler, supervisor=self.supervisor, by=by)

    def comes(self, number: int, day: int, **changes: Any) -> Received:
        """By telephone most, from a phone, at the counter, from a village, in a letter."""
        topic, kind, facts = ASKED[number % len(ASKED)]
        way = (Way.HOTLINE, Way.PORTAL, Way.HOTLINE, Way.VISIT, Way.RELAYED, Way.HOTLINE, Way.LETTER)[number % 7]
        place = self.villages[number % len(self.villages)]
        who = {Way.PORTAL: access.visitor(), Way.RELAYED: self.district.chair_of(place)}.get(way, self.year.officer)
        given: dict[str, Any] = {
            "topic": topic, "kind": kind, "facts": facts, "way": way, "place": place, "name": self.district.invent.name()[0] + "女士",
            "phone": self.district.invent.phone() if number % 3 else "", "safe_time": "工作日白天，不要发短信" if number % 3 else "",
            "role": Role.NEIGHBOUR if "邻居家" in facts else Role.SELF, "age_band": (AgeBand.YOUNG, AgeBand.MIDDLE)[number % 2],
            "relation": Relation.HUSBAND if topic in (Topic.MARRIAGE, Topic.VIOLENCE) else Relation.BODY,
        } | changes  # fmt: skip
        with self.on(day, who, 9 + number % 8) as by:
            return actions.receive(entry=Entry(token=uuid.UUID(int=self.draw.getrandbits(128)), **given), by=by)

    def find(self, received: Received) -> Matter:
        with acting_as(self.year.officer):
            return Matter.objects.get(number=received.number)

    def judge(self, matter: Matter, day: int, risk: Risk | None = None) -> None:
        found = risk or (Risk.HIGH if matter.topic == Topic.VIOLENCE else Risk.LOW)
        with self.on(day, self.year.officer, 17) as by:
            actions.triage(
                matter_id=matter.pk, risk=found, topic=Topic(matter.topic), kind=Kind(matter.kind), place=matter.place, by=by,
                age_band=matter.age_band, relation=matter.relation,
            )  # fmt: skip

    def accept(self, matter: Matter, day: int) -> None:
        with self.on(day, self.year.officer) as by:
            actions.accept(matter_id=matter.pk, by=by)

    def refer(self, matter: Matter, day: int, kind: ReferralKind = ReferralKind.REFER, **more: Any) -> int:
        with self.on(day, self.year.vice if kind is ReferralKind.SUPERVISE else self.year.officer, 14) as by:
            return actions.refer(
                matter_id=matter.pk, kind=kind, department=self.department, by=by, online=not matter.secret,
                letter="现有妇女反映用人单位侵害孕期、产期劳动权益一事，请依法调查处理，并将结果函告我会。", **more,
            ).pk  # fmt: skip

    def answer(self, matter: Matter, day: int) -> None:
        with self.on(day, self.year.officer, 15) as by:
            actions.reply(matter_id=matter.pk, text=ADVICE[Topic(matter.topic)], by=by)

    def close(self, matter: Matter, day: int, why: ClosedWhy = ClosedWhy.ANSWERED) -> None:
        with self.on(day, self.year.officer, 16) as by:
            actions.close(matter_id=matter.pk, why=why, by=by)


def speak(year: Year) -> None:
    """The whole year."""
    line = Line(year)
    quarters = queries.quarters(year.today, 4)
    line.take_duty(line.day_of(quarters[-1]))
    number = 0
    for quarter in reversed(quarters):
        for week in range(len(ASKED)):
            _to_its_end(line, number, line.day_of(quarter) + 1 + week * 4)
            number += 1
    _these_weeks(line)
    with line.on(-60, year.officer) as by:
        made = [
            actions.write_answer(topic=topic, question=question, answer=answer, by=by, place=by.place)
            for topic, question, answer in COMMON
        ]
    with line.on(-58, year.vice) as by:
        for one in made[:-1]:
            actions.publish_answer(answer_id=one.pk, by=by)


def _to_its_end(line: Line, number: int, day: int) -> None:
    received = line.comes(number, day)
    matter = line.find(received)
    line.judge(matter, day)
    match Topic(matter.topic):
        case Topic.VIOLENCE:
            line.accept(matter, day + 1)
            with line.on(day + 1, line.year.officer) as by:
                actions.note_step(
                    matter_id=matter.pk, title="电话联系，确认目前安全", note="约定暗语，必要时陪同报警。", by=by
                )
            line.answer(matter, day + 2)
            for later in (9, 32):
                with line.on(day + later, line.year.officer) as by:
                    actions.follow_up(matter_id=matter.pk, safe=True, note="", by=by)
            line.close(matter, day + 33, ClosedWhy.SOLVED)
        case Topic.LABOUR | Topic.LAND:
            line.accept(matter, day + 1)
            letter = line.refer(matter, day + 2)
            with line.on(day + 12, line.year.officer) as by:
                actions.answer_referral(referral_id=letter, answer="已核实并责令改正。", by=by)
            line.answer(matter, day + 13 if number % 4 else day + 20)
            line.close(matter, day + 22, ClosedWhy.SOLVED)
        case _ if number % 17 == 1:
            _mediated(line, matter, day)
        case _:
            with line.on(day + number % 6, line.year.officer, 15) as by:
                actions.advise(matter_id=matter.pk, text=ADVICE[Topic.MARRIAGE], by=by)
            line.close(matter, day + 10)
    if number % 2:
        with line.on(day + 40 if day < -60 else day + 34, access.visitor(), 20) as by:
            actions.rate(code=received.code, points=(5, 4, 5, 3)[number % 4], place=line.district.place, by=by)


def _mediated(line: Line, matter: Matter, day: int) -> None:
    line.accept(matter, day + 1)
    with line.on(day + 2, line.year.officer) as by:
        one = actions.mediate(
            matter_id=matter.pk, asked_by=AskedBy.APPLIED, parties="来件人与丈夫、婆婆", mediators="区婚调委 李调解员", dispute="婚姻",
            both_willing=True, by=by,
        )  # fmt: skip
    with line.on(day + 8, line.year.officer) as by:
        actions.end_mediation(
            mediation_id=one.pk, result=MediationResult.SETTLED, record_text="两次当面调解，三方说开。", sessions=2, form=Agreed.WRITTEN,
            agreement="家庭开支按月公开，每月存孩子教育费五百元。", effective_on=clock.today(), by=by,
        )  # fmt: skip
    line.answer(matter, day + 9)
    line.close(matter, day + 12, ClosedWhy.SETTLED)


def _these_weeks(line: Line) -> None:
    """What one finds today, one or two at each station."""
    found = {number: line.find(line.comes(number, -20 + number)) for number in (0, 2, 5, 7, 8, 12, 13, 15, 16)}
    for number, matter in found.items():
        if number not in (0, 16):
            line.judge(matter, -19 + number)
    for number in (7, 8, 12, 13, 15):
        line.accept(found[number], -18 + number)
    with line.on(-9, line.year.officer) as by:
        actions.begin(matter_id=found[8].pk, note="约她到妇联面谈", by=by)
    line.answer(found[7], -9)
    line.refer(found[12], -5, ReferralKind.DEMAND, answer_by=(clock.today() - dt.timedelta(days=1)))
    line.refer(found[12], 0, ReferralKind.SUPERVISE)
    line.refer(found[13], -3)
    taken = line.comes(4, -12)
    with line.on(-10, access.visitor(), 21) as by:
        actions.take_back(code=taken.code, place=line.district.place, by=by)
    line.comes(7, 0, way=Way.HOTLINE, danger=True, facts="他刚才又动手，我和孩子躲在邻居家")
    with line.on(-1, access.visitor()) as by:
        actions.receive(
            entry=Entry(
                token=uuid.UUID(int=line.draw.getrandbits(128)), way=Way.PORTAL, facts="低息贷款 www.daikuan.top 秒到账", place=by.place or line.district.place
            ),
            by=by,
        )  # fmt: skip
    with line.on(-1, access.visitor(), 20) as by:
        for key, text in (("demo-1", "想问一下家里的事可以在这里说吗"), ("demo-2", "孩子上初中，最近不肯去学校")):
            actions.hear(text=text, sender="demo", key=key, place=line.district.place, by=by)
    town = found[15]
    unit = next(
        one
        for one in line.district.units.values()
        if one.place == codes.town_of(town.place) and one.kind == UnitKind.FEDERATION
    )
    with line.on(-2, line.year.officer) as by:
        person = queries.handlers(unit)[0]
        actions.assign(matter_id=town.pk, unit=unit, handler=person, by=by)
