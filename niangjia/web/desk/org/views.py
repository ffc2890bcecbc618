"""The organisation: the tree of bodies, who sits in them, terms, and the roster in and out."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from niangjia.access import policy
from niangjia.access.verbs import Verb
from niangjia.core import clock, codes, masking
from niangjia.core.codes import Level
from niangjia.letters.kinds import SheetError
from niangjia.letters.sheets import write_template
from niangjia.org import actions, queries, rules
from niangjia.org.actions import OrgRefused
from niangjia.org.kinds import PostRole, UnitKind
from niangjia.org.models import Division, Officer, Post, Unit
from niangjia.org.queries import Staffing
from niangjia.reports.tables import roster as table
from niangjia.trail import actions as trail
from niangjia.transfers import actions as transfers
from niangjia.transfers import queries as kept
from niangjia.web.desk.org import forms
from niangjia.web.downloads import workbook
from niangjia.web.guard import ActingRequest, may

SHOWN_PEOPLE = 50

# ---------------------------------------------------------------- the tree


@dataclass(frozen=True, slots=True)
class Branch:
    """A body with what lies below it."""

    staff: Staffing
    below: list[Staffing]

    @property
    def villages(self) -> int:
        return sum(1 for one in self.below if one.unit.kind == UnitKind.FEDERATION)

    @property
    def remarks(self) -> int:
        """Bodies below with a remark."""
        return sum(1 for one in self.below if one.warnings)

    @property
    def vacant(self) -> int:
        return sum(1 for one in self.below if one.facts and not one.facts.chairs)


@may(Verb.ORG_READ)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """The tree from one's own body down; a town's villages come when it is opened. Also search, and who has a remark."""
    today = clock.today()
    staff = queries.staffing(request.acting.place, today)
    root = staff.get(request.acting.unit_id or 0)
    if root is None:
        raise Http404
    below: dict[int, list[Staffing]] = {}
    for one in staff.values():
        if one.unit.parent_id is not None:
            below.setdefault(one.unit.parent_id, []).append(one)
    opened = request.GET.get("open", "")
    if request.headers.get("HX-Request") and opened.isdecimal():
        if int(opened) not in staff:
            raise Http404
        return render(request, "desk/org/index.html#branch", {"rows": below.get(int(opened), [])})
    wanted = request.GET.get("q", "").strip()[:40]
    only = request.GET.get("only", "")
    counts = Counter(remark.key for one in staff.values() for remark in one.warnings)
    kinds = {remark.key: remark for one in staff.values() for remark in one.warnings}
    branches = [Branch(one, below.get(one.unit.pk, [])) for one in below.get(root.unit.pk, [])]
    context = {
        "root": root,
        "towns": [b for b in branches if b.staff.unit.kind == UnitKind.FEDERATION],
        "groups": _groups(b.staff for b in branches),
        "opened": int(opened) if opened.isdecimal() else 0,
        "q": wanted,
        "only": only,
        "chips": [(key, CHIPS[key], counts[key]) for key in CHIPS if counts[key]],
        "only_label": CHIPS.get(only, ""),
        "listed": [one for one in staff.values() if only in {w.key for w in one.warnings}] if only in kinds else [],
        "units_found": [one for one in staff.values() if queries.matches(one.unit, wanted)] if wanted else [],
        "people_found": list(queries.search_people(wanted, today)[: SHOWN_PEOPLE + 1]) if wanted else [],
        "shown_people": SHOWN_PEOPLE,
        "totals": _totals(staff.values()),
        "may_write": request.acting.may(Verb.ORG_WRITE),
        "may_merge": _may_merge(request),
        "may_roster": bool(request.acting.verbs & {Verb.ROSTER_IMPORT, Verb.ROSTER_EXPORT}),
    }
    return render(request, "desk/org/index.html", context)


CHIPS = {
    "no_chair": "主席空缺",
    "chairs": "主席多于一人",
    "committees": "主席未进两委",
    "term_over": "届满未换",
    "term_near": "即将届满",
    "no_term": "未登记届次",
    "size": "执委人数不符",
    "vice": "副主席偏少",
    "share": "基层占比偏低",
    "seconded": "挂职超期",
}
GROUPS = (
    (UnitKind.SUBUNIT, "内设与功能区组织（本地代码）"),
    (UnitKind.DEPARTMENT, "成员单位"),
    (UnitKind.SCHOOL, "学校"),
    (UnitKind.SUPPLIER, "服务机构"),
    (UnitKind.HOSPITAL, "医疗机构"),
    (UnitKind.ASSESSOR, "考核评估组"),
)


def _groups(staff: Iterable[Staffing]) -> list[tuple[str, list[Staffing]]]:
    """Bodies that are no federation, by kind; kinds that are absent are left out."""
    by_kind: dict[str, list[Staffing]] = {}
    for one in staff:
        by_kind.setdefault(one.unit.kind, []).append(one)
    return [(label, by_kind[kind]) for kind, label in GROUPS if kind in by_kind]


def _totals(staff: Iterable[Staffing]) -> dict[str, object]:
    federations = [one for one in staff if one.facts]
    expected = sum(one.facts.expected for one in federations if one.facts)
    return {
        "towns": sum(1 for one in federations if one.facts and one.facts.level is Level.TOWN),
        "villages": sum(1 for one in federations if one.facts and one.facts.level is Level.VILLAGE),
        "executives": sum(one.facts.executives for one in federations if one.facts),
        "note": f"核定 {expected:,} 人" if expected else "",
        "vacant": sum(1 for one in federations if one.facts and not one.facts.chairs),
    }


# ---------------------------------------------------------------- one body


@may(Verb.ORG_READ)
@require_GET
def unit(request: ActingRequest, pk: int) -> HttpResponse:
    """Who sits in a body, its terms, what is worth a look, what lies below, who sat there before."""
    body = _unit(request, pk)
    today = clock.today()
    staff = queries.staffing(body.place, today)
    posts = list(body.posts.select_related("officer", "term").order_by("starts_on", "id"))
    standing = [p for p in posts if (min(p.ends_on, p.ended_on) if p.ended_on else p.ends_on) >= today]
    shown = set(standing)
    context = {
        "body": body,
        "place": queries.place_name(body.place),
        "local": codes.is_local(body.place),
        "staff": staff.get(body.pk),
        "roles": [
            (role.label, seats)
            for role in PostRole
            if (seats := [(post, _masked(post.officer)) for post in standing if post.role == role])
        ],
        "history": [post for post in reversed(posts) if post not in shown],
        "terms": list(body.terms.order_by("-starts_on")),
        "below": [one for one in staff.values() if one.unit.parent_id == body.pk],
        "today": today,
        "may_write": request.acting.may(Verb.ORG_WRITE) and body.active_to is None,
        "may_reveal": request.acting.may(Verb.REVEAL_IDENTITY),
        "may_export": request.acting.may(Verb.ROSTER_EXPORT),
        "show_committees": codes.level_of(body.place) is Level.VILLAGE,
    }
    return render(request, "desk/org/unit.html", context)


def _masked(officer: Officer) -> str:
    return masking.mask_phone(officer.phone.reveal()) if officer.phone else ""


def _unit(request: ActingRequest, pk: int) -> Unit:
    """A body in the reader's range. Names of bodies are known to all; what is in them is not, so others are not found."""
    found = Unit.objects.select_related("parent").filter(pk=pk).first()
    if found is None or not codes.contains(request.acting.place, found.place):
        raise Http404
    return found


