"""Whether a certificate is what it says: by the QR code on it, or by typing the code."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from niangjia.certificates import queries
from niangjia.web.guard import public
from niangjia.web.portal.page import page


class CodeForm(forms.Form):
    code = forms.CharField(
        label="查验码", max_length=24, help_text="证书二维码旁的12位字母和数字。",
        error_messages={"required": "请输入证书上的查验码。"},
    )  # fmt: skip
    number = forms.CharField(label="证书编号", max_length=32, required=False, help_text="填了会核对是否同一张证书。")


@public
@require_GET
def ask(request: HttpRequest) -> HttpResponse:
    form = CodeForm(request.GET) if "code" in request.GET else CodeForm()
    if form.is_bound and form.is_valid():
        code = queries.clean_code(form.cleaned_data["code"])
        number = form.cleaned_data["number"].strip().upper()
        found = queries.shown(code) if number else None
        if len(code) != queries.CODE_LENGTH:
            form.add_error("code", f"查验码是{queries.CODE_LENGTH}位，请对照证书重新输入。")
        elif found and found.number.upper() != number:
            form.add_error("number", "编号与查验码不是同一张证书，请对照证书重新输入。")
        else:
            return redirect("verify:show", queries.spoken(code))
    return page(request, "portal/verify/ask.html", {"form": form}, status=422 if form.errors else 200)


@public
@require_GET
def show(request: HttpRequest, code: str) -> HttpResponse:
    """Valid, revoked, or unknown; never more than the certificate itself says."""
    found = queries.shown(code)
    return page(request, "portal/verify/show.html", {"one": found, "code": code}, status=200 if found else 404)
