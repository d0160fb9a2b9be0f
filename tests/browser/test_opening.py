"""The first seconds of the page: something to read and to write in before Gradio is there, and nothing lost then."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import answered, opened
from tests.browser.stage import held

# Gradio's queue counts its events with what pandas has deprecated.
pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")]

QUESTION = "When did Kazakhstan join the Initiative?"
TIMES = """() => ({
  first: performance.getEntriesByName("first-contentful-paint")[0].startTime,
  gradio: Math.max(...performance.getEntriesByType("resource").map((each) => each.responseEnd)),
})"""


@pytest.fixture
def early(browser: Browser, address: str) -> Iterator[tuple[Page, Callable[[], None]]]:
    """The page before Gradio, and what lets Gradio come."""
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        with held(page) as release:
            page.goto(address, wait_until="commit")
            yield page, release


def test_there_is_something_to_read_and_to_write_in_before_gradio(early: tuple[Page, Callable[[], None]]):
    page, _ = early
    expect(page.get_by_role("heading", name="What do the documents say?")).to_be_visible()
    expect(page.get_by_role("link", name="Explore")).to_be_visible()
    expect(page.get_by_label("Your question")).to_be_focused()
    assert page.locator("gradio-app *").count() == 0


def test_the_first_content_comes_within_a_second(browser: Browser, address: str):
    times = []
    for _ in range(3):
        with browser.new_context() as context:
            times.append(opened(context.new_page(), address).evaluate(TIMES))
    # On a busy machine, Gradio's own scripts say how slow it is, and the best of three counts.
    assert any(each["first"] < max(1_000, each["gradio"] / 2) for each in times), times


def test_words_written_while_gradio_comes_are_all_there(early: tuple[Page, Callable[[], None]]):
    page, release = early
    expect(page.get_by_label("Your question")).to_be_focused()
    page.keyboard.type(QUESTION[:10])
    release()
    page.keyboard.type(QUESTION[10:], delay=20)
    page.locator("#opening").wait_for(state="detached")
    expect(page.locator("#box textarea")).to_be_focused()
    page.keyboard.type(" Please.")
    expect(page.locator("#box textarea")).to_have_value(f"{QUESTION} Please.")


@pytest.mark.parametrize("how", ["written", "example"])
def test_a_question_asked_before_gradio_is_answered(early: tuple[Page, Callable[[], None]], how: str):
    page, release = early
    if how == "written":
        page.get_by_label("Your question").fill(QUESTION)
        page.keyboard.press("Enter")
    else:
        page.get_by_role("button", name=QUESTION).click()
    release()
    answered(page)
    assert page.locator("#chat .question").all_inner_texts() == [QUESTION]
    expect(page.locator("#box textarea")).to_have_value("")


def test_the_box_takes_no_words_from_another(page: Page):
    page.locator("#box textarea").fill("endless")
    page.keyboard.press("Enter")
    expect(page.locator(".reply.working .said p").first).to_be_visible()
    page.locator("#history .toggle-button").click()
    search = page.get_by_label("Search questions and answers")
    search.press_sequentially("Tashkent and Almaty", delay=20)
    expect(search).to_have_value("Tashkent and Almaty")
    expect(page.locator("#box textarea")).to_have_value("")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".reply.stopped")).to_have_count(1)
