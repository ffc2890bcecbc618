"""The demonstration from an empty database to today, in a little over a year of invented work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.db import connections
from django.utils.timezone import make_aware
from rich.progress import Progress

from niangjia.access import queries as access
from niangjia.access.acting import Acting, acting_as
from niangjia.core import clock
from niangjia.ops.demo import cases as work
from niangjia.ops.demo import programmes
from niangjia.ops.demo.blanks import report
from niangjia.ops.demo.cases import Story
from niangjia.ops.demo.district import SEATS, DemoDistrict
from niangjia.ops.demo.express import drive
from niangjia.ops.demo.family import make_family
from niangjia.ops.demo.helpline import speak
from niangjia.ops.demo.invent import Inventor
from niangjia.ops.demo.learning import learn
from niangjia.ops.demo.outlines import make_outlines
from niangjia.ops.demo.plan import make_plan
from niangjia.ops.demo.training import TRAINER, train
from niangjia.ops.demo.wishes import wish
from niangjia.ops.kinds import DemoAccount
from niangjia.org import queries as org
from niangjia.people.models import Account
from niangjia.programmes import queries
from niangjia.programmes.actions import cases, notices, payments, rounds
from niangjia.programmes.actions.payments import BankResult
from niangjia.programmes.kinds import RoundState
from niangjia.programmes.models import Case, Notice, Objection, Round

SEED = 1949
PROGRAMME = "two_cancers_grant"


class Year:
    """The district's people at work. Days are told as distance from today; work happens on working days."""

    def __init__(self, district: DemoDistrict) -> None:
        self.district = district
        self.today = clock.today()
        self.chair = district.seat("qu.zhuxi")
        self.vice = district.seat("qu.fuzhuxi")
        self.officer = district.seat("qu.ganshi")
        self.finance = district.seat("qu.caiwu")

    def at(self, days: int, hour: int = 10) -> dt.datetime:
        """A moment ``days`` from today, moved to the next working day if it lies in the past."""
        day = self.today + dt.timedelta(days=days)
        with acting_as(self.district.house):
            calendar = org.calendar()
        while not calendar.is_workday(day) and day < self.today:
            day += dt.timedelta(days=1)
        return make_aware(dt.datetime.combine(min(day, self.today), dt.time(hour, 12)))

    def open_round(self, title: str, opens: int, closes: int, document: str) -> Round:
        moment = self.at(opens, 9)
        with clock.frozen(moment), acting_as(self.officer):
            round_ = rounds.prepare(
                programme=PROGRAMME,
                title=title,
                year=moment.year,
                unit=self.district.units["涪陵区妇联"],
                opens_on=moment.date(),
                closes_on=self.today + dt.timedelta(days=closes),
                cutoff_on=self.today + dt.timedelta(days=closes),
                objection_phone="023-72220000",
                document_number=document,
                by=self.officer,
            )
            return rounds.set_state(round_id=round_.pk, state=RoundState.OPEN, by=self.officer)

    def close(self, round_: Round, days: int, state: RoundState = RoundState.CLOSED) -> None:
        with clock.frozen(self.at(days)), acting_as(self.officer):
            rounds.set_state(round_id=round_.pk, state=state, by=self.officer)

    def to_decision(self, round_: Round, stories: Sequence[Story], start: int) -> None:
        """Village, town, departments, district: each a few days after the other."""
        for number, story in enumerate(stories):
            work.apply(self.district, round_, story, at=self.at(start + number % 15, 8 + number % 9))
        work.verify(self.district, stories, at=self.at(start + 18))
        work.review(self.district, stories, at=self.at(start + 23))
        work.ask(self.officer, stories, at=self.at(start + 26))
        work.answer(self.district, stories, at=self.at(start + 33))
        work.decide(self.vice, stories, at=self.at(start + 37))

    def allot(self, round_: Round, batch: str, quota: int, days: int) -> None:
        with clock.frozen(self.at(days)), acting_as(self.chair):
            rounds.report_up(round_id=round_.pk, batch_number=batch, by=self.chair)
        with clock.frozen(self.at(days + 20)), acting_as(self.chair):
            rounds.allocate(round_id=round_.pk, quota=quota, by=self.chair)

    def give_notice(self, round_: Round, title: str, days: int) -> Notice:
        moment = self.at(days)
        with clock.frozen(moment), acting_as(self.officer):
            notice = notices.draft(
                round_id=round_.pk,
                title=title,
                body="经本人申请、村（社区）核实、镇街审核、有关部门核验和区妇联审定，拟对下列人员给予救助，现予公示。"
                "公示期内如有异议，请实名或匿名反映，我们将逐件核查答复。",
                objection_phone="023-72220000",
                objection_address="涪陵区妇女联合会办公室",
                by=self.officer,
            )
        with clock.frozen(moment + dt.timedelta(hours=2)), acting_as(self.vice):
            return notices.publish(notice_id=notice.pk, by=self.vice)

    def pay(self, round_: Round, days: int, failing: int) -> list[int]:
        """The list goes to the bank; a week later the bank answers. Returns the cases whose payment came back."""
        with clock.frozen(self.at(days)), acting_as(self.officer):
            payment_list = payments.make_list(round_id=round_.pk, by=self.officer)
            lines = list(queries.payments_of(payment_list))
        settled = self.at(days + 7)
        results = [
            BankResult(
                row=number,
                payment_id=line.pk,
                paid=number > failing,
                settled_on=settled.date() if number > failing else None,
                receipt=f"{settled:%Y%m%d}{number:05d}" if number > failing else "",
                failure="" if number > failing else "账号户名不符",
            )
            for number, line in enumerate(lines, start=1)
        ]
        with clock.frozen(settled), acting_as(self.finance):
            payments.take_results(list_id=payment_list.pk, results=results, by=self.finance)
        return [line.grant.case_id for line in lines[:failing] if line.grant.case_id is not None]

    def follow_up(self, stories: Sequence[Story], days: int) -> None:
        for number, story in enumerate(stories):
            chair = self.district.chair_of(story.place)
            moment = self.at(days + number % 12)
            with clock.frozen(moment), acting_as(chair):
                case = Case.objects.get(pk=story.pk)
                if case.state == "PAID":
                    said = {
                        "visited_on": moment.date().isoformat(),
                        "way": "VISIT" if number % 3 else "PHONE",
                        "use_of_money": "用于后续治疗和营养补充。",
                        "condition": "按期复查，精神状态较好。",
                    }
                    cases.step(case_id=case.pk, key="follow_up", by=chair, revision=None, answers=said)


