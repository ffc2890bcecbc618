"""Policies of certificates, the counter of their numbers, and the one question the public may ask."""

from niangjia.core import rowscope
from niangjia.core.numbers import counter
from niangjia.core.rowscope import DESK, PUBLIC, Rule

HERE = rowscope.in_range("place")

PROTECT = rowscope.protect(
    "certificates_certificate",
    Rule(DESK, HERE, "SELECT, INSERT, UPDATE"),
)

FUNCTIONS = f"""{counter("certificates")}
-- A code is asked for, not listed: without it nothing is shown. The name stands while the holder agrees to that.
CREATE FUNCTION certificates_by_code(p_code text)
RETURNS TABLE (number text, title text, holder text, text text, unit text, issued_on date, state text, revoked_on date,
    revoke_reason text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT one.number, one.title,
           CASE WHEN one.named AND EXISTS (SELECT 1 FROM people_consent consent
                    WHERE consent.subject = one.subject AND consent.purpose = 'PUBLISH' AND consent.withdrawn_at IS NULL)
                THEN one.holder ELSE one.masked END,
           CASE WHEN one.state = 'VALID' THEN one.text ELSE '' END,
           unit.name, one.issued_on, one.state, one.revoked_on, one.revoke_reason
    FROM certificates_certificate one JOIN org_unit unit ON unit.id = one.unit_id
    WHERE one.code = p_code
$$;
REVOKE ALL ON FUNCTION certificates_next_number(text), certificates_by_code(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION certificates_next_number(text) TO {DESK};
GRANT EXECUTE ON FUNCTION certificates_by_code(text) TO {PUBLIC};
"""

DROP = "DROP FUNCTION certificates_by_code(text), certificates_next_number(text); DROP TABLE certificates_counter;"

# A certificate is not rewritten: it is counted when printed and may be revoked, once and for good.
FREEZE = f"""
DROP POLICY desk_select_insert_update_update ON certificates_certificate;
CREATE POLICY desk_update ON certificates_certificate FOR UPDATE TO {DESK}
    USING ({HERE} AND state = 'VALID') WITH CHECK ({HERE});
REVOKE UPDATE ON certificates_certificate FROM {DESK};
GRANT UPDATE (prints, state, revoked_on, revoked_by, revoke_reason) ON certificates_certificate TO {DESK};
"""
THAW = f"""
DROP POLICY desk_update ON certificates_certificate;
CREATE POLICY desk_select_insert_update_update ON certificates_certificate FOR UPDATE TO {DESK}
    USING ({HERE}) WITH CHECK ({HERE});
GRANT UPDATE ON certificates_certificate TO {DESK};
"""
