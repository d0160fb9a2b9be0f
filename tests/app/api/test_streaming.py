"""`POST /api/v1/ask` as server-sent events: typed, complete, and over when the client leaves."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from time import monotonic

import httpx
import pytest

from app.api.application import create_api
from app.types import Claimed, Event, Finished, Question, Retrieved, Understood
from ingest.errors import LibraryMissing
from tests.app.api.live import live
from tests.app.api.script import SECRET, Script, answer, client, full, settings, visitor

ASK = "/api/v1/ask"
STREAM = {"accept": "text/event-stream"}
QUESTION = {"question": "Where did it meet?"}


def steps(question: Question) -> Iterator[Event]:
    whole = answer(question)
    yield Understood(standalone_question="Where did the round table meet?")
    yield Retrieved(passages=2, titles=("One", "Two"))
    yield Claimed(text="It met in Tashkent. [1]", citations=whole.citations)
    yield Claimed(text="Experts took part. [1]", citations=())
    if "library" in question.question:
        raise LibraryMissing("There is no library yet: run `coe ingest`.")
    if "defect" in question.question:
        raise RuntimeError(SECRET)
    yield Finished(answer=whole)


def streamed(question: dict[str, str] = QUESTION, events=steps, accept: str = "text/event-stream") -> httpx.Response:
    app = create_api(settings(), replace(Script().services(), events=events))
    return visitor(app).post(ASK, json=question, headers={"accept": accept})


def read(text: str) -> list[tuple[str, dict]]:
    """Name and content of every event."""
    blocks = [block.split("\n") for block in text.removesuffix("\n\n").split("\n\n")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in blocks]


def test_an_answer_arrives_as_typed_events_in_order():
    response = streamed()
    whole = answer(Question(**QUESTION)).model_dump(mode="json")
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-store"
    assert read(response.text) == [
        ("understood", {"standalone_question": "Where did the round table meet?"}),
        ("passages", {"passages": 2, "titles": ["One", "Two"]}),
        ("citation", whole["citations"][0]),
        ("token", {"text": "It met in Tashkent. [1]"}),
        ("token", {"text": " Experts took part. [1]"}),
        ("answer", whole),
    ]


@pytest.mark.parametrize(
    ("word", "code"), [pytest.param("library", "library_missing"), pytest.param("defect", "internal_error")]
)
def test_what_goes_wrong_later_is_the_last_event(word: str, code: str):
    response = streamed({"question": f"Where is the {word}?"})
    name, problem = read(response.text)[-1]
    assert (name, problem["code"], problem["request_id"]) == ("error", code, response.headers["x-request-id"])
    assert SECRET not in response.text


def test_what_goes_wrong_before_the_first_event_is_a_problem():
    def events(question: Question) -> Iterator[Event]:
        raise LibraryMissing("There is no library yet: run `coe ingest`.")
        yield

    response = streamed(events=events)
    assert (response.status_code, response.json()["code"]) == (503, "library_missing")


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/event-stream", "text/event-stream; charset=utf-8"),
        ("text/event-stream, */*;q=0.1", "text/event-stream; charset=utf-8"),
        ("application/json, text/event-stream", "application/json"),
        ("text/event-stream;q=0.5, application/json", "application/json"),
        ("text/event-stream;q=0, */*", "application/json"),
        ("*/*", "application/json"),
        ("text/html", "application/json"),
        (";;q=,q=nan", "application/json"),
    ],
)
def test_the_accept_header_decides(accept: str, media_type: str):
    assert streamed(accept=accept).headers["content-type"] == media_type


def test_a_client_that_leaves_stops_the_work_and_frees_its_place():
    closed = threading.Event()

    def endless(question: Question) -> Iterator[Event]:
        try:
            yield Understood(standalone_question=question.question)
            for number in count():
                yield Claimed(text=f"Sentence {number}.", citations=())
                closed.wait(0.01)
        finally:
            closed.set()

    def events(question: Question) -> Iterator[Event]:
        return steps(question) if closed.is_set() else endless(question)

    app = create_api(settings(max_concurrent=1), replace(Script().services(), events=events))
    with live(app) as address:
        with httpx.stream("POST", address + ASK, json=QUESTION, headers=STREAM) as response:
            next(response.iter_lines())
        left = monotonic()
        assert closed.wait(2)
        assert httpx.post(address + ASK, json=QUESTION).status_code == 200
        assert monotonic() - left < 2


def test_streams_take_the_places_of_answers():
    app = create_api(settings(), replace(Script().services(), events=steps))
    with full(app.state.slots):
        response = visitor(app).post(ASK, json=QUESTION, headers=STREAM)
    assert (response.status_code, response.json()["code"]) == (503, "busy")


def test_a_batch_is_answered_in_order_and_a_bad_question_fails_alone():
    questions = [{"question": "One?"}, {"question": " "}, {"question": "A defect?"}, {"qestion": "x"}, QUESTION]
    entries = client().post("/api/v1/ask/batch", json={"questions": questions}).json()["answers"]
    assert [entry["answer"] and entry["answer"]["question"] for entry in entries] == [
        "One?",
        None,
        None,
        None,
        "Where did it meet?",
    ]
    assert [entry["error"] and entry["error"]["code"] for entry in entries] == [
        None,
        "invalid_question",
        "internal_error",
        "invalid_question",
        None,
    ]
    assert SECRET not in json.dumps(entries)


@pytest.mark.parametrize("questions", [[], [QUESTION] * 17, ["Where?"], None], ids=["none", "17", "text", "null"])
def test_a_batch_that_is_none_is_refused_whole(questions: object):
    response = client().post("/api/v1/ask/batch", json={"questions": questions})
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")
