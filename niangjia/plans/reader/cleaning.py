"""A pasted or scraped plan made readable: Simplified characters, one kind of punctuation, artefacts gone.

Every step either changes characters one for one or cuts pieces out, so that each character of the result knows its
place in the original. Steps repeat until nothing changes: what is clean stays as it is.
"""

from __future__ import annotations

import html
import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from pypinyin.constants import PINYIN_DICT

from niangjia.core.text import to_simplified

HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff〇"
CHINESE = HAN + "“”‘’《》〈〉（）【】〔〕。，、；：！？…—％"
CHINESE_NUMERALS = "一二三四五六七八九十"
ROUNDS = 12  # each round is only needed when one cut uncovers the next

# The official table 通用规范汉字表 (2013) keeps these in Simplified text; in such text they are not left-overs.
BOTH_SCRIPTS = frozenset("乾著藉瞭夥徵於麽餘覆馀")


@dataclass(frozen=True, slots=True)
class Artefact:
    """A piece of the original that is not in the cleaned text, or stands there in another form."""

    text: str
    kind: str
    reason: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Clean text; `origin[i]` is the offset in the original of its i-th character."""

    text: str
    origin: tuple[int, ...]
    artefacts: tuple[Artefact, ...]

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Start and end in the original of a non-empty piece of the clean text."""
        return self.origin[start], self.origin[end - 1] + 1


Cut = tuple[int, int, str, str]  # start, end, kind ("" for what nobody needs to be told), reason

# --- characters changed one for one --------------------------------------------------------------------------------

_FOLD: dict[int, str] = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
for _kept in "，；：？！（）～":
    del _FOLD[ord(_kept)]
_FOLD.update(dict.fromkeys((0xA0, 0x3000, 0x202F, 0x205F, *range(0x2000, 0x200B)), " "))
_FOLD.update({0x2028: "\n", 0x2029: "\n", 0x85: "\n", 0x0B: "\n"})
_FOLD.update({ord(old): new for old, new in zip("「」『』｢｣｡､﹕﹔﹐﹑﹒﹙﹚", "“”‘’“”。、：；，、.（）", strict=True)})
_FOLD.update(dict.fromkeys(range(0xD800, 0xE000), "\ufffd"))
# Radicals and compatibility forms: PDF files often carry ⼥ (a radical) where 女 is meant.
_FOLD.update(
    {
        code: folded
        for code in (*range(0x2F00, 0x2FD6), *range(0xF900, 0xFB00))
        if len(folded := unicodedata.normalize("NFKC", chr(code))) == 1
    }
)
_RADICALS = re.compile("[\u2f00-\u2fd5\uf900-\ufaff]")

_PUNCTUATION = (
    (re.compile(rf"(?<=[{CHINESE}]),|,(?= ?[{CHINESE}])"), "，"),
    (re.compile(rf"(?<=[{CHINESE}]);|;(?= ?[{CHINESE}])"), "；"),
    (re.compile(rf"(?<=[{CHINESE}]):|:(?= ?[{CHINESE}])"), "："),
    (re.compile(rf"(?<=[{CHINESE}])\?"), "？"),
    (re.compile(rf"(?<=[{CHINESE}])!"), "！"),
    (re.compile(rf"(?<=[{HAN}”）》])(?<![{CHINESE_NUMERALS}])\.(?=$|[{HAN}“])", re.MULTILINE), "。"),
    (re.compile(r"(?<=\d)，(?=\d{3}(?!\d))"), ","),
    (re.compile(rf"(?<=[{HAN}”》])--(?=[{HAN}“《])"), "——"),
)
_BRACKETS = re.compile(r"[(（]([^()（）\n]{0,80})[)）]")
_LONE_BRACKET = re.compile(rf"(?<=[{CHINESE}])[()]|[()](?=[{CHINESE}])")
_HAN = re.compile(f"[{HAN}]")
_IS_CHINESE = re.compile(f"[{CHINESE}]")
_PARTICLE = re.compile(
    "(?<![名专显卓论原编合昭土巨译遗新])著(?=[力手眼重实想急落色迷陆装])|(?<=[本沿随围绕朝看带接试为活有])著(?![名作书述称者录])"
)


