"""Reads the table of statistical divisions (统计用区划代码) from a .csv or .csv.gz file, a village a line."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from niangjia.core import codes
from niangjia.core.codes import CodeError, Level
from niangjia.ops.kinds import BadInputError
from niangjia.org.actions import DivisionRow
from niangjia.org.kinds import DivisionKind

COLUMNS: Final = (
    "county_code",
    "county_name",
    "town_code",
    "town_name",
    "town_type",
    "mca_town_code_2025",
    "village_code",
    "village_name",
    "village_short",
    "village_kind",
)
_TOWNS: Final = {
    "subdistrict": DivisionKind.SUBDISTRICT,
    "town": DivisionKind.TOWN,
    "township": DivisionKind.TOWNSHIP,
    "ethnic_township": DivisionKind.TOWNSHIP,
}
_VILLAGES: Final = {
    "residents_committee": DivisionKind.RESIDENTS,
    "villagers_committee": DivisionKind.VILLAGERS,
}
_LARGEST: Final = 200 << 20


def read_divisions(path: Path) -> dict[str, list[DivisionRow]]:
    """The places of each district of the file, by the district's code: the district, its towns, their villages.

    Raises BadInputError that names line, column and remedy.
    """
    districts: dict[str, dict[str, DivisionRow]] = {}
    for line, row in _lines(path):
        for place in _places(line, row):
            known = districts.setdefault(codes.district_of(place.code), {})
            if known.setdefault(place.code, place) != place:
                raise BadInputError(
                    f"{path.name} 第 {line} 行：{place.code} 在前面的行里名称或类型不同（{known[place.code].name}）。"
                    "请改成一致。"
                )
    if not districts:
        raise BadInputError(f"{path.name} 里没有数据。请检查文件。")
    return {district: list(places.values()) for district, places in districts.items()}


def _lines(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    text = _text(path)
    reader = csv.DictReader(io.StringIO(text))
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise BadInputError(f"{path.name} 缺少这些列：{'、'.join(missing)}。第一行应是列名。")
    for row in reader:
        yield reader.line_num, {name: (row[name] or "").strip() for name in COLUMNS}


def _text(path: Path) -> str:
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            data = file.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise BadInputError(f"{path.name} 超过 {_LARGEST >> 20} MB，不是区划表。")
        return data.decode("utf-8-sig")
    except FileNotFoundError:
        raise BadInputError(f"找不到文件 {path}。请检查路径。") from None
    except (OSError, EOFError) as error:
        raise BadInputError(f"无法读取 {path}（{error}）。请检查文件。") from None
    except UnicodeDecodeError:
        raise BadInputError(f"{path.name} 不是 UTF-8 编码的文本。请另存为 UTF-8 的 CSV。") from None


def _places(line: int, row: dict[str, str]) -> tuple[DivisionRow, DivisionRow, DivisionRow]:
    def code(column: str, level: Level) -> str:
        try:
            code = codes.parse_code(row[column])
        except CodeError as error:
            raise BadInputError(f"第 {line} 行的 {column}：{error}") from None
        if codes.level_of(code) is not level:
            raise BadInputError(f"第 {line} 行的 {column} 应是{level.label}代码，现在是“{row[column]}”。请改正。")
        return code

    def name(column: str) -> str:
        if not row[column]:
            raise BadInputError(f"第 {line} 行的 {column} 是空的。请补上。")
        return row[column]

    def kind(column: str, known: dict[str, DivisionKind]) -> DivisionKind:
        if row[column] not in known:
            raise BadInputError(
                f"第 {line} 行的 {column} 应是 {'、'.join(known)} 之一，现在是“{row[column]}”。请改正。"
            )
        return known[row[column]]

    county = code("county_code", Level.DISTRICT)
    town, village = code("town_code", Level.TOWN), code("village_code", Level.VILLAGE)
    if codes.parent_of(town) != county or codes.parent_of(village) != town:
        raise BadInputError(f"第 {line} 行的三级代码不是上下级：{county}、{town}、{village}。请改正。")
    return (
        DivisionRow(county, name("county_name"), row["county_name"], DivisionKind.DISTRICT),
        DivisionRow(town, name("town_name"), row["town_name"], kind("town_type", _TOWNS), row["mca_town_code_2025"]),
        DivisionRow(village, name("village_name"), name("village_short"), kind("village_kind", _VILLAGES)),
    )
