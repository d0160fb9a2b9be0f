"""The library behind the page changes: files come, fail and go, and what was answered before can still be read."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from docx import Document as open_word
from docx.oxml.ns import qn
from lxml import etree
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import copied, opened
from tests.browser.stage import real
from tests.conftest import House

# Gradio's queue counts its events with what pandas has deprecated.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.model,
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),
]

QUESTION = "When did Kazakhstan join the EU CBRN CoE Initiative?"
ACCESSION = "Kazakhstan joined the EU CBRN CoE Initiative in November 2020 as its 62nd partner country."
REWRITTEN = "In November 2020 Kazakhstan became a partner country of the EU CBRN CoE Initiative, the 62nd."
# Ingestion loads its model and checks what it has written.
LONG = 90_000


@pytest.fixture(scope="module")
def page(browser: Browser, real_address: str) -> Iterator[Page]:
    """One page for all: the chat and the list of documents behind it."""
    with browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900}) as context:
        yield opened(context.new_page(), real_address)


@pytest.fixture
def documents(page: Page) -> Page:
    page.evaluate("location.hash = '#documents?'")
    expect(page.locator("#documents .counted")).to_be_visible()
    return page


def ask(page: Page, question: str, count: int = 1) -> None:
    page.locator("#box textarea").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".reply:is(.finished, .refusal)")).to_have_count(count, timeout=LONG)
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()


def ask_anew(page: Page, question: str) -> None:
    page.evaluate("location.hash = '#ask'")
    renew = page.get_by_role("button", name="New conversation")
    if renew.is_visible():
        renew.click()
        expect(page.locator(".reply")).to_have_count(0)
    ask(page, question)


def add(page: Page, *files: Path) -> None:
    page.get_by_label("Files").set_input_files(files)
    page.get_by_role("button", name="Add files").click()


def outcome(page: Page, name: str):
    return page.locator(".outcomes li", has_text=name).last


def test_files_are_added_each_with_its_outcome_and_can_be_found_at_once(documents: Page, tmp_path: Path):
    good, bad = tmp_path / "zephyr.md", tmp_path / "damaged.pdf"
    good.write_text("# Exercise Zephyr\n\nExercise Zephyr took place in Tbilisi in May 2024.\n", encoding="utf-8")
    bad.write_bytes(b"%PDF-1.7 cut off")
    add(documents, good, bad)
    expect(outcome(documents, "zephyr.md")).to_have_text("zephyr.mdadded", timeout=LONG)
    expect(outcome(documents, "damaged.pdf")).to_contain_text("not added: ", timeout=LONG)
    documents.evaluate("location.hash = '#explore/search?q=Exercise+Zephyr'")
    expect(documents.locator("#explore a.passage").first).to_contain_text("took place in Tbilisi")


def test_a_file_sent_again_is_known(documents: Page, tmp_path: Path):
    note = tmp_path / "known.md"
    note.write_text("# A known note\n\nIt says nothing new.\n", encoding="utf-8")
    for told in ("added", "was here already, unchanged"):
        add(documents, note)
        expect(outcome(documents, "known.md")).to_have_text(f"known.md{told}", timeout=LONG)


def test_a_document_that_was_added_is_removed(documents: Page, tmp_path: Path):
    note = tmp_path / "passing.md"
    note.write_text("# A passing note\n\nIt is here for a while.\n", encoding="utf-8")
    add(documents, note)
    row = documents.locator("#documents tbody tr", has_text="A passing note")
    expect(row).to_have_count(1, timeout=LONG)
    row.get_by_role("button", name="Remove").click()
    documents.locator("dialog").get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0, timeout=LONG)
    expect(outcome(documents, "added/passing")).to_contain_text("removed")


def test_the_collection_is_read_anew_and_says_which_file_failed_and_why(documents: Page, real_house: House):
    real_house.write("meetings/fresh.md", "# A fresh meeting\n\nIt was held in Baku in 2025.\n")
    real_house.write("broken.docx", "not a Word file at all")
    documents.get_by_role("button", name="Read the collection anew").click()
    expect(outcome(documents, "Read the collection anew")).to_contain_text("1 written", timeout=LONG)
    expect(outcome(documents, "Read the collection anew")).to_contain_text("1 failed")
    expect(documents.locator("#documents tbody tr", has_text="A fresh meeting")).to_have_count(1)
    expect(documents.locator(".unread li")).to_contain_text("broken.docx")
    expect(documents.locator("#documents .desk")).to_contain_text("The collection was last read on")


def test_sources_and_passages_of_a_document_are_told(documents: Page):
    row = documents.locator("#documents tbody tr", has_text="Kazakhstan, partner country").first
    expect(row.locator('td[data-label="Made from"] a[href^="https://"]').first).to_be_visible()
    assert int(row.locator('td[data-label="Passages"]').inner_text()) > 1


def test_what_was_asked_in_vain_and_never_cited_is_listed(page: Page):
    ask_anew(page, QUESTION)
    for count, question in enumerate(("Who won the football world cup?", "Who won the football cup?"), start=2):
        ask(page, question, count)
    page.evaluate("location.hash = '#documents?'")
    asked = page.locator("#documents section", has_text="Questions without an answer")
    expect(asked.locator("li", has_text="Who won the football").first).to_contain_text("asked 2 ×")
    uncited = page.locator("#documents section", has_text="Documents never cited")
    expect(uncited).to_contain_text("Glossary")
    expect(uncited).not_to_contain_text("Kazakhstan, partner country")


def test_an_answer_is_taken_away_as_a_note_with_real_footnotes(page: Page):
    ask_anew(page, QUESTION)
    page.locator("#history .toggle-button").click()
    taken = {}
    for name in ("Briefing note (Word)", "Markdown"):
        with page.expect_download() as download:
            page.get_by_role("link", name=name).click()
        taken[name] = download.value.path().read_bytes()
    page.locator("#history .toggle-button").click()
    word, text = taken["Briefing note (Word)"], taken["Markdown"].decode("utf-8")
    document = open_word(io.BytesIO(word))
    said = [paragraph.text for paragraph in document.paragraphs]
    assert {f"1. {QUESTION}", "November 2020", "Bibliography"} <= set(said)
    with zipfile.ZipFile(io.BytesIO(word)) as archive:
        notes = etree.fromstring(archive.read("word/footnotes.xml"))
    by_id = {note.get(qn("w:id")): "".join(note.itertext()) for note in notes}
    marks = [mark.get(qn("w:id")) for mark in document.element.body.iter(qn("w:footnoteReference"))]
    assert marks
    assert any(f"“{ACCESSION}”" in by_id[mark] for mark in marks)
    assert any(rel.is_external and rel.target_ref.startswith("https://") for rel in document.part.rels.values())
    assert f"## 1. {QUESTION}" in text
    assert ACCESSION in text.replace("\\", "")
    assert "## Bibliography" in text


def test_a_link_outlives_a_restart_and_a_changed_document(browser: Browser, real_template: House, tmp_path: Path):
    house = copied(real_template, tmp_path)
    with real(house) as address, browser.new_context() as context:
        page = opened(context.new_page(), address)
        ask(page, QUESTION)
        said = page.locator(".reply .said").inner_text()
        page.wait_for_url("**/a/*")
        link = urlsplit(page.url).path
    file = house.corpus / "partners/kazakhstan.md"
    file.write_text(file.read_text(encoding="utf-8").replace(ACCESSION, REWRITTEN), encoding="utf-8")
    assert house.ingest().written == ("partners/kazakhstan",)
    with real(house) as address, browser.new_context() as context:
        page = context.new_page()
        page.goto(address + link)
        expect(page.locator(".reply .said")).to_have_text(said, use_inner_text=True)
        expect(page.locator(".reply .short")).to_have_text("November 2020")
        expect(page.locator(".reply .note").last).to_contain_text("the document reads differently now")
        expect(page.locator(".sources .quote").first).to_contain_text(ACCESSION)
