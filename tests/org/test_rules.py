"""What is worth a look in a roster."""

import dataclasses
import datetime as dt

import pytest

from niangjia.core.codes import Level
from niangjia.org import rules
from niangjia.org.rules import UnitFacts

TODAY = dt.date(2026, 11, 24)
SOUND = {
    Level.DISTRICT: UnitFacts(
        Level.DISTRICT,
        chairs=1,
        vice_chairs=3,
        executives=35,
        expected=35,
        grassroots=21,
        term_ends=dt.date(2028, 6, 17),
    ),
    Level.TOWN: UnitFacts(
        Level.TOWN, chairs=1, vice_chairs=3, executives=25, expected=25, grassroots=15, term_ends=dt.date(2028, 6, 17)
    ),
    Level.VILLAGE: UnitFacts(
        Level.VILLAGE,
        chairs=1,
        chairs_in_committees=1,
        vice_chairs=2,
        executives=11,
        expected=11,
        grassroots=11,
        term_ends=dt.date(2028, 6, 17),
    ),
}


@pytest.mark.parametrize("level", list(Level))
def test_a_sound_body_has_no_warning(level: Level) -> None:
    assert rules.warnings(SOUND[level], TODAY) == []


@pytest.mark.parametrize(
    ("level", "changes", "key"),
    [
        (Level.TOWN, {"chairs": 0}, "no_chair"),
        (Level.TOWN, {"chairs": 2}, "chairs"),
        (Level.VILLAGE, {"chairs_in_committees": 0}, "committees"),
        (Level.VILLAGE, {"executives": 10, "grassroots": 10}, "size"),
        (Level.VILLAGE, {"executives": 12, "grassroots": 12}, "size"),
        (Level.VILLAGE, {"expected": 0, "executives": 9, "grassroots": 9}, "size"),
        (Level.TOWN, {"expected": 0, "executives": 14, "grassroots": 14}, "size"),
        (Level.VILLAGE, {"vice_chairs": 1}, "vice"),
        (Level.TOWN, {"vice_chairs": 2}, "vice"),
        (Level.TOWN, {"grassroots": 14}, "share"),
        (Level.TOWN, {"term_ends": None}, "no_term"),
        (Level.TOWN, {"term_ends": TODAY - dt.timedelta(days=1)}, "term_over"),
        (Level.TOWN, {"term_ends": TODAY}, "term_near"),
        (Level.TOWN, {"term_ends": TODAY + dt.timedelta(days=90)}, "term_near"),
        (Level.DISTRICT, {"seconded_since": (dt.date(2024, 11, 24),)}, "seconded"),
    ],
)
def test_one_thing_amiss_gives_one_warning(level: Level, changes: dict[str, object], key: str) -> None:
    facts = dataclasses.replace(SOUND[level], **changes)  # type: ignore[arg-type]
    assert [warning.key for warning in rules.warnings(facts, TODAY)] == [key]


@pytest.mark.parametrize(
    ("level", "changes"),
    [
        (Level.TOWN, {"chairs_in_committees": 0}),
        (Level.VILLAGE, {"expected": 0, "executives": 10}),
        (Level.VILLAGE, {"expected": 4, "executives": 4, "grassroots": 0}),
        (Level.TOWN, {"term_ends": TODAY + dt.timedelta(days=91)}),
        (Level.DISTRICT, {"vice_chairs": 0}),
        (Level.DISTRICT, {"seconded_since": (dt.date(2024, 11, 25),)}),
    ],
)
def test_at_the_edge_nothing_is_said(level: Level, changes: dict[str, object]) -> None:
    assert rules.warnings(dataclasses.replace(SOUND[level], **changes), TODAY) == []  # type: ignore[arg-type]


def test_every_warning_says_what_to_do_and_where_it_comes_from() -> None:
    facts = UnitFacts(Level.VILLAGE, executives=5, seconded_since=(dt.date(2020, 2, 29),))
    found = rules.warnings(facts, TODAY)
    assert [w.key for w in found] == ["no_chair", "no_term", "size", "vice", "share", "seconded"]
    assert all(w.text.endswith("。") and w.source and w.short for w in found)


@pytest.mark.parametrize(
    ("level", "starts_on", "years"),
    [
        (Level.DISTRICT, dt.date(2016, 1, 1), 5),
        (Level.TOWN, dt.date(2016, 1, 1), 5),
        (Level.VILLAGE, dt.date(2018, 12, 28), 3),
        (Level.VILLAGE, dt.date(2018, 12, 29), 5),
    ],
)
def test_a_village_term_is_five_years_since_the_amendment(level: Level, starts_on: dt.date, years: int) -> None:
    assert rules.term_years(level, starts_on) == years


def test_a_term_ends_the_day_before_its_anniversary() -> None:
    assert rules.last_day(dt.date(2022, 1, 10), 5) == dt.date(2027, 1, 9)
    assert rules.last_day(dt.date(2024, 2, 29), 5) == dt.date(2029, 2, 27)
