"""The pages of an application: the sections of its sheet, the papers, what is agreed to, and a last look."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from niangjia.intake.sheet import AttachmentKind, Field, Kind, Section
from niangjia.programmes.definition import Version

PageKind = Literal["section", "papers", "consent", "review"]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the way. ``number`` counts from 1 and stands in the address: addresses say nothing of illness."""

    number: int
    kind: PageKind
    title: str
    section: Section | None = None


def pages_of(version: Version) -> tuple[Page, ...]:
    """The pages in order. What is agreed to comes after the papers, when she knows what it is about."""
    plain = [section for section in version.sheet.sections if not is_consent(section)]
    consent = [section for section in version.sheet.sections if is_consent(section)]
    drafts: list[tuple[PageKind, str, Section | None]] = [("section", section.title, section) for section in plain]
    if version.sheet.attachments:
        drafts.append(("papers", "上传材料", None))
    drafts += [("consent", section.title, section) for section in consent]
    drafts.append(("review", "核对并提交", None))
    return tuple(Page(number, *draft) for number, draft in enumerate(drafts, start=1))


def is_consent(section: Section) -> bool:
    return any(field.kind is Kind.AGREE for field in section.fields)


@dataclass(frozen=True, slots=True)
class Gap:
    """A page that is not complete, and what it lacks."""

    page: Page
    lacks: tuple[str, ...]


def gaps(
    version: Version, answers: Mapping[str, Any], papers: Collection[str], *, papers_needed: bool
) -> tuple[Gap, ...]:
    """What is missing, page by page. ``papers`` are the kinds already uploaded."""
    missing = version.sheet.missing(answers)
    found: list[Gap] = []
    for page in pages_of(version):
        if page.section is not None:
            lacks = tuple(field.label for field in missing if field in page.section.fields)
        elif page.kind == "papers" and papers_needed:
            lacks = tuple(kind.label for kind in absent(version, papers))
        else:
            continue
        if lacks:
            found.append(Gap(page, lacks))
    return tuple(found)


def absent(version: Version, papers: Collection[str]) -> list[AttachmentKind]:
    return [kind for kind in version.sheet.attachments if kind.required and kind.key not in papers]


def cleared(
    fields: tuple[Field, ...], known: Mapping[str, Any], given: Mapping[str, Any], wrong: Collection[str]
) -> dict[str, str]:
    """Answers she took away on this page: known before, given no more, and not merely mistyped."""
    return {
        field.key: ""
        for field in fields
        if known.get(field.key) not in (None, "", []) and field.key not in given and field.key not in wrong
    }
