"""Deadlines in the words of a plan: 年底前, 6月底, 上半年, 第三季度. A date is given only where the words fix one."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from niangjia.plans.reader.numerals import chinese_number

_CN_MONTH = "十[一二]?|[一二三四五六七八九]"
DEADLINE = re.compile(
    rf"""(?<![每\d.一二两三四五六七八九十几])(?P<year>(?:19|20)\d\d年度?(?:的)?|今年|本年度?|当年|明年|来年)?
    (?:
      (?P<yearend>年底|年末|年内|年终|底(?=以前|之前|前)|全年|年度内)
    | (?P<half>上半年|下半年)
    | (?P<quarter>第?[一二三四1-4](?:(?:[、至到\-—–]|和)[一二三四1-4])?(?:个)?季度)
    | (?P<day>(?:\d{{1,2}}月\d{{1,2}}日?[-—–~～至到])?(?P<dm>1[0-2]|0?[1-9])月(?P<dd>[12]\d|3[01]|0?[1-9])日)
    | (?P<month>(?:(?:1[0-2]|[1-9])月?(?:底|份)?[-—–~～至到、](?!\d{{3}}))?(?P<mm>1[0-2]|0?[1-9]|{_CN_MONTH})月(?!嫂)(?P<part>底|末|初|上旬|中旬|下旬|份)?)
    )
    (?P<tail>(?:以前|之前|前|内|底|末|初)(?!后))?
    | (?<!\d)(?:到|至|截至)(?P<until>20\d\d)年(?P<untilend>底|末)?(?![\d内前])
    | (?<![每\d])(?P<bare>20\d\d)年(?P<bareend>底|末)(?:以前|之前|前)?
    | (?P<feast>(?:“?三八”?|“?六一”?|春节|元旦|中秋|重阳|国庆|端午|母亲节|七夕)(?:国际|妇女节|儿童节|节)*(?:前后|期间|前夕|之前|前))
    """,
    re.VERBOSE,
)
_QUARTER_DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4}


@dataclass(frozen=True, slots=True)
class Deadline:
    """The words and, where they fix one day of a known year, that day."""

    start: int
    end: int
    words: str
    day: date | None


def deadlines(text: str, year: int | None) -> list[Deadline]:
    """Every deadline in the text, in order; `year` is the plan's, None where it is not known."""
    return [Deadline(m.start(), m.end(), m[0], _day(m, year)) for m in DEADLINE.finditer(text)]


def _day(match: re.Match[str], year: int | None) -> date | None:
    if match["feast"]:
        return None
    for name in ("until", "bare"):
        if match[name]:
            return date(int(match[name]), 12, 31)
    said = match["year"] or ""
    if said[:4].isdigit():
        year = int(said[:4])
    elif said in ("明年", "来年"):
        year = year + 1 if year else None
    if year is None:
        return None
    before = (match["tail"] or "") in ("前", "以前", "之前")
    if match["yearend"]:
        return date(year, 12, 31)
    if match["half"]:
        return (
            None
            if before
            else date(year, 6 if match["half"] == "上半年" else 12, 30 if match["half"] == "上半年" else 31)
        )
    if match["quarter"]:
        last = [c for c in match["quarter"] if c in "一二三四1234"][-1]
        month = 3 * (_QUARTER_DIGITS.get(last) or int(last))
        return None if before else date(year, month, calendar.monthrange(year, month)[1])
    if match["day"]:
        month, day = int(match["dm"]), int(match["dd"])
        return date(year, month, day) if day <= calendar.monthrange(year, month)[1] else None
    month = int(match["mm"]) if match["mm"].isdigit() else chinese_number(match["mm"]) or 1
    part = (match["part"] or "") + (match["tail"] or "")
    if part.startswith(("上旬", "中旬")):
        return date(year, month, 10 if part.startswith("上旬") else 20)
    if part.startswith("初") or (before and not part.startswith(("底", "末", "下旬"))):
        return None  # 6月前: before June begins or before it ends? the officer says
    return date(year, month, calendar.monthrange(year, month)[1])
