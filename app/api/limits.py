"""Bounded work: so many answers at the same time, so many waiting, everybody else is told at once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from app.types import Event, Question
from ingest.errors import CoeError

WAITING_PER_RUNNING = 2
PATIENCE_SECONDS = 10.0


class Busy(CoeError):
    """As much is being worked on, and waiting, as is allowed."""

    code = "busy"
    status = 503


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


def bounded_events(
    events: Callable[[Question], Iterator[Event]], slots: Slots
) -> Callable[[Question], Iterator[Event]]:
    """The same events, holding a place from the first to the last of them."""

    def bounded(question: Question) -> Iterator[Event]:
        with slots.hold():
            yield from events(question)

    return bounded


def _busy() -> Busy:
    return Busy("The assistant is answering as many questions as it can; please try again in a few seconds.")
