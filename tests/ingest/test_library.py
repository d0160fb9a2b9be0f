"""The library gives back what was put into it, and notices when something is missing."""

import sqlite3
from array import array
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest

from ingest.chunking import chunk, embedded_text
from ingest.errors import LibraryDamaged, UnknownDocument
from ingest.glossary import Term
from ingest.library import DocumentRow, Library, LibraryWriter, StoredChunk, text_digest
from ingest.sync import Held
from ingest.types import Document, Figure, Mention, Metadata, Person, Section, SourceReference

RICH = Metadata(
    title="Réunion de Rabat",
    kind="glossary",
    language="fr",
    region="North Africa",
    countries=("Morocco", "Tunisia"),
    projects=(53, 65),
    start="2021-06-03",
    end="2021-06-05",
    people=(Person("A. Aziz", "focal point"),),
    figures=(Figure("partner countries", "64", "2022"),),
    sources=(SourceReference("Report", "Publisher", "2021-06", "https://example.org/r"),),
)


def _document(id: str, text: str, metadata: Metadata) -> Document:
    return Document(id, "corpus", f"{id}.md", f"sha {id}", metadata, text, (Section("Part", 0, len(text), page=2),))


FRENCH = _document(
    "rabat", "Abbreviation: PFN; Meaning: point focal\nLa réunion eut lieu à Rabat. " + "Oui. " * 200, RICH
)
BRACES = _document("braces", "A field exercise {budget} {} {q.__class__} \U0001f600 took place.", Metadata("Exercise"))


