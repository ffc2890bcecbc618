"""Word in: the text of a .docx as plain text with headings and lists marked, for an editor that knows no more than these."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from niangjia.core.archives import ArchiveError, office_97_kind, open_archive, read_member
from niangjia.core.text import plain_text

MOST_CHARACTERS = 30_000
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING = re.compile(r"(?:heading|标题)\s*[1-9]|title|标题", re.IGNORECASE)
_PICTURES = ("drawing", "pict", "object")


class WordError(ValueError):
    """The file cannot be read; `str()` says why in Chinese with the remedy."""


@dataclass(frozen=True, slots=True)
class WordText:
    """The text ("## " before a heading, "- " before an item) and how many pictures were left out."""

    text: str
    pictures: int


def read_word(data: bytes) -> WordText:
    """The text of a .docx. Deleted text of tracked changes is left out, table cells are joined with “；”. Raises WordError."""
    if office_97_kind(data):
        raise WordError("这是旧版 Word 文件或加了密码。请在 Word、WPS 中另存为 .docx（去掉密码）后重新上传。")
    try:
        with open_archive(data) as archive:
            members = {info.filename: info for info in archive.infolist()}
            if "word/document.xml" not in members:
                raise WordError("这不是 Word 文件。请上传 .docx。")
            body = fromstring(read_member(archive, members["word/document.xml"])).find(f"{_W}body")
            styles = (
                fromstring(read_member(archive, members["word/styles.xml"])) if "word/styles.xml" in members else None
            )
    except ArchiveError as error:
        raise WordError(f"{error}。{error.remedy}。") from error
    except (ParseError, DefusedXmlException, UnicodeDecodeError) as error:
        raise WordError("文件已损坏，打不开。请在电脑上打开原文件，另存一份后重新上传。") from error
    if body is None:
        raise WordError("文件里没有文字。")
    names = _style_names(styles)
    text = plain_text("\n\n".join(_paragraphs(body, names)))
    # Items of a list stand together.
    text = re.sub(r"(?m)^(- .*)\n\n(?=- )", r"\1\n", text)
    if len(text) > MOST_CHARACTERS:
        raise WordError(f"文件有 {len(text)} 字，超过 {MOST_CHARACTERS} 字。请分成几节。")
    if not text:
        raise WordError("文件里没有文字，可能是扫描图片。请先转成文字。")
    return WordText(text, sum(1 for kind in _PICTURES for _ in body.iter(f"{_W}{kind}")))


def _style_names(styles: Element | None) -> dict[str, str]:
    if styles is None:
        return {}
    return {
        style.get(f"{_W}styleId", ""): name.get(f"{_W}val", "")
        for style in styles.iter(f"{_W}style")
        if (name := style.find(f"{_W}name")) is not None
    }


def _paragraphs(parent: Element, names: dict[str, str]) -> Iterator[str]:
    for element in parent:
        match element.tag.removeprefix(_W):
            case "p":
                if words := _words(element).strip():
                    yield _mark(element, names) + words
            case "tbl":
                for row in element.iter(f"{_W}tr"):
                    cells = ("".join(_words(p) for p in cell.iter(f"{_W}p")).strip() for cell in row.iter(f"{_W}tc"))
                    if line := "；".join(cell for cell in cells if cell):
                        yield line
            case "sdt":
                content = element.find(f"{_W}sdtContent")
                if content is not None:
                    yield from _paragraphs(content, names)


def _mark(paragraph: Element, names: dict[str, str]) -> str:
    properties = paragraph.find(f"{_W}pPr")
    if properties is None:
        return ""
    style = properties.find(f"{_W}pStyle")
    name = names.get(style.get(f"{_W}val", ""), "") if style is not None else ""
    if _HEADING.fullmatch(name) or properties.find(f"{_W}outlineLvl") is not None:
        return "## "
    return "- " if properties.find(f"{_W}numPr") is not None else ""


def _words(paragraph: Element) -> str:
    told = []
    for element in paragraph.iter():
        match element.tag.removeprefix(_W):
            case "t":
                told.append(element.text or "")
            case "tab":
                told.append("　")
            case "br" | "cr":
                told.append("\n")
    return "".join(told)
