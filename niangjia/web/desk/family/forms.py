"""Forms of family education."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django import forms

from niangjia.access.acting import Acting, ActorKind
from niangjia.core import clock, codes
from niangjia.core.codes import Level
from niangjia.family_education import queries
from niangjia.family_education.actions import Entry, Wanted
from niangjia.family_education.kinds import Age, Audience, Field, How, Mode, Party, Per, SchoolType, Season
from niangjia.family_education.models import Activity, Lecturer, School
from niangjia.org import queries as org
from niangjia.org.kinds import UnitKind
from niangjia.org.models import Unit
from niangjia.web.desk.choices import choose
from niangjia.web.desk.org.forms import DayField

Choices = list[tuple[str, Any]]
NONE: Choices = [("", "没有")]
DAYS = [(str(number), f"周{name}") for number, name in enumerate("一二三四五六日")]


class HourField(forms.TimeField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}), **kwargs)


class CountField(forms.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(widget=widget, min_value=0, max_value=99_999, **kwargs)


class PickField(forms.TypedChoiceField):
    """A choice of records by number; empty is None."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, empty_value=None, required=kwargs.pop("required", False), **kwargs)


def _with(choices: Choices, one: Any) -> Choices:
    """The choices, and what a record names already where it is not among them."""
    offered = {
        str(key) for label, entry in choices for key, _ in (entry if isinstance(entry, list) else [(label, entry)])
    }
    return choices if one is None or str(one.pk) in offered else [*choices, (str(one.pk), str(one))]


def places_of(acting: Acting) -> Choices:
    """Where an officer may enter something: her own place, then the villages, by town."""
    own: Choices = [(acting.place, org.place_name(acting.place))]
    if acting.kind is ActorKind.PARTNER or acting.level is Level.VILLAGE:
        return own
    if acting.level is Level.DISTRICT:
        towns, villages = org.town_and_village_choices(acting.place)
        return [*own, ("乡镇街道", towns), *villages]
    return [*own, *org.divisions_within(acting.place, Level.VILLAGE).values_list("code", "short_name")]


def partners_of(acting: Acting, schools: Sequence[School]) -> Choices:
    """Who may have held it together with her: the federations above her place and below, and the schools she sees."""
    place, own = acting.place, acting.unit_id
    if acting.kind is ActorKind.PARTNER:
        bearer = queries.bearer_of(Unit.objects.get(pk=own)) if own else None
        place = bearer.place if bearer else place
    federations = org.units().filter(kind=UnitKind.FEDERATION)
    if codes.level_of(place) is Level.DISTRICT:
        found = [unit for unit in federations if unit.level is Level.TOWN]
    else:
        lo, hi = codes.subtree(codes.town_of(place))
        found = [*federations.filter(place__gte=lo, place__lt=hi), org.district_federation()]
    others = [(str(one.unit_id), one.unit.short_name) for one in schools if one.unit_id != own]
    known = [(str(unit.pk), unit.short_name) for unit in found if unit.pk != own]
    return [("学校", others), ("妇联", known)] if others else known


