"""From a reading to a published version: what an officer does to a draft."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Max

from niangjia.access.acting import Acting, record
from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.org.models import Unit
from niangjia.plans import queries, rules
from niangjia.plans.actions.errors import Changed, Refused
from niangjia.plans.kinds import NUMERIC, Bound, Placing, Standing, TargetKind, VersionState
from niangjia.plans.models import Goal, Item, Plan, PlanVersion, Target
from niangjia.plans.reader import PlanReading, match_items, programme_labels
from niangjia.plans.reader.cleaning import clean

TITLE_LENGTH = 120
ITEM_LENGTH = 5000


def _new_key() -> str:
    return secrets.token_hex(8)


def _note(version: PlanVersion, by: Acting, verb: Verb | str, **summary: Any) -> None:
    """One entry on the plan's stream."""
    record(
        by=by, stream=f"plan:{version.plan_id}", verb=verb, subject=f"plan_version:{version.pk}",
        place=version.place, summary={"number": version.number, **summary},
    )  # fmt: skip


def opened(version_id: int, *, by: Acting, revision: int | None = None) -> PlanVersion:
    """The draft, locked for this transaction, its revision counted on. Raises Refused when it is no draft, Changed when
    it is not the one the caller saw."""
    by.require(Verb.PLAN_EDIT)
    version = PlanVersion.objects.select_for_update(of=("self",)).select_related("plan__unit").get(pk=version_id)
    if not version.is_draft:
        raise Refused("这个版本已经发布，不能再改。请新建一个版本。")
    if revision is not None and revision != version.revision:
        raise Changed
    PlanVersion.objects.filter(pk=version.pk).update(revision=F("revision") + 1)
    version.revision += 1
    return version


def _live_item(item_id: int, *, by: Acting, revision: int | None) -> tuple[PlanVersion, Item]:
    item = Item.objects.get(pk=item_id)
    version = opened(item.version_id, by=by, revision=revision)
    item.refresh_from_db()
    return version, item


# --- a plan comes in -------------------------------------------------------------------------------------------------


@transaction.atomic
def import_reading(
    *,
    reading: PlanReading,
    by: Acting,
    unit: Unit | None = None,
    plan: Plan | None = None,
    year: int | None = None,
    title: str = "",
    source_name: str = "",
    accept_all: bool = False,
) -> PlanVersion:
    """A reading becomes the draft of a new plan of ``unit``, or of the next version of ``plan``.

    Items and targets that continue those in force keep their keys, so that splits and figures stay with them.
    ``accept_all`` takes every suggested target that is complete. Raises Refused for a text without words, a missing
    year, a plan that has a draft already.
    """
    by.require(Verb.PLAN_EDIT)
    if not reading.cleaned.strip():
        raise Refused("没有可读的文字。请粘贴计划正文，或上传 .txt、.docx、文字版 PDF。", {"text": "没有可读的文字。"})
    if plan is None:
        plan = _new_plan(reading, unit, year, title)
    version = _new_version(plan, by, source_name=source_name, source=reading.original)
    version.cleaned = reading.cleaned
    version.reading = {
        key: value for key, value in reading.as_dict().items() if key not in ("original", "cleaned", "items")
    }
    version.loose = [{**piece, "state": Placing.OPEN} for piece in version.reading["unplaced"]]
    version.save()
    items = _items_of(reading, version)
    _targets_of(reading, version, items, accept_all)
    _note(
        version, by, "plan.import", title=plan.title, items=len(items), targets=len(reading.targets), source=source_name
    )
    return version


def _new_plan(reading: PlanReading, unit: Unit | None, year: int | None, title: str) -> Plan:
    year = year or reading.year
    if unit is None:
        raise Refused("请选择计划所属的单位。", {"unit": "请选择。"})
    if year is None:
        raise Refused("文中没有写明年度，请填写计划年度。", {"year": "请填写，如2026。"})
    title = (title or reading.title or f"{unit.short_name}{year}年工作计划").strip()[:80]
    if Plan.objects.filter(unit=unit, year=year, title=title).exists():
        raise Refused(
            f"{year}年已有计划“{title}”。要更新它，请打开该计划后选“上传新版本”；另一份计划请换个名称。",
            {"title": "名称已用过。"},
        )
    if not 2000 <= year <= 2100:
        raise Refused("年度应在2000至2100之间。", {"year": "请核对。"})
    return Plan.objects.create(unit=unit, year=year, title=title, place=unit.place)


