"""Policies and guards of the ledger of goods, in the database's own words. Migrations install them."""

from niangjia.core import rowscope
from niangjia.core.rowscope import DESK, Rule

HERE = rowscope.in_range("place")
# Parameters for the whole district are changed by those whose range is the district.
OF_THE_DISTRICT = "right(current_setting('app.lo', true), 6) = '000000'"

PROTECT = (
    rowscope.protect("stock_goodskind", Rule(DESK, "true"), Rule(DESK, OF_THE_DISTRICT, "INSERT, UPDATE"))
    + rowscope.protect("stock_gift", Rule(DESK, HERE, "SELECT, INSERT"))
    # Which batches there are is no secret; who gave them is in the register of gifts.
    + rowscope.protect("stock_batch", Rule(DESK, "true"), Rule(DESK, HERE, "INSERT, UPDATE"))
    + rowscope.protect("stock_handout", Rule(DESK, HERE, "SELECT, INSERT"))
    # Of a hand-out nothing can change but that it came back.
    + f"""
    GRANT UPDATE (ended_on, ended_as) ON stock_handout TO {DESK};
    CREATE POLICY desk_update ON stock_handout FOR UPDATE TO {DESK} USING ({HERE} AND ended_on IS NULL) WITH CHECK ({HERE});
    """
    + rowscope.protect("stock_move", Rule(DESK, HERE, "SELECT, INSERT"))
    + rowscope.protect("stock_stockcount", Rule(DESK, HERE, "SELECT, INSERT"))
)

# The sum is taken while the batch is held, over the rows of all places: two who reach for the last piece are one after
# the other, and the second is refused. A statement of a volatile function sees what was committed before it began.
GUARDS = """
CREATE FUNCTION stock_move_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    held stock_batch%ROWTYPE;
    given stock_handout%ROWTYPE;
    undone stock_move%ROWTYPE;
    standing bigint;
BEGIN
    SELECT * INTO held FROM stock_batch WHERE id = NEW.batch_id FOR NO KEY UPDATE;
    IF held.state = 'CLOSED' THEN
        RAISE EXCEPTION 'batch % is closed', NEW.batch_id USING ERRCODE = '23514', CONSTRAINT = 'stock_move_batch_open';
    END IF;
    IF NEW.place IS DISTINCT FROM (SELECT place FROM org_unit WHERE id = NEW.unit_id) THEN
        RAISE EXCEPTION 'the place of a move is its unit''s' USING ERRCODE = '23514', CONSTRAINT = 'stock_move_place_of_unit';
    END IF;
    IF NEW.act = 'RECEIVED' AND NEW.unit_id <> held.unit_id THEN
        RAISE EXCEPTION 'goods arrive where the batch was opened' USING ERRCODE = '23514', CONSTRAINT = 'stock_move_arrival';
    END IF;
    IF NEW.hand_out_id IS NOT NULL THEN
        SELECT * INTO given FROM stock_handout WHERE id = NEW.hand_out_id;
        IF given.batch_id <> NEW.batch_id OR given.unit_id <> NEW.unit_id OR given.count <> abs(NEW.delta) THEN
            RAISE EXCEPTION 'a move is as its hand-out says' USING ERRCODE = '23514', CONSTRAINT = 'stock_move_as_handed_out';
        END IF;
    END IF;
    IF NEW.corrects_id IS NOT NULL THEN
        SELECT * INTO undone FROM stock_move WHERE id = NEW.corrects_id;
        IF undone.corrects_id IS NOT NULL OR (undone.batch_id, undone.unit_id, undone.act, undone.delta)
                IS DISTINCT FROM (NEW.batch_id, NEW.unit_id, NEW.act, -NEW.delta) THEN
            RAISE EXCEPTION 'a counter-move is the contrary of a move' USING ERRCODE = '23514', CONSTRAINT = 'stock_move_contrary';
        END IF;
    END IF;
    SELECT coalesce(sum(delta), 0) INTO standing FROM stock_move WHERE batch_id = NEW.batch_id AND unit_id = NEW.unit_id;
    IF standing + NEW.delta < 0 THEN
        RAISE EXCEPTION 'unit % has % of batch %', NEW.unit_id, standing, NEW.batch_id
            USING ERRCODE = '23514', CONSTRAINT = 'stock_move_never_negative';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER stock_move_guard BEFORE INSERT ON stock_move FOR EACH ROW EXECUTE FUNCTION stock_move_guard();

CREATE FUNCTION stock_move_balanced() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF (SELECT sum(delta) FROM stock_move WHERE slip = NEW.slip AND batch_id = NEW.batch_id AND act = NEW.act) <> 0 THEN
        RAISE EXCEPTION 'what one unit gets another gives' USING ERRCODE = '23514', CONSTRAINT = 'stock_move_balanced';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER stock_move_balanced AFTER INSERT ON stock_move DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.act IN ('ALLOCATED', 'RETURNED')) EXECUTE FUNCTION stock_move_balanced();

-- A hand-out without its move would be goods from nowhere; one that came back without its move, goods into nowhere.
CREATE FUNCTION stock_handout_moved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM stock_move WHERE hand_out_id = NEW.id AND act = 'HANDED_OUT')
        OR EXISTS (SELECT 1 FROM stock_handout WHERE id = NEW.id AND ended_on IS NULL) = EXISTS (SELECT 1 FROM stock_move
            WHERE hand_out_id = NEW.id AND act IN ('REFUSED', 'TAKEN_BACK')) THEN
        RAISE EXCEPTION 'a hand-out has its moves' USING ERRCODE = '23514', CONSTRAINT = 'stock_handout_moved';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER stock_handout_moved AFTER INSERT OR UPDATE ON stock_handout DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION stock_handout_moved();

REVOKE ALL ON FUNCTION stock_move_guard(), stock_move_balanced(), stock_handout_moved() FROM PUBLIC;
"""

DROP = """
DROP FUNCTION stock_handout_moved() CASCADE;
DROP FUNCTION stock_move_balanced() CASCADE;
DROP FUNCTION stock_move_guard() CASCADE;
"""
