"""Declared components, and the few filters pages share.

A component is one file, ``components/<name>.html``. Its first tag is a comment holding a TOML declaration: what it is
for, its props, its slots, and the examples the gallery shows. Pages write::

    {% uic "badge" kind="review" label="待村级核对" %}
    {% ui "card" title="收款信息" %}…{% slot "actions" %}…{% endslot %}{% endui %}

What can be wrong is said when the template is compiled where possible (unknown component, prop or slot, missing prop)
and otherwise when it is rendered (wrong type, value outside the choices); either way as ``ComponentError``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.template import Context, TemplateSyntaxError
from django.template.base import FilterExpression, Node, NodeList, Parser, TextNode, Token
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

COMPONENTS = Path(__file__).parent / "components"
DECLARATION = re.compile(r"\A\{% comment %\}\n(.*?)\n\{% endcomment %\}", re.DOTALL)
ARGUMENT = re.compile(r"([A-Za-z][\w-]*)=(.+)", re.DOTALL)

# Attributes any component with `attrs = true` hands on to its root element.
PASSED_ON = frozenset({"id", "title", "form", "formaction", "target", "download"})
PASSED_ON_PREFIXES = ("hx-", "data-", "aria-")

TYPES: Mapping[str, tuple[type, ...]] = {
    "text": (str, Promise, int, Decimal),
    "icon": (str,),
    "int": (int,),
    "number": (int, float, Decimal),
    "bool": (bool,),
    "date": (date,),
    "list": (Iterable,),
    "any": (object,),
}


class ComponentError(TemplateSyntaxError):
    """A component is used against its declaration."""


@dataclass(frozen=True, slots=True)
class Prop:
    """One prop: its type, or its choices; required unless it has a default (an optional prop defaults to nothing)."""

    name: str
    kind: str
    choices: tuple[str, ...]
    required: bool
    default: Any
    help: str

    def accept(self, component: str, value: Any) -> Any:
        """The value as the component will see it. Raises ComponentError when it does not fit."""
        if value is None or (value == "" and self.kind != "text"):
            if self.required:
                raise ComponentError(f"component {component!r}: prop {self.name!r} is required and is empty")
            return self.default
        if isinstance(value, Enum):
            value = value.value
        fits = isinstance(value, TYPES[self.kind])
        if self.kind in ("text", "int", "number") and isinstance(value, bool):
            fits = False
        if self.kind == "list" and isinstance(value, str | Mapping):
            fits = False
        if not fits:
            raise ComponentError(
                f"component {component!r}: prop {self.name!r} takes {self.kind}, not {type(value).__name__} {value!r}"
            )
        if self.choices and str(value) not in self.choices:
            raise ComponentError(
                f"component {component!r}: prop {self.name!r} takes one of {', '.join(self.choices)}, not {value!r}"
            )
        return value


@dataclass(frozen=True, slots=True)
class Example:
    title: str
    props: Mapping[str, Any] = field(default_factory=dict)
    slots: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Component:
    """A declaration: what the file ``components/<name>.html`` says about itself.

    ``wrap`` is what a component that only stands inside another is shown in, ``@`` being its place.
    """

    name: str
    group: str
    about: str
    props: Mapping[str, Prop]
    slots: tuple[str, ...]
    attrs: bool
    wrap: str
    examples: tuple[Example, ...]

    @property
    def path(self) -> str:
        return f"ui/components/{self.name}.html"

    @property
    def prop_list(self) -> list[Prop]:
        """The props in the order declared (a template cannot ask a dict that has a key ``values`` for its values)."""
        return list(self.props.values())

    def check_names(self, props: Iterable[str], attrs: Iterable[str], slots: Iterable[str]) -> None:
        """Raises ComponentError for names the declaration does not know and for required ones left out."""
        given = set(props)
        if unknown := sorted(given - set(self.props)):
            raise ComponentError(f"component {self.name!r} has no prop {', '.join(unknown)}")
        if missing := sorted(p.name for p in self.props.values() if p.required and p.name not in given):
            raise ComponentError(f"component {self.name!r} needs prop {', '.join(missing)}")
        if not self.attrs and (extra := sorted(attrs)):
            raise ComponentError(f"component {self.name!r} takes no attribute {', '.join(extra)}")
        if unknown := sorted(set(slots) - set(self.slots)):
            raise ComponentError(f"component {self.name!r} has no slot {', '.join(unknown)}")

    def values(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Every declared prop with the given value or its default."""
        return {name: prop.accept(self.name, given.get(name)) for name, prop in self.props.items()}

    def is_finite(self, values: Mapping[str, Any]) -> bool:
        """Whether these values are of a handful there can be: choices, yes or no, what was not given. An icon is."""
        return all(
            prop.choices or prop.kind == "bool" or values[name] == prop.default for name, prop in self.props.items()
        )

    def is_attribute(self, name: str) -> bool:
        """Whether an argument is an HTML attribute to hand on rather than a prop."""
        return name not in self.props and (name in PASSED_ON or name.startswith(PASSED_ON_PREFIXES))


