"""A department's one page: filled in, refused as a whole, handed in; the statistics bureau's checks; its orders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from niangjia.access.acting import acting_as
from niangjia.core import clock
from niangjia.outlines.kinds import ValueState
from niangjia.outlines.models import Evidence, Observation, Order, Year
from tests.outlines.stage import TODAY, Stage
from tests.outlines.test_collecting import PNG
from tests.outlines.test_standings import ordered
from tests.outlines.test_tables import row, workbook
from tests.personas import District
from tests.web.conftest import Browse


@pytest.fixture(autouse=True)
def _spring() -> Iterator[None]:
    with clock.frozen(TODAY):
        yield


@pytest.fixture
def stage(district: District) -> Stage:
    return Stage(district)


def send(client: Client, year: Year, stage: Stage, act: str = "save", code: str = "C21-02", **values: Any) -> str:
    prefix = f"i{stage.indicator_id(code)}"
    data = {f"{prefix}.{key}": value for key, value in values.items()}
    return client.post(f"/partner/indicators/years/{year.pk}/", {**data, "act": act}, follow=True).content.decode()


def stored(stage: Stage) -> list[tuple[str, Any, str]]:
    with acting_as(stage.office):
        return list(Observation.objects.order_by("id").values_list("indicator__code", "value", "state"))


def test_a_department_sees_its_own_indicators_with_last_year_and_definition(stage: Stage, as_persona: Browse) -> None:
    stage.known("C21-02", {2024: "6.1"})
    year = stage.open()
    client = as_persona("health")
    assert "待填报" in client.get("/partner/indicators/").content.decode()
    page = " ".join(client.get(f"/partner/indicators/years/{year.pk}/").content.decode().split())
    assert "婴儿死亡人数 ÷ 活产数，单位‰。" in page
    assert "上年 <b>6.1‰</b>" in page
    assert "儿童主任" not in page


def test_a_department_fills_in_and_hands_in(stage: Stage, as_persona: Browse) -> None:
    year, client = stage.open(), as_persona("health")
    assert "已保存1个指标" in send(client, year, stage, revision=0, numerator="30", denominator="5,000")
    page = send(client, year, stage, "submit", revision=1, numerator="30", denominator="5000", note="平稳")
    assert "已提交1个指标，由区统计局审核。" in page
    assert stored(stage) == [("C21-02", 6, ValueState.DEPT_SUBMITTED)]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"numerator": "30%", "denominator": "5000"}, "带有百分号（30%），请只填数字"),
        ({"numerator": "5001", "denominator": "5000"}, "分子5001大于分母5000，请核对是否填反。"),
        ({"numerator": "30"}, "缺少分母。请补填分母"),
        ({"numerator": "30", "denominator": "5000", "SEX:F.numerator": "x"}, "应填写数字，现为“x”。"),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_stays(
    stage: Stage, as_persona: Browse, values: dict[str, str], message: str
) -> None:
    page = send(as_persona("health"), stage.open(), stage, revision=0, **values)
    assert message in page
    assert f'value="{values["numerator"]}"' in page
    assert stored(stage) == []


def test_a_warning_keeps_it_until_a_sentence_is_written(stage: Stage, as_persona: Browse) -> None:
    stage.known("C21-02", {2024: "6"})
    year, client = stage.open(), as_persona("health")
    page = send(client, year, stage, "submit", revision=0, numerator="60", denominator="5000")
    assert "比上年的6‰变动100%，请核对并写一句说明。" in page
    assert stored(stage)[-1][2] == ValueState.DRAFT
    values: dict[str, Any] = {"revision": 1, "numerator": "60", "denominator": "5000", "answer.jump": "含外地转诊。"}
    assert "已提交1个指标" in send(client, year, stage, "submit", **values)


def test_the_second_liaison_is_told_what_the_first_one_saved(stage: Stage, as_persona: Browse) -> None:
    year, client = stage.open(), as_persona("health")
    stage.fill(year, "C21-02", 30, 5000)
    page = send(client, year, stage, revision=0, numerator="31", denominator="5000")
    assert "保存为：分子30、分母5000。" in page
    assert stored(stage)[0][1] == 6


def test_a_paper_comes_with_the_form_and_can_be_taken_back(stage: Stage, as_persona: Browse) -> None:
    year, client = stage.open(), as_persona("health")
    send(client, year, stage, revision=0, numerator="30", denominator="5000", paper=SimpleUploadedFile("年报.png", PNG))
    with acting_as(stage.health):
        paper = Evidence.objects.get()
    opened = client.get(f"/files/{paper.file_id}/")
    assert b"".join(opened.streaming_content).startswith(b"\x89PNG")  # type: ignore[attr-defined]
    assert "已撤下" in client.post(f"/partner/indicators/papers/{paper.pk}/withdraw/", follow=True).content.decode()
    assert "年报.png" not in client.get(f"/partner/indicators/years/{year.pk}/").content.decode()


def test_another_department_opens_no_paper(stage: Stage, as_persona: Browse) -> None:
    year, client = stage.open(), as_persona("health")
    send(client, year, stage, revision=0, numerator="30", denominator="5000", paper=SimpleUploadedFile("年报.png", PNG))
    with acting_as(stage.health):
        paper = Evidence.objects.get()
    assert as_persona("insurance").get(f"/files/{paper.file_id}/").status_code == 404


def upload(client: Client, year: Year, data: bytes, **more: str) -> Any:
    return client.post(
        f"/partner/indicators/years/{year.pk}/upload/",
        {"file": SimpleUploadedFile("表.xlsx", data), **more},
        follow=True,
    )


def test_the_sheet_goes_out_comes_back_and_is_answered(stage: Stage, as_persona: Browse) -> None:
    year, client = stage.open(), as_persona("health")
    out = client.post(f"/partner/indicators/years/{year.pk}/sheet/").content
    assert "都已读入" in upload(client, year, out).content.decode()
    bad = workbook(row("C21-02", numerator="30", denominator="5000"), row("C21-04", numerator="95%", denominator="100"))
    page = upload(client, year, bad)
    assert page.status_code == 422
    assert "带有百分号（95%）" in page.content.decode()
    answered = upload(client, year, bad, answer="1").content
    assert answered.startswith(b"PK")
    assert stored(stage) == []
    good = workbook(row("C21-02", numerator="30", denominator="5000"))
    assert "表里的1行都已读入，改动了1个指标。" in upload(client, year, good).content.decode()
    assert "没有找到表头" in upload(client, year, b"a,b\n1,2\n").content.decode()


def test_the_bureau_passes_on_and_sends_back(stage: Stage, as_persona: Browse) -> None:
    year = stage.open()
    first, second = stage.fill(year, "C21-02", 30, 5000)[0], stage.fill(year, "C21-03", 40, 5000)[0]
    stage.submit(year)
    client, url = as_persona("statistics"), f"/partner/indicators/years/{year.pk}/checks/"
    assert "待审核" in client.get("/partner/indicators/").content.decode()
    assert "没有疑点" in client.get(url).content.decode()
    client.post(url, {"value": second.pk, "why": ""})
    client.post(url, {"value": second.pk, "why": "与公安数据不符"})
    client.post(url, {"value": first.pk})
    assert [state for _, _, state in stored(stage)] == [ValueState.STATS_CHECKED, ValueState.RETURNED]
    assert "与公安数据不符" in as_persona("health").get(f"/partner/indicators/years/{year.pk}/").content.decode()


def test_only_the_bureau_named_for_the_year_checks(stage: Stage, as_persona: Browse) -> None:
    year = stage.open(checker=stage.district.unit("区民政局"))
    assert as_persona("statistics").get(f"/partner/indicators/years/{year.pk}/checks/").status_code == 404
    assert as_persona("health").get(f"/partner/indicators/years/{year.pk}/checks/").status_code == 403


def test_a_department_answers_an_order_with_plan_and_progress(stage: Stage, as_persona: Browse) -> None:
    order = ordered(stage)
    client, url = as_persona("health"), f"/partner/indicators/orders/{order.pk}/"
    assert client.post(url, {"plan": "措施", "owner": "", "finish_on": "2026-12-31"}).status_code == 422
    client.post(url, {"plan": "措施", "owner": "科长", "finish_on": "2026-12-31"})
    client.post(url, {"quarter": "2026-1", "text": "已启动"})
    page = client.get(url).content.decode()
    assert page.index("2026年第1季度：已启动") < page.index("发督办单")
    assert as_persona("insurance").get(url).status_code == 404
    with acting_as(stage.office):
        assert Order.objects.get().owner == "科长"


def test_a_department_without_indicators_is_told_so(stage: Stage, as_persona: Browse) -> None:
    year, client = stage.open(), as_persona("insurance")
    assert "现在没有要填报的指标" in client.get("/partner/indicators/").content.decode()
    assert client.get(f"/partner/indicators/years/{year.pk}/").status_code == 404


def test_the_page_of_a_department_asks_as_often_for_one_value_as_for_three(stage: Stage, as_persona: Browse) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    year, client = stage.open(), as_persona("health")
    counts = []
    for code in ("C21-12", "C21-04", "C21-05"):
        stage.fill(year, code, 1, 5000)
        client.get(f"/partner/indicators/years/{year.pk}/")
        with CaptureQueriesContext(connection) as sent:
            client.get(f"/partner/indicators/years/{year.pk}/")
        counts.append(len(sent))
    assert len(set(counts)) == 1


def test_a_day_begins_where_something_waits(stage: Stage, as_persona: Browse) -> None:
    client = as_persona("health")
    assert client.get("/desk/").headers["Location"] == "/partner/"
    stage.open()
    assert client.get("/desk/").headers["Location"] == "/partner/indicators/"
    assert as_persona("statistics").get("/desk/").headers["Location"] == "/partner/indicators/"


def test_the_office_is_told_what_waits_for_it(stage: Stage, as_persona: Browse) -> None:
    year = stage.open()
    value = stage.fill(year, "C21-02", 30, 5000)[0]
    stage.submit(year)
    stage.pass_on(value)
    assert "指标值待确认" in as_persona("officer").get("/desk/").content.decode()
