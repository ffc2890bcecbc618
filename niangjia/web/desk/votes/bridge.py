"""Between a round of honours and its public vote: which entries may stand in it, and what the vote says to the jury.

Only entries that wait for the ruling and agreed to publish name and story stand, never one with a minor in it. Pictures do not go
along: what is in an open vote cannot change, and a consent to a picture can be taken back on its own.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TypedDict

from niangjia.access.acting import Acting
from niangjia.core import subject as subjects
from niangjia.core.refused import Refused
from niangjia.org import queries as org
from niangjia.people import queries as people
from niangjia.people.kinds import Purpose
from niangjia.programmes import registry
from niangjia.programmes.definition import Version
from niangjia.programmes.models import Case, Round
from niangjia.voting import actions, queries
from niangjia.voting.kinds import PollState
from niangjia.voting.models import Choice, Poll

DECIDE = "approve"
NAMED = frozenset({Purpose.PUBLISH, Purpose.STORY})
COUNTED = (PollState.COUNTED, PollState.PUBLISHED)


def may_vote(round_: Round) -> bool:
    """Whether a public vote may be held on the entries of a round, by its definition."""
    return registry.version(round_.programme, round_.version).parameters.get("may_vote") is True


def votable(pk: int) -> Round:
    """The round a vote is made for. Raises Refused where none may be held, or one is under way."""
    round_ = Round.objects.filter(pk=pk).first()
    if round_ is None:
        raise Refused("没有这个批次。")
    if not may_vote(round_):
        raise Refused(f"“{round_.title}”不办公众投票，请由评委评审。")
    if Poll.objects.filter(subject=f"round:{pk}", state__in=[PollState.DRAFT, PollState.OPEN]).exists():
        raise Refused(f"“{round_.title}”已有一项投票在办，请在“公众投票”里接着办。")
    return round_


def round_of(subject: str) -> Round | None:
    """The round a vote or a jury is about."""
    return Round.objects.filter(pk=subjects.id_of(subject)).first() if subject.startswith("round:") else None


class Told(TypedDict):
    label: str
    group: str
    text: str


def told(case: Case, version: Version) -> Told:
    """What voters and jurors read of an entry."""
    texts = [str(case.answers[key]) for key in ("motto", "deeds", "story") if case.answers.get(key)]
    return {
        "label": f"{case.name}（{org.place_name(case.place)}）"[:60],
        "group": version.category_label(case.category),
        "text": "\n\n".join(texts),
    }


def agreed(case: Case) -> frozenset[str]:
    """What stands of the consents of a case."""
    return frozenset(
        people.consents_about(f"case:{case.pk}").filter(withdrawn_at=None).values_list("purpose", flat=True)
    )


def standing(round_: Round) -> list[Case]:
    """The cases of a round that may stand in a public vote now."""
    states = registry.version(round_.programme, round_.version).workflow.before(DECIDE)
    waiting = Case.objects.filter(round=round_, state__in=states).order_by("place", "id")
    return [case for case in waiting if case.answers.get("has_minor") != "yes" and agreed(case) >= NAMED]


def bring_in(poll: Poll, by: Acting) -> int:
    """Put every entry that may stand into the poll; how many were new. What left the poll stays out."""
    round_ = round_of(poll.subject)
    if round_ is None:
        raise Refused("这项投票没有对应的批次，请逐个添加。")
    if not may_vote(round_):
        raise Refused(f"“{round_.title}”不办公众投票，请由评委评审。")
    version = registry.version(round_.programme, round_.version)
    known = set(Choice.objects.filter(poll=poll).values_list("subject", flat=True))
    added = 0
    for case in standing(round_):
        about = f"case:{case.pk}"
        if about in known:
            continue
        actions.add_choice(
            poll_id=poll.pk,
            **told(case, version),
            subject=about,
            by=by,
        )
        added += 1
    return added


def latest(subject: str) -> Poll | None:
    """The newest poll on a subject, if there is one."""
    return queries.polls().filter(subject=subject).first() if subject else None


def shares(subject: str) -> dict[str, Decimal]:
    """What the vote on a subject says, by entry: its share of the best in its group, 0 to 1. Empty before it is counted."""
    poll = latest(subject)
    if poll is None or poll.state not in COUNTED:
        return {}
    return {one.subject: one.share for one in queries.counts(poll) if one.subject and not one.withdrawn}


def is_pending(subject: str) -> bool:
    """Whether the vote on a subject is made and not counted yet."""
    poll = latest(subject)
    return poll is not None and poll.state not in COUNTED
