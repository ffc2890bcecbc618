"""When two entries of the register may be one woman, and why: pure comparison of what both entries tell.

Names are compared by character, sound and shape; a birthday by its digits; a place by the code in force today. Each way of
agreeing or not is a ``Level`` with its test in Python, for two entries at hand, and the same test in SQL, for a whole
register; how much it says for or against stands in ``weights.json``. The score is the probability after Fellegi and Sunter
(A Theory for Record Linkage, 1969): the odds before anything is known, times m/u of every level met, where m is how often
entries of one person meet the level and u how often entries of two do.

Numbers of papers are never compared in clear: an entry with a number is known by its blind index, and of two entries it is
told only that both have one and that they differ.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from niangjia.core import text

# From so many entries on, how common a name is in the register says more than how common names are on the whole.
SHARES_FROM = 20_000
LEAST_SHARE = 2e-6
# One entry in so many is a second one of somebody; the odds before anything is compared follow from it.
DUPLICATE_SHARE = 0.05
LEAST_PEOPLE = 2_000
# A pair is shown to a person from this probability on.
PROPOSE_FROM = 0.9
CERTAIN = 1.0

# What is heard as one in the south-west: no -ng after i and e, no tongue curled, n as l, hu as f.
_NEAR = ((re.compile(r"([ie])ng\b"), r"\1n"), (re.compile(r"\b([zcs])h"), r"\1"), (re.compile(r"\bn(?!g)"), "l"), (re.compile(r"\bhu(?=[a-z])"), "f"))  # fmt: skip

# Characters of names that are read or typed one for another because they look alike, a family a word.
_FAMILIES = """
己已巳 未末 土士 日曰 天夭 干千 王玉 丹舟 兰三 芬芳 芸芝 茜西 菊掬 莲连 蓉容 英央 苹平 琼京 珍诊 玲铃 琳淋 璐路 婷停 娟捐
娥俄 媛援 嫦常 妹姝 淑椒 清情 洁结 浩皓 涛焘 源原 沙纱 霞瑕 雪雷 晓哓 晨辰 昌晶 明朋 春舂 艳滟 梅悔 桂佳 柱桎 杨扬 林材 秀季
兆北 元无 凤风 俊骏 伟纬 仙汕 何河 冯马 刘浏 吕品 候侯 余佘 徐除 陈阵 谭潭 彭膨 贺货 贾买 田由 申甲
白百 戴载 肖尚 廖寥 龙尤 万方 小少 文又 正止
"""
LOOK_ALIKE = tuple(_FAMILIES.split())
_SHAPE = str.maketrans({character: family[0] for family in LOOK_ALIKE for character in family})
_NOT_LETTERS = re.compile(r"[\s·'\-.]+")
_DATE_DIGITS = "%Y%m%d"


@dataclass(frozen=True, slots=True)
class Traits:
    """What is compared of one entry. ``place`` is the code in force today, ``known_as`` the one that was written down.

    ``number``, ``phone`` and ``household`` tell whether two are equal and nothing else: blind indexes and keys.
    """

    written: str
    name: str
    sound: str
    near: str
    shape: str
    letters: str
    sex: str
    birth: str
    place: str
    known_as: str
    kind: str = ""
    number: bytes | None = None
    phone: bytes | None = None
    household: str = ""


def traits(
    *,
    name: str,
    pinyin: str,
    sex: str,
    birth: dt.date | None,
    place: str,
    successors: Mapping[str, str],
    kind: str = "",
    number: bytes | None = None,
    phone: bytes | None = None,
    household: str = "",
) -> Traits:
    """The traits of an entry. ``successors`` names for a code that is no more the one that followed it."""
    plain = plain_name(name)
    return Traits(
        written=name,
        name=plain,
        sound=pinyin,
        near=near_sound(pinyin),
        shape=shape_of(plain),
        letters="".join(sorted(plain)),
        sex=sex,
        birth=birth.strftime(_DATE_DIGITS) if birth else "",
        place=place_today(place, successors),
        known_as=place,
        kind=kind,
        number=number,
        phone=phone,
        household=household,
    )


def plain_name(name: str) -> str:
    """The name in Simplified characters, without spaces and dots."""
    return _NOT_LETTERS.sub("", text.to_simplified(text.fold_width(name)).lower())


def near_sound(pinyin: str) -> str:
    """The syllables as the south-west hears them: 程英 and 陈音 are one."""
    for pattern, heard in _NEAR:
        pinyin = pattern.sub(heard, pinyin)
    return pinyin


def shape_of(name: str) -> str:
    """The name with every character replaced by the first of its family of look-alikes."""
    return name.translate(_SHAPE)


def place_today(place: str, successors: Mapping[str, str]) -> str:
    """The code that followed, over any number of changes; a circle in the table ends the walk."""
    seen = {place}
    while (following := successors.get(place, place)) not in seen:
        place = following
        seen.add(place)
    return place


def masked(name: str) -> tuple[str, str]:
    """A name of three or four characters without its second and without its third; empty for other names."""
    if len(name) not in (3, 4):
        return "", ""
    return f"{name[0]}_{name[2:]}", f"{name[:2]}_{name[3:]}"


def shortened(name: str) -> tuple[str, str]:
    """What is left of a name of three when one character of the given name is forgotten; empty for other names."""
    return (name[0] + name[2], name[:2]) if len(name) == 3 else ("", "")


def _one_apart(a: Traits, b: Traits) -> bool:
    mine, theirs = masked(a.name), masked(b.name)
    return (mine[0] != "" and mine[0] == theirs[0]) or (mine[1] != "" and mine[1] == theirs[1])


def _one_short(a: Traits, b: Traits) -> bool:
    return a.name in shortened(b.name) or b.name in shortened(a.name)


def _twins(a: Traits, b: Traits) -> bool:
    home = (a.household != "" and a.household == b.household) or (a.phone is not None and a.phone == b.phone)
    return bool(a.birth) and a.birth == b.birth and a.name[:1] == b.name[:1] and (home or a.place == b.place)


def flipped(birth: str) -> str:
    """The digits with month and day changed about."""
    return birth[:4] + birth[6:] + birth[4:6]


def turned(birth: dt.date) -> dt.date | None:
    """The day with month and day changed about; None where there is no such day or it is the same."""
    if birth.day > 12 or birth.day == birth.month:
        return None
    return birth.replace(month=birth.day, day=birth.month)


def _slip(a: str, b: str) -> bool:
    """One digit differs, or two neighbours stand the wrong way round."""
    if len(a) != len(b):
        return False
    at = [index for index, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
    return len(at) == 1 or (len(at) == 2 and at[1] == at[0] + 1 and a[at[0]] == b[at[1]] and a[at[1]] == b[at[0]])


def _days_apart(a: str, b: str) -> int:
    return abs((dt.datetime.strptime(a, _DATE_DIGITS) - dt.datetime.strptime(b, _DATE_DIGITS)).days)


@dataclass(frozen=True, slots=True)
class Level:
    """One way two entries agree or not in one respect. ``label`` is the reason as it is shown; without one it is none.

    ``sql`` is the same test over columns ``…_l`` and ``…_r``, see ``COLUMNS``. Levels are tried in order.
    """

    key: str
    label: str
    test: Callable[[Traits, Traits], bool]
    sql: str
    differs: bool = False
    unknown: bool = False


def _else(key: str, label: str = "") -> Level:
    return Level(key, label, lambda a, b: True, "ELSE", differs=True)


def _missing(test: Callable[[Traits, Traits], bool], sql: str) -> Level:
    return Level("UNKNOWN", "", test, sql, unknown=True)


# By what is compared: its name on the page and its levels.
COMPARISONS: dict[str, tuple[str, tuple[Level, ...]]] = {
    "name": (
        "姓名",
        (
            Level("SAME", "姓名相同", lambda a, b: a.name == b.name, "name_l = name_r"),
            Level("SOUND", "姓名同音", lambda a, b: a.sound == b.sound, "sound_l = sound_r"),
            Level("SHAPE", "姓名字形相近", lambda a, b: a.shape == b.shape, "shape_l = shape_r"),
            Level("NEAR", "姓名读音相近", lambda a, b: a.near == b.near, "near_l = near_r"),
            Level("SWAPPED", "姓名字序颠倒", lambda a, b: a.letters == b.letters, "letters_l = letters_r"),
            Level("SHORT", "姓名少一字", _one_short, "(name_l IN (short2_r, short3_r) OR name_r IN (short2_l, short3_l))"),
            Level(
                "TWIN",
                "名字不同而生日和住处相同，可能是双胞胎",
                _twins,
                "(birth_l = birth_r AND surname_l = surname_r AND (household_l = household_r OR phone_l = phone_r OR place_l = place_r))",
                differs=True,
            ),
            Level("ONE", "姓名差一字", _one_apart, "(mask2_l = mask2_r OR mask3_l = mask3_r)"),
            _else("OTHER", "姓名不同"),
        ),
    ),
    "birth": (
        "出生日期",
        (
            _missing(lambda a, b: not (a.birth and b.birth), "birth_l IS NULL OR birth_r IS NULL"),
            Level("SAME", "出生日期相同", lambda a, b: a.birth == b.birth, "birth_l = birth_r"),
            Level("FLIPPED", "出生月日颠倒", lambda a, b: a.birth == flipped(b.birth), "birth_l = flipped_r"),
            Level("SLIP", "出生日期只差一位", lambda a, b: _slip(a.birth, b.birth), "damerau_levenshtein(birth_l, birth_r) = 1"),
            Level(
                "LUNAR",
                "出生日期相差约一个月，可能一为农历",
                lambda a, b: 18 <= _days_apart(a.birth, b.birth) <= 52,
                "abs(day_l - day_r) BETWEEN 18 AND 52",
            ),
            Level("YEAR", "出生年份相同", lambda a, b: a.birth[:4] == b.birth[:4], "year_l = year_r"),
            _else("OTHER", "出生日期不同"),
        ),
    ),
    "place": (
        "所在村（社区）",
        (
            Level(
                "SUCCEEDED",
                "村码新旧不同，现为同一村（社区）",
                lambda a, b: a.place == b.place and a.known_as != b.known_as,
                "(place_l = place_r AND known_as_l <> known_as_r)",
            ),
            Level(
                "HOME",
                "同一村（社区）",
                lambda a, b: a.household != "" and a.household == b.household and a.place == b.place,
                "(household_l = household_r AND place_l = place_r)",
            ),
            Level("VILLAGE", "同一村（社区）", lambda a, b: a.place == b.place, "place_l = place_r"),
            Level("TOWN", "同一乡镇（街道）", lambda a, b: a.place[:9] == b.place[:9], "town_l = town_r"),
            _else("OTHER", "不在同一乡镇（街道）"),
        ),
    ),
    "sex": ("性别", (Level("SAME", "", lambda a, b: a.sex == b.sex, "sex_l = sex_r"), _else("OTHER", "性别不同"))),
    "phone": (
        "手机号",
        (
            _missing(lambda a, b: a.phone is None or b.phone is None, "phone_l IS NULL OR phone_r IS NULL"),
            Level("SAME", "手机号相同", lambda a, b: a.phone == b.phone, "phone_l = phone_r"),
            _else("OTHER"),
        ),
    ),
    "household": (
        "住址",
        (
            _missing(lambda a, b: not (a.household and b.household), "household_l IS NULL OR household_r IS NULL"),
            Level(
                "BOTH",
                "住址相同",
                lambda a, b: a.household == b.household and a.phone is not None and a.phone == b.phone,
                "(household_l = household_r AND phone_l = phone_r)",
            ),
            Level("SAME", "住址相同", lambda a, b: a.household == b.household, "household_l = household_r"),
            _else("OTHER"),
        ),
    ),
    "number": (
        "证件号码",
        (
            Level(
                "OTHER",
                "证件号码不同",
                lambda a, b: a.number is not None and b.number is not None and a.kind == b.kind,
                "kind_l = kind_r",
                differs=True,
            ),
            Level("OPEN", "", lambda a, b: True, "ELSE"),
        ),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reason:
    """One respect in which two entries agree or differ, in words; ``differs`` speaks against one person."""

    what: str
    level: str
    label: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Likeness:
    """How probable it is, 0 to 1, that two entries are one person, and why."""

    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Weight:
    """How often entries of one person (m) and of two (u) meet a level."""

    m: float
    u: float


@cache
def weights() -> Mapping[str, Mapping[str, Weight]]:
    """By comparison and level, as they stand in ``weights.json``."""
    raw = json.loads(Path(__file__).with_name("weights.json").read_text(encoding="utf-8"))
    return {what: {key: Weight(*pair) for key, pair in levels.items()} for what, levels in raw["levels"].items()}


def levels_of(a: Traits, b: Traits) -> dict[str, Level]:
    """The level two entries meet in each respect."""
    return {what: next(level for level in levels if level.test(a, b)) for what, (_, levels) in COMPARISONS.items()}


def prior(people: int) -> float:
    """How probable it is that two entries drawn blindly from a register of so many are one person."""
    return DUPLICATE_SHARE * 2 / max(people, LEAST_PEOPLE)


def compare(a: Traits, b: Traits, *, people: int, share: float | None = None) -> Likeness:
    """How alike two entries are. ``people`` is the size of the register, ``share`` how common the name is in it (0 to 1);
    without a share, names count as names on the whole do.
    """
    if a.number is not None and a.number == b.number:
        return Likeness(CERTAIN, (Reason("number", "SAME", "证件号码相同", differs=False),))
    found = levels_of(a, b)
    known = weights()
    before = prior(people)
    bits = math.log2(before / (1 - before))
    for what, level in found.items():
        if level.unknown:
            continue
        weight = known[what][level.key]
        u = max(share, LEAST_SHARE) if what == "name" and level.key == "SAME" and share is not None else weight.u
        bits += math.log2(weight.m / u)
    return Likeness(
        1 / (1 + 2**-bits), reasons({what: level.key for what, level in found.items()}, a.written, b.written)
    )


def reasons(met: Mapping[str, str], one: str = "", other: str = "") -> tuple[Reason, ...]:
    """The levels met, in words; what speaks for one person first. The two names are written out where they differ."""
    found = []
    for what, key in met.items():
        level = next(level for level in COMPARISONS[what][1] if level.key == key)
        label = level.label
        if what == "name" and one != other and not level.unknown:
            label = f"{'姓名繁简不同' if key == 'SAME' else label}：{one}／{other}"
        if label:
            found.append(Reason(what, key, label, level.differs))
    return tuple(sorted(found, key=lambda reason: reason.differs))
