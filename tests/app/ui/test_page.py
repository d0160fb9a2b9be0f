import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from app.api.limits import Slots
from app.services import Services, Starting
from app.settings import Settings
from app.types import Answer, Event, Finished, Question
from app.ui.page import mount_page
from ingest.errors import LibraryMissing, UnknownDocument
from ingest.types import Document, IngestReport
from tests.browser.server import serving
from tests.listening import NAMES, listening

# Gradio's queue counts its events with what pandas has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")

LOADING = [Starting("The assistant is still starting."), Starting("The assistant is still starting.")]
"""What the first questions meet."""
FOREIGN = ("/etc/passwd", "/proc/self/environ", "../../etc/shadow", "./pyproject.toml", ".env", __file__)


def answer(question: Question) -> Answer:
    return Answer(
        question=question.question,
        standalone_question=question.question,
        answer="No document says so.",
        short_answer=None,
        completeness="none",
        as_of=None,
        reader="extractive",
    )


def events(question: Question) -> Iterator[Event]:
    if question.question == "early" and LOADING:
        raise LOADING.pop()
    if question.question == "missing":
        raise LibraryMissing("Nothing was ingested yet; run coe ingest.")
    if question.question == "defect":
        raise RuntimeError("-".join(("secret sk", "TEST")))
    yield Finished(answer=answer(question))


def document(document_id: str) -> Document:
    raise UnknownDocument(f"There is no document {document_id!r}.")


CHANGES: list[str] = []
"""What the page let somebody do to the library."""


def ingest(*order: object) -> IngestReport:
    CHANGES.append(f"ingest {order}")
    return IngestReport()


SERVICES = Services(
    ask=answer, events=events, document=document, check_ready=lambda: None, ingest=ingest, remove=CHANGES.append
)


