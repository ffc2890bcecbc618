"""Named writes of juries."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import IntegrityError, transaction

from niangjia.access.acting import Acting, record
from niangjia.access.verbs import Verb
from niangjia.core import clock, codes
from niangjia.core.refused import Refused
from niangjia.jury import queries, rules
from niangjia.jury.kinds import Leavers, Method, PanelState, Ties
from niangjia.jury.models import Entry, Juror, Panel, Recusal, Score
from niangjia.org.models import Unit


def _note(panel: Panel, by: Acting, verb: str, **summary: object) -> None:
    record(by=by, stream=f"panel:{panel.pk}", verb=verb, place=panel.place, summary={"title": panel.title, **summary})


def _locked(panel_id: int, *states: PanelState) -> Panel:
    panel = Panel.objects.select_for_update(of=("self",)).get(pk=panel_id)
    if panel.state not in states:
        raise Refused(f"评审现在是“{panel.get_state_display()}”，不能办理。")
    return panel


@transaction.atomic
def make_panel(
    *,
    title: str,
    unit: Unit,
    criteria: Sequence[tuple[str, int]],
    by: Acting,
    subject: str = "",
    method: Method = Method.MEAN,
    vote_weight: int = 0,
    quota: int | None = None,
    ties: Ties = Ties.FIRST,
    leavers: Leavers = Leavers.KEPT,
) -> Panel:
    """Set a jury up. ``criteria`` are labels with the most points each; the most points are the weight."""
    by.require(Verb.JURY_MANAGE)
    panel = Panel.objects.create(
        unit=unit,
        place=unit.place,
        subject=subject,
        **_terms(title, criteria, method, vote_weight, quota, ties, leavers),
    )
    _note(panel, by, "jury.make")
    return panel


@transaction.atomic
def change_panel(
    *,
    panel_id: int,
    title: str,
    criteria: Sequence[tuple[str, int]],
    method: Method,
    vote_weight: int,
    quota: int | None,
    ties: Ties,
    leavers: Leavers,
    by: Acting,
) -> Panel:
    """Change what a jury judges by, until scoring begins."""
    by.require(Verb.JURY_MANAGE)
    panel = _locked(panel_id, PanelState.DRAFT)
    terms = _terms(title, criteria, method, vote_weight, quota, ties, leavers)
    for name, value in terms.items():
        setattr(panel, name, value)
    panel.save(update_fields=list(terms))
    _note(panel, by, "jury.change")
    return panel


def _terms(
    title: str,
    criteria: Sequence[tuple[str, int]],
    method: Method,
    vote_weight: int,
    quota: int | None,
    ties: Ties,
    leavers: Leavers,
) -> dict[str, Any]:
    if not criteria or any(not label.strip() or most < 1 for label, most in criteria):
        raise Refused("请写明评分标准，每项分值至少1分。", {"criteria": "每行一项，例如：故事 40"})
    if vote_weight > rules.MOST_VOTE_WEIGHT:
        raise Refused("网络投票只作参考，权重不超过30%。", {"vote_weight": "不超过30。"})
    return {
        "title": title.strip(),
        "criteria": [[label.strip(), most] for label, most in criteria],
        "method": method,
        "vote_weight": vote_weight,
        "quota": quota,
        "ties": ties,
        "leavers": leavers,
    }


@transaction.atomic
def add_juror(*, panel_id: int, account_id: int, name: str, unit_name: str, unit_place: str, by: Acting) -> Juror:
    """Ask somebody to judge. While scoring runs this is how a substitute comes in."""
    by.require(Verb.JURY_MANAGE)
    panel = _locked(panel_id, PanelState.DRAFT, PanelState.SCORING)
    try:
        with transaction.atomic():
            juror = Juror.objects.create(
                panel=panel, account_id=account_id, name=name, unit_name=unit_name, unit_place=unit_place,
                place=panel.place,
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused(f"{name}已是评委。") from error
    for entry in queries.standing(panel):
        _recuse_own(juror, entry)
    _note(panel, by, "jury.juror", name=name)
    return juror


def _recuse_own(juror: Juror, entry: Entry) -> None:
    """Who sits in the entry's own town or village does not judge it."""
    place = juror.unit_place
    local = place and entry.entry_place and codes.level_of(place) is not codes.Level.DISTRICT
    if local and codes.town_of(place) == codes.town_of(entry.entry_place):
        Recusal.objects.get_or_create(
            juror=juror,
            entry=entry,
            defaults={"panel_id": juror.panel_id, "reason": "本单位推荐", "at": clock.now(), "place": juror.place},
        )


@transaction.atomic
def leave(*, juror_id: int, reason: str, by: Acting) -> Juror:
    """A juror leaves. Whether what she scored counts, the panel says; the number must be odd again before it is closed."""
    by.require(Verb.JURY_MANAGE)
    juror = Juror.objects.filter(pk=juror_id).first()
    if juror is None:
        raise Refused("找不到这位评委。")
    panel = _locked(juror.panel_id, PanelState.DRAFT, PanelState.SCORING)
    if juror.left_at is not None:
        raise Refused(f"{juror.name}已经退出。")
    if not reason.strip():
        raise Refused("请写明退出原因。", {"reason": "请写明。"})
    juror.left_at, juror.left_reason = clock.now(), reason.strip()[:100]
    juror.save(update_fields=["left_at", "left_reason"])
    _note(panel, by, "jury.leave", name=juror.name, reason=juror.left_reason)
    return juror


