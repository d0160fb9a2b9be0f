"""Work done step by step on a thread of its own, so that stopping it need not wait for its next step."""

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Generic, TypeVar

Step = TypeVar("Step")


class Stopped(BaseException):
    """Work was stopped by whoever began it: no error, and so nothing that a handler of errors may take for one."""


@dataclass(frozen=True, slots=True)
class _Failed:
    error: BaseException


class _Stop:
    """Whether some work is to stop, and whom to tell when it is."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tell: list[Callable[[], None]] = []
        self.is_set = False

    def set(self) -> None:
        with self._lock:
            self.is_set = True
            told = tuple(self._tell)
        for tell in told:
            tell()

    @contextmanager
    def telling(self, tell: Callable[[], None]) -> Iterator[None]:
        with self._lock:
            self._tell.append(tell)
            is_late = self.is_set
        try:
            if is_late:
                tell()
            yield
        finally:
            with self._lock:
                self._tell.remove(tell)


_stop: ContextVar[_Stop | None] = ContextVar("stop", default=None)


def when_stopped(tell: Callable[[], None]) -> AbstractContextManager[None]:
    """While the block runs, call `tell`, from any thread, when the run that it works for is stopped."""
    stop = _stop.get()
    return stop.telling(tell) if stop else nullcontext()


class Run(Generic[Step]):
    """The steps of a source as they come, or its error; ends early, and closes the source, when it is stopped."""

    def __init__(self, source: Generator[Step, None, None]) -> None:
        self._arrived: SimpleQueue[Step | _Failed | None] = SimpleQueue()
        self._stop = _Stop()
        # What holds for whoever begins the work, such as on whose behalf it is done, holds for the work.
        context = copy_context()
        context.run(_stop.set, self._stop)
        # A daemon: a model that never answers must not keep the process from ending.
        threading.Thread(target=context.run, args=(self._work, source), daemon=True).start()

    @property
    def is_stopped(self) -> bool:
        """True once somebody asked it to stop."""
        return self._stop.is_set

    def stop(self) -> None:
        """End the iteration now, and the work behind it where it listens, else at its next step."""
        self._stop.set()
        self._arrived.put(None)

    def __iter__(self) -> Iterator[Step]:
        while (step := self._arrived.get()) is not None and not self.is_stopped:
            if isinstance(step, _Failed):
                raise step.error
            yield step

    def last(self) -> Step | None:
        """The last step, waited for; None when there is none."""
        steps = deque(self, maxlen=1)
        return steps[0] if steps else None

    def _work(self, source: Generator[Step, None, None]) -> None:
        try:
            for step in source:
                if self.is_stopped:
                    break
                self._arrived.put(step)
        except BaseException as error:
            self._arrived.put(_Failed(error))
        finally:
            source.close()
            self._arrived.put(None)
