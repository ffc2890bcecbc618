"""A department's indicators out and in as one sheet, with an answer for each row and nothing half-written."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import pytest

from niangjia.access.acting import acting_as
from niangjia.letters.kinds import SheetError
from niangjia.letters.sheets import read_table, write_table
from niangjia.outlines import actions, queries, tables
from niangjia.outlines.models import Observation, Year
from niangjia.outlines.tables import KNOWN, OWN, TARGETS, Sheet
from tests.outlines.stage import Stage
from tests.personas import FULING

COLUMNS = [column.key for column in OWN.columns]


def row(code: str, **cells: str) -> tuple[str | None, ...]:
    return tuple({"code": code, "year": "2025", "revision": "0", **cells}.get(key) for key in COLUMNS)


def workbook(*rows: tuple[str | None, ...]) -> bytes:
    out = io.BytesIO()
    write_table(out, OWN, rows)
    return out.getvalue()


def read(stage: Stage, year: Year, data: bytes) -> tuple[list[actions.Filled], Sheet]:
    with acting_as(stage.health):
        lines = queries.lines_of(Year.objects.select_related("outline").get(pk=year.pk), stage.health.unit_id)
        return tables.read_own(data, year, lines)


def test_the_sheet_that_went_out_comes_back_the_same(stage: Stage) -> None:
    year = stage.open()
    stage.fill(year, "C21-02", 30, 5000)
    out = io.BytesIO()
    with acting_as(stage.health):
        lines = queries.lines_of(year, stage.health.unit_id)
        assert tables.write_own(out, year, lines, title="指标填报表") == 11
    filled, sheet = read(stage, year, out.getvalue())
    assert sheet.problems == {}
    with acting_as(stage.health):
        assert actions.save_values(year_id=year.pk, filled=filled, by=stage.health, answer_all=True) == []


def test_a_filled_sheet_is_saved_and_its_note_answers_the_warnings(stage: Stage) -> None:
    year = stage.open()
    stage.known("C21-02", {2024: "6"})
    data = workbook(row("C21-02", numerator="60", denominator="5,000", note="统计口径调整"))
    filled, sheet = read(stage, year, data)
    assert sheet.problems == {}
    with acting_as(stage.health):
        saved = actions.save_values(year_id=year.pk, filled=filled, by=stage.health, answer_all=True)
    assert (saved[0].value, saved[0].answers) == (12, {"jump": "统计口径调整"})
    assert stage.submit(year) == 1


@pytest.mark.parametrize(
    ("code", "cells", "answer"),
    [
        ("C21-02", {"numerator": "三十", "denominator": "5000"}, "第 2 行「分子」“分子”应填写数字，现为“三十”。请改正后重新上传。"),
        ("C21-04", {"numerator": "95%", "denominator": "5000"}, "第 2 行「分子」“分子”带有百分号（95%），请只填数字，单位以表头为准。请改正后重新上传。"),
        ("C21-02", {"numerator": "30"}, "第 2 行「分母」缺少分母。请补填分母；确实没有数据的，把分子也清空并写明说明。"),
        ("C21-02", {"stated": "6"}, "第 2 行「分子」只填了比率，没有分子和分母。请填分子和分母，比率由系统计算。"),
        ("C21-02", {"numerator": "30", "denominator": "5000", "stated": "0.6"}, "第 2 行「比率」所填比率0.6与分子÷分母算得的6‰不符，像是单位写错（差10倍，如把‰填成%）。请改正后重新上传。"),
        ("C21-02", {"value": "6"}, "第 2 行「数值」这个指标由分子分母计算。请清空这一格，填写分子和分母。"),
        ("C21-02", {"numerator": "30", "denominator": "5000", "year": "2019"}, "第 2 行「年度」应为2021至2030，现为“2019”。请填写规划期内的年份。"),
        ("C21-02", {"numerator": "30", "denominator": "5000", "year": "2024"}, "第 2 行「年度」是2024年，本次收集的是2025年。请下载本年度的表填写。"),
        ("C21-16", {"numerator": "30", "denominator": "50"}, "第 2 行「代码」“C21-16”不是本部门负责的指标。请删去这一行；确由本部门负责的，请联系妇儿工委办。"),
        ("C21-04", {"numerator": "130", "denominator": "50"}, "第 2 行「分子」分子130大于分母50，请核对是否填反。请改正后重新上传。"),
    ],
)  # fmt: skip
def test_a_bad_row_is_answered_with_row_column_and_remedy(
    stage: Stage, code: str, cells: dict[str, str], answer: str
) -> None:
    year = stage.open()
    filled, sheet = read(stage, year, workbook(row(code, **cells)))
    assert (filled, sheet.problems) == ([], {2: answer})


def test_every_row_of_the_answer_says_what_became_of_it(stage: Stage) -> None:
    year = stage.open()
    good, bad = row("C21-02", numerator="30", denominator="5000"), row("C21-02", numerator="31", denominator="5000")
    _, sheet = read(stage, year, workbook(good, bad))
    out = io.BytesIO()
    sheet.answered(out, "没有问题")
    assert sheet.problems == {3: "第 3 行「代码」与第 2 行重复。请只保留一行。"}
    assert len(list(read_table(out.getvalue(), OWN))) == 2


def test_a_sheet_older_than_what_a_colleague_saved_is_refused(stage: Stage) -> None:
    year = stage.open()
    data = workbook(row("C21-02", numerator="31", denominator="5000"))
    stage.fill(year, "C21-02", 30, 5000)
    filled, _ = read(stage, year, data)
    with acting_as(stage.health), pytest.raises(actions.Changed):
        actions.save_values(year_id=year.pk, filled=filled, by=stage.health)


def test_what_is_no_sheet_is_refused(stage: Stage) -> None:
    year = stage.open()
    with pytest.raises(SheetError, match="没有找到表头"):
        read(stage, year, "甲,乙\n1,2\n".encode())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_local_targets_come_as_csv_too(stage: Stage, encoding: str) -> None:
    text = "代码,地区代码,目标值,允许偏差,基期值,基期年,起用年,依据\nC21-02,500102000000,4.5,,6.2,2020,2024,涪府发〔2024〕1号\n"
    rows, sheet = tables.read_targets(text.encode(encoding), stage.outline)
    assert sheet.problems == {}
    with acting_as(stage.office):
        assert actions.import_targets(outline_id=stage.outline.pk, rows=rows, by=stage.office) == {}
        target = queries.target_in(stage.indicator_id("C21-02"), FULING, 2025)
    assert target is not None
    assert (target.value, target.baseline, target.note) == (Decimal("4.5"), Decimal("6.2"), "涪府发〔2024〕1号")


def test_bad_targets_and_values_are_answered_and_none_is_kept(stage: Stage) -> None:
    text = "代码,地区代码,目标值,起用年\nC21-02,涪陵,4.5,2024\nC21-02,500102000000,4.5%,2035\n"
    assert tables.read_targets(text.encode(), stage.outline)[1].problems == {
        2: "第 2 行「地区代码」“涪陵”不是12位区划代码。请对照区划代码表填写，单元格设为文本格式。",
        3: "第 3 行「目标值」“目标值”带有百分号（4.5%），请只填数字，单位以表头为准。请改正后重新上传。 "
        "第 3 行「起用年」应为2021至2030，现为“2035”。请填写规划期内的年份。",
    }
    known = "代码,地区代码,年度,值,出处\nC21-02,000000000000,2010,4.9,\n"
    assert tables.read_known(known.encode(), stage.outline)[1].problems == {
        2: "第 2 行「出处」没有填写。请补填后重新上传。 第 2 行「年度」应为2020至2030，现为“2010”。请填写规划期内的年份。"
    }


@pytest.mark.parametrize("table", [OWN, TARGETS, KNOWN])
def test_a_layout_names_each_column_once(table: Any) -> None:
    assert len({column.header for column in table.columns}) == len(table.columns)


def test_targets_that_stand_go_out_in_the_layout_that_is_read(stage: Stage) -> None:
    out = io.BytesIO()
    with acting_as(stage.office):
        write_table(out, TARGETS, tables.target_rows(stage.outline, FULING))
        rows, sheet = tables.read_targets(out.getvalue(), stage.outline)
        assert sheet.problems == {}
        assert len(rows) == 21
        assert Observation.objects.count() == 0
