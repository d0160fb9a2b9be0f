"""A tab that is closed or loaded anew in the middle of an answer: the question is not lost."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import opened
from tests.browser.script import Script

# Gradio's queue counts its events with what pandas has deprecated.
pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")]

STOPPED = "Stopped before there was an answer."


def begin(page: Page, question: str) -> None:
    page.locator("#box textarea").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".reply.working .said p").first).to_be_visible()


def test_a_reload_in_the_middle_of_an_answer_comes_back_to_the_question(page: Page, script: Script):
    begin(page, "endless, and loaded anew")
    page.wait_for_url("**/a/*")
    page.reload()
    expect(page.locator("#chat .question")).to_have_text("endless, and loaded anew")
    expect(page.locator(".reply.failure .said")).to_have_text(STOPPED)
    assert script.closed.acquire(timeout=10)
    page.get_by_role("button", name="Edit question").click()
    page.locator("#box textarea").fill("When did Kazakhstan join?")
    page.keyboard.press("Enter")
    expect(page.locator(".reply .short")).to_have_text("November 2020")
    assert page.locator("#chat .question").all_inner_texts() == ["When did Kazakhstan join?"]


def test_a_question_whose_tab_was_closed_is_among_the_conversations(browser: Browser, address: str, script: Script):
    with browser.new_context() as context:
        tab = opened(context.new_page(), address)
        begin(tab, "endless, and closed")
        tab.close()
        assert script.closed.acquire(timeout=10)
        page = opened(context.new_page(), address)
        page.locator("#history .toggle-button").click()
        page.get_by_role("radio", name="endless, and closed").check()
        expect(page.locator(".reply.failure .said")).to_have_text(STOPPED)
        expect(page.get_by_role("button", name="Ask again")).to_be_visible()
