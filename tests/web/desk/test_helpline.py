"""The line at the desk, page by page."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

import pytest
from django.core.cache import cache

from niangjia.access.acting import acting_as
from niangjia.core import clock
from niangjia.helpline import actions, queries
from niangjia.helpline.kinds import Kind, ReferralKind, Topic
from niangjia.helpline.models import Key, Matter
from niangjia.trail.models import Entry as Trail
from niangjia.web.desk.helpline.acts import ACTS
from tests.helpline.stage import BEATEN, find, on_duty, sent, triaged
from tests.personas import FULING, District
from tests.web.conftest import Browse

pytestmark = pytest.mark.django_db(databases=["default", "public"])


@pytest.fixture
def line(district: District) -> District:
    cache.clear()
    on_duty(district)
    return district


def text(response: Any) -> str:
    return str(response.content.decode())


def test_she_is_written_down_while_she_talks_and_the_code_is_read_out(line: District, as_persona: Browse) -> None:
    page = as_persona("dunren").post(
        "/desk/helpline/new/",
        {"token": str(uuid.uuid4()), "danger": "yes", "way": "VISIT", "kind": "REPORT", "topic": "VIOLENCE", "role": "SELF", "facts": BEATEN},
    )  # fmt: skip
    assert ("请把答复码念给她" in text(page), "tel:110" in text(page)) == (True, True)
    desk = text(as_persona("officer").get("/desk/helpline/"))
    assert ("有紧急来件" in desk, "L2026-00001" in desk, "打我" in desk) == (True, True, False)
    assert "L2026-00001" not in text(as_persona("dunren").get("/desk/helpline/"))
    inbox = [text(as_persona(who).get("/desk/")) for who in ("officer", "chair", "dunren")]
    assert ["紧急来件" in page for page in inbox] == [True, False, False]


def test_a_matter_is_found_by_its_number_alone_and_opening_it_stands_in_the_trail(
    line: District, as_persona: Browse
) -> None:
    received, officer = sent(facts=BEATEN), as_persona("officer")
    pk = find(line, received).pk
    assert officer.get("/desk/helpline/", {"number": received.number}).status_code == 302
    assert "来件只按编号查找" in text(officer.get("/desk/helpline/", {"number": "陈小雨"}))
    page = text(officer.get(f"/desk/helpline/{pk}/"))
    assert ("昨晚又动手了" in page, f"<title>{received.number}</title>" in page) == (True, True)
    assert as_persona("chair").get(f"/desk/helpline/{pk}/").status_code == 404
    with acting_as(line.acting("officer")):
        assert Trail.objects.filter(verb="helpline.open", subject=f"matter:{received.number}").count() == 1


def test_every_act_of_a_matter_has_its_page_and_a_whole_way_is_walked_on_them(
    line: District, as_persona: Browse
) -> None:
    received, officer = sent(kind=Kind.REPORT, topic=Topic.LAND), as_persona("officer")
    pk = find(line, received).pk
    base = f"/desk/helpline/{pk}/"
    department = line.unit("区民政局").pk
    way: list[tuple[str, dict[str, Any]]] = [
        ("triage", {"risk": "LOW", "topic": "LAND", "kind": "REPORT", "place": FULING}), ("accept", {}), ("begin", {"note": ""}),
        ("refer", {"kind": "REFER", "department": department, "letter": "请核实承包地", "online": "on"}),
        ("extend", {"reason": "要核实台账"}), ("note", {"title": "到村里看过", "note": "属实"}),
        ("mediate", {"asked_by": "OFFERED", "both_willing": "on", "parties": "她和村委会", "mediators": "李调解", "dispute": "土地"}),
        ("end-mediation", {"result": "FAILED", "sessions": "1", "record_text": "没有谈拢"}), ("reply", {"text": "已补分"}),
        ("follow-up", {"safe": "yes", "note": ""}), ("close", {"why": "HANDED_OVER", "note": ""}), ("reopen", {"reason": "又有新情况"}),
        ("assign", {"to": f"{line.unit('涪陵区妇联').pk}-{line.acting('chair').account_id}"}),
    ]  # fmt: skip
    assert set(ACTS) - {key for key, _ in way} == {"advise", "complete-mediation"}
    for key, data in way:
        page = officer.get(f"{base}{key}/")
        assert (key, page.status_code) == (key, 200)
        with acting_as(line.acting("officer")):
            revision = Matter.objects.get(pk=pk).revision
        answer = officer.post(f"{base}{key}/", {**data, "revision": revision})
        assert (key, answer.status_code, text(answer)[:0]) == (key, 302, "")
    late = officer.post(f"{base}note/", {"title": "", "note": ""})
    assert late.status_code == 422
    stale = officer.post(f"{base}begin/", {"revision": 1, "note": ""})
    assert "页面已换成最新内容，请看过再决定" in text(stale)


def test_a_department_answers_its_letter_online_and_reads_nothing_else(line: District, as_persona: Browse) -> None:
    matter, officer = triaged(line, sent(topic=Topic.LABOUR)), line.acting("officer")
    with acting_as(officer):
        made = actions.refer(
            matter_id=matter.pk, kind=ReferralKind.REFER, department=line.unit("区民政局"), letter="请核实低保", online=True, by=officer
        )  # fmt: skip
    civil = as_persona("civil_affairs")
    assert made.number in text(civil.get("/partner/helpline/"))
    page = text(civil.get(f"/partner/helpline/{made.pk}/"))
    assert ("请核实低保" in page, "抚养费" in page, "13900139000" in page) == (True, False, False)
    civil.post(f"/partner/helpline/{made.pk}/", {"answer": "已纳入低保"})
    again = civil.post(f"/partner/helpline/{made.pk}/", {"answer": "另一个答复"})
    read = text(civil.get(f"/partner/helpline/{made.pk}/"))
    assert (again.status_code, "已纳入低保" in read, "另一个答复" in read) == (302, True, False)
    with acting_as(officer):
        assert Trail.objects.filter(verb="helpline.referral.open", subject=f"referral:{made.number}").count() == 4
    desk = as_persona("officer")
    assert "已纳入低保" in text(desk.get(f"/desk/helpline/{matter.pk}/"))
    letter = desk.get(f"/desk/helpline/{matter.pk}/letters/{made.pk}/")
    assert (letter.content[:2], letter["Content-Disposition"]) == (b"PK", f'attachment; filename="{made.number}.docx"')
    assert as_persona("health").get(f"/partner/helpline/{made.pk}/").status_code == 404


def test_the_pages_of_those_who_lead_the_line(line: District, as_persona: Browse) -> None:
    vice, officer = as_persona("vice"), as_persona("officer")
    for path in ("duty/", "duty/pass-on/", "clocks/", "key/", "answers/", "answers/new/"):
        assert (path, vice.get(f"/desk/helpline/{path}").status_code) == (path, 200)
    assert [client.get("/board/helpline/").status_code for client in (vice, officer, as_persona("dunren"))] == [
        200,
        403,
        403,
    ]
    officer.post(
        "/desk/helpline/answers/new/", {"topic": "LAW", "question": "怎么立案？", "answer": "带身份证去法院。"}
    )
    with acting_as(line.acting("officer")):
        pk = queries.common_answers().get().pk
    assert vice.post(f"/desk/helpline/answers/{pk}/publish/").status_code == 302
    assert "已公开" in text(vice.get("/desk/helpline/answers/"))
    clocks = dict.fromkeys(
        ("reply_workdays", "first_follow_up_days", "tell_days", "object_workdays", "confirm_days"), 5
    )
    given = {
        **clocks,
        "valid_from": "2099-01-01",
        "emergency_hours": 1,
        "second_follow_up_days": 20,
        "done_days": 60,
        "extension_days": 30,
        "review_days": 30,
        "review_done_days": 30,
    }
    assert vice.post("/desk/helpline/clocks/", given).status_code == 302
    assert vice.post("/desk/helpline/clocks/", {**given, "done_days": 90}).status_code == 422


def test_what_her_browser_sealed_is_handed_out_to_its_two_alone(line: District, as_persona: Browse) -> None:
    officer = as_persona("officer")
    officer.post("/desk/helpline/key/", {"public": "A" * 500, "wrapped": json.dumps({"key": "B" * 400})})
    envelope = json.dumps({"v": 1, "iv": "x", "text": "y", "keys": [{"id": 1, "key": "z"}]})
    matter = find(line, sent(facts="", envelope=envelope, topic=Topic.OTHER))
    assert (matter.secret, matter.facts) == (True, None)
    page = text(officer.get(f"/desk/helpline/{matter.pk}/"))
    assert ("在她手机上加密" in page, '"y"' in page) == (True, False)
    found = officer.post(f"/desk/helpline/{matter.pk}/unseal/").json()
    with acting_as(line.acting("officer")):
        number = str(Key.objects.get().pk)
    assert (found["envelope"]["text"], list(found["keys"])) == ("y", [number])
    assert as_persona("chair").post(f"/desk/helpline/{matter.pk}/unseal/").status_code == 404
    assert officer.post(f"/desk/helpline/{matter.pk}/reseal/", {"envelope": envelope}).status_code == 302


def test_a_leader_reads_a_quarter_and_small_cells_say_so(district: District, as_persona: Browse) -> None:
    with clock.frozen(dt.date(2026, 4, 1)):
        on_duty(district)
    with clock.frozen(dt.datetime(2026, 5, 6, 10, tzinfo=clock.CHINA)):
        for number in range(9):
            sent(facts=f"第{number}个问题", topic=Topic.MARRIAGE if number < 6 else Topic.LAND)
    page = text(as_persona("vice").get("/board/helpline/", {"quarter": "2026-04-01"}))
    assert [word in page for word in ("2026年第2季度", "少，不显示", "敦仁街道", "首次答复等了")] == [
        True,
        True,
        True,
        True,
    ]
