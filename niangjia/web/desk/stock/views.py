"""Goods: batches and how far they are, passing on to units below, one's own stock, the ledger, stock-taking, gifts."""

from __future__ import annotations

import io
import uuid
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from niangjia.access.verbs import Verb
from niangjia.core import clock, codes, subject
from niangjia.core.codes import Level
from niangjia.core.refused import Refused
from niangjia.files import actions as files
from niangjia.files import queries as stored
from niangjia.files.kinds import FileKind
from niangjia.files.models import StoredFile
from niangjia.letters.kinds import SheetError
from niangjia.org import queries as org
from niangjia.org.models import Unit
from niangjia.reports.tables import stock as table
from niangjia.stock import actions, queries, rules
from niangjia.stock.kinds import BatchState, Source
from niangjia.stock.models import Batch, GoodsKind, HandOut, Move
from niangjia.stock.queries import MoveFilter
from niangjia.web.desk.ask import ask
from niangjia.web.desk.choices import choose
from niangjia.web.desk.stock import forms
from niangjia.web.downloads import download, workbook
from niangjia.web.guard import ActingRequest, may

ANSWERS = "stock.answers"
READ, MANAGE, HAND_OUT = Verb.STOCK_READ, Verb.STOCK_MANAGE, Verb.STOCK_HAND_OUT
TONES = {
    BatchState.ALLOCATED: "due", BatchState.RECEIVED: "tea", BatchState.DISTRIBUTING: "ok", BatchState.CLOSED: "plum",
}  # fmt: skip
ACT_TONES = {
    "LOST": "warn",
    "REPLACED": "warn",
    "COUNTED": "warn",
    "HANDED_OUT": "ok",
    "REFUSED": "due",
    "TAKEN_BACK": "due",
}
PAGE = 50


