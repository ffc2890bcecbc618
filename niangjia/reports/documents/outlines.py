"""Monitoring and evaluation reports that write themselves from confirmed values, and the evidence behind an indicator.

Every figure of a sentence has the number of its source: the value, who reported it, when it was confirmed. What is not
confirmed is not in it; what has no data is named as such.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Prefetch

from niangjia.core import clock
from niangjia.core.zips import Member
from niangjia.files import queries as files
from niangjia.letters.word import Block, Grid, Heading, Picture, Sentences, Sources, letter_document
from niangjia.org import queries as org
from niangjia.org.models import Unit
from niangjia.outlines import queries, rules
from niangjia.outlines.kinds import Direction, Light, Measured, OrderState, ReportKind, Status
from niangjia.outlines.models import Hard, Indicator, Observation, Order, Outline
from niangjia.outlines.queries import Standing
from niangjia.outlines.rules import short
from niangjia.reports.charts import outlines as charts
from niangjia.reports.charts.scene import FontMissing, as_png

FEW = 10  # events so few that the report says their number


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure comes from: what the reader sees, and the value's number for the page."""

    text: str
    observation_id: int


@dataclass(slots=True)
class Draft:
    """A report being written: blocks in order, sources as they are first named."""

    outline: Outline
    place: str
    year: int
    observations: Mapping[int, Observation]
    leads: Mapping[int, Unit]
    blocks: list[Block] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    _known: dict[int, int] = field(default_factory=dict)

    def heading(self, text: str, level: int = 1) -> None:
        self.blocks.append(Heading(text, level))

    def say(self, *pieces: str | tuple[str, int | None]) -> None:
        """A paragraph; a piece with an observation's number gets the number of that source."""
        said = [(piece, 0) if isinstance(piece, str) else (piece[0], self.source(piece[1])) for piece in pieces]
        self.blocks.append(Sentences(tuple(said)))

    def source(self, observation_id: int | None) -> int:
        if observation_id is None:
            return 0
        if observation_id not in self._known:
            value = self.observations[observation_id]
            self.sources.append(Source(_source_text(value), observation_id))
            self._known[observation_id] = len(self.sources)
        return self._known[observation_id]


def _source_text(value: Observation) -> str:
    indicator = value.indicator
    who = value.unit_name or value.source
    said = queries.words_of(value.value, indicator)
    if value.numerator is not None:
        said += f"（{short(value.numerator)}÷{short(value.denominator)}）"
    confirmed = value.confirmed_at.astimezone(clock.CHINA).date() if value.confirmed_at else ""
    marked = "；演示用生成数据" if value.generated else ""
    return f"{indicator.code} {indicator.name}，{value.year}年{said}；{who}；{confirmed}确认{marked}"


@dataclass(frozen=True, slots=True)
class Report:
    """A report ready to be shown or written."""

    title: str
    subtitle: str
    blocks: tuple[Block, ...]
    sources: tuple[Source, ...]


def title_of(outline: Outline, kind: ReportKind, year: int, place: str) -> str:
    name = org.place_name(place)
    return (
        f"{name}{outline.title}{f'{year}年度' if kind is ReportKind.MONITOR else ''}{kind.label.removeprefix('年度')}"
    )


def compose(outline: Outline, *, place: str, year: int, kind: ReportKind, pictures: bool = False) -> Report:
    """Write a report of an outline for a place. With ``pictures`` charts are drawn in; without a font they are left out."""
    earlier = year - 1 if year > outline.base_year else None
    by_year = queries.standings_in(outline, place, [year] if earlier is None else [year, earlier])
    found, before = by_year[year], by_year.get(earlier or 0, [])
    pks = [standing.observation_id for standing in found if standing.observation_id]
    observations = {v.pk: v for v in Observation.objects.filter(pk__in=pks).select_related("indicator")}
    draft = Draft(outline, place, year, observations, queries.leads_in(outline.place, year))
    _overview(draft, found, before)
    if pictures:
        _pictures(draft, found)
    _by_domain(draft, found, kind)
    _unmet(draft, found)
    _hard(draft)
    _measures(draft, found)
    _next_steps(draft, found, kind)
    _about_data(draft, found)
    draft.heading("数据来源")
    draft.blocks.append(Sources(tuple(source.text for source in draft.sources)))
    subtitle = f"{org.place_name(place)}妇女儿童工作委员会办公室　{clock.today():%Y年%m月%d日}"
    return Report(title_of(outline, kind, year, place), subtitle, tuple(draft.blocks), tuple(draft.sources))


