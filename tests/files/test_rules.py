"""Uploads are known by their content, cleaned of what they should not carry, and refused with a remedy."""

import io
import struct
import zipfile
import zlib
from typing import Any

import docx
import openpyxl
import pypdfium2
import pytest
from PIL import Image, ImageCms
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngInfo

from niangjia.core.archives import OLE_MAGIC
from niangjia.files import rules
from niangjia.files.kinds import Examined, FileError, FileKind
from niangjia.files.rules import LONGEST_EDGE, clean_image, clean_name, examine

ALL = frozenset(FileKind)


def picture(form: str, size: tuple[int, int] = (40, 20), mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "red" if mode == "RGB" else 0).save(out, form, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def word(**members: bytes) -> bytes:
    out = io.BytesIO()
    docx.Document().save(out)
    return with_members(out.getvalue(), members)


def excel() -> bytes:
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    return out.getvalue()


def with_members(data: bytes, members: dict[str, bytes]) -> bytes:
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return out.getvalue()


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return out.getvalue()


def pdf(pages: int = 1, attachment: bytes | None = None) -> bytes:
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(200, 200)
    if attachment is not None:
        document.new_attachment("a.txt").set_data(attachment)
    out = io.BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()


def written_pdf(catalog: bytes = b"", trailer: bytes = b"") -> bytes:
    """A one-page PDF by hand, with something more in its catalogue or trailer."""
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R" + catalog + b">>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += b"%d 0 obj" % number + body + b"endobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        out
        + b"xref\n0 4\n0000000000 65535 f \n"
        + table
        + b"trailer<</Size 4/Root 1 0 R"
        + trailer
        + b">>\nstartxref\n%d\n%%%%EOF\n" % len(out)
    )


def refusal(data: bytes, kinds: frozenset[FileKind] = ALL) -> FileError:
    with pytest.raises(FileError) as caught:
        examine("文件", data, kinds=kinds)
    return caught.value


# ------------------------------------------------------------------ what is taken


@pytest.mark.parametrize(
    ("name", "data", "kind", "mime", "kept"),
    [
        ("证.jpeg", picture("JPEG"), FileKind.IMAGE, "image/jpeg", "证.jpg"),
        ("证.png", picture("PNG"), FileKind.IMAGE, "image/png", "证.png"),
        ("证.webp", picture("WEBP"), FileKind.IMAGE, "image/jpeg", "证.jpg"),
        ("IMG_0001.HEIC", picture("HEIF", (64, 48)), FileKind.IMAGE, "image/jpeg", "IMG_0001.jpg"),
        ("证.pdf", pdf(), FileKind.PDF, "application/pdf", "证.pdf"),
        ("手写.pdf", written_pdf(), FileKind.PDF, "application/pdf", "手写.pdf"),
        (
            "名册.XLSX",
            excel(),
            FileKind.XLSX,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "名册.xlsx",
        ),
        (
            "公示",
            word(),
            FileKind.DOCX,
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "公示.docx",
        ),
        ("记录.txt", "甲乙\r\n丙".encode("gb18030"), FileKind.TEXT, "text/plain", "记录.txt"),
        ("记录.csv", "甲,乙".encode("utf-16"), FileKind.TEXT, "text/plain", "记录.csv"),
        ("照片.jpg", pdf(), FileKind.PDF, "application/pdf", "照片.pdf"),
    ],
)
def test_an_upload_is_known_by_its_content_and_named_after_it(
    name: str, data: bytes, kind: FileKind, mime: str, kept: str
) -> None:
    found = examine(name, data, kinds={kind})
    assert (found.kind, found.mime, found.name) == (kind, mime, kept)
    assert kind is FileKind.IMAGE or found.data == data


def test_what_is_kept_has_the_size_and_digest_of_what_is_kept() -> None:
    found = Examined(FileKind.TEXT, "text/plain", "a.txt", b"abc")
    assert found.size == 3
    assert found.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert "abc" not in repr(found)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\我的 文档\\证.明.jpg", "证.明.pdf"),
        ("a\u202egpj.exe", "agpj.pdf"),
        ('<b>:"|?*\x00\n', "b.pdf"),
        ("", "文件.pdf"),
        ("...", "文件.pdf"),
        (".pdf", "文件.pdf"),
        ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
        ("e\u0301.pdf", "é.pdf"),
    ],
)
def test_a_name_keeps_nothing_that_could_mislead(name: str, kept: str) -> None:
    assert clean_name(name, "pdf") == kept


