"""Which files are documents, and what they are called."""

import os
from hashlib import sha256
from pathlib import Path

import pytest

from ingest.errors import ConfigurationError
from ingest.sources import content_hash, corpus_sources, document_id, named_sources
from ingest.sync import Held


def _write(path: Path, text: str = "text") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path.resolve()


def _ids(folder: Path) -> list[str]:
    return [source.id for source in corpus_sources(folder)]


def _added(*paths: Path, corpus: Path, held: dict[str, Held] | None = None) -> list[str]:
    return [source.id for source in named_sources(paths, corpus, held or {})]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("meetings/ca-rtm-14.md", "meetings/ca-rtm-14"),
        ("projects/portfolio.xlsx", "projects/portfolio.xlsx"),
        ("projects/portfolio.xlsx.md", "projects/portfolio.xlsx.md"),
        ("notes.MD", "notes.MD"),
        ("v1.2.md", "v1.2"),
    ],
)
def test_document_ids(path: str, expected: str) -> None:
    assert document_id(Path(path)) == expected


def test_every_document_is_found_in_order_and_nothing_else(tmp_path: Path) -> None:
    for name in ("b.md", "a.pdf", "sub/c.docx", "a.pdf.yaml", "image.png", ".hidden.md", ".git/x.md", "~$c.docx"):
        _write(tmp_path / name)

    assert _ids(tmp_path) == ["a.pdf", "b", "sub/c.docx"]


def test_links_out_of_the_folder_are_passed_over(tmp_path: Path) -> None:
    outside = _write(tmp_path / "secret.md")
    corpus = tmp_path / "corpus"
    _write(corpus / "a.md")
    (corpus / "out.md").symlink_to(outside)
    (corpus / "folder").symlink_to(tmp_path)
    (corpus / "nowhere.md").symlink_to(corpus / "gone.md")
    (corpus / "in.md").symlink_to(corpus / "a.md")
    (corpus / "itself.md").symlink_to(corpus / "itself.md")

    assert _ids(corpus) == ["a", "in"]
    assert _added(corpus, corpus=tmp_path / "other") == ["added/corpus/a", "added/corpus/in"]


def test_only_regular_files_are_documents(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "folder.md").mkdir()

    assert _ids(tmp_path) == []


def test_a_missing_corpus_folder_is_a_setting_to_mend(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="nowhere does not exist: set COE_CORPUS_DIR"):
        corpus_sources(tmp_path / "nowhere")


def test_a_corpus_may_not_take_the_name_of_added_files(tmp_path: Path) -> None:
    _write(tmp_path / "added" / "a.md")

    with pytest.raises(ConfigurationError, match="kept for files added by hand"):
        corpus_sources(tmp_path)


def test_a_named_file_of_the_corpus_keeps_its_id(tmp_path: Path) -> None:
    file = _write(tmp_path / "corpus" / "sub" / "a.md", "one")

    [source] = named_sources([tmp_path / "corpus" / "sub" / ".." / "sub" / "a.md"], tmp_path / "corpus", {})

    assert (source.id, source.origin, source.path) == ("sub/a", "corpus", file)


def test_a_named_folder_brings_its_documents(tmp_path: Path) -> None:
    _write(tmp_path / "reports" / "a.md")
    _write(tmp_path / "reports" / "sub" / "b.pdf")

    assert _added(tmp_path / "reports", corpus=tmp_path / "corpus") == ["added/reports/a", "added/reports/sub/b.pdf"]


def test_a_path_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"There is no file or folder '.*gone\.md'"):
        named_sources([tmp_path / "gone.md"], tmp_path, {})


def test_files_of_one_name_from_two_folders_get_ids_of_their_own(tmp_path: Path) -> None:
    first, second = (_write(tmp_path / name / "report.pdf") for name in "ab")
    mark = sha256(bytes(second.parent)).hexdigest()[:8]

    assert _added(first, second, corpus=tmp_path / "corpus") == ["added/report.pdf", f"added/report-{mark}.pdf"]
    held = {"added/report.pdf": Held("x", "added", str(first))}
    assert _added(second, corpus=tmp_path / "corpus", held=held) == [f"added/report-{mark}.pdf"]


def test_a_file_added_before_keeps_its_id(tmp_path: Path) -> None:
    file = _write(tmp_path / "reports" / "a.md")
    held = {"added/reports/a": Held("x", "added", str(file)), "added/a": Held("y", "added", "/elsewhere/a.md")}

    assert _added(file, corpus=tmp_path / "corpus", held=held) == ["added/reports/a"]


def test_a_file_named_twice_is_added_once(tmp_path: Path) -> None:
    file = _write(tmp_path / "reports" / "a.md")

    assert _added(file, file, file.parent, corpus=tmp_path / "corpus") == ["added/a"]


def test_the_hash_is_of_the_content_and_of_the_sidecar(tmp_path: Path) -> None:
    alone, same, described = (_write(tmp_path / name / "a.pdf") for name in ("alone", "same", "described"))
    _write(described.with_name("a.pdf.yaml"), "title: A")
    first = content_hash(described)
    _write(described.with_name("a.pdf.yaml"), "title: B")

    assert content_hash(alone) == content_hash(same)
    assert len({content_hash(alone), first, content_hash(described)}) == 3
