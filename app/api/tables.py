"""A table that the page shows, as a workbook to take away; nothing of it stays here."""

import io
import re
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response
from openpyxl import Workbook
from openpyxl.styles import Font
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.api.limits import Slots
from app.api.strict_json import StrictJsonRoute

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Cell = Annotated[str, StringConstraints(max_length=10_000)]
Row = Annotated[list[Cell], Field(max_length=20)]


class Table(BaseModel):
    """Rows of text, the first of them headings."""

    model_config = ConfigDict(extra="forbid")

    rows: Annotated[list[Row], Field(min_length=1, max_length=2_000)]


def table_routes(slots: Slots) -> APIRouter:
    """The route that makes workbooks."""
    router = APIRouter(route_class=StrictJsonRoute, include_in_schema=False)

    @router.post("/table.xlsx")
    def make_workbook(table: Table) -> Response:
        with slots.hold():
            return Response(workbook(table.rows), media_type=XLSX)

    return router


def workbook(rows: list[list[str]]) -> bytes:
    """A sheet with a header; every cell is text, whatever it looks like."""
    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append([_NOT_IN_XML.sub("", cell) for cell in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for line in sheet.iter_rows():
        for cell in line:
            cell.data_type = "s"
    sheet.freeze_panes = "A2"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()
