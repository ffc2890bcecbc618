from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.plan_reading import KINDS, claims, corpus, expected, found
from niangjia.plans.reader import (
    Item,
    PlanReading,
    Suggestion,
    Target,
    Unplaced,
    match_items,
    programme_labels,
    read_plan,
)
from niangjia.plans.reader.cleaning import clean

DOCUMENTS = Path(__file__).parents[3] / ".." / "shared" / "documents"
with_documents = pytest.mark.skipif(not DOCUMENTS.exists(), reason="the source documents lie beside the repository")


@pytest.fixture(scope="module")
def real() -> PlanReading:
    return read_plan((DOCUMENTS / "work-plan-raw.txt").read_text(encoding="utf-8"))


@with_documents
def test_each_pinyin_artefact_goes_and_nothing_else(real: PlanReading) -> None:
    rows = [
        line.split("\t")
        for line in (DOCUMENTS / "work-plan-artefacts.tsv").read_text(encoding="utf-8").splitlines()[1:]
    ]
    wanted = Counter({(character, pinyin): int(count) for character, pinyin, count in rows})
    got = Counter((real.original[a.start - 1], a.text[1:-1]) for a in real.artefacts_removed if a.kind == "PINYIN")
    assert (got, got.total()) == (wanted, 138)
    lines = (DOCUMENTS / "work-plan-clean-zh-hans.txt").read_text(encoding="utf-8").split("\n")
    assert real.cleaned.split("\n") == [line for line in lines if line]
    assert [a.kind for a in real.artefacts_removed if a.kind != "PINYIN"] == ["WHITESPACE", "BOILERPLATE"]


@with_documents
def test_the_source_plan_has_six_items_with_two_five_and_three_below(real: PlanReading) -> None:
    assert [(item.label, item.parent) for item in real.items if item.level == 1] == [
        (f"{n}.", None) for n in range(1, 7)
    ]
    children = Counter(real.items[item.parent].label for item in real.items if item.parent is not None)
    assert children == {"2.": 2, "5.": 5, "6.": 3}
    assert [item.label for item in real.items if item.level > 1] == [
        *("一是", "二是"),
        *("一是", "二是", "三是", "四是", "五是"),
        *("一是", "二是", "三是"),
    ]
    assert [loose.reason for loose in real.unplaced] == ["条目之前的文字，没有编号"] * 3


@with_documents
def test_each_thing_the_source_plan_names_is_suggested_once(real: PlanReading) -> None:
    def place(item: int | None) -> str | None:
        if item is None:
            return None
        parent = real.items[item].parent
        return real.items[item].label if parent is None else real.items[parent].label + real.items[item].label

    assert [(one.programme, one.brand, place(one.item)) for one in real.suggestions] == [
        ("study_campaign", None, None),
        ("exec_members", None, None),
        ("women_employment", None, None),
        ("poverty_relief", None, None),
        ("civilised_family", None, None),
        ("beautiful_family_motto", None, "1."),
        ("beautiful_courtyard", None, "1."),
        ("beautiful_family", None, "1."),
        ("beautiful_caring_mother", None, "1."),
        ("beautiful_woman", None, "1."),
        ("two_cancers_grant", None, "2.一是"),
        ("skills_training", None, "2.二是"),
        ("mothers_parcel", None, "2.二是"),
        ("mothers_health_express", None, "2.二是"),
        ("care_visit", None, "2.二是"),
        ("outlines", None, "3."),
        ("brand_niangjia", "爱在娘家", "4."),
        ("brand_caixiang", "菜乡涪女", "4."),
        ("brand_tongxin", "涪州童心", "4."),
        ("brand_xingfu", "幸福涪陵", "4."),
        ("family_education_activity", None, "5.一是"),
        ("mobile_family_school", None, "5.二是"),
        ("school_front", None, "5.三是"),
        ("family_education_backbone", None, "5.四是"),
        ("department_linkage", None, "5.五是"),
        ("online_home_platform", None, "6.一是"),
        ("matrix_groups", None, "6.二是"),
        ("service_purchase", None, "6.三是"),
    ]


@with_documents
def test_the_source_plan_sets_no_number_and_hides_a_year(real: PlanReading) -> None:
    assert (real.targets, real.year, [masked.text for masked in real.masked]) == ((), None, ["201*"])


@pytest.mark.parametrize(
    ("text", "notices"),
    [
        ("", ("没有可读的文字。请粘贴计划正文，或上传 .txt、.docx、文字版 PDF",)),
        (" \n\t\r\n　", ("没有可读的文字。请粘贴计划正文，或上传 .txt、.docx、文字版 PDF",)),
        (
            "做好全年工作",
            (
                "只有一行文字，没有分条。请检查是否粘贴完整，每条计划另起一行",
                "没有找到编号的条目（一、（一）1. 一是……）。请给各条加上编号，或在“未归入条目”中逐段选定",
                "没有找到带数量的目标。如有数量要求，请手工添加",
            ),
        ),
        (
            "做好宣传工作。\n做好培训工作。",
            (
                "没有找到编号的条目（一、（一）1. 一是……）。请给各条加上编号，或在“未归入条目”中逐段选定",
                "没有找到带数量的目标。如有数量要求，请手工添加",
            ),
        ),
    ],
)
def test_a_plan_with_little_in_it_is_told_what_to_do(text: str, notices: tuple[str, ...]) -> None:
    assert read_plan(text).notices == notices


