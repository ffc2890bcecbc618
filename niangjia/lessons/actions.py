"""Named writes of the micro-class: lessons and what they are watched as, live sessions, questions and answers."""

from __future__ import annotations

import datetime as dt
import tempfile
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from django.db import connection, transaction

from niangjia.access import jobs
from niangjia.access.acting import Acting, beside, record
from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.core.refused import Refused, in_words
from niangjia.files import actions as files
from niangjia.files import queries as stored
from niangjia.files.kinds import FileError, FileKind
from niangjia.lessons import public, rules, streams
from niangjia.lessons.kinds import LessonState, LiveState, MakingState, Opened, Part, QuestionState
from niangjia.lessons.models import Lesson, Live, Making, Media, Question, Series
from niangjia.people import actions as people
from niangjia.people.kinds import Channel, Purpose
from niangjia.people.models import Consent

JOB = "lessons.make_streams"
RECORDINGS = (FileKind.VIDEO, FileKind.AUDIO)
CONSENT_TEXT = "lessons-1"
MOST_QUESTIONS_A_DAY = 5
_REPORT_EVERY = 2.0  # seconds


def _note(by: Acting, verb: str, subject: str, place: str, **summary: Any) -> None:
    record(by=by, stream=subject, verb=verb, place=place, summary=summary)


# ---------------------------------------------------------------- series and lessons


@transaction.atomic
def save_series(*, by: Acting, title: str, intro: str = "", order: int = 9, series_id: int | None = None) -> Series:
    """Begin a series or change it."""
    by.require(Verb.LESSON_EDIT)
    one = Series.objects.select_for_update().get(pk=series_id) if series_id else Series(place=by.place)
    one.title, one.intro, one.order = title.strip(), intro.strip(), order
    with in_words({"lessons_series_title": Refused("已有同名系列。", {"title": "已有同名系列，请换一个名称。"})}):
        one.save()
    _note(by, "lesson.series", f"lesson_series:{one.pk}", one.place, title=one.title)
    return one


def _locked(lesson_id: int, revision: int | None = None) -> Lesson:
    lesson = Lesson.objects.select_for_update(of=("self",)).select_related("series").get(pk=lesson_id)
    if revision is not None and revision != lesson.revision:
        raise Refused("在您打开页面之后，其他人修改了这一节。请刷新页面，核对后再改。")
    return lesson


def _editable(lesson: Lesson, by: Acting) -> None:
    """What is on show is not rewritten under the readers' eyes; what changes after the check is checked anew."""
    by.require(Verb.LESSON_EDIT)
    if lesson.state in (LessonState.PUBLISHED, LessonState.WITHDRAWN):
        raise Refused(f"这一节{lesson.get_state_display()}，不能直接修改。请先撤下并转回草稿，改好后重新审核发布。")
    lesson.state = LessonState.DRAFT
    lesson.checked_by, lesson.checked_by_account, lesson.checked_at = "", None, None
    lesson.written_by, lesson.written_by_account = by.signature, by.account_id
    lesson.revision += 1


@transaction.atomic
def write_lesson(
    *,
    by: Acting,
    series_id: int,
    title: str,
    minutes: int | None = None,
    text: str = "",
    lesson_id: int | None = None,
    revision: int | None = None,
    number: int | None = None,
    **fields: Any,
) -> Lesson:
    """Write a lesson or rewrite it. Without ``number`` it is the next of its series; without ``minutes`` as long as its
    text takes to read. ``fields``: intro, lecturer, age_group.
    """
    by.require(Verb.LESSON_EDIT)
    series = Series.objects.select_for_update().get(pk=series_id)
    if lesson_id:
        lesson = _locked(lesson_id, revision)
        _editable(lesson, by)
    else:
        lesson = Lesson(
            series=series, place=series.place, written_by=by.signature, written_by_account=by.account_id, number=0
        )
    last = Lesson.objects.filter(series=series).order_by("-number").values_list("number", flat=True).first()
    lesson.series, lesson.number = series, number or lesson.number or (last or 0) + 1
    lesson.title, lesson.text = title.strip(), text.strip()
    lesson.minutes = minutes or rules.reading_minutes(text)
    for key, value in fields.items():
        setattr(lesson, key, value)
    taken = Refused("这个系列已有这一节。", {"number": f"第{lesson.number}节已有，请换一个数。"})
    too_long = Refused("时长应在1至60分钟之间；更长的请分成几节。", {"minutes": "请填1至60。"})
    with in_words({"lessons_lesson_number": taken, "lessons_lesson_minutes": too_long}):
        lesson.save()
    _note(by, "lesson.write", f"lesson:{lesson.pk}", lesson.place, title=lesson.title)
    return lesson


