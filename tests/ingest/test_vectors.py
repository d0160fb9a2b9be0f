"""The vector index in a folder: checked after reopening, never running what is stored in it."""

import gc
import json
import math
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
import pytest
from langchain_core.embeddings import DeterministicFakeEmbedding

from ingest.errors import LibraryDamaged, UntrustedCollection
from ingest.library import StoredChunk
from ingest.pipeline import IngestOptions
from ingest.publication import CHROMA_FOLDER
from ingest.vectors import VectorIndex, open_folder, seal
from tests.chroma import DIMENSIONS, function_with_code, random_chunks
from tests.conftest import House

MANY = random_chunks(2_100)
"""Enough for Chroma to write its index files."""
FEW = MANY[:5]


@pytest.fixture(scope="session")
def _many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many") / "chroma"
    with closing(open_folder(folder, create=True)) as index:
        index.upsert(MANY)
    seal(folder)
    return folder


@pytest.fixture
def many(_many: Path, tmp_path: Path) -> Path:
    """A folder of many vectors."""
    return Path(shutil.copytree(_many, tmp_path / "chroma"))


def _check(folder: Path, stored: Sequence[StoredChunk]) -> None:
    with closing(open_folder(folder)) as index:
        index.check(stored, len(stored))


def test_every_vector_is_read_back_and_finds_itself(many: Path) -> None:
    _check(many, MANY)


def test_the_nearest_come_first_with_their_cosine(many: Path) -> None:
    with closing(open_folder(many)) as index:
        [(first, similarity), *others] = index.nearest(MANY[7].vector, 10)

    assert (first, round(similarity, 4), len(others)) == (MANY[7].chunk.id, 1.0, 9)
    assert [value for _, value in others] == sorted((value for _, value in others), reverse=True)


def test_the_number_of_results_is_bounded(many: Path) -> None:
    with closing(open_folder(many)) as index:
        assert len(index.nearest(MANY[0].vector, 1_000_000)) == 200


def test_a_search_among_some_chunks_finds_the_nearest_of_them(many: Path) -> None:
    among = [stored.chunk.id for stored in MANY[1_000:1_900:3]]
    with closing(open_folder(many)) as index:
        found = [id for id, _ in index.nearest(MANY[0].vector, 5, among)]
        nobody = index.nearest(MANY[0].vector, 5, [])
    by_hand = sorted(
        MANY[1_000:1_900:3],
        key=lambda stored: -sum(a * b for a, b in zip(stored.vector, MANY[0].vector, strict=True)),
    )
    assert (found, nobody) == ([stored.chunk.id for stored in by_hand[:5]], [])


def test_a_chunk_written_again_is_replaced(tmp_path: Path) -> None:
    changed = replace(FEW[0], vector=FEW[1].vector)
    with closing(open_folder(tmp_path, create=True)) as index:
        index.upsert(FEW)
        index.upsert([changed])

    _check(tmp_path, [changed, *FEW[1:]])


def test_the_collection_is_a_langchain_store(tmp_path: Path) -> None:
    with closing(open_folder(tmp_path, create=True)) as index:
        index.upsert(FEW)
        store = index.store(DeterministicFakeEmbedding(size=DIMENSIONS))
        [found] = store.similarity_search_by_vector(list(FEW[3].vector), k=1)

    assert (found.id, found.page_content, found.metadata) == (FEW[3].chunk.id, "text 3", {"document_id": "d"})


def test_an_index_without_its_owner_is_closed(many: Path) -> None:
    store = open_folder(many).store(DeterministicFakeEmbedding(size=DIMENSIONS))
    assert store.similarity_search("question", k=2) != []
    assert _open_files(many) != []

    del store
    deadline = monotonic() + 10
    while _open_files(many) and monotonic() < deadline:  # Chroma closes them on threads of its own
        gc.collect()

    assert _open_files(many) == []


def _open_files(folder: Path) -> list[str]:
    """Files below a folder that this process holds open."""
    names = [os.path.realpath(link) for link in Path("/proc/self/fd").iterdir()]
    return [name for name in names if name.startswith(str(folder))]


# Damage


def _segment(folder: Path, name: str) -> Path:
    return next(folder.glob(f"*/{name}"))


