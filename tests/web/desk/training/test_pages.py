"""Training as the desk, the village and the training body meet it."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import uuid
import zipfile
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from niangjia.access.acting import acting_as
from niangjia.core import clock
from niangjia.letters.sheets import write_table
from niangjia.reports.tables import training as tables
from niangjia.training.models import Course, Enrolment, Project
from tests.factories import id_number
from tests.files.test_rules import picture
from tests.personas import DADONGMEN
from tests.training.stage import School
from tests.web.conftest import Browse, signed_in

HOME = "/desk/training/"


@pytest.fixture(autouse=True)
def _uploads(settings: Any, tmp_path: Any) -> None:
    settings.NIANGJIA_UPLOADS = tmp_path


@pytest.fixture
def school(district: Any) -> School:
    return School(district)


def words(client: Client, path: str) -> str:
    response = client.get(path, follow=True)
    assert response.status_code == 200, path
    return response.content.decode()


def send(client: Client, path: str, **data: Any) -> str:
    response = client.post(path, data, follow=True)
    assert response.status_code == 200, response.content.decode()[:3000]
    return response.content.decode()


def woman(**changes: Any) -> dict[str, Any]:
    return {
        "token": str(uuid.uuid4()), "name": "张桂芳", "number": id_number(1, birth="19850308"), "place": DADONGMEN,
        "phone": "13800138001", "rural": "yes", "away_months": "8", "category": "LEFT_BEHIND", "consent": "on", **changes,
    }  # fmt: skip


def test_a_class_is_planned_approved_filled_taught_examined_and_claimed(school: School, as_persona: Browse) -> None:
    officer, chair, village = as_persona("officer"), as_persona("chair"), as_persona("dadongmen")
    page = send(
        officer,
        f"{HOME}projects/new/",
        title="技能培训",
        year="2026",
        kind="SKILLS",
        unit_price="600",
        target_heads="50",
    )
    assert "开新班" in page
    with acting_as(school.officer):
        project = Project.objects.get(title="技能培训")
    course_form = {
        "token": str(uuid.uuid4()), "subject": "家政服务", "title": "", "level": "INTRODUCTION", "hours": "16", "capacity": "3",
        "starts_on": "2026-11-18", "ends_on": "2026-11-19", "enrol_until": "2026-11-18", "place": DADONGMEN, "venue": "妇女之家",
        "trainer": school.trainer.pk, "has_exam": "on", "plan": "收纳、照护。",
    }  # fmt: skip
    too_small = officer.post(f"{HOME}projects/{project.pk}/classes/new/", {**course_form, "capacity": "60"})
    assert (too_small.status_code, "每班2至50人" in too_small.content.decode()) == (422, True)
    with clock.frozen(dt.date(2026, 11, 1)):
        send(officer, f"{HOME}projects/{project.pk}/classes/new/", **course_form)
        with acting_as(school.officer):
            course = Course.objects.get()
        here = f"{HOME}classes/{course.pk}/"
        assert course.title == "家政服务班（第1期）"
        lessons = {"first": "2026-11-18", "last": "2026-11-19", "begins": "09:00", "ends": "17:00", "title": "家政基础"}
        assert "排了2天课" in send(officer, f"{here}timetable/", **lessons)
        assert "没有重复" in send(officer, f"{here}timetable/", **lessons)
        assert "已批准" in send(chair, f"{here}move/approve/", revision="1")
        assert "其他人改过" in send(officer, f"{here}move/open/", revision="1")
        assert "已开始报名" in send(officer, f"{here}move/open/", revision="2")
        bad = village.post(f"{here}enrol/", woman(number="123", consent=""))
        assert (bad.status_code, "须征得本人同意" in bad.content.decode()) == (422, True)
        bad = village.post(f"{here}enrol/", woman(number="123"))
        assert (bad.status_code, "身份证号应为18位" in bad.content.decode()) == (422, True)
        assert "张桂芳已报名" in send(village, f"{here}enrol/", **woman())
        rows = [
            ["王秀英", id_number(2, birth="19800101"), None, None, "大东门社区", None, None, None, "是", "9", "是"],
            ["赵玉兰", id_number(3, birth="19400101"), None, None, "大东门社区", None, None, None, "是", "9", "是"],
            ["钱淑珍", id_number(4), None, None, "别处村", None, None, None, "是", "9", "是"],
        ]  # fmt: skip
        out = io.BytesIO()
        write_table(out, tables.SIGN_UP, rows)
        told = send(village, f"{here}import/", file=SimpleUploadedFile("报名.xlsx", out.getvalue()))
        assert ("新增" in told, "第 4 行「村（社区）」找不到“别处村”" in told) == (True, True)
        assert "录取2人。还有1人没有录取" in send(officer, f"{here}accept/")
        with acting_as(school.officer):
            late = Enrolment.objects.get(name="赵玉兰")
        assert "本人86周岁" in words(village, f"{HOME}women/{late.pk}/")
        assert "138****8001" in words(
            village, f"{HOME}women/{late.pk - 1}/".replace(str(late.pk - 1), str(late.pk - 2))
        )
        send(officer, f"{HOME}women/{late.pk}/end/refuse/", reason="超过年龄")
        assert "已开班" in send(officer, f"{here}move/start/")
    school.taught(course, [(0, 1, 2, 3), (0, 1, 2, 3)])
    assert "进入考核" in send(officer, f"{here}move/exam/")
    with acting_as(school.officer):
        women = list(Enrolment.objects.filter(state="ATTENDING").order_by("pk"))
    trainer = signed_in(school.account)
    assert "家政服务班（第1期）" in words(trainer, "/desk/")
    wrong = officer.post(f"{here}exam/", {f"score_{women[0].pk}": "一百"})
    assert (wrong.status_code, "不是成绩" in wrong.content.decode()) == (422, True)
    assert "登记了2人的成绩" in send(
        trainer, f"/partner/training/{course.pk}/scores/", **{f"score_{one.pk}": "85" for one in women}
    )
    out = io.BytesIO()
    write_table(out, tables.SCORES, [[None, "张桂芳", "90"], [None, "张桂方", "61"]])
    told = send(officer, f"{here}scores/", file=SimpleUploadedFile("成绩.xlsx", out.getvalue()))
    assert ("第 2 行　张桂芳　更新" in told, "可能是“张桂芳”" in told) == (True, True)
    send(
        trainer,
        f"/partner/training/{course.pk}/",
        kind="PHOTO",
        title="",
        files=SimpleUploadedFile("开班.jpg", picture("JPEG")),
    )
    assert "已结业" in send(officer, f"{here}move/close/")
    assert "发了2张证书" in send(officer, f"{here}certify/")
    printed = officer.post("/desk/certificates/pdf/", {"all": "1", "round": course.about})
    assert (printed["Content-Type"], printed.content[:5]) == ("application/pdf", b"%PDF-")
    assert course.title in words(officer, "/desk/certificates/")
    assert "1,200" in words(officer, f"{here}claim/")
    assert "已申领：2人，1200.00元" in send(officer, f"{here}claim/")
    assert "已审定：2人" in send(
        as_persona("chair"), f"{here}claim/audit/", heads="2", on=f"{clock.today()}", opinion=""
    )
    for path in ("", "women/", "timetable/", "exam/", "papers/", "poster/"):
        words(officer, f"{here}{path}")
    for path in ("", f"projects/{project.pk}/", "standards/", "calls/", "to-tell/"):
        words(officer, f"{HOME}{path}")
    _folder(officer, here, women)


def _folder(officer: Client, here: str, women: list[Enrolment]) -> None:
    """The zip holds what an auditor asks for, hashes that fit, and says what is missing."""
    answer = officer.post(f"{here}evidence/")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    names = [name.partition("/")[2] for name in archive.namelist()]
    assert names == [
        "00说明.txt", "02批准的计划/教学计划.txt", "03课程表/课程表.xlsx", "04签到册/学员名册.xlsx", "04签到册/签到册.xlsx",
        "05照片/开班.jpg", "06考核材料/成绩表.xlsx", "07证书发放表/证书发放表.xlsx", "10付款凭证/补贴申领名单.xlsx",
        "11其他/就业回访.xlsx", "99目录.csv",
    ]  # fmt: skip
    index = archive.read(archive.namelist()[-1]).decode("utf-8-sig").splitlines()
    listed = dict(line.split(",", 1) for line in index[1:])
    for name in archive.namelist()[:-1]:
        data = archive.read(name)
        assert listed[name] == f"{len(data)},{hashlib.sha256(data).hexdigest()}"
    lacking = [name for name, rest in listed.items() if rest == ",缺少"]
    assert lacking == ["开班通知", "批准的计划", "考核材料", "发票", "付款凭证", "满意度：满意度汇总（没有记录）"]
    assert len(women) == 2


def test_lists_ask_as_many_statements_for_four_as_for_two(school: School, as_persona: Browse) -> None:
    course = school.running(2)
    client = as_persona("officer")

    def asked() -> list[int]:
        counts = []
        for path in ("women/", "exam/", "claim/"):
            words(client, f"{HOME}classes/{course.pk}/{path}")
            with CaptureQueriesContext(connection) as captured:
                words(client, f"{HOME}classes/{course.pk}/{path}")
            counts.append(len(captured))
        return counts

    two = asked()
    for serial in (3, 4):
        school.enrol(course, serial)
    assert asked() == two
    assert max(two) <= 12


def test_a_town_does_not_open_a_woman_of_another_town(school: School, as_persona: Browse) -> None:
    course = school.opened()
    made = school.enrol(course)
    assert as_persona("chongyi").get(f"{HOME}women/{made.pk}/").status_code == 404
    assert "李桂芳" not in words(as_persona("chongyi"), f"{HOME}classes/{course.pk}/women/")
    assert Decimal(school.project.unit_price) == 600
