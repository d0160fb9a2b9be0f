"""PDF files that loop, unpack without end, lie about themselves or hide things."""

import io
import zlib
from collections.abc import Callable

from pypdf import PdfReader, PdfWriter

from tests.ingest.files import SECRET, Bad, Harmless, bad, harmless, pdf, raw_pdf

CATALOGUE = b"<< /Type /Catalog /Pages 2 0 R >>"
PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
SAID = b"BT /F1 12 Tf 72 720 Td (Said once.) Tj ET"


def page(content: bytes = SAID, *more: bytes, font: bytes = FONT, resources: bytes = b"", extra: bytes = b"") -> bytes:
    """One page: objects 3 to 5 are the page, its content and its font; further objects begin at 6."""
    return raw_pdf(
        CATALOGUE,
        PAGES,
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 5 0 R >> %b >>"
        b" /Contents 4 0 R %b >>" % (resources, extra),
        stream(content),
        font,
        *more,
    )


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(content), entries, content)


def form(content: bytes, resources: bytes) -> bytes:
    return stream(content, b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << %b >>" % resources)


def pages_of(kids: bytes, *more: bytes, count: bytes = b"1") -> bytes:
    return raw_pdf(CATALOGUE, b"<< /Type /Pages /Kids [%b] /Count %b >>" % (kids, count), *more)


def _rewritten(old: bytes, new: bytes) -> bytes:
    return page().replace(old, new)


def _forms_that_double(depth: int = 30) -> bytes:
    """Each form draws the next one twice: 2 ** depth drawings of the last."""
    xobjects = [b"/XObject << /X %d 0 R >>" % number for number in range(7, 7 + depth)]
    forms = [form(b"/X Do /X Do", xobject) for xobject in xobjects]
    return page(b"/X Do", *forms, form(SAID, b""), resources=b"/XObject << /X 6 0 R >>")


def _object_stream(*, holds: int, extends: int) -> bytes:
    """The pages live in a stream of objects that extends another one, or itself."""
    inner = b"2 0 %b" % PAGES
    entries = b"/Type /ObjStm /N %d /First 4 /Extends %d 0 R" % (holds, extends)
    return _with_xref_stream(stream(inner, entries), b"")


def _with_xref_stream(objects: bytes, entries: bytes, size: int = 5) -> bytes:
    """A file whose table of objects is a stream: object 1 is the catalogue, 2 lies in object 3."""
    out = b"%PDF-1.7\n1 0 obj\n" + CATALOGUE + b"\nendobj\n"
    at = len(out)
    out += b"3 0 obj\n%b\nendobj\n" % objects
    table = b"\0\0\0\0\1\0\x09\0\2\0\3\0" + b"\1" + at.to_bytes(2, "big") + b"\0"
    start = len(out)
    head = b"/Type /XRef /W [1 2 1] /Size %d /Root 1 0 R %b" % (size, entries)
    return out + b"4 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (stream(table, head), start)


def _previous_table(*, at: Callable[[bytes], int]) -> bytes:
    """A trailer that says where the table before it is."""
    made = page()
    return made.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev %010d" % at(made))


def _deep(opening: bytes, closing: bytes, count: int = 100_000) -> bytes:
    return raw_pdf(CATALOGUE, opening * count + closing * count)


def _font_map(mapping: bytes) -> bytes:
    """A page whose font translates its codes by this table."""
    table = b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n%b\nendcmap end end" % mapping
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>"
    return page(SAID, stream(table), font=font)


def _picture(width: int, height: int) -> bytes:
    entries = b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB /BitsPerComponent 8" % (
        width,
        height,
    )
    return page(b"/I Do", stream(b"\0", entries), resources=b"/XObject << /I 6 0 R >>")


