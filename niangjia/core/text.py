"""Chinese text: width, Simplified and Traditional, sort keys and search keys of names."""

import html
import re
import unicodedata
from functools import cache
from typing import Literal

from opencc import OpenCC

_HALF_WIDTH = {**{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}, 0x3000: 0x20}

# Readings a character has as a surname where they differ from its usual one: 现代汉语词典, entries marked 姓.
# 覃, 牟 and 隗 have two; the first given there is taken, for 覃 the one of the south-west.
_SURNAME_READINGS = """
单于:chan_yu 尉迟:yu_chi 尉遲:yu_chi 万俟:mo_qi 長孫:zhang_sun 长孙:zhang_sun 澹台:tan_tai 澹臺:tan_tai
单:shan 單:shan 仇:qiu 解:xie 曾:zeng 区:ou 區:ou 查:zha 朴:piao 盖:ge 蓋:ge 乐:yue 樂:yue 覃:qin 员:yun 員:yun
翟:zhai 缪:miao 繆:miao 牟:mu 洗:xian 秘:bi 种:chong 繁:po 折:she 召:shao 能:nai 么:yao 祭:zhai 隗:wei 句:gou
乜:nie 黑:he 卜:bu 薄:bo
"""
_SURNAMES = dict(pair.split(":") for pair in _SURNAME_READINGS.split())

_SEPARATORS = re.compile(r"[\s·'\-.]+")
_PARTS = re.compile(r"[0-9A-Za-zÀ-ɏ]+|[^0-9A-Za-zÀ-ɏ]+")
_HAS_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")

# A page in the pieces that must be told apart: comments, tags with their attributes, text.
_HTML = re.compile(
    r"""<!--.*?-->|<(?P<close>/?)(?P<tag>[a-zA-Z][^\s/>]*)(?:[^>"']|"[^"]*"|'[^']*')*>|[^<]+|<""", re.DOTALL
)
_SPOKEN = re.compile(r"""(\s(?:title|placeholder|aria-label|alt)\s*=\s*)("[^"]*"|'[^']*')""", re.IGNORECASE)
_RAW = {tag: re.compile(rf"</{tag}\s*>", re.IGNORECASE) for tag in ("script", "style", "textarea")}


def fold_width(text: str) -> str:
    """Full-width letters, digits, signs and spaces as half-width; no other character changes."""
    return text.translate(_HALF_WIDTH)


# Signs of markup as word processors and web pages leave it in pasted text, and signs that print as nothing.
_MARKUP_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*(?::[A-Za-z]+)?)(?:\s[^<>]*)?/?>")
_MARKUP_DARK = re.compile(
    r"<!--.*?-->|<!\[[^>]*\]>|<\?xml[^>]*>|<(style|script|xml|head|title)\b[^<>]*>.*?</\1\s*>",
    re.DOTALL | re.IGNORECASE,
)
_BREAKS = frozenset(
    {"p", "br", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "blockquote"}
)
_ENTITY = re.compile(
    r"&(?:nbsp|amp|lt|gt|quot|apos|ldquo|rdquo|lsquo|rsquo|hellip|mdash|ndash|middot|#\d{1,7}|#x[0-9a-fA-F]{1,6});"
)


