"""The gallery renders every example, and the README says what the declarations say."""

import re
from pathlib import Path

import pytest
from django.test import RequestFactory

from niangjia.web.ui import views
from niangjia.web.ui.gallery import GROUPS, SENTENCE, entry, reference, sample_context, source_of
from niangjia.web.ui.tags import Component, Example, all_components, component

README = Path(views.__file__).parent / "README.md"
COMPONENTS = all_components()


@pytest.mark.parametrize("declared", COMPONENTS, ids=lambda declared: declared.name)
def test_every_example_of_a_component_renders(declared: Component) -> None:
    shown = entry(declared.name, sample_context())
    assert [bool(specimen.html.strip()) for specimen in shown.specimens] == [True] * len(declared.examples)


@pytest.mark.parametrize("declared", COMPONENTS, ids=lambda declared: declared.name)
def test_every_component_stands_in_a_group_of_the_gallery(declared: Component) -> None:
    assert GROUPS.count(declared.group) == 1


@pytest.mark.parametrize("declared", COMPONENTS, ids=lambda declared: declared.name)
def test_a_component_writes_no_inline_style_or_script(declared: Component) -> None:
    html = "".join(specimen.html for specimen in entry(declared.name, sample_context()).specimens)
    assert re.findall(r"<style|<script|\sstyle=|\son[a-z]+=|javascript:", html) == []


@pytest.mark.parametrize("declared", COMPONENTS, ids=lambda declared: declared.name)
def test_every_image_a_component_draws_has_a_name_or_is_hidden(declared: Component) -> None:
    html = "".join(specimen.html for specimen in entry(declared.name, sample_context()).specimens)
    drawn = re.findall(r"<svg[^>]*>", html)
    named = [tag for tag in drawn if 'aria-hidden="true"' in tag or re.search(r'role="img"[^>]*aria-label="[^"]', tag)]
    assert drawn == named


@pytest.mark.parametrize(
    ("example", "source"),
    [
        (Example("", {"label": "新"}), '{% uic "badge" label="新" %}'),
        (Example("", {"label": 'say "a"'}), '{% uic "badge" label=\'say "a"\' %}'),
        (Example("", {"label": "=name", "n": 3, "on": True}), '{% uic "badge" label=name n=3 on=True %}'),
        (
            Example("", {}, {"default": "正文", "footer": "页脚"}),
            '{% ui "badge" %}正文{% slot "footer" %}页脚{% endslot %}{% endui %}',
        ),
    ],
)
def test_the_line_shown_is_the_line_a_page_writes(example: Example, source: str) -> None:
    assert source_of(component("badge"), example) == source


def test_the_marked_words_of_the_sample_are_whole() -> None:
    assert [SENTENCE[start:end] for start, end, *_ in sample_context()["spans"]] == [
        "不少于12期",
        "1200人次",
        "6月底前",
    ]


@pytest.mark.parametrize(
    ("query", "body", "size"),
    [
        ("", '<body class="gallery">', ""),
        ("?look=portal", '<body class="gallery portal">', ""),
        ("?look=large", '<body class="gallery portal">', ' data-size="large"'),
        ("?look=sofa", '<body class="gallery">', ""),
    ],
)
def test_the_gallery_is_shown_as_desk_portal_and_large_print(query: str, body: str, size: str) -> None:
    html = views.gallery(RequestFactory().get(f"/ui/{query}")).content.decode()
    html = re.sub(r" hx-headers=\'[^\']*\'", "", html)
    assert (html.count(body), html.count(f'<html lang="zh-CN"{size}>')) == (1, 1)


def test_the_readme_lists_the_components_as_they_are_declared() -> None:
    text = README.read_text(encoding="utf-8")
    assert text[text.index("\n---\n") :] == "\n---\n\n" + reference()
