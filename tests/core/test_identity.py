from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from niangjia.core import clock, identity
from niangjia.core.identity import IdentityError, IdNumber

TODAY = date(2026, 11, 24)
BODY = "50010219900101102"
NUMBER = BODY + identity.check_digit(BODY)
BODY_X = next(body for n in range(1000) if identity.check_digit(body := f"50010219900101{n:03}") == "X")
EXCEL = (
    "已被Excel当成数字(如5.00E+17)，后几位丢失，无法还原。"
    "请先把该列设为“文本”格式(选中列，右键“设置单元格格式”，选“文本”)，再重新录入。"
)


def refusal(parse: Callable[[str], object], text: str) -> str:
    with clock.frozen(TODAY), pytest.raises(IdentityError) as error:
        parse(text)
    return str(error.value)


# The two specimen numbers printed in GB 11643-1999.
@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014"])
def test_the_check_digit_is_that_of_the_standard(number: str) -> None:
    assert identity.check_digit(number[:17]) == number[17]


@pytest.mark.parametrize(
    ("text", "number", "birth", "sex", "area", "converted"),
    [
        ("11010519491231002X", "11010519491231002X", date(1949, 12, 31), "F", "110105", False),
        ("11010519491231002x", "11010519491231002X", date(1949, 12, 31), "F", "110105", False),
        ("'１１０１０５１９４９１２３１００２ｘ", "11010519491231002X", date(1949, 12, 31), "F", "110105", False),
        (" 110105 19491231 002X\t", "11010519491231002X", date(1949, 12, 31), "F", "110105", False),
        ("\ufeff110105-19491231-002X\u200b", "11010519491231002X", date(1949, 12, 31), "F", "110105", False),
        ("’110105194912310‐02X’", "11010519491231002X", date(1949, 12, 31), "F", "110105", False),
        ("110105491231002", "11010519491231002X", date(1949, 12, 31), "F", "110105", True),
        ("110105491231002.0", "11010519491231002X", date(1949, 12, 31), "F", "110105", True),
        ("500102900101101", "50010219900101101", date(1990, 1, 1), "M", "500102", True),
    ],
)
def test_an_id_number_tells_birth_sex_and_area(
    text: str, number: str, birth: date, sex: str, area: str, converted: bool
) -> None:
    told = identity.parse_id(text)
    full = number if len(number) == 18 else number + identity.check_digit(number)
    assert (told.number, told.birth, told.sex, told.area, told.converted) == (full, birth, sex, area, converted)


def test_an_id_number_does_not_show_when_it_is_printed() -> None:
    told = identity.parse_id(NUMBER)
    assert (str(told), repr(told)) == ("••••••", "IdNumber(sex='F', converted=False)")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "身份证号为空。请填写18位身份证号。"),
        (
            "E12345678",
            "身份证号应为18位(旧证15位)，现为9位。请对照证件原件补全；护照等其他证件请改选证件类型。",
        ),
        ("5.00E+17", "身份证号" + EXCEL),
        ("5.00102E+17", "身份证号" + EXCEL),
        ("5e17", "身份证号" + EXCEL),
        ("500102199001011020.0", "身份证号" + EXCEL),
        (
            "500102199001011000",
            "身份证号末三位是000且校验不符，后几位已被Excel改成0，无法还原。"
            "请先把该列设为“文本”格式，再对照证件原件重新录入。",
        ),
        ("5001021990O1011023", "身份证号第11位是“O”，应为数字。请对照证件原件改正。"),
        ("50010219900101102*", "身份证号最后一位是“*”，应为数字或X。请对照证件原件改正。"),
        ("00010219900101102X", "身份证号前两位不是省级行政区代码。请对照证件原件改正。"),
        (
            "500102199013011023",
            "身份证号中的出生日期1990年13月01日不存在。请对照证件原件改正第7至14位。",
        ),
        (
            "500102900230102",
            "身份证号中的出生日期1990年02月30日不存在。请对照证件原件改正第7至14位。",
        ),
        (
            "500102202611251023",
            "身份证号中的出生日期2026年11月25日晚于今天。请对照证件原件改正第7至14位。",
        ),
        ("440524188001010014", "身份证号中的出生年份1880早于1900年。请对照证件原件改正第7至10位。"),
        (
            "110105194912310021",
            "身份证号校验位不符，有一位录错或两位录反。请对照证件原件逐位核对。",
        ),
    ],
)
def test_a_wrong_id_number_is_answered_with_what_is_wrong_and_what_to_do(text: str, message: str) -> None:
    assert refusal(identity.parse_id, text) == message


