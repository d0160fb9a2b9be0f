"""A Ray cluster makes the very library that one machine makes, although its workers die while they work."""

import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from signal import SIGKILL
from threading import Event, Thread

import pytest
from typer.testing import CliRunner

from app.cli.ingest import app
from ingest.errors import ConfigurationError
from ingest.library import FILE_NAME
from ingest.pipeline import IngestConfig
from ingest.pipeline import ingest as run_ingest
from ingest.ray_workers import LOCAL, ray_workers
from ingest.upkeep import Upkeep
from tests.chroma import free_port, running_chroma
from tests.conftest import House

needs_ray = pytest.mark.skipif(
    find_spec("ray") is None and not os.environ.get("CI"), reason="Ray is missing: pip install 'coe-assistant[scale]'"
)


@pytest.mark.model
@needs_ray
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning")
def test_workers_that_die_are_replaced_and_the_library_is_the_same(
    empty_house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.pipeline._SLAB", 2)  # a few slabs even of a few chunks
    empty_house.write("broken.pdf", "This is no PDF file.")
    here = replace(empty_house, data="here")
    reports = [here.ingest()]

    with running_chroma(tmp_path / "server") as server, ray_workers(LOCAL) as workers:
        there = replace(empty_house, data="there", chroma=server.address)
        with _killing("_Load", "_Embed") as killed:
            reports.append(replace(run_ingest(there.config, workers=workers), seconds=0.0))
        assert killed() == ["_Load", "_Embed"]
        assert _tables(there.config) == _tables(here.config)
        assert Upkeep(there.config.data_dir, there.chroma).check().is_sound

    assert reports[0] == reports[1]
    assert [failure.path for failure in reports[0].failed] == ["broken.pdf"]


def _tables(config: IngestConfig) -> list[str]:
    """Everything that a library of one generation holds, in the order in which it was written, but for its name."""
    file = config.data_dir / "generations" / "000001" / FILE_NAME
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        return [line for line in connection.iterdump() if "'library_id'" not in line]


@contextmanager
def _killing(*stages: str) -> Iterator[Callable[[], list[str]]]:
    """Kill one worker of each stage, in their order, while it works; tells which were killed."""
    killed: list[str] = []
    ended = Event()

    def watch() -> None:
        for stage in stages:
            while not (found := _working_on(stage)):
                if ended.wait(0.002):
                    return
            os.kill(found[0], SIGKILL)
            killed.append(stage)

    thread = Thread(target=watch)
    thread.start()
    try:
        yield lambda: killed
    finally:
        ended.set()
        thread.join()


def _working_on(stage: str) -> list[int]:
    """Ray processes below this one that are in the middle of a task of a stage."""
    tasks = [path for path in Path("/proc").glob("[0-9]*/cmdline") if f"Map({stage})).submit" in _read(path)]
    return [pid for path in tasks if _descends_from_here(pid := int(path.parent.name))]


def _descends_from_here(pid: int) -> bool:
    while pid > 1:
        if pid == os.getpid():
            return True
        pid = int((_read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split() or ["", "0"])[1])
    return False


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:  # it ended meanwhile
        return ""


@needs_ray
@pytest.mark.parametrize("address", ["127.0.0.1:{port}", "nowhere", "127.0.0.1:port"])
def test_a_silent_cluster_is_an_error(house: House, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("COE_DATA_DIR", str(house.config.data_dir))
    monkeypatch.setenv("COE_CORPUS_DIR", str(house.corpus))

    error = CliRunner().invoke(app, ["--ray", address.format(port=free_port())]).exception

    assert isinstance(error, ConfigurationError)
    assert "No Ray cluster answers at" in str(error)
    assert house.generations.kept() == [1]


def test_without_ray_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)

    with pytest.raises(ConfigurationError, match=r"coe-assistant\[scale\]"), ray_workers("10.0.0.5:6379"):
        pass
