"""Policies, functions and public views of the engine, in the database's own words. Migrations install them."""

from niangjia.core import rowscope
from niangjia.core.numbers import counter
from niangjia.core.rowscope import DESK, LOGIN, PARTNER, PUBLIC, RESIDENT, Rule

MINE = rowscope.is_mine("filed_by_account", "account") + " AND filed_by_account <> 0"
OWN_CASE = "case_id IN (SELECT id FROM programmes_case)"
HERE = rowscope.in_range("place")
OWN_FILE = rowscope.is_mine("owner_account", "account") + " AND owner_account <> 0"
ASKED = rowscope.is_mine("unit_id", "unit")

PROTECT = "\n".join(
    [
        rowscope.protect(
            "programmes_round",
            *(Rule(role, "true") for role in (DESK, RESIDENT, LOGIN)),
            Rule(DESK, HERE, "INSERT, UPDATE"),
        ),
        rowscope.protect(
            "programmes_case",
            Rule(DESK, HERE, "SELECT, INSERT, UPDATE"),
            Rule(RESIDENT, MINE, "SELECT, INSERT, UPDATE"),
        ),
        rowscope.protect(
            "programmes_step", Rule(DESK, HERE, "SELECT, INSERT"), Rule(RESIDENT, OWN_CASE, "SELECT, INSERT")
        ),
        rowscope.protect(
            "programmes_attachment",
            Rule(DESK, HERE, "SELECT, INSERT, UPDATE"),
            Rule(RESIDENT, MINE, "SELECT, INSERT, UPDATE"),
        ),
        # Of a question the department may change its answer and nothing else.
        rowscope.protect("programmes_outsidecheck", Rule(DESK, HERE, "SELECT, INSERT, UPDATE"), Rule(PARTNER, ASKED)),
        f"""
        GRANT UPDATE (answer, remark, answered_at, answered_by) ON programmes_outsidecheck TO {PARTNER};
        CREATE POLICY partner_update ON programmes_outsidecheck FOR UPDATE TO {PARTNER}
            USING ({ASKED} AND settled_at IS NULL) WITH CHECK ({ASKED});
        """,
        rowscope.protect("programmes_decision", Rule(DESK, HERE, "SELECT, INSERT")),
        rowscope.protect("programmes_grant", Rule(DESK, HERE, "SELECT, INSERT, UPDATE"), Rule(RESIDENT, OWN_CASE)),
        # A woman who withdraws ends her own grant, and can turn it into nothing else.
        f"""
        GRANT UPDATE (state) ON programmes_grant TO {RESIDENT};
        CREATE POLICY resident_update ON programmes_grant FOR UPDATE TO {RESIDENT}
            USING ({OWN_CASE} AND state = 'APPROVED') WITH CHECK (state = 'CANCELLED');
        """,
        rowscope.protect("programmes_notice", Rule(DESK, HERE, "SELECT, INSERT, UPDATE")),
        rowscope.protect("programmes_noticeline", Rule(DESK, HERE, "SELECT, INSERT, DELETE")),
        rowscope.protect("programmes_objection", Rule(DESK, HERE, "SELECT, UPDATE")),
        rowscope.protect("programmes_paymentlist", Rule(DESK, HERE, "SELECT, INSERT, UPDATE")),
        rowscope.protect("programmes_payment", Rule(DESK, HERE, "SELECT, INSERT, UPDATE")),
        f"""
        GRANT SELECT, UPDATE (state, failure, settled_on) ON programmes_payment TO {RESIDENT};
        CREATE POLICY resident_select ON programmes_payment FOR SELECT TO {RESIDENT}
            USING (grant_id IN (SELECT id FROM programmes_grant));
        CREATE POLICY resident_update ON programmes_payment FOR UPDATE TO {RESIDENT}
            USING (grant_id IN (SELECT id FROM programmes_grant) AND state = 'LISTED') WITH CHECK (state = 'FAILED');
        """,
        rowscope.protect("programmes_followup", Rule(DESK, HERE, "SELECT, INSERT")),
        # Of the register of persons a resident may learn one thing: whether those she filed for were recorded as dead.
        f"""
        GRANT SELECT (id, died_on) ON people_person TO {RESIDENT};
        CREATE POLICY resident_select ON people_person FOR SELECT TO {RESIDENT}
            USING (id IN (SELECT person_id FROM programmes_case));
        """,
        rowscope.protect(
            "files_storedfile",
            Rule(DESK, HERE, "SELECT, INSERT"),
            Rule(RESIDENT, OWN_FILE, "SELECT, INSERT"),
        ),
        # A woman who corrects where she is registered takes her papers along.
        f"""
        GRANT UPDATE (place) ON files_storedfile TO {DESK}, {RESIDENT};
        CREATE POLICY desk_update ON files_storedfile FOR UPDATE TO {DESK} USING ({HERE}) WITH CHECK ({HERE});
        CREATE POLICY resident_update ON files_storedfile FOR UPDATE TO {RESIDENT} USING ({OWN_FILE}) WITH CHECK ({OWN_FILE});
        """,
    ]
)

