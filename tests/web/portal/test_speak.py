"""What a woman meets who speaks to the line from her phone, without signing in."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from niangjia.access.acting import acting_as
from niangjia.helpline import actions
from niangjia.helpline.kinds import Kind, Risk, State, Topic
from niangjia.helpline.models import Matter
from tests.helpline.stage import BEATEN, find, on_duty
from tests.personas import DADONGMEN, FULING, District

pytestmark = pytest.mark.django_db(databases=["default", "public"])


@pytest.fixture
def line(district: District) -> District:
    cache.clear()
    on_duty(district)
    return district


def written(**changes: Any) -> dict[str, Any]:
    return {
        "token": str(uuid.uuid4()), "danger": "no", "kind": "CONSULT", "topic": "CUSTODY", "role": "SELF", "facts": "抚养费怎么算😊",
        "place": DADONGMEN, "sealed": "", "sure": "", **changes,
    }  # fmt: skip


def code_on(page: str) -> str:
    found = re.search(r">([a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4})<", page)
    assert found is not None
    return found[1]


def text(response: Any) -> str:
    return response.content.decode() if isinstance(response.content, bytes) else ""


def test_she_writes_reads_the_answer_on_another_phone_and_writes_back(line: District) -> None:
    sent = Client().post("/speak/write/", written())
    code = code_on(text(sent))
    with acting_as(line.acting("officer")) as officer:
        matter = Matter.objects.get()
        actions.triage(
            matter_id=matter.pk, risk=Risk.LOW, topic=Topic.CUSTODY, kind=Kind.CONSULT, place=matter.place, by=officer
        )  # fmt: skip
        actions.advise(matter_id=matter.pk, text="一般按收入的两到三成。", by=officer)
    other, token = Client(), str(uuid.uuid4())
    answer = text(other.post("/speak/answer/", {"code": code.upper()}))
    assert ("一般按收入的两到三成。" in answer, "抚养费怎么算" in answer, "<title>查询</title>" in answer) == (
        True,
        False,
        True,
    )
    for path, given, said in (
        ("say/", {"text": "他没有工作呢", "token": token}, "已补充，办理的人会看到。"),
        ("say/", {"text": "他没有工作呢", "token": token}, "已补充，办理的人会看到。"),
        ("rate/", {"points": "4"}, "谢谢您的评价。"),
        ("rate/", {"points": "9"}, "请选1到5分。"),
        ("say/", {"text": " "}, "请填写。"),
    ):
        assert said in text(other.post(f"/speak/answer/{path}", {"code": code, **given}))
    with acting_as(line.acting("officer")):
        assert [one.text.reveal() for one in matter.messages.filter(from_her=True)] == ["他没有工作呢"]


def test_a_wrong_code_and_one_that_is_none_are_answered_alike_and_not_too_often(line: District) -> None:
    client = Client()
    pages = [text(client.post("/speak/answer/", {"code": code})) for code in ("abcd-efgh-jkmn", "x", "'; --")]
    assert [actions.NO_SUCH in page for page in pages] == [True, True, True]
    answers = [
        client.post("/speak/answer/say/", {"code": "abcd-efgh-jkmn", "text": "x"}).status_code for _ in range(22)
    ]
    assert (answers[0], answers[-1]) == (422, 429)


def test_in_danger_she_is_told_whom_to_call_before_and_after_and_may_send_it_all_the_same(line: District) -> None:
    client, form = Client(), written(danger="yes", topic="VIOLENCE", facts=BEATEN)
    before = client.post("/speak/write/", form)
    assert (before.status_code, "tel:110" in text(before), "仍然发送" in text(before)) == (422, True, True)
    after = text(client.post("/speak/write/", {**form, "sure": "1"}))
    assert ("已经通知值班的人" in after, "tel:110" in after) == (True, True)
    with acting_as(line.acting("officer")):
        assert (Matter.objects.get().risk, Matter.objects.get().state) == (Risk.EMERGENCY, State.RECEIVED)


def test_many_from_one_source_are_held_and_then_stopped_kindly_but_danger_never_is(line: District) -> None:
    phones = [Client() for _ in range(14)]
    for number, phone in enumerate(phones):
        phone.post("/speak/write/", written(facts=f"第{number}个问题"))
    with acting_as(line.acting("officer")):
        assert Matter.objects.filter(state=State.HELD).count() == 2
    cache.clear()
    one = Client()
    one.cookies["csrftoken"] = "x" * 32
    codes = [one.post("/speak/write/", written(facts=f"又一个{number}")).status_code for number in range(8)]
    assert codes == [200] * 6 + [429] * 2
    slow = one.post("/speak/write/", written())
    assert ("请稍等一会儿" in text(slow), "tel:12338" in text(slow)) == (True, True)
    urgent = one.post("/speak/write/", written(danger="yes", facts=BEATEN, sure="1"))
    assert urgent.status_code == 200


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"facts": " "}, "请写一两句情况。"), ({"facts": "字" * 4001}, "最多4000字"), ({"topic": ""}, "请选择，不清楚就选“其他”。"),
        ({"danger": ""}, "请先选有没有危险。"), ({"sealed": "{}", "facts": ""}, "加密的内容不完整，没有收到"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_at_its_field_and_nothing_is_kept(
    line: District, changes: dict[str, str], said: str
) -> None:
    page = Client().post("/speak/write/", written(**changes))
    with acting_as(line.acting("officer")):
        assert (page.status_code, said in text(page), Matter.objects.count()) == (422, True, 0)


def test_without_a_roster_the_page_says_whom_to_call_and_common_answers_are_read_by_anybody(district: District) -> None:
    cache.clear()
    assert "网上来件还没有开通" in text(Client().get("/speak/"))
    with acting_as(district.acting("officer")) as officer:
        made = actions.write_answer(
            topic=Topic.LAW, question="怎么立案？", answer="带身份证去法院。", by=officer, place=FULING
        )
    with acting_as(district.acting("vice")) as vice:
        actions.publish_answer(answer_id=made.pk, by=vice)
    page = Client().get("/speak/common/")
    assert (page.status_code, page["Cache-Control"]) == (200, "no-store, private")


def test_nothing_of_what_she_wrote_stands_in_the_address_or_the_session(line: District) -> None:
    client = Client()
    client.post("/speak/write/", written())
    assert dict(client.session) == {}
    assert find(line, actions.Received("L2026-00001", "", False)).received_by_account == 0
