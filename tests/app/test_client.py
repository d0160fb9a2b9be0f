"""The client against a served API: what it gives, and the one error it raises."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from time import sleep

import pytest
from fastapi import FastAPI
from fastapi.responses import Response

from app.answering.types import Hit
from app.api.application import create_api
from app.client import Client, ClientError
from app.identity.keys import Keys
from app.identity.store import Store
from app.responses import Token
from app.retrieval.filters import Filters, UnknownName
from app.types import Answer, Claimed, Event, Finished, Question, Retrieved, Turn, Understood
from ingest.errors import SourceEmpty
from ingest.library import DocumentRow
from ingest.pipeline import IngestOptions, Progress
from ingest.types import Cell, Chunk, IngestReport, Row
from tests.app.api.live import live
from tests.app.api.script import QUOTE, ROUND_TABLE, TEXT, TITLE, Script, answer, at, settings

SPAN = at(TEXT, QUOTE)
CENTRAL_ASIA = Filters(region="Central Asia")
closed = threading.Event()


def events(question: Question) -> Iterator[Event]:
    whole = answer(question)
    yield Understood(standalone_question=question.question)
    yield Retrieved(passages=1, titles=(TITLE,))
    yield Claimed(text=whole.answer, citations=whole.citations)
    if "defect" in question.question:
        raise RuntimeError
    if "endless" in question.question:
        yield from endless()
    yield Finished(answer=whole)


def endless() -> Iterator[Event]:
    try:
        for number in count():
            yield Claimed(text=f"Sentence {number}.", citations=())
            closed.wait(0.01)
    finally:
        closed.set()


def search(query: str, filters: Filters, limit: int) -> Sequence[Hit]:
    if filters.region == "Mars":
        raise UnknownName("There is no region 'Mars'.")
    chunk = Chunk("1", ROUND_TABLE.id, 0, SPAN["start"], SPAN["end"], "Decisions", 1, QUOTE)
    found = Hit(chunk, ROUND_TABLE.metadata, 0.5, dense_rank=1, matched=(query,))
    return [found] * limit if filters == CENTRAL_ASIA else []


def catalogue(name: str, filters: Filters) -> Sequence[Row]:
    cells = (Cell("name", "Round table", None, ROUND_TABLE.id, "Decisions", SPAN["start"], SPAN["end"], QUOTE),)
    return [Row("meeting", f"{name}-{number}", cells) for number in range(5)] if filters == CENTRAL_ASIA else []


def documents(filters: Filters) -> Sequence[DocumentRow]:
    about = ROUND_TABLE.metadata
    row = DocumentRow(
        id=ROUND_TABLE.id,
        kind=about.kind,
        title=about.title,
        origin=ROUND_TABLE.origin,
        path=ROUND_TABLE.path,
        chunks=1,
        words=20,
        language=about.language,
        region=about.region,
        published=about.published,
        url=about.url,
    )
    return [row] if filters in (Filters(), Filters(kind="meeting")) else []


@pytest.fixture(scope="module")
def script() -> Script:
    return Script()


@pytest.fixture(scope="module")
def address(script: Script) -> Iterator[str]:
    def asked(question: Question) -> Iterator[Event]:
        script.ask(question) if "defect" not in question.question else None
        yield from events(question)

    services = replace(script.services(), events=asked, search=search, catalogue=catalogue, documents=documents)
    with live(create_api(settings(), services)) as address:
        yield address


@pytest.fixture
def client(address: str) -> Iterator[Client]:
    with Client(address, tries=1) as client:
        yield client


def test_it_gives_the_answer_object(client: Client, script: Script):
    turn = Turn(question="Where did it meet?", answer="In Tashkent.")
    asked = Question(question="And when?", history=(turn,))
    assert client.ask("And when?", history=[turn]) == answer(asked)
    assert script.asked[-1] == asked


def test_it_streams_typed_events(client: Client):
    whole = answer(Question(question="Where did it meet?"))
    assert list(client.stream("Where did it meet?")) == [
        Understood(standalone_question="Where did it meet?"),
        Retrieved(passages=1, titles=(TITLE,)),
        *whole.citations,
        Token(text=whole.answer),
        whole,
    ]


def test_leaving_a_stream_stops_the_work(client: Client):
    stream = client.stream("An endless one?")
    next(stream)
    stream.close()
    assert closed.wait(2)


def test_it_searches_within_filters(client: Client):
    found = client.search("Tashkent", limit=2, region="Central Asia")
    assert [(each.document_id, each.text, each.why.matched) for each in found] == [
        (ROUND_TABLE.id, QUOTE, ("Tashkent",))
    ] * 2
    assert client.search("Tashkent", country="Georgia") == ()


def test_it_lists_the_catalogue_in_pages(client: Client):
    page = client.catalogue("meetings", limit=2, offset=2, region="Central Asia")
    assert (page.total, page.next_offset, [record.id for record in page.records]) == (
        5,
        4,
        ["meetings-2", "meetings-3"],
    )
    assert page.records[0].cells[0].quote == QUOTE
    assert page.sources[ROUND_TABLE.id].title == TITLE


def test_it_lists_and_reads_documents(client: Client):
    (listed,) = client.documents(kind="meeting").documents
    document = client.document(listed.id)
    assert (listed.title, document.text) == (TITLE, TEXT)
    assert [section.heading for section in document.sections] == ["", "Decisions", "Decisions › Next steps"]


@pytest.mark.parametrize(
    ("use", "code", "status"),
    [
        (lambda client: client.ask(" "), "question_empty", 422),
        (lambda client: client.ask("Where is the empty library?"), "library_missing", 503),
        (lambda client: client.ask("Where is the defect?"), "internal_error", 500),
        (lambda client: list(client.stream(" ")), "question_empty", 422),
        (lambda client: list(client.stream("Where is the defect?")), "internal_error", 500),
        (lambda client: client.document("nope"), "unknown_document", 404),
        (lambda client: client.document("what? #1"), "unknown_document", 404),
        (lambda client: client.catalogue("secrets"), "invalid_request", 422),
        (lambda client: client.search("x", planet="Mars"), "invalid_request", 422),
        (lambda client: client.search("x", region="Mars"), "unknown_name", 422),
    ],
)
def test_what_the_server_refuses_is_one_error_with_its_code(
    client: Client, use: Callable[[Client], object], code: str, status: int
):
    with pytest.raises(ClientError) as caught:
        use(client)
    assert (caught.value.code, caught.value.status) == (code, status)
    assert caught.value.request_id


def test_a_server_that_is_not_there_is_the_same_error():
    with Client("http://127.0.0.1:1") as client, pytest.raises(ClientError) as caught:
        client.ask("Where?")
    assert (caught.value.code, caught.value.status) == ("unreachable", None)


def test_a_server_that_is_slow_is_the_same_error(address: str, script: Script):
    with Client(address, seconds=0.2) as client, pytest.raises(ClientError) as caught:
        client.ask("wait")
    script.gate.set()
    assert caught.value.code == "timeout"


def test_another_program_at_the_address_is_the_same_error():
    with live(FastAPI()) as address, Client(address) as client, pytest.raises(ClientError) as caught:
        client.documents()
    assert (caught.value.code, caught.value.status) == ("not_understood", 404)


def test_a_key_is_sent(tmp_path: Path):
    key = Keys(Store(tmp_path)).create("program", ["ask"], days=1)
    with live(create_api(settings(data_dir=tmp_path), Script().services())) as address:
        with Client(address, key=key) as client:
            assert isinstance(client.ask("Where?"), Answer)
        with Client(address) as client, pytest.raises(ClientError) as caught:
            client.ask("Where?")
    assert caught.value.code == "not_authenticated"


def limited(tmp_path: Path, **changes: object) -> tuple[FastAPI, str]:
    """An application where somebody with a key may ask twice a second, and the key."""
    key = Keys(Store(tmp_path)).create("program", ["ask"], days=1)
    own = settings(data_dir=tmp_path, **{"ask_rate": "2/second"} | changes)
    return create_api(own, Script().services()), key


def test_it_comes_again_when_the_server_asks_for_that(tmp_path: Path):
    app, key = limited(tmp_path)
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        sleep(seconds)

    with live(app) as address, Client(address, key=key, pause=pause) as client:
        answers = [client.ask("Where?") for _ in range(4)]
    assert len(answers) == 4
    assert set(pauses) == {1.0}


@pytest.mark.parametrize(("rate", "tries"), [("2/second", 1), ("2/hour", 3)], ids=["once", "too long"])
def test_it_does_not_come_again_without_end(tmp_path: Path, rate: str, tries: int):
    app, key = limited(tmp_path, ask_rate=rate)
    with (
        live(app) as address,
        Client(address, key=key, tries=tries, pause=never) as client,
        pytest.raises(ClientError) as caught,
    ):
        list(map(client.ask, ["Where?"] * 20))
    assert (caught.value.code, caught.value.status, (caught.value.retry_after or 0) > 0) == ("rate_limited", 429, True)


def never(seconds: float) -> None:
    raise AssertionError(f"waited {seconds} seconds")


def test_events_of_kinds_that_are_not_known_are_passed_over():
    app = FastAPI()
    told = [": hello", "event: mood", "data: good", "", "event:token", 'data:{"text":', "data: ", 'data:"x"}', "", ""]

    @app.post("/api/v1/ask")
    def ask() -> Response:
        return Response("\n".join(told), media_type="text/event-stream")

    with live(app) as address, Client(address) as client:
        stream = client.stream("Where?")
        assert next(stream) == Token(text="x")
        with pytest.raises(ClientError, match="ended without an answer"):
            next(stream)


@pytest.fixture(scope="module")
def own_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose library takes one file and follows no corpus."""

    def ingest(paths: Sequence[Path], options: IngestOptions, progress: Progress) -> IngestReport:
        if not paths:
            raise SourceEmpty("There is no corpus folder.")
        progress("load", 1, 1)
        return IngestReport(written=(f"added/{paths[0].stem}",), chunks=1)

    services = replace(Script().services(), ingest=ingest, remove=lambda id: None)
    with live(create_api(settings(data_dir=tmp_path_factory.mktemp("own")), services)) as address:
        yield address


