"""Forms of superiors: taken in once, mapped on screen, filled each period, compared, handed over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from niangjia.access.verbs import Verb
from niangjia.blanks import actions, queries, rules
from niangjia.blanks.kinds import Rhythm, Source, Span
from niangjia.blanks.models import Blank, Filled, Mapped
from niangjia.core import clock, codes
from niangjia.core.codes import Level
from niangjia.core.refused import Refused
from niangjia.files import queries as stored
from niangjia.letters.laid_out import SheetSeen, place_of, reference_of
from niangjia.letters.look import column_letters
from niangjia.org import queries as org
from niangjia.org.models import Unit
from niangjia.web.desk.ask import ask
from niangjia.web.desk.blanks import forms
from niangjia.web.desk.choices import choose
from niangjia.web.downloads import download
from niangjia.web.guard import ActingRequest, may
from niangjia.web.refusals import show_refusal

READ, MANAGE, FILL = Verb.BLANK_READ, Verb.BLANK_MANAGE, Verb.BLANK_FILL
ROWS, COLUMNS = 120, 30  # of a sheet, shown on the page


def _blank(pk: int) -> Blank:
    try:
        return queries.blank(pk)
    except Blank.DoesNotExist as error:
        raise Http404 from error


def _up(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [("上级表格", reverse("blanks:index")), *more]


def _page_of(blank: Blank) -> dict[str, Any]:
    url = reverse("blanks:show", args=[blank.pk])
    return {"up": _up((blank.title, url)), "back": url}


@may(READ)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """The forms, and which of them is to be filled now."""
    today = clock.today()
    rows = []
    for blank in queries.blanks():
        last: str | None = blank.last  # type: ignore[attr-defined]
        rhythm = Rhythm(blank.rhythm)
        period = rules.period_of(last, rhythm) if last else None
        rows.append({
            "blank": blank, "last": period.label if period else "", "due": rules.last_ended(today, rhythm).label,
            "waits": queries.waits(blank, last, today),
        })  # fmt: skip
    context = {"rows": rows, "may_manage": request.acting.may(MANAGE)}
    return render(request, "desk/blanks/index.html", context)


@may(MANAGE)
def create(request: ActingRequest) -> HttpResponse:
    """Take in an empty form; then its cells are mapped."""
    form = forms.BlankForm(request.POST or None, request.FILES or None)
    made: list[Blank] = []

    def do(data: dict[str, Any]) -> str:
        file = data.pop("file")
        unit = Unit.objects.get(pk=request.acting.unit_id or 0)
        rhythm = Rhythm(data.pop("rhythm"))
        made.append(actions.add(name=file.name, data=file.read(), unit=unit, rhythm=rhythm, by=request.acting, **data))
        return "表样已收下。点空格，选它要填什么。"

    return ask(
        request, form, do, title="收一张新表", button="上传", back=reverse("blanks:index"), up=_up(),
        then=lambda: reverse("blanks:layout", args=[made[0].pk]),
    )  # fmt: skip


@may(READ)
@require_GET
def show(request: ActingRequest, pk: int) -> HttpResponse:
    """One form: fill it, what was filled, what was sent, what changed since."""
    blank = _blank(pk)
    sent, changed = queries.changed_since_sent(blank)
    context = {
        "blank": blank, "cells": blank.cells.count(), "filled": queries.filled(blank)[:24],
        "periods": rules.choices(clock.today(), Rhythm(blank.rhythm)), "sent": sent,
        "changed": changed, "may_manage": request.acting.may(MANAGE), "may_fill": request.acting.may(FILL) and blank.is_open,
    }  # fmt: skip
    return render(request, "desk/blanks/show.html", context)


# --- mapping -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Square:
    """One cell of the page's grid."""

    reference: str
    text: str
    mapped: str
    url: str
    is_formula: bool
    is_chosen: bool
    rows: int
    columns: int


def _grid(blank: Blank, sheet: SheetSeen, cells: dict[str, Mapped], chosen: str) -> list[tuple[int, list[Square]]]:
    labels = queries.labels()
    base = reverse("blanks:layout", args=[blank.pk])
    last_row = min(max(sheet.rows, 5), ROWS)
    last_column = min(max(sheet.columns, 3), COLUMNS)
    lines = []
    for row in range(1, last_row + 1):
        if row in sheet.hidden_rows:
            continue
        squares = []
        for column in range(1, last_column + 1):
            at = reference_of(row, column)
            if column in sheet.hidden_columns or at in sheet.covered:
                continue
            seen, cell = sheet.cells.get(at), cells.get(at)
            down, right = sheet.spans.get(at, (1, 1))
            squares.append(
                Square(
                    at, seen.text if seen else "", queries.said(cell, labels) if cell else "",
                    f"{base}?{urlencode({'sheet': sheet.name, 'cell': at})}#cell", bool(seen and seen.is_formula), at == chosen,
                    min(down, last_row - row + 1), min(right, last_column - column + 1),
                )
            )  # fmt: skip
        lines.append((row, squares))
    return lines


