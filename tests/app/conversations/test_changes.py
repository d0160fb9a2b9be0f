"""A kept quote against the document of today."""

import pytest

from app.conversations.changes import Change, compared
from ingest.errors import LibraryMissing, UnknownDocument
from ingest.types import Document, Metadata
from tests.app.conversations.samples import QUOTE, TEXT, answer


def document(text: str) -> Document:
    return Document("partners/overview", "corpus", "x.md", "0" * 64, Metadata(title="Partner countries"), text, ())


@pytest.mark.parametrize(
    ("text", "changes"),
    [(TEXT, {}), (f"New first words. {TEXT}", {}), ("Other words.", {1: "changed"})],
    ids=["as it was", "moved", "changed"],
)
def test_a_quote_holds_as_long_as_it_stands_somewhere_in_its_document(text: str, changes: dict[int, Change]):
    standing = compared(answer(), lambda _: document(text))
    citation = standing.answer.citations[0]
    assert standing.changes == changes
    assert citation.quote == QUOTE
    assert (text[citation.start : citation.end] == QUOTE) == (not changes)


def test_a_document_that_is_gone_is_told():
    def gone(id: str) -> Document:
        raise UnknownDocument(id)

    assert compared(answer(), gone).changes == {1: "removed"}


def test_nothing_is_said_of_changes_while_there_is_no_library_to_compare_with():
    def missing(id: str) -> Document:
        raise LibraryMissing("There is no library yet.")

    assert (compared(answer(), missing).changes, compared(answer(), missing).answer) == ({}, answer())
