"""Skills training in Excel: sign-up lists in, scores in and out, rosters, sign-in sheets, claims and calls out."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import BinaryIO, Final

from niangjia.access.acting import Acting
from niangjia.access.verbs import Verb
from niangjia.attendance import queries as attendances
from niangjia.attendance.kinds import SessionState
from niangjia.attendance.models import Mark
from niangjia.core import clock, codes, masking
from niangjia.core.codes import Level
from niangjia.core.outcome import Answer, Outcome
from niangjia.letters.kinds import CellError, Column, Row, SheetError, Table
from niangjia.letters.sheets import read_table, write_table
from niangjia.org import queries as org
from niangjia.reports.tables.roster import parse_day, parse_short
from niangjia.training import actions, queries, rules
from niangjia.training.actions import Score, SignUp
from niangjia.training.kinds import GONE, Category, Education, EnrolmentState, Intention
from niangjia.training.models import Course, Enrolment, FollowUp
from niangjia.transfers.kinds import KINDS, Done, Kind, Work

IMPORT: Final = "training.in"
AT_ONCE: Final = 60  # rows; each is an act of its own
_YES_NO: Final = {"是": True, "否": False}


def parse_months(text: str) -> int:
    """Months: 8, 8个月. Raises ValueError for the user."""
    found = re.fullmatch(r"(\d{1,3})(?:\.0+)?\s*(?:个?月)?", text)
    if found is None:
        raise ValueError(f"“{text[:20]}”不是月数")
    return int(found[1])


def parse_score(text: str) -> Decimal | None:
    """A score from 0 to 100: 86, 86.5, 86分; 缺考 is none. Raises ValueError for the user."""
    if text in ("缺考", "未考", "—", "-"):
        return None
    try:
        number = Decimal(text.removesuffix("分").strip())
    except InvalidOperation:
        raise ValueError(f"“{text[:20]}”不是成绩") from None
    if not number.is_finite() or not 0 <= number <= 100:
        raise ValueError(f"“{text[:20]}”不在0到100之间")
    return number.quantize(Decimal("0.1"))


def parse_whole(text: str) -> int:
    """Raises ValueError for the user."""
    if not re.fullmatch(r"\d{1,17}(?:\.0+)?", text):
        raise ValueError(f"“{text[:20]}”不是编号")
    return int(text.partition(".")[0])


CATEGORIES: Final = {str(one.label): one for one in Category}
EDUCATIONS: Final = {str(one.label): one for one in Education}
INTENTIONS: Final = {str(one.label): one for one in Intention}
SIGN_UP: Final = Table(
    "training_in",
    "培训报名表",
    (
        Column("name", "姓名", parse_short(30), required=True, width=10, example="张桂芳"),
        Column("number", "身份证号", parse_short(24), width=22, example="500102198003081226", note="没有的留空，并填出生日期"),
        Column("birth", "出生日期", parse_day, width=12, note="有身份证号的不用填"),
        Column("phone", "手机号", parse_short(20), width=14, example="13800000000", note="没有的留空", aliases=("联系电话",)),
        Column("place", "村（社区）", parse_short(40), width=20, example="大东门社区", note="写村（社区）名，或镇街加村（社区）名", aliases=("村社区",)),
        Column("category", "人员类别", width=12, choices=tuple(CATEGORIES)),
        Column("education", "文化程度", width=12, choices=tuple(EDUCATIONS)),
        Column("intention", "参训意向", width=12, choices=tuple(INTENTIONS)),
        Column("rural", "农村户籍或常住", width=12, choices=tuple(_YES_NO)),
        Column("away_months", "丈夫外出务工（月）", parse_months, width=14, example="8", note="写满几个月；不是留守的写 0"),
        Column("consent", "本人同意", required=True, width=10, choices=tuple(_YES_NO), note="宣读并征得本人同意后填“是”"),
    ),
)  # fmt: skip
_HEADERS: Final = {column.key: column.header for column in SIGN_UP.columns}


def declare() -> None:
    """Declare the import as a file that is worked off in the background when it is long. Called once, at start."""
    KINDS.register(
        IMPORT,
        Kind(
            key=IMPORT,
            label="导入培训报名表",
            result="培训报名处理结果",
            verb=Verb.TRAINING_ENROL,
            room="training:index",
            at_once=AT_ONCE,
            work=_take,
            rows=lambda data: read_table(data, SIGN_UP).rows_at_most,
            tells=(SheetError,),
        ),
    )


def _villages(within: str) -> dict[str, str]:
    """Codes of the villages of a place by every name they are called; a name two share is none."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    known = org.place_names()
    for code, names in org.names_within(within).items():
        if codes.level_of(code) is not Level.VILLAGE:
            continue
        whole = org.place_name(code, known)
        for name in {*names, whole, whole.replace(" ", "")}:
            if found.setdefault(name, code) != code:
                twice.add(name)
    return {name: code for name, code in found.items() if name not in twice}


