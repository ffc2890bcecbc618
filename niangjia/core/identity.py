"""Reading what identifies a person: ID numbers, names, telephone and bank card numbers, as people and Excel write them.

Every error is a sentence for the person at the desk: what is wrong, at which place, and what to do. It never repeats
the whole number, because errors end in answers, lists and logs.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from operator import mul
from typing import Literal

from niangjia.core import clock
from niangjia.core.text import fold_width

Sex = Literal["F", "M"]

# GB/T 2260: the first two digits name a province; 71, 81-83 are the residence permits of Taiwan, Hong Kong and Macao.
PROVINCES = frozenset(
    str(number)
    for numbers in (range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55), range(61, 66))
    for number in numbers
) | {"71", "81", "82", "83", "91"}
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"

_EXCEL_POWER = re.compile(r"[0-9](?:\.[0-9]+)?E\+?[0-9]+", re.IGNORECASE)
_EXCEL_FLOAT = re.compile(r"([0-9]+)\.0+")
_EXCEL_DIGITS = 15  # Excel keeps 15 significant digits of a number
_APOSTROPHES = "'‘’`´′ʼ"
_DASHES = re.compile("[\u2010-\u2015\u2212]")

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_DOTS = re.compile(r"[·•‧∙⋅・･]")
_DOT = "\u00b7"
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_NAME_SHAPE = re.compile(rf"[{_HAN}]+(?:{_DOT}[{_HAN}]+)*|[A-Za-zÀ-ɏ]+(?:\.?[ '\-{_DOT}][A-Za-zÀ-ɏ]+)*\.?")
_NOT_ALLOWED_IN_NAME = re.compile(rf"[^{_HAN}A-Za-zÀ-ɏ {_DOT}'\-.]")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]")


class IdentityError(ValueError):
    """A number or name that cannot be right; the message is Chinese and says what to do."""


@dataclass(frozen=True)
class IdNumber:
    """A resident's ID number and what it tells. Printing it does not show the number."""

    number: str = field(repr=False)
    birth: date = field(repr=False)
    sex: Sex
    converted: bool = False

    @property
    def area(self) -> str:
        """The 6-digit code of the place that issued the first number; it need not be where she lives."""
        return self.number[:6]

    def __str__(self) -> str:
        return "••••••"


def check_digit(first17: str) -> str:
    """The 18th character of an ID number: ISO 7064 MOD 11-2, as GB 11643-1999 uses it."""
    total = sum(map(mul, map(int, first17), _WEIGHTS))
    return _CHECK_DIGITS[total % 11]


def parse_id(text: str) -> IdNumber:
    """Read an ID number: 18 characters, or the 15 digits issued until 1999 (converted, and marked so).

    Full-width digits, spaces and apostrophes are taken away. Raises IdentityError.
    """
    number = _tidy(text, "身份证号").replace("-", "").upper()
    if not number:
        raise IdentityError("身份证号为空。请填写18位身份证号。")
    if len(number) not in (15, 18):
        raise IdentityError(
            f"身份证号应为18位(旧证15位)，现为{len(number)}位。请对照证件原件补全；护照等其他证件请改选证件类型。"
        )
    body, last = (number, "") if len(number) == 15 else (number[:17], number[17])
    for position, character in enumerate(body, 1):
        if character not in "0123456789":
            raise IdentityError(f"身份证号第{position}位是“{character}”，应为数字。请对照证件原件改正。")
    if last not in "0123456789X":
        raise IdentityError(f"身份证号最后一位是“{last}”，应为数字或X。请对照证件原件改正。")
    if number[:2] not in PROVINCES:
        raise IdentityError("身份证号前两位不是省级行政区代码。请对照证件原件改正。")

    converted = not last
    first17 = body[:6] + "19" + body[6:] if converted else body
    birth = _birth_of(first17)
    expected = check_digit(first17)
    if last and last != expected:
        if number.endswith("000"):
            raise IdentityError(
                "身份证号末三位是000且校验不符，后几位已被Excel改成0，无法还原。"
                "请先把该列设为“文本”格式，再对照证件原件重新录入。"
            )
        raise IdentityError("身份证号校验位不符，有一位录错或两位录反。请对照证件原件逐位核对。")
    return IdNumber(first17 + expected, birth, "M" if int(first17[16]) % 2 else "F", converted)


