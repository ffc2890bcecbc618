"""People at the desk: looking for one, her page across all programmes, her household, and entries that may be one person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from niangjia.access.verbs import Verb
from niangjia.core import masking
from niangjia.core.refused import Refused
from niangjia.linkage import actions, queries
from niangjia.org import queries as org
from niangjia.people import rules
from niangjia.people.kinds import IdKind, RunState, Verdict
from niangjia.people.models import Duplicate, Person
from niangjia.reports import person as report
from niangjia.web.desk import sought
from niangjia.web.desk.people import looking
from niangjia.web.desk.people.forms import MergeForm, ReasonForm
from niangjia.web.guard import ActingRequest, may
from niangjia.web.refusals import show_refusal

PAGE = 50
TABS = {
    "waiting": ("待判定", (Verdict.PROPOSED,)),
    "later": ("以后再看", (Verdict.LATER,)),
    "judged": ("已判定", (Verdict.MERGED, Verdict.DIFFERENT)),
}
REASONS = {
    "merge": ("已核对身份证原件，为同一人", "已与本人或家属核实，为同一人", "同一人两次登记，姓名写法不同"),
    "differ": ("已核对身份证原件，不是同一人", "双胞胎或姐妹", "同名同日出生的两个人"),
    "undo": ("判定有误", "核实后情况有变"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """An entry in a list."""

    pk: int
    name: str
    sex: str
    born: str
    place: str
    merged: bool


def _row(entry: Person) -> Row:
    born = f"{entry.birth.year}年" if entry.birth else ""
    place = org.place_name(entry.place)
    return Row(entry.pk, entry.name, entry.get_sex_display(), born, place, entry.merged_into_id is not None)


def _person_or_404(pk: int) -> Person:
    try:
        return Person.objects.get(pk=pk)
    except Person.DoesNotExist as error:
        raise Http404 from error


def _pair_or_404(pk: int) -> Duplicate:
    try:
        return queries.pair_for(pk)
    except Duplicate.DoesNotExist as error:
        raise Http404 from error


@may(Verb.PERSON_SEARCH)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """Look for a person; nobody is listed who was not looked for."""
    token = request.GET.get("s", "")
    wanted = sought.from_token(token, looking.TOKEN)
    page = Paginator(looking.found(wanted), PAGE).get_page(request.GET.get("page")) if wanted else None
    return render(
        request,
        "desk/people/index.html",
        {
            "page": page,
            "rows": [_row(entry) for entry in page.object_list] if page else [],
            "words": wanted[1:] if wanted.startswith("t") else "",
            "may_phone": request.acting.may(Verb.REVEAL_IDENTITY),
            "may_merge": request.acting.may(Verb.PERSON_MERGE),
            "waiting": queries.pairs([Verdict.PROPOSED]).count() if request.acting.may(Verb.PERSON_MERGE) else 0,
        },
    )


@may(Verb.PERSON_SEARCH)
@require_POST
@sensitive_post_parameters("q")
def search(request: ActingRequest) -> HttpResponse:
    """The words come in the body and go on sealed; one hit opens at once."""
    text = request.POST.get("q", "")
    if not text.strip():
        return redirect("people:index")
    try:
        wanted = looking.read(text, request.acting)
    except sought.SearchError as error:
        messages.error(request, str(error))
        return redirect("people:index")
    return sought.answered(looking.found(wanted), "people", sought.to_token(wanted, looking.TOKEN))


@may(Verb.PERSON_SEARCH)
@require_GET
def show(request: ActingRequest, pk: int) -> HttpResponse:
    """One person, all that was done for her and with her."""
    entry = _person_or_404(pk)
    sheet = report.sheet(entry, request.acting)
    if sheet.person.pk != pk:
        return redirect("people:show", sheet.person.pk)
    may_merge = request.acting.may(Verb.PERSON_MERGE)
    return render(
        request,
        "desk/people/show.html",
        {
            "sheet": sheet,
            "person": sheet.person,
            "age": report.age(sheet.person),
            "place": org.place_name(sheet.person.place),
            "number": _masked_number(sheet.person),
            "others": [_row(entry) for entry in sheet.entries[1:]],
            "pairs": list(queries.pairs_of(entry.pk for entry in sheet.entries)) if may_merge else [],
            "may_merge": may_merge,
            "may_cases": request.acting.may(Verb.CASE_READ),
        },
    )


def _masked_number(entry: Person) -> str:
    if not entry.id_number:
        return "没有登记"
    number = entry.id_number.reveal()
    return masking.mask_id(number) if entry.id_kind == IdKind.RESIDENT else f"{entry.get_id_kind_display()}（已登记）"


@may(Verb.PERSON_SEARCH)
@require_GET
def household(request: ActingRequest, pk: int) -> HttpResponse:
    """Who gave the same address, and what was done for them."""
    entry = _person_or_404(pk)
    home = report.home(entry, request.acting)
    return render(
        request,
        "desk/people/household.html",
        {
            "person": entry,
            "members": [_row(member) for member in home.members],
            "years": [
                (year.year, [(line, home.names.get(line.person or 0, "")) for line in year.lines])
                for year in home.years
            ],
            "may_cases": request.acting.may(Verb.CASE_READ),
        },
    )


@may(Verb.PERSON_MERGE)
@require_POST
def check(request: ActingRequest, pk: int) -> HttpResponse:
    """Look for other entries of this person now."""
    entry = _person_or_404(pk)
    fresh = actions.check(person_ids=[one.pk for one in queries.group_of(entry)], by=request.acting, how="人员页查重")
    if fresh:
        messages.success(request, f"新发现{fresh}条可能是同一人的登记。")
    else:
        messages.info(request, "没有新发现可能是同一人的登记。")
    return redirect("people:show", pk)


@may(Verb.PERSON_MERGE)
@require_POST
def compare(request: ActingRequest) -> HttpResponse:
    """Two entries she ticked in the list, side by side."""
    ticked = [int(pk) for pk in request.POST.getlist("entry") if pk.isdecimal()][:3]
    try:
        if len(ticked) != 2:
            raise Refused("请勾选两条登记再比对。")
        pair_ = actions.put_together(ids=(ticked[0], ticked[1]), by=request.acting)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(_back(request))
    return redirect("people:pair", pair_.pk)


def _back(request: ActingRequest) -> str:
    token = request.POST.get("s", "")
    return (
        f"/desk/people/?s={sought.to_token(sought.from_token(token, looking.TOKEN), looking.TOKEN)}"
        if token
        else "/desk/people/"
    )


@may(Verb.PERSON_MERGE)
@require_GET
def duplicates(request: ActingRequest) -> HttpResponse:
    """Pairs that may be one person, the likeliest first; and what was judged, to be taken back."""
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else "waiting"
    page = Paginator(queries.pairs(TABS[tab][1]), PAGE).get_page(request.GET.get("page"))
    last = queries.last_run(request.acting.place)
    template = "desk/people/duplicates.html" + ("#run" if request.htmx else "")  # type: ignore[attr-defined]
    return render(
        request,
        template,
        {
            "tab": tab,
            "tabs": [(key, label, queries.pairs(states).count()) for key, (label, states) in TABS.items()],
            "page": page,
            "rows": [(pair_, _summary(pair_)) for pair_ in page.object_list],
            "last": last,
            "running": last is not None and last.state == RunState.RUNNING,
        },
    )


def _reasons(pair_: Duplicate) -> tuple[rules.Reason, ...]:
    return rules.reasons(pair_.levels, pair_.one.name, pair_.other.name)


def _summary(pair_: Duplicate) -> str:
    return "，".join(reason.label for reason in _reasons(pair_) if not reason.differs)


@may(Verb.PERSON_MERGE)
@require_POST
def run(request: ActingRequest) -> HttpResponse:
    """Have the whole register of her range looked through."""
    actions.ask(by=request.acting)
    messages.success(request, "已开始全部查重，做完后结果列在这里。")
    return redirect("people:duplicates")


@dataclass(frozen=True, slots=True)
class Side:
    """One of two entries beside each other."""

    pk: int
    name: str
    sex: str
    birth: str
    place: str
    number: str
    entered: str
    years: tuple[report.Year, ...]


def _side(entry: Person, matters: Iterable[report.Line]) -> Side:
    return Side(
        entry.pk,
        entry.name,
        entry.get_sex_display(),
        entry.birth.isoformat() if entry.birth else "没有登记",
        f"{org.place_name(entry.place)}（{entry.place}）",
        _masked_number(entry),
        f"{entry.created_at:%Y-%m-%d}",
        tuple(report.years(matters)),
    )


@may(Verb.PERSON_MERGE)
@require_GET
def pair(request: ActingRequest, pk: int) -> HttpResponse:
    """Two entries side by side: what agrees, what differs, and what would come of a merge."""
    found = _pair_or_404(pk)
    return _pair_page(request, found, _forms(found))


def _forms(found: Duplicate, verdict: str = "", data: QueryDict | None = None) -> dict[str, ReasonForm]:
    """The forms of a pair's page; the one that was sent holds what was typed."""
    choices = [
        (one.pk, f"{side}：{one.name}，{org.place_name(one.place)}")
        for side, one in (("登记一", found.one), ("登记二", found.other))
    ]
    return {
        "merge": MergeForm(choices, data if verdict == "merge" else None),
        "differ": ReasonForm("differ", data if verdict == "differ" else None),
        "undo": ReasonForm("undo", data if verdict == "undo" else None, label="撤回的理由"),
    }