def _take(work: Work) -> Done:
    """Read a list and sign up what is sound; a row that is wrong changes nothing and is told so."""
    assert work.source is not None
    reading = read_table(work.source, SIGN_UP)
    villages = _villages(work.by.place)
    rows: list[Row] = []
    listed: list[actions.Row] = []
    for row in reading:
        rows.append(row)
        written = str(row.values["place"] or "").strip()
        place = work.by.place if not written and work.by.level is Level.VILLAGE else villages.get(written, "")
        if not place:
            what = f"找不到“{written[:20]}”，或有几个同名" if written else "没有填写"
            row.errors.append(CellError(row.number, _HEADERS["place"], what, "请写“敦仁街道 大东门社区”这样的全名"))
        if row.values["consent"] == "否":
            row.errors.append(CellError(row.number, _HEADERS["consent"], "本人没有同意", "征得本人同意后再报名"))
        if not row.errors:
            listed.append(actions.Row(row.number, _said(row, place)))
    told = actions.enrol_list(course_id=int(work.options["course"]), rows=listed, by=work.by, report=work.report)
    counts: Counter[str] = Counter({outcome.value: 0 for outcome in Outcome})
    answered = []
    for row in rows:
        answer = told.get(row.number, Answer(Outcome.REFUSED))
        if answer.outcome is Outcome.REFUSED and not row.errors:
            message, _, remedy = answer.text.rstrip("。").partition("。")
            header = _HEADERS.get(answer.field, _HEADERS["name"])
            row.errors.append(CellError(row.number, header, message, remedy or "请改正后再导入"))
        counts[answer.outcome] += 1
        answered.append(row.answered(f"{answer.outcome}{f'；{answer.text}' if answer.text else ''}"))
    write_table(work.out, SIGN_UP, answered, errors_column=True)
    lines = [str(error) for row in rows for error in row.errors]
    return Done(dict(counts), counts[Outcome.REFUSED], tuple(lines + reading.notices))


def _said(row: Row, place: str) -> SignUp:
    value = row.values
    months, birth = value["away_months"], value["birth"]
    return SignUp(
        name=str(value["name"]),
        number=str(value["number"] or ""),
        place=place,
        phone=str(value["phone"] or ""),
        category=CATEGORIES.get(str(value["category"]), Category.OTHER),
        education=EDUCATIONS[str(value["education"])] if value["education"] else None,
        intention=INTENTIONS[str(value["intention"])] if value["intention"] else None,
        rural=_YES_NO.get(str(value["rural"])),
        away_months=months if isinstance(months, int) else None,
        birth=birth if isinstance(birth, dt.date) else None,
        sex="" if value["number"] else "F",
    )


# ---------------------------------------------------------------- scores

SCORES: Final = Table(
    "training_scores",
    "结业考核成绩",
    (
        Column("number", "名单编号", parse_whole, width=10, note="照导出的名单填；空着时按姓名找"),
        Column("name", "姓名", parse_short(40), required=True, width=12),
        Column("score", "成绩", parse_score, required=True, width=10, note="0到100；缺考写“缺考”"),
    ),
)


def take_scores(data: bytes, course: Course, by: Acting) -> list[tuple[Row, str]]:
    """Read scores; each row with what became of it. Raises SheetError for a file that cannot be used at all."""
    rows = list(read_table(data, SCORES))
    sound = [row for row in rows if not row.errors]
    told = actions.save_scores(course_id=course.pk, scores=[_score(row) for row in sound], by=by)
    found = []
    for row in rows:
        answer = told.get(row.number, Answer(Outcome.REFUSED, "", " ".join(map(str, row.errors))))
        found.append((row, f"{answer.outcome}{f'：{answer.text}' if answer.text else ''}"))
    return found


