"""How points become an order."""

from __future__ import annotations

from decimal import Decimal

import pytest

from niangjia.jury import rules
from niangjia.jury.kinds import Method, Ties
from niangjia.jury.rules import Judged, Place


@pytest.mark.parametrize(
    ("jurors", "problem"),
    [
        (4, "评委至少5人，现有4人。"),
        (5, ""),
        (6, "评委应为单数，现有6人。请增加或减少一人。"),
        (7, ""),
    ],
)
def test_a_jury_is_odd_and_of_at_least_five(jurors: int, problem: str) -> None:
    assert rules.size_problem(jurors) == problem


@pytest.mark.parametrize(
    ("points", "method", "total"),
    [
        ([80, 90, 70, 100, 60], Method.MEAN, "80.00"),
        ([80, 90, 70, 100, 60], Method.TRIMMED, "80.00"),
        ([80, 90, 70, 100, 0], Method.TRIMMED, "80.00"),
        ([80, 90, 70, 100, 0], Method.MEAN, "68.00"),
        ([80, 90, 70, 100], Method.TRIMMED, "85.00"),
        ([70, 70, 71], Method.MEAN, "70.33"),
        ([], Method.MEAN, "0"),
    ],
)
def test_a_total_is_the_mean_trimmed_only_from_five_scores_on(points: list[int], method: Method, total: str) -> None:
    assert rules.total([Decimal(value) for value in points], method) == Decimal(total)


@pytest.mark.parametrize(
    ("points", "far"),
    [
        ({1: 80, 2: 82, 3: 81, 4: 79, 5: 20}, {5}),
        ({1: 80, 2: 82, 3: 81, 4: 79, 5: 78}, set()),
        ({1: 80, 2: 80, 3: 80, 4: 80, 5: 80}, set()),
        ({1: 80, 2: 80, 3: 80, 4: 80, 5: 83}, {5}),
        ({1: 10, 2: 90, 3: 80, 4: 85}, set()),
    ],
)
def test_who_lies_far_from_the_others_is_shown(points: dict[int, int], far: set[int]) -> None:
    assert rules.outlying({juror: Decimal(value) for juror, value in points.items()}) == far


@pytest.mark.parametrize(
    ("jury", "share", "weight", "final"),
    [
        ("80", None, 30, "80.00"),
        ("80", "1", 0, "80.00"),
        ("80", "1", 30, "86.00"),
        ("80", "0", 30, "56.00"),
        ("80", "0.5", 10, "77.00"),
    ],
)
def test_the_vote_weighs_as_much_as_it_may_and_no_more(jury: str, share: str | None, weight: int, final: str) -> None:
    assert rules.combined(Decimal(jury), Decimal(100), Decimal(share) if share else None, weight) == Decimal(final)


def test_ties_are_broken_by_the_first_criterion_and_explained() -> None:
    entries = [
        Judged("case:1", Decimal("80"), Decimal("30")),
        Judged("case:2", Decimal("90"), Decimal("30")),
        Judged("case:3", Decimal("80"), Decimal("35")),
        Judged("case:4", Decimal("70"), Decimal("20")),
        Judged("case:5", Decimal("70"), Decimal("20")),
        Judged("case:6", Decimal("60"), Decimal("20")),
    ]
    assert rules.ranked(entries, "故事") == [
        Place("case:2", 1, ""),
        Place("case:3", 2, "总分同为80，按“故事”35分排序"),
        Place("case:1", 3, "总分同为80，按“故事”30分排序"),
        Place("case:4", 4, "总分70、“故事”20都相同，并列"),
        Place("case:5", 4, "总分70、“故事”20都相同，并列"),
        Place("case:6", 6, ""),
    ]


@pytest.mark.parametrize(
    ("ties", "places"),
    [
        (Ties.SHARED, [("a", 1, "总分同为80，并列"), ("b", 1, "总分同为80，并列"), ("c", 1, "总分同为80，并列")]),
        (
            Ties.FIRST,
            [
                ("c", 1, "总分同为80，按“故事”35分排序"),
                ("a", 2, "总分80、“故事”30都相同，并列"),
                ("b", 2, "总分80、“故事”30都相同，并列"),
            ],
        ),
        (
            Ties.FIRST_RECUSED,
            [
                ("c", 1, "总分同为80，按“故事”35分排序"),
                ("b", 2, "总分80、“故事”30都相同，按回避人数少（0人）排序"),
                ("a", 3, "总分80、“故事”30都相同，按回避人数少（1人）排序"),
            ],
        ),
    ],
)
def test_what_tells_ties_apart_is_chosen_by_the_panel(ties: Ties, places: list[tuple[str, int, str]]) -> None:
    entries = [
        Judged("a", Decimal(80), Decimal(30), 1),
        Judged("b", Decimal(80), Decimal(30), 0),
        Judged("c", Decimal(80), Decimal(35), 2),
    ]
    assert rules.ranked(entries, "故事", ties) == [Place(*place) for place in places]


def test_who_is_equal_in_recusals_too_shares_a_place() -> None:
    entries = [Judged(key, Decimal(80), Decimal(30), 1) for key in "ab"]
    words = "总分80、“故事”30、回避1人都相同，并列"
    assert rules.ranked(entries, "故事", Ties.FIRST_RECUSED) == [Place("a", 1, words), Place("b", 1, words)]


@pytest.mark.parametrize(
    ("scores", "method", "words"),
    [
        (4, Method.TRIMMED, "只有4个分数，未去最高最低分"),
        (5, Method.TRIMMED, ""),
        (4, Method.MEAN, ""),
    ],
)
def test_a_total_that_was_not_trimmed_says_so(scores: int, method: Method, words: str) -> None:
    assert rules.untrimmed(scores, method) == words


@pytest.mark.parametrize(
    ("ranks", "quota", "sure", "tied"),
    [
        ([1, 2, 3], 2, ["a", "b"], []),
        ([1, 2, 2], 2, ["a"], ["b", "c"]),
        ([1, 1, 3], 2, ["a", "b"], []),
        ([1, 2, 3], 5, ["a", "b", "c"], []),
    ],
)
def test_who_shares_the_last_place_is_left_to_a_person(
    ranks: list[int], quota: int, sure: list[str], tied: list[str]
) -> None:
    places = [Place(subject, rank, "") for subject, rank in zip("abc", ranks, strict=True)]
    assert rules.within(places, quota) == (sure, tied)