# ------------------------------------------------------------------ images


def test_a_picture_loses_place_camera_profile_and_comment_and_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "CAMERA-MAKER"
    exif.get_ifd(0x8825).update({1: "N", 2: (29.0, 42.0, 11.0), 3: "E", 4: (107.0, 23.0, 22.0)})
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = picture("JPEG", exif=exif, icc_profile=profile, comment=b"SECRET-COMMENT")
    assert dict(opened(data).getexif().get_ifd(0x8825)) != {}
    clean = clean_image(data)
    image = opened(clean)
    assert image.size == (20, 40)
    assert (dict(image.getexif()), dict(image.getexif().get_ifd(0x8825))) == ({}, {})
    assert set(image.info) == {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert [word for word in (b"CAMERA-MAKER", b"SECRET-COMMENT", b"ICC_PROFILE", b"Exif") if word in clean] == []


def test_a_png_loses_its_texts_and_whatever_was_appended() -> None:
    info = PngInfo()
    info.add_text("Author", "SECRET-AUTHOR")
    clean = clean_image(picture("PNG", pnginfo=info) + zipped(**{"evil.html": b"<script>"}))
    assert opened(clean).info == {}
    assert clean.endswith(b"IEND\xaeB`\x82")


@pytest.mark.parametrize(
    ("form", "mode"), [("JPEG", "RGB"), ("PNG", "RGB"), ("PNG", "P"), ("WEBP", "RGB"), ("JPEG", "L")]
)
def test_a_large_picture_is_reduced_to_the_longest_edge(form: str, mode: str) -> None:
    clean = opened(clean_image(picture(form, (3 * LONGEST_EDGE, 30), mode)))
    assert clean.size == (LONGEST_EDGE, 10)


def test_transparency_becomes_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (4, 4), (255, 0, 0, 0)).save(out, "PNG")
    assert opened(clean_image(out.getvalue())).getpixel((0, 0)) == (255, 255, 255)


def test_a_photograph_kept_as_png_becomes_a_jpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "PNG_UP_TO", 100)
    assert examine("a.png", picture("PNG", (100, 100)), kinds=ALL).name == "a.jpg"
    assert examine("a.png", picture("PNG", (1, 1)), kinds=ALL).name == "a.png"


TOO_LARGE = (
    "图片的像素过大（JPG 不超过 2.2 亿，其他格式不超过 6400 万）。"
    "请把手机相机的像素调低、或把照片格式改为 JPG 后重拍，或缩小图片后重新上传。"
)


