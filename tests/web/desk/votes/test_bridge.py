"""A round of honours and its public vote: who stands in it, who leaves, and what the vote says to the jury."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from niangjia.access.acting import acting_as, record
from niangjia.core import clock
from niangjia.jury import actions as jury
from niangjia.jury import queries as jury_queries
from niangjia.jury.kinds import PanelState
from niangjia.jury.models import Panel
from niangjia.org import queries as org
from niangjia.people.models import Consent
from niangjia.programmes.models import Case, Round
from niangjia.voting.kinds import PollState
from niangjia.voting.models import Choice, Poll
from niangjia.web.desk.jury import bridge as juries
from tests.personas import District
from tests.programmes.catalogue import way
from tests.programmes.catalogue.test_honours import CLEAN, entry
from tests.voting.conftest import make_poll
from tests.web.conftest import Browse
from tests.web.desk.votes.test_pages import FORM

pytestmark = pytest.mark.django_db


def judged(district: District, round_: Round, name: str, who: str = "dadongmen", **changes: Any) -> Case:
    case = way.handed_in(district, round_, entry(name=name, **changes), who=who)
    way.step(district, case, "dadongmen", "verify")
    way.step(district, case, "dunren", "review")
    return way.step(district, case, "officer", "screen", **CLEAN)


@pytest.fixture
def round_(district: District) -> Round:
    return way.open_round(district, "fair_family", title="2026年最美家庭")


def poll_of(district: District, as_persona: Browse, round_: Round) -> Poll:
    answer = as_persona("officer").post(f"/desk/votes/new/?round={round_.pk}", {**FORM, "min_choices": "1"})
    assert answer.status_code == 302, answer.content.decode()
    with acting_as(district.acting("officer")):
        return Poll.objects.get(subject=f"round:{round_.pk}")


def standing(district: District, poll: Poll) -> list[str]:
    with acting_as(district.acting("officer")):
        found = Choice.objects.filter(poll=poll, withdrawn_at=None).order_by("number")
        return [one.label.partition("（")[0] for one in found]


def test_who_agreed_to_name_and_story_and_has_no_minor_stands(
    district: District, as_persona: Browse, round_: Round
) -> None:
    judged(district, round_, "张桂芳")
    judged(district, round_, "李秀英", consent_publish="no")
    judged(district, round_, "王素华", consent_story="no")
    judged(district, round_, "陈玉兰", has_minor="yes", consent_minor="yes")
    taken_back = judged(district, round_, "刘淑珍")
    with acting_as(district.acting("officer")) as by:
        Consent.objects.filter(subject=f"case:{taken_back.pk}", purpose="STORY").update(withdrawn_at=clock.now())
        record(by=by, stream=f"case:{taken_back.pk}", verb="people.consent.withdraw", subject=f"case:{taken_back.pk}",
               place=taken_back.place, summary={"purpose": "STORY"})  # fmt: skip
    way.handed_in(district, round_, entry(name="赵春梅"))
    poll = poll_of(district, as_persona, round_)
    assert standing(district, poll) == ["张桂芳"]


def test_who_comes_later_is_brought_in_once(district: District, as_persona: Browse, round_: Round) -> None:
    judged(district, round_, "张桂芳")
    poll = poll_of(district, as_persona, round_)
    judged(district, round_, "李秀英")
    officer = as_persona("officer")
    for _ in range(2):
        officer.post(f"/desk/votes/{poll.pk}/entries/")
    assert standing(district, poll) == ["张桂芳", "李秀英"]


def test_an_entry_taken_back_leaves_the_vote_and_is_not_brought_in_again(
    district: District, as_persona: Browse, round_: Round
) -> None:
    judged(district, round_, "张桂芳")
    gone = judged(district, round_, "李秀英")
    poll = poll_of(district, as_persona, round_)
    way.step(district, gone, "dadongmen", "withdraw_for", reason="HER_WISH")
    as_persona("officer").post(f"/desk/votes/{poll.pk}/entries/")
    assert standing(district, poll) == ["张桂芳"]


@pytest.mark.parametrize(("purpose", "left"), [("PUBLISH", []), ("STORY", []), ("PHOTO", ["张桂芳"])])
def test_who_no_longer_agrees_leaves_the_vote_at_once(
    district: District, as_persona: Browse, round_: Round, purpose: str, left: list[str]
) -> None:
    case = judged(district, round_, "张桂芳", who="resident", consent_photo="yes")
    poll = poll_of(district, as_persona, round_)
    with acting_as(district.resident("13800138000")):
        consent = Consent.objects.get(subject=f"case:{case.pk}", purpose=purpose)
    as_persona("resident").post(f"/my/{case.pk}/data/{consent.pk}/withdraw/")
    assert standing(district, poll) == left
    with acting_as(district.acting("officer")):
        labels = list(Choice.objects.filter(poll=poll).values_list("label", flat=True))
    assert ("张桂芳" in str(labels)) is bool(left)


def test_a_line_with_children_in_it_has_no_vote(district: District, as_persona: Browse) -> None:
    round_ = way.open_round(district, "fair_mother")
    officer = as_persona("officer")
    answer = officer.post(f"/desk/votes/new/?round={round_.pk}", FORM, follow=True)
    assert "不办公众投票，请由评委评审" in answer.content.decode()
    with acting_as(district.acting("officer")):
        assert Poll.objects.count() == 0
    assert "建立公众投票" not in officer.get(f"/desk/rounds/{round_.pk}/").content.decode()


def test_the_round_leads_to_its_vote_and_has_one_at_a_time(
    district: District, as_persona: Browse, round_: Round
) -> None:
    officer = as_persona("officer")
    assert f"/desk/votes/new/?round={round_.pk}" in officer.get(f"/desk/rounds/{round_.pk}/").content.decode()
    poll_of(district, as_persona, round_)
    answer = officer.post(f"/desk/votes/new/?round={round_.pk}", FORM, follow=True)
    assert "已有一项投票在办" in answer.content.decode()


def panel_of(district: District, subject: str, weight: int) -> Panel:
    officer = district.acting("officer")
    with acting_as(officer):
        panel = jury.make_panel(
            title="评审", unit=org.district_federation(), criteria=[("故事", 100)], subject=subject,
            vote_weight=weight, by=officer,
        )  # fmt: skip
        for number in (1, 2, 3):
            jury.add_entry(panel_id=panel.pk, subject=f"case:{number}", label=f"{number}号", by=officer)
    return panel


@pytest.mark.parametrize(
    ("weight", "state", "votes", "finals"),
    [
        (30, PollState.COUNTED, {1: Decimal("1.0000"), 2: Decimal("0.5000"), 3: None}, ["30.00", "15.00", "0.00"]),
        (20, PollState.PUBLISHED, {1: Decimal("1.0000"), 2: Decimal("0.5000"), 3: None}, ["20.00", "10.00", "0.00"]),
        (0, PollState.COUNTED, {1: None, 2: None, 3: None}, ["0.00", "0.00", "0.00"]),
        (30, PollState.CLOSED, {1: None, 2: None, 3: None}, ["0.00", "0.00", "0.00"]),
    ],
)
def test_a_counted_vote_weighs_in_with_the_weight_of_the_panel(
    district: District, weight: int, state: PollState, votes: dict[int, Decimal | None], finals: list[str]
) -> None:
    poll = make_poll(district, subject="round:1", labels=("甲", "乙"), min_choices=1)
    panel = panel_of(district, "round:1", weight)
    with acting_as(district.acting("officer")):
        Choice.objects.filter(poll=poll, number=1).update(counted=40)
        Choice.objects.filter(poll=poll, number=2).update(counted=20)
        moment = clock.now() - dt.timedelta(hours=1)
        Poll.objects.filter(pk=poll.pk).update(state=state, closed_at=moment, counted_at=moment)
        Panel.objects.filter(pk=panel.pk).update(state=PanelState.CLOSED)
        noted(district, poll, panel)
        panel.refresh_from_db()
        found = jury_queries.ranking(panel, juries.votes_for(panel))
        assert {int(one.entry.subject[5:]): one.vote for one in found} == votes
        assert [str(one.final) for one in found] == finals
        assert juries.awaits_vote(panel) is (weight > 0 and state == PollState.CLOSED)


def noted(district: District, poll: Poll, panel: Panel) -> None:
    """The rows above were set without the acts that set them; the trail is told that a test did."""
    for subject in (f"poll:{poll.pk}", f"panel:{panel.pk}"):
        record(
            by=district.acting("officer"),
            stream=subject,
            verb="vote.count",
            subject=subject,
            place=poll.place,
            summary={},
        )
