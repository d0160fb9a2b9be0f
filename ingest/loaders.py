"""One loader per file format: bytes become blocks of plain text in reading order, or a reason why not."""

import csv
import io
import re
import stat
import statistics
import unicodedata
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import chain, pairwise, zip_longest
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ingest import front_matter
from ingest.errors import DocumentRejected
from ingest.types import Block, BlockKind

if TYPE_CHECKING:
    from markdown_it.token import Token
    from pypdf import PageObject

MAX_BYTES = 20 * 1024 * 1024
MAX_PAGES = 2_000
MAX_CHARACTERS = 5_000_000
MAX_BLOCKS = 200_000
MAX_MEMBERS = 2_000
MAX_EXPANDED = 200 * 1024 * 1024
MAX_RATIO = 100
SMALL_MEMBER = 1024 * 1024
"""Members up to this size may compress as well as they like."""

Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a file holds: its blocks, its front matter as written, and the title the format itself gives."""

    blocks: tuple[Block, ...]
    metadata: Mapping[str, object] | None = None
    title: str | None = None


Loader = Callable[[bytes, str], Loaded]
"""From a file's bytes and its name (for messages only)."""


def load(path: Path) -> Loaded:
    """Blocks of a file; raises `DocumentRejected` with one of the named codes for anything unreadable."""
    name = clean(path.name)
    data = _read(path, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            loaded = LOADERS[path.suffix.lower()](data, name)
    except DocumentRejected:
        raise
    except MemoryError:
        raise too_complex(name, "needs more memory than one file may use") from None
    except Exception as error:
        raise _corrupt(name, type(error).__name__) from error
    if not any(character.isalnum() for block in loaded.blocks for character in block.text):
        hint = "; a scan needs text recognition first" if path.suffix.lower() == ".pdf" else ""
        raise DocumentRejected("no_text_found", f"{name} holds no text{hint}.")
    return loaded


def too_complex(name: str, reason: str) -> DocumentRejected:
    """Rejection of a file that costs more than one file may cost."""
    return DocumentRejected("file_too_complex", f"{name} {reason}.")


def _corrupt(name: str, reason: str) -> DocumentRejected:
    return DocumentRejected("file_corrupt", f"{name} is damaged and cannot be read ({reason}).")


def _mismatch(name: str, reason: str) -> DocumentRejected:
    return DocumentRejected("file_type_mismatch", f"{name} {reason}.")


# Before parsing: cheap checks on the file itself


def _read(path: Path, name: str) -> bytes:
    suffix = path.suffix.lower()
    if suffix not in LOADERS:
        known = ", ".join(sorted(LOADERS))
        raise DocumentRejected("format_unsupported", f"{name} is not of a format that is read: {known}.")
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise _mismatch(name, "is not a regular file")
        if status.st_size > MAX_BYTES:
            limit = MAX_BYTES // 1024**2
            raise DocumentRejected("file_too_large", f"{name} is larger than {limit} MB.")
        data = path.read_bytes()
    except OSError as error:
        raise _corrupt(name, error.strerror or type(error).__name__) from error
    if not data:
        raise DocumentRejected("file_empty", f"{name} is empty.")
    return data


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_BINARIES = (
    (b"%PDF-", "a PDF file"),
    (_ZIP, "a zip or office file"),
    (_OLE, "an old office file"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\x00", "a program"),
    (b"\x89PNG", "an image"),
    (b"GIF8", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"\x1f\x8b", "a compressed file"),
    (b"7z\xbc\xaf", "a compressed file"),
)


def _check_archive(data: bytes, name: str, folder: str) -> None:
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise _encrypted(name)
        raise _mismatch(name, "is an office file of the kind before 2007 under a new suffix")
    if not data.startswith(_ZIP):
        raise _mismatch(name, f"is not a {PurePosixPath(name).suffix.lstrip('.')} file inside")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            _check_members(members, name)
            if not any(member.filename.startswith(folder) for member in members):
                raise _mismatch(name, f"holds no {folder} part, so it is another kind of file")
            _check_declarations(archive, name)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as error:
        raise _corrupt(name, str(error)) from error


def _check_members(members: Sequence[zipfile.ZipInfo], name: str) -> None:
    if len(members) > MAX_MEMBERS:
        raise too_complex(name, f"is made of {len(members):,} parts, more than {MAX_MEMBERS:,}")
    if sum(member.file_size for member in members) > MAX_EXPANDED:
        raise too_complex(name, f"unpacks to more than {MAX_EXPANDED // 1024**2} MB")
    for member in members:
        if member.flag_bits & 1:
            raise _encrypted(name)
        if member.file_size > SMALL_MEMBER and member.file_size > MAX_RATIO * member.compress_size:
            raise too_complex(name, f"unpacks to more than {MAX_RATIO} times its size")
        if _leaves_folder(member.filename):
            raise _corrupt(name, "a part of it names a place outside the file")


def _leaves_folder(member: str) -> bool:
    parts = PurePosixPath(member.replace("\\", "/"))
    return parts.is_absolute() or ".." in parts.parts or ":" in member


def _check_declarations(archive: zipfile.ZipFile, name: str) -> None:
    """Office files never declare document types; those that do want entities expanded or files fetched."""
    for member in archive.infolist():
        if not member.filename.lower().endswith((".xml", ".rels")):
            continue
        if b"<!DOCTYPE" in archive.read(member).replace(b"\0", b""):
            raise _corrupt(name, "it declares a document type")


def _encrypted(name: str) -> DocumentRejected:
    return DocumentRejected("file_encrypted", f"{name} is protected by a password.")


# Text: one encoding, one cleaning

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # control characters
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0"  # nothing to see
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # zero width, direction overrides
    "\ufe00-\ufe0f\U000e0000-\U000e0fff"  # variation selectors, tag characters
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"  # halves of characters, no characters
)
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_MANY_NULS = 0.05
_CODE_PAGES = ["cp1252", "cp1251", "cp1250", "cp1256", "cp1253", "cp1254"]
"""What texts from before Unicode may be in; of two equally likely, the first is meant."""
_ITEM = re.compile(r"(?:[•·▪■‣◦○●–—*-])\s+(?=\S)")


def clean(text: str) -> str:
    """One line of visible text: composed characters, single spaces, nothing hidden in between."""
    visible = _PRIVATE.sub(" ", _INVISIBLE.sub("", text))
    return " ".join(unicodedata.normalize("NFC", visible).split())


def clean_values(value: object) -> object:
    """The same value with every text in it cleaned."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {clean_values(key): clean_values(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean_values(item) for item in value]
    return value


def decode(data: bytes, name: str) -> str:
    """Text of a plain file, its line ends as one character; `encoding_unknown` rather than a wrong guess."""
    for magic, kind in _BINARIES:
        if data.startswith(magic):
            raise _mismatch(name, f"is {kind} inside")
    text = _decoded(data)
    if text is None or text.count("\0") > _MANY_NULS * len(text):
        raise DocumentRejected("encoding_unknown", f"{name} is not in an encoding that can be told; save it as UTF-8.")
    if len(text) > MAX_CHARACTERS:
        raise too_complex(name, f"holds more than {MAX_CHARACTERS:,} characters")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decoded(data: bytes) -> str | None:
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None if encoding == "utf-16" or _is_broken_utf8(data) else _guessed(data)


def _is_broken_utf8(data: bytes) -> bool:
    """True when most bytes above ASCII do form UTF-8: another encoding would turn those into nonsense."""
    text = data.decode("utf-8", "surrogateescape")
    stray = len(re.findall("[\udc80-\udcff]", text))
    whole = len(re.findall("[^\x00-\x7f\udc80-\udcff]", text))
    return whole > stray


def _guessed(data: bytes) -> str | None:
    """The one likely reading of a text from before Unicode; None when no language can be told."""
    if b"\0" in data:
        return None
    from charset_normalizer import from_bytes

    matches = list(from_bytes(data, cp_isolation=_CODE_PAGES))
    likeliest = max((match.coherence for match in matches), default=0.0)
    texts = {match.encoding: str(match) for match in matches if match.coherence == likeliest}
    if not likeliest and len(texts) > 1:
        return None
    return next((texts[page] for page in _CODE_PAGES if page in texts), None)


# Blocks


def _bounded(blocks: Iterable[Block], name: str) -> tuple[Block, ...]:
    """Blocks with text, cleaned; stops as soon as they are too many."""
    kept: list[Block] = []
    characters = 0
    for number, block in enumerate(blocks):
        text = clean(block.text)
        characters += len(text)
        if characters > MAX_CHARACTERS:
            raise too_complex(name, f"holds more than {MAX_CHARACTERS:,} characters")
        if number >= MAX_BLOCKS:
            raise too_complex(name, f"holds more than {MAX_BLOCKS:,} paragraphs and rows")
        if text:
            kept.append(replace(block, text=text))
    return tuple(kept)


def _table(rows: Iterable[Row], *, headed: bool, page: int | None = None) -> Iterator[Block]:
    """One block for each row, readable alone."""
    header: Row | None = None
    for row in rows:
        cells = [clean(cell) for cell in row]
        if sum(map(bool, cells)) == 0:
            continue
        if headed and header is None:
            header = cells
        else:
            yield Block("row", _row_text(cells, header or ()), page=page)


def _row_text(cells: Row, header: Row) -> str:
    if not any(header):
        return " | ".join(cell for cell in cells if cell)
    names = [*header, *[""] * len(cells)]
    return "; ".join(
        f"{name.removesuffix(':')}: {cell}" if name else cell for name, cell in zip(names, cells, strict=False) if cell
    )


_NUMBER = re.compile(r"(?=.*\d)[\d.,:/%€$ –-]+")
_LONGEST_HEADER = 80


def _looks_headed(rows: Sequence[Row], *, strict: bool = True) -> bool:
    """True when a table that marks no header row surely has one."""
    if len(rows) < 2 or len(rows[0]) < 2:
        return False
    header = [cell.strip() for cell in rows[0]]
    if not all(cell and len(cell) <= _LONGEST_HEADER and not _NUMBER.fullmatch(cell) for cell in header):
        return False
    if len({cell.lower() for cell in header}) < len(header):
        return False
    return not strict or len(header) > 2 or _has_number_column(rows[1:])


def _has_number_column(rows: Sequence[Row]) -> bool:
    """True when the second of two columns mostly holds numbers below its name."""
    values = [row[1].strip() for row in rows if len(row) > 1 and row[1].strip()]
    return sum(bool(_NUMBER.fullmatch(value)) for value in values) > len(values) / 2


# Markdown and plain text


def load_markdown(data: bytes, name: str) -> Loaded:
    """CommonMark with tables and front matter; the text is stored without its markup."""
    from markdown_it import MarkdownIt

    metadata, body = front_matter.split(decode(data, name), where=name)
    tokens = MarkdownIt("commonmark").enable("table").parse(body)
    return Loaded(_bounded(_markdown_blocks(iter(tokens)), name), metadata)


def _markdown_blocks(tokens: Iterator["Token"]) -> Iterator[Block]:
    items = 0
    for token in tokens:
        items += {"list_item_open": 1, "list_item_close": -1}.get(token.type, 0)
        if token.type == "heading_open":
            yield Block("heading", _inline_text(next(tokens)), level=int(token.tag[1:]))
        elif token.type == "table_open":
            yield from _table(_markdown_rows(tokens), headed=True)
        elif token.type == "inline":
            yield Block("item" if items else "paragraph", _inline_text(token))
        elif token.type in ("fence", "code_block"):
            yield Block("paragraph", token.content)


def _markdown_rows(tokens: Iterator["Token"]) -> Iterator[Row]:
    row: list[str] = []
    for token in tokens:
        if token.type == "table_close":
            return
        if token.type == "tr_open":
            row = []
        elif token.type == "inline":
            row.append(_inline_text(token))
        elif token.type == "tr_close":
            yield row


def _inline_text(token: "Token") -> str:
    breaks = {"softbreak": " ", "hardbreak": " ", "html_inline": ""}
    return "".join(breaks.get(child.type, child.content) for child in token.children or ())


def load_text(data: bytes, name: str) -> Loaded:
    """Paragraphs between blank lines; lines that begin with a bullet are items."""
    return Loaded(_bounded(_text_blocks(decode(data, name)), name))


def _text_blocks(text: str) -> Iterator[Block]:
    kind: BlockKind = "paragraph"
    lines: list[str] = []
    for line in chain(text.replace("\f", "\n\n").split("\n"), [""]):
        stripped = line.strip()
        bullet = _ITEM.match(stripped)
        if (bullet or not stripped) and lines:
            yield Block(kind, " ".join(lines))
            kind, lines = "paragraph", []
        if bullet:
            kind = "item"
        if stripped:
            lines.append(stripped[bullet.end() if bullet else 0 :])


def load_csv(data: bytes, name: str) -> Loaded:
    """A row of values by the names in the first row, whatever the delimiter."""
    text = decode(data, name)
    csv.field_size_limit(MAX_CHARACTERS)
    rows = list(csv.reader(io.StringIO(text), delimiter=_delimiter(text)))
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    return Loaded(_bounded(_table(filled, headed=_looks_headed(filled, strict=False)), name))


def _delimiter(text: str) -> str:
    """The delimiter that cuts the first lines into the same number of cells, and into most."""
    sample = "\n".join(text.split("\n", 20)[:20])[:20_000]
    scores: dict[str, tuple[int, int]] = {}
    for delimiter in ",;\t|":
        widths = [len(row) for row in csv.reader(io.StringIO(sample), delimiter=delimiter) if row]
        width, count = Counter(widths).most_common(1)[0] if widths else (1, 0)
        scores[delimiter] = (count if width > 1 else 0, width)
    return max(scores, key=lambda delimiter: scores[delimiter])


# HTML

_DROPPED = (
    "script style template noscript svg math iframe object embed canvas nav aside footer button select"
    " input textarea dialog [hidden] [role=navigation] [role=banner] [role=contentinfo] [role=search]"
)
_BLOCK_TAG = re.compile(
    "address|article|blockquote|body|caption|center|d[dlt]|details|div|fieldset|figcaption|figure|form|header|hr"
    "|html|li|main|menu|ol|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul"
)
_HEADINGS = MappingProxyType({f"h{level}": level for level in range(1, 7)})
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?:font-size|opacity)\s*:\s*0(?![\d.])", re.IGNORECASE
)
_WHITE = re.compile(
    r"(?<![-\w])color\s*:\s*(?:white|#fff(?:fff)?|rgb\(\s*255\s*,\s*255\s*,\s*255\s*\))(?!\w)", re.IGNORECASE
)
_CSS_NOISE = re.compile(r"/\*.*?\*/", re.DOTALL)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{1,40})", re.IGNORECASE)
MAX_CSS = 100_000
MAX_SELECTORS = 200
MAX_SPAN = 50


@dataclass(frozen=True, slots=True)
class _Break:
    """Border between blocks; what follows is of this kind."""

    kind: BlockKind


def load_html(data: bytes, name: str) -> Loaded:
    """Main content of a page as it is seen: no scripts, navigation or hidden text, nothing fetched."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(_decode_html(data, name), "lxml")
    title = soup.title.get_text() if soup.title else None
    for element in _unseen(soup):
        element.extract()
    main = _main_content(soup)
    headings = [heading.get_text() for heading in main.find_all("h1")]
    blocks = _bounded(_folded(_flow(main, "paragraph")), name)
    return Loaded(blocks, title=clean(headings[0] if len(headings) == 1 else title or "") or None)


def _decode_html(data: bytes, name: str) -> str:
    declared = _META_CHARSET.search(data[:4096])
    if declared and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            try:
                return decode(data.decode(declared[1].decode("ascii")).encode(), name)
            except (LookupError, UnicodeError):
                pass
    return decode(data, name)


def _unseen(soup: Any) -> list[Any]:
    from bs4 import Comment

    hidden = list(soup.select(_DROPPED.replace(" ", ",")))
    hidden += soup.find_all(style=_HIDING)
    hidden += [element for element in soup.find_all(style=_WHITE) if not _has_backdrop(element)]
    hidden += [header for header in soup.find_all("header") if not header.find("h1")]
    css = _CSS_NOISE.sub("", "".join(style.get_text() for style in soup.find_all("style"))[:MAX_CSS])
    for selector in _hiding_selectors(css)[:MAX_SELECTORS]:
        hidden += _selected(soup, selector)
    hidden += soup.find_all(string=lambda string: isinstance(string, Comment))
    return hidden


def _hiding_selectors(css: str) -> list[str]:
    """Selectors of rules that hide, leaving out those that hold for some media only."""
    selectors, depth = [], 0
    for rule in css.split("}"):
        if depth == 0 and rule.count("{") == 1:
            selector, _, declarations = rule.partition("{")
            selectors += [selector.strip()] * bool(_HIDING.search(declarations))
        depth = max(0, depth + rule.count("{") - 1)
    return selectors


def _selected(soup: Any, selector: str) -> list[Any]:
    from soupsieve import SelectorSyntaxError

    if ":" in selector or selector in ("html", "body", "*"):
        return []
    try:
        return list(soup.select(selector))
    except (SelectorSyntaxError, NotImplementedError):
        return []


def _has_backdrop(element: Any) -> bool:
    """True when white text may stand on a colour, as in a banner: then it is not hidden."""
    return any(
        "background" in str(parent.get("style", "")) or parent.get("class") or parent.get("bgcolor")
        for parent in chain([element], element.parents)
    )


def _main_content(soup: Any) -> Any:
    articles = soup.find_all("article")
    candidates = [
        soup.find("main"),
        soup.find(attrs={"role": "main"}),
        *(articles if len(articles) == 1 else []),
    ]
    seen = [candidate for candidate in candidates if candidate and candidate.get_text(strip=True)]
    return next(iter(seen), soup.body or soup)


def _flow(node: Any, kind: BlockKind) -> Iterator[str | _Break | Block]:
    """Inline text, breaks, and whole blocks for headings and table rows, in reading order."""
    for child in node.children:
        tag = getattr(child, "name", None)
        if tag is None:
            yield str(child)
        elif tag in _HEADINGS:
            yield from (_Break(kind), Block("heading", _flat(child), level=_HEADINGS[tag]))
        elif tag == "table" and not child.find("table"):
            yield _Break(kind)
            yield from _html_table(child)
        elif tag == "br":
            yield " "
        elif _BLOCK_TAG.fullmatch(tag):
            inner: BlockKind = "item" if tag == "li" else kind
            yield _Break(inner)
            yield from _flow(child, inner)
            yield _Break(kind)
        else:
            yield from _flow(child, kind)


def _folded(events: Iterable[str | _Break | Block]) -> Iterator[Block]:
    kind: BlockKind = "paragraph"
    words: list[str] = []
    for event in chain(events, [_Break("paragraph")]):
        if isinstance(event, str):
            words.append(event)
            continue
        if any(word.strip() for word in words):
            yield Block(kind, "".join(words))
        words = []
        if isinstance(event, Block):
            yield event
        else:
            kind = event.kind


def _flat(node: Any) -> str:
    return clean("".join(_flat_pieces(_flow(node, "paragraph"))))


def _flat_pieces(events: Iterable[str | _Break | Block]) -> Iterator[str]:
    for event in events:
        if isinstance(event, str):
            yield event
        else:
            yield f" {event.text} " if isinstance(event, Block) else " "


def _html_table(table: Any) -> Iterator[Block]:
    rows = table.find_all("tr")
    if table.caption:
        yield Block("paragraph", _flat(table.caption))
    if not rows:
        return
    grid = _spread(rows)
    first = [cell.name for cell in rows[0].find_all(["th", "td"])]
    marked = bool(table.thead) or set(first) == {"th"}
    if not marked and len(first) == 2 and all(_is_named_value(row) for row in rows):
        yield from (Block("row", _row_text(cells[1:], cells[:1])) for cells in grid)
    else:
        yield from _table(grid, headed=marked or _looks_headed(grid))


def _is_named_value(row: Any) -> bool:
    return [cell.name for cell in row.find_all(["th", "td"])] == ["th", "td"]


def _spread(rows: Iterable[Any]) -> list[Row]:
    """Cells in columns: a cell over several rows counts in each, one over several columns in its first."""
    grid: list[Row] = []
    lasting: dict[int, tuple[str, int]] = {}
    for row in rows:
        cells: dict[int, str] = {column: text for column, (text, _) in lasting.items()}
        lasting = {column: (text, left - 1) for column, (text, left) in lasting.items() if left > 1}
        column = 0
        for cell in row.find_all(["th", "td"]):
            while column in cells:
                column += 1
            text, rows_down, across = _flat(cell), _span(cell, "rowspan"), _span(cell, "colspan")
            for offset in range(across):
                cells[column + offset] = text if offset == 0 else ""
                if rows_down > 1:
                    lasting[column + offset] = (cells[column + offset], rows_down - 1)
            column += across
        grid.append([cells.get(index, "") for index in range(max(cells, default=-1) + 1)])
    return grid


def _span(cell: Any, name: str) -> int:
    value = str(cell.get(name, "1"))
    return min(max(int(value), 1), MAX_SPAN) if value.isdecimal() else 1


# PDF

_GLYPHS = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
    | dict.fromkeys("\uf0a7\uf0b7\uf0d8\uf0fc", "•")
)
_MARKER = re.compile(r"[•·▪■‣◦○●–—*-]|\(?\w{1,3}[.)]")
_PAGE_NUMBER = re.compile(r"(?:page\s+)?\d{1,4}\s*(?:/|of)\s*\d{1,4}|page\s+\d{1,4}|[-–—]\s*\d{1,4}\s*[-–—]", re.I)
_SENTENCE_END = (".", "!", "?", ":", ";")
_CUT_WORD = re.compile(r"(\w+)-$")
_OUTER_LINES = 2
_LONGEST_HEADING = 160
_TITLE_JUNK = re.compile(r"^microsoft |^untitled|\.(?:docx?|pptx?|xlsx?|pdf|indd|qxd)$|^slide \d|^powerpoint", re.I)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Some words of a PDF page, where they begin, and how large they are."""

    text: str
    x: float
    y: float
    size: float
    bold: bool


_Cell = list[_Piece]
_Group = list[_Cell]
"""Cells that stand side by side; one cell of several lines is ordinary text."""


@dataclass(frozen=True, slots=True)
class _Print:
    """What is normal in a document: the size of its letters and the distance of its lines."""

    size: float
    leading: float
    levels: Mapping[float, int]
    words: frozenset[str]


def load_pdf(data: bytes, name: str) -> Loaded:
    """Pages of text with lines joined again, headers and page numbers left out; columns of a table kept."""
    if b"%PDF-" not in data[:1024]:
        raise _mismatch(name, "is not a PDF file inside")
    from pypdf import PdfReader
    from pypdf.errors import LimitReachedError

    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise _encrypted(name)
        if len(reader.pages) > MAX_PAGES:
            raise too_complex(name, f"has more than {MAX_PAGES:,} pages")
        pages = _without_margins([_pieces(page) for page in reader.pages])
        title = clean((reader.metadata.title if reader.metadata else "") or "")
    except LimitReachedError:
        raise too_complex(name, "unpacks to more than a file may hold") from None
    blocks = _bounded(_pdf_blocks(pages), name)
    return Loaded(blocks, title=title if title and not _TITLE_JUNK.search(title) else None)


def _pieces(page: "PageObject") -> list[_Piece]:
    pieces: list[_Piece] = []

    def visit(text: str, cm: Sequence[float], tm: Sequence[float], font: Any, size: float) -> None:
        visible = clean(text.translate(_GLYPHS))
        scale = abs(tm[3] * cm[3]) or abs(tm[1] * cm[2]) or 1.0
        if not visible or size * scale < 1:
            return
        x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        bold = "bold" in str((font or {}).get("/BaseFont", "")).lower()
        spaced = f"{' ' * text.startswith(' ')}{visible}{' ' * text.endswith(' ')}"
        pieces.append(_Piece(spaced, x, y, round(size * scale * 2) / 2, bold))

    page.extract_text(visitor_text=visit)
    return pieces


def _without_margins(pages: Sequence[list[_Piece]]) -> list[list[_Piece]]:
    """Pages without what most of them repeat at the top or the bottom, and without their numbers."""
    marks = [{_mark(piece) for piece in _outer(page)} for page in pages]
    counts = Counter(chain.from_iterable(marks))
    repeated = {mark for mark, count in counts.items() if count >= max(3, len(pages) / 2)}
    return [
        _without(page, repeated, range(max(0, number - 20), number + 21)) for number, page in enumerate(pages, start=1)
    ]


def _without(page: list[_Piece], repeated: set[tuple[str, int]], numbers: range) -> list[_Piece]:
    outer = _outer(page)
    alone = Counter(round(piece.y) for piece in page)
    dropped = {
        id(piece)
        for piece in outer
        if _mark(piece) in repeated or (alone[round(piece.y)] == 1 and _is_number(piece.text.strip(), numbers))
    }
    return [piece for piece in page if id(piece) not in dropped]


def _is_number(text: str, numbers: range) -> bool:
    return bool(_PAGE_NUMBER.fullmatch(text)) or (text.isdecimal() and len(text) <= 4 and int(text) in numbers)


def _mark(piece: _Piece) -> tuple[str, int]:
    return re.sub(r"\d+", "#", piece.text.strip()), round(piece.y)


def _outer(page: Sequence[_Piece]) -> list[_Piece]:
    heights = sorted({round(piece.y) for piece in page})
    borders = {*heights[:_OUTER_LINES], *heights[-_OUTER_LINES:]}
    return [piece for piece in page if round(piece.y) in borders]


def _pdf_blocks(pages: Sequence[list[_Piece]]) -> Iterator[Block]:
    look = _print(pages)
    for number, page in enumerate(pages, start=1):
        lines: list[_Piece] = []
        for table, groups in _tables(_groups(page)):
            if not table:
                lines.extend(chain.from_iterable(chain.from_iterable(groups)))
                continue
            yield from _prose(_lines(lines), look, number)
            lines = []
            yield from _pdf_table(groups, look, number)
        yield from _prose(_lines(lines), look, number)


def _print(pages: Sequence[list[_Piece]]) -> _Print:
    sizes: Counter[float] = Counter()
    gaps: list[float] = []
    for piece in chain.from_iterable(pages):
        sizes[piece.size] += len(piece.text)
    size = sizes.most_common(1)[0][0] if sizes else 10.0
    for page in pages:
        body = [piece for piece in page if piece.size == size]
        gaps += [upper.y - lower.y for upper, lower in pairwise(body) if 0.5 * size < upper.y - lower.y < 3 * size]
    larger = sorted((other for other in sizes if other > 1.1 * size), reverse=True)
    levels = {other: min(level, 4) for level, other in enumerate(larger, start=1)}
    words = frozenset(re.findall(r"\w+-\w+", " ".join(piece.text for page in pages for piece in page)))
    return _Print(size, statistics.median(gaps) if gaps else 1.3 * size, levels, words)


def _groups(page: Sequence[_Piece]) -> list[_Group]:
    """Pieces in the order of the file, gathered where they stand side by side or directly below."""
    groups: list[_Group] = []
    for piece in page:
        if not groups or not _joins(groups, piece):
            groups.append([[piece]])
    return groups


def _joins(groups: list[_Group], piece: _Piece) -> bool:
    group = groups[-1]
    last = group[-1][-1]
    step = last.y - piece.y
    if abs(piece.x - group[-1][0].x) < 1 and 0 < step < 2.3 * piece.size:
        group[-1].append(piece)
        return True
    if piece.x <= last.x or step > 0.3 * piece.size:
        return False
    if len(group) == 1 and abs(step) <= 0.3 * piece.size and len(group[0]) > 1:
        groups[-1:] = [[group[0][:-1]], [[last], [piece]]]
    else:
        group.append([piece])
    return True


def _tables(groups: Sequence[_Group]) -> Iterator[tuple[bool, list[_Group]]]:
    """Runs of groups; a run of two or more whose columns begin at the same places is a table."""
    run: list[_Group] = []
    for group in groups:
        if run and not _continues_table(run, group):
            yield len(run) > 1, run
            run = []
        run.append(group)
    if run:
        yield len(run) > 1, run


def _continues_table(run: Sequence[_Group], group: _Group) -> bool:
    """True for the same columns below; a bullet before a text is no cell, names may stand in the middle."""
    above = run[:2][-1]
    if len(above) < 2 or len(group) < 2 or _MARKER.fullmatch(group[0][0].text.strip()):
        return False
    if len(run) == 1 and len(above) == len(group) and _is_bold(above) and not _is_bold(group):
        return True
    return all(any(abs(cell[0].x - place[0].x) < 2 for place in above) for cell in group)


def _is_bold(group: _Group) -> bool:
    return all(piece.bold for cell in group for piece in cell)


def _pdf_table(groups: Sequence[_Group], look: _Print, page: int) -> Iterator[Block]:
    headed = _is_bold(groups[0]) and not _is_bold(groups[1])
    places = [cell[0].x for cell in (groups[1] if headed and len(groups[0]) == len(groups[1]) else groups[0])]
    rows = [[_rejoined(cell, look) for cell in _columns(group, places)] for group in groups]
    yield from _table(rows, headed=headed, page=page)


def _columns(group: _Group, places: Sequence[float]) -> list[list[str]]:
    """Lines of each cell, in as many columns as there are places."""
    if len(group) == len(places):
        return [[piece.text for piece in cell] for cell in group]
    return [[piece.text for cell in group if abs(cell[0].x - place) < 2 for piece in cell] for place in places]


def _lines(pieces: Sequence[_Piece]) -> list[_Piece]:
    """Whole lines: pieces on one base line become one."""
    lines: list[_Piece] = []
    for piece in pieces:
        last = lines[-1] if lines else None
        if last and abs(last.y - piece.y) <= 0.3 * piece.size and piece.x > last.x:
            gap = " " * bool(_MARKER.fullmatch(last.text.strip()))
            lines[-1] = replace(last, text=last.text + gap + piece.text, bold=last.bold and piece.bold)
        else:
            lines.append(piece)
    return [replace(line, text=line.text.strip()) for line in lines if line.text.strip()]


def _prose(lines: Sequence[_Piece], look: _Print, page: int) -> Iterator[Block]:
    paragraph: list[_Piece] = []
    widths: dict[int, int] = {}
    for line in lines:
        widths[round(line.x)] = max(len(line.text), widths.get(round(line.x), 0))
    for line in lines:
        if paragraph and _begins_block(paragraph[-1], line, look, widths[round(paragraph[-1].x)]):
            yield _pdf_block(paragraph, look, page)
            paragraph = []
        paragraph.append(line)
    if paragraph:
        yield _pdf_block(paragraph, look, page)


def _begins_block(last: _Piece, line: _Piece, look: _Print, width: int) -> bool:
    if _ITEM.match(line.text) or _rank(last, look) != _rank(line, look):
        return True
    step = last.y - line.y
    if step > 1.25 * max(look.leading, 1.2 * line.size):
        return True
    if last.text.endswith(_SENTENCE_END):
        return step <= 0 or _had_room(last, line, width)
    return not line.text[0].islower() and _had_room(last, line, width)


def _had_room(last: _Piece, line: _Piece, width: int) -> bool:
    """True when the next word would have fitted, so that the line was ended on purpose."""
    return len(last.text) + 1 + len(line.text.partition(" ")[0]) < 0.75 * width


def _rank(line: _Piece, look: _Print) -> int:
    """Level that a line's letters would give a heading; 0 for ordinary text."""
    if line.size in look.levels:
        return look.levels[line.size]
    return min(len(look.levels) + 1, 5) if line.bold and line.size == look.size else 0


