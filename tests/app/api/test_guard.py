"""The door: host, origin, body and headers of every request and response."""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
import pytest

from app.api.guard import Guard, neighbourhood, public_origin
from app.settings import Settings
from ingest.errors import ConfigurationError
from tests.app.api.live import live
from tests.app.api.script import LOOPBACK, SECRET, Script, api, client, settings
from tests.loops import run_alone

ASK = "/api/v1/ask"
QUESTION = {"question": "Where?"}
PUBLIC = "https://assistant.example.org"
EVIL = "https://evil.example"
Message = dict[str, Any]
Application = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]

FIXED_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


@dataclass
class Wire:
    """A connection that sends the given messages, then is silent, and keeps what comes back."""

    incoming: list[Message]
    outgoing: list[Message]

    async def receive(self) -> Message:
        if self.incoming:
            return self.incoming.pop(0)
        await asyncio.Event().wait()
        raise AssertionError

    async def send(self, message: Message) -> None:
        self.outgoing.append(message)

    @property
    def status(self) -> int:
        return self.outgoing[0]["status"]


def scope(path: str = "/", method: str = "GET", headers: Iterable[tuple[bytes, bytes]] = ()) -> Message:
    fields = [(b"host", b"127.0.0.1:7860"), *headers]
    basics = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": fields}
    return {**basics, "client": LOOPBACK}


def guarded(app: Application, *, stopping: asyncio.Event | None = None, body_seconds: float = 5) -> Guard:
    return Guard(
        app, neighbours=neighbourhood(settings()), stopping=stopping or asyncio.Event(), body_seconds=body_seconds
    )


async def unused(*_: object) -> None:
    raise AssertionError("a refused request must not come through")


def test_the_settings_that_hosts_and_origins_come_from_are_read_as_a_browser_writes_them():
    found = neighbourhood(settings(public_url="HTTPS://Assistant.Example.org:443/", host="192.0.2.7"))
    assert found.hosts == {"localhost", "192.0.2.7", "assistant.example.org"}
    assert found.origins == {PUBLIC}


