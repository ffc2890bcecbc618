"""Opening a stored file. Whether one may is decided by the database: a row out of range does not exist."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from niangjia.access.acting import Acting, ActorKind, record
from niangjia.access.verbs import Verb
from niangjia.core.sealing import SealError
from niangjia.files import queries as files
from niangjia.files.kinds import FileKind
from niangjia.files.models import StoredFile
from niangjia.intake.sheet import Sensitivity
from niangjia.programmes import queries
from niangjia.programmes.models import Attachment
from niangjia.web.downloads import download
from niangjia.web.guard import ActingRequest, may
from niangjia.web.streaming import Recording, stream

SANDBOX = "default-src 'none'; sandbox"
INLINE = frozenset({FileKind.IMAGE, FileKind.PDF})
STREAMED = frozenset({FileKind.VIDEO, FileKind.AUDIO})


@may(Verb.OWN_READ, Verb.ORG_READ, Verb.INDICATOR_FILL, Verb.EXPRESS_READ, Verb.FAMILY_RECORD, Verb.TRAINING_TEACH)
def open_file(request: ActingRequest, pk: UUID) -> HttpResponseBase:
    """The bytes of a stored file, for whom the database shows its row.

    An officer who opens a paper of a case leaves a trail entry. That is the one thing a GET writes in this house:
    reading must not need a form, and must not go unnoticed.
    """
    stored = StoredFile.objects.filter(pk=pk).first()
    if stored is None:
        raise Http404
    if request.acting.kind is not ActorKind.RESIDENT:
        _note_reading(stored, request.acting)
    return sent(request, stored)


def sent(request: ActingRequest, stored: StoredFile) -> HttpResponseBase:
    """The bytes as an answer, after it was decided and noted that she may have them."""
    kind = FileKind(stored.kind)
    if kind in STREAMED:
        return stream(
            request, Recording(stored.storage_name, stored.size, stored.mime, stored.sha256), cache="private, no-store"
        )
    ending = stored.name.rpartition(".")[2]
    try:
        pieces = files.open_file(stored)
    except files.FileLost as lost:
        return render(request, "ui/404.html", {"message": str(lost)}, status=404)
    response = StreamingHttpResponse(pieces, content_type=stored.mime)
    response["Content-Length"] = str(stored.size)
    # The sender's own name for it may tell of an illness; a download folder is no place for that.
    name = f"{str(stored.pk)[:8]}.{ending}"
    response["Content-Disposition"] = content_disposition_header(kind not in INLINE, name) or ""
    response["Content-Security-Policy"] = SANDBOX
    return response


def public_file(storage_name: str, mime: str, name: str = "") -> HttpResponse:
    """A file of a public page, shown in it, or under ``name`` to keep. Raises Http404 when it is lost or was altered."""
    try:
        data = b"".join(files.pieces(storage_name))
    except (OSError, SealError):
        raise Http404 from None
    response = download(name, data) if name else HttpResponse(data, content_type=mime)
    response["Content-Security-Policy"] = SANDBOX
    return response


def _note_reading(stored: StoredFile, by: Acting) -> None:
    """Refuse papers more sensitive than the post allows, and record the opening."""
    partner = by.kind is ActorKind.PARTNER  # who sees no paper of any case
    paper = None if partner else Attachment.objects.filter(file_id=stored.pk).select_related("case").first()
    if paper is None:
        record(
            by=by, stream=f"file:{stored.pk}", verb="file.open", place=stored.place, summary={"purpose": stored.purpose}
        )
        return
    if not _may_open(paper, by):
        raise PermissionDenied("您当前的职务不能查看这类材料。")
    record(
        by=by,
        stream=f"case:{paper.case_id}",
        verb="file.open",
        place=stored.place,
        summary={"number": paper.case.number, "file": str(stored.pk), "kind": paper.kind},
    )


def _may_open(paper: Attachment, by: Acting) -> bool:
    """Who compares originals must see all papers, and so must who uploaded them; others by what the paper holds."""
    if by.may(Verb.CASE_VERIFY) or paper.filed_by_account == by.account_id:
        return True
    if not by.may(Verb.CASE_READ):
        return False
    kinds = {kind.key: kind.sensitivity for kind in queries.version_of(paper.case).sheet.attachments}
    return kinds.get(paper.kind, Sensitivity.HEALTH) in queries.clear_sensitivities(by)
