"""The log comes in as it goes out, each row answered; the yearly form goes out in the upper level's layout."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from niangjia.access.acting import acting_as
from niangjia.express.models import Trip
from niangjia.letters import sheets
from niangjia.reports.tables import express
from niangjia.transfers import actions as transfers
from niangjia.transfers import queries as kept
from niangjia.transfers.kinds import State
from tests.hospitals import Hospital
from tests.personas import District

KEYS = [column.key for column in express.LOG.columns]


def row(**cells: object) -> list[object]:
    base: dict[str, object] = {
        "plate": "渝G12345", "left_on": "2026-03-05", "purpose": "义诊体检", "places": "大东门社区", "km": "86公里", "advised": "30人次",
    }  # fmt: skip
    return [{**base, **cells}.get(key) for key in KEYS]


def take(who: Hospital, *rows: list[object], data: bytes = b"") -> list[str]:
    out = io.BytesIO()
    sheets.write_table(out, express.LOG, rows)
    with acting_as(who.acting):
        done = transfers.ask(kind=express.IMPORT, data=data or out.getvalue(), by=who.acting)
        assert done.state == State.DONE
        sheet = openpyxl.load_workbook(io.BytesIO(b"".join(kept.read(done.result)))).worksheets[0]
    return [str(cells[-1]) for cells in sheet.iter_rows(min_row=2, values_only=True)]


@pytest.fixture(autouse=True)
def _uploads(settings: Any, tmp_path: Any) -> None:
    settings.NIANGJIA_UPLOADS = tmp_path


def test_each_row_of_a_log_is_answered_and_a_second_import_changes_nothing(ours: Hospital, theirs: Hospital) -> None:
    rows = [
        row(),
        row(turn="2", purpose="接送孕产妇", carried=2),
        row(left_on="2026.3.6", places="敦仁街道 大东门社区、崇义街道"),
    ]
    assert take(ours, *rows) == ["新增"] * 3
    assert take(ours, *rows) == ["无变化"] * 3
    assert take(ours, row(km="90.5")) == ["更新"]
    with acting_as(ours.acting):
        assert sorted(Trip.objects.values_list("km", "turn", "people")) == [(86, 1, 30), (86, 2, 32), (90.5, 1, 30)]


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"plate": "渝G54321"}, "第 2 行「车牌号」没有登记过车牌号“渝G54321”，或不是您单位的车。请核对。"),
        ({"left_on": "2027-01-01"}, "第 2 行「出车日期」出车日期不能晚于今天。请改成实际出车的日期。"),
        ({"places": "龙潭"}, "第 2 行「到达地点」没有找到“龙潭”。请照“龙潭镇”或“敦仁街道 大东门社区”的样子写。"),
        (
            {"advised": None},
            "第 2 行「咨询义诊（人次）」用途是义诊体检，请填写“咨询义诊”或“困难妇女筛查体检”的数量。请改正后再导入。",
        ),
        ({"km": "很远"}, "第 2 行「里程（公里）」“很远”不是公里数。请参照示例填写：86。"),
        ({"heard": "许多"}, "第 2 行「健康知识宣教（人次）」“许多”不是数量。请更正后重新上传。"),
    ],
)
def test_a_wrong_row_names_row_field_and_remedy_and_changes_nothing(
    ours: Hospital,
    theirs: Hospital,
    cells: dict[str, object],
    says: str,
) -> None:
    assert take(ours, row(**cells)) == [says]
    with acting_as(ours.acting):
        assert Trip.objects.count() == 0


def test_the_same_trip_twice_in_a_file_is_told(ours: Hospital) -> None:
    assert take(ours, row(), row(km=5)) == ["新增", "第 3 行「当天第几趟」与第 2 行是同一趟。当天的另一趟请填 2、3……。"]


def test_a_log_that_went_out_comes_back_without_change(ours: Hospital) -> None:
    take(ours, row(materials="叶酸 20 盒", heard=40), row(turn=2))
    out = io.BytesIO()
    with acting_as(ours.acting):
        assert express.write_log(out, year=2026, by=ours.acting) == 2
    assert take(ours, data=out.getvalue())[-2:] == ["无变化", "无变化"]


def test_the_yearly_form_has_a_line_a_vehicle_and_the_sum(ours: Hospital, theirs: Hospital, district: District) -> None:
    take(ours, row(heard=45), row(turn="2", purpose="接送孕产妇", carried=2, km=10))
    take(theirs, row(plate="渝G54321"))
    out = io.BytesIO()
    chair = district.acting("chair")
    with acting_as(chair):
        assert express.write_year(out, year=2026, by=chair) == 2
    cells = list(openpyxl.load_workbook(out).worksheets[0].iter_rows(values_only=True))
    assert cells[0][0] == "“母亲健康快车”项目年度运行情况统计表（2026 年度）"
    heads = list(cells[-4])
    assert heads[:5] == ["使用单位", "车牌号", "出车（次）", "行驶里程（公里）", "下乡（次）"]
    assert [line[:6] for line in cells[-3:]] == [
        ("涪陵区妇幼保健院", "渝G12345", 2, 96, 2, 1),
        ("涪陵区中医院", "渝G54321", 1, 86, 1, 0),
        ("合计", "2 辆", 3, 182, 3, 1),
    ]