def _pdf_block(lines: Sequence[_Piece], look: _Print, page: int) -> Block:
    text = _rejoined([line.text for line in lines], look)
    level = _rank(lines[0], look)
    bullet = _ITEM.match(text)
    if level and not bullet and _reads_as_heading(text):
        return Block("heading", text, level=level, page=page)
    return Block("item" if bullet else "paragraph", text[bullet.end() if bullet else 0 :], page=page)


def _reads_as_heading(text: str) -> bool:
    return (
        len(text) <= _LONGEST_HEADING
        and not text.endswith((".", ",", ";"))
        and any(character.isalpha() for character in text)
    )


def _rejoined(lines: Iterable[str], look: _Print) -> str:
    """Lines as running text; a word cut at a line's end is whole again, unless its hyphen is its own."""
    parts: list[str] = []
    for line in (line.strip() for line in lines):
        cut = _CUT_WORD.search(parts[-1][-60:]) if parts else None
        rest = re.match(r"[^\W\d_]+", line)
        if not cut or not rest or not rest[0][0].islower():
            parts += [" ", line]
        elif f"{cut[1]}-{rest[0]}" in look.words:
            parts.append(line)
        else:
            parts[-1] = parts[-1][:-1]
            parts.append(line)
    return "".join(parts).strip()


