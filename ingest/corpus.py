"""The documents of the repository: what is wrong with them, and how many there are of what."""

import io
import re
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from ingest import catalogue, expressions, names
from ingest.assembly import assemble, read_metadata, read_sidecar, sidecar_path
from ingest.chunking import chunk
from ingest.errors import DocumentRejected
from ingest.loaders import load
from ingest.reading import Reading
from ingest.records import Meeting, Partner, Project, Record, Secretariat
from ingest.sources import corpus_sources
from ingest.types import Document

KINDS = frozenset({"glossary", "initiative", "meeting", "partner", "project", "region", "secretariat"})
RECORDS = "records.yaml"
RENDERER = "render.py"
RENDERED = frozenset({".docx", ".html", ".pdf", ".pptx", ".txt", ".xlsx"})
CLOSING = ["About this summary", "Sources"]
CLOSINGS = {"en": CLOSING, "fr": ["À propos de ce résumé", "Sources"], "ru": ["Об этом обзоре", "Источники"]}
"""Headings with which a Markdown document ends, by language."""

_ARCHIVES = frozenset({".docx", ".pptx", ".xlsx"})
_RENDER_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong with a document, or with the corpus where the document is empty."""

    document: str
    problem: str


@dataclass(frozen=True, slots=True)
class Count:
    """How much there is of one kind, region or year."""

    by: str
    """`kind`, `region` or `year`."""
    value: str
    documents: int
    words: int
    chunks: int


def check(folder: Path) -> tuple[Finding, ...]:
    """Everything that is wrong with a corpus: schema, values not in the text, sources, gaps, stale rendered files."""
    documents, findings = _read(folder)
    return (
        *findings,
        *(finding for document in documents for finding in _of_document(document, folder)),
        *_gaps(documents, folder),
        *_stale(folder),
    )


def stats(folder: Path) -> tuple[Count, ...]:
    """Documents, words and chunks by kind, by region and by year of the event."""
    documents, _ = _read(folder)
    totals: dict[tuple[str, str], Counter[str]] = {}
    for document in documents:
        size = Counter(documents=1, words=len(document.text.split()), chunks=len(chunk(document)))
        for key in _groups(document):
            totals.setdefault(key, Counter()).update(size)
    return tuple(
        Count(by, value, total["documents"], total["words"], total["chunks"])
        for (by, value), total in sorted(totals.items())
    )


def content(path: Path) -> object:
    """The bytes of a file, or those of its members: how an archive is packed differs from machine to machine."""
    raw = path.read_bytes()
    if path.suffix not in _ARCHIVES:
        return raw
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return [(member.filename, member.date_time, archive.read(member)) for member in archive.infolist()]


def _read(folder: Path) -> tuple[list[Document], list[Finding]]:
    documents: list[Document] = []
    findings: list[Finding] = []
    for source in corpus_sources(folder):
        try:
            loaded = load(source.path)
            metadata = read_metadata(loaded, read_sidecar(source.path), fallback_title="", where=source.id)
        except DocumentRejected as error:
            findings.append(Finding(source.id, str(error)))
        else:
            path = source.path.relative_to(folder.resolve()).as_posix()
            documents.append(assemble(source, loaded, metadata, path))
    return documents, findings


def _groups(document: Document) -> Iterator[tuple[str, str]]:
    metadata = document.metadata
    yield "kind", metadata.kind
    for region in (metadata.region or "all").split(";"):
        yield "region", names.region(region) or region.strip()
    yield "year", metadata.start[:4] if metadata.start else "undated"


def _of_document(document: Document, folder: Path) -> Iterator[Finding]:
    metadata = document.metadata
    if metadata.kind not in KINDS:
        yield Finding(document.id, f"field `kind` is {metadata.kind!r}, not one of {', '.join(sorted(KINDS))}")
    if not metadata.sources:
        yield Finding(document.id, "field `sources` is missing")
    for source in metadata.sources:
        if not source.url and not (source.publisher and source.date):
            yield Finding(document.id, f"source {source.title!r} has neither link nor publisher and date")
    for record, field, value in catalogue.missing(document):
        yield Finding(document.id, f"record `{record.id}`: the text does not state `{field}`: {value}")
    yield from _figures(document)
    if document.path.endswith(".md"):
        yield from _of_markdown(document, (folder / document.path).read_text(encoding="utf-8"))


def _figures(document: Document) -> Iterator[Finding]:
    stated = expressions.numbers(document.text) | expressions.amounts(document.text)
    for figure in document.metadata.figures:
        if not expressions.numbers(figure.value) <= stated:
            yield Finding(document.id, f"figure {figure.what!r}: the text does not state {figure.value}")


def _of_markdown(document: Document, text: str) -> Iterator[Finding]:
    headings: Sequence[str] = re.findall(r"^## (.+)$", text, re.MULTILINE)
    closing = CLOSINGS.get(document.metadata.language, CLOSING)
    if list(headings[-2:]) != closing:
        yield Finding(document.id, f"does not end with the sections {' and '.join(closing)}")
    listed = text.rpartition(f"\n## {closing[-1]}\n")[2].replace("%28", "(").replace("%29", ")")
    first = document.metadata.url
    if first and first.replace("%28", "(").replace("%29", ")") not in listed:
        yield Finding(document.id, f"its list of sources lacks {first}")


def _gaps(documents: Sequence[Document], folder: Path) -> Iterator[Finding]:
    """What the list of records names and no document tells."""
    path = folder / RECORDS
    if not path.is_file():
        return
    wanted: Mapping[str, list[object]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    told = {name for document in documents for record in document.metadata.records for name in _names(record)}
    for kind in ("meetings", "projects", "partners", "secretariats"):
        for name in wanted.get(kind, ()):
            if (kind, str(name)) not in told:
                yield Finding("", f"no document has a record for {name} of the {kind} in {RECORDS}")
    readings = [Reading(document) for document in documents if document.id.startswith("initiative/")]
    yield from (Finding("", f"no document of initiative/ {problem}") for problem in _untold(wanted, readings))


def _names(record: Record) -> Iterator[tuple[str, str]]:
    match record:
        case Meeting():
            yield "meetings", record.id
        case Project():
            yield "projects", str(record.number)
        case Partner():
            yield "partners", record.name
        case Secretariat():
            yield "secretariats", record.code


def _untold(wanted: Mapping[str, list[object]], readings: Sequence[Reading]) -> Iterator[str]:
    sentences = [sentence for reading in readings for sentence in reading.sentences]
    rows = {
        short.strip()
        for sentence in sentences
        if (row := re.match(r"Abbreviation: ([^;]+);", sentence.text))
        for short in row[1].split(" (")[0].split(" / ")
    }
    yield from (f"explains the abbreviation {short}" for short in wanted.get("abbreviations", ()) if short not in rows)
    for date, times in Counter(map(str, wanted.get("dates", ()))).items():
        if sum(any(dated.first.startswith(date) for dated in sentence.dates) for sentence in sentences) < times:
            yield f"tells what happened on {date} ({times} times)"
    for name in map(str, wanted.get("names", ())):
        if not any(reading.where("name", name, reading.sentences) for reading in readings):
            yield f"names {name}"
    amounts = {
        amount for sentence in sentences if "EUR" in sentence.text for amount in expressions.amounts(sentence.text)
    }
    yield from (f"states EUR {amount}" for amount in wanted.get("amounts", ()) if amount not in amounts)


def _stale(folder: Path) -> Iterator[Finding]:
    """Rendered files that their script would make differently now, or not at all."""
    script = folder / RENDERER
    if not script.is_file():
        return
    with tempfile.TemporaryDirectory() as made:
        command = [sys.executable, str(script), "--output", made]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_RENDER_SECONDS)
        if done.returncode:
            yield Finding("", f"{RENDERER} fails: {(done.stderr.strip() or 'no message').splitlines()[-1]}")
            return
        yield from _different(Path(made), folder)


def _different(made: Path, folder: Path) -> Iterator[Finding]:
    fresh = {path.relative_to(made) for path in made.rglob("*") if path.is_file()}
    held = {path.relative_to(folder) for path in _rendered(folder)}
    for name in sorted(fresh | held):
        if name not in fresh:
            yield Finding("", f"{name.as_posix()} is made from no text")
        elif name not in held or content(made / name) != content(folder / name):
            yield Finding("", f"{name.as_posix()} is not up to date: run `make corpus`")


def _rendered(folder: Path) -> Iterable[Path]:
    files = [path for path in folder.rglob("*") if path.suffix in RENDERED]
    return [*files, *(sidecar_path(path) for path in files if sidecar_path(path).is_file())]
