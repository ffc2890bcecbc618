"""What a campaign is made of, when two reflections are nearly one, and how a campaign moves on. Pure functions."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from niangjia.campaigns.kinds import CampaignState, ReturnState
from niangjia.core.text import fold_width

MOST_EPISODES: Final = 60

NEXT: Final = {
    CampaignState.DRAFT: frozenset({CampaignState.ISSUED}),
    CampaignState.ISSUED: frozenset({CampaignState.RUNNING}),
    CampaignState.RUNNING: frozenset({CampaignState.COLLECTING}),
    CampaignState.COLLECTING: frozenset({CampaignState.CLOSED, CampaignState.RUNNING}),
    CampaignState.CLOSED: frozenset({CampaignState.ARCHIVED, CampaignState.COLLECTING}),
    CampaignState.ARCHIVED: frozenset(),
}
RETURN_NEXT: Final = {
    ReturnState.PENDING: frozenset({ReturnState.SUBMITTED}),
    ReturnState.SUBMITTED: frozenset({ReturnState.ACCEPTED, ReturnState.RETURNED}),
    ReturnState.RETURNED: frozenset({ReturnState.SUBMITTED}),
    ReturnState.ACCEPTED: frozenset({ReturnState.RETURNED}),
}


def may_become(state: str, wanted: CampaignState) -> bool:
    return wanted in NEXT[CampaignState(state)]


def by_date(state: str, *, starts_on: dt.date, deadline: dt.date, today: dt.date) -> CampaignState:
    """The state the calendar alone brings a campaign to: it runs from its first day, and is collected after its deadline."""
    if state == CampaignState.ISSUED and today >= starts_on:
        state = CampaignState.RUNNING
    if state == CampaignState.RUNNING and today > deadline:
        state = CampaignState.COLLECTING
    return CampaignState(state)


# ---------------------------------------------------------------- episodes


@dataclass(frozen=True, slots=True)
class EpisodeLine:
    """One episode as it was pasted."""

    number: int
    title: str
    channel: str = ""
    airs: str = ""
    minutes: int | None = None
    link: str = ""


def read_episodes(text: str) -> tuple[list[EpisodeLine], list[str]]:
    """Episodes pasted line by line, as they come out of Excel or a notice: number, title, channel, time, minutes, link,
    parted by tabs or “|”; all but the title may be missing. Returns them with what is wrong, by line and field.
    """
    found: list[EpisodeLine] = []
    faults: list[str] = []
    seen: dict[int, int] = {}
    for line, raw in enumerate(text.splitlines(), start=1):
        if not raw.strip():
            continue
        cells = [cell.strip() for cell in re.split(r"\t|\|", fold_width(raw))]
        link = next((cell for cell in cells if re.match(r"https?://", cell)), "")
        rest = [cell for cell in cells if cell != link]
        number = len(found) + 1
        if match := re.fullmatch(r"第?(\d{1,3})集?", rest[0]):
            number, rest = int(match[1]), rest[1:]
        elif match := re.match(r"第?(\d{1,3})(?:集|[、.．])\s*(?=\S)", rest[0]):
            number, rest = int(match[1]), [rest[0][match.end() :], *rest[1:]]
        minutes = None
        for at, cell in enumerate(rest[1:], start=1):
            if match := re.fullmatch(r"(\d{1,3})\s*(?:分钟?|min)?", cell):
                minutes = int(match[1])
                del rest[at]
                break
        title = rest[0] if rest else ""
        if not title:
            faults.append(f"第{line}行“标题”：没有写标题，请补上。")
        elif len(title) > 80:
            faults.append(f"第{line}行“标题”：超过80字，请缩短。")
        elif not 1 <= number <= 999:
            faults.append(f"第{line}行“集”：应在1至999之间。")
        elif number in seen:
            faults.append(f"第{line}行“集”：第{number}集在第{seen[number]}行已有，请改一个。")
        else:
            seen[number] = line
            more = [*rest[1:], "", ""]
            found.append(EpisodeLine(number, title, more[0][:40], more[1][:40], minutes, link[:300]))
    if len(found) > MOST_EPISODES:
        faults.append(f"一次活动最多{MOST_EPISODES}集，请分成几次。")
    return sorted(found, key=lambda one: one.number), faults


def write_episodes(episodes: Iterable[EpisodeLine]) -> str:
    """Episodes as ``read_episodes`` reads them."""
    return "\n".join(
        " | ".join(
            [str(one.number), one.title, one.channel, one.airs, str(one.minutes or ""), one.link]
        ).rstrip(" |")
        for one in episodes
    )  # fmt: skip


# ---------------------------------------------------------------- reflections that are nearly one

_SIZE: Final = 5  # characters of a shingle: about two words
_COMMON: Final = 40  # a shingle so many share is the title of the film, not somebody's thought
LIKE: Final = 0.5  # a hint to the editor from here on, a rule of nobody


@dataclass(frozen=True, slots=True)
class Near:
    """Two texts and what part of their words they share, 0 to 1. Who copied from whom nobody can tell from it."""

    one: int
    other: int
    share: float

    @property
    def percent(self) -> int:
        return round(self.share * 100)


def shingles(text: str) -> frozenset[str]:
    """Every run of five letters of a text, without signs and spaces."""
    letters = _letters(text)
    return frozenset(letters[at : at + _SIZE] for at in range(max(len(letters) - _SIZE + 1, 0)))


def alike(one: frozenset[str], other: frozenset[str]) -> float:
    """The Jaccard measure: what both have of what either has."""
    return len(one & other) / len(one | other) if one or other else 0.0


def near_copies(texts: Mapping[int, str], *, least: float = LIKE) -> list[Near]:
    """Pairs of nearly the same words, the nearest first. A quarter of the shingles finds the pairs worth comparing, so that
    a thousand texts are not compared each with each."""
    sets = {key: shingles(text) for key, text in texts.items()}
    holders: dict[str, list[int]] = defaultdict(list)
    for key, own in sets.items():
        for shingle in own:
            if len(own) < 60 or zlib.crc32(shingle.encode()) % 4 == 0:
                holders[shingle].append(key)
    pairs = {pair for keys in holders.values() if 1 < len(keys) <= _COMMON for pair in combinations(sorted(keys), 2)}
    found = [Near(one, other, share) for one, other in pairs if (share := alike(sets[one], sets[other])) >= least]
    return sorted(found, key=lambda near: (-near.share, near.one, near.other))


def _letters(text: str) -> str:
    return "".join(sign for sign in fold_width(text) if unicodedata.category(sign)[0] in "LN")


def is_excerpt(shown: str, text: str) -> bool:
    """Whether every sentence of an excerpt stands in the text, signs and spaces aside: words may go, none may come."""
    whole = _letters(text)
    return all(_letters(sentence) in whole for sentence in re.split(r"[。！？!?；;…\n]+", shown))


def share_text(part: int, whole: int) -> str:
    """A coverage as it is written: 18/20（90%）."""
    return f"{part}/{whole}（{part * 100 / whole:.0f}%）" if whole else "—"


def names_in(text: str) -> list[str]:
    """Names pasted line by line or with commas between, each once."""
    return list(dict.fromkeys(name for raw in re.split(r"[\n,，、;；\t]+", text) if (name := raw.strip())))
