"""Nothing leaves the machine: the kernel's own record of every address that is contacted."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.conftest import House

pytestmark = pytest.mark.model

COE = Path(sys.executable).with_name("coe")
QUESTION = "Where did the round table of Central Asia meet?"
ADDRESS = re.compile(r"\{sa_family=(\w+)([^}]*)\}")
LOOPBACK = re.compile(r'inet_addr\("127\.|inet_pton\(AF_INET6, "(?:::1|::ffff:127\.[\d.]+)"')
INSIDE = ("AF_UNIX", "AF_NETLINK")
"""Other processes of this machine, and the kernel."""
SECONDS = 120


@pytest.fixture(scope="module")
def strace() -> str:
    found = shutil.which("strace")
    if found is None:
        message = "strace is missing: install Debian's package strace (apt-get install strace)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return found


@dataclass(frozen=True)
class Watched:
    """A command whose contacts the kernel records."""

    house: House
    strace: str

    @property
    def environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("COE_")}
        return own | {"COE_DATA_DIR": str(self.house.config.data_dir), "COE_CORPUS_DIR": str(self.house.corpus)}

    def command(self, *arguments: str) -> list[str]:
        # Stopping at the traced calls alone keeps the command almost as fast as it is.
        options = ("--seccomp-bpf", "-f", "-qq", "-e", "trace=connect,sendto,sendmsg")
        return [self.strace, *options, "-o", str(self.record), *arguments]

    @property
    def record(self) -> Path:
        return self.house.root / "contacts.txt"

    def contacts_outside(self) -> list[str]:
        return outside(self.record.read_text(encoding="utf-8", errors="replace"))


@pytest.fixture
def watched(new_house: Callable[[], House], strace: str) -> Watched:
    return Watched(new_house(), strace)


def outside(record: str) -> list[str]:
    """Addresses of a record that are neither of this machine nor of its kernel."""
    found = ADDRESS.finditer(record)
    return [each[0] for each in found if each[1] not in INSIDE and not LOOPBACK.search(each[2])]


def test_a_contact_with_another_machine_or_its_name_server_would_be_seen(watched: Watched):
    # A datagram socket that is connected sends nothing.
    program = (
        "import socket\n"
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('192.0.2.7', 53))\n"
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('127.0.0.1', 53))\n"
    )
    subprocess.run(watched.command(sys.executable, "-c", program), check=False, timeout=SECONDS, capture_output=True)
    assert [address for address in watched.contacts_outside() if "192.0.2.7" not in address] == []
    assert len(watched.contacts_outside()) == 1


def test_asking_contacts_nobody(watched: Watched):
    asked = subprocess.run(
        watched.command(str(COE), "ask", QUESTION),
        cwd=watched.house.root,
        env=watched.environment,
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    assert (asked.returncode, "Tashkent" in asked.stdout) == (0, True), asked.stderr
    assert watched.contacts_outside() == []


@dataclass(frozen=True)
class Visit:
    """One question to a server that was started and stopped for it."""

    status: int
    answer: str
    exit_code: int
    output: str


def visit(watched: Watched) -> Visit:
    log = watched.house.root / "serve.log"
    with (
        log.open("w", encoding="utf-8") as errors,
        subprocess.Popen(
            watched.command(str(COE), "serve", "--port", "0"),
            cwd=watched.house.root,
            env=watched.environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            encoding="utf-8",
            start_new_session=True,
        ) as process,
    ):
        try:
            assert process.stdout
            announced = process.stdout.readline()
            ready = re.search(r"http://127\.0\.0\.1:\d+", announced)
            assert ready, log.read_text(encoding="utf-8")
            answered = httpx.post(f"{ready[0]}/api/v1/ask", json={"question": QUESTION}, timeout=60, trust_env=False)
            # strace lets the signal pass to the server, and leaves with the server's exit code.
            os.killpg(process.pid, signal.SIGTERM)
            rest, _ = process.communicate(timeout=SECONDS)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
    output = announced + rest + log.read_text(encoding="utf-8")
    return Visit(answered.status_code, answered.json()["answer"], process.returncode, output)


def test_serving_contacts_nobody_and_logs_no_word_of_the_question(watched: Watched):
    seen = visit(watched)
    assert (seen.status, seen.exit_code, "Tashkent" in seen.answer) == (200, 0, True)
    assert watched.contacts_outside() == []
    assert "route=/api/v1/ask status=200" in seen.output
    assert [word for word in ("round table", "Central Asia", "Tashkent") if word in seen.output] == []