@transaction.atomic
def set_captions(*, lesson_id: int, text: str, by: Acting) -> Lesson:
    """Put captions to a lesson, as WebVTT or SubRip; an empty text takes them away. Raises Refused naming lines."""
    lesson = _locked(lesson_id)
    _editable(lesson, by)
    if text.strip():
        seconds = Media.objects.filter(lesson=lesson).order_by("-seconds").values_list("seconds", flat=True).first()
        read = rules.captions(text, seconds=seconds)
        if read.faults:
            raise Refused("字幕没有保存，请改正后再存。", {"captions": " ".join(read.faults)})
        lesson.captions = read.vtt
    else:
        lesson.captions = ""
    lesson.save()
    _note(by, "lesson.captions", f"lesson:{lesson.pk}", lesson.place, title=lesson.title)
    return lesson


@transaction.atomic
def check(*, lesson_id: int, by: Acting, revision: int | None = None) -> Lesson:
    """Say that a lesson may be shown. The checker is not the writer."""
    by.require(Verb.LESSON_PUBLISH)
    lesson = _locked(lesson_id, revision)
    _become(lesson, LessonState.CHECKED)
    if by.account_id == lesson.written_by_account:
        raise Refused("这一节是您编写的，请另一位同志审核。")
    media = list(Media.objects.filter(lesson=lesson))
    if not media and not lesson.text:
        raise Refused("这一节还没有正文，也没有视频或录音。请先补上。")
    if any(one.part == Part.VIDEO for one in media) and not lesson.captions and not lesson.text:
        raise Refused("视频须配字幕或文字稿，听不清、看不清的人也能学（无障碍环境建设法第三十二条）。请补上一样。")
    if found := rules.not_publishable(lesson.title, lesson.intro, lesson.lecturer, lesson.text, lesson.captions):
        raise Refused("不能通过：" + " ".join(found))
    lesson.checked_by, lesson.checked_by_account, lesson.checked_at = by.signature, by.account_id, clock.now()
    lesson.save()
    _note(by, "lesson.check", f"lesson:{lesson.pk}", lesson.place, title=lesson.title)
    return lesson


@transaction.atomic
def publish(*, lesson_id: int, by: Acting, revision: int | None = None) -> Lesson:
    """Put a checked lesson on show."""
    by.require(Verb.LESSON_PUBLISH)
    lesson = _locked(lesson_id, revision)
    _become(lesson, LessonState.PUBLISHED)
    lesson.published_at = clock.now()
    lesson.save()
    _note(by, "lesson.publish", f"lesson:{lesson.pk}", lesson.place, title=lesson.title)
    return lesson


@transaction.atomic
def withdraw(*, lesson_id: int, reason: str, by: Acting) -> Lesson:
    """Take a lesson off show, at once and with everything that hangs on it."""
    by.require(Verb.LESSON_PUBLISH)
    if not reason.strip():
        raise Refused("请写明撤下的原因。", {"reason": "请填写。"})
    lesson = _locked(lesson_id)
    _become(lesson, LessonState.WITHDRAWN)
    lesson.withdrawn_why = reason.strip()
    lesson.save()
    _note(by, "lesson.withdraw", f"lesson:{lesson.pk}", lesson.place, title=lesson.title, reason=reason)
    return lesson


