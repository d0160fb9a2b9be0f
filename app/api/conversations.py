"""Kept conversations of whoever asks, as files to take away, and what is said about answers."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal, Self

from fastapi import FastAPI, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.api.description import ANSWER, ASKING, READING, Operation
from app.api.filtering import MOST_SKIPPED
from app.api.idempotency import IdempotencyKey, key_of
from app.api.ledger import Key, Ledger
from app.api.limits import Slots
from app.conversations.archive import Archive
from app.conversations.asking import Place
from app.conversations.brief import Brief, brief_of
from app.conversations.changes import compared
from app.conversations.keeping import Conversations
from app.conversations.markdown import as_markdown
from app.conversations.types import (
    MAX_COMMENT,
    MAX_TITLE,
    Feedback,
    Kept,
    KeptConversation,
    KeptTurn,
    Verdict,
)
from app.conversations.word import as_word
from app.responses import (
    ChangedCitation,
    ConversationList,
    ConversationRow,
    ConversationTurn,
    FeedbackReceipt,
    WholeConversation,
    next_offset,
)
from app.services import Services
from app.types import Answer
from ingest.types import Document

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MOST = 200

Format = Literal["md", "docx"]
Title = Annotated[str, Field(max_length=MAX_TITLE)]


class ConversationsQuery(BaseModel):
    """Which conversations are listed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    q: Annotated[str, Field(max_length=200)] = Field(
        "", description="Words that its title, questions or answers must have, or begin with."
    )
    limit: Annotated[int, Field(ge=1, le=MOST)] = 50
    offset: Annotated[int, Field(ge=0, le=MOST_SKIPPED)] = Field(0, description="How many to pass over.")


class ExportQuery(BaseModel):
    """In what form a conversation is taken away."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Format = "md"


class Titled(BaseModel):
    """What a conversation is called."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Title = ""


class SentFeedback(BaseModel):
    """What somebody says about an answer: one of their kept conversations, or one that they send along."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    verdict: Verdict
    comment: Annotated[str, Field(max_length=MAX_COMMENT)] = ""
    label: Annotated[int, Field(ge=1, le=999)] | None = None
    conversation: Annotated[str, Field(max_length=64)] | None = None
    turn: Annotated[int, Field(ge=1, le=MOST_SKIPPED)] | None = None
    """Number of the turn in `conversation`."""
    answer: Answer | None = None

    @model_validator(mode="after")
    def _is_about_one_answer(self) -> Self:
        is_kept = self.conversation is not None and self.turn is not None
        if is_kept == (self.answer is not None):
            raise ValueError("name a conversation with a turn, or send an answer")
        return self


@dataclass(frozen=True, slots=True)
class _Form:
    media_type: str
    render: Callable[[Brief], bytes]


_FORMS = MappingProxyType(
    {
        "md": _Form("text/markdown; charset=utf-8", lambda brief: as_markdown(brief).encode("utf-8")),
        "docx": _Form(WORD, as_word),
    }
)


def add_conversations(app: FastAPI, services: Services, archive: Archive, ledger: Ledger) -> None:
    """Add the routes of conversations and feedback."""
    kept = archive.conversations
    _add_lists(app, kept)
    _add_beginning(app, kept, ledger)
    _add_one(app, services, kept)
    _add_links(app, services, kept)
    _add_feedback(app, services, archive, ledger)


def whole(found: KeptConversation, document: Callable[[str], Document]) -> WholeConversation:
    """A conversation with its turns, their quotes compared with the documents of today."""
    turns = tuple(_turn(turn, document) for turn in found.turns)
    return WholeConversation(**_row(found.kept).model_dump(), history=turns)


def _owner(request: Request) -> str:
    return str(request.state.principal.name)


def _add_lists(app: FastAPI, kept: Conversations) -> None:
    slots: Slots = app.state.reading

    @app.get("/api/v1/conversations", summary="List conversations", response_description="A page, newest first.")
    def list_conversations(asked: Annotated[ConversationsQuery, Query()], request: Request) -> ConversationList:
        """List your own conversations, or those with some words in them."""
        with slots.hold():
            listing = kept.listed(_owner(request), words=asked.q, limit=asked.limit, offset=asked.offset)
        return ConversationList(
            total=listing.total,
            offset=asked.offset,
            next_offset=next_offset(listing.total, asked.offset, asked.limit),
            conversations=tuple(map(ConversationRow.model_validate, listing.conversations)),
        )


def _add_beginning(app: FastAPI, kept: Conversations, ledger: Ledger) -> None:
    slots: Slots = app.state.reading

    @app.post(
        "/api/v1/conversations",
        summary="Begin a conversation",
        status_code=201,
        response_description="The conversation, without turns yet.",
    )
    def create_conversation(
        titled: Titled, request: Request, idempotency_key: IdempotencyKey = None
    ) -> ConversationRow:
        """Begin a conversation of your own."""
        owner = _owner(request)
        key = key_of(request, idempotency_key, titled.model_dump_json())
        with slots.hold():
            id = _once(ledger, key, lambda: kept.create(owner, title=titled.title))
            return _row(kept.get(owner, id).kept)


def _add_one(app: FastAPI, services: Services, kept: Conversations) -> None:
    slots: Slots = app.state.reading

    @app.get(
        "/api/v1/conversations/{id}",
        summary="Read a conversation",
        response_description="Its questions and whole answers, and which quotes no longer stand in the library.",
    )
    def get_conversation(id: str, request: Request) -> WholeConversation:
        """A conversation of your own with its turns, oldest first."""
        with slots.hold():
            return whole(kept.get(_owner(request), id), services.document)

    @app.patch(
        "/api/v1/conversations/{id}", summary="Rename a conversation", response_description="It, with its new title."
    )
    def rename_conversation(id: str, titled: Titled, request: Request) -> ConversationRow:
        """Give a conversation of your own another title."""
        owner = _owner(request)
        with slots.hold():
            kept.rename(owner, id, titled.title)
            return _row(kept.get(owner, id).kept)

    @app.delete(
        "/api/v1/conversations/{id}",
        summary="Delete a conversation",
        status_code=204,
        response_description="It is gone.",
    )
    def delete_conversation(id: str, request: Request) -> Response:
        """Delete a conversation of your own for good."""
        with slots.hold():
            kept.delete(_owner(request), id)
        return Response(status_code=204)


def _add_links(app: FastAPI, services: Services, kept: Conversations) -> None:
    slots: Slots = app.state.reading

    @app.get(
        "/api/v1/conversations/{id}/export",
        summary="Take a conversation away",
        response_class=Response,
        response_description="A briefing note with footnotes and bibliography, as Markdown or for Word.",
    )
    def export_conversation(id: str, asked: Annotated[ExportQuery, Query()], request: Request) -> Response:
        """A conversation of your own as a briefing note; the same turns and documents give the same bytes."""
        form = _FORMS[asked.format]
        with slots.hold():
            brief = brief_of(kept.get(_owner(request), id), services.document)
            content = form.render(brief)
        name = f"{_file_name(brief.title)}.{asked.format}"
        return Response(
            content, media_type=form.media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
        )

    @app.get("/a/{id}", include_in_schema=False)
    def open_conversation(id: str, request: Request) -> RedirectResponse:
        with slots.hold():
            kept.get(_owner(request), id)
        return RedirectResponse(f"/?a={id}", 303)


def _once(ledger: Ledger, key: Key | None, make: Callable[[], str]) -> str:
    return ledger.once(key, make) if key else make()


def _add_feedback(app: FastAPI, services: Services, archive: Archive, ledger: Ledger) -> None:
    slots: Slots = app.state.reading

    @app.post(
        "/api/v1/feedback",
        summary="Say what an answer is worth",
        status_code=201,
        response_description="Under what id it is kept, with the question, the answer and the state of the library.",
    )
    def send_feedback(sent: SentFeedback, request: Request, idempotency_key: IdempotencyKey = None) -> FeedbackReceipt:
        """Say that an answer is right, or what is wrong with it or missing."""
        owner = _owner(request)
        key = key_of(request, idempotency_key, sent.model_dump_json())
        with slots.hold():
            if sent.answer:
                answer, generation = sent.answer, services.generation()
            else:
                answer, generation = Place(archive.conversations, owner, sent.conversation or "").answered(
                    sent.turn or 0
                )
            given = Feedback(
                sent.verdict,
                answer,
                generation,
                comment=sent.comment,
                label=sent.label,
                conversation=sent.conversation,
            )
            return FeedbackReceipt(id=_once(ledger, key, lambda: archive.book.add(owner, given)))


def _row(kept: Kept) -> ConversationRow:
    return ConversationRow.model_validate(kept)


def _turn(turn: KeptTurn, document: Callable[[str], Document]) -> ConversationTurn:
    said = turn.exchanged
    standing = compared(said.answer, document) if said.answer else None
    changes = standing.changes.items() if standing else ()
    return ConversationTurn(
        number=turn.number,
        asked=turn.asked,
        question=said.question,
        outcome=said.outcome,
        generation=said.generation,
        answer=standing.answer if standing else None,
        changes=tuple(ChangedCitation(label=label, change=change) for label, change in changes),
    )


def _file_name(title: str) -> str:
    """A title as the name of a file that every system takes."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60].strip("-") or "conversation"


