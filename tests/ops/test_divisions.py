import gzip
from pathlib import Path

import pytest

from niangjia.ops.divisions import COLUMNS, read_divisions
from niangjia.ops.kinds import BadInputError
from niangjia.org.actions import DivisionRow
from niangjia.org.kinds import DivisionKind

ROW = {
    "county_code": "500102",
    "county_name": "涪陵区",
    "town_code": "500102006",
    "town_name": "敦仁街道",
    "town_type": "subdistrict",
    "mca_town_code_2025": "500102001",
    "village_code": "500102006001",
    "village_name": "大东门社区居民委员会",
    "village_short": "大东门社区",
    "village_kind": "residents_committee",
}


def table(*rows: dict[str, str]) -> str:
    return "\n".join([",".join(COLUMNS), *(",".join(row[name] for name in COLUMNS) for row in rows)]) + "\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "divisions.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_each_place_is_read_once_under_its_district(tmp_path: Path) -> None:
    second = {**ROW, "village_code": "500102006201", "village_short": "坝村", "village_kind": "villagers_committee"}
    assert read_divisions(written(tmp_path, table(ROW, second))) == {
        "500102000000": [
            DivisionRow("500102000000", "涪陵区", "涪陵区", DivisionKind.DISTRICT),
            DivisionRow("500102006000", "敦仁街道", "敦仁街道", DivisionKind.SUBDISTRICT, "500102001"),
            DivisionRow("500102006001", "大东门社区居民委员会", "大东门社区", DivisionKind.RESIDENTS),
            DivisionRow("500102006201", "大东门社区居民委员会", "坝村", DivisionKind.VILLAGERS),
        ]
    }


def test_a_compressed_table_with_a_byte_order_mark_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "divisions.csv.gz"
    path.write_bytes(gzip.compress(table(ROW).encode("utf-8-sig")))
    assert read_divisions(path) == read_divisions(written(tmp_path, table(ROW)))


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"county_code": "5001"}, "第 2 行的 county_code：区划代码应为6位"),
        ({"town_code": "500102"}, "第 2 行的 town_code 应是乡镇(街道)代码，现在是“500102”。请改正。"),
        ({"town_code": "500101006"}, "第 2 行的三级代码不是上下级：500102000000、500101006000、500102006001。请改正。"),
        ({"town_name": ""}, "第 2 行的 town_name 是空的。请补上。"),
        ({"town_type": "city"}, "第 2 行的 town_type 应是 subdistrict、town、township、ethnic_township 之一"),
        ({"village_kind": ""}, "第 2 行的 village_kind 应是 residents_committee、villagers_committee 之一"),
    ],
)
def test_a_wrong_value_names_line_column_and_remedy(tmp_path: Path, change: dict[str, str], text: str) -> None:
    with pytest.raises(BadInputError) as refusal:
        read_divisions(written(tmp_path, table({**ROW, **change})))
    assert str(refusal.value)[: len(text)] == text


def test_two_names_for_one_town_are_refused(tmp_path: Path) -> None:
    other = {**ROW, "town_name": "敦义街道", "village_code": "500102006002"}
    with pytest.raises(BadInputError, match="第 3 行：500102006000 在前面的行里名称或类型不同（敦仁街道）"):
        read_divisions(written(tmp_path, table(ROW, other)))


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "缺少这些列"),
        (b"county_code,county_name\n", "缺少这些列：town_code"),
        (table().encode(), "里没有数据"),
        ("涪陵区".encode("gb18030"), "不是 UTF-8 编码的文本"),
    ],
)
def test_a_file_that_is_no_table_says_what_is_missing(tmp_path: Path, content: bytes, text: str) -> None:
    (tmp_path / "d.csv").write_bytes(content)
    with pytest.raises(BadInputError, match=text):
        read_divisions(tmp_path / "d.csv")


def test_a_broken_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "d.csv.gz").write_bytes(gzip.compress(table(ROW).encode())[:-9])
    with pytest.raises(BadInputError, match="无法读取"):
        read_divisions(tmp_path / "d.csv.gz")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="找不到文件"):
        read_divisions(tmp_path / "d.csv")
