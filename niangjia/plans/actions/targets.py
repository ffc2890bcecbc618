"""What is done to targets in force: who does which part, what was done each month, what was closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction

from niangjia.access.acting import Acting, record
from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.core.codes import Level
from niangjia.files.models import StoredFile
from niangjia.org.models import Unit
from niangjia.plans import queries, rules
from niangjia.plans.actions.drafts import check_target
from niangjia.plans.actions.errors import Refused
from niangjia.plans.kinds import NUMERIC
from niangjia.plans.models import Figure, Goal, LockedValue, MonthLock, Plan, Split, Statement, Target


def _note(target: Target, by: Acting, verb: Verb | str, place: str, **summary: Any) -> None:
    record(
        by=by, stream=f"plan:{target.version.plan_id}", verb=verb, subject=f"goal:{target.goal_id}", place=place,
        summary={"target": target.title, **summary},
    )  # fmt: skip


def _in_force(goal_id: int) -> Target:
    """The target in force of a goal. Raises Goal.DoesNotExist or Refused when its version is a draft or gone."""
    goal = Goal.objects.get(pk=goal_id)
    target = queries.target_in_force(goal.pk)
    if target is None:
        raise Refused("这个目标不在现行计划中，请先发布计划。")
    return target


@transaction.atomic
def arrange(
    *,
    goal_id: int,
    by: Acting,
    owner: Unit | None,
    measure: str,
    quarters: Sequence[Decimal] | None,
) -> Target:
    """Say who answers for a target in force, which measure fulfils it, and what is to be done by each quarter's end."""
    by.require(Verb.PLAN_EDIT)
    target = _in_force(goal_id)
    if measure and measure != target.measure and Figure.objects.filter(goal_id=goal_id, current=True).exists():
        raise Refused(
            "本目标已有按月填报的数，不能改为自动计算。请先核对两者，由填报改为自动的目标请在新版本中另立。",
            {"measure": "已有填报数。"},
        )
    before = {"owner": target.owner_id, "measure": target.measure, "quarters": target.quarters}
    target.owner, target.measure = owner, measure
    target.quarters = list(quarters) if quarters else None
    check_target(target)
    target.save(update_fields=["owner", "measure", "quarters"])
    after = {"owner": target.owner_id, "measure": target.measure, "quarters": target.quarters}
    _note(target, by, "plan.target.arrange", target.place, before=before, after=after)
    return target


@transaction.atomic
def split_target(*, goal_id: int, values: Mapping[int, Decimal | None], by: Acting) -> int:
    """Set what the bodies right below the acting one are to do, by unit id; None takes a part back.

    Bodies that are not named keep theirs. Returns how many parts there are now. Raises Refused for a body that is not
    right below, and for a target that is not a number.
    """
    by.require(Verb.TARGET_SPLIT)
    target = _in_force(goal_id)
    if target.kind not in NUMERIC:
        raise Refused("节点和定性目标不分解数量。")
    assert by.unit_id is not None
    below = {unit.pk: unit for unit in queries.units_below(by.unit_id)}
    strange = [str(pk) for pk in values if pk not in below]
    if strange:
        raise Refused("只能分解到本单位的直接下级单位。")
    if any(value is not None and value < 0 for value in values.values()):
        raise Refused("分解数不能小于0。")
    before = {split.unit_id: split for split in Split.objects.filter(goal_id=goal_id, unit_id__in=below)}
    changed: dict[str, str] = {}
    for pk, value in values.items():
        old = before.get(pk)
        if (old.value if old else None) == value:
            continue
        changed[below[pk].short_name] = f"{rules.short(old.value) if old else '—'}→{rules.short(value) or '—'}"
        if value is None:
            assert old is not None
            old.delete()
        else:
            Split.objects.update_or_create(
                goal_id=goal_id, unit=below[pk], defaults={"value": value, "place": below[pk].place}
            )
    if changed:
        _note(target, by, Verb.TARGET_SPLIT, by.place, changed=changed)
    return Split.objects.filter(goal_id=goal_id, unit_id__in=below).count()


def _reporting_unit(unit_id: int | None, by: Acting) -> Unit:
    """Whom the report is of: the acting body itself, or one in its range (a department without an account)."""
    wanted = unit_id or by.unit_id
    assert wanted is not None
    unit = Unit.objects.get(pk=wanted)
    if unit.pk != by.unit_id and not queries.in_range_of(by.place, unit.place):
        raise Refused("只能填报本单位或辖区内单位的数。", {"unit": "请选择。"})
    if unit.level is Level.VILLAGE:  # a village's work is in the town's figure; both would be counted twice
        raise Refused("村（社区）的数由镇街汇总填报。", {"unit": "请选择镇街或区级单位。"})
    return unit