def _unify_bracket(match: re.Match[str]) -> str:
    text, start, end = match.string, match.start(), match.end()
    around = text[start - 1 : start] + text[end : end + 1]
    at_line_start = start == 0 or text[start - 1] == "\n"
    chinese = _HAN.search(match[1]) or _IS_CHINESE.search(around) or (at_line_start and match[1].isdigit())
    return f"（{match[1]}）" if chinese else match[0]


def _unify_quotes(text: str) -> str:
    """Straight double quotes in pairs within a line, where the line is Chinese."""
    if '"' not in text:
        return text
    lines = []
    for line in text.split("\n"):
        pieces = line.split('"')
        if len(pieces) > 2 and len(pieces) % 2 and _HAN.search(line):
            line = pieces[0] + "".join(
                ("“" if number % 2 else "”") + piece for number, piece in enumerate(pieces[1:], start=1)
            )
        lines.append(line)
    return "\n".join(lines)


def _unify_punctuation(text: str) -> str:
    if not _HAN.search(text):
        return text
    for pattern, replacement in _PUNCTUATION:
        text = pattern.sub(replacement, text)
    return _unify_quotes(
        _LONE_BRACKET.sub(lambda m: "（" if m[0] == "(" else "）", _BRACKETS.sub(_unify_bracket, text))
    )


# --- pieces cut out ------------------------------------------------------------------------------------------------

_TAG = re.compile(
    r"</?(?:p|br|div|span|strong|b|i|em|u|font|a|td|tr|th|table|tbody|h[1-6]|ul|ol|li|img|section|center)\b[^<>\n]{0,300}>",
    re.IGNORECASE,
)
_ENTITY = re.compile(
    r"&(?:#\d{1,6}|#x[0-9a-fA-F]{1,5}|nbsp|amp|lt|gt|quot|ldquo|rdquo|lsquo|rsquo|mdash|hellip|middot|ensp|emsp);"
)
_BOLD = re.compile(r"\*\*([^*\n]{1,200})\*\*")
_HEADING_MARK = re.compile(r"(?m)^#{1,6} +(?=\S)")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\ufffe\ue000-\uf8ff]+"
)
_GARBLED = re.compile("\ufffd+|(?:锟斤拷)+|(?:烫烫烫)+")
_GLOSS = re.compile(rf"(?<=[{HAN}])[(（] ?([A-Za-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüêńňǹḿɡɑ\u0300-\u0308\u030c]{{1,9}}) ?[)）]")
_SPACES = re.compile(r"[ \t]+(?=\n|\Z)|(?m:^) +| {2,}|(?m:^)\t+(?=[^\t\n]+$)", re.MULTILINE)
_BLANK_LINES = re.compile(r"\A\n+|\n+\Z|(?<=\n)\n+")
_SPACED_OUT = re.compile(
    rf"(?<![{HAN}])[{HAN}](?: {{1,4}}[{HAN}]){{2,}}(?![{HAN}])|^[{HAN}](?: {{1,4}}[{HAN}])+$", re.MULTILINE
)
_SPACE_AT_MARK = re.compile(r" +(?=[，。；：、！？）》”])|(?<=[，。；：、！？（《“]) +")
_RETURN = re.compile(r"\r+(?=\n)|(?<=\n)\r+")

_PAGE_NUMBER = re.compile(
    r"""^\ *(?:
        [-—–－·•]{1,2}\ *\d{1,3}\ *[-—–－·•]{1,2}
      | 第\ *(?:\d{1,3}|[一二三四五六七八九十]{1,3})\ *页(?:[\ ，,/／（(]*共\ *(?:\d{1,3}|[一二三四五六七八九十]{1,3})\ *页[）)]?)?
      | \d{1,3}\ *[/／]\ *\d{1,3}
      | [Pp](?:age|\.)?\ *\d{1,3}(?:\ *(?:of|/)\ *\d{1,3})?
      | [1-9]\d{0,2}
    )\ *$""",
    re.VERBOSE | re.MULTILINE,
)

