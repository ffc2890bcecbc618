"""The roster as one Excel table: it comes in in the form it goes out, and each row gets an answer."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, Final

from niangjia.access import policy
from niangjia.access.acting import Acting
from niangjia.access.verbs import Verb
from niangjia.core import clock, codes, identity, masking
from niangjia.core.codes import Level
from niangjia.core.outcome import Outcome
from niangjia.letters import sheets
from niangjia.letters.kinds import CellError, Column, Row, SheetError, Table
from niangjia.org import queries, roster
from niangjia.org.kinds import Domain, Political, PostRole
from niangjia.org.models import Post, Unit
from niangjia.org.roster import Answer, Line
from niangjia.org.rules import ADMINISTRATORS
from niangjia.people.models import Account
from niangjia.trail import actions as trail
from niangjia.transfers.kinds import KINDS, Done, Kind, Work

ROLES: Final = {role.label: role for role in PostRole if role not in ADMINISTRATORS}
_YES_NO: Final = {"是": True, "否": False}
_DAY: Final = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 00:00)?")
_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH: Final = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})月?|(\d{2}))(?:[-/.]?\d{1,2}日?)?")


def parse_day(text: str) -> dt.date:
    """2024-03-05, 2024/3/5, 2024.3.5, 2024年3月5日 or 20240305. Raises ValueError for the user."""
    found = _DAY.fullmatch(text) or _COMPACT.fullmatch(text)
    if found is None:
        raise ValueError(f"“{text[:20]}”不是日期")
    try:
        return dt.date(*map(int, found.groups()))
    except ValueError:
        raise ValueError(f"“{text[:20]}”这一天不存在") from None


def parse_month(text: str) -> dt.date:
    """The first day of the month of birth: 1980-05, 1980.5, 1980年5月, 198005 or a whole date."""
    found = _MONTH.fullmatch(text)
    month = int(found[2] or found[3]) if found else 0
    if found is None or not 1 <= month <= 12 or not 1900 <= int(found[1]) <= clock.today().year:
        raise ValueError(f"“{text[:20]}”不是出生年月")
    return dt.date(int(found[1]), month, 1)


def parse_phone(text: str) -> str:
    """A phone; one masked by our own export (138****5678) is left as it is and tells namesakes apart."""
    if re.fullmatch(r"[\d*-]*\*{3,}[\d*-]*", text):
        return text
    return identity.parse_phone(text)


def parse_term(text: str) -> int:
    """第8届 or 8."""
    found = re.fullmatch(r"第?\s*(\d{1,2})\s*届?", text)
    if found is None or not int(found[1]):
        raise ValueError(f"“{text[:20]}”不是届次")
    return int(found[1])


def parse_short(most: int) -> Any:
    """A text of at most ``most`` characters."""

    def parse(text: str) -> str:
        if len(text) > most:
            raise ValueError(f"超过 {most} 个字")
        return text

    return parse


ROSTER: Final = Table(
    "roster",
    "妇联组织名册",
    (
        Column("town", "乡镇街道", width=12, example="敦仁街道", note="区级单位留空；单位名不重复时可不填"),
        Column("unit", "单位", required=True, width=20, example="大东门社区妇联", note="单位全称或简称", aliases=("所在单位", "单位名称")),
        Column("role", "职务", required=True, width=12, example="主席", choices=tuple(ROLES)),
        Column("name", "姓名", parse=identity.parse_name, required=True, width=10, example="张某某"),
        Column("gender", "性别", width=6, example="女", choices=("女", "男")),
        Column("birth_month", "出生年月", parse=parse_month, width=10, example="1980-05", note="写成 1980-05"),
        Column("ethnicity", "民族", parse=parse_short(12), width=8, example="汉族"),
        Column("political", "政治面貌", width=10, example="中共党员", choices=tuple(Political.labels)),
        Column("education", "文化程度", parse=parse_short(12), width=10, example="大专", aliases=("学历",)),
        Column("employer", "工作单位及职务", parse=parse_short(80), width=24, example="大东门社区居委会委员"),
        Column("domain", "界别", width=10, example="基层", choices=tuple(Domain.labels)),
        Column("in_two_committees", "进两委", width=8, example="是", choices=tuple(_YES_NO), note="村（社区）“两委”成员填“是”", aliases=("是否进两委",)),
        Column("phone", "手机号", parse=parse_phone, width=14, example="13800138000", note="11 位手机号；留空表示不改", aliases=("联系电话", "手机", "电话")),
        Column("term", "届次", parse=parse_term, width=8, example="第3届", note="写成 第3届"),
        Column("starts_on", "任职日期", parse=parse_day, required=True, width=12, example="2022-01-10", note="写成 2022-01-10"),
        Column("ends_on", "届满日期", parse=parse_day, width=12, example="2027-01-09", note="写成 2027-01-09；留空按届期推算", aliases=("到期日期",)),
        Column("ended_on", "离任日期", parse=parse_day, width=12, example="", note="写成 2025-06-30；在任的留空"),
        Column("leave_reason", "离任原因", parse=parse_short(60), width=14, example=""),
    ),
)  # fmt: skip


IMPORT: Final = "roster.in"
AT_ONCE: Final = 2_000  # rows; a second of work
REPORT_EVERY: Final = 2_000


@dataclass(slots=True)
class Imported:
    """What became of a file: how many rows of each outcome, the answer sheet, the first refusals, what the reader noticed."""

    counts: dict[str, int]
    answers: bytes = field(repr=False)
    refusals: list[str]
    notices: list[str]

    @property
    def rows(self) -> int:
        return sum(self.counts.values())


def import_file(
    source: bytes | Path,
    *,
    place: str,
    own_officer: int | None = None,
    closed: Collection[str] = (),
    report: Callable[[int], None] | None = None,
) -> Imported:
    """Read a roster and take in what is sound, for the range ``place``; all or nothing if the machine stops midway.

    Raises letters' SheetError when the file as a whole cannot be used. A row that is wrong changes nothing and is told
    so; the others count. Half of ``report`` is reading, half is deciding.
    """
    reading = sheets.read_table(source, ROSTER)
    rows: list[Row] = []
    for row in reading:
        if report and len(rows) % REPORT_EVERY == 0:
            report(len(rows) // 2)
        rows.append(row)
    data = source if isinstance(source, bytes) else source.read_bytes()
    told = roster.import_lines(
        [_line(row) for row in rows if not row.errors],
        place=place,
        source=sha256(data).hexdigest()[:16],
        own_officer=own_officer,
        closed=closed,
        report=(lambda done: report((len(rows) + done) // 2)) if report else None,
    )
    counts: Counter[str] = Counter({outcome.value: 0 for outcome in Outcome})
    refusals: list[str] = []
    answered: list[list[str | None]] = []
    for row in rows:
        words = _answer(row, told.get(row.number))
        counts[Outcome.REFUSED if row.errors else told[row.number].outcome] += 1
        refusals += map(str, row.errors)
        answered.append(row.answered(words))
    out = io.BytesIO()
    sheets.write_table(out, ROSTER, answered, errors_column=True)
    return Imported(dict(counts), out.getvalue(), refusals, reading.notices)


def import_as(source: bytes | Path, *, by: Acting, report: Callable[[int], None] | None = None) -> Imported:
    """`import_file` for an officer: in her range, and nothing of what she may not touch."""
    by.require(Verb.ROSTER_IMPORT)
    own = Account.objects.get(pk=by.account_id).officer_id if by.account_id else None
    closed = policy.current().closed_to(by.verbs)
    return import_file(source, place=by.place, own_officer=own, closed=closed, report=report)


def declare() -> None:
    """Declare the import as a file worked off in the background when it is long. Called once, at start."""
    KINDS.register(
        IMPORT,
        Kind(
            key=IMPORT,
            label="导入妇联组织名册",
            result="名册处理结果",
            verb=Verb.ROSTER_IMPORT,
            room="org:roster",
            at_once=AT_ONCE,
            work=_take,
            rows=lambda data: sheets.read_table(data, ROSTER).rows_at_most,
            tells=(SheetError,),
        ),
    )


def _take(work: Work) -> Done:
    assert work.source is not None
    taken = import_as(work.source, by=work.by, report=work.report)
    work.out.write(taken.answers)
    return Done(taken.counts, taken.counts[Outcome.REFUSED], tuple(taken.refusals + taken.notices))


def _line(row: Row) -> Line:
    value = row.values
    phone = value["phone"]
    masked = isinstance(phone, str) and "*" in phone
    details = {
        "gender": {"女": "F", "男": "M"}.get(str(value["gender"])),
        "birth_month": value["birth_month"],
        "ethnicity": value["ethnicity"],
        "political": _by_label(Political, value["political"]),
        "education": value["education"],
        "employer": value["employer"],
        "domain": _by_label(Domain, value["domain"]),
    }
    known: dict[str, Any] = {
        key: value[key] for key in ("name", "starts_on", "ends_on", "ended_on", "leave_reason", "term")
    }
    return Line(
        number=row.number,
        town=str(value["town"] or ""),
        unit=str(value["unit"]),
        role=ROLES[str(value["role"])],
        phone=None if masked or phone is None else str(phone),
        masked=str(phone) if masked else None,
        in_two_committees=_YES_NO.get(str(value["in_two_committees"])),
        details={key: detail for key, detail in details.items() if detail is not None},
        **known,
    )


def _by_label(kind: type[Political] | type[Domain], label: object) -> str | None:
    return next((member.value for member in kind if member.label == label), None)


def _answer(row: Row, answer: Answer | None) -> str:
    if answer is None:
        return ""
    if answer.outcome is Outcome.REFUSED:
        row.errors.append(CellError(row.number, answer.column, answer.text, answer.remedy))
        return ""
    return f"{answer.outcome}：{answer.text}" if answer.text else answer.outcome.value


def export_file(
    out: BinaryIO, *, place: str, unit: Unit | None = None, ended: bool = False, full_phones: str = ""
) -> int:
    """Write the roster of the reader's range, or of one unit, and return how many rows; the trail says who took it.

    ``ended`` adds posts that ended. Phones are masked unless ``full_phones`` gives the reason to show them; the caller
    has checked that she may.
    """
    on = clock.today()
    posts = Post.objects.filter(role__in=ROLES.values()) if ended else queries.standing_posts(on)
    posts = posts.exclude(role__in=ADMINISTRATORS)
    if unit is not None:
        posts = posts.filter(unit=unit)
    ordered = posts.select_related("officer", "unit", "term").order_by("place", "unit__order", "unit_id", "role", "id")
    names = queries.place_names()
    count = sheets.write_table(out, ROSTER, _rows(ordered.iterator(2000), names, bool(full_phones)))
    trail.append(
        stream="org",
        verb="org.roster.export",
        subject=f"unit:{unit.pk}" if unit else f"division:{place}",
        place=unit.place if unit else place,
        summary={"rows": count, "phones": "完整" if full_phones else "遮盖", "reason": full_phones, "ended": ended},
    )
    return count


def _rows(posts: Iterator[Post], names: dict[str, str], full: bool) -> Iterator[list[object]]:
    for post in posts:
        who, place = post.officer, post.place
        phone = who.phone.reveal() if who.phone else ""
        town = "" if codes.level_of(place) is Level.DISTRICT else names.get(codes.town_of(place), "")
        yield [
            town,
            post.unit.short_name,
            post.get_role_display(),
            who.name,
            who.get_gender_display(),
            f"{who.birth_month:%Y-%m}" if who.birth_month else "",
            who.ethnicity,
            who.get_political_display(),
            who.education,
            who.employer,
            who.get_domain_display(),
            post.in_two_committees,
            phone if full else masking.mask_phone(phone),
            str(post.term) if post.term else "",
            post.starts_on.isoformat(),
            post.ends_on.isoformat(),
            post.ended_on.isoformat() if post.ended_on else "",
            post.leave_reason,
        ]
