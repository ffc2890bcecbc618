"""Every class a page names is known to a stylesheet or a script: a misspelt one would silently do nothing."""

import re
from pathlib import Path

WEB = Path(__file__).parents[2] / "niangjia" / "web"
ATTRIBUTE = re.compile(r"""\bclass="([^"]*)\"""")
TAGS = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)
NAME = re.compile(r"\.([A-Za-z][\w-]*)")


def named() -> dict[str, str]:
    """The classes of all templates, each with one page that names it. What a variable completes is left out."""
    found: dict[str, str] = {}
    for page in WEB.rglob("*.html"):
        for value in ATTRIBUTE.findall(TAGS.sub("\0", page.read_text(encoding="utf-8"))):
            found |= {name: page.relative_to(WEB).as_posix() for name in value.split() if "\0" not in name}
    return found


def known() -> set[str]:
    static = WEB / "static"
    sources = [*static.rglob("*.css"), *static.rglob("*.js")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    return set(NAME.findall(text)) | set(re.findall(r"[\"' ]([a-z][\w-]*)[\"' ]", text))


def test_every_class_a_page_names_is_known_to_a_stylesheet_or_script() -> None:
    styles = known()
    assert {name: page for name, page in named().items() if name not in styles} == {}
