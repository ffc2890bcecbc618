"""The office's pages of outlines: what they show, what their buttons do, what they refuse."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from docx import Document

from niangjia.access.acting import acting_as
from niangjia.channels import actions as channels
from niangjia.core import clock
from niangjia.outlines import actions
from niangjia.outlines.kinds import Chosen, ValueState
from niangjia.outlines.models import Hard, Indicator, Observation, Order, Outline, Target, Year
from tests.outlines.stage import TODAY, Stage
from tests.outlines.test_collecting import PNG
from tests.personas import FULING, District
from tests.web.conftest import Browse


@pytest.fixture(autouse=True)
def _spring() -> Iterator[None]:
    with clock.frozen(TODAY):
        yield


@pytest.fixture
def stage(district: District) -> Stage:
    return Stage(district)


def text(client: Client, url: str, status: int = 200) -> str:
    page = client.get(url)
    assert page.status_code == status, page.content.decode()[:500]
    return " ".join(page.content.decode().split())


def full(stage: Stage) -> Year:
    """A year with a published value, one on its way, an order, a series of earlier years."""
    stage.known("C21-02", {2020: "7", 2021: "6.6", 2022: "6.3", 2023: "6.2", 2024: "6.1"})
    stage.known("C21-02", {2022: "4.9", 2023: "4.5"}, "000000000000")
    stage.target("C21-02", "5", 2021, baseline="7")
    year = stage.open()
    stage.confirmed(year, "C21-02", 30, 5000)
    stage.fill(year, "C21-01", 3, 5000, note="早产转诊不及时", who="health")
    stage.submit(year)
    with acting_as(stage.office):
        hard = actions.list_hard(
            indicator_id=stage.indicator_id("C21-02"), place=FULING, year=2025, chosen=Chosen.HAND, reason="连续未达标",
            by=stage.office,
        )  # fmt: skip
        actions.issue_order(hard_id=hard.pk, demand="查明原因", by=stage.office)
    return year


def test_every_page_opens_empty_and_full(stage: Stage, as_persona: Browse) -> None:
    client, pk = as_persona("officer"), stage.outline.pk
    pages = [
        "/desk/outlines/", f"/desk/outlines/{pk}/", f"/desk/outlines/{pk}/definitions/", f"/desk/outlines/{pk}/hard/",
        f"/desk/outlines/{pk}/report/", f"/desk/outlines/{pk}/report/?kind=MIDTERM", f"/desk/outlines/{pk}/import/",
        f"/desk/outlines/{pk}/hand-over/", f"/desk/outlines/{pk}/years/open/", f"/desk/outlines/{pk}/definitions/new/",
        f"/desk/outlines/indicators/{stage.indicator_id('C21-02')}/", f"/desk/outlines/indicators/{stage.indicator_id('C21-02')}/edit/",
        f"/desk/outlines/indicators/{stage.indicator_id('C21-20')}/", f"/board/outlines/?outline={pk}",
    ]  # fmt: skip
    for url in pages:
        text(client, url)
    year = full(stage)
    with acting_as(stage.office):
        values, order = list(Observation.objects.filter(place=FULING)), Order.objects.get()
    for url in [*pages, f"/desk/outlines/years/{year.pk}/", f"/desk/outlines/orders/{order.pk}/"]:
        text(client, url)
    for value in values:
        text(client, f"/desk/outlines/values/{value.pk}/")


def test_the_table_shows_the_rate_with_its_denominator_and_no_data_apart(stage: Stage, as_persona: Browse) -> None:
    full(stage)
    page = text(as_persona("chair"), f"/desk/outlines/{stage.outline.pk}/?year=2025")
    assert "达标 0 / 可评价 1 项" in page
    assert "不计入分母" in page
    assert "进度落后" not in page  # half of the way at half time
    assert "进度正常" in page


def test_one_death_is_said_to_be_one_death(stage: Stage, as_persona: Browse) -> None:
    year = stage.open()
    stage.confirmed(year, "C21-02", 1, 4000)
    page = text(as_persona("officer"), f"/desk/outlines/indicators/{stage.indicator_id('C21-02')}/?year=2025")
    assert "2025年实际是 <b>1</b> 例（分母 4000）" in page
    assert "0.01–1.39‰ 之间（精确泊松区间）" in page


def test_the_page_of_an_indicator_names_its_forecast_and_pace(stage: Stage, as_persona: Browse) -> None:
    full(stage)
    page = text(as_persona("officer"), f"/desk/outlines/indicators/{stage.indicator_id('C21-02')}/")
    assert "按联合国“实际/所需增速”" in page
    assert "阻尼趋势预测2030年" in page
    assert "：与市、全国比较" in page


def test_a_year_is_opened_and_a_wrong_one_refused_on_the_page(stage: Stage, as_persona: Browse) -> None:
    client, url = as_persona("officer"), f"/desk/outlines/{stage.outline.pk}/years/open/"
    checker = stage.district.unit("区统计局").pk
    assert "2019年" in client.post(url, {"year": 2019, "due_on": "2026-04-30", "checker": checker}).content.decode()
    done = client.post(url, {"year": 2025, "due_on": "2026-04-30", "checker": checker})
    with acting_as(stage.office):
        assert done.headers["Location"] == f"/desk/outlines/years/{Year.objects.get().pk}/"


def test_the_office_confirms_publishes_and_asks_for_a_correction(stage: Stage, as_persona: Browse) -> None:
    client, year = as_persona("officer"), stage.open()
    value = stage.fill(year, "C21-02", 30, 5000)[0]
    stage.submit(year)
    url, one = f"/desk/outlines/years/{year.pk}/", f"/desk/outlines/values/{value.pk}/"
    client.post(url, {"act": "pass", "value": value.pk})
    client.post(url, {"act": "confirm", "value": value.pk})
    client.post(url, {"act": "publish"})
    assert stage.read(value).state == ValueState.PUBLISHED
    assert client.post(one, {"act": "reopen", "why": ""}).status_code == 422
    client.post(one, {"act": "reopen", "why": "漏报"})
    with acting_as(stage.office):
        assert Observation.objects.get(restates=value.pk).returned == "更正：漏报"


def test_a_value_is_sent_back_from_its_page(stage: Stage, as_persona: Browse) -> None:
    client, year = as_persona("officer"), stage.open()
    value = stage.fill(year, "C21-02", 30, 5000)[0]
    stage.submit(year)
    client.post(f"/desk/outlines/values/{value.pk}/", {"act": "return", "why": "请核对活产数"})
    assert stage.read(value).returned == "请核对活产数"


def test_a_reader_is_refused_the_offices_buttons(stage: Stage, as_persona: Browse) -> None:
    year = full(stage)
    client = as_persona("auditor")
    with acting_as(stage.office):
        value = Observation.objects.filter(state=ValueState.CONFIRMED).first()
    assert value is not None
    text(client, f"/desk/outlines/{stage.outline.pk}/")
    assert client.get(f"/desk/outlines/years/{year.pk}/").status_code == 403
    assert client.post(f"/desk/outlines/values/{value.pk}/", {"act": "reopen", "why": "x"}).status_code == 403
    assert client.post(f"/desk/outlines/{stage.outline.pk}/hard/", {"take": "1"}).status_code == 403


def test_an_experts_post_reads_and_ends_with_its_term(stage: Stage, as_persona: Browse) -> None:
    from niangjia.access import queries as access
    from niangjia.org import actions as org
    from niangjia.org.kinds import PostRole, UnitKind
    from niangjia.people import actions as people
    from tests.web.conftest import signed_in

    house = access.house(FULING)
    with acting_as(house):
        group = org.add_unit(
            name="市级评估组",
            short_name="市级评估组",
            kind=UnitKind.ASSESSOR,
            parent=stage.district.unit("涪陵区妇联"),
            since=TODAY,
        )
        post = org.appoint(
            unit=group, role=PostRole.ASSESSOR, name="评估专家甲", starts_on=TODAY, ends_on=dt.date(2026, 3, 31)
        )
        account = people.make_account(officer=post.officer, username="expert", password="zhuan-jia-ping-gu-7")
    full(stage)
    client = signed_in(account)
    text(client, f"/desk/outlines/{stage.outline.pk}/")
    assert client.get(f"/desk/outlines/{stage.outline.pk}/years/open/").status_code == 403
    with clock.frozen(dt.date(2026, 4, 1)):
        assert access.posts_of(account) == []


def test_targets_are_taken_in_or_answered_row_by_row(stage: Stage, as_persona: Browse) -> None:
    client, url = as_persona("officer"), f"/desk/outlines/{stage.outline.pk}/import/"

    def send(rows: str) -> str:
        data = f"代码,地区代码,目标值,起用年\n{rows}".encode()
        page = client.post(url, {"kind": "targets", "file": SimpleUploadedFile("目标.csv", data)}, follow=True)
        return page.content.decode()

    assert "本规划没有代码“C99”，请核对代码列。" in send("C21-02,500102000000,4.5,2024\nC99,500102000000,4,2024\n")
    with acting_as(stage.office):
        assert not Target.objects.filter(value="4.5").exists()
    assert "已导入1行。" in send("C21-02,500102000000,4.5,2024\n")
    out = io.BytesIO(client.post(f"/desk/outlines/{stage.outline.pk}/targets/").content)
    assert zipfile.is_zipfile(out)


def test_an_indicator_is_added_changed_and_given_to_a_department(stage: Stage, as_persona: Browse) -> None:
    client, pk = as_persona("officer"), stage.outline.pk
    values = {
        "code": "C21-80", "domain": "健康", "name": "本区新指标", "unit": "%", "direction": "GE", "counted_in": "人", "tier": "2",
        "jump": "0.3", "valid_from": 2021, "order": 900,
    }  # fmt: skip
    page = client.post(f"/desk/outlines/{pk}/definitions/new/", values)
    assert page.status_code == 422
    assert "由分子分母计算，请写明分子和分母各是什么" in page.content.decode() or "请填写。" in page.content.decode()
    client.post(f"/desk/outlines/{pk}/definitions/new/", {**values, "numerator_name": "甲", "denominator_name": "乙"})
    with acting_as(stage.office):
        made = Indicator.objects.get(code="C21-80")
    unit = stage.district.unit("区民政局").pk
    client.post(f"/desk/outlines/indicators/{made.pk}/target/", {"unit": unit, "duty": "LEAD", "from_year": 2025})
    client.post(f"/desk/outlines/indicators/{made.pk}/target/", {"value": "60", "from_year": 2025})
    with acting_as(stage.office):
        assert made.assignments.get().unit_id == unit
        assert made.targets.get().value == 60


def test_the_rules_suggestion_becomes_an_order_that_is_closed(stage: Stage, as_persona: Browse) -> None:
    client, pk = as_persona("officer"), stage.outline.pk
    stage.known("C21-02", {2024: "8"})
    url = f"/desk/outlines/{pk}/hard/"
    assert "系统建议列入" in text(client, url)
    client.post(url, {"take": str(stage.indicator_id("C21-02"))})
    with acting_as(stage.office):
        hard = Hard.objects.get()
    client.post(url, {"order": hard.pk, "demand": "查明原因"})
    with acting_as(stage.office):
        order = Order.objects.get()
    story = f"/desk/outlines/orders/{order.pk}/"
    letter = client.post(f"{story}word/")
    words = [paragraph.text for paragraph in Document(io.BytesIO(letter.content)).paragraphs]
    assert words[1:3] == [f"{order.unit.name}：", f"编号：{order.number}"]
    assert words[4] == "督办要求：查明原因"
    client.post(story, {"plan": "措施", "owner": "科长", "finish_on": "2026-12-31"})
    client.post(story, {"quarter": "2026-1", "text": "已启动"})
    with clock.frozen(dt.date(2026, 4, 2)):
        year = stage.open()
        good = stage.fill(year, "C21-02", 24, 5000, answers={"jump": "好转"})[0]
        stage.submit(year)
        stage.pass_on(good)
        stage.confirm(good)
        again = as_persona("officer")  # a month later she signs in again
        again.post(story, {"value": good.pk, "conclusion": "已达标"})
        page = text(again, story)
    assert page.index("销号") < page.index("季度进展") < page.index("报整改计划") < page.index("发督办单")
    with acting_as(stage.office):
        assert Order.objects.get().state == "CLOSED"


def test_the_report_is_written_with_a_source_behind_each_figure(stage: Stage, as_persona: Browse) -> None:
    full(stage)
    client, pk = as_persona("officer"), stage.outline.pk
    page = text(client, f"/desk/outlines/{pk}/report/?kind=MIDTERM&year=2025")
    assert '婴儿死亡率6‰<sup><a href="#source1">[1]</a></sup>' in page.replace(" <sup>", "<sup>")
    done = client.post(f"/desk/outlines/{pk}/report/word/", {"kind": "MIDTERM", "year": 2025})
    document = Document(io.BytesIO(done.content))
    words = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert words.startswith("涪陵区儿童发展规划（2021—2030年）中期评估报告")
    assert "比基期下降1" in words
    assert "婴儿死亡率：2025年列入，原因是连续未达标。" in words
    assert "[1] C21-02 婴儿死亡率，2025年6‰（30÷5000）；区卫生健康委；2026-03-02确认" in words
    assert "新生儿死亡率0.6‰" not in words  # handed in, not confirmed
    assert document.element.xml.count('w:anchor="source1"') >= 1


def test_the_evidence_of_an_indicator_is_one_zip(stage: Stage, as_persona: Browse) -> None:
    year = full(stage)
    with acting_as(stage.health):
        actions.add_paper(
            year_id=year.pk, indicator_id=stage.indicator_id("C21-02"), name="年报.png", data=PNG, by=stage.health
        )
    page = as_persona("officer").post(f"/desk/outlines/indicators/{stage.indicator_id('C21-02')}/evidence/")
    with zipfile.ZipFile(io.BytesIO(b"".join(page.streaming_content))) as archive:  # type: ignore[attr-defined]
        assert archive.namelist() == ["C21-02婴儿死亡率/说明.txt", "C21-02婴儿死亡率/2025/年报.png"]
        assert "2025年 6‰（30÷5000） 已确认 区卫生健康委" in archive.read(archive.namelist()[0]).decode("utf-8-sig")


@pytest.mark.parametrize(("form", "start"), [("svg", b"<svg "), ("png", b"\x89PNG")])
@pytest.mark.parametrize("key", ["attainment", "domains", "departments"])
def test_each_chart_is_a_file(stage: Stage, as_persona: Browse, key: str, form: str, start: bytes) -> None:
    full(stage)
    page = as_persona("chair").get(f"/board/outlines/charts/{stage.outline.pk}/{key}.{form}")
    assert page.content.startswith(start)


def test_the_way_of_an_indicator_is_a_file_too(stage: Stage, as_persona: Browse) -> None:
    full(stage)
    pk, client = stage.indicator_id("C21-02"), as_persona("chair")
    assert client.get(f"/board/outlines/trajectory/{pk}.svg").content.startswith(b"<svg ")
    assert client.get(f"/board/outlines/trajectory/{pk}.gif").status_code == 404


def test_the_board_reads_in_words_and_tables(stage: Stage, as_persona: Browse) -> None:
    full(stage)
    page = text(as_persona("chair"), "/board/outlines/")
    assert "要关注的指标" not in page or "婴儿死亡率" in page
    assert page.count("<title id=") == 3
    assert page.count("看数字（表格）") == 3


def test_an_outline_is_loaded_from_the_page(district: District, as_persona: Browse) -> None:
    client = as_persona("officer")
    assert "还没有规划" in text(client, "/desk/outlines/")
    client.post("/desk/outlines/load/", {"key": "women-2021"})
    with acting_as(district.acting("officer")):
        assert Outline.objects.get().key == "women-2021"


def test_a_department_is_replaced_from_the_page(stage: Stage, as_persona: Browse) -> None:
    old, new = stage.district.unit("区卫生健康委"), stage.district.unit("区医疗保障局")
    page = as_persona("officer").post(
        f"/desk/outlines/{stage.outline.pk}/hand-over/", {"old": old.pk, "new": new.pk, "from_year": 2026}, follow=True
    )
    assert "已移交11个指标" in page.content.decode()


def test_departments_that_owe_are_reminded_in_their_group(stage: Stage, as_persona: Browse) -> None:
    year = stage.open()
    with acting_as(stage.office):
        group = channels.save_endpoint(
            name="妇儿联络员群",
            carrier_key="handoff",
            unit=stage.district.unit("涪陵区妇联"),
            entries={},
            by=stage.office,
        )
    client, url = as_persona("officer"), f"/desk/outlines/years/{year.pk}/"
    assert "没有牵头部门，没有人会填报" in text(client, url)
    page = client.post(url, {"act": "remind", "endpoint": group.pk}, follow=True).content.decode()
    assert ("催报已进入发件箱" in page, "上次催报 2026年3月2日" in page) == (True, True)


# What a test's own outer transaction adds to a request.
OUTSIDE = ("SAVEPOINT", "RELEASE", "SELECT set_config('role', 'none'")


def test_pages_of_many_values_ask_the_database_seldom(stage: Stage, as_persona: Browse) -> None:
    client, pk, year = as_persona("officer"), stage.outline.pk, full(stage)
    counts = {}
    for url in (f"/desk/outlines/years/{year.pk}/", f"/desk/outlines/{pk}/report/", f"/board/outlines/?outline={pk}"):
        client.get(url)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url).status_code == 200
        counts[url.split("/")[-2]] = sum(not query["sql"].startswith(OUTSIDE) for query in asked)
    assert counts == {str(year.pk): 14, "report": 12, "outlines": 9}
