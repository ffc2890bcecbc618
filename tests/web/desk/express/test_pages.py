"""母亲健康快车 as the district and the hospital meet it."""

from __future__ import annotations

import io
import re
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from niangjia.access.acting import acting_as
from niangjia.express.models import Photo, Trip, Vehicle
from niangjia.files.models import StoredFile
from niangjia.letters.sheets import write_table
from niangjia.reports.tables.express import LOG
from tests.express.test_actions import drive
from tests.files.test_rules import picture
from tests.hospitals import Hospital
from tests.personas import District
from tests.reports.tables.test_express import row
from tests.web.conftest import Browse, signed_in

HOME = "/desk/express/"


@pytest.fixture(autouse=True)
def _uploads(settings: Any, tmp_path: Any) -> None:
    settings.NIANGJIA_UPLOADS = tmp_path


def words(client: Client, path: str = HOME) -> str:
    response = client.get(path, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def trip(who: Hospital, **changes: object) -> dict[str, object]:
    return {
        "token": str(uuid.uuid4()), "vehicle": who.vehicle.pk, "left_on": "2026-03-05", "purpose": "CLINIC",
        "places": "大东门社区", "km": "86.5", "advised": "30", "cost_FUEL": "180", **changes,
    }  # fmt: skip


def test_the_liaison_writes_a_trip_down_on_her_phone(ours: Hospital) -> None:
    client = signed_in(ours.account)
    home = words(client)
    assert ("渝G12345" in home, "/desk/express/trips/new/?next=/desk/express/ours/" in home) == (True, True)
    form = words(client, f"{HOME}trips/new/")
    token = re.search(r'name="token" value="([^"]+)"', form)
    assert token
    sent = trip(
        ours, token=token[1], next="/desk/express/ours/", photos=[SimpleUploadedFile("车.jpg", picture("JPEG"))]
    )
    answers = [
        client.post(f"{HOME}trips/new/", {**sent, "photos": [SimpleUploadedFile("车.jpg", picture("JPEG"))]})
        for _ in range(2)
    ]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, "/desk/express/ours/")] * 2
    with acting_as(ours.acting):
        kept = Trip.objects.get()
        assert (kept.people, kept.recorded_by, Photo.objects.count()) == (30, "区妇幼保健院 区妇幼保健院联络员", 1)
        photo = StoredFile.objects.get()
    page = words(client, f"{HOME}trips/{kept.pk}/")
    assert ("敦仁街道 大东门社区" in page, f"/files/{photo.pk}/" in page) == (True, True)
    picture_sent = client.get(f"/files/{photo.pk}/")
    assert (picture_sent.status_code, picture_sent["Content-Type"]) == (200, "image/jpeg")
    b"".join(picture_sent.streaming_content)  # type: ignore[attr-defined]


def test_what_is_wrong_stands_at_its_field_and_nothing_is_kept(ours: Hospital) -> None:
    client = signed_in(ours.account)
    wrong = {"advised": "", "photos": [SimpleUploadedFile("车.jpg", picture("JPEG"))]}
    answer = client.post(f"{HOME}trips/new/", trip(ours, **wrong))
    assert answer.status_code == 422
    assert "用途是义诊体检，请填写“咨询义诊”或“困难妇女筛查体检”的数量。" in answer.content.decode()
    answer = client.post(f"{HOME}trips/new/", trip(ours, places="龙潭"))
    assert "没有找到“龙潭”。" in answer.content.decode()
    answer = client.post(f"{HOME}trips/new/", trip(ours, photos=[SimpleUploadedFile("车.jpg", b"no picture")]))
    assert answer.status_code == 422
    with acting_as(ours.acting):
        assert (Trip.objects.count(), StoredFile.objects.count()) == (0, 0)


def test_a_hospital_finds_nothing_of_another(ours: Hospital, theirs: Hospital) -> None:
    kept = drive(theirs)
    client = signed_in(ours.account)
    paths = [f"vehicles/{theirs.vehicle.pk}/", f"trips/{kept.pk}/", f"trips/{kept.pk}/edit/"]
    assert [client.get(HOME + path).status_code for path in paths] == [404] * 3
    assert client.post(f"{HOME}trips/{kept.pk}/strike/", {"reason": "x"}).status_code == 404
    assert [theirs.vehicle.plate in words(client, HOME + path) for path in ("trips/", "year/", "trips/new/")] == [
        False
    ] * 3
    assert client.post(f"{HOME}trips/new/", trip(theirs)).status_code == 422


