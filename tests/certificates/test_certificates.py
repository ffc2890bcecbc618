"""A certificate is given once, looked up by its code alone, and taken back for everybody to see."""

from __future__ import annotations

import re

import pypdfium2
import pytest
from django.db import ProgrammingError, connection, connections, transaction
from django.test import Client

from niangjia.access.acting import acting_as, record
from niangjia.certificates import actions, queries
from niangjia.certificates.kinds import CertificateState
from niangjia.certificates.models import Certificate
from niangjia.core import clock, pdfium
from niangjia.core.refused import Refused
from niangjia.letters import pdf
from niangjia.org import queries as org
from niangjia.people import actions as people
from niangjia.people.kinds import Channel, Purpose
from niangjia.people.models import Consent
from tests import factories as make
from tests.personas import DADONGMEN, District
from tests.web.conftest import Browse

WORDS = "在2026年系列活动中，被评为“最美家庭”。"


def issued(district: District, subject: str = "case:7", *, named: bool = True) -> Certificate:
    chair = district.acting("chair")
    with acting_as(chair):
        if named:
            holder = people.ensure_person(people.Identity("张桂芳", make.id_number(1), DADONGMEN))
            people.give_consents(
                person_id=holder, purposes=[Purpose.PUBLISH], text_version="1", channel=Channel.PAPER, helper="",
                subject=subject, account_id=chair.account_id, place=DADONGMEN,
            )  # fmt: skip
        return actions.issue(
            prefix="JT2026", title="荣誉证书", holder="张桂芳", text=WORDS, unit=org.district_federation(),
            subject=subject, place=DADONGMEN, named=named, by=chair,
        )  # fmt: skip


def test_numbers_go_up_and_codes_do_not(district: District) -> None:
    first, second = issued(district, "case:7"), issued(district, "case:8")
    assert (first.number, second.number) == ("JT2026-0001", "JT2026-0002")
    assert re.fullmatch(f"[{actions.LETTERS}]{{12}}", first.code)
    assert first.code != second.code


def test_a_second_valid_one_for_the_same_matter_is_refused(district: District) -> None:
    issued(district)
    with pytest.raises(Refused, match="已有一张有效的“荣誉证书”"):
        issued(district)


def test_one_taken_back_may_be_given_anew_under_another_number(district: District) -> None:
    first = issued(district)
    chair = district.acting("chair")
    with acting_as(chair):
        actions.revoke(certificate_id=first.pk, reason="材料不实，予以撤销", by=chair)
    assert issued(district).number == "JT2026-0002"


@pytest.mark.parametrize("reason", ["", "不实"])
def test_taking_back_needs_a_reason_and_happens_once(district: District, reason: str) -> None:
    one, chair = issued(district), district.acting("chair")
    with acting_as(chair):
        with pytest.raises(Refused, match="请写明撤销原因"):
            actions.revoke(certificate_id=one.pk, reason=reason, by=chair)
        actions.revoke(certificate_id=one.pk, reason="材料不实", by=chair)
        with pytest.raises(Refused, match="已于"):
            actions.revoke(certificate_id=one.pk, reason="材料不实", by=chair)


def test_another_town_does_not_see_it(district: District) -> None:
    issued(district)
    with acting_as(district.acting("chongyi")):
        assert Certificate.objects.count() == 0
    with acting_as(district.acting("dunren")):
        assert Certificate.objects.count() == 1


