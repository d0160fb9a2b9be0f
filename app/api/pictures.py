"""Pages of PDF documents as pictures, with the quoted passage marked as it stands there in print."""

import json
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from app.api.limits import Slots
from app.services import Services
from ingest.errors import UnknownDocument
from ingest.types import Document

SECONDS = 15.0
KEPT = 64
"""Pictures kept in memory, of a few hundred kilobytes each."""
PROGRAM = Path(__file__).with_name("drawing.py")

Number = Annotated[int, Query(ge=1, le=10_000)]
Offset = Annotated[int, Query(ge=0, le=10**9)]


def picture_routes(services: Services, slots: Slots) -> APIRouter:
    """The route of the pictures."""
    router = APIRouter(include_in_schema=False)

    @router.get("/pages/{id:path}")
    def draw_page(id: str, number: Number, start: Offset = 0, end: Offset = 0) -> Response:
        with slots.hold():
            document = services.document(id)
            if not has_pictures(document) or all(section.page != number for section in document.sections):
                raise UnknownDocument(f"{id!r} has no page {number} to be shown.")
            picture = _drawn(services.original(id), document.sha256, number, document.text[start:end])
        return Response(picture, media_type="image/png", headers={"Cache-Control": "private, max-age=3600"})

    return router


def has_pictures(document: Document) -> bool:
    """Whether pages of a document can be shown as they are printed."""
    return document.path.lower().endswith(".pdf")


@lru_cache(KEPT)
def _drawn(path: Path, _content: str, number: int, quote: str) -> bytes:
    asked = json.dumps({"path": str(path), "number": number, "quote": quote})
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(PROGRAM)], input=asked.encode(), capture_output=True, timeout=SECONDS, check=True
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise UnknownDocument(f"Page {number} cannot be drawn.") from error
    return done.stdout