# Office files

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_REMOVED = frozenset(
    (f"{_W}del", f"{_W}moveFrom", "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback")
)
_RUN_TEXT = MappingProxyType({f"{_W}{tag}": " " for tag in ("tab", "br", "cr")} | {f"{_W}noBreakHyphen": "-"})
_TINY = 2
"""Half points: a run of this size or less is there to be found, not to be read."""


@dataclass(frozen=True, slots=True)
class _Styles:
    """What the paragraph styles of a Word file mean, by style id."""

    levels: Mapping[str, int]
    titles: frozenset[str]
    lists: frozenset[str]
    contents: frozenset[str]


def load_docx(data: bytes, name: str) -> Loaded:
    """Paragraphs, lists and tables of a Word file in document order; hidden and deleted text left out."""
    _check_archive(data, name, "word/")
    from docx import Document as open_document

    document = open_document(io.BytesIO(data))
    styles = _styles(document)
    blocks = _bounded(_docx_blocks(document.element.body, styles), name)
    titled = (
        _docx_text(paragraph)
        for paragraph in document.element.body.iterchildren(f"{_W}p")
        if _docx_style(paragraph) in styles.titles
    )
    return Loaded(blocks, title=next(titled, "") or clean(document.core_properties.title or "") or None)


def _styles(document: Any) -> _Styles:
    paragraphs = [style for style in document.styles if style.type == 1]
    named = {style.style_id: [_style_name(ancestor) for ancestor in _lineage(style)] for style in paragraphs}
    return _Styles(
        levels={id: level for id, names in named.items() if (level := _style_level(names))},
        titles=_named(named, "title"),
        lists=_named(named, "list"),
        contents=_named(named, "toc"),
    )


