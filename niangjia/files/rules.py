"""Which uploads are taken. The content decides, not the name; each refusal says what the sender can do."""

from __future__ import annotations

import io
import re
import struct
import threading
import unicodedata
import warnings
import zipfile
from collections.abc import Collection
from xml.etree.ElementTree import ParseError

import filetype
import pillow_heif
import pypdfium2
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from PIL import Image, ImageOps

from niangjia.core import pdfium
from niangjia.core.archives import (
    OLE_MAGIC,
    ZIP_MAGIC,
    ArchiveError,
    Limits,
    inflate,
    office_97_kind,
    open_archive,
    read_member,
)
from niangjia.files.kinds import Examined, FileError, FileKind

pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)

# What phones make: 200 megapixels as JPEG, panoramas of 63 as HEIC. A JPEG is unpacked at a smaller scale, all others whole,
# and so is one written for the web in several passes.
MOST_PIXELS = 64_000_000
MOST_PIXELS_SCALED = 220_000_000
UNPACKING = threading.Lock()  # one at a time: unpacked whole, the largest take 400 MB
Image.MAX_IMAGE_PIXELS = MOST_PIXELS_SCALED // 2  # Pillow refuses above twice this
LONGEST_EDGE = 2560  # pixels kept of the longer side: a page of A4 at 220 dpi
PNG_UP_TO = 4 << 20  # a larger PNG is a photograph, and kept as JPEG
MOST_PAGES = 500
NAME_LENGTH = 120
OFFICE = Limits(members=2_000, unpacked=300 << 20)
RESAVE = "请在电脑上打开原文件，另存一份后重新上传"

_REFUSED = {
    "image/avif": ("AVIF 图片无法打开", "请另存为 JPG 后上传"),
    "image/gif": ("不接收 GIF 图片", "请另存为 JPG 后上传"),
    "image/bmp": ("不接收 BMP 图片", "请另存为 JPG 后上传"),
    "image/tiff": ("不接收 TIFF 图片", "请另存为 JPG 后上传"),
    "application/rtf": ("不接收 RTF 文档", "请另存为 .docx 后上传"),
}
_HEIF = ("image/heic", "image/heif")
_OFFICE_97 = {
    "encrypted": ("文件已加密", "请在 Word、Excel 或 WPS 中去掉打开密码，保存后重新上传"),
    "xls": ("不接收旧版 Excel 文件（.xls）", "请另存为 .xlsx 后上传"),
    "doc": ("不接收旧版 Word 文件（.doc）", "请另存为 .docx 后上传"),
    "ole": ("不接收旧版 Office 或 WPS 文件", "请另存为 .docx 或 .xlsx 后上传"),
}
_MIMES = {
    FileKind.PDF: "application/pdf",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.TEXT: "text/plain",
}
_ENDINGS = {FileKind.PDF: "pdf", FileKind.XLSX: "xlsx", FileKind.DOCX: "docx", FileKind.TEXT: "txt"}


def examine(name: str, data: bytes, *, kinds: Collection[FileKind]) -> Examined:
    """Find out what an upload is and whether it may be kept. Raises FileError, in Chinese with a remedy.

    Refused are: other kinds than `kinds`; empty, oversized, broken and locked files; archive and pixel bombs; macros,
    scripts, files within files; files that are two things at once. An image comes back re-encoded (see `clean_image`).
    """
    if not data:
        raise FileError("文件是空的", "请检查后重新上传")
    kind = _kind_of(data)
    if kind not in kinds:
        wanted = "、".join(allowed.label for allowed in FileKind if allowed in kinds)
        raise FileError(f"这里不接收{kind.label}", f"请上传：{wanted}")
    if len(data) > kind.most_bytes:
        raise FileError(f"文件超过 {kind.most_bytes >> 20} MB", "请压缩或拆分后重新上传")
    if kind is FileKind.IMAGE:
        data = clean_image(data)
        ending = "png" if data.startswith(b"\x89PNG") else "jpg"
        return Examined(kind, "image/png" if ending == "png" else "image/jpeg", clean_name(name, ending), data)
    if kind is FileKind.PDF:
        _check_pdf(data)
    elif kind is FileKind.TEXT:
        _check_text(data)
    ending = "csv" if kind is FileKind.TEXT and name.lower().endswith(".csv") else _ENDINGS[kind]
    return Examined(kind, _MIMES[kind], clean_name(name, ending), data)


