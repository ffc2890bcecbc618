"""Family education as the district, a town, a school and a department meet it."""

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
from niangjia.family_education import actions, queries
from niangjia.family_education.kinds import SchoolType
from niangjia.family_education.models import Activity, Duty, LectureOrder, Lecturer, Photo, School
from niangjia.letters.sheets import write_table
from niangjia.org.models import Unit
from niangjia.reports.tables.family import REGISTER
from tests.family_education.conftest import primary, year
from tests.family_education.stage import Liaison, Stage
from tests.files.test_rules import picture
from tests.personas import DADONGMEN, District
from tests.web.conftest import Browse, signed_in

__all__ = ["primary", "year"]
HOME = "/desk/family/"


@pytest.fixture(autouse=True)
def _uploads(settings: Any, tmp_path: Any) -> None:
    settings.NIANGJIA_UPLOADS = tmp_path


def words(client: Client, path: str = "", status: int = 200) -> str:
    response = client.get(path if path.startswith("/") else HOME + path, follow=True)
    assert response.status_code == status
    return response.content.decode()


def said(**changes: object) -> dict[str, object]:
    return {
        "token": str(uuid.uuid4()), "title": "好习惯从小养成", "mode": "SCHOOL", "day": "2026-11-20", "starts": "14:30",
        "ends": "16:00", "heads": "60", "venue": "学校礼堂", "field": "HABIT", "audience": "PARENTS", **changes,
    }  # fmt: skip


def test_a_school_writes_a_lecture_down_on_its_phone_once(year: Stage, primary: Liaison) -> None:
    client = signed_in(primary.account)
    assert client.get("/desk/", follow=True).redirect_chain[-1][0] == "/partner/family/"
    assert "2026年秋季学期" in words(client)
    token = re.search(r'name="token" value="([^"]+)"', words(client, "activities/new/?next=/partner/family/"))
    assert token
    for _ in range(2):
        photo = SimpleUploadedFile("课.jpg", picture("JPEG"))
        sent = said(token=token[1], next="/partner/family/", photos=[photo], minors_agreed="on")
        answer = client.post(f"{HOME}activities/new/", sent)
        assert (answer.status_code, answer["Location"]) == (302, "/partner/family/")
    with acting_as(primary.acting):
        one = Activity.objects.get()
        assert (one.unit_id, one.place, Photo.objects.count()) == (primary.unit.pk, DADONGMEN, 1)
    page = words(client, "/partner/family/")
    assert ("好习惯从小养成" in page, "1 / 2" in page) == (True, True)
    assert "实验小学联络员" in words(client, f"activities/{one.pk}/")
    assert words(client, f"units/{primary.unit.pk}/")
    refused = client.post(
        f"{HOME}activities/new/", said(heads="0", photos=[SimpleUploadedFile("课.jpg", picture("JPEG"))])
    )
    assert refused.status_code == 422
    assert "参加人次应在1至5,000之间。请核对。" in refused.content.decode()
    form = words(client, f"activities/{one.pk}/edit/")
    changed = said(token=token[1], revision=re.search(r'name="revision" value="(\d+)"', form)[1], heads="75")  # type: ignore[index]
    assert client.post(f"{HOME}activities/{one.pk}/edit/", changed).status_code == 302
    assert "75" in words(client, f"activities/{one.pk}/")
    other = year.school("城西小学")
    for path in (f"units/{other.unit.pk}/", "activities/999/"):
        words(client, path, 404)
    assert client.get(f"{HOME}schools/").status_code == 403


