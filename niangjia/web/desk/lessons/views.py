"""The micro-class at the desk: series and lessons, recordings and captions, live sessions, questions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST, require_safe

from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.core.refused import Refused
from niangjia.core.text import plain_text
from niangjia.lessons import actions, queries, rules, streams
from niangjia.lessons.kinds import LessonState, Part, QuestionState
from niangjia.lessons.models import Lesson, Live, Series
from niangjia.letters.word_in import WordError, read_word
from niangjia.web.desk.ask import ask
from niangjia.web.desk.lessons import forms
from niangjia.web.guard import ActingRequest, may
from niangjia.web.refusals import show_refusal
from niangjia.web.streaming import Recording, stream

EDIT, PUBLISH, ANSWER = Verb.LESSON_EDIT, Verb.LESSON_PUBLISH, Verb.LESSON_ANSWER
WORD_MOST = 20 << 20


def _lesson(pk: int) -> Lesson:
    found = queries.lesson(pk)
    if found is None:
        raise Http404
    return found


def _up(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [("父母微课堂", reverse("lessons:index")), *more]


@may(EDIT, PUBLISH, ANSWER)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """Series with their lessons, what waits for a checker, sessions, how many questions wait."""
    counts = queries.question_counts()
    context = {
        "series": list(queries.series()),
        "waiting": counts.get(QuestionState.ASKED, 0),
        "lives": list(queries.lives().filter(ends_at__gte=clock.now()).order_by("starts_at")),
        "to_record": list(queries.lives_to_record()[:5]),
        "may_edit": request.acting.may(EDIT),
        "may_answer": request.acting.may(ANSWER),
    }
    return render(request, "desk/lessons/index.html", context)


@may(EDIT)
def series(request: ActingRequest, pk: int | None = None) -> HttpResponse:
    one = Series.objects.filter(pk=pk).first() if pk else None
    if pk and one is None:
        raise Http404
    initial = {"title": one.title, "intro": one.intro, "order": one.order} if one else None
    form = forms.SeriesForm(request.POST or None, initial=initial)

    def do(data: dict[str, Any]) -> str:
        saved = actions.save_series(series_id=pk, by=request.acting, **data)
        return f"已保存“{saved.title}”。"

    title = f"修改{one.title}" if one else "新建系列"
    return ask(request, form, do, title=title, button="保存", back=reverse("lessons:index"), up=_up())


@may(EDIT, PUBLISH)
@require_GET
def lesson(request: ActingRequest, pk: int) -> HttpResponse:
    """One lesson as residents will see it, and what is still to do."""
    found = _lesson(pk)
    making = queries.making_of(found)
    acting = request.acting
    editable = found.state in (LessonState.DRAFT, LessonState.CHECKED)
    context = {
        "lesson": found,
        "blocks": rules.blocks(found.text),
        "media": [
            {"one": one, "size": rules.size_label(one.file.size), "length": rules.length_label(one.seconds),
             "uploaded": one.part in (Part.VIDEO, Part.AUDIO)}
            for one in queries.media_of(found)
        ],
        "making": making,
        "moving": making is not None and making.is_moving,
        "quiet": making is not None and queries.is_quiet(making),
        "opened": queries.opened(found),
        "may_edit": acting.may(EDIT) and editable,
        "may_check": acting.may(PUBLISH) and found.state == LessonState.DRAFT,
        "own": found.written_by_account == acting.account_id,
        "may_publish": acting.may(PUBLISH) and found.state == LessonState.CHECKED,
        "may_withdraw": acting.may(PUBLISH) and found.state == LessonState.PUBLISHED,
        "may_reopen": acting.may(EDIT) and found.state in (LessonState.WITHDRAWN, LessonState.CHECKED),
        "questions": found.questions.count(),
    }  # fmt: skip
    template = "desk/lessons/lesson.html" + ("#making" if request.htmx else "")  # type: ignore[attr-defined]
    return render(request, template, context)


@may(EDIT)
def write(request: ActingRequest, pk: int | None = None) -> HttpResponse:
    """The plain editor: words, headings, lists. What is pasted loses its format."""
    one = _lesson(pk) if pk else None
    if one is None and not Series.objects.exists():
        messages.info(request, "请先建一个系列。")
        return redirect("lessons:new_series")
    names = [name for name in forms.LessonForm.base_fields if name != "series_id"]
    initial: dict[str, Any] = {name: getattr(one, name) for name in names} if one else {}
    initial["series_id"] = one.series_id if one else request.GET.get("series")
    form = forms.LessonForm(request.POST or None, initial=initial)
    made: list[int] = []

    def do(data: dict[str, Any]) -> str:
        data["text"] = plain_text(data["text"])
        saved = actions.write_lesson(lesson_id=pk, by=request.acting, **data)
        made.append(saved.pk)
        return "已保存为草稿，审核后才能发布。"

    back = reverse("lessons:lesson", args=[pk]) if pk else reverse("lessons:index")
    return ask(
        request, form, do, title=f"编写{one.title}" if one else "新建课程", button="保存", back=back,
        up=_up((one.title, back)) if one else _up(), then=lambda: reverse("lessons:lesson", args=made[-1:]),
    )  # fmt: skip


def _take_file(request: ActingRequest, one: Lesson, *, title: str, hint: str, accept: str, do: Any) -> HttpResponse:
    """A page that takes one file."""
    form = forms.FileForm(request.POST, request.FILES) if request.method == "POST" else forms.FileForm()
    if form.is_bound and form.is_valid():
        try:
            messages.success(request, do(form.cleaned_data["file"]))
            return redirect("lessons:lesson", one.pk)
        except Refused as refused:
            show_refusal(form, refused)
    context = {"form": form, "lesson": one, "title": title, "hint": hint, "accept": accept}
    return render(request, "desk/lessons/file.html", context, status=422 if form.errors else 200)


@may(EDIT)
def word(request: ActingRequest, pk: int) -> HttpResponse:
    """The text of a Word file in place of the lesson's."""
    one = _lesson(pk)

    def do(file: Any) -> str:
        if file.size > WORD_MOST:
            raise Refused("没有导入。", {"file": "文件超过20MB。请删去图片后另存再上传。"})
        try:
            read = read_word(file.read())
        except WordError as error:
            raise Refused("没有导入。", {"file": str(error)}) from error
        kept = {name: getattr(one, name) for name in ("number", "title", "intro", "lecturer", "age_group", "revision")}
        actions.write_lesson(lesson_id=pk, series_id=one.series_id, text=read.text, by=request.acting, **kept)
        left = f"{read.pictures}张图片没有导入。" if read.pictures else ""
        return f"已导入{len(read.text)}字。{left}请看一遍再交审核。"

    hint = "导入 .docx 的文字：标题和列表保留，其余格式去掉。会替换现在的正文。"
    return _take_file(request, one, title="从 Word 导入", hint=hint, accept=".docx", do=do)


