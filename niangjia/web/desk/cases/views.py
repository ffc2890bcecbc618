"""Cases at the desk: the list, one case on one screen, its steps, and what may be looked at with a reason."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from niangjia.access.acting import Acting
from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.flow.kinds import StateKind
from niangjia.intake.show import text_of
from niangjia.letters.kinds import SheetError
from niangjia.letters.sheets import write_template
from niangjia.org import queries as org
from niangjia.programmes import queries, registry, tables
from niangjia.programmes.actions import cases, checks, exports, imports, papers
from niangjia.programmes.actions.errors import Changed, Refused
from niangjia.programmes.definition import Layout
from niangjia.programmes.models import Case, OutsideCheck, Round
from niangjia.transfers import actions as transfers
from niangjia.transfers import queries as kept
from niangjia.web.desk import sought
from niangjia.web.desk.cases import listing, sheet
from niangjia.web.desk.cases.forms import REASONS, ExportForm, HistoryForm, RollForm, StepForm, WhyForm, form_of
from niangjia.web.desk.cases.listing import Listing
from niangjia.web.desk.cases.rows import rows_of
from niangjia.web.downloads import download, workbook
from niangjia.web.guard import ActingRequest, may

EXPORT_REASONS = ("市级报送", "部门核对", "档案整理", "审计检查")


def case_or_404(pk: int) -> Case:
    """The case with what its page needs; out of range it does not exist."""
    try:
        return queries.case_for(pk)
    except Case.DoesNotExist as error:
        raise Http404 from error


@may(Verb.CASE_READ)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """The list with its tabs, filters, order and pages."""
    asked = Listing(request.GET, request.acting)
    rounds = list(queries.rounds())
    page = listing.CountedPaginator(asked.cases, asked.total).get_page(request.GET.get("page"))
    categories = listing.category_choices(rounds)
    return render(
        request,
        "desk/cases/index.html",
        {
            "asked": asked,
            "page": page,
            "rows": rows_of(page.object_list, asked.today),
            "tabs": asked.tabs(),
            "chips": asked.chips(rounds, categories),
            "rounds": rounds,
            "layouts": _layouts(request.acting, asked, rounds),
            "places": listing.place_choices(request.acting),
            "categories": categories,
            "dues": list(listing.DUE.items()),
            "export_url": f"export/{asked.url()}" if request.acting.may(Verb.CASE_EXPORT) else "",
            "may_enter": request.acting.may(Verb.CASE_ENTER),
            "may_import": request.acting.may(Verb.ROUND_MANAGE),
        },
    )


def _layouts(acting: Acting, asked: Listing, rounds: list[Round]) -> list[tuple[str, str]]:
    """The tables of the round the list is narrowed to: what each is called, and where it is."""
    chosen = next((round_ for round_ in rounds if round_.pk == asked.filter.round_id), None)
    if chosen is None:
        return []
    found = []
    for one in registry.version(chosen.programme, chosen.version).layouts:
        if acting.may(Verb.CASE_EXPORT):
            found.append((f"导出{one.title}", reverse("cases:layout", args=[chosen.pk, one.key])))
        if one.reads and acting.may(Verb.CASE_ENTER):
            found.append((f"导入{one.title}", reverse("cases:read_layout", args=[chosen.pk, one.key])))
    return found


@may(Verb.CASE_READ)
@require_POST
@sensitive_post_parameters("q")
def search(request: ActingRequest) -> HttpResponse:
    """Look for a case. The words come in the body and go on sealed: an ID number never stands in an address."""
    text = request.POST.get("q", "")
    if not text.strip():
        return redirect("cases:index")
    try:
        wanted = listing.read_search(text)
    except sought.SearchError as error:
        messages.error(request, str(error))
        return redirect("cases:index")
    return sought.answered(wanted.select(request.acting, clock.today()), "cases", listing.to_token(wanted))


@may(Verb.CASE_READ)
@require_GET
def show(request: ActingRequest, pk: int) -> HttpResponse:
    """One case, everything on one screen."""
    case = case_or_404(pk)
    return render(request, "desk/cases/show.html", sheet.page(case, request.acting))


@may(Verb.CASE_READ)
@require_POST
@sensitive_post_parameters()
def step(request: ActingRequest, pk: int, key: str) -> HttpResponse:
    """Take a step. What is missing is said at the form; what others did meanwhile is shown before she decides again."""
    case = case_or_404(pk)
    workflow = queries.version_of(case).workflow
    if not workflow.has(key):
        raise Http404
    transition = workflow.transition(key)
    form = form_of(transition, case, request.POST, request.FILES)
    if not form.is_valid():
        return _again(request, case, form, status=422)
    try:
        moved = form.take(request.acting)
    except Changed as changed:
        return _changed(request, pk, form, changed)
    except Refused as refused:
        form.blame(refused)
        return _again(request, case, form, status=422)
    state = queries.version_of(moved).workflow.state(moved.state)
    messages.success(request, f"已办理“{transition.label}”，现在是“{state.label}”。")
    return redirect("cases:show", pk)


def _again(request: ActingRequest, case: Case, form: StepForm, status: int) -> HttpResponse:
    context = sheet.page(case, request.acting, form)
    offered = {
        offer.transition.key for offer in (*context["ways"].forward, *context["ways"].back, *context["ways"].out)
    }
    if form.transition.key not in offered:  # no longer hers to take: the words go on top
        context["refused"] = "；".join(map(str, form.non_field_errors())) or "这一步现在不能办理。"
    return render(request, "desk/cases/show.html", context, status=status)


def _changed(request: ActingRequest, pk: int, form: StepForm, changed: Changed) -> HttpResponse:
    """The page as it is now, the steps since she opened it, and her words still in the form."""
    case = case_or_404(pk)
    typed = request.POST.copy()
    typed[form.add_prefix("revision")] = str(case.revision)
    kept = form_of(form.transition, case, typed)
    context = sheet.page(case, request.acting, kept)
    context |= {"changed": str(changed), "since": queries.steps_since(case, changed.since_revision)}
    return render(request, "desk/cases/show.html", context, status=409)


@may(Verb.REVEAL_IDENTITY, Verb.REVEAL_BANK, Verb.HEALTH_READ)
@sensitive_post_parameters()
def reveal(request: ActingRequest, pk: int, field: str) -> HttpResponse:
    """Open one kept-back answer for a stated reason. It is shown once, in the answer to the POST."""
    case = case_or_404(pk)
    version = queries.version_of(case)
    declared = next((known for known in version.sheet if known.key == field), None)
    if declared is None:
        raise Http404
    form = WhyForm(request.POST if request.method == "POST" else None)
    value = ""
    if request.method == "POST" and form.is_valid():
        try:
            opened = cases.reveal(case_id=pk, field=field, why=form.cleaned_data["why"], by=request.acting)
        except Refused as refused:
            form.add_error("why", refused.fields.get("why", str(refused)))
        else:
            value = text_of(declared, opened, org.place_name) or "没有登记"
    template = "desk/cases/reveal.html" + ("#inline" if request.htmx else "")  # type: ignore[attr-defined]
    context = {"case": case, "field": declared, "form": form, "value": value, "reasons": REASONS}
    return render(request, template, context)


@may(Verb.CASE_ASK)
@require_POST
def ask_again(request: ActingRequest, pk: int, check_id: int) -> HttpResponse:
    """Void an answer so that the question can be put anew."""
    case_or_404(pk)
    try:
        checks.ask_again(check_id=check_id, by=request.acting)
    except OutsideCheck.DoesNotExist as error:
        raise Http404 from error
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "原答复已作废。点“发起部门核验”重新发出。")
    return redirect("cases:show", pk)


@may(Verb.CASE_ENTER)
@require_GET
def help_apply(request: ActingRequest) -> HttpResponse:
    """Filling in for a woman: the rounds that are open, and what this officer began."""
    open_rounds = [
        round_
        for round_ in queries.open_rounds(clock.today())
        if registry.version(round_.programme, round_.version).at_desk
    ]
    drafts = list(queries.drafts(request.acting).order_by("-id")[:50])
    if len(open_rounds) == 1 and not drafts:
        return redirect("apply:begin", open_rounds[0].pk)
    return render(request, "desk/cases/help_apply.html", {"rounds": open_rounds, "drafts": drafts})


@may(Verb.CASE_EXPORT)
def export(request: ActingRequest) -> HttpResponseBase:
    """The list as Excel, with a reason."""
    asked = Listing(request.GET, request.acting)
    form = ExportForm(
        request.POST if request.method == "POST" else None, may_reveal=request.acting.may(Verb.REVEAL_IDENTITY)
    )
    if request.method == "POST" and form.is_valid():
        return _deliver(request.acting, asked, form.cleaned_data["why"], clear=bool(form.cleaned_data.get("clear")))
    rounds = list(queries.rounds())
    context = {
        "asked": asked,
        "form": form,
        "total": asked.total,
        "chips": asked.chips(rounds, listing.category_choices(rounds)),
        "kind": StateKind(asked.filter.kind).label if asked.filter.kind else "",
        "reasons": EXPORT_REASONS,
        "back": f"../{asked.url()}",
    }
    return render(request, "desk/cases/export.html", context)


def _deliver(by: Acting, asked: Listing, why: str, *, clear: bool) -> HttpResponseBase:
    """A list of ordinary length as a download, a very long one in the background."""
    if asked.total > exports.AT_ONCE:
        begun = exports.ask_export(wanted=asked.filter, why=why, clear=clear, total=asked.total, by=by)
        return redirect("transfers:show", begun.pk)
    return workbook(
        f"申请名单{asked.today:%Y%m%d}",
        lambda out: exports.export_cases(out=out, wanted=asked.filter, why=why, clear=clear, by=by),
    )


@may(Verb.ROUND_MANAGE)
def history(request: ActingRequest) -> HttpResponseBase:
    """Grants of earlier years, both names, from Excel."""
    form = HistoryForm(request.POST, request.FILES) if request.method == "POST" else HistoryForm()
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            begun = transfers.ask(
                kind=imports.IN, by=request.acting, title=str(data["file"].name),
                options={"programme": data["programme"], "source": data["source"]}, data=data["file"].read(),
            )  # fmt: skip
        except SheetError as error:
            form.add_error("file", str(error))
        else:
            return redirect("transfers:show", begun.pk)
    recent = kept.mine(imports.IN)[:10]
    return render(
        request, "desk/cases/history.html", {"form": form, "recent": recent, "columns": tables.HISTORY.columns}
    )


@may(Verb.ROUND_MANAGE)
@require_GET
def history_template(request: ActingRequest) -> HttpResponseBase:
    """The empty table to fill in."""
    return workbook("历年救助台账模板", lambda out: write_template(out, tables.HISTORY))


@may(Verb.CASE_READ)
@require_POST
def letter(request: ActingRequest, pk: int, key: str) -> HttpResponse:
    """A paper of the case as .docx."""
    case = case_or_404(pk)
    wanted = next((one for one in papers.letters_of(case) if one.key == key), None)
    if wanted is None:
        raise Http404
    return download(
        f"{wanted.title}{case.number}.docx", papers.write_letter(case=case, letter=wanted, by=request.acting)
    )


def _layout_or_404(round_id: int, key: str) -> tuple[Round, Layout]:
    round_ = Round.objects.filter(pk=round_id).first()
    found = papers.layout_of(round_, key) if round_ else None
    if round_ is None or found is None:
        raise Http404
    return round_, found


@may(Verb.CASE_EXPORT)
def layout(request: ActingRequest, round_id: int, key: str) -> HttpResponse:
    """A round in the layout the upper level uses, with a reason."""
    round_, found = _layout_or_404(round_id, key)
    form = ExportForm(
        request.POST if request.method == "POST" else None, may_reveal=request.acting.may(Verb.REVEAL_IDENTITY)
    )
    total = papers.of_round(round_, found).count()
    if request.method == "POST" and form.is_valid():
        options = {
            "round": round_.pk, "layout": key, "why": form.cleaned_data["why"], "clear": bool(form.cleaned_data.get("clear"))
        }  # fmt: skip
        asked = transfers.ask(
            kind=papers.OUT, by=request.acting, title=f"{round_.title} {found.title}", options=options, total=total
        )
        return redirect("transfers:show", asked.pk)
    context = {"round": round_, "layout": found, "form": form, "total": total, "reasons": EXPORT_REASONS, "read": False}
    return render(request, "desk/cases/layout.html", context)


@may(Verb.CASE_ENTER)
def read_layout(request: ActingRequest, round_id: int, key: str) -> HttpResponse:
    """Rows of the same layout come in as cases, an answer for each."""
    round_, found = _layout_or_404(round_id, key)
    if not found.reads:
        raise Http404
    form = RollForm(request.POST, request.FILES) if request.method == "POST" else RollForm()
    if request.method == "POST" and form.is_valid():
        try:
            asked = transfers.ask(
                kind=papers.IN, by=request.acting, title=f"{round_.title} {found.title}",
                options={"round": round_.pk, "layout": key}, data=form.cleaned_data["file"].read(),
            )  # fmt: skip
        except (Refused, SheetError) as error:
            form.add_error("file", str(error))
        else:
            return redirect("transfers:show", asked.pk)
    context = {"round": round_, "layout": found, "form": form, "total": 0, "reasons": (), "read": True}
    return render(request, "desk/cases/layout.html", context)
