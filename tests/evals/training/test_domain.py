from typing import Any

import pytest

from app.answering.types import Hit
from evals.cases import Case, Quote, load_cases
from evals.training.cli import REFERENCE
from evals.training.domain import NEGATIVES, POSITIVES, SEARCHED, answer_spans, examples, is_held_back
from ingest.types import Chunk, Metadata
from tests.evals.samples import make_case, make_unanswerable

NAMES = [f"meetings/rtm-{number}" for number in range(40)]
LEARNED, OTHER = [name for name in NAMES if not is_held_back(make_case(documents=(name,)))][:2]
HELD = next(name for name in NAMES if is_held_back(make_case(documents=(name,))))
TEXT = "Oman joined in 2020. Kazakhstan joined in November 2020. In November 2020 it was the 62nd partner."
QUOTE = "Kazakhstan joined in November 2020."


def hit(text: str = TEXT, document: str = LEARNED) -> Hit:
    return Hit(Chunk("c", document, 0, 0, len(text), "Partners", None, text), Metadata(title="Round table"), 1.0)


def case(**fields: Any) -> Case:
    quotes = (Quote(document_id=LEARNED, quote=QUOTE),)
    return make_case(**{"documents": (LEARNED,), "quotes": quotes, **fields})


def spans(case: Case, hit: Hit) -> list[str]:
    return [hit.chunk.text[start:end] for start, end in answer_spans(case, hit)]


def far(count: int, document: str = OTHER) -> list[Hit]:
    """Passages without the answer."""
    return [hit(f"The tent number {at} is red.", document) for at in range(count)]


def test_an_answer_is_taken_where_the_quote_says_it() -> None:
    assert spans(case(), hit()) == ["November 2020"]
    assert answer_spans(case(), hit())[0][0] == TEXT.index("November")


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        pytest.param({"quotes": ()}, ["November 2020"] * 2, id="no quote: everywhere"),
        pytest.param({"expected": ("november 2020", "2020")}, ["November 2020", "2020"], id="every form"),
        pytest.param({"expected": ("Novem",), "quotes": ()}, [], id="whole words only"),
        pytest.param({"kind": "yes_no", "expected": ("Yes",)}, [QUOTE], id="yes or no: the sentence"),
        pytest.param(
            {"kind": "list", "expected": (), "items": ("November 2020", "Kazakhstan")},
            ["Kazakhstan joined in November 2020"],
            id="list: first item to last",
        ),
        pytest.param({"documents": (OTHER,), "carriers": (LEARNED,)}, ["November 2020"], id="carrier"),
    ],
)
def test_where_an_answer_stands(fields: dict[str, Any], found: list[str]) -> None:
    assert spans(case(**fields), hit()) == found


def test_the_same_words_in_a_document_that_the_case_does_not_name_are_no_answer() -> None:
    assert spans(case(), hit(document=OTHER)) == []


def test_a_passage_that_answers_is_learned_with_its_answer() -> None:
    first, *_ = examples(case(), "When did it join?", [*far(2), hit()], 1)
    assert (first.question, first.place, first.text) == ("When did it join?", "Round table › Partners", TEXT)
    assert ([first.text[start:end] for start, end in first.answers], first.is_relevant) == (["November 2020"], True)


def test_at_most_so_many_passages_with_and_without_the_answer() -> None:
    hits = [*[hit()] * SEARCHED, *far(SEARCHED)]
    found = list(examples(case(), "When?", hits, 1))
    assert [bool(one.answers) for one in found] == [True] * POSITIVES + [False] * NEGATIVES


def test_a_question_without_answer_has_twice_the_passages() -> None:
    found = list(examples(make_unanswerable(id="x"), "When?", far(SEARCHED), 1))
    assert [(one.answers, one.is_relevant) for one in found] == [((), False)] * 2 * NEGATIVES
    assert [one.text for one in found[:NEGATIVES]] == [one.chunk.text for one in far(NEGATIVES)]


@pytest.mark.parametrize(("document", "is_relevant"), [(LEARNED, None), (OTHER, False)], ids=["right", "other"])
def test_of_a_passage_of_the_right_document_nobody_knows_whether_it_is_relevant(
    document: str, is_relevant: bool | None
) -> None:
    found = list(examples(case(), "When?", far(1, document), 1))
    assert [(one.answers, one.is_relevant) for one in found] == [((), is_relevant)]


def test_a_passage_that_may_answer_is_no_negative() -> None:
    hits = [hit("It joined in November 2020.", OTHER), hit("Joined: 5 November 2020", OTHER), hit(QUOTE, OTHER)]
    assert list(examples(case(), "When?", hits, 1)) == []


@pytest.mark.parametrize("kind", ["comparison", "count"])
def test_what_stands_in_no_single_passage_teaches_nothing(kind: str) -> None:
    assert list(examples(case(kind=kind), "Which?", [hit(), *far(3)], 1)) == []


def test_the_same_seed_gives_the_same_examples() -> None:
    hits = [hit(), *far(SEARCHED)]
    drawn = [list(examples(case(), "When?", hits, seed)) for seed in range(8)]
    assert drawn == [list(examples(case(), "When?", hits, seed)) for seed in range(8)]
    assert any(one != drawn[0] for one in drawn)


def test_held_back_cases_teach_nothing() -> None:
    assert list(examples(case(documents=(HELD,), quotes=()), "When?", [hit(document=HELD), *far(3)], 1)) == []


def test_all_cases_on_a_document_are_held_back_or_none() -> None:
    dev = load_cases(REFERENCE, "dev")
    held = {one.documents[0] for one in dev if one.documents and is_held_back(one)}
    learned = {one.documents[0] for one in dev if one.documents and not is_held_back(one)}
    assert held & learned == set()
    assert 0.15 < len(held) / len(held | learned) < 0.35
