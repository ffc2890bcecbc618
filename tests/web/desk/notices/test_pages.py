"""A notice is drafted, previewed, scanned, let pass by two or corrected, published, withdrawn; objections are ruled on."""

import io

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from niangjia.access import queries as access
from niangjia.access.acting import acting_as
from niangjia.programmes.actions import notices
from niangjia.programmes.kinds import NoticeState
from niangjia.programmes.models import Case, Notice, Objection, Round
from tests import factories
from tests.personas import DADONGMEN, FULING, District
from tests.programmes.catalogue import way
from tests.programmes.catalogue.test_goods_and_visits import mother
from tests.web.conftest import Browse

TEXTS = {
    "title": "困难妇女救助公示",
    "body": "现予公示。",
    "objection_phone": "023-72220000",
    "objection_address": "区妇联",
}


@pytest.fixture
def allotted(district: District) -> Round:
    round_ = factories.open_round(district)
    for serial in (1, 2):
        factories.approved(district, round_, serial)
    factories.allotted(district, round_, quota=2)
    return round_


def drafted(as_persona: Browse, district: District, round_: Round, **changes: object) -> Notice:
    as_persona("officer").post(f"/desk/notices/rounds/{round_.pk}/new/", {**TEXTS, **changes})
    with acting_as(district.acting("chair")):
        return Notice.objects.latest("pk")


def state_of(district: District, notice: Notice) -> str:
    with acting_as(district.acting("chair")):
        return Notice.objects.get(pk=notice.pk).state


def test_the_draft_shows_what_the_public_will_see(allotted: Round, as_persona: Browse, district: District) -> None:
    notice = drafted(as_persona, district, allotted)
    page = as_persona("officer").get(f"/desk/notices/{notice.pk}/").content.decode()
    assert [text in page for text in ("张*芳", "敦仁街道", "张桂芳", "大东门")] == [True, True, False, False]


def test_a_clean_notice_is_published(allotted: Round, as_persona: Browse, district: District) -> None:
    notice = drafted(as_persona, district, allotted)
    as_persona("vice").post(f"/desk/notices/{notice.pk}/publish/")
    assert state_of(district, notice) == NoticeState.PUBLISHED


@pytest.mark.parametrize(
    "changes",
    [
        {"body": f"联系人身份证{factories.id_number(3)}"},
        {"body": "联系电话13800138000"},
        {"title": "卡号6222020200112233446"},
        {"title": "两癌救助名单"},
    ],
)
def test_a_number_or_an_illness_blocks_it(
    allotted: Round, as_persona: Browse, district: District, changes: dict[str, str]
) -> None:
    notice = drafted(as_persona, district, allotted, **changes)
    as_persona("vice").post(f"/desk/notices/{notice.pk}/publish/")
    assert state_of(district, notice) == NoticeState.BLOCKED


def hidden_workbook() -> SimpleUploadedFile:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet("名单").write_string(0, 0, "张*芳")
        hidden = book.add_worksheet("底册")
        hidden.write_string(4, 2, factories.id_number(4))
        hidden.hide()
    return SimpleUploadedFile("名单.xlsx", out.getvalue())


def test_a_hidden_sheet_of_an_attachment_blocks_it_and_is_named(
    allotted: Round, as_persona: Browse, district: District
) -> None:
    notice = drafted(as_persona, district, allotted, attachment=hidden_workbook())
    as_persona("vice").post(f"/desk/notices/{notice.pk}/publish/")
    page = as_persona("vice").get(f"/desk/notices/{notice.pk}/").content.decode()
    assert ["底册" in page, factories.id_number(4) in page, state_of(district, notice)] == [True, False, "BLOCKED"]


def test_two_people_let_it_pass_and_neither_of_them_twice(
    allotted: Round, as_persona: Browse, district: District
) -> None:
    notice = drafted(as_persona, district, allotted, title="两癌救助名单")
    publish, override = f"/desk/notices/{notice.pk}/publish/", f"/desk/notices/{notice.pk}/override/"
    vice, chair = as_persona("vice"), as_persona("chair")
    vice.post(publish)
    for _ in range(2):
        vice.post(override, {"why": "名称为文件原文"})
    vice.post(publish)
    assert state_of(district, notice) == NoticeState.BLOCKED
    chair.post(override, {"why": "名称为文件原文"})
    vice.post(publish)
    assert state_of(district, notice) == NoticeState.PUBLISHED


