"""An invented register of people in which it is known who was entered twice, and how the second entry went wrong.

Nobody is real: names are drawn by small tables of how often surnames and the characters of given names come, birthdays
evenly, places from the villages of one district. The second entries err the ways village lists err; how often is said in
``Errors``. Sisters born on one day, mothers and daughters at one address and namesakes are there to mislead.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from niangjia.core import text
from niangjia.people import rules

# Of a hundred surnames on the lists of a district in Chongqing, roughly; the rest is spread over the last line.
SURNAMES = {
    "李": 79, "王": 77, "张": 73, "刘": 57, "陈": 55, "杨": 38, "黄": 28, "周": 27, "吴": 22, "徐": 16, "赵": 16, "何": 16, "罗": 15, "冉": 14,
    "谭": 14, "彭": 13, "田": 13, "夏": 12, "朱": 12, "胡": 12, "冯": 11, "郑": 11, "谢": 11, "唐": 11, "曾": 10, "余": 10, "石": 9, "秦": 9,
    "邓": 9, "肖": 9, "任": 8, "向": 8, "郭": 8, "高": 8, "梁": 7, "蒋": 7, "程": 7, "游": 7, "汪": 6, "况": 6, "庞": 5, "瞿": 5, "舒": 5,
}  # fmt: skip
RARE = "蔡贾丁魏薛叶阎潘杜戴钟姜范方廖邹熊陆孔白崔康毛邱江史顾侯邵孟万段雷钱汤尹黎易常武乔贺赖龚文傅沈韩苏卢袁董吕宋马孙林莫龙陶殷樊付代喻殷晏湛皮陪幸"
# Characters of women's given names by the years they came in, commonest first; each is half as common as the one twelve places before.
FIRST = {
    1900: "秀桂玉素淑世光天明国永朝兴德昌正大文中仁万成代清云家洪友先云碧开泽祥绍荣运长宗廷",
    1960: "小晓春红丽玉秀海永雪素桂淑建金美亚冬明世文艳燕光雨清晶思爱云忠华正洪惠天开林代凤",
    1990: "雨思子欣梦佳雅诗晓静馨语心一怡可紫婧芷若梓嘉艺悦钰文俊诺书瑞依沐锦涵静芸",
}  # fmt: skip
LAST = {
    1900: "英珍芳兰华碧琼芬群容菊蓉玉清秀梅芝云惠香会素菊莲淑琴连凤先书贞群翠娥吉安",
    1960: "梅燕琴芳霞红丽琼英华莉兰容蓉艳玲平娟群芬萍静敏英霞菊秀珍娅会君洪凤波娜利莲莎辉",
    1990: "涵怡琪萱彤瑶萌颖婷欣妍雯琳洁倩雪媛露薇然宁晴轩熙璇蕾瑾桐妮玥滢莹岚楠",
}  # fmt: skip
MEN = "伟强军勇明国华平洪波兵刚涛林建志文斌鹏超俊杰海东峰辉"


@dataclass(frozen=True, slots=True)
class Errors:
    """How often, in a hundred second entries, which error is made; what is left is written as in the first."""

    same_name: int = 70
    homophone: int = 10
    near_sound: int = 4
    traditional: int = 4
    swapped: int = 4
    look_alike: int = 3
    dropped: int = 2
    other_character: int = 3
    same_birth: int = 84
    flipped: int = 4
    slip: int = 7
    lunar: int = 2
    no_birth: int = 3
    same_place: int = 68
    old_code: int = 12
    wrong_village: int = 8
    moved: int = 12


@dataclass(slots=True)
class Entry:
    """One line of the register. ``who`` is the truth: the person it is about."""

    who: int
    name: str
    sex: str
    birth: str | None
    place: str
    number: bool
    phone: str | None
    household: int | None


@dataclass(slots=True)
class Register:
    """The entries, in the order they were made, and for codes that are no more those that followed."""

    entries: list[Entry]
    successors: dict[str, str] = field(default_factory=dict)

    def true_pairs(self) -> set[tuple[int, int]]:
        """Every two entries about one person, by their place in the list."""
        by_person: dict[int, list[int]] = {}
        for at, entry in enumerate(self.entries):
            by_person.setdefault(entry.who, []).append(at)
        return {pair for ids in by_person.values() if len(ids) > 1 for pair in combinations(ids, 2)}


class Inventor:
    """Draws a register from one seed."""

    def __init__(self, seed: int, villages: Sequence[str], errors: Errors | None = None) -> None:
        self.draw = random.Random(seed)
        self.errors = errors or Errors()
        self.villages = list(villages)
        self.sisters: dict[str, list[str]] = {}
        for village in self.villages:
            self.sisters.setdefault(village[:9], []).append(village)
        # One village in eight was formed of an older one, whose code is still in the lists.
        self.old_codes = {
            village: f"{village[:9]}{900 + int(village[9:]) % 100:03d}" for village in self.draw.sample(self.villages, len(self.villages) // 8 or 1)
        }  # fmt: skip
        surnames = [*SURNAMES, *RARE]
        self.surnames = surnames, _cumulated([*SURNAMES.values(), *([2] * len(RARE))])
        self.first = {since: (letters, _falling(letters)) for since, letters in FIRST.items()}
        self.last = {since: (letters, _falling(letters)) for since, letters in LAST.items()}
        letters = sorted(
            {letter for table in (*FIRST.values(), *LAST.values(), MEN, *SURNAMES, RARE) for letter in table}
        )
        self.by_sound: dict[str, list[str]] = {}
        self.by_near: dict[str, list[str]] = {}
        self.by_shape: dict[str, list[str]] = {}
        for letter in [*letters, *"瑛珠贞岚画璧穷纷荣娟眉嫣侠虹荔岭凭净闽庆仪亿捷杏馨新"]:
            sound = text.pinyin_key(letter)
            self.by_sound.setdefault(sound, []).append(letter)
            self.by_near.setdefault(rules.near_sound(sound), []).append(letter)
        for family in rules.LOOK_ALIKE:
            for letter in family:
                self.by_shape[letter] = [other for other in family if other != letter]
        self.letters = letters
        self.serial = 0

    def register(self, people: int, *, duplicates: float = 0.05) -> Register:
        """So many entries, of which ``duplicates`` are second or third ones of somebody."""
        second = int(people * duplicates)
        entries: list[Entry] = []
        while len(entries) < people - second:
            entries += self.household(len(entries))[: people - second - len(entries)]
        first = len(entries)
        for _ in range(second):
            origin = entries[self.draw.randrange(first)]
            entries.append(self.again(origin))
        self.draw.shuffle(entries)
        return Register(entries, {old: new for new, old in self.old_codes.items()})

    def household(self, who: int) -> list[Entry]:
        """One to four people at one address, some with one telephone between them."""
        draw = self.draw
        place = draw.choice(self.villages)
        self.serial += 1
        home = self.serial if draw.random() < 0.5 else None
        shared = self.phone() if draw.random() < 0.3 else None
        surname = draw.choices(self.surnames[0], cum_weights=self.surnames[1])[0]
        members: list[Entry] = []
        for _ in range(draw.choices((1, 2, 3, 4), (35, 35, 20, 10))[0]):
            woman = draw.random() < 0.9
            birth = dt.date(1935, 1, 1) + dt.timedelta(days=int(draw.random() * 365.25 * 75))
            own = surname if draw.random() < 0.4 else draw.choices(self.surnames[0], cum_weights=self.surnames[1])[0]
            members.append(self.entry(who + len(members), own, birth, woman, place, home, shared))
            if draw.random() < 0.004:  # born on the same day, named alike
                twin = self.entry(who + len(members), own, birth, woman, place, home, shared)
                if len(twin.name) == 3 and len(members[-1].name) == 3 and draw.random() < 0.6:
                    twin.name = members[-1].name[:2] + twin.name[2]
                members.append(twin)
        return members

    def entry(
        self, who: int, surname: str, birth: dt.date, woman: bool, place: str, home: int | None, shared: str | None
    ) -> Entry:
        draw = self.draw
        return Entry(
            who,
            surname + self.given(birth.year, woman),
            "F" if woman else "M",
            birth.strftime("%Y%m%d"),
            place,
            draw.random() < 0.7,
            shared or (self.phone() if draw.random() < 0.45 else None),
            home,
        )

    def given(self, year: int, woman: bool) -> str:
        draw = self.draw
        since = max(start for start in FIRST if start <= year)
        last = draw.choices(self.last[since][0], cum_weights=self.last[since][1])[0] if woman else draw.choice(MEN)
        if draw.random() < (0.18 if year >= 1970 else 0.08):
            return last
        return draw.choices(self.first[since][0], cum_weights=self.first[since][1])[0] + last

    def phone(self) -> str:
        self.serial += 1
        return f"p{self.serial}"

    def again(self, origin: Entry) -> Entry:
        """A second entry of a person, from another list."""
        draw, e = self.draw, self.errors
        kind = draw.choices(
            ("same", "homophone", "near", "traditional", "swapped", "shape", "dropped", "other"),
            (
                e.same_name,
                e.homophone,
                e.near_sound,
                e.traditional,
                e.swapped,
                e.look_alike,
                e.dropped,
                e.other_character,
            ),
        )[0]
        birth = draw.choices(
            ("same", "flipped", "slip", "lunar", "none"), (e.same_birth, e.flipped, e.slip, e.lunar, e.no_birth)
        )[0]
        place = draw.choices(("same", "old", "wrong", "moved"), (e.same_place, e.old_code, e.wrong_village, e.moved))[0]
        phone = origin.phone
        if phone is None or draw.random() < 0.3:
            phone = self.phone() if draw.random() < 0.2 else None
        home = origin.household
        roll = draw.random()
        if home is None or roll < 0.35:
            home = None
        elif roll < 0.55 or place == "moved":
            self.serial += 1
            home = self.serial
        # Two entries with one number cannot be: a second number is a typing error or another paper.
        number = draw.random() < (0.08 if origin.number else 0.5)
        return replace(
            origin,
            name=self.misspelt(origin.name, kind),
            birth=self.misdated(origin.birth, birth),
            place=self.misplaced(origin.place, place),
            number=number,
            phone=phone,
            household=home,
            sex=origin.sex if draw.random() > 0.004 else ("M" if origin.sex == "F" else "F"),
        )

    def misspelt(self, name: str, kind: str) -> str:
        draw = self.draw
        at = draw.randrange(1, len(name)) if draw.random() < 0.9 else 0
        letter = name[at]
        if kind == "traditional":
            return text.to_traditional(name)
        if kind == "swapped" and len(name) == 3:
            return name[0] + name[2] + name[1]
        if kind == "dropped" and len(name) == 3:
            return name[0] + name[draw.choice((1, 2))]
        sound = text.pinyin_key(letter)
        others = {
            "homophone": self.by_sound.get(sound, []),
            "near": [x for x in self.by_near.get(rules.near_sound(sound), []) if x not in self.by_sound.get(sound, [])],
            "shape": self.by_shape.get(letter, []),
            "other": self.letters if at else [],
        }.get(kind, [])
        others = [other for other in others if other != letter]
        return name[:at] + draw.choice(others) + name[at + 1 :] if others else name

    def misdated(self, birth: str | None, kind: str) -> str | None:
        if birth is None or kind == "none":
            return None
        draw = self.draw
        if kind == "flipped":
            return _valid(rules.flipped(birth)) or birth
        if kind == "lunar":
            return (dt.datetime.strptime(birth, "%Y%m%d") - dt.timedelta(days=draw.randrange(20, 51))).strftime(
                "%Y%m%d"
            )
        if kind == "slip":
            for _ in range(20):
                at = draw.randrange(2, 8)
                wrong = birth[:at] + str(draw.randrange(10)) + birth[at + 1 :]
                if wrong != birth and _valid(wrong):
                    return wrong
        return birth

    def misplaced(self, place: str, kind: str) -> str:
        if kind == "old":
            return self.old_codes.get(place, place)
        if kind == "wrong":
            return self.draw.choice(self.sisters[place[:9]])
        return self.draw.choice(self.villages) if kind == "moved" else place


def _valid(birth: str) -> str | None:
    try:
        dt.date(int(birth[:4]), int(birth[4:6]), int(birth[6:]))
    except ValueError:
        return None
    return birth if "1925" < birth[:4] < "2026" else None


def _falling(letters: str) -> list[float]:
    return _cumulated([2 ** (-at / 12) for at in range(len(letters))])


def _cumulated(weights: Sequence[float]) -> list[float]:
    total, found = 0.0, []
    for weight in weights:
        total += weight
        found.append(total)
    return found