@pytest.mark.parametrize(
    ("public_url", "origin"),
    [
        (None, None),
        ("https://assistant.example.org/chat", PUBLIC),
        ("http://coe.local:7860", "http://coe.local:7860"),
        ("http://coe.local:80", "http://coe.local"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
    ],
)
def test_the_public_origin_has_neither_path_nor_usual_port(public_url: str | None, origin: str | None):
    assert public_origin(settings(public_url=public_url)) == origin


@pytest.mark.parametrize(
    "address", ["assistant.example.org", "ftp://x.example", "https://", "https://x:port", "https://["]
)
def test_a_public_address_that_is_none_is_told_before_anything_is_served(address: str):
    with pytest.raises(ConfigurationError, match="COE_PUBLIC_URL must be an address such as"):
        api(public_url=address)


@pytest.mark.parametrize(
    ("host", "changes"),
    [
        ("127.0.0.1:7860", {}),
        ("127.0.0.1", {}),
        ("LOCALHOST:9", {}),
        ("[::1]:7860", {}),
        ("assistant.example.org", {"public_url": PUBLIC}),
        ("assistant.example.org:7860", {"public_url": PUBLIC}),
        ("coe.internal:7860", {"host": "coe.internal"}),
        ("192.0.2.7:7860", {"host": "0.0.0.0"}),
        ("[2001:db8::1]", {"host": "::"}),
    ],
)
def test_a_known_host_is_answered(host: str, changes: dict[str, Any]):
    assert client(**changes).get("/healthz", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    ("host", "changes"),
    [
        ("evil.example", {}),
        ("127.0.0.1.evil.example", {}),
        ("localhost.evil.example:7860", {}),
        ("evil.example", {"host": "0.0.0.0"}),
        ("192.0.2.7", {}),
        ("evil@127.0.0.1", {}),
        ("127.0.0.1:7860:80", {}),
        ("127.0.0.1/evil", {}),
        ("[::1", {}),
        ("", {}),
        ("0x7f000001", {}),
        ("assistant.example.org.", {"public_url": PUBLIC}),
    ],
)
@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/documents/meetings/round-table", "/openapi.json", "/"])
def test_a_foreign_host_is_refused_everywhere(host: str, changes: dict[str, Any], path: str):
    response = client(**changes).get(path, headers={"host": host})
    assert (response.status_code, response.json()["code"]) == (400, "bad_host")


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="a program"),
        pytest.param({"origin": "http://127.0.0.1:7860", "sec-fetch-site": "same-origin"}, id="the page"),
        pytest.param({"origin": "https://127.0.0.1:7860"}, id="the page behind a proxy with TLS"),
        pytest.param({"origin": PUBLIC}, id="the public address"),
    ],
)
def test_a_question_from_here_is_answered(headers: dict[str, str]):
    visitor = client(public_url=PUBLIC, allow_anonymous=True)
    assert visitor.post(ASK, json=QUESTION, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"origin": EVIL}, id="another site"),
        pytest.param({"origin": "null"}, id="a page without an address"),
        pytest.param({"origin": "http://127.0.0.1:3000"}, id="another port of this machine"),
        pytest.param({"origin": "http://localhost:7860"}, id="another name of this machine"),
        pytest.param({"origin": f"{PUBLIC}.evil.example"}, id="a name that begins alike"),
        pytest.param({"origin": "http://assistant.example.org"}, id="the public name without TLS"),
        pytest.param({"origin": ""}, id="an empty origin"),
        pytest.param({"sec-fetch-site": "cross-site"}, id="a browser that says so"),
        pytest.param({"origin": PUBLIC, "sec-fetch-site": "cross-site"}, id="a browser that contradicts itself"),
    ],
)
@pytest.mark.parametrize(
    "path", [ASK, "/gradio_api/queue/join", "/gradio_api/run/predict", "/gradio_api/cancel", "/nowhere"]
)
def test_a_request_from_another_site_is_refused_everywhere(path: str, headers: dict[str, str]):
    script = Script()
    response = client(script, public_url=PUBLIC).post(path, json=QUESTION, headers=headers)
    assert (response.status_code, response.json()["code"]) == (403, "bad_origin")
    assert script.asked == []


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
@pytest.mark.parametrize("path", ["/", ASK, "/healthz", "/documents/meetings/round-table", "/config"])
def test_no_other_site_may_read_a_response(method: str, path: str):
    headers = {"host": "assistant.example.org", "origin": EVIL, "access-control-request-method": "POST"}
    response = client(public_url=PUBLIC).request(method, path, headers=headers)
    assert [name for name in response.headers if name.startswith("access-control-allow-origin")] == []


def test_the_public_address_may_ask_from_its_own_pages():
    headers = {
        "origin": PUBLIC,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
    }
    response = client(public_url=PUBLIC).options(ASK, headers=headers)
    assert (response.status_code, response.headers["access-control-allow-origin"]) == (200, PUBLIC)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/healthz", 200),
        ("GET", "/readyz", 200),
        ("GET", "/openapi.json", 200),
        ("GET", "/viewer.css", 200),
        ("GET", "/documents/meetings/round-table", 200),
        ("GET", "/documents/none", 404),
        ("GET", "/nowhere", 404),
        ("GET", ASK, 405),
        ("POST", ASK, 415),
    ],
)
def test_every_response_has_the_safe_headers(method: str, path: str, status: int):
    response = client().request(method, path)
    assert response.status_code == status
    assert FIXED_HEADERS.items() <= dict(response.headers).items()
    assert "frame-ancestors 'none'" in response.headers["content-security-policy"]
    assert len(response.headers["x-request-id"]) == 32


def test_a_defect_leaves_with_the_safe_headers_too():
    response = client().post(ASK, json={"question": "defect"})
    assert response.status_code == 500
    assert FIXED_HEADERS.items() <= dict(response.headers).items()


