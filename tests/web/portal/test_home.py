"""The front door, and what holds for every page of the portal."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from niangjia.programmes.catalogue.two_cancers_grant.definition import ILLNESS_WORDS
from tests import factories
from tests.personas import District
from tests.web.conftest import Browse
from tests.web.portal import own, walking

pytestmark = pytest.mark.django_db(databases=["default", "public"])

OPEN_TO_ALL = ("/", "/guide/", "/privacy/", "/apply/", "/notices/", "/notices/answer/", "/my/sign-in/")
STATIC = Path(settings.STATICFILES_DIRS[0])


def words(answer: object) -> str:
    text: str = answer.content.decode()  # type: ignore[attr-defined]
    return text


@pytest.fixture
def pages(as_persona: Browse, district: District) -> dict[str, str]:
    """Every page of the portal a resident can come to, by its address."""
    round_ = factories.open_round(district, title="2026年两癌救助第一批")
    client = as_persona("resident")
    draft = walking.complete(client, round_)
    sent = own.submitted(district, round_, 2)
    failed = own.sent_back_by_the_bank(district, factories.open_round(district, title="2026年两癌救助第二批"))
    paths = [*OPEN_TO_ALL[:-1], "/my/", f"/apply/round/{round_.pk}/", f"/apply/{sent.pk}/receipt/"]
    paths += [f"/apply/{draft}/{page.number}/" for page in walking.pages(round_)]
    paths += [f"/my/{failed.pk}/{part}" for part in ("", "data/", "withdraw/", "account/")]
    return {path: words(client.get(path)) for path in paths}


@pytest.mark.parametrize("path", OPEN_TO_ALL)
def test_anybody_may_read_it(path: str, client: Client) -> None:
    assert client.get(path).status_code == 200


def test_no_title_and_no_address_tells_of_an_illness(pages: dict[str, str]) -> None:
    secret = ("两癌", *ILLNESS_WORDS)
    told = {
        path: word
        for path, page in pages.items()
        for word in secret
        if word in re.findall("<title>(.*?)</title>", page, re.DOTALL)[0] or word in path
    }
    addresses = {link for page in pages.values() for link in re.findall(r'(?:href|src|action)="([^"]*)"', page)}
    words_in_addresses = ("cancer", "illness", "cervical", "breast", "%E7%99%8C", "癌")
    assert (told, [link for link in addresses if any(word in link for word in words_in_addresses)]) == ({}, [])


def test_every_page_has_a_title_of_its_own_and_one_heading(pages: dict[str, str]) -> None:
    assert {path: len(re.findall(r"<h1[ >]", page)) for path, page in pages.items()} == dict.fromkeys(pages, 1)


def test_nothing_is_fetched_from_elsewhere(pages: dict[str, str]) -> None:
    fetched = {link for page in pages.values() for link in re.findall(r'(?:src|action)="([^"]*)"', page)}
    fetched |= {link for page in pages.values() for link in re.findall(r'<link[^>]*href="([^"]*)"', page)}
    assert [link for link in fetched if not link.startswith("/") or link.startswith("//")] == []


def test_no_page_needs_a_script_or_a_style_written_into_it(pages: dict[str, str]) -> None:
    inline = r"<script(?![^>]* src=)[^>]*>|<style|\sstyle=|\son[a-z]+="
    assert {path: re.findall(inline, page) for path, page in pages.items()} == {path: [] for path in pages}


def test_pages_about_her_matters_offer_a_quick_way_out(pages: dict[str, str]) -> None:
    about_her = [path for path in pages if re.fullmatch(r"/my/(\d+/)?(data/)?|/apply/(round/)?\d+/(\d/)?", path)]
    assert (len(about_her), [path for path in about_her if "data-leave" not in pages[path]]) == (11, [])


def test_the_first_page_weighs_less_than_150_kilobytes(client: Client, district: District) -> None:
    page = words(client.get("/"))
    files = {link.partition("#")[0] for link in re.findall(r'(?:href|src)="/static/([^"]+)"', page)}
    weight = len(gzip.compress(page.encode())) + sum(len(gzip.compress((STATIC / name).read_bytes())) for name in files)
    assert (weight < 150_000, len(files) > 4) == (True, True)


def test_the_home_page_costs_few_queries(
    as_persona: Browse, district: District, django_assert_num_queries: object
) -> None:
    round_ = factories.open_round(district)
    client = as_persona("resident")
    own.draft(district, round_, 1)
    client.get("/")
    with django_assert_num_queries(9):  # type: ignore[operator]
        client.get("/")
    own.draft(district, round_, 2)
    own.returned(district, round_, 3)
    with django_assert_num_queries(9):  # type: ignore[operator]
        client.get("/")


# --- script and size ---------------------------------------------------------------------------------------------


def test_pages_are_read_in_the_script_and_size_one_chose(client: Client) -> None:
    answer = client.post("/preferences/", {"script": "hant", "next": "/guide/"})
    client.post("/preferences/", {"size": "large"})
    page = words(client.get("/guide/"))
    assert (answer["Location"], '<html lang="zh-Hant" data-size="large">' in page, "辦事指南" in page) == (
        "/guide/",
        True,
        True,
    )


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"script": "klingon"}, {}),
        ({"size": "huge"}, {}),
        ({"other": "large"}, {}),
        ({"size": "large"}, {"size": "large"}),
    ],
)
def test_only_known_choices_are_remembered(client: Client, sent: dict[str, str], kept: dict[str, str]) -> None:
    answer = client.post("/preferences/", sent)
    assert {name: answer.cookies[name].value for name in ("script", "size", "other") if name in answer.cookies} == kept


def test_a_choice_lasts_and_is_no_ones_business(client: Client) -> None:
    cookie = client.post("/preferences/", {"size": "large"}).cookies["size"]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (365 * 24 * 3600, True, "Lax")


@pytest.mark.parametrize("onward", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"])
def test_choosing_leads_to_no_other_site(client: Client, onward: str) -> None:
    assert client.post("/preferences/", {"size": "large", "next": onward})["Location"] == "/"


def test_looking_writes_nothing(client: Client) -> None:
    assert client.get("/preferences/").status_code == 405
