"""The corpus in the repository: its metadata, its closing sections, and the documents made from texts."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from ingest import corpus, front_matter

CORPUS = Path(__file__).parents[1] / "docs_corpus"
MARKDOWN = sorted(CORPUS.rglob("*.md"))
MADE = {".docx", ".html", ".pdf", ".pptx", ".txt", ".xlsx"}
RENDERED = sorted(path for path in CORPUS.rglob("*") if path.suffix in MADE)
DESCRIBED = [*MARKDOWN, *RENDERED]
NOTICE = (
    r"is a summary written by .*not an official document|est un résumé rédigé par .*pas un document officiel"
    r"|составлена проектом .*не является официальным документом"
)
QUOTED = {"title", "start", "end", "name", "role", "what", "value", "date", "publisher", "url"}


def name(path: Path) -> str:
    return path.relative_to(CORPUS).as_posix()


def metadata_text(path: Path) -> str:
    if path in RENDERED:
        return path.with_name(f"{path.name}.yaml").read_text(encoding="utf-8")
    return path.read_text(encoding="utf-8").split("---\n")[1]


def unquoted(value: object, field: str = "") -> list[str]:
    if isinstance(value, dict):
        return [found for key, item in value.items() for found in unquoted(item, key)]
    if isinstance(value, list):
        return [found for item in value for found in unquoted(item, field)]
    return [f"{field}: {value}"] if field in QUOTED and not isinstance(value, str) else []


@pytest.mark.parametrize("path", DESCRIBED, ids=name)
def test_metadata_have_only_known_fields_of_the_right_type(path: Path) -> None:
    raw = yaml.safe_load(metadata_text(path))
    metadata = front_matter.parse(raw, where=name(path))
    assert metadata.kind in corpus.KINDS, f"{name(path)}: field kind"
    assert unquoted(raw) == [], f"{name(path)}: values to put in quotes"


@pytest.mark.parametrize("path", DESCRIBED, ids=name)
def test_every_document_names_its_sources(path: Path) -> None:
    metadata = front_matter.parse(yaml.safe_load(metadata_text(path)), where=name(path))
    assert metadata.sources
    assert all(source.title and (source.url or (source.publisher and source.date)) for source in metadata.sources)


@pytest.mark.parametrize("path", MARKDOWN, ids=name)
def test_markdown_ends_with_the_summary_notice_and_the_sources(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    about, sources = corpus.CLOSINGS[yaml.safe_load(metadata_text(path))["language"]]
    assert re.findall(r"^## (.+)$", text, re.MULTILINE)[-2:] == [about, sources]
    notice = text.split(f"## {about}\n")[1].split(f"## {sources}\n")[0]
    assert re.search(NOTICE, notice)


@pytest.mark.parametrize("path", MARKDOWN, ids=name)
def test_markdown_opens_with_its_title(path: Path) -> None:
    head, body = path.read_text(encoding="utf-8").removeprefix("---\n").split("---\n", 1)
    assert body.lstrip().startswith(f"# {yaml.safe_load(head)['title']}\n")


def test_the_corpus_holds_enough_documents() -> None:
    assert len(DESCRIBED) >= 25


def test_the_corpus_holds_every_format() -> None:
    assert {path.suffix for path in RENDERED} == MADE


def test_the_glossary_explains_each_abbreviation_once() -> None:
    text = (CORPUS / "initiative" / "glossary.md").read_text(encoding="utf-8")
    rows = text.split("| Abbreviation | Meaning | Explanation |\n|---|---|---|\n")[1].split("\n\n")[0].splitlines()
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    assert all(len(row) == 3 and all(row) for row in cells)
    assert len({row[0] for row in cells}) == len(cells) >= 60


def test_the_accession_of_kazakhstan_is_unmistakable() -> None:
    text = (CORPUS / "partners" / "kazakhstan.md").read_text(encoding="utf-8")
    sentence = "Kazakhstan joined the EU CBRN CoE Initiative in November 2020 as its 62nd partner country."
    assert sentence in text


def test_rendering_again_gives_the_committed_documents(tmp_path: Path) -> None:
    command = [sys.executable, str(CORPUS / "render.py"), "--output", str(tmp_path)]
    subprocess.run(command, check=True, timeout=120)
    made = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    sidecars = [path.with_name(f"{path.name}.yaml") for path in RENDERED]
    assert [path.relative_to(tmp_path) for path in made] == sorted(
        path.relative_to(CORPUS) for path in (*RENDERED, *sidecars)
    )
    committed = {path: CORPUS / path.relative_to(tmp_path) for path in made}
    changed = [path.name for path in made if corpus.content(path) != corpus.content(committed[path])]
    assert changed == []


def test_the_check_of_the_corpus_finds_nothing() -> None:
    assert corpus.check(CORPUS) == ()


@pytest.mark.parametrize("language", ["fr", "ru"])
def test_at_least_five_documents_are_in_each_other_language(language: str) -> None:
    written = [path for path in MARKDOWN if yaml.safe_load(metadata_text(path))["language"] == language]
    assert len(written) >= 5
    assert {path.parent.name for path in written} == {language}
