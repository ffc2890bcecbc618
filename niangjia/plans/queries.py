"""Named reads of plans and targets. The database holds the range; nothing here filters by who asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch, Q, QuerySet

from niangjia.core import codes, measures
from niangjia.core.measures import Measure
from niangjia.core.registry import RegistryError
from niangjia.org.kinds import UnitKind
from niangjia.org.models import Unit
from niangjia.plans import rules
from niangjia.plans.kinds import Placing, Standing, VersionState
from niangjia.plans.models import Figure, Item, LockedValue, MonthLock, Plan, PlanVersion, Split, Statement, Target
from niangjia.plans.rules import Change

TEXTS = ("source", "cleaned", "reading", "loose")  # of a version: long, and needed on its own page only


def plans() -> QuerySet[Plan]:
    """Plans the reader may open: of each the versions she may see, the newest first, without their texts."""
    versions = PlanVersion.objects.defer(*TEXTS).order_by("-number")
    return Plan.objects.select_related("unit").prefetch_related(Prefetch("versions", versions))


def version_for(pk: int) -> PlanVersion:
    """One version. Raises PlanVersion.DoesNotExist also for a draft out of the reader's range."""
    return PlanVersion.objects.select_related("plan__unit").get(pk=pk)


def items_in_force(plan: Plan) -> list[Item]:
    """The items of the version in force, in reading order; none before the first is published."""
    return list(Item.objects.filter(version__plan=plan, version__state=VersionState.PUBLISHED, dropped=False))


def targets_in_force(plan: Plan) -> QuerySet[Target]:
    """The targets of the version in force, in reading order."""
    return _in_force().filter(version__plan=plan)


def _in_force() -> QuerySet[Target]:
    return (
        Target.objects.filter(version__state=VersionState.PUBLISHED)
        .select_related("item", "owner", "version__plan__unit")
        .defer(*(f"version__{name}" for name in TEXTS))
    )


def target_in_force(goal_id: int) -> Target | None:
    return _in_force().filter(goal_id=goal_id).first()


def targets_of(version: PlanVersion) -> QuerySet[Target]:
    return version.targets.select_related("item", "owner")


def published_plans(year: int | None = None) -> QuerySet[PlanVersion]:
    """Versions in force, of one year where given."""
    found = PlanVersion.objects.filter(state=VersionState.PUBLISHED).select_related("plan__unit")
    found = found.defer(*TEXTS)
    return (found.filter(plan__year=year) if year else found).order_by("-plan__year", "plan_id")


@dataclass(slots=True)
class Node:
    """An item in the tree: how deep, what hangs on it."""

    item: Item
    level: int
    targets: list[Target]
    children: list[Node]


def tree(items: Sequence[Item], targets: Sequence[Target]) -> list[Node]:
    """The items that were not dropped as a tree, in reading order; what lost its parent stands on top."""
    nodes: dict[int, Node] = {}
    roots: list[Node] = []
    for item in items:
        if item.dropped:
            continue
        above = nodes.get(item.parent_id or 0)
        node = Node(item, above.level + 1 if above else 1, [], [])
        nodes[item.pk] = node
        (above.children if above else roots).append(node)
    for target in targets:
        if target.item_id in nodes:
            nodes[target.item_id].targets.append(target)
    return roots


def walk(roots: Sequence[Node]) -> list[Node]:
    """All nodes in reading order."""
    found: list[Node] = []
    for node in roots:
        found.append(node)
        found += walk(node.children)
    return found


# --- what keeps a draft from being published --------------------------------------------------------------------------


def masks_of(version: PlanVersion, item: Item) -> list[tuple[str, str]]:
    """The masked places in an item's source, in order, each with what was written for it or ""."""
    if item.start is None or item.end is None:
        return []
    return [
        (rules.fold_mask(masked["text"]), version.fills.get(str(index), ""))
        for index, masked in enumerate(version.reading.get("masked", []))
        if item.start <= masked["span"]["start"] and masked["span"]["end"] <= item.end
    ]


@dataclass(frozen=True, slots=True)
class MaskedPlace:
    """A masked place as the officer sees it. ``needed`` while the plan's text still shows the mask."""

    index: int
    mask: str
    hint: str
    start: int
    filled: str
    needed: bool


def masked_places(version: PlanVersion, items: Sequence[Item]) -> list[MaskedPlace]:
    """Every masked place of the source; one whose words were edited out of the items needs no filling."""
    places = []
    for index, masked in enumerate(version.reading.get("masked", [])):
        start, end = masked["span"]["start"], masked["span"]["end"]
        mask = rules.fold_mask(masked["text"])
        stands = any(
            mask in item.text
            for item in items
            if not item.dropped and item.start is not None and item.start <= start and end <= (item.end or 0)
        )
        filled = version.fills.get(str(index), "")
        places.append(MaskedPlace(index, mask, masked["hint"], start, filled, stands and not filled))
    return places


def publishing_problems(version: PlanVersion) -> list[str]:
    """What must be done before a draft can be published, as sentences."""
    items = list(version.items.all())
    problems = []
    if not any(not item.dropped for item in items):
        problems.append("计划中没有条目，请先添加条目。")
    open_masks = [place for place in masked_places(version, items) if place.needed]
    if open_masks:
        marks = "、".join(f"“{place.mask}”" for place in open_masks[:5])
        problems.append(f"还有{len(open_masks)}处被遮盖的内容没有填写（{marks}），请对照原件填写。")
    undecided = version.targets.filter(standing=Standing.SUGGESTED, item__dropped=False).count()
    if undecided:
        problems.append(f"还有{undecided}个目标没有确认，请逐个采纳或不采纳。")
    return problems


