"""The chat page over real documents: the whole assistant behind it, nothing scripted."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.sync_api import Page, expect

from app.serve import build_app
from app.settings import Settings
from app.wiring import build_services
from tests.browser.server import serving
from tests.conftest import House

# Gradio's queue counts its events with what pandas has deprecated.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.model,
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),
]

CORPUS = Path(__file__).parents[2] / "docs_corpus"
FILES = (
    "meetings/ca-rtm-14.md",
    "partners/kazakhstan.md",
    "initiative/glossary.md",
    "initiative/what-is-the-initiative.md",
)
ACCESSION = "Kazakhstan joined the EU CBRN CoE Initiative in November 2020 as its 62nd partner country."


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    house = House(tmp_path_factory.mktemp("real"))
    for name in FILES:
        target = house.corpus / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(CORPUS / name, target)
    house.ingest()

    def build(port: int) -> FastAPI:
        settings = Settings(_env_file=None, port=port, data_dir=house.config.data_dir, corpus_dir=house.corpus)
        return build_app(settings, build_services(settings))

    with serving(build) as address:
        yield address


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
