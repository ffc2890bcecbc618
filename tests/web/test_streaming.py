"""Which part of a file a player is given."""

import pytest

from niangjia.web.streaming import Unsatisfiable, asked


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-99", (0, 100)),
        ("bytes=900-", (900, 1000)),
        ("bytes=0-", (0, 400)),  # no more than 400 at once when the end is left open
        ("bytes=990-5000", (990, 1000)),
        ("bytes=-1", (999, 1000)),
        ("bytes=-5000", (0, 1000)),
        ("BYTES = 5 - 5", (5, 6)),
        ("bytes=9-5", None),
        ("bytes=-", None),
        ("bytes=a-b", None),
        ("bytes=0-1,5-6", None),
        ("lines=0-5", None),
    ],
)
def test_a_part_is_as_the_header_says_and_a_header_we_do_not_read_gives_the_whole(
    header: str, part: tuple[int, int] | None
) -> None:
    assert asked(header, 1000, most=400) == part


@pytest.mark.parametrize(
    ("header", "size"), [("bytes=1000-", 1000), ("bytes=-0", 1000), ("bytes=0-", 0), ("bytes=-5", 0)]
)
def test_bytes_that_are_not_there_are_refused(header: str, size: int) -> None:
    with pytest.raises(Unsatisfiable):
        asked(header, size)