@pytest.mark.django_db(transaction=True, databases=["default", "public"])
class TestLookingUp:
    def test_by_its_code_anybody_sees_that_it_is_valid(self, district: District, client: Client) -> None:
        one = issued(district)
        page = client.get(f"/verify/{queries.spoken(one.code)}/").content.decode()
        assert [word in page for word in ("证书有效", "张桂芳", WORDS, one.number)] == [True] * 4

    def test_a_code_typed_small_and_without_dashes_is_found(self, district: District, client: Client) -> None:
        one = issued(district)
        answer = client.get("/verify/", {"code": one.code.lower()})
        assert (answer.status_code, answer["Location"]) == (302, f"/verify/{queries.spoken(one.code)}/")

    @pytest.mark.parametrize(
        ("number", "status", "words"),
        [("JT2026-0001", 302, ""), (" jt2026-0001 ", 302, ""), ("JT2026-0002", 422, "不是同一张证书"), ("", 302, "")],
    )
    def test_a_number_typed_beside_the_code_must_be_that_of_the_same_one(
        self, district: District, client: Client, number: str, status: int, words: str
    ) -> None:
        one = issued(district)
        answer = client.get("/verify/", {"code": one.code, "number": number})
        assert (answer.status_code, words in answer.content.decode()) == (status, True)

    @pytest.mark.parametrize(("code", "words"), [("", "请输入"), ("ABC", "查验码是12位")])
    def test_what_is_no_code_is_said(self, client: Client, code: str, words: str) -> None:
        assert words in client.get("/verify/", {"code": code}).content.decode()

    def test_an_unknown_code_shows_nothing(self, client: Client) -> None:
        answer = client.get("/verify/AAAA-AAAA-AAAA/")
        assert (answer.status_code, "没有查到" in answer.content.decode()) == (404, True)

    def test_taken_back_it_says_so_with_day_and_reason_and_no_words(self, district: District, client: Client) -> None:
        one, chair = issued(district), district.acting("chair")
        with acting_as(chair):
            actions.revoke_of(subject=one.subject, reason="材料不实，予以撤销", by=chair)
        page = client.get(f"/verify/{queries.spoken(one.code)}/").content.decode()
        assert [word in page for word in ("证书已撤销", "材料不实，予以撤销", WORDS)] == [True, True, False]

    def test_a_name_is_shown_while_the_consent_stands(self, district: District) -> None:
        one, chair = issued(district), district.acting("chair")
        with acting_as(chair):
            for consent in Consent.objects.filter(subject=one.subject):
                people.withdraw_consent(consent=consent)
            record(by=chair, stream="test", verb="people.consent.withdraw", subject="test", place=chair.place)
        shown = queries.shown(one.code)
        assert shown is not None
        assert (shown.holder, shown.state) == ("张*芳", CertificateState.VALID)

    def test_without_consent_the_name_is_masked(self, district: District) -> None:
        shown = queries.shown(issued(district, named=False).code)
        assert shown is not None
        assert shown.holder == "张*芳"

    def test_the_public_role_cannot_list_them(self) -> None:
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(using="public"):
            connections["public"].cursor().execute("SELECT code FROM certificates_certificate")


class TestTheDesk:
    def test_a_batch_is_one_pdf_with_a_page_each_and_the_prints_are_counted(
        self, district: District, as_persona: Browse
    ) -> None:
        ones = [issued(district, f"case:{key}") for key in (7, 8)]
        answer = as_persona("officer").post("/desk/certificates/pdf/", {"pk": [one.pk for one in ones]})
        with pdfium.LOCK:
            document = pypdfium2.PdfDocument(answer.content)
            pages, text = len(document), document[0].get_textpage().get_text_bounded()
            document.close()
        found = [word in text for word in ("JT2026-0001", "张桂芳", queries.spoken(ones[0].code))]
        assert (pages, found) == (2, [True] * 3)
        with acting_as(district.acting("chair")):
            assert list(Certificate.objects.order_by("pk").values_list("prints", flat=True)) == [1, 1]

    def test_nothing_ticked_is_said(self, as_persona: Browse) -> None:
        answer = as_persona("officer").post("/desk/certificates/pdf/", {}, follow=True)
        assert "没有可打印的有效证书" in answer.content.decode()

    def test_the_chair_takes_one_back_and_staff_do_not(self, district: District, as_persona: Browse) -> None:
        one = issued(district)
        path, reason = f"/desk/certificates/{one.pk}/revoke/", {"reason": "材料不实，予以撤销"}
        assert as_persona("officer").post(path, reason).status_code == 403
        assert as_persona("chair").post(path, {"reason": "不"}).status_code == 422
        assert as_persona("chair").post(path, reason).status_code == 302
        assert "材料不实，予以撤销" in as_persona("chair").get(f"/desk/certificates/{one.pk}/").content.decode()

    def test_they_are_found_by_number_and_holder(self, district: District, as_persona: Browse) -> None:
        one = issued(district)
        for wanted, found in (("0001", True), ("桂芳", True), ("李秀英", False)):
            page = as_persona("chair").get("/desk/certificates/", {"q": wanted}).content.decode()
            assert (one.number in page) is found


