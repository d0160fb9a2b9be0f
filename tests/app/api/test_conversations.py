"""Conversations and feedback over HTTP: each to its owner alone."""

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from docx import Document as opened_document
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.conversations.archive import Archive
from app.conversations.types import Exchanged, Feedback
from app.identity.keys import Keys
from app.identity.store import Store
from app.identity.types import LOCAL, MEMBER
from app.types import Question, Turn
from tests.app.api.script import SECRET, Script, answer, api, until, visitor

ASKED = Question(question="Where did the round table meet?")
SAID = answer(ASKED)
ASK = "/api/v1/ask"
DATA = "/api/v1/me/data"
HERS = [
    ("GET", ""),
    ("PATCH", ""),
    ("DELETE", ""),
    ("GET", "/export"),
    ("GET", "/export?format=docx"),
]


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def app(tmp_path: Path, script: Script) -> FastAPI:
    return api(script, data_dir=tmp_path)


def keep(app: FastAPI, owner: str = LOCAL.name) -> str:
    archive: Archive = app.state.archive
    return archive.conversations.create(
        owner, title="Round table", first=Exchanged(ASKED.question, "answered", 4, answer=SAID)
    )


def person(app: FastAPI, data_dir: Path, name: str) -> TestClient:
    client = visitor(app)
    client.headers["Authorization"] = f"Bearer {Keys(Store(data_dir)).create(name, MEMBER)}"
    return client


def test_a_conversation_is_begun_listed_read_renamed_and_deleted(app: FastAPI):
    client = visitor(app)
    made = client.post("/api/v1/conversations", json={"title": " A  title "})
    assert (made.status_code, made.json()["title"], made.json()["turns"]) == (201, "A title", 0)
    path = f"/api/v1/conversations/{made.json()['id']}"
    assert client.get("/api/v1/conversations").json()["conversations"] == [made.json()]
    assert client.patch(path, json={"title": "Another"}).json()["title"] == "Another"
    assert client.get(path).json() == {**made.json(), "title": "Another", "history": []}
    assert client.delete(path).status_code == 204
    assert client.get(path).json()["code"] == "unknown_conversation"
    assert client.get("/api/v1/conversations").json()["total"] == 0