def _overview(draft: Draft, found: Sequence[Standing], before: Sequence[Standing]) -> None:
    now, then = queries.attainment_of(found), queries.attainment_of(before)
    draft.heading("一、总体情况")
    draft.say(
        f"{draft.outline.title}共监测{len(found)}项指标。{draft.year}年可评价{now.denominator}项，其中达标{now.met}项、"
        f"接近达标{now.near}项、未达标{now.unmet}项，达标率{_percent(now.rate)}，达标和接近达标合计{_percent(now.rate_with_near)}。"
        f"无数据{now.no_data}项、不适用{now.not_applicable}项，不计入分母。"
    )
    if then.denominator:
        draft.say(
            f"上年可评价{then.denominator}项，达标{then.met}项，达标率{_percent(then.rate)}。"
            + _compared(found, before)
        )
    alerts = [s for s in found if s.judgement.counts and s.judgement.alert]
    if alerts:
        draft.say(f"需要预警的指标{len(alerts)}项：{'、'.join(s.name for s in alerts)}。")
    rows = []
    for name, group in queries.by_domain(found).items():
        one = queries.attainment_of(group)
        rows.append(
            (name, str(len(group)), str(one.met), str(one.near), str(one.unmet), str(one.no_data), _percent(one.rate))
        )
    head = ("领域", "指标", "达标", "接近", "未达标", "无数据", "达标率")
    draft.blocks.append(Grid(f"表1　{draft.year}年各领域达标情况", head, tuple(rows)))


def _percent(rate: object) -> str:
    return "无法计算" if rate is None else f"{rate}%"


def _compared(found: Sequence[Standing], before: Sequence[Standing]) -> str:
    then = {s.indicator_id: s.status for s in before}
    risen = [
        s.name for s in found if s.status is Status.MET and then.get(s.indicator_id) in (Status.NEAR, Status.UNMET)
    ]
    fallen = [
        s.name for s in found if s.status in (Status.NEAR, Status.UNMET) and then.get(s.indicator_id) is Status.MET
    ]
    words = f"新达标{len(risen)}项{f'（{chr(12289).join(risen)}）' if risen else ''}，"
    return words + f"达标后回落{len(fallen)}项{f'（{chr(12289).join(fallen)}）' if fallen else ''}。"


def _pictures(draft: Draft, found: Sequence[Standing]) -> None:
    years = list(range(draft.outline.base_year + 1, draft.year + 1))
    by_year = queries.standings_in(draft.outline, draft.place, years)
    drawn = [
        charts.attainment({year: queries.attainment_of(one) for year, one in by_year.items()}),
        charts.domains({year: by_year[year] for year in years[-6:]}),
    ]
    try:
        draft.blocks += [
            Picture(as_png(chart.scene), f"图{number}　{chart.title}") for number, chart in enumerate(drawn, 1)
        ]
    except FontMissing as missing:
        draft.say(str(missing))


def _by_domain(draft: Draft, found: Sequence[Standing], kind: ReportKind) -> None:
    draft.heading("二、分领域情况")
    for number, (name, group) in enumerate(queries.by_domain(found).items(), start=1):
        one = queries.attainment_of(group)
        draft.heading(f"（{_chinese(number)}）{name}", 2)
        draft.say(
            f"本领域{len(group)}项指标，可评价{one.denominator}项，达标{one.met}项、接近达标{one.near}项、未达标{one.unmet}项。"
        )
        for standing in group:
            if standing.observation_id is not None:
                draft.say(*_sentence(draft, standing, kind))