def build(display: Progress) -> None:
    """Fill an empty, migrated database. Every row is made by an action, under the post that would do it."""
    inventor = Inventor(SEED)
    district = DemoDistrict(inventor)
    bar = display.add_task("组织、任职和账号", total=472)
    district.found(lambda: display.advance(bar))
    year = Year(district)
    bar = display.add_task("一年的救助工作", total=6)
    for chapter in (_last_year, _first_batch, _extra_batch, _second_batch):
        chapter(year)
        display.advance(bar)
    drive(district)
    learn(district)
    make_family(district)
    bar_more = display.add_task("评选、邮包、慰问和帮扶", total=12)
    programmes.live(year, lambda: display.advance(bar_more))
    wish(year)
    display.advance(bar_more)
    speak(year)
    display.advance(bar_more)
    train(district)
    report(district)
    display.advance(bar_more)
    make_plan(district)
    make_outlines(district)
    display.advance(bar, 2)
    _take_stock()


def _take_stock() -> None:
    """Let the database count what it now holds, as it would by itself within the hour: its plans are right at once."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")


def _stories(year: Year, count: int, opened: int) -> list[Story]:
    day = year.today + dt.timedelta(days=opened)
    return [work.tell(year.district, place, day) for place in work.villages(year.district, count)]


def _last_year(year: Year) -> None:
    """A finished round: everybody paid and visited but those for whom there was no quota."""
    round_ = year.open_round("上年度第二批", -420, -385, "渝妇发〔2025〕18号")
    stories = _stories(year, 18, -420)
    year.to_decision(round_, stories, -418)
    year.close(round_, -380)
    year.allot(round_, "SB2025-02", 15, -375)
    year.give_notice(round_, "困难妇女救助拟救助人员公示（上年度第二批）", -350)
    _end_notices(year, -335)
    year.pay(round_, -330, 0)
    year.follow_up(stories, -250)
    year.close(round_, -200, RoundState.FINISHED)


def _first_batch(year: Year) -> None:
    """This year's first round: paid, one payment came back and was paid again, most are visited."""
    round_ = year.open_round("本年度第一批", -230, -195, "渝妇发〔2026〕6号")
    stories = _stories(year, 34, -230)
    for story in stories[:2]:
        story.notes["income"] = "系统中无该人员困难身份记录。"
    year.to_decision(round_, stories, -228)
    year.close(round_, -190)
    year.allot(round_, "SB2026-01", 28, -185)
    year.give_notice(round_, "困难妇女救助拟救助人员公示（本年度第一批）", -160)
    _end_notices(year, -145)
    failed = year.pay(round_, -140, 2)
    _correct(year, stories, failed, -125)
    year.pay(round_, -120, 0)
    year.follow_up(stories[:22], -60)


