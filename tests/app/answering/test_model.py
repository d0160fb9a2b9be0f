from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from app.answering.model import (
    MAX_ANSWER,
    SPANS,
    Floats,
    Passage,
    ReaderModel,
    Reading,
    Span,
    decode,
    load_reader_model,
)
from app.answering.windows import MAX_TOKENS, Window, load_tokenizer
from ingest.embedding import EMBEDDED_MODEL, check_model

VOCABULARY = 30_522
WORDS: Floats = np.arange(VOCABULARY, dtype=np.float32)[:, None]
"""Word embeddings of width 1: the session sees which pieces it was given."""
WHERE = "Where did the exercise Blue Lantern take place?"
PLACE = "The exercise Blue Lantern took place in Bukhara in May 2031."
LEADER = "Blue Lantern was led by Colonel Aigul Sadykova of the fire brigade."
FILLER = "The yard holds two pumps. "


@lru_cache(maxsize=1)
def tokenizer() -> Tokenizer:
    return load_tokenizer(check_model(EMBEDDED_MODEL).folder / "tokenizer.json")


def window(size: int, head: int = 3) -> Window:
    """A window whose text has pieces of two characters each."""
    return Window(tuple(range(head + size + 1)), 2, head, tuple((2 * at, 2 * at + 2) for at in range(size)))


def logits(size: int, starts: Mapping[int, float], ends: Mapping[int, float], *, null: float = 0.0) -> Floats:
    """Logits for `window(size)`, zero but for some pieces of the text."""
    found = np.zeros((3 + size + 1, 2), dtype=np.float32)
    found[0] = null / 2
    for column, values in enumerate((starts, ends)):
        for at, value in values.items():
            found[3 + at, column] = value
    return found


def test_the_best_span_is_scored_against_no_answer() -> None:
    best, *_ = decode(window(6), logits(6, {1: 5.0}, {2: 4.0}, null=2.0))
    assert best == Span(2, 6, 7.0)


def test_what_stands_before_the_text_is_no_answer() -> None:
    found = logits(2, {0: 1.0}, {0: 1.0})
    found[1:3] = 50.0
    found[-1] = 50.0
    assert next(decode(window(2), found)) == Span(0, 2, 2.0)


def test_an_end_before_its_start_is_no_answer() -> None:
    best, *_ = decode(window(4), logits(4, {3: 9.0}, {0: 9.0}))
    assert (best.start < best.end, best.score) == (True, 9.0)


@pytest.mark.parametrize(("last", "score"), [(MAX_ANSWER - 1, 18.0), (MAX_ANSWER, 9.0)], ids=["longest", "too long"])
def test_an_answer_has_a_longest_length(last: int, score: float) -> None:
    assert next(decode(window(60), logits(60, {0: 9.0}, {last: 9.0}))).score == score


@pytest.mark.parametrize(("size", "spans"), [(0, 0), (1, 1), (2, 2), (50, SPANS)])
def test_there_are_no_more_spans_than_the_text_has_room_for(size: int, spans: int) -> None:
    pieces = dict.fromkeys(range(size), 1.0)
    assert len(list(decode(window(size), logits(size, pieces, pieces)))) <= spans


@given(st.lists(st.tuples(*[st.floats(-20, 20, width=32)] * 2), min_size=1, max_size=60), st.floats(-20, 20, width=32))
def test_spans_come_best_first_and_none_overlaps_another(values: list[tuple[float, float]], null: float) -> None:
    size = len(values)
    found = logits(
        size, {at: v[0] for at, v in enumerate(values)}, {at: v[1] for at, v in enumerate(values)}, null=null
    )
    spans = list(decode(window(size), found))
    assert 1 <= len(spans) <= SPANS
    assert [span.score for span in spans] == sorted((span.score for span in spans), reverse=True)
    ordered = sorted(spans, key=lambda span: span.start)
    assert all(left.end <= right.start for left, right in pairwise(ordered))
    for span in spans:
        first, last = span.start // 2, span.end // 2 - 1
        assert 0 <= first <= last < min(size, first + MAX_ANSWER)
        assert span.score == pytest.approx(values[first][0] + values[last][1] - null, abs=1e-3)