def _named(styles: Mapping[str, Iterable[str]], beginning: str) -> frozenset[str]:
    return frozenset(id for id, names in styles.items() if any(name.startswith(beginning) for name in names))


def _lineage(style: Any) -> Iterator[Any]:
    for _ in range(10):
        if style is None:
            return
        yield style
        style = style.base_style


def _style_name(style: Any) -> str:
    return (style.name or "").lower()


def _style_level(names: Iterable[str]) -> int:
    for name in names:
        if name == "title":
            return 1
        if match := re.fullmatch(r"heading ([1-9])", name):
            return int(match[1])
    return 0


def _docx_blocks(body: Any, styles: _Styles) -> Iterator[Block]:
    for child in body:
        if child.tag == f"{_W}p":
            yield _docx_block(child, styles)
        elif child.tag == f"{_W}tbl":
            yield from _docx_table(child)
        elif child.tag == f"{_W}sdt":
            content = child.find(f"{_W}sdtContent")
            yield from _docx_blocks(content if content is not None else (), styles)


def _docx_block(paragraph: Any, styles: _Styles) -> Block:
    style = _docx_style(paragraph)
    numbered = paragraph.find(f"{_W}pPr/{_W}numPr") is not None
    text = "" if style in styles.contents else _docx_text(paragraph)
    if style in styles.levels:
        return Block("heading", text, level=styles.levels[style])
    return Block("item" if numbered or style in styles.lists else "paragraph", text)


