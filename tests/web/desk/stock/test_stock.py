"""Goods on the desk: batches, the table of all towns, own stock, ledger, stock-taking, gifts."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from niangjia.access.acting import acting_as
from niangjia.letters.sheets import read_table, write_table
from niangjia.reports.tables import stock as table
from niangjia.stock import queries
from niangjia.stock.kinds import BatchState
from niangjia.stock.models import Batch, Gift, GoodsKind, HandOut, Move, StockCount
from niangjia.trail.models import Entry
from tests.personas import FULING, District
from tests.stock.conftest import Depot, arrived

Browse = Callable[..., Client]
TODAY = {"on": "2026-01-15"}


@pytest.fixture
def depot(district: District) -> Depot:
    return Depot(district, arrived(district))


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def left(depot: Depot) -> dict[int, int]:
    with acting_as(depot.officer):
        return {unit: n for (_, unit), n in queries.balances(FULING).items()}


def numbers(depot: Depot, dunren: str, chongyi: str = "") -> dict[str, str]:
    return {f"n{depot.town.pk}": dunren, f"n{depot.district.unit('崇义街道妇联').pk}": chongyi}


def test_a_batch_is_announced_and_arrives_in_two_parts(district: District, as_persona: Browse) -> None:
    client = as_persona("officer")
    with acting_as(district.acting("officer")):
        kind = GoodsKind.objects.get(key="mother_parcel_care").pk
    page = client.post("/desk/stock/new/", {"title": "贴心包一批", "kind": kind, "planned": 50, "source": "PURCHASE", "opened_on": "2026-01-10"})  # fmt: skip
    address = page.headers["Location"]
    for count in (30, 20):
        slip = str(uuid.uuid4())
        for _ in range(2):
            client.post(f"{address}receive/", {"count": count, "on": "2026-01-12", "slip": slip})
    assert "收 50 = 发 0 + 余 50" in text(client.get(address))


def test_the_table_of_towns_shows_its_sum_and_passes_on_once(depot: Depot, as_persona: Browse) -> None:
    client, address = as_persona("officer"), f"/desk/stock/{depot.batch.pk}/allocate/"
    form = {**numbers(depot, "30", "20"), "slip": str(uuid.uuid4())}
    summed = client.post(address, {**form, "do": "sum"})
    assert [summed.context[key] for key in ("asked", "free", "rest")] == [50, 100, 50]
    for _ in range(2):
        assert client.post(address, {**form, "do": "confirm"}).status_code == 302
    assert left(depot) == {depot.top.pk: 50, depot.town.pk: 30, depot.district.unit("崇义街道妇联").pk: 20}


@pytest.mark.parametrize(
    ("dunren", "problem"),
    [
        ("101", "涪陵区妇联的“2026年第一批”现有100件，不够101件。"),
        ("十件", "敦仁街道妇联：“十件”不是件数，请填0或正整数。"),
        ("-1", "敦仁街道妇联：“-1”不是件数，请填0或正整数。"),
        ("", "没有填写件数。请至少给一个单位填上件数。"),
    ],
)
def test_a_wrong_number_is_said_and_nothing_is_passed_on(
    depot: Depot, as_persona: Browse, dunren: str, problem: str
) -> None:
    form = {**numbers(depot, dunren), "slip": str(uuid.uuid4()), "do": "confirm"}
    page = as_persona("officer").post(f"/desk/stock/{depot.batch.pk}/allocate/", form)
    assert (page.status_code, page.context["problems"], left(depot)) == (422, [problem], {depot.top.pk: 100})


def test_pasted_lines_fill_the_table_and_wait_for_confirmation(depot: Depot, as_persona: Browse) -> None:
    form = {
        **numbers(depot, ""),
        "slip": str(uuid.uuid4()),
        "do": "paste",
        "text": "敦仁街道\t12\n崇义街道妇联 8\n某街道 3",
    }
    page = as_persona("officer").post(f"/desk/stock/{depot.batch.pk}/allocate/", form)
    assert [row["value"] for row in page.context["rows"]] == ["12", "8"]
    assert page.context["problems"] == ["第3行“单位”：没有叫“某街道”的下级单位，请按组织名称填写。"]
    assert left(depot) == {depot.top.pk: 100}


def test_a_file_fills_the_table_and_every_row_is_answered(depot: Depot, as_persona: Browse) -> None:
    client, address = as_persona("officer"), f"/desk/stock/{depot.batch.pk}/allocate/"
    listed = client.get(f"{address}list/").content
    rows = [row.texts for row in read_table(listed, table.ALLOCATION)]
    units = [depot.town, depot.district.unit("崇义街道妇联")]
    assert [row[:3] for row in rows] == [[unit.name, "0", "0"] for unit in units]
    out = io.BytesIO()
    names = [row[0] for row in rows]
    write_table(
        out, table.ALLOCATION, [(names[0], 0, 0, 12, None), (names[1], 0, 0, None, None), ("某街道", 0, 0, 3, None)]
    )
    upload = SimpleUploadedFile("下拨.xlsx", out.getvalue())
    page = client.post(address, {"slip": str(uuid.uuid4()), "do": "file", "file": upload})
    answered = client.get(f"{address}answers/?file={page.context['answers']}").content
    assert [row["value"] for row in page.context["rows"]] == ["12", ""]
    assert [line.texts[0] for line in read_table(answered, table.ALLOCATION)] == [*names, "某街道"]
    assert len(page.context["problems"]) == 1
    assert "没有叫“某街道”的下级单位" in page.context["problems"][0]
    assert as_persona("dunren").get(f"{address}answers/?file={page.context['answers']}").status_code == 404


@pytest.mark.parametrize(("data", "problem"), [(b"not a table", "文件"), (b"", "请选择下拨表文件。")])
def test_a_file_that_is_no_list_is_said(depot: Depot, as_persona: Browse, data: bytes, problem: str) -> None:
    form: dict[str, Any] = {"slip": str(uuid.uuid4()), "do": "file"}
    if data:
        form["file"] = SimpleUploadedFile("x.xlsx", data)
    page = as_persona("officer").post(f"/desk/stock/{depot.batch.pk}/allocate/", form)
    assert page.status_code == 422
    assert problem in page.context["problems"][0]


def test_a_town_hands_out_from_its_stock_and_takes_back(depot: Depot, as_persona: Browse) -> None:
    depot.pass_on(3)
    client = as_persona("dunren")
    form = {"batch": depot.batch.pk, **TODAY, "receiver": "代领：女儿"}
    address = "/desk/stock/hand-out/?subject=case:5&title=张某&next=/desk/cases/"
    first, again = client.post(address, form), client.post(address, form)
    assert (first.headers["Location"], again.status_code) == ("/desk/cases/", 422)
    assert "已领过" in text(again)
    with acting_as(depot.officer):
        given = HandOut.objects.get()
    assert (given.subject, given.receiver) == ("case:5", "代领：女儿")
    client.post(f"/desk/stock/hand-outs/{given.pk}/refused/", {"on": "2026-01-16", "reason": "不需要"})
    assert left(depot)[depot.town.pk] == 3


@pytest.mark.parametrize(
    "address", ["/desk/stock/hand-out/", "/desk/stock/hand-out/?subject=x", "/desk/stock/hand-outs/1/steal/"]
)
def test_a_hand_out_is_to_somebody_and_in_a_known_way(depot: Depot, as_persona: Browse, address: str) -> None:
    assert as_persona("officer").get(address).status_code == 404


def test_a_spoiled_parcel_is_exchanged_and_a_lost_one_written_off(depot: Depot, as_persona: Browse) -> None:
    depot.pass_on(5)
    given = depot.give("case:1")
    client, day = as_persona("dunren"), given.on.isoformat()
    client.post(f"/desk/stock/hand-outs/{given.pk}/replace/", {"on": day, "reason": "破损", "slip": str(uuid.uuid4())})
    client.post(
        f"/desk/stock/lose/{depot.batch.pk}/", {"on": day, "count": 1, "reason": "受潮", "slip": str(uuid.uuid4())}
    )
    assert "收 5 = 发 1 + 损耗 2 + 余 2" in text(client.get(f"/desk/stock/{depot.batch.pk}/"))


def test_what_comes_back_from_a_town_is_written_by_the_district(depot: Depot, as_persona: Browse) -> None:
    depot.pass_on(5)
    form = {"unit": depot.town.pk, "count": 2, "on": "2026-01-15", "slip": str(uuid.uuid4())}
    assert as_persona("officer").post(f"/desk/stock/{depot.batch.pk}/return/", form).status_code == 302
    assert left(depot) == {depot.top.pk: 97, depot.town.pk: 3}


def test_an_act_is_undone_from_the_ledger(depot: Depot, as_persona: Browse) -> None:
    depot.pass_on(5)
    with acting_as(depot.officer):
        slip = Move.objects.filter(act="ALLOCATED").values_list("slip", flat=True)[0]
    client = as_persona("officer")
    assert f"/desk/stock/slips/{slip}/correct/" in client.get("/desk/stock/ledger/").content.decode()
    client.post(f"/desk/stock/slips/{slip}/correct/", {"reason": "写错"})
    assert left(depot) == {depot.top.pk: 100}
    assert f"/desk/stock/slips/{slip}/correct/" not in client.get("/desk/stock/ledger/").content.decode()


def test_the_ledger_is_filtered_and_goes_out_with_a_purpose(depot: Depot, as_persona: Browse) -> None:
    depot.pass_on(5)
    depot.give("case:1")
    client = as_persona("officer")
    shown = client.get("/desk/stock/ledger/?act=HANDED_OUT").context["page"].object_list
    assert [move.act for move in shown] == ["HANDED_OUT"]
    assert client.post("/desk/stock/ledger/export/", {"why": ""}).status_code == 302
    page = client.post("/desk/stock/ledger/export/?act=HANDED_OUT", {"why": "审计"})
    rows = list(read_table(page.content, table.LEDGER))
    assert [(row.values["act"], row.values["delta"], row.values["about"]) for row in rows] == [("发放", "-1", "case:1")]
    with acting_as(depot.district.acting("chair")):
        assert Entry.objects.get(verb="stock.export").summary == {"count": 1, "why": "审计"}


def test_a_stock_taking_corrects_the_books_and_an_unexplained_difference_does_not(
    depot: Depot, as_persona: Browse
) -> None:
    client, pk = as_persona("officer"), depot.batch.pk
    form = {f"book_{pk}": "100", f"found_{pk}": "98", f"why_{pk}": "", "slip": str(uuid.uuid4())}
    assert client.post("/desk/stock/count/", form).status_code == 422
    assert client.post("/desk/stock/count/", {**form, f"found_{pk}": "许多"}).status_code == 422
    assert client.post("/desk/stock/count/", {**form, f"why_{pk}": "受潮"}).status_code == 302
    with acting_as(depot.officer):
        assert (StockCount.objects.get().found, left(depot)) == (98, {depot.top.pk: 98})


def test_a_batch_is_settled_and_taken_up_again(depot: Depot, as_persona: Browse) -> None:
    client, address = as_persona("officer"), f"/desk/stock/{depot.batch.pk}/"
    early = client.post(f"{address}close/", {"note": ""}, follow=True)
    assert "各单位还有100件没有发出" in text(early)
    client.post(
        f"/desk/stock/lose/{depot.batch.pk}/",
        {"on": "2026-01-15", "count": 100, "reason": "水淹", "slip": str(uuid.uuid4())},
    )
    client.post(f"{address}close/", {"note": ""})
    with acting_as(depot.officer):
        assert Batch.objects.get().state == BatchState.CLOSED
    assert client.get(f"{address}allocate/").status_code == 404
    assert [row["batch"].pk for row in client.get("/desk/stock/?done=1").context["rows"]] == [depot.batch.pk]
    client.post(f"{address}reopen/")
    with acting_as(depot.officer):
        assert Batch.objects.get().state == BatchState.DISTRIBUTING


def test_a_gift_is_written_down_and_the_page_says_the_house_takes_none(depot: Depot, as_persona: Browse) -> None:
    client = as_persona("officer")
    form = {"donor": "某企业", "source": "FOUNDATION", "through": "中国妇女发展基金会", "amount": "20000", "given_on": "2026-03-08", "receipt": "票1", "link": "https://example.org/gift"}  # fmt: skip
    assert client.post("/desk/stock/gifts/new/", form).status_code == 302
    again = client.post("/desk/stock/gifts/new/", form)
    page = text(client.get("/desk/stock/gifts/"))
    with acting_as(depot.officer):
        assert Gift.objects.count() == 1
    assert "票据 票1 已登记过" in text(again)
    assert "平台不接收捐款" in page


def test_kinds_are_edited_by_the_district_only(depot: Depot, as_persona: Browse) -> None:
    address = f"/desk/stock/kinds/{depot.batch.kind_id}/"
    form = {"name": "暖心包", "value": "350", "measure_word": "件", "once": "YEAR", "valid_from": "2012-05-22"}
    assert as_persona("officer").post(address, form).status_code == 302
    assert [as_persona(who).get(address).status_code for who in ("dunren", "dadongmen")] == [404, 403]
    with acting_as(depot.officer):
        assert GoodsKind.objects.get(pk=depot.batch.kind_id).value == 350
    new = {**form, "key": "rice", "name": "大米"}
    assert as_persona("officer").post("/desk/stock/kinds/new/", new).status_code == 302
    assert "已有同样代号的种类" in text(as_persona("officer").post("/desk/stock/kinds/new/", new))


def test_a_town_sees_the_batches_it_has_of_and_no_others(depot: Depot, as_persona: Browse) -> None:
    depot.pass_on(5, "崇义街道妇联")
    seen = [len(as_persona(who).get("/desk/stock/").context["rows"]) for who in ("dunren", "chongyi", "officer")]
    assert seen == [0, 1, 1]


def test_the_overview_asks_as_often_for_three_batches_as_for_one(depot: Depot, as_persona: Browse) -> None:
    client = as_persona("officer")
    asked = []
    for more in ("", "二批", "三批"):
        if more:
            arrived(depot.district, 5, title=more)
        client.get("/desk/stock/")
        with CaptureQueriesContext(connection) as caught:
            client.get("/desk/stock/")
        asked.append(len(caught))
    assert asked == [asked[0]] * 3
