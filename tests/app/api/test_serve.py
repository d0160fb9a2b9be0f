"""The server as a process: up at once, ready when warm, careful where it listens, gone after the last answer."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import IO

import pytest

from app.identity.keys import Keys
from app.identity.store import Store
from app.identity.types import MEMBER
from app.reception import open_reception
from app.serve import DAY_SECONDS, purge_daily
from ingest.errors import ConfigurationError
from tests.app.api.script import settings
from tests.app.conversations.samples import archive, exchanged

ROOT = Path(__file__).parents[3]
ASK = "/api/v1/ask"
JSON = {"Content-Type": "application/json"}


@dataclass
class Process:
    """The running server."""

    process: subprocess.Popen[str]
    port: int

    def say(self, word: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()

    def hear(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline()

    def logged(self, pattern: str) -> re.Match[str]:
        return logged(self.process.stderr, pattern)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.logged("Stopping")

    @contextmanager
    def request(self, method: str, path: str, body: object = None) -> Iterator[HTTPConnection]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, json.dumps(body) if body else None, JSON if body else {})
        yield connection
        connection.close()

    def answered(self, method: str, path: str, body: object = None) -> tuple[int, str]:
        with self.request(method, path, body) as connection:
            response = connection.getresponse()
            content = response.read().decode()
        is_json = response.headers.get_content_subtype().endswith("json")
        told = json.loads(content) if is_json else {}
        return response.status, told.get("code") or told.get("status") or ""


def logged(errors: IO[str] | None, pattern: str) -> re.Match[str]:
    assert errors
    lines = []
    for line in errors:
        lines.append(line)
        if found := re.search(pattern, line):
            return found
    raise AssertionError("".join(lines))


@contextmanager
def started() -> Iterator[Process]:
    command = [sys.executable, "-m", "tests.app.api.served"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COE_")}
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        try:
            port = logged(process.stderr, r"Listening at http://127\.0\.0\.1:(\d+), still loading")[1]
            yield Process(process, int(port))
        finally:
            process.kill()


def enter(**changes: object) -> None:
    with open_reception(settings(**changes)):
        raise AssertionError("where nobody may listen, nothing must be loaded")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "coe.example.org"])
def test_a_public_address_needs_consent(host: str):
    with pytest.raises(ConfigurationError, match=r"can be reached from other machines.*COE_ALLOW_ANONYMOUS=true"):
        enter(host=host)


def test_an_address_of_a_proxy_needs_consent_too():
    with pytest.raises(ConfigurationError, match=r"^https://coe\.example\.org can be reached from other machines"):
        enter(public_url="https://coe.example.org")


def test_with_a_key_a_server_may_listen_for_other_machines(tmp_path: Path):
    Keys(Store(tmp_path)).create("alice", MEMBER)
    with pytest.raises(ConfigurationError, match=r"Cannot listen on 192\.0\.2\.7 port 0: this machine does not have"):
        enter(host="192.0.2.7", port=0, data_dir=tmp_path)


def test_a_port_in_use_is_one_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError) as caught:
            enter(port=port)
    assert str(caught.value) == (
        f"Cannot listen on 127.0.0.1 port {port}: the port is in use; "
        "stop the other program or choose another port with COE_PORT."
    )


def test_an_address_of_another_machine_is_one_sentence():
    with pytest.raises(ConfigurationError, match=r"Cannot listen on 192\.0\.2\.7 port 0: this machine does not have"):
        enter(host="192.0.2.7", port=0, allow_anonymous=True)


def test_a_server_answers_at_once_and_is_ready_when_it_is_warm():
    with started() as server:
        cold = [server.answered("GET", path) for path in ("/", "/healthz", "/readyz")]
        asked_early = server.answered("POST", ASK, {"question": "Where?"})
        server.say("build")
        announced = server.hear()
        warm = [server.answered("GET", path) for path in ("/", "/healthz", "/readyz")]
        asked = server.answered("POST", ASK, {"question": "Where?"})
        with server.request("GET", "/documents/../../etc/passwd") as connection:
            escaped = connection.getresponse().status
        with server.request("GET", "/healthz") as connection:
            names = {name.lower() for name, _ in connection.getresponse().getheaders()}
    assert cold == [(200, ""), (200, "ok"), (503, "starting")]
    assert asked_early == (503, "starting")
    assert announced == f"CoE Assistant is ready at http://127.0.0.1:{server.port}\n"
    assert warm == [(200, ""), (200, "ok"), (200, "ready")]
    assert asked == (200, "")
    assert escaped == 404
    assert "server" not in names


def test_a_stopping_server_finishes_the_answer_it_is_writing():
    with started() as server:
        server.say("build")
        assert "ready" in server.hear()
        with (
            server.request("GET", "/gradio_api/heartbeat/abc") as page,
            server.request("POST", ASK, {"question": "wait"}) as person,
        ):
            page.getresponse().readline()
            assert server.hear() == "asked\n"
            server.stop()
            server.say("go on")
            status = person.getresponse().status
        assert (status, server.hear(), server.process.wait(15)) == (200, "stopped\n", 0)


def test_services_that_cannot_be_built_end_the_server_with_their_sentence():
    with started() as server:
        server.say("fail")
        assert (server.hear(), server.process.wait(15)) == ("The model's files are not the expected ones.\n", 2)


def test_what_was_kept_for_its_time_is_deleted_at_the_start_and_every_day(tmp_path: Path):
    kept = archive(tmp_path).conversations
    left: list[int] = []

    class Days(threading.Event):
        """Two days that pass at once; on the first, somebody begins another conversation."""

        def wait(self, timeout: float | None = None) -> bool:
            assert timeout == DAY_SECONDS
            left.append(kept.listed("alice").total)
            kept.create("alice", first=exchanged())
            if len(left) == 2:
                self.set()
            return self.is_set()

    kept.create("alice", first=exchanged())
    purge_daily(settings(data_dir=tmp_path / "data", retention_days=0), Days())

    assert left == [0, 0]
