"""Markup in documents, titles, questions and answers stays text: nothing is fetched, posted or run."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import answered, first_visit, opened
from tests.browser.script import ECHO, HOSTILE, VECTORS

# Gradio's queue counts its events with what pandas has deprecated.
pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")]

TOGETHER = 6
"""Texts in one conversation: with every answer all of it is sent and drawn anew."""
ACTIVE = "img, picture, svg, form, input, iframe, object, embed, video, audio, link, meta, base, style, script, math"


class Watched:
    """A page, the foreign addresses it asked for and the dialogs it opened."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.foreign: list[str] = []
        self.dialogs: list[str] = []
        self._here = urlsplit(address).netloc
        page.on("request", self._note_request)
        page.on("dialog", self._note_dialog)
        page.on("popup", lambda popup: self.foreign.append(f"popup {popup.url}"))

    def _note_request(self, request) -> None:
        target = urlsplit(request.url)
        if target.scheme not in ("data", "blob") and target.netloc != self._here:
            self.foreign.append(request.url)

    def _note_dialog(self, dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()


@pytest.fixture
def watched(desktop: BrowserContext, address: str) -> Iterator[Watched]:
    with first_visit(desktop, address) as page:
        watched = Watched(page, address)
        opened(page, address)
        yield watched


def ask(page: Page, question: str) -> None:
    page.locator("#box textarea").fill(question)
    page.keyboard.press("Enter")
    answered(page)


def settle(page: Page) -> None:
    """Return when what the page drew last had its chance to ask for something."""
    page.evaluate(
        """async () => {
          await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
          await fetch("/healthz");
        }"""
    )


def active_elements(page: Page, where: str) -> list[str]:
    return page.locator(where).evaluate_all(
        "(roots, active) => roots.flatMap(root => [...root.querySelectorAll(active)].map(each => each.outerHTML))",
        ACTIVE,
    )


def foreign_links(page: Page, where: str) -> list[str]:
    links = page.locator(f"{where} a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    return [link for link in links if not link.startswith("/documents/")]


def test_hostile_text_in_question_title_quote_and_answer_stays_text(watched: Watched):
    ask(watched.page, HOSTILE)
    settle(watched.page)
    assert active_elements(watched.page, ".question, .reply") == []
    assert foreign_links(watched.page, "#chat") == []
    assert (watched.foreign, watched.dialogs) == ([], [])


def altered(page: Page, vectors: Sequence[str]) -> Iterator[str]:
    """Ask each text as a question, and give what is not shown as it was written."""
    for count, vector in enumerate(vectors, start=1):
        page.locator("#box textarea").fill(f"{ECHO} {vector}")
        page.keyboard.press("Enter")
        answered(page, count)
        shown = (page.locator(".question").last.inner_text(), page.locator(".reply .said").last.inner_text())
        written = "".join(f"{ECHO}{vector}".split())
        yield from (each for each in shown if written not in "".join(each.split()))


def test_each_hostile_text_alone_is_shown_as_it_was_written(watched: Watched):
    page = watched.page
    found: list[str] = []
    for first in range(0, len(VECTORS), TOGETHER):
        found += altered(page, VECTORS[first : first + TOGETHER])
        settle(page)
        found += active_elements(page, ".question, .reply") + foreign_links(page, "#chat")
        page.get_by_role("button", name="New conversation").click()
        expect(page.locator(".reply")).to_have_count(0)
    assert found == []
    assert (watched.foreign, watched.dialogs) == ([], [])


def test_a_hostile_document_opens_in_the_panel_as_text(watched: Watched):
    ask(watched.page, HOSTILE)
    watched.page.locator(".finished a.card").click()
    expect(watched.page.locator("#source mark", has_text="evil.example/24.png")).to_be_visible()
    settle(watched.page)
    assert active_elements(watched.page, "#source .page") == []
    assert watched.page.locator("#source .page a").count() == 0
    assert (watched.foreign, watched.dialogs) == ([], [])


def test_a_hostile_document_on_its_own_page_stays_text(watched: Watched, address: str):
    watched.page.goto(f"{address}/documents/added/hostile?start=0&end={len(HOSTILE)}#passage")
    expect(watched.page.locator("mark", has_text="evil.example/24.png")).to_be_visible()
    watched.page.wait_for_load_state("networkidle")
    assert active_elements(watched.page, "article") == []
    assert (watched.foreign, watched.dialogs) == ([], [])


def test_the_page_loads_nothing_from_another_host(watched: Watched):
    ask(watched.page, "When did Kazakhstan join the Initiative?")
    settle(watched.page)
    assert watched.foreign == []


def test_nothing_of_a_question_is_kept_in_the_browser(watched: Watched):
    ask(watched.page, "When did Kazakhstan join, said the unmistakable heron?")
    kept = watched.page.evaluate(
        """async () => {
          const stores = { ...localStorage, ...sessionStorage };
          const databases = (await indexedDB.databases()).map((each) => each.name);
          return JSON.stringify([stores, databases, document.cookie]);
        }"""
    )
    assert "heron" not in kept
    assert watched.page.evaluate("async () => (await indexedDB.databases()).length") == 0