def open_pieces(version: PlanVersion) -> int:
    """How many pieces of the text found no place and were not ignored: told before publishing, not forbidden."""
    return sum(piece["state"] == Placing.OPEN for piece in version.loose)


# --- versions compared --------------------------------------------------------------------------------------------------


def changes_between(old: PlanVersion, new: PlanVersion) -> list[Change]:
    """Items, then targets, that were added, changed or removed."""
    return rules.difference("条目", _item_faces(old), _item_faces(new)) + rules.difference(
        "目标", _target_faces(old), _target_faces(new)
    )


def _item_faces(version: PlanVersion) -> dict[str, tuple[str, dict[str, str]]]:
    items = [item for item in version.items.select_related("parent") if not item.dropped]
    return {
        item.key: (
            f"{item.label}{item.title or item.text[:30]}",
            {
                "编号": item.label,
                "内容": item.text,
                "上级": f"{item.parent.label}{item.parent.title}" if item.parent else "",
            },
        )
        for item in items
    }


def _target_faces(version: PlanVersion) -> dict[int, tuple[str, dict[str, str]]]:
    targets = targets_of(version).exclude(standing=Standing.REJECTED).exclude(item__dropped=True)
    return {
        target.goal_id: (
            target.title,
            {
                "名称": target.title,
                "类型": target.get_kind_display(),
                "目标值": f"{target.qualifier}{rules.short(target.value)}{target.unit}",
                "时限": str(target.deadline or ""),
                "责任单位": target.owner.short_name if target.owner else "",
            },
        )
        for target in targets
    }


# --- measures -----------------------------------------------------------------------------------------------------------


def measure_of(key: str) -> Measure | None:
    """The measure of that key; None where the programme that gave it is no longer there."""
    try:
        return measures.get(key)
    except RegistryError:
        return None


def check_measure(key: str, unit: str) -> Decimal:
    """How many target units one unit of the measure is. Raises RuleError for an unknown measure or another unit."""
    measure = measure_of(key)
    if measure is None:
        raise rules.RuleError("没有这个指标，请从列表中选择。")
    return rules.unit_factor(unit, measure.unit)


@dataclass(frozen=True, slots=True)
class MeasureChoice:
    """A measure offered for a target; ``problem`` says why it does not fit."""

    measure: Measure
    suggested: bool
    problem: str


def measure_choices(target: Target) -> list[MeasureChoice]:
    """Measures for a target: those of its item's programmes first, those of another unit last and with the reason."""
    choices = []
    for measure in measures.all_measures():
        try:
            check_measure(measure.key, target.unit)
            problem = ""
        except rules.RuleError as error:
            problem = str(error)
        programme = measure.key.split(".", 1)[0]
        choices.append(MeasureChoice(measure, programme in target.item.programmes and not problem, problem))
    return sorted(choices, key=lambda choice: (bool(choice.problem), not choice.suggested))


# --- parts, figures, locks ------------------------------------------------------------------------------------------------


def in_range_of(outer: str, place: str) -> bool:
    lo, hi = codes.subtree(outer)
    return lo <= place < hi


def units_below(unit_id: int) -> QuerySet[Unit]:
    """The bodies right below one that take a part of a target: federations and parts without a code of their own."""
    return Unit.objects.filter(
        parent_id=unit_id, kind__in=[UnitKind.FEDERATION, UnitKind.SUBUNIT], active_to__isnull=True
    ).order_by("place", "order", "id")


def splits(goal_ids: Sequence[int]) -> QuerySet[Split]:
    return Split.objects.filter(goal_id__in=goal_ids).select_related("unit")


def current_figures(goal_ids: Sequence[int]) -> QuerySet[Figure]:
    """Figures that stand, oldest month first."""
    return Figure.objects.filter(goal_id__in=goal_ids, current=True).order_by("goal_id", "unit_id", "year", "month")


def figures_of(goal_id: int) -> QuerySet[Figure]:
    """Every figure of a target, the restated ones too, the newest month and the newest word first."""
    return (
        Figure.objects.filter(goal_id=goal_id)
        .select_related("unit", "evidence", "restates")
        .order_by("-year", "-month", "place", "-id")
    )


def statements_of(goal_ids: Sequence[int]) -> QuerySet[Statement]:
    """What was said, newest first; restated ones too."""
    return (
        Statement.objects.filter(goal_id__in=goal_ids)
        .select_related("unit", "evidence")
        .order_by("goal_id", "place", "-id")
    )


def locks(plan: Plan) -> QuerySet[MonthLock]:
    return MonthLock.objects.filter(plan=plan).order_by("year", "month")


def locked_values(goal_ids: Sequence[int]) -> QuerySet[LockedValue]:
    return LockedValue.objects.filter(goal_id__in=goal_ids).select_related("lock").order_by("lock__year", "lock__month")


def owners(place: str) -> QuerySet[Unit]:
    """Bodies that can answer for a target: the district's own, its departments, its towns."""
    lo, hi = codes.subtree(place)
    return (
        Unit.objects.filter(place__gte=lo, place__lt=hi, active_to__isnull=True)
        .filter(~Q(kind=UnitKind.FEDERATION) | Q(place__endswith="000"))
        .order_by("place", "order", "id")
    )
