"""An auditor's computer finds whatever was done to a chain."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from niangjia.trail import rules
from niangjia.trail.kinds import Flaw
from niangjia.trail.rules import Link


def chain(length: int, stream: str = "case:1") -> list[Link]:
    links: list[Link] = []
    previous = b""
    for seq in range(1, length + 1):
        link = Link(stream, seq, 1_700_000_000_000_000 + seq, 7, None, "区妇联 甲", "500102000000", "case.save",
                    stream, '{"number": "LA"}', "")  # fmt: skip
        previous = rules.digest(previous, link)
        links.append(dataclasses.replace(link, hash=previous.hex()))
    return links


def test_an_untouched_chain_has_no_flaw() -> None:
    assert rules.check(chain(5)) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", 1), ("account", 8), ("account", None), ("post", 3), ("actor", "乙"), ("place", "500102006000"),
        ("verb", "case.approve"), ("subject", "case:2"), ("summary", "{}"),
    ],
)  # fmt: skip
def test_an_altered_column_is_found(column: str, value: object) -> None:
    links = chain(5)
    links[2] = dataclasses.replace(links[2], **{column: value})  # type: ignore[arg-type]  # any column
    assert [(p.flaw, p.seq) for p in rules.check(links)] == [(Flaw.ALTERED, 3)]


@pytest.mark.parametrize("gone", [0, 2])
def test_a_removed_entry_is_found(gone: int) -> None:
    links = chain(5)
    del links[gone]
    assert (Flaw.REMOVED, gone + 1) in [(p.flaw, p.seq) for p in rules.check(links)]


def test_a_removed_tail_is_found_by_the_anchor() -> None:
    links = chain(5)
    anchor = {"case:1": (5, links[4].hash)}
    assert [(p.flaw, p.seq) for p in rules.check(links[:3], anchor)] == [(Flaw.REMOVED, 5)]


def test_a_removed_stream_is_found_by_the_anchor() -> None:
    links = chain(2)
    assert [p.flaw for p in rules.check([], {"case:1": (2, links[1].hash)})] == [Flaw.REMOVED]


def test_entries_in_another_order_are_found() -> None:
    links = chain(4)
    links[1], links[2] = links[2], links[1]
    assert [p.flaw for p in rules.check(links)] == [Flaw.REORDERED]


def test_two_entries_that_swapped_numbers_are_found() -> None:
    links = chain(4)
    links[1], links[2] = dataclasses.replace(links[2], seq=2), dataclasses.replace(links[1], seq=3)
    assert {p.flaw for p in rules.check(links)} == {Flaw.ALTERED}


def test_a_rewritten_chain_is_found_by_the_anchor() -> None:
    honest, forged = chain(3), chain(3)
    forged[1] = dataclasses.replace(forged[1], verb="case.approve", hash="")
    previous = b""
    for index, link in enumerate(forged):
        previous = rules.digest(previous, link)
        forged[index] = dataclasses.replace(link, hash=previous.hex())
    assert rules.check(forged) == []
    assert [p.flaw for p in rules.check(forged, {"case:1": (3, honest[2].hash)})] == [Flaw.HEAD]


@given(st.integers(1, 12), st.data())
def test_any_single_removal_but_the_last_is_found(length: int, data: st.DataObject) -> None:
    links = chain(length + 1)
    del links[data.draw(st.integers(0, length - 1))]
    assert rules.check(links) != []
