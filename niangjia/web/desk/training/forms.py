"""Forms of training."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from django import forms

from niangjia.core import clock
from niangjia.org.models import Unit
from niangjia.training import rules
from niangjia.training.actions import Lesson, SignUp
from niangjia.training.kinds import Category, ClassKind, Education, Intention, Level, Outcome, PaperKind
from niangjia.training.models import Course, Enrolment, Project, Standard
from niangjia.web.desk.org.forms import DayField

YES_NO = [("yes", "是"), ("no", "否")]
UNKNOWN = ("", "不清楚")


def _number(**kwargs: Any) -> forms.IntegerField:
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    return forms.IntegerField(widget=widget, **{"min_value": 0, "max_value": 99_999, **kwargs})


def _money(**kwargs: Any) -> forms.DecimalField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.DecimalField(widget=widget, min_value=Decimal(0), max_digits=11, decimal_places=2, **kwargs)


class ProjectForm(forms.Form):
    title = forms.CharField(label="项目名称", max_length=80)
    year = _number(label="年度", min_value=2011, max_value=2100)
    kind = forms.ChoiceField(label="类别", choices=ClassKind.choices, widget=forms.RadioSelect)
    fund_source = forms.CharField(
        label="资金来源", max_length=80, required=False, help_text="例如：就业补助资金、市妇联项目经费。"
    )
    unit_price = _money(label="补贴标准", help_text="每人多少元；不按人头补贴的填 0。")
    target_heads = _number(label="任务人数")
    document_no = forms.CharField(label="文号", max_length=60, required=False)
    note = forms.CharField(label="说明", max_length=200, required=False)

    @staticmethod
    def known(project: Project) -> dict[str, Any]:
        return {key: getattr(project, key) for key in ProjectForm.base_fields}


class CourseForm(forms.Form):
    """A class; what is left empty is filled in sensibly."""

    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    subject = forms.CharField(
        label="工种或主题", max_length=40, widget=forms.TextInput(attrs={"list": "subjects", "autocomplete": "off"}),
        help_text="同一人同一工种一年只能参加一次，请用统一的叫法。",
    )  # fmt: skip
    title = forms.CharField(label="班次名称", max_length=80, required=False, help_text="留空按工种和期次起名。")
    level = forms.ChoiceField(label="等级", choices=Level.choices)
    hours = _number(label="学时", min_value=1, max_value=999)
    capacity = _number(label="名额", min_value=1, max_value=999)
    starts_on = DayField(label="开班日期")
    ends_on = DayField(label="结束日期")
    enrol_until = DayField(label="报名截止")
    place = forms.ChoiceField(label="上课地点所在")
    venue = forms.CharField(label="地点", max_length=80, help_text="例如：社区妇女之家二楼。")
    trainer = forms.ModelChoiceField(
        label="培训机构", queryset=Unit.objects.none(), required=False,
        help_text="名单里没有的，先在“组织与名册”中添加服务机构；它的联络员登录后只看得到自己的班。",
    )  # fmt: skip
    teachers = forms.CharField(label="授课老师", max_length=120, required=False)
    contact = forms.CharField(label="咨询电话", max_length=20, required=False, help_text="报名的人会看到。")
    has_exam = forms.BooleanField(label="有结业考核", required=False, initial=True)
    plan = forms.CharField(
        label="教学计划", widget=forms.Textarea(attrs={"rows": 5}), max_length=2000, required=False,
        help_text="批准前要写好；批准的原件可在“资料”里上传。",
    )  # fmt: skip

    FIELDS = (
        "subject", "title", "level", "hours", "capacity", "starts_on", "ends_on", "enrol_until", "place", "venue", "trainer",
        "teachers", "contact", "has_exam", "plan",
    )  # fmt: skip

    def __init__(self, data: Any = None, *, places: Any, trainers: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        place, trainer = self.fields["place"], self.fields["trainer"]
        assert isinstance(place, forms.ChoiceField)
        assert isinstance(trainer, forms.ModelChoiceField)
        place.choices, trainer.queryset = places, trainers

    def given(self) -> dict[str, Any]:
        return {key: self.cleaned_data[key] for key in self.FIELDS}

    @classmethod
    def known(cls, course: Course) -> dict[str, Any]:
        return {**{key: getattr(course, key) for key in cls.FIELDS}, "revision": course.revision}


class LessonForm(forms.Form):
    """Days of a timetable, all at the same hours: one by one is what nobody wants to type."""

    first = DayField(label="第一天")
    last = DayField(label="最后一天", required=False, help_text="留空只排一天；周末也上课的话会一起排上，可再取消。")
    begins = forms.TimeField(
        label="上课", widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}), initial=dt.time(9)
    )
    ends = forms.TimeField(
        label="下课", widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}), initial=dt.time(17)
    )
    title = forms.CharField(label="内容", max_length=40)
    teacher = forms.CharField(label="老师", max_length=40, required=False)

    def lessons(self) -> list[Lesson]:
        """A lesson a day; one that spans noon is signed for twice."""
        data = self.cleaned_data
        first, last = data["first"], data["last"] or data["first"]
        twice = rules.signed_twice(data["begins"], data["ends"])
        days = min((last - first).days, 60) + 1
        return [
            Lesson(
                first + dt.timedelta(days=n), data["begins"], data["ends"], data["title"], data["teacher"], twice=twice
            )
            for n in range(max(days, 1))
        ]


class SignUpForm(forms.Form):
    """A woman signs up, or her village for her."""

    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    name = forms.CharField(label="姓名", max_length=40, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    number = forms.CharField(
        label="身份证号", max_length=24, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="15位旧证也可以。没有证件的留空，填出生日期。",
    )  # fmt: skip
    birth = DayField(label="出生日期", required=False, help_text="有身份证号的不用填。")
    phone = forms.CharField(
        label="手机号", max_length=20, required=False, help_text="没有手机的留空，由村（社区）通知。",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )  # fmt: skip
    place = forms.ChoiceField(label="所在村（社区）")
    rural = forms.ChoiceField(
        label="农村户籍或常住农村", choices=[*YES_NO, UNKNOWN], required=False, widget=forms.RadioSelect
    )
    away_months = _number(
        label="丈夫外出务工", max_value=600, required=False, help_text="满几个月；没有外出填 0，不清楚留空。"
    )
    category = forms.ChoiceField(label="人员类别", choices=Category.choices, initial=Category.OTHER)
    education = forms.ChoiceField(label="文化程度", choices=[("", "不填"), *Education.choices], required=False)
    intention = forms.ChoiceField(label="学了想做什么", choices=[("", "不填"), *Intention.choices], required=False)
    consent = forms.BooleanField(
        label="同意登记和使用以上信息，用于报名、核实资格和补贴审核",
        error_messages={"required": "须征得本人同意。"},
    )
    publish = forms.BooleanField(label="同意结业证书查验页显示姓名（不勾选则隐去部分文字）", required=False)

    def __init__(self, data: Any = None, *, places: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        place = self.fields["place"]
        assert isinstance(place, forms.ChoiceField)
        place.choices = places

    def said(self) -> SignUp:
        data = self.cleaned_data
        return SignUp(
            name=data["name"], number=data["number"], place=data["place"], phone=data["phone"],
            category=Category(data["category"]), education=Education(data["education"]) if data["education"] else None,
            intention=Intention(data["intention"]) if data["intention"] else None,
            rural={"yes": True, "no": False}.get(data["rural"]), away_months=data["away_months"], birth=data["birth"],
            sex="" if data["number"] else "F", consent=data["consent"], publish=data["publish"],
        )  # fmt: skip


class ProveForm(forms.Form):
    number = forms.CharField(label="补登身份证号", max_length=24, required=False)
    rural = forms.ChoiceField(
        label="农村户籍或常住农村", choices=[*YES_NO, ("", "不变")], required=False, widget=forms.RadioSelect
    )
    away_months = _number(label="丈夫外出务工（月）", max_value=600, required=False)
    proof = forms.CharField(label="看了什么材料", max_length=120, help_text="例如：户口簿、外出务工合同、居住证。")

    def __init__(self, data: Any = None, *, enrolment: Enrolment, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if enrolment.id_index is not None:
            del self.fields["number"]


class ReasonForm(forms.Form):
    reason = forms.CharField(label="原因", max_length=80)


class StartForm(forms.Form):
    small_why = forms.CharField(
        label="人数不足仍开班的原因", max_length=80, required=False, help_text="人数够的不用填。"
    )


class AuditForm(forms.Form):
    heads = _number(label="审定人数")
    amount = _money(label="审定金额", required=False, help_text="留空按人数乘标准。")
    on = DayField(label="审定日期", initial=clock.today)
    opinion = forms.CharField(label="意见", max_length=200, required=False, help_text="与申领不一致的，写明核减原因。")


class PaperForm(forms.Form):
    kind = forms.ChoiceField(label="种类", choices=PaperKind.choices)
    title = forms.CharField(label="名称", max_length=80, required=False, help_text="留空用文件名。")


class CallForm(forms.Form):
    outcome = forms.ChoiceField(label="现在的情况", choices=Outcome.choices, widget=forms.RadioSelect)
    employer = forms.CharField(label="单位或项目", max_length=60, required=False)
    income = _number(label="月收入", max_value=999_999, required=False, help_text="她愿意说的才填。")
    on = DayField(label="回访日期", initial=clock.today)
    note = forms.CharField(label="其他", max_length=200, required=False, help_text="需要帮助的，请在“群众需求”里登记。")


class StandardForm(forms.Form):
    valid_from = DayField(label="启用日期", help_text="这一天起开班的按新标准；已开班的不变。")
    women_only = forms.BooleanField(label="只面向妇女", required=False)
    age_min = _number(label="最小年龄", max_value=120, required=False)
    age_max = _number(label="最大年龄", max_value=120, required=False)
    rural_only = forms.BooleanField(label="只面向农村户籍或常住农村", required=False)
    absence_months = _number(
        label="丈夫外出务工满（月）", max_value=120, required=False, help_text="留空即放宽到全体农村妇女。"
    )
    once_a_year = forms.BooleanField(label="同一工种一年只参加一次", required=False)
    attendance_percent = _number(label="结业出勤率（%）", max_value=100)
    pass_mark = _number(label="考核合格分", max_value=100)
    size_min = _number(label="每班最少（人）", min_value=1, max_value=999)
    size_max = _number(label="每班最多（人）", min_value=1, max_value=999)
    feedback_days = _number(label="满意度填写期（天）", min_value=1, max_value=365)
    source = forms.CharField(label="依据", max_length=120, required=False)
    confirmed = forms.BooleanField(label="已对照文件核实", required=False)

    @classmethod
    def known(cls, standard: Standard) -> dict[str, Any]:
        return {key: getattr(standard, key) for key in cls.base_fields} | {"valid_from": clock.today()}


class FileForm(forms.Form):
    file = forms.FileField(label="表格（.xlsx）")
