"""Writes the corpus documents that are not Markdown, each with its sidecar, from the texts in `render/`."""

import argparse
import io
import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from html import escape
from itertools import groupby, takewhile
from pathlib import Path
from typing import Any

import yaml
from docx import Document as WordDocument
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from pptx import Presentation
from pptx.util import Inches, Pt

CORPUS = Path(__file__).parent
TEXTS = CORPUS / "render"
PRODUCER = "CoE Assistant"
MADE = datetime(2026, 1, 1, tzinfo=UTC)
"""Date written into every file, so that the same text gives the same bytes on any day."""
NOTICE = (
    "This document is a summary written by the CoE Assistant project from the public pages listed below; "
    "it is not an official document of the Initiative."
)
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)

_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
_LATIN = frozenset(bytes(range(0xA0, 0x100)).decode("latin-1"))
_LINE = 5.5
"""Height of a line of PDF text in millimetres."""


@dataclass(frozen=True, slots=True)
class Part:
    """One heading, paragraph, list or table; a table's first row is its header, a list's row may end in a link."""

    kind: str
    text: str = ""
    rows: tuple[tuple[Any, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A document before it has a format."""

    file: str
    metadata: dict[str, Any]
    parts: tuple[Part, ...]

    @property
    def title(self) -> str:
        """Title, as the metadata give it."""
        return str(self.metadata["title"])


def main() -> None:
    """Render every text into the folder named on the command line, the corpus itself by default."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=CORPUS, help="folder to write into (default: the corpus)")
    output: Path = parser.parse_args().output
    for path in sorted(TEXTS.glob("*.yaml")):
        draft = read(path)
        target = output / draft.file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(RENDERERS[target.suffix](draft))
        target.with_name(f"{target.name}.yaml").write_bytes(sidecar(draft))


def read(path: Path) -> Draft:
    """A draft from its text, with the notice and the list of sources appended."""
    written = yaml.safe_load(path.read_text(encoding="utf-8"))
    metadata = written["metadata"]
    if isinstance(metadata["sources"], str):
        metadata["sources"] = first_sources(metadata["sources"])
    if metadata.get("projects") == "all":
        metadata["projects"] = [record["number"] for record in records("project")]
    closing = (
        Part("heading", "About this summary"),
        Part("text", NOTICE),
        Part("heading", "Sources"),
        Part("items", rows=tuple((citation(source), source["url"]) for source in metadata["sources"])),
    )
    parts = (part for entry in written["content"] for part in _parts(entry))
    return Draft(written["file"], metadata, (*parts, *closing))


@cache
def front_matters() -> tuple[dict[str, Any], ...]:
    """Front matter of every English Markdown document, by path."""
    texts = (path.read_text(encoding="utf-8") for path in sorted(CORPUS.rglob("*.md")))
    matters = (yaml.load(text.split("---\n")[1], Loader=yaml.CSafeLoader) for text in texts)
    return tuple(matter for matter in matters if matter["language"] == "en")


def records(type: str, region: str | None = None) -> list[dict[str, Any]]:
    """Records of one type in all documents, projects by number, meetings by date, others by name."""
    found = [record for matter in front_matters() for record in matter.get("records", ()) if record["type"] == type]
    wanted = [
        record for record in found if region is None or region in (record.get("region"), *record.get("regions", ()))
    ]
    return sorted(
        wanted,
        key=lambda record: (
            record.get("number", 0),
            record.get("start", "9999") if type == "meeting" else "",
            record.get("name") or record["region"],
        ),
    )


def first_sources(type: str) -> list[dict[str, str]]:
    """The first source of every document that has a record of a type, each once."""
    matters = (matter for matter in front_matters() if any(one["type"] == type for one in matter.get("records", ())))
    sources = {matter["sources"][0].get("url"): matter["sources"][0] for matter in matters}
    return [source for url, source in sources.items() if url]


def citation(source: dict[str, str]) -> str:
    """One line of the list of sources."""
    return f"{source['title']}, {source['publisher']}, {long_date(source.get('date'))}"


def long_date(date: str | None) -> str:
    """`2020-11-20` as `20 November 2020`, as precise as it is known."""
    if date is None:
        return "undated"
    year, *rest = date.split("-")
    month = [MONTHS[int(part) - 1] for part in rest[:1]]
    day = [str(int(part)) for part in rest[1:]]
    return " ".join((*day, *month, year))


def sidecar(draft: Draft) -> bytes:
    """The metadata as the YAML file that stands beside the document."""
    text = yaml.dump(draft.metadata, Dumper=_QuotingDumper, allow_unicode=True, sort_keys=False, width=10_000)
    return text.encode()


class _QuotingDumper(yaml.SafeDumper):
    """Quotes every value, so that a date stays the text that was written."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> yaml.MappingNode:
        node = super().represent_mapping(tag, mapping, flow_style)
        for _, value in node.value:
            if isinstance(value, yaml.ScalarNode) and value.tag == "tag:yaml.org,2002:str":
                value.style = "'"
        return node


def stretch(record: dict[str, Any]) -> str:
    """When a meeting was: `1 to 3 June 2021`, as precise as it is known."""
    start, end = record.get("start"), record.get("end") or record.get("start")
    if start == end or start is None:
        return long_date(start)
    first, last = long_date(start).split(), long_date(end).split()
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(first[:0:-1], last[::-1], strict=False)))
    return f"{' '.join(first[: len(first) - same])} to {' '.join(last)}"


def place(record: dict[str, Any]) -> str:
    """City and country of a meeting."""
    return ", ".join(part for part in (record.get("city"), record.get("country")) if part)


def _parts(written: dict[str, Any]) -> Iterator[Part]:
    ((kind, content),) = written.items()
    if kind in GENERATED:
        yield from GENERATED[kind](**content)
    else:
        yield _part(kind, content)


def _projects(region: str | None = None) -> Iterator[Part]:
    """A table of projects."""
    header = ("Number", "Title", "Acronym", "Regions", "Countries", "Start", "End", "Budget", "Implementer", "Status")
    rows = (
        (
            f"Project {record['number']}",
            record["name"],
            record.get("acronym", "none"),
            "; ".join(record.get("regions", ())) or "not given",
            ", ".join(record.get("countries", ())) or "not given",
            long_date(record["start"]) if "start" in record else "not given",
            long_date(record["end"]) if "end" in record else "not given",
            f"EUR {record['budget_eur']:,}" if "budget_eur" in record else "not given",
            record.get("implementer", "not given"),
            record.get("status", "not given"),
        )
        for record in records("project", region)
    )
    yield Part("table", "Projects", (header, *rows))


def _short_projects(region: str) -> Iterator[Part]:
    """A narrow table of a region's projects."""
    rows = ((f"Project {record['number']}", record["name"]) for record in records("project", region))
    yield Part("table", "Projects", (("Number", "Title"), *rows))


def _meetings(region: str) -> Iterator[Part]:
    """A table of a region's meetings."""
    rows = ((stretch(record), record["name"], place(record)) for record in records("meeting", region))
    yield Part("table", "Meetings", (("Date", "Meeting", "Place"), *rows))


def _secretariats() -> Iterator[Part]:
    """A table of the Regional Secretariats."""
    rows = (
        (record["region"], record["city"], record["country"], long_date(record["opened"]))
        for record in records("secretariat")
    )
    yield Part("table", "Secretariats", (("Region", "City", "Country", "Opening"), *rows))


def _yearbook() -> Iterator[Part]:
    """Every meeting under the heading of its year, then how many there were in each region and year."""
    for year, group in groupby(records("meeting"), key=lambda record: record.get("start", "undated")[:4]):
        yield Part("heading", f"Meetings in {year}" if year != "unda" else "Meetings without a date on file")
        yield Part("items", rows=tuple((_entry(record),) for record in group))
    yield Part("heading", "Meetings by year")
    counts = Counter(record["start"][:4] for record in records("meeting") if "start" in record)
    table = (("Year", "Meetings"), *((year, str(counts[year])) for year in sorted(counts)))
    yield Part("table", "Meetings by year", table)


def _entry(record: dict[str, Any]) -> str:
    parts = [part for part in place(record).split(", ") if part and part not in record["name"]]
    where = "".join(f", {part}" for part in parts)
    region = f" ({record['region']})" if "region" in record else ""
    return f"{stretch(record)}: {record['name']}{where}{region}"


GENERATED: dict[str, Callable[..., Iterator[Part]]] = {
    "meetings": _meetings,
    "projects": _projects,
    "secretariats": _secretariats,
    "short_projects": _short_projects,
    "yearbook": _yearbook,
}
"""Parts whose content comes from the records in the documents' front matter, so that the two cannot disagree."""


def _part(kind: str, content: Any) -> Part:
    if kind == "table":
        return Part(kind, rows=(tuple(content["header"]), *map(tuple, content["rows"])))
    if kind == "items":
        return Part(kind, rows=tuple((item,) for item in content))
    return Part(kind, text=content)


# PDF


class _Pages(FPDF):  # type: ignore[misc]
    def footer(self) -> None:
        self.set_y(-15)
        self.set_font("Helvetica", size=9)
        self.cell(0, 10, f"Page {self.page_no()} of {{nb}}", align="C")


def render_pdf(draft: Draft) -> bytes:
    """Numbered pages; uncompressed, because compression differs from machine to machine."""
    pages = _Pages(format="A4")
    pages.set_compression(False)
    pages.set_creation_date(MADE)
    pages.set_producer(PRODUCER)
    pages.set_title(draft.title)
    pages.set_lang("en")
    pages.set_margins(22, 20)
    pages.set_auto_page_break(True, margin=20)
    pages.add_page()
    _pdf_lines(pages, draft.title, size=20, bold=True)
    for part in draft.parts:
        _PDF_PARTS[part.kind](pages, part)
    return bytes(pages.output())


def _pdf_lines(pages: FPDF, text: str, *, size: int = 11, bold: bool = False) -> None:
    pages.set_font("Helvetica", style="B" if bold else "", size=size)
    pages.multi_cell(0, _LINE * size / 11, _latin(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pages.ln(2.5)


def _latin(text: str) -> str:
    """The text in the characters of the fonts that every reader has; of others the letter without its mark."""
    plain = text.translate({0x2013: "-", 0x2014: "-", 0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0x2022: "-"})
    return "".join(
        char if char.isascii() or char in _LATIN else unicodedata.normalize("NFKD", char)[0] for char in plain
    )


def _pdf_heading(pages: FPDF, part: Part) -> None:
    if pages.will_page_break(25):
        pages.add_page()
    pages.ln(3)
    _pdf_lines(pages, part.text, size=14, bold=True)


def _pdf_items(pages: FPDF, part: Part) -> None:
    for item, *_ in part.rows:
        _pdf_lines(pages, f"- {item}")


def _pdf_table(pages: FPDF, part: Part) -> None:
    pages.set_font("Helvetica", size=10)
    with pages.table(headings_style=FontFace(emphasis="BOLD"), text_align="LEFT", line_height=6) as table:
        for row in part.rows:
            table.row([_latin(str(cell)) for cell in row])
    pages.ln(4)


_PDF_PARTS: dict[str, Callable[[FPDF, Part], None]] = {
    "heading": _pdf_heading,
    "items": _pdf_items,
    "table": _pdf_table,
    "text": lambda pages, part: _pdf_lines(pages, part.text),
}


# Word


def render_docx(draft: Draft) -> bytes:
    """Headings by style, tables as tables."""
    word = WordDocument()
    properties = word.core_properties
    properties.title, properties.author, properties.comments = draft.title, PRODUCER, ""
    properties.created = properties.modified = MADE.replace(tzinfo=None)
    word.add_heading(draft.title, level=0)
    for part in draft.parts:
        _WORD_PARTS[part.kind](word, part)
    written = io.BytesIO()
    word.save(written)
    return _stable(written)


def _word_items(word: Any, part: Part) -> None:
    for item, *_ in part.rows:
        word.add_paragraph(item, style="List Bullet")


def _word_table(word: Any, part: Part) -> None:
    table = word.add_table(rows=0, cols=len(part.rows[0]), style="Table Grid")
    for row in part.rows:
        for cell, value in zip(table.add_row().cells, row, strict=True):
            cell.text = str(value)
    for cell in table.rows[0].cells:
        cell.paragraphs[0].runs[0].bold = True
    word.add_paragraph()


_WORD_PARTS: dict[str, Callable[[Any, Part], Any]] = {
    "heading": lambda word, part: word.add_heading(part.text, level=1),
    "items": _word_items,
    "table": _word_table,
    "text": lambda word, part: word.add_paragraph(part.text),
}


# Excel


def render_xlsx(draft: Draft) -> bytes:
    """A sheet for each table and one for the notice."""
    book = Workbook()
    book.remove(book.active)
    book.properties.title, book.properties.creator = draft.title, PRODUCER
    book.properties.created = MADE.replace(tzinfo=None)
    for part in draft.parts:
        if part.kind == "table":
            _fill(book.create_sheet(part.text or "Projects"), part)
    about = book.create_sheet("About this summary")
    about.append([NOTICE.replace("listed below", "listed in the file beside this one")])
    written = io.BytesIO()
    book.save(written)
    return _stable(written)


def _fill(sheet: Any, part: Part) -> None:
    for row in part.rows:
        sheet.append(row)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for column, width in zip("ABCDEFGHIJ"[: len(part.rows[0])], (10, 60, 30, 30, 40, 60, 20, 20, 40, 40), strict=False):
        sheet.column_dimensions[column].width = width
        for cell in sheet[column]:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"


def _stable(written: io.BytesIO) -> bytes:
    """The same archive with fixed dates instead of those of the day."""
    stable = io.BytesIO()
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(stable, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            content = source.read(member)
            if member.filename == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>" + f"{MADE:%Y-%m-%dT%H:%M:%SZ}".encode(), content)
            target.writestr(zipfile.ZipInfo(member.filename, _ZIP_DATE), content, zipfile.ZIP_DEFLATED)
    return stable.getvalue()


# PowerPoint


def render_pptx(draft: Draft) -> bytes:
    """A title slide, then one slide for each heading; what does not fit stands on further ones of the same title."""
    deck = Presentation()
    properties = deck.core_properties
    properties.title, properties.author, properties.comments = draft.title, PRODUCER, ""
    properties.created = properties.modified = MADE.replace(tzinfo=None)
    opening = deck.slides.add_slide(deck.slide_layouts[0])
    opening.shapes.title.text = draft.title
    opening.placeholders[1].text = "EU CBRN CoE Initiative"
    heading = draft.title
    for part in draft.parts:
        if part.kind == "heading":
            heading = part.text
        else:
            _SLIDE_PARTS[part.kind](deck, heading, part)
    written = io.BytesIO()
    deck.save(written)
    return _stable(written)


def _slide_lines(deck: Any, heading: str, lines: tuple[str, ...]) -> None:
    for begin in range(0, len(lines), _LINES_ON_SLIDE):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = heading
        frame = slide.placeholders[1].text_frame
        for number, line in enumerate(lines[begin : begin + _LINES_ON_SLIDE]):
            paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
            paragraph.text = line
            paragraph.font.size = Pt(16)


def _slide_table(deck: Any, heading: str, part: Part) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = heading
    size = (len(part.rows), len(part.rows[0]))
    table = slide.shapes.add_table(*size, Inches(0.5), Inches(1.6), Inches(9), Inches(0.4 * len(part.rows))).table
    for row, values in enumerate(part.rows):
        for column, value in enumerate(values):
            cell = table.cell(row, column)
            cell.text = str(value)
            cell.text_frame.paragraphs[0].font.size = Pt(12)


_LINES_ON_SLIDE = 6
_SLIDE_PARTS: dict[str, Callable[[Any, str, Part], None]] = {
    "items": lambda deck, heading, part: _slide_lines(deck, heading, tuple(str(row[0]) for row in part.rows)),
    "table": _slide_table,
    "text": lambda deck, heading, part: _slide_lines(deck, heading, (part.text,)),
}


# HTML and text


def render_html(draft: Draft) -> bytes:
    """Plain semantic HTML without style or script."""
    title = escape(draft.title)
    body = "\n".join(line for part in draft.parts for line in _HTML_PARTS[part.kind](part))
    page = (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n</head>\n'
        f"<body>\n<main>\n<h1>{title}</h1>\n{body}\n</main>\n</body>\n</html>\n"
    )
    return page.encode()


def _html_items(part: Part) -> Iterator[str]:
    yield "<ul>"
    for item, *links in part.rows:
        yield "".join(("<li>", escape(item), *(f', <a href="{escape(link)}">link</a>' for link in links), "</li>"))
    yield "</ul>"


def _html_table(part: Part) -> Iterator[str]:
    header, *rows = part.rows
    yield f"<table>\n<thead>\n{_html_row(header, 'th')}\n</thead>\n<tbody>"
    yield from (_html_row(row, "td") for row in rows)
    yield "</tbody>\n</table>"


def _html_row(row: tuple[Any, ...], tag: str) -> str:
    return f"<tr>{''.join(f'<{tag}>{escape(str(cell))}</{tag}>' for cell in row)}</tr>"


_HTML_PARTS: dict[str, Callable[[Part], Iterator[str]]] = {
    "heading": lambda part: iter((f"<h2>{escape(part.text)}</h2>",)),
    "items": _html_items,
    "table": _html_table,
    "text": lambda part: iter((f"<p>{escape(part.text)}</p>",)),
}


def render_txt(draft: Draft) -> bytes:
    """Paragraphs with an empty line between them."""
    blocks = (block for part in draft.parts for block in _text_blocks(part))
    return ("\n\n".join((draft.title, *blocks)) + "\n").encode()


def _text_blocks(part: Part) -> Iterator[str]:
    if part.text:
        yield part.text
    if part.rows:
        yield "\n".join(f"- {row[0]}" if part.kind == "items" else ", ".join(map(str, row)) for row in part.rows)


RENDERERS: dict[str, Callable[[Draft], bytes]] = {
    ".docx": render_docx,
    ".html": render_html,
    ".pdf": render_pdf,
    ".pptx": render_pptx,
    ".txt": render_txt,
    ".xlsx": render_xlsx,
}


if __name__ == "__main__":
    main()