@transaction.atomic
def report_figure(
    *,
    goal_id: int,
    year: int,
    month: int,
    value: Decimal,
    by: Acting,
    unit_id: int | None = None,
    note: str = "",
    evidence: StoredFile | None = None,
) -> Figure:
    """Report what a body did from January to the end of a month, where no record counts it.

    A month reported before is restated: the old figure stays, and the note must say why. So must the note of a figure
    lower than an earlier month's. Raises Refused.
    """
    by.require(Verb.TARGET_REPORT)
    target = _in_force(goal_id)
    if target.kind not in NUMERIC:
        raise Refused("节点和定性目标请登记完成情况，不填数。")
    if target.measure:
        raise Refused("本目标由业务记录自动计算，不需要也不能填报。")
    unit = _reporting_unit(unit_id, by)
    today = clock.today()
    if year != target.version.plan.year or not 1 <= month <= 12:
        raise Refused(f"请填报{target.version.plan.year}年1至12月的数。", {"month": "请选择月份。"})
    if dt.date(year, month, 1) > today:
        raise Refused(f"{month}月还没有到，不能填报。", {"month": "还没有到。"})
    figures = Figure.objects.select_for_update(of=("self",)).filter(goal_id=goal_id, unit=unit, year=year, current=True)
    current = {figure.month: figure for figure in figures}
    old = current.get(month)
    if old is not None and not note.strip():
        raise Refused(
            f"{month}月已报过{rules.short(old.value)}{target.unit}，更正须写明原因。", {"note": "请写明原因。"}
        )
    earlier = max((figure for m, figure in current.items() if m < month), key=lambda f: f.month, default=None)
    if target.kind == "COUNT" and earlier is not None and value < earlier.value and not note.strip():
        raise Refused(
            f"累计数比{earlier.month}月的{rules.short(earlier.value)}{target.unit}少，请核对；确实减少的请写明原因。",
            {"value": "比上月少。", "note": "请写明原因。"},
        )
    if old is not None:
        Figure.objects.filter(pk=old.pk).update(current=False)
    figure = Figure.objects.create(
        goal_id=goal_id, unit=unit, year=year, month=month, value=value, note=note.strip()[:300], evidence=evidence,
        restates=old, at=clock.now(), actor=by.signature, account_id=by.account_id, place=unit.place,
    )  # fmt: skip
    _note(
        target, by, Verb.TARGET_REPORT, unit.place, unit=unit.short_name, month=f"{year}-{month:02d}", value=str(value),
        before=str(old.value) if old else None, note=note.strip()[:100],
    )  # fmt: skip
    return figure


@transaction.atomic
def state(
    *,
    goal_id: int,
    done: bool,
    on: dt.date,
    text: str,
    by: Acting,
    unit_id: int | None = None,
    evidence: StoredFile | None = None,
) -> Statement:
    """Say of a milestone or a qualitative target whether it is done. A later statement replaces, and keeps, the one before."""
    by.require(Verb.TARGET_REPORT)
    target = _in_force(goal_id)
    if target.kind in NUMERIC:
        raise Refused("累计数和水平值目标请填数，不登记完成情况。")
    unit = _reporting_unit(unit_id, by)
    if on > clock.today():
        raise Refused("日期不能晚于今天。", {"on": "不能晚于今天。"})
    if not text.strip():
        raise Refused("请写明完成情况。", {"text": "请填写。"})
    old = Statement.objects.select_for_update(of=("self",)).filter(goal_id=goal_id, unit=unit, current=True).first()
    if old is not None:
        Statement.objects.filter(pk=old.pk).update(current=False)
    statement = Statement.objects.create(
        goal_id=goal_id, unit=unit, done=done, on=on, text=text.strip()[:500], evidence=evidence, restates=old,
        at=clock.now(), actor=by.signature, account_id=by.account_id, place=unit.place,
    )  # fmt: skip
    _note(
        target, by, Verb.TARGET_REPORT, unit.place, unit=unit.short_name, done=done, on=str(on), text=text.strip()[:100]
    )
    return statement


@transaction.atomic
def lock_month(
    *, plan_id: int, year: int, month: int, values: Iterable[tuple[int, str, Decimal | None]], by: Acting
) -> MonthLock:
    """Close a month that has ended. ``values`` are (goal, place, value) as computed now; they stay as they are for good."""
    by.require(Verb.TARGET_LOCK)
    plan = Plan.objects.get(pk=plan_id)
    if year != plan.year or not 1 <= month <= 12:
        raise Refused(f"请选择{plan.year}年1至12月。", {"month": "请选择。"})
    if clock.month_bounds(year, month)[1] > clock.today():
        raise Refused(f"{month}月还没有结束，不能锁定。", {"month": "还没有结束。"})
    if MonthLock.objects.filter(plan=plan, year=year, month=month).exists():
        raise Refused(f"{month}月已经锁定。", {"month": "已经锁定。"})
    lock = MonthLock.objects.create(
        plan=plan, year=year, month=month, locked_at=clock.now(), locked_by=by.signature, place=plan.place
    )
    rows = [LockedValue(lock=lock, goal_id=goal_id, place=place, value=value) for goal_id, place, value in values]
    LockedValue.objects.bulk_create(rows)
    record(
        by=by, stream=f"plan:{plan.pk}", verb=Verb.TARGET_LOCK, subject=f"lock:{lock.pk}", place=plan.place,
        summary={"plan": plan.title, "month": f"{year}-{month:02d}", "values": len(rows)},
    )  # fmt: skip
    return lock