def _pair_page(
    request: ActingRequest, found: Duplicate, forms: dict[str, ReasonForm], status: int = 200
) -> HttpResponse:
    both = list(queries.groups_of([found.one, found.other]))
    matters = report.lines(report.who_of(both), request.acting)

    def side(entry: Person) -> Side:
        whose = report.who_of([one for one in both if one.head_id == entry.head_id])
        return _side(entry, [line for line in matters if whose.has(line)])

    one, other = side(found.one), side(found.other)
    waiting = queries.pairs([Verdict.PROPOSED]).exclude(pk=found.pk).first()
    facts = (("姓名", "name"), ("性别", "sex"), ("出生日期", "birth"), ("所在地", "place"), ("证件", "number"))
    return render(
        request,
        "desk/people/pair.html",
        {
            "pair": found,
            "one": one,
            "other": other,
            "facts": [
                (label, getattr(one, key), getattr(other, key), getattr(one, key) != getattr(other, key))
                for label, key in facts
            ],
            "reasons": _reasons(found),
            "percent": "99.9%以上" if found.score > 0.999 else f"{found.score * 100:.1f}%",
            "findings": report.findings(matters),
            "next": waiting,
            **forms,
            "words": REASONS,
            "open": found.state in actions.OPEN,
        },
        status=status,
    )


