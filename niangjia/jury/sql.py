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

# What later came to be held by the database too: points only by a sitting juror for an entry of her own panel that stands
# and that she did not stand back from; who sits for an account, and what an entry says, is not rewritten; a panel goes
# forward only, and what it judges by stands once scoring began.
SCORES_NOW = f"""{HERE} AND EXISTS (
        SELECT 1 FROM jury_juror juror
        JOIN jury_panel panel ON panel.id = juror.panel_id AND panel.state = 'SCORING'
        JOIN jury_entry entry ON entry.panel_id = panel.id AND entry.withdrawn_at IS NULL
        WHERE juror.id = jury_score.juror_id AND entry.id = jury_score.entry_id AND panel.id = jury_score.panel_id
          AND juror.left_at IS NULL AND {rowscope.is_mine("juror.account_id", "account")}
    ) AND NOT EXISTS (
        SELECT 1 FROM jury_recusal recusal
        WHERE recusal.juror_id = jury_score.juror_id AND recusal.entry_id = jury_score.entry_id
    )"""

TIGHTEN = f"""
DROP POLICY desk_insert_update_insert ON jury_score;
DROP POLICY desk_insert_update_update ON jury_score;
CREATE POLICY desk_insert ON jury_score FOR INSERT TO {DESK} WITH CHECK ({SCORES_NOW});
CREATE POLICY desk_update ON jury_score FOR UPDATE TO {DESK} USING ({SCORES_NOW}) WITH CHECK ({SCORES_NOW});
REVOKE UPDATE ON jury_score, jury_juror, jury_entry FROM {DESK};
GRANT UPDATE (points, total, remark, at, earlier) ON jury_score TO {DESK};
GRANT UPDATE (left_at, left_reason) ON jury_juror TO {DESK};
GRANT UPDATE (withdrawn_at, chosen) ON jury_entry TO {DESK};

CREATE FUNCTION jury_panel_forward() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    states text[] := ARRAY['DRAFT', 'SCORING', 'CLOSED', 'DECIDED'];
BEGIN
    IF array_position(states, NEW.state::text) < array_position(states, OLD.state::text) THEN
        RAISE EXCEPTION 'a jury does not go back' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF OLD.state <> 'DRAFT' AND (NEW.criteria, NEW.method, NEW.ties, NEW.leavers, NEW.vote_weight, NEW.quota, NEW.place)
            IS DISTINCT FROM (OLD.criteria, OLD.method, OLD.ties, OLD.leavers, OLD.vote_weight, OLD.quota, OLD.place) THEN
        RAISE EXCEPTION 'what a jury judges by stands once scoring began' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER jury_panel_forward BEFORE UPDATE ON jury_panel FOR EACH ROW EXECUTE FUNCTION jury_panel_forward();

CREATE OR REPLACE FUNCTION jury_progress(p_panel bigint) RETURNS TABLE (juror bigint, done bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT score.juror_id, count(*) FROM jury_score score
    JOIN jury_entry entry ON entry.id = score.entry_id AND entry.withdrawn_at IS NULL
    WHERE score.panel_id = p_panel AND {rowscope.in_range("score.place")} GROUP BY 1
$$;
"""
LOOSEN = f"""
DROP TRIGGER jury_panel_forward ON jury_panel;
DROP FUNCTION jury_panel_forward();
DROP POLICY desk_insert ON jury_score;
DROP POLICY desk_update ON jury_score;
GRANT UPDATE ON jury_score, jury_juror, jury_entry TO {DESK};
CREATE POLICY desk_insert_update_insert ON jury_score FOR INSERT TO {DESK} WITH CHECK ({HERE} AND {MINE} AND {RUNS});
CREATE POLICY desk_insert_update_update ON jury_score FOR UPDATE TO {DESK}
    USING ({HERE} AND {MINE} AND {RUNS}) WITH CHECK ({HERE} AND {MINE} AND {RUNS});
"""
