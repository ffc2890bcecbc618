"""Wishes at the desk: written on a phone, shown by the town, handed on by the village."""

from __future__ import annotations

import io
import re
import uuid
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from niangjia.access.acting import acting_as
from niangjia.core import clock
from niangjia.letters.sheets import write_table
from niangjia.reports.tables.wishes import LIST
from niangjia.trail.models import Entry
from niangjia.wishes.models import Wish
from tests.personas import DADONGMEN, District
from tests.web.conftest import Browse
from tests.wishes.stage import claimed, opened, wished

pytestmark = pytest.mark.django_db
HOME = "/desk/wishes/"


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def written(client: Client, **changes: str) -> Any:
    sent = {
        "token": str(uuid.uuid4()), "category": "LEARNING", "text": "想要一个结实的书包", "value": "120", "place": DADONGMEN,
        "kind": "CHILD", "name": "陈小雨", "guardian": "陈建国", "consented": "ORAL", "consented_on": str(clock.today()),
        "verified": "on", **changes,
    }  # fmt: skip
    return client.post(f"{HOME}new/", sent)


def only(district: District) -> Wish:
    with acting_as(district.acting("officer")):
        return Wish.objects.get()


def test_a_wish_walks_through_the_desks_from_the_door_to_the_day_it_came(
    district: District, as_persona: Browse
) -> None:
    village, town = as_persona("dadongmen"), as_persona("dunren")
    assert written(village).status_code == 302
    pk = only(district).pk
    assert [(task.label, task.count) for task in town.get("/desk/").context["tasks"]] == [("微心愿待公开", 1)]
    page = text(town.get(HOME))
    assert ("想要一个结实的书包" in page, "陈*雨" in page, "陈小雨" in page) == (True, True, False)
    town.post(f"{HOME}publish/", {"wish": [pk]})
    village.post(f"{HOME}{pk}/unit/", {"unit_name": "某商会", "contact": "李经办", "phone": "13700137000"})
    village.post(f"{HOME}{pk}/step/", {"step": "hand_in", "revision": only(district).revision})
    tasks = village.get("/desk/").context["tasks"]
    assert [(task.label, task.count) for task in tasks] == [("微心愿待送到", 1)]
    village.post(f"{HOME}{pk}/deliver/", {"on": str(clock.today()), "revision": only(district).revision})
    assert village.post(f"{HOME}{pk}/confirm/", {"revision": only(district).revision}).status_code == 422
    village.post(f"{HOME}{pk}/confirm/", {"said": "GUARDIAN", "revision": only(district).revision})
    assert only(district).state == "CONFIRMED"
    assert "某商会" in text(village.get(f"{HOME}{pk}/"))


def test_what_may_not_be_shown_stands_at_its_field(district: District, as_persona: Browse) -> None:
    client = as_persona("dadongmen")
    answer = written(client, text="小雨想要书包，电话13800138000", value="500", guardian="")
    assert answer.status_code == 422
    said = text(answer)
    wanted = [
        "心愿里有手机号（138****8000），请删去。",
        "心愿里有姓名“小雨”",
        "每个心愿不超过300元",
        "请填写监护人姓名",
    ]
    assert [one for one in wanted if one not in said] == []


def test_names_are_shown_once_after_a_reason_and_never_in_the_address(district: District, as_persona: Browse) -> None:
    pk, client = wished(district).pk, as_persona("dadongmen")
    assert "陈小雨" not in text(client.get(f"{HOME}{pk}/"))
    assert client.post(f"{HOME}{pk}/names/", {"reason": ""}).status_code == 422
    opened_page = text(client.post(f"{HOME}{pk}/names/", {"reason": "约时间"}))
    assert ("陈小雨" in opened_page, "13900139000" in opened_page) == (True, True)
    with acting_as(district.acting("chair")):
        assert Entry.objects.filter(verb="wish.reveal").count() == 1


def test_another_village_finds_nothing_and_a_reader_may_not_write(district: District, as_persona: Browse) -> None:
    pk = wished(district).pk
    other, auditor = as_persona("jiaotong"), as_persona("auditor")
    assert [other.get(f"{HOME}{pk}/{path}").status_code for path in ("", "edit/", "names/", "withdraw/")] == [404] * 4
    assert [auditor.get(f"{HOME}{pk}/").status_code, auditor.get(f"{HOME}new/").status_code] == [200, 403]


def test_a_list_of_a_village_comes_in_row_by_row_and_goes_out_without_names(
    district: District, as_persona: Browse, settings: Any, tmp_path: Any
) -> None:
    settings.NIANGJIA_UPLOADS = tmp_path
    keys = [column.key for column in LIST.columns]
    base = {
        "kind": "儿童", "name": "陈小雨", "guardian": "陈建国", "category": "学习", "text": "想要一个书包", "value": "120",
        "consented_on": "2026-11-20", "verified": "是",
    }  # fmt: skip
    rows = [base, {**base, "text": "我叫陈小雨，想要书包"}, {**base, "kind": "老人", "name": "李奶奶", "text": "想要一床被子", "verified": ""}, {**base, "value": "900"}]  # fmt: skip
    out = io.BytesIO()
    write_table(out, LIST, [[row.get(key) for key in keys] for row in rows])
    client = as_persona("dadongmen")
    answers = []
    for _ in range(2):
        sent = SimpleUploadedFile("心愿.xlsx", out.getvalue())
        page = client.post(f"{HOME}import/", {"file": sent}, follow=True)
        answers.append((page.context["transfer"].counts, page.context["transfer"].lines))
    refused = [
        "第 3 行「心愿」心愿里有姓名“陈小雨”。请改成“我”“孩子”“老人”。",
        "第 5 行「估价（元）」每个心愿不超过300元。请换成小一点的心愿，或改走救助、走访渠道。",
    ]
    assert answers == [
        ([["新增", 2], ["已登记过", 0], ["错误", 2]], refused),
        ([["新增", 0], ["已登记过", 2], ["错误", 2]], refused),
    ]
    sheet = openpyxl.load_workbook(io.BytesIO(client.post(f"{HOME}file/").content)).worksheets[0]
    cells = [[str(cell) for cell in row] for row in sheet.iter_rows(min_row=3, values_only=True)]
    assert [(row[3], row[5], row[7]) for row in cells] == [("陈*雨", "想要一个书包", "待公开"), ("李*奶", "想要一床被子", "待核实")]  # fmt: skip


def test_a_list_costs_the_same_however_long_it_is(district: District, as_persona: Browse) -> None:
    client = as_persona("officer")
    counts: list[int] = []
    for number in ("一", "二", "三"):
        claimed(district, opened(district, text=f"想要第{number}本字典"), f"1380013801{len(counts)}")
        client.get(f"{HOME}?show=claimed")
        with CaptureQueriesContext(connection) as caught:
            client.get(f"{HOME}?show=claimed")
        counts.append(len(caught))
    assert counts == [counts[0]] * 3
