"""Applications a resident fills in herself, through the actions her pages use."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

from niangjia.access.acting import Acting, acting_as
from niangjia.files import actions as files
from niangjia.files.kinds import FileKind
from niangjia.programmes import queries
from niangjia.programmes.actions import cases
from niangjia.programmes.models import Case, Round
from tests import factories
from tests.personas import DADONGMEN, District


def photo(colour: str = "white") -> bytes:
    """A small picture as a phone would send it."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG")
    return out.getvalue()


def draft(district: District, round_: Round, serial: int = 1, *, phone: str = "13800138000", **changes: Any) -> Case:
    """Begun and filled in by herself, without papers."""
    by = district.resident(phone)
    with acting_as(by):
        filled = factories.answers(serial, place=DADONGMEN, phone=phone, **changes)
        return cases.start(round_=round_, place=DADONGMEN, by=by, answers=filled)


def with_papers(case: Case, by: Acting) -> None:
    """One picture for each paper that is required."""
    with acting_as(by):
        for kind in queries.version_of(case).sheet.attachments:
            if kind.required:
                stored = files.store(
                    name="IMG_0001.jpg",
                    data=photo(),
                    purpose="case",
                    place=case.place,
                    by=by,
                    kinds=[FileKind.IMAGE],
                )
                cases.attach(case_id=case.pk, kind=kind.key, file=stored, by=by)


def submitted(
    district: District, round_: Round, serial: int = 1, *, phone: str = "13800138000", **changes: Any
) -> Case:
    """Handed in by herself."""
    case = draft(district, round_, serial, phone=phone, **changes)
    by = district.resident(phone)
    with_papers(case, by)
    with acting_as(by):
        return cases.submit(case_id=case.pk, by=by)


def returned(district: District, round_: Round, serial: int = 1, *, phone: str = "13800138000") -> Case:
    """Sent back to her by the village: a paper cannot be read."""
    case = submitted(district, round_, serial, phone=phone)
    village = district.acting("dadongmen")
    with acting_as(village):
        return cases.step(
            case_id=case.pk,
            key="return_to_applicant",
            by=village,
            revision=None,
            reason="PAPERS_UNCLEAR",
            note="病理报告第二页看不清。",
        )


def as_of_now(district: District, case: Case, phone: str = "13800138000") -> Case:
    """The case as its owner reads it now."""
    with acting_as(district.resident(phone)):
        return queries.own_case(case.pk)


def sent_back_by_the_bank(district: District, round_: Round, *, phone: str = "13800138000") -> Case:
    """All went well until the bank did not find the account."""
    case = submitted(district, round_, phone=phone)
    village = district.acting("dadongmen")
    with acting_as(village):
        papers = list(case.attachments.values_list("pk", flat=True))
        cases.verify(case_id=case.pk, by=village, revision=None, seen=papers, opinion="情况属实，同意上报。")
    town = district.acting("dunren")
    with acting_as(town):
        cases.step(case_id=case.pk, key="review", by=town, revision=None)
    factories.checked(district, case)
    chair = district.acting("chair")
    with acting_as(chair):
        cases.step(case_id=case.pk, key="approve", by=chair, revision=None)
    factories.allotted(district, round_, quota=1)
    factories.notice_over(factories.on_notice(district, round_))
    factories.bank_says(district, factories.listed(district, round_), failure="账号与户名不符")
    return as_of_now(district, case, phone)
