"""From clean text to the plan's tree of items, and what stands outside it: title, introduction, signature, contents."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

from niangjia.plans.reader.labels import RANKS, Mark, accepted, candidates

_SENTENCE_END = "。！？；;!?"
_TITLE_WORD = re.compile(
    r"(?:计划|要点|安排|方案|思路|打算|清单|任务|目标|规划|分解表|责任书|总结|意见|通知|台账|一览表|工作表|指南|部署)(?:表|书)?(?:[（(][^）)\n]{1,16}[）)])?$"
)
_TITLE_LINE = re.compile(r"[^。！？；：\t]{4,60}$")
_DOCUMENT_NUMBER = re.compile(r"[\u4e00-\u9fff]{1,12}[〔\[【（(](?:19|20)[\d*×xX]{2}[〕\]】）)]\d*号?$")
_SALUTATION = re.compile(r"(?=.*(?:各|妇联|单位|街道|部门|同志|姐妹))[^。！？，\t]{2,60}[：:]$")
_DATE_LINE = re.compile(
    r"[（(]?(?:(?:19|20)[\d*×xX]{2}|二〇[〇一二三四五六七八九*×]{2}) ?年[\d一二三四五六七八九十*×xX ]{1,4}月(?:[\d一二三四五六七八九十*×xX ]{1,4}日)?[）)]?$"
)
_SIGNATURE = re.compile(
    r"(?:[^：\n]{2,6}：)?[\u4e00-\u9fff（）]{2,28}(?:妇联|妇女联合会|委员会|办公室|妇儿工委办?|领导小组|党组|人民政府|办事处)$"
)
_ATTACHMENT = re.compile(r"附(?:件|表)?[\d一二三四]?[：:]")
_NOTE = re.compile(r"(?:备?注|说明)\d?[：:]")
_LAST_WORDS = re.compile(r"(?:以上|上述)(?:工作|任务|安排|要点|各项)|[请望]各|特此")
_CONTENTS = re.compile(r"目 ?[录次]$")
_LEADERS = re.compile(r"(?:\.{3,}|…{1,}|·{3,}|．{3,}|—{3,}|_{3,}|\t+|[. ]{5,}) ?\d{1,3}$")
_CONTINUED = re.compile(r"[（(]续[）)]$")
_ROW_LABEL = re.compile(r"(?:\d{1,3}|[一二三四五六七八九十]{1,3})[.、]?$")
_HEADER_WORD = re.compile(
    r"序号|任务|工作|内容|目标|指标|时限|时间|责任|单位|备注|项目|名称|措施|进度|牵头|数量|要求|类别|编号|完成"
)
_HEADING = re.compile(r"[^。！？；：，\t\d]{3,22}$")
LONGEST_ENTRY = 120  # characters of a line of the contents
CONTENTS_SEARCHED = 400  # lines
LOOK_AHEAD = 300  # labels
MAX_SLIPS = 8  # slips in the numbering that are spelt out
TITLE_SEARCHED = 6  # lines from the top
SHORT_HEADING = 25  # characters a heading before a space may have


@dataclass(slots=True)
class Node:
    """An item in clean text: where it starts, where its words begin and end (its sub-items excluded)."""

    start: int
    body: int
    end: int
    label: str
    style: str
    number: int
    parent: int | None
    level: int
    inline: bool = False
    header: tuple[str, ...] = ()  # of a table row: the column names

    def words(self, text: str) -> str:
        return text[self.body : self.end].strip()


@dataclass(frozen=True, slots=True)
class Loose:
    """Text outside every item, with the reason in Chinese."""

    start: int
    end: int
    reason: str


@dataclass(slots=True)
class Outline:
    """The whole clean text shared out: each character that is not blank is title, item or loose."""

    nodes: list[Node] = field(default_factory=list)
    loose: list[Loose] = field(default_factory=list)
    titles: list[tuple[int, int]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str


def outline(text: str) -> Outline:
    """Read the items of a cleaned plan."""
    return _Builder(text).build()


def title_of(words: str) -> str:
    """The heading of an item: its first line, or its first sentence, or what stands before a space."""
    first = words.split("\n", 1)[0]
    if "\t" in first:
        return first.split("\t", 1)[0].strip()
    sentence = re.split(r"[。！？；：]", first, maxsplit=1)[0].strip()
    head, space, rest = sentence.partition(" ")
    if space and 2 <= len(head) <= SHORT_HEADING and len(rest) > len(head) and not head.isascii():
        return head
    return sentence


class _Builder:
    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = [_Line(m.start(), m.end(), m[0].strip()) for m in re.finditer(r"[^\n]*[^\s][^\n]*", text)]
        self.out = Outline()
        self.stack: list[int] = []
        self.apart: dict[int, str] = {}  # line number -> why it belongs to no item
        self.marks: list[Mark] = []
        self.starts: list[int] = []  # of the marks
        self.past_one: set[str] = set()  # styles that have come further than their first number

    def build(self) -> Outline:
        self._title()
        self._contents()
        self._closing()
        outside = {self.lines[number].start: self.lines[number].end for number in self.apart}
        table = {line.start: line.end for line in self.lines if "\t" in line.text}
        closed = sorted({**outside, **table}.items())
        self.marks = self._marks_outside(closed)
        self._repeats()
        self.starts = [mark.start for mark in self.marks]
        self._preface()
        rows: tuple[str, ...] = ()
        for number, line in enumerate(self.lines):
            if number in self.apart:
                self._loose(line, self.apart[number])
                rows = ()
            elif "\t" in line.text:
                rows = self._row(line, rows)
            else:
                rows = ()
                self._line(line)
        self._headings_without_numbers()
        self._check_numbers()
        return self.out

    # --- what stands apart ---

    def _title(self) -> None:
        for number, line in enumerate(self.lines[:TITLE_SEARCHED]):
            if _DOCUMENT_NUMBER.match(line.text):
                self.apart[number] = "文号"
            elif not _TITLE_LINE.match(line.text) or any(m.at_line_start for m in candidates(line.text)):
                return
            elif _TITLE_WORD.search(line.text):
                self._take_title(number)
                return

    def _take_title(self, last: int) -> None:
        first = last
        while first and first - 1 not in self.apart and len(self.lines[first - 1].text) <= 30:
            first -= 1
        for number in range(first, last + 1):
            self.apart[number] = ""
            self.out.titles.append((self.lines[number].start, self.lines[number].end))
        following = last + 1
        while following < len(self.lines) and following <= last + 3:
            words = self.lines[following].text
            if _DOCUMENT_NUMBER.match(words):
                self.apart[following] = "文号"
            elif re.match(r"[（(][^）)]{2,40}[）)]$", words) or _DATE_LINE.match(words):
                self.apart[following] = "标题下的说明"
            elif _SALUTATION.match(words) and not any(m.at_line_start for m in candidates(words)):
                self.apart[following] = "称呼"
            else:
                return
            following += 1

    def _contents(self) -> None:
        for number, line in enumerate(self.lines):
            if number in self.apart:
                continue
            if (
                len(line.text) <= LONGEST_ENTRY
                and _LEADERS.search(line.text)
                and "\t" not in line.text[:-4].strip("\t")
            ):
                self.apart[number] = "目录"
            elif _CONTENTS.match(line.text):
                self.apart[number] = "目录"
                later = [other.text for other in self.lines[number + 1 : number + 1 + CONTENTS_SEARCHED]]
                for offset, words in enumerate(later):
                    entry = re.sub(r"[\s.…·]*\d*$", "", words)
                    if not entry or not any(other.startswith(entry) for other in later[offset + 1 :]):
                        break
                    self.apart[number + 1 + offset] = "目录"
                return

    def _closing(self) -> None:
        last = len(self.lines) - 1
        number = last
        while number > max(0, last - 8) and number not in self.apart:
            words = self.lines[number].text
            if (
                _DATE_LINE.match(words)
                or (_SIGNATURE.match(words) and number > 0)
                or re.match(r"[（(]?(?:联系人|联系电话|抄送|印发|抄报|主送)", words)
            ):
                self.apart[number] = "落款"
            elif _ATTACHMENT.match(words):
                self.apart[number] = "附件说明"
            elif _LAST_WORDS.match(words):
                self.apart[number] = "结束语"
            elif _NOTE.match(words):
                self.apart[number] = "注释"
            else:
                return
            number -= 1

    def _marks_outside(self, closed: list[tuple[int, int]]) -> list[Mark]:
        found = candidates(self.text)
        at, kept = 0, []
        for mark in found:
            while at < len(closed) and closed[at][1] <= mark.start:
                at += 1
            if at == len(closed) or not closed[at][0] <= mark.start < closed[at][1]:
                kept.append(mark)
        return accepted(kept)

    def _repeats(self) -> None:
        """A heading that stands again, with nothing of its rank in between, is a page's repetition."""
        latest: dict[str, tuple[int, str]] = {}
        starts = {mark.start: mark for mark in self.marks if mark.at_line_start and mark.style != "bullet"}
        dropped: set[int] = set()
        for number, line in enumerate(self.lines):
            offset = line.start + len(self.text[line.start : line.end]) - len(self.text[line.start : line.end].lstrip())
            mark = starts.get(offset)
            if mark is None or number in self.apart:
                continue
            words = _CONTINUED.sub("", self.text[mark.body : line.end].strip())
            if len(words) < 4 or latest.get(mark.style) != (mark.number, words):
                latest[mark.style] = (mark.number, words)
                continue
            self.apart[number] = "重复出现的标题"
            dropped.add(mark.start)
        self.marks = [mark for mark in self.marks if mark.start not in dropped]

    def _preface(self) -> None:
        """What comes before the first item; a table counts as items."""
        first = next((m.start for m in self.marks), len(self.text))
        for number, line in enumerate(self.lines):
            if "\t" in line.text or line.end > first:
                break
            self.apart.setdefault(number, "条目之前的文字，没有编号" if self.marks or "\t" in self.text else "没有编号")

    # --- items ---

    def _loose(self, line: _Line, reason: str) -> None:
        if reason:
            self.out.loose.append(Loose(line.start, line.end, reason))

    def _line(self, line: _Line) -> None:
        marks = self.marks[bisect_left(self.starts, line.start) : bisect_left(self.starts, line.end)]
        lead = marks[0].start if marks else line.end
        if self.text[line.start : lead].strip():
            self._words(line, lead)
        for position, mark in enumerate(marks, start=1):
            self._open(mark, marks[position].start if position < len(marks) else line.end)

    def _words(self, line: _Line, end: int) -> None:
        """Words without a label: they go on with the item above, or begin one of their own beneath it."""
        nodes = self.out.nodes
        if not nodes:
            self.out.loose.append(Loose(line.start, end, "条目之前的文字，没有编号"))
            return
        if self._is_lone_heading(line, end):
            self.out.loose.append(Loose(line.start, end, "没有编号的小标题"))
            return
        last = nodes[-1]
        unfinished = self.text[max(last.start, last.end - 40) : last.end].rstrip()[-1:] not in _SENTENCE_END
        if (
            (last.end >= line.start - 1 - self._gap(last.end, line.start))
            and (not last.inline or (unfinished and last.style != "row"))
            and last.style != "row"
        ):
            last.end = end
            return
        while self.stack and (nodes[self.stack[-1]].inline or nodes[self.stack[-1]].style in ("bullet", "para", "row")):
            self.stack.pop()
        self._push(Node(line.start, line.start, end, "", "para", 0, None, 0))

    def _gap(self, start: int, end: int) -> int:
        return len(self.text[start:end]) if not self.text[start:end].strip() else 0

    def _is_lone_heading(self, line: _Line, end: int) -> bool:
        """A short line without a full stop right before numbering starts again at one."""
        if end != line.end or not _HEADING.match(line.text):
            return False
        at = bisect_left(self.starts, line.end)
        if at == len(self.marks):
            return False
        mark = self.marks[at]
        if self.text[line.end : mark.start].strip() or mark.number != 1 or not mark.at_line_start:
            return False
        return mark.style in self.past_one

    def _open(self, mark: Mark, end: int) -> None:
        self._place(mark)
        self._push(
            Node(
                mark.start, mark.body, end, mark.label, mark.style, mark.number, None, 0, inline=not mark.at_line_start
            )
        )

    def _push(self, node: Node) -> None:
        node.parent = self.stack[-1] if self.stack else None
        node.level = len(self.stack) + 1
        if node.number > 1:
            self.past_one.add(node.style)
        while node.end > node.body and self.text[node.end - 1].isspace():
            node.end -= 1
        self.stack.append(len(self.out.nodes))
        self.out.nodes.append(node)

    def _place(self, mark: Mark) -> None:
        """Take from the stack what the label does not lie under."""
        nodes, rank = self.out.nodes, RANKS[mark.style]
        if mark.style == "multi":
            self._place_nested(mark)
            return
        same = [depth for depth, index in enumerate(self.stack) if nodes[index].style == mark.style]
        going_on = [depth for depth in same if nodes[self.stack[depth]].number + 1 == mark.number]
        if going_on or same:
            del self.stack[(going_on or same)[-1] :]
            return
        while self.stack:
            top = nodes[self.stack[-1]]
            if RANKS[top.style] < rank or (mark.number == 1 and top.style != "para" and self._goes_on(top, mark)):
                return
            self.stack.pop()

    def _place_nested(self, mark: Mark) -> None:
        nodes = self.out.nodes
        while self.stack:
            top = nodes[self.stack[-1]]
            depth = (
                top.label.strip(".、").count(".") + 1
                if top.style in ("multi", "digit")
                else 1
                if top.style == "pad"
                else 0
            )
            if RANKS[top.style] < RANKS["digit"] or 0 < depth < len(mark.path):
                return
            self.stack.pop()

    def _goes_on(self, node: Node, mark: Mark) -> bool:
        """Whether the list of `node` has a next entry further down, before anything above it goes on."""
        above = {self.out.nodes[index].style for index in self.stack if self.out.nodes[index].level < node.level}
        after = bisect_left(self.starts, mark.start) + 1
        for later in self.marks[after : after + LOOK_AHEAD]:
            if later.style == node.style and later.number == node.number + 1:
                return True
            if later.style in above:
                return False
        return False

    def _row(self, line: _Line, header: tuple[str, ...]) -> tuple[str, ...]:
        cells = [cell.strip() for cell in self.text[line.start : line.end].split("\t")]
        filled = [cell for cell in cells if cell]
        if not header:
            named = sum(bool(_HEADER_WORD.search(cell)) and len(cell) <= 14 for cell in filled)
            if named * 2 >= len(filled) and not any(re.match(r"\d", cell) for cell in filled):
                self._loose(line, "表头")
                return tuple(cells)
        numbered = bool(_ROW_LABEL.match(cells[0]))
        nodes = self.out.nodes
        while self.stack and (RANKS[nodes[self.stack[-1]].style] >= RANKS["row"]):
            self.stack.pop()
        body = line.start
        label = ""
        if numbered:
            body += self.text[line.start : line.end].index("\t") + 1
            label = cells[0]
        self._push(Node(line.start, body, line.end, label, "row", 0, None, 0, header=header or ("",)))
        return header or ("",)

    # --- the whole ---

    def _headings_without_numbers(self) -> None:
        """A plan without any number whose paragraphs stand under short headings: these are its items."""
        if self.out.nodes:
            return
        body = [loose for loose in self.out.loose if loose.reason == "没有编号"]
        heads = [
            position
            for position, (loose, following) in enumerate(itertools.pairwise(body))
            if _HEADING.match(self.text[loose.start : loose.end].strip())
            and not _HEADING.match(self.text[following.start : following.end].strip())
        ]
        if len(heads) < 2:
            return
        for position, until in zip(heads, [*heads[1:], len(body)], strict=True):
            start, end = body[position].start, body[until - 1].end
            self.out.nodes.append(Node(start, start, end, "", "para", 0, None, 1))
        first = body[heads[0]].start
        self.out.loose = [loose for loose in self.out.loose if loose.start < first or loose.reason != "没有编号"]

    def _check_numbers(self) -> None:
        slips = list(self._slips())
        self.out.notices += slips[:MAX_SLIPS]
        if len(slips) > MAX_SLIPS:
            self.out.notices.append(f"另有 {len(slips) - MAX_SLIPS} 处编号重复或不连续，请核对")

    def _slips(self) -> Iterator[str]:
        latest: dict[tuple[int | None, str], Node] = {}
        for node in self.out.nodes:
            if node.style in ("bullet", "para", "row", "first", "multi"):
                continue
            before = latest.get((node.parent, node.style))
            latest[node.parent, node.style] = node
            if before is None:
                if node.number > 1:
                    yield f"“{node.label}”之前没有找到同级的前一条，请核对是否漏了条目"
            elif node.number == before.number:
                yield f"编号重复：“{node.label}”出现了两次，请核对"
            elif node.number not in (1, before.number + 1):
                yield f"编号不连续：“{before.label}”之后是“{node.label}”，请核对是否漏了条目"
