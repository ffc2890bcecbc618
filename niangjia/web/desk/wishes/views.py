"""微心愿 at the desk: written down, verified, shown, handed on, confirmed. Names are opened with a reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from niangjia.access.verbs import Verb
from niangjia.core import clock, codes
from niangjia.core.codes import Level
from niangjia.core.refused import Refused
from niangjia.letters.kinds import SheetError
from niangjia.letters.sheets import write_template
from niangjia.org import queries as org
from niangjia.org.models import Unit
from niangjia.reports.tables import wishes as tables
from niangjia.stock import queries as goods
from niangjia.transfers import actions as transfers
from niangjia.web.desk.ask import ask
from niangjia.web.desk.choices import choose, place_choices
from niangjia.web.desk.wishes import forms
from niangjia.web.downloads import workbook
from niangjia.web.guard import ActingRequest, may
from niangjia.web.refusals import show_refusal
from niangjia.wishes import actions, queries
from niangjia.wishes.kinds import STANDING, UNPUBLISHED, Category, ClaimState, Said, WishState
from niangjia.wishes.models import Claim, Wish

READ, HANDLE, PUBLISH = Verb.WISH_READ, Verb.WISH_HANDLE, Verb.WISH_PUBLISH
PAGE = 40
TABS = {
    "verify": ("待核实", (WishState.SUBMITTED,)),
    "publish": ("待公开", (WishState.VERIFIED,)),
    "open": ("待认领", (WishState.OPEN,)),
    "claimed": ("已认领", (WishState.CLAIMED,)),
    "confirm": ("待确认", (WishState.DELIVERED,)),
    "done": ("已实现", (WishState.CONFIRMED,)),
    "ended": ("已结束", (WishState.EXPIRED, WishState.WITHDRAWN)),
}
TONES = {
    WishState.SUBMITTED: "due", WishState.VERIFIED: "due", WishState.OPEN: "tea", WishState.CLAIMED: "plum",
    WishState.DELIVERED: "due", WishState.CONFIRMED: "ok", WishState.EXPIRED: "plain", WishState.WITHDRAWN: "plain",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A wish as lists show it, with what it waits for."""

    wish: Wish
    place: str
    tone: str
    note: str
    shade: str


def _row(wish: Wish, claim: Claim | None) -> Row:
    note, shade = "", ""
    if wish.state == WishState.OPEN:
        note = f"公开到{wish.closes_on:%Y-%m-%d}"
    elif claim and claim.state == ClaimState.HELD:
        days = (claim.due_on - clock.today()).days
        note, shade = (
            ("东西已到，待送", "text-due")
            if claim.handed_in_on
            else (f"{claim.due_on:%m-%d}前交来", "text-due" if days <= 2 else "")
        )
    elif wish.state == WishState.DELIVERED:
        note = wish.get_said_display() if wish.said else f"{wish.delivered_on:%m-%d}送到"
    return Row(wish, org.place_name(wish.place), TONES[WishState(wish.state)], note, shade)


def _rows(wishes: list[Wish]) -> list[Row]:
    found = queries.claims().filter(wish__in=wishes, state__in=STANDING)
    standing = {claim.wish_id: claim for claim in found}
    return [_row(wish, standing.get(wish.pk)) for wish in wishes]


def _first_tab(request: ActingRequest, counts: dict[str, int]) -> str:
    """Where something waits for her, else what others may take up."""
    mine = [*(["publish"] if request.acting.may(PUBLISH) else []), *(["verify", "confirm", "claimed"] if request.acting.may(HANDLE) else [])]  # fmt: skip
    return next((key for key in mine if counts[key]), "open")


