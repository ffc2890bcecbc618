"""Named writes of forms. A form is filled from records; nobody types a figure into it here."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from niangjia.access.acting import Acting, record
from niangjia.access.verbs import Verb
from niangjia.blanks import queries, rules
from niangjia.blanks.kinds import Rhythm, Source, Span
from niangjia.blanks.models import Blank, Filled, Handing, Mapped
from niangjia.blanks.rules import Change, Period
from niangjia.core import clock, codes
from niangjia.core.archives import ArchiveError
from niangjia.core.refused import Refused
from niangjia.files import actions as files
from niangjia.files import queries as stored
from niangjia.files.kinds import FileError, FileKind
from niangjia.files.models import StoredFile
from niangjia.letters import laid_out
from niangjia.letters.laid_out import BookSeen, LayoutError
from niangjia.org.models import Unit

PURPOSE = "blank"


def _note(blank: Blank, by: Acting, verb: str, **summary: object) -> None:
    record(
        by=by, stream=f"blank:{blank.pk}", verb=verb, subject=f"blank:{blank.pk}", place=blank.place,
        summary={"title": blank.title, **summary},
    )  # fmt: skip


def _keep(name: str, data: bytes, by: Acting) -> tuple[StoredFile, BookSeen]:
    """Store an empty form that can be read. Raises Refused at the field ``file``."""
    try:
        kept = files.store(name=name, data=data, purpose=PURPOSE, place=by.place, by=by, kinds=[FileKind.XLSX])
        return kept, laid_out.see(stored.read(kept))
    except (FileError, LayoutError) as error:
        raise Refused(str(error), {"file": str(error)}) from None
    except ArchiveError as error:
        said = f"{error}。{error.remedy}。"
        raise Refused(said, {"file": said}) from None


@transaction.atomic
def add(
    *, title: str, asked_by: str, basis: str, rhythm: Rhythm, name: str, data: bytes, unit: Unit, by: Acting
) -> Blank:
    """Take in a superior's empty form. Raises Refused naming the field: a file with macros, a name that is there."""
    by.require(Verb.BLANK_MANAGE)
    if not codes.contains(by.place, unit.place):
        raise Refused("这个单位不在您的管理范围内。", {"unit": "请重新选择。"})
    kept, _ = _keep(name, data, by)
    try:
        with transaction.atomic():
            blank = Blank.objects.create(
                title=title.strip(), asked_by=asked_by.strip(), basis=basis.strip(), rhythm=rhythm, unit=unit,
                place=unit.place, file=kept, made_at=clock.now(), made_by=by.signature,
            )  # fmt: skip
    except IntegrityError:
        said = "本单位已有同名的表。换了新版式，请在那张表里“更换表样”。"
        raise Refused(said, {"title": said}) from None
    _note(blank, by, "blank.add", asked_by=blank.asked_by)
    return blank


@transaction.atomic
def map_cell(
    *,
    blank_id: int,
    sheet: str,
    reference: str,
    source: Source,
    by: Acting,
    measure: str = "",
    of_place: str = "",
    span: Span = Span.PERIOD,
    text: str = "",
) -> Mapped:
    """Say what is to stand in a cell; what stood there before is replaced. Raises Refused naming cell and remedy."""
    by.require(Verb.BLANK_MANAGE)
    blank = Blank.objects.select_for_update(of=("self",)).select_related("file").get(pk=blank_id)
    reference = reference.strip().upper()
    try:
        if reason := queries.layout(blank).sheet(sheet).refuses(reference):
            raise Refused(reason, {"reference": reason})
        laid_out.place_of(reference)
    except LayoutError as error:
        raise Refused(str(error), {"reference": str(error)}) from None
    if source is Source.MEASURE and queries.measure_of(measure) is None:
        raise Refused("请选择一个指标。", {"measure": "请选择。"})
    if of_place and not codes.contains(blank.place, of_place):
        raise Refused("这个地方不在填报单位的范围内。", {"of_place": "请重新选择。"})
    cell, _ = Mapped.objects.update_or_create(
        blank=blank, sheet=sheet, reference=reference,
        defaults={
            "place": blank.place, "source": source, "measure": measure if source is Source.MEASURE else "",
            "of_place": of_place or None, "span": span, "text": text.strip() if source is Source.TEXT else "",
        },
    )  # fmt: skip
    _note(blank, by, "blank.map", cell=f"{sheet}!{reference}", source=source, measure=measure)
    return cell


