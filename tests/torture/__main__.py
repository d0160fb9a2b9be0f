"""`make torture`: the whole of every series, with a table of its figures; exit code 1 when one is not zero."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from tests.torture.kills import event_kills, measure, random_kills, series, step_kills
from tests.torture.readers import live
from tests.torture.soak import soak
from tests.torture.world import World, run, use_stand_in

Figures = dict[str, object]


@dataclass(frozen=True)
class Options:
    """How much of it."""

    share: float
    minutes: float


BAD = ("readers misled", "not recovered", "errors", "answers drifted", "grown")


def kills(folder: Path, options: Options) -> Figures:
    """Ingestions killed at random, at every step and at file operations, with readers at work."""
    use_stand_in()
    world = World(folder)
    world.write(0)
    if run(world.ingest) != 0:
        raise RuntimeError("the first ingestion fails")
    seconds, events = measure(world, 1)
    harms = [
        *step_kills(),
        *random_kills(int(120 * options.share), seconds),
        *event_kills(int(60 * options.share), events),
    ]
    with live(world) as readers:
        tally = series(world, harms, readers, first_state=1)
    for line, count in Counter(tally.wrong).most_common(10):
        typer.echo(f"    {count} × {line}", err=True)
    return {
        "ingestions harmed": len(tally.rounds),
        "killed": tally.killed,
        "ended before": sum(each.code == 0 for each in tally.rounds),
        "readings": tally.readings,
        "readers misled": len(tally.wrong),
        "not recovered": tally.not_recovered,
    }


def soaked(folder: Path, options: Options) -> Figures:
    """A server asked and changed for a long time."""
    return soak(folder, options.minutes)


SERIES: dict[str, Callable[[Path, Options], Figures]] = {"kills": kills, "soak": soaked}


def main(
    names: Annotated[list[str] | None, typer.Argument(help=f"Of {', '.join(SERIES)}; all without any.")] = None,
    share: Annotated[float, typer.Option(help="Share of each series to run.")] = 1.0,
    minutes: Annotated[float, typer.Option(help="How long the soak takes.")] = 5.0,
) -> None:
    """Run series, each in a folder of its own, and print their figures."""
    bad = 0
    for name in names or SERIES:
        with TemporaryDirectory() as folder:
            figures = SERIES[name](Path(folder), Options(share, minutes))
        typer.echo(json.dumps({"series": name, **figures}, ensure_ascii=False))
        bad += sum(figures.get(key, 0) != 0 for key in BAD)
    raise typer.Exit(1 if bad else 0)


if __name__ == "__main__":
    typer.run(main)
