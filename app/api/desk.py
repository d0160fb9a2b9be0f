"""Changes to the library, one at a time, as jobs that can be asked about; a repeated order is taken once.

Jobs and keys are known to the process that took them, and the newest of them only: what a job did is in the library.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, TypeVar
from uuid import uuid4

from pydantic import BaseModel, ConfigDict

from app.api.journal import note_defect
from app.api.problems import internal_error, problem_of
from ingest.errors import CoeError, IngestRunning
from ingest.pipeline import Progress
from ingest.types import Failure, IngestReport

REMEMBERED = 1_000
"""Jobs, and keys, that are kept."""

Work = Callable[[Progress], IngestReport]
Name = TypeVar("Name")
Kept = TypeVar("Kept")


class UnknownJob(CoeError):
    """No such job is remembered."""

    code = "unknown_job"
    status = 404


class KeyReused(CoeError):
    """An idempotency key came again, with another order."""

    code = "idempotency_key_reused"
    status = 422


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True)


class Step(_Told):
    """How far a job is: so many files read (`load`) or passages embedded (`embed`)."""

    stage: str
    done: int
    total: int


class Report(_Told):
    """What a job did: document ids by outcome."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    deleted: tuple[str, ...]
    failed: tuple[Failure, ...]
    chunks: int
    seconds: float

    @classmethod
    def of(cls, report: IngestReport) -> "Report":
        """What an ingestion says of itself; failures by document id."""
        return cls(
            written=report.written,
            unchanged=report.unchanged,
            deleted=report.deleted,
            failed=report.failed,
            chunks=report.chunks,
            seconds=round(report.seconds, 3),
        )


class Reason(_Told):
    """Why a job failed; the library is as it was."""

    code: str
    detail: str


class Job(_Told):
    """A change to the library."""

    id: str
    action: Literal["add", "remove", "ingest"]
    state: Literal["running", "done", "failed"]
    progress: Step | None = None
    report: Report | None = None
    error: Reason | None = None
    started: datetime
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """An Idempotency-Key: whose it is, and what was ordered with it."""

    owner: str
    value: str
    order: str
    """Digest of the request."""


class Desk:
    """Takes one order at a time and carries it out on a thread of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: str | None = None
        self._jobs: dict[str, Job] = {}
        self._taken: dict[tuple[str, str], tuple[str, Job]] = {}

    def start(self, action: Literal["add", "remove", "ingest"], work: Work, key: Key | None = None) -> tuple[Job, bool]:
        """The job as it begins, and whether it is new: with a key that was used for the same order, it is the old one.

        Raises:
            KeyReused: the key was used for another order.
            IngestRunning: a job is running already.
        """
        with self._lock:
            earlier = self._taken.get((key.owner, key.value)) if key else None
            if key and earlier:
                if earlier[0] != key.order:
                    raise KeyReused("This Idempotency-Key was sent before, with another request: take a new one.")
                return earlier[1], False
            if self._running:
                raise IngestRunning(f"The library is being changed by job {self._running}: wait until it has ended.")
            job = Job(id=uuid4().hex, action=action, state="running", started=datetime.now(UTC))
            self._running = job.id
            _remember(self._jobs, job.id, job)
            if key:
                _remember(self._taken, (key.owner, key.value), (key.order, job))
        # A daemon: killed at any moment, it leaves the library as it was or as it will be.
        threading.Thread(target=self._work, args=(job, work), daemon=True).start()
        return job, True

    def job(self, id: str) -> Job:
        """A job as it stands now.

        Raises:
            UnknownJob: there is none, or it was too long ago.
        """
        with self._lock:
            if id in self._jobs:
                return self._jobs[id]
        raise UnknownJob(f"There is no job {id!r}.")

    def _work(self, job: Job, work: Work) -> None:
        try:
            report = work(lambda stage, done, total: self._move(job.id, Step(stage=stage, done=done, total=total)))
            self._end(job.id, {"state": "done", "report": Report.of(report)})
        except CoeError as error:
            problem = problem_of(error)
            self._end(job.id, {"state": "failed", "error": Reason(code=problem.code, detail=problem.detail)})
        except Exception as error:
            note_defect(error, request_id=job.id)
            problem = internal_error(job.id)
            self._end(job.id, {"state": "failed", "error": Reason(code=problem.code, detail=problem.detail)})

    def _move(self, id: str, step: Step) -> None:
        with self._lock:
            self._jobs[id] = self._jobs[id].model_copy(update={"progress": step})

    def _end(self, id: str, outcome: dict[str, object]) -> None:
        with self._lock:
            self._jobs[id] = self._jobs[id].model_copy(update={**outcome, "ended": datetime.now(UTC)})
            self._running = None


def _remember(memory: dict[Name, Kept], key: Name, value: Kept) -> None:
    memory[key] = value
    while len(memory) > REMEMBERED:
        del memory[next(iter(memory))]
