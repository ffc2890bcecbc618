"""The votes room of the desk: making, opening, watching, judging, publishing."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from niangjia.access.acting import acting_as
from niangjia.core import clock
from niangjia.letters.sheets import read_table, write_table
from niangjia.trail.models import Entry
from niangjia.voting import queries
from niangjia.voting.kinds import PollState, Rule
from niangjia.voting.models import Choice, NumberSegment, Poll, Threshold
from niangjia.web.desk.votes import tables
from tests.personas import District
from tests.voting.conftest import CLOSES, make_poll, vote
from tests.web.conftest import Browse

pytestmark = pytest.mark.django_db
FORM = {
    "title": "最美家庭投票", "rules_text": "每天一票。", "opens_at": "2026-12-01T06:00", "closes_at": "2026-12-07T22:00",
    "from_hour": "6", "to_hour": "23", "min_choices": "3", "max_choices": "10", "cadence": "DAY", "by_phone": "on",
    "hide_totals": "on", "weight": "30", "grace_seconds": "10",
}  # fmt: skip


@pytest.fixture(autouse=True)
def uploads(settings: Any, tmp_path: Any) -> None:
    settings.NIANGJIA_UPLOADS = tmp_path


def of(district: District, pk: int) -> Poll:
    with acting_as(district.acting("officer")):
        return Poll.objects.get(pk=pk)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "JPEG")
    return out.getvalue()


def test_an_officer_makes_a_poll_with_pictures_and_the_chair_opens_it(district: District, as_persona: Browse) -> None:
    officer, chair = as_persona("officer"), as_persona("chair")
    made = officer.post("/desk/votes/new/", FORM)
    path = made["Location"]
    pk = int(path.split("/")[3])
    for label in ("甲家", "乙家", "丙家"):
        picture = SimpleUploadedFile("a.jpg", photo())
        answer = officer.post(f"{path}choices/", {"label": label, "picture": picture})
        assert answer.status_code == 302, text(answer)
    assert "开启投票" not in text(officer.get(path))
    assert "开启投票" in text(chair.get(path))
    chair.post(f"{path}step/", {"step": "open"})
    with acting_as(district.acting("officer")):
        pictures = [bool(one.picture) for one in Choice.objects.filter(poll_id=pk)]
    assert (of(district, pk).state, pictures) == (PollState.OPEN, [True, True, True])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"weight": "31"}, "30"),
        ({"closes_at": "2026-11-01T22:00"}, "截止时间应晚于开始时间"),
        ({"by_phone": ""}, "至少选一种"),
        ({"title": ""}, "必填"),
    ],
)
def test_a_poll_that_makes_no_sense_is_told_so(
    district: District, as_persona: Browse, changes: dict[str, str], message: str
) -> None:
    given = {key: value for key, value in {**FORM, **changes}.items() if value or key != "by_phone"}
    answer = as_persona("officer").post("/desk/votes/new/", given)
    assert (answer.status_code, message in text(answer)) == (422, True)


def test_a_minors_entry_and_a_file_that_is_no_picture_are_refused(district: District, as_persona: Browse) -> None:
    poll = make_poll(district, opened=False, labels=())
    officer = as_persona("officer")
    minor = officer.post(f"/desk/votes/{poll.pk}/choices/", {"label": "小作者", "minor": "on"})
    no_picture = officer.post(
        f"/desk/votes/{poll.pk}/choices/", {"label": "甲家", "picture": SimpleUploadedFile("a.jpg", b"x" * 40)}
    )
    assert (minor.status_code, "未成年人的作品和事迹不参加公众投票" in text(minor)) == (422, True)
    assert no_picture.status_code == 422
    with acting_as(district.acting("officer")):
        assert Choice.objects.count() == 0


@pytest.mark.parametrize(("who", "status"), [("officer", 200), ("chair", 200), ("dunren", 403), ("finance", 403)])
def test_only_those_who_run_votes_come_in(district: District, as_persona: Browse, who: str, status: int) -> None:
    assert as_persona(who).get("/desk/votes/").status_code == status


def test_who_leads_is_not_to_be_seen_while_totals_are_hidden(district: District, as_persona: Browse) -> None:
    poll = make_poll(district)
    vote(poll, "13800138000")
    shown = text(as_persona("officer").get(f"/desk/votes/{poll.pk}/"))
    assert ("折算得分" in shown, "选票走势" in shown) == (False, True)


def test_an_entry_leaves_with_a_reason(district: District, as_persona: Browse) -> None:
    poll = make_poll(district)
    with acting_as(district.acting("officer")):
        choice = Choice.objects.get(poll=poll, number=2)
    officer = as_persona("officer")
    path = f"/desk/votes/{poll.pk}/choices/{choice.pk}/withdraw/"
    assert officer.post(path, {"reason": ""}).status_code == 422
    officer.post(path, {"reason": "本人申请"})
    assert "已退出：本人申请" in text(officer.get(f"/desk/votes/{poll.pk}/"))


def test_paper_codes_are_printed_once_and_as_excel(district: District, as_persona: Browse) -> None:
    poll = make_poll(district, by_token=True)
    officer = as_persona("officer")
    given = {"count": "3", "note": "大东门社区", "expires_at": "2026-11-26T22:00"}
    printed = re.findall(
        r'class="mono">([A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4})<',
        text(officer.post(f"/desk/votes/{poll.pk}/tokens/", given)),
    )
    book = officer.post(f"/desk/votes/{poll.pk}/tokens/", {**given, "as": "xlsx"})
    rows = list(read_table(book.content, tables.TOKENS))
    shown = text(officer.get(f"/desk/votes/{poll.pk}/tokens/"))
    assert (len(set(printed)), len(rows), "第2批" in shown, printed[0] in shown) == (3, 3, True, False)


def test_ballots_are_set_aside_by_two_people_on_the_page_of_the_report(district: District, as_persona: Browse) -> None:
    poll = make_poll(district)
    for n in range(6):
        vote(poll, f"1380013800{n}", device="one")
    officer, chair = as_persona("officer"), as_persona("chair")
    path = f"/desk/votes/{poll.pk}/report/"
    page = text(officer.get(path))
    rule, key = (re.search(rf'name="{name}" value="([^"]+)"', page)[1] for name in ("rule", "key"))  # type: ignore[index]
    proposal = {"what": "aside", "rule": rule, "key": key, "finding": "同一设备"}
    assert officer.post(f"{path}propose/", {**proposal, "reason": ""}).status_code == 422
    officer.post(f"{path}propose/", {**proposal, "reason": "同一设备六票"})
    with acting_as(district.acting("officer")):
        (decision,) = queries.decisions(poll)
    officer.post(f"{path}decide/", {"decision": decision.pk, "answer": "confirm"})
    still = text(officer.get(path))
    chair.post(f"{path}decide/", {"decision": decision.pk, "answer": "confirm"})
    with acting_as(district.acting("officer")):
        health = queries.health(poll)
    assert ("等另一人复核" in still, health.ballots, health.set_aside) == (True, 6, 6)


def test_the_count_is_published_and_exported(district: District, as_persona: Browse) -> None:
    poll = make_poll(district)
    vote(poll, "13800138000", 1, 2, 3)
    officer, chair = as_persona("officer"), as_persona("chair")
    path = f"/desk/votes/{poll.pk}/"
    with clock.frozen(CLOSES + dt.timedelta(minutes=5)):
        for client, step in ((officer, "close"), (officer, "count"), (chair, "publish")):
            client.post(f"{path}step/", {"step": step})
    book = officer.post(f"{path}export/")
    rows = list(read_table(book.content, tables.TOTALS))
    assert [row.values["counted"] for row in rows] == ["1", "1", "1", "0", "0"]
    with acting_as(district.acting("officer")):
        assert Poll.objects.get(pk=poll.pk).state == PollState.PUBLISHED
        assert Entry.objects.filter(verb="vote.export").count() == 1


def test_totals_are_not_exported_before_they_may_be_seen(district: District, as_persona: Browse) -> None:
    poll = make_poll(district)
    answer = as_persona("officer").post(f"/desk/votes/{poll.pk}/export/", follow=True)
    assert "截止前不显示票数" in text(answer)


def test_thresholds_are_changed_on_the_page(district: District, as_persona: Browse) -> None:
    officer = as_persona("officer")
    officer.post(
        "/desk/votes/thresholds/", {"rule": "NIGHT", "value": "15", "least": "40", "from_hour": "22", "to_hour": "5"}
    )
    wrong = officer.post("/desk/votes/thresholds/", {"rule": "BURST", "value": "-1", "least": "1"})
    with acting_as(district.acting("officer")):
        night = Threshold.objects.get(rule=Rule.NIGHT)
        assert (night.value, night.least, night.from_hour, night.to_hour, wrong.status_code) == (15, 40, 22, 5, 422)


def segments(*rows: tuple[str, str, str]) -> SimpleUploadedFile:
    out = io.BytesIO()
    write_table(out, tables.SEGMENTS, rows)
    return SimpleUploadedFile("号段.xlsx", out.getvalue())


def test_segments_come_in_from_excel_all_or_none(district: District, as_persona: Browse) -> None:
    officer = as_persona("officer")
    bad = officer.post(
        "/desk/votes/segments/", {"file": segments(("1380013", "重庆", "是"), ("138", "重庆", "是"))}, follow=True
    )
    assert "第 3 行「号段」不是手机号的前7位" in text(bad)
    officer.post("/desk/votes/segments/", {"file": segments(("1380013", "重庆", "是"), ("1590015", "贵州", "否"))})
    officer.post("/desk/votes/segments/", {"file": segments(("1590015", "四川", "否"))})
    with acting_as(district.acting("officer")):
        assert list(NumberSegment.objects.order_by("prefix").values_list("prefix", "area", "local")) == [
            ("1380013", "重庆", True),
            ("1590015", "四川", False),
        ]


def test_the_report_and_the_list_cost_the_same_with_one_poll_and_with_three(
    district: District, as_persona: Browse
) -> None:
    officer = as_persona("officer")
    costs = []
    for count in (1, 2):
        for n in range(count):
            poll = make_poll(district, title=f"投票{count}{n}")
            for m in range(count * 6):
                vote(poll, f"138001380{m:02d}", device="one")
        officer.get("/desk/votes/")
        with CaptureQueriesContext(connection) as sent:
            officer.get("/desk/votes/")
            officer.get(f"/desk/votes/{poll.pk}/report/")
            officer.get(f"/desk/votes/{poll.pk}/")
        costs.append(len(sent))
    assert costs[0] == costs[1]


def test_a_step_nobody_knows_and_a_poll_out_of_sight_are_not_found(district: District, as_persona: Browse) -> None:
    poll = make_poll(district)
    officer = as_persona("officer")
    assert officer.post(f"/desk/votes/{poll.pk}/step/", {"step": "delete"}).status_code == 404
    assert officer.get(f"/desk/votes/{poll.pk + 1}/").status_code == 404


def test_what_cannot_be_done_now_is_said(district: District, as_persona: Browse) -> None:
    poll = make_poll(district)
    answer = as_persona("officer").post(f"/desk/votes/{poll.pk}/step/", {"step": "count"}, follow=True)
    assert "投票截止后才能计票" in text(answer)
