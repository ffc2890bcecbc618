from django.db import migrations

from niangjia.core.rowscope import PUBLIC, RESIDENT

# Who objected may read what became of it, by the number she was given; the page asks for her code before it asks here.
# And a notice that is over says so, instead of not being found: of such notices the public learns the number and no more.
ANSWER = f"""
CREATE FUNCTION programmes_objection_answer(p_number text)
RETURNS TABLE (state text, answer text, filed_at timestamptz, due_on date, answered_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT state, answer, filed_at, due_on, answered_at FROM programmes_objection WHERE number = p_number
$$;
REVOKE ALL ON FUNCTION programmes_objection_answer(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION programmes_objection_answer(text) TO {RESIDENT};

CREATE VIEW public_notice_ended WITH (security_barrier) AS
    SELECT id FROM programmes_notice
    WHERE state IN ('ENDED', 'WITHDRAWN')
       OR (state = 'PUBLISHED' AND (now() AT TIME ZONE 'Asia/Shanghai')::date > ends_on);
GRANT SELECT ON public_notice_ended TO {PUBLIC};
"""


class Migration(migrations.Migration):
    dependencies = [("programmes", "0002_protect")]
    operations = [
        migrations.RunSQL(ANSWER, "DROP VIEW public_notice_ended; DROP FUNCTION programmes_objection_answer(text)"),
    ]