def png_of(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds almost nothing."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def webp_of(kind: bytes) -> bytes:
    """A WebP that claims 16,384 x 16,384 pixels, in each of the three ways to say so."""
    body = {
        b"VP8X": b"\x00" * 4 + (16383).to_bytes(3, "little") * 2,
        b"VP8L": b"\x2f" + (16383 | 16383 << 14).to_bytes(4, "little") + b"\x00" * 5,
        b"VP8 ": b"\x00\x00\x00\x9d\x01\x2a" + struct.pack("<HH", 16383, 16383),
    }[kind]
    return b"RIFF" + struct.pack("<I", len(body) + 12) + b"WEBP" + kind + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize(
    "data",
    [
        png_of(10_000, 6_500),
        png_of(12_000, 12_000),
        png_of(65_000, 65_000),
        webp_of(b"VP8X"),
        webp_of(b"VP8L"),
        webp_of(b"VP8 "),
    ],
)
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked(data: bytes) -> None:
    assert str(refusal(data)) == TOO_LARGE


@pytest.mark.parametrize(
    "data",
    [
        picture("JPEG", (400, 400))[:700],
        png_of(10, 10),
        b"\xff\xd8\xff\xe0" + b"\0" * 50,
        picture("WEBP")[:40],
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        picture("HEIF", (400, 400))[:400],
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 64,
    ],
)
def test_a_broken_picture_is_refused(data: bytes) -> None:
    assert str(refusal(data)) == "图片已损坏，打不开。请重新拍照或另存后再上传。"


@pytest.mark.parametrize(
    ("data", "size"),
    [(picture("JPEG", (7_300, 5_500)), (2560, 1929)), (picture("HEIF", (2_800, 700)), (2560, 640))],
    ids=["JPEG of 40 megapixels", "HEIC"],
)
def test_a_large_photo_of_a_phone_is_kept_at_reading_size(data: bytes, size: tuple[int, int]) -> None:
    kept = opened(clean_image(data))
    assert (kept.format, kept.size) == ("JPEG", size)


def test_a_heic_photo_of_too_many_pixels_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_PIXELS", 64 * 48 - 1)
    assert str(refusal(picture("HEIF", (64, 48)))) == TOO_LARGE


def jpeg_of(width: int, height: int, **options: object) -> bytes:
    """A grey JPEG as large as it says, written block by block: three bytes hold four blocks that differ in nothing."""
    small = picture("JPEG", (64, 64), mode="L", **options)
    frame = small.index(b"\xff\xc2" if options else b"\xff\xc0") + 5
    scan = small.index(b"\xff\xda")
    scan += 2 + int.from_bytes(small[scan + 2 : scan + 4], "big")
    head = small[:frame] + struct.pack(">HH", height, width) + small[frame + 4 : scan]
    return head + b"\x28\xa2\x8a" * (width * height // 256) + b"\xff\xd9"


def test_a_photo_of_two_hundred_megapixels_is_unpacked_small(monkeypatch: pytest.MonkeyPatch) -> None:
    unpacked: list[tuple[int, int]] = []
    draft = JpegImageFile.draft

    def seen(image: JpegImageFile, *asked: Any) -> object:
        answer = draft(image, *asked)
        unpacked.append(image.size)
        return answer

    monkeypatch.setattr(JpegImageFile, "draft", seen)
    kept = opened(clean_image(jpeg_of(16_320, 12_240)))
    assert (unpacked[0], kept.size) == ((4080, 3060), (2560, 1920))


def test_one_that_can_only_be_unpacked_whole_is_refused() -> None:
    assert str(refusal(jpeg_of(16_320, 12_240, progressive=True))) == TOO_LARGE


def test_where_a_phone_took_a_heic_photo_is_not_kept() -> None:
    exif = Image.Exif()
    exif[0x010F] = "某品牌"
    exif.get_ifd(0x8825)[1] = "N"
    kept = clean_image(picture("HEIF", (64, 48), exif=exif.tobytes()))
    assert (dict(opened(kept).getexif()), "某品牌".encode() in kept) == ({}, False)


# ------------------------------------------------------------------ what is refused

RELS = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>'
LINK = b'<Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" Target="%s" TargetMode="External"/>'


def linked(kind: bytes, target: bytes) -> bytes:
    return word(**{"word/_rels/settings.xml.rels": RELS % (LINK % (kind, target))})


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "文件是空的。请检查后重新上传。"),
        (picture("GIF"), "不接收 GIF 图片。请另存为 JPG 后上传。"),
        (b"MZ" + b"\0" * 100, "不接收这种文件（.exe）。请转为 PDF、JPG、.docx 或 .xlsx 后上传。"),
        (b"Rar!\x1a\x07\x00" + b"\0" * 50, "不接收这种文件（.rar）。请转为 PDF、JPG、.docx 或 .xlsx 后上传。"),
        (b"{\\rtf1 a}", "不接收 RTF 文档。请另存为 .docx 后上传。"),
        (
            OLE_MAGIC + "EncryptedPackage".encode("utf-16-le"),
            "文件已加密。请在 Word、Excel 或 WPS 中去掉打开密码，保存后重新上传。",
        ),
        (OLE_MAGIC + "WordDocument".encode("utf-16-le"), "不接收旧版 Word 文件（.doc）。请另存为 .docx 后上传。"),
        (OLE_MAGIC + "Workbook".encode("utf-16-le"), "不接收旧版 Excel 文件（.xls）。请另存为 .xlsx 后上传。"),
        (OLE_MAGIC, "不接收旧版 Office 或 WPS 文件。请另存为 .docx 或 .xlsx 后上传。"),
        (zipped(a=b"1"), "不接收压缩包。请解压后逐个上传里面的文件。"),
        (
            zipped(**{"[Content_Types].xml": b"", "ppt/presentation.xml": b""}),
            "不接收这种 Office 文件。请另存为 .docx、.xlsx 或 PDF 后上传。",
        ),
        (excel()[:-40], "文件已损坏，打不开。请在电脑上打开原文件，另存一份后重新上传。"),
        (word(**{"word/vbaProject.bin": b"x"}), "文件里含有宏或控件。请另存为不含宏的 .docx 或 .xlsx 后上传。"),
        (word(**{"word/activeX/activeX1.xml": b"x"}), "文件里含有宏或控件。请另存为不含宏的 .docx 或 .xlsx 后上传。"),
        (
            word(**{"word/embeddings/a.xlsx": excel()}),
            "文件里嵌入了别的文件。请删除嵌入的对象（或粘贴为图片）后重新上传。",
        ),
        (
            word(**{"word/media/a.png": zipped(a=b"1")}),
            "文件里嵌入了别的文件。请删除嵌入的对象（或粘贴为图片）后重新上传。",
        ),
        (
            word(**{"word/media/a.bmp": b"\0" * 20_000_000}),
            "文件解压后过大，疑似压缩炸弹。请删除多余内容（大图片、空白行列）后另存再上传。",
        ),
        (
            word(**{f"word/media/{n}.txt": b"" for n in range(2_000)}),
            "文件解压后过大，疑似压缩炸弹。请删除多余内容（大图片、空白行列）后另存再上传。",
        ),
        (excel() + b"<script>", "文件里夹带了别的内容。请在电脑上打开原文件，另存一份后重新上传。"),
        (
            linked(b"attachedTemplate", b"https://a.example/t.dotm"),
            "文件里链接了网上的模板、图片或对象。请断开链接（或粘贴为图片）后重新上传。",
        ),
        (
            linked(b"image", b"\\\\10.0.0.1\\a.png"),
            "文件里链接了网上的模板、图片或对象。请断开链接（或粘贴为图片）后重新上传。",
        ),
        (
            word(**{"word/_rels/x.rels": b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'}),
            "文件已损坏，打不开。请在电脑上打开原文件，另存一份后重新上传。",
        ),
        (pdf()[:-20], "PDF 已损坏，或夹带了别的内容。请重新导出 PDF 后上传。"),
        (pdf() + zipped(a=b"1") + b"%%EOF", "PDF 已损坏，或夹带了别的内容。请重新导出 PDF 后上传。"),
        (b"%PDF-1.7 nothing %%EOF", "PDF 已损坏，打不开。请重新导出 PDF 后上传。"),
        (pdf(pages=501), "PDF 有 501 页，应为 1 到 500 页。请拆分后重新上传。"),
        (pdf(attachment=b"x"), "PDF 里带有附件或脚本。请用“打印为 PDF”另存一份后上传。"),
        (
            written_pdf(catalog=b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"),
            "PDF 里带有附件或脚本。请用“打印为 PDF”另存一份后上传。",
        ),
        (
            written_pdf(
                trailer=b"/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>" % (b"41" * 32, b"42" * 32)
            ),
            "PDF 已加密。请去掉打开密码后重新上传。",
        ),
        (
            b"\xef\xbb\xbf <!DOCTYPE html><table>",
            "这是网页文件，不是文本或表格。请用浏览器打开后打印为 PDF，或把表格另存为 .xlsx 后上传。",
        ),
        (
            b"<svg onload='alert(1)'>",
            "这是网页文件，不是文本或表格。请用浏览器打开后打印为 PDF，或把表格另存为 .xlsx 后上传。",
        ),
        (b"abc\x00def", "认不出这是什么文件。请转为 PDF、JPG、.docx 或 .xlsx 后上传。"),
        (b"\xff\xff\xff", "认不出这是什么文件。请转为 PDF、JPG、.docx 或 .xlsx 后上传。"),
    ],
)
def test_a_file_that_may_not_be_kept_is_refused_with_a_remedy(data: bytes, message: str) -> None:
    assert str(refusal(data)) == message


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        (b"hyperlink", b"https://www.example.cn"),
        (b"attachedTemplate", b"file:///C:\\Users\\a\\Normal.dotm"),
        (b"externalLinkPath", b"file:///D:/b.xlsx"),
    ],
)
def test_a_hyperlink_and_a_path_on_the_writers_own_disk_are_harmless(kind: bytes, target: bytes) -> None:
    assert examine("a", linked(kind, target), kinds=ALL).kind is FileKind.DOCX


def test_a_kind_not_asked_for_is_refused_naming_those_that_are() -> None:
    wanted = frozenset({FileKind.PDF, FileKind.IMAGE})
    assert str(refusal(excel(), wanted)) == "这里不接收Excel 表格（.xlsx）。请上传：图片（JPG、PNG、WebP、HEIC）、PDF。"


def test_a_file_above_the_limit_of_its_kind_is_refused() -> None:
    assert examine("a", b"a" * (2 << 20), kinds=ALL).size == 2 << 20
    assert str(refusal(b"a" * ((2 << 20) + 1))) == "文件超过 2 MB。请压缩或拆分后重新上传。"