def plain_text(text: str) -> str:
    """Pasted text as plain text: no tags, comments or entities of markup, no invisible or private signs, paragraphs kept.

    A lone "<" or "&" of ordinary writing stays. At most one empty line in a row is kept.
    """
    text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text).replace("\u00a0", " ")
    text = _MARKUP_DARK.sub("", re.sub("\r\n|[\r\v\f\u2028\u2029]", "\n", text))
    text = _MARKUP_TAG.sub(lambda tag: "\n" if tag[2].lower() in _BREAKS else "", text)
    text = "".join(sign for sign in text if sign in "\n\t" or not _is_unprinted(sign))
    lines = (line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _is_unprinted(sign: str) -> bool:
    """Control and format signs, and the places word processors use for the bullets of their own symbol fonts."""
    return unicodedata.category(sign) in ("Cc", "Cf", "Cs") or "\uf000" <= sign <= "\uf0ff"


def to_simplified(text: str) -> str:
    return _convert(text, "t2s")


def to_traditional(text: str) -> str:
    """Traditional characters in the shapes readers know (裡, 麵, 為); words stay those of the mainland."""
    return _convert(text, "s2tw")


def html_to_traditional(html: str) -> str:
    """A page in Traditional characters: its text and its title, placeholder, aria-label and alt attributes.

    Scripts, styles, textareas, form values and every other attribute stay byte for byte as they are, so that what is
    sent back is what was stored.
    """
    done: list[str] = []
    position = 0
    while piece := _HTML.match(html, position):
        position = piece.end()
        source, tag = piece[0], piece["tag"]
        if tag is None:
            done.append(source if source.startswith("<!--") else to_traditional(source))
            continue
        done.append(source if source.isascii() else _SPOKEN.sub(_spoken_to_traditional, source))
        raw = _RAW.get(tag.lower())
        if raw and not piece["close"]:
            end = raw.search(html, position)
            stop = end.start() if end else len(html)
            done.append(html[position:stop])
            position = stop
    return "".join(done)


def pinyin_of(name: str) -> tuple[str, ...]:
    """The syllables of a name without tones, its surname read as a surname; a character without a known reading stands
    for itself, a foreign word is one syllable."""
    if "·" in name or not _HAS_HAN.match(name):
        return _syllables(name)
    length = 2 if name[:2] in _SURNAMES else 1
    surname = _SURNAMES.get(name[:length])
    return (*(surname.split("_") if surname else _syllables(name[:1])), *_syllables(name[length:]))


def pinyin_key(name: str) -> str:
    """Sort key of a name: its syllables separated by spaces, so that 张 sorts by whole syllables."""
    return " ".join(pinyin_of(name))


def initials(name: str) -> str:
    """The first letters of the syllables: 张桂芳 → zgf."""
    return "".join(syllable[0] for syllable in pinyin_of(name))


def one_sign_off(one: str, other: str) -> bool:
    """Whether two names of two characters or more differ in a single one: a slip of the pen."""
    return len(one) == len(other) > 1 and sum(a != b for a, b in zip(one, other, strict=True)) == 1


def search_grams(name: str) -> list[str]:
    """Every single character and every pair of neighbours of the name in Simplified, each once, in order."""
    letters = _SEPARATORS.sub("", to_simplified(fold_width(name)).lower())
    pairs = (letters[index : index + 2] for index in range(len(letters) - 1))
    return list(dict.fromkeys([*letters, *pairs]))


def _syllables(text: str) -> tuple[str, ...]:
    return tuple(
        syllable
        for word in _SEPARATORS.split(text)
        for part in _PARTS.findall(word)
        for syllable in (_read(part) if _HAS_HAN.match(part) else [part.lower()])
    )


def _read(characters: str) -> list[str]:
    """Only known words need the reader's segmentation, which costs forty times a look-up.

    The reader's tables take half a second to load, so a process that reads no name does without them.
    """
    from pypinyin import lazy_pinyin
    from pypinyin.constants import PHRASES_DICT

    if len(characters) > 2 or characters in PHRASES_DICT:
        return " ".join(lazy_pinyin(characters, errors=" ".join)).split(" ")
    return [_read_one(character) for character in characters]


@cache
def _read_one(character: str) -> str:
    from pypinyin import lazy_pinyin

    return str(lazy_pinyin(character)[0])


def _spoken_to_traditional(attribute: re.Match[str]) -> str:
    return attribute[1] + to_traditional(attribute[2])


def _convert(text: str, way: Literal["t2s", "s2tw"]) -> str:
    if text.isascii():
        return text
    return str(_converter(way).convert(text))


@cache
def _converter(way: str) -> OpenCC:
    return OpenCC(way)
