"""SQL that hands the secrets to the database: row policies, grants, and the rule that nothing is written without a trail.

Every room's migrations build their statements here, so that a policy has one form. The form is the measured one:
a plain text range in "C" collation keeps the index, an ``OR see-everything`` flag would lose it. What differs between
kinds of users is therefore a database role, never a condition.

Roles: ``niangjia_desk`` (officers, a range of places), ``niangjia_partner`` (departments, what they were asked),
``niangjia_resident`` (her own matters), ``niangjia_app`` (the login itself, which may only look up who signs in),
``niangjia_public`` (views of what is public).
"""

from dataclasses import dataclass

DESK = "niangjia_desk"
PARTNER = "niangjia_partner"
RESIDENT = "niangjia_resident"
LOGIN = "niangjia_app"
PUBLIC = "niangjia_public"
ACTING_ROLES = (DESK, PARTNER, RESIDENT)


def in_range(column: str) -> str:
    """The condition that a row lies in the range told to the database. Empty settings match nothing."""
    return f"{column} >= current_setting('app.lo', true) AND {column} < current_setting('app.hi', true)"


def is_mine(column: str, setting: str) -> str:
    """The condition that a row belongs to the account, post or unit told to the database."""
    return f"{column} = nullif(current_setting('app.{setting}', true), '')::bigint"


@dataclass(frozen=True, slots=True)
class Rule:
    """What one role may do with the rows of a table that fulfil ``condition``."""

    role: str
    condition: str
    may: str = "SELECT"


def protect(table: str, *rules: Rule, trailed: bool = True) -> str:
    """Enable and force row security on ``table``; grant each role what its rule names and nothing else.

    ``trailed`` adds the deferred check that a transaction which changed the table also wrote a trail entry.
    """
    lines = [f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY", f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"]
    for rule in rules:
        short = rule.role.removeprefix("niangjia_")
        name = f"{short}_{rule.may.lower().replace(', ', '_')}"
        lines.append(f"GRANT {rule.may} ON {table} TO {rule.role}")
        for act in rule.may.split(", "):
            clause = {
                "SELECT": f"USING ({rule.condition})",
                "DELETE": f"USING ({rule.condition})",
                "INSERT": f"WITH CHECK ({rule.condition})",
                "UPDATE": f"USING ({rule.condition}) WITH CHECK ({rule.condition})",
            }[act]
            lines.append(f"CREATE POLICY {name}_{act.lower()} ON {table} FOR {act} TO {rule.role} {clause}")
    if trailed:
        lines.append(
            f"CREATE CONSTRAINT TRIGGER {table}_trailed AFTER INSERT OR UPDATE OR DELETE ON {table} "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION trail_required()"
        )
    return ";\n".join(lines) + ";"


def readable(table: str, *roles: str) -> str:
    """Reference data without secrets: the roles may read every row."""
    return protect(table, *(Rule(role, "true") for role in roles), trailed=False)
