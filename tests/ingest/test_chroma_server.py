"""Vectors on a Chroma server: what holds in a folder holds there, and nobody waits for it without end."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from time import monotonic

import pytest
from chromadb.api.shared_system_client import SharedSystemClient

from app.shelf import Shelf
from ingest.errors import ConfigurationError, LibraryDamaged, SearchUnavailable, UntrustedCollection
from ingest.pipeline import IngestOptions
from ingest.pipeline import ingest as run_ingest
from ingest.publication import CHROMA_FOLDER
from ingest.upkeep import Upkeep
from ingest.vectors import ChromaServer, VectorIndex, drop_collections, open_server
from tests.chroma import Proxy, RunningChroma, free_port, function_with_code, proxied, random_chunks, running_chroma
from tests.conftest import House

FEW = random_chunks(5)
EDITED = "The secretariat moved to Samarkand in 2031."


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningChroma]:
    with running_chroma(tmp_path_factory.mktemp("server")) as running:
        yield running


def _shelf(house: House) -> Shelf:
    return Shelf(house.config.data_dir, house.fingerprint, house.chroma)


def _upkeep(house: House) -> Upkeep:
    return Upkeep(house.config.data_dir, house.chroma)


def _collection(house: House) -> str:
    """Name of the current generation's collection."""
    with closing(house.library()) as library:
        return f"coe-{library.meta('library_id')}-{house.current.name}"


def _edit(house: House) -> None:
    house.write("secretariat.md", (house.corpus / "secretariat.md").read_text(encoding="utf-8") + f"\n{EDITED}\n")


@pytest.fixture
def hosted(house: House, server: RunningChroma) -> House:
    """The small library with its vectors on the server."""
    on_server = replace(house, chroma=server.address, data="hosted")
    on_server.ingest()
    return on_server


def _asked(house: House) -> list[list[tuple[str, float]]]:
    """What every chunk's own vector finds."""
    edition = _shelf(house).current()
    stored = list(edition.library.stored_chunks())
    return [[(id, round(value, 4)) for id, value in edition.vectors.nearest(item.vector, 5)] for item in stored]


@pytest.mark.model
def test_a_server_finds_what_a_folder_finds(house: House, hosted: House) -> None:
    assert _asked(hosted) == _asked(house)
    assert not (hosted.current / CHROMA_FOLDER).exists()


@pytest.mark.model
def test_old_collections_are_dropped_from_the_server(hosted: House, server: RunningChroma) -> None:
    prefix = _collection(hosted).rpartition("-")[0]
    foreign = f"coe-{'0' * 8}-000001"
    server.create(foreign)

    for number in range(3):
        (hosted.corpus / f"copy{number}.md").write_bytes((hosted.corpus / "secretariat.md").read_bytes())
        hosted.ingest(options=IngestOptions(rebuild=number == 1))

    names = server.names()
    assert [name for name in names if name.startswith(prefix)] == [f"{prefix}-000003", f"{prefix}-000004"]
    assert foreign in names


@pytest.mark.model
def test_a_copied_data_folder_has_collections_of_its_own_from_its_next_ingestion_on(
    hosted: House, server: RunningChroma
) -> None:
    copied = replace(hosted, data="copied")
    shutil.copytree(hosted.config.data_dir, copied.config.data_dir)
    copied.ingest()
    own = _collection(copied).rpartition("-")[0]

    for house in (hosted, copied, hosted, copied):
        _edit(house)
        house.ingest()
    hosted.ingest()

    assert own != _collection(hosted).rpartition("-")[0]
    assert {name for name in server.names() if name.startswith(own)} == {f"{own}-00000{at}" for at in (3, 4)}
    assert _asked(copied) == _asked(hosted)


@pytest.mark.model
def test_a_collection_left_by_a_killed_ingestion_is_made_anew(hosted: House, server: RunningChroma) -> None:
    leftover = _collection(hosted).replace("-000001", "-000002")
    with closing(open_server(server.address, leftover, create=True)) as index:
        index.upsert(FEW)
    (hosted.corpus / "copy.md").write_bytes((hosted.corpus / "secretariat.md").read_bytes())

    assert hosted.ingest().generation == 2