def test_our_own_pages_may_run_no_script():
    policy = client().get("/documents/meetings/round-table").headers["content-security-policy"]
    assert policy == (
        "default-src 'self'; script-src 'none'; object-src 'none'; frame-src 'none'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def test_the_chat_page_may_talk_to_this_host_alone():
    wire = Wire([{"type": "http.request"}], [])

    async def page(_: Message, __: object, send: Callable[[Message], Awaitable[None]]) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})

    run_alone(guarded(page)(scope(), wire.receive, wire.send))
    policy = dict(wire.outgoing[0]["headers"])[b"content-security-policy"].decode()
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert {name: rules[name] for name in ("default-src", "connect-src", "frame-src", "object-src")} == {
        "default-src": "'self'",
        "connect-src": "'self'",
        "frame-src": "'none'",
        "object-src": "'none'",
    }
    assert "http" not in policy


def test_a_body_that_does_not_arrive_in_time_is_given_up():
    wire = Wire([{"type": "http.request", "body": b'{"ques', "more_body": True}], [])
    run_alone(guarded(unused, body_seconds=0.01)(scope(ASK, "POST"), wire.receive, wire.send))
    assert wire.status == 408
    assert (b"connection", b"close") in wire.outgoing[0]["headers"]
    assert b'"code":"body_too_slow"' in wire.outgoing[1]["body"]


def test_many_half_sent_requests_are_given_up_while_others_are_answered():
    sent = (
        b"POST /api/v1/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{"
    )
    with live(guarded(api(), body_seconds=0.5)) as address, ExitStack() as connections:
        there = (urlsplit(address).hostname, urlsplit(address).port)
        halves = [connections.enter_context(socket.create_connection(there, timeout=30)) for _ in range(100)]
        for half in halves:
            half.sendall(sent)
        assert httpx.get(f"{address}/healthz").status_code == 200
        told = {half.recv(4096).partition(b"\r\n")[0] for half in halves}
    assert told == {b"HTTP/1.1 408 Request Timeout"}


def test_a_body_that_declares_itself_too_large_is_refused():
    wire = Wire([{"type": "http.request", "body": b"x", "more_body": False}], [])
    length = [(b"content-length", b"9" * 30)]
    run_alone(guarded(unused)(scope(ASK, "POST", length), wire.receive, wire.send))
    assert wire.status == 413
    assert (b"connection", b"close") in wire.outgoing[0]["headers"]


@pytest.mark.parametrize("path", [ASK, "/v1/chat/completions", "/mcp", "/gradio_api/queue/join", "/login"])
def test_no_body_may_have_more_than_256_kb(path: str):
    response = client().post(path, content=b"x" * (256 * 1024 + 1))
    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")


def test_a_client_that_goes_away_is_not_answered():
    wire = Wire([{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}], [])
    run_alone(guarded(unused)(scope(ASK, "POST"), wire.receive, wire.send))
    assert wire.outgoing == []


def test_the_body_arrives_whole_and_once():
    pieces = [b'{"question"', b': "Where?"}']
    wire = Wire(
        [
            {"type": "http.request", "body": pieces[0], "more_body": True},
            {"type": "http.request", "body": pieces[1], "more_body": False},
            {"type": "http.disconnect"},
        ],
        [],
    )
    seen: list[Message] = []

    async def reading(_: Message, receive: Callable[[], Awaitable[Message]], __: object) -> None:
        seen.extend([await receive(), await receive()])

    run_alone(guarded(reading)(scope(ASK, "POST"), wire.receive, wire.send))
    assert seen == [
        {"type": "http.request", "body": b"".join(pieces), "more_body": False},
        {"type": "http.disconnect"},
    ]


def test_a_stream_passes_piece_by_piece_as_it_is_made():
    wire = Wire([{"type": "http.request"}], [])
    passed: list[int] = []

    async def streaming(_: Message, __: object, send: Callable[[Message], Awaitable[None]]) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for number in range(3):
            await send({"type": "http.response.body", "body": b"%d" % number, "more_body": True})
            passed.append(len(wire.outgoing))
        await send({"type": "http.response.body", "body": b""})

    run_alone(guarded(streaming)(scope("/gradio_api/queue/data"), wire.receive, wire.send))
    assert passed == [2, 3, 4]
    assert [message["body"] for message in wire.outgoing[1:]] == [b"0", b"1", b"2", b""]


