"""Who sees a matter, the one door by which matters come in, what a code opens, and counts that tell of nobody.

Migrations install them. Why the secret ones hang on two accounts and not on a place: docs/decisions/0011-helpline.md.
"""

from niangjia.core import rowscope
from niangjia.core.numbers import counter
from niangjia.core.rowscope import DESK, PARTNER, PUBLIC, RESIDENT, Rule
from niangjia.helpline.rules import PETITIONS, SMALL

HERE = rowscope.in_range("place")
OF_THE_DISTRICT = "right(current_setting('app.lo', true), 6) = '000000'"
ANSWERS = f"({rowscope.is_mine('handler_account', 'account')} OR {rowscope.is_mine('supervisor_account', 'account')})"
SEEN = f"{HERE} AND ({ANSWERS} OR (NOT secret AND ({rowscope.is_mine('unit_id', 'unit')} OR {OF_THE_DISTRICT})))"
OF_A_MATTER = "matter_id IN (SELECT id FROM helpline_matter)"
ASKED = rowscope.is_mine("department_id", "unit") + " AND online"
PETITION_KINDS = ", ".join(f"'{kind.value}'" for kind in PETITIONS)

PROTECT = "\n".join(
    [
        rowscope.protect(
            "helpline_terms",
            *(Rule(role, "true") for role in (DESK, PARTNER, RESIDENT)),
            Rule(DESK, OF_THE_DISTRICT, "INSERT, UPDATE"),
        ),
        rowscope.protect(
            "helpline_duty", Rule(DESK, HERE), Rule(DESK, f"{HERE} AND {OF_THE_DISTRICT}", "INSERT, UPDATE")
        ),
        rowscope.protect(
            "helpline_key",
            Rule(DESK, HERE),
            Rule(DESK, f"{HERE} AND {rowscope.is_mine('account_id', 'account')}", "INSERT, UPDATE"),
        ),
        rowscope.protect("helpline_matter", Rule(DESK, SEEN, "SELECT, UPDATE")),
        # How and when it came in, and by whom it is asked after, no act changes.
        f"""
        REVOKE UPDATE ON helpline_matter FROM {DESK};
        GRANT UPDATE (place, kind, topic, risk, secret, minor, pregnant, disabled, elder, age_band, relation, state, unit_id,
            handler_account, handler, supervisor_account, supervisor, due_on, told_on, done_by, extended_why, answered_at, in_time,
            unread, reopened, closed_at, closed_why, revision, envelope) ON helpline_matter TO {DESK};
        """,
        rowscope.protect("helpline_message", Rule(DESK, OF_A_MATTER, "SELECT, INSERT")),
        rowscope.protect("helpline_matterstep", Rule(DESK, OF_A_MATTER, "SELECT, INSERT")),
        rowscope.protect("helpline_referral", Rule(DESK, OF_A_MATTER, "SELECT, INSERT, UPDATE"), Rule(PARTNER, ASKED)),
        f"""
        GRANT UPDATE (answer, answered_on, answered_by, refused) ON helpline_referral TO {PARTNER};
        CREATE POLICY partner_update ON helpline_referral FOR UPDATE TO {PARTNER}
            USING ({ASKED} AND answered_on IS NULL) WITH CHECK ({ASKED} AND answered_on IS NOT NULL);
        """,
        rowscope.protect("helpline_mediation", Rule(DESK, OF_A_MATTER, "SELECT, INSERT, UPDATE")),
        rowscope.protect("helpline_followup", Rule(DESK, OF_A_MATTER, "SELECT, INSERT, UPDATE")),
        rowscope.protect(
            "helpline_commonanswer", Rule(DESK, HERE), Rule(DESK, f"{HERE} AND {OF_THE_DISTRICT}", "INSERT, UPDATE")
        ),
    ]
)

