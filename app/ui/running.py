"""An answer worked out on a thread of its own, so that stopping it need not wait for its next step."""

import threading
from collections.abc import Generator, Iterator
from queue import SimpleQueue

from app.ui.conversation import Reply


class Run:
    """The replies of one question as they come; ends early, and closes their source, when it is stopped."""

    def __init__(self, source: Generator[Reply, None, None]) -> None:
        self._arrived: SimpleQueue[Reply | None] = SimpleQueue()
        self._stopped = threading.Event()
        # A daemon: a model that never answers must not keep the process from ending.
        threading.Thread(target=self._work, args=(source,), daemon=True).start()

    @property
    def is_stopped(self) -> bool:
        """True once somebody asked it to stop."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """End the iteration now, and the work behind it at its next step."""
        self._stopped.set()
        self._arrived.put(None)

    def __iter__(self) -> Iterator[Reply]:
        for reply in iter(self._arrived.get, None):
            if self.is_stopped:
                return
            yield reply

    def _work(self, source: Generator[Reply, None, None]) -> None:
        try:
            for reply in source:
                if self.is_stopped:
                    break
                self._arrived.put(reply)
        finally:
            source.close()
            self._arrived.put(None)
