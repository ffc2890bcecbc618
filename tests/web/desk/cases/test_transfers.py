"""Large files in the background, and the ledger of earlier years."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from niangjia.access.acting import acting_as
from niangjia.core import clock, sealed_files
from niangjia.programmes.actions import exports, imports
from niangjia.transfers import actions as transfers
from niangjia.transfers import queries as kept
from niangjia.transfers.kinds import KINDS, State
from niangjia.transfers.models import Transfer
from tests import factories as make
from tests.personas import District
from tests.programmes.actions.test_imports import line, workbook
from tests.web.conftest import Browse
from tests.web.desk.cases.test_cases import sheet_of, words


@pytest.fixture(autouse=True)
def uploads(settings: Any, tmp_path: Path) -> None:
    settings.NIANGJIA_UPLOADS = tmp_path


def upload(browser: Any, data: bytes) -> Any:
    form = {"programme": "two_cancers_grant", "source": "2015年花名册", "file": SimpleUploadedFile("台账.xlsx", data)}
    return browser.post("/desk/cases/history/", form, follow=True)


def test_a_ledger_comes_in_and_the_answers_go_out(as_persona: Browse) -> None:
    browser = as_persona("officer")
    page = upload(browser, workbook(line(1), line(2, town="乌有镇")))
    assert "新登记 1 行 已有，未改动 0 行 需核对 1 行" in words(page)
    ((address, _),) = page.redirect_chain
    rows = sheet_of(browser.get(f"{address}file/"))
    assert [row[-1] for row in rows][:2] == ["处理结果", "已登记"]
    again = upload(browser, workbook(line(1)))
    assert "新登记 0 行 已有，未改动 1 行 需核对 0 行" in words(again)
    assert "已完成，新登记 0 行，已有，未改动 1 行" in words(browser.get("/desk/cases/history/"))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "提交的是空文件"),
        (b"PK\x03\x04broken", "文件已损坏"),
        ("姓名,年度\n张桂芳,2015\n".encode(), "文本或 CSV 文件"),
    ],
)
def test_a_file_that_is_no_workbook_is_told_so(as_persona: Browse, data: bytes, message: str) -> None:
    page = upload(as_persona("officer"), data)
    assert page.status_code == 200
    assert message in words(page)


def test_the_template_has_the_columns_that_are_read(as_persona: Browse) -> None:
    rows = sheet_of(as_persona("officer").get("/desk/cases/history/template/"))
    assert [str(cell).strip("*") for cell in rows[0]] == [
        "姓名",
        "身份证号码",
        "镇街",
        "村（社区）",
        "年度",
        "金额（元）",
        "发放日期",
        "资料来源",
    ]


@pytest.mark.parametrize("who", ["dunren", "dadongmen", "finance"])
def test_ledgers_are_the_matter_of_who_manages_rounds(as_persona: Browse, who: str) -> None:
    assert as_persona(who).get("/desk/cases/history/").status_code == 403


def test_a_very_long_list_is_written_in_the_background(
    as_persona: Browse, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "AT_ONCE", 0)
    monkeypatch.setitem(KINDS._items, exports.OUT, replace(KINDS.get(exports.OUT), at_once=0))
    make.submitted(district, make.open_round(district))
    browser = as_persona("dunren")
    page = browser.post("/desk/cases/export/", {"why": "市级报送材料"}, follow=True)
    ((address, _),) = page.redirect_chain
    assert "排队中 可以离开本页" in words(page)
    town = district.acting("dunren")
    with acting_as(town):
        waiting = Transfer.objects.get()
        assert waiting.state == State.WAITING
        transfers.run(transfer_id=waiting.pk, by=town)
    part = browser.get(address, headers={"HX-Request": "true"})
    until = waiting.asked_at.astimezone(clock.CHINA) + dt.timedelta(days=3)
    assert "共 1 行，没有错误。" in words(part)
    assert f"保留到 {until.month} 月 {until.day} 日，只有您能下载。" in words(part)
    assert "<html" not in part.content.decode()
    assert sheet_of(browser.get(f"{address}file/"))[1][2] == "张桂芳"
    assert as_persona("officer").get(address).status_code == 404
    assert as_persona("officer").get(f"{address}file/").status_code == 404
    with acting_as(town):
        (kept.folder() / Transfer.objects.get().result).unlink()
    assert browser.get(f"{address}file/").status_code == 404


def test_a_file_that_does_not_move_says_that_it_will(
    as_persona: Browse, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "AT_ONCE", 0)
    monkeypatch.setitem(KINDS._items, exports.OUT, replace(KINDS.get(exports.OUT), at_once=0))
    make.submitted(district, make.open_round(district))
    browser = as_persona("dunren")
    page = browser.post("/desk/cases/export/", {"why": "市级报送材料"}, follow=True)
    ((address, _),) = page.redirect_chain
    assert "没有进展" not in words(browser.get(address))
    with acting_as(district.acting("dunren")):
        Transfer.objects.update(asked_at=clock.now() - dt.timedelta(minutes=11))
    assert "服务重启后会自动接着做" in words(browser.get(address))


def test_what_came_to_nothing_says_why(as_persona: Browse, district: District, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS._items, imports.IN, replace(KINDS.get(imports.IN), at_once=0))
    browser = as_persona("officer")
    page = upload(browser, workbook(line(1)))
    ((address, _),) = page.redirect_chain
    officer = district.acting("officer")
    with acting_as(officer):
        waiting = Transfer.objects.get()
        sealed_files.write(kept.folder() / waiting.source, [b"broken"], context=f"transfers/{waiting.source}")
        transfers.run(transfer_id=waiting.pk, by=officer)
    assert "没有完成，什么都没有写入" in words(browser.get(address))