class TestPrintingMany:
    def test_as_a_page_each_is_a_sheet_with_its_code_and_is_counted(
        self, district: District, as_persona: Browse
    ) -> None:
        ones = [issued(district, f"case:{key}") for key in (7, 8)]
        page = (
            as_persona("officer").post("/desk/certificates/print/", {"pk": [one.pk for one in ones]}).content.decode()
        )
        assert page.count('<article class="certificate"') == 2
        assert [queries.spoken(one.code) in page for one in ones] == [True, True]
        assert page.count("data:image/svg+xml") == 2
        with acting_as(district.acting("chair")):
            assert list(Certificate.objects.order_by("pk").values_list("prints", flat=True)) == [1, 1]

    @pytest.mark.parametrize(
        ("asked", "printed"),
        [
            ({}, [1, 1, 0]),
            ({"q": "0002"}, [0, 1, 0]),
            ({"state": "REVOKED"}, [0, 0, 0]),
            ({"round": "round:5"}, [1, 0, 0]),
            ({"round": "no subject"}, [1, 1, 0]),
        ],
    )
    def test_all_that_were_asked_for_are_printed_and_never_a_revoked_one(
        self, district: District, as_persona: Browse, asked: dict[str, str], printed: list[int]
    ) -> None:
        chair = district.acting("chair")
        with acting_as(chair):
            for key in (7, 8, 9):
                one = actions.issue(
                    prefix="JT2026", title="荣誉证书", holder="张桂芳", text=WORDS, unit=org.district_federation(),
                    subject=f"case:{key}", place=DADONGMEN, round_subject="round:5" if key == 7 else "", by=chair,
                )  # fmt: skip
            actions.revoke(certificate_id=one.pk, reason="材料不实", by=chair)
        as_persona("officer").post("/desk/certificates/print/", {"all": "1", **asked})
        with acting_as(chair):
            assert list(Certificate.objects.order_by("pk").values_list("prints", flat=True)) == printed

    def test_the_list_is_narrowed_to_a_round(self, district: District, as_persona: Browse) -> None:
        one = issued(district)
        browser = as_persona("chair")
        pages = [browser.get("/desk/certificates/", {"round": key}).content.decode() for key in ("", "round:5")]
        assert [one.number in page for page in pages] == [True, False]

    def test_town_staff_look_and_do_not_print(self, district: District, as_persona: Browse) -> None:
        one = issued(district)
        browser = as_persona("dunren")
        assert browser.get(f"/desk/certificates/{one.pk}/").status_code == 200
        for path in ("pdf", "print"):
            assert browser.post(f"/desk/certificates/{path}/", {"pk": one.pk}).status_code == 403


class TestTheDatabaseAlone:
    """Raw SQL under the acting role, past every line of Python."""

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE certificates_certificate SET holder = '李秀英'",
            "UPDATE certificates_certificate SET number = 'X'",
            "UPDATE certificates_certificate SET code = 'AAAAAAAAAAAA'",
            "DELETE FROM certificates_certificate",
            "SELECT last FROM certificates_counter",
        ],
    )
    def test_nothing_on_a_certificate_is_rewritten(self, district: District, statement: str) -> None:
        issued(district)
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            acting_as(district.acting("chair")),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)

    def test_one_taken_back_is_never_valid_again(self, district: District) -> None:
        one, chair = issued(district), district.acting("chair")
        with acting_as(chair):
            actions.revoke(certificate_id=one.pk, reason="材料不实", by=chair)
            assert Certificate.objects.get(pk=one.pk).revoked_by == chair.signature
            with connection.cursor() as cursor:
                cursor.execute("UPDATE certificates_certificate SET state = 'VALID', revoked_on = NULL")
                assert cursor.rowcount == 0


def test_without_a_font_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "SERIF", ())
    monkeypatch.setattr(pdf, "SANS", ())
    pdf._fonts.cache_clear()
    with pytest.raises(pdf.NoFont, match="fonts-noto-cjk"):
        pdf.render("certificate", [])
    pdf._fonts.cache_clear()


def test_a_certificate_begins_today(district: District) -> None:
    assert issued(district).issued_on == clock.today()
