"""What a resident writes of what she watched."""

from __future__ import annotations

from django import forms

from niangjia.campaigns.kinds import How

OWN = ((How.WRITTEN.value, "自己打字"), (How.DICTATED.value, "点键盘上的话筒，说话转成文字"))


class ReflectForm(forms.Form):
    author = forms.CharField(label="姓名", max_length=40, help_text="署不署名，下面由您定。")
    how = forms.ChoiceField(label="怎么写", choices=OWN, widget=forms.RadioSelect, initial=How.WRITTEN.value)
    text = forms.CharField(label="心得", max_length=5000, widget=forms.Textarea(attrs={"rows": 8}))
    may_publish = forms.BooleanField(label="同意发布", required=False, help_text="不勾选就只留存；以后随时可以撤回。")
    may_name = forms.BooleanField(label="发布时署我的名", required=False)
