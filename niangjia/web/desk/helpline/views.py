"""The line at the desk: who is on duty and what lies there, one matter, and the form one fills while she talks."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import model_to_dict
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from niangjia.access.acting import Acting
from niangjia.access.verbs import Verb
from niangjia.core import clock, codes, counting
from niangjia.core.codes import Level
from niangjia.core.fields import Sealed
from niangjia.core.refused import Refused
from niangjia.helpline import actions, queries, rules
from niangjia.helpline.kinds import ENDED, LIVE, Risk, State
from niangjia.helpline.models import Matter
from niangjia.letters.word import letter_document
from niangjia.org import queries as org
from niangjia.web.desk.ask import ask, found, press
from niangjia.web.desk.choices import choose, place_choices
from niangjia.web.desk.due import due_words
from niangjia.web.desk.helpline import forms
from niangjia.web.desk.helpline.acts import ACTS, offered
from niangjia.web.downloads import download
from niangjia.web.guard import ActingRequest, may
from niangjia.web.refusals import show_refusal

RECEIVE, HANDLE, SUPERVISE = Verb.HELPLINE_RECEIVE, Verb.HELPLINE_HANDLE, Verb.HELPLINE_SUPERVISE
PAGE: Final = 40
TONES: Final = {
    State.HELD: "warn", State.RECEIVED: "due", State.TRIAGED: "due", State.ACCEPTED: "tea", State.REFERRED: "tea", State.IN_HAND: "tea",
    State.ADVISED: "plum", State.REPLIED: "plum", State.FOLLOWED_UP: "plum", State.CLOSED: "ok", State.WITHDRAWN: "plain",
}  # fmt: skip
RISKS: Final = {Risk.EMERGENCY: "bad", Risk.HIGH: "bad", Risk.MIDDLE: "warn", Risk.LOW: "plain"}
UP: Final = ("妇女来件", "helpline:index")


@dataclass(frozen=True, slots=True)
class Row:
    """A matter as lists show it: number, place, how far it is; nothing of what she said."""

    matter: Matter
    place: str
    tone: str
    risk_tone: str
    due: str
    due_class: str


def _row(matter: Matter, today: dt.date) -> Row:
    due, shade = "", ""
    if matter.state in LIVE:
        due, shade = due_words(matter.due_on, today, urgent=matter.risk == Risk.EMERGENCY)
    risk = RISKS[Risk(matter.risk)] if matter.risk else ""
    return Row(matter, org.place_name(matter.place), TONES[State(matter.state)], risk, due, shade)


@may(HANDLE, RECEIVE)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """Mine, all open, held, ended; found by number alone. Who only enters sees the way in."""
    acting, today = request.acting, clock.today()
    if not acting.may(HANDLE):
        return redirect("helpline:enter")
    number = request.GET.get("number", "").strip()
    if number:
        wanted = queries.by_number(number)
        if wanted is not None:
            return redirect("helpline:show", wanted.pk)
    shows = {
        "mine": ("我的", queries.open_matters().filter(queries.mine(acting))),
        "open": ("全部在办", queries.open_matters()),
        "held": ("待甄别", queries.matters().filter(state=State.HELD)),
        "ended": ("已办结", queries.matters().filter(state__in=ENDED).order_by("-closed_at")),
    }
    show = request.GET.get("show", "mine")
    if show not in shows:
        raise Http404
    counts = counting.count_all(
        queries.waiting(acting, today) | {f"tab_{key}": rows for key, (_, rows) in shows.items() if key != "ended"}
    )
    page = Paginator(shows[show][1], PAGE).get_page(request.GET.get("page"))
    is_district = acting.level is Level.DISTRICT
    duty = queries.duty(acting.place, today)
    context = {
        "tabs": [(key, label, key == show, counts.get(f"tab_{key}")) for key, (label, _) in shows.items()],
        "show": show, "page": page, "rows": [_row(matter, today) for matter in page], "number": number, "duty": duty,
        "is_district": is_district, "may_supervise": acting.may(SUPERVISE), "may_receive": acting.may(RECEIVE),
        "waiting": counts, "hours": queries.limits(today).emergency_hours,
        "needs_key": duty is not None and acting.account_id in (duty.handler_account, duty.supervisor_account)
        and not queries.keys_of([acting.account_id]).exists(),
    }  # fmt: skip
    return render(request, "desk/helpline/index.html", context)


@may(RECEIVE)
@sensitive_post_parameters()
def enter(request: ActingRequest) -> HttpResponse:
    """Write down what she says while she says it. Then the code is read out to her."""
    acting = request.acting
    home = codes.district_of(acting.place)
    way = "HOTLINE" if acting.level is Level.DISTRICT else "RELAYED"
    form = forms.EnterForm(request.POST or None, initial={"token": uuid.uuid4(), "way": way, "place": acting.place})
    choose(form, "place", [*place_choices(acting.place), (home, "不清楚")])
    if request.method == "POST" and form.is_valid():
        try:
            received = actions.receive(entry=form.entry(home), by=acting)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            return render(
                request, "desk/helpline/entered.html", {"received": received, "may_handle": acting.may(HANDLE)}
            )
    context = {"form": form, "may_handle": acting.may(HANDLE)}
    return render(request, "desk/helpline/enter.html", context, status=422 if request.method == "POST" else 200)


def _review_by(matter: Matter) -> dt.date | None:
    """Until when she may ask for a review of the answer to what she reported."""
    if matter.answered_at is None or not rules.is_petition(matter.kind):
        return None
    day = localdate(matter.answered_at)
    return rules.review_by(day, queries.limits(day))


def _revealed(words: Sealed | None) -> str:
    return words.reveal() if words else ""


@may(HANDLE)
@require_GET
def show(request: ActingRequest, pk: int) -> HttpResponse:
    """What she said and what was done. Opening it leaves a trail entry."""
    matter, today = found(lambda: actions.open_matter(matter_id=pk, by=request.acting)), clock.today()
    two = [matter.handler_account, matter.supervisor_account]
    context = {
        "matter": matter, "row": _row(matter, today), "today": today, "held": matter.state == State.HELD,
        "acts": offered(matter) if matter.state != State.HELD else [], "follow_ups": matter.follow_ups.all(),
        "said": {name: _revealed(getattr(matter, name)) for name in queries.WORDS},
        "steps": [(one, _revealed(one.note)) for one in matter.steps.all()],
        "exchange": [(one, _revealed(one.text)) for one in matter.messages.all()],
        "letters": [(one, _revealed(one.answer)) for one in queries.letters(matter)],
        "mediations": [(one, _revealed(one.parties), _revealed(one.agreement)) for one in matter.mediations.all()],
        "flags": [label for name, label in forms.VULNERABLE.items() if getattr(matter, name)],
        "review_by": _review_by(matter), "keys": list(queries.keys_of(two).values("id", "public")) if matter.envelope else [],
    }  # fmt: skip
    return render(request, "desk/helpline/show.html", context)


@may(HANDLE)
@sensitive_post_parameters()
def act(request: ActingRequest, pk: int, key: str) -> HttpResponse:
    """Do one thing to a matter."""
    if key not in ACTS:
        raise Http404
    matter, chosen, url = found(lambda: queries.matter(pk)), ACTS[key], reverse("helpline:show", args=[pk])
    if State(matter.state) not in chosen.when:
        messages.info(request, f"这件来件现在是“{matter.get_state_display()}”，不能再“{chosen.label}”。")
        return redirect(url)
    form = chosen.form(request.POST or None, initial={"revision": matter.revision, **chosen.initial(matter)})
    chosen.choices(form, matter, request.acting)

    def then() -> str:
        """She may have handed it to somebody else, and sees it no more."""
        return url if queries.matters().filter(pk=pk).exists() else reverse("helpline:index")

    return ask(
        request, form, lambda data: chosen.do(matter, data, request.acting), title=chosen.label, button=chosen.label, back=url,
        up=[(UP[0], reverse(UP[1])), (matter.number, url)], subtitle=chosen.subtitle, then=then,
    )  # fmt: skip


@may(HANDLE)
@require_POST
def release(request: ActingRequest, pk: int) -> HttpResponse:
    """It is no abuse after all."""
    url = reverse("helpline:show", args=[pk])
    return press(request, lambda: actions.release(matter_id=pk, by=request.acting), said="已放行，请研判。", back=url)


@may(HANDLE)
@require_POST
def set_aside(request: ActingRequest, pk: int) -> HttpResponse:
    """It is abuse."""
    url = reverse("helpline:show", args=[pk])
    return press(
        request, lambda: actions.set_aside(matter_id=pk, by=request.acting), said="已认定为骚扰或广告。", back=url
    )


@may(HANDLE)
@require_GET
def letter(request: ActingRequest, pk: int, referral: int) -> HttpResponse:
    """The letter as a Word file to print and seal. Its name tells its number alone."""
    sent = found(lambda: queries.letter(pk, referral))
    actions.open_matter(matter_id=pk, by=request.acting)
    text = [f"{sent.department.name}：", *sent.letter.reveal().split("\n")]
    ask_for = (
        f"请于{sent.answer_by:%Y年%m月%d日}前书面答复。认为不属贵单位职责的，请在{sent.object_by:%m月%d日}前提出。"
    )
    closing = [sent.matter.unit.name, f"{sent.sent_on:%Y年%m月%d日}"]
    title = f"{sent.get_kind_display()}（{sent.number}）"
    return download(f"{sent.number}.docx", letter_document(title, [*text, ask_for], closing))


@may(HANDLE)
@sensitive_post_parameters()
def letter_answer(request: ActingRequest, pk: int, referral: int) -> HttpResponse:
    """Write down what a department answered on paper."""
    sent, url = found(lambda: queries.letter(pk, referral)), reverse("helpline:show", args=[pk])
    form = forms.ReferralAnswerForm(request.POST or None)

    def do(data: dict[str, Any]) -> str:
        actions.answer_referral(referral_id=referral, by=request.acting, **data)
        return "已登记答复。"

    return ask(
        request, form, do, title="登记部门答复", button="登记", back=url, up=[(UP[0], reverse(UP[1])), (sent.matter.number, url)],
        subtitle=f"{sent.department.short_name}　{sent.number}",
    )  # fmt: skip


# ---------------------------------------------------------------- sealed by her browser


@may(HANDLE)
@require_POST
def unseal(request: ActingRequest, pk: int) -> HttpResponse:
    """What her browser sealed, and this account's keys as its own browser wrapped them; the passphrase stays there."""
    matter = found(lambda: actions.open_sealed(matter_id=pk, by=request.acting))
    wrapped = {str(key.pk): json.loads(key.wrapped) for key in queries.keys_ever(request.acting.account_id)}
    return JsonResponse({"envelope": json.loads(matter.envelope), "keys": wrapped})