@transaction.atomic
def unmap(*, blank_id: int, sheet: str, reference: str, by: Acting) -> None:
    """Leave a cell empty again."""
    by.require(Verb.BLANK_MANAGE)
    blank = Blank.objects.select_for_update(of=("self",)).get(pk=blank_id)
    gone, _ = Mapped.objects.filter(blank=blank, sheet=sheet, reference=reference).delete()
    if gone:
        _note(blank, by, "blank.unmap", cell=f"{sheet}!{reference}")


@transaction.atomic
def renew(*, blank_id: int, name: str, data: bytes, by: Acting) -> list[Change]:
    """Use a new version of the empty form. Cells keep what they were mapped to where they can still be filled; what
    cannot is unmapped. Returns the printed words that changed, for a person to look at."""
    by.require(Verb.BLANK_MANAGE)
    blank = Blank.objects.select_for_update(of=("self",)).select_related("file").get(pk=blank_id)
    before = queries.layout(blank)
    kept, after = _keep(name, data, by)
    cells = queries.mapped(blank)
    names = {one.name for one in after.sheets}
    lost = [c.pk for c in cells if c.sheet not in names or after.sheet(c.sheet).refuses(c.reference)]
    Mapped.objects.filter(pk__in=lost).delete()
    blank.file, blank.version = kept, blank.version + 1
    blank.save(update_fields=["file", "version"])
    found = rules.moved(before.words(), after.words(), [(c.sheet, c.reference) for c in cells])
    _note(blank, by, "blank.renew", version=blank.version, words=len(found), lost=len(lost))
    return found


@transaction.atomic
def fill(*, blank_id: int, period: Period, by: Acting) -> Filled:
    """Fill the form for a period with the figures of now, and keep it as it went out."""
    by.require(Verb.BLANK_FILL)
    blank = Blank.objects.select_for_update(of=("self",)).select_related("file", "unit").get(pk=blank_id)
    content = queries.content(blank, period, filler=by.person_name)
    if not content.cells:
        raise Refused("还没有对应任何格子。请先把格子和指标对应起来。")
    try:
        data = laid_out.fill(stored.read(blank.file), content.cells)
    except LayoutError as error:
        raise Refused(str(error)) from None
    kept = files.store(
        name=f"{blank.title}（{period.label}）.xlsx", data=data, purpose=PURPOSE, place=blank.place, by=by,
        kinds=[FileKind.XLSX],
    )  # fmt: skip
    made = Filled.objects.create(
        blank=blank, place=blank.place, period=period.key, version=blank.version, file=kept, cells=content.texts(),
        notes=list(content.retired), made_at=clock.now(), made_by=by.signature,
    )  # fmt: skip
    _note(blank, by, "blank.fill", period=period.key, cells=len(content.cells))
    return made


@transaction.atomic
def hand_over(*, filled_id: int, to: str, how: str, by: Acting) -> Handing:
    """Write down that a filled form was sent, to whom and how."""
    by.require(Verb.BLANK_FILL)
    filled = Filled.objects.select_related("blank").get(pk=filled_id)
    if not to.strip() or not how.strip():
        raise Refused("请写明交给谁、怎么交的。", {"to": "请填写。"} if not to.strip() else {"how": "请填写。"})
    made = Handing.objects.create(
        filled=filled, place=filled.place, to=to.strip(), how=how.strip(), at=clock.now(), by=by.signature
    )
    _note(filled.blank, by, "blank.hand_over", period=filled.period, to=made.to)
    return made


@transaction.atomic
def set_open(*, blank_id: int, is_open: bool, by: Acting) -> Blank:
    """A form nobody asks for any more is put away, and can be taken out again."""
    by.require(Verb.BLANK_MANAGE)
    blank = Blank.objects.select_for_update(of=("self",)).get(pk=blank_id)
    blank.is_open = is_open
    blank.save(update_fields=["is_open"])
    _note(blank, by, "blank.open" if is_open else "blank.close")
    return blank
