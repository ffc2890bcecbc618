"""The functions of the trail, in the database's own words. Migrations install them."""

APPEND = r"""
CREATE FUNCTION trail_digest(previous bytea, stream text, seq bigint, at timestamptz, account_id bigint, post_id bigint,
    actor text, place text, verb text, subject text, summary text) RETURNS bytea
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
    SELECT sha256(previous || convert_to(concat_ws(E'\x1f', stream, seq::text, (extract(epoch FROM at) * 1000000)::bigint::text,
        coalesce(account_id::text, '-'), coalesce(post_id::text, '-'), actor, place, verb, subject, summary), 'UTF8'))
$$;

CREATE FUNCTION trail_append(p_stream text, p_verb text, p_subject text, p_place text, p_summary jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    head trail_stream%ROWTYPE;
    moment timestamptz := clock_timestamp();
    who bigint := nullif(current_setting('app.account', true), '')::bigint;
    post bigint := nullif(current_setting('app.post', true), '')::bigint;
    actor text := coalesce(current_setting('app.actor', true), '');
    digest bytea;
    entry bigint;
BEGIN
    INSERT INTO trail_stream (name, seq, hash) VALUES (p_stream, 0, ''::bytea) ON CONFLICT (name) DO NOTHING;
    SELECT * INTO head FROM trail_stream WHERE name = p_stream FOR UPDATE;
    digest := trail_digest(head.hash, p_stream, head.seq + 1, moment, who, post, actor, p_place, p_verb, p_subject, p_summary::text);
    INSERT INTO trail_entry (stream, seq, at, account_id, post_id, actor, place, verb, subject, summary, xact, previous, hash)
        VALUES (p_stream, head.seq + 1, moment, who, post, actor, p_place, p_verb, p_subject, p_summary,
                pg_current_xact_id()::text::bigint, head.hash, digest)
        RETURNING id INTO entry;
    UPDATE trail_stream SET seq = head.seq + 1, hash = digest WHERE name = p_stream;
    RETURN entry;
END
$$;

CREATE FUNCTION trail_required() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF session_user = 'niangjia_owner' THEN
        RETURN NULL;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM trail_entry WHERE xact = pg_current_xact_id()::text::bigint) THEN
        RAISE EXCEPTION 'table % was changed without a trail entry', TG_TABLE_NAME USING ERRCODE = '42501';
    END IF;
    RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION trail_append(text, text, text, text, jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION trail_required() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trail_append(text, text, text, text, jsonb)
    TO niangjia_app, niangjia_desk, niangjia_partner, niangjia_resident;
"""

DROP = """
DROP FUNCTION trail_append(text, text, text, text, jsonb);
DROP FUNCTION trail_required() CASCADE;
DROP FUNCTION trail_digest(bytea, text, bigint, timestamptz, bigint, bigint, text, text, text, text, text);
"""