def test_the_matrix_is_one_for_the_district_and_all_departments_and_leads_everywhere(
    year: Stage, primary: Liaison, district: District, as_persona: Browse
) -> None:
    year.held(primary.acting, primary.unit)
    office, health, town = as_persona("officer"), as_persona("health"), as_persona("dunren")
    for client in (office, health):
        page = words(client, "?kind=SCHOOL")
        assert ("实验小学" in page, "1 / 2" in page) == (True, True)
    assert "崇义街道妇联" not in words(town)
    assert "崇义街道妇联" in words(office)
    assert "婚姻登记时提供家庭教育指导" in words(office, "?kind=DEPARTMENT")
    assert words(health, "/partner/family/")
    assert "职责清单" not in words(as_persona("dadongmen"))
    sheet = office.post(f"{HOME}file/", {"kind": "SCHOOL", "year": "2026"})
    assert sheet.content[:2] == b"PK"
    for path in (
        "figures/",
        "figures/activities/",
        "figures/model_schools/",
        "meetings/",
        "settings/",
        "schools/",
        "settings/?year=2025",
    ):
        assert words(office, path)
        assert words(health, path)


def test_the_matrix_asks_as_much_for_three_schools_as_for_one(
    year: Stage, primary: Liaison, as_persona: Browse
) -> None:
    office = as_persona("officer")
    counts = []
    for number in range(2):
        words(office, "?kind=SCHOOL")  # what is read once into the process is read now
        with CaptureQueriesContext(connection) as seen:
            words(office, "?kind=SCHOOL")
        counts.append(len(seen))
        if not number:
            year.school("城西小学")
            year.school("城东小学")
    assert counts[0] == counts[1]


def test_a_list_asks_as_much_for_three_as_for_one(
    year: Stage, primary: Liaison, district: District, as_persona: Browse
) -> None:
    office, town = as_persona("officer"), district.acting("dunren")
    unit = district.unit("敦仁街道妇联")

    def more(hour: int) -> None:
        year.held(primary.acting, primary.unit, hour=hour)
        year.held(town, unit, hour=hour, school_id=primary.school.pk, venue="实验小学")
        year.order(town, hour=hour)
        year.lecturer(f"讲师{hour}")

    def asked(path: str) -> int:
        words(office, path)
        with CaptureQueriesContext(connection) as seen:
            words(office, path)
        return len(seen)

    paths = ("activities/", "activities/pairs/", "orders/", "lecturers/", "schools/", "meetings/")
    more(8)
    one = {path: asked(path) for path in paths}
    for hour in (12, 16):
        more(hour)
    assert {path: asked(path) for path in paths} == one


def test_papers_exemptions_terms_duties_and_venues_are_kept_from_their_pages(
    year: Stage, primary: Liaison, as_persona: Browse
) -> None:
    office, school = as_persona("officer"), signed_in(primary.account)
    with acting_as(year.office):
        plan = Duty.objects.get(party="SCHOOL", what__contains="工作计划")
    unit = f"units/{primary.unit.pk}"
    address = f"{HOME}{unit}/paper/?duty={plan.pk}&period=2026"
    assert words(school, address)
    assert (
        school.post(
            address, {"text": "校发〔2026〕3号", "file": SimpleUploadedFile("计划.jpg", picture("JPEG"))}
        ).status_code
        == 302
    )
    assert "校发〔2026〕3号" in words(office, f"{unit}/")
    with acting_as(primary.acting):
        (paper,) = queries.papers_of(primary.unit, 2026)
        semester = queries.semesters().get(season="AUTUMN")
    assert school.get(f"/files/{paper.file_id}/").status_code == 200
    assert school.post(f"{HOME}papers/{paper.pk}/withdraw/").status_code == 302
    assert school.post(f"{HOME}{unit}/plans/{semester.pk}/", {"text": "九月家长会，十一月讲座"}).status_code == 302
    assert "九月家长会" in words(school, "/partner/family/")
    exempt = f"{HOME}{unit}/exempt/?duty={plan.pk}&period=2026"
    assert office.post(exempt, {"reason": "当年撤并"}).status_code == 302
    assert "当年撤并" in words(office, f"{unit}/")
    assert office.post(f"{HOME}{unit}/owe/", {"duty": plan.pk, "period": "2026"}).status_code == 302
    wrong = office.post(
        f"{HOME}settings/term/", {"year": 2027, "season": "SPRING", "starts_on": "2027-01-10", "ends_on": "2027-07-01"}
    )
    assert (wrong.status_code, "与2026年秋季学期重叠" in wrong.content.decode()) == (422, True)
    assert office.post(f"{HOME}settings/day/", {"year": 2026, "day": "2026-05-11"}).status_code == 302
    assert "2026-05-11" in words(office, "settings/")
    kind = {"label": "进网格", "active": "on"}
    answers = [office.post(f"{HOME}settings/venues/new/", kind) for _ in "12"]
    assert [answer.status_code for answer in answers] == [302, 422]
    assert "已有“进网格”。" in answers[1].content.decode()
    given = {
        "regulation": "条例", "article": "第八条", "party": "DEPARTMENT", "words": "", "what": "职责", "how": "PAPER",
        "number": 1, "per": "YEAR", "valid_from": "2026-01-01",
    }  # fmt: skip
    for bad in (given, {**given, "words": "民政", "number": 40_000}):
        assert office.post(f"{HOME}settings/duties/new/", bad).status_code == 422
    assert office.post(f"{HOME}settings/duties/new/", {**given, "words": "民政"}).status_code == 302
    assert office.post(f"{HOME}remind/", {"year": 2026}).status_code == 302
    meeting = {"held_on": "2026-03-01", "title": "第一次联席会议", "text": "议定三件事"}
    assert office.post(f"{HOME}meetings/new/", meeting).status_code == 302
    assert "议定三件事" in words(as_persona("health"), "meetings/")


