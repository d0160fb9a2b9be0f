from dataclasses import replace
from typing import cast

import pytest

from app.answering.extractive import Candidate, ExtractiveReader, Signals, load_weights
from app.answering.model import load_reader_model
from app.answering.types import Evidence, Hit
from app.settings import Settings
from app.wiring import build_searcher, build_shelf
from evals.calibrate import Judged, decided_rightly, fit, judge, judge_records, records_held_back
from evals.training.catalogue import Asked
from evals.training.domain import is_kept_from_training
from ingest.library import Library
from ingest.types import Cell, Chunk, Metadata, Row
from tests.conftest import House
from tests.evals.samples import make_case, make_unanswerable

HIT = Hit(Chunk("c", "d", 0, 0, 4, "", None, "Text"), Metadata(title="T"), 1.0)
LOW = Signals(
    span=-2.0,
    answers=-1.0,
    relevant=-1.0,
    core=0.1,
    core_around=0.1,
    names=0.1,
    names_here=0.0,
    typed=0.0,
    untyped=0.0,
    rank=0.1,
)
HIGH = replace(LOW, span=2.0, answers=1.0, relevant=1.0, core=0.9, names=1.0, names_here=1.0, typed=1.0, rank=1.0)


def candidate(signals: Signals) -> Candidate:
    return Candidate(Evidence(HIT, 0, 4, "Text"), "Text", signals, 0.0)


GOOD = Judged(answerable=True, candidates=(candidate(LOW), candidate(HIGH)), right=(False, True))
NONE = Judged(answerable=False, candidates=(candidate(LOW), candidate(LOW)), right=(False, False))
CASES = [GOOD, NONE] * 15


def test_fitted_weights_answer_what_is_right_and_refuse_the_rest() -> None:
    weights = fit(CASES)
    assert decided_rightly(CASES, weights) == 1.0
    assert 0.0 < weights.threshold < 1.0


def test_no_more_is_refused_than_the_share_wanted_of_what_has_no_answer() -> None:
    unlike = Judged(answerable=False, candidates=(candidate(HIGH),), right=(False,))
    strict, lenient = fit([*CASES, unlike]), fit([*CASES, *([unlike] * 5)])
    assert strict.threshold < lenient.threshold


def test_fitting_twice_gives_the_same_weights() -> None:
    assert fit(CASES) == fit(CASES)


@pytest.mark.parametrize(
    ("judged", "threshold", "share"),
    [
        pytest.param([GOOD, NONE], 1.0, 0.5, id="refuses all"),
        pytest.param([GOOD, NONE], 0.0, 0.5, id="answers all"),
        pytest.param([replace(GOOD, right=(True, False))], 0.0, 0.0, id="answers with the wrong sentence"),
        pytest.param([Judged(answerable=False, candidates=(), right=())], 0.5, 1.0, id="nothing to quote"),
    ],
)
def test_a_right_decision_is_a_right_sentence_or_a_due_refusal(
    judged: list[Judged], threshold: float, share: float
) -> None:
    assert decided_rightly(judged, replace(fit(CASES), threshold=threshold)) == share


@pytest.mark.model
def test_candidates_are_judged_by_the_quotes_and_answers_of_their_case(house: House) -> None:
    settings = Settings(_env_file=None, data_dir=house.config.data_dir, corpus_dir=house.corpus)
    shelf = build_shelf(settings)
    searcher = build_searcher(settings, shelf)
    reader = ExtractiveReader(load_reader_model(), searcher.vocabulary(shelf.current()), load_weights())
    question = "Where is the secretariat for Central Asia?"
    cases = [
        make_case(question=question, expected=("Tashkent",), documents=("secretariat",)),
        make_unanswerable(question=question),
    ]
    answered, refused = judge(cases, searcher, reader)
    right = [c.evidence.quote for c, is_right in zip(answered.candidates, answered.right, strict=True) if is_right]
    assert right == ["The secretariat for Central Asia is in Tashkent."]
    assert (refused.answerable, any(refused.right)) == (False, False)


@pytest.mark.model
def test_candidates_are_judged_by_the_cells_of_the_record_asked_about(house: House) -> None:
    settings = Settings(_env_file=None, data_dir=house.config.data_dir, corpus_dir=house.corpus)
    shelf = build_shelf(settings)
    searcher = build_searcher(settings, shelf)
    reader = ExtractiveReader(load_reader_model(), searcher.vocabulary(shelf.current()), load_weights())
    cell = Cell("city", "Tashkent", None, "secretariat", "", 0, 8, "elsewhere")
    row = Row("secretariat", "secretariat-ca", (cell,))
    question = "Where is the secretariat for Central Asia?"
    told, silent = judge_records(
        [Asked(question, row, "city", (cell,)), Asked(question, row, "opened", ())], searcher, reader
    )
    right = [c.evidence.quote for c, is_right in zip(told.candidates, told.right, strict=True) if is_right]
    assert right == ["The secretariat for Central Asia is in Tashkent."]
    assert (silent.answerable, any(silent.right)) == (False, False)


def test_what_is_further_judged_helps_the_fit_and_has_no_say_in_the_threshold() -> None:
    alone = fit(CASES)
    assert fit(CASES, CASES).weights != alone.weights


def test_records_are_asked_about_only_when_nothing_was_learned_from_their_documents() -> None:
    kept = next(name for name in map(str, range(99)) if is_kept_from_training(name))
    learned = next(name for name in map(str, range(99)) if not is_kept_from_training(name))
    cases = [make_case(documents=(kept,)), make_case(documents=(learned,))]

    class Catalogue:
        def catalogue(self, kind: str) -> tuple[Row, ...]:
            rows = (_meeting("a", kept), _meeting("b", learned), _meeting("c", kept, learned))
            return rows if kind == "meeting" else ()

    asked = records_held_back(cases, cast(Library, Catalogue()))
    assert {one.row.id for one in asked} == {"a"}


def _meeting(id: str, *documents: str) -> Row:
    cells = (Cell(field, "Oslo", None, name, "", 0, 4, "Oslo") for field in ("name", "city") for name in documents)
    return Row("meeting", id, tuple(cells))
