"""How fast, when again, how long."""

from __future__ import annotations

import datetime as dt

import pytest

from niangjia.channels import rules

NOW = dt.datetime(2026, 11, 24, 12, 0)


@pytest.mark.parametrize(
    ("seconds_ago", "per_minute", "expected"),
    [(-1, 20, 0), (0, 20, 1), (4, 20, 2), (16, 20, 5), (600, 20, 5), (600, 1, 1)],
)
def test_an_endpoint_saves_up_one_burst(seconds_ago: int, per_minute: int, expected: int) -> None:
    assert rules.allowed(NOW - dt.timedelta(seconds=seconds_ago), NOW, per_minute=per_minute) == expected


@pytest.mark.parametrize("per_minute", [1, 2, 3, 4, 20, 60, 600])
def test_no_sixty_seconds_hold_more_than_the_limit(per_minute: int) -> None:
    """The greediest sender: takes whatever it may, ten times a second, for five minutes."""
    ready, sent = NOW - dt.timedelta(days=1), []
    for tick in range(3000):
        now = NOW + dt.timedelta(seconds=tick / 10)
        if count := rules.allowed(ready, now, per_minute=per_minute):
            ready = rules.ready_after(ready, now, count, per_minute=per_minute)
            sent += [tick] * count
    assert max(sum(first <= one < first + 600 for one in sent) for first in sent) <= per_minute


@pytest.mark.parametrize(
    ("attempts", "asked", "expected"),
    [(1, None, 30.0), (2, None, 120.0), (3, None, 480.0), (8, None, 21600.0), (1, 60.0, 60.0), (3, 5.0, 480.0)],
)
def test_each_wait_is_four_times_the_last(attempts: int, asked: float | None, expected: float) -> None:
    assert rules.wait(attempts, asked) == expected


def test_after_nine_tries_it_gives_up() -> None:
    assert [rules.gives_up(n) for n in (8, 9)] == [False, True]


NIGHT = (dt.time(21), dt.time(8))


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ((24, 20, 59), (24, 20, 59)),
        ((24, 21, 0), (25, 8, 0)),
        ((25, 7, 59), (25, 8, 0)),
        ((25, 8, 0), (25, 8, 0)),
    ],
)
def test_at_night_nobody_is_disturbed(at: tuple[int, int, int], expected: tuple[int, int, int]) -> None:
    found = rules.out_of_quiet_hours(dt.datetime(2026, 11, *at), *NIGHT)
    assert found == dt.datetime(2026, 11, *expected)


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [("您好", 6, "您好"), ("您好吗", 6, "您…"), ("a😀b", 5, "a…"), ("您好", 2, "")],
)
def test_a_text_is_cut_between_characters(text: str, limit: int, expected: str) -> None:
    assert rules.cut(text, limit) == expected