def test_the_district_registers_changes_and_lists_vehicles_with_what_runs_out(
    as_persona: Browse,
    ours: Hospital,
    district: District,
) -> None:
    client = as_persona("officer")
    given = {
        "plate": "渝G 66666",
        "model": "救护型",
        "received_on": "2025-01-01",
        "holder": ours.unit.pk,
        "state": "IN_USE",
    }
    assert client.post(f"{HOME}vehicles/new/", given).status_code == 302
    again = client.post(f"{HOME}vehicles/new/", given)
    assert (again.status_code, "这个车牌号已经登记过，请核对。" in again.content.decode()) == (422, True)
    with acting_as(district.acting("officer")):
        pk = Vehicle.objects.get(plate="渝G66666").pk
    assert client.post(f"{HOME}vehicles/{pk}/edit/", {**given, "insured_until": "2024-01-01"}).status_code == 302
    assert "保险已过期" in words(client)
    paid = {"day": "2026-01-08", "kind": "INSURANCE", "amount": "5200"}
    assert client.post(f"{HOME}vehicles/{pk}/", paid).status_code == 302
    assert "5,200.00 元" in words(client, f"{HOME}vehicles/{pk}/")
    assert client.post(f"{HOME}vehicles/{pk}/", {**paid, "amount": "0"}).status_code == 422


def test_a_number_of_the_year_leads_to_its_trips_and_goes_out(as_persona: Browse, ours: Hospital) -> None:
    kept = drive(ours)
    drive(ours, counts={"screened": 4})
    client = as_persona("chair")
    page = words(client, f"{HOME}year/?year=2026")
    link = f"/desk/express/trips/?year=2026&amp;figure=heard&amp;vehicle={ours.vehicle.pk}"
    assert link in page
    behind = client.get(link.replace("&amp;", "&"))
    assert [one.pk for one, _, value in behind.context["rows"] if value == 45] == [kept.pk]
    assert behind.context["page"].paginator.count == 1
    for path in ("year/file/", "trips/file/"):
        sent = client.post(HOME + path, {"year": "2026"})
        assert sent.content[:2] == b"PK"


def test_a_trip_is_corrected_and_struck_with_a_reason(ours: Hospital) -> None:
    kept = drive(ours)
    client = signed_in(ours.account)
    changed = trip(ours, token=kept.token, revision=1, km="90")
    assert client.post(f"{HOME}trips/{kept.pk}/edit/", changed).status_code == 302
    stale = client.post(f"{HOME}trips/{kept.pk}/edit/", changed)
    assert (stale.status_code, "其他人修改了这一趟" in stale.content.decode()) == (422, True)
    client.post(f"{HOME}trips/{kept.pk}/strike/", {"reason": ""})
    assert "已作废" not in words(client, f"{HOME}trips/{kept.pk}/")
    client.post(f"{HOME}trips/{kept.pk}/strike/", {"reason": "重复登记"})
    assert "这一趟已作废，不计入统计" in words(client, f"{HOME}trips/{kept.pk}/")
    assert client.get(f"{HOME}trips/{kept.pk}/edit/").status_code == 404


@pytest.mark.parametrize(
    ("who", "home", "new", "add"),
    [
        ("officer", 200, 200, 200),
        ("chair", 200, 403, 403),
        ("dunren", 200, 403, 403),
        ("dadongmen", 403, 403, 403),
        ("health", 403, 403, 403),
    ],
)
def test_each_post_enters_what_it_may(
    as_persona: Browse,
    ours: Hospital,
    who: str,
    home: int,
    new: int,
    add: int,
) -> None:
    client = as_persona(who)
    assert [client.get(HOME + path).status_code for path in ("", "trips/new/", "vehicles/new/")] == [home, new, add]


@pytest.mark.parametrize("path", ["", "trips/", "year/", "partner"])
def test_lists_ask_as_often_for_one_as_for_three(
    ours: Hospital, theirs: Hospital, as_persona: Browse, path: str
) -> None:
    client = signed_in(ours.account) if path == "partner" else as_persona("officer")
    address = "/desk/express/ours/" if path == "partner" else HOME + path + "?year=2026"
    drive(ours)
    words(client, address)
    asked = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as context:
            words(client, address)
        asked.append(len(context))
        drive(ours)
        drive(theirs)
    assert asked[0] == asked[1] <= 12


def test_the_log_comes_in_by_excel(ours: Hospital) -> None:
    client = signed_in(ours.account)
    template = client.get(f"{HOME}trips/template/")
    assert template.content[:2] == b"PK"
    out = io.BytesIO()
    write_table(out, LOG, [row(), row(plate="渝A1")])
    file = SimpleUploadedFile("记录.xlsx", out.getvalue())
    page = client.post(f"{HOME}trips/import/", {"file": file}, follow=True).content.decode()
    assert ("没有登记过车牌号“渝A1”" in page, "下载出车记录处理结果" in page) == (True, True)
    broken = client.post(f"{HOME}trips/import/", {"file": SimpleUploadedFile("记录.xlsx", b"x")})
    assert broken.status_code == 422
