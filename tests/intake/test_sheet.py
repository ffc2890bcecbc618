"""A declared form gives the questions that apply, seals what is secret, and masks what is shown."""

from typing import Any

import pytest

from niangjia.intake.build import form_class
from niangjia.intake.sheet import Field, Kind, Section, Sensitivity, Sheet, SheetError
from niangjia.intake.show import show
from tests.factories import id_number

PLAIN, IDENTITY, HEALTH, BANK = Sensitivity.PLAIN, Sensitivity.IDENTITY, Sensitivity.HEALTH, Sensitivity.BANK
SHEET = Sheet(
    (
        Section(
            "who",
            "申请人",
            (
                Field("name", "姓名", Kind.NAME, PLAIN),
                Field("id_number", "身份证号码", Kind.ID_NUMBER, IDENTITY),
                Field("phone", "电话", Kind.PHONE, IDENTITY, required=False),
            ),
        ),
        Section(
            "ill",
            "病情",
            (
                Field("disease", "疾病", Kind.CHOICES, HEALTH, choices=(("C", "甲病"), ("B", "乙病"))),
                Field("stage", "分期", Kind.TEXT, HEALTH, shown_if=("disease", ("C",))),
                Field("cost", "费用", Kind.MONEY, HEALTH, required=False),
                Field("card", "卡号", Kind.BANK_CARD, BANK, required=False),
            ),
        ),
    )
)


def filled(section: str, data: dict[str, Any]) -> Any:
    form = form_class(SHEET, section=SHEET.section(section))(data)
    form.is_valid()
    return form


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"disease": ["C"], "stage": "ⅡB"}, {"disease": ["C"], "stage": "ⅡB"}),
        ({"disease": ["B"], "stage": "ⅡB"}, {"disease": ["B"]}),
        ({"disease": ["B"], "cost": "12.50"}, {"disease": ["B"], "cost": "12.50"}),
    ],
)
def test_answers_to_questions_that_do_not_apply_are_dropped(given: dict[str, Any], kept: dict[str, Any]) -> None:
    assert filled("ill", given).answers == kept


@pytest.mark.parametrize(
    ("section", "given", "errors"),
    [
        ("ill", {"disease": ["C"]}, {"stage": ["请填写“分期”。"]}),
        ("ill", {"disease": ["B"]}, {}),
        ("who", {"name": "张桂芳", "id_number": id_number()}, {}),
    ],
)
def test_what_applies_is_asked_for(section: str, given: dict[str, Any], errors: dict[str, list[str]]) -> None:
    assert filled(section, given).errors == errors


def test_a_number_is_read_as_people_write_it() -> None:
    number = id_number()
    wide = "".join(chr(ord(c) + 0xFEE0) for c in number)
    assert filled("who", {"name": "张桂芳", "id_number": f"'{wide} "}).answers["id_number"] == number


def test_secrets_go_to_the_sealed_part() -> None:
    plain, secret = SHEET.split({"name": "张桂芳", "id_number": "x", "disease": ["B"], "card": "y"})
    assert (plain, secret) == ({"name": "张桂芳"}, {"id_number": "x", "disease": ["B"], "card": "y"})


@pytest.mark.parametrize(
    ("clear", "texts"),
    [
        (frozenset({PLAIN}), ["张桂芳", "5001**********" + id_number()[-4:], "已登记（无权查看）"]),
        (frozenset({PLAIN, HEALTH}), ["张桂芳", "5001**********" + id_number()[-4:], "甲病、乙病"]),
    ],
)
def test_a_reader_sees_what_her_verbs_allow(clear: frozenset[Sensitivity], texts: list[str]) -> None:
    shown = show(SHEET, {"name": "张桂芳", "id_number": id_number(), "disease": ["C", "B"]}, clear=clear)
    assert [line.text for _, lines in shown for line in lines] == texts


@pytest.mark.parametrize(
    "fields",
    [
        (Field("a", "甲", Kind.TEXT, PLAIN), Field("a", "乙", Kind.TEXT, PLAIN)),
        (Field("a", "甲", Kind.TEXT, PLAIN, shown_if=("b", ("x",))),),
    ],
)
def test_a_declaration_that_cannot_be_right_is_refused(fields: tuple[Field, ...]) -> None:
    with pytest.raises(SheetError):
        Sheet((Section("s", "节", fields),))


def test_a_choice_without_choices_is_refused() -> None:
    with pytest.raises(SheetError, match="选项"):
        Field("a", "甲", Kind.CHOICE, PLAIN)


def test_a_story_pasted_from_a_word_processor_is_plain_text_and_counted_as_such() -> None:
    told = Section(
        "told", "事迹",
        (Field("story", "事迹", Kind.LONGTEXT, PLAIN, max_length=12), Field("line", "一句话", Kind.TEXT, PLAIN, max_length=12)),
    )  # fmt: skip
    pasted = '<p class="MsoNormal">照顾婆婆。<o:p></o:p></p><p>邻里称赞。</p>'
    form = form_class(Sheet((told,)))({"story": pasted, "line": "<b>孝老</b><br>爱亲"})
    assert form.is_valid(), form.errors
    assert form.answers == {"story": "照顾婆婆。\n\n邻里称赞。", "line": "孝老 爱亲"}


def test_a_story_of_nothing_but_markup_is_not_an_answer() -> None:
    told = Section("told", "事迹", (Field("story", "事迹", Kind.LONGTEXT, PLAIN),))
    form = form_class(Sheet((told,)))({"story": "<p>&nbsp;</p>"})
    assert not form.is_valid()
    assert form.errors == {"story": ["请填写“事迹”。"]}
