"""Policies of training, and the few questions asked across places: a seat, a repeat, a form nobody is named on."""

from niangjia.core import rowscope
from niangjia.core.rowscope import DESK, PARTNER, PUBLIC, RESIDENT, Rule

HERE = rowscope.in_range("place")
# A class holds nothing secret: every post of the district may know which there are.
DISTRICT = "left(place, 6) = left(current_setting('app.lo', true), 6)"
# A woman's row is seen where she lives and where her class is.
HOME_OR_CLASS = f"(({HERE}) OR ({rowscope.in_range('office_place')}))"
MINE = rowscope.is_mine("filed_by_account", "account")
OUR_CLASS = "course_id IN (SELECT id FROM training_course)"
OF_THE_DISTRICT = "right(current_setting('app.lo', true), 6) = '000000'"

PROTECT = "\n".join(
    [
        rowscope.protect(
            "training_standard",
            *(Rule(role, "true") for role in (DESK, PARTNER, RESIDENT)),
            Rule(DESK, OF_THE_DISTRICT, "INSERT, UPDATE"),
        ),
        rowscope.protect(
            "training_project",
            Rule(DESK, DISTRICT),
            Rule(DESK, HERE, "INSERT, UPDATE"),
            Rule(PARTNER, "id IN (SELECT project_id FROM training_course)"),
        ),
        rowscope.protect(
            "training_course",
            Rule(DESK, DISTRICT),
            Rule(DESK, HERE, "INSERT, UPDATE"),
            Rule(PARTNER, rowscope.is_mine("trainer_id", "unit")),
            Rule(RESIDENT, "state = 'ENROLLING' OR id IN (SELECT course_id FROM training_enrolment)"),
        ),
        rowscope.protect(
            "training_enrolment",
            Rule(DESK, HOME_OR_CLASS, "SELECT, INSERT, UPDATE"),
            Rule(PARTNER, OUR_CLASS),
            Rule(RESIDENT, MINE),
        ),
        rowscope.protect(
            "training_particulars",
            Rule(DESK, HOME_OR_CLASS, "SELECT, INSERT, UPDATE"),
            Rule(RESIDENT, MINE),
        ),
        # A resident puts herself down and takes herself off; nothing else of her row is hers to write. A trainer writes
        # scores while the class is at its exam.
        f"""
        GRANT INSERT ON training_enrolment, training_particulars TO {RESIDENT};
        CREATE POLICY resident_insert ON training_enrolment FOR INSERT TO {RESIDENT}
            WITH CHECK ({MINE} AND state IN ('APPLIED', 'WAITING'));
        CREATE POLICY resident_insert ON training_particulars FOR INSERT TO {RESIDENT} WITH CHECK ({MINE});
        GRANT UPDATE (state, ended_on, why) ON training_enrolment TO {RESIDENT};
        CREATE POLICY resident_update ON training_enrolment FOR UPDATE TO {RESIDENT}
            USING ({MINE} AND state IN ('APPLIED', 'WAITING', 'ACCEPTED')) WITH CHECK ({MINE} AND state = 'WITHDRAWN');
        GRANT UPDATE (score) ON training_enrolment TO {PARTNER};
        CREATE POLICY partner_update ON training_enrolment FOR UPDATE TO {PARTNER}
            USING (state = 'ATTENDING' AND course_id IN (SELECT id FROM training_course WHERE state IN ('RUNNING', 'EXAM')))
            WITH CHECK (state = 'ATTENDING');
        """,
        rowscope.protect(
            "training_paper",
            Rule(DESK, HERE, "SELECT, INSERT, UPDATE"),
            Rule(PARTNER, OUR_CLASS, "SELECT, INSERT"),
        ),
        # Nobody reads single forms.
        rowscope.protect("training_rating"),
        rowscope.protect("training_claim", Rule(DESK, HERE, "SELECT, INSERT, UPDATE")),
        rowscope.protect("training_claimline", Rule(DESK, HERE, "SELECT, INSERT, UPDATE")),
        rowscope.protect("training_followup", Rule(DESK, HERE, "SELECT, INSERT, UPDATE")),
    ]
)

