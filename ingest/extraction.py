"""Rows of the catalogue from the text of documents that state no records."""

from collections.abc import Iterator, Sequence

from ingest.glossary import Term
from ingest.reading import Reading
from ingest.types import Cell, Row

PREFIX = "text:"


def rows(reading: Reading) -> tuple[Row, ...]:
    """x"""
    return ()


def organisations(reading: Reading, terms: Sequence[Term]) -> Iterator[Cell]:
    """x"""
    return iter(())
