"""What a lesson, its captions and a question must be like. Pure functions."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from niangjia.core import scanner
from niangjia.core.icalendar import calendar, escaped, utc
from niangjia.lessons.kinds import LessonState

NEXT: Final = {
    LessonState.DRAFT: frozenset({LessonState.CHECKED}),
    LessonState.CHECKED: frozenset({LessonState.DRAFT, LessonState.PUBLISHED}),
    LessonState.PUBLISHED: frozenset({LessonState.WITHDRAWN}),
    LessonState.WITHDRAWN: frozenset({LessonState.DRAFT}),
}


def may_become(state: str, wanted: LessonState) -> bool:
    return wanted in NEXT[LessonState(state)]


# ---------------------------------------------------------------- text


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a lesson's text: ``kind`` is h (heading), p (paragraph) or li (items of a list)."""

    kind: str
    lines: tuple[str, ...]


def blocks(text: str) -> list[Block]:
    """A plain text as it is shown: "## " begins a heading, "- " an item; an empty line ends a paragraph."""
    found: list[Block] = []
    open_now = False
    for raw in text.splitlines():
        line = raw.strip()
        kind = "h" if line.startswith("## ") else "li" if line.startswith(("- ", "· ", "• ")) else "p"
        words = line.removeprefix("## ")[0 if kind == "h" else 2 :] if kind != "p" else line
        if not line:
            open_now = False
        elif kind != "h" and open_now and found[-1].kind == kind:
            found[-1] = Block(kind, (*found[-1].lines, words.strip()))
        else:
            found.append(Block(kind, (words.strip(),)))
            open_now = kind != "h"
    return found


def reading_minutes(text: str) -> int:
    """How long the text takes at 300 characters a minute, read slowly on a phone; at least 1."""
    return max(1, round(len(re.sub(r"\s", "", text)) / 300))


# ---------------------------------------------------------------- captions


@dataclass(frozen=True, slots=True)
class Captions:
    """Captions as WebVTT, and what is wrong with them, line by line."""

    vtt: str
    faults: tuple[str, ...]


_STAMP = r"(?:(\d{1,2}):)?([0-5]?\d):([0-5]\d)[.,](\d{3})"
_TIMING = re.compile(rf"{_STAMP}\s*-->\s*{_STAMP}(.*)")
MOST_SHOWN: Final = 8


def captions(text: str, *, seconds: int | None = None) -> Captions:
    """Check captions (WebVTT, W3C 2019); SubRip (.srt), which other programs write, is turned into it.

    ``seconds`` is how long the recording runs: a cue that begins after its end belongs to another.
    """
    lines = text.replace("\ufeff", "").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not any(line.strip() for line in lines):
        return Captions("", ("字幕是空的。请粘贴 .vtt 或 .srt 文件的内容。",))
    faults: list[str] = []
    out = ["WEBVTT", ""]
    last = -1.0
    number = 0
    while number < len(lines):
        timing = _TIMING.fullmatch(lines[number].strip())
        if timing is None:
            if "-->" in lines[number]:
                faults.append(f"第{number + 1}行：时间应写成 00:01:02.500 --> 00:01:05.000。")
            number += 1
            continue
        begins, ends = _seconds(timing.groups()[:4]), _seconds(timing.groups()[4:8])
        at = number + 1
        words: list[str] = []
        number += 1
        while number < len(lines) and lines[number].strip():
            words.append(lines[number].strip())
            number += 1
        if ends <= begins:
            faults.append(f"第{at}行：结束时间应晚于开始时间。")
        if begins < last:
            faults.append(f"第{at}行：这一句比上一句早，请按时间先后排列。")
        if seconds is not None and begins > seconds:
            faults.append(f"第{at}行：这一句在{_said(begins)}，录音录像只有{_said(seconds)}。请核对是不是别的字幕。")
        if not words:
            faults.append(f"第{at}行：时间下面没有文字。")
        last = max(last, begins)
        out += [f"{_written(begins)} --> {_written(ends)}", *(_plain(word) for word in words), ""]
    if len(out) == 2 and not faults:
        faults.append("没有找到一句带时间的字幕。请粘贴 .vtt 或 .srt 文件的内容。")
    if len(faults) > MOST_SHOWN:
        faults[MOST_SHOWN:] = [f"另有{len(faults) - MOST_SHOWN}处类似问题。"]
    return Captions("\n".join(out), tuple(faults))


