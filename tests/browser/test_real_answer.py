"""The chat page over real documents: the whole assistant behind it, nothing scripted."""

import pytest
from playwright.sync_api import Page, expect

# Gradio's queue counts its events with what pandas has deprecated.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.model,
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),
]

ACCESSION = "Kazakhstan joined the EU CBRN CoE Initiative in November 2020 as its 62nd partner country."


@pytest.fixture
def address(real_address: str) -> str:
    return real_address


def ask(page: Page, question: str) -> None:
    page.locator("#box textarea").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".reply.finished")).to_have_count(1, timeout=60_000)


def test_a_label_of_the_answer_opens_the_document_at_the_quoted_sentence(page: Page, address: str):
    ask(page, "When did Kazakhstan join the EU CBRN CoE Initiative?")
    expect(page.locator(".reply .short")).to_have_text("November 2020")
    label = page.locator(".finished a.label").first
    label.click()
    expect(page.locator("#source mark")).to_have_text(ACCESSION)
    expect(page.locator("#source mark")).to_be_in_viewport()
    page.goto(f"{address}{label.get_attribute('href')}")
    expect(page.locator("mark#passage")).to_have_text(ACCESSION)


def test_a_refusal_shows_the_closest_documents(page: Page):
    ask(page, "Who won the football world cup?")
    expect(page.locator(".reply .said")).to_contain_text("The documents do not give")
    expect(page.locator(".reply .short")).to_have_count(0)
    expect(page.locator(".reply.refusal .nearest a")).to_have_count(3)