def _docx_style(paragraph: Any) -> str:
    named = paragraph.find(f"{_W}pPr/{_W}pStyle")
    return "" if named is None else str(named.get(f"{_W}val", ""))


def _docx_text(element: Any) -> str:
    return clean("".join(chain.from_iterable(_run_pieces(run) for run in element.iter(f"{_W}r"))))


def _run_pieces(run: Any) -> Iterator[str]:
    if _is_hidden(run):
        return
    for node in run:
        yield (node.text or "") if node.tag == f"{_W}t" else _RUN_TEXT.get(node.tag, "")


def _is_hidden(run: Any) -> bool:
    if any(ancestor.tag in _REMOVED for ancestor in run.iterancestors()):
        return True
    nodes = (node for node in run.iterfind(f"{_W}rPr/*") if isinstance(node.tag, str))
    values = {node.tag.removeprefix(_W): node.get(f"{_W}val", "true").lower() for node in nodes}
    size = values.get("sz", "")
    return (
        values.get("vanish", "false") not in ("0", "false", "off")
        or (size.isdecimal() and int(size) <= _TINY)
        or (values.get("color") == "ffffff" and not _is_shaded(run))
    )


def _is_shaded(run: Any) -> bool:
    """True when white letters may stand on a colour, as in the first row of many tables."""
    shades = (f"{_W}rPr/{_W}shd", f"{_W}pPr/{_W}shd")
    return any(
        element.tag == f"{_W}tc" or any(element.find(shade) is not None for shade in shades)
        for element in chain([run], run.iterancestors())
    )


