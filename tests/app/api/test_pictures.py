"""Pages of PDF documents as pictures, and tables as workbooks, over HTTP."""

import io
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient
from fpdf import FPDF
from openpyxl import load_workbook
from PIL import Image

from app.api.drawing import MARKER
from app.api.limits import Slots
from app.api.pictures import picture_routes
from app.api.tables import table_routes
from app.api.viewer import document_page
from app.services import Services
from ingest.errors import UnknownDocument
from ingest.types import Document, Metadata, Section

QUOTE = "The meeting was held in Almaty."
TEXT = f"First page.\n\n{QUOTE}"
DOCUMENT = Document(
    "meetings/yearbook",
    "corpus",
    "meetings/yearbook.pdf",
    "0" * 64,
    Metadata(title="Yearbook"),
    TEXT,
    (Section(heading="One", start=0, end=13, page=1), Section(heading="Two", start=13, end=len(TEXT), page=2)),
)
START = TEXT.index(QUOTE)


@pytest.fixture
def visitor(tmp_path: Path) -> TestClient:
    pdf = FPDF()
    for text in ("First page.", QUOTE):
        pdf.add_page()
        pdf.set_font("helvetica", size=12)
        pdf.cell(text=text)
    file = tmp_path / "yearbook.pdf"
    pdf.output(str(file))

    def document(id: str) -> Document:
        if id != DOCUMENT.id:
            raise UnknownDocument(f"There is no document {id!r}.")
        return DOCUMENT

    services = Services(ask=None, events=None, document=document, check_ready=None, original=lambda id: file)
    app = FastAPI()
    app.include_router(picture_routes(services, Slots(2)))
    app.include_router(table_routes(Slots(2)))

    @app.exception_handler(UnknownDocument)
    async def unknown(request, error):
        return JSONResponse({"detail": str(error)}, 404)

    return TestClient(app)


def marked(picture: bytes) -> int:
    """Pixels of the marker's colour."""
    colours = Image.open(io.BytesIO(picture)).getcolors(1 << 20)
    return sum(count for count, colour in colours if "#{:02x}{:02x}{:02x}".format(*colour) == MARKER)


def test_a_page_is_drawn_with_its_quote_marked(visitor: TestClient):
    address = f"/pages/meetings/yearbook?number=2&start={START}&end={len(TEXT)}"
    drawn = visitor.get(address)
    assert drawn.headers["content-type"] == "image/png"
    assert marked(drawn.content) > 1_000
    assert marked(visitor.get("/pages/meetings/yearbook?number=2").content) == 0


@pytest.mark.parametrize("path", ["meetings/yearbook?number=3", "meetings/none?number=1"], ids=["page", "document"])
def test_what_is_not_there_is_not_drawn(visitor: TestClient, path: str):
    assert visitor.get(f"/pages/{path}").status_code == 404


@pytest.mark.parametrize("query", ["", "?number=0", "?number=x", "?number=1&start=-1"])
def test_a_page_that_cannot_be_is_refused(visitor: TestClient, query: str):
    assert visitor.get(f"/pages/meetings/yearbook{query}").status_code == 422


def test_the_document_shows_the_printed_page_of_the_quote():
    page = document_page(DOCUMENT, start=str(START), end=str(len(TEXT)))
    address = f"/pages/meetings/yearbook?number=2&amp;start={START}&amp;end={len(TEXT)}"
    assert page.count("<img") == 1
    assert f'<img src="{address}"' in page
    assert "<img" not in document_page(DOCUMENT)


def test_a_workbook_holds_text_alone(visitor: TestClient):
    made = visitor.post("/table.xlsx", json={"rows": [["Name"], ["=1+1"], ["a\x0bb"]]})
    sheet = load_workbook(io.BytesIO(made.content)).active
    assert [(cell.value, cell.data_type) for row in sheet.iter_rows() for cell in row] == [
        ("Name", "s"),
        ("=1+1", "s"),
        ("ab", "s"),
    ]


@pytest.mark.parametrize(
    "rows", [[], [["x"] * 21], [["x" * 10_001]], [["x"]] * 2_001, "x"], ids=["none", "wide", "long", "many", "text"]
)
def test_a_table_out_of_bounds_is_refused(visitor: TestClient, rows: object):
    assert visitor.post("/table.xlsx", json={"rows": rows}).status_code == 422