@may(EDIT)
def media(request: ActingRequest, pk: int) -> HttpResponse:
    """A video or a recording. It goes to the disk piece by piece."""
    one = _lesson(pk)

    def do(file: Any) -> str:
        kept = actions.add_media(lesson_id=pk, name=file.name, file=file.file, by=request.acting)
        if kept.part == Part.VIDEO and streams.program() is None:
            return "视频已保存。本机没有视频转换程序（ffmpeg），居民看到的是原视频，请尽量先压小。"
        return "已保存。" + ("省流量的小视频正在后台生成。" if kept.part == Part.VIDEO else "")

    hint = "视频 MP4（H.264）不超过300MB，录音 MP3、M4A、WAV 不超过60MB；几分钟一节最好。手机拍摄的地点信息会自动去掉。"
    return _take_file(
        request, one, title="上传视频或录音", hint=hint, accept="video/mp4,audio/*,.mp4,.mp3,.m4a,.wav", do=do
    )


@may(EDIT, PUBLISH)
@require_safe
def listen(request: ActingRequest, pk: int, part: str) -> HttpResponseBase:
    """A recording before it is published."""
    found = next((one for one in queries.media_of(_lesson(pk)) if one.part == part.upper()), None)
    if found is None:
        raise Http404
    file = found.file
    return stream(request, Recording(file.storage_name, file.size, file.mime, file.sha256), cache="private, no-store")