# Once secret, always: no update takes it off. Which matter it is never changes.
GUARD = """
CREATE FUNCTION helpline_matter_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    NEW.secret := OLD.secret OR NEW.secret;
    RETURN NEW;
END
$$;
CREATE TRIGGER helpline_matter_guard BEFORE UPDATE ON helpline_matter FOR EACH ROW EXECUTE FUNCTION helpline_matter_guard();

CREATE FUNCTION helpline_referral_told() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE helpline_matter SET unread = true WHERE id = NEW.matter_id;
    INSERT INTO helpline_matterstep (matter_id, at, title, by)
        VALUES (NEW.matter_id, now(), CASE WHEN NEW.refused THEN '部门认为不属其职责' ELSE '部门已答复' END, NEW.answered_by);
    RETURN NULL;
END
$$;
CREATE TRIGGER helpline_referral_told AFTER UPDATE OF answered_on ON helpline_referral FOR EACH ROW
    WHEN (OLD.answered_on IS NULL AND NEW.answered_on IS NOT NULL) EXECUTE FUNCTION helpline_referral_told();
REVOKE ALL ON FUNCTION helpline_matter_guard(), helpline_referral_told() FROM PUBLIC;
"""

# Whoever brings a matter in, an officer of a village or a visitor, sees nothing of it again but by its code. Who answers for
# it is the duty of the day, in this function alone.
DOORS = f"""{counter("helpline")}
REVOKE ALL ON FUNCTION helpline_next_number(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION helpline_next_number(text) TO {DESK}, {RESIDENT};

CREATE FUNCTION helpline_is_open(p_place text, p_on date) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM helpline_duty WHERE place = left(p_place, 6) || '000000' AND starts_on <= p_on)
$$;

CREATE FUNCTION helpline_repeats(p_text bytea, p_since timestamptz) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*) FROM helpline_matter WHERE text_index = p_text AND received_at >= p_since
$$;

CREATE FUNCTION helpline_receive(p_matter jsonb, p_at timestamptz, OUT made bigint, OUT number text, OUT known boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    new helpline_matter%ROWTYPE;
    duty helpline_duty%ROWTYPE;
    home text := left(p_matter->>'place', 6) || '000000';
BEGIN
    SELECT m.id, m.number, true INTO made, number, known FROM helpline_matter m WHERE m.token = (p_matter->>'token')::uuid;
    IF made IS NOT NULL THEN
        RETURN;
    END IF;
    known := false;
    SELECT * INTO duty FROM helpline_duty d WHERE d.place = home AND d.starts_on <= (p_at AT TIME ZONE 'Asia/Shanghai')::date
        ORDER BY d.starts_on DESC LIMIT 1;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    new := jsonb_populate_record(NULL::helpline_matter, p_matter);
    new.received_at := p_at;
    new.handler_account := duty.handler_account;
    new.handler := duty.handler;
    new.supervisor_account := duty.supervisor_account;
    new.supervisor := duty.supervisor;
    new.state := CASE WHEN new.state = 'HELD' THEN 'HELD' ELSE 'RECEIVED' END;
    SELECT id INTO new.unit_id FROM org_unit WHERE place = home AND kind = 'FEDERATION' AND active_to IS NULL;
    new.number := 'L' || to_char(p_at AT TIME ZONE 'Asia/Shanghai', 'YYYY');
    new.number := new.number || '-' || lpad(helpline_next_number(new.number)::text, 5, '0');
    new.id := nextval(pg_get_serial_sequence('helpline_matter', 'id'));
    new.received_by := coalesce(current_setting('app.actor', true), '');
    new.received_by_account := coalesce(nullif(current_setting('app.account', true), '')::bigint, 0);
    new.revision := 1; new.reopened := 0; new.unread := false; new.closed_why := ''; new.extended_why := '';
    new.told_on := NULL; new.done_by := NULL; new.answered_at := NULL; new.in_time := NULL; new.satisfaction := NULL; new.closed_at := NULL;
    INSERT INTO helpline_matter SELECT new.*;
    made := new.id;
    number := new.number;
END
$$;

CREATE FUNCTION helpline_answer(p_code bytea) RETURNS TABLE (number text, state text, received_at timestamptz, due_on date,
    told_on date, answered_at timestamptz, closed_at timestamptz, satisfaction smallint, petition boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT number, CASE WHEN state = 'HELD' THEN 'RECEIVED' ELSE state END, received_at, due_on, told_on, answered_at, closed_at,
        satisfaction, kind IN ({PETITION_KINDS})
    FROM helpline_matter WHERE code_index = p_code
$$;

CREATE FUNCTION helpline_messages(p_code bytea) RETURNS TABLE (at timestamptz, from_her boolean, text bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT said.at, said.from_her, said.text FROM helpline_message said JOIN helpline_matter m ON m.id = said.matter_id
    WHERE m.code_index = p_code ORDER BY said.at, said.id
$$;

CREATE FUNCTION helpline_rate(p_code bytea, p_points integer) RETURNS text
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE helpline_matter SET satisfaction = p_points
        WHERE code_index = p_code AND answered_at IS NOT NULL RETURNING number
$$;

CREATE FUNCTION helpline_take_back(p_code bytea, p_at timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    own helpline_matter%ROWTYPE;
BEGIN
    UPDATE helpline_matter SET state = 'WITHDRAWN', closed_at = p_at, closed_why = 'WITHDRAWN', unread = true, revision = revision + 1
        WHERE code_index = p_code AND state NOT IN ('CLOSED', 'WITHDRAWN', 'HELD') RETURNING * INTO own;
    IF own.id IS NULL THEN
        RETURN NULL;
    END IF;
    INSERT INTO helpline_matterstep (matter_id, at, title, by) VALUES (own.id, p_at, '来件人撤回', '来件人');
    RETURN own.number;
END
$$;

-- Open matters of one who left her post go to another on the roster; nobody takes them from one who still holds it.
CREATE FUNCTION helpline_pass_on(p_from bigint, p_to bigint, p_name text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    home text := current_setting('app.lo', true);
    moved integer;
BEGIN
    IF right(home, 6) IS DISTINCT FROM '000000' OR NOT EXISTS (
        SELECT 1 FROM helpline_duty d WHERE d.place = home AND p_to IN (d.handler_account, d.supervisor_account)) THEN
        RETURN -1;
    END IF;
    IF EXISTS (SELECT 1 FROM people_account a JOIN org_post p ON p.officer_id = a.officer_id
        WHERE a.id = p_from AND a.is_active AND p.span @> (now() AT TIME ZONE 'Asia/Shanghai')::date) THEN
        RETURN -2;
    END IF;
    UPDATE helpline_matter SET handler_account = p_to, handler = p_name, revision = revision + 1
        WHERE handler_account = p_from AND supervisor_account <> p_to AND left(place, 6) = left(home, 6);
    GET DIAGNOSTICS moved = ROW_COUNT;
    UPDATE helpline_matter SET supervisor_account = p_to, supervisor = p_name, revision = revision + 1
        WHERE supervisor_account = p_from AND handler_account <> p_to AND left(place, 6) = left(home, 6);
    RETURN moved;
END
$$;
"""

