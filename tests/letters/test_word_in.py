"""A Word file becomes a plain text with its headings and lists."""

import io
import zipfile

import pytest
from docx import Document

from niangjia.letters.word_in import WordError, read_word


def saved(document: object) -> bytes:
    out = io.BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def test_headings_lists_and_tables_are_kept_as_words() -> None:
    document = Document()
    document.add_heading("先听", 1)
    document.add_paragraph("让孩子把话说完。")
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "早晨", "拥抱"
    assert read_word(saved(document)).text == "## 先听\n\n让孩子把话说完。\n\n早晨；拥抱"


def _zip(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"plain words", "文件已损坏"),
        (_zip("xl/workbook.xml"), "这不是 Word 文件"),
        (_zip("word/document.xml"), "文件已损坏"),
        (saved(Document()), "文件里没有文字"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "旧版 Word 文件"),
    ],
)
def test_what_is_no_word_file_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(WordError, match=words):
        read_word(data)
