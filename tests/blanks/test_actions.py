"""A superior's form from upload to hand-over, with figures from the records."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied

from niangjia.access.acting import acting_as
from niangjia.blanks import actions, queries, rules
from niangjia.blanks.kinds import Rhythm, Source, Span
from niangjia.blanks.models import Blank, Filled
from niangjia.blanks.rules import Change, Period
from niangjia.core import clock
from niangjia.core.refused import Refused
from niangjia.files import queries as files
from tests.letters.test_laid_out import SHEET, form
from tests.needs.test_actions import heard
from tests.personas import District

OCTOBER = Period(2026, 10, Rhythm.MONTH)
MEASURE = "needs.raised"


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.frozen(dt.date(2026, 11, 24)):
        yield


@pytest.fixture
def blank(district: District) -> Blank:
    return added(district)


def added(district: District, who: str = "officer", data: bytes | None = None, **changes: Any) -> Blank:
    by = district.acting(who)
    given: dict[str, Any] = {
        "title": "民生实事月报", "asked_by": "市妇联", "basis": "", "rhythm": Rhythm.MONTH, "name": "月报.xlsx",
        "unit": district.unit(by.unit_name),
    } | changes  # fmt: skip
    with acting_as(by):
        return actions.add(data=form() if data is None else data, by=by, **given)


def mapped(district: District, blank: Blank, reference: str, **changes: Any) -> None:
    by = district.acting("officer")
    given: dict[str, Any] = {"source": Source.MEASURE, "measure": MEASURE} | changes
    with acting_as(by):
        actions.map_cell(blank_id=blank.pk, sheet=SHEET, reference=reference, by=by, **given)


def filled(district: District, blank: Blank, period: Period = OCTOBER) -> Filled:
    by = district.acting("officer")
    with acting_as(by):
        return actions.fill(blank_id=blank.pk, period=period, by=by)


def cells(district: District, made: Filled) -> dict[str, Any]:
    with acting_as(district.acting("officer")):
        sheet = openpyxl.load_workbook(io.BytesIO(files.read(made.file)))[SHEET]
    return {at: sheet[at].value for at in ("C3", "C4", "C5", "B9")}


def need_in(district: District, month: int) -> None:
    with clock.frozen(dt.date(2026, month, 15)):
        heard(district)


def test_the_figures_of_the_period_stand_in_the_superiors_own_form(district: District, blank: Blank) -> None:
    for month in (9, 10, 10):
        need_in(district, month)
    mapped(district, blank, "c3")
    mapped(district, blank, "C4", span=Span.YEAR)
    mapped(district, blank, "B9", source=Source.PERIOD)
    made = filled(district, blank)
    assert cells(district, made) == {"C3": 2, "C4": 3, "C5": "=SUM(C3:C4)", "B9": "2026年10月"}


def test_what_changed_since_it_was_sent_is_found_cell_by_cell(district: District, blank: Blank) -> None:
    need_in(district, 10)
    mapped(district, blank, "C3")
    first = filled(district, blank)
    by = district.acting("officer")
    with acting_as(by):
        actions.hand_over(filled_id=first.pk, to="市妇联办公室", how="政务邮箱", by=by)
    need_in(district, 10)
    with acting_as(by):
        now = queries.content(queries.blank(blank.pk), OCTOBER, filler="").texts()
        sent = queries.last_sent(blank)
        assert sent is not None
        assert rules.changes(sent.cells, now) == [Change(SHEET, "C3", "1", "2")]
        assert [(one.to, one.how) for one in queries.handings(blank)] == [("市妇联办公室", "政务邮箱")]


def test_a_new_layout_keeps_what_fits_and_tells_which_words_changed(district: District, blank: Blank) -> None:
    for at in ("C3", "C4", "D9"):
        mapped(district, blank, at)

    def change(book: openpyxl.Workbook) -> None:
        book[SHEET]["A4"] = "就业培训"
        book[SHEET].merge_cells("C4:D4")
        book[SHEET].merge_cells("C9:D9")

    by = district.acting("officer")
    with acting_as(by):
        found = actions.renew(blank_id=blank.pk, name="新月报.xlsx", data=form(change), by=by)
        kept = [cell.reference for cell in queries.mapped(blank)]
        blank.refresh_from_db()
    assert (found, kept, blank.version) == ([Change(SHEET, "A4", "技能培训", "就业培训")], ["C3", "C4"], 2)


def test_a_retired_measure_is_left_out_and_said(
    district: District, blank: Blank, monkeypatch: pytest.MonkeyPatch
) -> None:
    mapped(district, blank, "C3")
    mapped(district, blank, "C4", source=Source.TEXT, text="无")
    monkeypatch.setattr(queries, "measure_of", lambda key: None)
    made = filled(district, blank)
    assert (made.cells, made.notes) == (
        {"月报!C4": "无"}, ["“月报”C3：指标“needs.raised”已停用，没有填。请重新对应。"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("reference", "changes", "field", "said"),
    [
        ("B1", {}, "reference", "“月报”B1 在合并单元格里，请改填左上角的 A1。"),
        ("C5", {}, "reference", "“月报”C5 是公式，会自动计算，不用填。"),
        ("五格", {}, "reference", "“五格”不是单元格的名称，应如 B5。"),
        ("C3", {"measure": "nothing"}, "measure", "请选择一个指标。"),
        ("C3", {"of_place": "500103000000"}, "of_place", "这个地方不在填报单位的范围内。"),
    ],
)
def test_a_cell_that_cannot_be_filled_is_named(
    district: District, blank: Blank, reference: str, changes: dict[str, Any], field: str, said: str
) -> None:
    with pytest.raises(Refused) as refused:
        mapped(district, blank, reference, **changes)
    assert (str(refused.value), list(refused.value.fields)) == (said, [field])


@pytest.mark.parametrize(
    ("data", "begins"),
    [
        (b"", "文件是空的"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "不接收"),
        (b"PK\x03\x04broken", "文件已损坏"),
    ],
)
def test_what_is_no_form_is_refused_at_the_file(district: District, data: bytes, begins: str) -> None:
    with pytest.raises(Refused) as refused:
        added(district, data=data)
    assert (list(refused.value.fields), str(refused.value).startswith(begins)) == (["file"], True)


def test_the_same_form_twice_is_refused_with_the_way_to_renew_it(district: District, blank: Blank) -> None:
    with pytest.raises(Refused, match="更换表样"):
        added(district)


def test_nothing_mapped_is_nothing_to_fill(district: District, blank: Blank) -> None:
    with pytest.raises(Refused, match="还没有对应任何格子"):
        filled(district, blank)


def test_a_town_fills_its_own_forms_and_sees_no_others(district: District, blank: Blank) -> None:
    own = added(district, who="dunren", title="街道月报")
    with acting_as(district.acting("dunren")):
        assert [one.pk for one in queries.blanks()] == [own.pk]
    with acting_as(district.acting("chongyi")):
        assert list(queries.blanks()) == []


def test_a_village_manages_no_forms(district: District) -> None:
    with pytest.raises(PermissionDenied):
        added(district, who="dadongmen")
