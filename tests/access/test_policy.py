"""The table the client signs is the table the program obeys."""

import datetime as dt

import pytest

from niangjia.access import policy
from niangjia.access import queries as access
from niangjia.access.acting import Acting, ActorKind, acting_as, record
from niangjia.access.policy import PolicyError
from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.org import actions as org
from niangjia.org.kinds import PostRole
from niangjia.org.models import Post
from tests.personas import FULING, District


def running_post(acting: Acting) -> Post:
    assert acting.post_id is not None
    return Post.objects.get(pk=acting.post_id)


def test_an_unknown_verb_is_named_with_its_place() -> None:
    with pytest.raises(PolicyError, match=r"posts\.TOWN\.CHAIR 写了未知权限“fly”"):
        policy.parse({"posts": {"TOWN.CHAIR": ["fly"]}, "resident": []})


def test_a_post_the_table_does_not_name_has_no_verb() -> None:
    assert policy.current().verbs_of("VILLAGE", "FINANCE") == frozenset()


@pytest.mark.parametrize(
    ("done", "now", "reason"),
    [
        ({Verb.CASE_ENTER}, Verb.CASE_DECIDE, "录入申请的人不得审定该申请。"),
        ({Verb.CASE_DECIDE}, Verb.CASE_ENTER, "录入申请的人不得审定该申请。"),
        ({Verb.CASE_PAY}, Verb.CASE_PAY_RESULT, "编制发放清单的人不得登记银行结果。"),
        ({Verb.CASE_REVIEW}, Verb.CASE_FOLLOW_UP, None),
        (set(), Verb.CASE_DECIDE, None),
        ({Verb.CASE_DECIDE}, Verb.CASE_DECIDE, None),
    ],
)
def test_two_duties_that_exclude_each_other(done: set[Verb], now: Verb, reason: str | None) -> None:
    assert policy.current().conflict(frozenset(done), now) == reason


@pytest.mark.parametrize(
    ("who", "kind", "verb", "may"),
    [
        ("chair", ActorKind.DESK, Verb.CASE_DECIDE, True),
        ("dunren", ActorKind.DESK, Verb.CASE_DECIDE, False),
        ("dunren", ActorKind.DESK, Verb.CASE_REVIEW, True),
        ("dadongmen", ActorKind.DESK, Verb.CASE_VERIFY, True),
        ("member", ActorKind.DESK, Verb.CASE_READ, False),
        ("health", ActorKind.PARTNER, Verb.CHECK_ANSWER, True),
        ("health", ActorKind.PARTNER, Verb.CASE_READ, False),
        ("auditor", ActorKind.DESK, Verb.TRAIL_READ, True),
        ("admin", ActorKind.DESK, Verb.CASE_READ, False),
    ],
)
def test_a_persona_may_what_her_post_may(district: District, who: str, kind: ActorKind, verb: Verb, may: bool) -> None:
    acting = district.acting(who)
    assert (acting.kind, acting.may(verb)) == (kind, may)


@pytest.mark.parametrize(
    ("on", "posts"),
    [(dt.date(2026, 5, 31), 1), (dt.date(2026, 6, 1), 0)],
)
def test_a_post_that_ends_ends_its_rights_the_day_after(district: District, on: dt.date, posts: int) -> None:
    acting = district.acting("dunren")
    with acting_as(access.house(FULING)):
        org.end_post(post=running_post(acting), on=dt.date(2026, 5, 31), reason="退休")
    assert len(access.posts_of(district.accounts["dunren"], on=on)) == posts


def test_a_term_that_ends_ends_its_rights_without_anybody_doing_anything(district: District) -> None:
    house = access.house(FULING)
    with acting_as(house):
        Post.objects.filter(officer__name="敦仁主席").update(ends_on=dt.date(2026, 6, 30))
        record(by=house, stream="org", verb="org.leave", subject="post", place=FULING)
    with clock.frozen(dt.date(2026, 7, 1)):
        assert access.posts_of(district.accounts["dunren"]) == []


def test_one_person_acts_under_each_of_her_posts_but_one_at_a_time(district: District) -> None:
    with acting_as(access.house(FULING)):
        officer = running_post(district.acting("dunren")).officer
        org.appoint(
            unit=district.unit("大东门社区妇联"),
            role=PostRole.VICE_CHAIR_PART,
            person=officer,
            starts_on=dt.date(2026, 1, 1),
            ends_on=dt.date(2030, 12, 31),
        )
    posts = access.posts_of(district.accounts["dunren"])
    assert [post.post_title for post in posts] == ["敦仁街道妇联主席", "大东门社区妇联兼职副主席"]


def test_a_closed_account_has_no_posts(district: District) -> None:
    account = district.accounts["dunren"]
    account.is_active = False
    account.save(update_fields=["is_active"])
    assert access.posts_of(account) == []
