"""Casting, sealing and looking up in the database's own words; policies and public views. Migrations install them."""

from niangjia.core import rowscope
from niangjia.core.rowscope import DESK, LOGIN, PUBLIC, Rule

HERE = rowscope.in_range("place")
POLL_HERE = "poll_id IN (SELECT id FROM voting_poll)"

# A ballot is one statement. What would take turns is left out of it: no row of the poll is locked, a foreign key to the
# poll is not checked, and the trail is not written ballot by ballot but by the seals. What ends or changes a poll takes
# the same advisory lock alone, so that no ballot is under way when it does.
LOCK = 7601  # the class of the advisory locks of polls


def _digest(*names: str) -> str:
    """What binds a ballot, over all its columns in the order of `voting_digest`; written out where a call would cost time."""
    ballot, poll, choices, channel, minute, device, network, segment, outside, receipt = names
    return (
        f"sha256(convert_to(concat_ws('|', {ballot}::text, {poll}::text, array_to_string({choices}, ' '), {channel}, "
        f"extract(epoch FROM {minute})::bigint::text, {device}::text, {network}::text, coalesce({segment}::text, '-'), "
        f"coalesce({outside}::text, '-')), 'UTF8') || {receipt})"
    )


# In one piece of its own: a later migration puts it in place of the one that looked for the receipt first.
CAST = f"""
CREATE OR REPLACE FUNCTION voting_cast(p_poll bigint, p_channel text, p_credential bytea, p_receipt bytea, p_choices int[], p_device bigint,
    p_network bigint, p_segment int, p_prefix text, p_at timestamptz, OUT outcome text, OUT numbers int[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    poll voting_poll%ROWTYPE;
    sent timestamp := p_at AT TIME ZONE 'Asia/Shanghai';
    minute timestamptz := date_trunc('minute', p_at);
    counted date;
    expires timestamptz;
    known int;
    gone int;
    made bigint;
    foreign_number boolean;
BEGIN
    PERFORM pg_advisory_xact_lock_shared({LOCK}, p_poll::int);
    <<taking>> BEGIN
        SELECT * INTO poll FROM voting_poll WHERE id = p_poll;
        IF NOT FOUND OR poll.state = 'DRAFT' THEN
            outcome := 'NO_POLL'; EXIT taking;
        END IF;
        IF p_at < poll.opens_at THEN
            outcome := 'EARLY'; EXIT taking;
        END IF;
        IF poll.state <> 'OPEN' OR p_at > poll.closes_at + make_interval(secs => poll.grace_seconds) THEN
            outcome := 'LATE'; EXIT taking;
        END IF;
        -- What was sent in the last seconds of the day's hours still belongs to that day.
        IF extract(hour FROM sent) < poll.from_hour OR extract(hour FROM sent) >= poll.to_hour THEN
            sent := sent - make_interval(secs => poll.grace_seconds);
            IF extract(hour FROM sent) < poll.from_hour OR extract(hour FROM sent) >= poll.to_hour THEN
                outcome := 'HOURS'; EXIT taking;
            END IF;
        END IF;
        IF (p_channel = 'PHONE' AND NOT poll.by_phone) OR (p_channel = 'TOKEN' AND NOT poll.by_token) THEN
            outcome := 'CHANNEL'; EXIT taking;
        END IF;
        IF cardinality(p_choices) < poll.min_choices OR cardinality(p_choices) > poll.max_choices THEN
            outcome := 'NUMBER'; EXIT taking;
        END IF;
        SELECT count(*), count(withdrawn_at) INTO known, gone FROM voting_choice WHERE poll_id = p_poll AND number = ANY (p_choices);
        IF known <> cardinality(p_choices) THEN
            outcome := 'UNKNOWN_CHOICE'; EXIT taking;
        END IF;
        IF gone > 0 THEN
            SELECT array_agg(number ORDER BY number) INTO numbers
                FROM voting_choice WHERE poll_id = p_poll AND number = ANY (p_choices) AND withdrawn_at IS NOT NULL;
            outcome := 'WITHDRAWN'; EXIT taking;
        END IF;
        IF p_channel = 'TOKEN' THEN
            SELECT sheet.expires_at INTO expires FROM voting_token token JOIN voting_tokensheet sheet ON sheet.id = token.sheet_id
                WHERE token.poll_id = p_poll AND token.code_index = p_credential;
            IF NOT FOUND THEN
                outcome := 'UNKNOWN_TOKEN'; EXIT taking;
            END IF;
            IF p_at > expires + make_interval(secs => poll.grace_seconds) THEN
                outcome := 'EXPIRED_TOKEN'; EXIT taking;
            END IF;
        END IF;
        -- One ballot for the whole vote is one ballot for one day that is always the same.
        counted := CASE WHEN p_channel = 'PHONE' AND poll.cadence = 'DAY' THEN sent::date ELSE date '1970-01-01' END;
        INSERT INTO voting_spent (poll_id, day, credential, mixed) VALUES (p_poll, counted, p_credential, false)
            ON CONFLICT (poll_id, day, credential) DO NOTHING;
        IF NOT FOUND THEN
            outcome := 'ALREADY'; EXIT taking;
        END IF;
        IF p_prefix IS NOT NULL THEN
            SELECT NOT local INTO foreign_number FROM voting_numbersegment WHERE prefix = p_prefix;
        END IF;
        made := nextval('voting_ballot_id_seq');
        INSERT INTO voting_ballot (id, poll_id, choices, channel, minute, device, network, segment, outside, receipt_index, digest)
            OVERRIDING SYSTEM VALUE
            VALUES (made, p_poll, p_choices::smallint[], p_channel, minute, p_device, p_network, p_segment, foreign_number, p_receipt,
                {_digest("made", "p_poll", "p_choices", "p_channel", "minute", "p_device", "p_network", "p_segment", "foreign_number", "p_receipt")})
            ON CONFLICT (receipt_index) DO NOTHING;
        IF FOUND THEN
            outcome := 'ACCEPTED'; RETURN;
        END IF;
        -- One page with two credentials: the first counts, and the second is not used up.
        DELETE FROM voting_spent WHERE poll_id = p_poll AND day = counted AND credential = p_credential;
        outcome := 'ALREADY';
    END taking;
    -- A page that was sent before has its ballot and its receipt, whatever became of poll, choice and code since.
    IF EXISTS (SELECT FROM voting_ballot WHERE receipt_index = p_receipt) THEN
        outcome := 'SAME'; numbers := NULL;
    END IF;
END
$$;
"""

