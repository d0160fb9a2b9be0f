"""What every peer is measured by: a job comes as a file, its figures go into another.

Peers run in environments that hold none of this project's packages, so only the standard library is used here.
"""

import json
import resource
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import TypeVar

DEPTH = 5

Model = TypeVar("Model")
Search = Callable[[str], Sequence[str]]
"""A question: paths of the files of the passages found, best first."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a peer has to do."""

    folder: str
    """The documents, as Markdown files."""
    model: str
    """Folder of the embedding model."""
    work: str
    """An empty folder to store in."""
    questions: tuple[str, ...]

    @property
    def files(self) -> list[Path]:
        """The documents, in order of their paths."""
        return sorted(Path(self.folder).rglob("*.md"))


@dataclass(frozen=True, slots=True)
class Figures:
    """What came out."""

    version: str
    seconds: float
    """Of ingestion, with the model loaded."""
    cpu_seconds: float
    """Of processors, for the same: it depends less on what else the machine does."""
    milliseconds: tuple[float, ...]
    """Of each question's retrieval."""
    found: tuple[tuple[str, ...], ...]
    """For each question the first different files, relative to the folder."""


def run(package: str, load: Callable[[Job], Model], ingest: Callable[[Job, Model], Search]) -> None:
    """Do the job of the file named first and write its figures into the one named second."""
    job, figures = map(Path, sys.argv[1:])
    done = measured(package, Job(**json.loads(job.read_text(encoding="utf-8"))), load, ingest)
    figures.write_text(json.dumps(asdict(done)), encoding="utf-8")


def measured(package: str, job: Job, load: Callable[[Job], Model], ingest: Callable[[Job, Model], Search]) -> Figures:
    """Load the model, then ingest by the clock, then ask question by question."""
    model = load(job)
    started, cpu_started = perf_counter(), _cpu_seconds()
    search = ingest(job, model)
    seconds, cpu = perf_counter() - started, _cpu_seconds() - cpu_started
    search(job.questions[0])
    times: list[float] = []
    found: list[tuple[str, ...]] = []
    for question in job.questions:
        started = perf_counter()
        paths = search(question)
        times.append((perf_counter() - started) * 1_000)
        names = (Path(path).relative_to(job.folder).as_posix() for path in paths)
        found.append(tuple(list(dict.fromkeys(names))[:DEPTH]))
    return Figures(version(package), seconds, cpu, tuple(times), tuple(found))


def _cpu_seconds() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)
