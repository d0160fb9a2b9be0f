"""What is kept for whoever asks: all of it to take away, and to delete."""

from fastapi import FastAPI, Request, Response

from app.api.conversations import ROW_EXAMPLE, TURN_EXAMPLE, whole
from app.api.description import ANSWER, READING, Operation
from app.api.limits import Slots
from app.conversations.archive import Archive
from app.responses import Erased, GivenFeedback, OwnData
from app.services import Services


def add_own_data(app: FastAPI, services: Services, archive: Archive) -> None:
    """Add the routes under which everybody finds all that is kept for them."""
    slots: Slots = app.state.reading

    @app.get(
        "/api/v1/me/data",
        summary="Take away all that is kept for you",
        response_description="Every conversation of yours with its turns, and all your feedback.",
    )
    def take_away(request: Request, response: Response) -> OwnData:
        """All that is kept under the name of your key or account, or for you as a visitor."""
        owner = request.state.principal.name
        with slots.hold():
            conversations = tuple(whole(each, services.document) for each in archive.conversations.all_of(owner))
            feedback = tuple(map(GivenFeedback.of, archive.book.all_of(owner)))
        response.headers["Content-Disposition"] = 'attachment; filename="kept-for-me.json"'
        return OwnData(name=owner, conversations=conversations, feedback=feedback)

    @app.delete(
        "/api/v1/me/data",
        summary="Delete all that is kept for you",
        response_description="How many conversations and pieces of feedback that were.",
    )
    def erase(request: Request) -> Erased:
        """Delete all that is kept under that name, for good."""
        with slots.hold():
            return Erased(deleted=archive.erase(request.state.principal.name))


_JSON = "application/json"
_FEEDBACK = {
    "id": "Qm3k1f0aZ8pLx2Vd",
    "sent": "2026-03-02T09:16:00Z",
    "verdict": "right",
    "comment": "",
    "label": None,
    "conversation": ROW_EXAMPLE["id"],
    "generation": 3,
    "answer": ANSWER,
}
_OWN = {"name": "alice", "conversations": [{**ROW_EXAMPLE, "history": [TURN_EXAMPLE]}], "feedback": [_FEEDBACK]}
OPERATIONS = {
    ("/api/v1/me/data", "get"): Operation(READING, {_JSON: _OWN}),
    ("/api/v1/me/data", "delete"): Operation(READING, {_JSON: {"deleted": 2}}),
}
"""How these routes are described."""
