"""Papers: photographed, kept, shown to who may see them, and taken off again."""

from __future__ import annotations

import io
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from niangjia.access.acting import acting_as
from niangjia.files import queries as files
from niangjia.files.models import StoredFile
from niangjia.programmes.models import Attachment, Round
from niangjia.trail.models import Entry
from tests import factories
from tests.personas import District
from tests.web.conftest import Browse
from tests.web.portal import own, walking

pytestmark = pytest.mark.django_db(databases=["default", "public"])

HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 64
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n"


@pytest.fixture
def round_(district: District) -> Round:
    return factories.open_round(district)


@pytest.fixture
def her(as_persona: Browse) -> Client:
    return as_persona("resident")


def words(answer: object) -> str:
    text: str = answer.content.decode()  # type: ignore[attr-defined]
    return text


def papers(district: District, pk: int) -> list[Attachment]:
    with acting_as(district.resident()):
        return list(Attachment.objects.filter(case_id=pk, removed_at__isnull=True).select_related("file"))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "空"),
        (HEIC, "图片已损坏"),
        (b"PK\x03\x04 not an archive", "没有收下"),
        (b"MZ" + b"\x00" * 200, "没有收下"),
        (PDF, "PDF"),
        (own.photo()[:200], "没有收下"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "没有收下"),
    ],
)
def test_what_is_no_photo_and_no_pdf_is_refused_at_its_paper(
    her: Client, round_: Round, district: District, data: bytes, message: str
) -> None:
    pk = walking.begin(her, round_)
    answer = walking.upload(her, round_, pk, ID_COPY=data)
    assert (answer.status_code, message in words(answer), papers(district, pk)) == (422, True, [])


def test_what_is_right_is_kept_when_something_else_is_wrong(her: Client, round_: Round, district: District) -> None:
    pk = walking.begin(her, round_)
    walking.upload(her, round_, pk, ID_COPY=own.photo(), HOUSEHOLD=b"\x00\x01")
    assert [paper.kind for paper in papers(district, pk)] == ["ID_COPY"]


def test_no_more_papers_of_a_kind_than_allowed(her: Client, round_: Round, district: District) -> None:
    pk = walking.begin(her, round_)
    files = [SimpleUploadedFile("a.jpg", own.photo()) for _ in range(3)]
    answer = her.post(f"/apply/{pk}/5/", {"ID_COPY": files})
    assert (answer.status_code, "最多上传2份，请先删去一份" in words(answer), len(papers(district, pk))) == (
        422,
        True,
        2,
    )


def test_the_place_where_a_photo_was_taken_is_not_kept(her: Client, round_: Round, district: District) -> None:
    picture, out = Image.new("RGB", (64, 48)), io.BytesIO()
    exif = Image.Exif()
    exif.get_ifd(0x8825)[2] = (29.0, 42.0, 0.0)
    exif[0x010F] = "Phone"
    picture.save(out, "JPEG", exif=exif)
    pk = walking.begin(her, round_)
    walking.upload(her, round_, pk, ID_COPY=out.getvalue())
    stored = papers(district, pk)[0].file
    kept = b"".join(her.get(f"/files/{stored.pk}/").streaming_content)  # type: ignore[attr-defined]
    assert dict(Image.open(io.BytesIO(kept)).getexif()) == {}


def test_a_paper_is_shown_and_taken_off(her: Client, round_: Round, district: District) -> None:
    pk = walking.begin(her, round_)
    walking.upload(her, round_, pk, ID_COPY=own.photo())
    (paper,) = papers(district, pk)
    shown = f"/files/{paper.file_id}/" in words(her.get(f"/apply/{pk}/5/"))
    her.post(f"/apply/{pk}/5/", {"remove": str(paper.pk)})
    assert (shown, papers(district, pk)) == (True, [])


def test_nobody_takes_off_another_womans_paper(
    her: Client, as_persona: Browse, round_: Round, district: District
) -> None:
    pk = walking.begin(her, round_)
    walking.upload(her, round_, pk, ID_COPY=own.photo())
    (paper,) = papers(district, pk)
    other = as_persona("resident", "13900139000")
    mine = walking.begin(other, round_)
    other.post(f"/apply/{mine}/5/", {"remove": str(paper.pk)})
    assert len(papers(district, pk)) == 1


