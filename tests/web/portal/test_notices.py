"""Public notices: what anybody may read, objecting, and what became of it.

The public pages read on a connection of their own, as a role of their own, so what they show must be committed.
"""

from __future__ import annotations

import io
import re

import psycopg
import pytest
from django.db import DatabaseError, connections
from django.test import Client
from openpyxl import Workbook
from procrastinate.contrib.django.models import ProcrastinateJob

from niangjia.access.acting import acting_as, record
from niangjia.core import clock
from niangjia.files import actions as files
from niangjia.files.kinds import FileKind
from niangjia.people.kinds import Purpose
from niangjia.people.models import Consent
from niangjia.programmes import public as public_views
from niangjia.programmes.actions import notices
from niangjia.programmes.models import Notice, Objection
from tests import factories
from tests.personas import District
from tests.web.conftest import Browse

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "public"])

REASON = "她家在城里有两套房子，不是低保户。"


def words(answer: object) -> str:
    text: str = answer.content.decode()  # type: ignore[attr-defined]
    return text


def list_of(*cells: str) -> bytes:
    """A sheet with one row."""
    book, out = Workbook(), io.BytesIO()
    book.worksheets[0].append(cells)
    book.save(out)
    return out.getvalue()


@pytest.fixture
def notice(district: District) -> Notice:
    """Two women on a notice: one agreed to her masked name, one did not; with a sheet attached."""
    round_ = factories.open_round(district)
    factories.approved(district, round_, 1, name="张桂芳", consent_publish="yes")
    factories.approved(district, round_, 2, name="李秀英", card_holder="李秀英", consent_publish="no")
    factories.allotted(district, round_, quota=2)
    officer = district.acting("officer")
    with acting_as(officer):
        paper = files.store(
            name="名单（张桂芳等）.xlsx",
            data=list_of("申请人", "敦仁街道"),
            purpose="notice",
            place=officer.place,
            by=officer,
            kinds=[FileKind.XLSX],
        )
    return factories.on_notice(district, round_, attachment=paper)


def object_to(client: Client, notice: Notice, **changes: str) -> object:
    sent = {"line": "1", "text": REASON, "contact": "", "website": "", **changes}
    return client.post(f"/notices/{notice.pk}/objection/", sent)


def objections(district: District) -> list[Objection]:
    with acting_as(district.acting("officer")):
        return list(Objection.objects.select_related("line").order_by("id"))


def test_a_notice_shows_masked_names_towns_and_amounts_and_nothing_else(
    client: Client, notice: Notice, district: District
) -> None:
    page = words(client.get(f"/notices/{notice.pk}/"))
    table = re.findall(r"<td[^>]*>(.*?)</td>", page)
    assert table == ["1", "张*芳", "敦仁街道", "10,000", "2", "申请人2", "敦仁街道", "10,000"]
    secrets = (
        "张桂芳",
        "李秀英",
        "癌",
        factories.id_number(1),
        "13800138000",
        "大东门",
        str(factories.answers()["card"]),
    )
    assert [secret in page for secret in secrets] == [False] * 7
    assert ("023-72220000" in page, f"还有<b>{public_views.notice(notice.pk).days_left}</b>天" in page) == (True, True)  # type: ignore[union-attr]


def test_consent_withdrawn_while_a_notice_runs_takes_the_name_off_at_once(
    client: Client, notice: Notice, district: District
) -> None:
    officer = district.acting("officer")
    with acting_as(officer):
        Consent.objects.filter(purpose=Purpose.PUBLISH).update(withdrawn_at=clock.now())
        record(by=officer, stream="test", verb="people.consent.withdraw", subject="test", place=officer.place)
    assert [line.masked_name for line in public_views.notice_lines(notice.pk)] == ["申请人1", "申请人2"]
    assert "张*芳" not in words(client.get(f"/notices/{notice.pk}/"))


