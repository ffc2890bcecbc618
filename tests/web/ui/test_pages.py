"""The base pages stand with everything and with nothing; every page of the house compiles and keeps to its rules."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.template import Context, Engine

WEB = Path(__file__).parents[3] / "niangjia" / "web"
PAGES = sorted(str(path.relative_to(WEB)) for path in WEB.rglob("*.html"))
BASES = ("base_desk", "base_portal", "base_plain", "base_letter")
ERRORS = {
    "400": "这个请求看不明白",
    "403": "您没有权限做这件事",
    "404": "没有这一页",
    "429": "操作太快了",
    "500": "系统出了问题",
}
LINKS = ("home", "search", "preferences", "switch_post", "account", "sign_out", "help")


def everything(**more: Any) -> dict[str, Any]:
    nav = [
        {"label": label, "url": f"/{icon}/", "icon": icon, "active": icon == "inbox", "count": count}
        for label, icon, count in [
            ("待办", "inbox", 12),
            ("救助", "grant", 0),
            ("计划", "plan", None),
            ("公示", "notice", 2),
            ("组织", "tree", None),
        ]
    ]
    return {
        "house": {"name": "娘家", "district": "涪陵区"},
        "script": "hans",
        "large_print": False,
        "acting": {"post_title": "主席", "unit_name": "敦仁街道妇联", "person_name": "测试甲"},
        "posts": [
            {"label": "主席", "value": 1, "current": True},
            {"label": "执委", "value": 2, "current": False},
        ],
        "nav": nav,
        "links": {name: f"/go/{name}/" for name in LINKS},
        "messages": [],
        **more,
    }


def render(name: str, context: dict[str, Any]) -> str:
    return Engine.get_default().get_template(name).render(Context(context))


@pytest.mark.parametrize("name", PAGES)
def test_every_page_compiles_so_every_component_is_used_as_declared(name: str) -> None:
    assert Engine.get_default().get_template(name).nodelist


@pytest.mark.parametrize("name", PAGES)
def test_a_page_carries_no_inline_style_or_script_and_loads_nothing_from_elsewhere(name: str) -> None:
    text = (WEB / name).read_text(encoding="utf-8")
    inline = r"<style|\sstyle=|\son(?:click|change|submit|load|input)=|<script(?![^>]*(?:\bsrc=|application/json))"
    assert re.findall(inline + r"|<(?:script|link|img|use|iframe)[^>]*https?://[^>]*", text) == []


@pytest.mark.parametrize("name", PAGES)
def test_a_cell_that_a_phone_shows_as_a_line_has_its_label(name: str) -> None:
    text = (WEB / name).read_text(encoding="utf-8")
    stacked = [
        block for block in re.findall(r'{% ui "table".*?{% endui %}', text, re.DOTALL) if "stack=False" not in block
    ]
    bare = [cell for block in stacked for cell in re.findall(r"<td[^>]*>", block)]
    assert [cell for cell in bare if not re.search(r"data-label=|class=\"main|colspan=", cell)] == []


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("context", [{}, everything()], ids=["nothing", "everything"])
def test_a_base_page_is_whole(base: str, context: dict[str, Any]) -> None:
    html = render(f"ui/{base}.html", context)
    assert (html.count("<main "), html.count('href="#main">跳到正文'), html.count('id="main"')) == (1, 1, 1)


@pytest.mark.parametrize("base", BASES)
def test_traditional_characters_and_large_print_are_said_on_the_root(base: str) -> None:
    html = render(f"ui/{base}.html", everything(script="hant", large_print=True))
    assert html.count('<html lang="zh-Hant" data-size="large">') == 1


@pytest.mark.parametrize("base", ["base_desk", "base_portal", "base_plain"])
def test_controls_without_a_place_to_go_are_left_out(base: str) -> None:
    assert re.findall(r"/go/\w+/", render(f"ui/{base}.html", everything(links={}))) == []


def test_the_desk_offers_every_control_it_is_given_a_place_for() -> None:
    assert sorted(set(re.findall(r"/go/(\w+)/", render("ui/base_desk.html", everything())))) == sorted(LINKS)


def test_what_changes_something_is_posted() -> None:
    html = render("ui/base_desk.html", everything())
    changing = r'<form[^>]*action="/go/(?:preferences|switch_post|sign_out)/"[^>]*>'
    forms = re.findall(changing, html)
    assert [form for form in forms if 'method="post"' not in form] == []
    assert re.findall(r'<a[^>]*href="/go/(?:preferences|switch_post|sign_out)/"', html) == []


def test_the_phones_bar_shows_four_rooms_and_the_way_to_the_rest() -> None:
    html = render("ui/base_desk.html", everything())
    bar = html[html.index('<nav class="bottom"') :]
    assert re.findall(r'<a href="([^"]+)"', bar[: bar.index("</nav>")]) == [
        "/inbox/",
        "/grant/",
        "/plan/",
        "/notice/",
        "#rooms",
    ]


def test_the_room_one_is_in_is_said_to_screen_readers() -> None:
    html = render("ui/base_desk.html", everything())
    assert re.findall(r'<a href="(/[a-z]+/)" aria-current="page">', html) == ["/inbox/", "/inbox/"]


@pytest.mark.parametrize(
    ("level", "css", "role"),
    [("success", "ok", "status"), ("error", "bad", "alert"), ("warning", "warn", "status"), ("info", "info", "status")],
)
def test_the_result_of_an_action_is_read_out(level: str, css: str, role: str) -> None:
    class Message:
        level_tag = level

        def __str__(self) -> str:
            return "已提交"

    html = render("ui/base_plain.html", everything(messages=[Message()]))
    assert html.count(f'<div class="alert alert-{css}" role="{role}">') == 1


@pytest.mark.parametrize(("code", "title"), ERRORS.items())
def test_an_error_page_stands_alone_and_leads_home(code: str, title: str) -> None:
    html = render(f"ui/{code}.html", {})
    assert re.findall(r"<title>(.*?)</title>|<h1>(.*?)</h1>", html) == [(title, ""), ("", title)]
    assert html.count('<a class="btn btn-primary btn-m" href="/">') == 1


@pytest.mark.parametrize("code", ERRORS)
def test_an_error_page_says_what_it_was_told_to_say(code: str) -> None:
    assert render(f"ui/{code}.html", {"message": "请刷新<后>再提交。"}).count("<p>请刷新&lt;后&gt;再提交。</p>") == 1
