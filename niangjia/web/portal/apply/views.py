"""Applying: a resident on her phone, or a village chair at the desk filling in for a woman beside her."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters

from niangjia.access.acting import Acting, ActorKind
from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.core.codes import district_of
from niangjia.files import actions as files
from niangjia.files.kinds import FileError, FileKind
from niangjia.flow.kinds import Outcome, StateKind
from niangjia.intake import build, show
from niangjia.intake.build import SheetForm
from niangjia.intake.sheet import AttachmentKind, Sensitivity
from niangjia.org import queries as org
from niangjia.people.models import Account
from niangjia.programmes import public as public_views
from niangjia.programmes import queries, registry
from niangjia.programmes.actions import cases
from niangjia.programmes.actions.errors import Refused
from niangjia.programmes.actions.steps import touch
from niangjia.programmes.definition import Version
from niangjia.programmes.kinds import RoundState
from niangjia.programmes.models import Attachment, Case, Round
from niangjia.web.guard import ActingRequest, may, public
from niangjia.web.portal import forms
from niangjia.web.portal.apply.forms import BeginForm
from niangjia.web.portal.apply.steps import Gap, Page, absent, cleared, gaps, pages_of
from niangjia.web.portal.home.views import way
from niangjia.web.portal.mine import matters
from niangjia.web.portal.page import frame, page, resident, sent
from niangjia.web.refusals import show_refusal

PAPER_KINDS = frozenset({FileKind.IMAGE, FileKind.PDF})
# Named without HEIC, so that an iPhone hands over a JPEG by itself.
ACCEPT = "image/jpeg,image/png,image/webp,application/pdf"
READ_ALOUD = "已当面宣读并征得本人同意"


@public
def index(request: HttpRequest) -> HttpResponse:
    """What one may apply for today, and what was begun."""
    acting = resident(request)
    drafts = queries.drafts(acting).order_by("-id") if acting else []
    begun = [{"case": case, "title": matters.title_of(case)} for case in drafts]
    return page(request, "portal/apply/index.html", {"rounds": public_views.open_rounds(), "begun": begun})


@may(Verb.APPLY, Verb.CASE_ENTER)
@sensitive_post_parameters()
def begin(request: ActingRequest, round_id: int) -> HttpResponse:
    """Choose for whom and where she is registered; a draft is kept from here on."""
    round_ = Round.objects.filter(pk=round_id).exclude(state=RoundState.DRAFT).first()
    if round_ is None:
        raise Http404
    own = _is_resident(request.acting)
    programme = registry.programme(round_.programme)
    version = programme.version(round_.version)
    if not (version.on_portal if own else version.at_desk):
        raise Http404
    form = BeginForm(
        sent(request),
        places=org.village_choices(district_of(round_.place) if own else request.acting.place),
        asks_who=own,
        forward=version.forward,
    )
    if request.method == "POST" and form.is_valid():
        try:
            case = cases.start(
                round_=round_,
                place=form.cleaned_data["place"],
                by=request.acting,
                helper=form.signature if own else request.acting.signature[:60],
                answers=_known_already(request, version, form, helped=bool(not own or form.signature)),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("apply:fill", case.pk, 1)
    form.mark_required()
    context = {
        "round": round_,
        "programme": programme,
        "way": way(programme),
        "papers": [kind for kind in version.sheet.attachments if kind.required],
        "form": form,
        "is_open": round_.state == RoundState.OPEN and round_.opens_on <= clock.today() <= round_.closes_on,
        "begun": [
            {"case": case, "title": matters.title_of(case)}
            for case in queries.drafts(request.acting).filter(round=round_).order_by("-id")
        ],
    }
    return _page(request, "portal/apply/begin.html", context, form)


def _known_already(request: HttpRequest, version: Version, form: BeginForm, *, helped: bool) -> dict[str, Any]:
    """Her own phone need not be typed twice; a helper's is not hers. Who recommends another is kept with her phone, sealed."""
    account, bound = request.user, version.bindings
    if not isinstance(account, Account) or not account.phone:
        return {}
    if nominator := form.cleaned_data.get("nominator"):
        found = {bound.nominator: nominator, bound.nominator_phone: account.phone.reveal()}
        return {key: value for key, value in found.items() if key}
    return {} if helped or not bound.phone else {bound.phone: account.phone.reveal()}


