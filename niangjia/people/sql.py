"""What the database itself holds of duplicates: who sees a pair, and that merging is derived and never written by hand."""

from niangjia.core import rowscope
from niangjia.core.rowscope import DESK, RESIDENT, Rule

# A pair is seen by who sees both of its entries, and written where both lie.
BOTH = (
    f"{rowscope.in_range('place')} AND EXISTS (SELECT 1 FROM people_person p WHERE p.id = one_id) "
    "AND EXISTS (SELECT 1 FROM people_person p WHERE p.id = other_id)"
)

PROTECT = (
    rowscope.protect("people_duplicate", Rule(DESK, BOTH, "SELECT, INSERT, UPDATE"))
    + rowscope.protect(
        "people_duplicaterun", Rule(DESK, rowscope.in_range("place"), "SELECT, INSERT, UPDATE"), trailed=False
    )
    + f"""
REVOKE UPDATE ON people_person FROM {DESK};
GRANT UPDATE (name, name_pinyin, name_initials, sex, birth, id_kind, id_number, id_index, household_id, phone_index,
    household_key, place, died_on) ON people_person TO {DESK};
"""
)

# Merging is derived from the verdicts. All that is merged hangs under one head; a verdict undone takes off what it hung on.
SETTLE = """
CREATE FUNCTION people_duplicate_settle() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    away bigint;
    head_one bigint;
    head_other bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('people_duplicate'));
    IF TG_OP = 'UPDATE' AND OLD.state = 'MERGED' THEN
        IF NEW.state = 'MERGED' THEN
            IF NEW.keep_id <> OLD.keep_id THEN
                RAISE check_violation USING CONSTRAINT = 'people_duplicate_undo_first', MESSAGE = 'a merge is undone before it is made anew';
            END IF;
            RETURN NULL;
        END IF;
        away := OLD.one_id + OLD.other_id - OLD.keep_id;
        WITH RECURSIVE below AS (
            SELECT away AS id
            UNION
            SELECT d.one_id + d.other_id - d.keep_id FROM people_duplicate d JOIN below ON d.keep_id = below.id WHERE d.state = 'MERGED'
        )
        UPDATE people_person SET merged_into_id = CASE WHEN id = away THEN NULL ELSE away END WHERE id IN (SELECT id FROM below);
    END IF;
    SELECT coalesce(merged_into_id, id) INTO head_one FROM people_person WHERE id = NEW.one_id;
    SELECT coalesce(merged_into_id, id) INTO head_other FROM people_person WHERE id = NEW.other_id;
    IF NEW.state = 'DIFFERENT' AND head_one = head_other THEN
        RAISE check_violation USING CONSTRAINT = 'people_duplicate_together', MESSAGE = 'both are merged';
    END IF;
    IF NEW.state = 'MERGED' THEN
        IF head_one <> NEW.one_id OR head_other <> NEW.other_id THEN
            RAISE check_violation USING CONSTRAINT = 'people_duplicate_heads', MESSAGE = 'only heads are merged';
        END IF;
        IF EXISTS (SELECT 1 FROM people_duplicate d JOIN people_person a ON a.id = d.one_id JOIN people_person b ON b.id = d.other_id
            WHERE d.state = 'DIFFERENT' AND ((coalesce(a.merged_into_id, a.id), coalesce(b.merged_into_id, b.id))
                IN ((NEW.one_id, NEW.other_id), (NEW.other_id, NEW.one_id)))) THEN
            RAISE check_violation USING CONSTRAINT = 'people_duplicate_told_apart', MESSAGE = 'a person said they differ';
        END IF;
        away := NEW.one_id + NEW.other_id - NEW.keep_id;
        UPDATE people_person SET merged_into_id = NEW.keep_id WHERE id = away OR merged_into_id = away;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER people_duplicate_settle AFTER INSERT OR UPDATE OF state, keep_id ON people_duplicate
    FOR EACH ROW EXECUTE FUNCTION people_duplicate_settle();

-- Which two a pair is of never changes; neither does a pair leave the table.
REVOKE UPDATE ON people_duplicate FROM {desk};
GRANT UPDATE (place, score, levels, state, keep_id, reason, decided_by, decided_by_account, decided_at) ON people_duplicate TO {desk};

-- The numbers of all entries merged with the one of this number, itself among them: for once-in-a-life rules, inside other
-- functions of the house alone.
CREATE FUNCTION people_same_indexes(p_index bytea) RETURNS SETOF bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p_index
    UNION
    SELECT fellow.id_index FROM people_person me
        JOIN people_person fellow ON coalesce(fellow.merged_into_id, fellow.id) = coalesce(me.merged_into_id, me.id)
        WHERE me.id_index = p_index AND fellow.id_index IS NOT NULL
        AND (me.merged_into_id IS NOT NULL OR EXISTS (SELECT 1 FROM people_person below WHERE below.merged_into_id = me.id))
$$;
REVOKE ALL ON FUNCTION people_same_indexes(bytea), people_duplicate_settle() FROM PUBLIC;
""".replace("{desk}", DESK)

# A new entry knows the phone and the home the first form named; what is known already is neither changed nor shown.
ENSURE = f"""
DROP FUNCTION people_person_ensure(bytea, bytea, text, text, text, text, text, date, text, timestamptz);
CREATE FUNCTION people_person_ensure(p_index bytea, p_number bytea, p_kind text, p_name text, p_pinyin text, p_initials text,
    p_sex text, p_birth date, p_place text, p_at timestamptz, p_phone bytea, p_household text) RETURNS bigint
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
    INSERT INTO people_person (id_index, id_number, id_kind, name, name_pinyin, name_initials, sex, birth, place, created_at,
        phone_index, household_key)
        VALUES (p_index, p_number, p_kind, p_name, p_pinyin, p_initials, p_sex, p_birth, p_place, p_at, p_phone, p_household)
        ON CONFLICT (id_index) DO UPDATE SET id_index = excluded.id_index
        RETURNING id INTO found;
    RETURN found;
END
$$;
REVOKE ALL ON FUNCTION people_person_ensure(bytea, bytea, text, text, text, text, text, date, text, timestamptz, bytea, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION people_person_ensure(bytea, bytea, text, text, text, text, text, date, text, timestamptz, bytea, text)
    TO {DESK}, {RESIDENT};
"""
