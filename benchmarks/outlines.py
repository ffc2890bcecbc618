"""What the standing of a place costs beside SQL written by hand: 150 indicators over ten years at every level of a municipality.

1 municipality, 38 districts, 1,031 towns and 11,270 villages have values where an indicator means something at their tier:
all 150 down to the district, 30 in towns, 10 in villages, 1.5 million values in all. 30 departments lead the indicators. The
peer states by hand the same status for the same place: targets of the year, the value before, fallen back, all in one
statement with window functions, as the same officer under the same row security. Both read what was committed a moment
before: one value is corrected in between, and there is nothing to rebuild.
"""

from __future__ import annotations

from functools import partial
from statistics import median
from typing import TYPE_CHECKING

import psycopg

from benchmarks._lib import Claim, Ratio, at_most, seconds, shown
from benchmarks._world import set_up_django, villages, world
from benchmarks.tree_measure import DISTRICT, officer

if TYPE_CHECKING:
    from niangjia.outlines.models import Outline

BOUND, MOST_SECONDS = 1.3, 0.3
ROUNDS = 9
CITY = "500000000000"
YEAR = 2030
INDICATORS, DEPARTMENTS, IN_TOWNS, IN_VILLAGES = 150, 30, 30, 10

_DEFINE = """
INSERT INTO org_unit (name, short_name, kind, place, "order", active_from, executives_expected)
SELECT '部门' || n, '部门' || n, 'DEPARTMENT', '500102000000', n, '2011-01-01', 0 FROM generate_series(1, %(departments)s) n;
INSERT INTO outlines_outline (key, subject, title, document, source, base_year, start_year, midterm_year, end_year, near, yellow,
    plan_days, place)
VALUES ('bench', 'WOMEN', '规划', '', '', 2020, 2021, 2025, 2030, 0.05, 0.8, 15, '500102000000');
INSERT INTO outlines_indicator (outline_id, code, domain, name, definition, numerator_name, denominator_name, counted_in, unit,
    direction, exceeds, breakdowns, tier, key, source, formula, low, high, jump, unconfirmed, valid_from, valid_to, "order", place)
SELECT outline.id, 'B-' || n, '领域' || n %% 8, '指标' || n, '', '甲', '乙', '人', '%%',
    CASE n %% 3 WHEN 0 THEN 'GE' WHEN 1 THEN 'LE' ELSE 'INCREASE' END, false, '[]',
    CASE WHEN n <= %(in_villages)s THEN '4' WHEN n <= %(in_towns)s THEN '3' ELSE '2' END, false, '', '', NULL, NULL, 0.3, false,
    2021, NULL, n, '500102000000'
FROM generate_series(1, %(indicators)s) n, outlines_outline outline;
INSERT INTO outlines_assignment (indicator_id, unit_id, duty, valid_from, valid_to, place)
SELECT indicator.id, unit.id, 'LEAD', 2021, NULL, '500102000000' FROM outlines_indicator indicator
JOIN org_unit unit ON unit."order" = 1 + indicator."order" %% %(departments)s AND unit.kind = 'DEPARTMENT';
INSERT INTO outlines_target (indicator_id, value, tolerance, baseline, baseline_year, valid_from, valid_to, note, unconfirmed, place)
SELECT indicator.id, 60, 0, 50, 2020, 2021, NULL, '', false, place.code
FROM outlines_indicator indicator JOIN place ON place.tier <= indicator.tier;
INSERT INTO outlines_observation (indicator_id, year, numerator, denominator, value, parts, answers, inputs, note, measures_taken,
    source, state, revision, why, returned, unit_name, generated, saved_at, saved_by, submitted_by, checked_by, confirmed_at,
    confirmed_by, place)
SELECT indicator.id, year, NULL, NULL, round((45 + random() * 25)::numeric, 2), '{}', '{}', '[]', '', '', '', 'PUBLISHED', 1, '', '',
    '部门', true, now(), '', '', '', now(), '', place.code
FROM place CROSS JOIN generate_series(2021, 2030) year
JOIN outlines_indicator indicator ON place.tier <= indicator.tier
ORDER BY place.code, indicator.id, year
"""

