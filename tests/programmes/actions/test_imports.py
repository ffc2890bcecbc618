"""Grants of earlier years come in from Excel: each row has an answer, and a second time changes nothing."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied

from niangjia.access.acting import Acting, acting_as
from niangjia.letters.kinds import Column, Row, SheetError, Table
from niangjia.letters.sheets import read_table, write_table
from niangjia.people.models import Person
from niangjia.programmes import queries, tables
from niangjia.programmes.actions import imports
from niangjia.programmes.actions.imports import ADDED, UNCHANGED, Outcome
from niangjia.programmes.kinds import GrantState
from niangjia.programmes.models import Grant
from niangjia.trail.models import Entry
from niangjia.transfers import actions as transfers
from niangjia.transfers import queries as kept
from niangjia.transfers.kinds import KINDS, State
from niangjia.transfers.models import Transfer
from tests import factories as make
from tests.personas import DADONGMEN, DUNREN, District


def line(serial: int, **changes: Any) -> dict[str, Any]:
    """One line of a ledger, as people write it."""
    known = {
        "name": "张桂芳",
        "id": make.id_number(serial),
        "town": "敦仁街道",
        "village": "大东门社区",
        "year": "2015",
        "amount": "10000",
        "paid_on": "2015-10-08",
        "source": "",
    }
    return {**known, **changes}


def workbook(*lines: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    as_text = Table("t", "台账", tuple(_plain(column) for column in tables.HISTORY.columns))
    write_table(out, as_text, ([one[column.key] for column in as_text.columns] for one in lines))
    return out.getvalue()


def _plain(column: Column) -> Column:
    """The column without its rules: people write what they like."""
    return Column(column.key, column.header)


def rows(*lines: dict[str, Any]) -> Iterator[Row]:
    return iter(read_table(workbook(*lines), tables.HISTORY))


def taken(district: District, *lines: dict[str, Any], who: str = "officer") -> Outcome:
    by = district.acting(who)
    with acting_as(by):
        return imports.import_history(
            programme_key="two_cancers_grant", rows=rows(*lines), source="2011—2020年花名册", by=by
        )


def test_a_line_becomes_a_paid_grant_of_its_era_and_a_person(district: District) -> None:
    outcome = taken(district, line(1), line(2, year="2022", paid_on="", village="", source="专户凭证"))
    assert (outcome.added, outcome.unchanged, outcome.refused) == (2, 0, 0)
    assert outcome.answers == [ADDED, ADDED]
    with acting_as(district.acting("officer")):
        old, new = Grant.objects.order_by("year")
        assert (old.version, old.year, old.amount, old.paid_on, old.place, old.source, old.state) == (
            "poor-mothers",
            2015,
            Decimal(10_000),
            dt.date(2015, 10, 8),
            DADONGMEN,
            "2011—2020年花名册",
            GrantState.PAID.value,
        )
        assert (new.version, new.paid_on, new.place, new.source) == (
            "low-income-women",
            dt.date(2022, 12, 31),
            DUNREN,
            "专户凭证",
        )
        person = Person.objects.get(pk=old.person_id or 0)
        assert (person.name, person.name_initials, person.sex) == ("张桂芳", "zgf", "F")
        assert person.id_number is not None
        assert person.id_number.reveal() == make.id_number(1)


def test_once_for_life_holds_from_the_first_day(district: District) -> None:
    taken(district, line(1))
    case = make.submitted(district, make.open_round(district), 1)
    with acting_as(district.acting("dadongmen")):
        assert {f.rule for f in queries.findings_of(case) if f.outcome == "FAIL"} == {"once"}


def test_a_second_time_changes_nothing(district: District) -> None:
    lines = [line(serial) for serial in (1, 2, 3)]
    taken(district, *lines)
    with acting_as(district.acting("officer")):
        before = list(Grant.objects.order_by("id").values()), Person.objects.count()
    again = taken(district, *lines)
    assert (again.added, again.unchanged, again.refused) == (0, 3, 0)
    assert again.answers == [UNCHANGED] * 3
    with acting_as(district.acting("officer")):
        assert (list(Grant.objects.order_by("id").values()), Person.objects.count()) == before


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"id": make.id_number(1)[:-1] + "9"}, "第 2 行「身份证号码」身份证号校验位不符，有一位录错或两位录反"),
        ({"id": "5.00E+17"}, "第 2 行「身份证号码」的长号码被 Excel 当成数字，末几位已经丢失"),
        ({"id": make.id_number(1, woman=False)}, "第 2 行「身份证号码」显示为男性。请核对证件号码。"),
        ({"id": ""}, "第 2 行「身份证号码」没有填写。请补填后重新上传。"),
        ({"name": "张?芳"}, "第 2 行「姓名」姓名里有字未能识别"),
        ({"town": "乌有镇"}, "第 2 行「镇街」填的是“乌有镇”，在您的范围内没有找到。请按“组织与名册”中的名称填写。"),
        ({"village": "乌有村"}, "第 2 行「村（社区）」填的是“乌有村”，在您的范围内没有找到"),
        ({"village": "交通社区"}, "第 2 行「村（社区）」填的是“交通社区”，在您的范围内没有找到"),
        ({"year": "2010"}, "第 2 行「年度」应是2011至"),
        ({"year": "二〇一五"}, "第 2 行「年度」应是2011至"),
        ({"amount": "0"}, "第 2 行「金额（元）」应大于0"),
        ({"amount": "一万"}, "第 2 行「金额（元）」应是金额数字"),
        ({"amount": "10000.005"}, "第 2 行「金额（元）」应大于0、不超过1,000,000，最多两位小数"),
        ({"paid_on": "2099-01-01"}, "第 2 行「发放日期」不能晚于今天"),
        ({"paid_on": "十月"}, "第 2 行「发放日期」应是日期，例如 2015-10-08"),
        ({"paid_on": "2013-10-08"}, "第 2 行「发放日期」不在2015年度内。请核对年度和日期。"),
    ],
)
def test_what_is_wrong_is_said_by_row_and_column_and_the_rest_goes_in(
    district: District, changes: dict[str, str], answer: str
) -> None:
    outcome = taken(district, line(1, **changes), line(2))
    assert outcome.answers[0][: len(answer)] == answer
    assert (outcome.answers[1], outcome.added, outcome.refused) == (ADDED, 1, 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": " ５００１０２１９７００３０８００２５ "},
        {"id": "'500102197003080025"},
        {"village": "大东门社区居委会"},
        {"village": "大东门社区居民委员会"},
        {"year": "2015年", "amount": "10,000.00", "paid_on": "2015年10月8日"},
        {"paid_on": "2015/10/8"},
        {"paid_on": "2016.1.15"},
        {"name": "阿依古丽•买买提"},
        {"name": "张 桂 芳"},
    ],
)
def test_what_people_write_is_understood(district: District, changes: dict[str, str]) -> None:
    assert taken(district, line(1, **changes)).answers == [ADDED]


def test_an_old_fifteen_digit_number_is_the_same_woman(district: District) -> None:
    eighteen = make.id_number(1)
    fifteen = eighteen[:6] + eighteen[8:17]
    taken(district, line(1, id=fifteen))
    assert taken(district, line(1)).answers == [UNCHANGED]


def test_the_same_number_twice_in_a_file_is_refused_the_second_time(district: District) -> None:
    outcome = taken(district, line(1), line(2), line(1), line(2, year="2016", paid_on=""))
    assert outcome.answers == [
        ADDED,
        ADDED,
        "第 4 行「身份证号码」与第 2 行相同。内容重复，请删去一行。",
        "第 5 行「身份证号码」与第 3 行相同。每人终身一次，请核对与第 3 行哪一条正确。",
    ]


def test_another_year_under_the_same_number_is_not_entered(district: District) -> None:
    taken(district, line(1))
    outcome = taken(district, line(1, year="2018", paid_on=""))
    assert outcome.answers == [
        "第 2 行「身份证号码」已登记过2015年度的救助10000.00元。每人终身一次，请核对哪一条正确，如需更正请联系区妇联。"
    ]


def test_a_grant_of_a_running_case_stands_against_a_line(district: District) -> None:
    make.granted(district, make.open_round(district))
    outcome = taken(district, line(1))
    assert (outcome.added, outcome.refused) == (0, 1)


def test_chunks_are_one_act(district: District, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "CHUNK", 2)
    told: list[int] = []
    by = district.acting("officer")
    with acting_as(by):
        outcome = imports.import_history(
            programme_key="two_cancers_grant",
            rows=rows(*(line(serial) for serial in range(5))),
            source="花名册",
            by=by,
            report=told.append,
        )
        entries = Entry.objects.filter(verb="grant.import")
        assert [(e.summary["added"], e.summary["refused"], e.summary["source"]) for e in entries] == [(5, 0, "花名册")]
    assert (outcome.added, told) == (5, [2, 4, 5])


def test_broken_off_in_the_middle_it_leaves_nothing(district: District, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "CHUNK", 2)

    def dies(done: int) -> None:
        if done > 2:
            raise KeyboardInterrupt

    by = district.acting("officer")
    with acting_as(by):
        with pytest.raises(KeyboardInterrupt):
            imports.import_history(
                programme_key="two_cancers_grant",
                rows=rows(*(line(serial) for serial in range(5))),
                source="花名册",
                by=by,
                report=dies,
            )
        assert (Grant.objects.count(), Person.objects.count()) == (0, 0)
        assert not Entry.objects.filter(verb="grant.import").exists()


@pytest.mark.parametrize("who", ["dunren", "dadongmen", "finance", "auditor"])
def test_only_who_manages_rounds_imports(district: District, who: str) -> None:
    with pytest.raises(PermissionDenied):
        taken(district, line(1), who=who)


class TestInTheBackground:
    @pytest.fixture(autouse=True)
    def uploads(self, settings: Any, tmp_path: Path) -> None:
        settings.NIANGJIA_UPLOADS = tmp_path

    def ask(self, by: Acting, data: bytes) -> Transfer:
        options = {"programme": "two_cancers_grant", "source": "花名册"}
        return transfers.ask(kind=imports.IN, by=by, title="台账.xlsx", options=options, data=data)

    def test_a_short_file_is_done_at_once_with_an_answer_a_row(self, district: District) -> None:
        officer = district.acting("officer")
        with acting_as(officer):
            done = self.ask(officer, workbook(line(1), line(2, town="乌有镇")))
        assert (done.state, done.total, done.refused) == (State.DONE, 2, 1)
        assert done.counts == [["新登记", 1], ["已有，未改动", 0], ["需核对", 1]]
        sheet = openpyxl.load_workbook(io.BytesIO(b"".join(kept.read(done.result)))).active
        assert sheet is not None
        found = [row[-1] for row in sheet.iter_rows(min_row=2, values_only=True)]
        assert found == [ADDED, "第 3 行「镇街」填的是“乌有镇”，在您的范围内没有找到。请按“组织与名册”中的名称填写。"]

    def test_a_long_file_waits_for_the_worker_and_runs_twice_without_harm(
        self, district: District, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(KINDS._items, imports.IN, replace(KINDS.get(imports.IN), at_once=1))
        officer = district.acting("officer")
        with acting_as(officer):
            waiting = self.ask(officer, workbook(line(1), line(2)))
            assert (waiting.state, Grant.objects.count()) == (State.WAITING, 0)
            for _ in range(2):
                done = transfers.run(transfer_id=waiting.pk, by=officer)
            assert (done.state, done.counts[0], Grant.objects.count()) == (State.DONE, ["新登记", 2], 2)

    def test_a_file_that_is_no_ledger_is_refused_before_anything_is_kept(self, district: District) -> None:
        officer = district.acting("officer")
        with acting_as(officer):
            with pytest.raises(SheetError, match="不是"):
                self.ask(officer, b"x,y")
            assert not Transfer.objects.exists()
        assert list(kept.folder().glob("*")) == []

    @pytest.mark.parametrize("who", ["dunren", "dadongmen", "finance", "auditor"])
    def test_only_who_manages_rounds_sends_one_in(self, district: District, who: str) -> None:
        by = district.acting(who)
        with acting_as(by), pytest.raises(PermissionDenied):
            self.ask(by, workbook(line(1)))


def test_places_outside_the_range_are_not_known(district: District) -> None:
    with acting_as(district.acting("dunren")):
        places = imports.Places(DUNREN)
    assert places.code_of("敦仁街道", "大东门社区") == DADONGMEN
    assert places.code_of("崇义街道", None) is None
