"""How the time of answers, memory and disk grow with the library; every size is measured in a process of its own."""

import resource
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from time import perf_counter, process_time
from typing import TypeVar

from app.assistant import understood
from app.settings import Settings
from app.types import Question
from app.wiring import build_searcher, build_services, build_shelf
from evals.markdown import table
from ingest.generation import Generations
from ingest.library import FILE_NAME, Library

_HITS = 12
_MEGABYTE = 1_000_000

_Asked = TypeVar("_Asked")


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of the same step, question by question."""

    clock: tuple[float, ...]
    processor: tuple[float, ...]

    def percentile(self, number: int) -> float:
        """By the clock."""
        return _percentile(self.clock, number)

    @property
    def processor_median(self) -> float:
        """Of processors: it depends less on what else the machine does."""
        return _percentile(self.processor, 50)


@dataclass(frozen=True, slots=True)
class Grown:
    """A library of one size."""

    chunks: int
    opening_seconds: float
    """Until the first answer, models included."""
    retrieval: Times
    answers: Times
    memory_bytes: int
    disk_bytes: int


def measure(data_dir: Path, questions: Sequence[str]) -> Grown:
    """Ask everything once to warm up, then again by the clock."""
    started = perf_counter()
    settings = Settings(_env_file=None, data_dir=data_dir)
    services = build_services(settings)
    services.ask(Question(question=questions[0]))
    opening = perf_counter() - started
    searcher = build_searcher(settings, build_shelf(settings))
    texts = [understood(question, ()) for question in questions]
    asked = [Question(question=question) for question in questions]
    retrieval = _warm(lambda text: searcher.search(text, _HITS), texts)
    answers = _warm(services.ask, asked)
    return Grown(
        chunks=Library(Generations(data_dir).folder(services.generation()) / FILE_NAME).count_chunks(),
        opening_seconds=opening,
        retrieval=retrieval,
        answers=answers,
        memory_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        disk_bytes=sum(path.stat().st_size for path in data_dir.rglob("*") if path.is_file()),
    )


def as_markdown(grown: Sequence[Grown]) -> str:
    """A row for each size."""
    head = (
        "chunks",
        "retrieval p50 / p95 ms",
        "answer p50 / p95 ms",
        "processor p50 ms",
        "first answer s",
        "memory MB",
        "disk MB",
    )
    return table(head, [_row(each) for each in grown])


def _row(grown: Grown) -> tuple[str, ...]:
    return (
        f"{grown.chunks:,}",
        f"{grown.retrieval.percentile(50):.0f} / {grown.retrieval.percentile(95):.0f}",
        f"{grown.answers.percentile(50):.0f} / {grown.answers.percentile(95):.0f}",
        f"{grown.retrieval.processor_median:.0f}, {grown.answers.processor_median:.0f}",
        f"{grown.opening_seconds:.1f}",
        f"{grown.memory_bytes / _MEGABYTE:,.0f}",
        f"{grown.disk_bytes / _MEGABYTE:,.0f}",
    )


def _warm(step: Callable[[_Asked], object], inputs: Sequence[_Asked]) -> Times:
    for each in inputs:
        step(each)
    clock, processor = zip(*_timed(step, inputs), strict=True)
    return Times(clock, processor)


def _timed(step: Callable[[_Asked], object], inputs: Sequence[_Asked]) -> Iterator[tuple[float, float]]:
    for each in inputs:
        clock, processor = perf_counter(), process_time()
        step(each)
        yield (perf_counter() - clock) * 1_000, (process_time() - processor) * 1_000


def _percentile(times: Sequence[float], number: int) -> float:
    return quantiles(times, n=100, method="inclusive")[number - 1]