_SCRAPED_LINE = re.compile(
    r"""^(?:
        \ *(?:(?:文章|信息|稿件|本文|资料|内容)?来源|(?:责任)?编辑|责编|作者|供稿(?:单位)?|发稿(?:单位|人)?|录入(?:者|人)?|审核(?:人)?
           |发布(?:时间|日期|者|人|单位|机构)|更新(?:时间|日期)|浏览(?:次数|量)?|阅读(?:次数|量)?|点击(?:次数|量|数)?|访问量|字体(?:大小)?|字号|索引号
           |信息分类|主题词|免责声明|版权声明|特别声明|温馨提示)\ ?[:：].{0,120}
      | .{0,60}(?:免责声明|版权(?:所有|归|问题|声明)|仅限学习|仅供学习|仅供(?:大家|读者)?参考|(?:如有|若有|涉嫌|如|构成)侵权|转载请注明|未经(?:授权|许可|允许).{0,8}转载
           |(?:联系|通知|告知)(?:我们|本站|站长|管理员|小编).{0,12}(?:删除|处理)|ICP备|公网安备).{0,120}
      | \ *(?:上一[篇页条]|下一[篇页条]|相关(?:文章|阅读|链接|推荐|范文)|猜你喜欢|延伸阅读|返回(?:顶部|首页|列表|上页)|(?:【)?打印(?:本页|此页)?(?:】)?|(?:【)?关闭(?:窗口|本页)?(?:】)?
           |收藏本(?:站|页)|分享(?:到|至).{0,30}|扫一扫.{0,40}|长按.{0,10}二维码.{0,20}|点击(?:下载|查看|阅读|关注).{0,40}|(?:阅读|查看|展开)(?:原文|全文|更多)
           |(?:您?(?:当前|现在)?(?:的|所在)*位置|首页)\ ?[:：>》].{0,80}|大\ 中\ 小|【?字体.{0,20})(?:\ ?[:：].{0,80})?
      | .{0,50}(?:范文网|文库网|文秘网|公文网|作文网|范文大全).{0,80}
      | \ *(?:https?://|www\.)\S+
    )\ *$""",
    re.VERBOSE | re.MULTILINE,
)
_SCRAPED_TAIL = re.compile(
    r"(?<=[。！？ ])(?:(?:文章|本文)?来源[:：] ?(?:网络|互联网|本站)|免责声明[:：]|版权声明[:：]).{0,200}$",
    re.MULTILINE,
)

_NUMBERED_START = re.compile(
    rf"\s*(?:[{CHINESE_NUMERALS}]{{1,3}}[、.，是要]|第[{CHINESE_NUMERALS}\d]+|[（(][{CHINESE_NUMERALS}\d]{{1,3}}[）)]"
    rf"|\d{{1,2}}(?:[.、）)]|\.\d)|[①-⑳⑴-⒛㈠-㈩•·●■◆○▪➢\-—]|[其首][一二三四次先]|附件|[IVXⅠ-Ⅻ]+[.、])"
)
_LINE_ENDS_SENTENCE = frozenset("。！？；：!?;:”）》…")
WRAPPED_FROM = 18  # characters: shorter lines are headings, signatures, table cells
_TITLE_END = re.compile(
    r"(?:计划|要点|方案|安排|思路|意见|清单|打算|总结|分解表|责任书|任务书|一览表|妇联|委员会|联合会|办公室)$"
)


def _reading_is_valid(character: str, reading: str) -> bool:
    """Whether `reading`, with its tone marks, is one of the character's readings (toneless only for neutral tones)."""
    known = PINYIN_DICT.get(ord(character), "")
    plain = unicodedata.normalize("NFC", reading.lower().replace("ɡ", "g").replace("ɑ", "a"))
    return plain in known.split(",")


def _gloss_cuts(text: str) -> Iterator[Cut]:
    for match in _GLOSS.finditer(text):
        character = text[match.start() - 1]
        if _reading_is_valid(character, match[1]):
            yield *match.span(), "PINYIN", f"“{character}”字后带出的拼音注音"


def _markup_cuts(text: str) -> Iterator[Cut]:
    if "<" in text:
        yield from ((*m.span(), "MARKUP", "网页代码") for m in _TAG.finditer(text))
    if "&" in text:
        # The first character stays to hold the sign the code stands for (see _decode_entities).
        yield from (
            (m.start() + 1, m.end(), "MARKUP", f"网页代码，代表“{html.unescape(m[0])}”") for m in _ENTITY.finditer(text)
        )
    if "**" in text:
        for match in _BOLD.finditer(text):
            yield match.start(), match.start() + 2, "MARKUP", "排版符号"
            yield match.end() - 2, match.end(), "MARKUP", "排版符号"
    if "#" in text:
        yield from ((*m.span(), "MARKUP", "排版符号") for m in _HEADING_MARK.finditer(text))


