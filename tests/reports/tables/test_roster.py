"""The roster in and out of Excel."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest

from niangjia.access.acting import acting_as
from niangjia.core import clock
from niangjia.letters import sheets
from niangjia.org.models import Officer, Post, Term
from niangjia.reports.tables import roster
from niangjia.reports.tables.roster import ROSTER, parse_day, parse_month
from niangjia.trail.models import Entry
from tests.personas import DUNREN, FULING, District

KEYS = [column.key for column in ROSTER.columns]
PHONE = "13900001111"


def row(**cells: object) -> list[object]:
    base: dict[str, object] = {
        "unit": "大东门社区妇联",
        "role": "执委",
        "name": "张某某",
        "starts_on": "2022-01-10",
        **cells,
    }
    return [base.get(key) for key in KEYS]


def workbook(*rows: list[object]) -> bytes:
    out = io.BytesIO()
    sheets.write_table(out, ROSTER, rows)
    return out.getvalue()


def take(*rows: list[object], place: str = FULING, **more: Any) -> list[str]:
    """Import the rows; the answers in their order."""
    done = roster.import_file(workbook(*rows), place=place, **more)
    sheet = openpyxl.load_workbook(io.BytesIO(done.answers)).worksheets[0]
    return [str(cells[-1]) for cells in sheet.iter_rows(min_row=2, values_only=True)]


@pytest.fixture
def at_district(district: District) -> Iterator[District]:
    with acting_as(district.acting("officer")):
        yield district


def test_a_new_officer_comes_with_her_post_and_its_term(at_district: District) -> None:
    answers = take(row(phone=PHONE, term="第3届", ends_on="2027-01-09", domain="卫生", in_two_committees="是"))
    assert answers == ["新增"]
    post = Post.objects.select_related("officer", "term").get(officer__name="张某某")
    assert post.officer.phone is not None
    assert post.officer.phone.reveal() == PHONE
    assert (post.ends_on, post.in_two_committees, post.officer.domain) == (dt.date(2027, 1, 9), True, "HEALTH")
    assert post.term is not None
    assert (post.term.number, post.term.years, post.term.starts_on) == (3, 5, dt.date(2022, 1, 10))


def test_the_same_file_twice_changes_nothing(at_district: District) -> None:
    rows = [row(phone=PHONE, term="3"), row(role="干事"), row(name="李某某"), row(name="王某某", ended_on="2023-01-01")]
    assert take(*rows) == ["新增"] * 4
    before = Post.objects.count(), Officer.objects.count(), Term.objects.count()
    assert take(*rows) == ["无变化"] * 4
    assert (Post.objects.count(), Officer.objects.count(), Term.objects.count()) == before
    assert before[1] == len(at_district.accounts) - 4 + 4 + 3 - 3 + 3


def test_an_exported_roster_comes_back_without_change(at_district: District) -> None:
    take(row(phone=PHONE, term="3", birth_month="1980-05"), row(name="李某某", role="兼职副主席"))
    for phones in ("", "换届核对"):
        out = io.BytesIO()
        assert roster.export_file(out, place=FULING, full_phones=phones) > 2
        done = roster.import_file(out.getvalue(), place=FULING)
        assert {key: count for key, count in done.counts.items() if count} == {"无变化": done.rows}


def test_an_ending_date_ends_the_post(at_district: District) -> None:
    take(row(phone=PHONE))
    assert take(row(phone=PHONE, ended_on="2025-06-30", leave_reason="工作调动")) == ["更新：离任日期、离任原因"]
    post = Post.objects.get(officer__name="张某某")
    assert (post.ended_on, post.leave_reason) == (dt.date(2025, 6, 30), "工作调动")


def test_a_new_number_of_the_same_post_is_an_update(at_district: District) -> None:
    take(row(phone=PHONE))
    assert take(row(phone="13900002222")) == ["更新：手机号"]
    assert Officer.objects.filter(name="张某某").count() == 1


def test_namesakes_with_two_numbers_are_two_people(at_district: District) -> None:
    assert take(row(phone=PHONE), row(phone="13900002222")) == ["新增", "新增"]
    assert Officer.objects.filter(name="张某某").count() == 2
    assert take(row()) == ["第 2 行「姓名」在大东门社区妇联有 2 位同名的人。请填写手机号以区分。"]
    assert take(row(phone="139****2222")) == ["无变化"]


def test_re_election_needs_the_earlier_post_to_end_in_whatever_order(at_district: District) -> None:
    take(row(phone=PHONE, starts_on="2019-01-10"))
    overlap = take(row(phone=PHONE, starts_on="2022-01-10"))
    assert overlap == [
        "第 2 行「任职日期」与此人同一职务的任期 2019-01-10 至 2024-01-09 重叠。如是连任，请先给上一任期填写离任日期。"
    ]
    both = [
        row(phone=PHONE, starts_on="2022-01-10"),
        row(phone=PHONE, starts_on="2019-01-10", ended_on="2022-01-09"),
    ]
    assert take(*both) == ["新增", "更新：离任日期"]


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"unit": "没有的妇联"}, "第 2 行「单位」“没有的妇联”不在组织架构里。请写单位简称，如“大东门社区妇联”；新单位请先添加。"),
        ({"town": "崇义街道"}, "第 2 行「乡镇街道」“崇义街道”没有“大东门社区妇联”。请核对乡镇街道和单位。"),
        ({"role": "会长"}, None),
        ({"starts_on": "2022-13-10"}, "第 2 行「任职日期」“2022-13-10”这一天不存在。请按要求填写：写成 2022-01-10。"),
        ({"starts_on": ""}, "第 2 行「任职日期」没有填写。请补填后重新上传。"),
        ({"ended_on": "2021-01-01"}, "第 2 行「离任日期」早于任职日期 2022-01-10。请核对两个日期。"),
        ({"ended_on": "2030-01-01"}, "第 2 行「离任日期」晚于届满日期 2027-01-09。届满后职务自行终止，请把离任日期留空或改正。"),
        ({"phone": "139****1111"}, "第 2 行「手机号」是遮盖过的号码，名册中没有对应的人。请填写完整号码，或把这一格留空。"),
        ({"phone": "12345"}, None),
    ],
)  # fmt: skip
def test_a_wrong_row_is_told_row_column_and_remedy_and_changes_nothing(
    at_district: District, cells: dict[str, object], says: str | None
) -> None:
    before = Post.objects.count(), Officer.objects.count()
    [answer] = take(row(**cells))
    assert answer.startswith("第 2 行「") if says is None else answer == says
    assert (Post.objects.count(), Officer.objects.count()) == before


def test_a_row_outside_ones_range_is_refused_in_words(district: District) -> None:
    with acting_as(district.acting("dunren")):
        answers = take(row(unit="交通社区妇联"), row(), place=DUNREN)
    assert answers == [
        "第 2 行「单位」“交通社区妇联”不在您的管理范围内。请删去这一行，由该单位所属的妇联导入。",
        "新增",
    ]


def test_a_person_of_another_towns_roster_is_not_taken_over(district: District) -> None:
    with acting_as(district.acting("chongyi")):
        take(row(unit="交通社区妇联", phone=PHONE), place="500102007000")
    with acting_as(district.acting("dunren")):
        assert take(row(phone=PHONE), place=DUNREN) == [
            "第 2 行「手机号」与别的乡镇街道名册中的人同名同手机号。请核对号码；确是同一人的，请区妇联办理。"
        ]
        take(row())
        assert take(row(phone=PHONE), place=DUNREN)[0].startswith("第 2 行「手机号」与别的乡镇街道")


def test_nobody_gives_herself_a_post(district: District) -> None:
    own = district.accounts["dunren"].officer_id
    with acting_as(district.acting("dunren")):
        answers = take(row(unit="敦仁街道妇联", name="敦仁主席", role="干事"), place=DUNREN, own_officer=own)
    assert answers == ["第 2 行「姓名」是您本人，不能通过名册给自己登记或改变职务。请由其他有权限的人员登记。"]


def test_a_role_that_keeps_others_in_check_does_not_come_by_roster(district: District) -> None:
    with acting_as(district.acting("officer")):
        answers = take(row(unit="涪陵区妇联", role="财务"), place=FULING, closed={"FINANCE"})
    assert answers == ["第 2 行「职务」“财务”的任职不能由您登记。请由主席在组织页面逐人登记。"]


def test_two_rows_that_disagree_are_told_so(at_district: District) -> None:
    answers = take(row(phone=PHONE, education="大专"), row(phone=PHONE, education="本科"), row(phone=PHONE))
    assert answers == ["新增", "第 3 行「文化程度」与第 2 行同一人填的不一致。请改成一致。", "无变化：与第 2 行重复"]


def test_phones_go_out_masked_unless_a_reason_is_given(at_district: District) -> None:
    take(row(phone=PHONE))
    shown = []
    for reason in ("", "换届核对"):
        out = io.BytesIO()
        roster.export_file(out, place=FULING, unit=at_district.unit("大东门社区妇联"), full_phones=reason)
        rows = openpyxl.load_workbook(out).worksheets[0].iter_rows(min_row=2, values_only=True)
        shown += [cells[KEYS.index("phone")] for cells in rows if cells[KEYS.index("name")] == "张某某"]
    assert shown == ["139****1111", PHONE]


def test_what_went_in_and_out_is_in_the_trail(district: District) -> None:
    with acting_as(district.acting("officer")):
        take(row())
        roster.export_file(io.BytesIO(), place=FULING)
    with acting_as(district.acting("auditor")):
        verbs = list(Entry.objects.filter(verb__startswith="org.roster").order_by("id").values_list("verb", "subject"))
    unit = district.unit("大东门社区妇联").pk
    assert verbs == [
        ("org.roster.import", f"unit:{unit}"),
        ("org.roster.import", f"division:{FULING}"),
        ("org.roster.export", f"division:{FULING}"),
    ]


@pytest.mark.parametrize("text", ["2024-03-05", "2024/3/5", "2024.3.5", "2024年3月5日", "20240305"])
def test_a_day_is_read_in_the_ways_people_write_it(text: str) -> None:
    assert parse_day(text) == dt.date(2024, 3, 5)


@pytest.mark.parametrize("text", ["1980-05", "1980.5", "1980年5月", "198005", "1980-05-01"])
def test_a_month_is_read_in_the_ways_people_write_it(text: str) -> None:
    assert parse_month(text) == dt.date(1980, 5, 1)


@pytest.mark.parametrize("text", ["1980-13", "80.5", "1980", "五月"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="不是出生年月"):
        parse_month(text)


def test_a_village_roster_of_thousands_of_rows_is_taken_in_with_few_queries(
    at_district: District, django_assert_max_num_queries: Any
) -> None:
    rows = [row(name=f"某某{chr(0x4E00 + n)}", phone=f"139{n:08d}") for n in range(300)]
    with django_assert_max_num_queries(30):
        assert take(*rows) == ["新增"] * 300
    assert clock.today() > dt.date(2022, 1, 10)
