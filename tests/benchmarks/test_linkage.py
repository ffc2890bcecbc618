"""The benchmark of duplicates measures what the job does, on a register whose truth is known."""

from __future__ import annotations

import pytest

from benchmarks import linkage
from niangjia.people import rules


def test_a_small_register_gives_every_claim() -> None:
    claims = linkage.measured(3_000, 5, lambda: 1.0)
    assert [(claim.claim.removeprefix("linkage: 3,000 people, "), claim.bound) for claim in claims] == [
        ("pairs and clusters", 60.0),
        ("peak memory, the invention included", 4096.0),
        ("precision of pairs", 0.98),
        ("recall of pairs", 0.9),
        ("precision of clusters", 0.98),
        ("recall of clusters", 0.9),
        ("true second entries", None),
    ]
    assert claims[3].holds
    assert claims[-1].value >= 150


def test_a_register_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    same, again, other = (linkage.invent(500, seed) for seed in (1, 1, 2))
    assert same == again
    assert same != other


@pytest.mark.parametrize("what", [what for what in rules.COMPARISONS if what not in ("place", "household")])
def test_weights_are_shares(what: str) -> None:
    """Of entries of one person, and of two, every known level takes its share; what is set by hand is set apart."""
    counted = {key: weight for key, weight in rules.weights()[what].items() if (what, key) not in linkage.GIVEN}
    assert (sum(w.m for w in counted.values()), sum(w.u for w in counted.values())) == (
        pytest.approx(1, abs=0.05),
        pytest.approx(1, abs=0.05),
    )