def _new_version(plan: Plan, by: Acting, **values: Any) -> PlanVersion:
    Plan.objects.select_for_update().get(pk=plan.pk)
    if plan.versions.filter(state=VersionState.DRAFT).exists():
        raise Refused("这份计划还有一个没有发布的草稿。请先发布或删除它，再建新版本。")
    number = (plan.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    return PlanVersion(
        plan=plan, number=number, created_at=clock.now(), created_by=by.signature, place=plan.place, **values
    )


def _items_of(reading: PlanReading, version: PlanVersion) -> list[Item]:
    before = queries.items_in_force(version.plan)
    kept = {
        new: before[old].key for old, new in match_items(before, reading.items) if old is not None and new is not None
    }
    programmes: dict[int, list[str]] = {}
    for suggestion in reading.suggestions:
        if suggestion.item is not None and suggestion.programme not in programmes.setdefault(suggestion.item, []):
            programmes[suggestion.item].append(suggestion.programme)
    items: list[Item] = []
    for read in reading.items:
        item = Item.objects.create(
            version=version, parent=None if read.parent is None else items[read.parent], order=(read.index + 1) * 10,
            key=kept.get(read.index) or _new_key(), label=read.label[:20], title=read.title[:200], text=read.text,
            quote=read.quote, start=read.span.start, end=read.span.end, programmes=programmes.get(read.index, []),
            place=version.place,
        )  # fmt: skip
        items.append(item)
    return items


def _targets_of(reading: PlanReading, version: PlanVersion, items: list[Item], accept_all: bool) -> None:
    """Suggested targets. One that stands outside every item has no place of its own and is left to the officer."""
    drafts: list[Target] = []
    searched: dict[int, int] = {}
    for order, read in enumerate(reading.targets, start=1):
        if read.item is None:
            continue
        item = items[read.item]
        quote = clean(read.quote).text
        about, searched[item.pk] = rules.clause_around(item.text, quote, searched.get(item.pk, 0))
        drafts.append(
            Target(
                version=version, item=item, order=order * 10, place=version.place,
                kind=TargetKind.LEVEL if read.unit in ("%", "‰", "个百分点") else TargetKind.COUNT,
                title=(about if len(about) > 1 else item.title or item.text)[:TITLE_LENGTH],
                value=Decimal(str(read.value)).quantize(Decimal("0.01")), unit=rules.SAME_UNITS.get(read.unit, read.unit)[:8],
                qualifier=(read.qualifier or "")[:12], bound=Bound.MAX if read.bound == "MAX" else Bound.MIN,
                per=(read.per or "")[:20], deadline=read.deadline, quote=read.quote, start=read.span.start, end=read.span.end,
                owner=version.plan.unit,
            )
        )  # fmt: skip
    before = {target.goal_id: target for target in queries.targets_in_force(version.plan)}

    def nearness(goal_id: int, number: int) -> float:
        old, new = before[goal_id], drafts[number]
        if old.unit != new.unit:
            return -1.0
        return rules.SAME_ITEM if old.item.key == new.item.key else 0.0

    continues = rules.match_alike(
        {goal_id: f"{old.title}{old.quote}" for goal_id, old in before.items()},
        [f"{draft.title}{draft.quote}" for draft in drafts],
        nearness,
    )
    for draft, goal_id in zip(drafts, continues, strict=True):
        if goal_id is None:
            draft.goal = Goal.objects.create(plan=version.plan, place=version.place)
        else:
            _carry(before[goal_id], draft)
        if accept_all and draft.standing == Standing.SUGGESTED and draft.value and not draft.per:
            draft.standing = Standing.ACCEPTED
    Target.objects.bulk_create(drafts)


def _carry(old: Target, draft: Target) -> None:
    draft.goal_id, draft.kind, draft.owner_id, draft.measure = old.goal_id, old.kind, old.owner_id, old.measure
    if (old.value, old.deadline) == (draft.value, draft.deadline):
        draft.title, draft.quarters, draft.standing = old.title, old.quarters, Standing.ACCEPTED


@transaction.atomic
def revise(*, plan_id: int, by: Acting) -> PlanVersion:
    """A new draft with the content in force, to be changed by hand. Raises Refused when nothing is in force."""
    by.require(Verb.PLAN_EDIT)
    plan = Plan.objects.get(pk=plan_id)
    base = plan.versions.filter(state=VersionState.PUBLISHED).first()
    if base is None:
        raise Refused("这份计划还没有发布过，请直接修改草稿。")
    version = _new_version(
        plan,
        by,
        source_name=base.source_name,
        source=base.source,
        cleaned=base.cleaned,
        reading=base.reading,
        loose=base.loose,
    )
    version.save()
    copies: dict[int, Item] = {}
    for item in base.items.all():
        old = item.pk
        item.pk, item.version, item._state.adding = None, version, True
        item.parent = copies[item.parent_id] if item.parent_id else None
        item.save()
        copies[old] = item
    for target in base.targets.all():
        target.pk, target.version, target.item, target._state.adding = None, version, copies[target.item_id], True
        target.save()
    _note(version, by, "plan.revise", based_on=base.number)
    return version


@transaction.atomic
def discard(*, version_id: int, by: Acting) -> None:
    """Delete a draft; the versions in force and before stay."""
    version = opened(version_id, by=by)
    version.targets.all().delete()
    Item.objects.filter(version=version).update(parent=None)
    version.items.all().delete()
    Goal.objects.filter(plan=version.plan, targets__isnull=True).delete()
    _note(version, by, "plan.discard")
    version.delete()


# --- items -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def edit_item(
    *, item_id: int, label: str, text: str, by: Acting, revision: int | None = None, split: bool = False
) -> Item:
    """Change an item's number and words. ``split`` makes an item of every part between empty lines."""
    version, item = _live_item(item_id, by=by, revision=revision)
    parts = (
        [" ".join(part.split()) if split else part.strip() for part in re.split(r"\n\s*\n", text)]
        if split
        else [text.strip()]
    )
    parts = [part for part in parts if part]
    if not parts:
        raise Refused("条目内容不能为空；不要这一条请用“删除”。", {"text": "请填写内容。"})
    if any(len(part) > ITEM_LENGTH for part in parts):
        raise Refused(f"一条内容最多{ITEM_LENGTH}字，请拆成几条。", {"text": f"最多{ITEM_LENGTH}字。"})
    if split and len(parts) == 1:
        raise Refused("请在要拆开的地方留一个空行，再点“按空行拆开”。", {"text": "没有空行。"})
    before = item.text
    item.label, item.text = label.strip()[:20], parts[0]
    item.title = _title(parts[0])
    item.save(update_fields=["label", "text", "title"])
    if len(parts) > 1:
        version.items.filter(order__gt=item.order).update(order=F("order") + len(parts))
        for number, part in enumerate(parts[1:], start=1):
            last = _insert(
                version, order=item.order + number, parent_id=item.parent_id, text=part,
                quote=item.quote, start=item.start, end=item.end,
            )  # fmt: skip
        version.items.filter(parent=item).update(parent=last)
        _renumber(version)
    _note(version, by, "plan.item.edit", item=item.key, before=before[:200], after=item.text[:200], parts=len(parts))
    return item


