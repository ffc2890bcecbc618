"""Forms of the notices room."""

from __future__ import annotations

from django import forms


class NoticeForm(forms.Form):
    title = forms.CharField(label="标题", max_length=80, help_text="不写病种。建议“困难妇女救助拟救助人员公示”。")
    body = forms.CharField(label="正文", max_length=2000, widget=forms.Textarea(attrs={"rows": 6}))
    objection_phone = forms.CharField(label="异议电话", max_length=30)
    objection_address = forms.CharField(label="受理地址", max_length=80, required=False)


class NewNoticeForm(NoticeForm):
    attachment = forms.FileField(
        label="附件", required=False, help_text="可不传。Excel 里的隐藏行列、隐藏工作表和批注也会检查。"
    )


class WhyForm(forms.Form):
    why = forms.CharField(label="理由", min_length=4, max_length=200)


class RulingForm(forms.Form):
    upheld = forms.ChoiceField(
        label="结论", choices=[("no", "异议不成立"), ("yes", "异议成立，取消资格")], widget=forms.RadioSelect
    )
    answer = forms.CharField(
        label="核查情况和处理意见", min_length=10, max_length=500, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="提出异议的人凭编号可以看到这段文字，不写当事人隐私。",
    )  # fmt: skip
