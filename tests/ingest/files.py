"""Good and bad files of every format, made here so that none is kept in the repository."""

import io
import random
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from docx import Document as new_document
from fpdf import FPDF
from openpyxl import Workbook
from pptx import Presentation
from pypdf import PdfReader, PdfWriter

SECRET = "CANARY-5c1d outside the document"
SENTENCE = "The regional secretariat of Central Asia opened in Tashkent."

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def markdown() -> bytes:
    return f"""---
title: Round table of Central Asia
kind: meeting
start: 2021-06-03
---
# Round table of Central Asia

{SENTENCE}

## Partners

- Kazakhstan
- Uzbekistan

| Country | Joined |
| --- | --- |
| Kazakhstan | 2020 |
""".encode()


def pdf(*, pages: int = 1) -> bytes:
    document = _blank_pdf()
    document.set_title("Report on Central Asia")
    for _ in range(pages):
        document.add_page()
        _heading(document, "Report on Central Asia", 18)
        _heading(document, "1. Opening", 14)
        _paragraph(document, f"{SENTENCE} The national focal points agreed on the next steps of the work. " * 3)
        _paragraph(document, "A second paragraph is short.")
        with document.table() as table:
            for cells in (("Country", "Joined"), ("Kenya", "2013"), ("Ghana", "2014")):
                row = table.row()
                for cell in cells:
                    row.cell(cell)
        document.ln(5)
        _paragraph(document, "The meeting closed on Friday.")
    return bytes(document.output())


def _blank_pdf() -> FPDF:
    document = FPDF()
    document.set_font("helvetica", size=11)
    return document


def _heading(document: FPDF, text: str, size: int) -> None:
    document.set_font("helvetica", "B", size)
    document.multi_cell(0, 10, text, new_x="LMARGIN", new_y="NEXT")
    document.set_font("helvetica", size=11)


def _paragraph(document: FPDF, text: str) -> None:
    document.multi_cell(0, 6, text, new_x="LMARGIN", new_y="NEXT")
    document.ln(4)


def pdf_without_text() -> bytes:
    document = _blank_pdf()
    document.add_page()
    document.rect(20, 20, 100, 100)
    return bytes(document.output())


def pdf_with_password() -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf())))
    writer.encrypt("secret", algorithm="AES-256")
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def docx() -> bytes:
    document = new_document()
    document.add_paragraph("Report on Central Asia", style="Title")
    document.add_heading("Opening", 1)
    document.add_paragraph(SENTENCE)
    document.add_paragraph("Kazakhstan", style="List Bullet")
    hidden = document.add_paragraph("Shown.").add_run(" Not shown.")
    hidden.font.hidden = True
    table = document.add_table(rows=0, cols=2)
    for cells in (("Country", "Joined"), ("Kenya", "2013")):
        for cell, text in zip(table.add_row().cells, cells, strict=True):
            cell.text = text
    document.add_heading("Closing", 2)
    document.add_paragraph("The meeting closed on Friday.")
    return _saved(document)


def pptx() -> bytes:
    presentation = Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[1])
    slide.shapes.title.text = "Partners"
    slide.placeholders[1].text = f"{SENTENCE}\nIt serves five countries."
    slide = presentation.slides.add_slide(presentation.slide_layouts[5])
    slide.shapes.title.text = "Members"
    table = slide.shapes.add_table(2, 2, 0, 0, 5_000_000, 1_000_000).table
    for column, (header, value) in enumerate((("Country", "Kenya"), ("Joined", "2013"))):
        table.cell(0, column).text, table.cell(1, column).text = header, value
    slide.notes_slide.notes_text_frame.text = "Say that figures change."
    return _saved(presentation)


def workbook() -> Workbook:
    book = Workbook()
    book.active.title = "Projects"
    return book


def xlsx(book: Workbook | None = None) -> bytes:
    if book is None:
        book = workbook()
        book.active.append(["Project", "Start", "Budget", "Share"])
        book.active.append([SENTENCE, None, 3_000_000.0, None])
    return _saved(book)


def _saved(document: object) -> bytes:
    stream = io.BytesIO()
    document.save(stream)  # type: ignore[attr-defined]
    return stream.getvalue()


def html() -> bytes:
    return f"<title>Site</title><nav>Menu</nav><main><h1>Report</h1><p>{SENTENCE}</p></main>".encode()


