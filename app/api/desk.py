"""Changes to the library, one at a time, as jobs that every process knows of; a repeated order is taken once."""

import threading
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from time import monotonic
from typing import Literal
from uuid import uuid4

from app.api.journal import note_defect
from app.api.ledger import JobsUnavailable, Key, Ledger, Turn
from app.api.problems import internal_error, problem_of
from app.responses import Job, Reason, Report, Step
from ingest.errors import CoeError, IngestRunning
from ingest.pipeline import Progress
from ingest.types import IngestReport

NOTED_SECONDS = 0.5
"""Progress is noted no more often."""

Action = Literal["add", "remove", "ingest"]
Work = Callable[[Progress], IngestReport]


class Desk:
    """Takes one order at a time and carries it out on a thread of its own."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def start(self, action: Action, work: Work, key: Key | None = None) -> tuple[Job, bool]:
        """The job as it begins, and whether it is new: with a key that was used for the same order, it is the old one.

        Raises:
            KeyReused: the key was used for another order.
            KeyInUse: the order is being taken from somebody who sent the same key.
            IngestRunning: a job is running already.
            JobsUnavailable: jobs cannot be noted.
        """
        with self._ledger.alone(key) if key else nullcontext():
            earlier = self._ledger.ordered(key) if key else None
            return (_begun(earlier), False) if earlier else (self._taken(action, work, key), True)

    def _taken(self, action: Action, work: Work, key: Key | None) -> Job:
        turn = self._ledger.turn()
        if turn is None:
            running = self._ledger.running()
            raise IngestRunning(f"The library is being changed by job {running}: wait until it has ended.")
        job = Job(id=uuid4().hex, action=action, state="running", started=datetime.now(UTC))
        try:
            self._ledger.begin(job, key)
            # A daemon: killed at any moment, it leaves the library as it was or as it will be.
            threading.Thread(target=self._work, args=(job, work, turn), daemon=True).start()
        except BaseException:
            turn.give_back()
            raise
        return job

    def job(self, id: str) -> Job:
        """A job as it stands now.

        Raises:
            UnknownJob: there is none, or it was too long ago.
            JobsUnavailable: it cannot be read.
        """
        return self._ledger.job(id)

    def _work(self, job: Job, work: Work, turn: Turn) -> None:
        steps = _Steps(job, self._ledger)
        try:
            outcome: dict[str, object] = {"state": "done", "report": Report.of(work(steps.note))}
        except CoeError as error:
            problem = problem_of(error)
            outcome = {"state": "failed", "error": Reason(code=problem.code, detail=problem.detail)}
        except Exception as error:
            note_defect(error, request_id=job.id)
            problem = internal_error(job.id)
            outcome = {"state": "failed", "error": Reason(code=problem.code, detail=problem.detail)}
        try:
            self._ledger.note(steps.job.model_copy(update={**outcome, "ended": datetime.now(UTC)}))
        finally:
            turn.give_back()


class _Steps:
    """Notes how far a job is, the last step of each stage always."""

    def __init__(self, job: Job, ledger: Ledger) -> None:
        self.job = job
        self._ledger = ledger
        self._noted = -NOTED_SECONDS

    def note(self, stage: str, done: int, total: int) -> None:
        self.job = self.job.model_copy(update={"progress": Step(stage=stage, done=done, total=total)})
        if monotonic() - self._noted < NOTED_SECONDS:
            return
        self._noted = monotonic()
        try:
            self._ledger.note(self.job)
        except JobsUnavailable:  # the work is worth more than the notes about it
            return


def _begun(job: Job) -> Job:
    """A job as it was told when it began."""
    return Job(id=job.id, action=job.action, state="running", started=job.started)