FUNCTIONS = f"""{counter("programmes")}
-- One grant for life is asked of the whole country's rows, not of those the asker may see; the answer is a yes or a no.
CREATE FUNCTION programmes_granted_before(p_family text, p_index bytea) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM programmes_grant
        WHERE family = p_family AND id_index = p_index AND state IN ('APPROVED', 'PAID'))
$$;

CREATE FUNCTION programmes_waited_before(p_programme text, p_index bytea, p_case bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM programmes_case earlier
        JOIN programmes_round round ON round.id = earlier.round_id
        WHERE earlier.programme = p_programme AND earlier.id_index = p_index AND earlier.id < p_case
          AND round.state = 'FINISHED' AND earlier.state IN ('APPROVED', 'REPORTED', 'WAITING'))
$$;

CREATE FUNCTION programmes_open_elsewhere(p_round bigint, p_index bytea, p_case bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM programmes_case
        WHERE round_id = p_round AND id_index = p_index AND id <> p_case
          AND kind NOT IN ('draft', 'withdrawn', 'refused', 'closed'))
$$;

CREATE FUNCTION programmes_file_objection(p_number text, p_notice bigint, p_order integer, p_text bytea, p_contact bytea,
    p_account bigint, p_at timestamptz, p_due date, p_today date) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    target programmes_notice%ROWTYPE;
    line bigint;
    made bigint;
BEGIN
    SELECT * INTO target FROM programmes_notice
        WHERE id = p_notice AND state = 'PUBLISHED' AND p_today BETWEEN starts_on - 1 AND ends_on;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF p_order IS NOT NULL THEN
        SELECT id INTO line FROM programmes_noticeline WHERE notice_id = p_notice AND "order" = p_order;
        IF line IS NULL THEN
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO programmes_objection (number, notice_id, line_id, text, contact, filed_at, filed_by_account, due_on, state, answer,
        answered_by, place)
        VALUES (p_number, p_notice, line, p_text, p_contact, p_at, p_account, p_due, 'OPEN', '', '', target.place)
        RETURNING id INTO made;
    RETURN made;
END
$$;

REVOKE ALL ON FUNCTION programmes_next_number(text), programmes_granted_before(text, bytea),
    programmes_waited_before(text, bytea, bigint), programmes_open_elsewhere(bigint, bytea, bigint),
    programmes_file_objection(text, bigint, integer, bytea, bytea, bigint, timestamptz, date, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION programmes_next_number(text), programmes_granted_before(text, bytea),
    programmes_waited_before(text, bytea, bigint), programmes_open_elsewhere(bigint, bytea, bigint)
    TO niangjia_desk, niangjia_resident;
GRANT EXECUTE ON FUNCTION
    programmes_file_objection(text, bigint, integer, bytea, bytea, bigint, timestamptz, date, date) TO niangjia_resident;
"""