@may(EDIT)
@require_POST
def remove_media(request: ActingRequest, pk: int, part: str) -> HttpResponse:
    one = _lesson(pk)
    if part.upper() not in Part.values:
        raise Http404
    try:
        actions.remove_media(lesson_id=one.pk, part=Part(part.upper()), by=request.acting)
        messages.success(request, "已删去。")
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("lessons:lesson", pk)


@may(EDIT)
def captions(request: ActingRequest, pk: int) -> HttpResponse:
    one = _lesson(pk)
    form = forms.CaptionsForm(request.POST or None, initial={"captions": one.captions})
    back = reverse("lessons:lesson", args=[pk])

    def do(data: dict[str, Any]) -> str:
        saved = actions.set_captions(lesson_id=pk, text=data["captions"], by=request.acting)
        return "字幕已保存。" if saved.captions else "字幕已去掉。"

    return ask(request, form, do, title="字幕", button="保存", back=back, up=_up((one.title, back)))


@may(EDIT, PUBLISH)
@require_POST
def step(request: ActingRequest, pk: int) -> HttpResponse:
    """Check, publish, or take in hand again."""
    one = _lesson(pk)
    revision = int(request.POST["revision"]) if request.POST.get("revision", "").isdecimal() else None
    try:
        match request.POST.get("do"):
            case "check":
                actions.check(lesson_id=one.pk, revision=revision, by=request.acting)
                said = "已审核通过，可以发布。"
            case "publish":
                actions.publish(lesson_id=one.pk, revision=revision, by=request.acting)
                said = "已发布，居民可以看到了。"
            case "draft":
                actions.back_to_draft(lesson_id=one.pk, by=request.acting)
                said = "已转回草稿。"
            case _:
                raise Http404
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said)
    return redirect("lessons:lesson", pk)


@may(PUBLISH)
def withdraw(request: ActingRequest, pk: int) -> HttpResponse:
    one = _lesson(pk)
    form = forms.WhyForm(request.POST or None)
    back = reverse("lessons:lesson", args=[pk])

    def do(data: dict[str, Any]) -> str:
        actions.withdraw(lesson_id=pk, reason=data["reason"], by=request.acting)
        return "已撤下，网上立即看不到了。"

    return ask(
        request, form, do, title="撤下课程", button="撤下", back=back, up=_up((one.title, back)), subtitle=one.title
    )


# ---------------------------------------------------------------- live sessions


def _live(pk: int) -> Live:
    found = queries.lives().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@may(EDIT)
def live(request: ActingRequest, pk: int | None = None) -> HttpResponse:
    """Announce or change a live session."""
    one = _live(pk) if pk else None
    if one is None and not Series.objects.exists():
        messages.info(request, "请先建一个系列。")
        return redirect("lessons:new_series")
    initial = {name: getattr(one, name) for name in forms.LiveForm.base_fields} if one else {}
    form = forms.LiveForm(request.POST or None, initial=initial)

    def do(data: dict[str, Any]) -> str:
        saved = actions.save_live(live_id=pk, by=request.acting, **data)
        return (
            f"已保存“{saved.title}”。已加到手机日历的家长，请提醒她们重新添加。" if pk else f"已预告“{saved.title}”。"
        )

    title = f"修改{one.title}" if one else "预告直播"
    return ask(request, form, do, title=title, button="保存", back=reverse("lessons:index"), up=_up())


@may(EDIT)
def cancel_live(request: ActingRequest, pk: int) -> HttpResponse:
    one = _live(pk)

    def do(data: dict[str, Any]) -> str:
        actions.cancel_live(live_id=pk, reason=data["reason"], by=request.acting)
        return "已取消，门户上写明了原因。"

    return ask(
        request, forms.WhyForm(request.POST or None), do, title="取消直播", button="取消这场直播", subtitle=one.title,
        back=reverse("lessons:index"), up=_up(),
    )  # fmt: skip