def _prop(owner: str, name: str, raw: Mapping[str, Any]) -> Prop:
    if unknown := sorted(set(raw) - {"type", "choices", "default", "optional", "help"}):
        raise ComponentError(f"component {owner!r}: prop {name!r} declares unknown {', '.join(unknown)}")
    kind = str(raw.get("type", "text"))
    if kind not in TYPES:
        raise ComponentError(f"component {owner!r}: prop {name!r} has unknown type {kind!r}")
    prop = Prop(
        name=name,
        kind=kind,
        choices=component("icon").props["name"].choices if kind == "icon" else tuple(raw.get("choices", ())),
        required=not raw.get("optional") and "default" not in raw,
        default=raw.get("default", "" if kind in ("text", "icon") else None),
        help=str(raw.get("help", "")),
    )
    if "default" in raw:
        prop.accept(owner, raw["default"])
    return prop


@cache
def component(name: str) -> Component:
    """The declaration of a component. Raises ComponentError when there is none or it is malformed."""
    path = COMPONENTS / f"{name}.html"
    if not re.fullmatch(r"[a-z_]+", name) or not path.is_file():
        raise ComponentError(f"there is no component {name!r}")
    found = DECLARATION.match(path.read_text(encoding="utf-8"))
    if found is None:
        raise ComponentError(f"component {name!r} does not begin with its declaration")
    try:
        raw = tomllib.loads(found[1])
    except tomllib.TOMLDecodeError as error:
        raise ComponentError(f"component {name!r}: the declaration is not TOML: {error}") from error
    return Component(
        name=name,
        group=raw["group"],
        about=raw["about"],
        props={key: _prop(name, key, value) for key, value in raw.get("props", {}).items()},
        slots=tuple(raw.get("slots", ())),
        attrs=bool(raw.get("attrs", False)),
        wrap=str(raw.get("wrap", "@")),
        examples=tuple(Example(**example) for example in raw["examples"]),
    )


def all_components() -> list[Component]:
    """Every component there is, by name."""
    return [component(path.stem) for path in sorted(COMPONENTS.glob("*.html"))]


# A component sees its props alone: what has few values is rendered once in a process. No text anybody wrote is kept.
_rendered: dict[tuple[Any, ...], SafeString] = {}


class SlotNode(Node):
    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name = name
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        raise ComponentError(f"slot {self.name!r} must stand directly inside a component block")


class ComponentNode(Node):
    def __init__(
        self,
        declared: Component,
        props: Mapping[str, FilterExpression],
        attrs: Mapping[str, FilterExpression],
        slots: Mapping[str, NodeList],
    ) -> None:
        self.declared = declared
        self.props = props
        self.attrs = attrs
        self.slots = slots

    def render(self, context: Context) -> SafeString:
        declared = self.declared
        values = declared.values({name: value.resolve(context) for name, value in self.props.items()})
        if not (declared.slots or self.attrs) and declared.is_finite(values):
            key = (declared.name, *values.values())
            if key not in _rendered:
                _rendered[key] = self._render(context, values)
            return _rendered[key]
        return self._render(context, values)

    def _render(self, context: Context, values: dict[str, Any]) -> SafeString:
        declared = self.declared
        filled = {
            name: self.slots[name].render(context).strip() if name in self.slots else "" for name in declared.slots
        }
        values["slots"] = {name: mark_safe(text) for name, text in filled.items()}  # noqa: S308 rendered by us
        values["attrs"] = _attributes((name, value.resolve(context)) for name, value in self.attrs.items())
        engine_template = context.template.engine.get_template(declared.path)  # type: ignore[union-attr]
        return engine_template.render(context.new(values))


def _attributes(pairs: Iterable[tuple[str, Any]]) -> SafeString:
    """HTML attributes; nothing for None, False and the empty text, the bare name for True."""
    kept = [(name, value) for name, value in pairs if value is not None and value is not False and value != ""]
    return format_html_join("", "{}{}", ((f" {name}", "" if value is True else _quoted(value)) for name, value in kept))


