"""Bounded work: so many answers at the same time, so many waiting, everybody else is told at once."""

import os
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Lock

from app.running import Stopped, when_stopped
from app.settings import Settings
from app.types import Event as Step
from app.types import Question
from ingest.errors import CoeError

WAITING_PER_RUNNING = 6
"""With the usual 8 answers at a time, 50 people may ask at once."""
PATIENCE_SECONDS = 30.0


class Busy(CoeError):
    """As much is being worked on, and waiting, as is allowed."""

    code = "busy"
    status = 503


class TooManyAtOnce(CoeError):
    """As many answers for one who asks are being worked on as are allowed."""

    code = "too_many_at_once"
    status = 429


@dataclass(eq=False, slots=True)
class _Waiting:
    woken: Event = field(default_factory=Event)
    has_place: bool = False


class Slots:
    """Places for work: so many at the same time, several times as many waiting in a queue, `Busy` for the rest."""

    def __init__(self, running: int, *, waiting: int | None = None, patience: float = PATIENCE_SECONDS) -> None:
        self._patience = patience
        self._lock = Lock()
        self._free = running
        self._most_waiting = running * WAITING_PER_RUNNING if waiting is None else waiting
        self._queue: deque[_Waiting] = deque()

    @property
    def waiting(self) -> int:
        """How many wait for a place."""
        return len(self._queue)

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Hold one place while the block runs; who came first has the next one.

        Raises:
            Busy: too many wait already, or none became free in time.
            Stopped: the run that waits here was stopped.
        """
        self._take()
        try:
            yield
        finally:
            self._give_back()

    def _take(self) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            if len(self._queue) >= self._most_waiting:
                raise _busy()
            waiting = _Waiting()
            self._queue.append(waiting)
        with when_stopped(waiting.woken.set):
            is_woken = waiting.woken.wait(self._patience)
        with self._lock:
            if not waiting.has_place:
                self._queue.remove(waiting)
                raise Stopped if is_woken else _busy()

    def _give_back(self) -> None:
        with self._lock:
            if not self._queue:
                self._free += 1
                return
            # Handed on, and not left to whoever comes first: somebody new must not overtake those who wait.
            next_one = self._queue.popleft()
            next_one.has_place = True
        next_one.woken.set()


def answer_slots(settings: Settings) -> Slots:
    """Places for answers: without an LLM to wait for, no more at a time than there are processors to work on them.

    Threads that only compete for processors make one another slower than they are one after the other.
    """
    most = settings.max_concurrent
    running = most if settings.llm else min(most, max(2, os.cpu_count() or 1))
    return Slots(running, waiting=most * WAITING_PER_RUNNING)


class InFlight:
    """So many answers at a time for each who asks, so that nobody takes every place."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._held: Counter[str] = Counter()

    @contextmanager
    def place(self, name: str | None) -> Iterator[None]:
        """Hold a place for `name` while the block runs; None needs none.

        Raises:
            TooManyAtOnce: that one has as many already.
        """
        if name is None:
            yield
            return
        self._take(name)
        try:
            yield
        finally:
            self._give_back(name)

    def _take(self, name: str) -> None:
        with self._lock:
            if self._held[name] >= self._most:
                sentence = f"{self._most} answers are being worked on for you; please wait until one is there."
                raise TooManyAtOnce(sentence)
            self._held[name] += 1

    def _give_back(self, name: str) -> None:
        with self._lock:
            self._held[name] -= 1
            self._held += Counter()  # drops the names that hold nothing


def bounded_events(
    events: Callable[[Question], Iterator[Step]], slots: Slots
) -> Callable[[Question], Generator[Step, None, None]]:
    """The same events, holding a place from the first to the last of them."""

    def bounded(question: Question) -> Generator[Step, None, None]:
        with slots.hold():
            yield from events(question)

    return bounded


def _busy() -> Busy:
    return Busy("The assistant is answering as many questions as it can; please try again in a few seconds.")
