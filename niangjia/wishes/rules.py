"""What a wish may say, what it may be worth, and what may follow what. Pure functions; domain notes 2m, 4.2, 4.3."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from niangjia.core import scanner
from niangjia.core.text import fold_width, to_simplified
from niangjia.wishes.kinds import ENDED, Category, Consented, WisherKind, WishState

LONGEST: Final = 100
CLAIM_DAYS: Final = range(7, 16)  # domain notes 2m: a claim lapses after 7 to 15 days
_S = WishState
NEXT: Final = {
    _S.SUBMITTED: frozenset({_S.VERIFIED, _S.WITHDRAWN}),
    _S.VERIFIED: frozenset({_S.OPEN, _S.WITHDRAWN}),
    _S.OPEN: frozenset({_S.CLAIMED, _S.VERIFIED, _S.EXPIRED, _S.WITHDRAWN}),
    _S.CLAIMED: frozenset({_S.OPEN, _S.EXPIRED, _S.DELIVERED, _S.WITHDRAWN}),
    _S.DELIVERED: frozenset({_S.CONFIRMED}),
    **{state: frozenset[WishState]() for state in ENDED},
}


def may_become(state: str, wanted: WishState) -> bool:
    return wanted in NEXT[WishState(state)]


@dataclass(frozen=True, slots=True)
class Entry:
    """A wish as somebody wrote it down. ``value`` in yuan, 0 for company; ``guardian`` of a child."""

    kind: WisherKind
    name: str = field(repr=False)
    category: Category
    text: str
    value: int
    consented_on: dt.date
    consented: Consented = Consented.ORAL
    guardian: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)


def faults(entry: Entry, *, cap: int, places: Sequence[str], today: dt.date) -> dict[str, str]:
    """What is wrong with a wish, by field, each with the remedy. ``cap`` in yuan; ``places`` are names of its village."""
    found: dict[str, str] = {}
    if not entry.name.strip():
        found["name"] = "请填写许愿人姓名。姓名加密保存，不公开。"
    if entry.kind == WisherKind.CHILD and not entry.guardian.strip():
        found["guardian"] = "儿童的心愿须有监护人同意，请填写监护人姓名。"
    if entry.consented_on > today:
        found["consented_on"] = "同意日期不能晚于今天。"
    if entry.value > cap:
        found["value"] = f"每个心愿不超过{cap}元。请换成小一点的心愿，或改走救助、走访渠道。"
    elif entry.value < 1 and entry.category != Category.COMPANY:
        found["value"] = "请估一个价（元），陪伴类可以填 0。"
    if entry.phone and not re.fullmatch(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}", entry.phone):
        found["phone"] = "电话应为 11 位手机号或带区号的座机，也可以不填。"
    if said := text_faults(entry.text, names=(entry.name, entry.guardian), places=places):
        found["text"] = "".join(said)
    return found


def text_faults(text: str, *, names: Sequence[str], places: Sequence[str]) -> list[str]:
    """What keeps a text from being shown to everybody: whatever tells who or where the wisher is, and money."""
    plain = "".join(to_simplified(fold_width(text)).split())
    if not plain:
        return ["请写下心愿，例如：想要一个结实的书包。"]
    found = []
    if len(text.strip()) > LONGEST:
        found.append(f"心愿最多{LONGEST}个字，现在{len(text.strip())}个字，请写短一些。")
    if told := scanner.numbers_told(text):
        found.append(f"心愿里有{told}，请删去。")
    elif (contact := _CONTACT.search(plain)) is not None:
        found.append(f"不要写联系方式（{contact[0][:12]}），东西由村（社区）转交。")
    for name in dict.fromkeys(names):
        if (shown := _named(plain, name)) is not None:
            found.append(f"心愿里有姓名“{shown}”，请改成“我”“孩子”“老人”。")
    if (school := _school(plain)) is not None:
        found.append(f"心愿里有学校名“{school}”，请改成“学校”。")
    address = next((one for one in places if one and one in plain), None) or _first(_ADDRESS, plain)
    if address:
        found.append(f"心愿里有地址“{address}”，请删去，东西由村（社区）转交。")
    if (money := _first(_MONEY, plain)) is not None:
        found.append(f"微心愿不收现金和转账（“{money}”），请写需要的东西或陪伴。")
    return found


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return found[0] if found else None


_CONTACT: Final = re.compile(
    r"(?:加|我的|联系)?(?:微信号?|QQ号?|VX|V信|抖音号|快手号)[:：是]?[A-Za-z0-9_-]{4,}|(?:加|联系)(?:我|他|她|下)?(?:的)?(?:微信|QQ|VX|V信)|\d{7,}",
    re.IGNORECASE,
)
_DOUBLE_SURNAMES: Final = (
    "欧阳", "司马", "上官", "诸葛", "夏侯", "皇甫", "尉迟", "公孙", "令狐", "慕容", "司徒", "端木",
)  # fmt: skip


def _named(plain: str, name: str) -> str | None:
    """The name as it stands in the text: in full, without the surname, or as 小明."""
    name = "".join(to_simplified(fold_width(name)).split())
    if len(name) < 2:
        return None
    given = name[2:] if name.startswith(_DOUBLE_SURNAMES) and len(name) > 2 else name[1:]
    shapes = [name, f"小{given[-1]}", f"阿{given[-1]}"] + ([given] if len(given) > 1 else [])
    return next((shape for shape in shapes if shape in plain), None)


# What stands before 小学 and 中学 in a sentence without naming the school.
_PLAIN_WORDS: Final = re.compile(
    r"[我你他她它们的了在上读念去是和到给个所名位想要买有从把被考升进家里就还也都能用着过完为这那一两几年今明后，。、；！？]|"
    r"寄宿|乡村|农村|村里|镇上|附近|当地|公办|民办|孙子|孙女|儿子|女儿|孩子|弟弟|妹妹|哥哥|姐姐|现在|正在|希望|需要|适合|一套|套|本|刚"
)
_SCHOOL: Final = re.compile(
    r"([\u4e00-\u9fff\d]{2,10}?)(小学|中学|完小|中心校|幼儿园|初中|高中|职校|学校|学院|大学)(?!生)"
)
_NAMING: Final = re.compile(r"(?:实验|中心|附属|第[一二三四五六七八九十\d]{1,3})$")


def _school(plain: str) -> str | None:
    """A school by its name; 小学三年级 names none. What is in doubt counts as a name."""
    for found in _SCHOOL.finditer(plain):
        own = _PLAIN_WORDS.split(found[1])[-1]
        naming = own if len(own) >= 2 else _first(_NAMING, found[1])
        if naming:
            return naming + found[2]
    return None


_ADDRESS: Final = re.compile(
    r"(?:[路街巷道弄院段村]|社区)[\d一二三四五六七八九十百]+(?:号|组|社)|\d+(?:组|栋|幢|单元|号楼|号院|室)|"
    r"[\u4e00-\u9fff]{2,6}(?:社区|小区|村民小组|居委会|村委会)"
)
_MONEY: Final = re.compile(
    r"现金|红包|转账|汇款|打款|打钱|给钱|借钱|还债|贷款|资助款|补助款|救助款|捐款|零花钱|压岁钱|生活费|学费|医药费|房租|"
    r"微信支付|支付宝|银行卡|收款码|付款码|二维码|银行账[号户]|购物卡|充值|话费|水电费|"
    r"(?:给我?|要|发|借|捐|送|缺|想要|需要|资助)[^，。；！？]{0,4}?\d+(?:元|块钱?|万元?)(?!左右|以内|以下|上下|内|的)"
)


def due_on(claimed_on: dt.date, days: int) -> dt.date:
    """The last day of a claim. The day of claiming is not counted (民法典 art. 201)."""
    return claimed_on + dt.timedelta(days=days)


def terms_faults(*, value_cap: int, claim_days: int, open_days: int, most_claims: int) -> dict[str, str]:
    """What is wrong with the parameters of the district, by field."""
    found = {}
    if not 1 <= value_cap <= 5000:
        found["value_cap"] = "上限应在 1 至 5000 元之间。"
    if claim_days not in CLAIM_DAYS:
        found["claim_days"] = "认领期限应为 7 至 15 天。"
    if not 15 <= open_days <= 730:
        found["open_days"] = "公开天数应在 15 至 730 天之间。"
    if not 1 <= most_claims <= 20:
        found["most_claims"] = "每人同时认领应为 1 至 20 个。"
    return found
