"""Forms of sessions and of signing in."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from niangjia.attendance.kinds import Half, Told
from niangjia.attendance.models import Session
from niangjia.core import clock, identity
from niangjia.web.desk.org.forms import DayField, ParsedField


def _time() -> forms.TimeInput:
    return forms.TimeInput(format="%H:%M", attrs={"type": "time"})


class MoveForm(forms.Form):
    on = DayField(label="日期")
    from_time = forms.TimeField(label="开始", widget=_time())
    to_time = forms.TimeField(label="结束", widget=_time())
    venue = forms.CharField(label="地点", max_length=80, required=False)
    host = forms.CharField(label="主讲或主持", max_length=40, required=False)

    @staticmethod
    def of(session: Session) -> dict[str, Any]:
        """What the form begins with."""
        starts, ends = session.starts_at.astimezone(clock.CHINA), session.ends_at.astimezone(clock.CHINA)
        return {"on": session.on, "from_time": starts.time(), "to_time": ends.time(), "venue": session.venue, "host": session.host}  # fmt: skip


class HoldForm(forms.Form):
    headcount = forms.IntegerField(
        label="名册以外到场人数", min_value=0, max_value=99_999, required=False, help_text="已签到的人不用再算。"
    )
    households = forms.IntegerField(label="其中户数", min_value=0, max_value=99_999, required=False)
    note = forms.CharField(label="说明", max_length=200, required=False)


class CancelForm(forms.Form):
    reason = forms.CharField(label="取消原因", max_length=200, help_text="会告诉名册上的人。")


class TellForm(forms.Form):
    how = forms.ChoiceField(label="怎么告诉的", choices=Told.choices, initial=Told.PHONE)
    women = forms.TypedMultipleChoiceField(
        label="已告诉的人", coerce=int, widget=forms.CheckboxSelectMultiple, error_messages={"required": "请选人。"}
    )


class MergeForm(forms.Form):
    into = forms.TypedChoiceField(label="与哪一场是同一场", coerce=int, widget=forms.RadioSelect)


class JoinForm(forms.Form):
    """A woman by her name; with her number she is the same woman wherever she signs."""

    name = ParsedField(identity.parse_name, label="姓名", max_length=60)
    id_number = ParsedField(
        lambda text: identity.parse_id(text).number, label="身份证号", max_length=24, required=False,
        help_text="没有带证件的可以不填；15位旧号也可以。",
    )  # fmt: skip
    remark = forms.CharField(label="备注", max_length=40, required=False, help_text="同名的写上几组，便于区分。")


class UnmarkForm(forms.Form):
    participant = forms.IntegerField(widget=forms.HiddenInput)
    half = forms.ChoiceField(choices=Half.choices, widget=forms.HiddenInput)
    reason = forms.CharField(label="原因", max_length=100)


class CodeForm(forms.Form):
    rotating = forms.BooleanField(
        label="每分钟换一次码（只能用屏幕显示，不能打印）", required=False, help_text="换码后，已打印的海报作废。"
    )


class RuleForm(forms.Form):
    valid_from = DayField(label="启用日期")
    opens_minutes = forms.IntegerField(label="开始前多少分钟可签到", min_value=0, max_value=600)
    closes_minutes = forms.IntegerField(label="结束后多少分钟停止扫码", min_value=0, max_value=600)
    entry_hours = forms.IntegerField(label="结束后多少小时内补签不用写原因", min_value=0, max_value=720)
    offline_days = forms.IntegerField(label="手机里的签到最晚几天送到", min_value=1, max_value=60)
    noon = forms.TimeField(label="上下午以此分开", widget=_time())


class PaperForm(forms.Form):
    """A list from paper: as a sheet, or names one a line."""

    half = forms.ChoiceField(label="补录哪一次签到", widget=forms.RadioSelect)
    names = forms.CharField(
        label="或把姓名写在这里，一行一个", widget=forms.Textarea(attrs={"rows": 6}), required=False, max_length=20_000
    )


def moment(day: dt.date, time: dt.time) -> dt.datetime:
    return dt.datetime.combine(day, time, clock.CHINA)
