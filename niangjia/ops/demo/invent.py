"""Invented people: the same for the same seed, and nobody's."""

from __future__ import annotations

import datetime as dt
import json
import random
from dataclasses import dataclass
from pathlib import Path

from niangjia.core import identity

DATA = Path(__file__).parent / "data"
WOMEN = [
    "秀英",
    "桂芳",
    "玉兰",
    "淑珍",
    "素华",
    "红梅",
    "春燕",
    "小琴",
    "丽娟",
    "晓梅",
    "永芳",
    "天碧",
    "光淑",
    "世琼",
    "明会",
    "德珍",
    "昌秀",
    "朝英",
    "兴菊",
    "国琼",
    "静",
    "敏",
    "燕",
    "霞",
    "莉",
    "婷",
    "雪",
    "梅",
    "芬",
    "蓉",
    "琼",
    "碧",
]
MEN = ["建国", "志强", "明", "伟", "军", "洪", "勇", "波", "兵", "刚", "毅", "川", "涛", "平"]
DISTRICT_AREA = "500102"


@dataclass(frozen=True)
class Someone:
    """A person of the demonstration."""

    name: str
    id_number: str
    phone: str
    card: str


class Inventor:
    """Draws people from one seeded source; no number comes twice."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)  # noqa: S311  invents, does not protect
        surnames: dict[str, float] = json.loads((DATA / "surnames.json").read_text(encoding="utf-8"))["surnames"]
        self._surnames, self._weights = list(surnames), list(surnames.values())
        self._serial = 0

    def name(self, *, woman: bool = True) -> str:
        surname = self.draw.choices(self._surnames, self._weights)[0]
        return surname + self.draw.choice(WOMEN if woman else MEN)

    def woman(self, *, born_after: int = 1955, born_before: int = 1988) -> Someone:
        birth = dt.date(self.draw.randrange(born_after, born_before), 1, 1) + dt.timedelta(
            days=self.draw.randrange(365)
        )
        return Someone(self.name(), self._id_number(birth), self.phone(), self.card())

    def phone(self) -> str:
        """Numbers of the 170 segment, of which these are assigned to nobody the demonstration knows."""
        self._serial += 1
        return f"1700000{self._serial:04d}"

    def _id_number(self, birth: dt.date) -> str:
        self._serial += 1
        first17 = f"{DISTRICT_AREA}{birth:%Y%m%d}{self._serial // 5 % 100:02d}{self._serial % 5 * 2}"
        return first17 + identity.check_digit(first17)

    def card(self) -> str:
        first = "622848" + "".join(str(self.draw.randrange(10)) for _ in range(12))
        return next(first + str(digit) for digit in range(10) if identity.luhn(first + str(digit)))
