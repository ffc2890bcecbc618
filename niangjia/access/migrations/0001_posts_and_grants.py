from django.db import migrations

# Whose posts run today: asked by the login itself, before anybody acts. A post outside its dates is not among them.
POSTS = """
CREATE FUNCTION access_posts(p_account bigint, p_day date)
RETURNS TABLE (post_id bigint, role text, unit_id bigint, unit_name text, unit_kind text, place text, officer_name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT post.id, post.role, unit.id, unit.short_name, unit.kind, post.place, officer.name
    FROM people_account account
    JOIN org_officer officer ON officer.id = account.officer_id
    JOIN org_post post ON post.officer_id = officer.id
    JOIN org_unit unit ON unit.id = post.unit_id
    WHERE account.id = p_account AND account.is_active AND post.span @> p_day
        AND unit.active_from <= p_day AND (unit.active_to IS NULL OR unit.active_to >= p_day)
    ORDER BY post.place, post.id
$$;
REVOKE ALL ON FUNCTION access_posts(bigint, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access_posts(bigint, date) TO niangjia_app;
"""

# What the framework keeps for itself. Sessions and second factors belong to the login and to no acting role.
GRANTS = """
CREATE TABLE web_cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
CREATE INDEX web_cache_expires ON web_cache (expires);
GRANT SELECT, INSERT, UPDATE, DELETE ON web_cache TO niangjia_app, niangjia_desk, niangjia_partner, niangjia_resident;
GRANT SELECT, INSERT, UPDATE, DELETE ON django_session, account_emailaddress, account_emailconfirmation, mfa_authenticator
    TO niangjia_app;
GRANT SELECT ON django_content_type, auth_permission, django_migrations TO niangjia_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers,
    procrastinate_workers TO niangjia_app, niangjia_desk, niangjia_partner, niangjia_resident;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO niangjia_app, niangjia_desk, niangjia_partner, niangjia_resident;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES
    TO niangjia_app, niangjia_desk, niangjia_partner, niangjia_resident;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_protect"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("sessions", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]
    operations = [
        migrations.RunSQL(POSTS, "DROP FUNCTION access_posts(bigint, date)"),
        migrations.RunSQL(GRANTS, "DROP TABLE web_cache"),
    ]