class ActivityForm(forms.Form):
    """An activity in a minute: most of it is filled in already or may stay empty."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label="主题", max_length=80)
    mode = forms.ChoiceField(label="方式", choices=Mode.choices, widget=forms.RadioSelect)
    day = DayField(label="日期")
    starts = HourField(label="开始")
    ends = HourField(label="结束")
    heads = CountField(label="参加人次", required=False, help_text="还没有举办的留空，作为预告。")
    venue = forms.CharField(label="地点", max_length=80, required=False)
    place = forms.ChoiceField(label="所在地")
    school = PickField(label="在哪所学校举办")
    lecturer = PickField(label="讲师团讲师")
    lecturer_name = forms.CharField(label="主讲人", max_length=40, required=False, help_text="不是讲师团的，写姓名。")
    field = forms.ChoiceField(label="内容", choices=Field.choices)
    audience = forms.ChoiceField(label="对象", choices=Audience.choices)
    venue_kind = PickField(label="场所类别")
    course = PickField(label="课程")
    unit = forms.ChoiceField(label="主办单位")
    with_unit = PickField(
        label="共同举办单位", help_text="一次活动只登一条：写上共同举办单位，两家的职责都算完成，活动只计一场。"
    )
    households = CountField(label="参加家庭", required=False)
    note = forms.CharField(label="备注", max_length=200, required=False, help_text="不写孩子的姓名。")
    public = forms.BooleanField(label="在门户上预告", required=False)
    minors_agreed = forms.BooleanField(
        label="照片里没有孩子，或已征得监护人同意", required=False, help_text="照片只作内部存档，不公开。"
    )

    def __init__(self, data: Any = None, *, acting: Acting, one: Activity | None = None, **kwargs: Any) -> None:
        """``one`` is the activity to correct: its unit stays, and what it names may be chosen though it is out of use."""
        super().__init__(data, **kwargs)
        partner = acting.kind is ActorKind.PARTNER
        chosen = {name: getattr(one, name) for name in ("with_unit", "venue_kind", "course", "school")} if one else {}
        panel = [] if partner else list(queries.under_contract(clock.today()))
        if one and one.lecturer_id and not partner:
            chosen["lecturer"] = Lecturer.objects.filter(pk=one.lecturer_id).first()
        schools = list(queries.schools())
        own: Choices = [(str(acting.unit_id), acting.unit_name)]
        units = [] if partner else [(str(school.unit_id), school.unit.short_name) for school in schools]
        choose(self, "place", places_of(acting))
        choose(self, "unit", own + units)
        for name, offered in (
            ("school", [] if partner else [(str(school.pk), school.unit.short_name) for school in schools]),
            ("with_unit", partners_of(acting, schools)),
            ("venue_kind", [(str(kind.pk), kind.label) for kind in queries.venue_kinds()]),
            ("course", [(str(course.pk), course.title) for course in queries.courses()]),
            ("lecturer", [(str(teacher.pk), teacher.name) for teacher in panel]),
        ):  # fmt: skip
            choose(self, name, NONE + _with(offered, chosen.get(name)))
        if partner:
            for name in ("place", "school", "lecturer", "unit"):
                self.fields[name].widget = forms.HiddenInput()
                self.fields[name].required = False
        if one:
            del self.fields["unit"]

    def entry(self) -> Entry:
        data = self.cleaned_data
        day: dt.date = data["day"]
        return Entry(
            title=data["title"], mode=Mode(data["mode"]), field=Field(data["field"]),
            starts_at=dt.datetime.combine(day, data["starts"], clock.CHINA),
            ends_at=dt.datetime.combine(day, data["ends"], clock.CHINA), venue=data["venue"],
            audience=Audience(data["audience"]), heads=data["heads"], households=data["households"], place=data["place"],
            venue_kind_id=data["venue_kind"], school_id=data["school"], lecturer_id=data["lecturer"],
            lecturer_name=data["lecturer_name"], course_id=data["course"], with_unit_id=data["with_unit"],
            public=data["public"], note=data["note"],
        )  # fmt: skip


def fresh(acting: Acting) -> dict[str, Any]:
    """A new activity: today, in the afternoon, the unit's own way."""
    partner = acting.kind is ActorKind.PARTNER
    return {
        "token": uuid.uuid4(), "day": clock.today(), "starts": dt.time(14, 30), "ends": dt.time(16, 0),
        "mode": Mode.SCHOOL if partner else Mode.MOBILE, "place": acting.place, "unit": acting.unit_id,
        "audience": Audience.PARENTS, "field": Field.TALK,
    }  # fmt: skip


def known(one: Activity, acting: Acting) -> dict[str, Any]:
    """An activity as its form shows it. A school sees no list of lecturers: it has the name."""
    when, partner = one.when, acting.kind is ActorKind.PARTNER
    start, end = (moment.astimezone(clock.CHINA) for moment in (when.starts_at, when.ends_at))
    plain = {key: getattr(one, key) for key in ("token", "revision", "mode", "place", "field", "audience", "public")}
    picked = {key: getattr(one, f"{key}_id") for key in ("venue_kind", "course", "with_unit", "school", "lecturer")}
    if partner:
        picked |= {"school": None, "lecturer": None}
    return {
        **plain, **picked, "lecturer_name": "" if picked["lecturer"] else one.lecturer_name, "title": when.title,
        "day": start.date(), "starts": start.time(), "ends": end.time(), "heads": when.headcount,
        "households": when.households, "venue": when.venue, "note": when.note,
    }  # fmt: skip