ROW_EXAMPLE = {
    "id": "pHq2b0Z8kPq1xN7v0Rr2Ww",
    "title": "When did Kazakhstan join?",
    "created": "2026-03-02T09:15:00Z",
    "updated": "2026-03-02T09:15:00Z",
    "turns": 1,
}
TURN_EXAMPLE = {
    "number": 1,
    "asked": "2026-03-02T09:15:00Z",
    "question": ANSWER["question"],
    "outcome": "answered",
    "generation": 3,
    "answer": ANSWER,
    "changes": [{"label": 1, "change": "changed"}],
}
_MISSED = (*READING, 404)
_JSON = "application/json"
OPERATIONS = {
    ("/api/v1/conversations", "get"): Operation(
        READING, {_JSON: {"total": 1, "offset": 0, "next_offset": None, "conversations": [ROW_EXAMPLE]}}
    ),
    ("/api/v1/conversations", "post"): Operation(
        (*ASKING, 404, 409), {_JSON: {**ROW_EXAMPLE, "turns": 0}}, {"title": ROW_EXAMPLE["title"]}, success=201
    ),
    ("/api/v1/conversations/{id}", "get"): Operation(_MISSED, {_JSON: {**ROW_EXAMPLE, "history": [TURN_EXAMPLE]}}),
    ("/api/v1/conversations/{id}", "patch"): Operation(
        (*ASKING, 404, 409), {_JSON: ROW_EXAMPLE}, {"title": ROW_EXAMPLE["title"]}
    ),
    ("/api/v1/conversations/{id}", "delete"): Operation(_MISSED, success=204),
    ("/api/v1/conversations/{id}/export", "get"): Operation(
        _MISSED, {"text/markdown": "# When did Kazakhstan join?\n", WORD: "the bytes of the file"}
    ),
    ("/api/v1/feedback", "post"): Operation(
        (*ASKING, 404, 409),
        {_JSON: {"id": "Qm3k1f0aZ8pLx2Vd"}},
        {"verdict": "wrong_citation", "label": 1, "comment": "Another meeting is meant.", "answer": ANSWER},
        success=201,
    ),
}
"""How these routes are described."""