def _decode_entities(text: str) -> str:
    """Each web entity with its first character replaced by the sign it stands for; the rest is cut."""

    def decoded(match: re.Match[str]) -> str:
        sign = html.unescape(match[0])
        return (sign if len(sign) == 1 and not 0xD800 <= ord(sign) < 0xE000 else " ") + match[0][1:]

    return _ENTITY.sub(decoded, text)


def _invisible_cuts(text: str) -> Iterator[Cut]:
    yield from ((*m.span(), "INVISIBLE", "看不见的控制字符") for m in _INVISIBLE.finditer(text))
    yield from ((*m.span(), "GARBLED", "乱码，原字已丢失，请对照原件") for m in _GARBLED.finditer(text))
    yield from ((*m.span(), "", "") for m in _RETURN.finditer(text))


def _space_cuts(text: str) -> Iterator[Cut]:
    for match in _SPACES.finditer(text):
        start, end = match.span()
        keeps_one = (
            match[0][0] == " " and start > 0 and text[start - 1] != "\n" and text[end : end + 1] not in ("\n", "")
        )
        if not keeps_one or end - start > 1:
            yield start + keeps_one, end, "WHITESPACE", "多余的空格"


def _mark_space_cuts(text: str) -> Iterator[Cut]:
    yield from ((*m.span(), "WHITESPACE", "标点旁的空格") for m in _SPACE_AT_MARK.finditer(text))


def _spaced_out_cuts(text: str) -> Iterator[Cut]:
    for match in _SPACED_OUT.finditer(text):
        for index in range(*match.span()):
            if text[index] == " ":
                yield index, index + 1, "WHITESPACE", "字与字之间的空格"


def _blank_line_cuts(text: str) -> Iterator[Cut]:
    yield from ((*m.span(), "WHITESPACE", "空行") for m in _BLANK_LINES.finditer(text))


def _boilerplate_cuts(text: str) -> Iterator[Cut]:
    for match in _SCRAPED_LINE.finditer(text):
        if match[0].strip() and "\t" not in match[0] and not _NUMBERED_START.match(match[0]):
            yield *match.span(), "BOILERPLATE", "网页抓取带来的文字，不属于计划"
    if "来源" in text or "声明" in text:
        yield from ((*m.span(), "BOILERPLATE", "网页抓取带来的文字，不属于计划") for m in _SCRAPED_TAIL.finditer(text))


def _page_cuts(text: str) -> Iterator[Cut]:
    """Page numbers, and lines that stand at the top or foot of most pages (pages end with a form feed)."""
    for match in _PAGE_NUMBER.finditer(text):
        yield *match.span(), "PAGE_NUMBER", "页码"
    if "\f" not in text:
        return
    edges: list[tuple[int, int, str]] = []
    offset, pages = 0, text.split("\f")
    for page in pages:
        lines = [m for m in re.finditer(r"[^\n]+", page) if m[0].strip() and not _PAGE_NUMBER.match(m[0])]
        for line in {lines[0].span(): lines[0], lines[-1].span(): lines[-1]}.values() if lines else ():
            edges.append((offset + line.start(), offset + line.end(), re.sub(r"\d+", "0", line[0].strip())))
        offset += len(page) + 1
    seen = Counter(shape for _, _, shape in edges)
    for start, end, shape in edges:
        if start < len(pages[0]) and _TITLE_END.search(shape):
            continue  # the title itself, which the other pages repeat
        if seen[shape] >= 2 and seen[shape] * 2 > len(pages) and not _NUMBERED_START.match(text[start:end]):
            yield start, end, "PAGE_HEADER", "每页重复的页眉或页脚"


def _wrap_cuts(text: str) -> Iterator[Cut]:
    """Line ends a printer made: long lines of even length that stop in the middle of a sentence."""
    lines = list(re.finditer(r"[^\n]+", text))
    open_lines = [
        line
        for line, following in itertools.pairwise(lines)
        if len(line[0]) >= WRAPPED_FROM
        and line[0][-1] not in _LINE_ENDS_SENTENCE
        and "\t" not in line[0] + following[0]
        and not _NUMBERED_START.match(following[0])
    ]
    if not open_lines:
        return
    width = max(len(line[0]) for line in open_lines)
    for line in open_lines:
        mid_clause = line[0][-1] in "，、,"
        even = len(line[0]) >= width - 3 and len(open_lines) > 1
        if (mid_clause or even) and not _TITLE_END.search(line[0]):
            yield line.end(), line.end() + 1, "WHITESPACE", "排版造成的换行"