@transaction.atomic
def back_to_draft(*, lesson_id: int, by: Acting) -> Lesson:
    """Take a lesson that was withdrawn or checked in hand again."""
    by.require(Verb.LESSON_EDIT)
    lesson = _locked(lesson_id)
    _become(lesson, LessonState.DRAFT)
    lesson.checked_by, lesson.checked_by_account, lesson.checked_at = "", None, None
    lesson.save()
    _note(by, "lesson.draft", f"lesson:{lesson.pk}", lesson.place, title=lesson.title)
    return lesson


def _become(lesson: Lesson, wanted: LessonState) -> None:
    if not rules.may_become(lesson.state, wanted):
        raise Refused(f"这一节现在是“{lesson.get_state_display()}”，不能改为“{wanted.label}”。")
    lesson.state = wanted
    lesson.revision += 1


# ---------------------------------------------------------------- video and sound


@transaction.atomic
def add_media(*, lesson_id: int, name: str, file: BinaryIO, by: Acting) -> Media:
    """Put a video or a recording to a lesson, in place of the one it had. Raises Refused in Chinese for what is none.

    Of a video small streams are made in the background where ffmpeg is present; without it the video is shown as it is,
    and one in a coding that many phones do not play is refused.
    """
    lesson = _locked(lesson_id)
    _editable(lesson, by)
    try:
        kept, seen = files.store_media(
            name=name, file=file, purpose="lesson", place=lesson.place, by=by, kinds=RECORDINGS
        )
    except FileError as error:
        raise Refused(str(error), {"file": str(error)}) from error
    present = streams.program() is not None
    if not seen.plays_everywhere and not present:
        raise Refused(
            "视频没有保存。", {"file": f"视频的编码是 {seen.coding}，很多手机打不开。请导出为 MP4（H.264）后重新上传。"}
        )
    part = Part.VIDEO if seen.kind is FileKind.VIDEO else Part.AUDIO
    _forget(lesson, [part, *streams.ARGUMENTS] if part is Part.VIDEO else [part], by)
    media, _ = Media.objects.update_or_create(
        lesson=lesson, part=part,
        defaults={"file": kept, "seconds": round(seen.seconds), "coding": seen.coding, "place": lesson.place},
    )  # fmt: skip
    lesson.save()
    if part is Part.VIDEO:
        state = MakingState.WAITING if present else MakingState.ABSENT
        Making.objects.update_or_create(
            lesson=lesson,
            defaults={"source": kept, "state": state, "done": 0, "message": "", "moved_at": clock.now(), "place": lesson.place},
        )  # fmt: skip
        if present:
            jobs.later(JOB, by=by, lesson_id=lesson.pk)
    _note(by, "lesson.media", f"lesson:{lesson.pk}", lesson.place, title=lesson.title, kind=part.label, size=kept.size)
    return media


@transaction.atomic
def remove_media(*, lesson_id: int, part: Part, by: Acting) -> None:
    """Take a recording from a lesson; the streams made of a video go with it. Twice does no harm."""
    lesson = _locked(lesson_id)
    _editable(lesson, by)
    parts = [part, *streams.ARGUMENTS] if part is Part.VIDEO else [part]
    if not _forget(lesson, parts, by):
        return
    lesson.save()
    _note(by, "lesson.media.remove", f"lesson:{lesson.pk}", lesson.place, title=lesson.title, kind=part.label)


def _forget(lesson: Lesson, parts: Collection[Part], by: Acting) -> int:
    """Take recordings away with their files; returns how many. What was being made of a video is nobody's then."""
    gone = list(Media.objects.filter(lesson=lesson, part__in=parts))
    if Part.VIDEO in parts:
        Making.objects.filter(lesson=lesson).delete()
    Media.objects.filter(pk__in=[one.pk for one in gone]).delete()
    for one in gone:
        files.discard(file_id=one.file_id, by=by)
    return len(gone)


