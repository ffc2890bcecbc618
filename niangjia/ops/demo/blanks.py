"""A superior's monthly form in the demonstration: taken in, mapped, filled for two months, handed over once."""

from __future__ import annotations

import io

import xlsxwriter

from niangjia.access.acting import acting_as
from niangjia.blanks import actions, rules
from niangjia.blanks.kinds import Rhythm, Source, Span
from niangjia.core import clock
from niangjia.ops.demo.district import DemoDistrict

SHEET = "月报"
LINES = (
    ("两癌救助", "人", "two_cancers_grant.paid"),
    ("两癌救助金", "万元", "two_cancers_grant.paid_money"),
    ("农村留守妇女就业技能培训", "人次", "training.entries"),
    ("母亲邮包", "件", "mothers_parcel.pieces"),
    ("母亲健康快车下乡义诊", "次", "express.clinic_trips"),
    ("家庭教育主题活动", "场", "family.theme"),
)


def form() -> bytes:
    """The empty form as an office above would send it."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet(SHEET)
    title = book.add_format({"bold": True, "font_size": 18, "align": "center"})
    head = book.add_format({"bold": True, "border": 1, "align": "center", "bg_color": "#F2EBE2"})
    cell = book.add_format({"border": 1})
    sheet.set_column(0, 0, 28)
    sheet.merge_range("A1:E1", "民生实事进度月报表", title)
    sheet.write("A2", "填报单位：")
    sheet.write("D2", "填报期：")
    for column, word in enumerate(("项目", "单位", "本月完成", "本年累计", "上年同期")):
        sheet.write(2, column, word, head)
    for row, (name, unit, _) in enumerate(LINES, start=3):
        sheet.write(row, 0, name, cell)
        sheet.write(row, 1, unit, cell)
        for column in range(2, 5):
            sheet.write_blank(row, column, None, cell)
    sheet.write("A10", "填报人：")
    book.close()
    return out.getvalue()


def report(district: DemoDistrict) -> None:
    """The form of the month before last went to the municipality; last month's is filled and not yet sent."""
    officer = district.seat("qu.ganshi")
    with acting_as(officer):
        blank = actions.add(
            title="民生实事进度月报表", asked_by="市妇联", basis="", rhythm=Rhythm.MONTH, name="月报表.xlsx", data=form(),
            unit=district.units["涪陵区妇联"], by=officer,
        )  # fmt: skip
        for row, (_, _, measure) in enumerate(LINES, start=4):
            for column, span in (("C", Span.PERIOD), ("D", Span.YEAR), ("E", Span.LAST_YEAR)):
                actions.map_cell(
                    blank_id=blank.pk, sheet=SHEET, reference=f"{column}{row}", source=Source.MEASURE, measure=measure,
                    span=span, by=officer,
                )  # fmt: skip
        for reference, source in (("B2", Source.UNIT), ("E2", Source.PERIOD), ("B10", Source.FILLER)):
            actions.map_cell(blank_id=blank.pk, sheet=SHEET, reference=reference, source=source, by=officer)
        last = rules.last_ended(clock.today(), Rhythm.MONTH)
        sent = actions.fill(blank_id=blank.pk, period=last.before(), by=officer)
        actions.hand_over(filled_id=sent.pk, to="市妇联", how="政务邮箱", by=officer)
        actions.fill(blank_id=blank.pk, period=last, by=officer)
