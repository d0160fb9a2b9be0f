"""Ingestions killed at random moments, before and after every step, and at operations on files."""

import os
import shutil
import signal
import sys
from random import Random
from time import monotonic

import ingest.generation
import ingest.pipeline
import ingest.publication
import ingest.workers
from ingest.generation import Generations
from ingest.library import LibraryWriter
from ingest.vectors import VectorIndex
from tests.torture.rounds import Harm
from tests.torture.world import World, run, start

STEPS = (
    (ingest.workers, "load"),
    (ingest.pipeline, "_embed"),
    (ingest.pipeline, "keep_originals"),
    (ingest.pipeline, "_store"),
    (LibraryWriter, "delete"),
    (LibraryWriter, "add"),
    (LibraryWriter, "close"),
    (VectorIndex, "upsert"),
    (VectorIndex, "close"),
    (ingest.publication, "_could_add_vectors"),
    (ingest.publication, "_remake_vectors"),
    (ingest.publication, "check_vectors"),
    (ingest.publication, "seal"),
    (ingest.publication, "note_sums"),
    (ingest.publication, "drop_unused"),
    (ingest.publication, "drop_originals"),
    (Generations, "publish"),
    (Generations, "point_to"),
    (Generations, "prune"),
    (ingest.generation, "_flush"),
    (shutil, "copytree"),
    (shutil, "rmtree"),
    (ingest.pipeline, "note_run"),
)
FILE_EVENTS = ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.copyfile", "sqlite3.connect")


def random_kills(number: int, seconds: float, seed: int = 1) -> list[Harm]:
    """Kills at random moments of an ingestion that takes so long."""
    random = Random(seed)
    return [_kill_after(random.uniform(0.0, seconds)) for _ in range(number)]


def _kill_after(seconds: float) -> Harm:
    def harm(world: World) -> int | None:
        process = start(world.ingest)
        process.join(seconds)
        process.kill()
        process.join()
        return process.exitcode

    return harm


def step_kills() -> list[Harm]:
    """A kill before and one after each step, the first time it is reached."""
    return [_kill_at_step(owner, name, after=after) for owner, name in STEPS for after in (False, True)]


def _kill_at_step(owner: object, name: str, *, after: bool) -> Harm:
    real = getattr(owner, name)

    def work(world: World) -> None:
        def lethal(*arguments: object, **options: object) -> object:
            if after:
                real(*arguments, **options)
            os.kill(os.getpid(), signal.SIGKILL)

        setattr(owner, name, lethal)
        world.ingest()

    return lambda world: run(lambda: work(world))


def event_kills(points: int, events: int) -> list[Harm]:
    """Kills at so many of the file operations of an ingestion, spread evenly."""
    return [_kill_at_event(1 + at * events // points) for at in range(points)]


def _kill_at_event(number: int) -> Harm:
    def work(world: World) -> None:
        left = [number]

        def lethal(event: str, arguments: object) -> None:
            if event in FILE_EVENTS:
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(lethal)
        world.ingest()

    return lambda world: run(lambda: work(world))


def measure(world: World, state: int) -> tuple[float, int]:
    """Seconds and file operations of an ingestion that nobody harms."""
    world.write(state)
    note = world.root / "events"

    def work() -> None:
        count = [0]

        def counting(event: str, arguments: object) -> None:
            count[0] += event in FILE_EVENTS

        sys.addaudithook(counting)
        begun = monotonic()
        world.ingest()
        note.write_text(f"{monotonic() - begun} {count[0]}", encoding="utf-8")

    if run(work) != 0:
        raise RuntimeError("an ingestion that nobody harms fails")
    seconds, events = note.read_text(encoding="utf-8").split()
    return float(seconds), int(events)
