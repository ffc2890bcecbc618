"""Labels of plan items: how 一、 （一） 1. ① 第一， 一是 and their relatives look, and what number each carries."""

from __future__ import annotations

import re
from dataclasses import dataclass

from niangjia.plans.reader.numerals import chinese_number

# Usual depth of each style in Chinese official documents (GB/T 9704-2012, 7.3.3: 一、 （一） 1. （1）), the rest by habit.
RANKS = {
    "part": 0, "task": 1, "cn": 1, "roman": 1, "season": 1, "clause": 2, "cn_bracket": 2, "pad": 3, "digit": 3, "multi": 3,
    "digit_bracket": 4, "digit_close": 5, "row": 5, "circle": 6, "alpha": 6, "para": 6,
    "ordinal": 7, "first": 7, "shi": 7, "yao": 7, "zhua": 7, "bullet": 8,
}  # fmt: skip
INLINE_STYLES = frozenset({"ordinal", "first", "shi", "yao", "zhua"})  # may stand anywhere in a sentence's run
_CN = "[一二三四五六七八九十]{1,3}"
_ROMAN = {
    "I": 1,
    "II": 2,
    "III": 3,
    "IV": 4,
    "V": 5,
    "VI": 6,
    "VII": 7,
    "VIII": 8,
    "IX": 9,
    "X": 10,
    "XI": 11,
    "XII": 12,
}
_FIRST = {"首先": 1, "其次": 2, "再次": 3, "然后": 3, "最后": 4}
_GROUPED = {
    "circle": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳", "circle_dark": "❶❷❸❹❺❻❼❽❾❿", "circle_sans": "➀➁➂➃➄➅➆➇➈➉",
    "cn_bracket": "㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩", "digit_bracket": "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽", "digit": "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑",
    "roman": "ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ",
}  # fmt: skip
_ONE_CHARACTER = {
    character: (style.split("_")[0] if style.startswith("circle") else style, value)
    for style, characters in _GROUPED.items()
    for value, character in enumerate(characters, start=1)
}
_SIGNS = "".join(_ONE_CHARACTER)

# Where a label may begin: at the start of a line, or inside one behind a mark of punctuation.
_LABEL = re.compile(
    rf"""(?:(?P<line>(?m:^)[ \t]*)|(?<=[。；！？：，、”）;:—])[ ]?)
    (?:
      (?P<part>第(?:{_CN}|\d{{1,2}})(?:部分|篇章|篇|章|板块|编))[、:：.]?
    | (?P<clause>第(?:{_CN}|\d{{1,2}})[条节])[、:：.]?
    | (?P<task>(?:重点)?(?:任务|行动|项目|举措|工程|目标)(?:{_CN}|\d{{1,2}})(?=[、:：.\ ]))[、:：.]?
    | (?P<season>第?[一二三四1-4]季度)(?=[:：\n]|[（(][^）)\n]{{1,12}}[）)]$)[:：]?
    | (?P<shi>{_CN}是)
    | (?P<yao>{_CN}要(?!素))
    | (?P<zhua>{_CN}抓)
    | (?P<ordinal>[第其]{_CN})[，、:：,]
    | (?P<first>首先|其次|再次|然后|最后)[，、,]
    | (?P<cn>{_CN}(?:[、.:：]|,|，))(?![二三四五六七八九十][季月、])
    | (?P<cn_space>{_CN})[ ](?=[^\d\s])
    | (?P<cn_bracket>[（(]{_CN}[）)])[、.]?
    | (?P<digit_bracket>[（(]\d{{1,2}}[）)])[、.]?
    | (?P<multi>\d{{1,2}}(?:\.\d{{1,2}}){{1,3}})(?=[、.\ ]|[^\d\s%％.、\-—~～至余多万千百亿元人户场次个名件项倍年月日])[、.]?
    | (?P<pad>0\d)(?:[.、:：]|(?=\s|[^\d\s%％.\-/:年月日]))
    | (?P<digit>\d{{1,2}}[.、])(?:(?!\d)|(?=(?:19|20)\d\d(?:年|[-—–至])|\d{{1,2}}月)|(?<=、)(?=\d+(?![\d月、日年季.])))
    | (?P<digit_close>\d{{1,2}}[)）])
    | (?P<digit_space>\d{{1,2}})[ ](?=[^\d\s%\-—/月日年时分岁人户场次个名元万])
    | (?P<roman>(?:XII|XI|IX|IV|VIII|VII|VI|V|III|II|I|X)(?=[.、:：\ ]))[.、:：]?
    | (?P<alpha>[(（]?[A-Ha-h][)）.、])(?![A-Za-z0-9])
    | (?P<sign>[{_SIGNS}][.、]?)
    | (?P<bullet>[•·●■◆○▪➢◇□★☆▶►❖✓√*]|[-—–]{{1,2}}(?=\ ?[^\d\s\-—–]))
    )[ ]?""",
    re.VERBOSE,
)
_ONLY_AT_LINE_START = frozenset(
    {"part", "clause", "task", "season", "cn_space", "multi", "pad", "digit_space", "alpha", "roman", "bullet"}
)
_AFTER_A_SENTENCE = frozenset({"cn", "cn_bracket", "digit", "digit_close"})
_SENTENCE_MARKS = "。；！？：;:”）"
_DATE_WORDS = re.compile(r"[“‘]?(?:国际|妇女节|儿童节|三八|六一|节|宪法|期间|前后|全国|世界|法制宣传)")


