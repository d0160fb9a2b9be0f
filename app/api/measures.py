"""What Prometheus is told: requests, answers by stage and outcome, and the library they come from."""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from fastapi import FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from app.answering import catalogue_reader
from app.api.journal import note_answer, template_of
from app.retrieval.filters import Filters
from app.services import Services
from app.settings import Settings
from app.types import Answer, Event, Finished, Question
from ingest.errors import CoeError

FALLBACK = "fallback"
"""The reader of an answer whose LLM failed."""

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
_STAGES = ("retrieve", "rerank", "read", "total")


class Measures:
    """Counters of one application, in a registry of its own."""

    def __init__(self, services: Services, settings: Settings) -> None:
        self._services = services
        self._settings = settings
        self._registry = registry = CollectorRegistry()
        requests = ("method", "route", "status")
        self._requests = Counter("coe_requests", "Requests.", requests, registry=registry)
        self._durations = Histogram(
            "coe_request_seconds", "Time to a whole response.", ("route",), buckets=_SECONDS, registry=registry
        )
        self._stages = Histogram(
            "coe_answer_seconds", "Time of an answer, by stage.", ("stage",), buckets=_SECONDS, registry=registry
        )
        self._answers = Counter("coe_answers", "Answers; none is a refusal.", ("completeness",), registry=registry)
        self._fallbacks = Counter("coe_fallbacks", "Answers that the LLM failed to give.", registry=registry)
        self._running = Gauge("coe_answers_in_flight", "Answers being worked on.", registry=registry)
        self._gauge("coe_index_generation", "Number of the library's generation; 0: none.", services.generation)
        self._gauge("coe_documents", "Documents in the library.", lambda: len(services.documents(Filters())))

    def exposition(self) -> bytes:
        """Everything, in the text format of Prometheus."""
        return generate_latest(self._registry)

    def count_request(self, scope: Any, status: int, milliseconds: int) -> None:
        """Count a request that is over."""
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._requests.labels(method, template_of(scope), status).inc()
        self._durations.labels(template_of(scope)).observe(milliseconds / 1000)

    def watched(self) -> Services:
        """The services, every answer of theirs counted and logged."""
        return replace(self._services, ask=self._ask, events=self._events)

    def _ask(self, question: Question) -> Answer:
        with self._running.track_inprogress():
            answer = self._services.ask(question)
        self._count_answer(answer)
        return answer

    def _events(self, question: Question) -> Iterator[Event]:
        with self._running.track_inprogress(), _closing(self._services.events(question)) as events:
            for event in events:
                if isinstance(event, Finished):
                    self._count_answer(event.answer)
                yield event

    def _count_answer(self, answer: Answer) -> None:
        self._answers.labels(answer.completeness).inc()
        for stage in _STAGES:
            self._stages.labels(stage).observe(getattr(answer.timings_ms, stage) / 1000)
        reader = answer.reader
        if self._settings.llm and reader not in (self._settings.llm, catalogue_reader.NAME):
            self._fallbacks.inc()
            reader = FALLBACK
        note_answer(answer, reader=reader, with_question=self._settings.log_questions)

    def _gauge(self, name: str, help: str, number: Callable[[], int]) -> None:
        def current() -> float:
            try:
                return number()
            except CoeError:
                return 0

        Gauge(name, help, registry=self._registry).set_function(current)


def add_metrics(app: FastAPI, measures: Measures) -> None:
    """Serve `/metrics`."""

    @app.get("/metrics", include_in_schema=False)
    def metrics() -> Response:
        return Response(measures.exposition(), media_type=CONTENT_TYPE_LATEST)


@contextmanager
def _closing(events: Iterator[Event]) -> Iterator[Iterator[Event]]:
    """Stop the work behind the events when whoever reads them leaves."""
    try:
        yield events
    finally:
        if isinstance(events, Generator):
            events.close()
