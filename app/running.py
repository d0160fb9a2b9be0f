"""Work done step by step on a thread of its own, so that stopping it need not wait for its next step."""

import threading
from collections.abc import Generator, Iterator
from contextvars import copy_context
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Generic, TypeVar

Step = TypeVar("Step")


@dataclass(frozen=True, slots=True)
class _Failed:
    error: BaseException


class Run(Generic[Step]):
    """The steps of a source as they come, or its error; ends early, and closes the source, when it is stopped."""

    def __init__(self, source: Generator[Step, None, None]) -> None:
        self._arrived: SimpleQueue[Step | _Failed | None] = SimpleQueue()
        self._stopped = threading.Event()
        # A daemon: a model that never answers must not keep the process from ending. What holds for whoever begins the
        # work, such as on whose behalf it is done, holds for the work.
        threading.Thread(target=copy_context().run, args=(self._work, source), daemon=True).start()

    @property
    def is_stopped(self) -> bool:
        """True once somebody asked it to stop."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """End the iteration now, and the work behind it at its next step."""
        self._stopped.set()
        self._arrived.put(None)

    def __iter__(self) -> Iterator[Step]:
        while (step := self._arrived.get()) is not None and not self.is_stopped:
            if isinstance(step, _Failed):
                raise step.error
            yield step

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