@may(Verb.APPLY, Verb.CASE_ENTER)
def resume(request: ActingRequest, pk: int) -> HttpResponse:
    """On to the first page that lacks something, else to the last look."""
    case = _editable(request.acting, pk)
    if case is None:
        return _not_editable(request.acting, pk)
    open_ = _gaps(case, request.acting)
    pages = pages_of(queries.version_of(case))
    return redirect("apply:fill", pk, open_[0].page.number if open_ else pages[-1].number)


@may(Verb.APPLY, Verb.CASE_ENTER)
@sensitive_post_parameters()
def fill(request: ActingRequest, pk: int, number: int) -> HttpResponse:
    """One page of the application."""
    case = _editable(request.acting, pk)
    if case is None:
        return _not_editable(request.acting, pk)
    current = next((p for p in pages_of(queries.version_of(case)) if p.number == number), None)
    if current is None:
        raise Http404
    match current.kind:
        case "section" | "consent":
            return _section(request, case, current)
        case "papers":
            return _papers(request, case, current)
    return _review(request, case, current)


def _section(request: ActingRequest, case: Case, current: Page) -> HttpResponse:
    version = queries.version_of(case)
    section = current.section
    assert section is not None
    known = queries.answers_of(case)
    places = district_of(case.place) if _is_resident(request.acting) else request.acting.place
    form = build.form_class(
        version.sheet,
        section=section,
        known={key: value for key, value in known.items() if key not in {field.key for field in section.fields}},
        places=lambda: org.village_choices(places),
    )(sent(request), initial=known)
    if request.method == "POST":
        complete = form.is_valid()
        given = form.answers
        try:
            cases.save_answers(
                case_id=case.pk,
                answers={**given, **cleared(section.fields, known, given, form.errors)},
                by=request.acting,
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            if "later" in request.POST:
                return _later(request)
            if complete:
                return _onward(request, case, current)
    forms.dress(form)
    context = {
        "form": form,
        "rows": _rows(form),
        "consent_version": version.consent_version if current.kind == "consent" else "",
        **_frame_of(request, case, current),
    }
    return _page(request, "portal/apply/section.html", context, form)


def _rows(form: SheetForm) -> list[dict[str, Any]]:
    """Each question with what makes it appear, so that pages without script can say it and those with can hide it."""
    own = {field.key: field for field in form.asked}
    rows = []
    for field in form.asked:
        key, wanted = field.shown_if or ("", ())
        here = key in own
        if key and not here and not field.is_shown(form.known):
            continue
        labels = "、".join(own[key].label_of(value) for value in wanted) if here else ""
        rows.append(
            {
                "field": form[field.key],
                "kind": field.kind.value,
                "depends_on": key if here else "",
                "wanted": " ".join(wanted),
                "hint": f"只有“{own[key].label}”选了“{labels}”才填这一项。" if here else "",
            }
        )
    return rows


def _papers(request: ActingRequest, case: Case, current: Page) -> HttpResponse:
    version = queries.version_of(case)
    errors: dict[str, str] = {}
    if request.method == "POST":
        if "remove" in request.POST:
            return _remove(request, case, current)
        stored = 0
        for kind in version.sheet.attachments:
            for upload in request.FILES.getlist(kind.key):
                try:
                    _attach(case, kind, upload, request.acting)
                    stored += 1
                except (FileError, Refused) as refused:
                    errors[kind.key] = f"{errors.get(kind.key, '')}“{upload.name}”没有收下：{refused}"
        if stored:
            messages.success(request, f"收到{stored}份材料。")
        if not errors:
            if "later" in request.POST:
                return _later(request)
            if "onward" in request.POST:
                return _onward(request, case, current)
            return redirect("apply:fill", case.pk, current.number)
        fresh = _editable(request.acting, case.pk)
        assert fresh is not None
        case = fresh
    present = list(case.attachments.all())
    context = {
        "kinds": [
            {
                "kind": kind,
                "papers": (papers := [paper for paper in present if paper.kind == kind.key]),
                "room": kind.most - len(papers),
                "error": errors.get(kind.key, ""),
            }
            for kind in version.sheet.attachments
        ],
        "accept": ACCEPT,
        "needed": _is_resident(request.acting),
        "lacks": absent(version, {paper.kind for paper in present}),
        "errors": errors,
        **_frame_of(request, case, current),
    }
    return _page(request, "portal/apply/papers.html", context, status=422 if errors else 200)


def _attach(case: Case, kind: AttachmentKind, upload: UploadedFile[bytes], by: Acting) -> None:
    """Keep one upload and hang it on the case; too many of a kind are refused before anything is kept."""
    if Attachment.objects.filter(case=case, kind=kind.key, removed_at__isnull=True).count() >= kind.most:
        raise Refused(f"“{kind.label}”最多上传{kind.most}份，请先删去一份。")
    if upload.size is not None and upload.size > FileKind.PDF.most_bytes:
        raise FileError(f"文件超过 {FileKind.PDF.most_bytes >> 20} MB", "请压缩后重新上传")
    stored = files.store(
        name=upload.name or "",
        data=upload.read(),
        purpose="case",
        place=case.place,
        by=by,
        kinds=PAPER_KINDS,
    )
    cases.attach(case_id=case.pk, kind=kind.key, file=stored, by=by)


def _remove(request: ActingRequest, case: Case, current: Page) -> HttpResponse:
    wanted = request.POST["remove"]
    paper = next((paper for paper in case.attachments.all() if str(paper.pk) == wanted), None)
    if paper is not None:
        try:
            cases.detach(attachment_id=paper.pk, by=request.acting)
            messages.success(request, "已删去一份材料。")
        except Refused as refused:
            messages.error(request, str(refused))
    return redirect("apply:fill", case.pk, current.number)


class ReadAloud(django_forms.Form):
    """Whoever fills in for another says that she read out what is agreed to."""

    read_aloud = django_forms.BooleanField(
        label=READ_ALOUD,
        help_text="把上一页各项同意的内容念给申请人听，她本人同意后再勾选。",
        error_messages={"required": "代填的，请先向申请人宣读并征得她本人同意，再勾选提交。"},
    )


def _review(request: ActingRequest, case: Case, current: Page) -> HttpResponse:
    version = queries.version_of(case)
    answers = queries.answers_of(case)
    open_ = _gaps(case, request.acting)
    form = ReadAloud(sent(request)) if case.helper else django_forms.Form(sent(request))
    form.use_required_attribute = False
    if request.method == "POST" and form.is_valid():
        try:
            _submit(case, request.acting)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("apply:receipt", case.pk)
    findings = [] if open_ else queries.findings_of(case, answers)
    context = {
        "form": form,
        "gaps": open_,
        "findings": sorted(findings, key=lambda finding: list(_ORDER).index(finding.outcome)),
        "worst": next((outcome for outcome in _ORDER if any(f.outcome is outcome for f in findings)), None),
        "sections": _entered(version, answers, case),
        "papers": [
            (kind.label, sum(paper.kind == kind.key for paper in case.attachments.all()))
            for kind in version.sheet.attachments
        ],
        "papers_page": next((p.number for p in pages_of(version) if p.kind == "papers"), None),
        "again": case.submitted_at is not None,
        **_frame_of(request, case, current),
    }
    return _page(request, "portal/apply/review.html", context, form)


_ORDER = (Outcome.FAIL, Outcome.NEEDS_PROOF, Outcome.PASS)


def _submit(case: Case, by: Acting) -> None:
    """Hand in; what the helper declared stands on the timeline before, and not if the handing in is refused."""
    with transaction.atomic():
        if case.helper:
            touch(case, by=by, verb="case.read_aloud", label=READ_ALOUD, note=f"代填人 {case.helper}")
        cases.submit(case_id=case.pk, by=by)


def _entered(version: Version, answers: Mapping[str, Any], case: Case) -> list[dict[str, Any]]:
    """What was entered, each part with the page where it is changed."""
    numbers = {p.section.key: p.number for p in pages_of(version) if p.section}
    shown = show.show(version.sheet, answers, clear=frozenset(Sensitivity), place_name=org.place_name)
    return [{"section": section, "lines": lines, "number": numbers[section.key]} for section, lines in shown]


@may(Verb.APPLY, Verb.CASE_ENTER)
def receipt(request: ActingRequest, pk: int) -> HttpResponse:
    """What she holds in her hand after submitting: number, day, what comes next. For paper, too."""
    case = _case(pk)
    if case.submitted_at is None:
        return redirect("apply:resume", pk)
    state = queries.version_of(case).workflow.state("SUBMITTED")
    context = {
        "title": matters.title_of(case),
        "case": case,
        "place": org.place_name(case.place),
        "programme": registry.programme(case.programme),
        "deadline": state.deadline,
        "own": _is_resident(request.acting),
        "onward": reverse("mine:case" if _is_resident(request.acting) else "cases:show", args=[pk]),
    }
    return _page(request, "portal/apply/receipt.html", context)


# --- what the pages share ----------------------------------------------------------------------------------------


def _is_resident(acting: Acting) -> bool:
    return acting.kind is ActorKind.RESIDENT


def _case(pk: int) -> Case:
    try:
        return queries.own_case(pk)
    except Case.DoesNotExist:
        raise Http404 from None


def _editable(acting: Acting, pk: int) -> Case | None:
    """The case while it may be filled in. What a resident began and did not send is no officer's to open."""
    case = _case(pk)
    if case.state_kind is StateKind.DRAFT and case.filed_by_account != acting.account_id:
        raise Http404
    open_kinds = (StateKind.DRAFT, StateKind.RETURNED)
    fillable = case.state_kind in open_kinds and {"submit", "resubmit", "submit_for", "resubmit_for"} & {
        step.key for step in queries.next_steps(case, acting, list(case.steps.all()))
    }
    return case if fillable else None


def _not_editable(acting: Acting, pk: int) -> HttpResponse:
    """It was sent, perhaps a second ago by a second tap: show what became of it."""
    return redirect("mine:case", pk) if _is_resident(acting) else redirect("apply:receipt", pk)


def _gaps(case: Case, acting: Acting) -> tuple[Gap, ...]:
    papers = {paper.kind for paper in case.attachments.all()}
    return gaps(queries.version_of(case), queries.answers_of(case), papers, papers_needed=_is_resident(acting))


def _frame_of(request: ActingRequest, case: Case, current: Page) -> dict[str, Any]:
    """What every page of the way shows: which case, which page, why it came back."""
    pages = pages_of(queries.version_of(case))
    lacking = {gap.page.number for gap in _gaps(case, request.acting)}
    return {
        "case": case,
        "title": matters.title_of(case),
        "current": current,
        "pages": [
            {"page": p, "done": p.kind != "review" and p.number not in lacking, "now": p == current} for p in pages
        ],
        "before": current.number - 1,
        "returned": matters.why_returned(case) if case.state_kind is StateKind.RETURNED else "",
        "back_to_review": request.GET.get("from") == "review",
    }


def _onward(request: ActingRequest, case: Case, current: Page) -> HttpResponse:
    pages = pages_of(queries.version_of(case))
    to = pages[-1].number if request.GET.get("from") == "review" else current.number + 1
    return redirect("apply:fill", case.pk, to)


def _later(request: ActingRequest) -> HttpResponse:
    messages.success(request, "已保存，随时可以接着填。")
    return redirect("mine:index" if _is_resident(request.acting) else "inbox:index")


def _page(
    request: ActingRequest,
    template: str,
    context: Mapping[str, Any],
    form: django_forms.Form | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """The page in the look of who acts: the portal for a resident, the desk for an officer."""
    own = _is_resident(request.acting)
    base = {"base": "ui/base_portal.html" if own else "ui/base_desk.html", "own": own}
    if form is not None and form.errors:
        status = 422
    return render(request, template, {**(frame(request) if own else {}), **base, **context}, status=status)
