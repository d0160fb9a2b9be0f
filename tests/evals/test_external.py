from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.answering.types import Claim, Evidence, Hit, Verdict
from evals.external import ParagraphSearch, reply_found, reply_given, vocabulary_of
from evals.squad import Reply, read_squad
from ingest.types import Chunk
from tests.evals.squad_sample import LIGHTHOUSE, MILL, write_squad
from tests.evals.test_naive import Counting


@dataclass
class Scripted:
    """A reader that says what it was given to say, and keeps what it was given to read."""

    verdict: Verdict
    seen: list[Hit] = field(default_factory=list)
    name: str = "scripted"

    def read(self, question: str, hits: Sequence[Hit]) -> Iterator[Claim | Verdict]:
        self.seen.extend(hits)
        first = hits[0]
        if self.verdict.completeness != "none":
            yield Claim("It was built in 1820.", (Evidence(first, 0, 3, first.chunk.text[:3]),))
        yield self.verdict


def test_the_paragraph_given_is_all_there_is_to_read(tmp_path: Path) -> None:
    collection = read_squad(write_squad(tmp_path))
    reader = Scripted(Verdict("complete", short_answer="1820", confidence=0.8))
    reply = reply_given(collection.questions[0], collection.paragraphs[0], reader)
    assert reply == Reply(collection.questions[0], "1820", 0.8)
    assert [(hit.chunk.text, hit.metadata.title) for hit in reader.seen] == [(MILL, "Old mill")]


@pytest.mark.parametrize(
    ("verdict", "text"),
    [
        pytest.param(Verdict("complete"), "It was built in 1820.", id="without a short answer, the first sentence"),
        pytest.param(Verdict("none", short_answer="1820", confidence=0.1), "", id="refused"),
    ],
)
def test_what_counts_as_the_reply(tmp_path: Path, verdict: Verdict, text: str) -> None:
    collection = read_squad(write_squad(tmp_path))
    reply = reply_given(collection.questions[0], collection.paragraphs[0], Scripted(verdict))
    assert (reply.text, reply.confidence) == (text, verdict.confidence)


def test_paragraphs_are_found_by_their_words_and_chunks_keep_their_places(tmp_path: Path) -> None:
    collection = read_squad(write_squad(tmp_path))
    search = ParagraphSearch(collection.paragraphs, Counting(), vocabulary_of(collection.paragraphs))
    with closing(search):
        reader = Scripted(Verdict("complete", short_answer="Tom Reed"))
        reply = reply_found(collection.questions[3], search, reader)
    assert reply.found is not None
    assert reply.found[0] == "p1"
    first = reader.seen[0].chunk
    assert LIGHTHOUSE[first.start : first.end] == first.text


def test_every_passage_is_embedded_once_and_progress_sees_the_batches(tmp_path: Path) -> None:
    collection = read_squad(write_squad(tmp_path))
    told: list[tuple[int, int]] = []

    def progress(batches: Iterator[list[Chunk]], total: int) -> Iterator[list[Chunk]]:
        for batch in batches:
            told.append((len(batch), total))
            yield batch

    search = ParagraphSearch(collection.paragraphs, Counting(), vocabulary_of(collection.paragraphs), progress)
    search.close()
    assert told == [(2, 1)]
