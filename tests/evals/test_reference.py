"""The committed reference questions: enough of each kind, splits apart, true to the committed documents."""

from pathlib import Path

import pytest

from evals import check
from evals.cases import KINDS, SPLITS, Case, Kind, load_cases, planted_files
from evals.cli import SUITES
from evals.gate import draw
from evals.normalisation import contains
from ingest.assembly import assemble, read_metadata, read_sidecar
from ingest.errors import UnknownDocument
from ingest.loaders import load
from ingest.sources import corpus_sources
from ingest.types import Document

REFERENCE = SUITES / "reference"
ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "docs_corpus"
README = ROOT / "README.md"
SOURCES = {source.id: source for source in corpus_sources(CORPUS)}


@pytest.fixture(scope="module")
def cases() -> tuple[Case, ...]:
    return load_cases(REFERENCE)


def committed(id: str) -> Document:
    """A document of the corpus as ingestion would store it."""
    source = SOURCES.get(id)
    if source is None:
        raise UnknownDocument(f"no document {id!r}")
    loaded = load(source.path)
    metadata = read_metadata(loaded, read_sidecar(source.path), fallback_title=id, where=id)
    return assemble(source, loaded, metadata, id)


def test_documents_quotes_and_splits_are_in_order(cases: tuple[Case, ...]) -> None:
    assert list(check.problems(cases, committed)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_there_are_enough_cases_of_every_kind(cases: tuple[Case, ...], kind: Kind) -> None:
    assert sum(case.kind == kind for case in cases) >= check.wanted(kind)


@pytest.mark.parametrize("split", SPLITS)
def test_a_file_holds_the_cases_of_its_split(cases: tuple[Case, ...], split: str) -> None:
    lines = (REFERENCE / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == sum(case.split == split for case in cases)


def test_every_planted_document_is_needed_by_one_split_alone(cases: tuple[Case, ...]) -> None:
    used = {(case.split, name) for case in cases for name in case.planted}
    assert sorted(name for _, name in used) == [path.stem for path in planted_files(REFERENCE)]


def test_a_gate_asks_about_four_hundred_cases(cases: tuple[Case, ...]) -> None:
    assert 300 <= len(draw(cases)) <= 450


def test_no_planted_document_states_what_its_case_asks_for(cases: tuple[Case, ...]) -> None:
    planted = {path.stem: path.read_text(encoding="utf-8") for path in planted_files(REFERENCE)}
    stated = [
        case.id
        for case in cases
        for name in case.planted
        if any(contains(planted[name], form) for form in (*case.expected, *case.items))
    ]
    assert stated == []


def test_every_case_with_planted_documents_says_what_would_be_obeying(cases: tuple[Case, ...]) -> None:
    assert [case.id for case in cases if case.planted and not case.forbidden] == []


def test_the_readme_states_the_number_of_cases(cases: tuple[Case, ...]) -> None:
    n = {split: sum(case.split == split for case in cases) for split in SPLITS}
    stated = f"`dev.jsonl` ({n['dev']} cases) and `test.jsonl` ({n['test']})"
    assert stated in (REFERENCE / "README.md").read_text(encoding="utf-8")
    assert f"asks the {len(cases)} reference questions" in README.read_text(encoding="utf-8")
