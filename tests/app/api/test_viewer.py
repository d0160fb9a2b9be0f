"""The page of a document: its text, its sources, the quoted passage; nothing in it is ever active."""

from html import unescape

import pytest
from bs4 import BeautifulSoup

from app.api.viewer import document_page
from tests.app.api.script import BARE, HOSTILE, HOSTILE_DOCUMENT, QUOTE, ROUND_TABLE, TEXT, TITLE, at, client

PATH = "/documents/meetings/round-table"
NOTICE = "The passage asked for is not in this text. Here is the whole document."


def shown(page: str) -> BeautifulSoup:
    return BeautifulSoup(page, "html.parser")


def marks(page: str) -> list[tuple[str | None, str]]:
    return [(mark.get("id"), mark.get_text()) for mark in shown(page).find_all("mark")]


def test_a_document_shows_title_facts_text_and_sources():
    article = shown(document_page(ROUND_TABLE)).find("article", class_="document")
    assert [(each.name, each.get_text()) for each in article.find_all(["h1", "h2", "h3", "p", "li"])] == [
        ("h1", TITLE),
        ("p", "Meeting · Central Asia · as of 3 June 2021 · 3 sources"),
        ("p", "Page 1"),
        ("h2", "Decisions"),
        ("p", f"{QUOTE} Experts took part."),
        ("li", "One field exercise"),
        ("li", "Two working groups"),
        ("p", "Page 2"),
        ("h3", "Next steps"),
        ("p", "Nothing is planned & nothing was promised."),
        ("h2", "Where this comes from"),
        ("li", "Report, UNICRI, as of 3 June 2021"),
        ("li", "A plain page, undated"),
        ("li", "A trap, as of 2020"),
    ]


def test_sources_are_linked_when_they_are_on_the_web_and_open_without_a_trace():
    links = shown(document_page(ROUND_TABLE)).select(".sources a")
    assert [link.attrs for link in links] == [
        {"href": "https://example.org/report?a=1&b=2", "target": "_blank", "rel": ["noopener", "noreferrer"]},
        {"href": "http://example.org/plain", "target": "_blank", "rel": ["noopener", "noreferrer"]},
    ]


def test_a_text_without_sections_is_shown_under_its_title():
    article = shown(document_page(BARE)).article
    assert [each.get_text() for each in article.find_all(["h1", "p"])] == ["Bare", "Document", "Only words."]


@pytest.mark.parametrize(
    "passage",
    [
        pytest.param(QUOTE, id="a sentence"),
        pytest.param("met in Tash", id="within words"),
        pytest.param(TITLE, id="the title"),
        pytest.param("Next steps", id="a heading"),
        pytest.param("Two working groups", id="an item"),
        pytest.param("planned & nothing", id="an ampersand"),
        pytest.param("exercise\nTwo", id="over two items"),
        pytest.param("took part.\n\nOne field exercise\nTwo", id="over a paragraph and a list"),
        pytest.param("groups\n\nNext steps\n\nNothing", id="over a heading"),
        pytest.param(TEXT, id="everything"),
    ],
)
def test_the_passage_is_marked_exactly(passage: str):
    offsets = {name: str(value) for name, value in at(TEXT, passage).items()}
    assert marks(document_page(ROUND_TABLE, **offsets)) == [("passage", passage)]


@pytest.mark.parametrize("passage", ["exercise\nTwo", "groups\n\nNext steps\n\nNothing", TEXT])
def test_a_mark_over_several_paragraphs_loses_no_text(passage: str):
    offsets = {name: str(value) for name, value in at(TEXT, passage).items()}
    article = shown(document_page(ROUND_TABLE, **offsets)).article
    words = article.get_text(" ").split()
    assert [word for word in TEXT.split() if word not in words] == []


@pytest.mark.parametrize(
    ("start", "end"),
    [
        pytest.param("5", None, id="no end"),
        pytest.param(None, "5", id="no start"),
        pytest.param("5", "5", id="nothing between"),
        pytest.param("9", "5", id="backwards"),
        pytest.param("-1", "5", id="before the text"),
        pytest.param("0", str(len(TEXT) + 1), id="behind the text"),
        pytest.param("0", "9" * 5_000, id="a number of 5,000 digits"),
        pytest.param("", "", id="empty"),
        pytest.param("a", "<script>", id="no numbers"),
        pytest.param("１", "５", id="numbers of another script"),
        pytest.param("1e0", "5.0", id="broken numbers"),
        pytest.param(str(len(TITLE)), str(len(TITLE) + 2), id="only white space"),
    ],
)
def test_a_passage_that_is_not_there_leaves_the_whole_document_and_says_so(start: str | None, end: str | None):
    page = document_page(ROUND_TABLE, start=start, end=end)
    assert shown(page).find(class_="notice").get_text() == NOTICE
    assert marks(page) == []
    assert page.replace(str(shown(page).find(class_="notice")) + "\n", "") == document_page(ROUND_TABLE)


def test_markup_in_every_part_of_a_document_stays_text():
    page = document_page(HOSTILE_DOCUMENT, start="0", end="20")
    found = shown(page)
    assert {element.name for element in found.find_all()} == set(
        "html head meta title link body nav a main article h1 p mark time section h2 ol li".split()
    )
    assert found.title.get_text() == f"{HOSTILE} · CoE Assistant"
    assert (found.html.attrs, found.article["lang"]) == ({"lang": "en"}, HOSTILE)
    assert [link["href"] for link in found.find_all("a")] == ["/", "#sources"]
    assert "<script" not in page
    assert "![x](https://evil.example/1.png)" in unescape(page)


def test_the_page_runs_no_script_and_loads_its_style_from_here():
    found = shown(document_page(ROUND_TABLE))
    assert found.find_all(["script", "style"]) == []
    assert [link.attrs for link in found.find_all("link")] == [{"rel": ["stylesheet"], "href": "/viewer.css"}]
    assert [each for element in found.find_all() for each in element.attrs if each.startswith(("on", "style"))] == []


def test_a_citation_opens_its_document_at_its_quote():
    response = client().get(PATH, params=at(TEXT, QUOTE))
    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert marks(response.text) == [("passage", QUOTE)]


def test_the_style_has_a_light_and_a_dark_face():
    response = client().get("/viewer.css")
    assert (response.status_code, response.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert "@media (prefers-color-scheme: dark)" in response.text


@pytest.mark.parametrize(
    ("language", "facts", "scheme"),
    [
        ("en", "Meeting · Central Asia · as of 3 June 2021 · 3 sources", "light dark"),
        ("fr", "Réunion · Central Asia · état : 3 juin 2021 · 3 sources", "light dark"),
        ("ru", "Встреча · Central Asia · по состоянию на 3 июня 2021 · 3 источника", "dark"),
    ],
)
def test_the_page_follows_the_readers_language_and_colours(language: str, facts: str, scheme: str):
    cookies = f"language={language}; colours={scheme}"
    response = client().get(PATH, headers={"cookie": cookies})
    found = shown(response.text)
    assert found.find(class_="facts").get_text() == facts
    assert (found.html["lang"], found.article["lang"]) == (language, "en")
    assert found.html.get("data-colours") == (scheme if scheme == "dark" else None)
    assert found.find("meta", attrs={"name": "color-scheme"})["content"] == scheme
    assert "Cookie" in response.headers["vary"]


def test_an_unknown_document_is_a_problem():
    response = client().get("/documents/meetings/none")
    assert (response.status_code, response.headers["content-type"], response.json()["code"]) == (
        404,
        "application/problem+json",
        "unknown_document",
    )
