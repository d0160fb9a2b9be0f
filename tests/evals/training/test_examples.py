import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from evals.training.examples import Article, Example, read_articles, split_articles, with_negatives

MILL = "The old mill was built in 1820 by Anna Berg. In 1820 it ground rye."
STORE = "The store was built in 1951 by Tom Reed."
FARM = "Anna Berg kept a farm."
LAMP = "The lamp burns oil."


def asked(question: str, context: str, *answers: str, impossible: bool = False) -> dict[str, Any]:
    found = [{"text": answer, "answer_start": context.index(answer)} for answer in answers]
    return {"id": question, "question": question, "answers": found, "is_impossible": impossible}


SQUAD = {
    "data": [
        {
            "title": "Old_mill",
            "paragraphs": [
                {
                    "context": MILL,
                    "qas": [
                        asked(" When was it built?", MILL, "1820", "in 1820", "1820"),
                        asked("Who built it?", MILL, "Anna Berg"),
                        asked("Who sold it?", MILL, "Anna Berg", impossible=True),
                    ],
                },
                {"context": STORE, "qas": [asked("Who built the store?", STORE, "Tom Reed")]},
            ],
        },
        {"title": "Farm", "paragraphs": [{"context": FARM, "qas": [asked("What did she keep?", FARM, "a farm")]}]},
        {"title": "Lamp", "paragraphs": [{"context": LAMP, "qas": [asked("What burns?", LAMP, "oil")]}]},
    ]
}


def read(folder: Path, content: Any = SQUAD) -> tuple[Article, ...]:
    path = folder / "squad.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return read_articles(path)


def answers(example: Example) -> list[str]:
    return [example.text[start:end] for start, end in example.answers]


def letters(texts: Sequence[str]) -> NDArray[np.float32]:
    """A vector that counts letters: enough to be near or far."""
    counts = np.array([[text.lower().count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"] for text in texts])
    return (counts / np.linalg.norm(counts, axis=1, keepdims=True)).astype(np.float32)


def test_articles_are_read_with_their_answers_in_place(tmp_path: Path) -> None:
    mill, *others = read(tmp_path)
    assert (mill.title, mill.paragraphs, [one.title for one in others]) == ("Old mill", (MILL, STORE), ["Farm", "Lamp"])
    assert [(one.question, one.place, answers(one), one.is_relevant) for one in mill.examples] == [
        ("When was it built?", "Old mill", ["1820", "in 1820"], True),
        ("Who built it?", "Old mill", ["Anna Berg"], True),
        ("Who sold it?", "Old mill", [], True),
        ("Who built the store?", "Old mill", ["Tom Reed"], True),
    ]


def test_white_space_around_an_answer_is_not_part_of_it(tmp_path: Path) -> None:
    content = {"data": [{"title": "", "paragraphs": [{"context": LAMP, "qas": [asked("What burns?", LAMP, " oil")]}]}]}
    (article,) = read(tmp_path, content)
    assert answers(article.examples[0]) == ["oil"]


def test_a_single_article_is_cut_into_its_paragraphs(tmp_path: Path) -> None:
    articles = read(tmp_path, {"data": SQUAD["data"][:1]})
    assert [(one.title, one.paragraphs, len(one.examples)) for one in articles] == [("", (MILL,), 3), ("", (STORE,), 1)]


@given(
    st.integers(0, 40), st.integers(0, 99), st.lists(st.floats(0, 0.5, allow_subnormal=False), min_size=1, max_size=2)
)
def test_splits_deal_out_every_article_whole_and_once(count: int, seed: int, shares: list[float]) -> None:
    articles = [Article(str(at), (f"Text {at}",), ()) for at in range(count)]
    parts = split_articles(articles, seed, shares)
    assert sorted((one.title for part in parts for one in part), key=int) == [one.title for one in articles]
    assert len(parts) == len(shares) + 1
    assert parts == split_articles(articles, seed, shares)


def test_a_split_is_as_large_as_its_share(tmp_path: Path) -> None:
    articles = [Article(str(at), (), ()) for at in range(100)]
    assert [len(part) for part in split_articles(articles, 1, (0.16, 0.1))] == [16, 10, 74]
    assert split_articles(articles, 1, (0.2,)) != split_articles(articles, 2, (0.2,))


def test_a_negative_never_contains_an_answer(tmp_path: Path) -> None:
    articles = read(tmp_path)
    kept = [example for article in articles for example in article.examples]
    for seed in range(10):
        found = list(with_negatives(articles, letters, share=1.0, seed=seed))
        negatives = found[len(kept) :]
        assert found[: len(kept)] == kept
        assert len(negatives) == sum(bool(example.answers) for example in kept)
        for negative, source in zip(negatives, filter(lambda one: one.answers, kept), strict=True):
            assert (negative.question, negative.answers, negative.is_relevant) == (source.question, (), False)
            assert not any(answer.casefold() in negative.text.casefold() for answer in answers(source))


@pytest.mark.parametrize(("share", "kept"), [(0.0, 6), (1.0, 11)])
def test_negatives_are_drawn_for_a_share_of_the_answered_questions(tmp_path: Path, share: float, kept: int) -> None:
    assert len(list(with_negatives(read(tmp_path), letters, share=share, seed=1))) == kept


def test_where_every_passage_holds_the_answer_there_is_no_negative(tmp_path: Path) -> None:
    content = [
        {"title": "", "paragraphs": [{"context": text, "qas": [asked("Who?", text, "Anna Berg")]}]}
        for text in (MILL, FARM)
    ]
    articles = read(tmp_path, {"data": content})
    assert len(list(with_negatives(articles, letters, share=1.0, seed=1))) == 2