@may(MANAGE)
@require_GET
def layout(request: ActingRequest, pk: int) -> HttpResponse:
    """The form as it is laid out; a cell is chosen and said what it holds."""
    return _layout(request, _blank(pk), request.GET.get("sheet", ""), request.GET.get("cell", ""), None)


def _layout(request: ActingRequest, blank: Blank, name: str, chosen: str, form: Form | None) -> HttpResponse:
    book = queries.layout(blank)
    open_sheets = [one for one in book.sheets if not one.hidden]
    sheet = next((one for one in open_sheets if one.name == name), open_sheets[0] if open_sheets else book.sheets[0])
    cells = {cell.reference: cell for cell in queries.mapped(blank) if cell.sheet == sheet.name}
    reason, heading, proposed = "", ("", ""), []
    if chosen:
        try:
            reason = sheet.refuses(chosen)
            heading = rules.headings(sheet, chosen)
        except ValueError as error:
            raise Http404 from error
        labels = queries.labels()
        proposed = [(key, labels[key]) for key in rules.suggestions(heading, labels)]
        form = form or _cell_form(request, blank, sheet.name, chosen, cells.get(chosen), heading, proposed)
    last = min(max(sheet.columns, 3), COLUMNS)
    context = {
        "blank": blank, "sheet": sheet, "sheets": [(one.name, one.name == sheet.name) for one in open_sheets],
        "columns": [column_letters(n) for n in range(1, last + 1) if n not in sheet.hidden_columns],
        "lines": _grid(blank, sheet, cells, chosen), "chosen": chosen, "reason": reason, "heading": " · ".join(filter(None, heading)),
        "form": form, "proposed": proposed, "is_mapped": chosen in cells, "count": len(cells),
        "cut": sheet.rows > ROWS or sheet.columns > COLUMNS,
    }  # fmt: skip
    return render(request, "desk/blanks/layout.html", context, status=422 if request.method == "POST" else 200)


def _cell_form(
    request: ActingRequest, blank: Blank, sheet: str, reference: str, cell: Mapped | None, heading: tuple[str, str],
    proposed: list[tuple[str, str]], data: Any = None,
) -> forms.CellForm:  # fmt: skip
    initial: dict[str, Any] = {"sheet": sheet, "reference": reference}
    if cell is not None:
        initial |= {
            "source": cell.source, "measure": cell.measure, "span": cell.span, "of_place": cell.of_place or "",
            "text": cell.text,
        }  # fmt: skip
    else:
        initial |= {"measure": proposed[0][0] if proposed else "", "span": rules.span_of(heading)}
    form = forms.CellForm(data, initial=initial)
    choose(form, "measure", [("", "请选择"), *sorted(queries.labels().items(), key=lambda one: one[1])])
    choose(form, "of_place", [("", org.place_name(blank.place)), *_parts(blank.place)])
    return form


def _parts(place: str) -> list[tuple[str, str]]:
    """The places one tier below, for forms that ask for each."""
    below = {Level.DISTRICT: Level.TOWN, Level.TOWN: Level.VILLAGE}.get(codes.level_of(place))
    return [(d.code, d.short_name) for d in org.divisions_within(place, below)] if below else []


@may(MANAGE)
@require_POST
def cell(request: ActingRequest, pk: int) -> HttpResponse:
    """Say what is to stand in a cell."""
    blank = _blank(pk)
    sheet, reference = request.POST.get("sheet", ""), request.POST.get("reference", "")
    form = _cell_form(request, blank, sheet, reference, None, ("", ""), [], request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            actions.map_cell(
                blank_id=pk, sheet=sheet, reference=reference, source=Source(data["source"]), measure=data["measure"],
                of_place=data["of_place"], span=Span(data["span"] or Span.PERIOD), text=data["text"], by=request.acting,
            )  # fmt: skip
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, f"{reference} 已对应。")
            return redirect(f"{reverse('blanks:layout', args=[pk])}?{urlencode({'sheet': sheet})}")
    return _layout(request, blank, sheet, reference, form)


