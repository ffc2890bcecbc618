from __future__ import annotations

import pytest

from niangjia.plans.reader.cleaning import clean


def cut(text: str) -> list[tuple[str, str]]:
    return [(artefact.kind, artefact.text) for artefact in clean(text).artefacts]


@pytest.mark.parametrize(
    ("dirty", "expected"),
    [
        ("按照區(qū)委的統(tǒng)一要求,為", "按照区委的统一要求，为"),
        ("區（qū）婦聯(Lián)", "区妇联"),
        ("行(háng)长(zhǎng)", "行长"),
        ("聯(lia\u0301n)合", "联合"),
        ("们(men)", "们"),
        ("“两癌”(乳腺癌、宫颈癌)救助", "“两癌”（乳腺癌、宫颈癌）救助"),
        ("区(shì)委", "区（shì）委"),
        ("区(qu)委", "区（qu）委"),
        ("综合(A)类", "综合（A）类"),
        ("著力提升、圍繞著大局,著名專家", "着力提升、围绕着大局，著名专家"),
        ("全年１，２００人，占８０％", "全年1,200人，占80%"),
        ("「最美家庭」", "“最美家庭”"),
        ('评选"最美家庭"和"最美庭院"', "评选“最美家庭”和“最美庭院”"),
        ("目   录", "目录"),
        ("妇 联 工 作 计 划", "妇联工作计划"),
        ("一、思想引领 加强学习", "一、思想引领 加强学习"),
        ("　　第一段\r\n\r\n\r\n　　第二段  ", "第一段\n第二段"),
        ("培训&nbsp;300<br/>人", "培训 300人"),
        ("**一、思想引领**", "一、思想引领"),
        ("⼥性⼯作", "女性工作"),
        ("妇\u200b女", "妇女"),
        ("工作.", "工作。"),
        ("1.开展", "1.开展"),
        ("(一)宣传", "（一）宣传"),
        ("完成(1)项", "完成（1）项"),
        ("见 http://a.cn:80/x, y", "见 http://a.cn:80/x, y"),
        ("plain text, (ascii) only.", "plain text, (ascii) only."),
    ],
)
def test_text_reads_as_it_was_meant(dirty: str, expected: str) -> None:
    assert clean(dirty).text == expected


@pytest.mark.parametrize(
    ("dirty", "kept", "artefacts"),
    [
        ("开展活动。\n来源:网络整理 免责声明:本文仅限学习分享", "开展活动。", [("WHITESPACE", "\n"), ("BOILERPLATE", "来源:网络整理 免责声明:本文仅限学习分享")]),
        ("开展活动。来源：网络整理", "开展活动。", [("BOILERPLATE", "来源：网络整理")]),
        ("资金来源：区财政。打击侵权行为", "资金来源：区财政。打击侵权行为", []),
        ("一、来源：网络", "一、来源：网络", []),
        ("甲。\n- 3 -\n乙。", "甲。\n乙。", [("PAGE_NUMBER", "- 3 -"), ("WHITESPACE", "\n")]),
        ("甲。\n第 2 页 共 5 页\n乙。", "甲。\n乙。", [("PAGE_NUMBER", "第 2 页 共 5 页"), ("WHITESPACE", "\n")]),
        ("01\n甲。", "01\n甲。", []),
        ("为农村婦女办实事", "为农村妇女办实事", []),
        ("为农村妇女办实事，做好農村留守妇女儿童关爱服务工作", "为农村妇女办实事，做好农村留守妇女儿童关爱服务工作", [("HALF_CONVERTED", "農")]),
        ("工作锟斤拷计划", "工作计划", [("GARBLED", "锟斤拷")]),
    ],
)  # fmt: skip
def test_what_is_cut_is_named(dirty: str, kept: str, artefacts: list[tuple[str, str]]) -> None:
    assert (clean(dirty).text, cut(dirty)) == (kept, artefacts)


def test_a_running_header_goes_and_the_title_stays() -> None:
    text = "某区妇联工作计划\n一、甲事。\n1\f某区妇联工作计划\n二、乙事。\n2\f某区妇联工作计划\n三、丙事。\n3"
    assert clean(text).text == "某区妇联工作计划\n一、甲事。\n二、乙事。\n三、丙事。"
    assert [kind for kind, _ in cut(text) if kind != "WHITESPACE"] == ["PAGE_NUMBER", "PAGE_HEADER"] * 2 + [
        "PAGE_NUMBER"
    ]


def test_lines_a_printer_broke_are_joined() -> None:
    text = "坚持把巾帼脱贫作为头等大事，组织贫困妇女参加种养殖\n技术培训，全年完成培训一千五百人次，实现转移就业；与\n县人社局联合开展专场招聘会。\n二、家庭建设"
    assert clean(text).text.split("\n") == [
        "坚持把巾帼脱贫作为头等大事，组织贫困妇女参加种养殖技术培训，全年完成培训一千五百人次，实现转移就业；与县人社局联合开展专场招聘会。",
        "二、家庭建设",
    ]


def test_every_character_knows_its_place() -> None:
    original = "按照區(qū)委要求,做好工作"
    cleaned = clean(original)
    start = cleaned.text.index("委要求")
    first, last = cleaned.source_span(start, start + 3)
    assert original[first:last] == "委要求"