def _officer(pk: int) -> Officer:
    try:
        return Officer.objects.get(pk=pk)
    except Officer.DoesNotExist as error:
        raise Http404 from error


def _own(request: ActingRequest) -> int | None:
    """The officer who acts: nobody gives herself a post."""
    officer_id: int | None = getattr(request.user, "officer_id", None)
    return officer_id


def _closed(request: ActingRequest) -> frozenset[str]:
    """The roles that keep each other in check and that she may not touch."""
    return policy.current().closed_to(request.acting.verbs)


def _post(pk: int) -> Post:
    try:
        return Post.objects.select_related("unit", "officer").get(pk=pk)
    except Post.DoesNotExist as error:
        raise Http404 from error


# ---------------------------------------------------------------- writes: one page each, of one form


def _ask(
    request: ActingRequest,
    form: django_forms.Form,
    do: Callable[[dict[str, Any]], str],
    *,
    title: str,
    back: str,
    back_label: str,
    button: str = "保存",
    subtitle: str = "",
    danger: str = "",
) -> HttpResponse:
    """Show a form; when it is sent and sound, ``do`` it, say what was done, and go back. A refusal is shown on the form."""
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, do(form.cleaned_data))
            return redirect(back)
        except OrgRefused as refused:
            form.add_error(None, str(refused))
    if request.method == "POST":
        status = 422
    context = {
        "form": form,
        "title": title,
        "subtitle": subtitle,
        "back": back,
        "back_label": back_label,
        "button": button,
        "danger": danger,
        "days": {name for name, field in form.fields.items() if isinstance(field, forms.DayField)},
    }
    return render(request, "desk/org/form.html", context, status=status)


