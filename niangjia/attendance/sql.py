"""What the database itself holds of attendance: who sees what, which mark counts, and signing in at the door."""

from niangjia.core import rowscope
from niangjia.core.rowscope import DESK, PARTNER, PUBLIC, RESIDENT, Rule

HERE = rowscope.in_range("place")
OF_THE_DISTRICT = "right(current_setting('app.lo', true), 6) = '000000'"
OURS = rowscope.is_mine("unit_id", "unit")
# A school and a training body see what their unit leads, a lecturer what she leads herself.
LED = f"({OURS} OR {rowscope.is_mine('host_unit_id', 'unit')} OR {rowscope.is_mine('host_account', 'account')})"
# What hangs on a session is seen by who sees the session.
OF_SESSION = "EXISTS (SELECT 1 FROM attendance_session s WHERE s.id = session_id)"
ON_ROSTER = "EXISTS (SELECT 1 FROM attendance_session s WHERE s.subject = attendance_participant.subject)"

PROTECT = "\n".join(
    [
        rowscope.protect(
            "attendance_signinrule",
            *(Rule(role, "true") for role in (DESK, PARTNER, RESIDENT)),
            Rule(DESK, OF_THE_DISTRICT, "INSERT, UPDATE"),
        ),
        rowscope.protect(
            "attendance_session",
            Rule(DESK, HERE, "SELECT, INSERT, UPDATE"),
            Rule(PARTNER, LED),
            Rule(PARTNER, OURS, "INSERT, UPDATE"),
        ),
        rowscope.protect(
            "attendance_participant",
            Rule(DESK, f"(({HERE}) OR {ON_ROSTER})", "SELECT, INSERT, UPDATE"),
            Rule(PARTNER, ON_ROSTER, "SELECT, INSERT, UPDATE"),
        ),
        rowscope.protect(
            "attendance_mark",
            Rule(DESK, HERE, "SELECT, INSERT"),
            Rule(PARTNER, OF_SESSION, "SELECT, INSERT"),
        ),
        # Of a mark nothing changes but that it was struck, once.
        *(
            f"GRANT UPDATE (struck_at, struck_by, struck_reason) ON attendance_mark TO {role};"
            f"CREATE POLICY {role.removeprefix('niangjia_')}_update ON attendance_mark FOR UPDATE TO {role} "
            f"USING ({seen} AND struck_at IS NULL) WITH CHECK ({seen});"
            for role, seen in ((DESK, HERE), (PARTNER, OF_SESSION))
        ),
        rowscope.protect(
            "attendance_telling",
            Rule(DESK, OF_SESSION, "SELECT, INSERT"),
            Rule(PARTNER, OF_SESSION, "SELECT, INSERT"),
        ),
        rowscope.protect("attendance_feed", Rule(DESK, HERE, "SELECT, INSERT")),
        f"""
        GRANT UPDATE (revoked_at) ON attendance_feed TO {DESK};
        CREATE POLICY desk_update ON attendance_feed FOR UPDATE TO {DESK} USING ({HERE}) WITH CHECK ({HERE});
        """,
    ]
)

LOCK = 7602  # the class of the advisory locks of one woman in one sitting

