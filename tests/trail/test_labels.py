"""What an auditor reads instead of code words."""

import pytest

from niangjia.trail.labels import detail_of, label_of


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("reason", "缺少材料", "原因：缺少材料"),
        ("methods", ["password", "mfa"], "方式：password、mfa"),
        ("upheld", True, "异议成立：是"),
        ("before", {"quota": 3, "title": ""}, "改前：（名额：3，标题：）"),
        ("unknown", 5, "unknown：5"),
    ],
)
def test_a_fact_of_an_entry_is_said_in_words(key: str, value: object, words: str) -> None:
    assert detail_of(key, value) == words


def test_a_verb_without_a_name_is_shown_as_it_is_written() -> None:
    assert [label_of(verb) for verb in ("case.approve", "new.verb")] == ["审定通过", "new.verb"]
