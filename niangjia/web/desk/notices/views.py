"""Public notices from draft to end, and the objections they bring."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.core.scanner import HitKind
from niangjia.files import actions as files
from niangjia.files.kinds import FileError, FileKind
from niangjia.org import queries as org
from niangjia.people.models import Account
from niangjia.programmes import public, queries
from niangjia.programmes.actions import notices
from niangjia.programmes.actions.errors import Refused
from niangjia.programmes.kinds import NoticeState
from niangjia.programmes.models import Notice, Objection, Round
from niangjia.web.desk.notices.forms import NewNoticeForm, NoticeForm, RulingForm, WhyForm
from niangjia.web.guard import ActingRequest, may
from niangjia.web.refusals import show_refusal

READ = (Verb.NOTICE_DRAFT, Verb.NOTICE_PUBLISH, Verb.OBJECTION_HANDLE)
ATTACHMENT = (FileKind.PDF, FileKind.XLSX, FileKind.DOCX)


@may(*READ)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """Notices, the newest first, or open objections, the most urgent first."""
    show = "objections" if request.GET.get("show") == "objections" else "notices"
    objections = queries.open_objections()
    context: dict[str, Any] = {"show": show, "open": objections.count(), "today": clock.today()}
    if show == "objections":
        context["objections"] = list(objections)
    else:
        context["waiting"] = (
            queries.rounds_awaiting_notice(request.acting) if request.acting.may(Verb.NOTICE_DRAFT) else []
        )
        context["page"] = Paginator(queries.notices().order_by("-id"), 30).get_page(request.GET.get("page"))
    return render(request, "desk/notices/index.html", context)


@may(Verb.NOTICE_DRAFT)
def create(request: ActingRequest, round_pk: int) -> HttpResponse:
    """Draft a notice for everyone of a round who was allotted a place."""
    try:
        round_ = Round.objects.select_related("unit").get(pk=round_pk)
    except Round.DoesNotExist as error:
        raise Http404 from error
    try:
        plan = notices.plan_of(round_)
    except Refused as refused:
        raise Http404 from refused
    initial = {
        "title": plan.title,
        "body": plan.body,
        "objection_phone": round_.objection_phone,
        "objection_address": org.federation_of(request.acting.place).name,
    }
    form = NewNoticeForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data.pop("attachment")
        try:
            stored = upload and files.store(
                name=upload.name, data=upload.read(), purpose="notice", place=request.acting.place, by=request.acting,
                kinds=ATTACHMENT,
            )  # fmt: skip
            notice = notices.draft(round_id=round_pk, by=request.acting, attachment=stored or None, **form.cleaned_data)
        except FileError as error:
            form.add_error("attachment", str(error))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, "草稿已存。请核对预览，再发布。")
            return redirect("notices:detail", pk=notice.pk)
    return render(request, "desk/notices/edit.html", {"form": form, "round": round_, "notice": None, "plan": plan})


def _notice(pk: int) -> Notice:
    try:
        return Notice.objects.select_related("round__unit", "attachment").get(pk=pk)
    except Notice.DoesNotExist as error:
        raise Http404 from error


@may(*READ)
@require_GET
def detail(request: ActingRequest, pk: int) -> HttpResponse:
    """A notice exactly as the public sees or will see it, and what can be done with it."""
    notice = _notice(pk)
    by = request.acting
    shown = public.shown_by(notice.shows)
    labels = [show.label for show in shown]
    hits = [{**hit, "label": _hit_label(str(hit["kind"]))} for hit in notice.hits]
    passed_by = Account.objects.filter(pk=notice.override_first).first() if notice.override_first else None
    return render(
        request,
        "desk/notices/detail.html",
        {
            "notice": notice,
            "columns": [show.label for show in shown],
            "lines": [
                (line.order, list(zip(labels, public.line_of(line).cells(shown), strict=True)))
                for line in notice.lines.order_by("order")
            ],
            "hits": hits,
            "passed_by": passed_by,
            "objections": list(notice.objections.select_related("line").order_by("id")),
            "editable": notice.state in (NoticeState.DRAFT, NoticeState.BLOCKED) and by.may(Verb.NOTICE_DRAFT),
            "may_publish": notice.state in (NoticeState.DRAFT, NoticeState.BLOCKED) and by.may(Verb.NOTICE_PUBLISH),
            "may_override": notice.state == NoticeState.BLOCKED
            and by.may(Verb.NOTICE_OVERRIDE)
            and by.account_id not in (notice.drafted_by_account, notice.override_first)
            and notice.override_second is None,
            "may_withdraw": notice.state == NoticeState.PUBLISHED and by.may(Verb.NOTICE_PUBLISH),
            "why_form": WhyForm(),
            "today": clock.today(),
        },
    )


def _hit_label(kind: str) -> str:
    return "病情字样" if kind == "ILLNESS" else HitKind(kind).label


@may(Verb.NOTICE_DRAFT)
def edit(request: ActingRequest, pk: int) -> HttpResponse:
    notice = _notice(pk)
    fields = ("title", "body", "objection_phone", "objection_address")
    form = NoticeForm(request.POST or None, initial={key: getattr(notice, key) for key in fields})
    if request.method == "POST" and form.is_valid():
        try:
            notices.change(notice_id=pk, by=request.acting, **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, "已保存。")
            return redirect("notices:detail", pk=pk)
    return render(
        request,
        "desk/notices/edit.html",
        {"form": form, "round": notice.round, "notice": notice, "plan": notices.plan_of(notice.round)},
    )


def _do(request: ActingRequest, pk: int, act: Any, success: str) -> HttpResponse:
    _notice(pk)
    try:
        act()
        messages.success(request, success)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("notices:detail", pk=pk)


@may(Verb.NOTICE_PUBLISH)
@require_POST
def publish(request: ActingRequest, pk: int) -> HttpResponse:
    """Publish, or be told what the scanner found."""
    _notice(pk)
    try:
        notice = notices.publish(notice_id=pk, by=request.acting)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("notices:detail", pk=pk)
    if notice.state == NoticeState.BLOCKED:
        messages.error(request, "没有发布：标题、正文或附件里有不能公开的内容，见下方。请改好，或由两人分别放行。")
    else:
        messages.success(
            request, f"已发布，公示期{notice.starts_on:%m月%d日}至{notice.ends_on:%m月%d日}，到期自动撤下。"
        )
    return redirect("notices:detail", pk=pk)


@may(Verb.NOTICE_OVERRIDE)
@require_POST
def override(request: ActingRequest, pk: int) -> HttpResponse:
    why = request.POST.get("why", "")
    return _do(
        request,
        pk,
        lambda: notices.override(notice_id=pk, why=why, by=request.acting),
        "已确认放行。两人确认后才能发布。",
    )


@may(Verb.NOTICE_PUBLISH)
@require_POST
def withdraw(request: ActingRequest, pk: int) -> HttpResponse:
    why = request.POST.get("why", "")
    return _do(
        request, pk, lambda: notices.withdraw(notice_id=pk, why=why, by=request.acting), "已撤下，网上随即看不到。"
    )


@may(Verb.NOTICE_DRAFT)
@require_POST
def remove_attachment(request: ActingRequest, pk: int) -> HttpResponse:
    return _do(request, pk, lambda: notices.remove_attachment(notice_id=pk, by=request.acting), "附件已去掉。")


@may(Verb.OBJECTION_HANDLE)
def objection(request: ActingRequest, pk: int) -> HttpResponse:
    """One objection: what was said, against whom, and the ruling."""
    try:
        found = Objection.objects.select_related("notice__round", "line__case").get(pk=pk)
    except Objection.DoesNotExist as error:
        raise Http404 from error
    form = RulingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            notices.answer_objection(
                objection_id=pk,
                upheld=form.cleaned_data["upheld"] == "yes",
                answer=form.cleaned_data["answer"],
                by=request.acting,
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, "已答复。")
            return redirect(f"{reverse('notices:index')}?show=objections")
    return render(
        request,
        "desk/notices/objection.html",
        {
            "objection": found,
            "text": found.text.reveal(),
            "contact": found.contact.reveal() if found.contact else "",
            "place": org.place_name(found.line.place) if found.line else "",
            "form": form,
            "today": clock.today(),
        },
    )