@transaction.atomic
def add_entry(
    *,
    panel_id: int,
    label: str,
    by: Acting,
    subject: str = "",
    group: str = "",
    text: str = "",
    entry_place: str = "",
    files: Sequence[str] = (),
) -> Entry | None:
    """Put something before the jury; None when it is there already. Without a ``subject`` it is the panel's own.

    ``files`` are ids of stored files that the jurors may open.
    """
    by.require(Verb.JURY_MANAGE)
    panel = _locked(panel_id, PanelState.DRAFT, PanelState.SCORING)
    if not label.strip():
        raise Refused("请写明评审对象的名称。", {"label": "请填写名称。"})
    entry, made = Entry.objects.get_or_create(
        panel=panel,
        subject=subject or f"entry:{Entry.objects.filter(panel=panel).count() + 1}",
        defaults={
            "label": label.strip()[:60], "group": group, "text": text[:4000], "entry_place": entry_place,
            "files": list(files), "place": panel.place,
        },
    )  # fmt: skip
    if not made:
        return None
    for juror in queries.sitting(panel):
        _recuse_own(juror, entry)
    _note(panel, by, "jury.entry", name=label)
    return entry


@transaction.atomic
def withdraw_entry(*, subject: str, by: Acting) -> int:
    """Take something out of every jury that is not decided; how many that were."""
    running = Entry.objects.filter(subject=subject, withdrawn_at__isnull=True).exclude(panel__state=PanelState.DECIDED)
    taken = 0
    for entry in running:
        _withdraw(entry, by)
        taken += 1
    return taken


@transaction.atomic
def remove_entry(*, panel_id: int, entry_id: int, by: Acting) -> Entry:
    """Take one entry out of one jury. Points already given stay in the record and no longer count."""
    by.require(Verb.JURY_MANAGE)
    entry = Entry.objects.filter(pk=entry_id, panel_id=panel_id, withdrawn_at__isnull=True).first()
    if entry is None:
        raise Refused("这件已不在评审名单中。")
    return _withdraw(entry, by)


def _withdraw(entry: Entry, by: Acting) -> Entry:
    panel = _locked(entry.panel_id, PanelState.DRAFT, PanelState.SCORING, PanelState.CLOSED)
    entry.withdrawn_at = clock.now()
    entry.save(update_fields=["withdrawn_at"])
    _note(panel, by, "jury.withdraw", name=entry.label)
    return entry


@transaction.atomic
def open_panel(*, panel_id: int, by: Acting) -> Panel:
    """Begin scoring: an odd number of at least five jurors, and something to judge."""
    by.require(Verb.JURY_MANAGE)
    panel = _locked(panel_id, PanelState.DRAFT)
    if problem := rules.size_problem(queries.sitting(panel).count()):
        raise Refused(problem)
    if not queries.standing(panel).exists():
        raise Refused("还没有评审对象，请先调入。")
    panel.state, panel.opened_at = PanelState.SCORING, clock.now()
    panel.save(update_fields=["state", "opened_at"])
    _note(panel, by, "jury.open")
    return panel


def read_points(criteria: Sequence[tuple[str, int]], typed: Sequence[str]) -> list[Decimal]:
    """The points as typed. Raises Refused naming the criterion that is missing, no number, or too high."""
    found: list[Decimal] = []
    wrong: dict[str, str] = {}
    for index, (label, most) in enumerate(criteria):
        text = typed[index].strip() if index < len(typed) else ""
        try:
            value = Decimal(text)
            if not value.is_finite() or value != round(value, 1):
                raise InvalidOperation
        except InvalidOperation:
            wrong[f"p{index}"] = f"“{label}”请填0到{most}之间的数，最多一位小数。"
            continue
        if not 0 <= value <= most:
            wrong[f"p{index}"] = f"“{label}”最高{most}分。"
        found.append(value)
    if wrong:
        raise Refused("还有几项没有填对。", wrong)
    return found