def test_a_corrected_notice_goes_out(allotted: Round, as_persona: Browse, district: District) -> None:
    notice = drafted(as_persona, district, allotted, body="联系电话13800138000")
    as_persona("vice").post(f"/desk/notices/{notice.pk}/publish/")
    as_persona("officer").post(f"/desk/notices/{notice.pk}/edit/", TEXTS)
    as_persona("vice").post(f"/desk/notices/{notice.pk}/publish/")
    assert state_of(district, notice) == NoticeState.PUBLISHED


def test_withdrawing_needs_a_reason_and_puts_the_cases_back(
    allotted: Round, as_persona: Browse, district: District
) -> None:
    notice = drafted(as_persona, district, allotted)
    vice = as_persona("vice")
    vice.post(f"/desk/notices/{notice.pk}/publish/")
    vice.post(f"/desk/notices/{notice.pk}/withdraw/", {"why": ""})
    assert state_of(district, notice) == NoticeState.PUBLISHED
    vice.post(f"/desk/notices/{notice.pk}/withdraw/", {"why": "名单有误"})
    with acting_as(district.acting("chair")):
        assert set(Case.objects.values_list("state", flat=True)) == {"ALLOCATED"}


@pytest.mark.parametrize(("upheld", "state"), [("yes", "REJECTED"), ("no", "NOTICE")])
def test_a_ruling_ends_the_case_or_lets_it_go_on(
    district: District, as_persona: Browse, upheld: str, state: str
) -> None:
    round_ = factories.open_round(district)
    factories.approved(district, round_)
    factories.allotted(district, round_, quota=1)
    notice = factories.on_notice(district, round_)
    visitor, house = access.visitor(), access.house(FULING)
    with acting_as(visitor):
        notices.object_to(
            notice_id=notice.pk,
            line_order=1,
            text="她家去年买了新房，请核实一下。",
            contact="",
            place=FULING,
            by=visitor,
        )
    with acting_as(house):
        objection = Objection.objects.get()
        notices.stop_for_objection(objection_id=objection.pk, by=house)
    page = as_persona("officer").get(f"/desk/notices/objections/{objection.pk}/").content.decode()
    assert "她家去年买了新房" in page
    as_persona("officer").post(
        f"/desk/notices/objections/{objection.pk}/", {"upheld": upheld, "answer": "已入户核查，结论如上所述。"}
    )
    with acting_as(house):
        assert Case.objects.get().state == state


def test_a_village_sees_none_of_the_district_s_notices(allotted: Round, as_persona: Browse, district: District) -> None:
    notice = drafted(as_persona, district, allotted)
    village = as_persona("dadongmen")
    assert "还没有公示" in village.get("/desk/notices/").content.decode()
    assert village.get(f"/desk/notices/{notice.pk}/").status_code == 404


def test_a_village_posts_its_own_notice_of_parcels(as_persona: Browse, district: District) -> None:
    round_ = way.open_round(district, "mothers_parcel")
    case = way.handed_in(district, round_, mother())
    way.step(district, case, "dunren", "review")
    way.step(district, case, "chair", "approve")
    new = f"/desk/notices/rounds/{round_.pk}/new/"
    refused = as_persona("officer").post(new, TEXTS).content.decode()
    assert "这一项的公示由村（社区）妇联起草" in refused
    village = as_persona("dadongmen")
    assert (
        "1</b> 份待公示" in village.get("/desk/notices/").content.decode(),
        new in village.get("/desk/notices/").content.decode(),
    ) == (True, True)
    assert new not in as_persona("chongyi").get("/desk/notices/").content.decode()
    village.post(new, {**TEXTS, "title": "母亲邮包受助名单公示"})
    with acting_as(district.acting("dadongmen")):
        notice = Notice.objects.get()
    assert (notice.place, str(notice.unit)) == (DADONGMEN, "大东门社区妇女联合会")
    village.post(f"/desk/notices/{notice.pk}/publish/")
    with acting_as(district.acting("dadongmen")):
        factories.notice_over(Notice.objects.get())
    assert way.reread(district, case).state == "GRANTED"
