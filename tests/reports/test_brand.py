"""The report of a brand: its programmes' measures and the records tagged with it, under the reader's range."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import pytest

from niangjia.access.acting import acting_as
from niangjia.brands import actions
from niangjia.brands.models import Brand
from niangjia.core import clock
from niangjia.letters.sheets import read_table
from niangjia.reports import brand as reports
from niangjia.trail.models import Entry
from tests import factories
from tests.personas import CHONGYI, DADONGMEN, DUNREN, FULING, District


@pytest.fixture
def shelf(district: District) -> Brand:
    """爱在娘家 with two applications in 敦仁, one in 崇义, and one activity tagged by 崇义."""
    round_ = factories.open_round(district)
    factories.submitted(district, round_, 1)
    factories.submitted(district, round_, 2, name="李秀英", card_holder="李秀英")
    factories.submitted(district, round_, 3, helper="jiaotong", name="王兰", card_holder="王兰")
    chongyi = district.acting("chongyi")
    with acting_as(chongyi):
        found = Brand.objects.get(key="aizainiangjia")
        actions.tag(
            about="visit:5", place=chongyi.place, title="春节走访", brand=found, programme="care_visit", by=chongyi
        )
    return found


def report(district: District, who: str, shelf: Brand) -> reports.BrandReport:
    by, today = district.acting(who), clock.today()
    with acting_as(by):
        return reports.report(shelf, place=by.place, since=dt.date(today.year, 1, 1), until=today + clock.ONE_DAY)


def figures(found: reports.BrandReport, key: str) -> tuple[Decimal, dict[str, Decimal]]:
    figure = next(figure for one in found.shelves for figure in one.figures if figure.measure.key == key)
    return figure.value, figure.places


def test_figures_are_the_measures_of_the_brands_programmes(district: District, shelf: Brand) -> None:
    found = report(district, "officer", shelf)
    assert figures(found, "two_cancers_grant.applied") == (3, {DUNREN: 2, CHONGYI: 1})
    assert [(one.name, one.tagged, one.tagged_by_place) for one in found.shelves] == [
        ("两癌救助", 0, {}), ("care_visit", 1, {CHONGYI: 1}),
    ]  # fmt: skip
    assert (found.tagged, found.places) == (1, (DUNREN, CHONGYI))


def test_a_town_reads_its_own_part(district: District, shelf: Brand) -> None:
    found = report(district, "dunren", shelf)
    assert (figures(found, "two_cancers_grant.applied"), found.tagged) == ((2, {DADONGMEN: 2}), 0)


def test_the_report_goes_out_as_a_table_and_the_trail_says_why(district: District, shelf: Brand) -> None:
    found, officer, out = report(district, "officer", shelf), district.acting("officer"), io.BytesIO()
    with acting_as(officer):
        count = reports.write(out, found, why="季度总结", by=officer)
        entry = Entry.objects.get(verb="brand.export")
    rows = [tuple(row.values.values()) for row in read_table(out.getvalue(), reports.TABLE)]
    assert ("care_visit", "标了本品牌的记录", "件", "合计", "1") in rows
    assert (len(rows), entry.summary["why"]) == (count, "季度总结")


def test_another_brand_has_nothing_of_it(district: District, shelf: Brand) -> None:
    with acting_as(district.acting("officer")):
        other = Brand.objects.get(key="caixiangfunv")
    assert report(district, "officer", other).shelves == ()


def test_whole_district_is_asked_for_once(district: District, shelf: Brand) -> None:
    assert report(district, "officer", shelf).place == FULING
