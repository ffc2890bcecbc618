"""Lectures to come, for anybody; and what a lecturer was asked for, opened by her personal code.

The code is typed or comes behind the # of her link, which no server and no log sees; it is sent in the body of a form and
kept nowhere.
"""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from niangjia.access import queries as access
from niangjia.access.acting import acting_as
from niangjia.core import clock
from niangjia.core.refused import Refused
from niangjia.family_education import actions, queries
from niangjia.org import queries as org
from niangjia.web.guard import public
from niangjia.web.portal.page import page, too_often

TRIES, SECONDS = 20, 600
WRONG = "专用码不对，或已停用。请核对后再输入，或联系区妇联家庭和儿童工作部重新领取。"


class CodeForm(forms.Form):
    code = forms.CharField(
        label="讲师专用码", max_length=24, help_text="区妇联发给您的12位字母和数字。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "data-from-hash": ""}),
    )  # fmt: skip


@public
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    found = [(one, org.place_name(one.place)) for one in queries.coming(clock.now())]
    return page(request, "portal/lectures/index.html", {"lectures": found})


@public
def mine(request: HttpRequest) -> HttpResponse:
    """Ask for the code; with it show her lectures, and take her answer to one."""
    form = CodeForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return page(request, "portal/lectures/code.html", {"form": form}, status=422 if form.errors else 200)
    if too_often(request, "lecturer-code", most=TRIES, seconds=SECONDS):
        form.add_error("code", "输入次数太多，请10分钟后再试。")
        return page(request, "portal/lectures/code.html", {"form": form}, status=429)
    index, today, said = queries.code_index(form.cleaned_data["code"]), clock.today(), ""
    with acting_as(access.visitor()) as visitor:
        name = queries.lecturer_by_code(index, today)
        if name is None:
            form.add_error("code", WRONG)
            return page(request, "portal/lectures/code.html", {"form": form}, status=422)
        order, problem = request.POST.get("order", ""), ""
        if order.isdecimal() and len(order) < 15:
            yes = request.POST.get("act") == "yes"
            try:
                note = request.POST.get("note", "")
                actions.answer_with_code(index=index, order_id=int(order), yes=yes, note=note, by=visitor)
                said = "已确认，届时见。" if yes else "已回复不能来，区妇联会另请讲师。"
            except Refused as refused:
                problem = str(refused)
        context = {
            "name": name, "code": form.cleaned_data["code"], "orders": queries.orders_by_code(index, today), "said": said,
            "problem": problem, "now": clock.now(),
        }  # fmt: skip
    return page(request, "portal/lectures/mine.html", context)
