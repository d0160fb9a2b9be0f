"""`POST /api/v1/ask`: the answer object, or a problem with a code."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from time import perf_counter

import pytest

from app.api.limits import PATIENCE_SECONDS, WAITING_PER_RUNNING
from app.types import MAX_ANSWER, MAX_QUESTION, MAX_TURNS, Answer, Question
from tests.app.api.script import SECRET, Script, answer, client, until

ASK = "/api/v1/ask"
JSON = {"content-type": "application/json"}
LONGEST = [{"question": "", "answer": "x" * MAX_ANSWER}] * MAX_TURNS


def told(response) -> tuple[int, str, str]:
    return response.status_code, response.headers["content-type"], response.json()["code"]


def asking(**fields: object) -> bytes:
    return json.dumps({"question": "Where?"} | fields).encode()


def test_a_question_is_answered_with_the_answer_object():
    script = Script()
    response = client(script).post(ASK, json={"question": "  Where did it meet? "})
    question = Question(question="Where did it meet?")
    assert response.status_code == 200
    assert Answer.model_validate(response.json()) == answer(question)
    assert script.asked == [question]


def test_the_conversation_so_far_reaches_the_assistant():
    script = Script()
    turn = {"question": "Where did it meet?", "answer": "In Tashkent."}
    client(script).post(ASK, json={"question": "And when?", "history": [turn]})
    assert script.asked == [Question.model_validate({"question": "And when?", "history": [turn]})]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        pytest.param(b"", 400, "invalid_json", id="nothing"),
        pytest.param(b'{"question": "Where?"', 400, "invalid_json", id="cut off"),
        pytest.param(b'{"question": NaN}', 400, "invalid_json", id="NaN"),
        pytest.param(b'{"question": "Where?", "k": -Infinity}', 400, "invalid_json", id="infinity"),
        pytest.param(b"[" * 20_000, 400, "invalid_json", id="nested without end"),
        pytest.param(b"[" * 900 + b"]" * 900, 400, "invalid_json", id="nested deep"),
        pytest.param(b"1" * 5_000, 400, "invalid_json", id="number of 5,000 digits"),
        pytest.param(b"\xef\xbb\xbf{}", 400, "invalid_json", id="byte order mark"),
        pytest.param('{"question": "Où?"}'.encode("latin-1"), 400, "invalid_text", id="latin-1"),
        pytest.param('{"question": "Where?"}'.encode("utf-16"), 400, "invalid_text", id="UTF-16"),
        pytest.param(b'{"question": "\\ud800"}', 400, "invalid_text", id="lone surrogate"),
        pytest.param(b'{"\\udc00": 1}', 400, "invalid_text", id="lone surrogate in a name"),
        pytest.param(b'{"question": "a\\u0000b"}', 400, "invalid_text", id="zero character"),
        pytest.param(asking(question=""), 422, "question_empty", id="empty"),
        pytest.param(asking(question=" \n\t "), 422, "question_empty", id="white space"),
        pytest.param(asking(question="x" * (MAX_QUESTION + 1)), 422, "question_too_long", id="4,001 characters"),
        pytest.param(asking(question=None), 422, "invalid_request", id="null"),
        pytest.param(asking(question=7), 422, "invalid_request", id="number"),
        pytest.param(asking(question=["Where?"]), 422, "invalid_request", id="list for a question"),
        pytest.param(b"{}", 422, "invalid_request", id="no question"),
        pytest.param(b'["Where?"]', 422, "invalid_request", id="list for a body"),
        pytest.param(b'"Where?"', 422, "invalid_request", id="text for a body"),
        pytest.param(b"null", 422, "invalid_request", id="null for a body"),
        pytest.param(b"1e400", 422, "invalid_request", id="number beyond measure"),
        pytest.param(asking(top_k=100_000_000), 422, "invalid_request", id="unknown field"),
        pytest.param(asking(history=[{"question": "Where?"}]), 422, "invalid_request", id="half a turn"),
        pytest.param(
            asking(history=[{"question": "", "answer": ""}] * (MAX_TURNS + 1)), 422, "invalid_request", id="21 turns"
        ),
        pytest.param(b" " * (256 * 1024 + 1), 413, "body_too_large", id="256 kB and one byte"),
        pytest.param(asking(history=LONGEST), 413, "body_too_large", id="20 turns of the longest"),
        pytest.param(asking(question="x" * 10_000_000), 413, "body_too_large", id="10 MB"),
    ],
)
def test_a_bad_body_is_refused_with_a_code(body: bytes, status: int, code: str):
    script = Script()
    response = client(script).post(ASK, content=body, headers=JSON)
    assert told(response) == (status, "application/problem+json", code)
    assert script.asked == []


def test_a_body_without_declared_length_is_counted_while_it_arrives():
    def pieces() -> Iterator[bytes]:
        for _ in range(257):
            yield b" " * 1024

    response = client().post(ASK, content=pieces(), headers=JSON)
    assert told(response) == (413, "application/problem+json", "body_too_large")


def test_a_long_conversation_is_taken_and_one_that_is_too_long_told_what_to_leave_out():
    script = Script()
    fits, does_not = (client(script).post(ASK, json={"question": "Where?", "history": LONGEST[:n]}) for n in (12, 14))
    assert (fits.status_code, len(script.asked[0].history)) == (200, 12)
    assert does_not.json()["detail"] == (
        "The request is larger than 256 kB: leave the oldest turns of a history out, or ask fewer questions at once."
    )


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_a_body_that_is_not_declared_json_is_refused(content_type: str):
    response = client().post(ASK, content=asking(), headers={"content-type": content_type})
    assert told(response) == (415, "application/problem+json", "unsupported_media_type")


def test_json_may_declare_its_encoding():
    response = client().post(ASK, content=asking(), headers={"content-type": "application/json; charset=utf-8"})
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        pytest.param({}, 'The field "question" is missing.', id="missing"),
        pytest.param(
            {"question": "Where?", "history": [{"question": 1, "answer": ""}]},
            'The field "history.0.question" must be text.',
            id="deep",
        ),
        pytest.param({"question": "Where?", "history": "none"}, 'The field "history" must be a list.', id="no list"),
        pytest.param({"question": "Where?", SECRET: 1}, "The body has a field that is not known here.", id="unknown"),
        pytest.param([], "The body must be an object.", id="no object"),
    ],
)
def test_a_malformed_question_is_told_by_its_field_and_not_by_what_is_in_it(body: object, sentence: str):
    assert client().post(ASK, json=body).json()["detail"] == sentence


def test_a_problem_has_the_members_of_the_standard_and_nothing_of_the_input():
    response = client().post(ASK, json={"question": "x" * 4_001, "history": []})
    assert response.json() == {
        "type": "about:blank",
        "title": "Unprocessable Content",
        "status": 422,
        "detail": "The question is longer than 4,000 characters; please shorten it.",
        "code": "question_too_long",
        "request_id": response.headers["x-request-id"],
    }


def test_an_error_that_can_be_mended_is_told_with_its_own_sentence():
    response = client().post(ASK, json={"question": "empty library?"})
    assert told(response) == (503, "application/problem+json", "library_missing")
    assert response.json()["detail"] == "There is no library yet: run `coe ingest`."
    assert response.headers["retry-after"] == "5"


def test_a_defect_is_told_by_the_number_of_the_request_alone(caplog: pytest.LogCaptureFixture):
    response = client().post(ASK, json={"question": "defect"})
    request_id = response.headers["x-request-id"]
    assert response.json() == {
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
        "detail": f"Something went wrong here; when you report it, name the request {request_id}.",
        "code": "internal_error",
        "request_id": request_id,
    }
    assert "sk-TEST" not in caplog.text
    assert "/srv/x" not in caplog.text
    assert f"defect id={request_id} error=RuntimeError at=" in caplog.text


def test_more_questions_than_can_wait_are_refused_at_once():
    script, places, too_many = Script(), 1 + WAITING_PER_RUNNING, 5
    with client(script, max_concurrent=1) as asker, ThreadPoolExecutor(places + too_many) as people:
        started = perf_counter()
        pending = [people.submit(asker.post, ASK, json={"question": "wait"}) for _ in range(places + too_many)]
        arriving = as_completed(pending, timeout=30)
        refused = [next(arriving).result() for _ in range(too_many)]
        seconds = perf_counter() - started
        script.gate.set()
        answered = [future.result() for future in arriving]
    assert {(*told(response), response.headers["retry-after"]) for response in refused} == {
        (503, "application/problem+json", "busy", "5")
    }
    assert [response.status_code for response in answered] == [200] * places
    assert seconds < PATIENCE_SECONDS / 2


def test_as_many_as_the_setting_says_are_answered_side_by_side():
    script, people = Script(), 20
    visitor = client(script, llm="openai:scripted", max_concurrent=people)
    with ThreadPoolExecutor(people) as pool:
        answers = [pool.submit(visitor.post, ASK, json={"question": "wait"}) for _ in range(people)]
        until(lambda: len(script.asked) == people)
        script.gate.set()
        assert {answer.result().status_code for answer in answers} == {200}