def make_streams(*, lesson_id: int, by: Acting) -> None:
    """Make the small streams of a lesson's video. May run twice; one whose video was replaced meanwhile is nobody's."""
    making = Making.objects.select_related("lesson", "source").filter(lesson_id=lesson_id).first()
    source = Media.objects.filter(lesson_id=lesson_id, part=Part.VIDEO).first()
    if making is None or source is None or making.state == MakingState.DONE:
        return
    report = _reporter(making.pk, by)
    try:
        with tempfile.TemporaryDirectory() as name, transaction.atomic():
            _make_all(making, source, Path(name), report, by)
    except (streams.StreamError, FileError) as error:
        making.state, making.message = MakingState.FAILED, str(error)[:200]
    else:
        making.state, making.done, making.message = MakingState.DONE, 100, ""
    making.moved_at = clock.now()
    making.save()


def _make_all(making: Making, source: Media, folder: Path, report: Callable[[float], None], by: Acting) -> None:
    plain = folder / "source.mp4"
    with plain.open("wb") as out:
        out.writelines(stored.pieces(making.source.storage_name))
    parts = list(streams.ARGUMENTS)
    for number, part in enumerate(parts):

        def told(share: float, before: int = number) -> None:
            report((before + share) / len(parts))

        made = streams.make(part, source=plain, into=folder, seconds=source.seconds, report=told)
        with made.open("rb") as file:
            kept, seen = files.store_media(
                name=made.name, file=file, purpose="lesson", place=source.place, by=by, kinds=RECORDINGS
            )
        Media.objects.update_or_create(
            lesson_id=source.lesson_id, part=part,
            defaults={"file": kept, "seconds": round(seen.seconds), "coding": seen.coding, "place": source.place},
        )  # fmt: skip
    _note(by, "lesson.streams", f"lesson:{source.lesson_id}", source.place, title=making.lesson.title)


def _reporter(making_id: int, by: Acting) -> Callable[[float], None]:
    """Tells the waiting page how far it is, every few seconds."""
    told = 0.0

    def report(share: float) -> None:
        nonlocal told
        if time.monotonic() - told < _REPORT_EVERY:
            return
        told = time.monotonic()
        with beside(by) as cursor:
            cursor.execute(
                "UPDATE lessons_making SET state = %s, done = %s, moved_at = %s WHERE id = %s",
                [MakingState.WORKING.value, int(share * 100), clock.now(), making_id],
            )

    report(0)
    return report


# ---------------------------------------------------------------- live sessions


@transaction.atomic
def save_live(
    *,
    by: Acting,
    series_id: int,
    title: str,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    link: str,
    lecturer: str = "",
    live_id: int | None = None,
) -> Live:
    """Announce a live session or change it. The link is https: nobody on the way sees or changes what is watched."""
    by.require(Verb.LESSON_EDIT)
    series = Series.objects.get(pk=series_id)
    live = Live.objects.select_for_update(of=("self",)).get(pk=live_id) if live_id else Live(place=series.place)
    if live.state == LiveState.CANCELLED:
        raise Refused("这场直播已取消，不能再改。请另建一场。")
    if urlsplit(link).scheme != "https":
        raise Refused("没有保存。", {"link": "网址应以 https:// 开头。"})
    if ends_at <= starts_at:
        raise Refused("没有保存。", {"ends_at": "结束时间应晚于开始时间。"})
    if live_id:
        live.revision += 1
    live.series, live.title, live.lecturer, live.link = series, title.strip(), lecturer.strip(), link
    live.starts_at, live.ends_at = starts_at, ends_at
    live.save()
    _note(by, "lesson.live", f"lesson_live:{live.pk}", live.place, title=live.title, on=f"{starts_at:%Y-%m-%d %H:%M}")
    return live