def _chinese(number: int) -> str:
    digits = "零一二三四五六七八九"
    if number < 10:
        return digits[number]
    return ("" if number < 20 else digits[number // 10]) + "十" + (digits[number % 10] if number % 10 else "")


def _sentence(draft: Draft, s: Standing, kind: ReportKind) -> list[str | tuple[str, int | None]]:
    """One indicator: its value with its source, what it is to be, how it moved, how it stands."""
    value = draft.observations[s.observation_id or 0]
    indicator = value.indicator
    pieces: list[str | tuple[str, int | None]] = [(f"{s.name}{queries.words_of(s.value, indicator)}", s.observation_id)]
    if (
        indicator.unit in (Measured.PERMILLE, Measured.PER_100K)
        and value.numerator is not None
        and value.numerator < FEW
    ):
        pieces.append(f"（当年实际发生{short(value.numerator)}例，数量少，一例之差即有明显波动）")
    if indicator.direction == Direction.QUAL:
        return [*pieces, "，已落实。" if s.status is Status.MET else "，尚未落实。"]
    if s.before is not None and s.value is not None:
        change = rules.rounded(s.value - s.before)
        pieces.append(f"，比上次{'上升' if change > 0 else '下降'}{short(abs(change))}" if change else "，与上次持平")
    if kind is not ReportKind.MONITOR and s.aim.baseline is not None and s.value is not None:
        change = rules.rounded(s.value - s.aim.baseline)
        pieces.append(f"，比基期{'上升' if change > 0 else '下降'}{short(abs(change))}" if change else "，与基期持平")
    if s.aim.target is not None:
        pieces.append(f"，目标{indicator.get_direction_display()}{short(s.aim.target)}{indicator.unit_after}")
    else:
        pieces.append(f"，要求{indicator.get_direction_display()}")
    return [*pieces, f"，{s.status.label}{f'（{s.judgement.reason}）' if s.light is not Light.GREEN else ''}。"]


def _unmet(draft: Draft, found: Sequence[Standing]) -> None:
    draft.heading("三、未达标指标和原因")
    missed = [s for s in found if s.status in (Status.UNMET, Status.NEAR)]
    if not missed:
        draft.say("可评价的指标全部达标。")
    for s in missed:
        value, lead = draft.observations[s.observation_id or 0], draft.leads.get(s.indicator_id)
        said = [text for text in (value.note, *value.answers.values()) if text]
        cause = "；".join(said).rstrip("。") if said else "部门没有说明原因"
        draft.say(
            (f"{s.name}{queries.words_of(s.value, value.indicator)}", s.observation_id),
            f"，{s.status.label}，牵头部门{lead.short_name if lead else '未指定'}。原因：{cause}。",
        )


def _hard(draft: Draft) -> None:
    draft.heading("四、重难点指标和督办")
    orders = Prefetch("orders", Order.objects.select_related("unit").prefetch_related("progress"))
    listed = list(queries.hard_list(draft.outline, draft.place).prefetch_related(orders))
    if not listed:
        draft.say("没有列入重难点的指标。")
    for hard in listed:
        draft.say(_hard_words(hard))


def _hard_words(hard: Hard) -> str:
    words = f"{hard.indicator.name}：{hard.year}年列入，原因是{hard.reason.rstrip('。')}。"
    for order in hard.orders.all():
        words += (
            f"督办单{order.number}于{order.issued_at.astimezone(clock.CHINA):%Y年%m月%d日}发{order.unit.short_name}"
        )
        if order.state == OrderState.ISSUED:
            words += "，尚未报整改计划。"
            continue
        words += f"，整改措施：{order.plan.rstrip('。')}；责任人{order.owner}。"
        steps = list(order.progress.all())
        if steps:
            words += f"最近进展（{steps[-1].year}年第{steps[-1].quarter}季度）：{steps[-1].text.rstrip('。')}。"
        if order.state == OrderState.CLOSED:
            words += f"已销号：{order.conclusion.rstrip('。')}。"
    return words


def _measures(draft: Draft, found: Sequence[Standing]) -> None:
    draft.heading("五、主要措施")
    said = False
    for s in found:
        value = draft.observations.get(s.observation_id or 0)
        if value is not None and value.measures_taken:
            draft.say((f"{value.unit_name}（{s.name}）：{value.measures_taken.rstrip('。')}", s.observation_id), "。")
            said = True
    if not said:
        draft.say("部门没有填写措施。")


def _next_steps(draft: Draft, found: Sequence[Standing], kind: ReportKind) -> None:
    draft.heading("六、下一步")
    urgent = [s for s in found if s.judgement.counts and s.judgement.alert]
    for unit, group in queries.by_department(urgent, draft.leads):
        draft.say(f"{unit.short_name}：重点推进{'、'.join(s.name for s in group)}。")
    without = [s.name for s in found if s.status is Status.NO_DATA]
    if without:
        draft.say(f"补齐{len(without)}项无数据指标的统计：{'、'.join(without)}。")
    if not urgent and not without:
        draft.say("巩固现有成果，继续按年监测。")
    if kind is ReportKind.FINAL:
        draft.say("未达标的指标转入下一周期规划继续跟踪。")


def _about_data(draft: Draft, found: Sequence[Standing]) -> None:
    draft.heading("七、数据说明")
    draft.say(
        f"数据由各牵头部门填报分子和分母，统计部门审核，妇儿工委办确认。接近达标指与目标相差不超过{draft.outline.near * 100:.0f}%；"
        f"达标率＝达标项数÷可评价项数。预警指红灯或连续两年变差。"
    )
    corrected = [v for v in draft.observations.values() if v.restates_id]
    if corrected:
        names = "、".join(v.indicator.name for v in corrected)
        draft.say(f"{draft.year}年有{len(corrected)}项经过更正，原值保留：{names}。")
    if any(v.generated for v in draft.observations.values()):
        draft.say("本报告含演示用生成数据，不是真实统计。")
    unsure = [s.name for s in found if s.unconfirmed and s.judgement.counts]
    if unsure:
        draft.say(f"下列指标的目标值未经核实，引用前请对照文件：{'、'.join(unsure)}。")


# --- evidence ----------------------------------------------------------------------------------------------------------


def evidence_members(indicator: Indicator, place: str) -> Iterator[Member]:
    """An indicator's folder: what it is and every value in a text, then its papers by year. A lost file says so."""
    values = list(queries.values_of(indicator, place))
    papers = list(queries.evidence_of([indicator.pk], place))
    folder = f"{indicator.code}{indicator.name}"
    yield Member(f"{folder}/说明.txt", [_about(indicator, place, values, papers).encode("utf-8-sig")], clock.now())
    for paper in papers:
        path = f"{folder}/{paper.year}/{paper.title}"
        try:
            yield Member(path, files.open_file(paper.file), paper.added_at.astimezone(clock.CHINA))
        except files.FileLost as lost:
            yield Member(f"{path}.缺失.txt", [str(lost).encode("utf-8-sig")], clock.now())


def _about(indicator: Indicator, place: str, values: Sequence[Observation], papers: Sequence[object]) -> str:
    lines = [
        f"{indicator.name}（{indicator.code}），{indicator.outline.title}", f"地区：{org.place_name(place)}",
        f"单位：{indicator.unit}", f"含义：{indicator.definition or '—'}",
        f"计算：{indicator.numerator_name} ÷ {indicator.denominator_name}" if indicator.shape.is_rate else "直接填报",
        "", "历年值（含已被更正的）：",
    ]  # fmt: skip
    for value in values:
        numbers = f"（{short(value.numerator)}÷{short(value.denominator)}）" if value.numerator is not None else ""
        why = f"；更正原因：{value.why}" if value.why else ""
        marked = "；演示用生成数据" if value.generated else ""
        lines.append(
            f"{value.year}年 {queries.words_of(value.value, indicator)}{numbers} {value.get_state_display()} "
            f"{value.unit_name or value.source}{f'；说明：{value.note}' if value.note else ''}{why}{marked}"
        )
    lines += ["", f"证明材料{len(papers)}份，按年度存放。"]
    return "\r\n".join(lines)


# --- supervision orders ---------------------------------------------------------------------------------------------------


def order_letter(order: Order) -> bytes:
    """A supervision order (督办单) as a Word letter, for a department that is handed it on paper."""
    hard, indicator = order.hard, order.hard.indicator
    issued = order.issued_at.astimezone(clock.CHINA).date()
    standing = {s.indicator_id: s for s in queries.standings(indicator.outline, order.place, hard.year)}.get(
        indicator.pk
    )
    now = ""
    if standing is not None and standing.value is not None:
        now = f"{hard.year}年为{queries.words_of(standing.value, indicator)}"
        if standing.aim.target is not None:
            now += f"，目标{indicator.get_direction_display()}{short(standing.aim.target)}{indicator.unit_after}"
        now += "。"
    place = org.place_name(order.place)
    return letter_document(
        "妇女儿童发展规划督办单",
        [
            f"{order.unit.name}：",
            f"编号：{order.number}",
            f"{place}{indicator.outline.title}中由你单位牵头的“{indicator.name}”列入重难点指标，原因：{hard.reason}。{now}",
            f"督办要求：{order.demand}",
            f"请于{_day(order.plan_due_on)}前报送整改计划，写明措施、责任人和完成时限，其后每季度报送进展，直至确认值达到目标后销号。",
        ],
        [f"{place}妇女儿童工作委员会办公室", _day(issued)],
    )


def _day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
