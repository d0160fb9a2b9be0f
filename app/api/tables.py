"""A table that the page shows, as a workbook to take away; nothing of it stays here."""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.api.limits import Slots
from app.api.strict_json import StrictJsonRoute
from app.workbook import MEDIA_TYPE, workbook

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
            return Response(workbook(table.rows), media_type=MEDIA_TYPE)

    return router
