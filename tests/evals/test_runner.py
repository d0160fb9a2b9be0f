from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.settings import Settings
from app.types import Event, Finished, Question, Turn
from evals.record import record_now
from evals.runner import Observation, Run, RunError, load, observe, save
from evals.scoring import Score, score
from ingest.types import Document
from tests.evals.samples import DOCUMENT, Script, make_answer, make_case, make_outcome, make_refusal, make_unanswerable

CASE = make_case()
SERVICES = Script({CASE.question: make_answer()}).services()


def ticking() -> Iterator[float]:
    return iter((10.0, 10.25))


def test_an_observation_holds_answer_latency_documents_and_scores() -> None:
    answer, found = make_answer(), (DOCUMENT.id, "other")
    seen = observe(CASE, SERVICES, lambda question, history, k: list(found), clock=ticking().__next__)
    assert seen == Observation(
        case=CASE,
        answer=answer,
        error=None,
        latency_ms=250.0,
        retrieved=found,
        scores=score(make_outcome(CASE, answer, found)),
    )


def test_a_case_that_fails_is_an_observation_with_its_error() -> None:
    seen = observe(make_case(question="Who?"), SERVICES)
    assert (seen.answer, seen.error, seen.is_right) == (None, "RuntimeError: nothing scripted for 'Who?'", False)


def test_a_case_that_fails_scores_nothing_where_a_right_answer_was_due() -> None:
    seen = observe(make_case(question="Who?"), SERVICES)
    failed = Score(value=0, reason="no answer: asking failed")
    assert {name: given for name, given in seen.scores.items() if given is not None} == {
        "answer_correct": failed,
        "first_sentence_correct": failed,
        "short_exact_match": Score(value=0),
        "short_f1": Score(value=0),
    }


def test_a_search_that_fails_found_nothing() -> None:
    def search(question: str, history: tuple[Turn, ...], k: int) -> list[str]:
        raise OSError("gone")

    seen = observe(CASE, SERVICES, search)
    assert (seen.error, seen.retrieved, seen.scores["recall@10"], seen.scores["answer_correct"]) == (
        "OSError: gone",
        (),
        Score(value=0),
        Score(value=1, reason="says November 2020"),
    )


def test_a_document_that_cannot_be_read_is_an_error_and_the_case_is_wrong() -> None:
    def document(id: str) -> Document:
        raise OSError("disk")

    seen = observe(CASE, replace(SERVICES, document=document))
    assert (seen.answer, seen.error, seen.is_right, seen.scores["answer_correct"]) == (
        make_answer(),
        "OSError: disk",
        False,
        Score(value=0, reason="no answer: asking failed"),
    )


def test_the_conversation_goes_to_the_assistant_and_to_search() -> None:
    history = (Turn(question="Who hosts?", answer="Kazakhstan."),)
    asked: list[object] = []

    def search(question: str, turns: tuple[Turn, ...], k: int) -> list[str]:
        asked.append((question, turns, k))
        return []

    def events(question: Question) -> Iterator[Event]:
        asked.append(question)
        yield Finished(answer=make_answer())

    services = replace(SERVICES, events=events)
    observe(make_case(history=history), services, search)
    assert asked == [Question(question=CASE.question, history=history), (CASE.question, history, 10)]


def test_the_confidence_of_an_answer_is_kept() -> None:
    services = Script({CASE.question: make_answer()}, confidence=0.75).services()
    assert observe(CASE, services).confidence == 0.75


def test_events_that_end_without_an_answer_are_an_error() -> None:
    seen = observe(CASE, replace(SERVICES, events=lambda question: iter(())))
    assert (seen.answer, seen.error) == (None, "RuntimeError: the answer's events ended without Finished")


def test_a_run_is_found_in_its_folder(tmp_path: Path) -> None:
    save(Run(observations=(observe(CASE, SERVICES),)), tmp_path / "run.json")
    assert load(tmp_path) == load(tmp_path / "run.json")


def test_a_run_survives_the_way_to_a_file_and_back(tmp_path: Path) -> None:
    refused = make_unanswerable(question="Which hotel?")
    failed = make_case(id="kz-3", question="Who?")
    services = Script({CASE.question: make_answer(), refused.question: make_refusal()}).services()
    cases = (CASE, refused, failed)
    done = Run(
        observations=tuple(observe(case, services, lambda question, history, k: [DOCUMENT.id]) for case in cases)
    )
    save(done, tmp_path / "out" / "run.json")
    assert load(tmp_path / "out" / "run.json") == done


def test_part_of_a_run_keeps_its_order_and_record() -> None:
    seen = {id: observe(make_case(id=id), SERVICES) for id in ("b", "c", "a")}
    record = record_now(Settings(_env_file=None))
    done = Run(observations=tuple(seen.values()), record=record)
    assert done.of({"a", "b", "x"}) == Run(observations=(seen["b"], seen["a"]), record=record)


@pytest.mark.parametrize("content", [None, "{}", "no json"], ids=["missing", "something else", "no JSON"])
def test_a_file_that_is_no_run_is_refused_by_name(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "run.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(RunError, match=r"run\.json"):
        load(path)
