"""The tools as the official client finds them, over HTTP and over standard streams."""

import os
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult

from app.answering.types import Hit
from app.api.application import create_api
from app.identity.keys import Keys
from app.identity.store import Store
from app.identity.types import Scope
from app.mcp.types import DocumentText
from app.responses import Catalogue, SearchResults
from app.retrieval.filters import Filters
from app.services import Services
from app.types import Answer, Question, Turn
from ingest.errors import ConfigurationError
from ingest.types import Cell, Chunk, Row
from tests.app.api.live import live
from tests.app.api.script import QUOTE, ROUND_TABLE, SECRET, TEXT, Script, answer, at, full, settings
from tests.conftest import House
from tests.loops import run_alone

TOOLS = ["ask", "search", "list_catalogue", "get_document"]
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("ask", {"question": "Where?"}),
    ("search", {"query": "Tashkent"}),
    ("list_catalogue", {"name": "meetings"}),
    ("get_document", {"document_id": ROUND_TABLE.id}),
]
CENTRAL_ASIA = Filters(region="Central Asia", year=2021)
SPAN = at(TEXT, QUOTE)


def search(query: str, filters: Filters, limit: int) -> Sequence[Hit]:
    if filters.region == "Mars":
        raise ConfigurationError("There is no region 'Mars'.")
    chunk = Chunk("1", ROUND_TABLE.id, 0, SPAN["start"], SPAN["end"], "Decisions", 1, QUOTE)
    found = Hit(chunk, ROUND_TABLE.metadata, 0.5, dense_rank=1, lexical_rank=1, matched=("Tashkent",))
    return [found] * min(limit, 3) if filters in (Filters(), CENTRAL_ASIA) else []


def catalogue(name: str, filters: Filters) -> Sequence[Row]:
    cells = (Cell("name", "Round table", None, ROUND_TABLE.id, "Decisions", SPAN["start"], SPAN["end"], QUOTE),)
    return [Row("meeting", f"{name}-{number}", cells) for number in range(30)] if filters == CENTRAL_ASIA else []


def services(script: Script) -> Services:
    return replace(script.services(), search=search, catalogue=catalogue)


@pytest.fixture(scope="module")
def script() -> Script:
    return Script()


@pytest.fixture(scope="module")
def address(script: Script) -> Iterator[str]:
    with live(create_api(settings(), services(script))) as address:
        yield address


def with_client(server: Any, talk: Callable[[Client], Awaitable[Any]], **options: Any) -> Any:
    async def run() -> Any:
        async with Client(server, **options) as client:
            return await talk(client)

    return run_alone(run())


def call(server: Any, name: str, arguments: dict[str, Any]) -> CallToolResult:
    return with_client(server, lambda client: client.call_tool(name, arguments))


def told(result: CallToolResult) -> str:
    assert result.is_error
    return result.content[0].text.partition(": ")[2]


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_tools_are_listed_and_only_read(address: str, mode: str):
    listed = with_client(f"{address}/mcp", lambda client: client.list_tools(), mode=mode)
    assert [tool.name for tool in listed.tools] == TOOLS
    assert all(tool.annotations.read_only_hint and tool.output_schema and tool.description for tool in listed.tools)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_ask_gives_the_answer_object(address: str, script: Script, mode: str):
    turn = Turn(question="Where?", answer="In Tashkent.")
    arguments = {"question": "And when?", "history": [turn.model_dump()]}
    result = with_client(f"{address}/mcp", lambda client: client.call_tool("ask", arguments), mode=mode)
    asked = Question(question="And when?", history=(turn,))
    assert (Answer.model_validate(result.structured_content), script.asked[-1]) == (answer(asked), asked)


def test_search_gives_verbatim_passages_within_the_filters(address: str):
    arguments = {"query": "Tashkent", "region": "Central Asia", "year": 2021, "limit": 2}
    found = SearchResults.model_validate(call(f"{address}/mcp", "search", arguments).structured_content)
    assert [(each.document_id, TEXT[each.start : each.end], each.why.matched) for each in found.passages] == [
        (ROUND_TABLE.id, each.text, ("Tashkent",)) for each in found.passages
    ]
    assert len(found.passages) == 2
    assert call(f"{address}/mcp", "search", {"query": "x", "country": "Georgia"}).structured_content["passages"] == []


