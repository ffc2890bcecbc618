from django.db import migrations

# Whoever manages accounts may take a lost second factor off, of officers in her range and of nobody else.
RESET = """
CREATE FUNCTION access_reset_second_factor(p_account bigint) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    removed integer;
BEGIN
    DELETE FROM mfa_authenticator USING people_account account, org_officer officer
        WHERE mfa_authenticator.user_id = account.id AND officer.id = account.officer_id AND account.id = p_account
          AND officer.place >= current_setting('app.lo', true) AND officer.place < current_setting('app.hi', true);
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END
$$;

CREATE FUNCTION access_username_taken(p_username text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM people_account WHERE username = p_username)
$$;

REVOKE ALL ON FUNCTION access_reset_second_factor(bigint), access_username_taken(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access_reset_second_factor(bigint), access_username_taken(text) TO niangjia_desk;
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0001_posts_and_grants")]
    operations = [
        migrations.RunSQL(RESET, "DROP FUNCTION access_reset_second_factor(bigint), access_username_taken(text)")
    ]
