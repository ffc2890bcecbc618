"""Row policies of outlines, and the one statement that gives the standing of a place. Migrations install the policies."""

from __future__ import annotations

from niangjia.core import rowscope
from niangjia.core.rowscope import DESK, PARTNER, Rule

HERE = rowscope.in_range("place")
ME = "nullif(current_setting('app.unit', true), '')::bigint"
# Municipality, province and nation: statistics that were published elsewhere and are entered here for comparison.
WIDER = "substr(place, 5, 2) = '00'"


def on_duty(indicator: str, place: str, year: str | None = None) -> str:
    """The condition that the unit told to the database answers for an indicator, in a year where one is given."""
    when = "" if year is None else f" AND duty.years @> {year}::int"
    return (
        f"EXISTS (SELECT 1 FROM outlines_assignment duty WHERE duty.unit_id = {ME} AND duty.indicator_id = {indicator} "
        f"AND duty.place = {place}{when})"
    )


def checks(place: str, year: str | None = None) -> str:
    """The condition that the unit told to the database checks a place (in a year): the statistics bureau."""
    when = "" if year is None else f" AND opened.year = {year}"
    return (
        f"EXISTS (SELECT 1 FROM outlines_year opened WHERE opened.checker_id = {ME} AND opened.place = {place}{when})"
    )


VALUE = "outlines_observation"
MINE = on_duty(f"{VALUE}.indicator_id", f"{VALUE}.place")
MINE_NOW = on_duty(f"{VALUE}.indicator_id", f"{VALUE}.place", f"{VALUE}.year")
CHECKED = checks(f"{VALUE}.place")
WRITING = "state IN ('DRAFT', 'RETURNED')"
SAYING = "state IN ('DRAFT', 'DEPT_SUBMITTED')"
OF_EVIDENCE = "id IN (SELECT file_id FROM outlines_evidence)"


def _seen(table: str, indicator: str = "indicator_id") -> str:
    """What a department may read of a table that belongs to indicators: its own, or all where it checks."""
    return f"({on_duty(f'{table}.{indicator}', f'{table}.place')} OR {checks(f'{table}.place')})"


