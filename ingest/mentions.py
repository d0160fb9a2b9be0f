"""What every chunk names: the entities by which a search can be narrowed."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from ingest import dates, expressions, names
from ingest.catalogue import meeting_key
from ingest.types import Chunk, Document, Mention, Metadata, Row

_DATED_KINDS = frozenset({"meeting", "project"})
"""Kinds of document whose `start` and `end` say of what time every sentence in them is."""

_NEAR = 60
"""Characters between an ordinal and the kind of meeting that it numbers."""


def mentions(document: Document, chunks: Sequence[Chunk], rows: Iterable[Row]) -> tuple[tuple[str, Mention], ...]:
    """Chunk id and entity, for everything that a chunk, its headings or its document's title name."""
    common = (*_of_document(document.metadata), *named(document.metadata.title))
    meetings = [row for row in rows if row.kind == "meeting"]
    return tuple(
        (chunk.id, mention)
        for chunk in chunks
        for mention in dict.fromkeys((*common, *named(chunk.heading), *named(chunk.text), *_of_rows(chunk, meetings)))
    )


def _of_document(metadata: Metadata) -> Iterator[Mention]:
    yield Mention("kind", metadata.kind)
    for part in (metadata.region or "").split(";"):
        if region := names.region(part):
            yield Mention("region", region)
    if metadata.kind in _DATED_KINDS and metadata.start:
        yield from _years(metadata.start, metadata.end or metadata.start)


def _of_rows(chunk: Chunk, meetings: Sequence[Row]) -> Iterator[Mention]:
    """The only meeting of a document is meant in all of it, one of several where its values stand."""
    for row in meetings:
        if len(meetings) == 1 or any(chunk.start <= cell.start < chunk.end for cell in row.cells):
            yield Mention("meeting", row.id)


@lru_cache(maxsize=4096)
def named(text: str) -> tuple[Mention, ...]:
    """Entities that a text names, each once."""
    return tuple(dict.fromkeys(_find(text)))


def _find(text: str) -> Iterator[Mention]:
    for country in names.countries(text):
        yield Mention("country", country.name)
    for region in names.regions(text):
        yield Mention("region", region.name)
    for number, _, _ in expressions.projects(text):
        yield Mention("project", str(number))
    for dated in dates.dates(text):
        yield from _years(dated.first, dated.last)
    yield from _numbered_meetings(text)


def _numbered_meetings(text: str) -> Iterator[Mention]:
    ordinals = expressions.ordinals(text)
    kinds = expressions.series(text) if ordinals else []
    regions = names.regions(text) if ordinals else []
    for number, _, end in ordinals:
        kind = next((name for name, start, _ in kinds if 0 <= start - end <= _NEAR), None)
        region = min(regions, key=lambda named: abs(named.start - end), default=None)
        if key := meeting_key(kind, number, region.name if region else None):
            yield Mention("meeting", key)


def _years(first: str, last: str) -> Iterator[Mention]:
    for year in range(int(first[:4]), int(last[:4]) + 1):
        yield Mention("year", str(year))
