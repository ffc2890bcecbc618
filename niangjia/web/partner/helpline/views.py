"""Letters the line sent to a department, and its answers. It reads the letter and nothing of the matter behind it."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.helpline import actions, queries
from niangjia.helpline.models import Referral
from niangjia.web.desk.ask import ask
from niangjia.web.desk.helpline.forms import ReferralAnswerForm
from niangjia.web.guard import ActingRequest, may


@may(Verb.REFERRAL_ANSWER)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """Those to be answered first."""
    page = Paginator(queries.asked_of(request.acting.unit_id), 40).get_page(request.GET.get("page"))
    return render(request, "partner/helpline/index.html", {"page": page, "today": clock.today()})


@may(Verb.REFERRAL_ANSWER)
def show(request: ActingRequest, pk: int) -> HttpResponse:
    """Read a letter and answer it."""
    found = Referral.objects.filter(pk=pk, department_id=request.acting.unit_id).first()
    if found is None:
        raise Http404
    if found.answered_on is not None:
        return redirect("referrals:index")
    form = ReferralAnswerForm(request.POST or None)
    del form.fields["on"]
    form.fields["refused"].label = "不属本单位职责"
    form.fields["refused"].help_text = f"{found.object_by:%m月%d日}前可以提出，请在答复里写明应由谁办。"

    def do(data: dict[str, Any]) -> str:
        actions.answer_referral(referral_id=pk, by=request.acting, **data)
        return "已答复区妇联。"

    url = reverse("referrals:index")
    return ask(
        request, form, do, title=f"{found.get_kind_display()} {found.number}", button="答复", back=url, up=[("妇联来函", url)],
        subtitle=found.letter.reveal(),
    )  # fmt: skip
