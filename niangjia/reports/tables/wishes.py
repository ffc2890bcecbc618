"""微心愿 in Excel: a village's list in, each row answered; what stands out, without names."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

from niangjia.access.acting import Acting
from niangjia.access.verbs import Verb
from niangjia.core import clock, codes
from niangjia.core.codes import Level
from niangjia.express.queries import place_finder
from niangjia.letters.kinds import CellError, Column, Row, SheetError, Table
from niangjia.letters.sheets import read_table, write_table
from niangjia.org import queries as org
from niangjia.reports.tables.express import parse_count
from niangjia.reports.tables.roster import parse_day, parse_short
from niangjia.transfers.kinds import KINDS, Done, Kind, Work
from niangjia.wishes import actions, queries
from niangjia.wishes.actions import Answer, Listed, Outcome
from niangjia.wishes.kinds import STANDING, Category, Consented, WisherKind
from niangjia.wishes.models import Claim, Wish
from niangjia.wishes.rules import Entry

IMPORT: Final = "wishes.in"
AT_ONCE: Final = 200  # rows; each is an act of its own with its line in the trail
_KINDS: Final = {str(kind.label): kind for kind in WisherKind}
_CATEGORIES: Final = {str(category.label): category for category in Category}
_WAYS: Final = {str(way.label): way for way in (Consented.ORAL, Consented.PAPER)}

LIST: Final = Table(
    "wishes_list",
    "微心愿征集表",
    (
        Column("kind", "许愿人", required=True, width=10, example="儿童", choices=tuple(_KINDS), aliases=("类型", "人员类型")),
        Column("name", "姓名", parse_short(30), required=True, width=12, example="陈某某", note="加密保存，不公开"),
        Column("guardian", "监护人", parse_short(30), width=12, example="陈某", note="儿童必填"),
        Column("phone", "联系电话", parse_short(20), width=16, note="可不填，只给村（社区）用"),
        Column("place", "村（社区）", parse_short(40), width=18, note="镇街、区妇联填写时写村（社区）名称；村（社区）自己填可留空", aliases=("所在村", "社区")),
        Column("category", "类别", required=True, width=10, example="学习", choices=tuple(_CATEGORIES)),
        Column("text", "心愿", parse_short(200), required=True, width=40, example="想要一个结实的书包", note="100 字以内，不写姓名、学校、地址、电话，不要钱"),
        Column("value", "估价（元）", parse_count, required=True, width=10, numeric=True, example="120", note="写整数，陪伴类可填 0", aliases=("估价", "金额（元）")),
        Column("consented_on", "同意日期", parse_day, required=True, width=12, example="2026-11-20", note="本人或监护人同意公开（不写姓名）的日期，写成 2026-11-20"),
        Column("consented", "同意方式", width=16, example="纸质签名", choices=tuple(_WAYS), note="留空为当面说明并同意"),
        Column("verified", "已核实", width=8, example="是", choices=("是", "否"), note="见过本人、情况属实填“是”；留空为否"),
    ),
)  # fmt: skip
_HEADERS: Final = {column.key: column.header for column in LIST.columns}


def declare() -> None:
    """Declare the import as a file that is worked off in the background when it is long. Called once, at start."""
    KINDS.register(
        IMPORT,
        Kind(
            key=IMPORT,
            label="导入微心愿",
            result="微心愿处理结果",
            verb=Verb.WISH_HANDLE,
            room="wishes:index",
            at_once=AT_ONCE,
            work=_take,
            rows=lambda data: read_table(data, LIST).rows_at_most,
            tells=(SheetError,),
        ),
    )


def _take(work: Work) -> Done:
    """Read a list and take in what is sound; a row that is wrong changes nothing and is told so."""
    assert work.source is not None
    reading = read_table(work.source, LIST)
    find = _finder(work.by)
    rows: list[Row] = []
    listed: list[Listed] = []
    for row in reading:
        rows.append(row)
        try:
            place = find(str(row.values["place"] or ""))
        except ValueError as error:
            row.errors.append(CellError(row.number, "村（社区）", str(error), "请写“龙潭镇 某某村”的样子"))
            continue
        if not row.errors:
            listed.append(Listed(row.number, _entry(row), place, row.values["verified"] == "是"))
    told = actions.take_list(rows=listed, by=work.by, report=work.report)
    counts: Counter[str] = Counter({outcome.value: 0 for outcome in Outcome})
    answered = []
    for row in rows:
        answer = told.get(row.number, Answer(Outcome.REFUSED))
        if answer.outcome is Outcome.REFUSED and not row.errors:
            row.errors.append(_error(row.number, answer))
        counts[answer.outcome] += 1
        answered.append(row.answered(answer.outcome.value))
    write_table(work.out, LIST, answered, errors_column=True)
    lines = [str(error) for row in rows for error in row.errors]
    return Done(dict(counts), counts[Outcome.REFUSED], tuple(lines + reading.notices))


def _finder(by: Acting) -> Callable[[str], str]:
    """Reads the village of a row; a village's own list need not say it."""
    if codes.level_of(by.place) is Level.VILLAGE:
        return lambda text: by.place
    find = place_finder(by.place)

    def one(text: str) -> str:
        places = find(text)
        if len(places) != 1 or codes.level_of(places[0]) is not Level.VILLAGE:
            raise ValueError("请写一个村（社区）")
        return places[0]

    return one


