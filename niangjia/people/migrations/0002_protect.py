from django.db import migrations

from niangjia.core import rowscope
from niangjia.core.rowscope import DESK, LOGIN, RESIDENT, Rule

PROTECT = (
    rowscope.protect("people_household", Rule(DESK, rowscope.in_range("place"), "SELECT, INSERT, UPDATE"))
    + rowscope.protect("people_person", Rule(DESK, rowscope.in_range("place"), "SELECT, INSERT, UPDATE"))
    + rowscope.protect(
        "people_consent",
        Rule(DESK, rowscope.in_range("place"), "SELECT, INSERT, UPDATE"),
        Rule(RESIDENT, rowscope.is_mine("account_id", "account"), "SELECT, INSERT, UPDATE"),
    )
    + rowscope.protect(
        "people_account",
        Rule(LOGIN, "true", "SELECT, INSERT, UPDATE"),
        Rule(DESK, "officer_id IN (SELECT id FROM org_officer)", "SELECT, INSERT, UPDATE"),
        Rule(RESIDENT, rowscope.is_mine("id", "account")),
        trailed=False,
    )
    + rowscope.protect("people_phonecode", Rule(LOGIN, "true", "SELECT, INSERT, UPDATE, DELETE"), trailed=False)
)

# A woman registered in one town applies in another: the second town may not see the first record, yet she is one person.
ENSURE = """
CREATE FUNCTION people_person_ensure(p_index bytea, p_number bytea, p_kind text, p_name text, p_pinyin text, p_initials text,
    p_sex text, p_birth date, p_place text, p_at timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    found bigint;
BEGIN
    IF p_index IS NOT NULL THEN
        SELECT id INTO found FROM people_person WHERE id_index = p_index;
        IF found IS NOT NULL THEN
            RETURN found;
        END IF;
    END IF;
    INSERT INTO people_person (id_index, id_number, id_kind, name, name_pinyin, name_initials, sex, birth, place, created_at)
        VALUES (p_index, p_number, p_kind, p_name, p_pinyin, p_initials, p_sex, p_birth, p_place, p_at)
        ON CONFLICT (id_index) DO UPDATE SET id_index = excluded.id_index
        RETURNING id INTO found;
    RETURN found;
END
$$;
REVOKE ALL ON FUNCTION people_person_ensure(bytea, bytea, text, text, text, text, text, date, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION people_person_ensure(bytea, bytea, text, text, text, text, text, date, text, timestamptz)
    TO niangjia_desk, niangjia_resident;
"""
DROP = "DROP FUNCTION people_person_ensure(bytea, bytea, text, text, text, text, text, date, text, timestamptz)"


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial"), ("org", "0002_protect"), ("trail", "0002_append_only")]
    operations = [migrations.RunSQL(PROTECT, migrations.RunSQL.noop), migrations.RunSQL(ENSURE, DROP)]