def _score(row: Row) -> Score:
    number, score = row.values["number"], row.values["score"]
    return Score(
        key=row.number, name=str(row.values["name"]), score=score if isinstance(score, Decimal) else None,
        enrolment_id=number if isinstance(number, int) else None,
    )  # fmt: skip


def write_scores(out: BinaryIO, course: Course) -> int:
    """The list to fill in, or that was: a row a woman."""
    women = queries.enrolments(course.pk).exclude(state__in=[*GONE, EnrolmentState.WAITING, EnrolmentState.APPLIED])
    rows = [[one.pk, one.name, "" if one.score is None else str(one.score)] for one in women]
    return write_table(out, SCORES, rows, title=f"{course.title}结业考核成绩")


# ---------------------------------------------------------------- what goes out

ROSTER: Final = Table(
    "training_roster",
    "学员名册",
    (
        Column("n", "序号", width=6, numeric=True),
        Column("name", "姓名", width=10),
        Column("id", "身份证号", width=22),
        Column("place", "村（社区）", width=22),
        Column("phone", "电话", width=14),
        Column("category", "人员类别", width=12),
        Column("education", "文化程度", width=12),
        Column("state", "状态", width=10),
        Column("halves", "到课（半天）", width=10),
        Column("score", "成绩", width=8),
        Column("why", "说明", width=30),
    ),
)


def _id_of(enrolment: Enrolment, *, full: bool) -> str:
    if enrolment.person is None:  # she has none, or is registered where the reader may not look
        return "非本辖区登记" if enrolment.id_index else "无"
    sealed = enrolment.person.id_number
    if not sealed:
        return "无"
    number = sealed.reveal()
    return number if full else masking.mask_id(number)


def write_roster(out: BinaryIO, course: Course, *, full: bool) -> int:
    """The women of a class; numbers and telephones in full only for who may see them, and the caller says so in the trail."""
    women = queries.applicants(course.pk).exclude(state=EnrolmentState.WITHDRAWN).select_related("person", "facts")
    limits = queries.standard(course.kind, course.starts_on).limits
    there = queries.attendance(course, list(women), limits)
    rows = []
    for n, one in enumerate(women, start=1):
        phone = one.facts.phone.reveal() if one.facts.phone else ""
        rows.append([
            n, one.name, _id_of(one, full=full), org.place_name(one.place), phone if full else masking.mask_phone(phone),
            one.facts.get_category_display(), one.facts.get_education_display(), one.get_state_display(),
            there[one.pk].text if one.participant_id else "", "" if one.score is None else str(one.score), one.why,
        ])  # fmt: skip
    return write_table(out, ROSTER, rows, title=f"{course.title}学员名册")


def write_sign_in(out: BinaryIO, course: Course) -> int:
    """The sign-in sheet: a row a woman, a column a half-day, in it the time and the way she was entered."""
    sessions = [
        one
        for one in attendances.sessions_of(course.about)
        if one.state == SessionState.HELD and one.merged_into_id is None
    ]
    columns = [(session, half) for session in sessions for half in session.halves]
    signed: dict[tuple[int, int, str], str] = {}
    marks = Mark.objects.filter(session__in=sessions, counts=True).order_by("at", "pk")
    for mark in marks:
        at = mark.said_at.astimezone(clock.CHINA)
        late = "（补）" if mark.late else ""
        signed[mark.participant_id, mark.session_id, mark.half] = f"{at:%H:%M} {mark.get_how_display()}{late}"
    table = Table(
        "training_sign_in",
        "签到册",
        (
            Column("n", "序号", width=6, numeric=True),
            Column("name", "姓名", width=10),
            *(
                Column(
                    f"s{n}",
                    f"{session.on:%m-%d} {half.label} {session.starts_at.astimezone(clock.CHINA):%H:%M}",
                    width=14,
                )
                for n, (session, half) in enumerate(columns)
            ),
            Column("sum", "到课（半天）", width=10, numeric=True),
        ),
    )
    rows = []
    for n, woman in enumerate(attendances.participants(course.about), start=1):
        cells = [signed.get((woman.pk, session.pk, half), "") for session, half in columns]
        rows.append([n, woman.name, *cells, sum(bool(cell) for cell in cells)])
    return write_table(out, table, rows, title=f"{course.title}签到册")