@may(MANAGE)
@require_POST
def empty(request: ActingRequest, pk: int) -> HttpResponse:
    """Leave a cell empty again."""
    _blank(pk)
    sheet, reference = request.POST.get("sheet", ""), request.POST.get("reference", "")
    actions.unmap(blank_id=pk, sheet=sheet, reference=reference, by=request.acting)
    messages.success(request, f"{reference} 不再填写。")
    return redirect(f"{reverse('blanks:layout', args=[pk])}?{urlencode({'sheet': sheet})}")


@may(MANAGE)
def renew(request: ActingRequest, pk: int) -> HttpResponse:
    """A new version of the empty form; what is printed otherwise than before is shown."""
    blank = _blank(pk)
    form = forms.RenewForm(request.POST or None, request.FILES or None)

    def do(data: dict[str, Any]) -> str:
        file = data["file"]
        found = actions.renew(blank_id=pk, name=file.name, data=file.read(), by=request.acting)
        for change in found[:12]:
            before, after = change.before or "（空）", change.after or "（空）"
            messages.warning(
                request, f"“{change.sheet}”{change.reference}：“{before}”改成了“{after}”，请核对这一格附近的对应。"
            )
        return f"已换成新表样，{len(found)}处文字有变化。" if found else "已换成新表样，文字没有变化。"

    return ask(
        request, form, do, title="更换表样", button="上传", subtitle="能填的格子保留原来的对应。",
        then=lambda: reverse("blanks:layout", args=[pk]), **_page_of(blank),
    )  # fmt: skip


@may(MANAGE)
@require_POST
def set_open(request: ActingRequest, pk: int) -> HttpResponse:
    blank = _blank(pk)
    actions.set_open(blank_id=pk, is_open=not blank.is_open, by=request.acting)
    messages.success(request, "已收起。" if blank.is_open else "已重新启用。")
    return redirect("blanks:show", pk)


# --- filling -------------------------------------------------------------------------------------------------------


@may(FILL)
@require_POST
def fill(request: ActingRequest, pk: int) -> HttpResponse:
    """Fill the form for a period with the figures of now."""
    blank = _blank(pk)
    period = rules.period_of(request.POST.get("period", ""), Rhythm(blank.rhythm))
    if period is None:
        raise Http404
    try:
        made = actions.fill(blank_id=pk, period=period, by=request.acting)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("blanks:show", pk)
    messages.success(request, f"{period.label}已填好，请下载核对。")
    return redirect("blanks:filled", made.pk)


def _reading_order(cell: tuple[str, str]) -> tuple[str, tuple[int, int]]:
    sheet, _, reference = cell[0].rpartition("!")
    return sheet, place_of(reference)


def _filled(pk: int) -> Filled:
    found = Filled.objects.select_related("blank__unit", "file").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@may(READ)
@require_GET
def filled(request: ActingRequest, pk: int) -> HttpResponse:
    """What was filled, cell by cell beside what was sent last time, and to whom this one went."""
    made = _filled(pk)
    before = queries.last_sent(made.blank, before=made)
    labels = queries.labels()
    names = {f"{c.sheet}!{c.reference}": queries.said(c, labels) for c in queries.mapped(made.blank)}
    old = before.cells if before else {}
    rows = [
        {
            "sheet": key.rpartition("!")[0], "at": key.rpartition("!")[2], "name": names.get(key, "（现已取消对应）"),
            "value": value, "before": old.get(key, ""), "differs": before is not None and old.get(key, "") != value,
        }
        for key, value in sorted(made.cells.items(), key=_reading_order)
    ]  # fmt: skip
    context = {
        "filled": made, "blank": made.blank, "label": made.when.label, "rows": rows,
        "before": before, "handings": made.handings.all(),
        "may_fill": request.acting.may(FILL),
    }  # fmt: skip
    return render(request, "desk/blanks/filled.html", context)


@may(READ)
@require_GET
def file(request: ActingRequest, pk: int) -> HttpResponseBase:
    made = _filled(pk)
    return download(f"{made.blank.title}（{made.when.label}）.xlsx", stored.read(made.file))


@may(FILL)
def hand_over(request: ActingRequest, pk: int) -> HttpResponse:
    """Write down that it was sent."""
    made = _filled(pk)
    form = forms.HandOverForm(request.POST or None, initial={"to": made.blank.asked_by})

    def do(data: dict[str, Any]) -> str:
        actions.hand_over(filled_id=pk, by=request.acting, **data)
        return "已登记。"

    url = reverse("blanks:filled", args=[pk])
    up = _up((made.blank.title, reverse("blanks:show", args=[made.blank_id])), (made.when.label, url))
    return ask(request, form, do, title="登记已报送", button="登记", back=url, up=up)