@may(EDIT)
def recording(request: ActingRequest, pk: int) -> HttpResponse:
    one = _live(pk)
    form = forms.RecordingForm(request.POST or None, initial={"lesson": one.recording_id})
    form.fields["lesson"].queryset = Lesson.objects.filter(series=one.series)  # type: ignore[attr-defined]

    def do(data: dict[str, Any]) -> str:
        actions.set_recording(live_id=pk, lesson_id=data["lesson"].pk, by=request.acting)
        return "已挂上录像；课程审核发布后居民就能看到。"

    subtitle = "先把录像作为一节课上传，再在这里选它。"
    back = reverse("lessons:index")
    return ask(request, form, do, title="挂上录像", button="保存", subtitle=subtitle, back=back, up=_up())


# ---------------------------------------------------------------- questions


@may(ANSWER)
@require_GET
def questions(request: ActingRequest) -> HttpResponse:
    """Questions by state; the words themselves are on their own page, whose opening leaves a trail entry."""
    shown = request.GET.get("state", QuestionState.ASKED.value)
    if shown not in QuestionState.values:
        raise Http404
    counts = queries.question_counts()
    context = {
        "questions": list(queries.questions(shown)[:200]),
        "tabs": [(one.value, one.label, counts.get(one.value, 0), one.value == shown) for one in QuestionState if one != QuestionState.WITHDRAWN],
    }  # fmt: skip
    return render(request, "desk/lessons/questions.html", context)


@may(ANSWER)
def question(request: ActingRequest, pk: int) -> HttpResponse:
    """One question, and its answer."""
    if queries.question(pk) is None:
        raise Http404
    one = actions.open_question(question_id=pk, by=request.acting)
    answer = one.answer.reveal() if one.answer else ""
    initial = {"text": answer, "answered_as": one.answered_as, "declined": one.state == QuestionState.DECLINED}
    form = forms.AnswerForm(request.POST or None, initial=initial)
    form.use_required_attribute = False
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer(question_id=pk, by=request.acting, **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, "已答复提问人。")
            return redirect("lessons:questions")
    context = {
        "question": one,
        "text": one.text.reveal(),
        "answer": answer,
        "form": form,
        "open": one.state in (QuestionState.ASKED, QuestionState.ANSWERED),
        "may_publish": request.acting.may(PUBLISH)
        and one.may_publish
        and one.state in (QuestionState.ANSWERED, QuestionState.PUBLISHED),
    }
    return render(request, "desk/lessons/question.html", context, status=422 if form.errors else 200)


@may(PUBLISH)
def publish_question(request: ActingRequest, pk: int) -> HttpResponse:
    """Reword a question and its answer for everybody, or take them off show."""
    one = queries.question(pk)
    if one is None or not request.acting.may(ANSWER):
        raise Http404
    back = reverse("lessons:question", args=[pk])
    if request.POST.get("do") == "unpublish":
        actions.unpublish_question(question_id=pk, by=request.acting)
        messages.success(request, "已撤下，网上立即看不到了。")
        return redirect(back)
    opened = actions.open_question(question_id=pk, by=request.acting)
    answer = opened.answer.reveal() if opened.answer else ""
    initial = {
        "public_question": one.public_question or opened.text.reveal(), "public_answer": one.public_answer or answer
    }  # fmt: skip
    form = forms.PublishForm(request.POST or None, initial=initial)

    def do(data: dict[str, Any]) -> str:
        actions.publish_question(question_id=pk, by=request.acting, **data)
        return "已公开，不写姓名。"

    subtitle = "提问人同意公开。公开前请改写，系统会拦住证件号、电话、学校、班级和孩子姓名。"
    up = _up(("提问", reverse("lessons:questions")), (one.about, back))
    return ask(request, form, do, title="公开问答", button="公开", back=back, up=up, subtitle=subtitle)
