"""Paper in and out: the sheet to sign, the poster with the code, and a list from paper entered with every name decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from niangjia.attendance import actions, queries, rules
from niangjia.attendance.actions import Entrant
from niangjia.attendance.kinds import Half
from niangjia.attendance.models import Participant, Session
from niangjia.attendance.rules import Known
from niangjia.core import clock, identity
from niangjia.core.refused import Refused
from niangjia.letters import pdf
from niangjia.letters.kinds import Column, SheetError, Table
from niangjia.letters.sheets import read_table, write_template
from niangjia.org import queries as org
from niangjia.people import queries as people
from niangjia.people.models import Person
from niangjia.web.desk import sought
from niangjia.web.desk.attendance import forms
from niangjia.web.desk.attendance.tapping import half_asked
from niangjia.web.desk.attendance.views import MARK, above, address, found
from niangjia.web.desk.choices import choose
from niangjia.web.downloads import shown, workbook
from niangjia.web.guard import ActingRequest, may

NUMBER_CONTEXT = "web_paper.id_number"
MOST_LINES = 500
NEW, SKIP = "new", "skip"
TABLE = Table(
    "sign_in",
    "签到表",
    (
        Column("name", "姓名", parse=identity.parse_name, required=True, example="张桂芳", aliases=("名字", "签名")),
        Column("number", "身份证号", parse=lambda text: identity.parse_id(text), width=22, note="可以不填，15位旧号也可以", aliases=("证件号", "身份证号码")),
        Column("remark", "备注", width=20, aliases=("组别",)),
    ),
)  # fmt: skip


@dataclass(slots=True)
class Written:
    """One line of the paper: what stands there, who it may be, and what was chosen."""

    key: int
    name: str
    remark: str = ""
    sealed: str = ""
    notes: list[str] = field(default_factory=list)
    options: list[tuple[str, str]] = field(default_factory=list)
    chosen: str = ""
    error: str = ""


def _propose(one: Session, lines: list[Written]) -> list[Written]:
    """Who each line may be. Only one name that is the very same, or the very number, is chosen beforehand."""
    women = {woman.pk: woman for woman in queries.roster(one.subject)}
    known = {pk: Known(pk, woman.name, woman.initials) for pk, woman in women.items()}
    indexes = {line.key: people.id_index(number) for line in lines if (number := _number(line))}
    persons = {
        bytes(index or b""): pk
        for pk, index in Person.objects.filter(id_index__in=list(indexes.values())).values_list("pk", "id_index")
    }
    by_person = {woman.person_id: known[pk] for pk, woman in women.items() if woman.person_id is not None}
    for line in lines:
        index = indexes.get(line.key)
        same = by_person.get(persons.get(index, 0)) if index else None
        near = [same] if same else rules.candidates(line.name, list(known.values()))
        line.options = [(str(each.participant_id), _label(women[each.participant_id])) for each in near]
        exact = [each for each in near if each.name == line.name]
        if same is not None:
            line.chosen = line.chosen or str(same.participant_id)
            if same.name != line.name:
                line.notes.append(f"证件号与名册上的{same.name}相同")
        elif len(exact) == 1:
            line.chosen = line.chosen or str(exact[0].participant_id)
        elif len(exact) > 1:
            line.notes.append("名册上有同名的人，请选一位")
        else:
            line.notes.append("名册上没有这个名字" + ("，可能是下面的人" if near else ""))
        if line.chosen not in (NEW, SKIP, *dict(line.options)):
            line.chosen = ""  # whom she chose is no longer offered
    return lines


def _label(woman: Participant) -> str:
    place = org.place_name(woman.home) if woman.home else ""
    return "　".join(part for part in (woman.name, woman.remark, place) if part)


def _number(line: Written) -> str:
    return sought.from_token(line.sealed, NUMBER_CONTEXT)


@may(MARK)
def upload(request: ActingRequest, pk: int) -> HttpResponse:
    """A sheet or a list of names; what comes back are proposals, and nothing is entered yet."""
    one = found(pk)
    form = forms.PaperForm(request.POST or None, initial={"half": half_asked(request, one)})
    choose(form, "half", [(half.value, half.label) for half in one.halves])
    if request.method == "POST" and form.is_valid():
        lines, errors = _written(request, form.cleaned_data["names"])
        for error in errors[:20]:
            form.add_error(None, error)
        if not lines and not errors:
            form.add_error(None, "没有读到姓名。请选择签到表（.xlsx），或把姓名一行一个写在下面。")
        if not form.errors:
            return _proposals(request, one, Half(form.cleaned_data["half"]), _propose(one, lines))
    context = {"one": one, "up": above(one), "form": form}
    return render(request, "desk/attendance/paper.html", context, status=422 if form.errors else 200)


def _written(request: ActingRequest, names: str) -> tuple[list[Written], list[str]]:
    """The lines of the sheet, or of the text field, and what cannot be read, by row."""
    lines: list[Written] = []
    errors: list[str] = []
    sent = request.FILES.get("file")
    if sent is not None:
        try:
            for row in read_table(sent.read(), TABLE):
                errors += [str(error) for error in row.errors]
                number = row.values["number"]
                line = Written(row.number, str(row.values["name"] or ""), str(row.values["remark"] or "")[:40])
                if isinstance(number, identity.IdNumber):
                    line.sealed = sought.to_token(number.number, NUMBER_CONTEXT)
                    if number.converted:
                        line.notes.append("15位旧证号已换算为18位")
                lines.append(line)
        except SheetError as error:
            errors.append(str(error))
    for at, text in enumerate(names.splitlines(), 1):
        if text.strip():
            try:
                lines.append(Written(10_000 + at, identity.parse_name(text)))
            except identity.IdentityError as error:
                errors.append(f"第{at}行“{text.strip()[:20]}”：{error}")
    if len(lines) > MOST_LINES:
        errors.append(f"一次最多补录{MOST_LINES}人，现有{len(lines)}人。请分几次录。")
    return lines, errors


def _proposals(request: ActingRequest, one: Session, half: Half, lines: list[Written], *, reason: str = "", problem: str = "") -> HttpResponse:  # fmt: skip
    lines.sort(key=lambda line: (bool(line.chosen), line.key))
    context = {
        "one": one, "up": above(one), "half": half, "lines": lines, "problem": problem, "reason": reason,
        "open": sum(not line.chosen for line in lines), "asks_reason": bool(problem) or one.closed_at is not None,
    }  # fmt: skip
    return render(request, "desk/attendance/proposals.html", context, status=422 if problem else 200)


@may(MARK)
@require_POST
def enter(request: ActingRequest, pk: int) -> HttpResponse:
    """Enter the lines as decided: a woman of the roster, a new one, or nobody. The same paper entered again changes nothing."""
    one = found(pk)
    half = half_asked(request, one)
    lines = _decided(request)
    reason = request.POST.get("reason", "")
    _propose(one, lines)
    if any(not line.chosen for line in lines):
        return _proposals(request, one, half, lines, reason=reason, problem="还有名字没有定下来，请逐个选择。")
    chosen = [line.chosen for line in lines if line.chosen not in (NEW, SKIP)]
    if len(set(chosen)) < len(chosen):
        for line in lines:
            line.error = "两行选了同一个人。" if chosen.count(line.chosen) > 1 else ""
        return _proposals(request, one, half, lines, reason=reason, problem="两行选了同一个人，请改正。")
    try:
        women = [_woman(line) for line in lines if line.chosen != SKIP]
        actions.back_fill(session_id=pk, half=half, women=women, reason=reason, by=request.acting)
    except (Refused, identity.IdentityError) as refused:
        return _proposals(request, one, half, lines, reason=reason, problem=str(refused))
    skipped = len(lines) - len(women)
    messages.success(request, f"已补录{len(women)}人" + (f"，{skipped}人不录。" if skipped else "。"))
    return redirect("attendance:session", pk)


def _decided(request: ActingRequest) -> list[Written]:
    given = request.POST
    lines = []
    for key in given.getlist("line")[:MOST_LINES]:
        if key.isdigit():
            lines.append(
                Written(
                    int(key),
                    given.get(f"name-{key}", "")[:60],
                    given.get(f"remark-{key}", "")[:40],
                    given.get(f"sealed-{key}", ""),
                    chosen=given.get(f"who-{key}", ""),
                )
            )
    return lines


def _woman(line: Written) -> int | Entrant:
    """Whom a line means: a woman of the roster by her id there, or a new one. Raises IdentityError for what is no name."""
    if line.chosen != NEW:
        return int(line.chosen)
    return Entrant(identity.parse_name(line.name), remark=line.remark, number=_number(line))


@may(MARK)
@require_GET
def template(request: ActingRequest, pk: int) -> HttpResponseBase:
    """An empty sheet to fill in."""
    found(pk)
    return workbook("签到表模板", lambda out: write_template(out, TABLE))


def _as_pdf(request: ActingRequest, one: Session, layout: str, data: Any, name: str) -> HttpResponseBase:
    try:
        made = pdf.render(layout, data)
    except pdf.NoFont as missing:
        messages.error(request, str(missing))
        return redirect("attendance:session", one.pk)
    return shown(f"{name}-{one.pk}.pdf", made)


def _head(one: Session) -> dict[str, str]:
    starts, ends = one.starts_at.astimezone(clock.CHINA), one.ends_at.astimezone(clock.CHINA)
    return {
        "title": one.title, "unit": one.unit.name, "venue": one.venue, "host": one.host,
        "when": f"{starts:%Y年%m月%d日 %H:%M}—{ends:%H:%M}",
    }  # fmt: skip


@may(MARK)
@require_POST
def sheet(request: ActingRequest, pk: int) -> HttpResponseBase:
    """The list to sign by hand: every name of the roster, and empty lines for those who come besides. Printing it is noted."""
    one = found(pk)
    women = list(queries.roster(one.subject))
    actions.note_print(session_id=pk, count=len(women), by=request.acting)
    names = [[str(at), woman.name, woman.remark] for at, woman in enumerate(women, 1)]
    empty = [[str(at), "", ""] for at in range(len(women) + 1, len(women) + 11)]
    data = {**_head(one), "halves": [half.label if one.twice else "签名" for half in one.halves], "rows": names + empty}
    return _as_pdf(request, one, "sign_in_sheet", data, "sheet")


@may(MARK)
@require_GET
def poster(request: ActingRequest, pk: int) -> HttpResponseBase:
    """The code to hang on the wall, one page a sitting."""
    one = found(pk)
    if one.rotating:
        messages.error(request, "这一场的码每分钟更换，不能打印。请用屏幕显示，或换成不更换的码。")
        return redirect("attendance:session", pk)
    pages = [
        {**_head(one), "half": half.label if one.twice else "", "qr": pdf.qr(address(request, one, half))}
        for half in one.halves
    ]
    return _as_pdf(request, one, "sign_in_poster", pages, "poster")
