"""The working calendar is corrected on screen, and deadlines follow at once."""

import datetime as dt

import pytest

from niangjia.org.queries import calendar
from tests.web.conftest import Browse

DAY = dt.date(2031, 3, 10)  # a Monday no table knows yet


@pytest.mark.parametrize(("kind", "works"), [("HOLIDAY", False), ("", True)])
def test_a_day_is_set(as_persona: Browse, kind: str, works: bool) -> None:
    as_persona("officer").post("/desk/calendar/", {"day": str(DAY), "kind": kind, "name": "补休"})
    assert calendar().is_workday(DAY) is works


def test_a_moved_workday_is_a_workday(as_persona: Browse) -> None:
    saturday = dt.date(2031, 3, 15)
    as_persona("officer").post("/desk/calendar/", {"day": str(saturday), "kind": "WORKDAY", "name": "调休"})
    assert calendar().is_workday(saturday) is True


def test_a_special_day_needs_a_name(as_persona: Browse) -> None:
    page = as_persona("officer").post("/desk/calendar/", {"day": str(DAY), "kind": "HOLIDAY", "name": ""})
    assert "请写明是什么节假日或调休。" in page.content.decode()


@pytest.mark.parametrize("query", ["", "?year=2026", "?year=x", "?year=1"])
def test_the_page_opens(as_persona: Browse, query: str) -> None:
    assert as_persona("officer").get(f"/desk/calendar/{query}").status_code == 200