FUNCTIONS = f"""{CAST}
CREATE FUNCTION voting_digest(ballot bigint, poll bigint, choices int[], channel text, minute timestamptz, device bigint, network bigint,
    segment int, outside boolean, receipt bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
    SELECT {_digest("ballot", "poll", "choices", "channel", "minute", "device", "network", "segment", "outside", "receipt")}
$$;

-- Binds the ballots that came since the last seal. Alone with the poll for that moment; then the credentials used since are
-- laid in the order of their hashes, written by another transaction than their ballots: neither the order of rows nor the
-- number of a transaction tells any more which ballot came with which. At the end the credentials are gone.
CREATE FUNCTION voting_seal(p_poll bigint, p_at timestamptz, p_final boolean, OUT seal_number int, OUT bound int, OUT total int, OUT new_head bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    poll voting_poll%ROWTYPE;
    last voting_seal%ROWTYPE;
    upto bigint;
    spent int;
BEGIN
    PERFORM pg_advisory_xact_lock({LOCK}, p_poll::int);
    SELECT * INTO poll FROM voting_poll WHERE id = p_poll AND {rowscope.in_range("place")} AND state <> 'DRAFT' FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT * INTO last FROM voting_seal seal WHERE seal.poll_id = p_poll ORDER BY seal.number DESC LIMIT 1;
    SELECT max(id), count(*), sha256(coalesce(last.head, ''::bytea) || coalesce(string_agg(digest, ''::bytea ORDER BY id), ''::bytea))
        INTO upto, bound, new_head FROM voting_ballot WHERE poll_id = p_poll AND id > coalesce(last.last_ballot, 0);
    SELECT coalesce(sum(seal.ballots), 0) + bound INTO total FROM voting_seal seal WHERE seal.poll_id = p_poll;
    IF bound > 0 THEN
        seal_number := coalesce(last.number, 0) + 1;
        INSERT INTO voting_seal (poll_id, number, last_ballot, ballots, previous, head, made_at, place)
            VALUES (p_poll, seal_number, upto, bound, coalesce(last.head, ''::bytea), new_head, p_at, poll.place);
        UPDATE voting_poll SET ballots = total WHERE id = p_poll;
    ELSE
        new_head := last.head;
    END IF;
    IF p_final THEN
        SELECT count(*) INTO spent FROM voting_spent WHERE poll_id = p_poll;
        IF spent <> total THEN
            RAISE EXCEPTION 'poll % has % ballots and % used credentials', p_poll, total, spent;
        END IF;
        DELETE FROM voting_spent WHERE poll_id = p_poll;
    ELSIF bound > 0 THEN
        WITH moved AS (DELETE FROM voting_spent WHERE poll_id = p_poll AND NOT mixed RETURNING poll_id, day, credential)
        INSERT INTO voting_spent (poll_id, day, credential, mixed)
            SELECT poll_id, day, credential, true FROM moved ORDER BY credential;
    END IF;
END
$$;

-- That a ballot was received and whether it counts, and nothing of what it says: what she cannot show, nobody can demand.
CREATE FUNCTION voting_look_up(p_receipt bytea, OUT poll bigint, OUT title text, OUT received date, OUT state text, OUT aside boolean)
RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT poll.id, poll.title, (ballot.minute AT TIME ZONE 'Asia/Shanghai')::date, poll.state, EXISTS (
        SELECT 1 FROM voting_setaside mark JOIN voting_decision decision ON decision.id = mark.decision_id
        WHERE mark.ballot_id = ballot.id AND decision.confirmed AND NOT EXISTS (
            SELECT 1 FROM voting_decision release WHERE release.about_id = decision.id AND release.confirmed))
    FROM voting_ballot ballot JOIN voting_poll poll ON poll.id = ballot.poll_id WHERE ballot.receipt_index = p_receipt
$$;

-- Binds again what the seals bound: the first one that no longer fits, NULL when all do.
CREATE FUNCTION voting_first_broken_seal(p_poll bigint) RETURNS int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT min(seal.number) FROM (
        SELECT s.*, lag(s.last_ballot, 1, 0::bigint) OVER w AS first_after, lag(s.head, 1, ''::bytea) OVER w AS before
        FROM voting_seal s JOIN voting_poll p ON p.id = s.poll_id
        WHERE s.poll_id = p_poll AND {rowscope.in_range("p.place")} WINDOW w AS (ORDER BY s.number)
    ) seal
    CROSS JOIN LATERAL (
        SELECT count(*) AS ballots, sha256(seal.before || coalesce(string_agg(voting_digest(id, poll_id, choices, channel, minute, device,
            network, segment, outside, receipt_index), ''::bytea ORDER BY id), ''::bytea)) AS head
        FROM voting_ballot WHERE poll_id = p_poll AND id > seal.first_after AND id <= seal.last_ballot
    ) now
    WHERE now.head <> seal.head OR now.ballots <> seal.ballots OR seal.previous <> seal.before
$$;

CREATE FUNCTION voting_append_only() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME USING ERRCODE = '42501';
END
$$;

REVOKE ALL ON FUNCTION voting_cast(bigint, text, bytea, bytea, int[], bigint, bigint, int, text, timestamptz),
    voting_seal(bigint, timestamptz, boolean), voting_look_up(bytea), voting_first_broken_seal(bigint), voting_append_only(),
    voting_digest(bigint, bigint, int[], text, timestamptz, bigint, bigint, int, boolean, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION voting_cast(bigint, text, bytea, bytea, int[], bigint, bigint, int, text, timestamptz),
    voting_look_up(bytea) TO {LOGIN};
GRANT EXECUTE ON FUNCTION voting_seal(bigint, timestamptz, boolean), voting_first_broken_seal(bigint) TO {DESK};
"""

