"""What a machine does to an ingestion: full disk, errors of files, no right to write, a second one, a lost corpus."""

import errno
import os
import resource
import shutil
import signal
import sys
from collections.abc import Callable
from multiprocessing.context import ForkProcess
from pathlib import Path
from time import monotonic, sleep

import ingest.pipeline
from app.cli.main import main as coe
from ingest.library import FILE_NAME
from ingest.publication import CHROMA_FOLDER
from ingest.vectors import VectorIndex
from tests.mounts import fill, make_read_only
from tests.torture.kills import FILE_EVENTS
from tests.torture.rounds import Harm
from tests.torture.world import NAMED, PATIENCE, World, run, start

_RUNNING = 2
"""Exit code of `coe` when somebody can mend what is wrong."""


def full_disks(points: int) -> list[Harm]:
    """Room for so many shares of another generation; the world stands on a small file system of its own."""
    return [_full_disk(1.2 * at / points) for at in range(points)]


def _full_disk(share: float) -> Harm:
    def harm(world: World) -> int | None:
        current = world.generations.folder(world.generations.current() or 0)
        size = sum(path.stat().st_size for path in current.rglob("*") if path.is_file())
        ballast = fill(world.root, but=int(share * size))
        try:
            return _ended_clearly(run(world.ingest), f"with room for {share:.0%} of a generation")
        finally:
            ballast.unlink()

    return harm


def read_only_folders(times: int) -> list[Harm]:
    """The file system cannot be written by the ingestion that is begun."""

    def work(world: World) -> None:
        make_read_only(world.root)
        world.ingest()

    def harm(world: World) -> int | None:
        code = run(lambda: work(world))
        if code != NAMED:
            raise AssertionError(f"an ingestion into a read-only folder ended with {code}")
        return code

    return [harm] * times


def small_files(points: int) -> list[Harm]:
    """No file may grow beyond a size: SQLite and Chroma meet the error in their own code."""
    return [_limited(resource.RLIMIT_FSIZE, int(2 ** (9 + 12 * at / points))) for at in range(points)]


def few_files(points: int) -> list[Harm]:
    """No more than so many files may be open: opening fails, in SQLite and Chroma too."""
    return [_limited(resource.RLIMIT_NOFILE, 8 + 2 * at) for at in range(points)]


def _limited(kind: int, limit: int) -> Harm:
    def work(world: World) -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(kind, (limit, resource.getrlimit(kind)[1]))
        world.ingest()

    return lambda world: _ended_clearly(run(lambda: work(world)), f"with limit {kind} at {limit}")


