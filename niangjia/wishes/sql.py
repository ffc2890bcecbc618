"""Policies, the functions by which a resident claims what she may not see, and the public views. Migrations install them."""

from niangjia.core import rowscope
from niangjia.core.rowscope import DESK, PUBLIC, RESIDENT, Rule

HERE = rowscope.in_range("place")
OF_THE_DISTRICT = "right(current_setting('app.lo', true), 6) = '000000'"
FILED = rowscope.is_mine("filed_by_account", "account") + " AND filed_by_account <> 0"
HELD = rowscope.is_mine("account_id", "account") + " AND account_id <> 0"

PROTECT = "\n".join(
    [
        rowscope.protect(
            "wishes_terms",
            *(Rule(role, "true") for role in (DESK, RESIDENT)),
            Rule(DESK, OF_THE_DISTRICT, "INSERT, UPDATE"),
        ),
        rowscope.protect(
            "wishes_wish", Rule(DESK, HERE, "SELECT, INSERT, UPDATE"), Rule(RESIDENT, FILED, "SELECT, INSERT")
        ),
        # Who made a wish takes it back or says that it came, and changes nothing else of it.
        f"""
        GRANT UPDATE (state, said, ended_at, ended_why, revision) ON wishes_wish TO {RESIDENT};
        CREATE POLICY resident_update ON wishes_wish FOR UPDATE TO {RESIDENT}
            USING ({FILED} AND state IN ('SUBMITTED', 'VERIFIED', 'OPEN', 'DELIVERED'))
            WITH CHECK ({FILED} AND state IN ('WITHDRAWN', 'DELIVERED'));
        """,
        rowscope.protect("wishes_claim", Rule(DESK, HERE, "SELECT, INSERT, UPDATE"), Rule(RESIDENT, HELD)),
        f"""
        GRANT UPDATE (seen_at) ON wishes_claim TO {RESIDENT};
        CREATE POLICY resident_update ON wishes_claim FOR UPDATE TO {RESIDENT} USING ({HELD}) WITH CHECK ({HELD});
        """,
        rowscope.protect(
            "wishes_wishstep",
            Rule(DESK, HERE, "SELECT, INSERT"),
            Rule(RESIDENT, "wish_id IN (SELECT id FROM wishes_wish)", "SELECT, INSERT"),
        ),
    ]
)

LOCK = 7602  # the class of the advisory locks of claimants

