from django.db import migrations

from niangjia.core import rowscope
from niangjia.core.rowscope import DESK, Rule

HERE = rowscope.in_range("place")
# A published plan holds nothing secret: every post of the district reads it, wherever she sits.
DISTRICT = "left(place, 6) = left(current_setting('app.lo', true), 6)"
VERSION = f"({HERE} OR (state IN ('PUBLISHED', 'SUPERSEDED') AND {DISTRICT}))"
OF_VERSION = "version_id IN (SELECT id FROM plans_planversion)"
OF_PLAN = "plan_id IN (SELECT id FROM plans_plan)"


PROTECT = "\n".join(
    [
        rowscope.protect("plans_plan", Rule(DESK, DISTRICT), Rule(DESK, HERE, "INSERT, UPDATE")),
        rowscope.protect("plans_planversion", Rule(DESK, VERSION), Rule(DESK, HERE, "INSERT, UPDATE, DELETE")),
        rowscope.protect("plans_item", Rule(DESK, OF_VERSION), Rule(DESK, HERE, "INSERT, UPDATE, DELETE")),
        rowscope.protect("plans_goal", Rule(DESK, OF_PLAN), Rule(DESK, HERE, "INSERT, DELETE")),
        rowscope.protect("plans_target", Rule(DESK, OF_VERSION), Rule(DESK, HERE, "INSERT, UPDATE, DELETE")),
        # What each body is to do and did is shown to those in whose range it lies.
        rowscope.protect("plans_split", Rule(DESK, HERE, "SELECT, INSERT, UPDATE, DELETE")),
        rowscope.protect("plans_figure", Rule(DESK, HERE, "SELECT, INSERT, UPDATE")),
        rowscope.protect("plans_statement", Rule(DESK, HERE, "SELECT, INSERT, UPDATE")),
        rowscope.protect("plans_monthlock", Rule(DESK, OF_PLAN), Rule(DESK, HERE, "INSERT")),
        rowscope.protect("plans_lockedvalue", Rule(DESK, HERE, "SELECT, INSERT")),
        # What was said or locked is not rewritten: a figure or statement only ceases to be the current one.
        """
        REVOKE UPDATE ON plans_figure, plans_statement FROM niangjia_desk;
        GRANT UPDATE (current) ON plans_figure, plans_statement TO niangjia_desk;
        """,
        # Nobody rewrites a version that was published, whatever the program says.
        """
        CREATE FUNCTION plans_only_drafts() RETURNS trigger LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE
            was bigint := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE OLD.version_id END;
            becomes bigint := CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE NEW.version_id END;
        BEGIN
            IF EXISTS (SELECT 1 FROM plans_planversion WHERE id IN (was, becomes) AND state <> 'DRAFT') THEN
                IF TG_TABLE_NAME = 'plans_target' AND TG_OP = 'UPDATE' AND
                   to_jsonb(NEW) - '{measure,owner_id,quarters}'::text[] = to_jsonb(OLD) - '{measure,owner_id,quarters}'::text[] THEN
                    RETURN NEW;
                END IF;
                RAISE EXCEPTION '已发布的计划版本不能修改' USING ERRCODE = 'check_violation';
            END IF;
            RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
        END
        $$;
        REVOKE ALL ON FUNCTION plans_only_drafts() FROM PUBLIC;
        CREATE TRIGGER plans_item_only_drafts BEFORE INSERT OR UPDATE OR DELETE ON plans_item
            FOR EACH ROW EXECUTE FUNCTION plans_only_drafts();
        CREATE TRIGGER plans_target_only_drafts BEFORE INSERT OR UPDATE OR DELETE ON plans_target
            FOR EACH ROW EXECUTE FUNCTION plans_only_drafts();
        """,
    ]
)


class Migration(migrations.Migration):
    dependencies = [
        ("plans", "0001_initial"),
        ("org", "0002_protect"),
        ("trail", "0002_append_only"),
    ]
    operations = [migrations.RunSQL(PROTECT, "DROP FUNCTION plans_only_drafts() CASCADE;")]