def _up(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [("物资", reverse("stock:index")), *more]


def _batch(pk: int) -> Batch:
    try:
        return Batch.objects.select_related("kind", "unit", "gift").get(pk=pk)
    except Batch.DoesNotExist as error:
        raise Http404 from error


def _page_of(batch: Batch) -> dict[str, Any]:
    url = reverse("stock:batch", args=[batch.pk])
    return {"up": _up((batch.title, url)), "back": url}


def _own(request: ActingRequest) -> Unit:
    """The federation whose stock the post keeps."""
    try:
        return org.federation_of(request.acting.place)
    except Unit.DoesNotExist as error:
        raise Http404 from error


def _mine(batch: Batch, request: ActingRequest) -> bool:
    """Whether the batch was opened in the post's own range: who only passes it on does not settle it."""
    return codes.contains(request.acting.place, batch.place)


# ---------------------------------------------------------------- what there is


@may(READ)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """Batches with a bar each, and the unit's own stock."""
    unit = _own(request)
    done = request.GET.get("done") == "1"
    wanted = (
        queries.batches().filter(state=BatchState.CLOSED)
        if done
        else queries.batches().exclude(state=BatchState.CLOSED)
    )
    wanted = wanted.select_related("kind", "unit")
    found = list(wanted[:100])
    flows = queries.flows([batch.pk for batch in found])
    if request.acting.level is not Level.DISTRICT:
        found = [batch for batch in found if _mine(batch, request) or flows[batch.pk].came]
    context = {
        "unit": unit,
        "rows": [{"batch": b, "flow": flows[b.pk], "tone": TONES[BatchState(b.state)], "total": max(flows[b.pk].came, 1)}
                 for b in found],
        "done": done,
        "holdings": queries.holdings(unit),
        "recent": [(given, _page_about(given.subject)) for given in queries.hand_outs_in(unit.place).filter(unit=unit, ended_on__isnull=True)[:10]],
        "may_manage": request.acting.may(MANAGE),
        "may_hand_out": request.acting.may(HAND_OUT),
        "is_district": request.acting.level is Level.DISTRICT,
    }  # fmt: skip
    return render(request, "desk/stock/index.html", context)


@may(READ)
@require_GET
def batch(request: ActingRequest, pk: int) -> HttpResponse:
    """One batch: in = out + left, by unit, and its latest moves."""
    found = _batch(pk)
    flow, by_unit = queries.flow_of(found), queries.flows_by_unit(found)
    got = queries.allocated_to(found)
    units = Unit.objects.filter(pk__in=by_unit).order_by("place", "order", "id")
    context = {
        "batch": found,
        "flow": flow,
        "total": max(flow.came, 1),
        "worth": rules.value_in_wan(flow.given, found.unit_value),
        "tone": TONES[BatchState(found.state)],
        "rows": [{"unit": unit, "flow": by_unit[unit.pk], "got": got.get(unit.pk, 0)} for unit in units],
        "moves": _shown(request, list(MoveFilter(batch_id=pk).select(request.acting.place)[:20])),
        "may_manage": request.acting.may(MANAGE) and _mine(found, request),
        "may_pass_on": request.acting.may(MANAGE) and found.state != BatchState.CLOSED and request.acting.level is not Level.VILLAGE,
        "may_hand_out": request.acting.may(HAND_OUT) and found.state != BatchState.CLOSED,
        "closed": found.state == BatchState.CLOSED,
        "close_form": forms.CloseForm(),
    }  # fmt: skip
    return render(request, "desk/stock/batch.html", context)


def _shown(request: ActingRequest, moves: list[Move]) -> list[dict[str, Any]]:
    """Lines of the ledger with their colour, and whether the reader may undo the act."""
    undoable: set[int] = set()
    if request.acting.may(MANAGE):
        wanted = Move.objects.filter(queries.correctable(request.acting.place), pk__in=[move.pk for move in moves])
        undoable = set(wanted.values_list("pk", flat=True))
    return [
        {
            "move": move,
            "tone": ACT_TONES.get(move.act, "plain"),
            "may_correct": move.pk in undoable,
            "url": _page_about(move.hand_out.subject) if move.hand_out else "",
        }
        for move in moves
    ]


def _page_about(about: str) -> str:
    """The page of whom goods were handed to, where the desk has one."""
    return reverse("cases:show", args=[subject.id_of(about)]) if subject.kind_of(about) == "case" else ""


# ---------------------------------------------------------------- batches


@may(MANAGE)
def new_batch(request: ActingRequest) -> HttpResponse:
    form = forms.BatchForm(request.POST or None)
    kind, gift = form.fields["kind"], form.fields["gift"]
    kind.queryset = queries.kinds(clock.today())  # type: ignore[attr-defined]
    gift.queryset = queries.gifts(request.acting.place)  # type: ignore[attr-defined]
    made: list[Batch] = []

    def do(data: dict[str, Any]) -> str:
        made.append(
            actions.open_batch(unit=_own(request), by=request.acting, **{**data, "source": Source(data["source"])})
        )
        return f"“{made[0].title}”已下达，到货后登记到货数量。"

    return ask(
        request, form, do, title="新建批次", subtitle="先登记下达，到货后再登记实到数量。", button="保存", up=_up(),
        back=reverse("stock:index"), then=lambda: reverse("stock:batch", args=[made[0].pk]),
    )  # fmt: skip


@may(MANAGE)
def receive(request: ActingRequest, pk: int) -> HttpResponse:
    found = _batch(pk)
    if not _mine(found, request):
        raise Http404
    missing = found.planned - queries.flow_of(found).came
    form = forms.ReceiveForm(request.POST or None, initial={"count": missing if missing > 0 else None})

    def do(data: dict[str, Any]) -> str:
        actions.receive(batch_id=pk, by=request.acting, **data)
        return f"已登记到货{data['count']}{found.kind.measure_word}。"

    subtitle = f"下达{found.planned}{found.kind.measure_word}，还有{max(missing, 0)}{found.kind.measure_word}没有到。"
    return ask(request, form, do, title="登记到货", subtitle=subtitle, button="登记", **_page_of(found))


@may(MANAGE)
@require_POST
def close(request: ActingRequest, pk: int) -> HttpResponse:
    form = forms.CloseForm(request.POST)
    try:
        if form.is_valid():
            actions.close_batch(batch_id=pk, by=request.acting, note=form.cleaned_data["note"])
            messages.success(request, "批次已结清。")
    except Refused as refused:
        messages.error(request, str(refused))
    except Batch.DoesNotExist as error:
        raise Http404 from error
    return redirect("stock:batch", pk=pk)


@may(MANAGE)
@require_POST
def reopen(request: ActingRequest, pk: int) -> HttpResponse:
    try:
        actions.reopen_batch(batch_id=pk, by=request.acting)
    except Batch.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, "批次已恢复，可以继续出入库。")
    return redirect("stock:batch", pk=pk)


