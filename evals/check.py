"""Check reference questions before anybody relies on them: form, documents, quotes, splits."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from evals.cases import KINDS, SPLITS, Case, CaseError, Kind, Split, read_cases, shared_documents
from ingest.errors import UnknownDocument
from ingest.types import Document

WANTED = 25
WANTED_OF: Mapping[Kind, int] = MappingProxyType({"near_miss": 80, "out_of_scope": 30})
"""How many cases of a kind there should be, both splits together; of any other kind `WANTED`."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The cases that could be read, and everything that is wrong with any."""

    cases: tuple[Case, ...]
    problems: tuple[str, ...]

    def count(self, kind: Kind, split: Split) -> int:
        """Cases of a kind in a split."""
        return sum(case.kind == kind and case.split == split for case in self.cases)


def check(folder: Path, document: Callable[[str], Document]) -> Checked:
    """Read every case of a folder and compare it with the documents."""
    read = list(read_cases(folder))
    cases = tuple(case for case in read if isinstance(case, Case))
    malformed = (str(error) for error in read if isinstance(error, CaseError))
    return Checked(cases, (*malformed, *problems(cases, document)))


def problems(cases: Sequence[Case], document: Callable[[str], Document]) -> Iterator[str]:
    """What is wrong with well-formed cases: documents, quotes, splits, questions asked twice."""
    texts = {id: _text(id, document) for id in sorted({id for case in cases for id in case.relevant})}
    for case in cases:
        yield from _misquoted(case, texts)
    yield from (f"{id}: documents of both splits rest on it" for id in sorted(shared_documents(cases)))
    asked = Counter((case.question.casefold(), case.history) for case in cases)
    yield from (f"asked {times} times: {question}" for (question, _), times in asked.items() if times > 1)


def wanted(kind: Kind) -> int:
    """How many cases of a kind there should be."""
    return WANTED_OF.get(kind, WANTED)


def counts(checked: Checked) -> dict[Kind, dict[Split, int]]:
    """Cases by kind and split, every kind named."""
    return {kind: {split: checked.count(kind, split) for split in SPLITS} for kind in KINDS}


def _misquoted(case: Case, texts: Mapping[str, str | None]) -> Iterator[str]:
    for id in case.relevant:
        if texts[id] is None:
            yield f"{case.id}: the library holds no document {id!r}"
    for quote in case.quotes:
        text = texts[quote.document_id]
        if text is not None and quote.quote not in text:
            yield f"{case.id}: not verbatim in {quote.document_id}: {quote.quote!r}"


def _text(id: str, document: Callable[[str], Document]) -> str | None:
    try:
        return document(id).text
    except UnknownDocument:
        return None