def _page_of(body: Unit) -> dict[str, str]:
    return {"back": reverse("org:unit", args=[body.pk]), "back_label": body.short_name}


@may(Verb.ORG_WRITE)
def edit_unit(request: ActingRequest, pk: int) -> HttpResponse:
    body = _unit(request, pk)
    known = {key: getattr(body, key) for key in ("name", "short_name", "executives_expected")}

    def do(data: dict[str, Any]) -> str:
        actions.edit_unit(unit=body, **data)
        return "已保存。"

    form = forms.UnitForm(request.POST or None, initial=known)
    return _ask(request, form, do, title="修改单位", **_page_of(body))


@may(Verb.ORG_WRITE)
def appoint(request: ActingRequest, pk: int) -> HttpResponse:
    """Give a post: to somebody new, or with ``?person=`` to an officer already known."""
    body = _unit(request, pk)
    given = request.GET.get("person", "")
    known = _officer(int(given)) if given.isdecimal() else None
    terms = list(body.terms.order_by("-starts_on"))
    initial = {"starts_on": clock.today(), "term": str(terms[0].pk) if terms else ""}
    data = request.POST or None
    form: forms.PostFields = (
        forms.PostFields(data, initial=initial) if known else forms.AppointNewForm(data, initial=initial)
    )
    form.set_terms(terms)
    form.leave_out(_closed(request))

    def do(data: dict[str, Any]) -> str:
        term = next((term for term in terms if str(term.pk) == data["term"]), None)
        ends_on = data["ends_on"] or (
            term.ends_on if term else rules.last_day(data["starts_on"], rules.term_years(body.level, data["starts_on"]))
        )
        person = known or _same_person(body, data["name"], data["phone"])
        if person is not None and person.pk == _own(request):
            raise OrgRefused("不能给自己登记职务，请由其他有权限的人员办理。")
        details = {} if person else {key: data[key] for key in forms.OfficerFields.base_fields if key in data}
        post = actions.appoint(
            unit=body,
            role=PostRole(data["role"]),
            starts_on=data["starts_on"],
            ends_on=ends_on,
            person=person,
            term=term,
            in_two_committees=data["in_two_committees"],
            closed=_closed(request),
            **details,
        )
        return f"已登记{post.officer.name}任{post}，任期至 {post.ends_on}。"

    title = f"{known.name}再任一职" if known else "登记任职"
    subtitle = "权限随任职生效和到期。同名同手机号的按同一个人处理。"
    return _ask(request, form, do, title=title, subtitle=subtitle, button="登记", **_page_of(body))


def _same_person(body: Unit, name: str, phone: str) -> Officer | None:
    """The officer meant by a name and a phone, if she is known."""
    if phone:
        return queries.officer_by_phone(name, phone)
    if Officer.objects.filter(name=name, posts__unit=body).exists():
        raise OrgRefused(f"{body.short_name}已有同名的{name}。是同一人的，请在其任职旁点“再任职”；不是的，请填手机号。")
    return None


@may(Verb.ORG_WRITE)
def open_term(request: ActingRequest, pk: int) -> HttpResponse:
    body = _unit(request, pk)
    last = body.terms.order_by("-number").first()
    starts_on = last.ends_on + dt.timedelta(days=1) if last else clock.today()
    initial = {
        "number": last.number + 1 if last else 1,
        "starts_on": starts_on,
        "years": rules.term_years(body.level, starts_on),
    }

    def do(data: dict[str, Any]) -> str:
        term = actions.open_term(unit=body, **data)
        return f"已登记{term}：{term.starts_on} 至 {term.ends_on}。"

    subtitle = "区县、乡镇妇联每届五年；村（社区）随村（居）委会换届，2018 年底起五年，之前三年。"
    form = forms.TermForm(request.POST or None, initial=initial)
    return _ask(request, form, do, title="登记新一届", subtitle=subtitle, button="登记", **_page_of(body))


