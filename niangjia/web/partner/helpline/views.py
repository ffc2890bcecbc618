"""Letters the line sent to a department, and its answers. It reads the letter and nothing of the matter behind it."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.core.refused import Refused
from niangjia.helpline import actions, queries
from niangjia.web.desk.ask import found
from niangjia.web.desk.helpline.forms import ReferralAnswerForm
from niangjia.web.guard import ActingRequest, may
from niangjia.web.refusals import show_refusal


@may(Verb.REFERRAL_ANSWER)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """Those to be answered first."""
    page = Paginator(queries.asked_of(request.acting.unit_id), 40).get_page(request.GET.get("page"))
    return render(request, "partner/helpline/index.html", {"page": page, "today": clock.today()})


@may(Verb.REFERRAL_ANSWER)
def show(request: ActingRequest, pk: int) -> HttpResponse:
    """Read a letter and answer it once. Opening it leaves a trail entry."""
    sent = found(lambda: actions.open_letter(referral_id=pk, by=request.acting))
    if request.method == "POST" and sent.answered_on is not None:
        return redirect("referrals:show", pk)
    form = ReferralAnswerForm(request.POST or None)
    del form.fields["on"]
    form.fields["refused"].label = "不属本单位职责"
    form.fields["refused"].help_text = f"{sent.object_by:%m月%d日}前可以提出，请在答复里写明应由谁办。"
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_referral(referral_id=pk, by=request.acting, **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, "已答复区妇联。")
            return redirect("referrals:index")
    context = {
        "sent": sent, "letter": sent.letter.reveal(), "answer": sent.answer.reveal() if sent.answer else "", "form": form,
        "today": clock.today(),
    }  # fmt: skip
    return render(request, "partner/helpline/show.html", context, status=422 if request.method == "POST" else 200)