@transaction.atomic
def cancel_live(*, live_id: int, reason: str, by: Acting) -> Live:
    """Call a session off: the page and the calendar entry say so. Twice does no harm."""
    by.require(Verb.LESSON_EDIT)
    if not reason.strip():
        raise Refused("请写明取消原因。", {"reason": "请填写。"})
    live = Live.objects.select_for_update().get(pk=live_id)
    if live.state != LiveState.CANCELLED:
        live.state, live.reason, live.revision = LiveState.CANCELLED, reason.strip(), live.revision + 1
        live.save()
        _note(by, "lesson.live.cancel", f"lesson_live:{live.pk}", live.place, title=live.title, reason=reason)
    return live


@transaction.atomic
def set_recording(*, live_id: int, lesson_id: int, by: Acting) -> Live:
    """Name the lesson that is the recording of a session: it is made, checked and published like every lesson."""
    by.require(Verb.LESSON_EDIT)
    live = Live.objects.select_for_update().get(pk=live_id)
    lesson = Lesson.objects.get(pk=lesson_id)
    if lesson.series_id != live.series_id:
        raise Refused("没有保存。", {"lesson": "请选同一系列的课程。"})
    live.recording = lesson
    live.save()
    _note(by, "lesson.live.recording", f"lesson_live:{live.pk}", live.place, title=live.title)
    return live


# ---------------------------------------------------------------- questions


@transaction.atomic
def ask(*, lesson_id: int, text: str, may_publish: bool, by: Acting) -> Question:
    """A parent's question about a published lesson. The same words sent twice are one question."""
    by.require(Verb.LESSON_ASK)
    lesson = public.lesson(lesson_id)
    if lesson is None:
        raise Refused("这一节已撤下，不能再提问。")
    words = text.strip()
    if len(words) < 5:
        raise Refused("问题没有提交。", {"text": "请把情况说清楚一点，至少5个字。"})
    today = Question.objects.filter(asked_at__gte=clock.now() - dt.timedelta(days=1), asked_by_account=by.account_id)
    for earlier in today.filter(lesson_id=lesson_id).exclude(state=QuestionState.WITHDRAWN):
        if earlier.text.reveal() == words:
            return earlier
    if today.count() >= MOST_QUESTIONS_A_DAY:
        raise Refused(f"一天最多提{MOST_QUESTIONS_A_DAY}个问题，请明天再来；着急的请拨打12338。")
    question = Question.objects.create(
        lesson_id=lesson_id, about=lesson.title, text=words, asked_by_account=by.account_id, asked_at=clock.now(),
        may_publish=may_publish, place=public.place_of(lesson_id),
    )  # fmt: skip
    if may_publish:
        people.give_consents(
            person_id=None, purposes=[Purpose.STORY], text_version=CONSENT_TEXT, channel=Channel.PORTAL, helper="",
            subject=f"lesson_question:{question.pk}", account_id=by.account_id, place=question.place,
        )  # fmt: skip
    _note(by, "lesson.ask", f"lesson_question:{question.pk}", question.place, title=lesson.title)
    return question


@transaction.atomic
def take_back(*, question_id: int, by: Acting, whole: bool) -> Question:
    """She takes back her consent to publish, or the ``whole`` question; what was published is gone at once."""
    by.require(Verb.LESSON_ASK)
    question = Question.objects.select_for_update().get(pk=question_id)
    if question.asked_by_account != by.account_id:
        raise Refused("这不是您提的问题。")
    if question.state == QuestionState.PUBLISHED:
        question.state = QuestionState.ANSWERED
    if whole:
        question.state = QuestionState.WITHDRAWN
    question.may_publish, question.published_at = False, None
    question.public_question = question.public_answer = ""
    question.save(update_fields=["state", "may_publish", "published_at", "public_question", "public_answer"])
    for consent in Consent.objects.filter(subject=f"lesson_question:{question.pk}", withdrawn_at__isnull=True):
        people.withdraw_consent(consent=consent)
    _note(by, "lesson.ask.take_back", f"lesson_question:{question.pk}", question.place, title=question.about)
    return question


