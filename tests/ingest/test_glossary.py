"""Abbreviations come from the rows of glossary documents."""

import pytest

from ingest.glossary import Term, terms
from ingest.types import Document, Metadata

ROWS = """Words
Abbreviation: NFP; Meaning: national focal point
Abbreviation: NAP / NAPs; Meaning: national action plan; Since: 2012
An Abbreviation: XY; Meaning: not at the start of a line
"""


def _document(kind: str, text: str) -> Document:
    return Document("words", "corpus", "words.md", "", Metadata("Words", kind=kind), text, ())


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        pytest.param(
            "glossary",
            ROWS,
            (
                Term("NFP", "national focal point"),
                Term("NAP", "national action plan"),
                Term("NAPs", "national action plan"),
            ),
            id="glossary",
        ),
        pytest.param("document", ROWS, (), id="another kind"),
        pytest.param("glossary", "Prose alone.", (), id="no rows"),
    ],
)
def test_terms(kind: str, text: str, expected: tuple[Term, ...]) -> None:
    assert terms(_document(kind, text)) == expected
