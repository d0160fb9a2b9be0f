"""One line in the log for each request: who asked for what stays out of it."""

import logging
from pathlib import Path
from traceback import extract_tb
from typing import Any

log = logging.getLogger(__name__)

NO_ROUTE = "-"


def note_request(scope: Any, *, request_id: str, status: int, milliseconds: int) -> None:
    """Log a request by its method, the template of its route, its status and how long it took."""
    template = getattr(scope.get("route"), "path", NO_ROUTE)
    log.info(
        "request id=%s method=%s route=%s status=%d ms=%d",
        request_id,
        one_line(scope["method"]),
        one_line(template),
        status,
        milliseconds,
    )


def note_defect(error: BaseException, *, request_id: str) -> None:
    """Log where an unexpected error arose; its message may hold a question, a path or a key, so it stays out."""
    places = (f"{Path(frame.filename).name}:{frame.lineno}:{frame.name}" for frame in extract_tb(error.__traceback__))
    log.error("defect id=%s error=%s at=%s", request_id, type(error).__name__, ",".join(places))


def one_line(text: str) -> str:
    """Text with every control and non-ASCII character escaped."""
    return text.encode("unicode_escape").decode("ascii").replace(" ", "\\x20")
