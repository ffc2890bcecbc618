"""The workbench in a browser: without script, and with the parts htmx asks for."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from niangjia.access.acting import acting_as
from niangjia.plans import actions
from niangjia.plans.kinds import VersionState
from niangjia.plans.models import Item, PlanVersion, Target
from tests.personas import District
from tests.plans.conftest import TEXT

# What a test's own outer transaction adds to a request.
OUTSIDE = ("SAVEPOINT", "RELEASE", "SELECT set_config('role', 'none'")
Browse = Callable[..., Client]
Draft = Callable[..., PlanVersion]


def texts(response: Any, pattern: str) -> list[str]:
    return re.findall(pattern, response.content.decode(), re.DOTALL)


def alerts(response: Any) -> list[str]:
    return [re.sub(r"<[^>]+>", "", text).strip() for text in texts(response, r'class="alert-text">(.*?)</div>')]


def first_item(district: District, version: PlanVersion) -> Item:
    with acting_as(district.acting("officer")):
        return version.items.all()[0]


def first_target(district: District, version: PlanVersion) -> Target:
    with acting_as(district.acting("officer")):
        return version.targets.all()[0]


def test_a_pasted_text_becomes_a_draft_on_the_workbench(as_persona: Browse) -> None:
    response = as_persona("officer").post("/desk/plans/new/", {"text": TEXT}, follow=True)
    assert [url for url, _ in response.redirect_chain] == ["/desk/plans/versions/1/"] or re.match(
        r"/desk/plans/versions/\d+/$", response.redirect_chain[0][0]
    )
    assert texts(response, r'<mark class="mark-warn" id="s-t\d+"[^>]*><a [^>]*>([^<]+)</a>') == [
        "40人",
        "300人次",
        "90%",
    ]
    assert texts(response, r'<div class="item-text"><span class="muted">([^<]+)</span>') == ["一、", "1.", "2.", "二、"]


def test_a_file_is_read_as_it_is(as_persona: Browse) -> None:
    file = SimpleUploadedFile("计划.txt", TEXT.encode("gb18030"))
    response = as_persona("officer").post("/desk/plans/new/", {"file": file}, follow=True)
    assert texts(response, r"<h1>([^<]+) <span") == ["涪陵区妇联2026年工作计划"]


@pytest.mark.parametrize(
    ("data", "field", "message"),
    [
        ({}, "text", "请上传文件或粘贴计划正文。"),
        ({"text": "1. 走访妇女。"}, "year", "请填写，如2026。"),
        ({"text": "1. 走访妇女。", "year": "26"}, "year", "确保该值大于或等于2000。"),
    ],
)
def test_what_cannot_be_read_is_said_at_its_field(
    as_persona: Browse, data: dict[str, str], field: str, message: str
) -> None:
    response = as_persona("officer").post("/desk/plans/new/", data)
    assert response.status_code == 400
    assert response.context["form"].errors[field] == [message]


def test_a_picture_is_refused_with_the_remedy(as_persona: Browse) -> None:
    file = SimpleUploadedFile("扫描.png", b"\x89PNG\r\n\x1a\n" + bytes(64))
    response = as_persona("officer").post("/desk/plans/new/", {"file": file})
    assert response.context["form"].errors["file"] == [
        "文件“扫描.png”是图片，没有可读的文字。请先做文字识别（OCR），或把文字粘贴进来"
    ]


def test_the_example_can_be_read(as_persona: Browse) -> None:
    client = as_persona("officer")
    text = client.get("/desk/plans/example/").content.decode()
    response = client.post("/desk/plans/new/", {"text": text}, follow=True)
    assert texts(response, r'<p class="card-sub">([^<]+)</p>') == ["33 条，34 个目标"]


def test_items_are_corrected_by_forms(district: District, drafted: Draft, as_persona: Browse) -> None:
    version, client = drafted(), as_persona("officer")
    item = first_item(district, version)
    opened = client.get(f"/desk/plans/versions/{version.pk}/?open=item-{item.pk}")
    assert texts(opened, r"<textarea[^>]*>\n?([^<]+)</textarea>") == ["抓实民生实事。年内完成以下任务。"]
    data = {"act": "save", "label": "一、", "text": "办好民生实事。", "revision": version.revision}
    response = client.post(f"/desk/plans/items/{item.pk}/", data, follow=True)
    assert response.redirect_chain == [(f"/desk/plans/versions/{version.pk}/#i-{item.pk}", 302)]
    assert first_item(district, version).text == "办好民生实事。"


def test_with_htmx_only_the_right_side_is_drawn(district: District, drafted: Draft, as_persona: Browse) -> None:
    version, client = drafted(), as_persona("officer")
    target = first_target(district, version)
    response = client.post(
        f"/desk/plans/suggested/{target.pk}/",
        {"act": "accept", "revision": version.revision},
        headers={"HX-Request": "true"},
    )
    assert response.content.decode().split(">", 1)[0].strip() == '<div class="stack" id="bench"'
    assert texts(response, r'class="target target-([A-Z]+)"') == ["ACCEPTED", "SUGGESTED", "SUGGESTED"]


def test_a_wrong_target_comes_back_with_the_form_and_its_message(
    district: District, drafted: Draft, as_persona: Browse
) -> None:
    version, client = drafted(), as_persona("officer")
    target = first_target(district, version)
    data = {"act": "edit", "title": "救助", "kind": "COUNT", "value": "四十", "unit": "人", "bound": "MIN"}
    response = client.post(f"/desk/plans/suggested/{target.pk}/", data)
    assert response.status_code == 400
    assert response.context["form"].errors == {"value": ["“目标值”应填写数字，现为“四十”。"]}
    client.post(f"/desk/plans/suggested/{target.pk}/", data | {"value": "４５", "unit": "名"})
    changed = first_target(district, version)
    assert (changed.value, changed.unit, changed.standing) == (45, "人", "ACCEPTED")


def test_the_second_officer_sees_the_newest_state(district: District, drafted: Draft, as_persona: Browse) -> None:
    version, client = drafted(), as_persona("officer")
    item = first_item(district, version)
    with acting_as(by := district.acting("vice")):
        actions.edit_item(item_id=item.pk, label="一、", text="她改的。", by=by)
    data = {"act": "save", "label": "一、", "text": "我改的。", "revision": version.revision}
    response = client.post(f"/desk/plans/items/{item.pk}/", data)
    assert response.status_code == 409
    assert alerts(response)[0] == "在您打开页面之后，其他人修改了这份草稿。页面已换成最新内容，请核对后重做这一步。"
    assert texts(response, r"<textarea[^>]*>\n?([^<]+)</textarea>") == ["我改的。"]
    assert first_item(district, version).text == "她改的。"


def test_masks_loose_pieces_and_new_entries_are_handled(district: District, drafted: Draft, as_persona: Browse) -> None:
    version = drafted("2026年工作计划\n为做好工作，制定本计划。\n一、实施201*年规划。\n二、走访妇女。\n")
    client, url = as_persona("officer"), f"/desk/plans/versions/{version.pk}/act/"
    item = first_item(district, version)
    for data in (
        {"act": "mask", "index": 0, "words": "2011"},
        {"act": "ignore", "index": 0},
        {"act": "unignore", "index": 0},
        {"act": "place", "index": 0, "after": item.pk},
        {"act": "add_item", "label": "三、", "text": "关爱儿童。"},
        {
            "act": "add_target",
            "item": item.pk,
            "title": "印发规划",
            "kind": "MILESTONE",
            "bound": "MIN",
            "deadline": "2026-06-30",
        },
    ):
        assert client.post(url, data).status_code == 302
    with acting_as(district.acting("officer")):
        version = PlanVersion.objects.get(pk=version.pk)
        assert (version.fills, version.loose[0]["state"]) == ({"0": "2011"}, "placed")
        assert [i.text for i in version.items.all()] == [
            "实施201*年规划。",
            "为做好工作，制定本计划。",
            "走访妇女。",
            "关爱儿童。",
        ]
        assert [(t.title, t.kind) for t in version.targets.all()] == [("印发规划", "MILESTONE")]


def test_publishing_says_what_is_missing_and_then_does_it(
    district: District, drafted: Draft, as_persona: Browse
) -> None:
    version, client = drafted(), as_persona("chair")
    url = f"/desk/plans/versions/{version.pk}/act/"
    response = client.post(url, {"act": "publish"}, follow=True)
    assert alerts(response)[0] == "还不能发布：还有3个目标没有确认，请逐个采纳或不采纳。"
    client.post(url, {"act": "accept_all"}, follow=True)
    response = client.post(url, {"act": "publish", "remark": "定稿"}, follow=True)
    assert alerts(response)[0] == "第1版已发布，进度看板已按它计算。"
    with acting_as(district.acting("dunren")):
        assert PlanVersion.objects.get().state == VersionState.PUBLISHED


def test_an_officer_without_the_verb_is_not_offered_to_publish(drafted: Draft, as_persona: Browse) -> None:
    version, client = drafted(), as_persona("officer")
    assert client.post(f"/desk/plans/versions/{version.pk}/act/", {"act": "publish"}).status_code == 403


def test_a_draft_is_no_towns_business(district: District, drafted: Draft, as_persona: Browse) -> None:
    version = drafted()
    client = as_persona("dunren")
    assert client.get(f"/desk/plans/versions/{version.pk}/").status_code == 404
    assert client.post(f"/desk/plans/items/{first_item(district, version).pk}/", {"act": "drop"}).status_code == 403


def test_a_published_version_is_read_without_tools(district: District, published: Draft, as_persona: Browse) -> None:
    version = published()
    response = as_persona("dunren").get(f"/desk/plans/versions/{version.pk}/")
    assert response.status_code == 200
    assert texts(response, r"<form") == texts(as_persona("dunren").get("/desk/plans/"), r"<form")
    item = first_item(district, version)
    answer = as_persona("officer").post(f"/desk/plans/items/{item.pk}/", {"act": "drop"}, follow=True)
    assert alerts(answer)[0] == "这个版本已经发布，不能再改。请新建一个版本。"


def test_versions_are_compared_on_a_page(district: District, published: Draft, as_persona: Browse) -> None:
    version, client = published(), as_persona("chair")
    client.post(f"/desk/plans/{version.plan_id}/revise/")
    with acting_as(district.acting("chair")):
        draft = PlanVersion.objects.get(plan=version.plan, number=2)
        goal = draft.targets.all()[0]
    data = {"act": "edit", "title": goal.title, "kind": "COUNT", "value": "50", "unit": "人", "qualifier": "不少于", "bound": "MIN",
            "deadline": "2026-12-31", "owner": goal.owner_id}  # fmt: skip
    client.post(f"/desk/plans/suggested/{goal.pk}/", data)
    response = client.get(f"/desk/plans/versions/{draft.pk}/changes/")
    assert texts(response, r"<del>([^<]+)</del> <ins>([^<]+)</ins>") == [("不少于40人", "不少于50人")]


def test_cleaning_is_shown_on_demand(drafted: Draft, as_persona: Browse) -> None:
    version, client = drafted("一、做好區(qū)婦聯(lián)工作。\n", year=2026), as_persona("officer")
    plain = client.get(f"/desk/plans/versions/{version.pk}/")
    shown = client.get(f"/desk/plans/versions/{version.pk}/?view=cleaning")
    assert texts(plain, r"<del[^>]*>([^<]+)</del>") == []
    assert "(qū)" in "".join(texts(shown, r"<del[^>]*>([^<]+)</del>"))


@pytest.mark.parametrize("lines", [1, 3])
def test_the_workbench_asks_the_same_number_of_times(drafted: Draft, as_persona: Browse, lines: int) -> None:
    text = "2026年计划\n" + "".join(f"{n}. 走访妇女{n}人。\n" for n in range(1, lines + 1))
    version, client = drafted(text), as_persona("officer")
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/desk/plans/versions/{version.pk}/")
    assert sum(not query["sql"].startswith(OUTSIDE) for query in asked) == 10