def test_the_catalogue_is_listed_in_parts_with_the_words_of_every_value(address: str):
    arguments = {"name": "meetings", "region": "Central Asia", "year": 2021, "limit": 5, "offset": 28}
    listed = Catalogue.model_validate(call(f"{address}/mcp", "list_catalogue", arguments).structured_content)
    assert (listed.total, [record.id for record in listed.records]) == (30, ["meetings-28", "meetings-29"])
    (stated,) = listed.records[0].cells
    assert (stated.value, TEXT[stated.start : stated.end]) == ("Round table", stated.quote)


def test_a_document_is_read_in_parts(address: str):
    arguments = {"document_id": ROUND_TABLE.id, "start": 10, "length": 20}
    part = DocumentText.model_validate(call(f"{address}/mcp", "get_document", arguments).structured_content)
    assert (part.text, part.end, part.total_characters) == (TEXT[10:30], 30, len(TEXT))
    assert part.sections[1].heading == "Decisions"


def test_a_document_is_a_resource(address: str):
    uri = f"coe://documents/{ROUND_TABLE.id}"
    read = with_client(f"{address}/mcp", lambda client: client.read_resource(uri))
    assert [content.text for content in read.contents] == [TEXT]


@pytest.mark.parametrize("id", ["nope", "../../etc/passwd", "/etc/passwd", "..%2f..%2fetc%2fpasswd"])
def test_a_resource_that_is_none_is_not_found(address: str, id: str):
    async def talk(client: Client) -> int:
        with pytest.raises(MCPError) as caught:
            await client.read_resource(f"coe://documents/{id}")
        return caught.value.code

    assert with_client(f"{address}/mcp", talk) == -32602


@pytest.mark.parametrize(
    ("name", "arguments", "sentence"),
    [
        ("get_document", {"document_id": "nope"}, "unknown_document: The library holds no document 'nope'."),
        ("ask", {"question": " "}, "invalid_question: The question is empty."),
        ("search", {"query": "x", "region": "Mars"}, "configuration_error: There is no region 'Mars'."),
        ("ask", {"question": "x" * 4_001}, "1 validation error"),
        ("search", {"query": "x", "limit": 1_000_000}, "1 validation error"),
        ("list_catalogue", {"name": "secrets"}, "1 validation error"),
    ],
)
def test_what_goes_wrong_is_told_with_its_code(address: str, name: str, arguments: dict[str, Any], sentence: str):
    assert told(call(f"{address}/mcp", name, arguments)).startswith(sentence)


def test_a_defect_is_told_without_what_was_in_it(address: str):
    sentence = told(call(f"{address}/mcp", "ask", {"question": "Where is the defect?"}))
    assert (sentence.startswith("internal_error: "), SECRET in sentence) == (True, False)


@pytest.mark.parametrize("headers", [{"host": "evil.example"}, {"origin": "https://evil.example"}])
def test_other_sites_are_refused(address: str, headers: dict[str, str]):
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    accept = {"accept": "application/json, text/event-stream"}
    assert httpx.post(f"{address}/mcp", json=body, headers=accept | headers).status_code in (400, 403)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_there_are_no_streams_to_open_and_no_sessions_to_delete(address: str, method: str):
    assert httpx.request(method, f"{address}/mcp").status_code == 405


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "invalid_json"),
        (b"[" * 20_000, "invalid_json"),
        (b'{"jsonrpc": "2.0", "id": NaN}', "invalid_json"),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "\\ud800"}', "invalid_text"),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "a\\u0000b"}', "invalid_text"),
        (b" " * (256 * 1024 + 1), "body_too_large"),
        (b"{}", "invalid_request"),
        (b'[{"jsonrpc": "2.0"}]', "invalid_request"),
    ],
    ids=[
        "nothing",
        "nested without end",
        "NaN",
        "lone surrogate",
        "zero character",
        "256 kB and one byte",
        "empty",
        "list",
    ],
)
def test_a_body_that_is_no_json_is_refused(address: str, body: bytes, code: str):
    response = httpx.post(f"{address}/mcp", content=body, headers={"content-type": "application/json"})
    assert (response.status_code in (400, 413), response.json()["code"]) == (True, code)