# What she adds to a matter. Sent or delivered twice it stands once.
SAY = f"""
-- Whether it was added.
CREATE FUNCTION helpline_add(p_matter bigint, p_token uuid, p_text bytea, p_at timestamptz, p_due date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO helpline_message (matter_id, at, from_her, text, by, token) VALUES (p_matter, p_at, true, p_text, '', p_token)
        ON CONFLICT (token) DO NOTHING;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE helpline_matter SET unread = true, revision = revision + 1,
        due_on = CASE WHEN state IN ('CLOSED', 'WITHDRAWN', 'REPLIED', 'FOLLOWED_UP', 'ADVISED') THEN p_due ELSE due_on END,
        reopened = reopened + CASE WHEN state IN ('CLOSED', 'WITHDRAWN') AND closed_why <> 'ABUSE' THEN 1 ELSE 0 END,
        closed_at = CASE WHEN state IN ('CLOSED', 'WITHDRAWN') AND closed_why <> 'ABUSE' THEN NULL ELSE closed_at END,
        state = CASE WHEN state IN ('CLOSED', 'WITHDRAWN') AND closed_why <> 'ABUSE' THEN 'IN_HAND' ELSE state END,
        closed_why = CASE WHEN closed_why <> 'ABUSE' THEN '' ELSE closed_why END
        WHERE id = p_matter;
    INSERT INTO helpline_matterstep (matter_id, at, title, by) VALUES (p_matter, p_at, '来件人补充', '来件人');
    RETURN true;
END
$$;

-- No number for a code that is none, an empty one after twenty messages in a day.
CREATE FUNCTION helpline_say(p_code bytea, p_token uuid, p_text bytea, p_at timestamptz, p_due date, OUT number text, OUT added boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    own helpline_matter%ROWTYPE;
BEGIN
    SELECT * INTO own FROM helpline_matter WHERE code_index = p_code FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF (SELECT count(*) FROM helpline_message WHERE matter_id = own.id AND from_her AND at > p_at - interval '1 day') >= 20 THEN
        number := '';
        RETURN;
    END IF;
    added := helpline_add(own.id, p_token, p_text, p_at, p_due);
    number := own.number;
END
$$;

-- No number where nothing of hers is open; after fifty messages in a day more are dropped.
CREATE FUNCTION helpline_say_again(p_sender bytea, p_token uuid, p_text bytea, p_at timestamptz, p_due date,
    OUT number text, OUT added boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    own helpline_matter%ROWTYPE;
BEGIN
    SELECT * INTO own FROM helpline_matter
        WHERE sender_index = p_sender AND state NOT IN ('CLOSED', 'WITHDRAWN') AND received_at > p_at - interval '7 days'
        ORDER BY received_at DESC LIMIT 1 FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF (SELECT count(*) FROM helpline_message WHERE matter_id = own.id AND from_her AND at > p_at - interval '1 day') < 50 THEN
        added := helpline_add(own.id, p_token, p_text, p_at, p_due);
    END IF;
    number := own.number;
END
$$;

REVOKE ALL ON FUNCTION helpline_add(bigint, uuid, bytea, timestamptz, date), helpline_say(bytea, uuid, bytea, timestamptz, date),
    helpline_say_again(bytea, uuid, bytea, timestamptz, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION helpline_say(bytea, uuid, bytea, timestamptz, date),
    helpline_say_again(bytea, uuid, bytea, timestamptz, date) TO {RESIDENT};
"""