def csv() -> bytes:
    return f"Country;Joined;Note\nKenya;2013;{SENTENCE}\n".encode()


def text() -> bytes:
    return f"{SENTENCE}\n".encode()


GOOD: Mapping[str, Callable[[], bytes]] = {
    "good.csv": csv,
    "good.docx": docx,
    "good.htm": html,
    "good.html": html,
    "good.md": markdown,
    "good.pdf": pdf,
    "good.pptx": pptx,
    "good.txt": text,
    "good.xlsx": xlsx,
}


# Files that must not get in


@dataclass(frozen=True)
class Bad:
    name: str
    code: str
    write: Callable[[Path], object]


def bad(name: str, code: str, content: Callable[[], bytes]) -> Bad:
    return Bad(name, code, lambda path: path.write_bytes(content()))


@dataclass(frozen=True)
class Harmless:
    """A hostile file that is read: what it says to people, and what must be left where it is."""

    name: str
    content: Callable[[], bytes]
    says: str
    hides: tuple[str, ...]


def harmless(name: str, content: Callable[[], bytes], says: str, *hides: str) -> Harmless:
    return Harmless(name, content, says, hides)


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1024**3)


def _zeros(megabytes: int, filler: bytes = b"\0" * 1024**2) -> bytes:
    press = zlib.compressobj(1)
    return b"".join([*(press.compress(filler) for _ in range(megabytes)), press.flush()])


def raw_pdf(*objects: bytes) -> bytes:
    """A PDF of these objects, numbered from 1; the first is the catalogue."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(out))
    return bytes(out) + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + trailer


def _pdf_with_content(content: bytes, filters: bytes) -> bytes:
    return raw_pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /Resources << /Font << /F1 5 0 R >> >> /Contents 4 0 R >>",
        b"<< /Length %d /Filter [%b] >>\nstream\n%b\nendstream" % (len(content), filters, content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )


def _flate_bomb() -> bytes:
    return _pdf_with_content(_zeros(300), b"/FlateDecode")


def _operator_bomb() -> bytes:
    return _pdf_with_content(zlib.compress(_zeros(60, b"BT (a) Tj ET q Q " * 60_000)), b"/FlateDecode /FlateDecode")


def _page_loop() -> bytes:
    return raw_pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 999999999 >>",
        b"<< /Type /Pages /Parent 2 0 R /Kids [2 0 R] /Count 999999999 >>",
    )


def _nested_arrays() -> bytes:
    return raw_pdf(b"<< /Type /Catalog /Pages 2 0 R >>", b"[" * 100_000 + b"]" * 100_000)


def _broken_xref() -> bytes:
    return b"%PDF-1.7\nxref\n0 200000\n" + b"0000000000 65535 f \n" * 200_000 + b"startxref\n9\n%%EOF\n"


def raw_docx(body: bytes = b"", *, before: bytes = b"", extra: Mapping[str, bytes] | None = None) -> bytes:
    """A Word file with this body written by hand, and with these further parts."""
    xml = b'<?xml version="1.0"?>%b<w:document %b><w:body>%b</w:body></w:document>' % (
        before,
        _W.encode(),
        body,
    )
    return repacked(docx(), {"word/document.xml": xml, **(extra or {})})


def repacked(file: bytes, parts: Mapping[str, bytes]) -> bytes:
    """The same archive with these parts changed or added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            new.writestr(member, parts[member] if member in parts else old.read(member))
        for member in parts.keys() - set(old.namelist()):
            new.writestr(member, parts[member])
    return stream.getvalue()


def word(text: bytes) -> bytes:
    """A paragraph of a Word file."""
    return b"<w:p><w:r><w:t>%b</w:t></w:r></w:p>" % text


_LAUGHS = b'<!DOCTYPE w:document [<!ENTITY a "ha">%b]>' % b"".join(
    b'<!ENTITY %b "%b">' % (name.encode(), b"&%b;" % below.encode() * 10) for below, name in pairwise("abcdefghi")
)


def _foreign_entity(path: Path) -> None:
    secret = path.with_name("secret-of-the-machine")
    secret.write_text(SECRET, encoding="utf-8")
    declaration = f'<!DOCTYPE w:document [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'.encode()
    path.write_bytes(raw_docx(word(b"Shown. &x;"), before=declaration))


