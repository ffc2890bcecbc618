"""What a page may say to a component, and what it is told when it says something else."""

import re
from decimal import Decimal
from enum import StrEnum
from types import SimpleNamespace

import pytest
from django.template import Context, Engine
from django.utils.safestring import SafeString

from niangjia.web.ui.tags import (
    Component,
    ComponentError,
    Piece,
    _rendered,
    all_components,
    component,
    figure,
    into,
    pieces,
    share,
)

ICONS = component("icon").props["name"].choices


def render(source: str, **context: object) -> SafeString:
    return Engine.get_default().from_string(source).render(Context(context))


def squeezed(html: str) -> str:
    return re.sub(r">\s+<", "><", html.strip())


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('{% uic "sofa" %}', "there is no component 'sofa'"),
        ('{% uic "../base" %}', "there is no component '../base'"),
        ("{% uic badge %}", "'uic' needs the name of a component in quotes"),
        ('{% uic "badge" "新" %}', "component 'badge': '\"新\"' is not of the form name=value"),
        ('{% uic "badge" %}', "component 'badge' needs prop label"),
        ('{% uic "badge" label="新" colour="red" %}', "component 'badge' has no prop colour"),
        ('{% uic "badge" label="新" data-x="1" %}', "component 'badge' takes no attribute data-x"),
        ('{% ui "badge" label="新" %}内容{% endui %}', "component 'badge' has no slot default"),
        ('{% ui "card" %}{% slot "side" %}{% endslot %}{% endui %}', "component 'card' has no slot side"),
        (
            '{% ui "card" %}{% slot "footer" %}{% endslot %}{% slot "footer" %}{% endslot %}{% endui %}',
            "component 'card': slot 'footer' is filled twice",
        ),
        ("{% slot footer %}{% endslot %}", "'slot' needs one name in quotes"),
        (
            '{% uic "light" state="blue" %}',
            "component 'light': prop 'state' takes one of green, yellow, red, none, not 'blue'",
        ),
    ],
)
def test_a_misused_component_is_refused_when_the_page_is_compiled(source: str, message: str) -> None:
    with pytest.raises(ComponentError) as caught:
        Engine.get_default().from_string(source)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("source", "value", "message"),
    [
        (
            '{% uic "light" state=value %}',
            "blue",
            "component 'light': prop 'state' takes one of green, yellow, red, none, not 'blue'",
        ),
        ('{% uic "light" state=value %}', None, "component 'light': prop 'state' is required and is empty"),
        ('{% uic "stat" label="件" value=value %}', "12", "component 'stat': prop 'value' takes number, not str '12'"),
        ('{% uic "stat" label="件" value=value %}', True, "component 'stat': prop 'value' takes number, not bool True"),
        (
            '{% uic "highlight" text="月" spans=value %}',
            "123",
            "component 'highlight': prop 'spans' takes list, not str '123'",
        ),
        (
            '{% uic "highlight" text="月" spans=value %}',
            {},
            "component 'highlight': prop 'spans' takes list, not dict {}",
        ),
        ('{% uic "badge" label=value %}', ["新"], "component 'badge': prop 'label' takes text, not list ['新']"),
        (
            '{% uic "timeline_step" title="提交" at=value %}',
            "今天",
            "component 'timeline_step': prop 'at' takes date, not str '今天'",
        ),
    ],
)
def test_a_value_that_does_not_fit_is_refused_when_the_page_is_rendered(
    source: str, value: object, message: str
) -> None:
    with pytest.raises(ComponentError) as caught:
        render(source, value=value)
    assert str(caught.value) == message


def test_an_unknown_icon_is_refused_wherever_a_component_takes_one() -> None:
    with pytest.raises(ComponentError, match="prop 'icon' takes one of"):
        Engine.get_default().from_string('{% uic "button" label="坐" icon="sofa" %}')


def test_a_slot_inside_a_condition_is_refused() -> None:
    with pytest.raises(ComponentError) as caught:
        render('{% ui "card" %}{% if 1 %}{% slot "footer" %}页脚{% endslot %}{% endif %}{% endui %}')
    assert str(caught.value) == "slot 'footer' must stand directly inside a component block"


class Kind(StrEnum):
    REVIEW = "review"


def test_a_state_kind_gives_the_badge_its_colour() -> None:
    html = render('{% uic "badge" kind=kind label="待审核" %}', kind=Kind.REVIEW)
    assert html.strip() == '<span class="badge kind-review">待审核</span>'


def test_an_optional_prop_given_nothing_takes_its_default() -> None:
    assert render('{% uic "badge" label="新" kind=none tone=none %}', none=None).strip() == (
        '<span class="badge tone-plain">新</span>'
    )