def test_a_child_born_today_has_a_number_already() -> None:
    body = "50010220261124002"
    with clock.frozen(TODAY):
        told = identity.parse_id(body + identity.check_digit(body))
    assert told.birth == TODAY


@given(st.dates(date(1900, 1, 1), date(2026, 11, 24)), st.integers(0, 999))
def test_a_made_number_gives_back_the_birth_and_sex_put_in(birth: date, order: int) -> None:
    body = f"500102{birth:%Y%m%d}{order:03}"
    told = identity.parse_id(body + identity.check_digit(body))
    assert told == IdNumber(body + identity.check_digit(body), birth, "M" if order % 2 else "F")


@given(st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_never_passes(position: int, shift: int) -> None:
    changed = str((int(NUMBER[position]) + shift) % 10)
    assert refusal(identity.parse_id, NUMBER[:position] + changed + NUMBER[position + 1 :])


@given(st.integers(0, 15))
def test_two_neighbouring_digits_swapped_never_pass(position: int) -> None:
    number = BODY_X + "X"
    assume(number[position] != number[position + 1])
    swapped = number[:position] + number[position + 1] + number[position] + number[position + 2 :]
    assert refusal(identity.parse_id, swapped)


@pytest.mark.parametrize(
    "text",
    [
        "13812345678",
        "138 1234 5678",
        "138-1234-5678",
        "+86 138-1234-5678",
        "+8613812345678",
        "0086 13812345678",
        "8613812345678",
        "(+86)13812345678",
        "１３８１２３４５６７８",
        "'13812345678",
        "13812345678.0",
    ],
)
def test_a_mobile_number_is_read_as_eleven_digits(text: str) -> None:
    assert identity.parse_phone(text) == "13812345678"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "手机号为空。请填写11位手机号。"),
        ("1.38E+10", "手机号" + EXCEL),
        ("023-72222222", "这是固定电话，此处须填手机号。请填写11位手机号。"),
        ("13812345678/13912345678", "手机号含有数字以外的字符。请只填一个11位手机号。"),
        ("١٣٨١٢٣٤٥٦٧٨", "手机号含有数字以外的字符。请只填一个11位手机号。"),
        ("1381234567", "手机号应为11位，现为10位。请核对后补全；一格只填一个号码。"),
        ("12812345678", "手机号应以13至19开头。请核对后改正。"),
    ],
)
def test_a_wrong_mobile_number_is_answered_with_its_remedy(text: str, message: str) -> None:
    assert refusal(identity.parse_phone, text) == message


