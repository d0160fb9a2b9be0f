"""The vector index: checked after reopening, never running what is stored in it, never waited for without end."""

import gc
import json
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import hypot
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
import pytest
from langchain_core.embeddings import DeterministicFakeEmbedding

from app.shelf import Shelf
from ingest.errors import ConfigurationError, LibraryDamaged, SearchUnavailable, UntrustedCollection
from ingest.library import StoredChunk
from ingest.pipeline import IngestOptions
from ingest.publication import CHROMA_FOLDER
from ingest.types import Chunk
from ingest.vectors import ChromaServer, drop_collections, open_folder, open_server, seal
from tests.conftest import House

DIMENSIONS = 16


def _stored(count: int) -> list[StoredChunk]:
    """Chunks with random vectors of length 1."""
    source = random.Random(1)
    vectors = [[source.gauss(0, 1) for _ in range(DIMENSIONS)] for _ in range(count)]
    return [
        StoredChunk(
            Chunk(f"{number:032x}", "d", number, 0, 1, "", None, f"text {number}"),
            array("f", [value / hypot(*vector) for value in vector]),
        )
        for number, vector in enumerate(vectors)
    ]


MANY = _stored(2_100)
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


# Code named in a stored configuration


def _poison(folder: Path, marker: Path, column: str) -> None:
    """Store an embedding function whose model brings code of its own."""
    model = folder.parent / "model"
    model.mkdir()
    (model / "modules.json").write_text(
        json.dumps([{"idx": 0, "name": "0", "path": "", "type": "evil.Evil"}]), encoding="utf-8"
    )
    (model / "evil.py").write_text(f"open({str(marker)!r}, 'w').close()\n", encoding="utf-8")
    function = {
        "type": "known",
        "name": "sentence_transformer",
        "config": {
            "model_name": str(model),
            "device": "cpu",
            "normalize_embeddings": False,
            "kwargs": {"trust_remote_code": True},
        },
    }
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
    _poison(folder, marker, column)

    for create in (False, True):
        with pytest.raises(UntrustedCollection, match="names an embedding function") as caught:
            open_folder(folder, create=create)
        assert (caught.value.code, caught.value.status) == ("untrusted_collection_config", 503)
    assert not marker.exists()


@pytest.mark.model
def test_an_ingestion_refuses_code_named_in_its_folder_and_a_rebuild_is_free_of_it(house: House) -> None:
    marker = house.root / "marker"
    _poison(house.current / CHROMA_FOLDER, marker, "config_json_str")

    with pytest.raises(UntrustedCollection, match="Run `coe ingest --rebuild`"):
        house.ingest()
    house.ingest(options=IngestOptions(rebuild=True))
    house.ingest()

    assert (house.generations.current(), marker.exists()) == (2, False)


# A server


@dataclass(frozen=True)
class RunningChroma:
    """A Chroma server of this machine."""

    address: ChromaServer
    process: subprocess.Popen[bytes]

    @property
    def collections(self) -> str:
        return f"{self.address.url}/api/v2/tenants/default_tenant/databases/default_database/collections"

    def names(self) -> list[str]:
        return sorted(collection["name"] for collection in httpx.get(self.collections).raise_for_status().json())

    def create(self, name: str, **fields: object) -> None:
        httpx.post(self.collections, json={"name": name, "get_or_create": True, **fields}).raise_for_status()

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """The server neither answers nor closes its connections."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningChroma]:
    url = f"http://127.0.0.1:{(port := _free_port())}"
    command = [Path(sys.executable).with_name("chroma"), "run", "--host", "127.0.0.1", "--port", str(port), "--path"]
    process = subprocess.Popen(
        [*command, tmp_path_factory.mktemp("server")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(f"{url}/api/v2/heartbeat", process)
        yield RunningChroma(ChromaServer(url), process)
    finally:
        process.kill()
        process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = monotonic() + 60
    while monotonic() < deadline:
        try:
            httpx.get(url, timeout=5).raise_for_status()
        except httpx.HTTPError:
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(timeout=0.05)
        else:
            return
    pytest.fail("the Chroma server does not start")


@pytest.fixture
def hosted(house: House, server: RunningChroma) -> House:
    """The small library with its vectors on the server."""
    on_server = replace(house, chroma=server.address, data="hosted")
    on_server.ingest()
    return on_server


def _asked(house: House) -> list[list[tuple[str, float]]]:
    """What every chunk's own vector finds."""
    edition = Shelf(house.config.data_dir, house.fingerprint, house.chroma).current()
    stored = list(edition.library.stored_chunks())
    return [[(id, round(value, 4)) for id, value in edition.vectors.nearest(item.vector, 5)] for item in stored]


@pytest.mark.model
def test_a_server_finds_what_a_folder_finds(house: House, hosted: House) -> None:
    assert _asked(hosted) == _asked(house)
    assert not (hosted.current / CHROMA_FOLDER).exists()