@may(Verb.PERSON_MERGE)
@require_POST
def judge(request: ActingRequest, pk: int, verdict: str) -> HttpResponse:
    """Her verdict: merge, differ, later, or take back."""
    found = _pair_or_404(pk)
    forms, by = _forms(found, verdict, request.POST), request.acting
    form = forms.get(verdict)
    if form is not None and not form.is_valid():
        return _pair_page(request, found, forms, status=422)
    said = form.cleaned_data if form is not None else {}
    try:
        match verdict:
            case "merge":
                judged = actions.merge(pair_id=pk, keep_id=int(said["keep"]), reason=said["reason"], by=by)
                messages.success(request, "已合并，原有的申请、给予和走访都在同一人名下。合并可在“已判定”中撤销。")
            case "differ":
                judged = actions.tell_apart(pair_id=pk, reason=said["reason"], by=by)
                messages.success(request, "已记为不是同一人，不再提示这一对。")
            case "later":
                judged = actions.put_off(pair_id=pk, by=by)
                messages.success(request, "已放到“以后再看”。")
            case "undo":
                judged = actions.undo(pair_id=pk, reason=said["reason"], by=by)
                messages.success(request, "已撤回，两条登记恢复到判定以前。")
            case _:
                raise Http404
    except Refused as refused:
        if form is None:
            messages.error(request, str(refused))
            return redirect("people:pair", pk)
        show_refusal(form, refused)
        return _pair_page(request, found, forms, status=422)
    following = queries.pairs([Verdict.PROPOSED]).exclude(pk=judged.pk).first() if verdict != "undo" else judged
    return redirect("people:pair", following.pk) if following else redirect("people:duplicates")