@may(Verb.ORG_WRITE)
def add_unit(request: ActingRequest, pk: int) -> HttpResponse:
    body = _unit(request, pk)

    def do(data: dict[str, Any]) -> str:
        made = actions.add_unit(parent=body, **{**data, "kind": UnitKind(data["kind"])})
        return f"已添加{made.short_name}，代码 {made.place}。"

    form = forms.AddUnitForm(request.POST or None, initial=forms.today_first(clock.today()))
    return _ask(request, form, do, title=f"在{body.short_name}下添加单位", button="添加", **_page_of(body))


@may(Verb.ORG_WRITE)
def close_unit(request: ActingRequest, pk: int) -> HttpResponse:
    body = _unit(request, pk)
    if body.pk == request.acting.unit_id:
        raise Http404

    def do(data: dict[str, Any]) -> str:
        actions.close_unit(unit=body, on=data["on"])
        return f"{body.short_name}已于 {data['on']} 撤并，在任的职务同日终止。"

    form = forms.OnForm(request.POST or None, initial=forms.today_first(clock.today()))
    return _ask(
        request,
        form,
        do,
        title=f"撤并{body.short_name}",
        subtitle="在任的职务在这一天终止；历史记录都保留。",
        button="撤并",
        danger="撤并后不能恢复。确定撤并吗？",
        **_page_of(body),
    )


@may(Verb.ORG_WRITE)
def end_post(request: ActingRequest, pk: int) -> HttpResponse:
    post = _post(pk)

    def do(data: dict[str, Any]) -> str:
        actions.end_post(post=post, on=data["on"], reason=data["reason"], closed=_closed(request))
        return f"已登记{post.officer.name}离任，{post}的权限在 {data['on']} 之后终止。"

    form = forms.EndForm(request.POST or None, initial=forms.today_first(clock.today()))
    title = f"登记离任：{post.officer.name}"
    return _ask(request, form, do, title=title, subtitle=str(post), button="登记离任", **_page_of(post.unit))


@may(Verb.ORG_WRITE)
def edit_officer(request: ActingRequest, pk: int) -> HttpResponse:
    officer = _officer(pk)
    post = officer.posts.select_related("unit").order_by("-starts_on").first()

    def do(data: dict[str, Any]) -> str:
        phone = "" if data.pop("no_phone") else data["phone"] or None
        del data["phone"]
        changed = actions.edit_officer(person=officer, phone=phone, **data)
        return "已保存。" if changed else "没有改动。"

    form = forms.OfficerForm(officer, request.POST or None)
    place = _page_of(post.unit) if post else {"back": reverse("org:index"), "back_label": "组织与名册"}
    return _ask(request, form, do, title=f"修改人员资料：{officer.name}", **place)


@may(Verb.REVEAL_IDENTITY)
def phone(request: ActingRequest, pk: int) -> HttpResponse:
    """Show an officer's whole number once, for a reason that is kept."""
    officer = _officer(pk)
    form = forms.ReasonForm(request.POST or None)
    number = ""
    if request.method == "POST" and form.is_valid() and officer.phone:
        number = officer.phone.reveal()
        trail.append(
            stream=f"officer:{officer.pk}",
            verb="people.reveal",
            subject=f"officer:{officer.pk}",
            place=officer.place,
            summary={"name": officer.name, "field": "手机号", "reason": form.cleaned_data["reason"]},
        )
    post = officer.posts.select_related("unit").order_by("-starts_on").first()
    context = {"officer": officer, "form": form, "number": number, "body": post.unit if post else None}
    return render(request, "desk/org/phone.html", context)


def _may_merge(request: ActingRequest) -> bool:
    return request.acting.may(Verb.ORG_WRITE) and request.acting.level is Level.DISTRICT


