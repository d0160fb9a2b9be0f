"""Whoever closes the connection stops the work, by whatever way they asked: even a model that says nothing."""

import json
from collections.abc import Iterator
from dataclasses import replace
from http.client import HTTPConnection
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI

from app.answering.chat_model import load_chat_model
from app.answering.llm import LLMReader
from app.answering.types import Hit
from app.api.application import create_api
from app.assistant import Assistant, Parts
from app.retrieval.query import Query
from app.retrieval.search import Found
from ingest.types import Chunk
from tests.app.api.live import live
from tests.app.api.script import QUOTE, ROUND_TABLE, TEXT, Script, at, settings, until
from tests.llm_server import LLMServer, llm_server, says

SOON = 2.0
MODEL_SECONDS = 60.0
ASKED = {"question": "Where did it meet?"}
SAID = {"model": "coe-assistant", "messages": [{"role": "user", "content": "Where did it meet?"}]}
CALLED = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "ask", "arguments": ASKED}}
JSON = ("/api/v1/ask", ASKED, "application/json")
WAYS = {
    "json": JSON,
    "events": ("/api/v1/ask", ASKED, "text/event-stream"),
    "batch": ("/api/v1/ask/batch", {"questions": [ASKED] * 3}, "application/json"),
    "chat completion": ("/v1/chat/completions", SAID, "application/json"),
    "chat chunks": ("/v1/chat/completions", {**SAID, "stream": True}, "*/*"),
    "mcp": ("/mcp", CALLED, "application/json, text/event-stream"),
}
Way = tuple[str, dict[str, Any], str]


def search(question: str, limit: int) -> Found:
    span = at(TEXT, QUOTE)
    chunk = Chunk("1", ROUND_TABLE.id, 0, span["start"], span["end"], "Decisions", 1, QUOTE)
    return Found(Query(question, ()), (Hit(chunk, ROUND_TABLE.metadata, 1.0),))


@pytest.fixture
def model() -> Iterator[LLMServer]:
    """One that takes a question and never says anything."""
    with llm_server(says(then="stay silent")) as server:
        yield server


@pytest.fixture
def app(model: LLMServer) -> FastAPI:
    """An application with one place for answers and that model."""
    loaded = load_chat_model("openai:scripted", url=model.url, timeout=MODEL_SECONDS)
    reader = LLMReader(loaded, name="scripted", timeout=MODEL_SECONDS)
    assistant = Assistant(lambda: Parts(search=search, text_of=lambda id: TEXT, extractive=lambda: reader, llm=reader))
    services = replace(Script().services(), ask=assistant.invoke, events=assistant.events)
    return create_api(settings(max_concurrent=1), services)


@pytest.fixture
def address(app: FastAPI) -> Iterator[str]:
    with live(app) as address:
        yield address


def asking(address: str, way: Way) -> HTTPConnection:
    """A connection on which a question was sent and nothing was read."""
    path, body, accept = way
    headers = {"content-type": "application/json", "accept": accept, "mcp-protocol-version": "2025-06-18"}
    connection = HTTPConnection(urlsplit(address).netloc)
    connection.request("POST", path, json.dumps(body), headers)
    return connection


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_who_leaves_frees_the_place_and_the_model(app: FastAPI, address: str, model: LLMServer, way: Way):
    connection = asking(address, way)
    assert model.asked.wait(10)
    connection.close()
    left = monotonic()
    with app.state.slots.hold():
        assert monotonic() - left < SOON
    assert model.abandoned.wait(SOON)
    assert len(model.requests) == 1


def test_who_leaves_the_queue_does_not_wait_in_it_any_more(app: FastAPI, address: str, model: LLMServer):
    first = asking(address, JSON)
    assert model.asked.wait(10)
    second = asking(address, JSON)
    until(lambda: app.state.slots.waiting == 1)
    second.close()
    until(lambda: app.state.slots.waiting == 0, seconds=SOON)
    assert not model.abandoned.is_set()
    first.close()