@may(MANAGE)
def return_up(request: ActingRequest, pk: int) -> HttpResponse:
    found, unit = _batch(pk), _own(request)
    has = {
        at: left for (batch_id, at), left in queries.balances(unit.place).items() if batch_id == pk and at != unit.pk
    }
    units = {one.pk: one for one in Unit.objects.filter(pk__in=has).order_by("place", "id")}
    form = forms.ReturnForm(request.POST or None)
    choose(form, "unit", [(key, f"{one.short_name}（现存{has[key]}）") for key, one in units.items()])

    def do(data: dict[str, Any]) -> str:
        actions.return_up(batch_id=pk, to=unit, by=request.acting, **{**data, "unit": units[data["unit"]]})
        return f"已登记{units[data['unit']].short_name}退回{data['count']}{found.kind.measure_word}。"

    return ask(
        request, form, do, title="登记退回", subtitle="下级单位把没发出去的退回来，由收回的单位点清后登记。", button="登记",
        **_page_of(found),
    )  # fmt: skip


# ---------------------------------------------------------------- passing on: typed, pasted or from a file


@may(MANAGE)
def allocate(request: ActingRequest, pk: int) -> HttpResponse:
    """Every unit below in one table. Numbers are typed, pasted or read from a file, seen with their sum, then confirmed."""
    found, source = _batch(pk), _own(request)
    units = list(queries.units_below(source))
    if found.state == BatchState.CLOSED or not units:
        raise Http404
    numbers: dict[int, str] = {}
    problems: list[str] = []
    slip = uuid.uuid4()
    answers = ""
    if request.method == "POST":
        slip = _slip(request)
        numbers = {unit.pk: request.POST.get(f"n{unit.pk}", "").strip() for unit in units}
        match request.POST.get("do"):
            case "paste":
                problems = _paste(request.POST.get("text", "")[:20_000], units, numbers)
            case "file":
                problems, answers = _upload(request, units, numbers)
            case _:
                problems, counts = _typed(units, numbers)
                if not problems and request.POST.get("do") == "confirm":
                    try:
                        total = actions.allocate_many(
                            batch_id=pk, source=source, counts=counts, by=request.acting, slip=slip,
                            note=request.POST.get("note", "")[:200],
                        )  # fmt: skip
                    except Refused as refused:
                        problems = [str(refused)]
                    else:
                        messages.success(
                            request,
                            f"已下拨{total}{found.kind.measure_word}。" if total else "这张单已登记过，没有重复下拨。",
                        )
                        return redirect("stock:batch", pk=pk)
    got, flows = table.allocation_of(found)
    free = queries.balance(pk, source.pk)
    asked = sum(int(text) for text in numbers.values() if text.isascii() and text.isdecimal())
    context = {
        "batch": found, "source": source, "free": free, "asked": asked, "rest": free - asked, "problems": problems, "slip": slip,
        "rows": [{"unit": unit, "got": got.get(unit.pk, 0), "left": flows[unit.pk].left if unit.pk in flows else 0,
                  "name": f"n{unit.pk}", "value": numbers.get(unit.pk, "")} for unit in units],
        "answers": answers, "note": request.POST.get("note", ""), "seen": request.method == "POST",
    }  # fmt: skip
    return render(request, "desk/stock/allocate.html", context, status=422 if problems else 200)


def _slip(request: ActingRequest) -> UUID:
    try:
        return UUID(request.POST.get("slip", ""))
    except ValueError:
        return uuid.uuid4()


def _typed(units: list[Unit], numbers: dict[int, str]) -> tuple[list[str], dict[int, int]]:
    problems, counts = [], {}
    for unit in units:
        text = numbers[unit.pk]
        if not text:
            continue
        if text.isascii() and text.isdecimal() and len(text) <= 7:
            counts[unit.pk] = int(text)
        else:
            problems.append(f"{unit.short_name}：“{text}”不是件数，请填0或正整数。")
    return problems, counts