def _locked(owner: str, user: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf())))
    writer.encrypt(user, owner, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _with_actions() -> bytes:
    """Scripts, programs to start, a file inside and a page elsewhere: none of it is text."""
    actions = (
        b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"
        b" /AA << /WC << /S /Launch /F (/bin/sh) >> >>"
        b" /Names << /EmbeddedFiles << /Names [(x) << /F (https://evil.example/x) >>] >> >>"
    )
    return page().replace(CATALOGUE, b"<< /Type /Catalog /Pages 2 0 R %b >>" % actions)


def _many_revisions(count: int = 3_000) -> bytes:
    made = page()
    at = made.rindex(b"xref\n0")
    return made + b"".join(
        b"xref\n0 0\ntrailer\n<< /Size 6 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n"
        % (at if not number else len(made), len(made))
        for number in range(count)
    )


BAD: tuple[Bad, ...] = (
    bad("only-a-header.pdf", "file_corrupt", lambda: b"%PDF-1.7\n"),
    bad("late-header.pdf", "file_type_mismatch", lambda: b" " * 2_000 + pdf()),
    bad("no-pages.pdf", "file_corrupt", lambda: raw_pdf(b"<< /Type /Catalog >>")),
    bad("pages-that-are-a-number.pdf", "file_corrupt", lambda: raw_pdf(CATALOGUE, b"42")),
    bad("no-kids.pdf", "no_text_found", lambda: pages_of(b"")),
    bad("kid-that-is-missing.pdf", "no_text_found", lambda: pages_of(b"9 0 R")),
    bad("pages-of-themselves.pdf", "file_corrupt", lambda: pages_of(b"2 0 R")),
    bad("page-of-itself.pdf", "file_too_complex", lambda: pages_of(b"3 0 R", b"<< /Type /Page /Parent 3 0 R >>")),
    bad("negative-count.pdf", "file_corrupt", lambda: pages_of(b"2 0 R", count=b"-1")),
    bad(
        "too-many-pages.pdf",
        "file_too_complex",
        lambda: pages_of(b"3 0 R " * 2_500, b"<< /Type /Page /Parent 2 0 R >>", count=b"2500"),
    ),
    bad("table-of-a-billion.pdf", "file_too_complex", lambda: _rewritten(b"xref\n0 6", b"xref\n0 999999999")),
    bad("objects-within-themselves.pdf", "no_text_found", lambda: _object_stream(holds=1, extends=3)),
    bad("a-billion-objects.pdf", "file_corrupt", lambda: _object_stream(holds=10**9, extends=4)),
    bad("length-of-itself.pdf", "file_too_complex", lambda: _rewritten(b"/Length 41", b"/Length 4 0 R")),
    bad("content-of-itself.pdf", "no_text_found", lambda: _rewritten(stream(SAID), b"[4 0 R 4 0 R]")),
    bad(
        "form-in-itself.pdf",
        "no_text_found",
        lambda: page(b"/X Do", form(b"/X Do", b"/XObject << /X 6 0 R >>"), resources=b"/XObject << /X 6 0 R >>"),
    ),
    bad("forms-that-double.pdf", "no_text_found", _forms_that_double),
    bad("unknown-filter.pdf", "file_corrupt", lambda: _rewritten(b"/Length 41", b"/Filter /Nonsense /Length 41")),
    bad(
        "a-thousand-filters.pdf",
        "file_too_complex",
        lambda: _rewritten(b"/Length 41", b"/Filter [%b] /Length 41" % (b"/FlateDecode " * 1_000)),
    ),
    bad(
        "wide-predictor.pdf",
        "file_too_complex",
        lambda: page().replace(
            stream(SAID),
            stream(zlib.compress(SAID), b"/Filter /FlateDecode /DecodeParms << /Predictor 15 /Columns 999999999 >>"),
        ),
    ),
    bad("unterminated-picture.pdf", "file_corrupt", lambda: page(b"BI /W 9 /H 9 ID " + b"\0" * 100_000)),
    bad("huge-picture.pdf", "no_text_found", lambda: _picture(99_999, 99_999)),
    bad(
        "huge-font-map.pdf",
        "file_too_complex",
        lambda: _font_map(b"1 beginbfrange\n<00000000> <FFFFFFFF> <0000>\nendbfrange"),
    ),
    bad("user-password.pdf", "file_encrypted", lambda: _locked("owner", "user")),
    bad(
        "unknown-lock.pdf",
        "file_corrupt",
        lambda: _rewritten(b"/Root 1 0 R", b"/Root 1 0 R /Encrypt << /Filter /No >>"),
    ),
    bad("lock-of-itself.pdf", "file_corrupt", lambda: page(SAID, b"6 0 R").replace(b"/Root", b"/Encrypt 6 0 R /Root")),
)

SLOW: tuple[Bad, ...] = (
    bad("nested-dictionaries.pdf", "file_corrupt", lambda: _deep(b"<< /K ", b">>")),
    bad("nested-strings.pdf", "file_corrupt", lambda: _deep(b"(", b")")),
)

HARMLESS: tuple[Harmless, ...] = (
    harmless("owner-password.pdf", lambda: _locked("owner", ""), "national focal points agreed"),
    harmless("actions.pdf", _with_actions, "Said once.", "evil", "alert", "/bin/sh"),
    harmless(
        "hidden-words.pdf",
        lambda: page(SAID + b" BT /F1 0.3 Tf 72 700 Td (%b) Tj ET" % SECRET.encode()),
        "Said once.",
        SECRET,
    ),
    harmless("no-catalogue.pdf", lambda: _rewritten(b"/Root 1 0 R", b"/Room 1 0 R"), "Said once."),
    harmless("table-before-itself.pdf", lambda: _previous_table(at=lambda made: made.rindex(b"xref\n0")), "Said once."),
    harmless("table-beyond-the-end.pdf", lambda: _rewritten(b"startxref\n", b"startxref\n99999999"), "Said once."),
    harmless(
        "font-of-itself.pdf",
        lambda: page(font=b"<< /Type /Font /Subtype /Type0 /DescendantFonts [5 0 R] >>"),
        "Said once.",
    ),
    harmless("many-revisions.pdf", _many_revisions, "Said once."),
    harmless("many-states.pdf", lambda: page(b"q " * 10_000 + SAID), "Said once."),
    harmless("far-away.pdf", lambda: page(SAID.replace(b"72 720", b"1e99 -1e99")), "Said once."),
    harmless("outlines-of-themselves.pdf", lambda: page(SAID, b"<< /First 6 0 R /Next 6 0 R >>"), "Said once."),
    harmless(
        "endless-title.pdf",
        lambda: page(SAID, b"<< /Title (%b) >>" % (b"T" * 1_000_000)).replace(b"/Root", b"/Info 6 0 R /Root"),
        "Said once.",
    ),
)
