"""Forms of study campaigns at the desk."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms

from niangjia.campaigns import queries, rules
from niangjia.campaigns.kinds import Audience, Demand, How
from niangjia.campaigns.models import Campaign, Return
from niangjia.org.models import Unit
from niangjia.web.desk.org.forms import DayField

EPISODES_HELP = "一行一集，可以从 Excel 或通知里粘贴：集 | 标题 | 频道 | 播出时间 | 分钟 | 网址。只写标题也行。"


def _moment() -> forms.DateTimeInput:
    return forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})


def _boxes(label: str, **more: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, choices=Audience.choices, widget=forms.CheckboxSelectMultiple, **more)


class CampaignForm(forms.Form):
    title = forms.CharField(label="名称", max_length=80, help_text="片名或学习主题，不用写书名号。")
    document_number = forms.CharField(
        label="文件依据", max_length=80, required=False, help_text="如“涪委宣〔2026〕12号”。"
    )
    intro = forms.CharField(label="说明", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    episodes = forms.CharField(label="集目", widget=forms.Textarea(attrs={"rows": 10}), help_text=EPISODES_HELP)
    group = forms.BooleanField(label="集中收看", required=False, initial=True)
    alone = forms.BooleanField(label="个人自行收看", required=False, initial=True)
    audiences = _boxes("面向", initial=[Audience.CADRES])
    starts_on = DayField(label="开始日期")
    deadline = DayField(label="截止日期")
    reflections = forms.ChoiceField(label="心得体会", choices=Demand.choices, initial=Demand.WELCOME)
    reflections_from = _boxes("要求哪些人写", required=False, help_text="选“要求”时才填；群众一律自愿。")
    least_characters = forms.IntegerField(label="心得最少字数", min_value=0, max_value=2000, initial=0)
    most_photos = forms.IntegerField(
        label="每场照片最多", min_value=0, max_value=9, initial=2, help_text="照片不作要求，够用就好。"
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_episodes(self) -> list[rules.EpisodeLine]:
        found, faults = rules.read_episodes(self.cleaned_data["episodes"])
        if faults:
            raise forms.ValidationError(faults)
        return found

    @classmethod
    def of(cls, one: Campaign) -> dict[str, Any]:
        """What the form shows of a campaign."""
        lines = [
            rules.EpisodeLine(e.number, e.title, e.channel, e.airs, e.minutes, e.link) for e in queries.episodes(one)
        ]
        names = [name for name in cls.base_fields if name != "episodes"]
        return {name: getattr(one, name) for name in names} | {"episodes": rules.write_episodes(lines)}


class IssueForm(forms.Form):
    units = forms.ModelMultipleChoiceField(
        label="下发给", queryset=Unit.objects.none(), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选一个单位。"},
    )  # fmt: skip

    villages = forms.BooleanField(
        label="所选镇街的村（社区）一并下发",
        required=False,
        help_text="只勾镇街的，由镇街组织，村（社区）不用单独上报。",
    )


class ShowingForm(forms.Form):
    starts_at = forms.DateTimeField(label="开始", widget=_moment())
    ends_at = forms.DateTimeField(label="结束", widget=_moment())
    venue = forms.CharField(label="地点", max_length=80)
    host = forms.CharField(label="主持", max_length=40, required=False)
    episodes = forms.TypedMultipleChoiceField(label="看了哪几集", coerce=int, widget=forms.CheckboxSelectMultiple)
    officers = forms.TypedMultipleChoiceField(
        label="到场干部", coerce=int, required=False, widget=forms.CheckboxSelectMultiple,
        help_text="勾选的计入本单位干部覆盖；不排名，也不通报谁没来。",
    )  # fmt: skip
    names = forms.CharField(
        label="其他到场的人（姓名）", required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="选填，一行一人或用、隔开。不知道姓名的只填人数。",
    )  # fmt: skip
    headcount = forms.IntegerField(label="另有不记名的人数", min_value=0, max_value=9999, required=False)
    households = forms.IntegerField(label="其中户数", min_value=0, max_value=9999, required=False)
    discussion = forms.CharField(
        label="讨论记录", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, ret: Return, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["episodes"].choices = [(e.number, str(e)) for e in queries.episodes(ret.campaign)]  # type: ignore[attr-defined]
        self.fields["officers"].choices = queries.officers_of(ret)  # type: ignore[attr-defined]
        self.initial.setdefault("token", uuid.uuid4())


class SubmitForm(forms.Form):
    note = forms.CharField(
        label="小结", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="场次、人次、覆盖由系统按记录统计，这里只写做法和反响，可以不写。",
    )  # fmt: skip


class DecideForm(forms.Form):
    reason = forms.CharField(label="退回原因", required=False, max_length=200)


class PhotosForm(forms.Form):
    shown = forms.BooleanField(label="照片里的人同意用于简报", required=False, help_text="有未成年人正脸的不要上传。")


class ReflectForm(forms.Form):
    author = forms.CharField(label="姓名", max_length=40)
    audience = forms.ChoiceField(label="身份", choices=Audience.choices)
    how = forms.ChoiceField(
        label="怎么写的", choices=How.choices,
        help_text="口述可以用手机键盘上的话筒说话转成文字；替别人打字的，附上录音或手写稿照片。",
    )  # fmt: skip
    text = forms.CharField(label="心得", max_length=5000, widget=forms.Textarea(attrs={"rows": 10}))
    may_publish = forms.BooleanField(
        label="本人同意发布", required=False, help_text="不同意的只留存；以后随时可以撤回。"
    )
    may_name = forms.BooleanField(label="本人同意署名", required=False)


class ShownForm(forms.Form):
    shown_text = forms.CharField(
        label="发布的文字", max_length=5000, widget=forms.Textarea(attrs={"rows": 8}),
        help_text="可以删去几段或几句，不能改写。",
    )  # fmt: skip


class WhyForm(forms.Form):
    why = forms.CharField(label="用途", max_length=100)
