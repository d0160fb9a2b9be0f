"""Ingestion into an empty folder against bare encoding of the same texts, in turns: `make bench`.

Every figure comes from a process of its own, with the model loaded and nothing else warm when its clock starts.
"""

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TypeVar

from rich.console import Console
from sentence_transformers import SentenceTransformer

from ingest.chunking import embedded_text
from ingest.embedding import EMBEDDED_MODEL, check_model, load_embeddings, multiply_by_onednn
from ingest.generation import Generations
from ingest.library import FILE_NAME, Library
from ingest.pipeline import IngestConfig, ingest
from ingest.types import IngestReport

CORPUS = Path(__file__).resolve().parents[1] / "docs_corpus"
ROUNDS = 3
_WARM = ["Both clocks start when the first text is through."]
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Round:
    """Seconds of both, measured one after the other."""

    bare: float
    ingest: float

    @property
    def ratio(self) -> float:
        """How much longer ingestion takes."""
        return self.ingest / self.bare


def bare_seconds(texts: Sequence[str]) -> float:
    """Time of `SentenceTransformer.encode` with the arithmetic that ingestion uses, on all texts at once."""
    model = SentenceTransformer(str(check_model(EMBEDDED_MODEL).folder), device="cpu", local_files_only=True)
    multiply_by_onednn(model)
    model.encode(_WARM)
    started = perf_counter()
    model.encode(list(texts), normalize_embeddings=True)
    return perf_counter() - started


def ingested(config: IngestConfig) -> IngestReport:
    """Report, with its time, of an ingestion with a model that is loaded."""
    load_embeddings(check_model(config.embedding_model)).embed_documents(_WARM)
    return ingest(config)


def embedded_texts(data_dir: Path) -> list[str]:
    """What the model read of every chunk of a library, in reading order."""
    generations = Generations(data_dir)
    with closing(Library(generations.folder(generations.current() or 0) / FILE_NAME)) as library:
        chunks = [stored.chunk for stored in library.stored_chunks()]
        titles = {id: item.title for id, item in library.metadata(chunk.document_id for chunk in chunks).items()}
    return [embedded_text(titles[chunk.document_id], chunk) for chunk in chunks]


def compare(corpus: Path, rounds: int, console: Console) -> list[Round]:
    """Measure both in turns, tell each round, then the times of an unchanged corpus and of one edited document."""
    with TemporaryDirectory(prefix="coe-bench-") as name:
        folder = Path(name)
        copy = Path(shutil.copytree(corpus, folder / "corpus"))
        first = IngestConfig(folder / "first", copy, EMBEDDED_MODEL)
        report = _alone(partial(ingested, first))
        texts = embedded_texts(first.data_dir)
        console.print(f"{len(report.written)} documents, {len(texts)} chunks, {len(report.failed)} failures")
        measured: list[Round] = []
        for number in range(rounds):
            bare = _alone(partial(bare_seconds, texts))
            config = IngestConfig(folder / f"data-{number}", copy, EMBEDDED_MODEL)
            measured.append(Round(bare, _alone(partial(ingested, config)).seconds))
            console.print(_line(measured[-1], len(texts)))
        console.print(f"ratio, median of {rounds}: {median(one.ratio for one in measured):.2f}")
        console.print(f"unchanged: {_alone(partial(ingested, first)).seconds:.2f} s")
        edited = sorted(copy.rglob("*.md"))[0]
        text = edited.read_text(encoding="utf-8")
        edited.write_text(text.replace("\n## ", "\nOne more sentence.\n\n## ", 1), encoding="utf-8")
        report = _alone(partial(ingested, first))
        console.print(f"one document edited: {report.seconds:.2f} s, {report.chunks} chunks embedded")
    return measured


def _line(measured: Round, chunks: int) -> str:
    bare, whole = chunks / measured.bare, chunks / measured.ingest
    return f"bare {bare:.1f} chunks/s, ingest {whole:.1f} chunks/s, ratio {measured.ratio:.2f}"


def _alone(measure: Callable[[], _Result]) -> _Result:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(measure).result()


if __name__ == "__main__":
    # As ingestion has it: on a busy machine, bare encoding with threads that spin would be a flattering measure.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    compare(CORPUS, int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS, Console())
