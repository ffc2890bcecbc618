"""Certificates at the desk: the list, one of them, printing one or a whole batch as PDF, taking one back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from niangjia.access.verbs import Verb
from niangjia.certificates import actions, queries
from niangjia.certificates.kinds import CertificateState
from niangjia.certificates.models import Certificate
from niangjia.core.refused import Refused
from niangjia.letters import pdf as paper
from niangjia.web.guard import ActingRequest, may
from niangjia.web.refusals import show_refusal

PAGE = 50
MOST_AT_ONCE = 500


class RevokeForm(forms.Form):
    reason = forms.CharField(
        label="撤销原因", max_length=100, min_length=4, help_text="查验页会显示撤销日期和原因，不写个人隐私。",
        error_messages={"required": "请写明撤销原因。", "min_length": "请写明撤销原因（至少4个字）。"},
    )  # fmt: skip


def _one(pk: int) -> Certificate:
    try:
        return Certificate.objects.select_related("unit").get(pk=pk)
    except Certificate.DoesNotExist as error:
        raise Http404 from error


def address(request: HttpRequest, certificate: Certificate) -> str:
    """Where anybody looks the certificate up."""
    return request.build_absolute_uri(reverse("verify:show", args=[queries.spoken(certificate.code)]))


@may(Verb.CERTIFICATE_READ)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """Certificates in range, the latest first; those ticked become one PDF."""
    text, state = request.GET.get("q", "").strip()[:40], request.GET.get("state", "")
    state = state if state in CertificateState.values else ""
    page = Paginator(queries.certificates(text, state), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "q": text,
        "state": state,
        "states": CertificateState.choices,
        "may_print": request.acting.may(Verb.CERTIFICATE_ISSUE),
    }
    return render(request, "desk/certificates/index.html", context)


@may(Verb.CERTIFICATE_READ)
@require_GET
def detail(request: ActingRequest, pk: int) -> HttpResponse:
    return _page(request, _one(pk), RevokeForm())


def _page(request: ActingRequest, certificate: Certificate, form: RevokeForm, status: int = 200) -> HttpResponse:
    kind, _, key = certificate.subject.partition(":")
    context = {
        "one": certificate,
        "code": queries.spoken(certificate.code),
        "address": address(request, certificate),
        "case_id": int(key) if kind == "case" else None,
        "form": form,
        "may_print": request.acting.may(Verb.CERTIFICATE_ISSUE),
        "may_revoke": request.acting.may(Verb.CERTIFICATE_REVOKE) and certificate.state == CertificateState.VALID,
    }
    return render(request, "desk/certificates/detail.html", context, status=status)


@may(Verb.CERTIFICATE_REVOKE)
@require_POST
def revoke(request: ActingRequest, pk: int) -> HttpResponse:
    certificate, form = _one(pk), RevokeForm(request.POST)
    if form.is_valid():
        try:
            actions.revoke(certificate_id=pk, reason=form.cleaned_data["reason"], by=request.acting)
            messages.success(request, "已撤销，查验页即时显示。")
            return redirect("certificates:detail", pk)
        except Refused as refused:
            show_refusal(form, refused)
    return _page(request, certificate, form, status=422)


@may(Verb.CERTIFICATE_ISSUE)
@require_POST
def pdf(request: ActingRequest) -> HttpResponse:
    """Those ticked, or all of a round, as one PDF; revoked ones are left out."""
    wanted = [int(pk) for pk in request.POST.getlist("pk") if pk.isdecimal()][: MOST_AT_ONCE + 1]
    found = queries.certificates(state=CertificateState.VALID).order_by("number")
    chosen = list(found.filter(pk__in=wanted)) if wanted else []
    if not chosen:
        messages.error(request, "请先勾选要打印的有效证书。")
        return redirect("certificates:index")
    if len(chosen) > MOST_AT_ONCE:
        messages.error(request, f"一次最多打印{MOST_AT_ONCE}张，请分几次。")
        return redirect("certificates:index")
    try:
        data = paper.render("certificate", [_words(request, one) for one in chosen])
    except paper.NoFont as missing:
        messages.error(request, str(missing))
        return redirect("certificates:index")
    actions.printed(certificates=chosen, by=request.acting)
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="certificates-{chosen[0].number}.pdf"'
    return response


def _words(request: HttpRequest, one: Certificate) -> dict[str, Any]:
    day = one.issued_on
    return {
        "title": one.title,
        "holder": one.holder,
        "text": one.text,
        "unit": one.unit.name,
        "day": f"{day.year}年{day.month}月{day.day}日",
        "number": one.number,
        "qr": paper.qr(address(request, one)),
    }
