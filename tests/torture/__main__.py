"""`make torture`: the whole of every series, with a table of its figures; exit code 1 when one is not zero."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from tests.conftest import DOCUMENTS, House
from tests.ingest.test_library_states import live_through
from tests.mounts import CannotMount, mounted
from tests.torture.bad_files import feed
from tests.torture.faults import (
    emptied_sources,
    failing_operations,
    failing_syncs,
    few_files,
    full_disks,
    read_only_folders,
    second_ingestions,
    small_files,
    torn_files,
)
from tests.torture.kills import event_kills, measure, random_kills, step_kills
from tests.torture.readers import live
from tests.torture.rounds import Harm, series
from tests.torture.soak import soak
from tests.torture.uploads import upload
from tests.torture.world import World, run, use_stand_in

Figures = dict[str, object]


@dataclass(frozen=True)
class Options:
    """How much of it."""

    share: float
    minutes: float


BAD = ("wrong", "not recovered", "errors", "answers drifted", "grown", "not found in time", "not found after a restart")


def kills(folder: Path, options: Options) -> Figures:
    """Ingestions killed at random, at every step and at file operations, with readers at work."""
    world, seconds, operations = _world(folder)
    harms = [
        *_some(step_kills(), options.share),
        *random_kills(int(120 * options.share), seconds),
        *event_kills(int(60 * options.share), operations),
    ]
    return _harmed(world, harms)


def disks(folder: Path, options: Options) -> Figures:
    """A small file system that is full, or cannot be written, with readers at work."""
    try:
        with mounted(folder, "size=64m"):
            world, _, _ = _world(folder)
            harms = [*full_disks(int(24 * options.share)), *read_only_folders(max(1, int(4 * options.share)))]
            return _harmed(world, harms)
    except CannotMount as reason:
        return {"skipped": str(reason)}


def faults(folder: Path, options: Options) -> Figures:
    """Errors of files in Python, SQLite and Chroma; a second ingestion; a corpus that is gone; with readers at work."""
    world, _, operations = _world(folder)
    harms = [
        *small_files(int(30 * options.share)),
        *few_files(int(20 * options.share)),
        *failing_operations(int(40 * options.share), operations),
        *failing_syncs(int(16 * options.share)),
        *_some(torn_files(), options.share),
        *second_ingestions(max(1, int(4 * options.share))),
        *emptied_sources(),
    ]
    return _harmed(world, harms)


def _world(folder: Path) -> tuple[World, float, int]:
    """An ingested world; seconds and file operations that an ingestion takes there."""
    use_stand_in()
    world = World(folder)
    world.write(0)
    if run(world.ingest) != 0:
        raise RuntimeError("the first ingestion fails")
    return world, *measure(world, 1)


def _some(harms: Sequence[Harm], share: float) -> Sequence[Harm]:
    return harms[:: max(1, round(1 / share))]


def _harmed(world: World, harms: Sequence[Harm]) -> Figures:
    with live(world) as readers:
        tally = series(world, harms, readers, first_state=1)
    for line, count in Counter(tally.wrong).most_common(10):
        typer.echo(f"    {count} × {line}", err=True)
    return {
        "ingestions harmed": len(tally.rounds),
        "killed": tally.killed,
        "refused by name": tally.refused,
        "ended well": sum(each.code == 0 for each in tally.rounds),
        "readings": tally.readings,
        "wrong": len(tally.wrong),
        "not recovered": tally.not_recovered,
    }


def uploads(folder: Path, options: Options) -> Figures:
    """Documents sent in at the same time to four workers; each worker must find each of them."""
    house = House(folder)
    for name, text in DOCUMENTS.items():
        house.write(name, text)
    house.ingest()
    return upload(house, documents=max(4, int(200 * options.share)), workers=4, at_once=200)


def bad_files(folder: Path, options: Options) -> Figures:
    """Every malformed and hostile file there is, ingested by a running server."""
    return feed(folder)


def states(folder: Path, options: Options) -> Figures:
    """Libraries to which anything is done, in any order, compared with fresh ones."""
    examples, steps = max(1, int(60 * options.share)), 30
    live_through(examples, steps)
    return {"libraries": examples, "things done to each, at most": steps}


def soaked(folder: Path, options: Options) -> Figures:
    """A server asked and changed for a long time."""
    return soak(folder, options.minutes)


SERIES: dict[str, Callable[[Path, Options], Figures]] = {
    "kills": kills,
    "disks": disks,
    "faults": faults,
    "uploads": uploads,
    "bad-files": bad_files,
    "states": states,
    "soak": soaked,
}


def main(
    names: Annotated[list[str] | None, typer.Argument(help=f"Of {', '.join(SERIES)}; all without any.")] = None,
    share: Annotated[float, typer.Option(help="Share of each series to run.")] = 1.0,
    keep: Annotated[Path | None, typer.Option(help="Folder to work in and to leave as it is then.")] = None,
    minutes: Annotated[float, typer.Option(help="How long the soak takes.")] = 5.0,
) -> None:
    """Run series, each in a folder of its own, and print their figures."""
    bad = 0
    for name in names or SERIES:
        with nullcontext(keep / name) if keep else TemporaryDirectory() as folder:
            figures = SERIES[name](Path(folder), Options(share, minutes))
        typer.echo(json.dumps({"series": name, **figures}, ensure_ascii=False))
        bad += sum(figures.get(key, 0) != 0 for key in BAD)
    raise typer.Exit(1 if bad else 0)


if __name__ == "__main__":
    typer.run(main)
