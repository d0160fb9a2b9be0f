"""The server: page and API on one port, ready when the models are warm, gone when the last answer is."""

import gc
import logging
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

import uvicorn
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse, Response

from app.api.application import create_api
from app.api.counts import SharedCounts
from app.api.journal import note_defect
from app.api.limits import InFlight, bounded_events
from app.logs import start_logging
from app.reception import BACKLOG, Reception, address_of
from app.retention import purge
from app.services import Services, Starting
from app.settings import Settings
from app.types import Event, Question
from app.ui.asker import asker
from app.ui.page import mount_page
from app.workers import run_workers
from ingest.errors import CoeError

log = logging.getLogger(__name__)

RETRY_SECONDS = 2.0
DAY_SECONDS = 24 * 3600
STOP_SECONDS = 30
"""How long a stopping server waits for answers that are being written."""
HEADER_BYTES = 16 * 1024
CONNECTIONS_PER_ANSWER = 32
"""An open page holds a connection or two while its reader reads."""
MOST_CONNECTIONS = 768
"""Well below the 1,024 open files that a process usually may have."""

_NO_PAGE = "The chat page is served by one process: run `coe serve` without --workers, on another port.\n"


def serve(settings: Settings, build: Callable[[Settings], Services], reception: Reception, *, workers: int = 1) -> None:
    """Serve at the reception's port until SIGTERM or SIGINT, then finish the answers that are being written.

    Several worker processes, each with models of its own, serve the API alone: what the page shows is in one process.

    Raises:
        CoeError: the services cannot be built.
    """
    start_logging(settings)
    threading.Thread(target=purge_daily, args=(settings, threading.Event()), daemon=True).start()
    if workers == 1:
        _work(settings, build, build_app, reception.hand_over)
        return
    with TemporaryDirectory(prefix="coe-") as folder:
        application = partial(build_api, counts=Path(folder) / "rates.sqlite")
        handed = partial(_handed, reception.hand_over())
        run_workers(partial(_work, settings, build, application, handed), workers)


def _handed(listener: socket.socket) -> socket.socket:
    return listener


def _work(
    settings: Settings,
    build: Callable[[Settings], Services],
    application: Callable[[Settings, Services], FastAPI],
    hand_over: Callable[[], socket.socket],
) -> None:
    start_logging(settings)
    warming = Warming()
    app = application(settings, warming.services())
    listener = hand_over()
    server = _Server(server_config(app, settings), app, address_of(listener))
    # A daemon: loading models cannot be interrupted, and must not keep a stopped server alive.
    threading.Thread(target=_warm_up, args=(warming, server, partial(build, settings)), daemon=True).start()
    server.run(sockets=[listener])
    # The process ends now: looking once more through every object of models and page would take it seconds.
    gc.freeze()
    if warming.failure:
        raise warming.failure


def build_api(settings: Settings, services: Services, *, counts: Path) -> FastAPI:
    """API without the page, counting requests in a file; where the page would be, a sentence says why it is not."""
    app = create_api(settings, services, counts=SharedCounts(counts))

    @app.get("/", include_in_schema=False)
    async def no_page() -> Response:
        return PlainTextResponse(_NO_PAGE, status_code=404)

    return app


def build_app(settings: Settings, services: Services) -> FastAPI:
    """API and page as one application; answers of both share the same places."""
    app = create_api(settings, services)
    watched: Services = app.state.services
    events = bounded_events(watched.events, app.state.slots)
    return mount_page(app, replace(watched, events=_events_for_asker(events, app.state.in_flight)), settings)


def _events_for_asker(
    events: Callable[[Question], Iterator[Event]], in_flight: InFlight
) -> Callable[[Question], Iterator[Event]]:
    """The same events, while the person at the page has not too many answers being worked on."""

    def placed(question: Question) -> Iterator[Event]:
        with in_flight.place(asker()):
            yield from events(question)

    return placed


class Warming:
    """Services that may be asked for before they are built."""

    def __init__(self) -> None:
        self._built: Services | None = None
        self.failure: BaseException | None = None
        """Why building them failed for good."""

    def finish(self, services: Services) -> None:
        """Let every question from now on reach `services`."""
        self._built = services

    def services(self) -> Services:
        """Services that raise `Starting` until they are built."""

        return Services(
            ask=lambda question: self._ready().ask(question),
            events=lambda question: self._ready().events(question),
            document=lambda id: self._ready().document(id),
            check_ready=lambda: self._ready().check_ready(),
            search=lambda query, filters, limit: self._ready().search(query, filters, limit),
            documents=lambda filters: self._ready().documents(filters),
            catalogue=lambda name, filters: self._ready().catalogue(name, filters),
            holdings=lambda: self._ready().holdings(),
            naming=lambda mentions: self._ready().naming(mentions),
            original=lambda id: self._ready().original(id),
            ingest=lambda paths, options, progress: self._ready().ingest(paths, options, progress),
            remove=lambda id: self._ready().remove(id),
            generation=lambda: self._ready().generation(),
        )

    def _ready(self) -> Services:
        if self._built is None:
            raise Starting("The assistant is still starting; please try again in a few seconds.")
        return self._built


class _Server(uvicorn.Server):
    """uvicorn that says when it is up, ends endless streams when it stops, and leaves by returning."""

    def __init__(self, config: uvicorn.Config, app: FastAPI, address: str) -> None:
        super().__init__(config)
        self._page_and_api = app
        self.address = address
        self.up = threading.Event()
        self.stopped = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        log.info("Listening at %s, still loading", self.address)
        self.up.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        log.info("Stopping; answers that are being written are finished first")
        self.stopped.set()
        self._page_and_api.state.stopping.set()
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # uvicorn's own raises the signal again afterwards, which would end the process before it can say how it went.
        if self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        self.should_exit = True


def _warm_up(warming: Warming, server: _Server, build: Callable[[], Services]) -> None:
    """Build the services, wait until they are ready, and say so."""
    try:
        services = build()
    except Exception as error:
        warming.failure = error
        server.should_exit = True
        return
    warming.finish(services)
    if _is_ready_before_stop(services, server) and server.up.wait(STOP_SECONDS):
        sys.stdout.write(f"CoE Assistant is ready at {server.address}\n")
        sys.stdout.flush()


def _is_ready_before_stop(services: Services, server: _Server) -> bool:
    told = ""
    while not server.stopped.is_set():
        reason = _reason_not_ready(services)
        if reason is None:
            return True
        if reason != told:
            log.warning("Not ready yet: %s", reason)
            told = reason
        server.stopped.wait(RETRY_SECONDS)
    return False


def _reason_not_ready(services: Services) -> str | None:
    try:
        services.check_ready()
    except CoeError as error:
        return str(error)
    except Exception as error:
        note_defect(error, request_id="warm-up")
        return "an unexpected error"
    return None


def purge_daily(settings: Settings, stopped: threading.Event) -> None:
    """Let nothing be kept longer than the settings say while the server runs."""
    while not stopped.is_set():
        try:
            purge(settings)
        except CoeError as error:
            log.warning("Not purged: %s", error)
        stopped.wait(DAY_SECONDS)


def server_config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    """How uvicorn serves the application: bounded, silent about itself, believing only the proxies it is told of."""
    wanted = CONNECTIONS_PER_ANSWER * settings.max_concurrent
    return uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=settings.trusted_proxies is not None,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=STOP_SECONDS,
        limit_concurrency=min(MOST_CONNECTIONS, max(BACKLOG, wanted)),
        h11_max_incomplete_event_size=HEADER_BYTES,
    )
