"""The database keeps the secrets: every table is under a policy, or stands here with the reason why not."""

import pytest
from django.db import connection

# What the framework keeps. None of it can be read by an acting role, unless the reason says so.
WITHOUT_POLICY = {
    "django_migrations": "what was installed",
    "django_content_type": "names of tables",
    "django_session": "read by the login alone, before anybody acts",
    "auth_permission": "unused by the house",
    "auth_group": "unused by the house",
    "auth_group_permissions": "unused by the house",
    "account_emailaddress": "unused by the house",
    "account_emailconfirmation": "unused by the house",
    "mfa_authenticator": "read by the login alone; its secrets are sealed",
    "web_cache": "counters of attempts and progress of jobs, under keys that name nobody",
    "procrastinate_jobs": "numbers of rows and of posts, no content",
    "procrastinate_events": "times of jobs",
    "procrastinate_periodic_defers": "times of jobs",
    "procrastinate_workers": "heartbeats",
}
LOGIN_ONLY = ("django_session", "mfa_authenticator")
ACTING = ("niangjia_desk", "niangjia_partner", "niangjia_resident")


def rows(sql: str, *parameters: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


@pytest.mark.django_db
def test_every_table_is_under_a_policy_or_has_a_reason() -> None:
    unprotected = {
        name for (name,) in rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND NOT rowsecurity")
    }
    assert unprotected == set(WITHOUT_POLICY)


@pytest.mark.django_db
def test_the_owner_too_is_bound_where_rows_have_a_range() -> None:
    unforced = rows(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' "
        "AND relrowsecurity AND NOT relforcerowsecurity ORDER BY relname"
    )
    assert unforced == [("certificates_counter",), ("helpline_counter",), ("programmes_counter",)]


@pytest.mark.django_db
@pytest.mark.parametrize("table", LOGIN_ONLY)
@pytest.mark.parametrize("role", ACTING)
def test_no_acting_role_may_touch_sessions_or_second_factors(table: str, role: str) -> None:
    granted = rows("SELECT has_table_privilege(%s, %s, 'SELECT, INSERT, UPDATE, DELETE')", role, table)
    assert granted == [(False,)]


@pytest.mark.django_db
def test_the_public_role_has_no_grant_beneath_the_views() -> None:
    readable = {
        name
        for (name,) in rows(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm') "
            "AND has_table_privilege('niangjia_public', oid, 'SELECT')"
        )
    }
    assert readable == {
        "public_notice",
        "public_notice_ended",
        "public_notice_line",
        "public_notice_file",
        "public_round",
        "public_honour",
        "public_honour_photo",
        "public_wish",
        "public_wish_terms",
        "public_brand",
        "public_brand_tag",
        "public_vote_poll",
        "public_vote_choice",
        "public_vote_picture",
        "public_vote_decision",
        "public_vote_file",
        "public_helpline_answer",
        "public_helpline_key",
        "public_family_lecture",
        "public_study",
        "public_study_episode",
        "public_study_voice",
        "public_training_class",
        "public_lesson",
        "public_lesson_media",
        "public_lesson_live",
        "public_lesson_question",
        "org_division",
        "org_specialday",
    }


@pytest.mark.django_db
def test_no_login_of_the_application_can_pass_a_policy() -> None:
    powers = rows(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles "
        "WHERE rolname LIKE 'niangjia%%' AND rolname <> 'niangjia_owner' ORDER BY rolname"
    )
    assert powers == [
        (name, False, False, False)
        for name in ("niangjia_app", "niangjia_desk", "niangjia_partner", "niangjia_public", "niangjia_resident")
    ]


@pytest.mark.django_db
def test_no_role_but_the_owner_owns_a_table() -> None:
    assert rows("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'") == [("niangjia_owner",)]


@pytest.mark.django_db
def test_functions_that_see_everything_are_closed_to_the_public() -> None:
    open_to_all = rows(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef "
        "AND has_function_privilege('niangjia_public', oid, 'EXECUTE')"
    )
    # A certificate and a calendar are shown to who holds the code, which cannot be guessed; there is no way to list them.
    assert sorted(open_to_all) == [("attendance_feed",), ("certificates_by_code",)]


@pytest.mark.django_db
def test_functions_that_see_everything_fix_their_search_path() -> None:
    loose = rows(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef "
        "AND NOT coalesce(array_to_string(proconfig, ',') LIKE '%%search_path=%%', false)"
    )
    assert loose == []
