"""Named writes about duplicates: found, judged by a person, taken back."""

from __future__ import annotations

import json
from collections.abc import Iterable

from django.db import connection, transaction

from niangjia.access import jobs
from niangjia.access.acting import Acting, beside, record
from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.core.refused import Refused, in_words
from niangjia.linkage import queries
from niangjia.linkage.queries import Pair
from niangjia.people.kinds import RunState, Verdict
from niangjia.people.models import Duplicate, DuplicateRun, Person

LOOK_THROUGH = "linkage.look_through"
# So many new entries are compared one by one; more, and the whole register is looked through.
ONE_BY_ONE = 500
OPEN = (Verdict.PROPOSED, Verdict.LATER)


_WHY = {
    "people_duplicate_told_apart": "这两条登记（或已与其合并的登记）曾被确认不是同一人。请先在“已判定”中撤回那次判定。",
    "people_duplicate_together": "这两条登记已经合并。请先在“已判定”中撤销合并。",
    "people_duplicate_heads": "其中一条登记刚刚与别的登记合并。请刷新页面后再判定。",
}


@transaction.atomic
def propose(pairs: Iterable[Pair], *, by: Acting, how: str) -> int:
    """Enter pairs for a person to judge; returns how many were not known.

    A pair somebody judged stays judged, and what was merged or told apart is not asked again through other entries.
    """
    found = list(pairs)
    if not found:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH apart AS (
                SELECT least(x, y) AS lo, greatest(x, y) AS hi FROM (
                    SELECT coalesce(a.merged_into_id, a.id) AS x, coalesce(b.merged_into_id, b.id) AS y FROM people_duplicate d
                    JOIN people_person a ON a.id = d.one_id JOIN people_person b ON b.id = d.other_id WHERE d.state = 'DIFFERENT') t
            ), fresh AS (
                SELECT r.*, a.place AS pa, b.place AS pb, coalesce(a.merged_into_id, a.id) AS ha, coalesce(b.merged_into_id, b.id) AS hb
                FROM unnest(%s::bigint[], %s::bigint[], %s::float8[], %s::text[]) AS r (one, other, score, levels)
                JOIN people_person a ON a.id = r.one JOIN people_person b ON b.id = r.other
            )
            INSERT INTO people_duplicate AS kept (one_id, other_id, place, score, levels, state, reason, found_at, decided_by)
            SELECT one, other, CASE WHEN pa = pb THEN pa WHEN left(pa, 9) = left(pb, 9) THEN left(pa, 9) || '000'
                ELSE left(pa, 6) || '000000' END, score, levels::jsonb, 'PROPOSED', '', %s, ''
            FROM fresh WHERE left(pa, 6) = left(pb, 6) AND ha <> hb
                AND NOT EXISTS (SELECT 1 FROM apart WHERE lo = least(ha, hb) AND hi = greatest(ha, hb))
            ON CONFLICT (one_id, other_id) DO UPDATE SET score = excluded.score, levels = excluded.levels, place = excluded.place
                WHERE kept.state IN ('PROPOSED', 'LATER') AND (kept.levels <> excluded.levels OR kept.place <> excluded.place)
            RETURNING (xmax = 0)
            """,
            [
                [pair.one for pair in found],
                [pair.other for pair in found],
                [pair.score for pair in found],
                [json.dumps(pair.levels) for pair in found],
                clock.now(),
            ],
        )
        written = [bool(new) for (new,) in cursor.fetchall()]
    fresh = written.count(True)
    if not written:
        return 0
    record(
        by=by,
        stream=f"people:{by.place}",
        verb="people.duplicates",
        subject=f"place:{by.place}",
        place=by.place,
        summary={"how": how, "pairs": len(found), "new": fresh},
    )
    return fresh


@transaction.atomic
def ask(*, by: Acting) -> DuplicateRun:
    """Have all entries the post may see looked through in the background; one that runs is not begun again."""
    by.require(Verb.PERSON_MERGE)
    running = DuplicateRun.objects.filter(place=by.place, state=RunState.RUNNING).first()
    if running is not None:
        return running
    run = DuplicateRun.objects.create(
        place=by.place, asked_by_account=by.account_id, asked_by=by.signature, asked_at=clock.now(), step="等待开始"
    )
    record(
        by=by,
        stream=f"people:{by.place}",
        verb="people.duplicates.ask",
        subject=f"place:{by.place}",
        place=by.place,
    )
    jobs.later(LOOK_THROUGH, by=by, run_id=run.pk)
    return run


def look_through(*, run_id: int, by: Acting) -> DuplicateRun:
    """Compare all entries the post may see with each other. Run twice, it finds the same."""
    run = DuplicateRun.objects.get(pk=run_id)
    if run.state == RunState.DONE:
        return run

    def tell(step: str, state: str = RunState.RUNNING) -> None:
        with beside(by) as cursor:
            cursor.execute("UPDATE people_duplicaterun SET step = %s, state = %s WHERE id = %s", [step, state, run_id])

    try:
        tell("读取登记")
        found = queries.find(queries.read_register(), queries.successors(), tell=tell)
        tell("登记结果")
        run.fresh = propose(found.pairs, by=by, how="全部查重")
    except Exception:
        tell("查重没有完成，系统会再试", RunState.FAILED)
        raise
    run.state, run.step, run.people, run.pairs = RunState.DONE, "", found.people, len(found.pairs)
    run.finished_at = clock.now()
    run.save()
    return run


def check(*, person_ids: Iterable[int], by: Acting, how: str = "新登记查重") -> int:
    """Compare single entries with all the post may see, at once; returns how many new pairs were found."""
    return propose(queries.alike(list(person_ids)), by=by, how=how)


@transaction.atomic
def put_together(*, ids: tuple[int, int], by: Acting) -> Duplicate:
    """Two entries an officer holds for one person, as a pair to judge. Raises Refused."""
    by.require(Verb.PERSON_MERGE)
    one, other = sorted(ids)
    if one == other or Person.objects.filter(pk__in=ids).count() != 2:
        raise Refused("请选择两条不同的登记。")
    if queries.heads([one])[one] == queries.heads([other])[other]:
        raise Refused("这两条登记已经合并。")
    propose([queries.pair_of(one, other)], by=by, how="人工提出")
    pair = Duplicate.objects.filter(one_id=one, other_id=other).first()
    if pair is None:
        raise Refused(_WHY["people_duplicate_told_apart"])
    return pair


@transaction.atomic
def merge(*, pair_id: int, keep_id: int, reason: str, by: Acting) -> Duplicate:
    """Say that two entries are one person, known from now on under ``keep_id``. Nothing is moved, see ``people.Person``.

    A second call for what is merged already changes nothing. Raises Refused, and Duplicate.DoesNotExist out of range.
    """
    by.require(Verb.PERSON_MERGE)
    pair = Duplicate.objects.select_for_update().get(pk=pair_id)
    heads = queries.heads([pair.one_id, pair.other_id])
    if heads[pair.one_id] == heads[pair.other_id]:
        return pair
    if keep_id not in heads:
        raise Refused("请选择保留哪一条登记。")
    if not reason.strip():
        raise Refused("请写明合并的理由。")
    if set(heads.values()) != {pair.one_id, pair.other_id}:
        pair = _pair_of_heads(pair, sorted(heads.values()), by)
    if pair.state not in OPEN:
        raise Refused(_WHY["people_duplicate_told_apart"])
    return _judge(pair, Verdict.MERGED, reason, by, keep=heads[keep_id])


def _pair_of_heads(pair: Duplicate, heads: list[int], by: Acting) -> Duplicate:
    """One of the two is kept under another entry already: it is with that one that the other is merged."""
    one, other = heads
    if Person.objects.filter(pk__in=heads).count() != 2:
        raise Refused("这一对牵涉本单位以外的登记，请区妇联办理。")
    propose([Pair(one, other, pair.score, pair.levels)], by=by, how="随合并提出")
    found = Duplicate.objects.select_for_update().filter(one_id=one, other_id=other).first()
    if found is None:
        raise Refused(_WHY["people_duplicate_told_apart"])
    return found


@transaction.atomic
def tell_apart(*, pair_id: int, reason: str, by: Acting) -> Duplicate:
    """Say that two entries are two people; they are not proposed again. Raises Refused."""
    by.require(Verb.PERSON_MERGE)
    pair = Duplicate.objects.select_for_update().get(pk=pair_id)
    if not reason.strip():
        raise Refused("请写明不是同一人的理由。")
    if pair.state == Verdict.MERGED:
        raise Refused(_WHY["people_duplicate_together"])
    return pair if pair.state == Verdict.DIFFERENT else _judge(pair, Verdict.DIFFERENT, reason, by)


@transaction.atomic
def put_off(*, pair_id: int, by: Acting) -> Duplicate:
    """Leave a pair for later."""
    by.require(Verb.PERSON_MERGE)
    pair = Duplicate.objects.select_for_update().get(pk=pair_id)
    if pair.state not in OPEN:
        raise Refused("这一对已经判定。要重新判定，请先撤回。")
    return pair if pair.state == Verdict.LATER else _judge(pair, Verdict.LATER, "", by)


@transaction.atomic
def undo(*, pair_id: int, reason: str, by: Acting) -> Duplicate:
    """Take a verdict back: everything is as before it, and the pair waits to be judged. Raises Refused."""
    by.require(Verb.PERSON_MERGE)
    pair = Duplicate.objects.select_for_update().get(pk=pair_id)
    if pair.state == Verdict.PROPOSED:
        return pair
    if not reason.strip() and pair.state != Verdict.LATER:
        raise Refused("请写明撤回的理由。")
    return _judge(pair, Verdict.PROPOSED, reason, by)


_VERBS = {
    Verdict.MERGED: "people.merge",
    Verdict.DIFFERENT: "people.differ",
    Verdict.LATER: "people.put_off",
    Verdict.PROPOSED: "people.merge.undo",
}


def _judge(pair: Duplicate, verdict: Verdict, reason: str, by: Acting, keep: int | None = None) -> Duplicate:
    before, kept = pair.state, pair.keep_id
    pair.state, pair.keep_id, pair.reason = verdict, keep, reason.strip()[:200]
    pair.decided_by, pair.decided_by_account, pair.decided_at = by.signature, by.account_id, clock.now()
    with in_words(_WHY):
        pair.save(update_fields=["state", "keep_id", "reason", "decided_by", "decided_by_account", "decided_at"])
    record(
        by=by,
        stream=f"duplicate:{pair.pk}",
        verb=_VERBS[verdict],
        place=pair.place,
        summary={
            "persons": [pair.one_id, pair.other_id],
            "from": before,
            "keep": keep if keep is not None else kept,
            "reason": pair.reason,
        },
    )
    return pair