def test_text_from_outside_is_escaped_and_content_is_the_pages_own() -> None:
    html = render('{% ui "tabs" label=name %}<li>{{ name }}</li>{% endui %}', name='<b>"')
    assert html.strip() == '<nav class="tabs" aria-label="&lt;b&gt;&quot;"><ul><li>&lt;b&gt;&quot;</li></ul></nav>'


def test_a_component_sees_its_props_and_not_the_page() -> None:
    html = render('{% uic "tab" label="全部" url="#" %}', active=True, count=3)
    assert squeezed(html) == '<li><a href="#">全部</a></li>'


def test_attributes_are_handed_on_escaped_and_left_out_when_empty() -> None:
    source = '{% uic "button" label="存" hx-post=url data-x=no data-y=yes id="" aria-label=quote %}'
    html = render(source, url="/a?b=1&c=2", no=False, yes=True, quote='"')
    assert squeezed(html) == (
        '<button class="btn btn-plain btn-m" type="submit" hx-post="/a?b=1&amp;c=2" data-y aria-label="&quot;">'
        "<span>存</span></button>"
    )


def test_an_empty_slot_counts_as_not_given() -> None:
    html = render(
        '{% ui "card" %}正文{% slot "footer" %}{% if none %}页脚{% endif %}{% endslot %}{% endui %}', none=None
    )
    assert "card-foot" not in html


def test_a_light_differs_in_shape_and_words_not_only_in_colour() -> None:
    shown = [render('{% uic "light" state=state %}', state=state) for state in ("green", "yellow", "red", "none")]
    shapes = [re.findall(r"<(circle|path|rect)([^>]*)", html)[0] for html in shown]
    texts = [re.sub(r"<[^>]*>|\s", "", html) for html in shown]
    assert len({str(shape) for shape in shapes}) == 4
    assert texts == ["正常", "偏慢", "落后", "无数据"]


def test_a_pager_of_one_page_shows_nothing() -> None:
    page = SimpleNamespace(paginator=SimpleNamespace(num_pages=1))
    assert render('{% uic "pager" page=page query=query %}', page=page, query={}).strip() == ""


@pytest.mark.parametrize("declared", all_components(), ids=lambda declared: declared.name)
def test_every_choice_of_a_component_is_in_its_examples(declared: Component) -> None:
    for prop in declared.props.values():
        if prop.choices == ICONS:
            continue
        shown = {str(example.props.get(prop.name, prop.default)) for example in declared.examples}
        assert sorted(set(prop.choices) - shown) == [], prop.name


def test_the_required_and_the_optional_are_told_apart() -> None:
    badge = component("badge").props
    assert [(p.name, p.required, p.default) for p in badge.values()] == [
        ("label", True, ""),
        ("kind", False, ""),
        ("tone", False, "plain"),
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234567, "1,234,567"), (12345.5, "12,345.5"), (Decimal("38200.00"), "38,200.00"), (0, "0"), (None, ""), ("", "")],
)
def test_figures_are_set_apart_by_threes(value: object, text: str) -> None:
    assert figure(value) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(31, 46, "67.39"), (1, 2, "50"), (0, 46, "0"), (60, 46, "100"), (-1, 46, "0"), (5, 0, "0"), (None, 46, "0")],
)
def test_a_share_stays_between_nothing_and_all(part: int | None, whole: int, text: str) -> None:
    assert share(part, whole) == text


def test_text_is_cut_at_its_spans_and_overlaps_are_left_out() -> None:
    text = "培训1200人次，走访300户"
    assert list(pieces(text, [(10, 14), (2, 8, "ok", "目标"), (5, 9)])) == [
        Piece("培训"),
        Piece("1200人次", "ok", "目标"),
        Piece("，走"),
        Piece("访300", "plum"),
        Piece("户"),
    ]


def test_the_pieces_of_a_text_are_the_text() -> None:
    text = "全年不少于12期"
    assert "".join(piece.text for piece in pieces(text, [(0, 2), (2, 5), (8, 9)])) == text


def test_a_value_goes_into_a_text_which_stringformat_would_swallow() -> None:
    assert (into(2026, "?year=%s"), into("a", "%s 年")) == ("?year=2026", "a 年")
    assert render('{{ year|stringformat:"?year=%d" }}', year=2026) == ""


def test_a_stat_pads_no_decimals() -> None:
    html = render('{% uic "stat" label="审定补贴" value=value unit="元" %}', value=Decimal("34800.00"))
    assert re.findall(r'stat-value">([^<]+)', html) == ["34,800"]


def test_what_has_few_values_is_kept_and_no_text_anybody_wrote_is() -> None:
    before = set(_rendered)
    render('{% uic "icon" name="home" size="l" %}{% uic "icon" name="home" label=words %}', words="她写的话")
    kept = set(_rendered) - before
    assert (kept <= {("icon", "home", "l", "")}, ("icon", "home", "l", "") in _rendered) == (True, True)
    assert not any("她写的话" in str(key) for key in _rendered)