FUNCTIONS = f"""
CREATE FUNCTION attendance_who(p_person bigint, p_participant bigint, OUT who bigint, OUT household text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(one.merged_into_id, one.id, -p_participant),
           coalesce('H' || one.household_id, nullif(one.household_key, ''))
    FROM (SELECT 1) base LEFT JOIN people_person one ON one.id = p_person
$$;

-- Who was there is told to the mark here, not by whoever writes it. Two who enter the same woman at once take turns;
-- nobody else waits for anybody.
CREATE FUNCTION attendance_mark_fill() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    held attendance_session%ROWTYPE;
    woman attendance_participant%ROWTYPE;
BEGIN
    SELECT * INTO held FROM attendance_session WHERE id = NEW.session_id;
    SELECT * INTO woman FROM attendance_participant WHERE id = NEW.participant_id;
    IF held.subject IS DISTINCT FROM woman.subject THEN
        RAISE EXCEPTION 'participant % is not on the roster of session %', NEW.participant_id, NEW.session_id
            USING ERRCODE = '23514', CONSTRAINT = 'attendance_mark_on_roster';
    END IF;
    IF held.state = 'CANCELLED' THEN
        RAISE EXCEPTION 'session % is cancelled', NEW.session_id USING ERRCODE = '23514', CONSTRAINT = 'attendance_mark_not_cancelled';
    END IF;
    IF (NEW.half = 'DAY') = held.twice THEN
        RAISE EXCEPTION 'session % is not signed for %', NEW.session_id, NEW.half
            USING ERRCODE = '23514', CONSTRAINT = 'attendance_mark_half';
    END IF;
    NEW.head_id := coalesce(held.merged_into_id, held.id);
    NEW."on" := held."on";
    NEW.place := held.place;
    SELECT known.who, known.household INTO NEW.who, NEW.household FROM attendance_who(woman.person_id, woman.id) known;
    NEW.struck_at := NULL;
    PERFORM pg_advisory_xact_lock({LOCK}, hashtext(NEW.head_id || NEW.half || NEW.who));
    NEW.counts := NOT EXISTS (SELECT 1 FROM attendance_mark one
        WHERE one.head_id = NEW.head_id AND one.half = NEW.half AND one.who = NEW.who AND one.counts);
    RETURN NEW;
END
$$;
CREATE TRIGGER attendance_mark_fill BEFORE INSERT ON attendance_mark FOR EACH ROW EXECUTE FUNCTION attendance_mark_fill();

CREATE FUNCTION attendance_mark_struck() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock({LOCK}, hashtext(OLD.head_id || OLD.half || OLD.who));
    NEW.counts := false;
    RETURN NEW;
END
$$;
CREATE TRIGGER attendance_mark_struck BEFORE UPDATE OF struck_at ON attendance_mark FOR EACH ROW
    EXECUTE FUNCTION attendance_mark_struck();

-- Another phone's word still stands when one is struck.
CREATE FUNCTION attendance_mark_heir() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE attendance_mark SET counts = true WHERE id = (SELECT one.id FROM attendance_mark one
        WHERE one.head_id = OLD.head_id AND one.half = OLD.half AND one.who = OLD.who AND one.struck_at IS NULL
        ORDER BY one.at, one.id LIMIT 1);
    RETURN NULL;
END
$$;
CREATE TRIGGER attendance_mark_heir AFTER UPDATE OF struck_at ON attendance_mark FOR EACH ROW WHEN (OLD.counts)
    EXECUTE FUNCTION attendance_mark_heir();

CREATE FUNCTION attendance_settle(p_heads bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE attendance_mark SET counts = false WHERE head_id = ANY (p_heads) AND counts;
    UPDATE attendance_mark SET counts = true WHERE id IN (
        SELECT DISTINCT ON (head_id, half, who) id FROM attendance_mark WHERE head_id = ANY (p_heads) AND struck_at IS NULL
        ORDER BY head_id, half, who, at, id);
$$;

CREATE FUNCTION attendance_session_merged() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.merged_into_id IS NOT NULL AND (
        EXISTS (SELECT 1 FROM attendance_session WHERE merged_into_id = NEW.id)
        OR EXISTS (SELECT 1 FROM attendance_session WHERE id = NEW.merged_into_id AND merged_into_id IS NOT NULL)) THEN
        RAISE EXCEPTION 'a session is merged into one that stands' USING ERRCODE = '23514', CONSTRAINT = 'attendance_session_merged';
    END IF;
    UPDATE attendance_mark SET counts = false, head_id = coalesce(NEW.merged_into_id, NEW.id) WHERE session_id = NEW.id;
    PERFORM attendance_settle(ARRAY[NEW.id, NEW.merged_into_id, OLD.merged_into_id]);
    RETURN NULL;
END
$$;
CREATE TRIGGER attendance_session_merged AFTER UPDATE OF merged_into_id ON attendance_session FOR EACH ROW
    WHEN (NEW.merged_into_id IS DISTINCT FROM OLD.merged_into_id) EXECUTE FUNCTION attendance_session_merged();

CREATE FUNCTION attendance_participant_known() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    heads bigint[] := ARRAY(SELECT DISTINCT head_id FROM attendance_mark WHERE participant_id = NEW.id);
BEGIN
    IF NEW.subject <> OLD.subject THEN
        RAISE EXCEPTION 'a participant stays on her roster' USING ERRCODE = '23514', CONSTRAINT = 'attendance_participant_stays';
    END IF;
    UPDATE attendance_mark mark SET counts = false, who = known.who, household = known.household
        FROM attendance_who(NEW.person_id, NEW.id) known WHERE mark.participant_id = NEW.id;
    PERFORM attendance_settle(heads);
    RETURN NULL;
END
$$;
CREATE TRIGGER attendance_participant_known AFTER UPDATE OF person_id, subject ON attendance_participant FOR EACH ROW
    WHEN (NEW.person_id IS DISTINCT FROM OLD.person_id OR NEW.subject <> OLD.subject)
    EXECUTE FUNCTION attendance_participant_known();

-- Two entries of the register that turn out to be one woman are one woman in every list.
CREATE FUNCTION attendance_person_merged() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    heads bigint[] := ARRAY(SELECT DISTINCT mark.head_id FROM attendance_mark mark
        JOIN attendance_participant one ON one.id = mark.participant_id WHERE one.person_id = NEW.id);
BEGIN
    UPDATE attendance_mark mark SET counts = false, who = known.who, household = known.household
        FROM attendance_participant one, attendance_who(NEW.id, one.id) known
        WHERE one.person_id = NEW.id AND mark.participant_id = one.id;
    PERFORM attendance_settle(heads);
    RETURN NULL;
END
$$;
CREATE TRIGGER attendance_person_merged AFTER UPDATE OF merged_into_id ON people_person FOR EACH ROW
    WHEN (NEW.merged_into_id IS DISTINCT FROM OLD.merged_into_id) EXECUTE FUNCTION attendance_person_merged();

-- ---------------------------------------------------------------- at the door, for who holds the code of the wall

CREATE FUNCTION attendance_wall(p_session bigint, p_half text, p_slot bigint, p_digest text)
RETURNS TABLE (title text, unit text, venue text, starts_at timestamptz, ends_at timestamptz, twice boolean, state text,
    closed_at timestamptz, rotating boolean, walk_in boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT s.title, unit.short_name, s.venue, s.starts_at, s.ends_at, s.twice, s.state, s.closed_at, s.rotating, s.walk_in
    FROM attendance_session s JOIN org_unit unit ON unit.id = s.unit_id
    WHERE s.id = p_session AND p_digest = left(encode(sha256(convert_to(
        concat_ws('|', s.wall_code, s.id, p_half, p_slot), 'UTF8')), 'hex'), 10)
$$;

-- Names are asked for, not listed: what she types, or the phone she signed in with, must be on the roster.
CREATE FUNCTION attendance_at_door(p_session bigint, p_half text, p_slot bigint, p_digest text, p_name text, p_account bigint)
RETURNS TABLE (participant bigint, name text, remark text, home text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT one.id, one.name, one.remark, coalesce(division.short_name, '')
    FROM attendance_session s
    JOIN attendance_participant one ON one.subject = s.subject AND one.left_at IS NULL
    LEFT JOIN people_person person ON person.id = one.person_id
    LEFT JOIN org_division division ON division.code = one.home
    WHERE s.id = p_session AND EXISTS (SELECT 1 FROM attendance_wall(p_session, p_half, p_slot, p_digest))
      AND (one.name = p_name OR person.phone_index = (SELECT phone_index FROM people_account WHERE id = p_account))
    ORDER BY one.id LIMIT 6
$$;

CREATE FUNCTION attendance_sign_in(p_session bigint, p_half text, p_slot bigint, p_digest text, p_participant bigint,
    p_client uuid, p_at timestamptz, p_late boolean, p_device text, OUT outcome text, OUT made bigint, OUT place text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    SELECT s.place INTO place FROM attendance_session s JOIN attendance_participant one ON one.subject = s.subject
        WHERE s.id = p_session AND one.id = p_participant AND one.left_at IS NULL
        AND EXISTS (SELECT 1 FROM attendance_wall(p_session, p_half, p_slot, p_digest));
    IF NOT FOUND THEN
        outcome := 'NOT_ON_ROSTER'; RETURN;
    END IF;
    INSERT INTO attendance_mark (session_id, half, participant_id, how, at, said_at, off_seconds, late, reason, client_id, device,
            "by", by_account, struck_by, struck_reason)
        VALUES (p_session, p_half, p_participant, 'QR', p_at, p_at, 0, p_late, '', p_client, p_device, '本人扫码',
            coalesce(nullif(current_setting('app.account', true), '')::bigint, 0), '', '')
        ON CONFLICT (client_id) DO NOTHING RETURNING id, CASE WHEN counts THEN 'SAVED' ELSE 'AGAIN' END INTO made, outcome;
    outcome := coalesce(outcome, 'SAME');
END
$$;

CREATE FUNCTION attendance_walk_in(p_session bigint, p_half text, p_slot bigint, p_digest text, p_name text, p_initials text,
    p_at timestamptz, OUT participant bigint, OUT roster_place text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO attendance_participant (subject, name, initials, remark, place, home, joined_at, left_reason)
        SELECT s.subject, p_name, p_initials, '现场扫码', s.place, '', p_at, '' FROM attendance_session s
        WHERE s.id = p_session AND s.walk_in AND s.state = 'PLANNED'
        AND EXISTS (SELECT 1 FROM attendance_wall(p_session, p_half, p_slot, p_digest))
        RETURNING id, place INTO participant, roster_place;
END
$$;

-- What a calendar program may read: no names, no people.
CREATE FUNCTION attendance_feed(p_token_hash bytea)
RETURNS TABLE (id bigint, title text, starts_at timestamptz, ends_at timestamptz, venue text, unit text, state text, changed_at timestamptz,
    calendar text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT s.id, s.title, s.starts_at, s.ends_at, s.venue, unit.short_name, s.state, coalesce(s.closed_at, s.made_at), owner.short_name
    FROM attendance_feed feed
    JOIN org_unit owner ON owner.id = feed.unit_id
    LEFT JOIN attendance_session s ON s.place >= feed.place AND s.place < feed.place_end AND s.merged_into_id IS NULL
        AND s."on" > current_date - 400
    LEFT JOIN org_unit unit ON unit.id = s.unit_id
    WHERE feed.token_hash = p_token_hash AND feed.revoked_at IS NULL
    ORDER BY s.starts_at, s.id
$$;

REVOKE ALL ON FUNCTION attendance_who(bigint, bigint), attendance_mark_fill(), attendance_mark_struck(), attendance_mark_heir(),
    attendance_settle(bigint[]), attendance_session_merged(), attendance_participant_known(), attendance_person_merged(),
    attendance_wall(bigint, text, bigint, text), attendance_at_door(bigint, text, bigint, text, text, bigint),
    attendance_sign_in(bigint, text, bigint, text, bigint, uuid, timestamptz, boolean, text),
    attendance_walk_in(bigint, text, bigint, text, text, text, timestamptz), attendance_feed(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION attendance_wall(bigint, text, bigint, text), attendance_at_door(bigint, text, bigint, text, text, bigint),
    attendance_sign_in(bigint, text, bigint, text, bigint, uuid, timestamptz, boolean, text),
    attendance_walk_in(bigint, text, bigint, text, text, text, timestamptz) TO {RESIDENT};
GRANT EXECUTE ON FUNCTION attendance_feed(bytea) TO {PUBLIC};
"""

DROP = """
DROP FUNCTION attendance_feed(bytea), attendance_walk_in(bigint, text, bigint, text, text, text, timestamptz),
    attendance_sign_in(bigint, text, bigint, text, bigint, uuid, timestamptz, boolean, text),
    attendance_at_door(bigint, text, bigint, text, text, bigint), attendance_wall(bigint, text, bigint, text);
DROP FUNCTION attendance_person_merged(), attendance_participant_known(), attendance_session_merged(), attendance_mark_heir(), attendance_mark_struck(),
    attendance_mark_fill() CASCADE;
DROP FUNCTION attendance_settle(bigint[]), attendance_who(bigint, bigint);
"""

SEED = """
INSERT INTO attendance_signinrule (valid_from, opens_minutes, closes_minutes, entry_hours, offline_days, noon)
    VALUES (date '2011-01-01', 60, 30, 24, 7, time '12:30');
"""