@may(HANDLE)
@require_POST
@sensitive_post_parameters()
def reseal(request: ActingRequest, pk: int) -> HttpResponse:
    """One who could open it sealed it for those who answer for it now."""
    envelope, url = request.POST.get("envelope", ""), reverse("helpline:show", args=[pk])
    return press(
        request, lambda: actions.reseal(matter_id=pk, envelope=envelope, by=request.acting),
        said="已为现在的办理人和督办人重新封存。", back=url,
    )  # fmt: skip


@may(HANDLE)
@sensitive_post_parameters()
def key(request: ActingRequest) -> HttpResponse:
    """Make a key in one's own browser. The passphrase is known to nobody else and cannot be given back."""
    if request.method == "POST":
        try:
            actions.keep_key(
                public=request.POST.get("public", ""), wrapped=request.POST.get("wrapped", ""), by=request.acting
            )
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, "密钥已启用。值班期间，来件人可以选择只让您打开。")
            return redirect("helpline:index")
    current = queries.keys_of([request.acting.account_id]).first()
    return render(
        request, "desk/helpline/key.html", {"current": current}, status=422 if request.method == "POST" else 200
    )


# ---------------------------------------------------------------- roster and clocks


def _people(acting: Acting) -> dict[int, queries.Person]:
    """Who of her federation may answer for matters, by account."""
    return {one.account: one for one in queries.handlers(org.federation_of(acting.place))}