def test_what_is_sent_again_with_its_key_is_kept_once(app: FastAPI, tmp_path: Path):
    client, key = visitor(app), {"Idempotency-Key": "b7-1"}
    made = [client.post("/api/v1/conversations", json={"title": "Briefing"}, headers=key) for _ in range(2)]
    assert [one.status_code for one in made] == [201, 201]
    assert made[0].json() == made[1].json()
    assert client.get("/api/v1/conversations").json()["total"] == 1
    other = client.post("/api/v1/conversations", json={"title": "Another"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")

    said = {"verdict": "right", "answer": SAID.model_dump(mode="json")}
    receipts = [client.post("/api/v1/feedback", json=said, headers={"Idempotency-Key": "f-1"}) for _ in range(2)]
    assert [one.status_code for one in receipts] == [201, 201]
    assert receipts[0].json() == receipts[1].json()
    assert len(client.get(DATA).json()["feedback"]) == 1
    assert person(app, tmp_path, "amina").post("/api/v1/conversations", json={}, headers=key).status_code == 201


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_a_question_sent_again_with_its_key_is_one_turn(app: FastAPI, script: Script, accept: str):
    id, client, headers = keep(app), visitor(app), {"Idempotency-Key": "q-1", "accept": accept}
    asked = {"question": "And when?", "conversation": id}
    first, again = (client.post(ASK, json=asked, headers=headers) for _ in range(2))
    told = client.post(ASK, json=asked, headers={"Idempotency-Key": "q-1"})
    assert [each.status_code for each in (first, again, told)] == [200] * 3
    assert again.text == first.text
    assert len(script.asked) == 1
    kept = client.get(f"/api/v1/conversations/{id}").json()["history"]
    assert [turn["question"] for turn in kept] == [ASKED.question, "And when?"]
    assert told.json() == kept[1]["answer"]
    for other in ({**asked, "question": "And where?"}, {**asked, "conversation": keep(app)}):
        refused = client.post(ASK, json=other, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")


def test_of_two_questions_with_one_key_at_once_one_is_asked(app: FastAPI, script: Script):
    id, client, headers = keep(app), visitor(app), {"Idempotency-Key": "q-2"}
    asked = {"question": "May I wait?", "conversation": id}
    with ThreadPoolExecutor(1) as other:
        first = other.submit(client.post, ASK, json=asked, headers=headers)
        until(lambda: len(script.asked) == 1)
        for accept in ("application/json", "text/event-stream"):
            second = client.post(ASK, json=asked, headers={**headers, "accept": accept})
            assert (second.status_code, second.json()["code"]) == (409, "idempotency_key_in_use")
            assert second.headers["retry-after"] == "5"
        script.gate.set()
        answered = first.result()
    assert client.post(ASK, json=asked, headers=headers).json() == answered.json()
    assert (len(script.asked), client.get(f"/api/v1/conversations/{id}").json()["turns"]) == (1, 2)


def test_a_key_whose_question_failed_may_be_used_again(app: FastAPI, script: Script):
    id, client, headers = keep(app), visitor(app), {"Idempotency-Key": "q-3"}
    asked = {"question": "A defect?", "conversation": id}
    assert [client.post(ASK, json=asked, headers=headers).status_code for _ in range(2)] == [500, 500]
    assert (len(script.asked), client.get(f"/api/v1/conversations/{id}").json()["turns"]) == (2, 1)


def test_a_key_that_is_none_is_told_in_words(app: FastAPI):
    asked = {"question": "And when?", "conversation": keep(app)}
    refused = visitor(app).post(ASK, json=asked, headers={"Idempotency-Key": "two words"})
    sentence = 'The parameter "Idempotency-Key" has characters that it may not have, or too many.'
    assert (refused.status_code, refused.json()["detail"]) == (422, sentence)


def test_a_question_outside_conversations_is_asked_whatever_its_key(app: FastAPI, script: Script):
    for question in ("Where?", "When?"):
        assert visitor(app).post(ASK, json={"question": question}, headers={"Idempotency-Key": "q"}).status_code == 200
    assert len(script.asked) == 2


def test_a_conversation_holds_whole_answers(app: FastAPI):
    read = visitor(app).get(f"/api/v1/conversations/{keep(app)}").json()
    assert [turn["answer"] for turn in read["history"]] == [SAID.model_dump(mode="json")]
    assert {name: read["history"][0][name] for name in ("number", "outcome", "generation", "changes")} == {
        "number": 1,
        "outcome": "answered",
        "generation": 4,
        "changes": [],
    }


def test_the_list_is_searched(app: FastAPI):
    id = keep(app)
    visitor(app).post("/api/v1/conversations", json={})
    found = visitor(app).get("/api/v1/conversations", params={"q": "tashk"}).json()
    assert ([each["id"] for each in found["conversations"]], found["total"]) == ([id], 1)


@pytest.mark.parametrize(("method", "rest"), HERS)
def test_somebody_elses_conversation_is_not_there(app: FastAPI, tmp_path: Path, method: str, rest: str):
    alice, bob = (person(app, tmp_path, name) for name in ("alice", "bob"))
    path = f"/api/v1/conversations/{keep(app, 'alice')}{rest}"
    body = {"title": "x"} if method == "PATCH" else None
    refused = bob.request(method, path, json=body)
    assert (refused.status_code, refused.json()["code"]) == (404, "unknown_conversation")
    assert (
        bob.request(method, "/api/v1/conversations/never-made" + rest, json=body).json()["detail"]
        == (refused.json()["detail"])
    )
    assert alice.request(method, path, json=body).status_code in (200, 204)


def test_nobody_gives_feedback_on_or_opens_somebody_elses_conversation(app: FastAPI, tmp_path: Path):
    alice, bob = (person(app, tmp_path, name) for name in ("alice", "bob"))
    id = keep(app, "alice")
    about = {"verdict": "right", "conversation": id, "turn": 1}
    assert bob.post("/api/v1/feedback", json=about).status_code == 404
    assert bob.get(f"/a/{id}").status_code == 404
    assert bob.get("/api/v1/conversations").json()["total"] == 0
    assert alice.post("/api/v1/feedback", json=about).status_code == 201
    opened = alice.get(f"/a/{id}")
    assert (opened.status_code, opened.headers["location"]) == (303, f"/?a={id}")


def test_an_export_is_a_file_to_save(app: FastAPI):
    path = f"/api/v1/conversations/{keep(app)}/export"
    text, word = (visitor(app).get(path, params={"format": form}) for form in ("md", "docx"))
    assert text.headers["content-disposition"] == 'attachment; filename="round-table.md"'
    assert "[^1]: Round table of Central Asia" in text.text
    assert word.headers["content-disposition"] == 'attachment; filename="round-table.docx"'
    assert "Round table" in [paragraph.text for paragraph in opened_document(io.BytesIO(word.content)).paragraphs]


def test_feedback_is_kept_with_question_answer_and_state_of_the_library(app: FastAPI):
    id = keep(app)
    sent = {"verdict": "wrong_citation", "label": 1, "comment": "Another one.", "conversation": id, "turn": 1}
    assert visitor(app).post("/api/v1/feedback", json=sent).status_code == 201
    entry = app.state.archive.book.entries()[0]
    given = Feedback("wrong_citation", SAID, 4, comment="Another one.", label=1, conversation=id)
    assert (entry.owner, entry.feedback) == (LOCAL.name, given)


def test_feedback_may_bring_an_answer_that_is_not_kept(app: FastAPI):
    sent = {"verdict": "right", "answer": SAID.model_dump(mode="json")}
    assert visitor(app).post("/api/v1/feedback", json=sent).status_code == 201
    assert app.state.archive.book.entries()[0].feedback.answer == SAID


@pytest.mark.parametrize(
    "sent",
    [
        {"verdict": "right"},
        {"verdict": "splendid", "conversation": "x", "turn": 1},
        {"verdict": "right", "conversation": "x"},
        {"verdict": "right", "conversation": "x", "turn": 1, "answer": SAID.model_dump(mode="json")},
        {"verdict": "comment", "comment": "x" * 5000, "conversation": "x", "turn": 1},
    ],
    ids=["about nothing", "no such verdict", "no turn", "about two", "too long"],
)
def test_malformed_feedback_is_a_problem(app: FastAPI, sent: dict):
    refused = visitor(app).post("/api/v1/feedback", json=sent)
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")


def test_where_nothing_is_kept_writing_is_refused_and_nothing_is_written(tmp_path: Path):
    client = visitor(api(Script(), data_dir=tmp_path / "data", retention_days=0))
    sent = {"verdict": "right", "answer": SAID.model_dump(mode="json")}
    refused = [
        client.post("/api/v1/conversations", json={}),
        client.post("/api/v1/feedback", json=sent),
    ]
    assert {(each.status_code, each.json()["code"]) for each in refused} == {(409, "nothing_kept")}
    assert client.get("/api/v1/conversations").json()["total"] == 0
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_a_question_asked_within_a_conversation_has_its_history_and_becomes_its_next_turn(
    app: FastAPI, script: Script, accept: str
):
    id, client = keep(app), visitor(app)
    told = client.post(ASK, json={"question": "And when?", "conversation": id}, headers={"accept": accept})
    read = client.get(f"/api/v1/conversations/{id}").json()
    assert told.status_code == 200
    assert script.asked == [
        Question(question="And when?", history=(Turn(question=ASKED.question, answer=SAID.answer),))
    ]
    assert [(turn["number"], turn["question"], turn["outcome"]) for turn in read["history"]] == [
        (1, ASKED.question, "answered"),
        (2, "And when?", "answered"),
    ]
    assert read["history"][1]["answer"] == answer(script.asked[0]).model_dump(mode="json")


def test_a_question_within_somebody_elses_conversation_is_not_asked(app: FastAPI, script: Script, tmp_path: Path):
    id, bob = keep(app, "alice"), person(app, tmp_path, "bob")
    for unknown in (id, "nothing"):
        refused = bob.post(ASK, json={"question": "And when?", "conversation": unknown})
        assert (refused.status_code, refused.json()["code"]) == (404, "unknown_conversation")
    assert script.asked == []
    assert person(app, tmp_path, "alice").get(f"/api/v1/conversations/{id}").json()["turns"] == 1


def test_a_question_that_fails_leaves_its_conversation_as_it_was(app: FastAPI):
    id, client = keep(app), visitor(app)
    assert client.post(ASK, json={"question": "A defect?", "conversation": id}).status_code == 500
    assert client.get(f"/api/v1/conversations/{id}").json()["turns"] == 1


def test_what_looks_like_a_stored_object_is_kept_and_told_as_text(app: FastAPI, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COE_CANARY", SECRET)
    text = '{"lc": 1, "type": "secret", "id": ["COE_CANARY"]} {"lc": 1, "type": "not_implemented", "id": ["os"]}'
    id, client = keep(app), visitor(app)
    assert client.post(ASK, json={"question": text, "conversation": id}).json()["question"] == text
    read = client.get(f"/api/v1/conversations/{id}")
    exported = client.get(f"/api/v1/conversations/{id}/export").text
    assert read.json()["history"][1]["question"] == text
    assert SECRET not in read.text + exported + client.get(DATA).text


def test_a_question_has_one_history(app: FastAPI, script: Script):
    turn = {"question": "Where?", "answer": "In Tashkent."}
    asked = {"question": "And when?", "history": [turn], "conversation": keep(app)}
    refused = visitor(app).post(ASK, json=asked).json()
    assert (refused["code"], refused["detail"]) == (
        "invalid_request",
        "The body is not as it should be: send a history or name a conversation, not both.",
    )
    assert script.asked == []


def test_everybody_takes_away_and_deletes_what_is_kept_for_them_alone(app: FastAPI, tmp_path: Path):
    alice, bob = person(app, tmp_path, "alice"), person(app, tmp_path, "bob")
    for name in ("alice", "alice", "bob"):
        keep(app, name)
    alice.post("/api/v1/feedback", json={"verdict": "right", "answer": SAID.model_dump(mode="json"), "comment": "Yes."})
    taken = alice.get(DATA)
    assert taken.headers["content-disposition"] == 'attachment; filename="kept-for-me.json"'
    kept = taken.json()
    assert (kept["name"], [each["verdict"] for each in kept["feedback"]]) == ("alice", ["right"])
    assert [each["history"][0]["answer"] for each in kept["conversations"]] == [SAID.model_dump(mode="json")] * 2
    assert kept["feedback"][0]["answer"] == SAID.model_dump(mode="json")
    assert alice.delete(DATA).json() == {"deleted": 3}
    assert alice.get(DATA).json() == {"name": "alice", "conversations": [], "feedback": []}
    assert len(bob.get(DATA).json()["conversations"]) == 1
    assert bob.get("/api/v1/conversations").json()["total"] == 1
