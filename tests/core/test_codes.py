import pytest
from hypothesis import given
from hypothesis import strategies as st

from niangjia.core import codes
from niangjia.core.codes import CodeError, Level

DISTRICT = "500102000000"
TOWN = "500102006000"
VILLAGE = "500102006001"
LOCAL_TOWN = "500102A01000"
LOCAL_VILLAGE = "500102006B09"

segment = st.one_of(
    st.integers(0, 999).map(lambda n: f"{n:03}"),
    st.builds(lambda letter, n: f"{letter}{n:02}", st.sampled_from("ABYZ"), st.integers(0, 99)),
)
any_code = st.builds(
    lambda district, town, village: district + town + ("000" if town == "000" else village),
    st.sampled_from(["500101", "500102", "500109", "500110", "500199"]),
    segment,
    segment,
)


@pytest.mark.parametrize(
    ("code", "level", "prefix", "parent", "district", "local"),
    [
        (DISTRICT, Level.DISTRICT, "500102", None, DISTRICT, False),
        (TOWN, Level.TOWN, "500102006", DISTRICT, DISTRICT, False),
        ("500102123000", Level.TOWN, "500102123", DISTRICT, DISTRICT, False),
        ("500102206000", Level.TOWN, "500102206", DISTRICT, DISTRICT, False),
        ("500102403000", Level.TOWN, "500102403", DISTRICT, DISTRICT, False),
        (LOCAL_TOWN, Level.TOWN, "500102A01", DISTRICT, DISTRICT, True),
        (VILLAGE, Level.VILLAGE, VILLAGE, TOWN, DISTRICT, False),
        ("500102123201", Level.VILLAGE, "500102123201", "500102123000", DISTRICT, False),
        ("500102006498", Level.VILLAGE, "500102006498", TOWN, DISTRICT, False),
        (LOCAL_VILLAGE, Level.VILLAGE, LOCAL_VILLAGE, TOWN, DISTRICT, True),
        ("500102A01001", Level.VILLAGE, "500102A01001", LOCAL_TOWN, DISTRICT, True),
    ],
)
def test_a_code_tells_its_tier_and_the_places_above_it(
    code: str, level: Level, prefix: str, parent: str | None, district: str, local: bool
) -> None:
    told = (
        codes.level_of(code),
        codes.prefix_of(code),
        codes.parent_of(code),
        codes.district_of(code),
        codes.is_local(code),
    )
    assert told == (level, prefix, parent, district, local)


@pytest.mark.parametrize(
    ("code", "bounds"),
    [
        (DISTRICT, (DISTRICT, "500103")),
        ("500109000000", ("500109000000", "50010:")),
        (TOWN, (TOWN, "500102007")),
        ("500102009000", ("500102009000", "50010200:")),
        (LOCAL_TOWN, (LOCAL_TOWN, "500102A02")),
        (VILLAGE, (VILLAGE, "500102006002")),
        ("500102006999", ("500102006999", "50010200699:")),
        (LOCAL_VILLAGE, (LOCAL_VILLAGE, "500102006B0:")),
    ],
)
def test_a_subtree_starts_at_the_code_and_ends_before_its_prefix_with_the_last_character_raised(
    code: str, bounds: tuple[str, str]
) -> None:
    assert codes.subtree(code) == bounds


@pytest.mark.parametrize(
    ("outer", "inner", "inside"),
    [
        (DISTRICT, VILLAGE, True),
        (DISTRICT, LOCAL_TOWN, True),
        (TOWN, VILLAGE, True),
        (TOWN, LOCAL_VILLAGE, True),
        (TOWN, TOWN, True),
        (TOWN, DISTRICT, False),
        (VILLAGE, "500102006003", False),
        ("500101000000", VILLAGE, False),
        ("500102007000", VILLAGE, False),
    ],
)
def test_a_village_code_lies_in_its_town_and_its_district_only(outer: str, inner: str, inside: bool) -> None:
    assert codes.contains(outer, inner) is inside


@given(any_code, any_code)
def test_containing_agrees_with_comparing_the_text_with_the_range(outer: str, inner: str) -> None:
    low, high = codes.subtree(outer)
    assert codes.contains(outer, inner) is (low <= inner < high)


@given(any_code)
def test_a_place_lies_in_its_parent_and_its_range_lies_in_the_range_of_the_parent(code: str) -> None:
    parent = codes.parent_of(code) or code
    (low, high), (outer_low, outer_high) = codes.subtree(code), codes.subtree(parent)
    assert codes.contains(parent, code)
    assert outer_low <= low < high <= outer_high


@pytest.mark.parametrize(("code", "town"), [(TOWN, TOWN), (VILLAGE, TOWN), (LOCAL_TOWN, LOCAL_TOWN)])
def test_the_town_of_a_town_is_itself_and_of_a_village_the_one_around_it(code: str, town: str) -> None:
    assert codes.town_of(code) == town


def test_a_district_lies_in_no_town() -> None:
    with pytest.raises(CodeError) as error:
        codes.town_of(DISTRICT)
    assert str(error.value) == "“500102000000”是区县，不属于任何乡镇(街道)。请选择乡镇(街道)或村(社区)。"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("500102", DISTRICT),
        ("500102006", TOWN),
        ("500102006001", VILLAGE),
        (" 500102 006 001 ", VILLAGE),
        ("５００１０２００６００１", VILLAGE),
        ("500102a01", LOCAL_TOWN),
    ],
)
def test_a_code_may_be_typed_short_spaced_or_full_width(typed: str, code: str) -> None:
    assert codes.parse_code(typed) == code


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (
            "5001020060",
            "区划代码应为6位、9位或12位，现为10位。请对照统计用区划代码表填写，单元格设为文本格式。",
        ),
        (
            "500000",
            "“500000”不是区县、乡镇(街道)或村(社区)的区划代码。请对照统计用区划代码表填写；"
            "没有统计代码的单位用本地代码，如500102A01000。",
        ),
        (
            "500102000001",
            "“500102000001”不是区县、乡镇(街道)或村(社区)的区划代码。请对照统计用区划代码表填写；"
            "没有统计代码的单位用本地代码，如500102A01000。",
        ),
    ],
)
def test_a_wrong_code_is_answered_with_its_remedy(typed: str, message: str) -> None:
    with pytest.raises(CodeError) as error:
        codes.parse_code(typed)
    assert str(error.value) == message


@pytest.mark.parametrize(
    "text", ["", "500102", "50010200600A", "500102a01000", "５００１０２００６００１", "500102006001 "]
)
def test_functions_over_codes_refuse_what_is_not_a_whole_code(text: str) -> None:
    with pytest.raises(CodeError):
        codes.level_of(text)


def test_a_wider_tier_is_the_smaller_number_and_names_fewer_characters() -> None:
    assert [(level.name, level.digits, level.label) for level in sorted(Level)] == [
        ("DISTRICT", 6, "区县"),
        ("TOWN", 9, "乡镇(街道)"),
        ("VILLAGE", 12, "村(社区)"),
    ]