def _endless_paragraphs() -> bytes:
    """Text that packs badly enough to pass for a book, in very many paragraphs."""
    return raw_docx(b"".join(b"<w:p><w:pPr><w:ind w:left='%d'/></w:pPr></w:p>" % number for number in range(210_000)))


def _protected_office() -> bytes:
    return _OLE + b"\0" * 504 + "EncryptionInfo EncryptedPackage".encode("utf-16-le") + b"\0" * 2_000


BAD = (
    bad("empty.pdf", "file_empty", bytes),
    bad("program.pdf", "file_type_mismatch", lambda: b"\x7fELF\x02\x01\x01" + bytes(4_000)),
    bad("program.txt", "file_type_mismatch", lambda: b"\x7fELF\x02\x01\x01" + bytes(4_000)),
    bad("report.docx", "file_type_mismatch", pdf),
    bad("slides.docx", "file_type_mismatch", pptx),
    bad("archive.md", "file_type_mismatch", docx),
    bad("before-2007.docx", "file_type_mismatch", lambda: _OLE + bytes(4_000)),
    bad("movie.mp4", "format_unsupported", lambda: bytes(4_000)),
    bad("truncated.pdf", "file_corrupt", lambda: pdf()[:600]),
    bad("truncated.docx", "file_corrupt", lambda: docx()[:-3_000]),
    bad("flate-bomb.pdf", "file_too_complex", _flate_bomb),
    bad("operator-bomb.pdf", "file_too_complex", _operator_bomb),
    bad("page-loop.pdf", "file_corrupt", _page_loop),
    bad("nested-arrays.pdf", "file_corrupt", _nested_arrays),
    bad("broken-xref.pdf", "file_corrupt", _broken_xref),
    bad("scan.pdf", "no_text_found", pdf_without_text),
    bad("password.pdf", "file_encrypted", pdf_with_password),
    bad("password.docx", "file_encrypted", _protected_office),
    bad("password.xlsx", "file_encrypted", _protected_office),
    Bad("sparse.txt", "file_too_large", _sparse),
    bad("zip-bomb.docx", "file_too_complex", lambda: raw_docx(word(b"a" * 100 * 1024**2))),
    bad("empty-paragraphs.docx", "file_too_complex", lambda: raw_docx(b"<w:p/>" * 5_000_000)),
    bad("endless-paragraphs.docx", "file_too_complex", _endless_paragraphs),
    bad(
        "many-parts.docx",
        "file_too_complex",
        lambda: raw_docx(extra={f"word/{n}.xml": b"" for n in range(2_100)}),
    ),
    bad("billion-laughs.docx", "file_corrupt", lambda: raw_docx(word(b"&i;"), before=_LAUGHS)),
    bad(
        "billion-laughs.xlsx",
        "file_corrupt",
        lambda: repacked(xlsx(), {"xl/workbook.xml": _LAUGHS + b"<x>&i;</x>"}),
    ),
    Bad("foreign-entity.docx", "file_corrupt", _foreign_entity),
    bad("nested-tags.docx", "file_corrupt", lambda: raw_docx(b"<w:p>" * 50_000 + b"</w:p>" * 50_000)),
    bad("zip-slip.docx", "file_corrupt", lambda: raw_docx(word(b"x"), extra={"../../slipped.xml": b"<x/>"})),
    bad("utf-16-without-bom.txt", "encoding_unknown", lambda: SENTENCE.encode("utf-16-le")),
    bad(
        "stray-bytes.txt",
        "encoding_unknown",
        lambda: "Réunion à Tbilissi, été\n".encode() * 20 + b"\xff\xfe\x81",
    ),
    bad("short-latin.txt", "encoding_unknown", lambda: b"\xc9t\xe9 \xe0 Tbilissi"),
    bad("noise.txt", "encoding_unknown", lambda: random.Random(1).randbytes(4_000)),
    bad("nested-tags.html", "file_corrupt", lambda: b"<p>One.</p>" + b"<div>" * 20_000),
    bad("one-line.txt", "file_too_complex", lambda: b"word " * 1_100_000),
    bad("blank.md", "no_text_found", lambda: b" \n\n---\n\n"),
    bad("front-matter.md", "front_matter_invalid", lambda: b"---\ntitle: [\n---\nText.\n"),
    bad(
        "front-matter-aliases.md",
        "front_matter_invalid",
        lambda: b"---\na: &a [x]\nb: [*a, *a]\n---\nText.\n",
    ),
)
