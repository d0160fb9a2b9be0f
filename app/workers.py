"""Several processes at the same work, kept going by one that only watches them."""

import logging
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from time import monotonic
from types import FrameType

from ingest.errors import CoeError

log = logging.getLogger(__name__)

_LOOK_SECONDS = 0.5
_MOST_REPLACED = 3
_REPLACED_SECONDS = 600.0
"""Starting workers again is given up when within this time so many of each have ended."""

_SPAWN = multiprocessing.get_context("spawn")


class WorkersGaveUp(CoeError):
    """The worker processes ended for a reason that starting them again would not mend."""

    code = "workers_gave_up"
    status = 503


def run_workers(work: Callable[[], None], number: int) -> None:
    """Run so many processes of `work` until SIGTERM or SIGINT; one that ends unasked is replaced.

    Raises:
        WorkersGaveUp: one ended with an error that somebody has to mend, or they end again and again.
    """
    stopping = threading.Event()

    def stop(sig: int, frame: FrameType | None) -> None:
        stopping.set()

    for sig in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sig, stop)
    workers = [_started(work) for _ in range(number)]
    ended: deque[float] = deque(maxlen=_MOST_REPLACED * number)
    try:
        while not stopping.is_set():
            wait([worker.sentinel for worker in workers], _LOOK_SECONDS)
            for at, worker in enumerate(workers):
                if not worker.is_alive():
                    _refuse_hopeless(worker, ended)
                    workers[at] = _started(work)
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.join()


def _started(work: Callable[[], None]) -> SpawnProcess:
    worker = _SPAWN.Process(target=_work, args=(work,))
    worker.start()
    return worker


def _refuse_hopeless(worker: SpawnProcess, ended: deque[float]) -> None:
    """Give up when another worker would end like this one; `ended` holds when the last ones did."""
    if worker.exitcode == CoeError.exit_code:
        raise WorkersGaveUp("A worker process cannot do its work: the log says why.")
    ended.append(monotonic())
    if len(ended) == ended.maxlen and ended[-1] - ended[0] < _REPLACED_SECONDS:
        raise WorkersGaveUp(
            f"Worker processes ended {len(ended)} times within {_REPLACED_SECONDS:.0f} seconds, the last with exit "
            f"code {worker.exitcode}: starting them again does not help; the log says what went wrong."
        )
    log.error("Worker process %s ended with %s; another takes its place", worker.pid, worker.exitcode)


def _work(work: Callable[[], None]) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        work()
    except CoeError as error:
        log.error("%s", error)
        raise SystemExit(CoeError.exit_code) from None


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