def failing_operations(points: int, operations: int) -> list[Harm]:
    """An input/output error at so many of the file operations of an ingestion, spread evenly."""
    return [_failing_at(1 + at * operations // points) for at in range(points)]


def _failing_at(number: int) -> Harm:
    def work(world: World) -> None:
        left = [number]

        def failing(event: str, arguments: object) -> None:
            if event in FILE_EVENTS:
                left[0] -= 1
                if left[0] == 0:
                    raise OSError(errno.EIO, os.strerror(errno.EIO))

        sys.addaudithook(failing)
        world.ingest()

    return lambda world: _ended_clearly(run(lambda: work(world)), f"with an error at file operation {number}")


def failing_syncs(points: int) -> list[Harm]:
    """The disk reports at so many moments that it could not keep what was written."""
    return [_failing_sync(1 + at) for at in range(points)]


def _failing_sync(number: int) -> Harm:
    def work(world: World) -> None:
        left = [number]
        real = os.fsync

        def failing(descriptor: int) -> None:
            left[0] -= 1
            if left[0] == 0:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            real(descriptor)

        os.fsync = failing
        world.ingest()

    return lambda world: _ended_clearly(run(lambda: work(world)), f"with an error at sync {number}")


def torn_files() -> list[Harm]:
    """A file of the draft is cut, spoilt or gone when the writer closed it: noticed before it is published."""
    return [
        _torn(pattern, damage)
        for pattern in (FILE_NAME, f"{CHROMA_FOLDER}/chroma.sqlite3")
        for damage in (_cut, _spoil, Path.unlink)
    ]


def _torn(pattern: str, damage: Callable[[Path], None]) -> Harm:
    def work(world: World) -> None:
        owner = ingest.pipeline if pattern == FILE_NAME else VectorIndex
        name = "_store" if pattern == FILE_NAME else "close"
        real = getattr(owner, name)
        done: list[Path] = []

        def torn(*arguments: object, **options: object) -> object:
            result = real(*arguments, **options)
            if not done:
                done.extend(world.config.data_dir.glob(f"generations/*.tmp/{pattern}"))
                for path in done:
                    damage(path)
            return result

        setattr(owner, name, torn)
        world.ingest()

    return lambda world: _ended_clearly(run(lambda: work(world)), f"with {pattern} damaged ({damage.__name__})")


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _spoil(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 3)
        file.write(b"\xa5" * 8192)


def second_ingestions(times: int) -> list[Harm]:
    """`coe ingest` beside an ingestion that is at work: refused by name, and the first one ends as it should."""
    return [_second_ingestion] * times


def _second_ingestion(world: World) -> int | None:
    begun, go_on = world.root / "begun", world.root / "go-on"
    for path in (begun, go_on):
        path.unlink(missing_ok=True)

    def first() -> None:
        real = ingest.pipeline._store

        def waiting(*arguments: object) -> object:
            begun.touch()
            _wait_for(go_on)
            return real(*arguments)

        ingest.pipeline._store = waiting
        world.ingest()

    process = start(first)
    _wait_for(begun, process)
    told = world.root / "told"
    code = run(lambda: _command_line(world, told))
    go_on.touch()
    process.join(PATIENCE)
    message = told.read_text(encoding="utf-8")
    if code != _RUNNING or f"process {process.pid}" not in message or process.exitcode != 0:
        raise AssertionError(f"a second ingestion ended with {code}, the first with {process.exitcode}: {message}")
    return process.exitcode


def _command_line(world: World, told: Path) -> None:
    os.environ.update(COE_DATA_DIR=str(world.config.data_dir), COE_CORPUS_DIR=str(world.config.corpus_dir))
    sys.argv = ["coe", "ingest"]
    with told.open("w", encoding="utf-8") as sys.stderr:
        coe()


def emptied_sources() -> list[Harm]:
    """The corpus folder is empty, gone, or lost most of its files: no deletion by mistake."""
    return [_emptied(how) for how in (_emptied_folder, _gone_folder, _thinned_folder)]


def _emptied(how: Callable[[Path], None]) -> Harm:
    def harm(world: World) -> int | None:
        aside = world.root / "aside"
        shutil.copytree(world.config.corpus_dir, aside)
        try:
            how(world.config.corpus_dir)
            code = run(world.ingest)
        finally:
            shutil.rmtree(world.config.corpus_dir, ignore_errors=True)
            aside.rename(world.config.corpus_dir)
        if code != NAMED:
            raise AssertionError(f"an ingestion of an {how.__name__} ended with {code}")
        return code

    return harm


def _emptied_folder(corpus: Path) -> None:
    for path in corpus.iterdir():
        path.unlink()


def _gone_folder(corpus: Path) -> None:
    shutil.rmtree(corpus)


def _thinned_folder(corpus: Path) -> None:
    for path in sorted(corpus.iterdir())[2:]:
        path.unlink()


def _ended_clearly(code: int | None, when: str) -> int | None:
    if code not in (0, NAMED):
        raise AssertionError(f"an ingestion {when} ended with {code}")
    return code


def _wait_for(path: Path, maker: ForkProcess | None = None) -> None:
    deadline = monotonic() + PATIENCE
    while not path.exists():
        if monotonic() > deadline:
            raise AssertionError(f"nobody makes {path.name}")
        if maker and not maker.is_alive():
            raise AssertionError(f"who was to make {path.name} ended with {maker.exitcode}")
        sleep(0.01)