def test_a_notice_is_kept_by_no_search_engine_and_no_cache(client: Client, notice: Notice) -> None:
    answers = [client.get(f"/notices/{notice.pk}/"), client.get(f"/notices/{notice.pk}/attachment/")]
    kept = [(answer["X-Robots-Tag"], answer["Cache-Control"]) for answer in answers]
    assert kept == [("noindex, nofollow, noarchive", "no-store")] * 2
    assert '<meta name="robots" content="noindex,nofollow,noarchive">' in words(answers[0])


def test_its_paper_is_a_download_under_a_neutral_name(client: Client, notice: Notice) -> None:
    answer = client.get(f"/notices/{notice.pk}/attachment/")
    assert answer.content[:2] == b"PK"
    assert (answer["Content-Disposition"], answer["Content-Type"], answer["Content-Security-Policy"]) == (
        "attachment; filename*=utf-8''%E5%85%AC%E7%A4%BA%E9%99%84%E4%BB%B6.xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "default-src 'none'; sandbox",
    )


def test_a_notice_that_is_over_says_so_and_shows_nothing(client: Client, notice: Notice) -> None:
    factories.notice_over(notice)
    answers = [client.get(f"/notices/{notice.pk}/{part}") for part in ("", "attachment/", "objection/")]
    assert [answer.status_code for answer in answers] == [410] * 3
    assert ("公示已结束" in words(answers[0]), "张*芳" in words(answers[0])) == (True, False)
    assert [client.get(f"/notices/9999/{part}").status_code for part in ("", "attachment/", "objection/")] == [404] * 3
    assert f"/notices/{notice.pk}/" not in words(client.get("/notices/"))


def test_running_notices_stand_in_the_list_and_on_the_home_page(client: Client, notice: Notice) -> None:
    link = f'href="/notices/{notice.pk}/"'
    assert [link in words(client.get(path)) for path in ("/notices/", "/")] == [True, True]


def test_an_objection_becomes_a_row_and_a_job_and_names_nobody(
    as_persona: Browse, notice: Notice, district: District
) -> None:
    client = as_persona("resident")
    answer = object_to(client, notice, contact="陈女士 13700137000")
    (filed,) = objections(district)
    with acting_as(district.acting("officer")):
        job = ProcrastinateJob.objects.get(task_name="programmes.objected")
    assert filed.line is not None
    assert (answer["Location"], filed.line.order, filed.filed_by_account, filed.text.reveal()) == (  # type: ignore[index]
        f"/notices/{notice.pk}/objection/filed/",
        1,
        0,
        REASON,
    )
    assert filed.contact is not None
    assert (filed.contact.reveal(), job.args["objection_id"], job.args["acting"]["account"]) == (
        "陈女士 13700137000",
        filed.pk,
        0,
    )


def test_who_objected_reads_the_answer_with_number_and_code(client: Client, notice: Notice, district: District) -> None:
    object_to(client, notice, line="whole")
    (filed,) = objections(district)
    shown = words(client.get(f"/notices/{notice.pk}/objection/filed/"))
    code = public_views.objection_code(filed.number)
    assert (filed.number in shown, code in shown, filed.line) == (True, True, None)
    waiting = words(client.post("/notices/answer/", {"number": filed.number, "code": code}))
    factories.notice_over(notice)
    officer = district.acting("officer")
    with acting_as(officer):
        notices.answer_objection(
            objection_id=filed.pk, upheld=False, answer="经入户核实，情况符合规定，异议不成立。", by=officer
        )
    typed = f" {code[:4].lower()}-{code[4:].lower()} "
    answered = words(client.post("/notices/answer/", {"number": f" {filed.number.lower()} ", "code": typed}))
    assert ("正在核查" in waiting, "经入户核实，情况符合规定，异议不成立。" in answered) == (True, True)
    wrong = client.post("/notices/answer/", {"number": filed.number, "code": "A" * 8})
    assert (wrong.status_code, "编号或查询码不对" in words(wrong), "经入户核实" in words(wrong)) == (422, True, False)


