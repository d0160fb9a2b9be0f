"""What Prometheus and the log are told: figures of requests and answers, never what was asked or by whom."""

import json
import logging
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from app.api.application import create_api
from app.identity.keys import Keys
from app.identity.store import Store
from app.identity.users import Users
from app.logs import JsonLines, Lines
from app.services import Services
from app.types import Question
from ingest.errors import LibraryMissing
from tests.app.api.script import HERE, LOOPBACK, SECRET, Script, answer, answering, client, settings

ASK = "/api/v1/ask"
PASSWORD = "correct horse battery"


def figures(person: TestClient) -> dict[tuple[str, ...], float]:
    """Every sample of `/metrics`, by name and the values of its labels."""
    families = text_string_to_metric_families(person.get("/metrics").text)
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


def served(services: Services, **changes: object) -> TestClient:
    return TestClient(create_api(settings(**changes), services), base_url=HERE, client=LOOPBACK)


def test_requests_are_counted_by_template_and_status_and_never_by_what_was_sent():
    person = client()
    for path in ("/documents/meetings/round-table", "/documents/none", "/secret-1", "/secret-2"):
        person.get(path)
    person.request("SECRET", "/healthz")
    found = figures(person)
    counted = {key[1:]: value for key, value in found.items() if key[0] == "coe_requests_total"}
    assert counted == {
        ("GET", "/documents/{id:path}", "200"): 1,
        ("GET", "/documents/{id:path}", "404"): 1,
        ("GET", "-", "404"): 2,
        ("other", "-", "405"): 1,
    }
    assert found["coe_request_seconds_count", "/documents/{id:path}"] == 2


def test_answers_are_counted_by_completeness_and_timed_by_stage():
    def ask(question: Question):
        kind = "none" if "unknown" in question.question else "complete"
        whole = answer(question)
        return whole.model_copy(
            update={"completeness": kind, "timings_ms": whole.timings_ms.model_copy(update={"read": 2000})}
        )

    person = served(answering(ask))
    for question in ("Where?", "Who is unknown?", "When?"):
        person.post(ASK, json={"question": question})
    found = figures(person)
    assert (found["coe_answers_total", "complete"], found["coe_answers_total", "none"]) == (2, 1)
    assert (found["coe_answer_seconds_sum", "read"], found["coe_answer_seconds_count", "retrieve"]) == (6, 3)
    assert found["coe_answers_in_flight",] == 0


def test_an_answer_in_events_counts_once():
    person = served(Script().services())
    person.post(ASK, json={"question": "Where?"}, headers={"accept": "text/event-stream"})
    assert figures(person)["coe_answers_total", "complete"] == 1


@pytest.mark.parametrize(
    ("reader", "fallbacks"),
    [("openai:gpt", 0), ("catalogue", 0), ("extractive (openai:gpt failed: silent for 12 seconds)", 1)],
)
def test_an_answer_that_the_llm_failed_to_give_counts_as_fallback(reader: str, fallbacks: int):
    services = answering(lambda question: answer(question).model_copy(update={"reader": reader}))
    person = served(services, llm="openai:gpt")
    person.post(ASK, json={"question": "Where?"})
    assert figures(person)["coe_fallbacks_total",] == fallbacks


def test_the_library_is_told_by_its_generation_and_its_documents():
    services = replace(Script().services(), generation=lambda: 17, documents=lambda filters: ("a", "b"))
    found = figures(served(services))
    assert (found["coe_index_generation",], found["coe_documents",]) == (17, 2)


def test_without_a_library_the_figures_are_nought():
    def generation() -> int:
        raise LibraryMissing("There is no library yet: run `coe ingest`.")

    assert figures(served(replace(Script().services(), generation=generation)))["coe_index_generation",] == 0


def planted(data_dir: Path) -> tuple[TestClient, list[str]]:
    """Somebody who sends secrets in every place, and the secrets."""
    key = Keys(Store(data_dir)).create("alice", ["ask"])
    Users(Store(data_dir)).add("bob", PASSWORD)
    person = client(data_dir=data_dir)
    person.post("/login", data={"name": "bob-7f3", "password": "wrong-7f3"})
    person.post("/login", data={"name": "bob", "password": PASSWORD})
    session = person.cookies["coe_session"]
    person.post(ASK, json={"question": "Is question-7f3 known?"}, headers={"authorization": f"Bearer {key}"})
    person.post(ASK, json={"question": "a defect with defect-7f3"}, headers={"authorization": f"Bearer {key}"})
    person.post(ASK, json={"question": "Where?"}, headers={"authorization": f"Bearer {key[:-1]}"})
    person.get("/documents/path-7f3?query-7f3", headers={"cookie": "coe_visitor=visitor-7f3"})
    person.get("/address-7f3")
    return person, [key, key[17:], session, PASSWORD, "-7f3", "alice", "testclient", *SECRET.split()]


@pytest.mark.parametrize("formatter", [JsonLines(), Lines("%(levelname)s %(name)s %(message)s")], ids=["json", "text"])
def test_no_line_of_the_log_holds_a_secret(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, formatter: logging.Formatter
):
    caplog.set_level(logging.INFO)
    person, secrets = planted(tmp_path)
    lines = [formatter.format(record) for record in caplog.records if record.name.startswith("app")]
    assert len(lines) >= 8
    assert [secret for secret in secrets if secret in "\n".join(lines)] == []
    assert [secret for secret in secrets if secret in str(figures(person))] == []


def test_a_question_is_logged_only_where_that_is_allowed(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)
    client().post(ASK, json={"question": "Where?\nNot here?"})
    client(log_questions=True).post(ASK, json={"question": "Where?\nAnd here?"})
    questions = [line for line in caplog.messages if "here" in line]
    assert [line.rpartition(" question=")[2] for line in questions] == [r"Where?\nAnd\x20here?"]


def test_a_line_of_json_has_members_for_programs(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, "app")
    response = client().get("/documents/none")
    (line,) = [JsonLines().format(record) for record in caplog.records]
    told = json.loads(line)
    assert told.pop("time")
    assert told.pop("ms") >= 0
    assert told == {
        "level": "INFO",
        "logger": "app.api.journal",
        "event": "request",
        "id": response.headers["x-request-id"],
        "method": "GET",
        "route": "/documents/{id:path}",
        "status": 404,
    }


def test_an_error_that_a_library_logs_is_told_by_its_type_and_places():
    try:
        raise RuntimeError(SECRET)
    except RuntimeError as error:
        record = logging.LogRecord("library", logging.ERROR, __file__, 1, "It failed", None, None)
        record.exc_info = (type(error), error, error.__traceback__)
    text, line = Lines("%(message)s").format(record), json.loads(JsonLines().format(record))
    assert text.startswith("It failed\nerror=RuntimeError at=test_metrics.py:")
    assert (line["event"], line["error"].split()[0]) == ("It failed", "error=RuntimeError")
    assert "sk-TEST" not in text + str(line)
