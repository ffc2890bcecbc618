"""From opening a year to the Word report: a department fills in, the bureau returns, all is corrected, confirmed, published; then an order."""

from __future__ import annotations

import datetime as dt

import pytest
from docx import Document

from niangjia.access.acting import acting_as
from niangjia.core import clock
from niangjia.outlines.models import Indicator, Observation, Order, Year
from tests.journeys.conftest import Stage, press
from tests.outlines.stage import Stage as Outlines
from tests.personas import FULING

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True, databases=["default", "public", "owner"]),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


def test_from_an_opened_year_to_the_word_report(stage: Stage) -> None:
    district, last = stage.district, clock.today().year - 1
    outlines = Outlines(district)
    outlines.known("C21-02", {last - 1: "6.4"})
    outlines.target("C21-02", "5", 2021, baseline="6.6")
    office = stage.go(stage.officer("officer"), f"/desk/outlines/{outlines.outline.pk}/years/open/")
    office.fill("input[name=year]", str(last))
    office.fill("input[name=due_on]", str(clock.today() + dt.timedelta(days=30)))
    office.select_option("select[name=checker]", label="区统计局")
    press(office, "开启")
    with acting_as(outlines.office):
        year, pk = Year.objects.get(), Indicator.objects.get(code="C21-02").pk

    health = stage.go(stage.officer("health"), f"/partner/indicators/years/{year.pk}/")
    assert "上年 6.4‰" in " ".join(health.inner_text(f"#i{pk}").split())
    health.fill(f"[name='i{pk}.numerator']", "34%")
    health.fill(f"[name='i{pk}.denominator']", "5,000")
    press(health, "保存并提交")
    assert "带有百分号（34%），请只填数字" in health.inner_text("main")
    health.fill(f"[name='i{pk}.numerator']", "34")
    press(health, "保存并提交")
    assert "部门已报" in health.inner_text(f"#i{pk}")

    bureau = stage.go(stage.officer("statistics"), f"/partner/indicators/years/{year.pk}/checks/")
    bureau.fill("input[name=why]", "活产数与公安数据不符")
    press(bureau, "退回")
    stage.go(health, f"/partner/indicators/years/{year.pk}/")
    assert "活产数与公安数据不符" in health.inner_text(f"#i{pk}")
    health.fill(f"[name='i{pk}.denominator']", "5300")
    health.fill(f"[name='i{pk}.note']", "早产儿转诊不及时。")
    health.fill(f"[name='i{pk}.measures']", "建立危重新生儿转诊网络。")
    press(health, "保存并提交")
    stage.go(bureau, f"/partner/indicators/years/{year.pk}/checks/")
    press(bureau, "勾选的审核通过")

    stage.go(office, f"/desk/outlines/years/{year.pk}/")
    press(office, "确认勾选的")
    press(office, "发布")
    stage.go(office, f"/desk/outlines/{outlines.outline.pk}/?year={last}")
    assert "未达标" in office.inner_text("main")
    with acting_as(outlines.office):
        assert Observation.objects.get(year=last, place=FULING).state == "PUBLISHED"

    stage.go(office, f"/desk/outlines/{outlines.outline.pk}/hard/?year={last}")
    press(office, "列入")
    office.click("summary:has-text('发督办单')")
    press(office, "发给牵头部门")
    with acting_as(outlines.office):
        order = Order.objects.get()
    stage.go(health, f"/partner/indicators/orders/{order.pk}/")
    health.fill("textarea[name=plan]", "完善转诊网络，每季度评审死亡病例。")
    health.fill("input[name=owner]", "妇幼科科长")
    health.fill("input[name=finish_on]", str(clock.today() + dt.timedelta(days=200)))
    press(health, "报整改计划")

    stage.go(office, f"/desk/outlines/{outlines.outline.pk}/report/?kind=MIDTERM&year={last}")
    with office.expect_download() as waiting:
        office.click("button:has-text('下载 Word')")
    words = "\n".join(paragraph.text for paragraph in Document(str(waiting.value.path())).paragraphs)
    assert words.startswith("涪陵区儿童发展规划（2021—2030年）中期评估报告")
    assert "婴儿死亡率6.42‰" in words
    assert "原因：早产儿转诊不及时。" in words
    assert f"督办单{order.number}于" in words
    assert "区卫生健康委（婴儿死亡率）：建立危重新生儿转诊网络" in words