def parse_phone(text: str) -> str:
    """A mainland mobile number as 11 digits; +86, spaces, dashes and full-width digits are taken away."""
    number = re.sub(r"[-()]", "", _tidy(text, "手机号"))
    if not number:
        raise IdentityError("手机号为空。请填写11位手机号。")
    number = re.sub(r"^(?:\+|00)?86(?=1[0-9]{10}$)", "", number)
    if _MOBILE.fullmatch(number):
        return number
    if number.startswith("0") and _all_digits(number):
        raise IdentityError("这是固定电话，此处须填手机号。请填写11位手机号。")
    if not _all_digits(number):
        raise IdentityError("手机号含有数字以外的字符。请只填一个11位手机号。")
    if len(number) != 11:
        raise IdentityError(f"手机号应为11位，现为{len(number)}位。请核对后补全；一格只填一个号码。")
    raise IdentityError("手机号应以13至19开头。请核对后改正。")


def parse_card(text: str) -> str:
    """A bank card number as 13 to 19 digits whose Luhn check (GB/T 15694.1) holds."""
    number = _tidy(text, "银行卡号").replace("-", "")
    if not number:
        raise IdentityError("银行卡号为空。请填写本人银行卡号。")
    if not _all_digits(number):
        raise IdentityError("银行卡号含有数字以外的字符。请只填卡号，对照银行卡改正。")
    if not 13 <= len(number) <= 19:
        raise IdentityError(f"银行卡号应为13至19位，现为{len(number)}位。请对照银行卡补全；存折账号请换成银行卡号。")
    if not luhn(number):
        raise IdentityError("银行卡号校验不符，有一位录错或两位录反。请对照银行卡逐位核对。")
    return number


def luhn(digits: str) -> bool:
    """Whether the last digit is the Luhn check of the others."""
    doubled = (int(digit) * (1 + index % 2) for index, digit in enumerate(reversed(digits)))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def parse_name(text: str) -> str:
    """A person's name of 2 to 30 characters; the dot of minority names becomes U+00B7.

    Spaces inside a Chinese name (put there to line up columns) and invisible characters are taken away.
    """
    name = " ".join(_INVISIBLE.sub("", fold_width(text)).strip(_APOSTROPHES).split())
    name = _DOTS.sub(_DOT, name)
    name = re.sub(rf"(?<=[{_HAN}]) *[{_DOT}.。] *(?=[{_HAN}])", _DOT, name)
    name = re.sub(rf"(?<=[{_HAN}{_DOT}]) +(?=[{_HAN}{_DOT}])", "", name)
    if not name:
        raise IdentityError("姓名为空。请按证件填写姓名。")
    if re.search(r"[?□�\ue000-\uf8ff]", name):
        raise IdentityError("姓名里有字未能识别(显示为问号、方框或造字)。请用输入法重新录入该生僻字。")
    wrong = _NOT_ALLOWED_IN_NAME.search(name)
    if wrong:
        raise IdentityError(f"姓名里有“{wrong[0]}”，不是姓名用字。请按证件只填姓名，备注另填。")
    if not 2 <= len(name) <= 30:
        raise IdentityError(f"姓名应为2至30个字，现为{len(name)}个字。请按证件填写全名。")
    if not _NAME_SHAPE.fullmatch(name):
        raise IdentityError("姓名写法不对，间隔号应在两段名字之间，中文与外文不混写。请按证件填写，如阿依古丽·买买提。")
    return name


def age_on(birth: date, day: date) -> int:
    """Full years (周岁) on a day; who was born on 29 February turns a year older on 1 March of other years."""
    if day < birth:
        raise ValueError(f"{day:%Y-%m-%d}早于出生日期。请核对日期。")
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def _birth_of(first17: str) -> date:
    digits = first17[6:14]
    try:
        birth = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise IdentityError(
            f"身份证号中的出生日期{digits[:4]}年{digits[4:6]}月{digits[6:]}日不存在。请对照证件原件改正第7至14位。"
        ) from None
    if birth > clock.today():
        raise IdentityError(f"身份证号中的出生日期{birth:%Y年%m月%d日}晚于今天。请对照证件原件改正第7至14位。")
    if birth.year < 1900:
        raise IdentityError(f"身份证号中的出生年份{birth.year}早于1900年。请对照证件原件改正第7至10位。")
    return birth


def _all_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _tidy(text: str, what: str) -> str:
    """Half-width text without spaces, outer apostrophes and dashes; refuses numbers that Excel has destroyed."""
    compact = "".join(_INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).split()).strip(_APOSTROPHES)
    whole = _EXCEL_FLOAT.fullmatch(compact)
    if _EXCEL_POWER.fullmatch(compact) or (whole and len(whole[1]) > _EXCEL_DIGITS):
        raise IdentityError(
            f"{what}已被Excel当成数字(如5.00E+17)，后几位丢失，无法还原。"
            "请先把该列设为“文本”格式(选中列，右键“设置单元格格式”，选“文本”)，再重新录入。"
        )
    return whole[1] if whole else _DASHES.sub("-", compact)