@may(READ)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """Wishes by what they wait for."""
    by_state = queries.counts()
    counts = {key: sum(by_state.get(state, 0) for state in states) for key, (_, states) in TABS.items()}
    show = request.GET.get("show") or _first_tab(request, counts)
    if show not in TABS:
        raise Http404
    category, town = request.GET.get("category", ""), request.GET.get("town", "")
    wanted = queries.wishes().filter(state__in=TABS[show][1])
    if category in Category.values:
        wanted = wanted.filter(category=category)
    if codes.is_code(town):
        lo, hi = codes.subtree(town)
        wanted = wanted.filter(place__gte=lo, place__lt=hi)
    page = Paginator(wanted, PAGE).get_page(request.GET.get("page"))
    level = request.acting.level
    context = {
        "tabs": [(key, label, key == show, counts[key]) for key, (label, _) in TABS.items()],
        "show": show, "label": TABS[show][0], "page": page, "rows": _rows(list(page)),
        "category": category, "categories": Category.choices, "town": town,
        "towns": _places_below(request) if level is not Level.VILLAGE else [],
        "may_handle": request.acting.may(HANDLE), "may_publish": request.acting.may(PUBLISH) and show == "publish",
        "may_terms": _may_terms(request), "any": any(counts.values()),
    }  # fmt: skip
    return render(request, "desk/wishes/index.html", context)


def _places_below(request: ActingRequest) -> list[tuple[str, str]]:
    below = Level.TOWN if request.acting.level is Level.DISTRICT else Level.VILLAGE
    return [(one.code, one.short_name) for one in org.divisions_within(request.acting.place, below)]


def _may_terms(request: ActingRequest) -> bool:
    return request.acting.level is Level.DISTRICT and request.acting.may(PUBLISH)


def _villages(request: ActingRequest) -> list[tuple[str, Any]]:
    """Where a wisher can live: a village, not a town."""
    choices = place_choices(request.acting.place)
    return [("", "请选择"), *choices[1:]] if request.acting.level is Level.TOWN else choices