def _correct(year: Year, stories: Sequence[Story], failed: Sequence[int], days: int) -> None:
    for story in stories:
        if story.pk in failed:
            chair = year.district.chair_of(story.place)
            with clock.frozen(year.at(days)), acting_as(chair):
                cases.correct_account(
                    case_id=story.pk,
                    by=chair,
                    revision=None,
                    holder=story.who.name,
                    bank="中国邮政储蓄银行涪陵区支行",
                    card=year.district.invent.card(),
                )


def _extra_batch(year: Year) -> None:
    """A supplementary round whose notice runs now; somebody objects to one line, one applicant died."""
    round_ = year.open_round("本年度补充批次", -100, -75, "渝妇发〔2026〕15号")
    stories = _stories(year, 14, -100)
    year.to_decision(round_, stories, -98)
    year.close(round_, -70)
    died = stories[5]
    town = year.district.chair_of(died.place[:9] + "000")
    with clock.frozen(year.at(-50)), acting_as(town):
        cases.record_death(
            case_id=died.pk, by=town, revision=None, died_on=year.at(-52).date(), note="村（社区）上报，家属知情。"
        )
    year.allot(round_, "SB2026-02", 10, -45)
    notice = year.give_notice(round_, "困难妇女救助拟救助人员公示（本年度补充批次）", -4)
    visitor = access.visitor()
    with clock.frozen(year.at(-1)), acting_as(visitor):
        notices.object_to(
            notice_id=notice.pk,
            line_order=3,
            text="听说这户去年已经领过同类救助，请核实一下。",
            contact="",
            place=year.district.place,
            by=visitor,
        )
    with clock.frozen(year.at(-1, 11)), acting_as(year.district.house):
        notices.stop_for_objection(objection_id=Objection.objects.latest("pk").pk, by=year.district.house)


def _second_batch(year: Year) -> None:
    """The round that is open now: cases at every station, some late, some returned, some still being written."""
    round_ = year.open_round("本年度第二批", -40, 20, "渝妇发〔2026〕21号")
    stories = _stories(year, 30, -40)
    for number, story in enumerate(stories):
        work.apply(year.district, round_, story, at=year.at(-38 + number, 9 + number % 8))
    work.verify(year.district, stories[:20], at=year.at(-14))
    work.review(year.district, stories[:14], at=year.at(-11))
    work.ask(year.officer, stories[:9], at=year.at(-10))
    work.answer(year.district, stories[:5], at=year.at(-5))
    work.answer(year.district, stories[5:9], at=year.at(-3), only=("minzheng",))
    work.decide(year.vice, stories[:2], at=year.at(-2))
    for story in stories[20:22]:
        chair = year.district.chair_of(story.place)
        with clock.frozen(year.at(-6)), acting_as(chair):
            cases.step(
                case_id=story.pk,
                key="return_to_applicant",
                by=chair,
                revision=None,
                reason="STAGE_MISSING",
                note="请到确诊医院补开写明分期的诊断证明。",
            )
    _start_drafts(year, round_)


def _start_drafts(year: Year, round_: Round) -> None:
    chair = year.district.seat("dadongmen.zhuxi")
    for _ in range(2):
        story = work.tell(year.district, chair.place, year.today)
        with clock.frozen(year.at(-1, 15)), acting_as(chair):
            begun = {
                key: story.answers[key] for key in ("name", "id_number", "phone", "place", "address", "in_district")
            }
            cases.start(round_=round_, place=chair.place, by=chair, helper=chair.person_name, answers=begun)


def _end_notices(year: Year, days: int) -> None:
    house: Acting = year.district.house
    with clock.frozen(year.at(days)), acting_as(house):
        notices.end_due(by=house)


def accounts() -> Sequence[DemoAccount]:
    """Who may sign in at the demonstration, with the post each holds today."""
    found: list[DemoAccount] = []
    for seat in (*SEATS, TRAINER):
        account = Account.objects.get(username=seat.username)
        posts = "、".join(acting.post_title for acting in access.posts_of(account)) or "任期已满"
        found.append(DemoAccount(posts, account.display_name, seat.username, settings.NIANGJIA_DEMO_PASSWORD))
    found.append(DemoAccount("居民", "任意手机号，如 17000009999", "17000009999", "验证码显示在页面上"))
    return found