@contextmanager
def keyed(data_dir: Path, scopes: Sequence[Scope], **changes: object) -> Iterator[tuple[str, str]]:
    """The address of a server that knows one key, and the key."""
    key = Keys(Store(data_dir)).create("program", list(scopes), days=1)
    with live(create_api(settings(data_dir=data_dir, **changes), services(Script()))) as address:
        yield f"{address}/mcp", key


async def outcomes(address: str, key: str) -> list[str]:
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        httpx2.AsyncClient(headers=headers) as http,
        Client(streamable_http_client(address, http_client=http)) as client,
    ):
        results = [await client.call_tool(name, arguments) for name, arguments in CALLS]
    return [told(each).partition(":")[0] if each.is_error else "done" for each in results]


@pytest.mark.parametrize(
    ("scopes", "expected"),
    [
        (["ask"], ["done", "forbidden", "forbidden", "forbidden"]),
        (["read"], ["forbidden", "done", "done", "done"]),
        (["ask", "read"], ["done"] * 4),
    ],
    ids=["ask", "read", "both"],
)
def test_a_key_opens_the_tools_of_its_scopes(tmp_path: Path, scopes: list[Scope], expected: list[str]):
    with keyed(tmp_path, scopes) as (address, key):
        assert run_alone(outcomes(address, key)) == expected


def test_without_a_key_where_there_are_keys_nothing_is_told(tmp_path: Path):
    with keyed(tmp_path, ["ask"]) as (address, _):
        response = httpx.post(address, json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
    assert (response.status_code, response.json()["code"]) == (401, "not_authenticated")


def test_questions_count_as_questions(tmp_path: Path):
    with keyed(tmp_path, ["ask"], ask_rate="1/hour") as (address, key):
        assert run_alone(outcomes(address, key))[0] == "done"
        assert run_alone(outcomes(address, key))[0] == "rate_limited"


def test_questions_take_the_places_of_answers(tmp_path: Path):
    app = create_api(settings(data_dir=tmp_path), services(Script()))
    with live(app) as address, full(app.state.slots):
        assert told(call(f"{address}/mcp", "ask", {"question": "Where?"})).startswith("busy: ")


def test_while_one_answer_is_worked_on_others_are_given(tmp_path: Path):
    script = Script()
    app = create_api(settings(data_dir=tmp_path), services(script))
    with live(app) as address:
        waiting = threading.Thread(target=call, args=(f"{address}/mcp", "ask", {"question": "wait"}))
        waiting.start()
        assert not call(f"{address}/mcp", "ask", {"question": "Where?"}).is_error
        assert waiting.is_alive()
        script.gate.set()
        waiting.join(30)


@pytest.mark.model
def test_the_command_answers_over_its_standard_streams(house: House):
    own = {name: value for name, value in os.environ.items() if not name.startswith("COE_")}
    command = StdioServerParameters(
        command=str(Path(sys.executable).with_name("coe")),
        args=["mcp"],
        env=own | {"COE_DATA_DIR": str(house.config.data_dir), "COE_CORPUS_DIR": str(house.corpus)},
        cwd=house.root,
    )

    async def talk(client: Client) -> None:
        assert [tool.name for tool in (await client.list_tools()).tools] == TOOLS
        asked = await client.call_tool("ask", {"question": "Where did the round table of Central Asia meet?"})
        answered = Answer.model_validate(asked.structured_content)
        document = await client.read_resource(f"coe://documents/{answered.citations[0].document_id}")
        first = answered.citations[0]
        assert "Tashkent" in answered.answer
        assert document.contents[0].text[first.start : first.end] == first.quote

    with_client(stdio_client(command), talk)
