"""A briefing note as a Word document with real footnotes."""

import io
import re
import zipfile
from datetime import datetime
from typing import Any

from docx import Document as new_document
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from lxml import etree

from app.conversations.brief import NOTICE, Brief, Cited, Entry, Mark, Note, described

_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_MADE = datetime(2000, 1, 1)
"""Written where Word wants a moment: the same conversation gives the same bytes at any time."""
_SEPARATORS = (("separator", -1), ("continuationSeparator", 0))
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What XML cannot hold."""


def as_word(brief: Brief) -> bytes:
    """The note as a .docx file; the same conversation gives the same bytes."""
    document = new_document()
    properties = document.core_properties
    properties.title, properties.author, properties.comments = _clean(brief.title)[:255], "CoE Assistant", NOTICE
    properties.created = properties.modified = _MADE
    document.add_heading(_clean(brief.title), level=0)
    document.add_paragraph(NOTICE).runs[0].italic = True
    for number, entry in enumerate(brief.entries, start=1):
        _add_entry(document, number, entry)
    if brief.bibliography:
        document.add_heading("Bibliography", level=1)
        for cited in brief.bibliography:
            _add_cited(document, cited)
    _add_footnotes(document, brief.notes)
    written = io.BytesIO()
    document.save(written)
    return _stable(written)


def _add_entry(document: Any, number: int, entry: Entry) -> None:
    document.add_heading(f"{number}. {_clean(entry.question)}", level=1)
    document.add_paragraph(f"Asked on {entry.asked}").runs[0].italic = True
    if entry.short:
        document.add_paragraph().add_run(_clean(entry.short)).bold = True
    for line in entry.lines:
        paragraph = document.add_paragraph(style="List Bullet" if line.is_item else None)
        for span in line.spans:
            if isinstance(span, Mark):
                _add_mark(paragraph, span)
            else:
                paragraph.add_run(_clean(span))
    if entry.standing:
        document.add_paragraph(entry.standing).runs[0].italic = True


def _add_mark(paragraph: Any, mark: Mark) -> None:
    """A footnote where it is first referred to; later a link back to that place, with the same number."""
    run = paragraph.add_run()
    run.font.superscript = True
    if mark.is_first:
        reference = OxmlElement("w:footnoteReference")
        reference.set(qn("w:id"), str(mark.number))
        run._r.append(reference)
        for kind, place in (("w:bookmarkStart", run._r.addprevious), ("w:bookmarkEnd", run._r.addnext)):
            bookmark = OxmlElement(kind)
            bookmark.set(qn("w:id"), str(mark.number))
            if kind == "w:bookmarkStart":
                bookmark.set(qn("w:name"), f"note{mark.number}")
            place(bookmark)
        return
    run.text = str(mark.number)
    link = OxmlElement("w:hyperlink")
    link.set(qn("w:anchor"), f"note{mark.number}")
    run._r.addprevious(link)
    link.append(run._r)


def _add_footnotes(document: Any, notes: tuple[Note, ...]) -> None:
    root = parse_xml(f"<w:footnotes {nsdecls('w')}/>")
    for kind, id in _SEPARATORS:
        root.append(
            parse_xml(
                f'<w:footnote {nsdecls("w")} w:type="{kind}" w:id="{id}"><w:p><w:r><w:{kind}/></w:r></w:p></w:footnote>'
            )
        )
    for note in notes:
        footnote = parse_xml(
            f'<w:footnote {nsdecls("w")} w:id="{note.number}"><w:p><w:r><w:rPr><w:vertAlign w:val="superscript"/>'
            "</w:rPr><w:footnoteRef/></w:r><w:r><w:t/></w:r></w:p></w:footnote>"
        )
        change = f" {note.change}" if note.change else ""
        text = footnote.find(f".//{qn('w:t')}")
        text.text = _clean(f" {note.place}: “{note.quote}”{change}")
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        root.append(footnote)
    blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    part = Part(PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, blob, document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)


def _add_cited(document: Any, cited: Cited) -> None:
    paragraph = document.add_paragraph()
    paragraph.add_run(_clean(cited.title)).bold = True
    for source in cited.sources:
        line = document.add_paragraph(_clean(described(source)), style="List Bullet")
        if source.url and re.match(r"https?://", source.url):
            line.add_run(" ")
            _add_link(document, line, _clean(source.url))


def _add_link(document: Any, paragraph: Any, url: str) -> None:
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), document.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run = paragraph.add_run(url)
    run.font.underline = True
    link.append(run._r)
    paragraph._p.append(link)


def _clean(text: str) -> str:
    return _CONTROL.sub("", text)


def _stable(written: io.BytesIO) -> bytes:
    """The same archive with a fixed date in place of that of the day."""
    stable = io.BytesIO()
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(stable, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            target.writestr(zipfile.ZipInfo(member.filename, _ZIP_DATE), source.read(member), zipfile.ZIP_DEFLATED)
    return stable.getvalue()
