"""Duplicates found, judged and taken back, as the database keeps them."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, ProgrammingError, connection, transaction

from niangjia.access import queries as access
from niangjia.access.acting import acting_as, record
from niangjia.core import clock, identity
from niangjia.core.refused import Refused
from niangjia.linkage import actions, queries, tasks
from niangjia.linkage.queries import Pair
from niangjia.people import actions as people
from niangjia.people import queries as people_queries
from niangjia.people.kinds import RunState, Verdict
from niangjia.people.models import Duplicate, Person
from niangjia.programmes import queries as programmes
from niangjia.programmes.models import Case, Grant
from niangjia.trail.models import Entry
from tests import factories
from tests.linkage.conftest import Enter
from tests.personas import CHONGYI, DADONGMEN, DUNREN, FULING, JIAOTONG, QIANLONGJIE, District

pytestmark = pytest.mark.django_db


def heads() -> dict[int, int | None]:
    with acting_as(access.house(FULING)):
        return dict(Person.objects.values_list("pk", "merged_into_id"))


def proposed(one: Person, other: Person, score: float = 0.97) -> Duplicate:
    house = access.house(FULING)
    low, high = sorted((one.pk, other.pk))
    with acting_as(house):
        actions.propose([Pair(low, high, score, {"name": "SAME"})], by=house, how="测试")
        return Duplicate.objects.get(one_id=low, other_id=high)


def merged(district: District, keep: Person, away: Person, who: str = "officer") -> Duplicate:
    pair = proposed(keep, away)
    by = district.acting(who)
    with acting_as(by):
        return actions.merge(pair_id=pair.pk, keep_id=keep.pk, reason="已核对证件", by=by)


def taken_back(district: District, pair: Duplicate) -> None:
    by = district.acting("officer")
    with acting_as(by):
        actions.undo(pair_id=pair.pk, reason="判定有误", by=by)


def test_fifteen_and_eighteen_digits_are_one_entry(district: District) -> None:
    old = "500102580312002"
    numbers = [identity.parse_id(old).number, identity.parse_id(identity.parse_id(old).number).number]
    house = access.house(FULING)
    with acting_as(house):
        ids = {people.ensure_person(people.Identity("王秀英", number, DADONGMEN)) for number in numbers}
        record(by=house, stream="test", verb="person", subject="test", place=FULING)
    assert len(ids) == 1


def test_a_form_tells_the_phone_and_the_home_of_a_new_entry(district: District) -> None:
    factories.submitted(district, factories.open_round(district))
    with acting_as(access.house(FULING)):
        person, case = Person.objects.get(), Case.objects.get()
        assert bytes(person.phone_index or b"") == people_queries.phone_index("13800138000")
        assert person.household_key == case.household_key != ""


def test_the_register_is_looked_through_under_the_post_that_asks(district: District, enter: Enter) -> None:
    here = [enter("王秀英").pk, enter("王秀英").pk]
    enter("王秀英", place=JIAOTONG)
    town = district.acting("dunren")
    with acting_as(town):
        run = actions.ask(by=town)
        assert actions.ask(by=town).pk == run.pk
    with acting_as(town):
        run = actions.look_through(run_id=run.pk, by=town)
        assert (run.state, run.people, run.pairs, run.fresh) == (RunState.DONE, 2, 1, 1)
        pair = Duplicate.objects.get()
    assert ([pair.one_id, pair.other_id], pair.place, pair.state) == (here, DADONGMEN, Verdict.PROPOSED)
    assert pair.levels["name"] == "SAME"


def test_looking_again_proposes_nothing_twice(district: District, enter: Enter) -> None:
    enter("王秀英"), enter("王秀英")
    house = access.house(FULING)
    for fresh in (1, 0):
        with acting_as(house):
            assert actions.look_through(run_id=actions.ask(by=house).pk, by=house).fresh == fresh


def test_a_new_entry_is_compared_with_the_whole_register_by_the_house(district: District, enter: Enter) -> None:
    first = enter("王秀英")
    second = enter("王秀瑛", place=QIANLONGJIE)
    enter("张桂芳")
    tasks.check_new(0)
    with acting_as(access.house(FULING)):
        pair = Duplicate.objects.get()
        entries = Entry.objects.filter(verb="people.duplicates").count()
    assert (pair.one_id, pair.other_id, pair.place, pair.levels["name"]) == (first.pk, second.pk, DUNREN, "SOUND")
    tasks.check_new(0)
    with acting_as(access.house(FULING)):
        assert Entry.objects.filter(verb="people.duplicates").count() == entries == 1


def test_a_merge_moves_nothing_and_undone_all_is_as_it_was(district: District) -> None:
    round_ = factories.open_round(district)
    factories.paid(district, round_, 1)
    factories.submitted(district, round_, 2, name="张桂方", card_holder="张桂方")
    house = access.house(FULING)
    with acting_as(house):
        one, other = Person.objects.order_by("pk")
        before = list(Case.objects.order_by("pk").values_list("pk", "person_id")), list(Grant.objects.values())
    pair = merged(district, one, other)
    assert heads() == {one.pk: None, other.pk: one.pk}
    taken_back(district, pair)
    assert heads() == {one.pk: None, other.pk: None}
    with acting_as(house):
        after = list(Case.objects.order_by("pk").values_list("pk", "person_id")), list(Grant.objects.values())
        verbs = list(Entry.objects.filter(stream=f"duplicate:{pair.pk}").order_by("seq").values_list("verb", flat=True))
    assert after == before
    assert verbs == ["people.merge", "people.merge.undo"]


@pytest.mark.parametrize("first", [0, 1, 2])
def test_a_chain_of_merges_comes_apart_at_any_link(district: District, enter: Enter, first: int) -> None:
    a, b, c, d = (enter("王秀英") for _ in range(4))
    pairs = [merged(district, a, b), merged(district, c, d), merged(district, a, c)]
    assert heads() == {a.pk: None, b.pk: a.pk, c.pk: a.pk, d.pk: a.pk}
    taken_back(district, pairs[first])
    assert (
        heads()
        == [
            {a.pk: None, b.pk: None, c.pk: a.pk, d.pk: a.pk},
            {a.pk: None, b.pk: a.pk, c.pk: a.pk, d.pk: None},
            {a.pk: None, b.pk: a.pk, c.pk: None, d.pk: c.pk},
        ][first]
    )


def test_merging_one_that_is_kept_elsewhere_merges_with_where_she_is_kept(district: District, enter: Enter) -> None:
    a, b, c = (enter("王秀英") for _ in range(3))
    merged(district, a, b)
    found = merged(district, c, b)
    assert ((found.one_id, found.other_id), found.keep_id) == ((a.pk, c.pk), c.pk)
    assert heads() == {a.pk: c.pk, b.pk: c.pk, c.pk: None}


def test_a_second_tap_changes_nothing(district: District, enter: Enter) -> None:
    one, other = enter("王秀英"), enter("王秀英")
    pair = merged(district, one, other)
    by = district.acting("officer")
    with acting_as(by):
        again = actions.merge(pair_id=pair.pk, keep_id=other.pk, reason="再按一次", by=by)
        assert (again.keep_id, again.reason) == (one.pk, "已核对证件")


def test_two_told_apart_are_not_proposed_again_nor_through_what_is_merged_with_them(
    district: District, enter: Enter
) -> None:
    one, other, third = (enter("王秀英") for _ in range(3))
    pair, by = proposed(one, other), district.acting("officer")
    with acting_as(by):
        actions.tell_apart(pair_id=pair.pk, reason="双胞胎", by=by)
    merged(district, one, third)
    with acting_as(access.house(FULING)) as house:
        assert (
            actions.propose(
                [Pair(one.pk, other.pk, 0.99, {}), Pair(other.pk, third.pk, 0.99, {})], by=house, how="测试"
            )
            == 0
        )
        assert sorted(Duplicate.objects.values_list("state", flat=True)) == ["DIFFERENT", "MERGED"]
    with acting_as(by), pytest.raises(Refused, match="曾被确认不是同一人"):
        actions.put_together(ids=(other.pk, third.pk), by=by)


def test_what_was_told_apart_is_not_merged_through_a_third(district: District, enter: Enter) -> None:
    one, other, third = (enter("王秀英") for _ in range(3))
    apart, open_pair, by = proposed(one, other), proposed(other, third), district.acting("officer")
    with acting_as(by):
        actions.tell_apart(pair_id=apart.pk, reason="双胞胎", by=by)
    merged(district, one, third)
    with acting_as(by), pytest.raises(Refused, match="曾被确认不是同一人"):
        actions.merge(pair_id=open_pair.pk, keep_id=other.pk, reason="同一人", by=by)


def test_merged_ones_are_not_told_apart_before_the_merge_is_undone(district: District, enter: Enter) -> None:
    pair, by = merged(district, enter("王秀英"), enter("王秀英")), district.acting("officer")
    with acting_as(by), pytest.raises(Refused, match="请先在“已判定”中撤销合并"):
        actions.tell_apart(pair_id=pair.pk, reason="两个人", by=by)


@pytest.mark.parametrize(
    ("reason", "keep", "says"), [("", True, "请写明合并的理由"), ("同一人", False, "请选择保留哪一条")]
)
def test_a_merge_says_why_and_which(district: District, enter: Enter, reason: str, keep: bool, says: str) -> None:
    pair, by = proposed(enter("王秀英"), enter("王秀英")), district.acting("officer")
    with acting_as(by), pytest.raises(Refused, match=says):
        actions.merge(pair_id=pair.pk, keep_id=pair.one_id if keep else 0, reason=reason, by=by)


def test_a_pair_put_off_waits_apart_and_may_still_be_judged(district: District, enter: Enter) -> None:
    pair, by = proposed(enter("王秀英"), enter("王秀英")), district.acting("officer")
    with acting_as(by):
        actions.put_off(pair_id=pair.pk, by=by)
        assert (queries.pairs([Verdict.PROPOSED]).count(), queries.pairs([Verdict.LATER]).count()) == (0, 1)
        assert actions.merge(pair_id=pair.pk, keep_id=pair.one_id, reason="同一人", by=by).state == Verdict.MERGED


def test_an_open_pair_of_two_merged_meanwhile_waits_for_nobody(district: District, enter: Enter) -> None:
    a, b, c = (enter("王秀英") for _ in range(3))
    for one, other in ((a, b), (b, c), (a, c)):
        proposed(one, other)
    merged(district, a, b)
    with acting_as(access.house(FULING)):
        assert queries.pairs([Verdict.PROPOSED]).count() == 2
    merged(district, a, c)
    with acting_as(access.house(FULING)):
        assert queries.pairs([Verdict.PROPOSED]).count() == 0


def test_once_in_a_life_holds_over_merged_entries(district: District) -> None:
    round_ = factories.open_round(district)
    factories.paid(district, round_, 1)
    waiting = factories.submitted(district, factories.open_round(district, title="2026年第二批"), 2, name="张桂方")
    with acting_as(access.house(FULING)):
        one, other = Person.objects.order_by("pk")
    pair = merged(district, one, other)
    with acting_as(district.acting("officer")):
        case = programmes.case_for(waiting.pk)
        assert programmes.context_of(case, programmes.answers_of(case)).granted_before is True
    with acting_as(access.house(FULING)):
        second = Grant.objects.get()
        second.pk, second.case_id, second.person_id, second.id_index = None, case.pk, other.pk, other.id_index
        with pytest.raises(IntegrityError, match="merged with this one"), transaction.atomic():
            second.save(force_insert=True)
    taken_back(district, pair)
    with acting_as(district.acting("officer")):
        assert programmes.context_of(case, programmes.answers_of(case)).granted_before is False


@pytest.mark.parametrize(("who", "seen"), [("dadongmen", 1), ("dunren", 2), ("chongyi", 0), ("officer", 3)])
def test_a_pair_is_seen_where_both_are_and_across_towns_by_the_district_alone(
    district: District, enter: Enter, who: str, seen: int
) -> None:
    here, too, near, far = (
        enter("王秀英"),
        enter("王秀英"),
        enter("王秀英", place=QIANLONGJIE),
        enter("王秀英", place=JIAOTONG),
    )
    for one, other in ((here, too), (here, near), (here, far)):
        proposed(one, other)
    with acting_as(district.acting(who)), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM people_duplicate")
        assert cursor.fetchone() == (seen,)


def test_a_pair_is_gone_from_a_town_when_one_of_the_two_left_it(district: District, enter: Enter) -> None:
    one, other = enter("王秀英"), enter("王秀英")
    proposed(one, other)
    house = access.house(FULING)
    with acting_as(house):
        Person.objects.filter(pk=other.pk).update(place=JIAOTONG)
        record(by=house, stream="test", verb="moved", subject="test", place=FULING)
    with acting_as(district.acting("dunren")):
        assert Duplicate.objects.count() == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE people_person SET merged_into_id = NULL",
        "UPDATE people_duplicate SET other_id = other_id + 1",
        "DELETE FROM people_duplicate",
        "SELECT people_same_indexes(''::bytea)",
        "SELECT programmes_same_keys('')",
    ],
)
def test_merging_is_not_written_by_hand(district: District, enter: Enter, statement: str) -> None:
    proposed(enter("王秀英"), enter("王秀英"))
    with acting_as(district.acting("officer")):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_a_town_cannot_enter_a_pair_with_an_entry_it_does_not_see(district: District, enter: Enter) -> None:
    one, other = enter("王秀英"), enter("王秀英", place=JIAOTONG)
    with acting_as(district.acting("dunren")):
        with (
            pytest.raises(ProgrammingError, match="row-level security"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                "INSERT INTO people_duplicate (one_id, other_id, place, score, levels, state, reason, found_at, decided_by) "
                "VALUES (%s, %s, %s, 1, '{}', 'PROPOSED', '', %s, '')",
                [one.pk, other.pk, DUNREN, clock.now()],
            )


def test_a_town_merges_its_own_and_a_village_may_not(district: District, enter: Enter) -> None:
    one, other = enter("王秀英"), enter("王秀英")
    village = district.acting("dadongmen")
    with acting_as(village), pytest.raises(PermissionDenied):
        actions.merge(pair_id=proposed(one, other).pk, keep_id=one.pk, reason="同一人", by=village)
    assert merged(district, one, other, "dunren").state == Verdict.MERGED


def test_a_pair_of_two_towns_does_not_exist_for_one_of_them(district: District, enter: Enter) -> None:
    pair = proposed(enter("王秀英"), enter("王秀英", place=JIAOTONG))
    assert pair.place == FULING
    assert CHONGYI[:9] == JIAOTONG[:9]
    by = district.acting("chongyi")
    with acting_as(by), pytest.raises(Duplicate.DoesNotExist):
        actions.tell_apart(pair_id=pair.pk, reason="两个人", by=by)
