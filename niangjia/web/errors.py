"""Pages for what went wrong, each with what to do next."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "ui/403.html", {"message": "页面停留太久，请返回上一页刷新后再提交。"}, status=403)