def _docx_table(table: Any) -> Iterator[Block]:
    rows: list[Row] = []
    for row in table.findall(f"{_W}tr"):
        rows.append(_docx_row(row, rows[-1] if rows else ()))
    first = table.find(f"{_W}tr")
    marked = first is not None and first.find(f"{_W}trPr/{_W}tblHeader") is not None
    yield from _table(rows, headed=marked or _looks_headed(rows))


def _docx_row(row: Any, above: Row) -> list[str]:
    cells: list[str] = []
    for cell in row.iter(f"{_W}tc"):
        if cell.getparent() is not row and cell.getparent().tag == f"{_W}tr":
            continue
        span = cell.find(f"{_W}tcPr/{_W}gridSpan")
        merged = cell.find(f"{_W}tcPr/{_W}vMerge")
        continued = merged is not None and merged.get(f"{_W}val") != "restart"
        text = " ".join(_docx_text(paragraph) for paragraph in cell.iter(f"{_W}p"))
        across = int(span.get(f"{_W}val", "1")) if span is not None else 1
        inherited = above[len(cells)] if continued and len(cells) < len(above) else text
        cells += [inherited, *[""] * (min(across, MAX_SPAN) - 1)]
    return cells


_SLIDE_FURNITURE = frozenset(("DATE", "FOOTER", "HEADER", "SLIDE_NUMBER"))
_SLIDE_LISTS = frozenset(("BODY", "OBJECT", "VERTICAL_BODY", "VERTICAL_OBJECT"))