@dataclass(frozen=True, slots=True)
class Mark:
    """A label found in clean text: where it and the words behind it begin, its style and number."""

    start: int
    body: int
    label: str
    style: str
    number: int
    at_line_start: bool
    path: tuple[int, ...] = ()  # 1.2.3 as (1, 2, 3)


def _read(match: re.Match[str]) -> tuple[str, int, tuple[int, ...]]:
    style, text = str(match.lastgroup), match[str(match.lastgroup)]
    if style == "sign":
        kind, value = _ONE_CHARACTER[text[0]]
        return kind, value, ()
    if style == "bullet":
        return style, 0, ()
    if style == "multi":
        path = tuple(int(part) for part in text.split("."))
        return style, path[-1], path
    if style == "first":
        return style, _FIRST[text], ()
    if style == "roman":
        return style, _ROMAN[text], ()
    if style == "alpha":
        return style, "abcdefgh".index(text.strip("(（)）.、").lower()) + 1, ()
    found = re.search(rf"\d+|{_CN}", text)
    assert found
    value = int(found[0]) if found[0].isdigit() else chinese_number(found[0]) or 0
    return {"cn_space": "cn", "digit_space": "digit"}.get(style, style), value, ()


def candidates(text: str) -> list[Mark]:
    """Everything in clean text that looks like a label, dates and amounts excepted; `accepted` decides which are."""
    marks: list[Mark] = []
    for match in _LABEL.finditer(text):
        found = str(match.lastgroup) if match.lastgroup != "line" else ""
        at_line_start = match["line"] is not None
        start = match.start(found)
        before = text[start - 1] if start else ""
        if before == " " and start > 1:
            before = text[start - 2]
        if not at_line_start and (
            found in _ONLY_AT_LINE_START or (found in _AFTER_A_SENTENCE and before not in _SENTENCE_MARKS)
        ):
            continue
        if found == "cn" and match[found][-1] in ",，:：" and not at_line_start:
            continue
        if found in ("multi", "digit") and _DATE_WORDS.match(text, match.end()) and found == "multi":
            continue
        style, number, path = _read(match)
        marks.append(Mark(start, match.end(), match[found].strip(" ，,：:"), style, number, at_line_start, path))
    return marks


def accepted(marks: list[Mark]) -> list[Mark]:
    """The candidates that number something.

    At a line start a number counts when it is the first of its list or follows one (a page number or a year does
    neither). Inside a line, and for weak styles anywhere, only runs count: 一是 needs its 二是.
    """
    kept = [mark for mark in marks if mark.style == "bullet"]
    by_style: dict[str, list[Mark]] = {}
    for mark in marks:
        if mark.style != "bullet":
            by_style.setdefault(mark.style, []).append(mark)
    for style, found in by_style.items():
        if style == "multi":
            kept += _nested(found, by_style)
        else:
            kept += _in_runs(style, found)
    return sorted(kept, key=lambda mark: mark.start)


def _in_runs(style: str, marks: list[Mark]) -> list[Mark]:
    weak = style in INLINE_STYLES or style in ("alpha", "roman")
    followed: list[bool] = []  # whether the next number comes later
    ahead: set[int] = set()
    for mark in reversed(marks):
        followed.append(any(number > 1 for number in ahead) if style == "first" else mark.number + 1 in ahead)
        ahead.add(mark.number)
    kept: list[Mark] = []
    used: set[int] = set()
    last: Mark | None = None  # the last one that was kept
    for mark, goes_on in zip(marks, reversed(followed), strict=True):
        strong = mark.at_line_start and not weak
        if last is not None and (mark.number == last.number + 1 or (style == "first" and mark.number > last.number)):
            ok = True
        elif mark.number == 1 or (style == "pad" and mark.number == 0):
            ok = goes_on or strong
        else:
            repeated_or_skipped = last is not None and last.number <= mark.number <= last.number + 2
            ok = strong and (repeated_or_skipped or mark.number in used or (mark.number == 2 and goes_on))
        if ok:
            kept.append(mark)
            used.add(mark.number)
            last = mark
    return kept


def _nested(marks: list[Mark], by_style: dict[str, list[Mark]]) -> list[Mark]:
    """1.1 counts when it opens under 1 or follows 1.0; a date such as 3.8 does not."""
    heads = {mark.number for style in ("digit", "cn", "pad") for mark in by_style.get(style, ())}
    seen: set[tuple[int, ...]] = set()
    tops: set[int] = set()
    kept: list[Mark] = []
    for mark in marks:
        opens = mark.path[-1] == 1 and (
            len(mark.path) > 2 or mark.path[0] in heads or mark.path[0] == 1 or mark.path[0] - 1 in tops
        )
        follows = (*mark.path[:-1], mark.path[-1] - 1) in seen
        if opens or follows:
            seen.add(mark.path)
            tops.add(mark.path[0])
            kept.append(mark)
    return kept