# The same status by hand: what met means, the value before, whether it was met earlier, for one place and year.
BY_HAND = """
WITH known AS (
    SELECT value.indicator_id, value.year, value.value,
           lag(value.value) OVER w AS before,
           aim.value AS aim, aim.baseline AS base, indicator.direction
    FROM outlines_observation value
    JOIN outlines_indicator indicator ON indicator.id = value.indicator_id
    LEFT JOIN outlines_target aim ON aim.indicator_id = value.indicator_id AND aim.place = value.place AND aim.years @> value.year::int
    WHERE value.place = %(place)s AND value.year <= %(year)s AND value.state IN ('CONFIRMED', 'PUBLISHED')
      AND indicator.outline_id = %(outline)s
    WINDOW w AS (PARTITION BY value.indicator_id ORDER BY value.year)
), judged AS (
    SELECT *, CASE direction
        WHEN 'GE' THEN CASE WHEN value >= aim THEN 'MET' WHEN value >= aim * 0.95 THEN 'NEAR' ELSE 'UNMET' END
        WHEN 'LE' THEN CASE WHEN value <= aim THEN 'MET' WHEN value <= aim * 1.05 THEN 'NEAR' ELSE 'UNMET' END
        ELSE CASE WHEN value > coalesce(base, before) THEN 'MET' WHEN value >= coalesce(base, before) * 0.95 THEN 'NEAR'
                  ELSE 'UNMET' END END AS status,
        CASE direction WHEN 'LE' THEN value > before ELSE value < before END AS worse
    FROM known
), story AS (
    SELECT *, bool_or(status = 'MET') OVER (PARTITION BY indicator_id ORDER BY year ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
        AS was_met, lag(worse) OVER (PARTITION BY indicator_id ORDER BY year) AS worse_before
    FROM judged
)
SELECT indicator.id, indicator.code, indicator.domain, indicator.name, indicator.unit, story.value, story.before, story.aim,
       coalesce(story.status, 'NO_DATA'), coalesce(story.was_met AND story.status <> 'MET', false), story.worse, story.worse_before,
       (story.value - story.base) / nullif(story.aim - story.base, 0)
FROM outlines_indicator indicator LEFT JOIN story ON story.indicator_id = indicator.id AND story.year = %(year)s
WHERE indicator.outline_id = %(outline)s ORDER BY indicator."order", indicator.id
"""


def fill(administrator: psycopg.Connection) -> int:
    """Definitions, targets and values, past triggers and policies; returns how many values there are."""
    codes = villages()
    towns, districts = sorted({code[:9] + "000" for code in codes}), sorted({code[:6] + "000000" for code in codes})
    places = [(CITY, "1"), *((c, "2") for c in districts), *((c, "3") for c in towns), *((c, "4") for c in codes)]
    with administrator.transaction():
        administrator.execute("SET LOCAL session_replication_role = replica")
        administrator.execute("SELECT setseed(0.12338)")
        administrator.execute(
            'CREATE TEMPORARY TABLE place (code text COLLATE "C" PRIMARY KEY, tier text) ON COMMIT DROP'
        )
        with administrator.cursor() as cursor, cursor.copy("COPY place FROM STDIN") as copy:
            for line in places:
                copy.write_row(line)
        administrator.execute("ANALYZE place")
        counts = {
            "indicators": INDICATORS,
            "departments": DEPARTMENTS,
            "in_towns": IN_TOWNS,
            "in_villages": IN_VILLAGES,
        }
        for statement in _DEFINE.split(";"):
            if statement.strip():
                administrator.execute(statement, counts)
    administrator.execute(
        "VACUUM (ANALYZE) outlines_observation, outlines_target, outlines_indicator, outlines_assignment"
    )
    row = administrator.execute("SELECT count(*) FROM outlines_observation").fetchone()
    assert row is not None
    return int(row[0])


