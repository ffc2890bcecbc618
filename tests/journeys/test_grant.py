"""From an application on a phone to the money and the visit after it; and an objection that stops the money."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from PIL import Image

from niangjia.access import queries as access
from niangjia.access.acting import acting_as
from niangjia.core import clock
from niangjia.programmes.actions import notices
from niangjia.programmes.models import Case, PaymentList
from tests import factories
from tests.journeys.conftest import Stage, press
from tests.personas import DADONGMEN, FULING

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True, databases=["default", "public", "owner"]),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

NEXT = "button:has-text('保存，下一步')"


@pytest.fixture
def paper(tmp_path: Path) -> str:
    path = tmp_path / "材料.jpg"
    Image.new("RGB", (400, 600), "white").save(path)
    return str(path)


def state_of(number_or_pk: int) -> str:
    with acting_as(access.house(FULING)):
        return Case.objects.get(pk=number_or_pk).state


def apply_on_a_phone(stage: Stage, paper: str) -> int:
    """A woman applies herself; the number of her case."""
    phone = stage.resident("13800138000")
    stage.go(phone, "/apply/")
    phone.click("main a[href*='/apply/round/']")
    phone.check("input[name=who][value=self]")
    choose_place(phone)
    phone.click("button:has-text('开始填写')")
    phone.fill("input[name=name]", "张桂芳")
    phone.fill("input[name=id_number]", factories.id_number(1))
    phone.fill("input[name=phone]", "13800138000")
    phone.fill("input[name=address]", "一组12号")
    phone.check("input[name=in_district][value=yes]")
    phone.click(NEXT)
    phone.fill("input[name=people]", "3")
    phone.check("input[name=category][value=SUBSISTENCE]")
    phone.fill("input[name=confirmed_on]", "2025-03-01")
    phone.click(NEXT)
    phone.check("input[name=disease][value=CERVICAL]")
    phone.check("input[name=cervical_stage][value=IIB]")
    phone.fill("input[name=diagnosed_on]", "2025-05-20")
    phone.fill("input[name=hospital]", "涪陵中心医院")
    phone.check("input[name=hospital_grade][value=THREE]")
    phone.click(NEXT)
    phone.fill("input[name=card_holder]", "张桂芳")
    phone.fill("input[name=bank]", "某银行涪陵支行")
    phone.fill("input[name=card]", "6222020200112233446")
    phone.click(NEXT)
    for done, kind in enumerate(("ID_COPY", "HOUSEHOLD", "DIAGNOSIS", "INCOME_PROOF", "BANK_CARD")):
        box = phone.locator("fieldset.paper", has=phone.locator(f"input[type=file][name={kind}]"))
        box.locator("input[type=file]").first.set_input_files(paper)
        phone.locator("fieldset.paper li.upload-ok").nth(done).wait_for()
    phone.click(NEXT)
    phone.wait_for_selector("input[name=true_statement]")
    for key in ("true_statement", "consent_apply", "consent_health", "consent_bank", "consent_share"):
        phone.check(f"input[name={key}]")
    phone.check("input[name=consent_publish][value=yes]")
    phone.click(NEXT)
    phone.click("button:has-text('提交申请')")
    phone.wait_for_url("**/receipt/")
    return int(phone.url.rstrip("/").split("/")[-2])


def choose_place(phone: object) -> None:
    """Town then village where the page has script, one long list where it has not."""
    page = phone
    selects = page.locator("select:visible")  # type: ignore[attr-defined]
    if selects.count() > 1:
        selects.nth(0).select_option(label="敦仁街道")
        selects.nth(1).select_option(value=DADONGMEN)
    else:
        selects.first.select_option(value=DADONGMEN)


def test_from_her_phone_to_the_money_and_the_visit(stage: Stage, owner: psycopg.Connection, paper: str) -> None:
    round_ = factories.open_round(stage.district)
    pk = apply_on_a_phone(stage, paper)
    assert state_of(pk) == "SUBMITTED"

    village = stage.go(stage.officer("dadongmen"), f"/desk/cases/{pk}/")
    for box in village.locator("#act input[type=checkbox][name$=seen]").all():
        box.check()
    village.locator("#act textarea").first.fill("已入户，情况属实，同意上报。")
    press(village, "原件相符")
    assert state_of(pk) == "VERIFIED"

    town = stage.go(stage.officer("dunren"), f"/desk/cases/{pk}/")
    press(town, "审核通过")
    assert state_of(pk) == "REVIEWED"

    officer = stage.go(stage.officer("officer"), f"/desk/rounds/{round_.pk}/")
    press(officer, "批量发起核验")
    assert state_of(pk) == "CHECKING"
    for key in ("civil_affairs", "health", "insurance"):
        department = stage.officer(key)
        department.click("table td.main a")
        department.check("input[name=answer][value=YES]")
        press(department, "提交答复")
    stage.work()
    assert state_of(pk) == "REVIEWED"

    chair = stage.go(stage.officer("chair"), f"/desk/cases/{pk}/")
    press(chair, "审定通过")
    stage.go(chair, f"/desk/rounds/{round_.pk}/")
    chair.fill("input[name=batch_number]", "SB2026-1")
    press(chair, "标记为已上报")
    stage.go(chair, f"/desk/rounds/{round_.pk}/quota/")
    chair.fill("input[name=quota]", "1")
    press(chair, "确认分配")
    assert state_of(pk) == "ALLOCATED"

    stage.go(officer, f"/desk/notices/rounds/{round_.pk}/new/")
    press(officer, "保存并预览")
    stage.go(chair, officer.url.removeprefix(stage.address))
    press(chair, "检查并发布")
    assert state_of(pk) == "NOTICE"
    public = stage.go(stage.visitor(), "/notices/")
    public.click("main a[href*='/notices/']")
    text = public.inner_text("main")
    assert ["张*芳" in text, "张桂芳" in text, "癌" in text] == [True, False, False]

    owner.execute("UPDATE programmes_notice SET starts_on = current_date - 9, ends_on = current_date - 1")
    house = access.house(FULING)
    with acting_as(house):
        notices.end_due(by=house)
    assert state_of(pk) == "GRANTED"
    stage.go(officer, "/desk/payments/")
    press(officer, "编制发放清单")

    finance = stage.go(stage.officer("finance"), officer.url.removeprefix(stage.address))
    finance.click("a:has-text('登记结果')")
    finance.check("input[name=paid][value=yes]")
    finance.fill("input[name=settled_on]", str(clock.today()))
    finance.fill("input[name=receipt]", "HD001")
    press(finance, "登记")
    assert state_of(pk) == "PAID"

    stage.go(village, f"/desk/cases/{pk}/")
    village.locator("#act input[name$=visited_on]").fill(str(clock.today()))
    village.locator("#act input[name$=way][value=VISIT]").check()
    village.locator("#act [name$=use_of_money]").fill("用于后续治疗。")
    press(village, "登记回访")
    assert state_of(pk) == "FOLLOWED_UP"


def test_an_objection_stops_the_money(stage: Stage, owner: psycopg.Connection) -> None:
    district = stage.district
    round_ = factories.open_round(district)
    kept, objected = (factories.approved(district, round_, serial) for serial in (1, 2))
    factories.allotted(district, round_, quota=2)
    notice = factories.on_notice(district, round_)
    with acting_as(access.house(FULING)):
        order = notice.lines.get(case_id=objected.pk).order

    visitor = stage.go(stage.visitor(), f"/notices/{notice.pk}/objection/")
    visitor.locator("[name=line]").first.select_option(value=str(order)) if visitor.locator(
        "select[name=line]"
    ).count() else visitor.check(f"input[name=line][value='{order}']")
    visitor.fill("textarea[name=text]", "她家去年已经领过同样的救助，请核实。")
    press(visitor, "提交异议")
    stage.work()
    assert state_of(objected.pk) == "OBJECTION"

    owner.execute("UPDATE programmes_notice SET starts_on = current_date - 9, ends_on = current_date - 1")
    house = access.house(FULING)
    with acting_as(house):
        notices.end_due(by=house)
    officer = stage.go(stage.officer("officer"), "/desk/payments/")
    press(officer, "编制发放清单")
    with acting_as(house):
        listed = list(PaymentList.objects.get().payments.values_list("grant__case_id", flat=True))
    assert listed == [kept.pk]

    stage.go(officer, "/desk/notices/?show=objections")
    officer.click("table td.main a")
    officer.check("input[name=upheld][value=yes]")
    officer.fill("textarea[name=answer]", "经查证属实，取消本次救助资格。")
    press(officer, "答复")
    assert state_of(objected.pk) == "REJECTED"