def _page_break_cuts(text: str) -> Iterator[Cut]:
    """A form feed beside a line end; a lone one becomes the line end (in `_fold`)."""
    yield from ((*m.span(), "", "") for m in re.finditer(r"\f+(?=\n|\Z)|(?<=\n)\f+|\A\f+|(?<=\f)\f+", text))


# --- the rounds ----------------------------------------------------------------------------------------------------


def _simplify(text: str) -> tuple[str, bool]:
    """Simplified form of the same length, and whether the text was Simplified but for a few left-over characters."""
    simplified = to_simplified(text)
    if len(simplified) != len(text):  # no such phrase is known; kept so that spans can never shift
        simplified = "".join(
            one if len(one) == 1 else character for character in text for one in [to_simplified(character)]
        )
    changed = sum(old != new for old, new in zip(text, simplified, strict=True)) if simplified != text else 0
    stray = changed > 0 and changed * 12 < len(_HAN.findall(text))
    if stray:
        simplified = "".join(old if old in BOTH_SCRIPTS else new for old, new in zip(text, simplified, strict=True))
    return _PARTICLE.sub("着", simplified), stray


class _Work:
    """The text between two steps, with the place of each character in the original."""

    def __init__(self, original: str) -> None:
        self.original = original
        self.text = original
        self.origin = list(range(len(original)))
        self.artefacts: list[Artefact] = []

    def cut(self, cuts: Iterable[Cut]) -> None:
        pieces: list[str] = []
        origin: list[int] = []
        at = 0
        for start, end, kind, reason in sorted(cuts):
            start = max(start, at)
            if start >= end:
                continue
            if kind:
                self.note(start, end, kind, reason)
            pieces.append(self.text[at:start])
            origin += self.origin[at:start]
            at = end
        if at:
            pieces.append(self.text[at:])
            self.text, self.origin = "".join(pieces), origin + self.origin[at:]

    def note(self, start: int, end: int, kind: str, reason: str) -> None:
        first, last = self.origin[start], self.origin[end - 1] + 1
        self.artefacts.append(Artefact(self.original[first:last], kind, reason, first, last))

    def replace(self, text: str) -> None:
        assert len(text) == len(self.text)
        self.text = text

    def simplify(self) -> None:
        if self.text.isascii():
            return
        for match in _RADICALS.finditer(self.text):
            folded = match[0].translate(_FOLD)
            if folded != match[0]:
                self.note(*match.span(), "HALF_CONVERTED", f"部首或兼容字形“{match[0]}”改为“{folded}”")
        self.replace(self.text.translate(_FOLD))
        simplified, stray = _simplify(self.text)
        if stray:
            for index, (old, new) in enumerate(zip(self.text, simplified, strict=True)):
                if old != new:
                    self.note(index, index + 1, "HALF_CONVERTED", f"没有转换的繁体字“{old}”改为“{new}”")
        self.replace(simplified)


_BEFORE: tuple[Callable[[str], Iterator[Cut]], ...] = (_invisible_cuts, _gloss_cuts, _space_cuts, _spaced_out_cuts)
_AFTER: tuple[Callable[[str], Iterator[Cut]], ...] = (_page_cuts, _page_break_cuts, _boilerplate_cuts, _blank_line_cuts)


def clean(original: str) -> Cleaned:
    """Clean any text; never fails. Traditional becomes Simplified, and each cut says in Chinese why it was made."""
    work = _Work(original)
    for _ in range(ROUNDS):
        before = work.text
        markup = list(_markup_cuts(work.text))
        if markup:
            work.replace(_decode_entities(work.text))
            work.cut(markup)
        for step in _BEFORE:
            work.cut(step(work.text))
        work.simplify()
        work.replace(_unify_punctuation(work.text))
        work.cut(_mark_space_cuts(work.text))
        for step in _AFTER:
            work.cut(step(work.text))
        work.replace(work.text.replace("\f", "\n").replace("\r", "\n"))
        work.cut(_wrap_cuts(work.text))
        if work.text == before:
            break
    artefacts = sorted(set(work.artefacts), key=lambda artefact: (artefact.start, -artefact.end))
    return Cleaned(work.text, tuple(work.origin), tuple(artefacts))