def load_pptx(data: bytes, name: str) -> Loaded:
    """Slides as pages: the title a heading, then text, tables and notes; hidden slides left out."""
    _check_archive(data, name, "ppt/")
    from pptx import Presentation

    presentation = Presentation(io.BytesIO(data))
    blocks = _bounded(_pptx_blocks(presentation), name)
    first = next((block.text for block in blocks if block.kind == "heading"), None)
    title = clean(presentation.core_properties.title or "")
    return Loaded(blocks, title=title if title not in ("", "PowerPoint Presentation") else first)


def _pptx_blocks(presentation: Any) -> Iterator[Block]:
    for number, slide in enumerate(presentation.slides, start=1):
        if slide._element.get("show") in ("0", "false"):
            continue
        title = slide.shapes.title
        if title is not None:
            yield Block("heading", title.text_frame.text, level=2, page=number)
        for shape in _shapes(slide.shapes):
            if title is None or shape.shape_id != title.shape_id:
                yield from _shape_blocks(shape, number)
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame:
            yield from _text_frame(slide.notes_slide.notes_text_frame, "paragraph", number)


def _shapes(shapes: Iterable[Any]) -> Iterator[Any]:
    for shape in shapes:
        if hasattr(shape, "shapes"):
            yield from _shapes(shape.shapes)
        else:
            yield shape


