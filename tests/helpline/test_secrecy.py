"""Who sees a matter when every filter of the program is gone, and counts that tell of nobody."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

from niangjia.access import queries as access
from niangjia.access.acting import acting_as, record
from niangjia.core import clock
from niangjia.core.refused import Refused
from niangjia.helpline import actions, queries
from niangjia.helpline.kinds import Kind, ReferralKind, Risk, Topic
from niangjia.helpline.models import Matter
from tests.helpline.stage import BEATEN, entered, find, on_duty, person, seen, sent, triaged
from tests.personas import CHONGYI, DADONGMEN, DUNREN, District

pytestmark = pytest.mark.django_db
EVERYBODY = ("officer", "vice", "chair", "dunren", "dadongmen", "chongyi", "auditor", "civil_affairs")


@pytest.fixture
def line(district: District) -> District:
    on_duty(district)
    return district


def run(statement: str, *given: Any) -> list[tuple[Any, ...]]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, given)
        return list(cursor.fetchall()) if cursor.description else [(cursor.rowcount,)]


def test_a_secret_matter_is_seen_by_handler_and_supervisor_alone(line: District) -> None:
    """The village that entered it does not see it again, nor the chair above, nor the auditor."""
    secret = entered(line, "dadongmen", facts=BEATEN, topic=Topic.VIOLENCE)
    assert {who: seen(line, who) for who in EVERYBODY if who != "civil_affairs"} == {
        "officer": [secret.number], "vice": [secret.number], "chair": [], "dunren": [], "dadongmen": [], "chongyi": [], "auditor": [],
    }  # fmt: skip
    for who in ("dunren", "chair"):
        with acting_as(line.acting(who)):
            assert run("SELECT count(*) FROM helpline_message") + run("SELECT count(*) FROM helpline_matterstep") == [
                (0,),
                (0,),
            ]
    with acting_as(line.acting("dunren")):
        assert run("SELECT count(*) FROM trail_entry WHERE verb LIKE 'helpline%%'") == [(0,)]


def test_other_matters_are_seen_by_the_district_and_by_the_unit_they_were_given_to(line: District) -> None:
    plain, town, officer = sent(), person(line, "dunren"), line.acting("officer")
    assert [who for who in EVERYBODY[:7] if seen(line, who)] == ["officer", "vice", "chair", "auditor"]
    matter = triaged(line, plain)
    with acting_as(officer):
        actions.assign(matter_id=matter.pk, unit=line.unit("敦仁街道妇联"), handler=town, by=officer)
    assert [who for who in EVERYBODY[:7] if seen(line, who)] == ["officer", "vice", "chair", "dunren", "auditor"]


def test_what_becomes_secret_is_gone_for_others_and_no_statement_makes_it_open(line: District) -> None:
    plain, officer = sent(), line.acting("officer")
    assert seen(line, "chair") == [plain.number]
    triaged(line, plain, topic=Topic.ASSAULT)
    assert seen(line, "chair") == []
    with acting_as(officer):
        run("UPDATE helpline_matter SET secret = false, topic = 'OTHER'")
        assert run("SELECT secret FROM helpline_matter") == [(True,)]
        record(by=officer, stream="matter:test", verb="helpline.note", place=officer.place)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE helpline_matter SET handler_account = supervisor_account",
        "UPDATE helpline_matter SET facts = NULL",
        "UPDATE helpline_matter SET number = 'x'",
        "DELETE FROM helpline_matter",
        "SELECT helpline_answer('x')",
        "SELECT helpline_add(1, gen_random_uuid(), 'x', now(), current_date)",
        "UPDATE helpline_message SET text = 'x'",
    ],
)
def test_an_officer_is_refused_by_the_database(line: District, statement: str) -> None:
    sent(facts=BEATEN)
    with acting_as(line.acting("officer")), pytest.raises(DatabaseError):
        run(statement)


def test_nobody_takes_a_secret_matter_from_its_two(line: District) -> None:
    sent(facts=BEATEN)
    chair = line.acting("chair")
    with acting_as(chair):
        assert run("UPDATE helpline_matter SET handler_account = %s", chair.account_id) == [(0,)]
        passed = "SELECT helpline_pass_on(%s, %s, 'x')"
        assert run(passed, line.acting("officer").account_id, line.acting("vice").account_id) == [(-2,)]
        assert run(passed, line.acting("officer").account_id, chair.account_id) == [(-1,)]


def test_a_visitor_reads_no_table_and_lists_nothing(line: District) -> None:
    sent()
    for table in ("matter", "message", "matterstep", "duty", "key", "referral", "tally"):
        with acting_as(access.visitor()), pytest.raises(ProgrammingError, match="permission denied"):
            run(f"SELECT * FROM helpline_{table}")


def test_a_department_reads_the_letters_to_it_that_may_go_over_the_net(line: District) -> None:
    officer, office = line.acting("officer"), line.unit("区民政局")
    plain, secret = triaged(line, sent()), triaged(line, sent(facts=BEATEN), risk=Risk.HIGH)
    with acting_as(officer):
        for matter, online in ((plain, True), (secret, False)):
            actions.refer(
                matter_id=matter.pk,
                kind=ReferralKind.REFER,
                department=office,
                letter="请办理",
                online=online,
                by=officer,
            )
    for who, count in (("civil_affairs", 1), ("health", 0)):
        with acting_as(line.acting(who)) as department:
            assert (len(queries.asked_of(department.unit_id)), run("SELECT count(*) FROM helpline_referral")) == (
                count,
                [(count,)],
            )
            with pytest.raises(ProgrammingError):
                run("SELECT * FROM helpline_matter")


def test_a_letter_of_a_secret_matter_never_goes_over_the_net(line: District) -> None:
    matter, officer = triaged(line, sent(facts=BEATEN), risk=Risk.HIGH), line.acting("officer")
    with acting_as(officer), pytest.raises(Refused, match="保密来件只用纸质函件"):
        actions.refer(
            matter_id=matter.pk, kind=ReferralKind.REFER, department=line.unit("区民政局"), letter="请办理", online=True, by=officer
        )  # fmt: skip


# ---------------------------------------------------------------- counts

QUARTER = dt.date(2026, 4, 1)


def past(count: int, *, place: str = DADONGMEN, **changes: Any) -> None:
    with clock.frozen(dt.datetime(2026, 5, 6, 10, tzinfo=clock.CHINA)):
        for number in range(count):
            given = {"facts": f"第{number}个问题，想问{place}", **changes}
            sent(place=place, kind=Kind.CONSULT, **given)


@pytest.fixture
def busy(district: District) -> District:
    with clock.frozen(dt.date(2026, 4, 1)):
        on_duty(district)
    past(9, topic=Topic.MARRIAGE)
    past(6, topic=Topic.LABOUR)
    past(2, topic=Topic.HARASSMENT, facts="单位里有人对我动手动脚", place=CHONGYI[:9] + "001")
    return district


def test_a_cell_under_five_is_withheld_and_so_is_the_next_that_would_tell_it(busy: District) -> None:
    with acting_as(busy.acting("chair")):
        found = queries.figures(QUARTER)
    assert found["topic"] == {"MARRIAGE": 9, "HARASSMENT": None, "LABOUR": None}
    assert found["town"] == {CHONGYI: None, DUNREN: None}
    assert (found["kind"], found["month"]) == ({"CONSULT": None}, {"2026-05": None})
    assert (found["health"]["received"], found["health"]["answered"], found["health"]["hours"]) == (17, 0, None)


def test_secret_ones_below_five_hide_the_cell_they_are_in(busy: District) -> None:
    """Who sees the open matters could subtract them: a cell with one to four secret ones is withheld too."""
    past(1, topic=Topic.LABOUR, facts=BEATEN)
    past(8, topic=Topic.LAND)
    with acting_as(busy.acting("officer")):
        found = queries.figures(QUARTER)["topic"]
    assert found == {"MARRIAGE": 9, "LAND": 8, "HARASSMENT": None, "LABOUR": None}


def test_counts_are_the_districts_and_only_of_a_quarter_that_is_over(busy: District) -> None:
    for who, rows in (("dunren", 0), ("dadongmen", 0), ("officer", 17)):
        with acting_as(busy.acting(who)):
            assert bool(queries.figures(QUARTER)) is (rows > 0)
            assert queries.figures(clock.today()) == {}
            assert len(run("SELECT * FROM helpline_tally")) == rows


def test_the_house_itself_opens_no_secret_matter(line: District) -> None:
    secret = sent(facts=BEATEN)
    with acting_as(access.house(line.acting("chair").place)):
        assert not Matter.objects.exists()
    assert find(line, secret).secret
