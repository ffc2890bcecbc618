"""The organisation room as officers meet it."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from niangjia.access.acting import acting_as
from niangjia.core import clock
from niangjia.org import actions
from niangjia.org.kinds import PostRole
from niangjia.org.models import Division, Officer, Post, Unit
from niangjia.reports.tables import roster as table
from niangjia.trail.models import Entry
from niangjia.transfers import actions as transfers
from niangjia.transfers import tasks
from niangjia.transfers.kinds import KINDS
from niangjia.transfers.models import Transfer
from tests.personas import DADONGMEN, QIANLONGJIE, District
from tests.reports.tables.test_roster import PHONE, row, workbook

AsPersona = Callable[[str], Client]

HOME = "/desk/organisation/"


def page(client: Client, path: str = "") -> str:
    response = client.get(HOME + path)
    assert response.status_code == 200
    return response.content.decode()


def of(district: District, name: str, page: str = "") -> str:
    return f"units/{district.unit(name).pk}/{page}"


@pytest.mark.parametrize(
    ("who", "sees", "misses"),
    [
        ("officer", ["敦仁街道妇联", "崇义街道妇联", "区民政局", "区主席甲"], []),
        ("dunren", ["敦仁街道妇联", "大东门社区妇联", "敦仁主席"], ["崇义街道妇联", "区民政局"]),
        ("dadongmen", ["大东门社区妇联"], ["敦仁街道妇联", "黔龙街社区妇联"]),
    ],
)
def test_the_tree_begins_at_ones_own_body(as_persona: AsPersona, who: str, sees: list[str], misses: list[str]) -> None:
    found = page(as_persona(who)).split("<main")[1]
    assert {name: name in found for name in sees + misses} == dict.fromkeys(sees, True) | dict.fromkeys(misses, False)


def test_a_town_opens_with_and_without_script(as_persona: AsPersona, district: District) -> None:
    client = as_persona("officer")
    path = f"?open={district.unit('敦仁街道妇联').pk}"
    assert "大东门社区妇联" in page(client, path)
    part = client.get(HOME + path, headers={"HX-Request": "true"}).content.decode()
    assert ("<li>" in part, "<html" in part, "大东门社区妇联" in part) == (True, False, True)


@pytest.mark.parametrize("wanted", ["大东门主席", "ddmzx", "DDM"])
def test_names_and_initials_find_people_and_bodies(as_persona: AsPersona, wanted: str) -> None:
    assert "大东门社区妇联" in page(as_persona("officer"), f"?q={wanted}")


def queries(client: Client, path: str) -> int:
    """Statements of a page without the savepoints of the test around it."""
    with CaptureQueriesContext(connection) as captured:
        page(client, path)
    return sum("SAVEPOINT" not in query["sql"] for query in captured.captured_queries)


@pytest.mark.parametrize("path", ["", "?q=主席", "?only=size", "body"])
def test_a_page_takes_few_queries_however_many_sit_there(as_persona: AsPersona, district: District, path: str) -> None:
    client = as_persona("officer")
    path = of(district, "大东门社区妇联") if path == "body" else path
    page(client, path)
    few = queries(client, path)
    with acting_as(district.acting("officer")):
        for n in range(3):
            actions.appoint(
                unit=district.unit("大东门社区妇联"),
                role=PostRole.EXEC_MEMBER,
                name=f"主席{n}",
                phone=f"1390000000{n}",
                starts_on=dt.date(2022, 1, 1),
                ends_on=dt.date(2030, 1, 1),
            )
    assert queries(client, path) == few <= 12


def test_a_body_out_of_range_is_not_found(as_persona: AsPersona, district: District) -> None:
    assert as_persona("dunren").get(HOME + of(district, "崇义街道妇联")).status_code == 404


def test_an_appointment_is_made_once_and_ends(as_persona: AsPersona, district: District) -> None:
    client = as_persona("dunren")
    path = HOME + of(district, "大东门社区妇联", "appoint/")
    form = {
        "name": "张某某", "phone": PHONE, "gender": "F", "ethnicity": "汉族", "political": "MASSES",
        "domain": "GRASSROOTS", "role": "EXEC_MEMBER", "starts_on": "2026-01-10",
    }  # fmt: skip
    assert client.post(path, form).status_code == 302
    again = client.post(path, form)
    assert (again.status_code, "此人在该单位的同一职务任期重叠。" in again.content.decode()) == (422, True)
    with acting_as(district.acting("dunren")):
        post = Post.objects.get(officer__name="张某某")
    assert post.ends_on == dt.date(2031, 1, 9)
    assert client.post(f"{HOME}posts/{post.pk}/end/", {"on": "2026-06-30", "reason": "换届"}).status_code == 302
    assert "2026-06-30" in page(client, of(district, "大东门社区妇联"))


def test_nobody_appoints_herself(as_persona: AsPersona, district: District) -> None:
    own = district.accounts["dunren"].officer_id
    path = f"{HOME}{of(district, '敦仁街道妇联', 'appoint/')}?person={own}"
    answer = as_persona("dunren").post(path, {"role": "STAFF", "starts_on": "2026-01-10"})
    assert (answer.status_code, "不能给自己登记职务" in answer.content.decode()) == (422, True)


def test_who_keeps_the_house_in_check_is_appointed_by_the_chair(as_persona: AsPersona, district: District) -> None:
    path = HOME + of(district, "涪陵区妇联", "appoint/")
    form = {
        "name": "张某某", "phone": PHONE, "gender": "F", "ethnicity": "汉族", "political": "MASSES",
        "domain": "OFFICE", "role": "SYSTEM_ADMIN", "starts_on": "2026-01-10",
    }  # fmt: skip
    assert as_persona("officer").post(path, form).status_code == 422
    assert as_persona("chair").post(path, form).status_code == 302
    with acting_as(district.acting("chair")):
        post = Post.objects.get(officer__name="张某某")
    end = {"on": "2026-06-30", "reason": "换岗"}
    refused = as_persona("officer").post(f"{HOME}posts/{post.pk}/end/", end)
    assert "“系统管理员”与其他职务互相牵制，其任职、离任由主席登记。" in refused.content.decode()
    assert as_persona("chair").post(f"{HOME}posts/{post.pk}/end/", end).status_code == 302


def test_a_phone_is_shown_for_a_reason_that_is_kept(as_persona: AsPersona, district: District) -> None:
    with acting_as(district.acting("officer")):
        officer = Officer.objects.get(name="大东门主席")
        actions.edit_officer(person=officer, phone=PHONE)
    client = as_persona("dunren")
    path = f"officers/{officer.pk}/phone/"
    assert "139****1111" in page(client, of(district, "大东门社区妇联"))
    assert PHONE not in page(client, path)
    assert PHONE not in client.post(HOME + path, {"reason": ""}).content.decode()
    assert PHONE in client.post(HOME + path, {"reason": "换届核对"}).content.decode()
    with acting_as(district.acting("auditor")):
        [entry] = Entry.objects.filter(verb="people.reveal")
    assert (entry.subject, entry.summary["reason"]) == (f"officer:{officer.pk}", "换届核对")


def test_only_the_district_merges_places(as_persona: AsPersona, district: District) -> None:
    form = {"old": DADONGMEN, "into": QIANLONGJIE, "on": clock.today().isoformat()}
    assert as_persona("dunren").post(f"{HOME}merge/", form).status_code == 404
    assert as_persona("officer").post(f"{HOME}merge/", form).status_code == 302
    with acting_as(district.acting("officer")):
        assert Division.objects.get(code=DADONGMEN).successor_code == QIANLONGJIE
        assert Unit.objects.get(place=DADONGMEN).active_to == clock.today()


def test_a_roster_comes_in_with_an_answer_sheet(as_persona: AsPersona) -> None:
    client = as_persona("dunren")
    file = SimpleUploadedFile("名册.xlsx", workbook(row(phone=PHONE), row(unit="交通社区妇联")))
    response = client.post(f"{HOME}roster/", {"file": file}, follow=True)
    text = response.content.decode()
    ((shown, _),) = response.redirect_chain
    assert "第 3 行「单位」“交通社区妇联”不在您的管理范围内" in text
    sheet = b"".join(client.get(f"{shown}file/").streaming_content)  # type: ignore[attr-defined]
    assert openpyxl.load_workbook(io.BytesIO(sheet)).worksheets[0].cell(2, 19).value == "新增"
    assert [as_persona(who).get(f"{shown}{page}").status_code for who in ("chongyi", "chair") for page in ("", "file/")] == [
        404, 404, 404, 404,
    ]  # fmt: skip
    assert shown in client.get(f"{HOME}roster/").content.decode()


def test_a_long_roster_is_worked_off_in_the_background_and_its_page_tells(
    as_persona: AsPersona, district: District, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.NIANGJIA_UPLOADS = tmp_path
    monkeypatch.setitem(KINDS._items, table.IMPORT, replace(KINDS.get(table.IMPORT), at_once=1))
    client = as_persona("dunren")
    file = SimpleUploadedFile("名册.xlsx", workbook(row(phone=PHONE), row(name="李某某")))
    ((shown, _),) = client.post(f"{HOME}roster/", {"file": file}, follow=True).redirect_chain
    waiting = client.get(shown, headers={"HX-Request": "true"}).content.decode()
    assert ("排队中" in waiting, "0 / 2" in waiting or "0/2" in waiting, "<html" in waiting) == (True, True, False)
    by = district.acting("dunren")
    with acting_as(by):
        assert Officer.objects.filter(name__in=["张某某", "李某某"]).count() == 0
        kept = Transfer.objects.get()
    monkeypatch.setattr(transfers, "beside", lambda by: nullcontext(Mock()))  # the test is one transaction
    tasks.run.now(by=by, transfer_id=kept.pk)
    tasks.run.now(by=by, transfer_id=kept.pk)  # twice does no harm
    over = client.get(shown).content.decode()
    assert ("共 2 行，没有错误" in over, "hx-trigger" in over) == (True, False)
    with acting_as(by):
        assert Officer.objects.filter(name__in=["张某某", "李某某"]).count() == 2


def test_a_file_that_is_no_workbook_is_refused_with_the_remedy(as_persona: AsPersona) -> None:
    file = SimpleUploadedFile("名册.xlsx", "单位,职务".encode())
    response = as_persona("dunren").post(f"{HOME}roster/", {"file": file})
    assert (response.status_code, "这是文本或 CSV 文件，不是 .xlsx" in response.content.decode()) == (422, True)


def test_whole_phones_go_out_only_with_a_reason(as_persona: AsPersona) -> None:
    client = as_persona("dunren")
    assert client.post(f"{HOME}roster/export/", {"full": "on"}).status_code == 422
    sent = client.post(f"{HOME}roster/export/", {"full": "on", "reason": "换届核对"})
    assert sent.status_code == 200
    assert client.get(f"{HOME}roster/export/").status_code == 405
