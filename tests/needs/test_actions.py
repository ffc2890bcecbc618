"""A need from hearing to answer, and what is never a ticket."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError, connection, transaction

from niangjia.access.acting import acting_as
from niangjia.core import clock, measures
from niangjia.core.counting import count_all
from niangjia.core.refused import Refused
from niangjia.needs import actions, queries
from niangjia.needs.actions import Danger
from niangjia.needs.kinds import NeedKind, NeedState
from niangjia.needs.models import Deadline, Need, NeedStep
from niangjia.trail.models import Entry
from tests.personas import CHONGYI, DADONGMEN, DUNREN, JIAOTONG, District

DAY = dt.date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _today() -> Any:
    with clock.frozen(DAY):
        yield


def heard(district: District, who: str = "dadongmen", **changes: Any) -> Need:
    by = district.acting(who)
    given: dict[str, Any] = {
        "place": by.place,
        "kind": NeedKind.LAW,
        "text": "想问离婚后孩子归谁",
        "danger": False,
    } | changes
    with acting_as(by):
        return actions.raise_need(by=by, **given)


def test_a_need_lies_with_who_heard_it_and_has_its_deadlines(district: District) -> None:
    need = heard(district, raised_from="case:7")
    assert (need.state, need.unit, need.assign_by, need.due_on, need.raised_from) == (
        NeedState.RAISED, district.unit("大东门社区妇联"), dt.date(2026, 11, 27), dt.date(2026, 12, 8), "case:7",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("danger", "checked", "text", "words"),
    [
        (True, False, "想问离婚后孩子归谁", ()),
        (True, True, "想问离婚后孩子归谁", ()),
        (False, False, "丈夫喝酒后打老婆", ("打老婆",)),
    ],
)
def test_somebody_in_danger_is_a_call_and_never_a_ticket(
    district: District, danger: bool, checked: bool, text: str, words: tuple[str, ...]
) -> None:
    by = district.acting("dadongmen")
    with acting_as(by):
        with pytest.raises(Danger, match="请马上拨打110") as caught:
            actions.raise_need(place=by.place, kind=NeedKind.LAW, text=text, danger=danger, checked=checked, by=by)
        assert (caught.value.words, Need.objects.count()) == (words, 0)


def test_who_checked_that_nobody_is_in_danger_may_write_it_down(district: District) -> None:
    assert heard(district, text="以前被打过，现在已离婚，想找工作", checked=True).state == NeedState.RAISED


def test_that_the_call_now_page_was_shown_is_kept_without_a_word_of_it(district: District) -> None:
    by = district.acting("dadongmen")
    with acting_as(by):
        actions.alarm(place=by.place, by=by, raised_from="case:7")
    with acting_as(district.acting("chair")):
        entry = Entry.objects.get(verb="need.alarm")
        assert (entry.subject, entry.place, entry.summary) == ("case:7", DADONGMEN, {"shown": "110"})


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"text": "  "}, "请写下需求。"), ({"place": JIAOTONG}, "地点不在您的管理范围内。")],
)
def test_an_impossible_need_is_refused(district: District, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(Refused) as caught:
        heard(district, **changes)
    assert str(caught.value) == message


def test_a_need_goes_up_to_a_department_and_comes_back_answered(district: District) -> None:
    need, dunren = heard(district), district.acting("dunren")
    with acting_as(dunren):
        actions.assign(need_id=need.pk, unit=district.unit("敦仁街道妇联"), by=dunren, note="先问司法所")
        over = actions.hand_over(need_id=need.pk, department=district.unit("区民政局"), by=dunren)
        ended = actions.finish(need_id=need.pk, solved=True, answer="已由法律援助受理", by=dunren)
        titles = list(NeedStep.objects.filter(need=need).values_list("title", flat=True))
        assert ended.answer is not None
        answer = queries.need(need.pk).answer
        assert answer is not None
        told = answer.reveal()
    assert over.department == district.unit("区民政局")
    assert (ended.state, ended.on_time, told) == (NeedState.DONE, True, "已由法律援助受理")
    assert titles == ["已解决", "转区民政局", "交敦仁街道妇联办理", "登记"]


@pytest.mark.parametrize(("days", "on_time"), [(14, True), (15, False)])
def test_an_answer_after_the_last_day_is_late(district: District, days: int, on_time: bool) -> None:
    need, by = heard(district), district.acting("dadongmen")
    with clock.frozen(DAY + dt.timedelta(days=days)), acting_as(by):
        assert actions.finish(need_id=need.pk, solved=False, answer="已答复", by=by).on_time is on_time


def test_an_ended_need_stays_ended_and_a_stale_page_is_told(district: District) -> None:
    need, by = heard(district), district.acting("dadongmen")
    with acting_as(by):
        with pytest.raises(Refused, match="请写明怎么解决的"):
            actions.finish(need_id=need.pk, solved=True, answer=" ", by=by)
        actions.assign(need_id=need.pk, unit=need.unit, by=by, revision=1)
        with pytest.raises(Refused, match="其他人已办理"):
            actions.finish(need_id=need.pk, solved=True, answer="好", by=by, revision=1)
        actions.finish(need_id=need.pk, solved=True, answer="好", by=by, revision=2)
        with pytest.raises(Refused, match="这件需求已是“已解决”，不能再改为“已答复”。"):
            actions.finish(need_id=need.pk, solved=False, answer="好", by=by)


def test_a_need_is_given_to_who_minds_its_place_only(district: District) -> None:
    need, officer = heard(district), district.acting("officer")
    with acting_as(officer):
        with pytest.raises(Refused, match="崇义街道妇联不管这个地方"):
            actions.assign(need_id=need.pk, unit=district.unit("崇义街道妇联"), by=officer)
        with pytest.raises(Refused, match="请选择一个部门"):
            actions.hand_over(need_id=need.pk, department=district.unit("崇义街道妇联"), by=officer)
        names = [unit.short_name for unit in queries.assignable(DADONGMEN, officer.place)]
    assert names == ["涪陵区妇联", "敦仁街道妇联", "大东门社区妇联"]


def test_new_deadlines_hold_for_what_is_heard_later(district: District) -> None:
    before, officer = heard(district), district.acting("officer")
    with acting_as(officer):
        actions.set_deadline(kind=NeedKind.LAW, assign_days=1, done_days=2, valid_from=DAY, by=officer)
        with pytest.raises(Refused, match="启用日期不能早于今天"):
            actions.set_deadline(
                kind=NeedKind.LAW, assign_days=1, done_days=2, valid_from=DAY - clock.ONE_DAY, by=officer
            )
        with pytest.raises(Refused, match="期限至少1个工作日"):
            actions.set_deadline(kind=NeedKind.LAW, assign_days=3, done_days=2, valid_from=DAY, by=officer)
    after = heard(district)
    assert (before.due_on, after.due_on) == (dt.date(2026, 12, 8), dt.date(2026, 11, 26))


def test_deadlines_are_the_districts(district: District) -> None:
    dunren = district.acting("dunren")
    with acting_as(dunren):
        with pytest.raises(Refused, match="由区妇联维护"):
            actions.set_deadline(kind=NeedKind.LAW, assign_days=1, done_days=2, valid_from=DAY, by=dunren)
        assert Deadline.objects.update(done_days=99) == 0


def test_what_waits_is_what_lies_with_ones_own_unit(district: District) -> None:
    heard(district)
    heard(district, kind=NeedKind.STUDY)
    heard(district, "jiaotong")
    later = dt.date(2026, 12, 9)
    with acting_as(district.acting("dadongmen")):
        found = count_all(queries.waiting(district.acting("dadongmen"), later))
        assert found == {"in_hand": 0, "to_assign": 2, "overdue": 1}
    with acting_as(district.acting("dunren")):
        found = count_all(queries.waiting(district.acting("dunren"), later))
        assert found == {"in_hand": 0, "to_assign": 0, "overdue": 0}


@pytest.mark.parametrize("who", ["finance", "auditor", "admin"])
def test_who_has_nothing_to_do_with_needs_writes_none(district: District, who: str) -> None:
    with pytest.raises(PermissionDenied):
        heard(district, who)


def test_measures_of_needs(district: District) -> None:
    first, second = heard(district), heard(district, "jiaotong")
    heard(district)
    for need, who, days, solved in ((first, "dadongmen", 1, True), (second, "jiaotong", 30, False)):
        by = district.acting(who)
        with clock.frozen(DAY + dt.timedelta(days=days)), acting_as(by):
            actions.finish(need_id=need.pk, solved=solved, answer="好", by=by)
    with acting_as(district.acting("officer")):
        values = [measures.value(measures.get(f"needs.{key}")) for key in ("raised", "solved", "on_time")]
    assert values == [3, 1, 50]


def test_opening_a_need_leaves_a_trail_entry(district: District) -> None:
    need, by = heard(district), district.acting("dunren")
    with acting_as(by):
        assert actions.open_need(need_id=need.pk, by=by).text.reveal() == "想问离婚后孩子归谁"
    with acting_as(district.acting("chair")):
        assert Entry.objects.filter(stream=f"need:{need.pk}", verb="need.open").count() == 1


@pytest.mark.parametrize(
    ("who", "prefix"), [("dunren", DUNREN[:9]), ("chongyi", CHONGYI[:9]), ("dadongmen", DADONGMEN)]
)
@pytest.mark.parametrize("table", ["needs_need", "needs_needstep"])
def test_raw_sql_shows_needs_of_ones_range_only(district: District, table: str, who: str, prefix: str) -> None:
    heard(district)
    heard(district, "jiaotong")
    with acting_as(district.acting(who)), connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT left(place, {len(prefix)}) FROM {table}")
        assert cursor.fetchall() == [(prefix,)]


@pytest.mark.parametrize(
    "statement", ["DELETE FROM needs_need", "UPDATE needs_needstep SET title = 'x'", "DELETE FROM needs_needstep"]
)
def test_what_was_heard_is_not_unsaid(district: District, statement: str) -> None:
    heard(district)
    with acting_as(district.acting("officer")), pytest.raises(ProgrammingError), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.parametrize("who", ["health", None])
@pytest.mark.parametrize("table", ["needs_need", "needs_needstep", "needs_deadline"])
def test_departments_and_residents_read_no_needs(district: District, who: str | None, table: str) -> None:
    by = district.acting(who) if who else district.resident()
    with acting_as(by), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table}")


def test_the_words_are_not_readable_in_the_table(district: District) -> None:
    heard(district)
    with acting_as(district.acting("officer")), connection.cursor() as cursor:
        cursor.execute("SELECT text FROM needs_need")
        (sealed,) = cursor.fetchone()
    assert "离婚".encode() not in bytes(sealed)