def _paste(text: str, units: list[Unit], numbers: dict[int, str]) -> list[str]:
    """Put pasted lines into the table. The good ones stand there, the others are said."""
    names = {
        name: unit.pk for unit in units for name in (unit.name, unit.short_name, unit.short_name.removesuffix("妇联"))
    }
    lines = rules.read_pasted(text, names)
    if not lines:
        return ["没有粘贴内容。请从表格里复制“单位、件数”两列。"]
    for line in lines:
        if line.key is not None and line.count is not None and not line.problem:
            numbers[line.key] = str(line.count)
    return [line.problem for line in lines if line.problem]


def _upload(request: ActingRequest, units: list[Unit], numbers: dict[int, str]) -> tuple[list[str], str]:
    """Put a file's numbers into the table; the answer of every row is kept as a file to fetch."""
    upload = request.FILES.get("file")
    if upload is None:
        return ["请选择下拨表文件。"], ""
    try:
        lines = table.read_allocation(upload.read(), units)
    except SheetError as error:
        return [str(error)], ""
    for line in lines:
        if line.unit is not None and line.count and not line.problem:
            numbers[line.unit.pk] = str(line.count)
    out = io.BytesIO()
    table.write_answers(out, lines, done=False)
    kept = files.store(
        name=f"下拨表处理结果{clock.today():%Y%m%d}.xlsx", data=out.getvalue(), purpose=ANSWERS, place=request.acting.place,
        by=request.acting, kinds={FileKind.XLSX},
    )  # fmt: skip
    return [line.problem for line in lines if line.problem], str(kept.pk)


@may(MANAGE)
@require_GET
def allocation_list(request: ActingRequest, pk: int) -> HttpResponseBase:
    """The list of units below as Excel, to fill in."""
    found = _batch(pk)
    got, flows = table.allocation_of(found)
    units = list(queries.units_below(_own(request)))
    return workbook(f"物资下拨表{found.pk}", lambda out: table.write_allocation(out, found, units, got, flows))


@may(MANAGE)
@require_GET
def answers(request: ActingRequest, pk: int) -> HttpResponseBase:
    """The answers to one's own file."""
    key = request.GET.get("file", "")
    try:
        wanted = UUID(key)
    except ValueError as error:
        raise Http404 from error
    found = StoredFile.objects.filter(pk=wanted, purpose=ANSWERS, owner_account=request.acting.account_id).first()
    if found is None:
        raise Http404
    return download(found.name, stored.read(found))


# ---------------------------------------------------------------- one's own stock


@may(HAND_OUT)
def hand_out(request: ActingRequest) -> HttpResponse:
    """Give goods to what ``?subject=`` names, from one's own stock; ``?title=`` says to whom, ``?next=`` where to go then."""
    about = request.GET.get("subject", "")
    if not subject.is_subject(about):
        raise Http404
    unit = _own(request)
    held = {one.batch.pk: one for one in queries.holdings(unit)}
    form = forms.HandOutForm(request.POST or None)
    choose(
        form,
        "batch",
        [(pk, f"{one.batch.kind.name} · {one.batch.title}（现存{one.left}）") for pk, one in held.items()],
    )
    wanted = request.GET.get("next", "")
    back = wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}) else reverse("stock:index")

    def do(data: dict[str, Any]) -> str:
        given = actions.hand_out(
            about=about, unit=unit, by=request.acting, batch=held[data["batch"]].batch, on=data["on"], receiver=data["receiver"]
        )  # fmt: skip
        return f"已登记发放：{given.kind.name}，{given.receiver}签收。"

    title = request.GET.get("title", "")[:40]
    subtitle = f"发给：{title}" if title else f"由{unit.short_name}发放"
    return ask(request, form, do, title="登记发放", subtitle=subtitle, button="登记发放", back=back, up=_up())


@may(HAND_OUT)
def lose(request: ActingRequest, pk: int) -> HttpResponse:
    found, unit = _batch(pk), _own(request)
    left = queries.balance(pk, unit.pk)
    form = forms.LoseForm(request.POST or None)

    def do(data: dict[str, Any]) -> str:
        actions.write_off(batch_id=pk, unit=unit, by=request.acting, **data)
        return f"已登记损耗{data['count']}{found.kind.measure_word}。"

    subtitle = f"{unit.short_name}现存{left}{found.kind.measure_word}。损耗记入台账，不能删除。"
    return ask(request, form, do, title="登记损耗", subtitle=subtitle, button="登记", **_page_of(found))


