"""Sessions in a browser: roll call with and without script, paper back-fill, poster, calendar."""

from __future__ import annotations

import io
import json
import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdfium2 import PdfDocument

from niangjia.access.acting import acting_as
from niangjia.attendance import actions, queries
from niangjia.attendance.actions import Entrant
from niangjia.attendance.kinds import Half
from niangjia.attendance.models import Mark, Participant
from niangjia.core import clock
from niangjia.letters.sheets import write_table
from niangjia.web.desk.attendance.paper import TABLE
from tests.attendance.conftest import Room, at
from tests.factories import id_number
from tests.personas import DADONGMEN
from tests.web.conftest import Browse

OLD_NUMBER = "500102700308" + "123"  # as it was issued until 1999


def text(response: object) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))  # type: ignore[attr-defined]


def names(room: Room) -> list[str]:
    with acting_as(room.chair):
        return list(Mark.objects.filter(counts=True).order_by("id").values_list("participant__name", flat=True))


def send(client: Client, room: Room, taps: list[dict[str, object]], **more: object) -> list[dict[str, object]]:
    answer = client.post(
        f"/desk/sessions/{room.session.pk}/taps/", json.dumps({"taps": taps, **more}), content_type="application/json"
    )
    assert answer.status_code == 200, answer.content
    found: list[dict[str, object]] = answer.json()["answers"]
    return found


def test_roll_call_works_without_script(room: Room, as_persona: Browse) -> None:
    client, url = as_persona("dadongmen"), f"/desk/sessions/{room.session.pk}/tap/"
    woman = room.women["王小红"].pk
    page = client.get(url)
    assert "0 / 4 人已签" in text(page)
    pressed = client.post(url, {"half": "AM", "tap": woman}, follow=True)
    assert pressed.redirect_chain == [(f"{url}?half=AM#w{woman}", 302)]
    assert "1 / 4 人已签" in text(pressed)
    with acting_as(room.chair):
        mark = Mark.objects.get()
    undone = client.post(url, {"half": "AM", "undo": mark.pk}, follow=True)
    assert "0 / 4 人已签" in text(undone)
    found = client.get(url, {"half": "PM", "q": "wxh"})
    assert re.findall(r'data-find="(\S+) ', found.content.decode()) == ["王小红", "王小虹"]


def test_what_a_phone_kept_is_answered_tap_by_tap(room: Room, as_persona: Browse) -> None:
    client = as_persona("dadongmen")
    hello = client.get(f"/desk/sessions/{room.session.pk}/taps/").json()
    assert hello["account"] == room.chair.account_id
    first = {"id": str(uuid4()), "participant": room.women["张桂芳"].pk, "half": "AM", "at": "2026-11-23T01:00:00Z"}
    stranger = {"id": str(uuid4()), "participant": 10**9, "half": "AM", "at": "2026-11-23T01:00:01Z"}
    undo = {"id": str(uuid4()), "participant": room.women["张桂芳"].pk, "half": "AM", "undo": first["id"]}
    late = {"sent_at": "2026-11-23T01:00:02Z"}  # the phone believes it is yesterday
    assert [one["outcome"] for one in send(client, room, [first, stranger], **late)] == ["SAVED", "NOT_ON_ROSTER"]
    assert [one["outcome"] for one in send(client, room, [first], **late)] == ["SAME"]
    page = text(client.get(f"/desk/sessions/{room.session.pk}/"))
    assert "手机时间慢" in page
    assert [one["outcome"] for one in send(client, room, [undo])] == ["UNDONE"]
    assert names(room) == []
    for body in ("", "[]", '{"taps":[{}]}', '{"taps":[{"id":"x","participant":1}]}'):
        broken = client.post(f"/desk/sessions/{room.session.pk}/taps/", body, content_type="application/json")
        assert (broken.status_code, "还在手机上" in broken.json()["message"]) == (400, True)
    assert as_persona("qianlongjie").get(f"/desk/sessions/{room.session.pk}/taps/").status_code == 404


def test_a_list_from_paper_is_entered_when_every_name_is_decided(room: Room, as_persona: Browse) -> None:
    client, url = as_persona("dadongmen"), f"/desk/sessions/{room.session.pk}/paper/"
    out = io.BytesIO()
    rows = [("章桂芳", id_number(1), ""), ("李秀英", "", ""), ("王小洪", "", "二组"), ("赵敏", OLD_NUMBER, "")]
    write_table(out, TABLE, rows)
    sheet = SimpleUploadedFile("签到表.xlsx", out.getvalue())
    proposed = client.post(url, {"half": "AM", "file": sheet})
    page = proposed.content.decode()
    shown = text(proposed)
    assert "证件号与名册上的张桂芳相同" in shown
    assert "15位旧证号已换算为18位" in shown
    assert "有2个名字要您定下来" in shown
    assert OLD_NUMBER not in page
    fields = dict(re.findall(r'name="((?:name|remark|sealed)-\d+)" value="([^"]*)"', page))
    lines = re.findall(r'name="line" value="(\d+)"', page)
    by_name = {fields[f"name-{line}"]: line for line in lines}
    chosen = {f"who-{by_name['章桂芳']}": room.women["张桂芳"].pk, f"who-{by_name['李秀英']}": room.women["李秀英"].pk}
    given = {"half": "AM", "line": lines, **fields, **chosen}
    refused = client.post(f"{url}enter/", given)
    assert (refused.status_code, "还有名字没有定下来" in text(refused), names(room)) == (422, True, [])
    given |= {f"who-{by_name['王小洪']}": room.women["王小红"].pk, f"who-{by_name['赵敏']}": "new"}
    twice = client.post(f"{url}enter/", given | {f"who-{by_name['李秀英']}": room.women["王小红"].pk})
    assert (twice.status_code, names(room)) == (422, [])
    for _ in range(2):  # the same paper again changes nothing
        assert "已补录4人" in text(client.post(f"{url}enter/", given, follow=True))
        given[f"who-{by_name['赵敏']}"] = _of(room, "赵敏").pk
    assert sorted(names(room)) == ["张桂芳", "李秀英", "王小红", "赵敏"]
    assert _of(room, "赵敏").person is not None


