"""Forms of superiors on the desk: taken in, mapped by clicking, filled, compared, handed over."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from niangjia.access.acting import acting_as
from niangjia.blanks.models import Blank
from niangjia.core import clock
from tests.blanks.test_actions import need_in
from tests.letters.test_laid_out import SHEET, form
from tests.personas import District

pytestmark = pytest.mark.django_db

Browse = Callable[..., Client]
FORM = {"title": "民生实事月报", "asked_by": "市妇联", "basis": "", "rhythm": "MONTH"}
CELL = {"sheet": SHEET, "source": "MEASURE", "measure": "needs.raised", "span": "PERIOD", "of_place": "", "text": ""}


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.frozen(dt.date(2026, 11, 24)):
        yield


@pytest.fixture
def officer(as_persona: Browse) -> Client:
    return as_persona("officer")


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def taken_in(client: Client, data: bytes | None = None) -> Any:
    file = SimpleUploadedFile("月报.xlsx", form() if data is None else data)
    return client.post("/desk/blanks/new/", {**FORM, "file": file})


def test_a_form_goes_from_upload_to_the_superior(officer: Client, district: District) -> None:
    for month in (9, 10, 10):
        need_in(district, month)
    page = officer.get(taken_in(officer)["Location"])
    layout = page.request["PATH_INFO"]
    pk = int(layout.split("/")[3])
    assert f"/desk/blanks/{pk}/layout/?sheet=%E6%9C%88%E6%8A%A5&amp;cell=C3#cell" in page.content.decode()
    officer.post(f"/desk/blanks/{pk}/cell/", {**CELL, "reference": "C3"})
    officer.post(f"/desk/blanks/{pk}/cell/", {**CELL, "reference": "C4", "span": "YEAR"})
    made = officer.post(f"/desk/blanks/{pk}/fill/", {"period": "2026-10"})["Location"]
    sheet = openpyxl.load_workbook(io.BytesIO(officer.get(f"{made}file/").content))[SHEET]
    assert (sheet["C3"].value, sheet["C4"].value, sheet["C5"].value) == (2, 3, "=SUM(C3:C4)")
    officer.post(f"{made}hand-over/", {"to": "市妇联办公室", "how": "政务邮箱"})
    need_in(district, 10)
    shown = text(officer.get(f"/desk/blanks/{pk}/"))
    assert "2026年10月的表报送以后，记录又有变化 “月报”C3：报送时 2，现在 3 “月报”C4：报送时 3，现在 4" in shown
    assert "已报市妇联办公室" in shown


def test_a_chosen_cell_has_the_measures_its_heading_speaks_of(officer: Client) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book[SHEET]["B3"] = "听到的群众需求"

    pk = int(taken_in(officer, form(change))["Location"].split("/")[3])
    page = officer.get(f"/desk/blanks/{pk}/layout/?sheet={SHEET}&cell=C3")
    assert page.context["form"]["measure"].value() == "needs.raised"
    assert "按表头推荐：听到的群众需求（件）" in text(page)


@pytest.mark.parametrize(
    ("cell", "said"), [("B1", "在合并单元格里，请改填左上角的 A1"), ("C5", "是公式，会自动计算，不用填")]
)
def test_a_cell_that_is_not_to_be_filled_says_why(officer: Client, cell: str, said: str) -> None:
    pk = int(taken_in(officer)["Location"].split("/")[3])
    assert said in text(officer.get(f"/desk/blanks/{pk}/layout/?cell={cell}"))


def test_what_is_no_form_is_refused_at_its_field(officer: Client, district: District) -> None:
    answer = taken_in(officer, b"not a workbook at all")
    with acting_as(district.acting("officer")):
        assert (answer.status_code, list(answer.context["form"].errors), Blank.objects.count()) == (422, ["file"], 0)


def test_a_form_without_cells_leads_to_its_layout(officer: Client, district: District) -> None:
    pk = int(taken_in(officer)["Location"].split("/")[3])
    answer = officer.post(f"/desk/blanks/{pk}/fill/", {"period": "2026-10"}, follow=True)
    assert "还没有对应任何格子" in text(answer)


@pytest.mark.parametrize("period", ["2026-13", "x", ""])
def test_no_such_period_is_no_page(officer: Client, period: str) -> None:
    pk = int(taken_in(officer)["Location"].split("/")[3])
    assert officer.post(f"/desk/blanks/{pk}/fill/", {"period": period}).status_code == 404


def test_a_list_of_three_asks_no_more_than_a_list_of_one(officer: Client, district: District) -> None:
    asked = []
    for _ in range(2):
        taken_in(officer)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            officer.get("/desk/blanks/")
        asked.append(len(seen))
        FORM["title"] += "二"
    assert (asked[0] == asked[1], asked[0] <= 12) == (True, True)


@pytest.mark.parametrize(("who", "status"), [("officer", 200), ("dunren", 200), ("dadongmen", 403)])
def test_who_may_open_the_list(as_persona: Browse, who: str, status: int) -> None:
    assert as_persona(who).get("/desk/blanks/").status_code == status


def test_another_towns_form_is_not_there(as_persona: Browse, district: District) -> None:
    pk = int(taken_in(as_persona("dunren"))["Location"].split("/")[3])
    other = as_persona("chongyi")
    assert [other.get(f"/desk/blanks/{pk}/{tail}").status_code for tail in ("", "layout/", "renew/")] == [404] * 3