FUNCTIONS = f"""
-- How many have a seat in a class and how many wait: one may know that without seeing who they are.
CREATE FUNCTION training_seats(p_course bigint, OUT seated bigint, OUT waiting bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*) FILTER (WHERE state IN ('APPLIED', 'ACCEPTED', 'ATTENDING')),
           count(*) FILTER (WHERE state = 'WAITING')
    FROM training_enrolment WHERE course_id = p_course
$$;

-- Classes of the same subject in the same year this number is in or completed, by title; entries merged are one person.
CREATE FUNCTION training_taken(p_index bytea, p_course bigint) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT other.title::text
    FROM training_course here
    JOIN training_project task ON task.id = here.project_id
    JOIN training_enrolment one ON one.id_index IN (SELECT people_same_indexes(p_index))
    JOIN training_course other ON other.id = one.course_id AND other.id <> here.id AND other.subject = here.subject
        AND other.kind = here.kind
    JOIN training_project its ON its.id = other.project_id AND its.year = task.year
    WHERE here.id = p_course AND one.state NOT IN ('DROPPED', 'REFUSED', 'WITHDRAWN') AND other.state <> 'CANCELLED'
    ORDER BY 1
$$;

-- Titles of classes whose claim already counted one of these keys (number, subject, year).
CREATE FUNCTION training_counted(p_keys text[]) RETURNS TABLE (key text, title text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT line.once_key::text, course.title::text FROM training_claimline line JOIN training_claim claim ON claim.id = line.claim_id
        JOIN training_course course ON course.id = claim.course_id
    WHERE line.once_key = ANY (p_keys)
$$;

-- A form of satisfaction, from whoever holds the class's code, while forms are taken; never more forms than women.
CREATE FUNCTION training_rate(p_code text, p_marks smallint[], p_words bytea, p_on date, p_token uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    here training_course%ROWTYPE;
    days integer;
BEGIN
    SELECT * INTO here FROM training_course WHERE feedback_code = p_code FOR UPDATE;
    IF NOT FOUND THEN
        RETURN 'UNKNOWN';
    END IF;
    IF EXISTS (SELECT 1 FROM training_rating WHERE token = p_token) THEN
        RETURN 'KNOWN';
    END IF;
    SELECT feedback_days INTO days FROM training_standard WHERE kind = here.kind AND valid_from <= here.starts_on
        ORDER BY valid_from DESC LIMIT 1;
    IF here.state IN ('PLANNED', 'APPROVED', 'ENROLLING', 'CANCELLED') THEN
        RETURN 'EARLY';
    END IF;
    IF p_on > here.ends_on + coalesce(days, 30) THEN
        RETURN 'LATE';
    END IF;
    IF (SELECT count(*) FROM training_rating WHERE course_id = here.id) >= (SELECT count(*) FROM training_enrolment
            WHERE course_id = here.id AND state IN ('ATTENDING', 'COMPLETED', 'CERTIFIED', 'PLACED')) THEN
        RETURN 'FULL';
    END IF;
    INSERT INTO training_rating (course_id, useful, teacher, venue, overall, words, rated_on, token)
        VALUES (here.id, p_marks[1], p_marks[2], p_marks[3], p_marks[4], p_words, p_on, p_token);
    RETURN 'TAKEN:' || here.id || ':' || here.place;
END
$$;

-- What the forms say together; fewer than the number asked for say nothing but how many they are.
CREATE FUNCTION training_ratings(p_course bigint, p_least integer)
RETURNS TABLE (forms bigint, useful numeric, teacher numeric, venue numeric, overall numeric, content bigint, words bytea[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*),
           CASE WHEN count(*) >= greatest(p_least, 5) THEN avg(one.useful) END,
           CASE WHEN count(*) >= greatest(p_least, 5) THEN avg(one.teacher) END,
           CASE WHEN count(*) >= greatest(p_least, 5) THEN avg(one.venue) END,
           CASE WHEN count(*) >= greatest(p_least, 5) THEN avg(one.overall) END,
           CASE WHEN count(*) >= greatest(p_least, 5) THEN count(*) FILTER (WHERE one.overall >= 4) END,
           CASE WHEN count(*) >= greatest(p_least, 5)
               THEN array_agg(one.words ORDER BY md5(one.token::text)) FILTER (WHERE octet_length(one.words) > 0) END
    FROM training_rating one WHERE one.course_id = p_course
$$;

-- What the public may read: classes one can sign up for.
CREATE VIEW public_training_class WITH (security_barrier) AS
    SELECT course.id, course.title, course.subject, course.kind, course.level, course.hours, course.capacity, course.venue,
           course.place, course.starts_on, course.ends_on, course.enrol_until, course.contact, course.teachers, course.plan,
           unit.name AS unit_name, coalesce(trainer.name, '') AS trainer_name,
           seats.seated, seats.waiting
    FROM training_course course
    JOIN org_unit unit ON unit.id = course.unit_id
    LEFT JOIN org_unit trainer ON trainer.id = course.trainer_id
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE one.state IN ('APPLIED', 'ACCEPTED', 'ATTENDING')) AS seated,
               count(*) FILTER (WHERE one.state = 'WAITING') AS waiting
        FROM training_enrolment one WHERE one.course_id = course.id) seats
    WHERE course.state = 'ENROLLING' AND course.enrol_until >= (now() AT TIME ZONE 'Asia/Shanghai')::date;
GRANT SELECT ON public_training_class TO {PUBLIC};

REVOKE ALL ON FUNCTION training_seats(bigint), training_taken(bytea, bigint), training_counted(text[]),
    training_rate(text, smallint[], bytea, date, uuid), training_ratings(bigint, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION training_seats(bigint) TO {DESK}, {PARTNER}, {RESIDENT};
GRANT EXECUTE ON FUNCTION training_taken(bytea, bigint) TO {DESK}, {RESIDENT};
GRANT EXECUTE ON FUNCTION training_counted(text[]) TO {DESK};
GRANT EXECUTE ON FUNCTION training_rate(text, smallint[], bytea, date, uuid) TO {RESIDENT};
GRANT EXECUTE ON FUNCTION training_ratings(bigint, integer) TO {DESK}, {PARTNER};
"""

DROP = """
DROP VIEW public_training_class;
DROP FUNCTION training_seats(bigint), training_taken(bytea, bigint), training_counted(text[]),
    training_rate(text, smallint[], bytea, date, uuid), training_ratings(bigint, integer);
"""
