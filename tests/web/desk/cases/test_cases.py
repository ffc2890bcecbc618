"""Cases at the desk: everything on one screen, each step said plainly, nothing secret without a reason."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl.worksheet.worksheet import Worksheet

from niangjia.access.acting import acting_as
from niangjia.programmes.actions import cases, checks
from niangjia.programmes.kinds import Answer
from niangjia.programmes.models import Case
from niangjia.trail.models import Entry
from tests import factories as make
from tests.personas import District
from tests.programmes.actions.test_cases import stored
from tests.web.conftest import Browse

MOST_QUERIES = 12


def words(page: Any) -> str:
    """The text of a page as a reader sees it."""
    body = re.sub(r"<(script|style)\b.*?</\1>", "", page.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def names(page: Any) -> list[str]:
    """The names of the list, top down."""
    return re.findall(r'<td class="main"><a href="[^"]*">([^<]*)</a>', page.content.decode())


def queries_of(act: Callable[[], Any]) -> int:
    """Statements of one request, transaction control left out."""
    with CaptureQueriesContext(connection) as captured:
        act()
    control = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT")
    return sum(not query["sql"].startswith(control) for query in captured)


@pytest.fixture
def case(district: District) -> Case:
    return make.submitted(district, make.open_round(district))


class TestOnePage:
    def test_numbers_are_masked_and_what_she_may_not_know_is_not_there(self, as_persona: Browse, case: Case) -> None:
        village = words(as_persona("dadongmen").get(f"/desk/cases/{case.pk}/"))
        finance = words(as_persona("finance").get(f"/desk/cases/{case.pk}/"))
        for page in (village, finance):
            assert make.id_number(1) not in page
            assert "13800138000" not in page
            assert "6222020200112233446" not in page
        assert "ⅡB期" in village
        assert "某银行涪陵支行" not in village
        assert "某银行涪陵支行" in finance
        assert re.search("确诊医院 已登记（无权查看）", finance)
        assert "涪陵中心医院" not in finance

    @pytest.mark.parametrize(
        ("who", "status"),
        [
            ("dadongmen", 200),
            ("dunren", 200),
            ("auditor", 200),
            ("qianlongjie", 404),
            ("jiaotong", 404),
            ("chongyi", 404),
            ("member", 403),
            ("civil_affairs", 403),
            ("resident", 403),
        ],
    )
    def test_out_of_range_it_does_not_exist(self, as_persona: Browse, case: Case, who: str, status: int) -> None:
        browser = as_persona(who, "13900139000") if who == "resident" else as_persona(who)
        assert browser.get(f"/desk/cases/{case.pk}/").status_code == status

    def test_rules_say_their_result_their_source_and_what_to_do(self, as_persona: Browse, case: Case) -> None:
        page = words(as_persona("dadongmen").get(f"/desk/cases/{case.pk}/"))
        assert "待证明 依据：财行〔2021〕384号。 等待部门核验困难身份。" in page
        assert "其余 9 项符合" in page

    def test_after_the_decision_the_rules_stand_as_they_were_that_day(
        self, as_persona: Browse, district: District
    ) -> None:
        paid = make.paid(district, make.open_round(district))
        page = words(as_persona("officer").get(f"/desk/cases/{paid.pk}/"))
        assert "审定时" in page
        assert "10 项全部符合" in page

    def test_her_other_application_is_pointed_out(self, as_persona: Browse, district: District) -> None:
        first = make.submitted(district, make.open_round(district))
        second = make.submitted(district, make.open_round(district, title="补录批次"))
        page = words(as_persona("dunren").get(f"/desk/cases/{second.pk}/"))
        assert f"同一身份证号还有其他申请 {first.number} 2026年第一批：待村社区核实" in page

    @pytest.mark.parametrize("stage", ["submitted", "checked", "paid"])
    def test_a_page_takes_few_reads_whatever_has_happened(
        self, as_persona: Browse, district: District, stage: str
    ) -> None:
        round_ = make.open_round(district)
        if stage == "paid":
            found = make.paid(district, round_)
        else:
            found = make.submitted(district, round_)
            found = make.checked(district, make.at_district(district, found)) if stage == "checked" else found
        browser = as_persona("officer")
        browser.get("/desk/cases/")  # names of places and the calendar are read once in a while
        assert queries_of(lambda: browser.get(f"/desk/cases/{found.pk}/")) <= MOST_QUERIES


def post(browser: Client, case: Case, key: str, **fields: Any) -> Any:
    """Send the form of a step with what the page put into it."""
    data = {f"{key}-{name}": value for name, value in {"revision": case.revision, **fields}.items()}
    return browser.post(f"/desk/cases/{case.pk}/step/{key}/", data, follow=True)


class TestSteps:
    def test_each_post_sees_its_own_buttons(self, as_persona: Browse, case: Case) -> None:
        def offered(who: str) -> list[str]:
            page = as_persona(who).get(f"/desk/cases/{case.pk}/").content.decode()
            return re.findall(r"/step/([a-z_]+)/", page)

        assert offered("dadongmen") == ["verify", "return_to_applicant", "withdraw_for"]
        assert offered("dunren") == ["withdraw_for", "record_death"]
        assert offered("auditor") == []

    def test_the_village_ticks_the_originals_and_hands_on(self, as_persona: Browse, district: District) -> None:
        village = district.acting("dadongmen")
        round_ = make.open_round(district)
        with acting_as(village):
            case = cases.start(round_=round_, place=village.place, by=village, answers=make.answers(1))
            papers = [
                cases.attach(case_id=case.pk, kind=kind, file=stored(village.account_id), by=village)
                for kind in ("ID_COPY", "INCOME_PROOF")
            ]
            case = cases.submit(case_id=case.pk, by=village)
        browser = as_persona("dadongmen")
        half = post(browser, case, "verify", seen=[papers[0].pk], note="属实")
        assert half.status_code == 422
        assert "请逐一核对原件：困难证明还没有勾选。" in words(half)
        done = post(browser, case, "verify", seen=[paper.pk for paper in papers], note="入户看过，属实")
        assert "已办理“原件相符，上报镇街”，现在是“待镇街审核”。" in words(done)

    def test_sending_back_without_a_reason_is_said_at_the_form(self, as_persona: Browse, case: Case) -> None:
        page = post(as_persona("dadongmen"), case, "return_to_applicant", note="看不清楚")
        assert page.status_code == 422
        assert "请选择原因。" in words(page)
        assert "看不清楚" in page.content.decode()

    def test_approval_is_not_offered_while_a_rule_does_not_pass(self, as_persona: Browse, district: District) -> None:
        case = make.at_district(district, make.submitted(district, make.open_round(district)))
        browser = as_persona("chair")
        page = browser.get(f"/desk/cases/{case.pk}/")
        assert "还有 1 项资格没有符合，不能审定通过。" in words(page)
        assert "/step/approve/" not in page.content.decode()
        forced = post(browser, case, "approve", note="")
        assert forced.status_code == 422
        assert "还不能审定通过" in words(forced)

    def test_two_officers_the_second_sees_what_changed_and_keeps_her_words(
        self, as_persona: Browse, district: District
    ) -> None:
        case = make.checked(district, make.at_district(district, make.submitted(district, make.open_round(district))))
        chair = district.acting("chair")
        seen = case.revision
        with acting_as(chair):
            cases.step(
                case_id=case.pk, key="return_to_town", by=chair, revision=None, reason="FACTS_DIFFER", note="住址不符"
            )
        town = district.acting("dunren")
        with acting_as(town):
            cases.step(case_id=case.pk, key="review", by=town, revision=None, note="已更正")
        case.revision = seen
        page = post(as_persona("officer"), case, "refuse", reason="INCOME", note="收入超过标准，已电话告知本人")
        assert page.status_code == 409
        told = words(page)
        assert "在您打开页面之后，其他人已办理了这份申请" in told
        assert "涪陵区妇联 区主席甲：退回镇街（填写与原件不一致），住址不符" in told
        assert "敦仁街道妇联 敦仁主席：审核通过，报区妇联，已更正" in told
        assert "收入超过标准，已电话告知本人" in page.content.decode()
        with acting_as(chair):
            fresh = Case.objects.get(pk=case.pk)
        assert f'name="refuse-revision" value="{fresh.revision}"' in page.content.decode()
        done = post(as_persona("officer"), fresh, "refuse", reason="INCOME", note="收入超过标准，已电话告知本人")
        assert "现在是“未通过”" in words(done)

    def test_the_same_form_twice_is_told_what_became_of_the_first(self, as_persona: Browse, case: Case) -> None:
        browser = as_persona("dadongmen")
        post(browser, case, "verify", note="属实")
        again = post(browser, case, "verify", note="属实")
        assert again.status_code == 409
        assert "其他人已办理了这份申请" in words(again)

    def test_a_step_of_another_level_is_refused_in_words(self, as_persona: Browse, case: Case) -> None:
        page = post(as_persona("dunren"), case, "review", note="")
        assert page.status_code == 422
        assert "这份申请现在是“待村社区核实”，不能再“审核通过，报区妇联”。" in words(page)

    def test_a_step_nobody_knows_is_not_found(self, as_persona: Browse, case: Case) -> None:
        assert post(as_persona("dadongmen"), case, "no-such-step").status_code == 404

    def test_the_departments_are_asked_from_the_page_and_an_answer_can_be_voided(
        self, as_persona: Browse, district: District
    ) -> None:
        case = make.at_district(district, make.submitted(district, make.open_round(district)))
        browser = as_persona("officer")
        assert "现在是“部门核验中”" in words(post(browser, case, "ask"))
        officer = district.acting("officer")
        with acting_as(officer):
            asked = list(case.checks.select_related("unit"))
        for check in asked:
            make.answer(district, check, Answer.REMARK if check.key == "income" else Answer.YES, "名册中无此人")
        page = words(browser.get(f"/desk/cases/{case.pk}/"))
        assert "区民政局 需说明 是否为所填困难类别，认定日期是否属实 名册中无此人" in page
        income = next(check for check in asked if check.key == "income")
        voided = browser.post(f"/desk/cases/{case.pk}/ask-again/{income.pk}/", follow=True)
        assert "原答复已作废" in words(voided)
        with acting_as(officer):
            assert checks.ask(case_id=case.pk, by=officer, revision=None).state == "CHECKING"

    def test_a_failed_payment_gets_a_new_account(self, as_persona: Browse, district: District) -> None:
        round_ = make.open_round(district)
        make.granted(district, round_)
        make.bank_says(district, make.listed(district, round_), failure="账号与户名不符")
        with acting_as(district.acting("dadongmen")):
            case = Case.objects.get()
        browser = as_persona("dadongmen")
        wrong = post(browser, case, "correct_account", card_holder="张桂芳", bank="某银行", card="6222020200998877660")
        assert "银行卡号校验不符" in words(wrong)
        foreign = post(
            browser, case, "correct_account", card_holder="李大山", bank="某银行", card="6222020200998877662"
        )
        assert "户名应为“张桂芳”。" in words(foreign)
        right = post(
            browser, case, "correct_account", card_holder="张桂芳", bank="某银行", card="6222 0202 0099 8877 662"
        )
        assert "现在是“待发放”" in words(right)

    def test_a_visit_and_a_death_have_forms_of_their_own(self, as_persona: Browse, district: District) -> None:
        paid = make.paid(district, make.open_round(district))
        done = post(
            as_persona("dadongmen"), paid, "follow_up", visited_on="2099-01-01", way="VISIT", use_of_money="复查"
        )
        assert "回访日期应在到账之后、今天之前" in words(done) or "请核对日期" in words(done)
        case = make.submitted(district, make.open_round(district, title="第二批"), 2)
        ended = post(as_persona("dunren"), case, "record_death", died_on="2026-01-05", note="户籍已注销")
        assert "现在是“申请人去世，终止”" in words(ended)


class TestReveal:
    def test_a_reason_opens_one_value_once(self, as_persona: Browse, district: District, case: Case) -> None:
        browser = as_persona("dunren")
        url = f"/desk/cases/{case.pk}/reveal/id_number/"
        assert make.id_number(1) not in browser.get(url).content.decode()
        short = browser.post(url, {"why": "看看"})
        assert "请写明原因（至少4个字）。" in words(short)
        assert make.id_number(1) not in short.content.decode()
        shown = browser.post(url, {"why": "核对户口簿原件"})
        assert make.id_number(1) in shown.content.decode()
        assert shown.headers["Cache-Control"] == "no-store"
        assert make.id_number(1) not in browser.get(url).content.decode()
        with acting_as(district.acting("auditor")):
            (entry,) = Entry.objects.filter(verb="people.reveal")
        assert (entry.summary["why"], entry.summary["field"]) == ("核对户口簿原件", "id_number")

    def test_without_leaving_the_page_it_is_the_same(self, as_persona: Browse, case: Case) -> None:
        url = f"/desk/cases/{case.pk}/reveal/phone/"
        part = as_persona("dunren").post(url, {"why": "电话联系本人"}, headers={"HX-Request": "true"})
        assert "13800138000" in part.content.decode()
        assert "<html" not in part.content.decode()

    @pytest.mark.parametrize(
        ("who", "field", "status"),
        [("dunren", "card", 403), ("finance", "id_number", 403), ("auditor", "phone", 403), ("dunren", "nothing", 404)],
    )
    def test_each_kind_has_its_own_right(
        self, as_persona: Browse, case: Case, who: str, field: str, status: int
    ) -> None:
        found = as_persona(who).post(f"/desk/cases/{case.pk}/reveal/{field}/", {"why": "核对原件资料"})
        assert found.status_code == status


class TestList:
    @pytest.fixture
    def three(self, district: District) -> list[Case]:
        round_ = make.open_round(district)
        return [
            make.submitted(district, round_, 1, name="张桂芳"),
            make.submitted(district, round_, 2, name="李秀英", category="RISK"),
            make.submitted(district, round_, 3, name="阿依古丽·买买提", helper="jiaotong"),
        ]

    @pytest.mark.usefixtures("three")
    def test_each_sees_her_range(self, as_persona: Browse) -> None:
        assert sorted(names(as_persona("officer").get("/desk/cases/"))) == ["张桂芳", "李秀英", "阿依古丽·买买提"]
        assert sorted(names(as_persona("dunren").get("/desk/cases/"))) == ["张桂芳", "李秀英"]
        assert names(as_persona("jiaotong").get("/desk/cases/")) == ["阿依古丽·买买提"]
        assert names(as_persona("qianlongjie").get("/desk/cases/")) == []

    @pytest.mark.usefixtures("three")
    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("place=500102006000", ["张桂芳", "李秀英"]),
            ("place=500102999000", ["张桂芳", "李秀英", "阿依古丽·买买提"]),
            ("category=RISK", ["李秀英"]),
            ("kind=review", ["张桂芳", "李秀英", "阿依古丽·买买提"]),
            ("kind=granted", []),
            ("kind=nonsense&due=nonsense&round=x&sort=x&page=99", ["张桂芳", "李秀英", "阿依古丽·买买提"]),
            ("due=overdue", []),
            ("due=ontime", ["张桂芳", "李秀英", "阿依古丽·买买提"]),
            ("mine=1", []),
            ("round=999999", []),
        ],
    )
    def test_filters(self, as_persona: Browse, query: str, expected: list[str]) -> None:
        assert sorted(names(as_persona("officer").get(f"/desk/cases/?{query}"))) == sorted(expected)

    @pytest.mark.usefixtures("three")
    def test_sorting_by_name_is_by_pinyin_and_turns_round(self, as_persona: Browse) -> None:
        browser = as_persona("officer")
        up = names(browser.get("/desk/cases/?sort=name"))
        assert up == ["阿依古丽·买买提", "李秀英", "张桂芳"]
        assert names(browser.get("/desk/cases/?sort=-name")) == up[::-1]

    def test_tabs_count_the_kinds(self, as_persona: Browse, district: District, three: list[Case]) -> None:
        village = district.acting("dadongmen")
        with acting_as(village):
            cases.step(case_id=three[0].pk, key="withdraw_for", by=village, revision=None, reason="HER_WISH")
        page = words(as_persona("officer").get("/desk/cases/"))
        assert "全部 3 待审核 2 已撤回 1" in page

    def test_the_list_takes_as_many_reads_with_one_as_with_three(self, as_persona: Browse, district: District) -> None:
        round_ = make.open_round(district)
        make.submitted(district, round_, 1)
        browser = as_persona("officer")
        browser.get("/desk/cases/")
        one = queries_of(lambda: browser.get("/desk/cases/"))
        make.submitted(district, round_, 2)
        make.submitted(district, round_, 3)
        three = queries_of(lambda: browser.get("/desk/cases/"))
        assert one == three
        assert three <= MOST_QUERIES


class TestSearch:
    @pytest.fixture
    def found(self, district: District) -> list[Case]:
        round_ = make.open_round(district)
        return [
            make.submitted(district, round_, n, name=name) for n, name in ((1, "张桂芳"), (2, "张桂英"), (3, "李秀英"))
        ]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("张桂", ["张桂英", "张桂芳"]),
            ("秀", ["李秀英"]),
            ("zg", ["张桂英", "张桂芳"]),
            ("ZGF", ["张桂芳"]),
            ("zhangguiy", ["张桂英"]),
            ("zhang gui fang", ["张桂芳"]),
            ("0002", ["张桂英"]),
            ("王", []),
        ],
    )
    @pytest.mark.usefixtures("found")
    def test_by_name_pinyin_initials_and_number(self, as_persona: Browse, text: str, expected: list[str]) -> None:
        page = as_persona("dunren").post("/desk/cases/search/", {"q": text}, follow=True)
        if len(expected) == 1:
            assert f"<h1>{expected[0]}" in page.content.decode()
        else:
            assert names(page) == expected

    def test_by_case_number(self, as_persona: Browse, found: list[Case]) -> None:
        page = as_persona("dunren").post("/desk/cases/search/", {"q": found[1].number.lower()}, follow=True)
        assert page.redirect_chain == [(f"/desk/cases/{found[1].pk}/", 302)]

    @pytest.mark.parametrize("write", [str, lambda n: f"'{n}", lambda n: f"{n[:6]} {n[6:14]} {n[14:]}"])
    def test_by_the_exact_id_number_which_stands_in_no_address(
        self, as_persona: Browse, district: District, found: list[Case], write: Callable[[str], str]
    ) -> None:
        make.submitted(district, make.open_round(district, title="第二批"), 1)
        page = as_persona("dunren").post("/desk/cases/search/", {"q": write(make.id_number(1))}, follow=True)
        assert names(page) == ["张桂芳", "张桂芳"]
        addresses = " ".join(url for url, _ in page.redirect_chain)
        assert make.id_number(1) not in addresses
        assert make.id_number(1) not in page.content.decode()
        assert "按证件号码查到" in words(page)

    @pytest.mark.usefixtures("found")
    def test_names_stand_in_no_address_either_and_filters_keep_the_search(self, as_persona: Browse) -> None:
        browser = as_persona("dunren")
        page = browser.post("/desk/cases/search/", {"q": "张桂"}, follow=True)
        ((url, _),) = page.redirect_chain
        assert "%E5%BC%A0" not in url
        assert names(browser.get(f"{url}&sort=name")) == ["张桂芳", "张桂英"]

    @pytest.mark.usefixtures("found")
    def test_a_wrong_id_number_is_told_what_is_wrong(self, as_persona: Browse) -> None:
        page = as_persona("dunren").post("/desk/cases/search/", {"q": make.id_number(1)[:-1] + "9"}, follow=True)
        assert "身份证号校验位不符" in words(page)

    @pytest.mark.usefixtures("found")
    @pytest.mark.parametrize("token", ["x", "AAAA", "%20", "é"])
    def test_an_altered_search_is_no_search(self, as_persona: Browse, token: str) -> None:
        assert len(names(as_persona("dunren").get("/desk/cases/", {"s": token}))) == 3

    @pytest.mark.usefixtures("found")
    def test_a_search_does_not_leave_ones_range(self, as_persona: Browse) -> None:
        page = as_persona("jiaotong").post("/desk/cases/search/", {"q": make.id_number(1)}, follow=True)
        assert names(page) == []
        assert "没有符合条件的申请" in words(page)


def book_of(response: Any) -> Worksheet:
    """The sheet of a download."""
    sheet = openpyxl.load_workbook(io.BytesIO(response.getvalue())).active
    assert isinstance(sheet, Worksheet)
    return sheet


def sheet_of(response: Any) -> list[tuple[Any, ...]]:
    return list(book_of(response).iter_rows(values_only=True))


class TestExport:
    def test_a_reason_is_asked_for_and_numbers_stay_masked(
        self, as_persona: Browse, district: District, case: Case
    ) -> None:
        browser = as_persona("dunren")
        assert "请写明原因。" in words(browser.post("/desk/cases/export/", {}))
        rows = sheet_of(browser.post("/desk/cases/export/?kind=review", {"why": "市级报送材料"}))
        assert rows[0][:5] == ("编号", "批次", "姓名", "身份证号", "联系电话")
        assert rows[1][2:5] == ("张桂芳", "5001**********0025", "138****8000")
        assert len(rows) == 2
        with acting_as(district.acting("auditor")):
            (entry,) = Entry.objects.filter(verb="case.export")
        assert entry.summary == {"count": 1, "why": "市级报送材料", "clear": False, "kind": "review"}

    def test_full_numbers_need_the_tick_and_the_right(self, as_persona: Browse, district: District, case: Case) -> None:
        rows = sheet_of(as_persona("dunren").post("/desk/cases/export/", {"why": "市级报送材料", "clear": "on"}))
        assert rows[1][3:5] == (make.id_number(1), "13800138000")
        assert "包含完整身份证号" not in words(as_persona("finance").get("/desk/cases/export/"))
        finance = sheet_of(as_persona("finance").post("/desk/cases/export/", {"why": "市级报送材料", "clear": "on"}))
        assert finance[1][3] == "5001**********0025"
        with acting_as(district.acting("auditor")):
            told = sorted(entry.summary["clear"] for entry in Entry.objects.filter(verb="case.export"))
        assert told == [False, True]

    def test_neither_illness_nor_account_is_in_it(self, as_persona: Browse, case: Case) -> None:
        rows = sheet_of(as_persona("dunren").post("/desk/cases/export/", {"why": "市级报送材料", "clear": "on"}))
        whole = str(rows)
        assert [word for word in ("癌", "ⅡB", "医院", "6222", "银行") if word in whole] == []

    def test_a_name_that_looks_like_a_formula_is_text(self, as_persona: Browse, district: District) -> None:
        case = make.submitted(district, make.open_round(district))
        with acting_as(district.acting("dadongmen")):
            Case.objects.filter(pk=case.pk).update(helper="=HYPERLINK(1)")
        book = book_of(as_persona("dunren").post("/desk/cases/export/", {"why": "市级报送材料"}))
        assert [(cell.value, cell.data_type) for cell in book[2]][-1] == ("=HYPERLINK(1)", "s")

    @pytest.mark.parametrize(("who", "status"), [("dadongmen", 403), ("auditor", 403), ("dunren", 200)])
    def test_who_may(self, as_persona: Browse, who: str, status: int) -> None:
        assert as_persona(who).get("/desk/cases/export/").status_code == status