@may(SUPERVISE)
def duty(request: ActingRequest) -> HttpResponse:
    """Who is on duty from when on; a new line."""
    acting = request.acting
    people = _people(acting)
    form = forms.DutyForm(request.POST or None)
    for name in ("handler", "supervisor"):
        choose(form, name, [("", "请选择"), *((key, one.name) for key, one in people.items())])
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.set_duty(
                starts_on=data["starts_on"], handler=people[data["handler"]], supervisor=people[data["supervisor"]], by=acting
            )  # fmt: skip
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, "已排班。以前收到的来件仍由原来的人办理。")
            return redirect("helpline:duty")
    current = queries.duty(acting.place, clock.today())
    context = {"form": form, "lines": queries.duties(acting.place)[:20], "current": current}
    return render(request, "desk/helpline/duty.html", context, status=422 if request.method == "POST" else 200)


@may(SUPERVISE)
def pass_on(request: ActingRequest) -> HttpResponse:
    """Matters of one who left go to another."""
    acting = request.acting
    people = _people(acting)
    left = {
        account: name
        for line in queries.duties(acting.place)
        for account, name in ((line.handler_account, line.handler), (line.supervisor_account, line.supervisor))
        if account not in people
    }
    form = forms.PassOnForm(request.POST or None)
    choose(form, "left", [("", "请选择" if left else "没有离任的人"), *left.items()])
    choose(form, "to", [("", "请选择"), *((key, one.name) for key, one in people.items())])

    def do(data: dict[str, Any]) -> str:
        moved = actions.pass_on(from_account=data["left"], to=people[data["to"]], by=acting)
        return f"已移交{moved}件。"

    url = reverse("helpline:duty")
    return ask(
        request, form, do, title="移交离任人的来件", button="移交", back=url, up=[(UP[0], reverse(UP[1])), ("值班", url)],
        subtitle="只移交已离任的人的来件。接手的人须在值班表里。" if left else "值班表里的人都还在任，没有要移交的来件。",
    )  # fmt: skip


