"""Blocks become a document: one text, sections with exact offsets, checked metadata."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path

from ingest import front_matter
from ingest.errors import DocumentRejected
from ingest.formats.text import clean, clean_values, decode
from ingest.types import Block, Document, Loaded, Metadata, Section, Source

HEADING_SEPARATOR = " › "
SIDECAR_SUFFIX = ".yaml"
LONGEST_TITLE = 300

_TIGHT = ("item", "row")
"""Kinds whose neighbours of the same kind stand on the next line, without a blank line between."""


def assemble(source: Source, loaded: Loaded, metadata: Metadata, path: str) -> Document:
    """The document that a file's blocks make; each section begins with its heading and stays on its page."""
    blocks = [block for block in loaded.blocks if block.text]
    starts, text = _joined(blocks)
    return Document(
        id=source.id,
        origin=source.origin,
        path=path,
        sha256=source.sha256,
        metadata=metadata,
        text=text,
        sections=tuple(_sections(blocks, starts, metadata.title)),
    )


def read_metadata(loaded: Loaded, sidecar: Mapping[str, object] | None, *, fallback_title: str, where: str) -> Metadata:
    """Front matter, else the sidecar, else only a title: the format's, the first main heading, the fallback."""
    written = loaded.metadata if loaded.metadata is not None else sidecar
    if written is not None:
        return front_matter.parse({clean(key): clean_values(value) for key, value in written.items()}, where=where)
    main = (block.text for block in loaded.blocks if block.kind == "heading" and block.level == 1)
    title = loaded.title or next(main, "") or clean(fallback_title) or where
    return Metadata(title=title if len(title) <= LONGEST_TITLE else f"{title[:LONGEST_TITLE].rstrip()}…")


def sidecar_path(path: Path) -> Path:
    """Where the metadata of a file stand that cannot carry them itself: `report.pdf.yaml`."""
    return path.with_name(path.name + SIDECAR_SUFFIX)


def read_sidecar(path: Path) -> dict[str, object] | None:
    """Content of a file's sidecar, or None when it has none."""
    sidecar = sidecar_path(path)
    if not sidecar.is_file():
        return None
    limit = 4 * front_matter.MAX_CHARACTERS
    if sidecar.stat().st_size > limit:
        raise DocumentRejected("front_matter_invalid", f"{sidecar.name} is larger than {limit:,} bytes.")
    return front_matter.read(decode(sidecar.read_bytes(), sidecar.name), where=sidecar.name)


def _joined(blocks: Iterable[Block]) -> tuple[list[int], str]:
    parts: list[str] = []
    starts: list[int] = []
    length = 0
    last: Block | None = None
    for block in blocks:
        if last is not None:
            parts.append("\n" if block.kind == last.kind and block.kind in _TIGHT else "\n\n")
            length += len(parts[-1])
        starts.append(length)
        parts.append(block.text)
        length += len(block.text)
        last = block
    return starts, "".join(parts)


def _sections(blocks: list[Block], starts: list[int], title: str) -> Iterator[Section]:
    places = list(_places(blocks, title))
    for _, members in groupby(range(len(blocks)), key=lambda index: places[index]):
        indices = list(members)
        _, heading, page = places[indices[0]]
        last = indices[-1]
        yield Section(heading, starts[indices[0]], starts[last] + len(blocks[last].text), page)


def _places(blocks: Iterable[Block], title: str) -> Iterator[tuple[int, str, int | None]]:
    """For each block the running number of its heading, the path of headings above it, and its page."""
    path: list[tuple[int, str]] = []
    number = 0
    for block in blocks:
        if block.kind == "heading":
            number += 1
            path = [(level, text) for level, text in path if level < block.level]
            path.append((block.level, block.text))
        shown = (text for level, text in path if not (level == 1 and text == title))
        yield number, HEADING_SEPARATOR.join(shown), block.page