@transaction.atomic
def score(*, panel_id: int, entry_id: int, typed: Sequence[str], by: Acting, remark: str = "") -> Score:
    """A juror's points for an entry; given again, the later count and the earlier are kept beside them."""
    by.require(Verb.JURY_SCORE)
    # Locked, so that nobody closes it between the look at its state and the points.
    panel = Panel.objects.select_for_update(of=("self",)).get(pk=panel_id)
    if panel.state != PanelState.SCORING:
        raise Refused("评分已经结束，这次填写没有保存。" if panel.state != PanelState.DRAFT else "评分还没有开始。")
    juror = queries.juror_of(panel, by.account_id)
    if juror is None:
        raise Refused("您不是本次评审的评委。")
    entry = Entry.objects.get(pk=entry_id, panel=panel)
    if entry.withdrawn_at is not None:
        raise Refused(f"“{entry.label}”已退出评审，不用再评。")
    if Recusal.objects.filter(juror=juror, entry=entry).exists():
        raise Refused(f"您已回避“{entry.label}”，不能评分。")
    points = read_points(panel.criteria, typed)
    given, now = [float(value) for value in points], clock.now()
    kept = Score.objects.filter(juror=juror, entry=entry).first()
    changed = kept is not None and kept.points != given
    if kept is None:
        kept = Score(panel=panel, juror=juror, entry=entry, place=panel.place)
    elif changed:
        kept.earlier = [*kept.earlier, {"points": kept.points, "at": kept.at.isoformat()}]
    kept.points, kept.total, kept.remark, kept.at = given, sum(points, Decimal(0)), remark.strip()[:200], now
    kept.save(update_fields=["points", "total", "remark", "at", "earlier"] if kept.pk else None)
    # The trail is read by auditors while scoring runs, so it says that she scored and, of a change, that it was one.
    _note(panel, by, "jury.score", name=entry.label, changed=changed)
    return kept


@transaction.atomic
def recuse(*, panel_id: int, entry_id: int, reason: str, by: Acting) -> Recusal:
    """A juror stands back from an entry: her own unit's, a relative's. Not after she scored it."""
    by.require(Verb.JURY_SCORE)
    panel = _locked(panel_id, PanelState.DRAFT, PanelState.SCORING)
    juror = queries.juror_of(panel, by.account_id)
    if juror is None:
        raise Refused("您不是本次评审的评委。")
    if not reason.strip():
        raise Refused("请写明回避原因。", {"reason": "例如：亲属、本单位推荐。"})
    entry = Entry.objects.get(pk=entry_id, panel=panel)
    if Score.objects.filter(juror=juror, entry=entry).exists():
        raise Refused("您已给这件评过分，不能再回避。如确需回避请联系组织者。")
    recusal, _ = Recusal.objects.get_or_create(
        juror=juror, entry=entry,
        defaults={"panel": panel, "reason": reason.strip()[:100], "at": clock.now(), "place": panel.place},
    )  # fmt: skip
    _note(panel, by, "jury.recuse", name=entry.label, reason=recusal.reason)
    return recusal


@transaction.atomic
def close_panel(*, panel_id: int, by: Acting) -> Panel:
    """End scoring: everybody is through, the number is odd, and every entry has somebody who judged it."""
    by.require(Verb.JURY_MANAGE)
    panel = _locked(panel_id, PanelState.SCORING)
    jurors, entries = list(queries.sitting(panel)), list(queries.standing(panel))
    if problem := rules.size_problem(len(jurors)):
        raise Refused(problem + "有评委退出的，请先补一位。")
    late = [f"{one.juror.name}还有{one.left}件" for one in queries.progress(panel, jurors, len(entries)) if one.left]
    if late:
        raise Refused("还没有评完：" + "，".join(late) + "。")
    unjudged = queries.judged_by_nobody(panel)
    if unjudged:
        raise Refused(f"“{unjudged[0].label}”所有评委都回避了，请增加评委。")
    panel.state, panel.closed_at = PanelState.CLOSED, clock.now()
    panel.save(update_fields=["state", "closed_at"])
    _note(panel, by, "jury.close", cases=len(entries))
    return panel


@transaction.atomic
def decide(
    *, panel_id: int, by: Acting, picked: Collection[str] = (), votes: Mapping[str, Decimal] | None = None
) -> list[Entry]:
    """The leading group has decided: those within the quota are in, and of those who share the last place ``picked``.

    Returns who is in, the first first. Raises Refused when more are picked than there are places left.
    """
    by.require(Verb.JURY_DECIDE)
    panel = _locked(panel_id, PanelState.CLOSED)
    results = queries.ranking(panel, votes)
    sure, open_ = queries.cut(panel, results)
    if not set(picked) <= open_:
        raise Refused("只能在并列的评审对象中勾选。请刷新后重新勾选。")
    if panel.quota is not None and open_ and len(sure | set(picked)) > panel.quota:
        raise Refused(f"名额{panel.quota}个，已有{len(sure)}件入选，并列的最多再勾选{panel.quota - len(sure)}件。")
    chosen = [line.entry for line in results if line.entry.subject in sure | set(picked)]
    for entry in chosen:
        entry.chosen = True
        entry.save(update_fields=["chosen"])
    panel.votes = {subject: str(share) for subject, share in (votes or {}).items()}
    panel.state, panel.decided_at, panel.decided_by = PanelState.DECIDED, clock.now(), by.signature
    panel.save(update_fields=["state", "decided_at", "decided_by", "votes"])
    _note(panel, by, "jury.decide", cases=len(chosen))
    return chosen


def exported(*, panel: Panel, by: Acting) -> None:
    """Note that the protocol left the house."""
    _note(panel, by, "jury.export")
