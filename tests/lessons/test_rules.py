"""Captions are checked line by line; nothing published tells which child it is."""

import datetime as dt

import pytest

from niangjia.lessons import rules
from niangjia.lessons.rules import Block

GOOD = "WEBVTT\n\n00:00:01.000 --> 00:00:04.000\n大家好\n\n00:01:02.500 --> 00:01:05.000\n再见\n"


def test_captions_of_other_programs_become_webvtt() -> None:
    srt = "\ufeff1\r\n00:00:01,000 --> 00:00:04,000\r\n<i>大家好</i>\r\n\r\n2\r\n00:01:02,500 --> 00:01:05,000\r\n再见\r\n"
    assert rules.captions(srt, seconds=90) == rules.Captions(GOOD, ())


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "字幕是空的。请粘贴 .vtt 或 .srt 文件的内容。"),
        ("大家好\n再见", "没有找到一句带时间的字幕。请粘贴 .vtt 或 .srt 文件的内容。"),
        ("WEBVTT\n\n00:01 -> 00:02\n好", "没有找到一句带时间的字幕。请粘贴 .vtt 或 .srt 文件的内容。"),
        ("WEBVTT\n\n0:1 --> 0:2\n好", "第3行：时间应写成 00:01:02.500 --> 00:01:05.000。"),
        ("WEBVTT\n\n00:04.000 --> 00:01.000\n好", "第3行：结束时间应晚于开始时间。"),
        ("00:04.000 --> 00:05.000\n\n", "第1行：时间下面没有文字。"),
        (
            "00:04.000 --> 00:05.000\n好\n\n00:01.000 --> 00:02.000\n早",
            "第4行：这一句比上一句早，请按时间先后排列。",
        ),
        (
            "02:10.000 --> 02:12.000\n好",
            "第1行：这一句在2分10秒，录音录像只有1分30秒。请核对是不是别的字幕。",
        ),
    ],
)
def test_wrong_captions_are_told_by_line(text: str, fault: str) -> None:
    assert rules.captions(text, seconds=90).faults == (fault,)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("孩子上小学二年级，写作业要催几遍？", []),
        ("女儿在幼儿园不爱说话，怎么办？", []),
        ("儿子叫苦叫累怎么办？", []),
        ("我们附近小学放学早。", []),
        ("有事打023-72220000或12338。", []),
        ("孩子在城西小学读书。", ["“孩子在城西小学”像是学校的名字，请改成“学校”。"]),
        ("他读三年级(2)班。", ["“三年级(2)班”写出了年级和班，请改成“小学低年级”一类的说法。"]),
        ("我儿子叫李小明，今年八岁。", ["“儿子叫李小明”像是孩子的名字，请改成“孩子”。"]),
        ("请打13800138000找我。", ["有手机号（138****8000），请删去。"]),
    ],
)
def test_what_would_tell_who_it_is_stops_publication(text: str, found: list[str]) -> None:
    assert rules.tells_who(text) == found


def test_a_plain_text_has_headings_paragraphs_and_lists() -> None:
    assert rules.blocks("## 先听\n让孩子说完。\n不打断。\n\n再说\n- 一\n- 二\n\n## 后问") == [
        Block("h", ("先听",)), Block("p", ("让孩子说完。", "不打断。")), Block("p", ("再说",)), Block("li", ("一", "二")),
        Block("h", ("后问",)),
    ]  # fmt: skip


def test_a_reminder_is_an_entry_with_an_alarm_in_short_lines() -> None:
    at = dt.datetime(2026, 12, 1, 11, 30, tzinfo=dt.UTC)
    text = rules.reminder(
        uid="a@b", title="怎样陪孩子写作业；请准时收看，家长和孩子一起听一听、说一说、练一练", starts_at=at,
        ends_at=at + dt.timedelta(hours=1), link="https://live.example.cn/1", made_at=at, revision=2,
    )  # fmt: skip
    lines = text.split("\r\n")
    assert max(len(line.encode()) for line in lines) <= 75
    assert [line for line in lines if line.startswith(("DTSTART", "DTEND", "TRIGGER", "SEQUENCE", "STATUS"))] == [
        "SEQUENCE:2", "DTSTART:20261201T113000Z", "DTEND:20261201T123000Z", "STATUS:CONFIRMED", "TRIGGER:-PT30M",
    ]  # fmt: skip