WAYS = {
    "take-back": ("收回", "因搬迁、错发、联系不上等收回的，物资回到原发放单位。"),
    "refused": ("拒收", "对象没有收下，物资回到原发放单位。"),
    "replace": ("调换", "坏的换成同批次好的：坏的记为损耗，对象仍算领过一件。"),
}


@may(HAND_OUT)
def back(request: ActingRequest, pk: int, way: str) -> HttpResponse:
    """A hand-out comes back, or is exchanged."""
    if way not in WAYS:
        raise Http404
    given = HandOut.objects.select_related("batch", "kind", "unit").filter(pk=pk).first()
    if given is None:
        raise Http404
    label, subtitle = WAYS[way]
    form = (forms.ReplaceForm if way == "replace" else forms.BackForm)(request.POST or None)

    def do(data: dict[str, Any]) -> str:
        if way == "replace":
            actions.replace(about=given.subject, hand_out_id=pk, by=request.acting, **data)
        else:
            actions.take_back(about=given.subject, hand_out_id=pk, by=request.acting, refused=way == "refused", **data)
        return f"已登记{label}。"

    return ask(request, form, do, title=f"登记{label}", subtitle=subtitle, button="登记", **_page_of(given.batch))


@may(HAND_OUT)
def count(request: ActingRequest) -> HttpResponse:
    """A stock-taking of the unit's own stock: the books beside what is there."""
    unit = _own(request)
    held = queries.holdings(unit)
    problems: dict[str, str] = {}
    said = ""
    slip = uuid.uuid4()
    if request.method == "POST":
        slip = _slip(request)
        found, books, why = _counted(request)
        known = {one.batch.pk for one in held}
        missing = [pk for pk in books if pk not in found]
        if missing or not books:
            said = "有批次没有填实有数，请填0或正整数。" if books else "没有可盘点的物资。"
            problems = {f"found_{pk}": "请填0或正整数。" for pk in missing}
        else:
            try:
                differing = actions.count_stock(
                    unit=unit, found=found, books=books, explanations=why, by=request.acting, slip=slip
                )
            except Refused as refused:
                said, problems = str(refused), refused.fields
            else:
                messages.success(
                    request,
                    f"盘点已登记，{differing}个批次有差异，账面已按实有更正。"
                    if differing
                    else "盘点已登记，账实相符。",
                )
                return redirect("stock:count")
        if not known >= set(books):
            held = queries.holdings(unit)
    context = {
        "unit": unit, "slip": slip, "said": said,
        "rows": [{"one": one, "found": request.POST.get(f"found_{one.batch.pk}", ""), "why": request.POST.get(f"why_{one.batch.pk}", ""),
                  "bad": problems.get(f"found_{one.batch.pk}") or problems.get(f"why_{one.batch.pk}", "")} for one in held],
        "counts": list(queries.counts(unit.place).filter(unit=unit)[:20]),
    }  # fmt: skip
    return render(request, "desk/stock/count.html", context, status=422 if said else 200)


def _counted(request: ActingRequest) -> tuple[dict[int, int], dict[int, int], dict[int, str]]:
    """What was found, what the page said the books had, and why they differ, by batch."""
    found: dict[int, int] = {}
    books: dict[int, int] = {}
    why: dict[int, str] = {}
    for name in request.POST:
        word, _, key = name.partition("_")
        text = str(request.POST[name]).strip()
        if not (key.isascii() and key.isdecimal() and len(key) < 15):
            continue
        number = int(text) if text.isascii() and text.isdecimal() and len(text) <= 7 else None
        if word == "book" and number is not None:
            books[int(key)] = number
        elif word == "found" and number is not None:
            found[int(key)] = number
        elif word == "why":
            why[int(key)] = text[:200]
    return found, books, {pk: text for pk, text in why.items() if pk in books}


# ---------------------------------------------------------------- the ledger


def _filter(request: ActingRequest, data: Any) -> tuple[forms.LedgerForm, MoveFilter]:
    lo, hi = codes.subtree(request.acting.place)
    units = (
        Unit.objects.filter(stock_moves__place__gte=lo, stock_moves__place__lt=hi).distinct().order_by("place", "id")
    )
    form = forms.LedgerForm(
        data,
        batches=list(queries.batches().values_list("pk", "title")[:200]),
        units=list(units.values_list("pk", "short_name")),
    )
    if not form.is_valid():
        return form, MoveFilter()
    wanted = form.cleaned_data
    return form, MoveFilter(
        batch_id=wanted["batch"],
        unit_id=wanted["unit"],
        act=wanted["act"],
        since=wanted["since"],
        until=wanted["until"],
    )


