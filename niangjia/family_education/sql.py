"""Row policies of family education, what a lecturer's code opens, the public list, and who fulfilled what."""

from __future__ import annotations

from niangjia.core import rowscope
from niangjia.core.rowscope import DESK, PARTNER, PUBLIC, RESIDENT, Rule

HERE = rowscope.in_range("place")
# Lecturers and minutes hold nothing of anybody's home: every post of the district may know them.
DISTRICT = "left(place, 6) = left(current_setting('app.lo', true), 6)"
OF_THE_DISTRICT = "right(current_setting('app.lo', true), 6) = '000000'"
ME = "nullif(current_setting('app.unit', true), '')::bigint"
MINE = f"unit_id = {ME}"
# The departments carry the regulation out together: they see the whole matrix. A school sees its own.
JOINED = f"EXISTS (SELECT 1 FROM org_unit me WHERE me.id = {ME} AND me.kind = 'DEPARTMENT')"
AT_OUR_SCHOOL = f"school_id IN (SELECT id FROM family_school WHERE unit_id = {ME})"


def _settings(table: str) -> str:
    """What the operator sets for all: everybody reads it, the district writes it."""
    return rowscope.protect(
        table, Rule(DESK, "true"), Rule(PARTNER, "true"), Rule(DESK, OF_THE_DISTRICT, "INSERT, UPDATE")
    )


PROTECT = "\n".join(
    [
        *(_settings(f"family_{table}") for table in ("duty", "semester", "educationday", "venuekind")),
        rowscope.protect(
            "family_school",
            Rule(DESK, HERE),
            Rule(DESK, OF_THE_DISTRICT, "INSERT, UPDATE"),
            Rule(PARTNER, f"{MINE} OR {JOINED}"),
        ),
        *(
            rowscope.protect(
                f"family_{table}",
                Rule(DESK, HERE, "SELECT, INSERT, UPDATE"),
                Rule(PARTNER, f"{MINE} OR {JOINED}"),
                Rule(PARTNER, MINE, "INSERT, UPDATE"),
            )
            for table in ("termplan", "paper")
        ),
        rowscope.protect(
            "family_exemption",
            Rule(DESK, HERE),
            Rule(DESK, OF_THE_DISTRICT, "INSERT, DELETE"),
            Rule(PARTNER, f"{MINE} OR {JOINED}"),
        ),
        rowscope.protect(
            "family_reminder",
            Rule(DESK, HERE),
            Rule(DESK, OF_THE_DISTRICT, "INSERT"),
            Rule(PARTNER, f"{MINE} OR {JOINED}"),
        ),
        rowscope.protect("family_lecturer", Rule(DESK, DISTRICT), Rule(DESK, OF_THE_DISTRICT, "INSERT, UPDATE")),
        rowscope.protect("family_lecturercode", Rule(DESK, OF_THE_DISTRICT, "SELECT, INSERT, UPDATE")),
        rowscope.protect(
            "family_course", Rule(DESK, DISTRICT), Rule(PARTNER, "true"), Rule(DESK, OF_THE_DISTRICT, "INSERT, UPDATE")
        ),
        rowscope.protect(
            "family_activity",
            Rule(DESK, HERE, "SELECT, INSERT, UPDATE"),
            Rule(PARTNER, f"{MINE} OR with_unit_id = {ME} OR {AT_OUR_SCHOOL} OR {JOINED}"),
            Rule(PARTNER, MINE, "INSERT, UPDATE"),
        ),
        rowscope.protect("family_photo", Rule(DESK, HERE, "SELECT, INSERT"), Rule(PARTNER, MINE, "SELECT, INSERT")),
        rowscope.protect("family_apart", Rule(DESK, HERE), Rule(DESK, OF_THE_DISTRICT, "INSERT, DELETE")),
        rowscope.protect("family_lectureorder", Rule(DESK, HERE, "SELECT, INSERT, UPDATE")),
        rowscope.protect("family_orderstep", Rule(DESK, HERE, "SELECT, INSERT")),
        rowscope.protect(
            "family_meeting", Rule(DESK, DISTRICT), Rule(DESK, OF_THE_DISTRICT, "INSERT"), Rule(PARTNER, JOINED)
        ),
        # Who sees an activity sees its session; who sees a paper sees its file.
        f"""
        CREATE POLICY partner_family_select ON attendance_session FOR SELECT TO {PARTNER}
            USING (id IN (SELECT session_id FROM family_activity));
        CREATE POLICY partner_family_select ON files_storedfile FOR SELECT TO {PARTNER}
            USING (id IN (SELECT file_id FROM family_photo UNION SELECT file_id FROM family_paper
                UNION SELECT file_id FROM family_meeting));
        CREATE POLICY desk_family_select ON files_storedfile FOR SELECT TO {DESK}
            USING (id IN (SELECT material_id FROM family_course UNION SELECT file_id FROM family_meeting));
        """,
    ]
)