@dataclass
class Session:
    """Finds a passage better the more of its pieces are a certain word, and that word is the answer."""

    word: int
    shapes: list[tuple[int, ...]] = field(default_factory=list)

    def run(self, names: Sequence[str], fed: Mapping[str, Floats]) -> tuple[Floats, Floats]:
        assert names == ["spans", "verdicts"]
        ids = fed["words"][:, :, 0]
        self.shapes.append(ids.shape)
        asked_for = ((ids == self.word) & (fed["segments"] == 1) & (fed["mask"] == 1)).astype(np.float32)
        count = asked_for.sum(axis=1)
        return np.stack([asked_for, asked_for], axis=2) * (1 + count[:, None, None]), np.stack([-count, count], axis=1)


def scripted(word: str) -> tuple[ReaderModel, Session]:
    (id,) = tokenizer().encode(word, add_special_tokens=False).ids
    session = Session(id)
    return ReaderModel(session, WORDS, tokenizer()), session


def test_a_reading_stands_at_its_passage_whatever_the_lengths() -> None:
    model, _ = scripted("red")
    texts = [f"{FILLER * (7 * at % 5)}{'red ' * (at % 4)}" for at in range(20)]
    readings = model.read("Which?", [Passage("", text) for text in texts])
    assert [reading.answers for reading in readings] == [at % 4 for at in range(20)]
    for text, reading in zip(texts, readings, strict=True):
        assert [text[span.start : span.end] for span in reading.spans if span.score > 0][:1] == ["red"] * (
            "red" in text
        )


def test_a_long_passage_is_read_in_windows_and_its_best_count() -> None:
    model, session = scripted("red")
    text = f"{FILLER * 60}A red tent.{FILLER * 60}Red and red.{FILLER * 60}"
    (reading,) = model.read("Which?", [Passage("Camp", text)])
    best = reading.spans[0]
    assert (reading.relevant, reading.answers) == (0.0, 2.0)
    assert best.start in (text.index("Red and"), text.index("red."))
    assert sum(rows for rows, _ in session.shapes) > 3
    assert max(length for _, length in session.shapes) <= MAX_TOKENS


def test_an_answer_that_two_windows_share_is_given_once() -> None:
    model, _ = scripted("red")
    text = f"{FILLER * 200}"
    pieces = tokenizer().encode(text, add_special_tokens=False).offsets
    for at in range(150, 260, 6):
        start, end = pieces[at]
        marked = f"{text[:start]}red{text[end:]}"
        (reading,) = model.read("Which?", [Passage("", marked)])
        assert [marked[span.start : span.end] for span in reading.spans if span.score > 2] == ["red"]


def test_passages_are_read_in_batches() -> None:
    model, session = scripted("red")
    model.read("Which?", [Passage("", "A tent.")] * 17)
    assert [rows for rows, _ in session.shapes] == [8, 8, 1]


def test_a_passage_without_words_has_a_reading_without_spans() -> None:
    model, _ = scripted("red")
    assert model.read("Which?", [Passage("", "")]) == [Reading(0.0, 0.0, ())]


def test_without_passages_nothing_is_read() -> None:
    model, session = scripted("red")
    assert (model.read("Which?", []), session.shapes) == ([], [])


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "passages", "answer"),
    [
        pytest.param(WHERE, (PLACE, LEADER), "Bukhara", id="place"),
        pytest.param("Who led Blue Lantern?", (LEADER, PLACE), "Colonel Aigul Sadykova", id="person"),
        pytest.param(WHERE, (f"{FILLER * 90}{PLACE} {FILLER * 90}", FILLER * 20), "Bukhara", id="long passage"),
    ],
)
def test_the_passage_that_answers_is_told_from_the_one_that_does_not(
    question: str, passages: tuple[str, str], answer: str
) -> None:
    right, wrong = load_reader_model().read(question, [Passage("Exercise", text) for text in passages])
    best = right.spans[0]
    assert right.answers > wrong.answers
    assert passages[0][best.start : best.end] == answer


@pytest.mark.model
def test_two_threads_at_once_read_as_one() -> None:
    model = load_reader_model()
    passages = [Passage("Exercise", PLACE), Passage("Exercise", LEADER)]
    questions = [WHERE, "Who led Blue Lantern?"] * 6
    with ThreadPoolExecutor(2) as threads:
        together = list(threads.map(lambda question: model.read(question, passages), questions))
    assert together == [model.read(question, passages) for question in questions]
