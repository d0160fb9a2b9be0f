"""The trained reader's model: does a passage answer a question, and with which words?"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from app.answering.windows import Window, load_tokenizer, windows
from ingest.embedding import EMBEDDED_MODEL, check_model

MODEL_FILE = Path(__file__).with_name("reader.onnx")
MAX_ANSWER = 40
"""Longest answer, in word pieces."""
SPANS = 3
"""Answers kept for each passage."""
_BATCH = 8

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Passage:
    """What the model reads: a text, and the title and headings it stands under."""

    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Span:
    """Words of a passage that may answer: `passage.text[start:end]`."""

    start: int
    end: int
    score: float
    """How much better than no answer, in logits."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the model makes of a passage."""

    relevant: float
    """Logit that the passage is about what is asked."""
    answers: float
    """Logit that the passage says what is asked."""
    spans: tuple[Span, ...]
    """The best answers, best first, none overlapping another."""


class ReaderModel:
    """Reads passages with ONNX Runtime on the processor; safe to use from several threads."""

    def __init__(self, session: Any, words: Floats, tokenizer: Tokenizer) -> None:
        self._session = session
        self._words = words
        self._tokenizer = tokenizer

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """One reading for each passage, in order; a long passage is read in windows and its best ones count."""
        cut = [
            (at, window)
            for at, passage in enumerate(passages)
            for window in windows(self._tokenizer, question, passage.place, passage.text)
        ]
        # Windows of like length share a batch, so little is spent on padding.
        cut.sort(key=lambda pair: len(pair[1].ids))
        found: dict[int, list[Reading]] = {}
        for begin in range(0, len(cut), _BATCH):
            batch = cut[begin : begin + _BATCH]
            for (at, _), reading in zip(batch, self._run([window for _, window in batch]), strict=True):
                found.setdefault(at, []).append(reading)
        return [_merged(found[at]) for at in range(len(passages))]

    def _run(self, batch: Sequence[Window]) -> Iterator[Reading]:
        length = max(len(window.ids) for window in batch)
        ids = np.zeros((len(batch), length), dtype=np.int64)
        segments = np.zeros_like(ids)
        mask = np.zeros_like(ids)
        for row, window in enumerate(batch):
            size = len(window.ids)
            ids[row, :size] = window.ids
            segments[row, window.context_at : size] = 1
            mask[row, :size] = 1
        fed = {"words": self._words[ids], "segments": segments, "mask": mask}
        spans, verdicts = self._session.run(["spans", "verdicts"], fed)
        for window, logits, verdict in zip(batch, spans, verdicts, strict=True):
            yield Reading(float(verdict[0]), float(verdict[1]), tuple(decode(window, logits)))


def decode(window: Window, logits: Floats) -> Iterator[Span]:
    """The best spans of a window from its start and end logits (length × 2), best first, none overlapping another."""
    size = len(window.offsets)
    if size == 0:
        return
    null = float(logits[0, 0] + logits[0, 1])
    here = logits[window.text_at : window.text_at + size]
    scores = here[:, 0][:, None] + here[:, 1][None, :]
    first, last = np.indices(scores.shape)
    scores = np.where((last >= first) & (last - first < MAX_ANSWER), scores, -np.inf)
    for _ in range(SPANS):
        at = int(np.argmax(scores))
        start, end = divmod(at, size)
        if not np.isfinite(scores[start, end]):
            return
        yield Span(window.offsets[start][0], window.offsets[end][1], float(scores[start, end]) - null)
        scores = np.where((last < start) | (first > end), scores, -np.inf)


@lru_cache(maxsize=1)
def load_reader_model(file: Path = MODEL_FILE) -> ReaderModel:
    """Load the model, once per process."""
    import onnxruntime
    from safetensors import safe_open

    folder = check_model(EMBEDDED_MODEL).folder
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = os.cpu_count() or 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    with safe_open(folder / "model.safetensors", framework="numpy") as weights:
        words: Floats = weights.get_tensor("embeddings.word_embeddings.weight")
    return ReaderModel(session, words, load_tokenizer(folder / "tokenizer.json"))


def _merged(readings: Sequence[Reading]) -> Reading:
    spans = sorted((span for reading in readings for span in reading.spans), key=lambda span: -span.score)
    kept: list[Span] = []
    for span in spans:
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return Reading(
        relevant=max(reading.relevant for reading in readings),
        answers=max(reading.answers for reading in readings),
        spans=tuple(kept[:SPANS]),
    )