def test_number_and_code_are_shown_to_who_has_just_objected_only(client: Client, notice: Notice) -> None:
    object_to(client, notice)
    assert Client().get(f"/notices/{notice.pk}/objection/filed/")["Location"] == f"/notices/{notice.pk}/"


def test_an_objection_to_a_notice_that_is_over_is_not_filed(client: Client, notice: Notice, district: District) -> None:
    factories.notice_over(notice)
    assert (object_to(client, notice).status_code, objections(district)) == (410, [])  # type: ignore[attr-defined]


def test_what_is_wrong_with_an_objection_is_said_and_programs_get_nowhere(
    client: Client, notice: Notice, district: District
) -> None:
    wrong = [
        ({"text": "不对"}, 422, "请把情况写得具体一些（至少10个字）"),
        ({"text": ""}, 422, "请写明情况。"),
        ({"line": ""}, 422, "请选择。"),
        ({"line": "99"}, 422, "请从名单中选择。"),
    ]
    for changes, status, message in wrong:
        answer = object_to(client, notice, **changes)
        assert (answer.status_code, message in words(answer)) == (status, True)  # type: ignore[attr-defined]
    object_to(client, notice, website="http://spam.example/")
    assert objections(district) == []


def test_one_address_objects_only_so_often(client: Client, notice: Notice, district: District) -> None:
    statuses = [object_to(client, notice).status_code for _ in range(6)]  # type: ignore[attr-defined]
    elsewhere = client.post(
        f"/notices/{notice.pk}/objection/", {"line": "1", "text": REASON}, REMOTE_ADDR="203.0.113.5"
    )
    assert (statuses, elsewhere.status_code, len(objections(district))) == ([302] * 5 + [429], 302, 6)


def test_a_list_costs_the_same_with_one_notice_and_with_three(
    client: Client, notice: Notice, district: District, owner: psycopg.Connection
) -> None:
    def cost() -> int:
        with connections["public"].execute_wrapper(counter := _Counter()):
            client.get("/notices/")
        return counter.seen

    one = cost()
    for _ in range(2):
        owner.execute(
            "INSERT INTO programmes_notice (round_id, place, title, body, basis, starts_on, ends_on, objection_phone, "
            "objection_address, state, hits, drafted_by_account, override_first_reason, published_at, result, shows) "
            "SELECT round_id, place, title, body, basis, starts_on, ends_on, objection_phone, objection_address, state, "
            "hits, drafted_by_account, override_first_reason, published_at, result, shows FROM programmes_notice LIMIT 1"
        )
    assert (one, cost(), len(public_views.running_notices())) == (1, 1, 3)


class _Counter:
    def __init__(self) -> None:
        self.seen = 0

    def __call__(self, execute: object, sql: str, params: object, many: bool, context: object) -> object:
        self.seen += 1
        return execute(sql, params, many, context)  # type: ignore[operator]


def test_the_public_role_reads_views_and_no_table_beneath(owner: psycopg.Connection) -> None:
    granted = {
        row[0]
        for row in owner.execute(
            "SELECT DISTINCT table_name FROM information_schema.role_table_grants WHERE grantee = 'niangjia_public'"
        )
    }
    tables = {row[0] for row in owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    assert {name for name in granted & tables if not name.startswith("org_")} == set()
    for table in ("programmes_notice", "programmes_noticeline", "programmes_case", "files_storedfile", "people_person"):
        with pytest.raises(DatabaseError, match="permission denied"), connections["public"].cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table}")


def test_the_public_views_have_no_column_that_could_tell_who_or_what(owner: psycopg.Connection) -> None:
    columns = {
        view: {
            row[0]
            for row in owner.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [view])
        }
        for view in ("public_notice_line", "public_notice_ended")
    }
    assert columns == {
        "public_notice_line": {
            "notice_id",
            "order",
            "masked_name",
            "town_name",
            "amount",
            "title",
            "village_name",
            "category",
        },
        "public_notice_ended": {"id"},
    }