# Numbers the card networks publish for testing, and one of 19 digits nobody holds.
@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("4111111111111111", "4111111111111111"),
        ("4111 1111 1111 1111", "4111111111111111"),
        ("4111-1111-1111-1111", "4111111111111111"),
        ("４１１１１１１１１１１１１１１１", "4111111111111111"),
        ("'6200000000000000000", "6200000000000000000"),
        ("4222222222222", "4222222222222"),
    ],
)
def test_a_card_number_is_read_as_digits(text: str, number: str) -> None:
    assert identity.parse_card(text) == number


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "银行卡号为空。请填写本人银行卡号。"),
        ("6.22E+18", "银行卡号" + EXCEL),
        ("4111111111111110.0", "银行卡号" + EXCEL),
        ("农行4111111111111111", "银行卡号含有数字以外的字符。请只填卡号，对照银行卡改正。"),
        (
            "411111111111",
            "银行卡号应为13至19位，现为12位。请对照银行卡补全；存折账号请换成银行卡号。",
        ),
        (
            "41111111111111111111",
            "银行卡号应为13至19位，现为20位。请对照银行卡补全；存折账号请换成银行卡号。",
        ),
        ("4111111111111112", "银行卡号校验不符，有一位录错或两位录反。请对照银行卡逐位核对。"),
    ],
)
def test_a_wrong_card_number_is_answered_with_its_remedy(text: str, message: str) -> None:
    assert refusal(identity.parse_card, text) == message


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("张桂芳", "张桂芳"),
        ("张 三", "张三"),
        ("　张桂芳 ", "张桂芳"),
        ("'李四", "李四"),
        ("\U00020000三", "\U00020000三"),
        ("龦\U0003134f", "龦\U0003134f"),
        ("葛\U000e0100城", "葛城"),
        ("〇三", "〇三"),
        ("阿依古丽·买买提", "阿依古丽·买买提"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("阿依古丽・买买提", "阿依古丽·买买提"),
        ("阿依古丽.买买提", "阿依古丽·买买提"),
        ("阿依古丽．买买提", "阿依古丽·买买提"),
        ("阿依古丽 · 买买提", "阿依古丽·买买提"),
        ("Maria  Garcia", "Maria Garcia"),
        ("ＭＡＲＩＡ", "MARIA"),
        ("J. O'Neil-Smith", "J. O'Neil-Smith"),
        ("阮" * 30, "阮" * 30),
    ],
)
def test_a_name_is_read_as_on_the_certificate(text: str, name: str) -> None:
    assert identity.parse_name(text) == name


UNREADABLE = "姓名里有字未能识别(显示为问号、方框或造字)。请用输入法重新录入该生僻字。"
SHAPE = "姓名写法不对，间隔号应在两段名字之间，中文与外文不混写。请按证件填写，如阿依古丽·买买提。"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (" ", "姓名为空。请按证件填写姓名。"),
        ("张", "姓名应为2至30个字，现为1个字。请按证件填写全名。"),
        ("阮" * 31, "姓名应为2至30个字，现为31个字。请按证件填写全名。"),
        ("张三(女)", "姓名里有“(”，不是姓名用字。请按证件只填姓名，备注另填。"),
        ("张3", "姓名里有“3”，不是姓名用字。请按证件只填姓名，备注另填。"),
        ("张?芳", UNREADABLE),
        ("张？芳", UNREADABLE),
        ("张□芳", UNREADABLE),
        ("张\ufffd", UNREADABLE),
        ("张\ue123", UNREADABLE),
        ("阿依·", SHAPE),
        ("阿依··买", SHAPE),
        ("张桂芳Mary", SHAPE),
    ],
)
def test_a_wrong_name_is_answered_with_its_remedy(text: str, message: str) -> None:
    assert refusal(identity.parse_name, text) == message


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(1990, 5, 1), date(2026, 4, 30), 35),
        (date(1990, 5, 1), date(2026, 5, 1), 36),
        (date(2000, 2, 29), date(2026, 2, 28), 25),
        (date(2000, 2, 29), date(2026, 3, 1), 26),
        (date(2000, 2, 29), date(2028, 2, 29), 28),
        (date(2026, 1, 1), date(2026, 1, 1), 0),
    ],
)
def test_age_is_full_years_on_the_day_asked_for(birth: date, day: date, age: int) -> None:
    assert identity.age_on(birth, day) == age


def test_there_is_no_age_before_birth() -> None:
    with pytest.raises(ValueError, match="2026-01-01早于出生日期。请核对日期。"):
        identity.age_on(date(2026, 1, 2), date(2026, 1, 1))