def _entry(row: Row) -> Entry:
    value = row.values
    day, worth = value["consented_on"], value["value"]
    assert isinstance(day, dt.date)
    assert isinstance(worth, int)
    return Entry(
        kind=_KINDS[str(value["kind"])],
        name=str(value["name"]),
        category=_CATEGORIES[str(value["category"])],
        text=str(value["text"]),
        value=worth,
        consented_on=day,
        consented=_WAYS.get(str(value["consented"]), Consented.ORAL),
        guardian=str(value["guardian"] or ""),
        phone=str(value["phone"] or ""),
    )


def _error(number: int, answer: Answer) -> CellError:
    """The action says what is wrong and then, after a stop or a comma, the remedy."""
    text = answer.text.rstrip("。")
    message, _, remedy = text.partition("，请" if "，请" in text.partition("。")[0] else "。请")
    return CellError(number, _HEADERS.get(answer.field, "心愿"), message, f"请{remedy or '改正后再导入'}")


OUT: Final = Table(
    "wishes_out",
    "微心愿台账",
    (
        Column("number", "编号", width=8, numeric=True),
        Column("place", "村（社区）", width=22),
        Column("kind", "许愿人", width=8),
        Column("shown_as", "姓名", width=10),
        Column("category", "类别", width=8),
        Column("text", "心愿", width=40),
        Column("value", "估价（元）", width=10, numeric=True),
        Column("state", "状态", width=10),
        Column("raised", "登记日期", width=12),
        Column("opened", "公开日期", width=12),
        Column("claimant", "认领", width=18),
        Column("due", "认领期限", width=12),
        Column("delivered", "送到日期", width=12),
        Column("said", "许愿人意见", width=16),
    ),
)


def write_list(out: BinaryIO, *, by: Acting) -> int:
    """Write the wishes the reader sees, names masked, donors by unit or as 个人; returns how many. The trail says so."""
    count = write_table(out, OUT, _lines(), title=f"微心愿台账（{clock.today()}）")
    actions.note_export(rows=count, by=by)
    return count


def _lines() -> Iterator[list[object]]:
    standing = {claim.wish_id: claim for claim in queries.claims().filter(state__in=STANDING)}
    names = org.place_names()
    for wish in queries.wishes().order_by("place", "id"):
        yield _line(wish, standing.get(wish.pk), names)


def _line(wish: Wish, claim: Claim | None, names: dict[str, str]) -> list[object]:
    town, village = names.get(codes.town_of(wish.place), ""), names.get(wish.place, wish.place)
    return [
        wish.pk, f"{town} {village}".strip(), wish.get_kind_display(), wish.shown_as, wish.get_category_display(), wish.text,
        wish.value, wish.get_state_display(), f"{wish.raised_at:%Y-%m-%d}",
        f"{wish.opened_at:%Y-%m-%d}" if wish.opened_at else "", (claim.unit_name or "个人") if claim else "",
        str(claim.due_on) if claim else "", str(wish.delivered_on or ""), wish.get_said_display() if wish.said else "",
    ]  # fmt: skip