TIMETABLE: Final = Table(
    "training_timetable",
    "课程表",
    (
        Column("on", "日期", width=12),
        Column("time", "时间", width=14),
        Column("title", "内容", width=36),
        Column("host", "授课老师", width=14),
        Column("venue", "地点", width=24),
        Column("state", "状态", width=10),
        Column("heads", "签到（人次）", width=10, numeric=True),
    ),
)


def write_timetable(out: BinaryIO, course: Course) -> int:
    sessions = list(attendances.sessions_of(course.about))
    heads = attendances.attendances([one.pk for one in sessions])
    rows = [
        [
            f"{one.on:%Y-%m-%d}",
            f"{one.starts_at.astimezone(clock.CHINA):%H:%M}-{one.ends_at.astimezone(clock.CHINA):%H:%M}",
            one.title, one.host, one.venue, one.get_state_display(), heads.get(one.pk, 0),
        ]
        for one in sessions
    ]  # fmt: skip
    return write_table(out, TIMETABLE, rows, title=f"{course.title}课程表")


CERTIFICATES: Final = Table(
    "training_certificates",
    "证书发放表",
    (
        Column("n", "序号", width=6, numeric=True),
        Column("number", "证书编号", width=18),
        Column("holder", "姓名", width=10),
        Column("title", "证书", width=20),
        Column("on", "发证日期", width=12),
        Column("sign", "领取人签字", width=16),
    ),
)


def write_certificates(out: BinaryIO, course: Course) -> int:
    rows = [
        [n, one.number, one.holder, one.title, f"{one.issued_on:%Y-%m-%d}", ""]
        for n, one in enumerate(queries.certificates_of(course), start=1)
    ]
    return write_table(out, CERTIFICATES, rows, title=f"{course.title}证书发放表")


CLAIM: Final = Table(
    "training_claim",
    "补贴申领名单",
    (
        Column("n", "序号", width=6, numeric=True),
        Column("name", "姓名", width=10),
        Column("id", "身份证号", width=22),
        Column("place", "村（社区）", width=22),
        Column("counts", "是否计入", width=10),
        Column("amount", "金额（元）", width=12, numeric=True),
        Column("reason", "不计入的原因", width=36),
    ),
)


def write_claim(out: BinaryIO, course: Course, *, full: bool) -> int:
    """Who of a class counts and who does not, with the sum below. Returns how many women stand in it."""
    claim = queries.claim_of(course.pk)
    rows: list[Sequence[object]] = []
    if claim is not None:
        for n, line in enumerate(queries.lines_of(claim).select_related("enrolment__person"), start=1):
            one = line.enrolment
            rows.append([
                n, one.name, _id_of(one, full=full), org.place_name(one.place), "计入" if line.counts else "不计入",
                claim.unit_price if line.counts else 0, line.reason,
            ])  # fmt: skip
        rows.append([None, "合计", "", "", f"{claim.heads} 人", claim.amount, ""])
    count = write_table(out, CLAIM, rows, title=f"{course.title}补贴申领名单（每人{course.project.unit_price:g}元）")
    return max(0, count - 1)


CALLS: Final = Table(
    "training_calls",
    "就业回访",
    (
        Column("name", "姓名", width=10),
        Column("place", "村（社区）", width=22),
        Column("course", "班次", width=24),
        Column("month", "第几个月", width=8, numeric=True),
        Column("due", "应回访", width=12),
        Column("done", "回访", width=12),
        Column("outcome", "情况", width=10),
        Column("employer", "单位或项目", width=20),
        Column("income", "月收入（元）", width=10, numeric=True),
        Column("by", "回访人", width=18),
    ),
)


def write_calls(out: BinaryIO, calls: Iterable[FollowUp]) -> int:
    rows = [
        [
            one.enrolment.name, org.place_name(one.place), one.enrolment.course.title, one.month, f"{one.due_on:%Y-%m-%d}",
            f"{one.done_on:%Y-%m-%d}" if one.done_on else "", one.get_outcome_display() if one.outcome else "",
            one.employer, one.income, one.done_by,
        ]
        for one in calls
    ]  # fmt: skip
    return write_table(out, CALLS, rows)


def placement_words(found: rules.Placement) -> str:
    """The placement rate with what it is a part of."""
    if not found.completed:
        return "还没有结业的学员"
    return (
        f"就业创业率{found.percent}%（就业创业{found.placed}人 ÷ 结业{found.completed}人）；居家{found.home}人，"
        f"未联系上{found.unreached}人，尚未回访{found.open}人"
    )
