"""Bounded work: so many answers at the same time, so many waiting, everybody else is told at once."""

from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock

from app.types import Event, Question
from ingest.errors import CoeError

WAITING_PER_RUNNING = 2
PATIENCE_SECONDS = 10.0


class Busy(CoeError):
    """As much is being worked on, and waiting, as is allowed."""

    code = "busy"
    status = 503


class TooManyAtOnce(CoeError):
    """As many answers for one who asks are being worked on as are allowed."""

    code = "too_many_at_once"
    status = 429


class Slots:
    """Places for work: `running` at the same time, twice as many waiting for a moment, `Busy` for the rest."""

    def __init__(self, running: int, *, patience: float = PATIENCE_SECONDS) -> None:
        self._patience = patience
        self._running = BoundedSemaphore(running)
        self._admitted = BoundedSemaphore(running * (1 + WAITING_PER_RUNNING))

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Hold one place while the block runs.

        Raises:
            Busy: too many wait already, or none became free in time.
        """
        with self._admission():
            if not self._running.acquire(timeout=self._patience):
                raise _busy()
            try:
                yield
            finally:
                self._running.release()

    @contextmanager
    def _admission(self) -> Iterator[None]:
        if not self._admitted.acquire(blocking=False):
            raise _busy()
        try:
            yield
        finally:
            self._admitted.release()


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
    events: Callable[[Question], Iterator[Event]], slots: Slots
) -> Callable[[Question], Generator[Event, None, None]]:
    """The same events, holding a place from the first to the last of them."""

    def bounded(question: Question) -> Generator[Event, None, None]:
        with slots.hold():
            yield from events(question)

    return bounded


def _busy() -> Busy:
    return Busy("The assistant is answering as many questions as it can; please try again in a few seconds.")