# Two who claim at once wait for one row: the first has it, the second reads TAKEN. The account is locked before the wish,
# so that one account does not pass its limit on two wishes at once.
FUNCTIONS = f"""
CREATE FUNCTION wishes_claim_it(p_wish bigint, p_token uuid, p_kind text, p_unit text, p_name bytea, p_phone bytea, p_at timestamptz,
    OUT outcome text, OUT made bigint, OUT village text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    who bigint := coalesce(nullif(current_setting('app.account', true), '')::bigint, 0);
    today date := (p_at AT TIME ZONE 'Asia/Shanghai')::date;
    target wishes_wish%ROWTYPE;
    limits wishes_terms%ROWTYPE;
BEGIN
    IF who = 0 THEN
        outcome := 'NOBODY'; RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock({LOCK}, (who % 2147483647)::int);
    SELECT * INTO target FROM wishes_wish WHERE id = p_wish FOR UPDATE;
    SELECT id INTO made FROM wishes_claim
        WHERE account_id = who AND (token = p_token OR (wish_id = p_wish AND state IN ('HELD', 'FULFILLED'))) LIMIT 1;
    IF made IS NOT NULL THEN
        outcome := 'SAME'; village := target.place; RETURN;
    END IF;
    IF target.state IN ('CLAIMED', 'DELIVERED', 'CONFIRMED') THEN
        outcome := 'TAKEN'; RETURN;
    END IF;
    IF target.state IS DISTINCT FROM 'OPEN' OR target.closes_on < today THEN
        outcome := 'GONE'; RETURN;
    END IF;
    IF target.filed_by_account = who THEN
        outcome := 'OWN'; RETURN;
    END IF;
    SELECT * INTO limits FROM wishes_terms WHERE valid_from <= today ORDER BY valid_from DESC LIMIT 1;
    IF (SELECT count(*) FROM wishes_claim WHERE account_id = who AND state = 'HELD') >= limits.most_claims THEN
        outcome := 'MANY'; RETURN;
    END IF;
    INSERT INTO wishes_claim (wish_id, token, place, bring_to, kind, unit_name, name, phone, account_id, claimed_at, due_on, state)
        VALUES (p_wish, p_token, target.place,
            coalesce((SELECT short_name FROM org_unit WHERE place = target.place AND kind = 'FEDERATION' AND active_to IS NULL), ''),
            p_kind, p_unit, p_name, p_phone, who, p_at, today + limits.claim_days, 'HELD')
        RETURNING id INTO made;
    UPDATE wishes_wish SET state = 'CLAIMED', revision = revision + 1 WHERE id = p_wish;
    INSERT INTO wishes_wishstep (wish_id, at, title, note, by, place) VALUES (p_wish, p_at, '有人认领', '', '认领人', target.place);
    outcome := 'CLAIMED'; village := target.place;
END
$$;

CREATE FUNCTION wishes_give_back(p_claim bigint, p_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    who bigint := coalesce(nullif(current_setting('app.account', true), '')::bigint, 0);
    today date := (p_at AT TIME ZONE 'Asia/Shanghai')::date;
    own wishes_claim%ROWTYPE;
BEGIN
    SELECT * INTO own FROM wishes_claim WHERE id = p_claim AND account_id = who AND who <> 0;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM 1 FROM wishes_wish WHERE id = own.wish_id FOR UPDATE;
    UPDATE wishes_claim SET state = 'GIVEN_BACK', ended_at = p_at, seen_at = p_at
        WHERE id = p_claim AND state = 'HELD' AND handed_in_on IS NULL;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE wishes_wish SET revision = revision + 1, state = CASE WHEN closes_on < today THEN 'EXPIRED' ELSE 'OPEN' END,
        ended_at = CASE WHEN closes_on < today THEN p_at END
        WHERE id = own.wish_id;
    INSERT INTO wishes_wishstep (wish_id, at, title, note, by, place)
        VALUES (own.wish_id, p_at, '认领人退回', '', '认领人', own.place);
    RETURN true;
END
$$;

REVOKE ALL ON FUNCTION wishes_claim_it(bigint, uuid, text, text, bytea, bytea, timestamptz), wishes_give_back(bigint, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION wishes_claim_it(bigint, uuid, text, text, bytea, bytea, timestamptz), wishes_give_back(bigint, timestamptz)
    TO {RESIDENT};
"""

# Of where the wisher lives the public learns the town: a village with a category and a child is often one child.
VIEWS = f"""
CREATE VIEW public_wish WITH (security_barrier) AS
    SELECT wish.id, left(wish.place, 9) || '000' AS town, wish.kind, wish.category, wish.text, wish.value, wish.state,
           (wish.opened_at AT TIME ZONE 'Asia/Shanghai')::date AS opened_on, wish.closes_on
    FROM wishes_wish wish
    WHERE (wish.state = 'OPEN' AND wish.closes_on >= (now() AT TIME ZONE 'Asia/Shanghai')::date)
       OR wish.state IN ('CLAIMED', 'DELIVERED')
       OR (wish.state = 'CONFIRMED' AND wish.ended_at > now() - interval '1 year');

CREATE VIEW public_wish_terms WITH (security_barrier) AS
    SELECT terms.valid_from, terms.value_cap, terms.claim_days, terms.most_claims FROM wishes_terms terms;

GRANT SELECT ON public_wish, public_wish_terms TO {PUBLIC};
"""
