"""The log: lines for people or JSON for programs, without what an error's message may give away."""

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from traceback import extract_tb
from types import TracebackType
from typing import Any

from app.settings import Settings

_TEXT = "%(asctime)s %(levelname)s %(name)s %(message)s"
_FIELDS = "fields"


def start_logging(settings: Settings) -> None:
    """Log to standard error from now on; of libraries only warnings, as they log addresses and texts."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if settings.log_format == "json" else Lines(_TEXT))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    logging.getLogger("app").setLevel(logging.INFO)


def note(log: logging.Logger, event: str, fields: Mapping[str, object], *, level: int = logging.INFO) -> None:
    """Log an event with named values, as `event name=value …` or as members of a JSON object."""
    shown = " ".join(f"{name}={one_line(str(value))}" for name, value in fields.items())
    log.log(level, "%s %s", event, shown, extra={_FIELDS: {"event": event, **fields}})


def one_line(text: str) -> str:
    """Text with every space, control and non-ASCII character escaped."""
    return text.encode("unicode_escape").decode("ascii").replace(" ", "\\x20")


def places(traceback: TracebackType | None) -> str:
    """Where an error came through, by file, line and function."""
    return ",".join(f"{Path(frame.filename).name}:{frame.lineno}:{frame.name}" for frame in extract_tb(traceback))


class Lines(logging.Formatter):
    """A line for each record; of an error its type and places, as its message may hold a question or a key."""

    def formatException(self, ei: Any) -> str:
        """Type and places of an error."""
        kind, _, traceback = ei
        return f"error={kind.__name__ if kind else None} at={places(traceback)}"


class JsonLines(Lines):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        own = getattr(record, _FIELDS, None) or {"event": record.getMessage()}
        error = {"error": self.formatException(record.exc_info)} if record.exc_info else {}
        head = {"time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"), "level": record.levelname}
        return json.dumps({**head, "logger": record.name, **own, **error}, ensure_ascii=True, default=str)
