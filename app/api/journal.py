"""One line in the log for each request and answer: who asked, and for what, stays out of it."""

import logging
from typing import Any

from app.logs import note, places
from app.types import Answer

log = logging.getLogger(__name__)

NO_ROUTE = "-"


def template_of(scope: Any) -> str:
    """The template of a request's route, which holds nothing that somebody sent."""
    return getattr(scope.get("route"), "path", NO_ROUTE)


def note_request(scope: Any, *, request_id: str, status: int, milliseconds: int) -> None:
    """Log a request by its method, the template of its route, its status and how long it took."""
    fields = {"method": scope["method"], "route": template_of(scope), "status": status, "ms": milliseconds}
    note(log, "request", {"id": request_id, **fields})


def note_answer(answer: Answer, *, reader: str, with_question: bool) -> None:
    """Log an answer by its figures, and its question only where that is allowed."""
    fields = {
        "completeness": answer.completeness,
        "reader": reader,
        "citations": len(answer.citations),
        "question_length": len(answer.question),
        "ms": answer.timings_ms.total,
    }
    note(log, "answer", {**fields, "question": answer.question} if with_question else fields)


def note_defect(error: BaseException, *, request_id: str) -> None:
    """Log where an unexpected error arose; its message may hold a question, a path or a key, so it stays out."""
    fields = {"id": request_id, "error": type(error).__name__, "at": places(error.__traceback__)}
    note(log, "defect", fields, level=logging.ERROR)