def _stored(document: Document) -> list[StoredChunk]:
    return [StoredChunk(piece, array("f", [piece.position + 0.5, 0.25])) for piece in chunk(document)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A library of two documents."""
    path = tmp_path / "library.sqlite"
    with closing(LibraryWriter(path)) as writer:
        writer.set_meta("fingerprint", "f1")
        for document in (FRENCH, BRACES):
            writer.add(document, _stored(document))
    return path


@pytest.fixture
def library(path: Path) -> Iterator[Library]:
    with closing(Library(path)) as library:
        yield library


def test_documents_come_back_whole(library: Library) -> None:
    assert [library.document("rabat"), library.document("braces")] == [FRENCH, BRACES]


def test_an_unknown_document_is_an_error_with_its_id(library: Library) -> None:
    with pytest.raises(UnknownDocument, match="no document 'nothing'"):
        library.document("nothing")


def test_the_list_of_documents(library: Library) -> None:
    assert library.documents() == (
        DocumentRow("braces", "document", "Exercise", "corpus", "braces.md", 1, 9, "en", None, None, None),
        DocumentRow(
            id="rabat",
            kind="glossary",
            title="Réunion de Rabat",
            origin="corpus",
            path="rabat.md",
            chunks=len(chunk(FRENCH)),
            words=len(FRENCH.text.split()),
            language=RICH.language,
            region=RICH.region,
            published=RICH.published,
            url=RICH.url,
        ),
    )
    assert library.held()["rabat"] == Held("sha rabat", "corpus", "rabat.md")


def test_words_that_a_search_found_are_told_as_they_are_written(library: Library) -> None:
    ids = [piece.id for piece in (*chunk(FRENCH), *chunk(BRACES))]
    found = library.matched('"exercises" OR "reunion" OR "field exercise"', ids)
    assert found[chunk(BRACES)[0].id] == ("Exercise", "field exercise")
    assert found[chunk(FRENCH)[0].id][0] == "Réunion"
    assert library.matched('"exercises"', []) == {}


def test_documents_that_name_everything_asked_for(library: Library) -> None:
    glossary = Mention("kind", "glossary")
    assert library.documents_naming([glossary]) == {"rabat"}
    assert library.documents_naming([glossary, Mention("kind", "document")]) == frozenset()
    assert library.documents_naming([]) == {"braces", "rabat"}


def test_metadata_of_several_documents(library: Library) -> None:
    assert library.metadata(["rabat", "rabat", "nothing"]) == {"rabat": RICH}
    assert library.metadata([]) == {}


def test_chunks_come_back_by_id(library: Library) -> None:
    pieces = chunk(FRENCH)

    assert library.chunks([pieces[1].id, "nothing"]) == {pieces[1].id: pieces[1]}
    assert library.count_chunks() == len(pieces) + 1


def test_chunks_come_back_with_their_vectors(library: Library) -> None:
    stored = list(library.stored_chunks())

    assert [item.chunk for item in stored] == [*chunk(FRENCH), *chunk(BRACES)]
    assert [list(item.vector) for item in stored] == [
        list(item.vector) for item in [*_stored(FRENCH), *_stored(BRACES)]
    ]


def test_neighbours_stay_within_the_document(library: Library) -> None:
    pieces = chunk(FRENCH)

    assert library.neighbours(pieces[0]) == pieces[:2]
    assert library.neighbours(pieces[-1], reach=99) == pieces


@pytest.mark.parametrize(
    ("expression", "documents"),
    [
        pytest.param('"exercises"', ["braces"], id="another form of the word"),
        pytest.param('"reunion"', ["rabat"], id="without accents"),
        pytest.param('"nothing"', [], id="no such word"),
    ],
)
def test_full_text_search(library: Library, expression: str, documents: list[str]) -> None:
    found = library.chunks(library.match(expression, 1))

    assert [piece.document_id for piece in found.values()] == documents


@pytest.mark.parametrize(
    ("word", "most", "count"),
    [
        pytest.param("exercises", 9, 1, id="in another form"),
        pytest.param("oui", 9, 2, id="in several chunks"),
        pytest.param("oui", 1, 1, id="no further than asked"),
        pytest.param("nowhere", 9, 0, id="nowhere"),
    ],
)
def test_chunks_with_a_word_are_counted(library: Library, word: str, most: int, count: int) -> None:
    assert library.count_matches(word, most) == count


def test_a_text_embedded_before_is_recognised(library: Library) -> None:
    [piece] = chunk(BRACES)

    assert library.vector_of(text_digest(embedded_text("Exercise", piece))) == array("f", [0.5, 0.25])
    assert library.vector_of(text_digest("never embedded")) is None


def test_words_and_terms(library: Library) -> None:
    assert library.terms() == (Term("PFN", "point focal"),)
    assert library.words()["reunion"] == 1


def test_a_document_that_is_written_again_is_replaced(path: Path) -> None:
    shorter = _document("rabat", "Nouveau texte.", Metadata("Rabat"))
    with closing(LibraryWriter(path)) as writer:
        writer.add(shorter, _stored(shorter))

    with closing(Library(path)) as library:
        library.check()
        assert library.document("rabat") == shorter
        assert (library.count_chunks(), library.terms()) == (2, ())
        assert "reunion" not in library.words()
        assert library.match('"reunion"', 5) == []


def test_a_deleted_document_leaves_no_trace(path: Path) -> None:
    with closing(LibraryWriter(path)) as writer:
        gone = writer.delete("rabat")
        assert writer.delete("nothing") == []

    with closing(Library(path)) as library:
        library.check()
        assert gone == [piece.id for piece in chunk(FRENCH)]
        assert list(library.held()) == ["braces"]
        assert library.chunks(gone) == {}
        assert (library.terms(), library.match('"rabat"', 5)) == ((), [])


def test_threads_read_side_by_side(library: Library) -> None:
    read: list[Document] = []
    threads = [Thread(target=lambda: read.append(library.document("rabat"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert read == [FRENCH] * 8


def test_a_reader_cannot_write(library: Library) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        library.connection.execute("DELETE FROM documents")


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM chunk_text WHERE rowid = 1",
        "DELETE FROM chunks WHERE number = 2",
        "PRAGMA foreign_keys = OFF; DELETE FROM documents WHERE id = 'rabat'",
    ],
)
def test_missing_rows_are_noticed(path: Path, damage: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(damage)

    with closing(Library(path)) as library, pytest.raises(LibraryDamaged, match="inconsistent"):
        library.check()


def test_a_torn_file_is_noticed(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)

    with closing(Library(path)) as library, pytest.raises(LibraryDamaged):
        library.check()


@pytest.mark.parametrize("content", [None, b"this is not a library" * 100], ids=["missing", "another file"])
def test_a_file_that_is_no_library_cannot_be_opened(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "library.sqlite"
    if content:
        path.write_bytes(content)

    with closing(Library(path)) as library, pytest.raises(LibraryDamaged, match=r"library\.sqlite cannot be opened"):
        library.held()


def test_a_thread_that_ended_leaves_no_file_open(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite"
    with closing(LibraryWriter(path)):
        pass
    with closing(Library(path)) as library:
        before = _open_files(path)
        for _ in range(20):
            thread = Thread(target=library.held)
            thread.start()
            thread.join()
        assert (before, _open_files(path)) == (0, 0)
        library.held()
        assert _open_files(path) == 1
    assert _open_files(path) == 0


def _open_files(path: Path) -> int:
    return sum(link.resolve() == path.resolve() for link in Path("/proc/self/fd").iterdir())
