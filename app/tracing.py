"""OpenTelemetry traces of answers, when a collector is configured; without one, nothing of it is imported."""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Protocol

from ingest.errors import ConfigurationError

log = logging.getLogger(__name__)

SERVICE = "coe-assistant"
_VARIABLES = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_MISSING = "Traces need the extra `tracing`: pip install 'coe-assistant[tracing]'."


class Span(Protocol):
    """A stretch of work with a name, figures, and the stretches that it is made of."""

    def child(self, name: str) -> AbstractContextManager["Span"]:
        """A part of this work, as long as the block runs."""

    def note(self, **figures: str | int | bool) -> None:
        """Say something about this work; never what somebody asked."""


StartSpan = Callable[[str], AbstractContextManager[Span]]


class _Untraced:
    def child(self, name: str) -> AbstractContextManager[Span]:
        return nullcontext(self)

    def note(self, **figures: str | int | bool) -> None:
        return


_UNTRACED = _Untraced()


def untraced(name: str) -> AbstractContextManager[Span]:
    """A span that nobody sees."""
    return nullcontext(_UNTRACED)


def start_tracing(endpoint: str | None) -> StartSpan:
    """Spans sent to the collector at `endpoint`, else to where OpenTelemetry's own variables say, else nowhere.

    Raises:
        ConfigurationError: there is an endpoint, and the libraries for it are missing.
    """
    if endpoint is None and not any(os.environ.get(name) for name in _VARIABLES):
        return untraced
    try:
        tracer = _tracer(endpoint)
    except ImportError:
        if endpoint is not None:
            raise ConfigurationError(_MISSING) from None
        log.warning(_MISSING)
        return untraced
    return lambda name: _recorded(tracer, name, None)


def _tracer(endpoint: str | None) -> Any:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    name = os.environ.get("OTEL_SERVICE_NAME", SERVICE)
    # Of this project alone, and not the global one: libraries would add spans with questions in them.
    provider = TracerProvider(resource=Resource.create({"service.name": name}))
    address = None if endpoint is None else f"{endpoint.rstrip('/')}/v1/traces"
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=address)))
    return provider.get_tracer(SERVICE)


@contextmanager
def _recorded(tracer: Any, name: str, parent: Any) -> Iterator[Span]:
    # The parent is passed on by hand: an answer's steps may run in different threads, where no context follows.
    from opentelemetry.trace import Status, StatusCode, set_span_in_context

    span = tracer.start_span(name, context=None if parent is None else set_span_in_context(parent))
    try:
        yield _Recorded(tracer, span)
    except Exception as error:
        # Of an error its type only: its message may hold a question.
        span.set_status(Status(StatusCode.ERROR, type(error).__name__))
        raise
    finally:
        span.end()


class _Recorded:
    def __init__(self, tracer: Any, span: Any) -> None:
        self._tracer = tracer
        self._span = span

    def child(self, name: str) -> AbstractContextManager[Span]:
        return _recorded(self._tracer, name, self._span)

    def note(self, **figures: str | int | bool) -> None:
        for name, value in figures.items():
            self._span.set_attribute(f"coe.{name}", value)
