"""Policies of juries: points are blind. Until a panel is closed the database shows a juror her own and nobody else's."""

from niangjia.core import rowscope
from niangjia.core.rowscope import DESK, Rule

HERE = rowscope.in_range("place")
MINE = f"juror_id IN (SELECT id FROM jury_juror WHERE {rowscope.is_mine('account_id', 'account')})"
OVER = "panel_id IN (SELECT id FROM jury_panel WHERE state IN ('CLOSED', 'DECIDED'))"
RUNS = "panel_id IN (SELECT id FROM jury_panel WHERE state = 'SCORING')"

PROTECT = "\n".join(
    [
        rowscope.protect("jury_panel", Rule(DESK, HERE, "SELECT, INSERT, UPDATE")),
        rowscope.protect("jury_juror", Rule(DESK, HERE, "SELECT, INSERT, UPDATE")),
        rowscope.protect("jury_entry", Rule(DESK, HERE, "SELECT, INSERT, UPDATE")),
        rowscope.protect(
            "jury_score",
            Rule(DESK, f"{HERE} AND ({MINE} OR {OVER})"),
            Rule(DESK, f"{HERE} AND {MINE} AND {RUNS}", "INSERT, UPDATE"),
        ),
        rowscope.protect("jury_recusal", Rule(DESK, HERE, "SELECT, INSERT")),
        # How far each juror is: how many she scored, and not what she gave.
        f"""
        CREATE FUNCTION jury_progress(p_panel bigint) RETURNS TABLE (juror bigint, done bigint)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
            SELECT score.juror_id, count(*) FROM jury_score score
            JOIN jury_entry entry ON entry.id = score.entry_id AND entry.withdrawn_at IS NULL
            WHERE score.panel_id = p_panel GROUP BY 1
        $$;
        REVOKE ALL ON FUNCTION jury_progress(bigint) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION jury_progress(bigint) TO {DESK};
        """,
    ]
)
