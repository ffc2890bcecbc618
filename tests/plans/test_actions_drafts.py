"""An officer makes a plan of a reading."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from niangjia.access.acting import acting_as
from niangjia.plans import actions, queries
from niangjia.plans.actions import Changed, Refused
from niangjia.plans.kinds import Standing, VersionState
from niangjia.plans.models import Goal, Item, PlanVersion, Target
from niangjia.plans.reader import read_plan
from niangjia.trail.models import Entry
from tests.personas import District

Draft = Callable[..., PlanVersion]
MASKED = "2026年工作计划\n1. 实施201*-2020年妇女发展纲要，评估一次。\n2. 编印手册XX册。\n3. 培训妇女300人次。\n"


def outline(version: PlanVersion) -> list[tuple[int, str, str]]:
    """The tree as (level, label, text), in reading order."""
    roots = queries.tree(list(version.items.all()), [])
    return [(node.level, node.item.label, node.item.text) for node in queries.walk(roots)]


def at(version: PlanVersion, position: int) -> int:
    return [item.pk for item in version.items.all() if not item.dropped][position]


def named(version: PlanVersion, title: str) -> Target:
    return version.targets.get(title=title)


def test_a_reading_becomes_a_draft_with_its_items_and_suggested_targets(district: District, drafted: Draft) -> None:
    version = drafted()
    with acting_as(district.acting("officer")):
        assert [(item.label, item.title, item.parent and item.parent.label) for item in version.items.all()] == [
            ("一、", "抓实民生实事", None),
            ("1.", "救助困难患病妇女不少于40人，12月底前完成", "一、"),
            ("2.", "举办就业技能培训班，培训妇女300人次", "一、"),
            ("二、", "办好家庭教育", None),
        ]
        assert [(t.title, t.value, t.unit, t.kind, t.standing) for t in version.targets.all()] == [
            ("救助困难患病妇女", Decimal(40), "人", "COUNT", Standing.SUGGESTED),
            ("培训妇女", Decimal(300), "人次", "COUNT", Standing.SUGGESTED),
            ("家长满意率", Decimal(90), "%", "LEVEL", Standing.SUGGESTED),
        ]
        assert version.source[version.targets.all()[0].start : version.targets.all()[0].end] == "40人"
        assert named(version, "救助困难患病妇女").deadline == dt.date(2026, 12, 31)
        assert version.items.all()[2].programmes == ["skills_training"]


def test_importing_can_take_every_complete_target_at_once(district: District, drafted: Draft) -> None:
    version = drafted("2026年计划\n1. 救助妇女40人。\n2. 每个镇街培训妇女30人。\n", accept_all=True)
    with acting_as(district.acting("officer")):
        assert [(t.value, t.standing) for t in version.targets.all()] == [
            (Decimal(40), "ACCEPTED"),
            (Decimal(30), "SUGGESTED"),
        ]


@pytest.mark.parametrize(
    ("text", "values", "message"),
    [
        ("  \n", {}, "没有可读的文字。请粘贴计划正文，或上传 .txt、.docx、文字版 PDF。"),
        ("1. 走访妇女。", {}, "文中没有写明年度，请填写计划年度。"),
        ("1. 走访妇女。", {"year": 1999}, "年度应在2000至2100之间。"),
    ],
)
def test_what_cannot_become_a_plan_is_refused(drafted: Draft, text: str, values: dict[str, int], message: str) -> None:
    with pytest.raises(Refused, match=rf"^{message}$"):
        drafted(text, **values)


def test_a_plan_of_one_line_and_one_without_numbers_come_in(district: District, drafted: Draft) -> None:
    one = drafted("走访困难妇女。", year=2025)
    none = drafted("一、走访妇女。\n二、关爱儿童。", year=2026)
    with acting_as(district.acting("officer")):
        assert (one.items.count(), [piece["text"] for piece in one.loose]) == (0, ["走访困难妇女。"])
        assert (none.items.count(), none.targets.count()) == (2, 0)


def test_the_same_plan_is_not_entered_twice(drafted: Draft) -> None:
    drafted()
    with pytest.raises(
        Refused,
        match=r"^2026年已有计划“涪陵区妇联2026年工作计划”。要更新它，请打开该计划后选“上传新版本”；另一份计划请换个名称。$",
    ):
        drafted()


def test_a_town_enters_no_plan(district: District) -> None:
    by = district.acting("dunren")
    with acting_as(by), pytest.raises(PermissionDenied):
        actions.import_reading(reading=read_plan("1. 走访。"), by=by, unit=district.unit("敦仁街道妇联"), year=2026)


# --- items


def test_items_are_moved_merged_split_dropped_and_brought_back(district: District, drafted: Draft) -> None:
    version, by = drafted("2026年计划\n一、甲。\n二、乙。\n三、丙。\n四、丁。\n"), district.acting("officer")
    with acting_as(by):
        actions.indent(item_id=at(version, 1), by=by)
        actions.indent(item_id=at(version, 2), by=by)
        assert [level for level, _, _ in outline(version)] == [1, 2, 2, 1]
        actions.outdent(item_id=at(version, 1), by=by)
        assert [(level, text) for level, _, text in outline(version)] == [
            (1, "甲。"),
            (1, "乙。"),
            (2, "丙。"),
            (1, "丁。"),
        ]
        actions.merge_up(item_id=at(version, 3), by=by)
        assert [(level, text) for level, _, text in outline(version)] == [(1, "甲。"), (1, "乙。"), (2, "丙。丁。")]
        actions.edit_item(item_id=at(version, 1), label="二、", text="乙一。\n\n乙二。", split=True, by=by)
        assert outline(version) == [
            (1, "一、", "甲。"),
            (1, "二、", "乙一。"),
            (1, "", "乙二。"),
            (2, "三、", "丙。丁。"),
        ]
        dropped = actions.drop_item(item_id=at(version, 2), by=by)
        assert [(level, text) for level, _, text in outline(version)] == [(1, "甲。"), (1, "乙一。"), (1, "丙。丁。")]
        actions.restore_item(item_id=dropped.pk, by=by)
        assert [text for _, _, text in outline(version)] == ["甲。", "乙一。", "乙二。", "丙。丁。"]
        actions.add_item(version_id=version.pk, text="戊。", label="五、", after_id=at(version, 0), by=by)
        actions.add_item(version_id=version.pk, text="己。", by=by)
        assert [text for _, _, text in outline(version)] == ["甲。", "戊。", "乙一。", "乙二。", "丙。丁。", "己。"]


def test_an_added_item_stands_behind_the_whole_family(district: District, drafted: Draft) -> None:
    version, by = drafted("2026年计划\n一、甲。\n1. 子一。\n2. 子二。\n二、乙。\n"), district.acting("officer")
    with acting_as(by):
        actions.add_item(version_id=version.pk, text="新。", after_id=at(version, 0), by=by)
        assert [(level, text) for level, _, text in outline(version)] == [
            (1, "甲。"), (2, "子一。"), (2, "子二。"), (1, "新。"), (1, "乙。"),
        ]  # fmt: skip


def test_merging_takes_targets_and_programmes_along(district: District, drafted: Draft) -> None:
    version, by = drafted(), district.acting("officer")
    with acting_as(by):
        actions.merge_up(item_id=at(version, 2), by=by)
        item = Item.objects.get(pk=at(version, 1))
        assert [target.title for target in item.targets.all()] == ["救助困难患病妇女", "培训妇女"]
        assert item.programmes == ["skills_training"]
        assert (
            version.source[item.start : item.end]
            == "1. 救助困难患病妇女不少于40人，12月底前完成。\n2. 举办就业技能培训班，培训妇女300人次。"
        )


@pytest.mark.parametrize(
    ("act", "position", "message"),
    [
        (actions.indent, 0, "它已是这一级的第一条，前面没有可以归入的条目。"),
        (actions.outdent, 0, "它已是最高一级。"),
        (actions.merge_up, 0, "它是第一条，前面没有可以合并的条目。"),
    ],
)
def test_a_move_that_cannot_be_is_refused(
    district: District, drafted: Draft, act: Callable[..., Item], position: int, message: str
) -> None:
    version, by = drafted(), district.acting("officer")
    with acting_as(by), pytest.raises(Refused, match=rf"^{message}$"):
        act(item_id=at(version, position), by=by)


@pytest.mark.parametrize(
    ("text", "split", "message"),
    [
        (" ", False, "条目内容不能为空；不要这一条请用“删除”。"),
        ("长" * 5001, False, "一条内容最多5000字，请拆成几条。"),
        ("一段", True, "请在要拆开的地方留一个空行，再点“按空行拆开”。"),
    ],
)
def test_an_item_that_cannot_stand_is_refused(
    district: District, drafted: Draft, text: str, split: bool, message: str
) -> None:
    version, by = drafted(), district.acting("officer")
    with acting_as(by), pytest.raises(Refused, match=rf"^{message}$"):
        actions.edit_item(item_id=at(version, 0), label="", text=text, split=split, by=by)


def test_programmes_of_an_item_are_added_and_taken_away(district: District, drafted: Draft) -> None:
    version, by = drafted(), district.acting("officer")
    with acting_as(by):
        item_id = at(version, 2)
        actions.set_programme(item_id=item_id, programme="brand_niangjia", on=True, by=by)
        assert Item.objects.get(pk=item_id).programmes == ["skills_training", "brand_niangjia"]
        actions.set_programme(item_id=item_id, programme="skills_training", on=False, by=by)
        assert Item.objects.get(pk=item_id).programmes == ["brand_niangjia"]
        with pytest.raises(Refused, match=r"^没有这个项目或品牌，请从列表中选择。$"):
            actions.set_programme(item_id=item_id, programme="nothing", on=True, by=by)


def test_the_second_officer_on_a_draft_is_told(district: District, drafted: Draft) -> None:
    version, by = drafted(), district.acting("officer")
    with acting_as(by):
        seen = version.revision
        actions.edit_item(item_id=at(version, 0), label="一、", text="甲。", by=by, revision=seen)
        with pytest.raises(Changed):
            actions.edit_item(item_id=at(version, 0), label="一、", text="乙。", by=by, revision=seen)
        assert Item.objects.get(pk=at(version, 0)).text == "甲。"


# --- masked places and loose pieces


def test_masked_places_must_be_filled_before_publishing(district: District, drafted: Draft) -> None:
    version, chair = drafted(MASKED), district.acting("chair")
    with acting_as(chair):
        with pytest.raises(Refused) as caught:
            actions.publish(version_id=version.pk, by=chair)
        assert (
            str(caught.value)
            == "还不能发布：还有2处被遮盖的内容没有填写（“201*”、“XX”），请对照原件填写。还有1个目标没有确认，请逐个采纳或不采纳。"
        )
        with pytest.raises(Refused, match="应填写与它相符的4位年份"):
            actions.fill_masked(version_id=version.pk, index=0, words="2031", by=chair)
        actions.fill_masked(version_id=version.pk, index=0, words="2011", by=chair)
        actions.fill_masked(version_id=version.pk, index=1, words="500", by=chair)
        actions.accept_all(version_id=version.pk, by=chair)
        actions.publish(version_id=version.pk, by=chair)
        assert [item.text for item in version.items.all()] == [
            "实施2011-2020年妇女发展纲要，评估一次。",
            "编印手册500册。",
            "培训妇女300人次。",
        ]
        assert version.items.all()[0].quote == "1. 实施201*-2020年妇女发展纲要，评估一次。"


def test_a_filled_place_can_be_emptied_and_an_edited_one_needs_no_filling(district: District, drafted: Draft) -> None:
    version, by = drafted(MASKED), district.acting("officer")
    with acting_as(by):
        actions.fill_masked(version_id=version.pk, index=0, words="2011", by=by)
        version = actions.fill_masked(version_id=version.pk, index=0, words=" ", by=by)
        assert version.fills == {}
        actions.edit_item(item_id=at(version, 0), label="1.", text="实施2011-2020年妇女发展纲要。", by=by)
        places = queries.masked_places(version, list(version.items.all()))
        assert [(place.mask, place.needed) for place in places] == [("201*", False), ("XX", True)]


def test_a_loose_piece_is_placed_or_ignored(district: District, drafted: Draft) -> None:
    version, by = (
        drafted("2026年工作计划\n为做好全年工作，制定本计划。\n一、甲。\n二、乙。\n"),
        district.acting("officer"),
    )
    with acting_as(by):
        assert [piece["text"] for piece in version.loose] == ["为做好全年工作，制定本计划。"]
        actions.ignore_loose(version_id=version.pk, index=0, ignore=True, by=by)
        assert queries.open_pieces(queries.version_for(version.pk)) == 0
        actions.ignore_loose(version_id=version.pk, index=0, ignore=False, by=by)
        placed = actions.place_loose(version_id=version.pk, index=0, after_id=at(version, 0), by=by)
        assert [text for _, _, text in outline(version)] == ["甲。", "为做好全年工作，制定本计划。", "乙。"]
        assert version.source[placed.start : placed.end] == placed.quote
        for act in (actions.place_loose, lambda **values: actions.ignore_loose(ignore=True, **values)):
            with pytest.raises(Refused, match=r"^这段文字已经归入条目"):
                act(version_id=version.pk, index=0, by=by)


# --- targets


def test_a_target_is_corrected_and_thereby_taken(district: District, drafted: Draft) -> None:
    version, by = drafted(), district.acting("officer")
    with acting_as(by):
        target = actions.edit_target(
            target_id=named(version, "培训妇女").pk,
            by=by,
            value=Decimal(320),
            unit="人",
            owner=district.unit("区民政局"),
        )
        assert (target.standing, target.value, target.unit, target.owner) == (
            "ACCEPTED", Decimal(320), "人", district.unit("区民政局"),
        )  # fmt: skip


def test_a_target_is_added_by_hand(district: District, drafted: Draft) -> None:
    version, by = drafted(), district.acting("officer")
    with acting_as(by):
        target = actions.add_target(
            item_id=at(version, 3), by=by, title="建立联席会议", kind="MILESTONE", value=Decimal(3), unit="个"
        )
        assert (target.standing, target.value, target.measure, target.item_id) == ("ACCEPTED", None, "", at(version, 3))


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"title": " "}, {"title": "请填写目标名称。"}),
        ({"value": None}, {"value": "请填写大于0的目标值。"}),
        (
            {"value": Decimal(0), "unit": ""},
            {"value": "请填写大于0的目标值。", "unit": "请填写单位，如人、人次、户、场、万元、%。"},
        ),
        ({"measure": "nothing"}, {"measure": "没有这个指标，请从列表中选择。"}),
        (
            {"unit": "户", "measure": "two_cancers_grant.paid"},
            {"measure": "目标的单位是“户”，指标的单位是“人”，不能互相替代。请选单位为“户”的指标，或改为按月填报。"},
        ),
        ({"quarters": [Decimal(1)] * 4}, {"quarters": "四季度末的累计数应等于目标值40，现为1。"}),
        ({"kind": "LEVEL", "quarters": [Decimal(40)] * 4}, {"quarters": "只有累计数目标有季度计划。"}),
    ],
)
def test_a_target_that_cannot_stand_is_refused_field_by_field(
    district: District, drafted: Draft, values: dict[str, Any], fields: dict[str, str]
) -> None:
    version, by = drafted(), district.acting("officer")
    with acting_as(by), pytest.raises(Refused) as caught:
        actions.edit_target(target_id=named(version, "救助困难患病妇女").pk, by=by, **values)
    assert caught.value.fields == fields


def test_targets_are_taken_rejected_or_left_open(district: District, drafted: Draft) -> None:
    version, by = drafted(), district.acting("officer")
    with acting_as(by):
        first, second, _ = version.targets.all()
        actions.decide_target(target_id=first.pk, standing=Standing.REJECTED, by=by)
        assert actions.accept_all(version_id=version.pk, by=by) == 2
        actions.decide_target(target_id=second.pk, standing=Standing.SUGGESTED, by=by)
        assert [target.standing for target in version.targets.all()] == ["REJECTED", "SUGGESTED", "ACCEPTED"]


# --- publishing and what follows


def test_publishing_leaves_out_what_was_rejected_or_dropped(district: District, drafted: Draft) -> None:
    version, by, chair = drafted(), district.acting("officer"), district.acting("chair")
    with acting_as(by):
        actions.decide_target(target_id=named(version, "培训妇女").pk, standing=Standing.REJECTED, by=by)
        actions.drop_item(item_id=at(version, 3), by=by)
        actions.accept_all(version_id=version.pk, by=by)
    with acting_as(chair):
        done = actions.publish(version_id=version.pk, by=chair, remark="年初定稿")
        assert (done.state, done.note, done.published_by) == (VersionState.PUBLISHED, "年初定稿", "涪陵区妇联 区主席甲")
        assert [(item.label, item.dropped) for item in done.items.all()] == [
            ("一、", False),
            ("1.", False),
            ("2.", False),
        ]
        assert [target.title for target in done.targets.all()] == ["救助困难患病妇女"]
        assert Goal.objects.filter(plan=done.plan).count() == 1
        assert (
            Entry.objects.filter(stream=f"plan:{done.plan_id}").order_by("seq").values_list("verb", flat=True)[0]
            == "plan.import"
        )


def test_an_officer_without_the_verb_does_not_publish(district: District, drafted: Draft) -> None:
    version, by = drafted(), district.acting("officer")
    with acting_as(by), pytest.raises(PermissionDenied):
        actions.publish(version_id=version.pk, by=by)


def test_a_plan_without_items_is_not_published(district: District, drafted: Draft) -> None:
    version, chair = drafted("走访困难妇女。", year=2026), district.acting("chair")
    with acting_as(chair), pytest.raises(Refused, match=r"^还不能发布：计划中没有条目，请先添加条目。$"):
        actions.publish(version_id=version.pk, by=chair)


def test_a_published_version_takes_no_more_changes(district: District, published: Draft) -> None:
    version, by = published(), district.acting("officer")
    with acting_as(by), pytest.raises(Refused, match=r"^这个版本已经发布，不能再改。请新建一个版本。$"):
        actions.edit_item(item_id=at(version, 0), label="", text="改。", by=by)


def test_a_later_text_keeps_what_continues_and_shows_its_difference(district: District, published: Draft) -> None:
    first, by, chair = published(), district.acting("officer"), district.acting("chair")
    later = (
        "涪陵区妇联2026年工作计划\n一、抓实民生实事。年内完成以下任务。\n1. 救助困难患病妇女不少于45人，12月底前完成。\n"
        "2. 走访慰问困难家庭500户。\n二、办好家庭教育。家长满意率达到90%。\n"
    )
    with acting_as(by):
        goals = {target.title: target.goal_id for target in first.targets.all()}
        second = actions.import_reading(reading=read_plan(later), plan=first.plan, by=by)
        assert [(t.title, t.goal_id in goals.values(), t.standing) for t in second.targets.all()] == [
            ("救助困难患病妇女", True, "SUGGESTED"), ("走访慰问困难家庭", False, "SUGGESTED"), ("家长满意率", True, "ACCEPTED"),
        ]  # fmt: skip
        with pytest.raises(Refused, match=r"^这份计划还有一个没有发布的草稿。请先发布或删除它，再建新版本。$"):
            actions.revise(plan_id=first.plan_id, by=by)
    with acting_as(chair):
        actions.accept_all(version_id=second.pk, by=chair)
        actions.publish(version_id=second.pk, by=chair)
        first.refresh_from_db()
        assert first.state == VersionState.SUPERSEDED
        changes = queries.changes_between(first, second)
        assert [(change.what, change.how, change.name) for change in changes] == [
            ("条目", "修改", "1.救助困难患病妇女不少于45人，12月底前完成"),
            ("条目", "新增", "2.走访慰问困难家庭500户"),
            ("条目", "删除", "2.举办就业技能培训班，培训妇女300人次"),
            ("目标", "修改", "救助困难患病妇女"),
            ("目标", "新增", "走访慰问困难家庭"),
            ("目标", "删除", "培训妇女"),
        ]
        assert changes[3].fields == (("目标值", "不少于40人", "不少于45人"),)


def test_a_revision_copies_what_is_in_force(district: District, published: Draft) -> None:
    first, by = published(), district.acting("officer")
    with acting_as(by):
        draft = actions.revise(plan_id=first.plan_id, by=by)
        assert (draft.number, draft.state, outline(draft)) == (2, "DRAFT", outline(first))
        assert queries.changes_between(first, draft) == []
        assert list(draft.targets.values_list("goal", flat=True)) == list(first.targets.values_list("goal", flat=True))


def test_discarding_a_draft_leaves_what_is_in_force(district: District, published: Draft) -> None:
    first, by = published(), district.acting("officer")
    with acting_as(by):
        before = (first.items.count(), first.targets.count(), Goal.objects.count())
        draft = actions.revise(plan_id=first.plan_id, by=by)
        actions.add_target(item_id=at(draft, 0), by=by, title="新目标", kind="QUAL")
        actions.discard(version_id=draft.pk, by=by)
        assert (first.items.count(), first.targets.count(), Goal.objects.count()) == before
        assert [version.number for version in PlanVersion.objects.filter(plan=first.plan)] == [1]


def test_a_plan_never_published_cannot_be_revised(district: District, drafted: Draft) -> None:
    version, by = drafted(), district.acting("officer")
    with acting_as(by), pytest.raises(Refused, match=r"^这份计划还没有发布过，请直接修改草稿。$"):
        actions.revise(plan_id=version.plan_id, by=by)