def ours(outline: Outline, place: str) -> list[tuple[int, str, bool]]:
    """The status of every indicator as the pages ask for it, and the attainment."""
    from niangjia.outlines import queries

    found = queries.standings(outline, place, YEAR)
    queries.attainment_of(found)
    return [(s.indicator_id, s.judgement.status, s.judgement.fallen_back) for s in found]


def by_hand(outline: Outline, place: str) -> list[tuple[int, str, bool]]:
    """The same by one statement of one's own, and the counts of its answer."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(BY_HAND, {"outline": outline.pk, "place": place, "year": YEAR})
        rows = cursor.fetchall()
    counts: dict[str, int] = {}
    for row in rows:
        counts[row[8]] = counts.get(row[8], 0) + 1
    return [(row[0], row[8], row[9]) for row in rows]


def correct(administrator: psycopg.Connection, place: str) -> None:
    """One late correction: the old value gives way to a new one, committed at once."""
    administrator.execute(
        """WITH old AS (UPDATE outlines_observation SET state = 'REVISED'
               WHERE id = (SELECT min(id) FROM outlines_observation WHERE place = %s AND year = %s AND state = 'PUBLISHED')
               RETURNING *)
           INSERT INTO outlines_observation (indicator_id, year, value, parts, answers, inputs, note, measures_taken, source, state,
               revision, why, returned, unit_name, generated, saved_at, saved_by, submitted_by, checked_by, confirmed_at, confirmed_by,
               place, restates_id)
           SELECT indicator_id, year, 99 - value, parts, answers, inputs, '', '', '', 'PUBLISHED', 1, '更正', '', unit_name, true, now(),
               '', '', '', now(), '', place, id FROM old""",
        [place, YEAR],
    )


def measured(administrator: psycopg.Connection, places: dict[str, str], *, rounds: int = ROUNDS) -> list[Claim]:
    """The claims for a place of each tier, each right after a correction in it."""
    from django.db import transaction

    from niangjia.access.acting import acting_as
    from niangjia.outlines.models import Outline

    found: list[Claim] = []
    for tier, place in places.items():
        taken: dict[str, list[float]] = {"ours": [], "hand": []}
        for number in range(rounds):
            administrator.execute("SET session_replication_role = replica")
            correct(administrator, place)
            with transaction.atomic(), acting_as(officer()):
                outline = Outline.objects.get(key="bench")
                works = [("ours", partial(ours, outline, place)), ("hand", partial(by_hand, outline, place))]
                if not number:
                    answers = [
                        [(pk, str(status), fell) for pk, status, fell in work() if status in TOLD] for _, work in works
                    ]
                    if answers[0] != answers[1]:
                        raise AssertionError(f"the standing of {tier} and the statement by hand differ")
                for name, work in works if number % 2 else reversed(works):
                    taken[name].append(seconds(work))
        mine, theirs = median(taken["ours"]), median(taken["hand"])
        what = f"outlines: status and attainment of {tier} after a late correction"
        found.append(
            at_most(f"{what}, ours / SQL by hand", mine / theirs, BOUND, note=Ratio(mine / theirs, mine, theirs).note)
        )
        found.append(at_most(f"{what}, slowest", max(taken["ours"]), MOST_SECONDS, "s"))
    return found


TOLD = frozenset({"MET", "NEAR", "UNMET"})


def claims() -> list[Claim]:
    """Every level of a municipality."""
    set_up_django()
    codes = [code for code in villages() if code.startswith(DISTRICT[:6])]
    places = {"the municipality": CITY, "a district": DISTRICT, "a town": codes[0][:9] + "000", "a village": codes[0]}
    with world() as place, psycopg.connect(place.conninfo(), autocommit=True) as administrator:
        values = fill(administrator)
        return [shown("outlines: values in the table", values, "rows"), *measured(administrator, places)]
