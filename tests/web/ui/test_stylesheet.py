"""The look kept within its promises: readable, light, and nothing from elsewhere."""

import gzip
import hashlib
import re
from pathlib import Path

import pytest

from niangjia.web.ui.tags import component

STATIC = Path(__file__).parents[3] / "niangjia" / "web" / "static"
CSS = (STATIC / "niangjia.css").read_text(encoding="utf-8")
TOKENS = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{3,6});", CSS))


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2, 0 (black) to 1 (white)."""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(TOKENS[one]), luminance(TOKENS[other])), reverse=True)
    return (high + 0.05) / (low + 0.05)


PLACES = ("white", "paper", "sand-50", "sand-100")
TEXT_PAIRS = [
    *[(text, place) for text in ("ink", "ink-2", "ink-3", "plum-700", "plum-800", "plum-900") for place in PLACES],
    *[(tone, place) for tone in ("ok", "due", "warn", "bad", "tea") for place in ("white", "paper", f"{tone}-bg")],
    *[(text, tint) for text in ("ink", "ink-2", "plum-700") for tint in ("plum-50", "plum-100", "sand-200")],
    *[("ink", f"{tone}-bg") for tone in ("ok", "due", "warn", "bad", "tea")],
    *[("white", ground) for ground in ("plum-700", "plum-800", "plum-900", "due")],
    ("plum-100", "plum-700"),
    ("plum-700", "bad-bg"),
]


@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_can_be_read_on_its_ground(text: str, ground: str) -> None:
    assert contrast(text, ground) >= 4.5


@pytest.mark.parametrize(
    ("mark", "ground"),
    [
        ("edge", "white"),
        ("edge", "paper"),
        ("plum-600", "white"),
        ("plum-600", "paper"),
        ("plum-600", "sand-100"),
        ("ok-fill", "white"),
        ("due-fill", "white"),
        ("bad-fill", "white"),
    ],
)
def test_edges_of_controls_and_focus_rings_stand_out(mark: str, ground: str) -> None:
    assert contrast(mark, ground) >= 3.0


def test_contrast_is_counted_as_wcag_counts_it() -> None:
    assert round((luminance("#ffffff") + 0.05) / (luminance("#000") + 0.05), 2) == 21.0
    assert round((luminance("#fff") + 0.05) / (luminance("#767676") + 0.05), 2) == 4.54


@pytest.mark.parametrize(("name", "limit"), [("niangjia.css", 12 * 1024), ("niangjia.js", 4 * 1024)])
def test_what_every_page_loads_stays_light(name: str, limit: int) -> None:
    assert len(gzip.compress((STATIC / name).read_bytes(), 9)) < limit


def test_nothing_is_fetched_from_elsewhere() -> None:
    found = {
        (path.name, address)
        for path in STATIC.rglob("*")
        if path.suffix in (".css", ".js", ".svg", ".webmanifest")
        for address in re.findall(r"(?:https?:)?//[a-z][\w.-]+\.[a-z]+[^\s\"')]*", path.read_text(encoding="utf-8"))
    }
    assert {address for _, address in found} == {"http://www.w3.org/2000/svg"}


def test_every_file_the_sheet_names_is_there() -> None:
    named = re.findall(r'url\("?([^")]+)"?\)', CSS)
    assert [name for name in named if not (STATIC / name).is_file()] == []


def test_every_colour_used_is_a_token_that_is_declared() -> None:
    declared = set(re.findall(r"(--[a-z0-9-]+):", CSS))
    gallery = (STATIC / "gallery.css").read_text(encoding="utf-8")
    assert sorted(set(re.findall(r"var\((--[a-z0-9-]+)\)", CSS + gallery)) - declared) == []


def test_every_token_is_used() -> None:
    declared = set(re.findall(r"(--[a-z0-9-]+):", CSS))
    gallery = (STATIC / "gallery.css").read_text(encoding="utf-8")
    assert sorted(declared - set(re.findall(r"var\((--[a-z0-9-]+)\)", CSS + gallery))) == []


def test_old_phone_browsers_are_not_locked_out() -> None:
    assert re.findall(r"@layer|@container|@scope|color-mix\(|oklch\(|^\s*&", CSS, re.MULTILINE) == []


def test_the_sprite_holds_exactly_the_icons_a_page_may_name() -> None:
    drawn = re.findall(r'<symbol id="([a-z-]+)"', (STATIC / "icons.svg").read_text(encoding="utf-8"))
    assert sorted(drawn) == sorted(component("icon").props["name"].choices)


def test_every_drawing_for_an_empty_page_is_there() -> None:
    drawn = re.findall(r'<symbol id="([a-z-]+)"', (STATIC / "art.svg").read_text(encoding="utf-8"))
    assert sorted(drawn) == sorted([*component("empty").props["art"].choices, "home"])


def test_vendored_files_are_the_ones_the_lock_names() -> None:
    vendor = STATIC / "vendor"
    lines = [line.split() for line in (vendor / "vendor.lock").read_text(encoding="utf-8").splitlines()[1:]]
    locked = {file: digest for _, _, file, digest, _ in lines}
    there = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in vendor.iterdir()
        if path.name != "vendor.lock"
    }
    assert there == locked