@pytest.fixture(scope="module")
def uploads(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("gradio") / "uploads"
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("GRADIO_TEMP_DIR", str(folder))
        yield folder


@pytest.fixture(scope="module")
def client(uploads: Path) -> Iterator[httpx.Client]:
    def build(port: int) -> FastAPI:
        app = FastAPI()
        app.state.reading = Slots(2)
        # Without the doors around it there is nobody to keep conversations for.
        settings = Settings(_env_file=None, port=port, llm="openai:example", data_dir=uploads.parent, retention_days=0)
        return mount_page(app, SERVICES, settings)

    with serving(build) as address, httpx.Client(base_url=address, timeout=30) as client:
        yield client


def outcome(client: httpx.Client, dependency: int, data: list[Any], trigger: int | None = None) -> dict[str, Any]:
    """Join the queue as a browser does, and give the last message of the event."""
    session = uuid4().hex
    joined = client.post(
        "/gradio_api/queue/join",
        json={"data": data, "fn_index": dependency, "session_hash": session, "trigger_id": trigger},
    )
    assert joined.status_code == 200
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
        for line in stream.iter_lines():
            message = json.loads(line.removeprefix("data: ")) if line else {}
            if message.get("msg") == "process_completed":
                return message
    raise AssertionError("the event never completed")


def asking(client: httpx.Client) -> dict[str, Any]:
    return next(each for each in client.get("/config").json()["dependencies"] if len(each["inputs"]) == 3)


def asked(client: httpx.Client, question: str) -> str:
    dependency = asking(client)
    return json.dumps(outcome(client, dependency["id"], [question, None, None], dependency["targets"][0][0]))


@pytest.mark.parametrize("path", FOREIGN)
def test_no_event_takes_a_file_of_the_server(client: httpx.Client, uploads: Path, path: str):
    file = {"path": path, "orig_name": "x", "meta": {"_type": "gradio.FileData"}}
    for dependency in client.get("/config").json()["dependencies"]:
        outcome(client, dependency["id"], [file] * len(dependency["inputs"]))
    assert [each for each in uploads.rglob("*") if each.is_file()] == []


@pytest.mark.parametrize("path", FOREIGN)
def test_no_event_takes_a_file_of_the_server_past_the_queue(client: httpx.Client, uploads: Path, path: str):
    file = {"path": path, "orig_name": "x", "meta": {"_type": "gradio.FileData"}}
    for dependency in client.get("/config").json()["dependencies"]:
        call = {"data": [file] * len(dependency["inputs"]), "fn_index": dependency["id"], "session_hash": "past"}
        client.post("/gradio_api/run/predict", json=call)
    assert [each for each in uploads.rglob("*") if each.is_file()] == []


@pytest.mark.parametrize("path", FOREIGN)
def test_asking_with_a_file_of_the_server_is_refused(client: httpx.Client, path: str):
    file = {"path": path, "orig_name": "x", "meta": {"_type": "gradio.FileData"}}
    refused = outcome(client, asking(client)["id"], [file, file, file])
    assert (refused["success"], refused["output"]["error"]) == (False, None)


@pytest.fixture(scope="module")
def within() -> Iterator[tuple[int, list[str]]]:
    """The port of a server that only this machine reaches, and what is asked of it."""
    with listening() as (port, asked):
        yield port, asked


@pytest.mark.parametrize("host", NAMES)
def test_no_event_makes_the_server_fetch(client: httpx.Client, within: tuple[int, list[str]], host: str):
    port, asked = within
    url = f"http://{host}:{port}/secret"
    for file in ({"path": url, "meta": {"_type": "gradio.FileData"}}, {"path": "x", "url": url}, url):
        for dependency in client.get("/config").json()["dependencies"]:
            told = outcome(client, dependency["id"], [file] * len(dependency["inputs"]))
            # Of what went wrong nothing is told: neither what was tried, nor where.
            assert told["output"].get("error") is None
    assert asked == []


def test_no_event_changes_the_library(client: httpx.Client):
    # Whatever is hidden on the page can still be called: so what only administrators may do is not behind it at all.
    for dependency in client.get("/config").json()["dependencies"]:
        for given in ("meetings/ca-rtm-14", True, ["meetings/ca-rtm-14"], {"name": "note.md"}):
            outcome(client, dependency["id"], [given] * len(dependency["inputs"]))
    assert CHANGES == []


def test_a_question_that_is_too_long_is_told_before_it_is_asked(client: httpx.Client):
    assert "has 4001 characters" in asked(client, "x" * 4001).replace("&#44;", "").replace("&#32;", " ")


@pytest.mark.parametrize("path", FOREIGN)
def test_no_file_of_the_server_is_served(client: httpx.Client, path: str):
    assert client.get(f"/gradio_api/file={path}").status_code in (403, 404)


def test_the_document_holds_the_frame_around_gradio(client: httpx.Client):
    answer = client.get("/", headers={"accept-language": "fr"})
    parts = ('<html\n\tlang="fr"', "<title>", '<section id="opening">', "<gradio-app", "<script>window.coe")
    places = [answer.text.index(part) for part in parts]
    assert places == sorted(places)
    assert "Que disent les documents" in answer.text[places[2] : places[3]]
    assert (answer.headers["cache-control"], "Cookie" in answer.headers["vary"]) == ("private, no-cache", True)
    assert "</script" not in answer.text[places[-1] :].partition(";</script>")[0]


def test_no_component_takes_files(client: httpx.Client):
    kinds = {each["type"] for each in client.get("/config").json()["components"]}
    assert kinds == {"button", "chatbot", "column", "form", "html", "row", "state", "textbox"} & kinds
    assert "chatbot" in kinds


def test_the_conversation_is_never_taken_from_the_client(client: httpx.Client):
    config = client.get("/config").json()
    chats = {each["id"] for each in config["components"] if each["type"] == "chatbot"}
    assert [each for each in config["dependencies"] if chats & set(each["inputs"])] == []


def test_what_would_keep_or_publish_questions_is_off(client: httpx.Client):
    config = client.get("/config").json()
    assert config["footer_links"] == []
    assert config["run_history"] is False
    assert config["analytics_enabled"] is False
    assert {each["api_visibility"] for each in config["dependencies"]} == {"private"}
    assert client.get("/gradio_api/mcp/").status_code == 404
    assert client.get("/gradio_api/info").json()["named_endpoints"] == {}


def test_an_error_a_person_can_mend_is_its_sentence(client: httpx.Client):
    assert "Nothing was ingested yet&#59; run coe ingest&#46;" in asked(client, "missing")


def test_a_question_waits_for_the_models(client: httpx.Client):
    assert "refusal" in asked(client, "early")
    assert LOADING == []


def test_a_defect_shows_and_logs_neither_its_message_nor_the_question(
    client: httpx.Client, caplog: pytest.LogCaptureFixture
):
    with caplog.at_level(logging.ERROR, logger="app.ui.chat"):
        shown = asked(client, "defect")
    assert "Something went wrong here" in shown
    assert "RuntimeError" in caplog.text
    assert "sk-TEST" not in shown + caplog.text


def test_a_blank_question_changes_nothing(client: httpx.Client):
    assert "refusal" not in asked(client, "  ")
    assert "refusal" in asked(client, "Anything?")


def test_the_page_names_the_language_model_and_what_it_receives(client: httpx.Client):
    notice = next(
        each["props"]["value"]
        for each in client.get("/config").json()["components"]
        if each["props"].get("elem_id") == "notice"
    )
    assert "openai&#58;example, which receives your question and the passages found." in notice
