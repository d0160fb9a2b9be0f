"""A small OpenAI-compatible server that answers as a script says and remembers what it was asked."""

import json
import select
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, Literal

PIECE = 60
"""Characters per streamed event: lines of an answer arrive in pieces."""
TICK = 0.02


@dataclass(frozen=True)
class Request:
    """What a client sent."""

    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def system(self) -> str:
        return self._said_by("system")

    @property
    def user(self) -> str:
        return self._said_by("user")

    def _said_by(self, role: str) -> str:
        return "\n".join(message["content"] for message in self.body["messages"] if message["role"] == role)


@dataclass(frozen=True)
class Reply:
    """What the server writes, and what it does then: dribbling sends comments, rambling blank text."""

    text: str = ""
    status: int = 200
    then: Literal["finish", "cut off", "stay silent", "dribble", "ramble"] = "finish"
    is_json: bool = True
    """False for a server that answers with a web page."""


Script = Callable[[Request], Reply]


def says(*objects: dict[str, Any] | str, **reply: Any) -> Script:
    """Always the same answer: one JSON object or one line of text after the other."""
    lines = [item if isinstance(item, str) else json.dumps(item, ensure_ascii=False) for item in objects]
    return lambda request: Reply("\n".join(lines), **reply)


def claim(text: str, *quotes: tuple[int, str]) -> dict[str, Any]:
    return {"claim": text, "quotes": [{"passage": passage, "quote": quote} for passage, quote in quotes]}


def verdict(completeness: str, *, short: str | None = None, missing: str | None = None) -> dict[str, Any]:
    return {"verdict": completeness, "short_answer": short, "missing": missing}


@dataclass
class LLMServer:
    """A running server: its address, what it was asked, and whether a client went away before the end."""

    url: str
    script: Script
    requests: list[Request] = field(default_factory=list)
    asked: Event = field(default_factory=Event)
    abandoned: Event = field(default_factory=Event)
    released: Event = field(default_factory=Event)
    """Ends replies that stay silent or dribble."""


@contextmanager
def llm_server(script: Script) -> Iterator[LLMServer]:
    """Serve on a free port of this machine until the block ends."""
    http = _Server(("127.0.0.1", 0), _Handler)
    http.state = LLMServer(f"http://127.0.0.1:{http.server_address[1]}/v1", script)
    thread = Thread(target=http.serve_forever, kwargs={"poll_interval": TICK})
    thread.start()
    try:
        yield http.state
    finally:
        http.state.released.set()
        http.shutdown()
        http.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    state: LLMServer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing on the terminal."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        request = Request({name.lower(): value for name, value in self.headers.items()}, body)
        self.close_connection = True
        state = self.server.state
        state.requests.append(request)
        state.asked.set()
        try:
            self._answer(state.script(request), is_stream=bool(body.get("stream")))
        except OSError:
            state.abandoned.set()

    def _answer(self, reply: Reply, *, is_stream: bool) -> None:
        if self.path != "/v1/chat/completions":
            self._send(404, {"error": {"message": f"no such path: {self.path}"}})
        elif reply.status != 200:
            self._send(reply.status, {"error": {"message": reply.text, "type": "scripted"}})
        elif not reply.is_json:
            self._send_bytes(200, "text/html", reply.text.encode())
        elif is_stream:
            self._stream(reply)
        else:
            choice = {"index": 0, "message": {"role": "assistant", "content": reply.text}}
            self._send(200, _completion("chat.completion", choice | {"finish_reason": "stop"}))

    def _send(self, status: int, payload: dict[str, Any]) -> None:
        self._send_bytes(status, "application/json", json.dumps(payload).encode())

    def _send_bytes(self, status: int, kind: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)

    def _stream(self, reply: Reply) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("Connection", "close")
        self.end_headers()
        size = max(PIECE, len(reply.text) // 500)
        for start in range(0, len(reply.text), size):
            self._event(_delta({"content": reply.text[start : start + size]}))
        if reply.then in FILLERS:
            self._wait(FILLERS[reply.then])
        if reply.then == "cut off":
            return
        self._event(_delta({}, finish_reason="stop"))
        self._chunk("data: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")

    def _wait(self, filler: str) -> None:
        """Until released; a client that closes its end is an error like a broken pipe."""
        while not self.server.state.released.wait(TICK):
            if filler:
                self._chunk(filler)
            readable, _, _ = select.select([self.connection], [], [], 0)
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                raise ConnectionAbortedError

    def _event(self, payload: dict[str, Any]) -> None:
        self._chunk(_sse(payload))

    def _chunk(self, text: str) -> None:
        content = text.encode()
        self.wfile.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")


def _sse(payload: dict[str, Any]) -> str:
    return f"data: {json.dumps(payload)}\n\n"


def _delta(delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"role": "assistant", **delta}, "finish_reason": finish_reason}
    return _completion("chat.completion.chunk", choice)


def _completion(kind: str, choice: dict[str, Any]) -> dict[str, Any]:
    return {"id": "scripted", "object": kind, "created": 0, "model": "scripted", "choices": [choice]}


FILLERS = {"stay silent": "", "dribble": ": still thinking\n\n", "ramble": _sse(_delta({"content": " "}))}
"""What is sent again and again until the reply is released or the client goes away."""
