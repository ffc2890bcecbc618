"""The handbook opens on the reader's own page, and every page and picture of it is there."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from niangjia.web.desk.help.views import FOLDER, PAGES, TOPICS
from tests.web.conftest import Browse


@pytest.mark.parametrize(
    ("who", "heading"),
    [
        ("chair", "区妇联工作人员"),
        ("dunren", "镇街妇联"),
        ("dadongmen", "村（社区）妇联主席"),
        ("health", "协作部门联络员"),
    ],
)
def test_it_opens_on_the_readers_own_page(as_persona: Browse, who: str, heading: str) -> None:
    assert f"<h1>{heading}</h1>" in as_persona(who).get("/desk/help/").content.decode()


@pytest.mark.parametrize("page", [*PAGES, *TOPICS])
def test_every_page_opens(as_persona: Browse, page: str) -> None:
    assert as_persona("chair").get(f"/desk/help/{page}/").status_code == 200


def test_no_page_is_written_that_nobody_can_open() -> None:
    assert sorted(path.stem for path in (FOLDER / "handbook").glob("*.md")) == sorted([*PAGES, *TOPICS])


@pytest.fixture(scope="module")
def words_of_pages() -> str:
    """Everything a page of the house may say."""
    house = settings.BASE / "niangjia"
    files = [path for kind in ("*.html", "*.py") for path in house.rglob(kind)]
    return "".join(path.read_text(encoding="utf-8") for path in files)


@pytest.mark.parametrize("page", TOPICS)
def test_what_a_matter_tells_to_press_is_on_some_page_and_it_says_what_to_do_when_it_goes_wrong(
    words_of_pages: str, page: str
) -> None:
    text = (FOLDER / "handbook" / f"{page}.md").read_text(encoding="utf-8")
    named = (name for name in re.findall("“([^”]+)”", text) if not re.search("[0-9#]", name))  # no examples of figures
    assert [name for name in named if name not in words_of_pages] == []
    assert "\n## 出了问题\n" in text


def test_there_is_no_other_page(as_persona: Browse) -> None:
    assert as_persona("chair").get("/desk/help/nobody/").status_code == 404


@pytest.mark.parametrize("page", sorted((FOLDER / "handbook").glob("*.md")), ids=lambda path: path.name)
def test_every_picture_it_shows_exists(page: Path) -> None:
    names = re.findall(r"\.\./pictures/([\w-]+\.png)", page.read_text(encoding="utf-8"))
    assert [name for name in names if not (FOLDER / "pictures" / name).is_file()] == []


@pytest.mark.parametrize("name", ["../../config/settings.py", "x.png", "..%2f..%2fLICENSE"])
def test_nothing_but_pictures_is_served(as_persona: Browse, name: str) -> None:
    assert as_persona("chair").get(f"/desk/help/pictures/{name}").status_code == 404
