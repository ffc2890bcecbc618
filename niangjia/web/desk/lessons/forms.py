"""Forms of the micro-class at the desk."""

from __future__ import annotations

from typing import Any

from django import forms

from niangjia.lessons.kinds import AgeGroup
from niangjia.lessons.models import Lesson, Series

TEXT_HELP = "空一行另起一段；行首写“## ”是小标题，行首写“- ”是一条一条的列表。从 Word、网页粘贴会自动去掉格式。"


class SeriesForm(forms.Form):
    title = forms.CharField(label="系列名称", max_length=60)
    intro = forms.CharField(label="简介", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    order = forms.IntegerField(label="次序", min_value=0, max_value=99, initial=9, help_text="小的排在前面。")


class LessonForm(forms.Form):
    series_id = forms.TypedChoiceField(label="系列", coerce=int)
    number = forms.IntegerField(
        label="第几节", min_value=1, max_value=999, required=False, help_text="不填就接在最后。"
    )
    title = forms.CharField(label="标题", max_length=60)
    intro = forms.CharField(label="一句话介绍", max_length=120, required=False)
    lecturer = forms.CharField(label="主讲", max_length=60, required=False)
    age_group = forms.ChoiceField(label="适合", choices=AgeGroup.choices)
    minutes = forms.IntegerField(
        label="时长（分钟）", min_value=1, max_value=60, required=False, help_text="不填按正文字数估算。"
    )
    text = forms.CharField(
        label="正文", required=False, max_length=30_000, widget=forms.Textarea(attrs={"rows": 18}), help_text=TEXT_HELP
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["series_id"].choices = [(one.pk, one.title) for one in Series.objects.all()]  # type: ignore[attr-defined]


class FileForm(forms.Form):
    file = forms.FileField(label="文件", error_messages={"required": "请选择文件。"})


class CaptionsForm(forms.Form):
    captions = forms.CharField(
        label="字幕", required=False, strip=False, widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false"}),
        help_text="粘贴 .vtt 或 .srt 文件的内容；清空就是不要字幕。例：00:00:01.000 --> 00:00:04.000，下一行写这几秒的话。",
    )  # fmt: skip


class WhyForm(forms.Form):
    reason = forms.CharField(label="原因", max_length=120)


def _moment() -> forms.DateTimeInput:
    return forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})


class LiveForm(forms.Form):
    series_id = forms.TypedChoiceField(label="系列", coerce=int)
    title = forms.CharField(label="标题", max_length=60)
    lecturer = forms.CharField(label="主讲", max_length=60, required=False)
    starts_at = forms.DateTimeField(label="开始", widget=_moment())
    ends_at = forms.DateTimeField(label="结束", widget=_moment())
    link = forms.URLField(
        label="观看网址",
        max_length=300,
        assume_scheme="https",
        help_text="腾讯会议、视频号等的观看链接，以 https:// 开头。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["series_id"].choices = [(one.pk, one.title) for one in Series.objects.all()]  # type: ignore[attr-defined]


class RecordingForm(forms.Form):
    lesson = forms.ModelChoiceField(label="录像是哪一节", queryset=Lesson.objects.none(), empty_label="请选择")


class AnswerForm(forms.Form):
    text = forms.CharField(label="解答", max_length=3000, widget=forms.Textarea(attrs={"rows": 8}))
    answered_as = forms.CharField(
        label="以什么身份解答", max_length=40, help_text="如“家庭教育指导师”“儿科医生”；公开时写这个，不写姓名。"
    )
    declined = forms.BooleanField(
        label="不在这里解答", required=False, help_text="上面写明原因，以及可以找谁；只有提问人看到。"
    )


class PublishForm(forms.Form):
    public_question = forms.CharField(
        label="公开的问题", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="改写成看不出是谁的说法：不写姓名、学校、年级班、住处、电话。",
    )  # fmt: skip
    public_answer = forms.CharField(label="公开的解答", max_length=3000, widget=forms.Textarea(attrs={"rows": 8}))
    no_child = forms.BooleanField(label="我已看过：看不出是哪个孩子、哪家人", required=False)
