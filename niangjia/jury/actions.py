"""Named writes of juries."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from django.db import IntegrityError, transaction

from niangjia.access.acting import Acting, record
from niangjia.access.verbs import Verb
from niangjia.core import clock, codes
from niangjia.core.refused import Refused
from niangjia.jury import queries, rules
from niangjia.jury.kinds import Method, PanelState
from niangjia.jury.models import Entry, Juror, Panel, Recusal, Score
from niangjia.org.models import Unit


def _note(panel: Panel, by: Acting, verb: str, **summary: object) -> None:
    record(
        by=by,
        stream=f"panel:{panel.pk}",
        verb=verb,
        subject=f"panel:{panel.pk}",
        place=panel.place,
        summary={"title": panel.title, **summary},
    )


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
) -> Panel:
    """Set a jury up. ``criteria`` are labels with the most points each."""
    by.require(Verb.JURY_MANAGE)
    if not criteria or any(not label.strip() or most < 1 for label, most in criteria):
        raise Refused("请写明评分标准，每项分值至少1分。", {"criteria": "每行一项，例如：故事 40"})
    if vote_weight > rules.MOST_VOTE_WEIGHT:
        raise Refused("网络投票只作参考，权重不超过30%。", {"vote_weight": "不超过30。"})
    panel = Panel.objects.create(
        title=title.strip(),
        unit=unit,
        place=unit.place,
        criteria=[[label.strip(), most] for label, most in criteria],
        subject=subject,
        method=method,
        vote_weight=vote_weight,
        quota=quota,
    )
    _note(panel, by, "jury.make")
    return panel


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
    """A juror leaves. Entries she scored keep her points; the number must be odd again before the panel is closed."""
    by.require(Verb.JURY_MANAGE)
    juror = Juror.objects.select_related("panel").get(pk=juror_id)
    panel = _locked(juror.panel_id, PanelState.DRAFT, PanelState.SCORING)
    if not reason.strip():
        raise Refused("请写明退出原因。", {"reason": "请写明。"})
    juror.left_at, juror.left_reason = clock.now(), reason.strip()[:100]
    juror.save(update_fields=["left_at", "left_reason"])
    _note(panel, by, "jury.leave", name=juror.name, reason=juror.left_reason)
    return juror


@transaction.atomic
def add_entry(
    *, panel_id: int, subject: str, label: str, by: Acting, group: str = "", text: str = "", entry_place: str = ""
) -> Entry | None:
    """Put something before the jury; None when it is there already."""
    by.require(Verb.JURY_MANAGE)
    panel = _locked(panel_id, PanelState.DRAFT, PanelState.SCORING)
    entry, made = Entry.objects.get_or_create(
        panel=panel,
        subject=subject,
        defaults={
            "label": label, "group": group, "text": text[:4000], "entry_place": entry_place, "place": panel.place,
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
    for entry in running.select_related("panel"):
        entry.withdrawn_at = clock.now()
        entry.save(update_fields=["withdrawn_at"])
        _note(entry.panel, by, "jury.withdraw", name=entry.label)
        taken += 1
    return taken


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
    """A juror's points for an entry; given again, the later count and the trail keeps the earlier."""
    by.require(Verb.JURY_SCORE)
    panel = Panel.objects.get(pk=panel_id)
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
    before = Score.objects.filter(juror=juror, entry=entry).first()
    kept, _ = Score.objects.update_or_create(
        juror=juror,
        entry=entry,
        defaults={
            "panel": panel, "points": [float(value) for value in points], "total": sum(points, Decimal(0)),
            "remark": remark.strip()[:200], "at": clock.now(), "place": panel.place,
        },
    )  # fmt: skip
    # The trail is read by auditors while scoring runs, so it says that she scored and, of a change, that it was one.
    _note(panel, by, "jury.score", name=entry.label, changed=before is not None and before.total != kept.total)
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
    if problem := rules.size_problem(queries.sitting(panel).count()):
        raise Refused(problem + "有评委退出的，请先补一位。")
    late = [f"{one.juror.name}还有{one.left}件" for one in queries.progress(panel) if one.left]
    if late:
        raise Refused("还没有评完：" + "，".join(late) + "。")
    entries = set(queries.standing(panel).values_list("pk", flat=True))
    jurors = queries.sitting(panel).count()
    for entry in queries.standing(panel):
        if Recusal.objects.filter(entry=entry, juror__left_at__isnull=True).count() == jurors:
            raise Refused(f"“{entry.label}”所有评委都回避了，请增加评委。")
    panel.state, panel.closed_at = PanelState.CLOSED, clock.now()
    panel.save(update_fields=["state", "closed_at"])
    _note(panel, by, "jury.close", cases=len(entries))
    return panel


@transaction.atomic
def decide(*, panel_id: int, by: Acting) -> Panel:
    """The leading group has decided on this outcome; the order is final."""
    by.require(Verb.JURY_DECIDE)
    panel = _locked(panel_id, PanelState.CLOSED)
    panel.state = PanelState.DECIDED
    panel.save(update_fields=["state"])
    _note(panel, by, "jury.decide")
    return panel
