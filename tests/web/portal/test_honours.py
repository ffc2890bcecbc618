"""The wall of honour shows what is agreed to at this moment, and counts the rest."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from PIL import Image

from niangjia.access.acting import acting_as, record
from niangjia.files import actions as files
from niangjia.files.kinds import FileKind
from niangjia.people import actions as people
from niangjia.people.kinds import Purpose
from niangjia.people.models import Consent
from niangjia.programmes.actions import cases
from niangjia.programmes.models import Attachment, Case, Grant
from tests.personas import District
from tests.programmes.catalogue import way
from tests.programmes.catalogue.test_honours import CLEAN, entry

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "public"])

STORY = "十二年如一日，她给婆婆喂饭擦身。"
AGREED = {
    "consent_publish": "yes",
    "consent_story": "yes",
    "consent_photo": "yes",
    "has_minor": "yes",
    "consent_minor": "yes",
}


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "JPEG")
    return out.getvalue()


def awarded(district: District, **changes: object) -> Case:
    """On the wall, with one picture."""
    round_ = way.open_round(district, "fair_family", title="2026年最美家庭")
    by = district.acting("dadongmen")
    with acting_as(by):
        case = cases.start(round_=round_, place=by.place, by=by, helper=by.person_name)
        cases.save_answers(case_id=case.pk, answers=entry(**{**AGREED, "story": STORY, **changes}), by=by)
        kept = files.store(
            name="全家福.jpg", data=picture(), purpose="case", place=by.place, by=by, kinds=[FileKind.IMAGE]
        )
        cases.attach(case_id=case.pk, kind="PHOTO", file=kept, by=by)
        cases.submit(case_id=case.pk, by=by)
    way.step(district, case, "dadongmen", "verify")
    way.step(district, case, "dunren", "review")
    way.step(district, case, "officer", "screen", **CLEAN)
    way.step(district, case, "chair", "approve")
    way.made_public(district, round_)
    return way.reread(district, case)


def numbers(district: District, case: Case) -> tuple[int, int]:
    """The public numbers of the honour and of its picture."""
    with acting_as(district.acting("officer")):
        return Grant.objects.get(case=case).pk, Attachment.objects.get(case=case).pk


def taken_back(district: District, case: Case, purpose: Purpose) -> None:
    by = district.acting("officer")
    with acting_as(by):
        people.withdraw_consent(consent=Consent.objects.get(subject=f"case:{case.pk}", purpose=purpose))
        record(
            by=by, stream=f"case:{case.pk}", verb="people.consent.withdraw", subject=f"case:{case.pk}",
            place=case.place, summary={"number": case.number, "purpose": purpose},
        )  # fmt: skip


def shown(client: Client, district: District, case: Case) -> tuple[bool, bool, bool]:
    """Whether the wall names her, tells her story, and shows the picture."""
    honour, photo = numbers(district, case)
    wall = client.get("/honours/").content.decode()
    page = client.get(f"/honours/{honour}/")
    named = "张桂芳" in wall
    assert named == (page.status_code == 200)
    pictured = client.get(f"/honours/photos/{photo}/").status_code == 200
    assert pictured == (f"/honours/photos/{photo}/" in page.content.decode())
    return named, STORY in page.content.decode(), pictured


def test_named_with_story_and_picture_while_all_agree(client: Client, district: District) -> None:
    case = awarded(district)
    assert shown(client, district, case) == (True, True, True)
    answer = client.get(f"/honours/photos/{numbers(district, case)[1]}/")
    assert (answer["Content-Type"], answer["X-Robots-Tag"]) == ("image/jpeg", "noindex, nofollow, noarchive")
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(
    ("purpose", "left"),
    [
        (Purpose.PUBLISH, (False, False, False)),
        (Purpose.STORY, (True, False, True)),
        (Purpose.PHOTO, (True, True, False)),
        (Purpose.MINORS, (True, True, False)),
    ],
)
def test_what_is_no_longer_agreed_to_is_gone_at_once(
    client: Client, district: District, purpose: Purpose, left: tuple[bool, bool, bool]
) -> None:
    case = awarded(district)
    assert shown(client, district, case) == (True, True, True)
    taken_back(district, case, purpose)
    assert shown(client, district, case) == left


def test_an_honour_taken_back_is_gone(client: Client, district: District) -> None:
    case = awarded(district)
    way.step(district, case, "chair", "revoke", reason="UNTRUE")
    assert shown(client, district, case) == (False, False, False)
    assert "还没有上榜的" in client.get("/honours/").content.decode()


def test_without_consent_she_counts_and_nothing_more(client: Client, district: District) -> None:
    case = awarded(district, consent_publish="no")
    assert shown(client, district, case) == (False, False, False)
    wall = client.get("/honours/").content.decode()
    assert "1个没有公开姓名" in wall
    assert "敦仁" not in wall


def test_no_child_in_the_picture_needs_no_guardian(client: Client, district: District) -> None:
    case = awarded(district, has_minor="no", consent_minor="")
    assert shown(client, district, case) == (True, True, True)


def test_the_front_door_leads_to_the_wall(client: Client, district: District) -> None:
    assert 'href="/honours/"' in client.get("/").content.decode()
