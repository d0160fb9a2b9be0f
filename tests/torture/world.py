"""A corpus in numbered states, an embedding stand-in that costs nothing, and processes to run it all in.

Everything heavy is imported once; each ingestion and each reader is a fork of this process, which never opens an index
itself. That makes a kill cost about a second instead of ten.
"""

import sys
import traceback
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from pathlib import Path
from random import Random

import app.wiring
import ingest.pipeline
import ingest.workers
from ingest.embedding import EMBEDDED_MODEL, EmbeddingModel
from ingest.errors import CoeError
from ingest.generation import Generations
from ingest.library import FILE_NAME, Library
from ingest.pipeline import IngestConfig
from ingest.types import IngestReport
from ingest.upkeep import Upkeep

DOCUMENTS = 12
DIMENSIONS = 384
MODEL = EmbeddingModel(EMBEDDED_MODEL, Path(), "stand-in")
PATIENCE = 180.0
NAMED, UNNAMED = 3, 4
_FORK = get_context("fork")


class StandIn:
    """Vectors that depend on nothing but the text."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        random = Random(sha256(text.encode()).digest())
        vector = [random.gauss(0.0, 1.0) for _ in range(DIMENSIONS)]
        length = sum(value * value for value in vector) ** 0.5
        return [value / length for value in vector]


def use_stand_in() -> None:
    """For the rest of this process, and of those forked from it."""
    for module in (ingest.pipeline, app.wiring):
        module.check_model = lambda name: MODEL
    for module in (ingest.workers, app.wiring):
        module.load_embeddings = lambda model: StandIn()


@dataclass(frozen=True)
class World:
    """A corpus and a data folder under one root."""

    root: Path

    @property
    def config(self) -> IngestConfig:
        return IngestConfig(self.root / "data", self.root / "corpus", EMBEDDED_MODEL)

    @property
    def generations(self) -> Generations:
        return Generations(self.config.data_dir)

    def write(self, state: int) -> None:
        """Bring the corpus into a state: one document edited in each, one gone and one new in each."""
        self.config.corpus_dir.mkdir(parents=True, exist_ok=True)
        wanted = texts(state)
        for path in self.config.corpus_dir.glob("*.md"):
            if path.stem not in wanted:
                path.unlink()
        for name, text in wanted.items():
            (self.config.corpus_dir / f"{name}.md").write_text(text, encoding="utf-8")

    def ingest(self) -> IngestReport:
        return ingest.pipeline.ingest(self.config)

    def kept_documents(self) -> list[str]:
        """Ids of the current generation's documents."""
        number = self.generations.current()
        if number is None:
            return []
        with closing(Library(self.generations.folder(number) / FILE_NAME)) as library:
            return sorted(library.held())

    def problems(self) -> list[str]:
        """What `coe library check` finds."""
        inspection = Upkeep(self.config.data_dir).check()
        return [f"{finding.part}: {finding.problem}" for finding in inspection.findings if finding.problem]


def texts(state: int) -> dict[str, str]:
    """Documents of a state, by id: each says its state, since the documents that change carry it."""
    shared = {
        f"note-{number:02d}": f"# Note {number}\n\n" + f"The team of note {number} met in Tashkent in May. " * 8
        for number in range(DOCUMENTS)
    }
    return {
        **shared,
        "state": f"# Laboratories\n\nThe network of Central Asia has {state} laboratories.\n",
        f"only-{state}": f"# Only\n\nThis document belongs to state {state} and to no other.\n",
    }


def start(work: Callable[[], object]) -> ForkProcess:
    """Run in a process of its own: exit code 0, `NAMED` for an error of the project's tree, `UNNAMED` for any other."""
    process = _FORK.Process(target=_guarded, args=(work,), daemon=True)
    process.start()
    return process


def run(work: Callable[[], object]) -> int | None:
    """Run to the end in a process of its own; None when it does not end in time."""
    process = start(work)
    process.join(PATIENCE)
    code = process.exitcode
    process.kill()
    process.join()
    return code


def _guarded(work: Callable[[], object]) -> None:
    try:
        work()
    except CoeError:
        sys.exit(NAMED)
    except Exception:
        traceback.print_exc()
        sys.exit(UNNAMED)
