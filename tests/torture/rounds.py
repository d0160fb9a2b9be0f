"""One harmed ingestion after the other, with readers at work: old state or new, nothing between."""

import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from time import monotonic

from ingest.errors import CoeError
from tests.torture.readers import Reader, Seen
from tests.torture.world import NAMED, World, run, texts

Harm = Callable[[World], int | None]
"""Runs an ingestion and harms it; its exit code, or None when it was left hanging. `AssertionError` is a finding."""


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
    """What a reader should not have been shown, or an ingestion should not have done."""

    @property
    def refused(self) -> int:
        """Ingestions that ended with a clear message."""
        return sum(each.code == NAMED for each in self.rounds)

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
        try:
            each.code = harm(world)
        except AssertionError as error:
            tally.wrong.append(str(error))
        for reader in readers:
            reader.wait()
        each.harmed_until = monotonic()
        code = run(lambda new=each.new: _recover(world, new))
        each.recovered = code == 0
        if code != 0:
            tally.wrong.append(f"the ingestion after state {each.old} ended with {code}")
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
    try:
        world.ingest()
    except CoeError as error:
        raise AssertionError(f"after a kill in state {state}: {error}") from error
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
