"""Forms of the payments room."""

from __future__ import annotations

from django import forms


class WhyForm(forms.Form):
    why = forms.CharField(
        label="导出用途", min_length=4, max_length=100, help_text="例如“交涪陵农商行代发”。会写入操作留痕。"
    )


class ResultForm(forms.Form):
    file = forms.FileField(
        label="银行返回的清单（.xlsx）", help_text="在我们导出的清单上填好“结果”“到账日期”“回单号”后上传。"
    )


class LineForm(forms.Form):
    """The bank's answer to one line, entered by hand."""

    paid = forms.ChoiceField(label="结果", choices=[("yes", "成功"), ("no", "失败")], widget=forms.RadioSelect)
    settled_on = forms.DateField(
        label="到账日期", required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    receipt = forms.CharField(label="回单号", max_length=60, required=False)
    failure = forms.CharField(label="失败原因", max_length=100, required=False)
