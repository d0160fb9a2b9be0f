"""Examples from the development questions: passages that our own search finds, with and without the answer."""

import random
import re
from collections.abc import Iterator, Sequence
from hashlib import sha256

from app.answering.extractive import passage_of
from app.answering.types import Hit
from evals.cases import Case
from evals.normalisation import contains
from evals.training.altered import altered
from evals.training.examples import Example

HELD_BACK = 4
"""One development document in so many is kept from training: the reader is calibrated on the cases that rest on it."""
SEARCHED = 12
POSITIVES = 3
NEGATIVES = 3
"""Passages without the answer for a question that has one; twice as many for one that has none."""
_SKIPPED = frozenset({"comparison", "count", "injection"})
"""Kinds whose answer stands in no single passage, or whose question is meant to mislead."""


def is_held_back(case: Case) -> bool:
    """True for cases that the reader never learns from; all cases on one document go the same way."""
    return is_kept_from_training(case.documents[0] if case.documents else case.id)


def is_kept_from_training(name: str) -> bool:
    """True for one document in four, by its id."""
    return int(sha256(name.encode()).hexdigest(), 16) % HELD_BACK == 0


def examples(case: Case, question: str, hits: Sequence[Hit], seed: int) -> Iterator[Example]:
    """What a case teaches about the passages found for it; `question` is the one that was searched with."""
    if case.kind in _SKIPPED or is_held_back(case):
        return
    chance = random.Random(f"{seed} {case.id}")
    answering = [(hit, spans) for hit in hits if (spans := answer_spans(case, hit))]
    for hit, spans in answering[:POSITIVES]:
        yield _example(question, hit, spans, is_relevant=True)
        yield from _unanswered(question, hit, chance)
    others = [hit for hit in hits if not _may_answer(case, hit)]
    wanted = NEGATIVES if case.answerable else 2 * NEGATIVES
    near, far = others[: wanted // 2 + 1], others[wanted // 2 + 1 :]
    for hit in (*near, *chance.sample(far, min(len(far), wanted - len(near)))):
        yield _example(question, hit, (), is_relevant=None if hit.chunk.document_id in case.relevant else False)


def _unanswered(question: str, hit: Hit, chance: random.Random) -> Iterator[Example]:
    """The same passage for a question about another year, number, country or region, which it does not answer."""
    other = altered(question, chance)
    passage = passage_of(hit)
    if other and not other.may_be_answered(f"{passage.place} {passage.text}"):
        yield Example(other.question, passage.place, passage.text, (), False)


def answer_spans(case: Case, hit: Hit) -> tuple[tuple[int, int], ...]:
    """Where in a chunk the answer stands, if the chunk is one that the case names as holding it."""
    if hit.chunk.document_id not in case.relevant:
        return ()
    text = hit.chunk.text
    quoted = [at for quote in case.quotes if (at := text.find(quote.quote)) >= 0]
    lengths = {text.find(quote.quote): len(quote.quote) for quote in case.quotes}
    if case.kind == "yes_no":
        return tuple((at, at + lengths[at]) for at in quoted)
    if case.items and not case.expected:
        return tuple(filter(None, (_run(text, case.items, at, at + lengths[at]) for at in quoted)))
    places = [span for form in case.expected for span in _places(form, text)]
    inside = [span for span in places if any(at <= span[0] and span[1] <= at + lengths[at] for at in quoted)]
    return tuple(dict.fromkeys(inside or places))


def _run(text: str, items: Sequence[str], start: int, end: int) -> tuple[int, int] | None:
    """From the first item of a list to its last, within a quote."""
    found = [place for item in items for place in _places(item, text[start:end])]
    if not found:
        return None
    return start + min(place[0] for place in found), start + max(place[1] for place in found)


def _places(form: str, text: str) -> Iterator[tuple[int, int]]:
    pattern = rf"(?<!\w){re.escape(form)}(?!\w)"
    return (match.span() for match in re.finditer(pattern, text, re.IGNORECASE))


def _may_answer(case: Case, hit: Hit) -> bool:
    text = hit.chunk.text
    if any(quote.quote in text or text in quote.quote for quote in case.quotes):
        return True
    if hit.chunk.document_id in case.relevant and case.kind == "yes_no":
        return True
    return any(contains(text, form) for form in (*case.expected, *case.items))


def _example(question: str, hit: Hit, spans: Sequence[tuple[int, int]], *, is_relevant: bool | None) -> Example:
    passage = passage_of(hit)
    return Example(question, passage.place, passage.text, tuple(spans), is_relevant)