def test_a_town_orders_a_lecture_and_it_is_matched_held_and_rated(
    year: Stage, district: District, as_persona: Browse
) -> None:
    office, town = as_persona("officer"), as_persona("dunren")
    panel = {"name": "王老师", "fields_": ["HABIT"], "contract_from": "2026-01-01", "phone": "13800138001"}
    assert office.post(f"{HOME}lecturers/new/", panel).status_code == 302
    with acting_as(year.office):
        lecturer = Lecturer.objects.get()
    assert office.post(f"{HOME}lecturers/{lecturer.pk}/code/").status_code == 302
    shown = words(office, f"lecturers/{lecturer.pk}/")
    assert "/lectures/mine/#" in shown
    assert "/lectures/mine/#" not in words(office, f"lecturers/{lecturer.pk}/")
    assert "13800138001" in town.post(f"{HOME}lecturers/{lecturer.pk}/phone/", follow=True).content.decode()
    course = {"title": "习惯的力量", "field": "HABIT", "age": "PRIMARY", "minutes": "90", "active": "on"}
    assert office.post(f"{HOME}courses/new/", course).status_code == 302
    asked = {
        "token": str(uuid.uuid4()), "field": "HABIT", "day": "2026-12-05", "starts": "14:30", "ends": "16:00",
        "place": DADONGMEN, "venue": "社区活动室", "audience": "PARENTS", "expected": "50",
    }  # fmt: skip
    assert [town.post(f"{HOME}orders/new/", asked).status_code for _ in "12"] == [302, 302]
    with acting_as(year.office):
        order = LectureOrder.objects.get()
    path = f"{HOME}orders/{order.pk}/"
    assert "可以请的讲师" not in words(town, path)
    assert "可以请的讲师" in words(office, path)
    assert office.post(f"{path}match/", {"lecturer": lecturer.pk, "revision": order.revision}).status_code == 302
    assert "讲师的答复" in words(office, path)
    assert office.post(f"{path}answered/", {"act": "yes"}).status_code == 302
    assert "登记授课人次" not in words(town, path)
    assert words(town, "orders/")
    assert words(town, f"{path}cancel/")
    assert town.post(f"{path}cancel/", {"reason": "场地停电"}).status_code == 302
    assert "已取消" in words(town, "orders/?show=done")
    assert words(as_persona("chongyi"), path, 404)