# What the public may read: running notices, their lines as they were written, open rounds. Nothing lies beneath them that
# the public role could reach: it has no grant on any table of this room.
VIEWS = f"""
CREATE VIEW public_notice WITH (security_barrier) AS
    SELECT notice.id, notice.title, notice.body, notice.basis, notice.starts_on, notice.ends_on, notice.objection_phone,
           notice.objection_address, notice.place, notice.published_at, unit.name AS unit_name, round.notice_days, round.notice_unit,
           notice.attachment_id IS NOT NULL AS has_attachment,
           (SELECT count(*) FROM programmes_noticeline line WHERE line.notice_id = notice.id) AS lines
    FROM programmes_notice notice
    JOIN programmes_round round ON round.id = notice.round_id
    JOIN org_unit unit ON unit.id = round.unit_id
    WHERE notice.state = 'PUBLISHED'
      AND (now() AT TIME ZONE 'Asia/Shanghai')::date BETWEEN notice.starts_on - 1 AND notice.ends_on;

CREATE VIEW public_notice_line WITH (security_barrier) AS
    SELECT line.notice_id, line."order", line.masked_name, line.town_name, line.amount
    FROM programmes_noticeline line JOIN public_notice notice ON notice.id = line.notice_id;

CREATE VIEW public_notice_file WITH (security_barrier) AS
    SELECT notice.id AS notice_id, file.name, file.mime, file.storage_name
    FROM programmes_notice original
    JOIN public_notice notice ON notice.id = original.id
    JOIN files_storedfile file ON file.id = original.attachment_id;

CREATE VIEW public_round WITH (security_barrier) AS
    SELECT round.id, round.programme, round.version, round.title, round.opens_on, round.closes_on, round.amount, round.place
    FROM programmes_round round
    WHERE round.state = 'OPEN' AND (now() AT TIME ZONE 'Asia/Shanghai')::date BETWEEN round.opens_on AND round.closes_on;

GRANT SELECT ON public_notice, public_notice_line, public_notice_file, public_round TO {PUBLIC};
"""

# A name stands while she agrees to that: taken back, the line goes on without it from that moment (个人信息保护法 art. 15).
CONSENTED_NAMES = """
CREATE OR REPLACE VIEW public_notice_line WITH (security_barrier) AS
    SELECT line.notice_id, line."order",
           CASE WHEN line.named AND NOT EXISTS (SELECT 1 FROM people_consent consent
                    WHERE consent.subject = 'case:' || line.case_id AND consent.purpose = 'PUBLISH'
                      AND consent.withdrawn_at IS NULL)
                THEN ('申请人' || line."order")::varchar(40) ELSE line.masked_name END AS masked_name,
           line.town_name, line.amount
    FROM programmes_noticeline line JOIN public_notice notice ON notice.id = line.notice_id;
"""