def _title(text: str) -> str:
    return re.split(r"[。！？；：\n]", text, maxsplit=1)[0].strip()[:200]


def _insert(version: PlanVersion, *, order: int, parent_id: int | None, text: str, **values: Any) -> Item:
    return Item.objects.create(
        version=version, parent_id=parent_id, order=order, key=_new_key(), text=text, title=_title(text),
        place=version.place, **values,
    )  # fmt: skip


def _renumber(version: PlanVersion) -> None:
    items = list(version.items.order_by("order", "id"))
    for number, item in enumerate(items, start=1):
        item.order = number * 10
    Item.objects.bulk_update(items, ["order"])


@transaction.atomic
def indent(*, item_id: int, by: Acting, revision: int | None = None) -> Item:
    """Put an item under the one before it on its level."""
    version, item = _live_item(item_id, by=by, revision=revision)
    above = (
        version.items.filter(parent_id=item.parent_id, order__lt=item.order, dropped=False).order_by("-order").first()
    )
    if above is None:
        raise Refused("它已是这一级的第一条，前面没有可以归入的条目。")
    return _move(version, item, above.pk, by)


@transaction.atomic
def outdent(*, item_id: int, by: Acting, revision: int | None = None) -> Item:
    """Raise an item by a level; what followed it under the same parent becomes its own, so the order stays."""
    version, item = _live_item(item_id, by=by, revision=revision)
    if item.parent is None:
        raise Refused("它已是最高一级。")
    version.items.filter(parent_id=item.parent_id, order__gt=item.order).update(parent=item)
    return _move(version, item, item.parent.parent_id, by)


