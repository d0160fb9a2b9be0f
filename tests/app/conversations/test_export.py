"""A conversation as a briefing note: numbered quotes, bibliography, dates, and nothing in it that is not said."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from docx import Document as opened_document
from docx.oxml.ns import qn
from lxml import etree
from markdown_it import MarkdownIt

from app.conversations.archive import Archive
from app.conversations.brief import NOTICE, Brief, brief_of
from app.conversations.markdown import as_markdown, literal
from app.conversations.types import Exchanged
from app.conversations.word import as_word
from ingest.errors import UnknownDocument
from ingest.types import Document, Metadata, SourceReference
from tests.app.conversations.samples import QUOTE, TEXT, answer, archive
from tests.browser.script import VECTORS

SOURCES = (
    SourceReference("Annual report", "European Commission", "2022-06", "https://example.org/report"),
    SourceReference("Leaflet", None, None, None),
)


def document(text: str = TEXT) -> Document:
    metadata = Metadata(title="Partner countries", sources=SOURCES)
    return Document("partners/overview", "corpus", "overview.md", "0" * 64, metadata, text, ())


def gone(id: str) -> Document:
    raise UnknownDocument(f"The library holds no document {id!r}.")


def brief(kept: Archive, *said: Exchanged, text: str = TEXT) -> Brief:
    id = kept.conversations.create("alice", title="Partners of 2022", first=said[0])
    for each in said[1:]:
        kept.conversations.append("alice", id, each)
    return brief_of(kept.conversations.get("alice", id), lambda _: document(text))


@pytest.fixture
def note(tmp_path: Path) -> Brief:
    twice = answer("The Initiative counted 64 partner countries in 2022 [1].\n\n- They were 62 before [1].")
    return brief(
        archive(tmp_path), Exchanged("How many?", "answered", 7, answer=twice), Exchanged("And now?", "stopped", 7)
    )


def test_a_number_in_brackets_that_a_quote_has_is_no_note(tmp_path: Path):
    quote = "In 2022 there were 64 [1] partner countries"
    cited = answer().citations[0].model_copy(update={"quote": quote})
    said = answer(f"{quote} [1]. See [7].", citations=(cited,))
    text = as_markdown(brief(archive(tmp_path), Exchanged("How many?", "answered", 7, answer=said)))
    assert r"64 \[1\] partner countries[^1]. See \[7\]." in text


def test_markdown_says_answer_date_quote_and_sources(note: Brief):
    text = as_markdown(note)
    wanted = [
        "# Partners of 2022",
        NOTICE,
        "## 1. How many?",
        "**64**",
        "The Initiative counted 64 partner countries in 2022[^1].",
        "- They were 62 before[^1].",
        "- 62 partner countries (2021)[^1]",
        "*Partly answered. As of June 2022.*",
        "## 2. And now?",
        "Stopped before there was an answer.",
        "- Partner countries\n  - Annual report. European Commission, June 2022. <https://example.org/report>",
        "  - Leaflet. undated.",
        f"[^1]: Partner countries, Numbers, page 3, June 2022: “{QUOTE}”",
    ]
    assert [each for each in wanted if each not in text] == []


def test_the_same_conversation_gives_the_same_bytes(note: Brief):
    assert (as_markdown(note), as_word(note)) == (as_markdown(note), as_word(note))


def test_word_opens_with_footnotes_links_back_and_a_bibliography(note: Brief):
    content = as_word(note)
    reopened = opened_document(io.BytesIO(content))
    texts = [paragraph.text for paragraph in reopened.paragraphs]
    assert {"Partners of 2022", NOTICE, "1. How many?", "64", "Partly answered. As of June 2022."} <= set(texts)
    assert "Annual report. European Commission, June 2022. https://example.org/report" in texts
    body = reopened.element.body
    assert [each.get(qn("w:id")) for each in body.iter(qn("w:footnoteReference"))] == ["1"]
    anchors = {each.get(qn("w:anchor")) for each in body.iter(qn("w:hyperlink"))} - {None}
    assert anchors == {each.get(qn("w:name")) for each in body.iter(qn("w:bookmarkStart"))} == {"note1"}
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        footnotes = etree.fromstring(parts.read("word/footnotes.xml"))
    said = {each.get(qn("w:id")): "".join(each.itertext()).strip() for each in footnotes}
    assert said == {"-1": "", "0": "", "1": f"Partner countries, Numbers, page 3, June 2022: “{QUOTE}”"}


def test_notes_are_numbered_on_from_one_answer_to_the_next(tmp_path: Path):
    said = Exchanged("How many?", "answered", 7, answer=answer())
    note = brief(archive(tmp_path), said, said)
    assert [each.number for each in note.notes] == [1, 2]
    assert len(note.bibliography) == 1


def test_a_quote_that_no_longer_stands_in_its_document_says_so(tmp_path: Path):
    note = brief(archive(tmp_path), Exchanged("How many?", "answered", 7, answer=answer()), text="Other words.")
    assert f"“{QUOTE}” The document reads differently now." in as_markdown(note)


def test_a_document_that_is_gone_is_still_in_the_bibliography(tmp_path: Path):
    kept = archive(tmp_path).conversations
    id = kept.create("alice", first=Exchanged("How many?", "answered", 7, answer=answer()))
    text = as_markdown(brief_of(kept.get("alice", id), gone))
    assert "Partner countries. June 2022. <https://example.org/partners>" in text
    assert "The document is no longer in the library." in text


@pytest.mark.parametrize("vector", [*VECTORS, "1. one", "# head", "- item", "> quote", "    code", "a\n\n# b", "==="])
def test_what_people_and_documents_wrote_is_no_markup(vector: str):
    rendered = MarkdownIt("gfm-like", {"linkify": False}).render(literal(vector))
    assert set(re.findall(r"<(\w+)", rendered)) <= {"p"}


def test_control_characters_do_not_break_the_word_file(tmp_path: Path):
    said = Exchanged("a\x01b", "answered", 7, answer=answer("64\x0b partners [1]."))
    reopened = opened_document(io.BytesIO(as_word(brief(archive(tmp_path), said))))
    assert "1. ab" in [paragraph.text for paragraph in reopened.paragraphs]
