"""Abbreviations that glossary documents spell out: they widen a question's search terms."""

import re
from dataclasses import dataclass

from ingest.types import Document

GLOSSARY_KIND = "glossary"

_ROW = re.compile(r"^Abbreviation: (?P<short>[^;\n]+); Meaning: (?P<long>[^;\n]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Term:
    """An abbreviation and what it stands for."""

    abbreviation: str
    expansion: str


def terms(document: Document) -> tuple[Term, ...]:
    """Rows `Abbreviation | Meaning` of a document of kind `glossary`; nothing for other kinds."""
    if document.metadata.kind != GLOSSARY_KIND:
        return ()
    return tuple(
        Term(short.strip(), row["long"].strip())
        for row in _ROW.finditer(document.text)
        for short in row["short"].split(" / ")
    )
