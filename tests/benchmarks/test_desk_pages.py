"""The benchmark of the desk finds pages by their links and counts every statement sent for them."""

from __future__ import annotations

import pytest
from django.db import connection

from benchmarks import desk_pages
from benchmarks._site import EMPTY
from benchmarks.desk_pages import Page
from tests.personas import District


def test_links_inside_the_rooms_are_followed_and_no_others() -> None:
    page = (
        '<a class="x" href="/desk/cases/?kind=review&amp;page=2">1</a><a href="?sort=name">2</a>'
        '<a href="/">3</a><a href="https://example.org/desk/">4</a><a href="#main">5</a><link href="/desk/x.css">'
    )
    assert desk_pages.links(page, "/desk/cases/") == ["/desk/cases/?kind=review&page=2", "/desk/cases/?sort=name"]


def test_each_route_is_judged_by_its_most_asking_page() -> None:
    few, many, other = Page("b:x", "/1", "u", ("1",)), Page("b:x", "/2", "v", ("1", "2")), Page("a:y", "/3", "u", ())
    assert list(desk_pages.most_asking([few, many, other]).items()) == [("a:y", other), ("b:x", many)]


def test_every_statement_is_counted(db: None) -> None:
    with desk_pages.statements() as sent, connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.execute("SELECT 2")
    assert sent == ["SELECT 1", "SELECT 2"]


def test_an_officers_pages_are_found_from_where_she_lands(district: District) -> None:
    username = district.accounts["dunren"].username
    found = desk_pages.most_asking(desk_pages.pages_of(username, desk_pages.sign_in(username)))
    assert {"inbox:index", "cases:index", "org:index", "help:index"} <= set(found)
    assert {page.username for page in found.values()} == {username}
    assert min(len(page.statements) for page in found.values()) > 2


@pytest.mark.urls("benchmarks._site")
def test_the_empty_page_is_a_page_of_the_desk_with_nothing_on_it(district: District) -> None:
    page = desk_pages.sign_in(district.accounts["dunren"].username).get(EMPTY)
    assert page.status_code == 200
    main = page.content.decode().partition('<main class="page" id="main" tabindex="-1">')[2].partition("</main>")[0]
    assert main.strip() == ""
    assert '<nav class="rooms"' in page.content.decode()
