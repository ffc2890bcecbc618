"""A department's page: what it was asked, and its answers. It sees these rows and nothing of the cases."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.programmes import queries
from niangjia.programmes.actions import checks
from niangjia.programmes.actions.errors import Refused
from niangjia.programmes.kinds import Answer
from niangjia.programmes.models import OutsideCheck
from niangjia.web.guard import ActingRequest, may
from niangjia.web.partner.checks.forms import AnswerForm


@may(Verb.CHECK_ANSWER)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """Open questions first, the most urgent on top; answered ones behind a tab."""
    questions = queries.checks_for_unit()
    waiting = questions.filter(answered_at__isnull=True)
    answered = questions.filter(answered_at__isnull=False).order_by("-answered_at", "-id")
    show = "answered" if request.GET.get("show") == "answered" else "open"
    page = Paginator(answered if show == "answered" else waiting, 30).get_page(request.GET.get("page"))
    today = clock.today()
    return render(
        request,
        "partner/checks/index.html",
        {
            "page": page,
            "show": show,
            "today": today,
            "waiting": waiting.count(),
            "overdue": waiting.filter(due_on__lt=today).count(),
        },
    )


@may(Verb.CHECK_ANSWER)
def detail(request: ActingRequest, pk: int) -> HttpResponse:
    """One question with the facts it needs; opening it is in the trail, since it shows an ID number."""
    try:
        check = OutsideCheck.objects.get(pk=pk, cancelled_at__isnull=True)
    except OutsideCheck.DoesNotExist as error:
        raise Http404 from error
    form = AnswerForm(request.POST or None, initial={"answer": check.answer or None, "remark": check.remark})
    if request.method == "POST" and form.is_valid():
        try:
            checks.answer(
                check_id=check.pk,
                answer=Answer(form.cleaned_data["answer"]),
                remark=form.cleaned_data["remark"],
                by=request.acting,
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{check.case_number} 的答复已送达区妇联。")
            following = queries.checks_for_unit().filter(answered_at__isnull=True).exclude(pk=check.pk).first()
            return redirect("checks:detail", pk=following.pk) if following else redirect("checks:index")
    return render(
        request,
        "partner/checks/detail.html",
        {
            "check": check,
            "form": form,
            "shared": checks.shared_with(check, by=request.acting),
            "today": clock.today(),
        },
    )
