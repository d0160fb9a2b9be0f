"""A Chroma server or an LLM that stops answering costs seconds, not the service, which goes on when they do."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic

import httpx
import pytest

from app.settings import Settings
from tests.chroma import running_chroma
from tests.conftest import House
from tests.serving import serving

pytestmark = pytest.mark.model

QUESTION = {"question": "Where is the secretariat for Central Asia?"}
DEADLINE = 12.0
LLM = "openai:scripted"
SERVER = """
import sys
from tests.llm_server import claim, llm_server, says, verdict

with llm_server(says(claim("In Tashkent.", (1, "Tashkent")), verdict("complete", short="Tashkent"))) as server:
    print(server.url, flush=True)
    sys.stdin.read()
"""


@contextmanager
def model_server() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """An OpenAI-compatible server in a process of its own, and its address."""
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", SERVER]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, encoding="utf-8", cwd=root) as process:
        assert process.stdout
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


@contextmanager
def stopped(process: "subprocess.Popen[str] | subprocess.Popen[bytes]") -> Iterator[None]:
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


def told(client: httpx.Client, method: str, path: str, **request: object) -> tuple[int, str]:
    """Status, and the problem's code or the reader's name; given within the deadline."""
    begun = monotonic()
    answer = client.request(method, path, **request)  # type: ignore[arg-type]
    assert monotonic() - begun < DEADLINE
    body = answer.json()
    return answer.status_code, str(body.get("code") or body.get("reader", ""))


def test_a_stopped_llm_or_chroma_server_is_named_in_time_and_used_again_when_it_goes_on(
    house: House, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with running_chroma(tmp_path_factory.mktemp("chroma")) as chroma, model_server() as (model, url):
        hosted = replace(house, chroma=chroma.address, data="hosted")
        hosted.ingest()
        settings = {"chroma_url": chroma.address.url, "llm": LLM, "llm_url": url, "llm_timeout": "2"}
        with (
            serving(hosted, **settings, llm_api_key="none") as (_, address),
            httpx.Client(base_url=address, timeout=60.0) as client,
        ):
            assert told(client, "POST", "/api/v1/ask", json=QUESTION) == (200, LLM)
            with stopped(model):
                status, reader = told(client, "POST", "/api/v1/ask", json=QUESTION)
                assert (status, reader.startswith(f"extractive ({LLM} failed")) == (200, True)
            assert told(client, "POST", "/api/v1/ask", json=QUESTION) == (200, LLM)
            with stopped(chroma.process):
                assert told(client, "POST", "/api/v1/ask", json=QUESTION) == (503, "search_unavailable")
                assert told(client, "GET", "/readyz") == (503, "search_unavailable")
                assert told(client, "GET", "/healthz") == (200, "")
            assert told(client, "GET", "/readyz") == (200, "")
            assert told(client, "POST", "/api/v1/ask", json=QUESTION) == (200, LLM)


def test_an_llm_is_given_up_in_time_unless_somebody_wants_to_wait_longer() -> None:
    assert Settings(_env_file=None).llm_timeout <= DEADLINE - 2