@may(Verb.ORG_WRITE)
def merge(request: ActingRequest) -> HttpResponse:
    """A place merges into another: an operation of the district."""
    if not _may_merge(request):
        raise Http404
    places = _places(request.acting.place)
    form = forms.MergeForm(request.POST or None, initial=forms.today_first(clock.today()))
    for name in ("old", "into"):
        field = form.fields[name]
        assert isinstance(field, django_forms.ChoiceField)
        field.choices = [("", "请选择"), *places]

    def do(data: dict[str, Any]) -> str:
        gone = actions.merge_division(**data)
        return f"{gone.short_name}已并入{queries.place_name(data['into'])}。"

    return _ask(
        request,
        form,
        do,
        title="区划撤并",
        subtitle="例如一个村并入一个社区。在办的申请和居民档案转到并入的区划接着办，已办结的记录和统计保留原代码；原妇联组织和任职同日终止。",
        button="办理撤并",
        danger="撤并后不能恢复。请再核对撤并和并入的区划。",
        back=reverse("org:index"),
        back_label="组织与名册",
    )


def _places(district: str) -> list[tuple[str, str | list[tuple[str, str]]]]:
    """Towns, and villages grouped by town."""
    lo, hi = codes.subtree(district)
    divisions = list(Division.objects.filter(code__gt=lo, code__lt=hi, valid_to__isnull=True).order_by("code"))
    towns = {d.code: d.short_name for d in divisions if codes.level_of(d.code) is Level.TOWN}
    grouped: dict[str, list[tuple[str, str]]] = {}
    for one in divisions:
        if codes.level_of(one.code) is Level.VILLAGE:
            grouped.setdefault(codes.town_of(one.code), []).append((one.code, one.short_name))
    villages: list[tuple[str, str | list[tuple[str, str]]]] = [(towns.get(c, c), rows) for c, rows in grouped.items()]
    return [*villages, ("乡镇街道", list(towns.items()))]


# ---------------------------------------------------------------- the roster


@may(Verb.ROSTER_IMPORT, Verb.ROSTER_EXPORT)
def roster(request: ActingRequest) -> HttpResponse:
    """In and out on one page; a file that came in is answered row by row, a long one in the background."""
    form = forms.ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        request.acting.require(Verb.ROSTER_IMPORT)
        if form.is_valid():
            upload = form.cleaned_data["file"]
            try:
                begun = transfers.ask(kind=table.IMPORT, data=upload.read(), title=str(upload.name), by=request.acting)
            except SheetError as error:
                form.add_error("file", str(error))
            else:
                return redirect("transfers:show", begun.pk)
    given = request.GET.get("unit", "")
    body = _unit(request, int(given)) if given.isdecimal() else None
    export_form = forms.ExportForm(initial={"unit": body.pk if body else None})
    return _roster_page(request, form, export_form, body, status=422 if request.method == "POST" else 200)


def _roster_page(
    request: ActingRequest, form: forms.ImportForm, export_form: forms.ExportForm, body: Unit | None, status: int
) -> HttpResponse:
    context = {
        "form": form,
        "export_form": export_form,
        "body": body,
        "columns": table.ROSTER.columns,
        "may_import": request.acting.may(Verb.ROSTER_IMPORT),
        "may_export": request.acting.may(Verb.ROSTER_EXPORT),
        "may_reveal": request.acting.may(Verb.REVEAL_IDENTITY),
        "recent": kept.mine(table.IMPORT)[:5],
    }
    return render(request, "desk/org/roster.html", context, status=status)


@may(Verb.ROSTER_IMPORT)
@require_GET
def template(request: ActingRequest) -> HttpResponseBase:
    """An empty roster to fill in."""
    return workbook("妇联组织名册模板", lambda out: write_template(out, table.ROSTER))


@may(Verb.ROSTER_EXPORT)
@require_POST
def export(request: ActingRequest) -> HttpResponseBase:
    """The roster as Excel, of the range or of one body; whole phones need the verb and a reason."""
    form = forms.ExportForm(request.POST)
    if not form.is_valid():
        given = request.POST.get("unit", "")
        body = _unit(request, int(given)) if given.isdecimal() else None
        return _roster_page(request, forms.ImportForm(), form, body, status=422)
    data = form.cleaned_data
    if data["full"]:
        request.acting.require(Verb.REVEAL_IDENTITY)
    body = _unit(request, data["unit"]) if data["unit"] else None
    name = body.short_name if body else request.acting.unit_name
    return workbook(
        f"{name}名册{clock.today():%Y%m%d}",
        lambda out: table.export_file(
            out,
            place=request.acting.place,
            unit=body,
            ended=data["ended"],
            full_phones=data["reason"] if data["full"] else "",
        ),
    )