def clean_name(name: str, ending: str) -> str:
    """The sender's name for the file without folders and signs that could mislead, ending as its content demands."""
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    name = "".join(sign for sign in name if unicodedata.category(sign)[0] != "C" and sign not in '<>:"|?*')
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", name.strip()).strip(". ") or "文件"
    return f"{stem[: NAME_LENGTH - len(ending) - 1].strip()}.{ending}"


def _kind_of(data: bytes) -> FileKind:
    if (old := office_97_kind(data)) is not None:
        raise FileError(*_OFFICE_97[old])
    if data.startswith(ZIP_MAGIC):
        return _office_kind(data)
    if data.startswith(b"%PDF-"):
        return FileKind.PDF
    if data.startswith(b"{\\rtf"):
        raise FileError(*_REFUSED["application/rtf"])
    guess = filetype.guess(data)
    if guess is None:
        return FileKind.TEXT
    if guess.mime in ("image/jpeg", "image/png", "image/webp", *_HEIF):
        return FileKind.IMAGE
    known = _REFUSED.get(guess.mime)
    raise FileError(*(known or (f"不接收这种文件（.{guess.extension}）", "请转为 PDF、JPG、.docx 或 .xlsx 后上传")))


# ---------------------------------------------------------------- images


def clean_image(data: bytes) -> bytes:
    """The picture alone, re-encoded: upright, at most 2,560 pixels long, on white, and without place, camera, profile,
    comments or anything else that was in the file. A JPEG, or a PNG if it was one and is small. HEIC, as phones write it,
    is read too.

    Raises FileError for a broken picture and for one of too many pixels, before it is unpacked.
    """
    too_large = FileError(
        "图片的像素过大（JPG 不超过 2.2 亿，其他格式不超过 6400 万）",
        "请把手机相机的像素调低、或把照片格式改为 JPG 后重拍，或缩小图片后重新上传",
    )
    if (size := _webp_size(data)) is not None and size[0] * size[1] > MOST_PIXELS:
        raise too_large
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limits here are others
            opened = Image.open(io.BytesIO(data), formats=["JPEG", "PNG", "WEBP", "HEIF"])
        with opened as image, UNPACKING:
            scaled = image.format == "JPEG" and "progressive" not in image.info
            if image.width * image.height > (MOST_PIXELS_SCALED if scaled else MOST_PIXELS):
                raise too_large
            was_png = image.format == "PNG"
            image.draft("RGB", (LONGEST_EDGE, LONGEST_EDGE))  # lets a JPEG unpack at a smaller scale
            picture = ImageOps.exif_transpose(image)
            picture.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
            fresh = _on_white(picture)
    except Image.DecompressionBombError as error:
        raise too_large from error
    except FileError:
        raise
    except (OSError, ValueError, SyntaxError, TypeError, EOFError, RuntimeError, struct.error) as error:
        raise FileError("图片已损坏，打不开", "请重新拍照或另存后再上传") from error
    if was_png and len(png := _encoded(fresh, "PNG")) <= PNG_UP_TO:
        return png
    return _encoded(fresh, "JPEG", quality=88)


def _on_white(picture: Image.Image) -> Image.Image:
    """The pixels on a fresh white ground, so that no attribute of the old picture comes along."""
    fresh = Image.new("RGB", picture.size, "white")
    if picture.has_transparency_data:
        whole = picture.convert("RGBA")
        fresh.paste(whole, mask=whole.getchannel("A"))
    else:
        fresh.paste(picture.convert("RGB"))
    return fresh