def test_it_changes_the_library_and_waits_for_that(own_address: str, tmp_path: Path):
    file = tmp_path / "report.md"
    file.write_text("# Report\n", encoding="utf-8")
    with Client(own_address) as client:
        added = client.wait(client.upload(file, name="annual report.md"))
        removed = client.wait(client.remove("added/hostile"))
        with pytest.raises(ClientError) as caught:
            client.wait(client.ingest(rebuild=True))
    assert (added.state, added.report and added.report.written) == ("done", ("added/annual report",))
    assert removed.report
    assert removed.report.deleted == ("added/hostile",)
    assert caught.value.code == SourceEmpty.code


def test_a_file_that_is_not_there_is_the_same_error(own_address: str, tmp_path: Path):
    with Client(own_address) as client, pytest.raises(ClientError) as caught:
        client.upload(tmp_path / "nothing.md")
    assert caught.value.code == "unreadable"


def test_it_keeps_conversations_and_takes_them_away(own_address: str):
    with Client(own_address) as client:
        begun = client.begin_conversation("Briefing")
        first = client.ask("Where?", conversation=begun.id)
        *_, second = client.stream("And when?", conversation=begun.id)
        whole = client.conversation(begun.id)
        assert [turn.answer for turn in whole.history] == [first, second]
        assert client.rename_conversation(begun.id, "Note").title == "Note"
        assert [each.id for each in client.conversations("note").conversations] == [begun.id]
        assert client.export_conversation(begun.id).startswith(b"# Note")
        feedback = client.give_feedback("wrong_citation", first, label=1, comment="Another meeting.")
        kept = client.own_data()
        assert ([each.id for each in kept.conversations], [each.id for each in kept.feedback]) == (
            [begun.id],
            [feedback],
        )
        client.delete_conversation(begun.id)
        assert client.conversations().total == 0
        assert client.erase_own_data() == 1


def test_importing_it_loads_nothing_heavy():
    heavy = "{'torch', 'gradio', 'chromadb', 'fastapi', 'langchain_core', 'numpy', 'openai', 'mcp'}"
    probe = f"import sys, app.client; sys.exit(str({heavy} & set(sys.modules)) if {heavy} & set(sys.modules) else 0)"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
