import json
from pathlib import Path

import pytest

from evals.squad import Asked, ExternalError, Paragraph, Reply, exact, figures, overlap, read_squad
from tests.evals.squad_sample import LIGHTHOUSE, MILL, write_squad

BUILT = Asked("m1", "When was the old mill built?", "p0", ("1820", "in 1820"))
SOLD = Asked("m3", "Who sold the mill?", "p0", ())
KEEPER = Asked("l1", "Who was the keeper?", "p1", ("Tom Reed",))


def test_a_file_becomes_paragraphs_and_questions(tmp_path: Path) -> None:
    collection = read_squad(write_squad(tmp_path))
    assert collection.paragraphs == (Paragraph("p0", "Old mill", MILL), Paragraph("p1", "Lighthouse", LIGHTHOUSE))
    assert collection.questions == (BUILT, Asked("m2", "Who built the mill?", "p0", ("Anna Berg",)), SOLD, KEEPER)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        pytest.param({"data": []}, "holds no question", id="empty"),
        pytest.param({"rows": []}, "is no SQuAD-style file: data: Field required", id="something else"),
        pytest.param(
            {"data": [{"paragraphs": [{"qas": []}]}]},
            "is no SQuAD-style file: data.0.paragraphs.0.context: Field required",
            id="no text",
        ),
    ],
)
def test_another_file_is_refused_by_name(tmp_path: Path, content: object, complaint: str) -> None:
    with pytest.raises(ExternalError, match=complaint):
        read_squad(write_squad(tmp_path, content))


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ExternalError, match=r"gone\.json is no SQuAD-style file"):
        read_squad(tmp_path / "gone.json")


def test_a_sample_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    collection = read_squad(write_squad(tmp_path))
    assert collection.sample(2, 1) == collection.sample(2, 1)
    assert {len(collection.sample(limit, 1)) for limit in (2,)} == {2}
    assert collection.sample(None, 1) == collection.sample(9, 1) == collection.questions


@pytest.mark.parametrize(
    ("asked", "text", "em", "f1"),
    [
        pytest.param(BUILT, "The 1820.", 1, 1, id="article and punctuation do not count"),
        pytest.param(BUILT, "in 1820", 1, 1, id="best of several answers"),
        pytest.param(BUILT, "in May 1820", 0, 0.8, id="a word more"),
        pytest.param(BUILT, "", 0, 0, id="refused though answerable"),
        pytest.param(SOLD, "", 1, 1, id="rightly refused"),
        pytest.param(SOLD, "Anna", 0, 0, id="invented"),
        pytest.param(SOLD, "the", 1, 1, id="nothing but an article is nothing"),
        pytest.param(Asked("x", "?", "p0", ("the", "...")), "", 1, 1, id="answers that normalise to nothing"),
    ],
)
def test_replies_are_scored_as_the_official_script_does(asked: Asked, text: str, em: float, f1: float) -> None:
    reply = Reply(asked, text, None)
    assert (exact(reply), overlap(reply)) == (em, pytest.approx(f1))


def test_figures_of_a_whole_file() -> None:
    replies = [
        Reply(BUILT, "in May 1820", 0.9, ("p1", "p0")),
        Reply(KEEPER, "Tom Reed", 0.4, ("p1", "p0")),
        Reply(SOLD, "Anna", 0.6, ("p0",)),
        Reply(SOLD, "", 0.1, ("p0",)),
    ]
    assert json.loads(figures(replies, 1.23456).as_json()) == {
        "n": 4,
        "em": 50.0,
        "f1": pytest.approx(70.0),
        "has_answer_f1": pytest.approx(90.0),
        "no_answer_accuracy": 50.0,
        "answerability_auroc": 0.75,
        "recall@1": 0.5,
        "recall@5": 1.0,
        "mrr": 0.75,
        "seconds": 1.235,
    }


def test_figures_that_do_not_apply_are_null() -> None:
    found = json.loads(figures([Reply(BUILT, "1820", None)], 0.0).as_json())
    absent = ("no_answer_accuracy", "answerability_auroc", "recall@1", "recall@5", "mrr")
    assert {name: found[name] for name in absent} == dict.fromkeys(absent)


def test_no_reply_is_no_figure() -> None:
    with pytest.raises(ExternalError, match="no question was asked"):
        figures([], 0.0)