@may(HANDLE)
def new(request: ActingRequest) -> HttpResponse:
    """Write a wish down; on a phone in under a minute."""
    form = forms.WishForm(request.POST or None, initial=forms.fresh(request.acting.place))
    choose(form, "place", _villages(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            wish = actions.raise_wish(
                entry=form.entry(),
                place=data["place"],
                token=data["token"],
                verified=data["verified"],
                by=request.acting,
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, f"心愿已登记，{wish.get_state_display()}。")
            if "again" in request.POST:
                return redirect("wishes:new")
            return redirect("wishes:show", wish.pk)
    context = {"form": form, "cap": queries.terms(clock.today()).value_cap}
    return render(request, "desk/wishes/new.html", context, status=422 if form.errors else 200)


def _wish(pk: int) -> Wish:
    try:
        return queries.wish(pk)
    except Wish.DoesNotExist as error:
        raise Http404 from error


@may(READ)
@require_GET
def show(request: ActingRequest, pk: int) -> HttpResponse:
    return _show(request, _wish(pk))


def _show(request: ActingRequest, wish: Wish, names: actions.Names | None = None) -> HttpResponse:
    claim = queries.standing_claim(wish)
    context = {
        "wish": wish, "row": _row(wish, claim), "claim": claim, "names": names, "steps": list(wish.steps.all()),
        "batches": list(goods.hand_outs(f"wish:{wish.pk}")) if request.acting.may(Verb.STOCK_READ) else [],
        "may_handle": request.acting.may(HANDLE), "may_publish": request.acting.may(PUBLISH),
        "may_reveal": request.acting.may(Verb.REVEAL_IDENTITY), "unpublished": wish.state in UNPUBLISHED,
        "handed_in": claim is not None and claim.handed_in_on is not None,
    }  # fmt: skip
    return render(request, "desk/wishes/show.html", context)


def _up(wish: Wish) -> dict[str, Any]:
    url = reverse("wishes:show", args=[wish.pk])
    return {"up": [("微心愿", reverse("wishes:index")), (f"{wish.get_category_display()}心愿", url)], "back": url}


@may(Verb.REVEAL_IDENTITY)
def names(request: ActingRequest, pk: int) -> HttpResponse:
    """Who wishes and who claimed: shown once, after a reason."""
    wish = _wish(pk)
    form = forms.ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        opened = actions.reveal(wish_id=pk, reason=form.cleaned_data["reason"], by=request.acting)
        return _show(request, wish, opened)
    return ask(
        request, form, lambda data: "", title="查看姓名和联系方式", button="查看",
        subtitle="只为核实和转交查看。查看人、时间和原因会留痕；不要告诉认领人。", **_up(wish),
    )  # fmt: skip


STEPS: dict[str, tuple[Verb, Callable[..., Any], str]] = {
    "verify": (HANDLE, actions.verify, "已核实，等镇街或区妇联公开。"),
    "publish": (PUBLISH, actions.publish, "已公开，居民可以认领。"),
    "hand_in": (HANDLE, actions.hand_in, "已登记收到，请送到许愿人手里。"),
}


@may(HANDLE, PUBLISH)
@require_POST
def step(request: ActingRequest, pk: int) -> HttpResponse:
    """An act that asks for nothing more."""
    _wish(pk)
    key, revision = request.POST.get("step", ""), request.POST.get("revision", "")
    if key not in STEPS:
        raise Http404
    verb, act, said = STEPS[key]
    request.acting.require(verb)
    try:
        act(wish_id=pk, by=request.acting, revision=int(revision) if revision.isdecimal() else None)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said)
    return redirect("wishes:show", pk)


@may(PUBLISH)
@require_POST
def publish(request: ActingRequest) -> HttpResponse:
    """Show those that were ticked; what may not be shown is told, the others are."""
    asked = [int(pk) for pk in request.POST.getlist("wish") if pk.isdecimal()][:PAGE]
    done = 0
    for wish in queries.wishes().filter(pk__in=asked, state=WishState.VERIFIED):
        try:
            actions.publish(wish_id=wish.pk, by=request.acting)
        except Refused as refused:
            messages.error(request, f"“{wish.text[:20]}”：{refused}")
        else:
            done += 1
    if done:
        messages.success(request, f"已公开 {done} 个心愿。")
    elif not asked:
        messages.info(request, "请先勾选要公开的心愿。")
    return redirect(f"{reverse('wishes:index')}?show=publish")


@may(HANDLE)
def edit(request: ActingRequest, pk: int) -> HttpResponse:
    wish = _wish(pk)
    initial = {key: getattr(wish, key) for key in ("category", "text", "value", "revision")}
    form = forms.ChangeForm(request.POST or None, initial=initial)

    def do(data: dict[str, Any]) -> str:
        actions.change_wish(wish_id=pk, by=request.acting, **{**data, "category": Category(data["category"])})
        return "已改好。"

    return ask(request, form, do, title="修改心愿", button="保存", subtitle="姓名写错的，撤回后重新登记。", **_up(wish))


@may(HANDLE)
def unit(request: ActingRequest, pk: int) -> HttpResponse:
    wish = _wish(pk)
    form = forms.UnitForm(request.POST or None)

    def do(data: dict[str, Any]) -> str:
        claim = actions.claim_for_unit(wish_id=pk, by=request.acting, **data)
        return f"已登记{claim.unit_name}认领，{claim.due_on:%m月%d日}前交到{claim.bring_to}。"

    return ask(
        request,
        form,
        do,
        title="登记单位认领",
        button="登记",
        subtitle="不收现金；东西交到村（社区）转交。",
        **_up(wish),
    )


@may(HANDLE)
def deliver(request: ActingRequest, pk: int) -> HttpResponse:
    wish = _wish(pk)
    form = forms.DeliverForm(request.POST or None, initial={"revision": wish.revision})
    held = _held_goods(request)
    if held:
        choose(form, "batch", [("", "不从物资库出"), *held])
    else:
        del form.fields["batch"]

    def do(data: dict[str, Any]) -> str:
        actions.deliver(
            wish_id=pk, on=data["on"], note=data["note"], revision=data["revision"], batch_id=data.get("batch"),
            by=request.acting,
        )  # fmt: skip
        return "已登记送到。许愿人确认后办结。"

    return ask(
        request, form, do, title="送到", button="登记送到",
        subtitle="由村（社区）送到；陪伴类由村（社区）在场陪同，认领人不单独见孩子。", **_up(wish),
    )  # fmt: skip


def _held_goods(request: ActingRequest) -> list[tuple[Any, str]]:
    """What the acting unit could give from its stock."""
    if request.acting.unit_id is None or not request.acting.may(Verb.STOCK_HAND_OUT):
        return []
    own = Unit.objects.get(pk=request.acting.unit_id)
    return [
        (one.batch.pk, f"{one.batch.title}（余{one.left}{one.batch.kind.measure_word}）") for one in goods.holdings(own)
    ]


@may(HANDLE)
def confirm(request: ActingRequest, pk: int) -> HttpResponse:
    wish = _wish(pk)
    form = forms.ConfirmForm(request.POST or None, initial={"revision": wish.revision})
    if wish.said:
        del form.fields["said"]

    def do(data: dict[str, Any]) -> str:
        said = Said(data["said"]) if "said" in data else None
        actions.confirm(wish_id=pk, said=said, note=data["note"], revision=data["revision"], by=request.acting)
        return "心愿已实现。"

    subtitle = f"许愿人已在手机上说：{wish.get_said_display()}。" if wish.said else ""
    return ask(request, form, do, title="确认实现", button="确认实现", subtitle=subtitle, **_up(wish))


def _with_reason(request: ActingRequest, pk: int, act: Callable[..., Any], said: str, **words: Any) -> HttpResponse:
    wish = _wish(pk)

    def do(data: dict[str, Any]) -> str:
        act(wish_id=pk, reason=data["reason"], by=request.acting)
        return said

    return ask(request, forms.ReasonForm(request.POST or None), do, **words, **_up(wish))


@may(HANDLE)
def release(request: ActingRequest, pk: int) -> HttpResponse:
    return _with_reason(
        request, pk, actions.release, "已放回，别人可以认领。", title="放回心愿", button="放回",
        subtitle="先联系认领人。到期没有交来的会自动放回，不用手工办。",
    )  # fmt: skip


@may(PUBLISH)
def take_down(request: ActingRequest, pk: int) -> HttpResponse:
    return _with_reason(request, pk, actions.take_down, "已撤下，改好后可以再公开。", title="撤下", button="撤下")


@may(HANDLE)
def withdraw(request: ActingRequest, pk: int) -> HttpResponse:
    return _with_reason(
        request, pk, actions.withdraw, "心愿已撤回，不再公开。", title="撤回心愿", button="撤回",
        subtitle="本人或监护人收回同意、家里已有了等。已认领的会告诉认领人。", danger="撤回后不能恢复，确定吗？",
    )  # fmt: skip


@may(PUBLISH)
def terms(request: ActingRequest) -> HttpResponse:
    if not _may_terms(request):
        raise Http404
    now = queries.terms(clock.today())
    names = ("value_cap", "claim_days", "open_days", "most_claims", "confirmed")
    form = forms.TermsForm(request.POST or None, initial={name: getattr(now, name) for name in names})

    def do(data: dict[str, Any]) -> str:
        actions.set_terms(by=request.acting, **data)
        return "参数已保存。"

    url = reverse("wishes:index")
    subtitle = "" if now.confirmed else "现行参数是随程序带来的，还没有由区妇联确定，请核对。"
    return ask(request, form, do, title="微心愿参数", button="保存", back=url, up=[("微心愿", url)], subtitle=subtitle)


@may(HANDLE)
def take(request: ActingRequest) -> HttpResponse:
    """A village's list, each row answered."""
    form = forms.ListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            begun = transfers.ask(kind=tables.IMPORT, data=sent.read(), title=str(sent.name), by=request.acting)
        except SheetError as error:
            form.add_error("file", str(error))
        else:
            return redirect("transfers:show", begun.pk)
    context = {"form": form, "columns": tables.LIST.columns}
    return render(request, "desk/wishes/import.html", context, status=422 if form.errors else 200)


@may(HANDLE)
@require_GET
def template(request: ActingRequest) -> HttpResponse:
    return workbook("微心愿征集表", lambda out: write_template(out, tables.LIST))


@may(READ)
@require_POST
def file(request: ActingRequest) -> HttpResponse:
    return workbook(f"微心愿台账{clock.today()}", lambda out: tables.write_list(out, by=request.acting))
