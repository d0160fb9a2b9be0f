"""The catalogue: lists of meetings, partners, projects and others, with the words that every value was taken from."""

from collections.abc import Iterable, Sequence
from types import MappingProxyType
from typing import Annotated, Literal

from fastapi import FastAPI, Query, Request
from fastapi.responses import Response
from pydantic import Field

from app.api.description import READING, Operation
from app.api.filtering import PageQuery
from app.api.limits import Slots
from app.api.negotiation import preferred
from app.listing import FORMATS, LISTS, holds
from app.responses import Catalogue, Record, Source, next_offset
from app.retrieval.filters import EVERYTHING
from app.services import Services
from app.workbook import MEDIA_TYPE as XLSX
from ingest.types import Row

MOST = 500
USUAL = 100
MAX_TEXT = 200
JSON = "application/json"
MEDIA_TYPES = MappingProxyType({"json": JSON, "csv": "text/csv", "xlsx": XLSX})

ListName = Literal["meetings", "partners", "projects", "people", "organisations", "secretariats"]


class ListQuery(PageQuery):
    """Which rows are wanted, and in what form."""

    q: Annotated[str, Field(max_length=MAX_TEXT)] = Field(
        "", description="Words that the values of a row must have, all of them.", examples=["Tashkent"]
    )
    limit: Annotated[int, Field(ge=1, le=MOST)] | None = Field(
        None, description=f"Most rows; when left out {USUAL} as JSON, and all of them as a file."
    )
    format: Literal["json", "csv", "xlsx"] | None = Field(
        None, description="Form of the list; when left out the Accept header decides."
    )


def add_lists(app: FastAPI, services: Services) -> None:
    """Add the route of the catalogue."""
    slots: Slots = app.state.reading

    @app.get(
        "/api/v1/catalogue/{name}",
        summary="List meetings, partners, projects and others",
        response_model=Catalogue,
        response_description="Rows that state what the filters ask for, as JSON, CSV or a workbook.",
    )
    def list_records(name: ListName, asked: Annotated[ListQuery, Query()], request: Request) -> Catalogue | Response:
        """One row for each thing, in how many documents it may stand."""
        form = asked.format or _form(request.headers.get("accept", ""))
        with slots.hold():
            rows = [row for row in services.catalogue(name, asked.filters()) if holds(row, asked.q)]
            if form == "json":
                return catalogue_page(services, name, rows, offset=asked.offset, limit=asked.limit or USUAL)
            return _file(name, form, rows[asked.offset :][: asked.limit])


def _form(accept: str) -> str:
    wanted = preferred(accept, tuple(MEDIA_TYPES.values()))
    return next(form for form, media_type in MEDIA_TYPES.items() if media_type == wanted)


def _file(name: str, form: str, rows: Iterable[Row]) -> Response:
    content = FORMATS[form](rows, LISTS[name][1])
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    return Response(content, headers=headers, media_type=MEDIA_TYPES[form])


def catalogue_page(services: Services, name: str, rows: Sequence[Row], *, offset: int, limit: int) -> Catalogue:
    """A page of some rows of a list, and the documents they come from."""
    columns = LISTS[name][1]
    shown = rows[offset : offset + limit]
    named = {id for row in shown for id in row.documents}
    return Catalogue(
        total=len(rows),
        offset=offset,
        next_offset=next_offset(len(rows), offset, limit),
        columns=columns,
        records=tuple(Record.of(row, columns) for row in shown),
        sources={
            document.id: Source(title=document.title, published=document.published, url=document.url)
            for document in services.documents(EVERYTHING)
            if document.id in named
        },
    )


_COLUMNS = ("name", "status", "region", "joined", "joined_by", "focal_points")
_ID = "meetings/ca-accession-kazakhstan-2020"
_EXAMPLE = {
    "total": 1,
    "offset": 0,
    "next_offset": None,
    "columns": list(_COLUMNS),
    "records": [
        {
            "id": "partner:kazakhstan",
            "kind": "partner",
            "values": {column: [] for column in _COLUMNS} | {"name": ["Kazakhstan"], "joined": ["2020-11"]},
            "cells": [
                {
                    "field": "joined",
                    "value": "2020-11",
                    "detail": None,
                    "document_id": _ID,
                    "section": "Accession",
                    "start": 146,
                    "end": 159,
                    "quote": "November 2020",
                }
            ],
            "documents": [_ID],
        }
    ],
    "sources": {
        _ID: {
            "title": "Accession of the Republic of Kazakhstan to the EU CBRN CoE Initiative",
            "published": "2020-11-20",
            "url": None,
        }
    },
}
_CSV = ",".join((*_COLUMNS, "documents")) + f"\nKazakhstan,,,2020-11,,,{_ID}\n"
OPERATIONS = {
    ("/api/v1/catalogue/{name}", "get"): Operation(
        (*READING, 404), {JSON: _EXAMPLE, "text/csv": _CSV, XLSX: "the bytes of the workbook"}
    )
}
"""How this route is described."""
