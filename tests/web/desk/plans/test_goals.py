"""The page of a target in force: parts, settings, figures with evidence, locked months."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from niangjia.access.acting import acting_as
from niangjia.core import clock
from niangjia.plans import queries
from niangjia.plans.models import Figure, PlanVersion, Split, Statement, Target
from tests.personas import District

Browse = Callable[..., Client]


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.frozen(dt.date(2026, 11, 24)):
        yield


@pytest.fixture
def targets(published: Callable[..., PlanVersion], in_force: Callable[[PlanVersion], list[Target]]) -> list[Target]:
    return in_force(published())


def alerts(response: Any) -> list[str]:
    found = re.findall(r'class="alert-text">(.*?)</div>', response.content.decode(), re.DOTALL)
    return [re.sub(r"<[^>]+>", "", text).strip() for text in found]


def parts(district: District) -> list[tuple[str, Decimal]]:
    with acting_as(district.acting("officer")):
        return [(split.unit.short_name, split.value) for split in Split.objects.select_related("unit")]


def test_parts_are_shared_looked_at_and_saved(district: District, targets: list[Target], as_persona: Browse) -> None:
    client, url = as_persona("officer"), f"/desk/plans/targets/{targets[0].goal_id}/split/"
    dunren, chongyi = district.unit("敦仁街道妇联").pk, district.unit("崇义街道妇联").pk
    shared = client.post(url, {"act": "even"})
    assert [value for _, value in shared.context["split_rows"]] == ["20", "20"]
    assert parts(district) == []
    pasted = client.post(url, {"act": "paste", "pasted": "敦仁街道\t30\n崇义街道妇联 15"})
    assert ([value for _, value in pasted.context["split_rows"]], pasted.context["split_sum"]) == (["30", "15"], 45)
    saved = client.post(url, {"act": "save", f"part-{dunren}": "30", f"part-{chongyi}": ""}, follow=True)
    assert alerts(saved)[0] == "分解已保存。"
    assert parts(district) == [("敦仁街道妇联", Decimal(30))]


def test_a_wrong_part_is_named_and_what_was_typed_stays(
    district: District, targets: list[Target], as_persona: Browse
) -> None:
    dunren = district.unit("敦仁街道妇联").pk
    response = as_persona("officer").post(
        f"/desk/plans/targets/{targets[0].goal_id}/split/", {"act": "save", f"part-{dunren}": "三十"}
    )
    assert response.status_code == 400
    assert alerts(response)[0] == "“敦仁街道妇联”应填写数字，现为“三十”。"
    assert [value for _, value in response.context["split_rows"]] == ["三十", ""]


def test_settings_are_saved_or_refused_at_their_field(
    district: District, targets: list[Target], as_persona: Browse
) -> None:
    client, url = as_persona("officer"), f"/desk/plans/targets/{targets[0].goal_id}/arrange/"
    wrong = client.post(url, {"owner": "", "measure": "two_cancers_grant.households"})
    assert wrong.status_code == 400
    assert (
        wrong.context["arrange"].errors["measure"][0].startswith("目标的单位是“人”，指标的单位是“户”，不能互相替代。")
    )
    uneven = client.post(url, {"owner": "", "measure": "", "q1": "10", "q2": "5", "q3": "20", "q4": "40"})
    assert uneven.context["arrange"].errors["q4"] == ["季度计划是累计数，后一季度不能小于前一季度。"]
    good = {
        "owner": district.unit("区民政局").pk,
        "measure": "two_cancers_grant.paid",
        "q1": "5",
        "q2": "15",
        "q3": "30",
        "q4": "40",
    }
    assert client.post(url, good).status_code == 302
    with acting_as(district.acting("officer")):
        kept = queries.target_in_force(targets[0].goal_id)
    assert kept is not None
    assert (kept.measure, kept.quarters, kept.owner) == (
        "two_cancers_grant.paid", ["5", "15", "30", "40"], district.unit("区民政局"),
    )  # fmt: skip


def test_a_figure_is_reported_with_its_evidence(district: District, targets: list[Target], as_persona: Browse) -> None:
    client, url = as_persona("dunren"), f"/desk/plans/targets/{targets[1].goal_id}/report/"
    unit = district.unit("敦仁街道妇联").pk
    picture = BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    evidence = SimpleUploadedFile("签到表.png", picture.getvalue())
    response = client.post(url, {"month": 10, "value": "３６", "unit": unit, "evidence": evidence}, follow=True)
    assert alerts(response)[0] == "10月的数已填报。"
    with acting_as(district.acting("dunren")):
        found = Figure.objects.select_related("evidence").get()
        assert (found.value, found.evidence and found.evidence.purpose) == (36, "plan_evidence")
    again = client.post(url, {"month": 10, "value": "35", "unit": unit})
    assert again.context["report"].errors == {"note": ["请写明原因。"]}
    virus = SimpleUploadedFile("签到表.exe", b"MZ" + bytes(100))
    refused = client.post(url, {"month": 10, "value": "35", "unit": unit, "note": "核减", "evidence": virus})
    assert list(refused.context["report"].errors) == ["evidence"]


def test_a_milestone_is_marked_done(
    district: District, as_persona: Browse, published: Callable[..., PlanVersion]
) -> None:
    client = as_persona("chair")
    version = published()
    client.post(f"/desk/plans/{version.plan_id}/revise/")
    with acting_as(district.acting("chair")):
        draft = PlanVersion.objects.get(number=2)
        item = draft.items.all()[0]
    act = f"/desk/plans/versions/{draft.pk}/act/"
    client.post(act, {"act": "add_target", "item": item.pk, "title": "建立机制", "kind": "MILESTONE", "bound": "MIN"})
    client.post(act, {"act": "publish"})
    with acting_as(district.acting("chair")):
        goal = Target.objects.get(version=draft, title="建立机制").goal_id
    unit = district.unit("涪陵区妇联").pk
    officer = as_persona("officer")
    response = officer.post(
        f"/desk/plans/targets/{goal}/state/",
        {"done": "yes", "on": "2026-11-20", "text": "已印发。", "unit": unit},
        follow=True,
    )
    assert alerts(response)[0] == "完成情况已登记。"
    with acting_as(district.acting("officer")):
        assert [(s.done, s.on) for s in Statement.objects.all()] == [(True, dt.date(2026, 11, 20))]


def test_a_month_is_locked_and_its_restatement_shown(
    district: District, targets: list[Target], as_persona: Browse
) -> None:
    officer, chair = as_persona("officer"), as_persona("chair")
    url, unit = f"/desk/plans/targets/{targets[1].goal_id}/report/", district.unit("涪陵区妇联").pk
    months = f"/desk/plans/{targets[1].version.plan_id}/months/"
    officer.post(url, {"month": 9, "value": "200", "unit": unit}, follow=True)
    assert (
        alerts(chair.post(months, {"month": 9}, follow=True))[0] == "9月已锁定。以后的更正会显示为重述，锁定的数不变。"
    )
    officer.post(url, {"month": 9, "value": "180", "unit": unit, "note": "重复登记"}, follow=True)
    lines = chair.get(f"{months}?month=9").context["lines"]
    assert [(line.locked, line.now) for line in lines if line.restated] == [(Decimal(200), Decimal(180))]
    page = officer.get(f"/desk/plans/targets/{targets[1].goal_id}/")
    assert alerts(page)[0].startswith("9月锁定时 200人次（")
    assert alerts(page)[0].endswith("现在 180人次。锁定的数保留不变。")
    assert officer.post(months, {"month": 10}).status_code == 403
    assert alerts(chair.post(months, {"month": 12}, follow=True))[0] == "12月还没有结束，不能锁定。"


def test_a_target_of_nobody_is_not_found(as_persona: Browse, targets: list[Target]) -> None:
    assert as_persona("officer").get("/desk/plans/targets/999999/").status_code == 404
    assert as_persona("officer").get("/desk/plans/999999/months/").status_code == 404