@may(READ)
@require_GET
def ledger(request: ActingRequest) -> HttpResponse:
    """Every move in one's range, the newest first."""
    form, wanted = _filter(request, request.GET or None)
    page = Paginator(wanted.select(request.acting.place), PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "moves": _shown(request, list(page)), "why_form": forms.WhyForm()}
    return render(request, "desk/stock/ledger.html", context)


@may(READ)
@require_POST
def export(request: ActingRequest) -> HttpResponseBase:
    """The ledger as Excel, for a stated purpose."""
    why = forms.WhyForm(request.POST)
    if not why.is_valid():
        messages.error(request, "请写明导出的用途。")
        return redirect("stock:ledger")
    _, wanted = _filter(request, request.GET or None)
    reason, name = why.cleaned_data["why"], f"物资台账{clock.today():%Y%m%d}"
    return workbook(name, lambda out: table.write_ledger(out, wanted, why=reason, by=request.acting))


@may(MANAGE)
def correct(request: ActingRequest, slip: UUID) -> HttpResponse:
    lines = list(queries.slip(slip))
    if not lines:
        raise Http404

    def do(data: dict[str, Any]) -> str:
        undone = actions.correct(slip=slip, reason=data["reason"], by=request.acting)
        return f"已冲正，{undone}行。"

    moved = "，".join(f"{line.unit.short_name}{line.delta:+}" for line in lines[:6])
    more = "等" if len(lines) > 6 else ""
    return ask(
        request, forms.ReasonForm(request.POST or None), do, title=f"冲正{lines[0].get_act_display()}",
        subtitle=f"{lines[0].batch.title}：{moved}{more}。原记录保留，另记一笔相反的。", button="冲正", danger="冲正后不能再恢复，确定吗？",
        **_page_of(lines[0].batch),
    )  # fmt: skip


# ---------------------------------------------------------------- gifts and kinds


@may(READ)
@require_GET
def gifts(request: ActingRequest) -> HttpResponse:
    """The register of gifts. The house takes none."""
    page = Paginator(queries.gifts(request.acting.place), PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/stock/gifts.html", {"page": page, "may_manage": request.acting.may(MANAGE)})


@may(MANAGE)
def new_gift(request: ActingRequest) -> HttpResponse:
    def do(data: dict[str, Any]) -> str:
        gift = actions.enter_gift(by=request.acting, **{**data, "source": Source(data["source"])})
        return f"已登记{gift.donor}的捐赠。"

    return ask(
        request, forms.GiftForm(request.POST or None), do, title="登记捐赠", button="登记", back=reverse("stock:gifts"),
        subtitle="平台不接收捐款。这里登记已由慈善组织或本单位依法收到的捐赠。", up=_up(("捐赠登记", reverse("stock:gifts"))),
    )  # fmt: skip


@may(READ)
@require_GET
def kinds(request: ActingRequest) -> HttpResponse:
    context = {
        "kinds": list(GoodsKind.objects.all()),
        "may_edit": request.acting.may(MANAGE) and request.acting.level is Level.DISTRICT,
    }
    return render(request, "desk/stock/kinds.html", context)


@may(MANAGE)
def new_kind(request: ActingRequest) -> HttpResponse:
    return _kind(request, forms.NewKindForm(request.POST or None), None, "新增物资种类")


@may(MANAGE)
def kind(request: ActingRequest, pk: int) -> HttpResponse:
    found = GoodsKind.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    initial = {name: getattr(found, name) for name in forms.KindForm.base_fields}
    return _kind(request, forms.KindForm(request.POST or None, initial=initial), pk, found.name)


def _kind(request: ActingRequest, form: forms.KindForm, pk: int | None, title: str) -> HttpResponse:
    if request.acting.level is not Level.DISTRICT:
        raise Http404

    def do(data: dict[str, Any]) -> str:
        return f"已保存“{actions.save_kind(kind_id=pk, by=request.acting, **data).name}”。"

    url = reverse("stock:kinds")
    return ask(request, form, do, title=title, button="保存", back=url, up=_up(("物资种类", url)))
