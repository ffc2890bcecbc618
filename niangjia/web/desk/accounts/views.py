"""Accounts of officers: opening, closing, and helping those who lost a password or a second factor."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from niangjia.access import actions
from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.org import queries as org
from niangjia.org.models import Officer
from niangjia.people.models import Account
from niangjia.web.desk.accounts.forms import OpenForm
from niangjia.web.guard import ActingRequest, may, signed_in


@may(Verb.ACCOUNT_MANAGE)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """Officers in range with a running post, with or without an account."""
    wanted = request.GET.get("q", "").strip()
    officers = Officer.objects.filter(pk__in=org.running_posts(clock.today()).values("officer_id")).prefetch_related(
        "accounts", "posts__unit"
    )
    if wanted:
        officers = officers.filter(
            Q(name__contains=wanted)
            | Q(name_initials__startswith=wanted.lower())
            | Q(pk__in=Account.objects.filter(username=wanted).values("officer_id"))
        )
    if request.GET.get("only") == "accounts":
        officers = officers.filter(pk__in=Account.objects.exclude(officer=None).values("officer_id"))
    page = Paginator(officers.order_by("place", "name_pinyin", "id"), 30).get_page(request.GET.get("page"))
    return render(request, "desk/accounts/index.html", {"page": page, "q": wanted, "only": request.GET.get("only", "")})


def _officer(pk: int) -> Officer:
    try:
        return Officer.objects.prefetch_related("accounts", "posts__unit").get(pk=pk)
    except Officer.DoesNotExist as error:
        raise Http404 from error


def _account(pk: int) -> Account:
    try:
        return Account.objects.select_related("officer").get(pk=pk, officer__isnull=False)
    except Account.DoesNotExist as error:
        raise Http404 from error


@may(Verb.ACCOUNT_MANAGE)
def detail(request: ActingRequest, pk: int) -> HttpResponse:
    """One officer: her posts and her account; opening one shows the temporary password once."""
    officer = _officer(pk)
    form = OpenForm(request.POST or None)
    password = ""
    if request.method == "POST" and form.is_valid():
        try:
            _, password = actions.open_account(
                officer=officer, username=form.cleaned_data["username"], by=request.acting
            )
            officer = _officer(pk)
        except actions.AccountRefused as refused:
            form.add_error("username", str(refused))
    account = next(iter(officer.accounts.all()), None)
    return render(
        request,
        "desk/accounts/detail.html",
        {"officer": officer, "account": account, "form": form, "password": password, "today": clock.today()},
    )


@may(Verb.ACCOUNT_MANAGE)
@require_POST
def change(request: ActingRequest, pk: int) -> HttpResponse:
    """Close, reopen, a new temporary password, or a second factor taken off."""
    account = _account(pk)
    assert account.officer is not None
    password = ""
    try:
        match request.POST.get("do"):
            case "close":
                actions.set_active(account=account, active=False, by=request.acting)
                messages.success(request, "账号已停用，正在使用的会话随即失效。")
            case "reopen":
                actions.set_active(account=account, active=True, by=request.acting)
                messages.success(request, "账号已恢复。")
            case "password":
                password = actions.reset_password(account=account, by=request.acting)
            case "factor":
                actions.reset_second_factor(account=account, by=request.acting)
                messages.success(request, "动态口令已清除，本人下次登录时重新设置。")
            case _:
                raise Http404
    except actions.AccountRefused as refused:
        messages.error(request, str(refused))
    if password:
        context = {
            "officer": _officer(account.officer.pk),
            "account": account,
            "form": OpenForm(),
            "password": password,
            "today": clock.today(),
        }
        return render(request, "desk/accounts/detail.html", context)
    return redirect("accounts:detail", pk=account.officer.pk)


@signed_in
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Act under another of one's own posts."""
    posts = getattr(request, "posts", [])
    chosen = next((post for post in posts if str(post.post_id) == request.POST.get("post")), None)
    if chosen is None:
        messages.error(request, "该任职已到期，不能切换。")
    else:
        request.session["post_id"] = chosen.post_id
        messages.success(request, f"现在以“{chosen.post_title}”办理。")
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return redirect(wanted if safe else reverse("inbox:index"))


@signed_in
@require_GET
def security(request: ActingRequest) -> HttpResponse:
    """One's own account: password, second factors, posts."""
    return render(request, "desk/accounts/security.html")
