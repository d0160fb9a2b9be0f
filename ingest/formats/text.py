"""Bytes become text: one encoding that can be told, nothing invisible."""

import re
import unicodedata
from collections.abc import Mapping

from ingest.errors import DocumentRejected
from ingest.formats.archive import OLE, ZIP
from ingest.formats.rejections import mismatch, too_complex

MAX_CHARACTERS = 5_000_000

_BINARIES = (
    (b"%PDF-", "a PDF file"),
    (ZIP, "a zip or office file"),
    (OLE, "an old office file"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\x00", "a program"),
    (b"\x89PNG", "an image"),
    (b"GIF8", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"\x1f\x8b", "a compressed file"),
    (b"7z\xbc\xaf", "a compressed file"),
)
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # control characters
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0"  # nothing to see
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # zero width, direction overrides
    "\ufe00-\ufe0f\U000e0000-\U000e0fff"  # variation selectors, tag characters
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"  # halves of characters, no characters
)
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_MARKS = (
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u0610-\u061a\u064b-\u065f"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)
_STACKED = re.compile(f"({_MARKS}{{30}}){_MARKS}+")
"""More marks on one letter than Unicode's stream-safe texts have: composing them takes time by their square."""
_MANY_NULS = 0.05
_CODE_PAGES = ["cp1252", "cp1251", "cp1250", "cp1256", "cp1253", "cp1254"]
"""What texts from before Unicode may be in; of two equally likely, the first is meant."""
BULLET = re.compile(r"(?:[•·▪■‣◦○●–—*-])\s+(?=\S)")


def clean(text: str) -> str:
    """One line of visible text: composed characters, single spaces, nothing hidden in between."""
    visible = _STACKED.sub(r"\1", _PRIVATE.sub(" ", _INVISIBLE.sub("", text)))
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
            raise mismatch(name, f"is {kind} inside")
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
