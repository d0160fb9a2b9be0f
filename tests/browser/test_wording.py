"""What the server says on the page, in the language and the colours of the page."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import answered, opened

# Gradio's queue counts its events with what pandas has deprecated.
pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")]

QUESTION = "When did Kazakhstan join the Initiative?"


@pytest.fixture
def french(browser: Browser, address: str) -> Iterator[Page]:
    with browser.new_context(locale="fr-FR") as context:
        yield opened(context.new_page(), address)


def ask(page: Page, question: str) -> None:
    page.locator("#box textarea").fill(question)
    page.keyboard.press("Enter")


def test_an_example_is_asked_in_the_language_of_the_page(french: Page):
    french.get_by_role("button", name="Quand le Kazakhstan a-t-il rejoint l’Initiative ?").click()
    expect(french.locator("#chat .question")).to_have_text("Quand le Kazakhstan a-t-il rejoint l’Initiative ?")


def test_an_error_is_told_in_the_language_of_the_page(french: Page):
    ask(french, "broken")
    expect(french.locator(".reply.failure .said")).to_have_text(
        "Le serveur de recherche n’a pas répondu à temps ; veuillez réessayer."
    )


def test_a_refusal_leads_on_to_everything_on_file(page: Page, address: str):
    ask(page, "What is the weather?")
    answered(page)
    page.wait_for_url("**/a/*")
    page.locator(".reply.refusal").get_by_role("link", name="Explore").click()
    expect(page.locator("#view-explore")).to_be_visible()
    assert page.url.endswith("#explore")


def test_a_document_follows_the_language_and_the_colours_of_the_page(browser: Browser, address: str):
    with browser.new_context(color_scheme="light") as context:
        page = opened(context.new_page(), address)
        page.get_by_role("button", name="Français").click()
        page.get_by_role("button", name="Couleurs sombres").click()
        ask(page, QUESTION)
        page.locator(".finished a.label").first.click()
        expect(page.locator("#source .page")).to_contain_text("D’où cela vient")
        page.goto(f"{address}/documents/meetings/ca-rtm-14")
        expect(page.locator(".facts")).to_contain_text("état : 5 juin 2021")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 21, 20)"
