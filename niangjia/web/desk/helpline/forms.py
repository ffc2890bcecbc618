"""Forms of the line at the desk: one for while she is on the telephone, the others one for each act."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.db.models import TextChoices

from niangjia.core import clock
from niangjia.helpline.actions import LONGEST, Entry
from niangjia.helpline.kinds import (
    AgeBand,
    Agreed,
    AskedBy,
    ClosedWhy,
    Kind,
    MediationResult,
    ReferralKind,
    Relation,
    Risk,
    Role,
    Topic,
    Way,
)

VULNERABLE: Final = {"minor": "未成年人", "pregnant": "孕产妇", "disabled": "残疾人", "elder": "老年人"}
PLEASE: Final = "请选择"


def area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "autocomplete": "off"})


def day(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


def of(kind: type[TextChoices], label: str, *, blank: str = "", **more: Any) -> forms.TypedChoiceField:
    """One of the words of the line, given out as such; ``blank`` is what stands for none."""
    choices = [("", blank), *kind.choices] if blank else kind.choices
    return forms.TypedChoiceField(**{"label": label, "choices": choices, "coerce": kind, "empty_value": "", **more})


def yes_or_no(label: str, yes: str, no: str, **more: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, choices=[("yes", yes), ("no", no)], coerce=lambda said: said == "yes", widget=forms.RadioSelect, **more
    )  # fmt: skip


def danger_field() -> forms.TypedChoiceField:
    """What is asked first, of her and by whoever writes down what she says."""
    return yes_or_no(
        "现在有没有危险，或者有孩子受伤害？", "有，或不确定", "没有", error_messages={"required": "请先选有没有危险。"}
    )


class Victim(forms.Form):
    """What is asked about her, in a call and when a matter is judged."""

    minor = forms.BooleanField(label=VULNERABLE["minor"], required=False)
    pregnant = forms.BooleanField(label=VULNERABLE["pregnant"], required=False)
    disabled = forms.BooleanField(label=VULNERABLE["disabled"], required=False)
    elder = forms.BooleanField(label=VULNERABLE["elder"], required=False)
    age_band = of(AgeBand, "年龄段", blank="不清楚", required=False)
    relation = of(Relation, "对方是谁", blank="不清楚或没有", required=False)


class EnterForm(Victim):
    """While she talks: danger first, then her words; all else may be left out."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    danger = danger_field()
    way = of(
        Way, "怎么来的", widget=forms.RadioSelect,
        choices=[(way.value, way.label) for way in (Way.HOTLINE, Way.VISIT, Way.LETTER, Way.RELAYED)],
    )  # fmt: skip
    kind = of(Kind, "她要", initial=Kind.CONSULT, widget=forms.RadioSelect)
    topic = of(Topic, "事由", blank=PLEASE)
    role = of(Role, "来件人是", initial=Role.SELF, widget=forms.RadioSelect)
    facts = forms.CharField(
        label="她说的情况", max_length=LONGEST, widget=area(9), help_text="照原话记，复述一遍请她核对。加密保存。"
    )
    demand = forms.CharField(label="她的要求", max_length=1000, required=False, widget=area(2))
    name = forms.CharField(label="称呼", max_length=40, required=False, help_text="她不愿说就不填。")
    phone = forms.CharField(
        label="电话",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    safe_time = forms.CharField(label="什么时候回电话是安全的", max_length=80, required=False)
    place = forms.ChoiceField(label="她住在", required=False)

    def entry(self, home: str) -> Entry:
        """What was written down; who does not know where she lives keeps the district."""
        return Entry(**{**self.cleaned_data, "place": self.cleaned_data["place"] or home})


class Act(forms.Form):
    """What is done to one matter as it was when the page was opened."""

    revision = forms.IntegerField(widget=forms.HiddenInput)


class TriageForm(Act, Victim):
    risk = of(Risk, "风险", widget=forms.RadioSelect)
    topic = of(Topic, "事由")
    kind = of(Kind, "类型")
    place = forms.ChoiceField(label="她住在")
    note = forms.CharField(
        label="研判说明", max_length=1000, required=False, widget=area(3),
        help_text="受害人是未成年人、老人、残疾人的，有关单位应当报案（反家庭暴力法第十四条）；已报警的写明时间和派出所。",
    )  # fmt: skip
    field_order = ("revision", "risk", "topic", "kind", "place", *Victim.base_fields, "note")


class TextForm(Act):
    text = forms.CharField(
        label="告诉她", max_length=LONGEST, widget=area(8), help_text="她凭答复码能看到这段话。不写别人的名字和住址。"
    )


class NoteForm(forms.Form):
    title = forms.CharField(
        label="做了什么", max_length=80, help_text="例如：电话联系本人；陪同到派出所；申请人身安全保护令。"
    )
    note = forms.CharField(label="详情", max_length=LONGEST, required=False, widget=area(5))


class BeginForm(Act):
    note = forms.CharField(label="打算怎么办", max_length=1000, required=False, widget=area(3))


class ReasonForm(forms.Form):
    reason = forms.CharField(label="理由", max_length=400, widget=area(3))


class ExtendForm(Act):
    reason = forms.CharField(
        label="延长的理由", max_length=200, widget=area(3), help_text="会告诉来件人。只能延长一次，不超过30日。"
    )


class AssignForm(Act):
    to = forms.ChoiceField(label="交给")


class ReferForm(Act):
    kind = of(ReferralKind, "函件", widget=forms.RadioSelect)
    department = forms.TypedChoiceField(label="单位", coerce=int)
    letter = forms.CharField(
        label="函件正文", max_length=LONGEST, widget=area(9), help_text="只写对方办理必需的事，能不写姓名就不写。"
    )
    answer_by = day("请在这天前答复", required=False, help_text="不填为30天。")
    online = forms.BooleanField(label="该单位可在网上查看和答复", required=False, help_text="保密来件只用纸质函件。")


class ReferralAnswerForm(forms.Form):
    answer = forms.CharField(label="答复", max_length=LONGEST, widget=area(6))
    refused = forms.BooleanField(label="对方认为不属其职责", required=False)
    on = day("答复日期", required=False, help_text="不填为今天。")


class MediateForm(forms.Form):
    asked_by = of(AskedBy, "怎么开始的", widget=forms.RadioSelect)
    both_willing = forms.BooleanField(
        label="已问过双方，都愿意调解", required=False, help_text="任何一方拒绝就不调解（人民调解法第十七条）。"
    )
    parties = forms.CharField(label="当事人", max_length=400, widget=area(2))
    mediators = forms.CharField(label="调解员", max_length=80)
    dispute = forms.CharField(label="纠纷类型", max_length=40, help_text="例如：婚姻、抚养、赡养、继承、邻里。")


class EndMediationForm(forms.Form):
    result = of(MediationResult, "结果", widget=forms.RadioSelect)
    sessions = forms.IntegerField(label="调解几次", min_value=0, max_value=99)
    record_text = forms.CharField(label="调解记录", max_length=LONGEST, widget=area(6))
    form = of(Agreed, "协议形式", blank="没有协议", required=False)
    agreement = forms.CharField(label="协议内容", max_length=LONGEST, required=False, widget=area(4))
    effective_on = day("协议生效", required=False)
    perform_by = day("约定履行日期", required=False)


class CompleteForm(forms.Form):
    performed_on = day("实际履行日期", required=False)
    confirmation = forms.CharField(label="司法确认文号", max_length=40, required=False)


class FollowUpForm(forms.Form):
    safe = yes_or_no("她现在安全吗", "安全", "不安全")
    note = forms.CharField(label="回访情况", max_length=LONGEST, required=False, widget=area(4))


class CloseForm(Act):
    why = of(
        ClosedWhy, "办结原因", widget=forms.RadioSelect,
        choices=[(why.value, why.label) for why in ClosedWhy if why not in (ClosedWhy.WITHDRAWN, ClosedWhy.ABUSE)],
    )  # fmt: skip
    note = forms.CharField(label="说明", max_length=1000, required=False, widget=area(3))


class DutyForm(forms.Form):
    starts_on = day("从哪天起")
    handler = forms.TypedChoiceField(label="值班人", coerce=int, help_text="收到、办理来件。")
    supervisor = forms.TypedChoiceField(label="督办人", coerce=int, help_text="看得到、交办、督促，也是第二双眼睛。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("starts_on", clock.today())


class PassOnForm(forms.Form):
    left = forms.TypedChoiceField(label="已离任的人", coerce=int)
    to = forms.TypedChoiceField(label="由谁接手", coerce=int)


class TermsForm(forms.Form):
    """Days the law sets and days of the district. What one may not make longer than the law is the officer's to know."""

    valid_from = day("启用日期")
    emergency_hours = forms.IntegerField(label="紧急来件几小时内联系", min_value=1, max_value=24)
    reply_workdays = forms.IntegerField(label="首次答复（工作日）", min_value=1, max_value=60)
    first_follow_up_days = forms.IntegerField(label="第一次回访（天）", min_value=1, max_value=60)
    second_follow_up_days = forms.IntegerField(label="第二次回访（天）", min_value=2, max_value=180)
    tell_days = forms.IntegerField(
        label="告知是否受理（天）", min_value=1, max_value=15, help_text="信访工作条例第二十二条：15日内。"
    )
    object_workdays = forms.IntegerField(
        label="转错提出异议（工作日）", min_value=1, max_value=5, help_text="第二十三条：5个工作日。"
    )
    done_days = forms.IntegerField(
        label="受理后办结（天）", min_value=1, max_value=60, help_text="第三十四条：60日内。"
    )
    extension_days = forms.IntegerField(
        label="可延长（天）", min_value=0, max_value=30, help_text="第三十四条：不超过30日。"
    )
    review_days = forms.IntegerField(
        label="申请复查（天）", min_value=30, max_value=90, help_text="第三十五条：30日内。"
    )
    review_done_days = forms.IntegerField(
        label="复查办结（天）", min_value=1, max_value=30, help_text="第三十五、三十六条：30日内。"
    )
    confirm_days = forms.IntegerField(
        label="申请司法确认（天）", min_value=1, max_value=30, help_text="人民调解法第三十三条：30日内。"
    )


class AnswerForm(forms.Form):
    topic = of(Topic, "事由", blank=PLEASE)
    question = forms.CharField(label="问题", max_length=80)
    answer = forms.CharField(
        label="解答",
        max_length=2000,
        widget=area(10),
        help_text="写一般情况怎么办，注明法律依据。不写姓名、地名和号码。",
    )