def _move(version: PlanVersion, item: Item, parent_id: int | None, by: Acting) -> Item:
    item.parent_id = parent_id
    item.save(update_fields=["parent"])
    _note(version, by, "plan.item.move", item=item.key)
    return item


@transaction.atomic
def merge_up(*, item_id: int, by: Acting, revision: int | None = None) -> Item:
    """Join an item to the one before it in reading order: words, sub-items, targets and suggestions."""
    version, item = _live_item(item_id, by=by, revision=revision)
    above = version.items.filter(order__lt=item.order, dropped=False).order_by("-order").first()
    if above is None:
        raise Refused("它是第一条，前面没有可以合并的条目。")
    joint = "" if above.text.endswith(("。", "；", "！", "？")) else "。"
    above.text = f"{above.text}{joint}{item.text}"
    above.quote = f"{above.quote}{item.quote}"
    if item.start is not None and above.start is not None:
        above.start, above.end = min(above.start, item.start), max(above.end or 0, item.end or 0)
    above.programmes += [key for key in item.programmes if key not in above.programmes]
    above.save(update_fields=["text", "quote", "start", "end", "programmes"])
    version.items.filter(parent=item).update(parent=above)
    version.targets.filter(item=item).update(item=above)
    item.delete()
    _note(version, by, "plan.item.merge", item=above.key)
    return above


@transaction.atomic
def drop_item(*, item_id: int, by: Acting, revision: int | None = None) -> Item:
    """Take an item out; its sub-items move up a level. It can be brought back until the version is published."""
    version, item = _live_item(item_id, by=by, revision=revision)
    version.items.filter(parent=item).update(parent_id=item.parent_id)
    item.dropped = True
    item.save(update_fields=["dropped"])
    _note(version, by, "plan.item.drop", item=item.key, text=item.text[:200])
    return item


@transaction.atomic
def restore_item(*, item_id: int, by: Acting, revision: int | None = None) -> Item:
    """Bring a dropped item back where it stood."""
    version, item = _live_item(item_id, by=by, revision=revision)
    if item.parent is not None and item.parent.dropped:
        item.parent = item.parent.parent
    item.dropped = False
    item.save(update_fields=["dropped", "parent"])
    _note(version, by, "plan.item.restore", item=item.key)
    return item


@transaction.atomic
def add_item(
    *, version_id: int, text: str, by: Acting, after_id: int | None = None, label: str = "", revision: int | None = None
) -> Item:
    """A new item behind another and its sub-items, on the same level; at the end without one."""
    version = opened(version_id, by=by, revision=revision)
    if not text.strip():
        raise Refused("请填写条目内容。", {"text": "请填写内容。"})
    item = _put(version, text.strip(), after_id, label=label.strip()[:20])
    _note(version, by, "plan.item.add", item=item.key, text=item.text[:200])
    return item


def _put(version: PlanVersion, text: str, after_id: int | None, **values: Any) -> Item:
    after = version.items.get(pk=after_id) if after_id else None
    last = after
    if after is not None:  # the whole family of `after` stays together
        family = {after.pk}
        for item in version.items.filter(order__gt=after.order).order_by("order"):
            if item.parent_id not in family:
                break
            family.add(item.pk)
            last = item
    else:
        last = version.items.order_by("-order").first()
    order = (last.order if last else 0) + 1
    item = _insert(version, order=order, parent_id=after.parent_id if after else None, text=text, **values)
    _renumber(version)
    item.refresh_from_db()
    return item


@transaction.atomic
def set_programme(*, item_id: int, programme: str, on: bool, by: Acting, revision: int | None = None) -> Item:
    """Say that an item is about a programme or brand of the lexicon, or that it is not."""
    version, item = _live_item(item_id, by=by, revision=revision)
    if programme not in programme_labels():
        raise Refused("没有这个项目或品牌，请从列表中选择。", {"programme": "请选择。"})
    item.programmes = [key for key in item.programmes if key != programme] + ([programme] if on else [])
    item.save(update_fields=["programmes"])
    _note(version, by, "plan.item.programme", item=item.key, programme=programme, on=on)
    return item


