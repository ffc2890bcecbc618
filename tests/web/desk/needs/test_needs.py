"""Needs on the desk: raised at the door, danger first, in hands, answered, in the inbox."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from niangjia.access.acting import acting_as
from niangjia.needs.models import Deadline, Need
from niangjia.trail.models import Entry
from tests.personas import DADONGMEN, JIAOTONG, District

pytestmark = pytest.mark.django_db

Browse = Callable[..., Client]
FORM = {"danger": "no", "place": DADONGMEN, "kind": "STUDY", "text": "孩子缺一张书桌"}


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def raised(client: Client, query: str = "", **changes: str) -> Any:
    return client.post(f"/desk/needs/new/{query}", {**FORM, **changes})


def only(district: District) -> Need:
    with acting_as(district.acting("officer")):
        return Need.objects.select_related("unit", "department").get()


def test_a_need_is_written_at_the_door_and_found_in_the_inbox(district: District, as_persona: Browse) -> None:
    client = as_persona("dadongmen")
    assert raised(client, "?subject=case:5&next=/desk/cases/").headers["Location"] == "/desk/cases/"
    assert only(district).raised_from == "case:5"
    tasks = client.get("/desk/").context["tasks"]
    assert [(task.label, task.count) for task in tasks] == [("群众需求待分派", 1)]


def test_the_question_about_danger_has_no_answer_beforehand_and_must_be_answered(as_persona: Browse) -> None:
    client = as_persona("dadongmen")
    radios = re.findall(r'<input type="radio" name="danger"[^>]*>', client.get("/desk/needs/new/").content.decode())
    assert (len(radios), [radio for radio in radios if " checked" in radio]) == (2, [])
    assert raised(client, danger="").status_code == 422


def test_danger_leads_to_the_phone_and_leaves_no_ticket(district: District, as_persona: Browse) -> None:
    page = as_persona("dadongmen").post("/desk/needs/new/", {**FORM, "danger": "yes"}, follow=True)
    assert 'href="tel:110"' in page.content.decode()
    with acting_as(district.acting("chair")):
        assert (Need.objects.count(), Entry.objects.filter(verb="need.alarm").count()) == (0, 1)


def test_alarming_words_ask_first(district: District, as_persona: Browse) -> None:
    client = as_persona("dadongmen")
    words = {"text": "她常被打，想找工作"}
    asked = raised(client, **words)
    assert (asked.status_code, asked.context["words"]) == (422, ("被打",))
    with acting_as(district.acting("officer")):
        assert Need.objects.count() == 0
    assert raised(client, **words, checked="on").status_code == 302


def test_a_need_is_assigned_handed_over_and_answered(district: District, as_persona: Browse) -> None:
    raised(as_persona("dadongmen"))
    pk, client = only(district).pk, as_persona("dunren")
    address = f"/desk/needs/{pk}/"
    client.post(f"{address}assign/", {"unit": district.unit("敦仁街道妇联").pk, "revision": 1})
    client.post(f"{address}hand-over/", {"department": district.unit("区民政局").pk, "revision": 2})
    stale = client.post(f"{address}finish/", {"solved": "yes", "answer": "送到了", "revision": 1})
    assert "其他人已办理" in text(stale)
    client.post(f"{address}finish/", {"solved": "yes", "answer": "送到了", "revision": 3})
    page = text(client.get(address))
    assert only(district).state == "DONE"
    assert [word for word in ("孩子缺一张书桌", "送到了", "转区民政局", "已解决") if word not in page] == []


def test_lists_say_nothing_of_what_was_said(as_persona: Browse) -> None:
    client = as_persona("dadongmen")
    raised(client)
    pages = [text(client.get(f"/desk/needs/?show={show}")) for show in ("mine", "due", "open", "ended")]
    assert [("学习需求" in page, "书桌" in page) for page in pages] == [
        (True, False),
        (False, False),
        (True, False),
        (False, False),
    ]


def test_a_need_out_of_range_does_not_exist(district: District, as_persona: Browse) -> None:
    raised(as_persona("dadongmen"))
    pk, foreign = only(district).pk, as_persona("chongyi")
    pages = [foreign.get(f"/desk/needs/{pk}/{part}").status_code for part in ("", "assign/", "hand-over/", "finish/")]
    assert pages == [404, 404, 404, 404]
    assert raised(foreign, place=DADONGMEN).status_code == 422


def test_a_member_hears_and_others_handle(district: District, as_persona: Browse) -> None:
    member = as_persona("member")
    assert raised(member).status_code == 302
    assert member.get(f"/desk/needs/{only(district).pk}/finish/").status_code == 403


@pytest.mark.parametrize("address", ["?show=x", "new/?subject=x", "deadlines/X/"])
def test_what_is_not_there_is_not_found(as_persona: Browse, address: str) -> None:
    assert as_persona("officer").get(f"/desk/needs/{address}").status_code == 404


def test_deadlines_are_changed_by_the_district(district: District, as_persona: Browse) -> None:
    form = {"assign_days": 1, "done_days": 5, "valid_from": "2031-01-01"}
    assert as_persona("officer").post("/desk/needs/deadlines/LAW/", form).status_code == 302
    assert as_persona("dunren").get("/desk/needs/deadlines/").status_code == 404
    with acting_as(district.acting("officer")):
        assert Deadline.objects.get(kind="LAW", valid_from="2031-01-01").done_days == 5


def test_the_list_asks_as_often_for_three_needs_as_for_one(as_persona: Browse) -> None:
    client, asked = as_persona("jiaotong"), []
    for _ in range(3):
        raised(client, place=JIAOTONG)
        client.get("/desk/needs/?show=open")
        with CaptureQueriesContext(connection) as caught:
            client.get("/desk/needs/?show=open")
        asked.append(len(caught))
    assert asked == [asked[0]] * 3
