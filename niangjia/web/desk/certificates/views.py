"""Certificates at the desk: the list, one of them, printing one or a whole batch as PDF, taking one back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from niangjia.access.verbs import Verb
from niangjia.certificates import actions, queries
from niangjia.certificates.kinds import CertificateState
from niangjia.certificates.models import Certificate
from niangjia.core import subject as subjects
from niangjia.core.refused import Refused
from niangjia.letters import pdf as paper
from niangjia.programmes.models import Round
from niangjia.training.models import Course
from niangjia.web.downloads import download
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
    """Certificates in range, the latest first; those ticked, or all that were asked for, are printed as one."""
    text, state, round_ = _asked(request.GET)
    page = Paginator(queries.certificates(text, state, round_), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "q": text,
        "state": state,
        "states": CertificateState.choices,
        "round": round_,
        "rounds": _rounds(),
        "may_print": request.acting.may(Verb.CERTIFICATE_ISSUE),
    }
    return render(request, "desk/certificates/index.html", context)


def _asked(data: QueryDict) -> tuple[str, str, str]:
    """What was asked for: words, state, round."""
    state, round_ = data.get("state", ""), data.get("round", "")
    return (
        data.get("q", "").strip()[:40],
        state if state in CertificateState.values else "",
        round_ if subjects.is_subject(round_) else "",
    )


def _rounds() -> list[tuple[str, str]]:
    """The rounds certificates were given in, by title."""
    found = queries.rounds()
    ids = {kind: [subjects.id_of(one) for one in found if subjects.kind_of(one) == kind] for kind in ("round", "class")}
    titles = {
        **{f"round:{pk}": title for pk, title in Round.objects.filter(pk__in=ids["round"]).values_list("pk", "title")},
        **{f"class:{pk}": title for pk, title in Course.objects.filter(pk__in=ids["class"]).values_list("pk", "title")},
    }
    return [(one, titles.get(one, one)) for one in found]


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
def pdf(request: ActingRequest) -> HttpResponseBase:
    """Those ticked, or all that were asked for, as one PDF; revoked ones are left out."""
    chosen = _chosen(request)
    if isinstance(chosen, str):
        return _back(request, chosen)
    try:
        data = paper.render("certificate", [_words(request, one) for one in chosen])
    except paper.NoFont as missing:
        return _back(request, str(missing))
    actions.printed(certificates=chosen, by=request.acting)
    return download(f"certificates-{chosen[0].number}.pdf", data)


@may(Verb.CERTIFICATE_ISSUE)
@require_POST
def sheets(request: ActingRequest) -> HttpResponseBase:
    """The same as a page to print from the browser, one certificate a sheet: it needs no font on the server."""
    chosen = _chosen(request)
    if isinstance(chosen, str):
        return _back(request, chosen)
    actions.printed(certificates=chosen, by=request.acting)
    pages = [{**_words(request, one), "picture": paper.qr_address(address(request, one))} for one in chosen]
    return render(request, "desk/certificates/print.html", {"pages": pages})


def _chosen(request: ActingRequest) -> list[Certificate] | str:
    """The valid certificates to print, or why there are none."""
    found = queries.certificates(state=CertificateState.VALID).order_by("number")
    if "all" in request.POST:
        text, state, round_ = _asked(request.POST)
        found = queries.certificates(text, CertificateState.VALID, round_).order_by("number")
        found = found.none() if state == CertificateState.REVOKED else found
    else:
        found = found.filter(pk__in=[int(pk) for pk in request.POST.getlist("pk") if pk.isdecimal() and len(pk) < 18])
    chosen = list(found[: MOST_AT_ONCE + 1])
    if not chosen:
        return "没有可打印的有效证书，请先勾选或换一个筛选条件。"
    if len(chosen) > MOST_AT_ONCE:
        return f"一次最多打印{MOST_AT_ONCE}张，请按批次筛选或勾选，分几次打印。"
    return chosen


def _back(request: ActingRequest, why: str) -> HttpResponseBase:
    messages.error(request, why)
    return redirect("certificates:index")


def _words(request: HttpRequest, one: Certificate) -> dict[str, Any]:
    day = one.issued_on
    return {
        "title": one.title,
        "holder": one.holder,
        "text": one.text,
        "unit": one.unit.name,
        "day": f"{day.year}年{day.month}月{day.day}日",
        "number": one.number,
        "code": queries.spoken(one.code),
        "qr": paper.qr(address(request, one)),
    }