def test_short_headings_make_items_where_no_number_does() -> None:
    reading = read_plan("思想引领\n组织宣讲12场。\n关爱帮扶\n慰问40户。")
    assert [(item.label, item.title) for item in reading.items] == [("", "思想引领"), ("", "关爱帮扶")]
    assert [(target.value, target.item) for target in reading.targets] == [(12, 0), (40, 1)]
    assert reading.notices == ("没有找到编号的条目，已按小标题分条。请核对分条是否正确",)


def test_the_reading_is_ready_for_json() -> None:
    reading = read_plan("一、救助30人。")
    as_dict = json.loads(json.dumps(reading.as_dict(), ensure_ascii=False))
    assert as_dict["items"] == [
        {
            "index": 0,
            "parent": None,
            "label": "一、",
            "level": 1,
            "title": "救助30人",
            "text": "救助30人。",
            "quote": "一、救助30人。",
            "span": {"start": 0, "end": 8},
        }
    ]
    assert list(as_dict) == [
        *("original", "cleaned", "title", "year", "artefacts_removed", "items", "targets", "suggestions", "masked"),
        *("unplaced", "notices"),
    ]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("一、201*年和20**年", ["201*", "20**"]),
        ("一、20XX年培训XX人", ["20XX", "XX"]),
        ("一、××区慰问**户", ["××", "**"]),
        ("一、互联网+，2018年3*4、MAX", []),
    ],
)
def test_what_is_blacked_out_is_shown_and_not_guessed(text: str, masked: list[str]) -> None:
    assert [one.text for one in read_plan(text).masked] == masked


def test_an_upper_heading_leaves_the_programme_to_its_entry() -> None:
    reading = read_plan("一、“两癌”救助\n1.发放“两癌”救助金，再谈“两癌”救助。\n2.开展走访慰问。")
    assert [(one.programme, one.item) for one in reading.suggestions] == [("two_cancers_grant", 1), ("care_visit", 2)]


def test_every_programme_has_a_chinese_label() -> None:
    labels = programme_labels()
    assert labels["two_cancers_grant"] == "两癌救助"
    assert [key for key, label in labels.items() if not label] == []


def test_items_of_two_versions_are_matched_by_their_words() -> None:
    old = read_plan("一、救助“两癌”妇女30人。\n二、开展家庭教育讲座五场。\n三、旧事不再做了。").items
    new = read_plan("一、开展家庭教育讲座五场。\n二、救助“两癌”妇女45人。\n三、举办刺绣班。").items
    assert match_items(old, new) == [(1, 0), (0, 1), (None, 2), (2, None)]


@pytest.mark.parametrize(("name", "text", "labels"), list(corpus()), ids=[name for name, _, _ in corpus()])
def test_a_labelled_plan_gives_its_title_year_and_items(name: str, text: str, labels: dict[str, object]) -> None:
    reading = read_plan(text)
    assert (reading.title or "").endswith(str(labels["title"] or ""))
    assert reading.year == labels["year"]
    assert found(reading, labels)["items"] == expected(labels)["items"]


def test_the_benchmark_claims_hold() -> None:
    measured = claims(seconds=0.1)
    assert [(claim.claim, claim.value) for claim in measured if not claim.holds] == []
    assert len(measured) == 2 * len(KINDS) + 1


_PIECES = (
    "一、|（一）|1.|1、|一是|二是|第一，|第二，|首先，|其次，|1.1|01|①|②|\n|\t|。|；|，|救助|两癌|不少于|30人|三百人次|2018年|年底前|201*|"
    "區(qū)|联(lián)|&nbsp;|<br/>|**|# |目录|……3|- 1 -|\f|序号\t任务\t目标\t单位|1\t培训\t30\t人|来源:网络整理|(续)|6月30日前|2月30日|百分之八十|"
    "1,200|1.5万|妇联|2018年1月1日|\r\n|\ud800|\0|\ufffd|全年|总结|计划"
)
FRAGMENTS = st.sampled_from(_PIECES.split("|"))


@given(st.lists(FRAGMENTS | st.text(max_size=4), max_size=30).map("".join))
def test_any_text_is_read_and_every_span_fits(text: str) -> None:
    reading = read_plan(text)
    pieces: list[Item | Target | Suggestion | Unplaced] = [
        *reading.items,
        *reading.targets,
        *reading.suggestions,
        *reading.unplaced,
    ]
    for piece in pieces:
        assert text[piece.span.start : piece.span.end] == piece.quote
    for masked in reading.masked:
        assert text[masked.span.start : masked.span.end] == masked.text
    for artefact in reading.artefacts_removed:
        assert text[artefact.start : artefact.end] == artefact.text
    assert clean(reading.cleaned).text == reading.cleaned


@given(st.lists(FRAGMENTS | st.text(max_size=4), max_size=30).map("".join))
def test_no_word_of_the_plan_is_lost(text: str) -> None:
    reading = read_plan(text)
    placed = "".join(
        [reading.title or "", *(item.label + item.text for item in reading.items), *(u.text for u in reading.unplaced)]
    )
    kept = Counter(c for c in placed if c.isalnum())
    assert Counter(c for c in reading.cleaned if c.isalnum()) == kept


@pytest.mark.parametrize(
    "piece",
    [
        "一、甲\n",
        "30人",
        "一百",
        ".",
        "_",
        "一是甲，",
        "首先，",
        "1.1 甲\n",
        "•甲\n",
        "甲\n\n",
        "年底前",
        "（",
        "救助两癌",
    ],
)
def test_no_text_takes_more_than_its_length_allows(piece: str) -> None:
    def seconds(characters: int) -> float:
        text = (piece * characters)[:characters]
        begun = time.process_time()
        read_plan(text)
        return time.process_time() - begun

    assert seconds(8_000) < 10 * seconds(2_000) + 0.5  # four times the text: a square law gives sixteen