# One quarter that is over, split one way at a time. A cell of fewer than five, or with one to four secret ones in it, is
# withheld, and with it the next smallest, so that subtracting from the total tells nothing. Quarters do not overlap.
FIGURES = f"""
CREATE FUNCTION helpline_figures(p_quarter date) RETURNS TABLE (split text, cell text, n bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    home text := current_setting('app.lo', true);
    since timestamptz := date_trunc('quarter', p_quarter::timestamp) AT TIME ZONE 'Asia/Shanghai';
    until timestamptz := (date_trunc('quarter', p_quarter::timestamp) + interval '3 months') AT TIME ZONE 'Asia/Shanghai';
BEGIN
    IF right(home, 6) IS DISTINCT FROM '000000' OR until > now() THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH base AS (
        SELECT m.*, m.answered_at - m.received_at AS waited,
            EXISTS (SELECT 1 FROM helpline_referral r WHERE r.matter_id = m.id) AS handed_over
        FROM helpline_matter m
        WHERE m.received_at >= since AND m.received_at < until AND left(m.place, 6) = left(home, 6)
            AND m.state <> 'HELD' AND m.closed_why <> 'ABUSE'
    ), cells AS (
        SELECT one.split, one.cell, count(*) AS k, count(*) FILTER (WHERE base.secret) AS s FROM base,
            LATERAL (VALUES ('topic', base.topic), ('kind', base.kind), ('way', base.way),
                ('town', left(base.place, 9) || '000'),
                ('month', to_char(base.received_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM'))) one (split, cell)
        GROUP BY 1, 2
    ), ordered AS (
        SELECT c.*, (c.k < {SMALL} OR c.s BETWEEN 1 AND {SMALL - 1}) AS small,
            row_number() OVER w AS place_in_line, sum(c.k) OVER w AS so_far,
            count(*) FILTER (WHERE c.k < {SMALL} OR c.s BETWEEN 1 AND {SMALL - 1}) OVER (PARTITION BY c.split) AS smalls
        FROM cells c
        WINDOW w AS (PARTITION BY c.split ORDER BY NOT (c.k < {SMALL} OR c.s BETWEEN 1 AND {SMALL - 1}), c.k, c.cell)
    ), cut AS (
        SELECT o.split, CASE WHEN max(o.smalls) = 0 THEN 0 ELSE coalesce(
            min(o.place_in_line) FILTER (WHERE o.place_in_line >= greatest(o.smalls, 2) AND o.so_far >= {SMALL}), max(o.place_in_line)) END AS last
        FROM ordered o GROUP BY o.split
    ), totals AS (
        SELECT count(*) AS received, count(b.answered_at) AS answered, count(*) FILTER (WHERE b.in_time) AS in_time,
            count(*) FILTER (WHERE b.handed_over) AS handed_over, count(*) FILTER (WHERE b.reopened > 0) AS reopened,
            count(*) FILTER (WHERE b.risk = 'EMERGENCY') AS emergencies, count(*) FILTER (WHERE b.satisfaction >= 4) AS content,
            count(b.satisfaction) AS rated,
            (percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM b.waited) / 3600))::bigint AS hours
        FROM base b
    )
    SELECT o.split, o.cell::text, CASE WHEN o.place_in_line > t.last AND NOT o.small THEN o.k END
        FROM ordered o JOIN cut t ON t.split = o.split
    UNION ALL
    SELECT 'health', h.cell, CASE WHEN h.k BETWEEN 1 AND {SMALL - 1} OR h.whole - h.k BETWEEN 1 AND {SMALL - 1} THEN NULL ELSE h.k END
        FROM totals t, LATERAL (VALUES ('received', t.received, t.received), ('answered', t.answered, t.received),
            ('in_time', t.in_time, t.answered), ('handed_over', t.handed_over, t.received), ('reopened', t.reopened, t.received),
            ('emergencies', t.emergencies, t.received), ('content', t.content, t.rated), ('rated', t.rated, t.received)) h (cell, k, whole)
    UNION ALL
    SELECT 'health', 'hours', CASE WHEN t.answered >= {SMALL} THEN t.hours END FROM totals t;
END
$$;
"""

