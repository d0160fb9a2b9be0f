"""Examples to learn reading from: SQuAD-style files, split by article, with passages that do not answer."""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.squad import GivenArticle, GivenQuestion, read_given

Encode = Callable[[Sequence[str]], NDArray[np.float32]]
"""Texts to vectors of length 1, one row each."""

NEGATIVE_POOL = 4
"""A passage that does not answer is drawn from so many nearest ones."""


@dataclass(frozen=True, slots=True)
class Example:
    """A question, a passage, and where in it the answer stands, if it does."""

    question: str
    place: str
    """Title and headings of the passage."""
    text: str
    answers: tuple[tuple[int, int], ...]
    """Start and end of acceptable answers in `text`; empty when the passage does not answer."""
    is_relevant: bool | None
    """True when the passage is about what is asked, even if it does not say it; None when nobody knows."""


@dataclass(frozen=True, slots=True)
class Article:
    """All questions on one article; splits never cut through it."""

    title: str
    paragraphs: tuple[str, ...]
    examples: tuple[Example, ...]


def read_articles(file: Path) -> tuple[Article, ...]:
    """Articles of a SQuAD-style file; one that has a single article is cut into one for each paragraph."""
    stored = read_given(file)
    if len(stored) == 1:
        stored = tuple(GivenArticle(paragraphs=(paragraph,)) for paragraph in stored[0].paragraphs)
    return tuple(_article(given) for given in stored)


def _article(given: GivenArticle) -> Article:
    title = given.title.replace("_", " ")
    examples = (_example(title, paragraph.context, one) for paragraph in given.paragraphs for one in paragraph.qas)
    return Article(title, tuple(paragraph.context for paragraph in given.paragraphs), tuple(examples))


def _example(title: str, text: str, asked: GivenQuestion) -> Example:
    given = () if asked.is_impossible else asked.answers
    spans = (_span(answer.answer_start, answer.text) for answer in given if answer.answer_start is not None)
    return Example(asked.question.strip(), title, text, tuple(dict.fromkeys(spans)), True)


def _span(start: int, answer: str) -> tuple[int, int]:
    """Without white space around the answer: no word piece covers it."""
    start += len(answer) - len(answer.lstrip())
    return start, start + len(answer.strip())


def split_articles(articles: Sequence[Article], seed: int, shares: Sequence[float]) -> list[list[Article]]:
    """Articles shuffled and dealt out by share of their number; the last part takes the rest."""
    order = list(articles)
    random.Random(seed).shuffle(order)
    parts: list[list[Article]] = []
    for share in shares:
        size = round(share * len(articles))
        parts.append(order[:size])
        order = order[size:]
    return [*parts, order]


def with_negatives(articles: Sequence[Article], encode: Encode, *, share: float, seed: int) -> Iterator[Example]:
    """Every example, and for a share of the answerable ones a near passage that does not hold the answer."""
    chance = random.Random(seed)
    passages = [(article.title, text) for article in articles for text in article.paragraphs]
    vectors = encode([text for _, text in passages])
    examples = [example for article in articles for example in article.examples]
    drawn = [example for example in examples if example.answers and chance.random() < share]
    yield from examples
    if drawn:
        nearest = encode([example.question for example in drawn]) @ vectors.T
        for example, scores in zip(drawn, nearest, strict=True):
            pool = list(_not_answering(example, passages, np.argsort(-scores)[: 4 * NEGATIVE_POOL]))[:NEGATIVE_POOL]
            if pool:
                title, text = chance.choice(pool)
                yield Example(example.question, title, text, (), False)


def _not_answering(
    example: Example, passages: Sequence[tuple[str, str]], order: Iterable[int]
) -> Iterator[tuple[str, str]]:
    answers = {example.text[start:end].casefold() for start, end in example.answers}
    for at in order:
        title, text = passages[at]
        if text != example.text and not any(answer in text.casefold() for answer in answers):
            yield title, text