@may(SUPERVISE)
def terms(request: ActingRequest) -> HttpResponse:
    """The clocks from a day on."""
    now = queries.terms(clock.today())
    form = forms.TermsForm(request.POST or None, initial={**model_to_dict(now), "valid_from": clock.today()})

    def do(data: dict[str, Any]) -> str:
        actions.set_terms(valid_from=data.pop("valid_from"), values=data, by=request.acting)
        return "已保存，启用日期以后收到的来件按新期限。"

    subtitle = "" if now.confirmed else "紧急联系、首次答复和回访的天数是出厂时给的，没有文件依据，请区妇联确定。"
    url = reverse("helpline:index")
    return ask(request, form, do, title="办理期限", button="保存", back=url, up=[(UP[0], url)], subtitle=subtitle)


# ---------------------------------------------------------------- questions many ask


@may(HANDLE)
@require_GET
def answers(request: ActingRequest) -> HttpResponse:
    """What many ask, and how far each is."""
    rows = [
        (one, "已公开" if one.is_public else "已撤下" if one.withdrawn_at else "待公开")
        for one in queries.common_answers()
    ]
    return render(request, "desk/helpline/answers.html", {"rows": rows, "may_supervise": request.acting.may(SUPERVISE)})


@may(HANDLE)
def answer(request: ActingRequest, pk: int = 0) -> HttpResponse:
    """Write one down, or put it right."""
    if request.acting.level is not Level.DISTRICT:
        raise Http404
    form = forms.AnswerForm(
        request.POST or None, initial=model_to_dict(found(lambda: queries.common_answer(pk))) if pk else {}
    )

    def do(data: dict[str, Any]) -> str:
        actions.write_answer(by=request.acting, place=request.acting.place, answer_id=pk or None, **data)
        return "已保存，请另一位同事看过后公开。"

    url = reverse("helpline:answers")
    return ask(
        request, form, do, title="常见问答", button="保存", back=url, up=[(UP[0], reverse(UP[1])), ("常见问答", url)],
        subtitle="只写一般情况，看不出是谁的事。",
    )  # fmt: skip


@may(SUPERVISE)
@require_POST
def publish_answer(request: ActingRequest, pk: int) -> HttpResponse:
    """She has read it and lets it out."""
    url = reverse("helpline:answers")
    return press(request, lambda: actions.publish_answer(answer_id=pk, by=request.acting), said="已公开。", back=url)


@may(SUPERVISE)
@require_POST
def withdraw_answer(request: ActingRequest, pk: int) -> HttpResponse:
    """Off the public page."""
    url = reverse("helpline:answers")
    return press(request, lambda: actions.withdraw_answer(answer_id=pk, by=request.acting), said="已撤下。", back=url)
