"""Ingestions killed at random moments and at every step, with readers at work: old state or new, nothing between."""

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from time import monotonic

import ingest.generation
import ingest.pipeline
import ingest.publication
from ingest.generation import Generations
from ingest.library import LibraryWriter
from ingest.vectors import VectorIndex
from tests.torture.readers import Reader, Seen
from tests.torture.world import World, run, start, texts

Harm = Callable[[World], int | None]
"""Runs an ingestion and harms it; its exit code, or None when it was left hanging."""

STEPS = (
    (ingest.pipeline, "_load"),
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
    (ingest.publication, "_drop_unused"),
    (ingest.publication, "drop_originals"),
    (Generations, "publish"),
    (Generations, "point_to"),
    (Generations, "prune"),
    (ingest.generation, "_flush"),
    (shutil, "copytree"),
    (shutil, "rmtree"),
)
FILE_EVENTS = ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.copyfile", "sqlite3.connect")


@dataclass
class Round:
    """One harmed ingestion: when, between which states, how it ended, and how the next one did."""

    begun: float
    old: int
    new: int
    code: int | None = None
    harmed_until: float = 0.0
    ended: float = 0.0
    recovered: bool = False


@dataclass
class Tally:
    """Figures of a series."""

    rounds: list[Round] = field(default_factory=list)
    readings: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def killed(self) -> int:
        """Ingestions that a kill ended."""
        return sum(each.code == -signal.SIGKILL for each in self.rounds)

    @property
    def not_recovered(self) -> int:
        """Rounds after which the next ingestion failed or did not hold the whole new state."""
        return sum(not each.recovered for each in self.rounds)


def series(world: World, harms: Sequence[Harm], readers: Sequence[Reader], first_state: int) -> Tally:
    """Harm one ingestion after the other; after each let every reader look, then ingest again and check everything."""
    tally = Tally()
    for state, harm in enumerate(harms, start=first_state):
        each = Round(monotonic(), state, state + 1)
        world.write(each.new)
        each.code = harm(world)
        for reader in readers:
            reader.wait()
        each.harmed_until = monotonic()
        each.recovered = run(lambda new=each.new: _recover(world, new)) == 0
        for reader in readers:
            reader.wait()
        each.ended = monotonic()
        tally.rounds.append(each)
    for reader in readers:
        seen = reader.seen()
        tally.readings += len(seen)
        tally.wrong += _misled(seen, tally.rounds)
    return tally


def _recover(world: World, state: int) -> None:
    world.ingest()
    held = set(world.kept_documents())
    problems = world.problems()
    if held != texts(state).keys() or problems or list(world.config.data_dir.glob("**/*.tmp")):
        raise AssertionError(f"after a kill in state {state}: {problems}, {sorted(held)}")


def _misled(seen: Sequence[Seen], rounds: Sequence[Round]) -> Iterator[str]:
    """What a reader was shown that was neither the old nor the new state, or was an error."""
    for each in seen:
        met = [one for one in rounds if each.begun <= one.ended and each.ended >= one.begun]
        allowed = {state for one in met for state in (one.old, one.new)}
        if each.wrong:
            yield each.wrong
        elif allowed and each.state not in allowed:
            yield f"state {each.state} instead of {sorted(allowed)}"


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
    def work(world: World) -> None:
        real = getattr(owner, name)

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