PROTECT = "\n".join(
    [
        rowscope.protect(
            "outlines_outline", Rule(DESK, "true"), Rule(PARTNER, "true"), Rule(DESK, HERE, "INSERT, UPDATE")
        ),
        rowscope.protect(
            "outlines_year", Rule(DESK, "true"), Rule(PARTNER, "true"), Rule(DESK, HERE, "INSERT, UPDATE")
        ),
        # A department sees its own duties; who checks sees whose each indicator is.
        rowscope.protect(
            "outlines_assignment",
            Rule(DESK, "true"),
            Rule(PARTNER, f"unit_id = {ME} OR {checks('outlines_assignment.place')}"),
            Rule(DESK, HERE, "INSERT, UPDATE, DELETE"),
        ),
        rowscope.protect(
            "outlines_indicator",
            Rule(DESK, "true"),
            Rule(PARTNER, _seen("outlines_indicator", "id")),
            Rule(DESK, HERE, "INSERT, UPDATE"),
        ),
        rowscope.protect(
            "outlines_target",
            Rule(DESK, "true"),
            Rule(PARTNER, _seen("outlines_target")),
            Rule(DESK, f"{HERE} OR {WIDER}", "INSERT, UPDATE"),
        ),
        rowscope.protect(
            "outlines_link", Rule(DESK, "true"), Rule(PARTNER, "true"), Rule(DESK, HERE, "INSERT, DELETE")
        ),
        # What was published is public statistics; everything else is read in its range.
        rowscope.protect(
            VALUE,
            Rule(DESK, f"({HERE}) OR state = 'PUBLISHED' OR {WIDER}"),
            Rule(DESK, f"({HERE}) OR {WIDER}", "INSERT, UPDATE"),
            Rule(PARTNER, f"{MINE} OR {CHECKED}"),
            Rule(PARTNER, f"{MINE_NOW} AND state = 'DRAFT' AND restates_id IS NULL", "INSERT"),
        ),
        # A department writes what is still with it and hands it over; who checks passes it on or sends it back.
        f"""
        GRANT UPDATE ON {VALUE} TO {PARTNER};
        CREATE POLICY partner_fill ON {VALUE} FOR UPDATE TO {PARTNER}
            USING ({MINE_NOW} AND {WRITING}) WITH CHECK ({MINE_NOW} AND {SAYING});
        CREATE POLICY partner_check ON {VALUE} FOR UPDATE TO {PARTNER}
            USING (state = 'DEPT_SUBMITTED' AND {checks(f"{VALUE}.place", f"{VALUE}.year")})
            WITH CHECK (state IN ('STATS_CHECKED', 'RETURNED') AND {checks(f"{VALUE}.place", f"{VALUE}.year")});
        """,
        rowscope.protect(
            "outlines_evidence",
            Rule(DESK, HERE, "SELECT, INSERT, UPDATE"),
            Rule(PARTNER, _seen("outlines_evidence")),
            Rule(
                PARTNER,
                on_duty("outlines_evidence.indicator_id", "outlines_evidence.place", "outlines_evidence.year"),
                "INSERT, UPDATE",
            ),
        ),
        rowscope.protect(
            "outlines_hard", Rule(DESK, HERE, "SELECT, INSERT, UPDATE"), Rule(PARTNER, _seen("outlines_hard"))
        ),
        rowscope.protect(
            "outlines_order",
            Rule(DESK, HERE, "SELECT, INSERT, UPDATE"),
            Rule(PARTNER, rowscope.is_mine("unit_id", "unit")),
        ),
        f"""
        GRANT UPDATE (state, plan, owner, finish_on, planned_at, planned_by) ON outlines_order TO {PARTNER};
        CREATE POLICY partner_update ON outlines_order FOR UPDATE TO {PARTNER}
            USING (unit_id = {ME} AND state <> 'CLOSED') WITH CHECK (unit_id = {ME} AND state = 'PLANNED');
        """,
        rowscope.protect(
            "outlines_progress",
            Rule(DESK, HERE, "SELECT, INSERT"),
            Rule(PARTNER, "order_id IN (SELECT id FROM outlines_order)", "SELECT, INSERT"),
        ),
        # A department keeps its own papers, and reads those of the indicators it sees.
        f"""
        GRANT SELECT, INSERT ON files_storedfile TO {PARTNER};
        CREATE POLICY partner_evidence_select ON files_storedfile FOR SELECT TO {PARTNER}
            USING ({rowscope.is_mine("owner_account", "account")} OR {OF_EVIDENCE});
        CREATE POLICY partner_evidence_insert ON files_storedfile FOR INSERT TO {PARTNER}
            WITH CHECK ({rowscope.is_mine("owner_account", "account")});
        """,
        # What is in force is not rewritten, whatever the program says: it is published, or gives way to its correction.
        f"""
        CREATE FUNCTION outlines_kept() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
        BEGIN
            IF OLD.state IN ('CONFIRMED', 'PUBLISHED', 'REVISED') AND NOT (
                to_jsonb(NEW) - '{{state,published_at}}'::text[] = to_jsonb(OLD) - '{{state,published_at}}'::text[]
                AND (OLD.state, NEW.state) IN (('CONFIRMED', 'PUBLISHED'), ('CONFIRMED', 'REVISED'), ('PUBLISHED', 'REVISED'))
            ) THEN
                RAISE EXCEPTION '已确认的值不能改写，请用更正' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END
        $$;
        REVOKE ALL ON FUNCTION outlines_kept() FROM PUBLIC;
        CREATE TRIGGER outlines_observation_kept BEFORE UPDATE ON {VALUE} FOR EACH ROW EXECUTE FUNCTION outlines_kept();
        """,
    ]
)

DROP = "DROP FUNCTION outlines_kept() CASCADE;"

# The standing of one place in one year: every indicator with its target of that year and its values in force up to it, in
# one statement over the unique index of values. A target that does not run through the outline says that others exist.
STANDING = """
SELECT %(year)s, indicator.id, indicator.code, indicator.domain, indicator.name, indicator.unit, indicator.direction, indicator.tier,
       indicator.key, indicator.unconfirmed, aim.value, aim.tolerance, aim.baseline, aim.baseline_year, aim.unconfirmed,
       aim.valid_from, aim.valid_to, known.years, known.values, known.last
FROM outlines_indicator indicator
LEFT JOIN outlines_target aim ON aim.indicator_id = indicator.id AND aim.place = %(place)s AND aim.valid_from <= %(year)s
    AND (aim.valid_to IS NULL OR aim.valid_to >= %(year)s)
LEFT JOIN (
    SELECT indicator_id, array_agg(year ORDER BY year) AS years, array_agg(value ORDER BY year) AS values,
           max(id) FILTER (WHERE year = %(year)s) AS last
    FROM outlines_observation
    WHERE place = %(place)s AND year <= %(year)s AND state IN ('CONFIRMED', 'PUBLISHED')
    GROUP BY indicator_id
) known ON known.indicator_id = indicator.id
WHERE indicator.outline_id = %(outline)s AND indicator.valid_from <= %(year)s
  AND (indicator.valid_to IS NULL OR indicator.valid_to >= %(year)s)
ORDER BY indicator."order", indicator.id
"""