@pytest.mark.model
def test_old_collections_are_dropped_from_the_server(hosted: House, server: RunningChroma) -> None:
    with closing(hosted.library()) as library:
        prefix = f"coe-{library.meta('library_id')}"
    foreign = f"coe-{'0' * 8}-000001"
    server.create(foreign)

    for number in range(3):
        (hosted.corpus / f"copy{number}.md").write_bytes((hosted.corpus / "secretariat.md").read_bytes())
        hosted.ingest(options=IngestOptions(rebuild=number == 1))

    names = server.names()
    assert [name for name in names if name.startswith(prefix)] == [f"{prefix}-000003", f"{prefix}-000004"]
    assert foreign in names


@pytest.mark.model
def test_a_collection_left_by_a_killed_ingestion_is_made_anew(hosted: House, server: RunningChroma) -> None:
    with closing(hosted.library()) as library:
        leftover = f"coe-{library.meta('library_id')}-000002"
    with closing(open_server(server.address, leftover, create=True)) as index:
        index.upsert(FEW)
    (hosted.corpus / "copy.md").write_bytes((hosted.corpus / "secretariat.md").read_bytes())

    assert hosted.ingest().generation == 2


@pytest.mark.model
def test_a_collection_that_the_server_lost_is_made_anew(hosted: House, server: RunningChroma) -> None:
    shelf = Shelf(hosted.config.data_dir, hosted.fingerprint, server.address)
    vector = next(shelf.current().library.stored_chunks()).vector
    drop_collections(server.address, "coe-", keep=())

    with pytest.raises(LibraryDamaged, match="Run `coe ingest`"):
        shelf.current().vectors.nearest(vector, 1)
    assert hosted.ingest().generation == 2
    assert len(shelf.current().vectors.nearest(vector, 1)) == 1


def test_code_named_on_a_server_is_refused(server: RunningChroma) -> None:
    function = {
        "type": "known",
        "name": "sentence_transformer",
        "config": {"model_name": "/nowhere", "device": "cpu", "normalize_embeddings": False, "kwargs": {}},
    }
    server.create("poisoned", configuration={"embedding_function": function})

    with pytest.raises(UntrustedCollection):
        open_server(server.address, "poisoned")


@pytest.mark.model
def test_a_stalled_server_is_given_up_in_time_and_found_again(hosted: House, server: RunningChroma) -> None:
    shelf = Shelf(hosted.config.data_dir, hosted.fingerprint, server.address)
    vector = next(shelf.current().library.stored_chunks()).vector
    started = monotonic()

    with server.stopped(), pytest.raises(SearchUnavailable, match="does not answer") as caught:
        shelf.current().vectors.nearest(vector, 1)

    assert monotonic() - started < 12
    assert (caught.value.code, caught.value.status) == ("search_unavailable", 503)
    assert len(shelf.current().vectors.nearest(vector, 1)) == 1


@pytest.mark.model
def test_an_ingestion_gives_a_stalled_server_up_and_changes_nothing(hosted: House, server: RunningChroma) -> None:
    (hosted.corpus / "copy.md").write_bytes((hosted.corpus / "secretariat.md").read_bytes())

    with server.stopped(), pytest.raises(SearchUnavailable):
        hosted.ingest()

    assert (hosted.generations.current(), hosted.generations.kept()) == (1, [1])
    assert hosted.ingest().generation == 2


def test_an_unreachable_server_is_given_up_at_once() -> None:
    started = monotonic()

    with pytest.raises(SearchUnavailable, match="check COE_CHROMA_URL"):
        open_server(ChromaServer(f"http://127.0.0.1:{_free_port()}"), "chunks")
    assert monotonic() - started < 3


class _Stranger(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>")

    def log_message(self, *arguments: object) -> None:
        """Nothing is printed."""


def test_a_server_that_is_no_chroma_is_an_error() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Stranger) as stranger:
        threading.Thread(target=stranger.serve_forever, daemon=True).start()
        with pytest.raises(SearchUnavailable, match="is not a Chroma server"):
            open_server(ChromaServer(f"http://127.0.0.1:{stranger.server_port}"), "chunks")
        stranger.shutdown()


@pytest.mark.parametrize(
    ("server", "message"),
    [
        pytest.param(ChromaServer("http://chroma.example.org:8000"), "COE_CHROMA_TOKEN", id="remote, no token"),
        pytest.param(ChromaServer("http://10.0.0.7:8000"), "COE_CHROMA_TOKEN", id="private, no token"),
        pytest.param(ChromaServer("chroma:8000"), "such as http://127.0.0.1:8000", id="no scheme"),
        pytest.param(ChromaServer("http://127.0.0.1:port"), "such as http://127.0.0.1:8000", id="no port"),
        pytest.param(ChromaServer("http://a:b@127.0.0.1:8000", "t"), "such as http://127.0.0.1:8000", id="password"),
        pytest.param(ChromaServer("http://127.0.0.1:8000/x", "t"), "such as http://127.0.0.1:8000", id="path"),
    ],
)
def test_an_address_that_cannot_work_is_a_setting_to_mend(server: ChromaServer, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        open_server(server, "chunks")