@pytest.mark.model
def test_a_collection_that_the_server_lost_is_made_anew(hosted: House, server: RunningChroma) -> None:
    shelf = _shelf(hosted)
    vector = next(shelf.current().library.stored_chunks()).vector
    drop_collections(server.address, "coe-", keep=())

    with pytest.raises(LibraryDamaged, match="Run `coe ingest`"):
        shelf.current().vectors.nearest(vector, 1)
    assert hosted.ingest().generation == 2
    assert len(shelf.current().vectors.nearest(vector, 1)) == 1


def test_code_named_on_a_server_is_refused_and_not_run(server: RunningChroma, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    server.create("poisoned", configuration={"embedding_function": function_with_code(tmp_path, marker)})

    with pytest.raises(UntrustedCollection):
        open_server(server.address, "poisoned")
    with closing(open_server(server.address, "poisoned", create=True)) as index:
        index.upsert(FEW)
        index.check(FEW, len(FEW))
    assert not marker.exists()


@pytest.mark.model
def test_a_library_whose_collection_names_code_is_refused_until_it_is_made_anew(
    hosted: House, server: RunningChroma
) -> None:
    name, marker = _collection(hosted), hosted.root / "marker"
    server.delete(name)
    server.create(name, configuration={"embedding_function": function_with_code(hosted.root, marker)})
    shelf = _shelf(hosted)

    for use in (shelf.current, hosted.ingest):
        with pytest.raises(UntrustedCollection, match="names an embedding function"):
            use()
    [*_, vectors] = _upkeep(hosted).check().findings
    assert (vectors.part, "names an embedding function" in str(vectors.problem)) == ("vectors", True)
    _upkeep(hosted).repair()
    assert (shelf.current().number, hosted.ingest().generation, marker.exists()) == (2, 2, False)


@pytest.mark.model
def test_a_stalled_server_is_given_up_in_time_and_found_again(hosted: House, server: RunningChroma) -> None:
    shelf = _shelf(hosted)
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
        open_server(ChromaServer(f"http://127.0.0.1:{free_port()}"), "chunks")
    assert monotonic() - started < 3


@pytest.mark.model
def test_an_ingestion_whose_server_dies_changes_nothing_and_is_repeated(house: House, tmp_path: Path) -> None:
    folder, port = tmp_path / "server", free_port()
    with running_chroma(folder, port) as first:
        hosted = replace(house, chroma=first.address, data="hosted")
        hosted.ingest()
        _edit(hosted)
        with pytest.raises(SearchUnavailable):
            run_ingest(hosted.config, progress=lambda stage, done, total: first.process.kill())
    assert (hosted.generations.current(), hosted.generations.kept()) == (1, [1])

    with running_chroma(folder, port) as second:
        assert hosted.ingest().generation == 2
        assert len([name for name in second.names() if name.startswith("coe-")]) == 2


@pytest.mark.model
def test_an_edited_document_is_replaced_on_the_server(hosted: House, server: RunningChroma) -> None:
    _edit(hosted)
    (hosted.corpus / "glossary.md").unlink()

    report = hosted.ingest()

    texts = "\n".join(server.documents(_collection(hosted)))
    assert (report.written, report.deleted) == (("secretariat",), ("glossary",))
    assert (texts.count("is in Tashkent"), texts.count(EDITED), "national action plan" in texts) == (1, 1, False)
    assert _upkeep(hosted).check().is_sound


@pytest.mark.model
def test_damage_on_the_server_is_found_and_repaired_without_the_model(hosted: House, server: RunningChroma) -> None:
    server.forget(_collection(hosted), where="Tashkent")
    [*sound, vectors] = _upkeep(hosted).check().findings
    assert ([finding.problem for finding in sound], "holds" in str(vectors.problem)) == ([None] * len(sound), True)

    _upkeep(hosted).repair()

    assert (hosted.generations.current(), _upkeep(hosted).check().is_sound) == (2, True)


@pytest.mark.model
def test_a_rollback_brings_the_old_collection_back(hosted: House, server: RunningChroma) -> None:
    shelf, before = _shelf(hosted), _asked(hosted)
    _edit(hosted)
    hosted.ingest()
    assert (shelf.current().number, _asked(hosted) == before) == (2, False)

    _upkeep(hosted).roll_back(hosted.fingerprint)
    assert (shelf.current().number, _asked(hosted)) == (1, before)

    hosted.ingest()
    kept = [name.rpartition("-")[2] for name in server.names() if name.startswith(_collection(hosted)[:-6])]
    assert (shelf.current().number, kept) == (3, ["000001", "000003"])


@pytest.mark.model
def test_vectors_of_a_time_without_server_do_not_linger(house: House, server: RunningChroma) -> None:
    moved = replace(house, chroma=server.address)
    with pytest.raises(LibraryDamaged, match="Run `coe ingest`"):
        _shelf(moved).current()

    moved.ingest()

    assert (_shelf(moved).current().number, (moved.current / CHROMA_FOLDER).exists()) == (2, False)
    assert replace(moved, chroma=None).ingest().generation == 3
    assert (house.current / CHROMA_FOLDER).exists()


def test_a_closed_connection_leaves_nothing_behind(server: RunningChroma) -> None:
    before = dict(SharedSystemClient._identifier_to_system)

    with closing(open_server(server.address, "closed", create=True)) as index:
        index.upsert(FEW)

    assert before == SharedSystemClient._identifier_to_system


def test_a_collection_of_other_vectors_is_damage(server: RunningChroma) -> None:
    with closing(open_server(server.address, "other", create=True)) as index:
        index.upsert(FEW)
        with pytest.raises(LibraryDamaged, match="Run `coe ingest`"):
            index.nearest([1.0, 0.0], 1)


# Before the server


@pytest.mark.model
def test_a_proxy_gets_the_token_and_lets_nobody_through_without(house: House, server: RunningChroma) -> None:
    with proxied(server.address.url, "s3cret") as proxy:
        hosted = replace(house, chroma=proxy.address, data="hosted")
        hosted.ingest()
        assert len(_asked(hosted)[0]) == 5
        proxy.passed.clear()

        for token in (None, "guessed"):
            with pytest.raises(SearchUnavailable, match="COE_CHROMA_TOKEN") as caught:
                replace(hosted, chroma=ChromaServer(proxy.url, token)).ingest()
            assert "guessed" not in str(caught.value)
        assert proxy.passed == []


@pytest.fixture(scope="module")
def behind(server: RunningChroma) -> Iterator[tuple[Proxy, VectorIndex]]:
    """A proxy, and an index opened through it."""
    with (
        proxied(server.address.url, "s3cret") as proxy,
        closing(open_server(proxy.address, "behind", create=True)) as index,
    ):
        index.upsert(FEW)
        yield proxy, index


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        pytest.param((502, "text/html", "<html>Bad gateway"), "answers with status 502", id="bad gateway"),
        pytest.param((500, "application/json", '{"error": "Oops"}'), "answers with status 500", id="another's JSON"),
        pytest.param((404, "", ""), "answers with status 404", id="not found"),
        pytest.param((413, "text/html", "Too large"), "answers with status 413", id="too large"),
        pytest.param((302, "text/html", ""), "answers with status 302", id="sent elsewhere"),
        pytest.param((200, "text/html", "<html>"), "is not a Chroma server", id="a page"),
        pytest.param((200, "application/json", ""), "is not a Chroma server", id="nothing"),
    ],
)
def test_what_is_not_chromas_answer_is_named_and_forgotten(
    behind: tuple[Proxy, VectorIndex], reply: tuple[int, str, str], message: str
) -> None:
    proxy, index = behind
    proxy.reply = reply
    for use in (lambda: index.nearest(FEW[0].vector, 1), lambda: open_server(proxy.address, "behind")):
        with pytest.raises(SearchUnavailable, match=message):
            use()
    proxy.reply = None
    assert index.nearest(FEW[0].vector, 1)[0][0] == FEW[0].chunk.id


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
