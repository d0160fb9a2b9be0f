"""Traces: the chain as spans at a collector, without a word of the question; nothing at all without a collector."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from app.assistant import Assistant, Parts
from app.tracing import StartSpan, start_tracing, untraced
from app.types import Question
from ingest.errors import CoeError
from tests.app.test_assistant import COMPLETE, TEXTS, search

ROOT = Path(__file__).parents[2]
SECRET = "Kazakhstan-7f3"


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "20")
    for name in ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)


@contextmanager
def collector() -> Iterator[tuple[str, "SimpleQueue[bytes]"]]:
    """A collector's address, and what was sent to it."""
    received: SimpleQueue[bytes] = SimpleQueue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.put(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", received
        server.shutdown()


def assistant(span: StartSpan, *, text_of: Callable[[str], str] = TEXTS.__getitem__) -> Assistant:
    return Assistant(lambda: Parts(search=search, text_of=text_of, extractive=lambda: COMPLETE, span=span))


def sent(received: "SimpleQueue[bytes]") -> list[Span]:
    """The spans of one answer, which its question's span is the last of."""
    spans: list[Span] = []
    while "question" not in {span.name for span in spans}:
        request = ExportTraceServiceRequest.FromString(received.get(timeout=20))
        spans += [span for each in request.resource_spans for scope in each.scope_spans for span in scope.spans]
    return spans


@pytest.mark.parametrize("by_setting", [True, False], ids=["our setting", "OpenTelemetry's variable"])
def test_the_chain_is_one_trace_with_figures(monkeypatch: pytest.MonkeyPatch, by_setting: bool):
    with collector() as (address, received):
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1" if by_setting else address)
        span = start_tracing(address if by_setting else None)
        assistant(span).invoke(Question(question="When did Kazakhstan join?"))
        spans = sent(received)
    names = {span.span_id: span.name for span in spans}
    tree = sorted((span.name, names.get(span.parent_span_id)) for span in spans)
    (question,) = (span for span in spans if span.name == "question")
    figures = {each.key: each.value.string_value or each.value.int_value for each in question.attributes}
    assert tree == [
        ("catalogue", "question"),
        ("cite", "read"),
        ("cite", "read"),
        ("question", None),
        ("read", "question"),
        ("retrieve", "question"),
        ("rewrite", "question"),
    ]
    assert len({span.trace_id for span in spans}) == 1
    assert figures == {"coe.completeness": "complete", "coe.passages": 4, "coe.citations": 2}


def test_neither_a_question_nor_an_errors_message_leaves_in_a_trace():
    def lost(id: str) -> str:
        raise CoeError(f"{SECRET} cannot be read")

    with collector() as (address, received):
        traced = assistant(start_tracing(address), text_of=lost)
        with pytest.raises(CoeError):
            traced.invoke(Question(question=f"Where is {SECRET}?"))
        spans = sent(received)
    (question,) = (span for span in spans if span.name == "question")
    assert question.status.message == "CoeError"
    assert [span for span in spans if SECRET in str(span)] == []


def test_an_answer_that_nobody_waits_for_ends_its_trace():
    with collector() as (address, received):
        events = assistant(start_tracing(address)).events(Question(question="When?"))
        next(events)
        events.close()
        assert {span.name for span in sent(received)} == {"question", "rewrite"}


def test_without_a_collector_nothing_is_traced():
    assert start_tracing(None) is untraced


def test_without_a_collector_no_tracing_library_is_loaded():
    probe = (
        "import sys\nfrom app.tracing import start_tracing\nstart_tracing(None)\n"
        "sys.exit('loaded' if any(name.startswith('opentelemetry') for name in sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
