"""Changes to the library over HTTP: add a file, remove a document, ingest anew; each is a job."""

from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import ClientDisconnect

from app.api.description import ASKING, READING, Operation
from app.api.desk import Desk
from app.api.idempotency import IdempotencyKey, key_of
from app.api.ledger import Key, Ledger
from app.api.limits import Slots
from app.api.quarantine import MAX_NAME, Quarantined, checked_name, quarantine
from app.responses import Job
from app.services import Services
from app.settings import Settings
from ingest.errors import CoeError, DocumentRejected
from ingest.pipeline import IngestOptions, Progress
from ingest.types import IngestReport

ACCEPTED = 202


class OfCorpus(CoeError):
    """A document is a file of the corpus folder, which only ingestion follows."""

    code = "document_of_corpus"
    status = 409


class UploadIsForm(CoeError):
    """A file came wrapped in a form."""

    code = "unsupported_media_type"
    status = 415


class UploadQuery(BaseModel):
    """What the file is called."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=4 * MAX_NAME)] = Field(examples=["report.pdf"])


class IngestQuery(BaseModel):
    """How the library is brought in step with the corpus folder."""

    model_config = ConfigDict(extra="forbid")

    rebuild: bool = Field(False, description="Make the whole library anew.")
    accept_deletions: bool = Field(False, description="Delete documents although many files are gone.")


def add_jobs(app: FastAPI, services: Services, settings: Settings) -> None:
    """Add the routes that change the library, one change at a time."""
    desk = Desk(Ledger(settings.data_dir))
    _add_upload(app, services, settings, desk)
    _add_removal(app, services, desk)
    _add_ingestion(app, services, desk)

    @app.get("/api/v1/jobs/{id}", summary="Look at a job", response_description="The job as it stands now.")
    def get_job(id: str) -> Job:
        """Whether a job is `running`, `done` (with its report) or `failed` (with the reason)."""
        return desk.job(id)


def _add_upload(app: FastAPI, services: Services, settings: Settings, desk: Desk) -> None:
    @app.post(
        "/api/v1/documents",
        summary="Add a file",
        status_code=ACCEPTED,
        response_model=Job,
        response_description="The job that reads the file; its report names the document.",
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
            }
        },
    )
    async def upload(
        asked: Annotated[UploadQuery, Query()], request: Request, idempotency_key: IdempotencyKey = None
    ) -> Response:
        """Send the bytes of a file as the body; one of the same name that was sent before is replaced."""
        name = checked_name(asked.name)
        if request.headers.get("content-type", "").lower().startswith("multipart/"):
            raise UploadIsForm("Send the bytes of the file as the body, not a form: curl --data-binary @report.pdf …")
        try:
            received = await quarantine(request.stream(), settings.data_dir)
        except ClientDisconnect:
            return Response(status_code=400)
        return _take_in(received, name, services, desk, key_of(request, idempotency_key, received.sha256))


def _take_in(received: Quarantined, name: str, services: Services, desk: Desk, key: Key | None) -> Response:
    def work(progress: Progress) -> IngestReport:
        return _ingest_file(services, received.named(name), progress)

    is_taken = False
    try:
        job, is_taken = desk.start("add", work, key)
    finally:
        if not is_taken:
            received.discard()
    return _accepted(job)


def _ingest_file(services: Services, file: Path, progress: Progress) -> IngestReport:
    try:
        report = services.ingest([file], IngestOptions(), progress)
    finally:
        file.unlink(missing_ok=True)
    for failure in report.failed:
        raise DocumentRejected(failure.code, failure.reason)
    return report


def _add_removal(app: FastAPI, services: Services, desk: Desk) -> None:
    slots: Slots = app.state.reading

    @app.delete(
        "/api/v1/documents/{id:path}",
        summary="Remove a document",
        status_code=ACCEPTED,
        response_model=Job,
        response_description="The job that removes it.",
    )
    def remove(id: str, request: Request, idempotency_key: IdempotencyKey = None) -> Response:
        """Remove a document that was added; one of the corpus folder goes when its file does."""
        with slots.hold():
            origin = services.document(id).origin
        if origin == "corpus":
            raise OfCorpus(f"{id!r} is a file of the corpus folder: delete it there, then ingest.")

        def work(_: Progress) -> IngestReport:
            services.remove(id)
            return IngestReport(deleted=(id,))

        return _accepted(desk.start("remove", work, key_of(request, idempotency_key))[0])


def _add_ingestion(app: FastAPI, services: Services, desk: Desk) -> None:
    @app.post(
        "/api/v1/ingest",
        summary="Bring the library in step with the corpus folder",
        status_code=ACCEPTED,
        response_model=Job,
        response_description="The job that does it.",
    )
    def ingest(
        asked: Annotated[IngestQuery, Query()], request: Request, idempotency_key: IdempotencyKey = None
    ) -> Response:
        """Write what is new or changed in the corpus folder, and delete what is gone from it."""
        options = IngestOptions(rebuild=asked.rebuild, accept_deletions=asked.accept_deletions)

        def work(progress: Progress) -> IngestReport:
            return services.ingest((), options, progress)

        return _accepted(desk.start("ingest", work, key_of(request, idempotency_key))[0])


def _accepted(job: Job) -> Response:
    return JSONResponse(job.model_dump(mode="json"), ACCEPTED, {"Location": f"/api/v1/jobs/{job.id}"})


def _example(action: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": "0f8fad5bd9cb469fa165708767289501",
        "action": action,
        "state": "running",
        "progress": None,
        "report": None,
        "error": None,
        "started": "2026-03-02T09:30:00Z",
        "ended": None,
    } | changes


def _operation(statuses: tuple[int, ...], action: str, body: str | None = None) -> Operation:
    return Operation(statuses, {"application/json": _example(action)}, body, success=ACCEPTED)


_REPORT = {"written": ["added/report.pdf"], "unchanged": [], "deleted": [], "failed": [], "chunks": 12, "seconds": 3.4}
OPERATIONS = {
    ("/api/v1/documents", "post"): _operation((*ASKING, 409), "add", "the bytes of the file"),
    ("/api/v1/documents/{id}", "delete"): _operation((*READING, 404, 409), "remove"),
    ("/api/v1/ingest", "post"): _operation((*READING, 409), "ingest"),
    ("/api/v1/jobs/{id}", "get"): Operation(
        (*READING, 404),
        {
            "application/json": _example(
                "add",
                state="done",
                progress={"stage": "embed", "done": 12, "total": 12},
                report=_REPORT,
                ended="2026-03-02T09:30:04Z",
            )
        },
    ),
}
"""How these routes are described."""