APPEND_ONLY = ("voting_ballot", "voting_seal", "voting_setaside", "voting_publication")

PROTECT = "\n".join(
    [
        rowscope.protect("voting_poll", Rule(DESK, HERE, "SELECT, INSERT, UPDATE")),
        rowscope.protect("voting_choice", Rule(DESK, HERE, "SELECT, INSERT, UPDATE")),
        rowscope.protect("voting_tokensheet", Rule(DESK, HERE, "SELECT, INSERT")),
        rowscope.protect("voting_token", Rule(DESK, "sheet_id IN (SELECT id FROM voting_tokensheet)", "INSERT")),
        # Nobody reads who has voted.
        rowscope.protect("voting_spent", trailed=False),
        # Ballots are exempt from the entry a write: 20 clients would wait in line for one chain. They are bound by seals,
        # each of which is in the trail with its count and head.
        rowscope.protect("voting_ballot", trailed=False),
        f"""
        GRANT SELECT (id, poll_id, choices, channel, minute, device, network, segment, outside) ON voting_ballot TO {DESK};
        CREATE POLICY desk_select ON voting_ballot FOR SELECT TO {DESK} USING ({POLL_HERE});
        """,
        rowscope.protect("voting_seal", Rule(DESK, HERE)),
        rowscope.protect("voting_decision", Rule(DESK, HERE)),
        f"""
        GRANT INSERT ON voting_decision TO {DESK};
        GRANT UPDATE (decided_by, decided_name, decided_at, confirmed) ON voting_decision TO {DESK};
        CREATE POLICY desk_insert ON voting_decision FOR INSERT TO {DESK}
            WITH CHECK ({HERE} AND confirmed IS NULL AND {rowscope.is_mine("proposed_by", "account")});
        CREATE POLICY desk_update ON voting_decision FOR UPDATE TO {DESK}
            USING ({HERE} AND confirmed IS NULL) WITH CHECK ({HERE} AND {rowscope.is_mine("decided_by", "account")});
        """,
        rowscope.protect("voting_setaside", Rule(DESK, "decision_id IN (SELECT id FROM voting_decision)")),
        f"""
        GRANT INSERT ON voting_setaside TO {DESK};
        CREATE POLICY desk_insert ON voting_setaside FOR INSERT TO {DESK}
            WITH CHECK (decision_id IN (SELECT id FROM voting_decision WHERE confirmed IS NULL AND kind = 'SET_ASIDE'));
        """,
        rowscope.protect("voting_threshold", Rule(DESK, "true", "SELECT, UPDATE")),
        rowscope.protect("voting_numbersegment", Rule(DESK, "true", "SELECT, INSERT, UPDATE, DELETE")),
        rowscope.protect("voting_publication", Rule(DESK, HERE, "SELECT, INSERT")),
        *(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION voting_append_only();"
            for table in APPEND_ONLY
        ),
    ]
)

