"""Policies, public views and the daily counter of the micro-class, in the database's own words. Migrations install them."""

from niangjia.core import rowscope
from niangjia.core.rowscope import DESK, PUBLIC, RESIDENT, Rule

HERE = rowscope.in_range("place")
MINE = rowscope.is_mine("asked_by_account", "account") + " AND asked_by_account <> 0"

PROTECT = (
    rowscope.protect("lessons_series", Rule(DESK, HERE, "SELECT, INSERT, UPDATE"))
    + rowscope.protect("lessons_lesson", Rule(DESK, HERE, "SELECT, INSERT, UPDATE"))
    + rowscope.protect("lessons_media", Rule(DESK, HERE, "SELECT, INSERT, UPDATE, DELETE"))
    # How far a conversion is, said every few seconds by the job: no act of anybody's.
    + rowscope.protect("lessons_making", Rule(DESK, HERE, "SELECT, INSERT, UPDATE, DELETE"), trailed=False)
    + rowscope.protect("lessons_live", Rule(DESK, HERE, "SELECT, INSERT, UPDATE"))
    + rowscope.protect("lessons_question", Rule(DESK, HERE, "SELECT, UPDATE"), Rule(RESIDENT, MINE, "SELECT, INSERT"))
    # She may take her question back, and her consent; not write an answer to it.
    + f"""
    GRANT UPDATE (state, may_publish, published_at, public_question, public_answer) ON lessons_question TO {RESIDENT};
    CREATE POLICY resident_update ON lessons_question FOR UPDATE TO {RESIDENT} USING ({MINE}) WITH CHECK ({MINE}
        AND state <> 'PUBLISHED' AND public_question = '' AND public_answer = '');
    """
    # Written by the counter alone.
    + rowscope.protect("lessons_daycount", Rule(DESK, HERE), trailed=False)
)

# A video that was replaced would fill the disk for thirty years; nobody refers to it any more.
DISCARD = f"""
GRANT DELETE ON files_storedfile TO {DESK};
CREATE POLICY desk_delete ON files_storedfile FOR DELETE TO {DESK} USING ({HERE} AND purpose IN ('lesson', 'study'));
"""
KEEP = f"""
DROP POLICY desk_delete ON files_storedfile;
REVOKE DELETE ON files_storedfile FROM {DESK};
"""

FUNCTIONS = f"""
-- One more of a lesson that is published, on this day; of who opened it nothing comes here.
CREATE FUNCTION lessons_opened(p_lesson bigint, p_way text, p_on date) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO lessons_daycount AS day (lesson_id, "on", way, count, place)
        SELECT lesson.id, p_on, p_way, 1, lesson.place FROM lessons_lesson lesson
        WHERE lesson.id = p_lesson AND lesson.state = 'PUBLISHED' AND p_way IN ('TEXT', 'VIDEO', 'AUDIO')
        ON CONFLICT (lesson_id, "on", way) DO UPDATE SET count = day.count + 1
$$;
REVOKE ALL ON FUNCTION lessons_opened(bigint, text, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lessons_opened(bigint, text, date) TO {RESIDENT};
"""

VIEWS = f"""
CREATE VIEW public_lesson WITH (security_barrier) AS
    SELECT lesson.id, lesson.series_id, series.title AS series, series.intro AS series_intro, series."order", lesson.number,
           lesson.title, lesson.intro, lesson.lecturer, lesson.age_group, lesson.minutes, lesson.text, lesson.captions,
           lesson.published_at, lesson.place
    FROM lessons_lesson lesson JOIN lessons_series series ON series.id = lesson.series_id
    WHERE lesson.state = 'PUBLISHED';

CREATE VIEW public_lesson_media WITH (security_barrier) AS
    SELECT media.lesson_id, media.part, media.seconds, file.mime, file.size, file.sha256, file.storage_name
    FROM lessons_media media JOIN lessons_lesson lesson ON lesson.id = media.lesson_id
    JOIN files_storedfile file ON file.id = media.file_id
    WHERE lesson.state = 'PUBLISHED';

CREATE VIEW public_lesson_live WITH (security_barrier) AS
    SELECT live.id, live.series_id, series.title AS series, live.title, live.lecturer, live.starts_at, live.ends_at, live.link,
           live.state, live.reason, live.revision, CASE WHEN lesson.state = 'PUBLISHED' THEN live.recording_id END AS recording_id
    FROM lessons_live live JOIN lessons_series series ON series.id = live.series_id
    LEFT JOIN lessons_lesson lesson ON lesson.id = live.recording_id;

CREATE VIEW public_lesson_question WITH (security_barrier) AS
    SELECT question.id, question.lesson_id, question.public_question AS question, question.public_answer AS answer,
           question.answered_as, question.published_at
    FROM lessons_question question JOIN lessons_lesson lesson ON lesson.id = question.lesson_id
    WHERE question.state = 'PUBLISHED' AND question.may_publish AND lesson.state = 'PUBLISHED';

GRANT SELECT ON public_lesson, public_lesson_media, public_lesson_live, public_lesson_question TO {PUBLIC};
"""
DROP = """
DROP VIEW public_lesson_question, public_lesson_live, public_lesson_media, public_lesson;
DROP FUNCTION lessons_opened(bigint, text, date);
"""
