"""Filling in an application page by page, as a browser without script would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from niangjia.programmes import registry
from niangjia.programmes.models import Round
from niangjia.web.portal.apply.steps import Page, pages_of
from tests import factories
from tests.personas import DADONGMEN
from tests.web.portal.own import photo

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response


def pages(round_: Round) -> tuple[Page, ...]:
    return pages_of(registry.version(round_.programme, round_.version))


def number_of(round_: Round, kind: str) -> int:
    return next(page.number for page in pages(round_) if page.kind == kind)


def begin(client: Client, round_: Round, **given: str) -> int:
    """The id of the draft that was begun."""
    answer = client.post(f"/apply/round/{round_.pk}/", {"who": "self", "place": DADONGMEN, **given})
    assert answer.status_code == 302, answer.content.decode()
    return int(answer["Location"].split("/")[2])


def section_of(page: Page, answers: dict[str, Any]) -> dict[str, Any]:
    """The part of the answers a page asks for, as a browser sends it."""
    assert page.section is not None
    return {
        field.key: "on" if answers[field.key] is True else answers[field.key]
        for field in page.section.fields
        if field.key in answers
    }


def fill(client: Client, round_: Round, pk: int, serial: int = 1, **changes: Any) -> None:
    """All pages of answers, each leading on to the next."""
    answers = factories.answers(serial, **changes)
    for page in pages(round_):
        if page.section is not None:
            answer = client.post(f"/apply/{pk}/{page.number}/", section_of(page, answers))
            assert answer["Location"] == f"/apply/{pk}/{page.number + 1}/", answer.content.decode()


def upload(client: Client, round_: Round, pk: int, **files: bytes) -> Response:
    """Papers by kind on the page of papers."""
    sent = {kind: SimpleUploadedFile("IMG_0001.jpg", data) for kind, data in files.items()}
    return client.post(f"/apply/{pk}/{number_of(round_, 'papers')}/", sent)


def upload_required(client: Client, round_: Round, pk: int) -> None:
    sheet = registry.version(round_.programme, round_.version).sheet
    answer = upload(client, round_, pk, **{kind.key: photo() for kind in sheet.attachments if kind.required})
    assert answer.status_code == 302, answer.content.decode()


def complete(client: Client, round_: Round, serial: int = 1, **changes: Any) -> int:
    """An application that only waits to be sent."""
    pk = begin(client, round_)
    fill(client, round_, pk, serial, **changes)
    upload_required(client, round_, pk)
    return pk


def send(client: Client, round_: Round, pk: int, **given: str) -> Response:
    return client.post(f"/apply/{pk}/{number_of(round_, 'review')}/", given)
