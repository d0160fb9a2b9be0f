"""One loader per file format: bytes become blocks of plain text in reading order, or a reason why not."""

import stat
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from ingest.errors import DocumentRejected
from ingest.formats.delimited import load_csv
from ingest.formats.docx import load_docx
from ingest.formats.html import load_html
from ingest.formats.markdown import load_markdown
from ingest.formats.pdf import load_pdf
from ingest.formats.plain import load_text
from ingest.formats.pptx import load_pptx
from ingest.formats.rejections import corrupt, mismatch, too_complex
from ingest.formats.text import clean
from ingest.formats.xlsx import load_xlsx
from ingest.types import Loaded

MAX_BYTES = 20 * 1024 * 1024

Loader = Callable[[bytes, str], Loaded]
"""From a file's bytes and its name (for messages only)."""

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
    except RecursionError:
        raise corrupt(name, "it is nested too deeply") from None
    except Exception as error:
        raise corrupt(name, type(error).__name__) from error
    if not any(character.isalnum() for block in loaded.blocks for character in block.text):
        hint = "; a scan needs text recognition first" if path.suffix.lower() == ".pdf" else ""
        raise DocumentRejected("no_text_found", f"{name} holds no text{hint}.")
    return loaded


def _read(path: Path, name: str) -> bytes:
    suffix = path.suffix.lower()
    if suffix not in LOADERS:
        known = ", ".join(sorted(LOADERS))
        raise DocumentRejected("format_unsupported", f"{name} is not of a format that is read: {known}.")
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise mismatch(name, "is not a regular file")
        if status.st_size > MAX_BYTES:
            limit = MAX_BYTES // 1024**2
            raise DocumentRejected("file_too_large", f"{name} is larger than {limit} MB.")
        data = path.read_bytes()
    except OSError as error:
        raise corrupt(name, error.strerror or type(error).__name__) from error
    if not data:
        raise DocumentRejected("file_empty", f"{name} is empty.")
    return data