# What the engine grew into for programmes other than the first: grants told apart by a key the database makes, quotas of
# towns, visits of every programme, public lines with the columns the definition names.
EVERY_PROGRAMME = (
    rowscope.protect("programmes_allotment", Rule(DESK, HERE, "SELECT, INSERT, UPDATE"))
    + f"""
ALTER TABLE programmes_visit DISABLE TRIGGER USER;
UPDATE programmes_visit visit SET programme = c.programme, person_id = c.person_id
    FROM programmes_case c WHERE c.id = visit.case_id;
ALTER TABLE programmes_visit ENABLE TRIGGER USER;

DROP FUNCTION programmes_granted_before(text, bytea);
CREATE FUNCTION programmes_once_taken(p_family text, p_key text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM programmes_grant
        WHERE family = p_family AND once_key = p_key AND state IN ('APPROVED', 'PAID'))
$$;

CREATE OR REPLACE FUNCTION programmes_waited_before(p_programme text, p_index bytea, p_case bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM programmes_case earlier
        JOIN programmes_round round ON round.id = earlier.round_id
        WHERE earlier.programme = p_programme AND earlier.id_index = p_index AND earlier.id < p_case
          AND round.state = 'FINISHED' AND earlier.kind = 'queue')
$$;

CREATE FUNCTION programmes_household_in_hand(p_round bigint, p_household text, p_case bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM programmes_case
        WHERE round_id = p_round AND household_key = p_household AND id <> p_case
          AND kind NOT IN ('draft', 'withdrawn', 'refused', 'closed'))
$$;

-- When this house last came to a household or a person, by any programme: the day, which programme, whose unit. Not more.
CREATE FUNCTION programmes_served(p_household text, p_person bigint, p_case bigint, p_since date)
RETURNS TABLE (at date, programme text, unit text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT visit.visited_on, visit.programme, visit.unit_name FROM programmes_visit visit
        WHERE visit.visited_on >= p_since AND visit.case_id <> p_case
          AND (visit.household_key = nullif(p_household, '') OR visit.person_id = p_person)
    UNION
    SELECT gift.paid_on, gift.programme, unit.name FROM programmes_grant gift
        JOIN programmes_round round ON round.id = gift.round_id JOIN org_unit unit ON unit.id = round.unit_id
        WHERE gift.paid_on >= p_since AND gift.case_id <> p_case AND gift.state = 'PAID'
          AND (gift.household_key = nullif(p_household, '') OR gift.person_id = p_person)
    ORDER BY 1 DESC
$$;

REVOKE ALL ON FUNCTION programmes_once_taken(text, text), programmes_household_in_hand(bigint, text, bigint),
    programmes_served(text, bigint, bigint, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION programmes_once_taken(text, text), programmes_household_in_hand(bigint, text, bigint)
    TO {DESK}, {RESIDENT};
GRANT EXECUTE ON FUNCTION programmes_served(text, bigint, bigint, date) TO {DESK};

CREATE OR REPLACE VIEW public_notice WITH (security_barrier) AS
    SELECT notice.id, notice.title, notice.body, notice.basis, notice.starts_on, notice.ends_on, notice.objection_phone,
           notice.objection_address, notice.place, notice.published_at, unit.name AS unit_name, round.notice_days, round.notice_unit,
           notice.attachment_id IS NOT NULL AS has_attachment,
           (SELECT count(*) FROM programmes_noticeline line WHERE line.notice_id = notice.id) AS lines,
           notice.shows
    FROM programmes_notice notice
    JOIN programmes_round round ON round.id = notice.round_id
    JOIN org_unit unit ON unit.id = coalesce(notice.unit_id, round.unit_id)
    WHERE notice.state = 'PUBLISHED'
      AND (now() AT TIME ZONE 'Asia/Shanghai')::date BETWEEN notice.starts_on - 1 AND notice.ends_on;

CREATE OR REPLACE VIEW public_notice_line WITH (security_barrier) AS
    SELECT line.notice_id, line."order",
           CASE WHEN line.named AND NOT EXISTS (SELECT 1 FROM people_consent consent
                    WHERE consent.subject = 'case:' || line.case_id AND consent.purpose = 'PUBLISH'
                      AND consent.withdrawn_at IS NULL)
                THEN (line.nameless || line."order")::varchar(40) ELSE line.masked_name END AS masked_name,
           line.town_name, line.amount, line.title, line.village_name, line.category
    FROM programmes_noticeline line JOIN public_notice notice ON notice.id = line.notice_id;
"""
)

# The wall of honour: who was named and still stands. Name, deeds and pictures each need a consent that stands at this moment
# (个人信息保护法 art. 15, 25); pictures with children in them the guardian's as well (art. 31). Without consent to be named a
# row counts and says no more.
HONOURS = f"""
CREATE VIEW public_honour WITH (security_barrier) AS
    SELECT gift.id, gift.programme, gift.version, gift.year, one.category,
           said.publish AS named,
           CASE WHEN said.publish THEN one.name ELSE '' END AS name,
           CASE WHEN said.publish THEN left(one.place, 9) || '000' ELSE '' END AS town,
           CASE WHEN said.publish AND said.story THEN coalesce(one.answers ->> 'motto', '') ELSE '' END AS motto,
           CASE WHEN said.publish AND said.story THEN coalesce(one.answers ->> 'deeds', '') ELSE '' END AS deeds,
           CASE WHEN said.publish AND said.story THEN coalesce(one.answers ->> 'story', '') ELSE '' END AS story,
           said.publish AND said.photo
               AND (coalesce(one.answers ->> 'has_minor', 'yes') = 'no' OR said.minors) AS pictured
    FROM programmes_grant gift
    JOIN programmes_case one ON one.id = gift.case_id
    CROSS JOIN LATERAL (
        SELECT coalesce(bool_or(consent.purpose = 'PUBLISH'), false) AS publish,
               coalesce(bool_or(consent.purpose = 'STORY'), false) AS story,
               coalesce(bool_or(consent.purpose = 'PHOTO'), false) AS photo,
               coalesce(bool_or(consent.purpose = 'MINORS'), false) AS minors
        FROM people_consent consent
        WHERE consent.subject = 'case:' || one.id AND consent.withdrawn_at IS NULL) said
    WHERE one.state = 'AWARDED' AND gift.state = 'PAID';

CREATE VIEW public_honour_photo WITH (security_barrier) AS
    SELECT paper.id, honour.id AS honour_id, paper.kind, file.mime, file.storage_name
    FROM public_honour honour
    JOIN programmes_grant gift ON gift.id = honour.id
    JOIN programmes_attachment paper ON paper.case_id = gift.case_id
    JOIN files_storedfile file ON file.id = paper.file_id
    WHERE honour.pictured AND paper.removed_at IS NULL AND paper.kind IN ('PHOTO', 'BEFORE', 'AFTER')
      AND file.mime IN ('image/jpeg', 'image/png');

GRANT SELECT ON public_honour, public_honour_photo TO {PUBLIC};
"""

