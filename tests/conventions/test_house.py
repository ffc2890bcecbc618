"""House rules that are tests, not pages."""

import ast
import re
from pathlib import Path

import pytest
import yaml
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).parents[2]
HOUSE = ROOT / "niangjia"
OURS = [config for config in apps.get_app_configs() if config.name.startswith("niangjia.")]


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> list[tuple[str, URLPattern]]:
    found: list[tuple[str, URLPattern]] = []
    for entry in patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            found += routes(entry.url_patterns, path)
        else:
            found.append((path, entry))
    return found


ROUTES = [(path, entry) for path, entry in routes(get_resolver().url_patterns) if not path.startswith("accounts/")]


@pytest.mark.parametrize(("path", "entry"), ROUTES, ids=[path or "/" for path, _ in ROUTES])
def test_every_view_says_who_may_call_it(path: str, entry: URLPattern) -> None:
    assert hasattr(entry.callback, "guard")


def test_every_table_has_a_retention_line_and_no_line_is_left_over() -> None:
    written = set(yaml.safe_load((ROOT / "config" / "retention.yaml").read_text(encoding="utf-8"))) - {"version"}
    assert written == {
        model._meta.label
        for config in OURS
        for model in config.get_models()
        if model.__module__.startswith("niangjia.")
    }


ACTIONS = sorted(path for path in HOUSE.rglob("*.py") if path.stem == "actions" or path.parent.name == "actions")


@pytest.mark.parametrize("path", ACTIONS, ids=lambda path: str(path.relative_to(HOUSE)))
def test_a_write_says_its_arguments_by_name(path: Path) -> None:
    loose = [
        node.name
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
        and any(argument.arg == "by" for argument in node.args.args)
        and not node.name.startswith("_")
    ]
    assert loose == []


SOURCES = sorted(p for p in HOUSE.rglob("*.py") if "migrations" not in p.parts and p.name != "__init__.py")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_a_module_says_what_it_is_for(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree) is not None or path.name == "apps.py"


PAGES = sorted(HOUSE.rglob("*.html"))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_a_page_asks_no_outside_host_and_carries_no_inline_code(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert (
        re.findall(r"<(?:link|script|img|iframe|source)[^>]*https?://|<style|\sstyle=|\son[a-z]+=[\"']|<script>", text)
        == []
    )


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_a_page_formats_no_value_with_text_before_it(path: Path) -> None:
    """``stringformat`` puts the per cent sign first: with text there it says nothing, and a link leads nowhere."""
    formats = re.findall(r'stringformat:"([^"]*)"', path.read_text(encoding="utf-8"))
    assert [one for one in formats if re.search(r"%[ds]", one.replace("%%", ""))] == []


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md", "docs/operations.md", "docs/security.md"])
def test_a_path_a_document_names_exists(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    named = set(re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text))
    named |= set(re.findall(r"`((?:config|tests|docs|core|web|access|programmes|files)/[\w./-]+)`", text))
    missing = [
        p
        for p in named
        if not ((ROOT / name).parent / p).exists() and not (HOUSE / p).exists() and not (ROOT / p).exists()
    ]
    assert missing == []


def test_every_room_stands_on_the_map() -> None:
    rooms = {path.parent.name for path in HOUSE.glob("*/__init__.py")}
    map_of = (ROOT / "README.md").read_text("utf-8").split("## The map of the house")[1].split("```")[1]
    assert {room for room in rooms if not re.search(rf"\b{room}\b", map_of)} == set()
