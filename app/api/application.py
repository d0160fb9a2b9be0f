"""The HTTP API: ask a question, read a document, look whether the service lives and is ready."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache, partial
from typing import Annotated, Any

import anyio.to_thread
from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import HTMLResponse, JSONResponse, Response
from limits.storage import Storage
from starlette.exceptions import HTTPException

from app.api import asking, conversations, jobs, library, lists, openai_compatible, own_data, searching
from app.api.admission import Admission
from app.api.asking import add_asking
from app.api.conversations import add_conversations
from app.api.description import Operation, description
from app.api.guard import Guard, neighbourhood, public_origin
from app.api.jobs import add_jobs
from app.api.ledger import Ledger
from app.api.library import add_library
from app.api.limits import WAITING_PER_RUNNING, InFlight, Slots, answer_slots
from app.api.lists import add_lists
from app.api.login import login_routes
from app.api.measures import Measures, add_metrics
from app.api.openai_compatible import add_openai
from app.api.openai_errors import OpenAIErrors
from app.api.own_data import add_own_data
from app.api.pictures import picture_routes
from app.api.plain_page import VARYING
from app.api.problems import (
    not_ready,
    problem_of,
    problem_of_status,
    problem_response,
)
from app.api.rates import Rates
from app.api.recognition import Recognition
from app.api.searching import add_searching
from app.api.strict_json import StrictJsonRoute
from app.api.style import VIEWER_CSS
from app.api.tables import table_routes
from app.api.validation import invalid_request
from app.api.viewer import document_page
from app.conversations.archive import open_archive
from app.identity.store import Store
from app.mcp.admission import Limits
from app.mcp.server import McpEndpoint, add_mcp
from app.services import Services
from app.settings import Settings
from app.ui.look import look_of
from ingest.errors import CoeError

OPERATIONS = {
    ("/documents/{id}", "get"): Operation((400, 404, 500, 503), {"text/html": "<!doctype html>…"}),
    ("/healthz", "get"): Operation((400,), {"application/json": {"status": "ok"}}),
    ("/readyz", "get"): Operation((400, 500, 503), {"application/json": {"status": "ready"}}),
    **asking.OPERATIONS,
    **searching.OPERATIONS,
    **library.OPERATIONS,
    **lists.OPERATIONS,
    **jobs.OPERATIONS,
    **conversations.OPERATIONS,
    **own_data.OPERATIONS,
    **openai_compatible.OPERATIONS,
}
"""How every route is described."""

READING = 10
"""Documents, lists and the like that are read side by side."""
PROBING = 4
SPARE_THREADS = 20
"""For those who are told that all places are taken, and for what takes none."""


def create_api(settings: Settings, services: Services, *, counts: Storage | None = None) -> FastAPI:
    """The application without the chat page; requests are counted in `counts` where other processes count, too.

    `app.state.slots` are the places that answers share, `app.state.reading` those of everything quicker;
    `app.state.services` are the services with every answer counted, and `app.state.in_flight` the answers worked on
    for each who asks; `app.state.archive` is what is kept for them; setting `app.state.stopping` ends endless streams.

    Raises:
        ConfigurationError: the public address is not a web address, or a rate is none.
    """
    app = FastAPI(
        title="CoE Assistant",
        summary="Cited answers over the documents of the EU CBRN Centres of Excellence Initiative.",
        version="1",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan(settings),
    )
    app.router.route_class = StrictJsonRoute
    app.state.slots = answer_slots(settings)
    app.state.reading = Slots(READING)
    app.state.in_flight = InFlight(settings.max_in_flight)
    app.state.stopping = asyncio.Event()
    rates = Rates(settings, counts)
    measures = Measures(services, settings)
    services = app.state.services = measures.watched()
    add_metrics(app, measures)
    store = Store(settings.data_dir)
    app.include_router(login_routes(settings, store))
    app.state.archive = open_archive(settings.data_dir, days=settings.retention_days)
    ledger = Ledger(settings.data_dir)
    _add_api(app, services, settings, ledger)
    add_conversations(app, services, app.state.archive, ledger)
    add_own_data(app, services, app.state.archive)
    add_openai(app, services, settings)
    add_mcp(app, services, Limits(app.state.slots, app.state.reading, app.state.in_flight, rates))
    _add_documents(app, services)
    _add_probes(app, services)
    _add_error_handlers(app)
    # Found so by FastAPI's documentation: the attribute is the place for a description of one's own.
    app.openapi = cache(partial(description, app, OPERATIONS))  # type: ignore[method-assign]
    origin = public_origin(settings)
    # Gradio answers every origin unless the application around it has a CORS policy of its own.
    app.add_middleware(CORSMiddleware, allow_origins=[origin] if origin else [], allow_methods=["GET", "POST"])
    app.add_middleware(Admission, recognition=Recognition(settings, store), rates=rates, in_flight=app.state.in_flight)
    app.add_middleware(
        Guard, neighbours=neighbourhood(settings), stopping=app.state.stopping, ended=measures.count_request
    )
    app.add_middleware(OpenAIErrors)
    return app


def _lifespan(settings: Settings) -> Any:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        threads = anyio.to_thread.current_default_thread_limiter()
        places = settings.max_concurrent + READING + PROBING
        threads.total_tokens = SPARE_THREADS + places * (1 + WAITING_PER_RUNNING)
        mcp: McpEndpoint = app.state.mcp
        async with mcp.running():
            yield

    return lifespan


def _add_api(app: FastAPI, services: Services, settings: Settings, ledger: Ledger) -> None:
    add_asking(app, services, app.state.archive.conversations, ledger)
    add_searching(app, services)
    add_library(app, services)
    add_lists(app, services)
    add_jobs(app, services, settings)


def _add_documents(app: FastAPI, services: Services) -> None:
    slots: Slots = app.state.reading
    app.include_router(picture_routes(services, slots))
    app.include_router(table_routes(slots))

    @app.get(
        "/documents/{id:path}",
        summary="Read a document",
        response_class=HTMLResponse,
    )
    def read_document(
        request: Request,
        id: str,
        start: Annotated[str | None, Query(description="First character of the passage to mark.")] = None,
        end: Annotated[str | None, Query(description="Character after the passage.")] = None,
    ) -> HTMLResponse:
        """A document as a page; `start` and `end` of a citation mark its quote, and `#passage` scrolls to it."""
        with slots.hold():
            page = document_page(services.document(id), start=start, end=end, look=look_of(request))
        return HTMLResponse(page, headers={"Cache-Control": "no-cache", **VARYING})

    @app.get("/viewer.css", include_in_schema=False)
    async def viewer_css() -> Response:
        return Response(VIEWER_CSS, media_type="text/css", headers={"Cache-Control": "max-age=3600"})


def _add_probes(app: FastAPI, services: Services) -> None:
    slots = Slots(PROBING)

    # Without a thread: it must answer while every thread is taken.
    @app.get("/healthz", summary="Whether the process lives")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz", summary="Whether questions can be answered", response_model=None)
    def readiness(request: Request) -> dict[str, str] | JSONResponse:
        try:
            with slots.hold():
                services.check_ready()
        except CoeError as error:
            return problem_response(not_ready(error), request.state.request_id)
        return {"status": "ready"}


def _add_error_handlers(app: FastAPI) -> None:
    @app.exception_handler(CoeError)
    async def mendable(request: Request, error: CoeError) -> JSONResponse:
        return problem_response(problem_of(error), request.state.request_id)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        return problem_response(invalid_request(error.errors()), request.state.request_id)

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> JSONResponse:
        return problem_response(problem_of_status(error.status_code, error.headers), request.state.request_id)