DROP = """
DROP VIEW public_round, public_notice_file, public_notice_line, public_notice;
DROP FUNCTION programmes_next_number(text), programmes_granted_before(text, bytea),
    programmes_waited_before(text, bytea, bigint), programmes_open_elsewhere(bigint, bytea, bigint),
    programmes_file_objection(text, bigint, integer, bytea, bytea, bigint, timestamptz, date, date);
DROP TABLE programmes_counter;
"""

# Merged entries are one person: what one of her numbers was granted counts for all of them. The key of a grant begins with
# the number's index in hexadecimal, or with "h" where it is the household's.
MERGED = """
CREATE FUNCTION programmes_same_keys(p_key text) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN p_key LIKE 'h%' THEN p_key ELSE encode(fellow, 'hex') || substr(p_key, 65) END
        FROM people_same_indexes(CASE WHEN p_key LIKE 'h%' THEN NULL ELSE decode(left(p_key, 64), 'hex') END) fellow
$$;

CREATE OR REPLACE FUNCTION programmes_once_taken(p_family text, p_key text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM programmes_grant WHERE family = p_family AND state IN ('APPROVED', 'PAID')
        AND once_key IN (SELECT programmes_same_keys(p_key)))
$$;

CREATE OR REPLACE FUNCTION programmes_waited_before(p_programme text, p_index bytea, p_case bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM programmes_case earlier
        JOIN programmes_round round ON round.id = earlier.round_id
        WHERE earlier.programme = p_programme AND earlier.id_index IN (SELECT people_same_indexes(p_index)) AND earlier.id < p_case
          AND round.state = 'FINISHED' AND earlier.kind = 'queue')
$$;

CREATE OR REPLACE FUNCTION programmes_open_elsewhere(p_round bigint, p_index bytea, p_case bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM programmes_case
        WHERE round_id = p_round AND id_index IN (SELECT people_same_indexes(p_index)) AND id <> p_case
          AND kind NOT IN ('draft', 'withdrawn', 'refused', 'closed'))
$$;

-- Two grants found by a merge stay, and are told of; a further one is refused as if the numbers were one.
CREATE FUNCTION programmes_grant_once() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM programmes_grant WHERE family = NEW.family AND id <> NEW.id AND state IN ('APPROVED', 'PAID')
        AND once_key <> NEW.once_key AND once_key IN (SELECT programmes_same_keys(NEW.once_key))) THEN
        RAISE unique_violation USING CONSTRAINT = 'programmes_grant_once', MESSAGE = 'granted to an entry merged with this one';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER programmes_grant_once_merged AFTER INSERT ON programmes_grant FOR EACH ROW
    WHEN (NEW.once_key IS NOT NULL AND NEW.state IN ('APPROVED', 'PAID')) EXECUTE FUNCTION programmes_grant_once();

REVOKE ALL ON FUNCTION programmes_same_keys(text), programmes_grant_once() FROM PUBLIC;
"""