def _of(room: Room, name: str) -> Participant:
    with acting_as(room.chair):
        return Participant.objects.select_related("person").get(name=name)


@pytest.mark.parametrize(
    ("names", "says"),
    [("", "没有读到姓名"), ("王小红\n12345", "第2行“12345”"), ("王小红\n" * 501, "一次最多补录500人")],
)
def test_a_list_that_cannot_be_read_says_where(room: Room, as_persona: Browse, names: str, says: str) -> None:
    page = as_persona("dadongmen").post(f"/desk/sessions/{room.session.pk}/paper/", {"half": "AM", "names": names})
    assert (page.status_code, says in text(page)) == (422, True)


def test_the_session_is_closed_told_and_shown_in_the_calendar(room: Room, as_persona: Browse) -> None:
    client, base = as_persona("dadongmen"), f"/desk/sessions/{room.session.pk}/"
    assert client.post(f"{base}sheet/").content[:5] == b"%PDF-"
    assert len(PdfDocument(client.get(f"{base}poster/").content)) == 2  # a page for the morning, one for the afternoon
    room.send(room.taps("张桂芳"))
    with clock.frozen(at(17, 10)):
        client = as_persona("dadongmen")
        held = client.post(f"{base}hold/", {"headcount": "6", "households": "5"}, follow=True)
        assert "已登记为已举办" in text(held)
        month = text(client.get("/desk/sessions/", {"month": "2026-11"}))
        assert "家政服务培训班" in month
        assert "7 人次" in month
        assert "7 人次" not in text(client.get("/desk/sessions/", {"month": "2026-12"}))
        assert re.search(r"11月 1 7 1 6", text(client.get("/desk/sessions/year/", {"year": "2026"})))
    client = as_persona("dadongmen")
    with acting_as(room.chair):
        other = actions.plan_session(
            subject="class:7", unit=room.session.unit, title="第二天", starts_at=at(18), ends_at=at(19), by=room.chair
        )
    told = client.post(f"/desk/sessions/{other.pk}/cancel/", {"reason": "停电"}, follow=True)
    assert "还有4人没有告诉到" in text(told)
    women = [one.pk for one in room.women.values()]
    assert "4人告诉到了" in text(
        client.post(f"/desk/sessions/{other.pk}/tell/", {"how": "PHONE", "women": women}, follow=True)
    )
    with acting_as(room.chair):
        assert not queries.untold(other).exists()


@pytest.mark.django_db(transaction=True, databases=["default", "public"])
def test_a_calendar_program_reads_the_sessions_and_no_names(room: Room, as_persona: Browse) -> None:
    client = as_persona("dadongmen")
    page = client.post("/desk/sessions/feeds/open/").content.decode()
    address = re.search(r"/calendar/[\w-]+\.ics", page)
    assert address is not None
    anybody = Client()
    lines = anybody.get(address[0]).content.decode().split("\r\n")
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert {"SUMMARY:家政服务培训班", "DTSTART:20261124T010000Z", "LOCATION:社区活动室", "STATUS:CONFIRMED"} <= set(
        lines
    )
    assert not any(name in "".join(lines) for name in room.women)
    with acting_as(room.chair):
        feed = queries.feeds(room.session.unit_id).get()
    client.post(f"/desk/sessions/feeds/{feed.pk}/revoke/")
    assert anybody.get(address[0]).status_code == 404


def test_who_only_leads_a_session_marks_it_and_changes_nothing(room: Room, as_persona: Browse) -> None:
    with acting_as(room.chair):
        actions.mark(session_id=room.session.pk, participant_id=room.women["张桂芳"].pk, half=Half.AM, by=room.chair)
    assert as_persona("civil_affairs").get(f"/desk/sessions/{room.session.pk}/").status_code == 404
    assert "这个月没有场次" in text(as_persona("civil_affairs").get("/desk/sessions/"))


def test_a_longer_roster_asks_the_database_no_more(room: Room, as_persona: Browse) -> None:
    client, base = as_persona("dadongmen"), f"/desk/sessions/{room.session.pk}/"
    urls = ("/desk/sessions/", base, f"{base}tap/")

    def asked() -> list[int]:
        counts = []
        for url in urls:
            with CaptureQueriesContext(connection) as sent:
                assert client.get(url).status_code == 200
            counts.append(len(sent))
        return counts

    room.send(room.taps("张桂芳"))
    asked()
    before = asked()
    with acting_as(room.chair):
        actions.join_many(
            subject="class:7", entrants=[Entrant(f"甲{sign}") for sign in "乙丙丁戊己"], place=DADONGMEN, by=room.chair
        )
    room.send(room.taps(*room.women))
    assert asked() == before
    assert max(before) <= 14