def _cut(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def _overwrite(path: Path) -> None:
    """Put no-numbers in place of the first vector, which stands after its 64 neighbours."""
    with path.open("r+b") as file:
        file.seek(4 + 64 * 4)
        file.write(b"\xff" * 4 * DIMENSIONS)


DAMAGES: dict[str, Callable[[Path], None]] = {
    "vectors cut": lambda folder: _cut(_segment(folder, "data_level0.bin")),
    "vectors overwritten": lambda folder: _overwrite(_segment(folder, "data_level0.bin")),
    "vectors deleted": lambda folder: _segment(folder, "data_level0.bin").unlink(),
    "ids cut": lambda folder: _cut(_segment(folder, "index_metadata.pickle")),
    "ids deleted": lambda folder: _segment(folder, "index_metadata.pickle").unlink(),
    "lengths cut": lambda folder: _cut(_segment(folder, "length.bin")),
    "links cut": lambda folder: _cut(_segment(folder, "link_lists.bin")),
    "index deleted": lambda folder: shutil.rmtree(_segment(folder, "length.bin").parent),
    "database cut": lambda folder: _cut(folder / "chroma.sqlite3"),
    "database emptied": lambda folder: (folder / "chroma.sqlite3").write_bytes(b"") and None,
    "database another file": lambda folder: (folder / "chroma.sqlite3").write_bytes(b"x" * 5_000) and None,
    "database deleted": lambda folder: (folder / "chroma.sqlite3").unlink(),
    "all deleted": shutil.rmtree,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damage_is_noticed(many: Path, damage: Callable[[Path], None]) -> None:
    damage(many)

    with pytest.raises(LibraryDamaged, match=r"run `coe ingest`|Run `coe ingest`|The vector of chunk|find itself"):
        _check(many, MANY)


@pytest.mark.parametrize(
    "expected",
    [FEW[:4], [*FEW, MANY[5]], [replace(FEW[0], vector=FEW[1].vector), *FEW[1:]]],
    ids=["one too many", "one missing", "one different"],
)
def test_an_index_of_other_chunks_is_noticed(tmp_path: Path, expected: list[StoredChunk]) -> None:
    with closing(open_folder(tmp_path, create=True)) as index:
        index.upsert(FEW)

    with pytest.raises(LibraryDamaged):
        _check(tmp_path, expected)


def test_reading_a_folder_that_is_not_there_does_not_make_one(tmp_path: Path) -> None:
    with pytest.raises(LibraryDamaged, match="There is no vector index in"):
        open_folder(tmp_path / "chroma")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.model
@pytest.mark.parametrize("damage", ["database cut", "all deleted", "database another file"])
@pytest.mark.parametrize("edit", [False, True], ids=["nothing new", "a new file"])
def test_ingestion_makes_damaged_vectors_anew_without_the_model(house: House, damage: str, edit: bool) -> None:
    DAMAGES[damage](house.current / CHROMA_FOLDER)
    if edit:
        (house.corpus / "copy.md").write_bytes((house.corpus / "secretariat.md").read_bytes())

    report = house.ingest()

    assert (report.written, report.generation, report.chunks) == (("copy",) if edit else (), 2, 0)
    with closing(house.library()) as library:
        _check(house.current / CHROMA_FOLDER, list(library.stored_chunks()))


# What Chroma would take, or take badly


def _changed(vector: Sequence[float] = FEW[0].vector, **chunk: object) -> StoredChunk:
    return replace(FEW[0], vector=tuple(vector), chunk=replace(FEW[0].chunk, **chunk))


UNUSABLE: dict[str, list[StoredChunk]] = {
    "no number": [_changed(vector=[math.nan] * DIMENSIONS)],
    "infinity": [_changed(vector=[math.inf] * DIMENSIONS)],
    "zeros": [_changed(vector=[0.0] * DIMENSIONS)],
    "too short": [FEW[1], _changed(vector=[1.0, 0.0])],
    "one id twice": [FEW[0], _changed(vector=FEW[1].vector)],
    "no id": [_changed(id="")],
    "half a character": [_changed(text="a\ud800b")],
}


@pytest.mark.parametrize("chunks", UNUSABLE.values(), ids=UNUSABLE)
def test_chunks_that_chroma_refuses_or_takes_without_use_are_a_named_error(
    tmp_path: Path, chunks: list[StoredChunk]
) -> None:
    def written_and_checked(index: VectorIndex) -> None:
        index.upsert(chunks)
        index.check(chunks, len(chunks))

    with closing(open_folder(tmp_path, create=True)) as index, pytest.raises(LibraryDamaged):
        written_and_checked(index)


def test_any_text_and_any_number_of_chunks_is_taken(tmp_path: Path) -> None:
    chunks = [_changed(text="a\0b {} ${x} \u202e"), *random_chunks(6_000)[1:]]
    chunks[1] = replace(chunks[1], chunk=replace(chunks[1].chunk, text=""))
    with closing(open_folder(tmp_path, create=True)) as index:
        index.upsert(chunks)
        index.check(chunks, len(chunks))


@pytest.mark.parametrize("limit", [0, -1])
def test_a_search_for_nothing_is_a_named_error(many: Path, limit: int) -> None:
    with closing(open_folder(many)) as index, pytest.raises(LibraryDamaged):
        index.nearest(MANY[0].vector, limit)


def test_the_ten_nearest_are_those_that_counting_finds(many: Path) -> None:
    vectors = np.array([stored.vector for stored in MANY])
    asked = range(0, len(MANY), 10)
    exact = np.argsort(-(vectors[list(asked)] @ vectors.T), axis=1)[:, :10]
    with closing(open_folder(many)) as index:
        found = [{id for id, _ in index.nearest(MANY[number].vector, 10)} for number in asked]
    hits = sum(MANY[each].chunk.id in ids for row, ids in zip(exact, found, strict=True) for each in row)
    assert hits / exact.size >= 0.995


# Code named in a stored configuration


def poison(folder: Path, marker: Path, column: str) -> None:
    """Store an embedding function whose model brings code of its own."""
    function = function_with_code(folder.parent, marker)
    with closing(sqlite3.connect(folder / "chroma.sqlite3")) as database:
        [(stored,)] = database.execute(f"SELECT {column} FROM collections").fetchall()
        content = json.loads(stored)
        _place(content)["embedding_function"] = function
        other = {"config_json_str": "schema_str = NULL,", "schema_str": ""}[column]
        database.execute(f"UPDATE collections SET {other} {column} = ?", (json.dumps(content),))
        database.commit()


def _place(content: dict[str, Any]) -> dict[str, Any]:
    """Where a stored configuration or schema names its embedding function."""
    if "keys" not in content:
        return content
    config: dict[str, Any] = content["keys"]["#embedding"]["float_list"]["vector_index"]["config"]
    return config


@pytest.mark.parametrize("column", ["config_json_str", "schema_str"])
def test_code_named_in_a_folder_is_refused_and_not_run(tmp_path: Path, column: str) -> None:
    folder, marker = tmp_path / "chroma", tmp_path / "marker"
    with closing(open_folder(folder, create=True)) as index:
        index.upsert(FEW)
    poison(folder, marker, column)

    for create in (False, True):
        with pytest.raises(UntrustedCollection, match="names an embedding function") as caught:
            open_folder(folder, create=create)
        assert (caught.value.code, caught.value.status) == ("untrusted_collection_config", 503)
    assert not marker.exists()


@pytest.mark.model
def test_an_ingestion_refuses_code_named_in_its_folder_and_a_rebuild_is_free_of_it(house: House) -> None:
    marker = house.root / "marker"
    poison(house.current / CHROMA_FOLDER, marker, "config_json_str")

    with pytest.raises(UntrustedCollection, match="Run `coe ingest --rebuild`"):
        house.ingest()
    house.ingest(options=IngestOptions(rebuild=True))
    house.ingest()

    assert (house.generations.current(), marker.exists()) == (2, False)


def test_a_folder_that_cannot_be_opened_for_want_of_open_files_is_named(tmp_path: Path) -> None:
    # In a process of its own: Chroma's panic is told to standard error, and the limit stays.
    script = """
import os, resource, sys
from pathlib import Path
from ingest.errors import LibraryDamaged
from ingest.vectors import open_folder

hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
for more in range(2, 20, 2):
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(os.listdir("/proc/self/fd")) + more, hard))
    try:
        open_folder(Path(sys.argv[1]) / str(more), create=True).close()
    except LibraryDamaged as error:
        print(error)
    except OSError:
        pass  # named by the ingestion
"""
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert "cannot be opened" in done.stdout