GRANTS = f"""
REVOKE ALL ON FUNCTION helpline_is_open(text, date), helpline_repeats(bytea, timestamptz), helpline_receive(jsonb, timestamptz),
    helpline_answer(bytea), helpline_messages(bytea), helpline_rate(bytea, integer), helpline_take_back(bytea, timestamptz),
    helpline_pass_on(bigint, bigint, text), helpline_figures(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION helpline_is_open(text, date), helpline_repeats(bytea, timestamptz), helpline_receive(jsonb, timestamptz)
    TO {DESK}, {RESIDENT};
GRANT EXECUTE ON FUNCTION helpline_answer(bytea), helpline_messages(bytea), helpline_rate(bytea, integer),
    helpline_take_back(bytea, timestamptz) TO {RESIDENT};
GRANT EXECUTE ON FUNCTION helpline_pass_on(bigint, bigint, text), helpline_figures(date) TO {DESK};
"""

VIEWS = f"""
CREATE VIEW helpline_tally WITH (security_barrier) AS
    SELECT row_number() OVER (ORDER BY month, answered_in, closed_in, in_time) AS id, counted.* FROM (
        SELECT left(m.place, 6) || '000000' AS place,
            date_trunc('month', m.received_at AT TIME ZONE 'Asia/Shanghai')::date AS month,
            date_trunc('month', m.answered_at AT TIME ZONE 'Asia/Shanghai')::date AS answered_in, m.in_time,
            date_trunc('month', m.closed_at AT TIME ZONE 'Asia/Shanghai')::date AS closed_in
        FROM helpline_matter m WHERE m.state <> 'HELD' AND m.closed_why <> 'ABUSE'
    ) counted
    WHERE {HERE};

CREATE VIEW public_helpline_answer WITH (security_barrier) AS
    SELECT c.id, c.topic, c.question, c.answer, (c.published_at AT TIME ZONE 'Asia/Shanghai')::date AS published_on
    FROM helpline_commonanswer c WHERE c.published_at IS NOT NULL AND c.withdrawn_at IS NULL;

-- The public halves of the keys of those on duty today; whose they are is not told.
CREATE VIEW public_helpline_key WITH (security_barrier) AS
    SELECT k.id, k.public FROM helpline_key k
    JOIN LATERAL (SELECT d.* FROM helpline_duty d WHERE d.place = k.place
        AND d.starts_on <= (now() AT TIME ZONE 'Asia/Shanghai')::date ORDER BY d.starts_on DESC LIMIT 1) today
        ON k.account_id IN (today.handler_account, today.supervisor_account)
    WHERE k.retired_at IS NULL;

GRANT SELECT ON helpline_tally TO {DESK};
GRANT SELECT ON public_helpline_answer, public_helpline_key TO {PUBLIC};
"""
