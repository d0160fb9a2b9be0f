"""`make torture`: the whole of every series, with a table of its figures; exit code 1 when one is not zero."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from tests.torture.kills import event_kills, measure, random_kills, series, step_kills
from tests.torture.readers import live
from tests.torture.world import World, run, use_stand_in

Figures = dict[str, object]
BAD = ("readers misled", "not recovered")


def kills(folder: Path, share: float) -> Figures:
    """Ingestions killed at random, at every step and at file operations, with readers at work."""
    use_stand_in()
    world = World(folder)
    world.write(0)
    if run(world.ingest) != 0:
        raise RuntimeError("the first ingestion fails")
    seconds, events = measure(world, 1)
    harms = [*step_kills(), *random_kills(int(120 * share), seconds), *event_kills(int(60 * share), events)]
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
        "answers refused during a swap": tally.refused,
        "not recovered": tally.not_recovered,
    }


SERIES: dict[str, Callable[[Path, float], Figures]] = {"kills": kills}


def main(
    names: Annotated[list[str] | None, typer.Argument(help=f"Of {', '.join(SERIES)}; all without any.")] = None,
    share: Annotated[float, typer.Option(help="Share of each series to run.")] = 1.0,
) -> None:
    """Run series, each in a folder of its own, and print their figures."""
    bad = 0
    for name in names or SERIES:
        with TemporaryDirectory() as folder:
            figures = SERIES[name](Path(folder), share)
        typer.echo(json.dumps({"series": name, **figures}, ensure_ascii=False))
        bad += sum(figures.get(key, 0) != 0 for key in BAD)
    raise typer.Exit(1 if bad else 0)


if __name__ == "__main__":
    typer.run(main)
