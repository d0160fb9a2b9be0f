"""Conversations that are kept: found again, named, searched, deleted, taken away, and judged."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect

from app.conversations.archive import Archive, open_archive
from app.conversations.store import FILE_NAME, Store
from app.conversations.types import Exchanged
from app.identity.types import LOCAL
from app.serve import build_app
from app.settings import Settings
from tests.browser.conftest import answered, opened
from tests.browser.script import Script, kazakhstan
from tests.browser.server import serving

ANSWER = "Kazakhstan joined the Initiative in November 2020"
QUESTION = "When did Kazakhstan join?"

pytestmark = pytest.mark.browser


def served(script: Script, folder: Path, *, days: int = 30) -> AbstractContextManager[str]:
    """Serve the API and the page over a folder that outlives the server, and give their address."""

    def build(port: int) -> FastAPI:
        return build_app(Settings(_env_file=None, port=port, data_dir=folder, retention_days=days), script.services())

    return serving(build)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="module")
def address(folder: Path, script: Script) -> Iterator[str]:
    """A server that keeps conversations, other than those of the tests around."""
    with served(script, folder) as address:
        yield address


@pytest.fixture
def archive(folder: Path) -> Archive:
    """What that server keeps; nothing, at first."""
    Store(folder).erase(LOCAL.name)
    return open_archive(folder, days=30)


@pytest.fixture
def keeping(archive: Archive, page: Page) -> Page:
    """The empty page of that server, nothing being kept yet."""
    return page


def ask(page: Page, question: str, count: int = 1) -> None:
    page.locator("#box textarea").fill(question)
    page.locator("#box textarea").press("Enter")
    answered(page, count)


def open_list(page: Page) -> None:
    page.get_by_role("button", name="Conversations").click()
    expect(page.get_by_label("Search questions and answers")).to_be_visible()


def keep(archive: Archive, title: str) -> str:
    said = Exchanged(title, "answered", 1, answer=kazakhstan(title))
    return archive.conversations.create(LOCAL.name, title=title, first=said)


def test_a_conversation_survives_a_reload_and_a_restart_of_the_server(browser: Browser, tmp_path: Path, script: Script):
    with served(script, tmp_path) as address, browser.new_context() as context:
        page = opened(context.new_page(), address)
        ask(page, QUESTION)
        page.wait_for_url("**/a/*")
        link = urlsplit(page.url).path
        page.reload()
        expect(page.locator("#chat")).to_contain_text(ANSWER)
    with served(script, tmp_path) as address, browser.new_context() as context:
        page = context.new_page()
        page.goto(address + link)
        expect(page.locator("#chat")).to_contain_text(ANSWER)
        expect(page.locator("#chat .question")).to_have_text(QUESTION)
        ask(page, "And before?", 2)
        page.reload()
        expect(page.locator("#chat .question")).to_have_text([QUESTION, "And before?"])
        assert urlsplit(page.url).path == link


def test_a_conversation_is_opened_renamed_and_deleted(keeping: Page, archive: Archive):
    keep(archive, "Old question")
    keep(archive, QUESTION)
    keeping.reload()
    open_list(keeping)
    keeping.get_by_role("radio", name="Old question").check()
    expect(keeping.locator("#chat .question")).to_have_text("Old question")
    keeping.get_by_label("Title of this conversation").fill("Accession")
    keeping.get_by_role("button", name="Rename").click()
    expect(keeping.get_by_role("radio", name="Accession")).to_be_checked()
    keeping.get_by_role("button", name="Delete", exact=True).click()
    keeping.get_by_role("button", name="Delete for good").click()
    expect(keeping.get_by_role("radio", name="Accession")).to_have_count(0)
    expect(keeping.locator("#chat .question")).to_have_count(0)
    assert [each.title for each in archive.conversations.listed(LOCAL.name).conversations] == [QUESTION]


def search_for(page: Page, words: str) -> None:
    """Search until the list answers: what is typed while the page is still being built can be lost."""
    search = page.get_by_label("Search questions and answers")
    for _ in range(5):
        search.fill(words)
        search.press("Enter")
        with suppress(AssertionError):
            expect(page.locator("#kept label")).to_have_count(1, timeout=4_000)
            return


def test_the_list_is_searched_and_links_lead_away_from_the_page(keeping: Page, archive: Archive):
    keep(archive, "About Tashkent")
    id = keep(archive, "About Almaty")
    keeping.goto(f"{keeping.url.rstrip('/')}/a/{id}")
    expect(keeping.locator("#chat")).to_contain_text(ANSWER)
    open_list(keeping)
    expect(keeping.locator("#kept label")).to_have_count(2)
    search_for(keeping, "tashk")
    expect(keeping.locator("#kept label")).to_have_text("About Tashkent")
    with keeping.expect_download() as download:
        keeping.get_by_role("link", name="Briefing note (Word)").click()
    assert download.value.suggested_filename == "about-almaty.docx"


def test_what_a_reader_says_about_an_answer_is_kept(keeping: Page, archive: Archive):
    ask(keeping, QUESTION)
    keeping.get_by_role("button", name="Wrong citation").click()
    expect(keeping.get_by_label("What is wrong or missing?")).to_be_in_viewport()
    keeping.get_by_role("radio", name="2 · 14th Round-Table Meeting").check()
    keeping.get_by_label("What is wrong or missing?").fill("Another meeting is meant.")
    keeping.get_by_role("button", name="Send").click()
    expect(keeping.locator("#thanks")).to_contain_text("Thank you")
    feedback = archive.book.entries()[0].feedback
    assert (feedback.verdict, feedback.label) == ("wrong_citation", 2)
    assert (feedback.comment, feedback.generation) == ("Another meeting is meant.", 0)
    assert feedback.answer == kazakhstan(QUESTION)


def test_a_question_asked_again_takes_the_place_of_the_first(keeping: Page, archive: Archive):
    ask(keeping, QUESTION)
    keeping.wait_for_url("**/a/*")
    keeping.get_by_role("button", name="Ask again").click()
    answered(keeping)
    kept = archive.conversations.listed(LOCAL.name).conversations
    assert [each.turns for each in kept] == [1]


def test_the_notice_says_what_is_kept(keeping: Page):
    expect(keeping.locator("#notice")).to_contain_text("kept on this server until 30 days after the last one")


def test_where_nothing_is_kept_the_page_says_so_and_writes_nothing(browser: Browser, tmp_path: Path, script: Script):
    with served(script, tmp_path / "data", days=0) as address, browser.new_context() as context:
        page = opened(context.new_page(), address)
        ask(page, QUESTION)
        expect(page.locator("#notice")).to_contain_text("Nothing you ask is saved")
        expect(page.locator("#history, #opinion")).to_have_count(0)
    assert not (tmp_path / "data" / FILE_NAME).exists()


def test_a_link_that_leads_nowhere_says_so(keeping: Page):
    keeping.goto(f"{keeping.url.rstrip('/')}/?a=never-made")
    open_list(keeping)
    expect(keeping.locator("#history-state")).to_contain_text("not here, or not any more")