# --- what was masked, and what found no place --------------------------------------------------------------------------


@transaction.atomic
def fill_masked(*, version_id: int, index: int, words: str, by: Acting, revision: int | None = None) -> PlanVersion:
    """Write what stands in the original for a masked place; empty words take it back. It enters the text when published."""
    version = opened(version_id, by=by, revision=revision)
    masked = version.reading.get("masked", [])
    if not 0 <= index < len(masked):
        raise Refused("没有这处遮盖，请刷新页面。")
    if words.strip():
        try:
            version.fills[str(index)] = rules.check_fill(masked[index]["text"], words)
        except rules.RuleError as error:
            raise Refused(str(error), {f"mask-{index}": str(error)}) from error
    else:
        version.fills.pop(str(index), None)
    version.save(update_fields=["fills"])
    _note(version, by, "plan.mask", mask=masked[index]["text"], words=words.strip())
    return version


def _piece(version: PlanVersion, index: int) -> dict[str, Any]:
    if not 0 <= index < len(version.loose):
        raise Refused("没有这段文字，请刷新页面。")
    return dict(version.loose[index])


@transaction.atomic
def place_loose(
    *, version_id: int, index: int, by: Acting, after_id: int | None = None, revision: int | None = None
) -> Item:
    """Make an item of a piece the reader could not place, behind the item named or at the end."""
    version = opened(version_id, by=by, revision=revision)
    piece = _piece(version, index)
    if piece["state"] == Placing.PLACED:
        raise Refused("这段文字已经归入条目。")
    item = _put(
        version, piece["text"], after_id, quote=piece["quote"], start=piece["span"]["start"], end=piece["span"]["end"]
    )
    _set_loose(version, index, Placing.PLACED)
    _note(version, by, "plan.loose.place", item=item.key)
    return item


@transaction.atomic
def ignore_loose(*, version_id: int, index: int, ignore: bool, by: Acting, revision: int | None = None) -> None:
    """Leave a piece out of the plan, or take that back."""
    version = opened(version_id, by=by, revision=revision)
    if _piece(version, index)["state"] == Placing.PLACED:
        raise Refused("这段文字已经归入条目，请删除该条目。")
    _set_loose(version, index, Placing.IGNORED if ignore else Placing.OPEN)
    _note(version, by, "plan.loose.ignore", ignore=ignore)


def _set_loose(version: PlanVersion, index: int, state: Placing) -> None:
    version.loose[index]["state"] = state
    version.save(update_fields=["loose"])


# --- targets of a draft ------------------------------------------------------------------------------------------------

EDITABLE = ("title", "kind", "value", "unit", "qualifier", "bound", "per", "deadline", "owner", "measure", "quarters")


@transaction.atomic
def add_target(*, item_id: int, by: Acting, revision: int | None = None, **values: Any) -> Target:
    """A target the reader did not see. ``values`` as in ``edit_target``."""
    version, item = _live_item(item_id, by=by, revision=revision)
    order = (version.targets.aggregate(last=Max("order"))["last"] or 0) + 10
    target = Target(
        version=version,
        item=item,
        order=order,
        place=version.place,
        owner=version.plan.unit,
        standing=Standing.ACCEPTED,
    )
    _take(target, values)
    target.goal = Goal.objects.create(plan=version.plan, place=version.place)
    target.save()
    _note(
        version, by, "plan.target.add", target=target.goal_id, title=target.title, value=target.value, unit=target.unit
    )
    return target


@transaction.atomic
def edit_target(*, target_id: int, by: Acting, revision: int | None = None, **values: Any) -> Target:
    """Correct a target, and thereby accept it. Raises Refused with the field that does not fit."""
    target = Target.objects.get(pk=target_id)
    version = opened(target.version_id, by=by, revision=revision)
    before = {key: str(getattr(target, key)) for key in values}
    target.standing = Standing.ACCEPTED
    _take(target, values)
    target.save()
    _note(
        version,
        by,
        "plan.target.edit",
        target=target.goal_id,
        before=before,
        after={k: str(v) for k, v in values.items()},
    )
    return target


def _take(target: Target, values: Mapping[str, Any]) -> None:
    unknown = set(values) - set(EDITABLE)
    if unknown:
        raise TypeError(f"unknown values of a target: {', '.join(sorted(unknown))}")
    for key, value in values.items():
        setattr(target, key, value)
    if not target.is_numeric:
        target.value, target.measure, target.quarters = None, "", None
    check_target(target)


