import math
from collections.abc import Sequence

import pytest

from app.answering.model import Passage, Reading, Span
from app.answering.types import Claim, Hit, Verdict
from evals.spans import SpanReader, fit_threshold, load_threshold, sureness
from ingest.types import Chunk, Metadata

TEXT = "The mill was built in 1820 by Tom Reed."


class Scripted:
    """A network that finds the same words in every passage, surer of each than of the one before."""

    def __init__(self, *scores: float) -> None:
        self._scores = scores

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        at = TEXT.index("1820")
        return [Reading(0.0, 0.0, (Span(at, at + 4, score),)) for score, _ in zip(self._scores, passages, strict=True)]


def hit(document: str) -> Hit:
    return Hit(Chunk(document, document, 0, 10, 10 + len(TEXT), "", None, TEXT), Metadata(title="Old mill"), 1.0)


def test_the_surest_words_are_the_answer() -> None:
    claim, verdict = SpanReader(Scripted(2.0, 4.0), threshold=3.0).read("When?", [hit("a"), hit("b")])
    assert isinstance(claim, Claim)
    assert claim.text == "1820"
    (evidence,) = claim.evidence
    assert evidence.hit.chunk.document_id == "b"
    assert TEXT[evidence.start - 10 : evidence.end - 10] == "1820"
    assert isinstance(verdict, Verdict)
    assert verdict.short_answer == "1820"
    assert verdict.confidence == pytest.approx(1 / (1 + math.exp(-1)))


@pytest.mark.parametrize("hits", [[hit("a")], []], ids=["not sure enough", "nothing to read"])
def test_below_the_threshold_there_is_no_answer(hits: list[Hit]) -> None:
    (verdict,) = SpanReader(Scripted(2.0), threshold=3.0).read("When?", hits)
    assert isinstance(verdict, Verdict)
    assert verdict.completeness == "none"
    assert verdict.confidence is not None
    assert verdict.confidence < 0.5


def test_a_passage_without_words_is_no_answer() -> None:
    assert sureness(Reading(1.0, 1.0, ())) == -math.inf


def test_the_threshold_separates_what_is_better_refused() -> None:
    sure, gain, answerable = [1.0, 2.0, 3.0, 4.0], [0.0, 0.0, 1.0, 1.0], [False, False, True, True]
    assert fit_threshold(sure, gain, lambda at: float(not answerable[at])) == 2.5


def test_where_every_answer_is_right_nothing_is_refused() -> None:
    assert fit_threshold([1.0, 2.0], [1.0, 1.0], lambda at: 0.0) == -math.inf


def test_the_committed_threshold_can_be_read() -> None:
    assert math.isfinite(load_threshold())
