"""Questions many ask, and their answers: without names, written by one and published by another."""

from __future__ import annotations

from django.db import transaction

from niangjia.access.acting import Acting, record
from niangjia.access.verbs import Verb
from niangjia.core import clock, codes
from niangjia.core.refused import Refused
from niangjia.core.scanner import numbers_told
from niangjia.helpline.actions.common import clean
from niangjia.helpline.kinds import Topic
from niangjia.helpline.models import CommonAnswer
from niangjia.org import queries as org


def _names_in(text: str, place: str) -> list[str]:
    """Villages and towns of the district that a text names: where somebody lives tells who she is."""
    names = set().union(*org.names_within(place).values()) - {org.place_name(place)}
    return sorted(name for name in names if len(name) > 2 and name in text)


def _scan(question: str, answer: str, place: str) -> None:
    text = f"{question}\n{answer}"
    if told := numbers_told(text):
        raise Refused(f"内容里有{told}，请删去。", {"answer": "请删去号码。"})
    if names := _names_in(text, place):
        raise Refused(f"内容里有地名“{'”“'.join(names[:3])}”，可能让人认出是谁，请删去。", {"answer": "请删去地名。"})


@transaction.atomic
def write_answer(
    *, topic: Topic, question: str, answer: str, by: Acting, place: str, answer_id: int | None = None
) -> CommonAnswer:
    """Write down a question many ask, without names. What is published is not changed: take it back first."""
    by.require(Verb.HELPLINE_HANDLE)
    home = codes.district_of(place)
    asked = clean(question, "question", needed=True, longest=80)
    said = clean(answer, "answer", needed=True, longest=2000)
    _scan(asked, said, home)
    row = CommonAnswer.objects.select_for_update().get(pk=answer_id) if answer_id else CommonAnswer(place=home)
    if row.is_public:
        raise Refused("已经公开的先撤下，改好再公开。")
    row.topic, row.question, row.answer = topic, asked, said
    row.written_at, row.written_by, row.written_by_account = clock.now(), by.signature, by.account_id
    row.published_at, row.published_by, row.withdrawn_at = None, "", None
    row.save()
    record(by=by, stream=f"common_answer:{row.pk}", verb="helpline.answer.write", place=home)
    return row


@transaction.atomic
def publish_answer(*, answer_id: int, by: Acting) -> CommonAnswer:
    """A second person has read it and publishes it."""
    by.require(Verb.HELPLINE_SUPERVISE)
    row = CommonAnswer.objects.select_for_update().get(pk=answer_id)
    if row.published_at is not None:
        raise Refused("已经公开过。")
    if row.written_by_account == by.account_id:
        raise Refused("写的人不能自己公开，请另一位同事看过再公开。")
    _scan(row.question, row.answer, row.place)
    row.published_at, row.published_by = clock.now(), by.signature
    row.save(update_fields=["published_at", "published_by"])
    record(by=by, stream=f"common_answer:{row.pk}", verb="helpline.answer.publish", place=row.place)
    return row


@transaction.atomic
def withdraw_answer(*, answer_id: int, by: Acting) -> CommonAnswer:
    """Take it off the public page; then it can be put right and published again."""
    by.require(Verb.HELPLINE_SUPERVISE)
    row = CommonAnswer.objects.select_for_update().get(pk=answer_id)
    if not row.is_public:
        raise Refused("没有公开，不用撤下。")
    row.withdrawn_at = clock.now()
    row.save(update_fields=["withdrawn_at"])
    record(by=by, stream=f"common_answer:{row.pk}", verb="helpline.answer.withdraw", place=row.place)
    return row