FUNCTIONS = f"""
-- A school writes who lectured; whether she is one of the panel the database says without showing the panel.
CREATE FUNCTION family_lecturer_named(p_name text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT min(id) FROM family_lecturer WHERE name = p_name HAVING count(*) = 1
$$;

CREATE FUNCTION family_lecturer_by_code(p_index bytea, p_today date) RETURNS TABLE (id bigint, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT one.id, one.name::text FROM family_lecturercode code JOIN family_lecturer one ON one.id = code.lecturer_id
    WHERE code.code_index = p_index AND code.ended_at IS NULL AND code.until >= p_today
$$;

-- A lecturer sees the lectures she was asked for and no other; nothing of those who will listen.
CREATE FUNCTION family_lecturer_orders(p_index bytea, p_today date)
RETURNS TABLE (id bigint, state text, field text, course text, starts_at timestamptz, ends_at timestamptz, venue text, unit text,
    audience text, expected int, note text, stars smallint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT o.id, o.state, o.field, coalesce(course.title, ''), o.starts_at, o.ends_at, o.venue, unit.short_name, o.audience,
        o.expected, o.note, o.stars
    FROM family_lectureorder o
    JOIN family_lecturer_by_code(p_index, p_today) me ON me.id = o.lecturer_id
    JOIN org_unit unit ON unit.id = o.unit_id
    LEFT JOIN family_course course ON course.id = o.course_id
    WHERE o.state <> 'REQUESTED'
    ORDER BY o.starts_at DESC, o.id DESC LIMIT 100
$$;

CREATE FUNCTION family_lecturer_answer(p_index bytea, p_today date, p_order bigint, p_yes boolean, p_note text, p_at timestamptz,
    OUT place text, OUT lecturer text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    me record;
BEGIN
    SELECT * INTO me FROM family_lecturer_by_code(p_index, p_today);
    IF NOT FOUND THEN RETURN; END IF;
    UPDATE family_lectureorder o SET state = CASE WHEN p_yes THEN 'CONFIRMED' ELSE 'DECLINED' END, revision = revision + 1
        WHERE o.id = p_order AND o.lecturer_id = me.id AND o.state = 'MATCHED' RETURNING o.place INTO place;
    IF NOT FOUND THEN RETURN; END IF;
    lecturer := me.name;
    INSERT INTO family_orderstep (order_id, state, lecturer_id, at, "by", note, place)
        VALUES (p_order, CASE WHEN p_yes THEN 'CONFIRMED' ELSE 'DECLINED' END, me.id, p_at, '讲师 ' || me.name, p_note, place);
END
$$;

REVOKE ALL ON FUNCTION family_lecturer_named(text), family_lecturer_by_code(bytea, date), family_lecturer_orders(bytea, date),
    family_lecturer_answer(bytea, date, bigint, boolean, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION family_lecturer_named(text) TO {DESK}, {PARTNER};
GRANT EXECUTE ON FUNCTION family_lecturer_by_code(bytea, date), family_lecturer_orders(bytea, date),
    family_lecturer_answer(bytea, date, bigint, boolean, text, timestamptz) TO {RESIDENT};

-- What is to come and may be announced: no lecturer's name, no number of people. An ordered lecture once it is confirmed.
CREATE VIEW public_family_lecture WITH (security_barrier) AS
    SELECT activity.id, session.title, session.starts_at, session.ends_at, session.venue, activity.mode, activity.field,
        activity.audience, activity.place, unit.short_name AS unit
    FROM family_activity activity
    JOIN attendance_session session ON session.id = activity.session_id
    JOIN org_unit unit ON unit.id = activity.unit_id
    LEFT JOIN family_lectureorder asked ON asked.activity_id = activity.id
    WHERE activity.public AND session.state = 'PLANNED' AND session.merged_into_id IS NULL
      AND (asked.id IS NULL OR asked.state = 'CONFIRMED');
GRANT SELECT ON public_family_lecture TO {PUBLIC};
"""