THRESHOLDS = """
INSERT INTO voting_threshold (rule, value, least, from_hour, to_hour) VALUES
    ('BURST', 10, 30, NULL, NULL), ('NIGHT', 20, 50, 23, 6), ('DEVICE', 5, 1, NULL, NULL), ('NETWORK', 60, 1, NULL, NULL),
    ('SEGMENT', 8, 50, NULL, NULL), ('OUTSIDE', 30, 50, NULL, NULL);
"""

# Totals leave the house when the poll lets them: after publication, or before where they are not hidden.
SHOWN = "(poll.state = 'PUBLISHED' OR NOT poll.hide_totals)"
VIEWS = f"""
CREATE VIEW public_vote_poll WITH (security_barrier) AS
    SELECT poll.id, poll.title, poll.rules_text, poll.opens_at, poll.closes_at, poll.from_hour, poll.to_hour, poll.min_choices,
           poll.max_choices, poll.cadence, poll.by_phone, poll.by_token, poll.hide_totals, poll.weight, poll.grace_seconds, poll.state,
           poll.published_at, CASE WHEN {SHOWN} THEN poll.ballots END AS ballots
    FROM voting_poll poll WHERE poll.state <> 'DRAFT';

CREATE VIEW public_vote_choice WITH (security_barrier) AS
    SELECT choice.poll_id, choice.number, choice.label, choice."group", choice.text, choice.picture <> '' AS has_picture,
           choice.withdrawn_at IS NOT NULL AS withdrawn, CASE WHEN {SHOWN} THEN choice.votes END AS votes,
           CASE WHEN {SHOWN} THEN choice.counted END AS counted
    FROM voting_choice choice JOIN voting_poll poll ON poll.id = choice.poll_id WHERE poll.state <> 'DRAFT';

CREATE VIEW public_vote_picture WITH (security_barrier) AS
    SELECT choice.poll_id, choice.number, choice.picture, choice.picture_mime
    FROM voting_choice choice JOIN voting_poll poll ON poll.id = choice.poll_id
    WHERE poll.state <> 'DRAFT' AND choice.picture <> '' AND choice.withdrawn_at IS NULL;

CREATE VIEW public_vote_decision WITH (security_barrier) AS
    SELECT decision.poll_id, decision.id, decision.kind, decision.reason, decision.ballots, choice.number AS choice, decision.decided_at
    FROM voting_decision decision JOIN voting_poll poll ON poll.id = decision.poll_id
    LEFT JOIN voting_choice choice ON choice.id = decision.choice_id
    WHERE poll.state = 'PUBLISHED' AND decision.confirmed AND decision.kind <> 'RELEASE' AND NOT EXISTS (
        SELECT 1 FROM voting_decision release WHERE release.about_id = decision.id AND release.confirmed);

CREATE VIEW public_vote_file WITH (security_barrier) AS
    SELECT file.poll_id, file.edition, file.ballots, file.head, file.made_at, file.packed
    FROM voting_publication file JOIN voting_poll poll ON poll.id = file.poll_id
    WHERE poll.state = 'PUBLISHED'
      AND file.edition = (SELECT max(edition) FROM voting_publication other WHERE other.poll_id = file.poll_id);

GRANT SELECT ON public_vote_poll, public_vote_choice, public_vote_picture, public_vote_decision, public_vote_file TO {PUBLIC};
"""

DROP = """
DROP VIEW public_vote_file, public_vote_decision, public_vote_picture, public_vote_choice, public_vote_poll;
DROP FUNCTION voting_cast(bigint, text, bytea, bytea, int[], bigint, bigint, int, text, timestamptz),
    voting_seal(bigint, timestamptz, boolean), voting_look_up(bytea), voting_first_broken_seal(bigint),
    voting_digest(bigint, bigint, int[], text, timestamptz, bigint, bigint, int, boolean, bytea);
DROP FUNCTION voting_append_only() CASCADE;
"""
