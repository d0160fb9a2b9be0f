"""A Chroma server of this machine, and what may stand before it: a proxy that asks for a token, or that is broken."""

import json
import random
import socket
import subprocess
import sys
import threading
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import hypot
from pathlib import Path
from signal import SIGCONT, SIGSTOP
from time import monotonic

import httpx
import pytest

from ingest.library import StoredChunk
from ingest.types import Chunk
from ingest.vectors import ChromaServer

DIMENSIONS = 16
# What `chroma run` does, without first importing everything that only its other commands need.
_RUN = "import sys, chromadb_rust_bindings\nchromadb_rust_bindings.cli(['chroma', 'run', *sys.argv[1:]])"


def random_chunks(count: int) -> list[StoredChunk]:
    """Chunks with random vectors of length 1."""
    source = random.Random(1)
    vectors = [[source.gauss(0, 1) for _ in range(DIMENSIONS)] for _ in range(count)]
    return [
        StoredChunk(
            Chunk(f"{number:032x}", "d", number, 0, 1, "", None, f"text {number}"),
            array("f", [value / hypot(*vector) for value in vector]),
        )
        for number, vector in enumerate(vectors)
    ]


def function_with_code(folder: Path, marker: Path) -> dict[str, object]:
    """An embedding function as Chroma stores one, of a model that brings code of its own, which writes a marker."""
    model = folder / "model"
    model.mkdir()
    modules = [{"idx": 0, "name": "0", "path": "", "type": "evil.Evil"}]
    (model / "modules.json").write_text(json.dumps(modules), encoding="utf-8")
    (model / "evil.py").write_text(f"open({str(marker)!r}, 'w').close()\n", encoding="utf-8")
    return {
        "type": "known",
        "name": "sentence_transformer",
        "config": {
            "model_name": str(model),
            "device": "cpu",
            "normalize_embeddings": False,
            "kwargs": {"trust_remote_code": True},
        },
    }


@dataclass(frozen=True)
class RunningChroma:
    """A Chroma server that keeps its collections in a folder."""

    address: ChromaServer
    process: subprocess.Popen[bytes]

    @property
    def collections(self) -> str:
        return f"{self.address.url}/api/v2/tenants/default_tenant/databases/default_database/collections"

    def names(self) -> list[str]:
        return sorted(collection["name"] for collection in httpx.get(self.collections).raise_for_status().json())

    def create(self, name: str, **fields: object) -> None:
        httpx.post(self.collections, json={"name": name, "get_or_create": True, **fields}).raise_for_status()

    def delete(self, name: str) -> None:
        httpx.delete(f"{self.collections}/{name}").raise_for_status()

    def forget(self, name: str, *, where: str) -> None:
        """Delete the chunks of a collection that hold a word."""
        id = httpx.get(f"{self.collections}/{name}").raise_for_status().json()["id"]
        httpx.post(f"{self.collections}/{id}/delete", json={"where_document": {"$contains": where}}).raise_for_status()

    def documents(self, name: str) -> list[str]:
        """Texts of every chunk of a collection."""
        id = httpx.get(f"{self.collections}/{name}").raise_for_status().json()["id"]
        found = httpx.post(f"{self.collections}/{id}/get", json={"include": ["documents"]}).raise_for_status().json()
        return list(found["documents"])

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """The server neither answers nor closes its connections."""
        self.process.send_signal(SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(SIGCONT)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def running_chroma(folder: Path, port: int | None = None) -> Iterator[RunningChroma]:
    """Run Chroma's server over a folder; it is killed at the end."""
    url = f"http://127.0.0.1:{(port := port or free_port())}"
    command = [sys.executable, "-c", _RUN, "--host", "127.0.0.1", "--port", str(port), "--path", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(f"{url}/api/v2/heartbeat", process)
        yield RunningChroma(ChromaServer(url), process)
    finally:
        process.kill()
        process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = monotonic() + 60
    while monotonic() < deadline:
        try:
            httpx.get(url, timeout=5).raise_for_status()
        except httpx.HTTPError:
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(timeout=0.05)
        else:
            return
    pytest.fail("the Chroma server does not start")


@dataclass
class Proxy:
    """What stands before a server: it asks for a token, and answers itself while it has a reply of its own."""

    target: str
    token: str
    url: str = ""
    reply: tuple[int, str, str] | None = None
    passed: list[str] = field(default_factory=list)
    """Requests that reached the server."""

    @property
    def address(self) -> ChromaServer:
        return ChromaServer(self.url, self.token)


@contextmanager
def proxied(target: str, token: str) -> Iterator[Proxy]:
    """Run a proxy before a Chroma server."""
    proxy = Proxy(target, token)
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(proxy)) as server:
        server.daemon_threads = True
        proxy.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield proxy
        server.shutdown()


def _handler(proxy: Proxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            if self.headers.get("authorization") != f"Bearer {proxy.token}":
                self._send(401, "text/html", b"<html>Who are you?")
            elif proxy.reply:
                status, content_type, text = proxy.reply
                self._send(status, content_type, text.encode())
            else:
                proxy.passed.append(self.path)
                headers = {"content-type": "application/json"}
                answer = httpx.request(self.command, proxy.target + self.path, content=body, headers=headers)
                self._send(answer.status_code, answer.headers.get("content-type", ""), answer.content)

        do_GET = do_POST = do_PUT = do_DELETE = _answer

        def _send(self, status: int, content_type: str, content: bytes) -> None:
            self.send_response(status)
            self.send_header("content-type", content_type)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: object) -> None:
            """Nothing is printed."""

    return Handler