DROP = """
DROP VIEW public_family_lecture;
DROP FUNCTION family_lecturer_answer(bytea, date, bigint, boolean, text, timestamptz), family_lecturer_orders(bytea, date),
    family_lecturer_by_code(bytea, date), family_lecturer_named(text);
"""

# How many lectures each unit held in each of several spans of days. One entered by two counts once for each of the two.
FULFILLED = """
SELECT who.unit_id, span.key, count(DISTINCT coalesce(session.merged_into_id, session.id))
FROM family_activity activity
JOIN attendance_session session ON session.id = activity.session_id
JOIN unnest(%s::text[], %s::date[], %s::date[]) span (key, first, last) ON session."on" BETWEEN span.first AND span.last
CROSS JOIN LATERAL (VALUES (activity.unit_id), (activity.with_unit_id)) who (unit_id)
WHERE session.state = 'HELD' AND who.unit_id IS NOT NULL
GROUP BY who.unit_id, span.key
"""

# The activities by which a unit of one party reached its number in a period: each is one duty done. Periods are the terms
# that were set, or calendar years.
COMPLETING = """
SELECT turn.id FROM (
    SELECT one.id, one.unit_id, one.period, one.needed,
        row_number() OVER (PARTITION BY one.unit_id, one.period ORDER BY one.starts_at, one.id) AS nth
    FROM (
        SELECT DISTINCT ON (who.unit_id, coalesce(session.merged_into_id, session.id))
            activity.id, who.unit_id, session.starts_at, duty.number AS needed,
            CASE duty.per WHEN 'TERM' THEN 't' || term.id ELSE 'y' || extract(year FROM session."on") END AS period
        FROM family_activity activity
        JOIN attendance_session session ON session.id = activity.session_id
        CROSS JOIN LATERAL (VALUES (activity.unit_id), (activity.with_unit_id)) who (unit_id)
        JOIN org_unit unit ON unit.id = who.unit_id
        LEFT JOIN family_school school ON school.unit_id = unit.id
        JOIN family_duty duty ON duty.how = 'COUNT' AND duty.valid_from <= session."on"
            AND (duty.valid_to IS NULL OR duty.valid_to >= session."on")
            AND duty.party = CASE WHEN school.type = 'KINDERGARTEN' THEN 'KINDERGARTEN' WHEN school.id IS NOT NULL THEN 'SCHOOL'
                WHEN unit.kind = 'FEDERATION' AND right(unit.place, 3) = '000' AND right(unit.place, 6) <> '000000' THEN 'TOWN' END
        LEFT JOIN family_semester term ON session."on" BETWEEN term.starts_on AND term.ends_on
        WHERE session.state = 'HELD' AND duty.party = ANY (%s)
          AND (duty.per = 'YEAR' OR term.id IS NOT NULL)
        ORDER BY who.unit_id, coalesce(session.merged_into_id, session.id), session.starts_at, activity.id
    ) one
) turn WHERE turn.nth = turn.needed
"""