def test_an_endless_stream_ends_when_the_server_stops():
    wire = Wire([{"type": "http.request"}], [])
    seen: list[Message] = []

    async def run() -> None:
        stopping = asyncio.Event()

        async def beating(_: Message, receive: Callable[[], Awaitable[Message]], __: object) -> None:
            await receive()
            stopping.set()
            seen.append(await receive())

        await guarded(beating, stopping=stopping)(scope("/gradio_api/heartbeat/abc"), wire.receive, wire.send)

    run_alone(run())
    assert seen == [{"type": "http.disconnect"}]


def test_a_response_that_breaks_off_is_cut_and_its_reason_stays_here(caplog: pytest.LogCaptureFixture):
    wire = Wire([{"type": "http.request"}], [])

    async def breaking(_: Message, __: object, send: Callable[[Message], Awaitable[None]]) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError(SECRET)

    run_alone(guarded(breaking)(scope(), wire.receive, wire.send))
    assert [message["type"] for message in wire.outgoing] == ["http.response.start"]
    assert "sk-TEST" not in caplog.text


def test_a_websocket_is_refused():
    wire = Wire([{"type": "websocket.connect"}], [])
    run_alone(guarded(unused)({"type": "websocket", "path": "/", "headers": []}, wire.receive, wire.send))
    assert wire.outgoing == [{"type": "websocket.close", "code": 1008}]


@pytest.mark.parametrize(
    "raw",
    [
        "/documents/../../etc/passwd",
        "/documents/..%2f..%2f..%2fetc%2fpasswd",
        "/documents/%2e%2e/%2e%2e/etc/passwd",
        "/documents/....//....//etc/passwd",
        "/documents//etc/passwd",
        "/documents/..%5c..%5cwindows%5cwin.ini",
        "/documents/meetings/round-table%00.md",
        "/documents/%252e%252e%252fetc%252fpasswd",
        "/documents/file:///etc/passwd",
        "/documents/%ff%fe",
        "/documents/x%0dSet-Cookie:%20a=b",
        "/documents/' OR 1=1 --",
    ],
)
def test_an_id_that_is_no_document_is_not_found_wherever_it_points(raw: str):
    wire = Wire([{"type": "http.request"}], [])
    # The server hands addresses over decoded, dots and all; a test client would tidy them up first.
    run_alone(api()(scope(unquote(raw)), wire.receive, wire.send))
    headers = dict(wire.outgoing[0]["headers"])
    assert (wire.status, headers[b"content-type"]) == (404, b"application/problem+json")
    assert b'"code":"unknown_document"' in wire.outgoing[1]["body"]


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name.startswith("app.")]


def test_a_request_is_one_line_with_the_template_of_its_route(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, "app")
    response = client().get("/documents/meetings/round-table?start=1&end=5")
    (line,) = lines(caplog)
    request_id = response.headers["x-request-id"]
    assert line.rpartition("=")[0] == f"request id={request_id} method=GET route=/documents/{{id:path}} status=200 ms"


@pytest.mark.parametrize(
    ("question", "path", "status"),
    [
        pytest.param("q\nINFO admin deleted all", ASK, 200, id="question"),
        pytest.param("Where?", "/documents/x%0DINFO admin deleted all", 405, id="address"),
        pytest.param("Where?", "/x%0AINFO admin deleted all", 404, id="closed address"),
    ],
)
def test_nothing_that_a_client_sends_can_write_into_the_log(
    caplog: pytest.LogCaptureFixture, question: str, path: str, status: int
):
    caplog.set_level(logging.INFO, "app")
    response = client().post(path, json={"question": question})
    written = lines(caplog)
    assert f" status={status} " in written[-1]
    assert response.status_code == status
    assert [line for line in written if "admin" in line or not line.isprintable()] == []


def test_a_method_with_a_line_break_in_it_is_escaped(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, "app")
    wire = Wire([{"type": "http.request"}], [])
    run_alone(guarded(unused)(scope("/", "GET\nINFO x"), wire.receive, wire.send))
    (line,) = lines(caplog)
    assert "method=GET\\nINFO\\x20x route=-" in line


def test_settings_that_say_nothing_answer_on_this_machine_alone():
    assert neighbourhood(Settings(_env_file=None)).any_address is False
