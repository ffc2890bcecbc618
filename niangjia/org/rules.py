"""What is worth a look in a body's roster. Warnings only: practice differs from place to place, nothing is refused."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from niangjia.core.codes import Level
from niangjia.org.kinds import PostRole

# Who sits on the executive committee: it elects chair, vice-chairs and standing members from among itself.
EXECUTIVES: Final = frozenset(
    {
        PostRole.CHAIR,
        PostRole.VICE_CHAIR_FULL,
        PostRole.VICE_CHAIR_PART,
        PostRole.VICE_CHAIR_SECOND,
        PostRole.STANDING_MEMBER,
        PostRole.EXEC_MEMBER,
    }
)
VICE_CHAIRS: Final = frozenset({PostRole.VICE_CHAIR_FULL, PostRole.VICE_CHAIR_PART, PostRole.VICE_CHAIR_SECOND})
ADMINISTRATORS: Final = frozenset({PostRole.SYSTEM_ADMIN, PostRole.SECURITY_ADMIN, PostRole.AUDITOR})

END_NEAR: Final = dt.timedelta(days=90)
SECONDED_FOR: Final = 2  # years: secondments usually last one or two
GRASSROOTS_SHARE: Final = 0.6  # of the executives
SHARE_FROM: Final = 5  # executives; below that a share says nothing
PRACTICE: Final = {Level.TOWN: (15, 3), Level.VILLAGE: (10, 2)}  # executives and vice-chairs where none are fixed


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """A federation as its running posts and terms show it. ``grassroots`` counts executives of the grassroots;
    ``seconded_since`` holds the first day of each seconded vice-chair."""

    level: Level
    chairs: int = 0
    chairs_in_committees: int = 0
    vice_chairs: int = 0
    executives: int = 0
    expected: int = 0
    grassroots: int = 0
    term_ends: dt.date | None = None
    seconded_since: tuple[dt.date, ...] = ()


@dataclass(frozen=True, slots=True)
class Warning:  # noqa: A001
    """One remark: a stable key, what is the case, what to do or why it matters, with its source; ``short`` for lists."""

    key: str
    short: str
    text: str
    source: str


def warnings(facts: UnitFacts, today: dt.date) -> list[Warning]:
    """What is worth a look, the most important first."""
    return [*_chair(facts), *_term(facts, today), *_size(facts), *_share(facts), *_seconded(facts, today)]


def _chair(facts: UnitFacts) -> list[Warning]:
    if not facts.chairs:
        return [Warning("no_chair", "主席空缺", "没有在任的主席，请登记或按程序补选。", "每级妇联设主席一人")]
    found = []
    if facts.chairs > 1:
        text = f"同时有 {facts.chairs} 位主席在任，请把离任的一位登记离任。"
        found.append(Warning("chairs", f"主席 {facts.chairs} 人", text, "每级妇联设主席一人"))
    if facts.level is Level.VILLAGE and facts.chairs_in_committees < facts.chairs:
        text = "主席没有登记进村（社区）“两委”，请核实；确已进入的，在任职中勾选。"
        found.append(Warning("committees", "主席未进两委", text, "妇联改革要求：村（社区）妇联主席 100% 进“两委”"))
    return found


def _term(facts: UnitFacts, today: dt.date) -> list[Warning]:
    if facts.term_ends is None:
        return [Warning("no_term", "未登记届次", "没有登记届次，无法提醒换届。", "县级和乡镇妇联每届五年")]
    source = (
        "《村民委员会组织法》第十一条（2018 年修正，每届五年），村妇联随村委会换届"
        if facts.level is Level.VILLAGE
        else "县级和乡镇妇联每届五年"
    )
    if facts.term_ends < today:
        text = f"本届已于 {facts.term_ends} 届满，请安排换届并登记新一届。"
        return [Warning("term_over", "届满未换", text, source)]
    if facts.term_ends - today <= END_NEAR:
        text = f"本届将于 {facts.term_ends} 届满（还有 {(facts.term_ends - today).days} 天），请准备换届。"
        return [Warning("term_near", "即将届满", text, source)]
    return []


def _size(facts: UnitFacts) -> list[Warning]:
    found = []
    executives, vice_chairs = PRACTICE.get(facts.level, (0, 0))
    if facts.expected:
        if facts.executives != facts.expected:
            way = "少于" if facts.executives < facts.expected else "多于"
            text = f"执委 {facts.executives} 人（含主席、副主席、常委），{way}核定的 {facts.expected} 人。"
            short = f"执委 {facts.executives}/{facts.expected}"
            found.append(Warning("size", short, text, "本单位核定的执委职数"))
    elif facts.executives < executives:
        text = f"执委 {facts.executives} 人，各地同级一般不少于 {executives} 人。"
        found.append(Warning("size", f"执委 {facts.executives} 人", text, "各地做法：村 10 至 15 人，乡镇 15 至 25 人"))
    if facts.vice_chairs < vice_chairs:
        text = f"副主席 {facts.vice_chairs} 人，各地同级一般有 {vice_chairs} 人（专职、兼职、挂职合计）。"
        found.append(
            Warning("vice", f"副主席 {facts.vice_chairs} 人", text, "各地做法：村兼职副主席 2 人，乡镇副主席 3 人")
        )
    return found


def _share(facts: UnitFacts) -> list[Warning]:
    if facts.executives < SHARE_FROM or facts.grassroots >= GRASSROOTS_SHARE * facts.executives:
        return []
    share = facts.grassroots / facts.executives
    text = f"执委中来自基层一线的 {facts.grassroots} 人，占 {share:.0%}，低于 {GRASSROOTS_SHARE:.0%}。"
    return [Warning("share", f"基层 {share:.0%}", text, "妇联改革要求：基层一线执委一般不低于 60%")]


def _seconded(facts: UnitFacts, today: dt.date) -> list[Warning]:
    late = sum(1 for since in facts.seconded_since if years_after(since, SECONDED_FOR) <= today)
    if not late:
        return []
    text = f"有 {late} 位挂职副主席已满 {SECONDED_FOR} 年，请核实是否到期；到期的登记离任。"
    return [Warning("seconded", "挂职超期", text, "挂职一般一至两年")]


def term_years(level: Level, starts_on: dt.date) -> int:
    """Years of a term: 5; in a village 3 if it began before the amendment of 2018-12-29 (村民委员会组织法 art. 11)."""
    return 3 if level is Level.VILLAGE and starts_on < dt.date(2018, 12, 29) else 5


def years_after(day: dt.date, years: int) -> dt.date:
    """The same day ``years`` later; 29 February becomes 28 February where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def last_day(starts_on: dt.date, years: int) -> dt.date:
    """The last day of a term of ``years``."""
    return years_after(starts_on, years) - dt.timedelta(days=1)