def _shape_blocks(shape: Any, page: int) -> Iterator[Block]:
    place = shape.placeholder_format.type.name if shape.is_placeholder and shape.placeholder_format.type else ""
    if place in _SLIDE_FURNITURE:
        return
    if getattr(shape, "has_table", False):
        rows = [[cell.text for cell in row.cells] for row in shape.table.rows]
        yield from _table(rows, headed=bool(shape.table.first_row) and len(rows) > 1, page=page)
    elif shape.has_text_frame:
        yield from _text_frame(shape.text_frame, "item" if place in _SLIDE_LISTS else "paragraph", page)


def _text_frame(frame: Any, kind: BlockKind, page: int) -> Iterator[Block]:
    for paragraph in frame.paragraphs:
        yield Block(kind, paragraph.text, page=page)


def load_xlsx(data: bytes, name: str) -> Loaded:
    """Sheets as pages: the name a heading, then one block for each row; hidden sheets left out."""
    _check_archive(data, name, "xl/")
    from openpyxl import load_workbook

    workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    sheets = (
        (number, sheet) for number, sheet in enumerate(workbook.worksheets, start=1) if sheet.sheet_state == "visible"
    )
    blocks = _bounded(chain.from_iterable(_sheet_blocks(sheet, number, name) for number, sheet in sheets), name)
    title = clean(workbook.properties.title or "") or None
    if all(block.kind == "heading" for block in blocks):
        return Loaded((), title=title)
    return Loaded(blocks, title=title)


def _sheet_blocks(sheet: Any, number: int, name: str) -> Iterator[Block]:
    yield Block("heading", sheet.title, level=2, page=number)
    sheet.reset_dimensions()
    rows: list[Row] = []
    bold = False
    for row in sheet.iter_rows():
        cells = [_cell_text(cell) for cell in row]
        if sum(map(bool, cells)) == 0:
            continue
        if not rows and sum(map(bool, cells)) == 1:
            yield Block("paragraph", "".join(cells), page=number)
            continue
        if not rows:
            bold = all(cell.font is not None and cell.font.b for cell in row if cell.value is not None)
        rows.append(cells)
        if len(rows) > MAX_BLOCKS:
            raise too_complex(name, f"has a sheet of more than {MAX_BLOCKS:,} rows")
    yield from _table(rows, headed=len(rows) > 1 and (bold or _looks_headed(_trimmed(rows))), page=number)


def _trimmed(rows: Sequence[Row]) -> list[Row]:
    """The first rows without the empty columns beside the table."""
    columns = list(zip_longest(*rows[:50], fillvalue=""))
    return [*zip(*(column for column in columns if any(column)), strict=True)]


def _cell_text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        percent = "%" in (cell.number_format or "")
        return f"{value * 100:.10g}%" if percent else _number_text(value)
    return str(value)


def _number_text(value: float) -> str:
    return str(int(value)) if value == int(value) else f"{value:.12g}"


LOADERS: Mapping[str, Loader] = MappingProxyType(
    {
        ".csv": load_csv,
        ".docx": load_docx,
        ".htm": load_html,
        ".html": load_html,
        ".md": load_markdown,
        ".pdf": load_pdf,
        ".pptx": load_pptx,
        ".txt": load_text,
        ".xlsx": load_xlsx,
    }
)
