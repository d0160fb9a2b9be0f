"""Documents: which there are, each with its text and sources, and the file it was read from."""

from types import MappingProxyType
from typing import Annotated

from fastapi import FastAPI, Query, Request
from fastapi.responses import FileResponse, Response
from pydantic import Field
from starlette.types import Receive, Scope, Send

from app.api.description import READING, Operation
from app.api.etags import caching, is_fresh, not_modified, tagged
from app.api.filtering import PageQuery
from app.api.limits import Slots
from app.responses import DocumentList, Listed, WholeDocument, next_offset
from app.services import Services

MOST = 200
MEDIA_TYPES = MappingProxyType(
    {
        ".csv": "text/csv",
        ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ".htm": "text/html",
        ".html": "text/html",
        ".md": "text/markdown",
        ".pdf": "application/pdf",
        ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ".txt": "text/plain",
        ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
)
"""What the file of a document is, by its suffix."""


class DocumentsQuery(PageQuery):
    """Which documents are listed."""

    kind: Annotated[str | None, Field(min_length=1, max_length=100)] = Field(
        None, description="Kind of document.", examples=["meeting"]
    )
    limit: Annotated[int, Field(ge=1, le=MOST)] = 50


def add_library(app: FastAPI, services: Services) -> None:
    """Add the routes that list documents and hand them out."""
    slots: Slots = app.state.reading

    @app.get("/api/v1/documents", summary="List documents", response_description="A page of the list, by id.")
    def list_documents(asked: Annotated[DocumentsQuery, Query()]) -> DocumentList:
        """List the documents of which some passage names what the filters ask for."""
        with slots.hold():
            rows = services.documents(asked.filters(kind=asked.kind))
        return DocumentList(
            total=len(rows),
            offset=asked.offset,
            next_offset=next_offset(len(rows), asked.offset, asked.limit),
            documents=tuple(map(Listed.model_validate, rows[asked.offset : asked.offset + asked.limit])),
        )

    @app.get(
        "/api/v1/documents/{id:path}",
        summary="Read a document",
        response_model=WholeDocument,
        response_description="Its text, sections, metadata and sources; with an ETag for If-None-Match.",
    )
    def get_document(id: str, request: Request) -> Response:
        """A whole document; `text[start:end]` of a citation is its quote."""
        with slots.hold():
            body = WholeDocument.of(services.document(id)).model_dump_json().encode()
        return tagged(request, body, "application/json")

    @app.get(
        "/api/v1/originals/{id:path}",
        summary="Fetch the file of a document",
        response_class=FileResponse,
        response_description="The file as it was ingested, to be saved; with an ETag for If-None-Match.",
    )
    def get_original(id: str, request: Request) -> Response:
        """The file that a document was read from, when it is still the same."""
        with slots.hold():
            document, file = services.document(id), services.original(id)
        etag = f'"{document.sha256[:32]}"'
        if is_fresh(request, etag):
            return not_modified(etag)
        return _WholeFile(
            file,
            media_type=MEDIA_TYPES.get(file.suffix.lower(), "application/octet-stream"),
            filename=file.name,
            headers=caching(etag),
        )


class _WholeFile(FileResponse):
    """A file sent from its first byte to its last: a range that cannot be had would be told as plain text."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.headers["Accept-Ranges"] = "none"
        headers = [(name, value) for name, value in scope["headers"] if name != b"range"]
        await super().__call__({**scope, "headers": headers}, receive, send)


_ROW = {
    "id": "meetings/ca-accession-kazakhstan-2020",
    "kind": "meeting",
    "title": "Accession of the Republic of Kazakhstan to the EU CBRN CoE Initiative",
    "language": "en",
    "region": "Central Asia",
    "published": "2020-11-20",
    "url": None,
    "origin": "corpus",
    "chunks": 2,
    "words": 96,
}
_WHOLE = {name: value for name, value in _ROW.items() if name not in ("chunks", "words")} | {
    "countries": ["Kazakhstan"],
    "projects": [],
    "start": "2020-11",
    "end": None,
    "file": "ca-accession-kazakhstan-2020.md",
    "people": [],
    "figures": [{"what": "partner countries", "value": "62", "date": "2020-11"}],
    "sources": [{"title": "Kazakhstan joins", "publisher": "EU CBRN CoE", "date": "2020-11-20", "url": None}],
    "sections": [{"heading": "Accession", "start": 71, "end": 160, "page": None}],
    "text": "Accession of the Republic of Kazakhstan to the EU CBRN CoE Initiative …",
}
OPERATIONS = {
    ("/api/v1/documents", "get"): Operation(
        READING, {"application/json": {"total": 1, "offset": 0, "next_offset": None, "documents": [_ROW]}}
    ),
    ("/api/v1/documents/{id}", "get"): Operation((*READING, 404), {"application/json": _WHOLE}, also=(304,)),
    ("/api/v1/originals/{id}", "get"): Operation(
        (*READING, 404), dict.fromkeys(MEDIA_TYPES.values(), "the bytes of the file"), also=(304,)
    ),
}
"""How these routes are described."""