def test_two_entries_of_one_lecture_are_put_together_and_taken_apart(
    year: Stage, primary: Liaison, district: District, as_persona: Browse
) -> None:
    year.held(primary.acting, primary.unit)
    town = district.acting("dunren")
    year.held(town, district.unit("敦仁街道妇联"), hour=15, school_id=primary.school.pk, venue="实验小学")
    office = as_persona("officer")
    with acting_as(year.office):
        townish = Activity.objects.get(unit=district.unit("敦仁街道妇联"))
    again = said(
        token=str(uuid.uuid4()), revision=1, place=DADONGMEN, heads="80", mode="MOBILE", starts="15:00", ends="17:00"
    )
    assert (
        office.post(
            f"{HOME}activities/{townish.pk}/edit/", {**again, "lecturer_name": "王老师", "school": primary.school.pk}
        ).status_code
        == 302
    )
    assert words(as_persona("dadongmen"), f"activities/{townish.pk}/edit/", 404)
    assert "有 1 对记录可能是同一场活动" in words(office, "activities/")
    page = words(office, "activities/pairs/")
    pair = {key: re.search(rf'name="{key}" value="(\d+)"', page)[1] for key in ("first", "second")}  # type: ignore[index]
    assert office.post(f"{HOME}activities/pairs/settle/", {**pair, "act": "same"}).status_code == 302
    assert "已合并的" in words(office, "activities/pairs/")
    assert "同一场活动还有另一条记录" in words(signed_in(primary.account), f"activities/{pair['first']}/")
    assert office.post(f"{HOME}activities/{pair['second']}/part/").status_code == 302
    assert office.post(f"{HOME}activities/pairs/settle/", {**pair, "act": "apart"}).status_code == 302
    assert "没有待核对的" in words(office, "activities/pairs/")


def test_the_register_of_schools_comes_in_from_excel_row_by_row(
    year: Stage, primary: Liaison, as_persona: Browse, district: District
) -> None:
    office = as_persona("officer")
    out = io.BytesIO()
    rows = [
        ("涪陵区城南小学", "城南小学", "小学", "敦仁街道", "周校长", None, None),
        ("涪陵区城南幼儿园", "", "幼儿园", "敦仁街道 大东门社区", "", None, None),
        ("涪陵区山上小学", "", "小学", "山上镇", "", None, None),
        ("涪陵区城南小学", "", "小学", "敦仁街道", "", None, None),
    ]
    write_table(out, REGISTER, rows)
    sent = office.post(f"{HOME}schools/import/", {"file": SimpleUploadedFile("名册.xlsx", out.getvalue())}, follow=True)
    page = sent.content.decode()
    assert "第 4 行「所在地」没有找到“山上镇”。请照“敦仁街道”或“敦仁街道 大东门社区”的样子写。" in page
    assert "与第 2 行是同一所学校" in page
    with acting_as(year.office):
        made = School.objects.exclude(pk=primary.school.pk).select_related("unit")
        assert {(one.unit.name, one.type) for one in made} == {
            ("涪陵区城南小学", SchoolType.PRIMARY), ("涪陵区城南幼儿园", SchoolType.KINDERGARTEN),
        }  # fmt: skip
        assert Unit.objects.filter(name="涪陵区山上小学").count() == 0
        again = actions.take_schools(rows=[_row(one) for one in made], by=year.office, report=lambda done: None)
        assert [answer.outcome.value for answer in again.values()] == ["无变化", "无变化"]
    assert "城南幼儿园" in words(office, "schools/?type=KINDERGARTEN")
    sheet = office.post(f"{HOME}schools/file/")
    assert sheet.content[:2] == b"PK"


def _row(one: School) -> actions.SchoolRow:
    return actions.SchoolRow(
        one.pk, one.unit.name, one.unit.short_name, SchoolType(one.type), one.place, one.head, None, one.model_on
    )