class ReasonForm(forms.Form):
    reason = forms.CharField(label="原因", max_length=120)


class PaperForm(forms.Form):
    text = forms.CharField(label="做了什么", max_length=200, help_text="写文号、日期或具体做法。")


class PlanForm(forms.Form):
    text = forms.CharField(label="学期计划", max_length=1000, widget=forms.Textarea(attrs={"rows": 6}))


class LecturerForm(forms.Form):
    name = forms.CharField(label="姓名", max_length=40)
    employer = forms.CharField(label="工作单位", max_length=60, required=False)
    title = forms.CharField(label="职称或资格", max_length=60, required=False)
    phone = forms.RegexField(
        label="手机号", regex=r"^1\d{10}$", required=False, error_messages={"invalid": "请填写11位手机号。"},
        help_text="封存保管，查看会留痕。修改时留空不变。",
    )  # fmt: skip
    fields_ = forms.MultipleChoiceField(label="擅长方向", choices=Field.choices, widget=forms.CheckboxSelectMultiple)
    weekdays = forms.TypedMultipleChoiceField(
        label="通常有空的日子", choices=DAYS, coerce=int, required=False, widget=forms.CheckboxSelectMultiple,
        help_text="不选就是都可以。",
    )  # fmt: skip
    towns = forms.MultipleChoiceField(
        label="可到的镇街", required=False, widget=forms.CheckboxSelectMultiple, help_text="不选就是都可以。"
    )
    contract_from = DayField(label="聘期起")
    contract_to = DayField(label="聘期止", required=False)
    note = forms.CharField(label="备注", max_length=200, required=False)

    def __init__(self, data: Any = None, *, acting: Acting, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        towns = org.divisions_within(codes.district_of(acting.place), Level.TOWN)
        choose(self, "towns", list(towns.values_list("code", "short_name")))

    def fields_given(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        return {**data, "fields": data.pop("fields_")}


def known_lecturer(one: Lecturer) -> dict[str, Any]:
    names = ("name", "employer", "title", "towns", "contract_from", "contract_to", "note")
    return {
        **{key: getattr(one, key) for key in names},
        "fields_": one.fields,
        "weekdays": [str(day) for day in one.weekdays],
    }


class CourseForm(forms.Form):
    title = forms.CharField(label="课程", max_length=60)
    field = forms.ChoiceField(label="方向", choices=Field.choices)
    age = forms.ChoiceField(label="孩子年龄段", choices=Age.choices)
    minutes = CountField(label="时长（分钟）", initial=90)
    summary = forms.CharField(label="简介", max_length=200, required=False)
    active = forms.BooleanField(label="可点", required=False, initial=True)


class OrderForm(forms.Form):
    token = forms.UUIDField(widget=forms.HiddenInput)
    course = PickField(label="课程")
    field = forms.ChoiceField(label="内容", choices=Field.choices)
    day = DayField(label="日期")
    starts = HourField(label="开始")
    ends = HourField(label="结束")
    place = forms.ChoiceField(label="授课地")
    venue = forms.CharField(label="地点", max_length=60)
    venue_kind = PickField(label="场所类别")
    audience = forms.ChoiceField(label="对象", choices=Audience.choices)
    expected = CountField(label="预计人数")
    note = forms.CharField(label="要求", max_length=200, required=False)

    def __init__(self, data: Any = None, *, acting: Acting, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        choose(self, "place", places_of(acting))
        choose(self, "venue_kind", NONE + [(str(one.pk), one.label) for one in queries.venue_kinds()])
        choose(self, "course", NONE + [(str(one.pk), f"{one.title}（{one.minutes}分钟）") for one in queries.courses()])

    def wanted(self) -> Wanted:
        data = self.cleaned_data
        return Wanted(
            field=Field(data["field"]), starts_at=dt.datetime.combine(data["day"], data["starts"], clock.CHINA),
            ends_at=dt.datetime.combine(data["day"], data["ends"], clock.CHINA), place=data["place"], venue=data["venue"],
            expected=data["expected"], audience=Audience(data["audience"]), course_id=data["course"],
            venue_kind_id=data["venue_kind"], note=data["note"],
        )  # fmt: skip


def fresh_order(acting: Acting) -> dict[str, Any]:
    return {
        "token": uuid.uuid4(), "day": clock.today() + dt.timedelta(days=14), "starts": dt.time(14, 30), "ends": dt.time(16, 0),
        "place": acting.place, "audience": Audience.PARENTS,
    }  # fmt: skip


class HeldForm(forms.Form):
    heads = CountField(label="参加人次")
    households = CountField(label="参加家庭", required=False)
    note = forms.CharField(label="备注", max_length=200, required=False, help_text="不写孩子的姓名。")


class RateForm(forms.Form):
    stars = forms.TypedChoiceField(
        label="评分",
        coerce=int,
        choices=[(number, f"{number}分") for number in (5, 4, 3, 2, 1)],
        widget=forms.RadioSelect,
    )
    remark = forms.CharField(label="评价", max_length=200, required=False, help_text="供讲师团改进，不公开。")


class SchoolForm(forms.Form):
    unit = PickField(
        label="学校", required=True, help_text="名单里没有的，先在“组织与名册”中添加学校，或用 Excel 导入。"
    )
    type = forms.ChoiceField(label="类型", choices=SchoolType.choices)
    place = forms.ChoiceField(label="所在地")
    head = forms.CharField(label="家长学校负责人", max_length=40, required=False)
    opened_on = DayField(label="家长学校开办日期")
    model_on = DayField(label="命名为示范家长学校", required=False)
    closed_on = DayField(label="停办日期", required=False)

    def __init__(self, data: Any = None, *, acting: Acting, units: Sequence[Unit], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        choose(self, "unit", [(str(unit.pk), unit.name) for unit in units])
        choose(self, "place", places_of(acting))


class RegisterForm(forms.Form):
    file = forms.FileField(label="家长学校名册（.xlsx）")


class TermForm(forms.Form):
    year = CountField(label="年份")
    season = forms.ChoiceField(label="学期", choices=Season.choices)
    starts_on = DayField(label="开学")
    ends_on = DayField(label="结束")


class EducationDayForm(forms.Form):
    year = CountField(label="年份")
    day = DayField(label="家庭教育日")


class DutyForm(forms.Form):
    regulation = forms.CharField(label="法规", max_length=40)
    article = forms.CharField(label="条款", max_length=30)
    party = forms.ChoiceField(label="责任主体", choices=Party.choices)
    words = forms.CharField(
        label="成员单位简称含", max_length=60, required=False, help_text="部门职责才填，几个用、隔开，如：教委、教育。"
    )
    what = forms.CharField(label="职责", max_length=120)
    short = forms.CharField(label="简称", max_length=8, required=False, help_text="清单的列名，如：活动、工作计划。")
    how = forms.ChoiceField(label="怎么看完成", choices=How.choices)
    number = CountField(label="次数", initial=1)
    per = forms.ChoiceField(label="周期", choices=Per.choices)
    valid_from = DayField(label="生效日期")
    valid_to = DayField(label="失效日期", required=False, help_text="次数变了的，停用旧的，另添一条。")
    unconfirmed = forms.BooleanField(label="条款待核对", required=False)
    note = forms.CharField(label="说明", max_length=120, required=False)


class VenueForm(forms.Form):
    label = forms.CharField(label="场所类别", max_length=12)
    entered = forms.BooleanField(label="计入三进", required=False)
    active = forms.BooleanField(label="在用", required=False, initial=True)


class MeetingForm(forms.Form):
    held_on = DayField(label="日期")
    title = forms.CharField(label="会议或发文", max_length=80)
    text = forms.CharField(label="议定事项", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 5}))


class MatchForm(forms.Form):
    lecturer = forms.IntegerField()
    revision = forms.IntegerField()
