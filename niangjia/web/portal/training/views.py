"""Classes one can sign up for, one's own, and the form of satisfaction. What is public comes from the public view."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import SafeString
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from niangjia.access import queries as access
from niangjia.access.acting import acting_as
from niangjia.access.verbs import Verb
from niangjia.core import codes
from niangjia.core.refused import Refused
from niangjia.org import queries as org
from niangjia.training import actions, queries
from niangjia.training.kinds import LIVE, QUESTIONS, EnrolmentState, Level
from niangjia.training.queries import PublicClass
from niangjia.web.desk.training.forms import SignUpForm
from niangjia.web.guard import ActingRequest, may, public
from niangjia.web.portal.page import page, sent, too_often
from niangjia.web.refusals import show_refusal

FORMS_AN_HOUR = 60  # a whole class behind one address
AN_HOUR = 3600
SCALE = [("5", "很满意"), ("4", "满意"), ("3", "一般"), ("2", "不太满意"), ("1", "不满意")]
WORDS = {
    EnrolmentState.APPLIED: "已报名，等待录取", EnrolmentState.WAITING: "名额已满，排在候补", EnrolmentState.ACCEPTED: "已录取，请按时来上课",
    EnrolmentState.ATTENDING: "正在上课", EnrolmentState.COMPLETED: "已结业", EnrolmentState.CERTIFIED: "已结业，证书已发",
    EnrolmentState.PLACED: "已结业，已就业创业", EnrolmentState.DROPPED: "没有完成", EnrolmentState.REFUSED: "没有录取",
    EnrolmentState.WITHDRAWN: "已取消报名",
}  # fmt: skip
TONES = {
    EnrolmentState.APPLIED: "due",
    EnrolmentState.WAITING: "tea",
    EnrolmentState.DROPPED: "warn",
    EnrolmentState.REFUSED: "warn",
    EnrolmentState.WITHDRAWN: "plain",
}


@public
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Classes that take names, those near first."""
    near = request.GET.get("near", "")
    near = near if codes.is_code(near) else ""
    found = queries.public_classes(near)
    context = {
        "classes": [(one, org.place_name(one.place), Level(one.level).label) for one in found],
        "towns": sorted({(codes.town_of(one.place), org.place_name(codes.town_of(one.place))) for one in found if codes.level_of(one.place) is not codes.Level.DISTRICT}),
        "near": near,
    }  # fmt: skip
    return page(request, "portal/training/index.html", context)


def _open(pk: int) -> PublicClass:
    found = queries.public_class(pk)
    if found is None:
        raise Http404("这个班现在不接受报名。")
    return found


@public
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    found = _open(pk)
    context = {"one": found, "place": org.place_name(found.place), "level": Level(found.level).label}
    return page(request, "portal/training/show.html", context)


@may(Verb.APPLY)
@sensitive_post_parameters()
def sign_up(request: ActingRequest, pk: int) -> HttpResponse:
    """She signs up on her phone, for herself or a woman of her household."""
    found = _open(pk)
    places = [("", "请选择"), *org.village_choices(codes.district_of(found.place))]
    form = SignUpForm(sent(request), places=places)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.enrol(course_id=pk, who=form.said(), by=request.acting, token=form.cleaned_data["token"])
        except Refused as refused:
            show_refusal(form, refused)
        else:
            waits = made.state == EnrolmentState.WAITING
            messages.success(
                request, "名额已满，已排在候补，有人退出会通知您。" if waits else "报名成功，录取后在这里看得到。"
            )
            return redirect("public_training:mine")
    context = {"form": form, "one": found}
    return page(request, "portal/training/sign_up.html", context, status=422 if form.errors else 200)


@may(Verb.OWN_READ)
@require_GET
def mine(request: ActingRequest) -> HttpResponse:
    """Classes she signed up for, and what became of it."""
    found = list(queries.own_enrolments(request.acting.account_id))
    named = queries.named([one.about for one in found])
    rows = [
        {
            "one": one, "said": WORDS[EnrolmentState(one.state)], "tone": TONES.get(EnrolmentState(one.state), "ok"),
            "place": org.place_name(one.course.place), "live": one.state in LIVE,
            "named": one.about in named,
            "may_withdraw": one.state in (EnrolmentState.APPLIED, EnrolmentState.WAITING, EnrolmentState.ACCEPTED) and request.acting.may(Verb.APPLY),
        }
        for one in found
    ]  # fmt: skip
    return page(request, "portal/training/mine.html", {"rows": rows})


@may(Verb.APPLY)
def withdraw(request: ActingRequest, pk: int) -> HttpResponse:
    """Take her name off, after asking once more."""
    one = queries.own_enrolments(request.acting.account_id).filter(pk=pk).first()
    if one is None:
        raise Http404
    if request.method == "POST":
        try:
            actions.withdraw(enrolment_id=pk, by=request.acting)
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, "已取消报名。")
        return redirect("public_training:mine")
    return page(request, "portal/training/withdraw.html", {"one": one})


@may(Verb.APPLY)
@require_POST
def hide_name(request: ActingRequest, pk: int) -> HttpResponse:
    """She takes her name off the page where her certificate is looked up."""
    if not queries.own_enrolments(request.acting.account_id).filter(pk=pk).exists():
        raise Http404
    actions.hide_name(enrolment_id=pk, by=request.acting)
    messages.success(request, "已撤回。证书查验页不再显示完整姓名。")
    return redirect("public_training:mine")


class FeedbackForm(forms.Form):
    """Four questions and a line; nothing that says who."""

    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    words = forms.CharField(
        label="想说的话", max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="不用写姓名和电话。",
    )  # fmt: skip

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for key, label in QUESTIONS:
            self.fields[key] = forms.ChoiceField(
                label=label, choices=SCALE, widget=forms.RadioSelect, error_messages={"required": "请选一个。"}
            )

    def questions(self) -> list[forms.BoundField | SafeString]:
        return [self[key] for key, _ in QUESTIONS]


@public
def feedback(request: HttpRequest, code: str) -> HttpResponse:
    """The form behind the code on the wall. A visitor fills it in, whoever is signed in."""
    form = FeedbackForm(sent(request))
    if request.method == "POST" and form.is_valid():
        if too_often(request, "training_feedback", most=FORMS_AN_HOUR, seconds=AN_HOUR):
            form.add_error(None, "这个网络一小时内填得太多了，请过一会儿再填。")
        else:
            data = form.cleaned_data
            try:
                with acting_as(access.visitor()) as by:
                    actions.rate(
                        code=code,
                        marks={key: int(data[key]) for key, _ in QUESTIONS},
                        words=data["words"],
                        token=data["token"],
                        by=by,
                    )
            except Refused as refused:
                show_refusal(form, refused)
            else:
                return page(request, "portal/training/thanks.html")
    return page(request, "portal/training/feedback.html", {"form": form}, status=422 if form.errors else 200)