def _plain(words: str) -> str:
    """No tags of other programs, and nothing that reads as a timing."""
    return re.sub(r"<[^>]*>|\{\\[^}]*\}", "", words).replace("-->", "→").replace("&", "&amp;").replace("<", "&lt;")


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return hours * 3600 + minutes * 60 + seconds + thousandths / 1000


def _written(seconds: float) -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}.{thousandths:03d}"


def _said(seconds: float) -> str:
    return f"{int(seconds) // 60}分{int(seconds) % 60}秒"


# ---------------------------------------------------------------- what may not be public

# What tells which child it is: a school with its own name, a class, a name given as a child's (未成年人保护法 art. 103).
_SCHOOL = re.compile(r"[一-鿿]{2,8}(?:小学|中学|幼儿园|幼稚园|职校|托儿所)")
_NO_SCHOOL = re.compile(
    r"(?:上|读|在|从|到|进|的|是|去|孩子|儿子|女儿|我们|附近|普通|公办|民办|一所|农村|城里|镇上|村里)+(?:小学|中学|幼儿园|幼稚园|托儿所)"
)
_CLASS = re.compile(r"[一二三四五六七八九1-9]\s*年级?\s*[(（]?\s*[一二三四五六七八九\d]{1,2}\s*[)）]?\s*班")
_NAMED = re.compile(
    r"(?:儿子|女儿|孩子|娃儿?|小孩|姑娘|外孙女?|孙子|孙女)(?:名叫|叫做?|的名字是|名字叫)(?!我|她|他|你|爸|妈|不|我们|什么|苦|人)[一-鿿]{2,4}"
)


def tells_who(text: str) -> list[str]:
    """What in a text meant for everybody would tell who asked or which child it is, each with the remedy."""
    found = not_publishable(text)
    for school in _SCHOOL.finditer(text):
        if not _NO_SCHOOL.fullmatch(school[0]):
            found.append(f"“{school[0]}”像是学校的名字，请改成“学校”。")
    found += [f"“{one[0]}”写出了年级和班，请改成“小学低年级”一类的说法。" for one in _CLASS.finditer(text)]
    found += [f"“{one[0]}”像是孩子的名字，请改成“孩子”。" for one in _NAMED.finditer(text)]
    return list(dict.fromkeys(found))


def not_publishable(*texts: str) -> list[str]:
    """What the publish gate finds in a lesson: numbers of people, never the field's own hotlines (domain notes 4.3)."""
    told = scanner.numbers_told(*texts)
    return [f"有{told}，请删去。"] if told else []


# ---------------------------------------------------------------- a reminder


def reminder(
    *,
    uid: str,
    title: str,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    link: str,
    made_at: dt.datetime,
    revision: int,
    cancelled: bool = False,
) -> str:
    """A live session for the calendar of a phone, with an alarm half an hour before (RFC 5545, 3.6.6)."""
    lines = [
        "BEGIN:VEVENT", f"UID:{uid}", f"SEQUENCE:{revision}", f"DTSTAMP:{utc(made_at)}", f"DTSTART:{utc(starts_at)}",
        f"DTEND:{utc(ends_at)}", f"SUMMARY:{escaped(title)}", f"URL:{link}",
        f"DESCRIPTION:{escaped(f'到时点开观看：{link}')}", f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}",
        "BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT30M", f"DESCRIPTION:{escaped(title)}", "END:VALARM", "END:VEVENT",
    ]  # fmt: skip
    return calendar("Lessons", lines)


def size_label(size: int) -> str:
    """A size as people read it before they load it."""
    return f"{size / (1 << 20):.1f} MB" if size >= 100 << 10 else f"{max(1, round(size / 1024))} KB"


def length_label(seconds: int) -> str:
    return f"{seconds // 60}分{seconds % 60:02d}秒" if seconds >= 60 else f"{seconds}秒"