@transaction.atomic
def open_question(*, question_id: int, by: Acting) -> Question:
    """Read what a parent asked, which leaves a trail entry."""
    by.require(Verb.LESSON_ANSWER)
    question = Question.objects.select_related("lesson").get(pk=question_id)
    _note(by, "lesson.question.open", f"lesson_question:{question.pk}", question.place, title=question.about)
    return question


@transaction.atomic
def answer(*, question_id: int, text: str, answered_as: str, by: Acting, declined: bool = False) -> Question:
    """An expert's answer, to her who asked; ``declined`` tells her why it is not answered here and whom to turn to."""
    by.require(Verb.LESSON_ANSWER)
    question = Question.objects.select_for_update(of=("self",)).get(pk=question_id)
    if question.state not in (QuestionState.ASKED, QuestionState.ANSWERED):
        raise Refused(f"这个问题{question.get_state_display()}，不能再改解答。")
    if not text.strip():
        raise Refused("没有保存。", {"text": "请写下解答。" if not declined else "请写明为什么，以及可以找谁。"})
    question.state = QuestionState.DECLINED if declined else QuestionState.ANSWERED
    question.answer, question.answered_as = text.strip(), answered_as.strip()
    question.answered_by, question.answered_by_account, question.answered_at = by.signature, by.account_id, clock.now()
    question.save()
    _note(by, "lesson.answer", f"lesson_question:{question.pk}", question.place, title=question.about)
    return question


@transaction.atomic
def publish_question(
    *, question_id: int, public_question: str, public_answer: str, no_child: bool, by: Acting
) -> Question:
    """Show a question and its answer to everybody, reworded so that nobody is known by it.

    Raises Refused without her consent, without the editor's word that no child can be told from it (``no_child``), and
    for numbers, schools, classes and children's names found in the texts (个人信息保护法 art. 25, 31; 未成年人保护法 art. 103).
    """
    by.require(Verb.LESSON_PUBLISH)
    question = Question.objects.select_for_update(of=("self",)).get(pk=question_id)
    if question.state not in (QuestionState.ANSWERED, QuestionState.PUBLISHED):
        raise Refused(f"这个问题{question.get_state_display()}，不能公开。")
    if not question.may_publish:
        raise Refused("提问人没有同意公开，只能答复她本人。")
    wrong: dict[str, str] = {}
    for key, text in (("public_question", public_question), ("public_answer", public_answer)):
        if not text.strip():
            wrong[key] = "请填写。"
        elif found := rules.tells_who(text):
            wrong[key] = " ".join(found)
    if not no_child:
        wrong["no_child"] = "请确认看不出是哪个孩子、哪家人。"
    if wrong:
        raise Refused("没有公开，请改正标出的地方。", wrong)
    question.public_question, question.public_answer = public_question.strip(), public_answer.strip()
    question.state, question.published_at = QuestionState.PUBLISHED, clock.now()
    question.save()
    _note(by, "lesson.question.publish", f"lesson_question:{question.pk}", question.place, title=question.about)
    return question


@transaction.atomic
def unpublish_question(*, question_id: int, by: Acting) -> Question:
    """Take a published question off show. Twice does no harm."""
    by.require(Verb.LESSON_PUBLISH)
    question = Question.objects.select_for_update(of=("self",)).get(pk=question_id)
    if question.state == QuestionState.PUBLISHED:
        question.state, question.published_at = QuestionState.ANSWERED, None
        question.save()
        _note(by, "lesson.question.unpublish", f"lesson_question:{question.pk}", question.place, title=question.about)
    return question


def count(*, lesson_id: int, way: Opened, by: Acting) -> None:
    """One more of a day's total of a lesson. ``by`` is the visitor nobody knows; nothing of her is kept, so no trail."""
    if by.account_id:
        raise ValueError("a count names nobody")
    with connection.cursor() as cursor:
        cursor.execute("SELECT lessons_opened(%s, %s, %s)", [lesson_id, way.value, clock.today()])