def _encoded(picture: Image.Image, form: str, **options: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def _webp_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a WebP by its header: its decoder claims the memory for the whole canvas when it opens."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(data) < 30:
        return None
    match data[12:16]:
        case b"VP8X":
            return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
        case b"VP8L":
            bits = int.from_bytes(data[21:25], "little")
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        case _:
            width, height = struct.unpack("<HH", data[26:30])
            return width & 0x3FFF, height & 0x3FFF


# ---------------------------------------------------------------- PDF


_ACTION = re.compile(rb"/(?:JavaScript|Launch)\b")


def _check_pdf(data: bytes) -> None:
    if b"%%EOF" not in data[-2048:] or zipfile.is_zipfile(io.BytesIO(data)):
        raise FileError("PDF 已损坏，或夹带了别的内容", "请重新导出 PDF 后上传")
    with pdfium.LOCK:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            if "assword" in str(error):
                raise FileError("PDF 已加密", "请去掉打开密码后重新上传") from error
            raise FileError("PDF 已损坏，打不开", "请重新导出 PDF 后上传") from error
        try:
            pages = len(document)
            attachments = document.count_attachments()
            scripts = pypdfium2.raw.FPDFDoc_GetJavaScriptActionCount(document) or _ACTION.search(data)
        finally:
            document.close()
    if not 1 <= pages <= MOST_PAGES:
        raise FileError(f"PDF 有 {pages} 页，应为 1 到 {MOST_PAGES} 页", "请拆分后重新上传")
    if attachments or scripts:
        raise FileError("PDF 里带有附件或脚本", "请用“打印为 PDF”另存一份后上传")


# ---------------------------------------------------------------- Office


def _office_kind(data: bytes) -> FileKind:
    """XLSX or DOCX, with nothing in it that runs, hides or reaches out."""
    try:
        with open_archive(data, OFFICE) as archive:
            names = {info.filename for info in archive.infolist()}
            if "[Content_Types].xml" not in names:
                raise FileError("不接收压缩包", "请解压后逐个上传里面的文件")
            if "xl/workbook.xml" in names:
                kind = FileKind.XLSX
            elif "word/document.xml" in names:
                kind = FileKind.DOCX
            else:
                raise FileError("不接收这种 Office 文件", "请另存为 .docx、.xlsx 或 PDF 后上传")
            if data[-22:-18] != b"PK\x05\x06" or min(info.header_offset for info in archive.infolist()):
                raise FileError("文件里夹带了别的内容", RESAVE)
            _check_members(archive)
    except ArchiveError as error:
        raise FileError(str(error), error.remedy) from error
    except (ParseError, DefusedXmlException, ValueError) as error:
        if isinstance(error, FileError):
            raise
        raise FileError("文件已损坏，打不开", RESAVE) from error
    return kind


def _check_members(archive: zipfile.ZipFile) -> None:
    for info in archive.infolist():
        name = info.filename.lower()
        if name.endswith("vbaproject.bin") or "/activex/" in name or "/macrosheets/" in name:
            raise FileError("文件里含有宏或控件", "请另存为不含宏的 .docx 或 .xlsx 后上传")
        head = b""
        for piece in inflate(archive, info):  # to the end: each member must be as large as it says
            head = head or piece[:8]
        if head.startswith((ZIP_MAGIC, OLE_MAGIC, b"%PDF-", b"MZ")) or "/embeddings/" in name:
            raise FileError("文件里嵌入了别的文件", "请删除嵌入的对象（或粘贴为图片）后重新上传")
        if name.endswith(".rels"):
            for link in fromstring(read_member(archive, info)):
                if link.get("TargetMode") == "External" and _reaches_out(link.get("Type", ""), link.get("Target", "")):
                    raise FileError("文件里链接了网上的模板、图片或对象", "请断开链接（或粘贴为图片）后重新上传")


def _reaches_out(kind: str, target: str) -> bool:
    """Would opening the file fetch something? A hyperlink waits for a click; a path on the writer's own disk is dead."""
    if kind.endswith(("/hyperlink", "/externalLinkPath")):
        return False
    return re.match(r"(?:https?|ftp):|\\\\|file:(?:/{4,}|\\|//(?!/))", target.strip(), re.IGNORECASE) is not None


# ---------------------------------------------------------------- text

_PAGE = re.compile(r"<\s*(?:!doctype|html|head|body|script|svg|iframe|meta|style|table|\?xml)", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def _check_text(data: bytes) -> None:
    for encoding in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _CONTROL.search(text):
            break
        if _PAGE.search(text[:4096]):
            raise FileError("这是网页文件，不是文本或表格", "请用浏览器打开后打印为 PDF，或把表格另存为 .xlsx 后上传")
        return
    raise FileError("认不出这是什么文件", "请转为 PDF、JPG、.docx 或 .xlsx 后上传")
