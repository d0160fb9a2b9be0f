"""The trained network alone, for texts that are not ours: its best span, or no answer below a fitted score."""

import json
import math
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from app.answering.extractive import PassageReader, passage_of
from app.answering.model import Reading
from app.answering.types import Claim, Evidence, Hit, Verdict

THRESHOLD_FILE = Path(__file__).with_name("spans.json")


class SpanReader:
    """Answers with the words that the network is surest of among all passages."""

    name = "network"

    def __init__(self, network: PassageReader, threshold: float) -> None:
        self._network = network
        self._threshold = threshold

    def read(self, question: str, hits: Sequence[Hit]) -> Iterator[Claim | Verdict]:
        """Yield the words as a claim and as the short answer, or a verdict that there are none."""
        readings = self._network.read(question, [passage_of(hit) for hit in hits]) if hits else []
        score, hit, reading = max(
            ((sureness(reading), hit, reading) for hit, reading in zip(hits, readings, strict=True)),
            key=lambda found: found[0],
            default=(-math.inf, None, None),
        )
        confidence = 1.0 / (1.0 + math.exp(min(50.0, self._threshold - score)))
        if hit is None or reading is None or score < self._threshold:
            yield Verdict("none", missing="an answer", confidence=confidence)
            return
        span = reading.spans[0]
        words = hit.chunk.text[span.start : span.end]
        yield Claim(words, (Evidence(hit, hit.chunk.start + span.start, hit.chunk.start + span.end, words),))
        yield Verdict("complete", short_answer=words, confidence=confidence)


def sureness(reading: Reading) -> float:
    """How sure the network is that a passage answers: by how many logits its best words are better than none."""
    return reading.spans[0].score if reading.spans else -math.inf


@lru_cache(maxsize=1)
def load_threshold() -> float:
    """The sureness from which an answer is given; `python -m evals.training.cli threshold` fits it."""
    return float(json.loads(THRESHOLD_FILE.read_text(encoding="utf-8"))["threshold"])


def fit_threshold(sure: Sequence[float], gain: Sequence[float], worth: Callable[[int], float]) -> float:
    """The threshold with the best sum: answer `at` gives `gain[at]`, refusing it gives `worth(at)`."""
    order = sorted(range(len(sure)), key=lambda at: sure[at])
    total = sum(gain)
    best, threshold = total, -math.inf
    for place, at in enumerate(order[:-1]):
        total += worth(at) - gain[at]
        if total > best:
            best, threshold = total, (sure[at] + sure[order[place + 1]]) / 2
    return threshold