def test_papers_go_with_the_button_that_leads_on(her: Client, round_: Round, district: District) -> None:
    pk = walking.begin(her, round_)
    answer = her.post(f"/apply/{pk}/5/", {"ID_COPY": SimpleUploadedFile("a.jpg", own.photo()), "onward": "1"})
    assert (answer["Location"], len(papers(district, pk))) == (f"/apply/{pk}/6/", 1)


# --- opening -----------------------------------------------------------------------------------------------------


@pytest.fixture
def case_papers(round_: Round, district: District) -> dict[str, StoredFile]:
    """Her papers by kind, handed in to the village."""
    case = own.submitted(district, round_)
    return {paper.kind: paper.file for paper in papers(district, case.pk)}


def test_a_paper_is_served_under_a_neutral_name_and_can_do_nothing(
    her: Client, case_papers: dict[str, StoredFile]
) -> None:
    stored = case_papers["DIAGNOSIS"]
    answer = her.get(f"/files/{stored.pk}/")
    kept = ("Content-Disposition", "Content-Type", "X-Content-Type-Options", "Content-Security-Policy", "Cache-Control")
    assert [answer[name] for name in kept] == [
        f'inline; filename="{str(stored.pk)[:8]}.jpg"',
        "image/jpeg",
        "nosniff",
        "default-src 'none'; sandbox",
        "no-store",
    ]


@pytest.mark.parametrize(
    ("persona", "kind", "status"),
    [
        ("resident", "DIAGNOSIS", 200),
        ("dadongmen", "DIAGNOSIS", 200),
        ("dadongmen", "BANK_CARD", 200),
        ("dunren", "DIAGNOSIS", 200),
        ("dunren", "BANK_CARD", 403),
        ("officer", "BANK_CARD", 200),
        ("auditor", "DIAGNOSIS", 403),
        ("auditor", "ID_COPY", 403),
        ("finance", "DIAGNOSIS", 403),
        ("finance", "BANK_CARD", 200),
        ("member", "ID_COPY", 403),
        ("qianlongjie", "ID_COPY", 404),
        ("chongyi", "ID_COPY", 404),
        ("civil_affairs", "ID_COPY", 404),
    ],
)
def test_who_may_open_which_paper(
    as_persona: Browse, case_papers: dict[str, StoredFile], persona: str, kind: str, status: int
) -> None:
    assert as_persona(persona).get(f"/files/{case_papers[kind].pk}/").status_code == status


def test_another_residents_paper_does_not_exist(as_persona: Browse, case_papers: dict[str, StoredFile]) -> None:
    other = as_persona("resident", "13900139000")
    assert [other.get(f"/files/{pk}/").status_code for pk in (case_papers["ID_COPY"].pk, uuid4())] == [404, 404]


def test_without_signing_in_no_paper_is_opened(client: Client, case_papers: dict[str, StoredFile]) -> None:
    assert client.get(f"/files/{case_papers['ID_COPY'].pk}/").status_code == 302


def test_an_officer_who_opens_a_paper_leaves_a_trail_and_its_owner_does_not(
    as_persona: Browse, case_papers: dict[str, StoredFile], district: District
) -> None:
    path = f"/files/{case_papers['DIAGNOSIS'].pk}/"
    for persona in ("resident", "dadongmen", "auditor"):
        as_persona(persona).get(path)
    with acting_as(district.acting("auditor")):
        opened = list(Entry.objects.filter(verb="file.open").values_list("actor", "summary__kind"))
    assert opened == [("大东门社区妇联 大东门主席", "DIAGNOSIS")]


def test_a_file_the_disk_lost_says_so(her: Client, case_papers: dict[str, StoredFile]) -> None:

    stored = case_papers["ID_COPY"]
    files.path_of(stored).unlink()
    answer = her.get(f"/files/{stored.pk}/")
    assert (answer.status_code, "请联系管理员从备份恢复" in words(answer)) == (404, True)
