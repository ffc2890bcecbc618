"""What somebody could do who ran SQL of her own in an officer's, a resident's or a visitor's transaction."""

import psycopg
import pytest
from django.db import ProgrammingError, connection, connections, transaction

from niangjia.access import queries as access
from niangjia.access.acting import Acting, acting_as
from niangjia.programmes.models import Case
from tests import factories
from tests.personas import CHONGYI, DUNREN, JIAOTONG, District

CASE_TABLES = (
    "programmes_case",
    "programmes_step",
    "programmes_grant",
    "people_person",
    "people_consent",
    "trail_entry",
)


@pytest.fixture
def two_towns(district: District) -> tuple[District, Case, Case]:
    """A case in each of two towns."""
    round_ = factories.open_round(district)
    here = factories.submitted(district, round_, 1)
    there = factories.submitted(district, round_, 2, helper="jiaotong", name="李秀英", card_holder="李秀英")
    return district, here, there


def places(table: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT place FROM {table}")
        return {place for (place,) in cursor.fetchall()}


@pytest.mark.parametrize("table", CASE_TABLES)
@pytest.mark.parametrize(("who", "prefix"), [("dunren", DUNREN[:9]), ("chongyi", CHONGYI[:9]), ("jiaotong", JIAOTONG)])
def test_an_officer_reads_rows_of_her_range_only(
    two_towns: tuple[District, Case, Case], table: str, who: str, prefix: str
) -> None:
    with acting_as(two_towns[0].acting(who)):
        assert [place for place in places(table) if not place.startswith(prefix)] == []


def test_the_login_itself_reads_no_case(two_towns: tuple[District, Case, Case]) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        places("programmes_case")


def test_the_settings_are_gone_when_the_block_ends(two_towns: tuple[District, Case, Case]) -> None:
    with acting_as(two_towns[0].acting("dunren")):
        pass
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_setting('app.lo', true), current_setting('app.account', true)")
        assert cursor.fetchone() == ("niangjia_app", "", "")


def test_an_inner_actor_gives_way_to_the_outer_one(two_towns: tuple[District, Case, Case]) -> None:
    district = two_towns[0]
    with acting_as(district.acting("dunren")):
        with acting_as(district.acting("chongyi")):
            assert places("programmes_case") == {JIAOTONG}
        assert places("programmes_case") == {two_towns[1].place}


def test_a_failed_inner_block_leaves_the_outer_actor(two_towns: tuple[District, Case, Case]) -> None:
    district = two_towns[0]
    with acting_as(district.acting("dunren")):
        with pytest.raises(ZeroDivisionError), acting_as(district.acting("chongyi")):
            raise ZeroDivisionError
        assert places("programmes_case") == {two_towns[1].place}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE programmes_case SET name = 'x' WHERE place LIKE '500102007%'",
        "UPDATE programmes_grant SET amount = 1",
        "UPDATE org_officer SET name = 'x' WHERE place LIKE '500102007%'",
    ],
)
def test_an_update_out_of_range_changes_nothing(two_towns: tuple[District, Case, Case], statement: str) -> None:
    with acting_as(two_towns[0].acting("dunren")), connection.cursor() as cursor:
        cursor.execute(statement)
        assert cursor.rowcount == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE programmes_case SET place = '500102007001' WHERE place LIKE '500102006%'",
        "DELETE FROM programmes_case",
        "DELETE FROM trail_entry",
        "UPDATE trail_entry SET verb = 'x'",
        "INSERT INTO trail_stream (name, seq, hash) VALUES ('x', 1, '')",
        "UPDATE trail_stream SET seq = 0",
        "SELECT * FROM django_session",
        "SELECT * FROM mfa_authenticator",
        "SELECT * FROM people_phonecode",
        "ALTER TABLE programmes_case DISABLE ROW LEVEL SECURITY",
        "DROP POLICY desk_select_insert_update_select ON programmes_case",
        "TRUNCATE programmes_case",
        "SET ROLE niangjia_owner",
        "CREATE TABLE mine (a int)",
        "SELECT * FROM access_posts(1, current_date)",
        "SELECT pg_read_file('/etc/passwd')",
    ],
)
def test_an_officer_is_refused(two_towns: tuple[District, Case, Case], statement: str) -> None:
    with acting_as(two_towns[0].acting("dunren")):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def resident_with_case(district: District, phone: str, name: str, serial: int) -> tuple[Acting, Case]:
    from niangjia.programmes.actions import cases
    from niangjia.programmes.models import Round

    resident = district.resident(phone)
    with acting_as(resident):
        case = cases.start(
            round_=Round.objects.get(),
            place=DUNREN[:9] + "001",
            by=resident,
            answers=factories.answers(serial, name=name, card_holder=name, phone=phone),
        )
    return resident, case


def test_a_resident_reads_what_she_filed_and_nothing_else(two_towns: tuple[District, Case, Case]) -> None:
    district = two_towns[0]
    resident, own = resident_with_case(district, "13800138001", "王小梅", 7)
    resident_with_case(district, "13800138002", "刘玉兰", 8)
    with acting_as(resident):
        assert list(Case.objects.values_list("pk", flat=True)) == [own.pk]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM people_person",
        "SELECT * FROM org_officer",
        "SELECT * FROM programmes_decision",
        "SELECT * FROM programmes_outsidecheck",
        "SELECT * FROM programmes_objection",
        "SELECT * FROM programmes_notice",
        "SELECT * FROM django_session",
    ],
)
def test_a_resident_is_refused_the_tables_of_the_office(two_towns: tuple[District, Case, Case], statement: str) -> None:
    with acting_as(two_towns[0].resident()):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_a_visitor_owns_nothing_although_her_account_is_the_number_of_the_house(
    two_towns: tuple[District, Case, Case],
) -> None:
    with acting_as(access.visitor()):
        assert Case.objects.count() == 0


def test_a_department_reads_only_what_it_was_asked(two_towns: tuple[District, Case, Case]) -> None:
    from niangjia.programmes.actions import checks
    from niangjia.programmes.models import OutsideCheck

    district, here, _ = two_towns
    factories.at_district(district, here)
    officer = district.acting("officer")
    with acting_as(officer):
        checks.ask(case_id=here.pk, by=officer, revision=None)
    with acting_as(district.acting("health")):
        assert list(OutsideCheck.objects.values_list("key", flat=True)) == ["health"]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM programmes_case",
        "SELECT * FROM people_person",
        "UPDATE programmes_outsidecheck SET question = 'x'",
        "UPDATE programmes_outsidecheck SET unit_id = 1",
    ],
)
def test_a_department_is_refused_the_case_and_the_question(
    two_towns: tuple[District, Case, Case], statement: str
) -> None:
    with acting_as(two_towns[0].acting("health")):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


@pytest.mark.django_db(databases=["default", "public"])
@pytest.mark.parametrize("table", ["programmes_case", "programmes_notice", "people_person", "org_unit", "trail_entry"])
def test_the_public_login_is_refused_every_table(table: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), connections["public"].cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")


def test_a_write_without_a_trail_entry_does_not_commit(owner: psycopg.Connection) -> None:
    district = District()
    round_ = factories.open_round(district)
    case = factories.submitted(district, round_)
    with pytest.raises(ProgrammingError, match="without a trail entry"), acting_as(district.acting("dunren")):
        Case.objects.filter(pk=case.pk).update(name="改名")
    assert owner.execute("SELECT name FROM programmes_case").fetchall() == [("张桂芳",)]