def check_target(target: Target) -> None:
    """What every accepted target must fulfil. Raises Refused with the fields."""
    problems: dict[str, str] = {}
    if not target.title.strip():
        problems["title"] = "请填写目标名称。"
    if target.kind in NUMERIC:
        if not target.value or target.value <= 0:
            problems["value"] = "请填写大于0的目标值。"
        if not target.unit:
            problems["unit"] = "请填写单位，如人、人次、户、场、万元、%。"
    if target.measure:
        try:
            queries.check_measure(target.measure, target.unit)
        except rules.RuleError as error:
            problems["measure"] = str(error)
    if target.quarters is not None:
        try:
            if target.kind != TargetKind.COUNT:
                raise rules.RuleError("只有累计数目标有季度计划。")
            checked = rules.check_quarters([Decimal(str(value)) for value in target.quarters], target.value)
            target.quarters = [rules.short(value) for value in checked]
        except rules.RuleError as error:
            problems["quarters"] = str(error)
    if problems:
        raise Refused("目标没有保存。" + "".join(problems.values()), problems)


@transaction.atomic
def decide_target(*, target_id: int, standing: Standing, by: Acting, revision: int | None = None) -> Target:
    """Accept or reject a target, or leave it undecided again."""
    target = Target.objects.get(pk=target_id)
    version = opened(target.version_id, by=by, revision=revision)
    if standing == Standing.ACCEPTED:
        check_target(target)
    target.standing = standing
    target.save(update_fields=["standing"])
    _note(version, by, "plan.target.decide", target=target.goal_id, standing=standing)
    return target


@transaction.atomic
def accept_all(*, version_id: int, by: Acting, revision: int | None = None) -> int:
    """Accept every undecided target that is complete and counts the whole year; returns how many."""
    version = opened(version_id, by=by, revision=revision)
    taken = (
        version.targets.filter(standing=Standing.SUGGESTED, item__dropped=False, value__gt=0, per="")
        .exclude(unit="")
        .update(standing=Standing.ACCEPTED)
    )
    _note(version, by, "plan.target.accept_all", targets=taken)
    return taken


# --- publishing --------------------------------------------------------------------------------------------------------


@transaction.atomic
def publish(*, version_id: int, by: Acting, remark: str = "", revision: int | None = None) -> PlanVersion:
    """Put a draft in force in place of the version before.

    Raises Refused while a masked place is not filled in, a target is undecided, or the plan has no item.
    """
    by.require(Verb.PLAN_PUBLISH)
    version = opened(version_id, by=by, revision=revision)
    problems = queries.publishing_problems(version)
    if problems:
        raise Refused("还不能发布：" + "".join(problems))
    version.targets.filter(standing=Standing.REJECTED).delete()
    version.targets.filter(item__dropped=True).delete()
    Item.objects.filter(version=version, parent__dropped=True).update(parent=None)
    version.items.filter(dropped=True).delete()
    Goal.objects.filter(plan=version.plan, targets__isnull=True, splits__isnull=True, figures__isnull=True).delete()
    _fill_texts(version)
    PlanVersion.objects.filter(plan=version.plan, state=VersionState.PUBLISHED).update(state=VersionState.SUPERSEDED)
    version.state, version.published_at, version.published_by = VersionState.PUBLISHED, clock.now(), by.signature
    version.note = remark.strip()[:200]
    version.save(update_fields=["state", "published_at", "published_by", "note"])
    _note(
        version,
        by,
        Verb.PLAN_PUBLISH,
        title=version.plan.title,
        items=version.items.count(),
        targets=version.targets.count(),
    )
    return version


def _fill_texts(version: PlanVersion) -> None:
    changed: list[Item] = []
    for item in version.items.all():
        fills = queries.masks_of(version, item)
        if fills:
            item.text, item.title = rules.fill_masks(item.text, fills), rules.fill_masks(item.title, fills)
            changed.append(item)
    Item.objects.bulk_update(changed, ["text", "title"])
    wanted: Sequence[Target] = [
        t for t in version.targets.select_related("item") if any(m in rules.MASKS for m in t.title)
    ]
    for target in wanted:
        target.title = rules.fill_masks(target.title, queries.masks_of(version, target.item))
    Target.objects.bulk_update(wanted, ["title"])
