"""Excel layouts of the engine: the list of cases going out, grants of earlier years coming in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation

from niangjia.core import clock, codes, identity, masking
from niangjia.letters.kinds import Column, Table
from niangjia.org import queries as org
from niangjia.programmes import queries
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
        label_of = version.sheet.field(bound.category).label_of if bound.category else str
        grant = getattr(case, "grant", None)
        yield (
            case.number,
            case.round.title,
            case.name,
            number if clear else masking.mask_id(number),
            phone if clear else masking.mask_phone(phone),
            names.get(codes.town_of(case.place), ""),
            names.get(case.place, case.place) if case.place[9:] != "000" else "",
            label_of(case.category).split("（")[0] if case.category else "",
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
