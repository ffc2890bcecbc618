"""Excel layouts of the engine: the list of cases going out, grants of earlier years coming in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError

from niangjia.core import clock, codes, identity, masking
from niangjia.intake.build import build_field, plain
from niangjia.intake.sheet import Field, Kind, Sensitivity
from niangjia.intake.show import text_of
from niangjia.letters.kinds import Column, Table
from niangjia.org import queries as org
from niangjia.programmes import queries
from niangjia.programmes.definition import Layout, Version
from niangjia.programmes.models import Case

CASES = Table(
    "cases",
    "申请名单",
    (
        Column("number", "编号", width=24),
        Column("round", "批次", width=20),
        Column("name", "姓名", width=12),
        Column("id_number", "身份证号", width=22),
        Column("phone", "联系电话", width=16),
        Column("town", "镇街", width=14),
        Column("village", "村（社区）", width=18),
        Column("category", "困难类别", width=18),
        Column("state", "状态", width=18),
        Column("submitted", "提交日期", width=12),
        Column("due", "办理期限", width=12),
        Column("amount", "金额（元）", width=12, numeric=True),
        Column("paid", "到账日期", width=12),
        Column("helper", "代填人", width=18),
    ),
)


def case_rows(cases: Iterable[Case], *, clear: bool) -> Iterator[tuple[object, ...]]:
    """A line for each case, joined with its round and grant. Numbers stay masked unless ``clear``."""
    names = org.place_names()
    for case in cases:
        version = queries.version_of(case)
        bound = version.bindings
        answers = queries.answers_of(case)
        number, phone = str(answers.get(bound.id_number, "")), str(answers.get(bound.phone, ""))
        grant = getattr(case, "grant", None)
        yield (
            case.number,
            case.round.title,
            case.name,
            number if clear else masking.mask_id(number),
            phone if clear else masking.mask_phone(phone),
            names.get(codes.town_of(case.place), ""),
            names.get(case.place, case.place) if case.place[9:] != "000" else "",
            version.category_label(case.category).split("（")[0],
            version.workflow.state(case.state).label,
            case.submitted_at and case.submitted_at.astimezone(clock.CHINA).date(),
            case.due_on,
            case.amount,
            grant.paid_on if grant else None,
            case.helper,
        )


FIRST_YEAR = 2011  # 贫困母亲两癌救助专项基金 began
MOST_YUAN = 1_000_000


def parse_year(text: str) -> int:
    """A year since the programme began, “2015” or “2015年”. Raises ValueError."""
    digits = text.removesuffix("年").removesuffix("年度")
    this_year = clock.today().year
    if not (digits.isascii() and digits.isdigit()) or not FIRST_YEAR <= int(digits) <= this_year:
        raise ValueError(f"应是{FIRST_YEAR}至{this_year}之间的年份")
    return int(digits)


def parse_amount(text: str) -> Decimal:
    """Yuan above zero with at most two decimals. Raises ValueError."""
    try:
        amount = Decimal(text.replace(",", "").removesuffix("元"))
    except InvalidOperation:
        raise ValueError("应是金额数字") from None
    if not amount.is_finite() or not 0 < amount <= MOST_YUAN or amount != round(amount, 2):
        raise ValueError(f"应大于0、不超过{MOST_YUAN:,}，最多两位小数")
    return amount


def parse_day(text: str) -> dt.date:
    """A day not after today, as 2015-10-08, 2015/10/8, 2015.10.8 or 2015年10月8日. Raises ValueError."""
    plain = text.replace("年", "-").replace("月", "-").removesuffix("日").replace("/", "-").replace(".", "-")
    try:
        day = dt.date(*map(int, plain.split("-")))
    except (ValueError, TypeError):
        raise ValueError("应是日期，例如 2015-10-08") from None
    if day > clock.today():
        raise ValueError("不能晚于今天")
    return day


HISTORY = Table(
    "grant_history",
    "历年救助台账",
    (
        Column("name", "姓名", identity.parse_name, required=True, width=14, example="张桂芳"),
        Column(
            "id", "身份证号码", identity.parse_id, required=True, width=22, aliases=("身份证号", "公民身份号码"),
            note="18位或15位，单元格设为文本格式",
        ),
        Column("town", "镇街", required=True, width=16, example="敦仁街道", aliases=("乡镇街道", "乡镇")),
        Column("village", "村（社区）", width=20, example="大东门社区", aliases=("村社区", "社区")),
        Column("year", "年度", parse_year, required=True, width=10, example="2015", aliases=("年份", "救助年度")),
        Column(
            "amount", "金额（元）", parse_amount, required=True, width=12, numeric=True, example="10000", aliases=("救助金额",)
        ),
        Column("paid_on", "发放日期", parse_day, width=14, example="2015-10-08", aliases=("到账日期",)),
        Column("source", "资料来源", width=30, example="2015年发放花名册", aliases=("备注",)),
    ),
)  # fmt: skip


class Facts:
    """What papers and tables may take from one case, by the sources of its definition. Numbers are masked unless ``clear``.

    ``steps`` and the grant are read once; a list passes cases with both prefetched.
    """

    def __init__(self, case: Case, *, clear: bool = False, row: int = 1) -> None:
        self.case, self.version, self.clear, self.row = case, queries.version_of(case), clear, row
        self._answers = queries.answers_of(case)
        self._steps = {step.key: step for step in case.steps.all()}
        self._names = org.place_names()

    def value(self, source: str) -> object:
        """A text, number, day or None."""
        if source.startswith("@"):
            return self._own(source)
        step, dot, key = source.partition(".")
        if not dot:
            return self._of(self.version.sheet.field(source), self._answers.get(source))
        taken, sheet = self._steps.get(step), self.version.act(step).sheet
        if taken is None or sheet is None:
            return None
        return self._of(sheet.field(key), queries.step_answers(taken).get(key))

    def text(self, source: str) -> str:
        """The value as a letter prints it."""
        value = self.value(source)
        if isinstance(value, dt.date):
            return f"{value.year}年{value.month}月{value.day}日"
        if isinstance(value, Decimal):
            return f"{value:,.2f}".removesuffix(".00")
        return "" if value is None else str(value)

    def _of(self, field: Field, value: Any) -> object:
        if value in (None, "", []):
            return None
        masks = {Kind.ID_NUMBER: masking.mask_id, Kind.PHONE: masking.mask_phone, Kind.BANK_CARD: masking.mask_card}
        match field.kind:
            case Kind.DATE:
                return dt.date.fromisoformat(str(value))
            case Kind.MONEY:
                return Decimal(str(value))
            case Kind.INTEGER:
                return int(value)
            case Kind.ID_NUMBER | Kind.PHONE | Kind.BANK_CARD:
                return str(value) if self.clear and field.kind is not Kind.BANK_CARD else masks[field.kind](str(value))
        if field.sensitivity is Sensitivity.HEALTH:
            return None  # illness is in no list and no letter
        return text_of(field, value, lambda code: self._names.get(code, code))

    def _own(self, source: str) -> object:
        case, bound = self.case, self.version.bindings
        grant = getattr(case, "grant", None)
        number = self._answers.get(bound.id_number) if bound.id_number else None
        match source:
            case "@row":
                return self.row
            case "@number":
                return case.number
            case "@round":
                return case.round.title
            case "@name":
                return case.name
            case "@town":
                return self._names.get(codes.town_of(case.place), "")
            case "@village":
                return self._names.get(case.place, case.place)
            case "@place":
                return f"{self._names.get(codes.town_of(case.place), '')}{self._names.get(case.place, '')}"
            case "@category":
                return self.version.category_label(case.category)
            case "@state":
                return self.version.workflow.state(case.state).label
            case "@amount":
                return grant.amount if grant and grant.amount is not None else case.amount
            case "@submitted_on":
                return case.submitted_at and case.submitted_at.astimezone(clock.CHINA).date()
            case "@granted_on":
                return grant.granted_on if grant else None
            case "@delivered_on":
                return grant.paid_on if grant else None
            case "@quantity":
                return grant.quantity if grant else None
            case "@today":
                return clock.today()
            case "@unit":
                return case.round.unit.name
            case "@sex":
                return {"F": "女", "M": "男"}[identity.parse_id(str(number)).sex] if number else None
            case "@age":
                return identity.age_on(identity.parse_id(str(number)).birth, clock.today()) if number else None
        return None


def table_of(version: Version, layout: Layout) -> Table:
    """A layout as a table that is written, and read when it says so."""
    bound, columns = version.bindings, []
    for column in layout.columns:
        field = next((f for f in version.sheet if f.key == column.source), None)
        read = field if layout.reads and field and field.kind is not Kind.PLACE else None
        columns.append(
            Column(
                column.source if column.source != "@nothing" else column.title,
                column.title,
                _parser(read) if read else None,
                required=bool(read and read.required and read.shown_if is None) or column.source == bound.name,
                width=column.width,
                choices=tuple(label for _, label in read.choices) if read and read.kind is Kind.CHOICE else (),
                numeric=bool(field and field.kind in (Kind.MONEY, Kind.INTEGER))
                or column.source in ("@row", "@amount"),
            )
        )
    return Table(layout.key, layout.title, tuple(columns))


def _parser(field: Field) -> Callable[[str], object]:
    """Reads a cell as the form would; raises ValueError with what the form would say."""
    built = build_field(field, list)
    by_label = {label: value for value, label in field.choices}

    def parse(text: str) -> object:
        if field.kind in (Kind.YESNO, Kind.AGREE):
            if text not in ("是", "否"):
                raise ValueError("应填“是”或“否”")
            return (text == "是") if field.kind is Kind.AGREE else ("yes" if text == "是" else "no")
        if field.kind is Kind.CHOICE:
            return by_label[text]
        if field.kind is Kind.CHOICES:
            parts = [part for part in text.replace("，", "、").split("、") if part]
            if unknown := [part for part in parts if part not in by_label]:
                raise ValueError(f"没有“{unknown[0][:20]}”这一项")
            return [by_label[part] for part in parts]
        try:
            return plain(built.clean(text))
        except ValidationError as error:
            raise ValueError("；".join(error.messages).rstrip("。")) from error

    return parse


def layout_rows(cases: Iterable[Case], layout: Layout, *, clear: bool) -> Iterator[tuple[object, ...]]:
    """A line for each case, then the footers."""
    for row, case in enumerate(cases, start=1):
        facts = Facts(case, clear=clear, row=row)
        yield tuple(facts.value(column.source) for column in layout.columns)
    for footer in layout.footers:
        yield (footer, *(None,) * (len(layout.columns) - 1))
