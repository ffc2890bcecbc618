"""Episodes as they are pasted, reflections that are nearly one, and what the calendar alone decides."""

import datetime as dt

import pytest

from niangjia.campaigns import rules
from niangjia.campaigns.kinds import CampaignState
from niangjia.campaigns.rules import EpisodeLine

THOUGHT = "看了这部片子，我最大的感受是改革就在身边。村里的路修好了，办事不用再跑几趟，妇女姐妹有了自己的家。"
OTHER = "孩子们上学有校车，老人看病能报销。我在社区做了六年网格员，这些变化是一天一天看着来的。"


@pytest.mark.parametrize(
    ("text", "episodes", "faults"),
    [
        (
            "1\t时代之问\t央视综合频道\t7月17日20:00\t50\n第2集 | 引领经济发展新常态 | 50分钟",
            [EpisodeLine(1, "时代之问", "央视综合频道", "7月17日20:00", 50), EpisodeLine(2, "引领经济发展新常态", minutes=50)],
            [],
        ),
        ("第3集 人民民主新境界\n\n4、维护社会公平正义", [EpisodeLine(3, "人民民主新境界"), EpisodeLine(4, "维护社会公平正义")], []),
        ("上\n下 | https://tv.example.cn/2", [EpisodeLine(1, "上"), EpisodeLine(2, "下", link="https://tv.example.cn/2")], []),
        ("1 | 甲\n1 | 乙", [EpisodeLine(1, "甲")], ["第2行“集”：第1集在第1行已有，请改一个。"]),
        ("1 |", [], ["第1行“标题”：没有写标题，请补上。"]),
        ("", [], []),
    ],
)  # fmt: skip
def test_episodes_are_read_as_they_are_pasted(text: str, episodes: list[EpisodeLine], faults: list[str]) -> None:
    assert rules.read_episodes(text) == (episodes, faults)


def test_what_was_read_is_written_back_the_same() -> None:
    lines = [EpisodeLine(1, "时代之问", "央视", "周一", 50, "https://tv.example.cn/1"), EpisodeLine(2, "下集")]
    assert rules.read_episodes(rules.write_episodes(lines)) == (lines, [])


def test_a_copy_is_hinted_at_whatever_its_signs_and_a_thought_of_ones_own_is_not() -> None:
    texts = {
        1: THOUGHT,
        2: THOUGHT.replace("，", " , ").replace("姐妹", "姊妹"),
        3: OTHER,
        4: OTHER + THOUGHT[:12],
        5: "好",
    }
    assert [(near.one, near.other) for near in rules.near_copies(texts)] == [(1, 2), (3, 4)]
    assert rules.near_copies({1: THOUGHT, 2: THOUGHT}) == [rules.Near(1, 2, 1.0)]
    assert rules.near_copies({1: "", 2: ""}) == []


@pytest.mark.parametrize(
    ("shown", "may"),
    [
        (THOUGHT, True),
        ("看了这部片子，我最大的感受是改革就在身边。", True),
        ("村里的路修好了，办事不用再跑几趟", True),
        ("我最大的感受是领导关心。", False),
        ("村里的路没修好。", False),
    ],
)
def test_an_excerpt_holds_no_word_she_did_not_write(shown: str, may: bool) -> None:
    assert rules.is_excerpt(shown, THOUGHT) is may


@pytest.mark.parametrize(
    ("state", "today", "then"),
    [
        ("DRAFT", 20, "DRAFT"), ("ISSUED", 9, "ISSUED"), ("ISSUED", 10, "RUNNING"), ("RUNNING", 15, "RUNNING"),
        ("RUNNING", 16, "COLLECTING"), ("ISSUED", 16, "COLLECTING"), ("CLOSED", 30, "CLOSED"),
    ],
)  # fmt: skip
def test_the_calendar_moves_a_campaign(state: str, today: int, then: str) -> None:
    def day(number: int) -> dt.date:
        return dt.date(2026, 11, number)

    moved = rules.by_date(state, starts_on=day(10), deadline=day(15), today=day(today))
    assert moved is CampaignState(then)