def _quoted(value: Any) -> SafeString:
    return mark_safe(f'="{conditional_escape(value)}"')  # noqa: S308 escaped


def _arguments(
    parser: Parser, token: Token
) -> tuple[Component, dict[str, FilterExpression], dict[str, FilterExpression]]:
    tag, *bits = token.split_contents()
    if not bits or bits[0][0] not in "\"'" or bits[0][0] != bits[0][-1]:
        raise ComponentError(f"{tag!r} needs the name of a component in quotes")
    declared = component(bits[0][1:-1])
    props: dict[str, FilterExpression] = {}
    attrs: dict[str, FilterExpression] = {}
    for bit in bits[1:]:
        found = ARGUMENT.fullmatch(bit)
        if found is None:
            raise ComponentError(f"component {declared.name!r}: {bit!r} is not of the form name=value")
        name, value = found[1], parser.compile_filter(found[2])
        (attrs if declared.is_attribute(name) else props)[name] = value
        if name in declared.props and isinstance(value.var, str) and not value.filters:
            declared.props[name].accept(declared.name, value.var)
    return declared, props, attrs


@register.tag("uic")
def closed_component(parser: Parser, token: Token) -> ComponentNode:
    """A component without content: ``{% uic "icon" name="home" %}``."""
    declared, props, attrs = _arguments(parser, token)
    declared.check_names(props, attrs, ())
    return ComponentNode(declared, props, attrs, {})


@register.tag("ui")
def open_component(parser: Parser, token: Token) -> ComponentNode:
    """A component with content: what stands outside ``{% slot %}`` fills the slot ``default``."""
    declared, props, attrs = _arguments(parser, token)
    content = parser.parse(("endui",))
    parser.delete_first_token()
    slots: dict[str, NodeList] = {}
    rest = NodeList()
    for node in content:
        if isinstance(node, SlotNode):
            if node.name in slots:
                raise ComponentError(f"component {declared.name!r}: slot {node.name!r} is filled twice")
            slots[node.name] = node.nodelist
        else:
            rest.append(node)
    if any(not isinstance(node, TextNode) or node.s.strip() for node in rest):
        slots["default"] = rest
    declared.check_names(props, attrs, slots)
    return ComponentNode(declared, props, attrs, slots)


@register.tag("slot")
def slot(parser: Parser, token: Token) -> SlotNode:
    """A named part of a component's content: ``{% slot "actions" %}…{% endslot %}``."""
    bits = token.split_contents()
    if len(bits) != 2 or bits[1][0] not in "\"'":
        raise ComponentError("'slot' needs one name in quotes")
    nodelist = parser.parse(("endslot",))
    parser.delete_first_token()
    return SlotNode(bits[1][1:-1], nodelist)


# Filters


@register.filter
def figure(value: Any) -> str:
    """A number with its thousands set apart by commas, no padding of decimals; nothing for None.

    Django's zh-hans locale groups by four digits, which no statistical table in China does.
    """
    return "" if value is None or value == "" else f"{value:,}"


@register.filter
def number(value: Decimal | None, places: int = 2) -> str:
    """A stored number with at most so many decimals, half up, without the zeros the database pads it with."""
    if value is None:
        return ""
    text = f"{Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@register.filter
def into(value: Any, text: str) -> str:
    """A text with the value in place of ``%s``: "?year=%s" and 2026 are "?year=2026". ``stringformat`` takes no text before
    the value, and says nothing when it meets some."""
    return text.replace("%s", str(value))


@register.filter
def share(part: Any, whole: Any) -> str:
    """``part`` of ``whole`` as a percentage for the width of a bar, kept within 0-100; 0 when there is no whole."""
    if not whole or part is None:
        return "0"
    return f"{min(max(float(part) / float(whole), 0.0), 1.0) * 100:.2f}".rstrip("0").rstrip(".")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, marked (``tone`` not empty) or not."""

    text: str
    tone: str = ""
    label: str = ""


@register.filter
def pieces(text: str, spans: Iterable[Sequence[Any]]) -> Iterator[Piece]:
    """Text cut at the spans ``(start, end[, tone[, label]])``; a span that begins inside an earlier one is left out."""
    at = 0
    for start, end, *rest in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start < at:
            continue
        if start > at:
            yield Piece(text[at:start])
        yield Piece(text[start:end], str(rest[0]) if rest else "plum", str(rest[1]) if len(rest) > 1 else "")
        at = end
    if at < len(text):
        yield Piece(text[at:])
