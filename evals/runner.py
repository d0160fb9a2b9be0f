"""Ask a case, score what comes back, and keep all of it."""

from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from app.services import Services
from app.types import Answer, Finished, Question, Turn
from evals.cases import Case
from evals.record import Record
from evals.scoring import SEARCH_DEPTH, Outcome, Score, is_right, score
from ingest.errors import CoeError

Search = Callable[[str, tuple[Turn, ...], int], list[str]]
"""Question, history and how many: ids of the documents found, best first."""

Result = TypeVar("Result")

RUN_FILE = "run.json"


class RunError(CoeError):
    """A stored run cannot be read."""

    code = "run_error"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Observation(_Frozen):
    """One case as it went: the answer or the error, the time it took, and its scores."""

    case: Case
    answer: Answer | None
    error: str | None
    latency_ms: float
    """Of asking alone, without search and scoring."""
    retrieved: tuple[str, ...] | None
    scores: dict[str, Score | None]
    confidence: float | None = None
    """Probability that the documents answer, as the reader sees it."""

    @property
    def is_right(self) -> bool:
        """True when answered correctly or rightly refused, without any error."""
        return self.error is None and is_right(self.case, self.scores)


class Run(_Frozen):
    """All observations in the order of their cases, and what they were made with."""

    observations: tuple[Observation, ...]
    record: Record | None = None

    def of(self, cases: Collection[str]) -> "Run":
        """The part of it that is about these cases."""
        return Run(observations=tuple(seen for seen in self.observations if seen.case.id in cases), record=self.record)


def observe(
    case: Case, services: Services, search: Search | None = None, *, clock: Callable[[], float] = perf_counter
) -> Observation:
    """Ask one case and score it; whatever goes wrong is kept as its error and never raised."""
    begun = clock()
    finished, ask_error = _attempt(lambda: _finished(services, Question(question=case.question, history=case.history)))
    answer = finished.answer if finished else None
    latency_ms = (clock() - begun) * 1_000
    found, search_error = (
        _attempt(lambda: search(case.question, case.history, SEARCH_DEPTH)) if search else (None, None)
    )
    retrieved = tuple(found or ()) if search else None
    outcome = Outcome(case=case, answer=answer, document=services.document, retrieved=retrieved)
    scores, score_error = _attempt(lambda: score(outcome))
    return Observation(
        case=case,
        answer=answer,
        error="; ".join(filter(None, (ask_error, search_error, score_error))) or None,
        latency_ms=latency_ms,
        retrieved=retrieved,
        scores=scores or score(replace(outcome, answer=None)),
        confidence=finished.confidence if finished else None,
    )


def save(run: Run, path: Path) -> None:
    """Write a run as JSON that `load` reads back unchanged."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(run.model_dump_json(indent=1) + "\n", encoding="utf-8")


def load(path: Path) -> Run:
    """Read a run that was saved, by its file or its folder, or raise a `RunError` that names it."""
    path = path / RUN_FILE if path.is_dir() else path
    try:
        return Run.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise RunError(f"{path} is no run that can be read: {error}") from error


def _finished(services: Services, question: Question) -> Finished:
    for event in services.events(question):
        if isinstance(event, Finished):
            return event
    raise RuntimeError("the answer's events ended without Finished")


def _attempt(action: Callable[[], Result]) -> tuple[Result | None, str | None]:
    try:
        return action(), None
    except Exception as error:
        return None, f"{type(error).__name__}: {error}"
