"""Conversations of a chat completion as questions, and answers as the message that a chat program shows."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from app.assistant import as_question
from app.labels import Label, labels_in
from app.types import MAX_ANSWER, MAX_QUESTION, MAX_TURNS, Answer, Citation, Nearest, Question
from app.ui.messages import document_path
from ingest.errors import CoeError

SOURCES = "\n\nSources:\n"
NEAREST = "\n\nClosest documents:\n"
STARTED_OVER = "\n\nThe answer was started over:\n\n"

_BELOW = re.compile(f"{SOURCES}|{NEAREST}")
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"'()\[\]\\\x00-\x1f]+", re.IGNORECASE)
_ACTIVE = re.compile(r"(\])([(:])|(<)")
"""What Markdown needs for a link, an image, a definition of either, or a tag."""

Content = str | Sequence[dict[str, Any]] | None
"""Of a message: a text, or parts of which each is one."""


class UnsupportedContent(CoeError):
    """A message holds something else than text."""

    code = "unsupported_content"


class NothingAsked(CoeError):
    """A conversation does not end with a question."""

    code = "question_missing"
    status = 422


def text_of(content: Content) -> str:
    """The text of a message.

    Raises:
        UnsupportedContent: it holds pictures, sounds or files.
    """
    if content is None or isinstance(content, str):
        return content or ""
    texts = [part.get("text") for part in content if part.get("type") == "text"]
    if len(texts) < len(content) or not all(isinstance(text, str) for text in texts):
        raise UnsupportedContent("Only text can be asked: send each content part with type 'text'.")
    return "\n".join(map(str, texts))


def question_of(messages: Sequence[tuple[str, str]]) -> Question:
    """The question that a conversation of roles and texts ends with, answered questions before it as its history.

    Only `user` and `assistant` are heard: instructions of others cannot change how documents are read.

    Raises:
        NothingAsked: the last of them is not the user's.
        InvalidQuestion: the question is empty or too long.
    """
    heard = [message for message in messages if message[0] in ("user", "assistant")]
    if not heard or heard[-1][0] != "user":
        raise NothingAsked("The last message must be a question with the role 'user'.")
    turns = [
        {"question": question[:MAX_QUESTION], "answer": _said(answer)[:MAX_ANSWER]}
        for (asker, question), (answerer, answer) in pairwise(heard)
        if (asker, answerer) == ("user", "assistant")
    ]
    return as_question({"question": heard[-1][1], "history": turns[-MAX_TURNS:]})


def message_of(answer: Answer) -> str:
    """An answer as text for a program that shows Markdown: sentences with labels, rows, and the sources they name."""
    return inert(answer.answer) + details_of(answer)


def details_of(answer: Answer) -> str:
    """What stands below the sentences of an answer."""
    return "".join(_details(answer))


def inert(text: str) -> str:
    """Text in which Markdown finds no link, image or tag."""
    return _ACTIVE.sub(lambda found: f"{found[1] or ''}\\{found[2] or found[3]}", text)


def annotations_of(text: str, answer: Answer, *, here: str, start: int = 0) -> list[dict[str, Any]]:
    """Where each citation's label first stands in a message from `start` on, and the address of what it quotes."""
    first: dict[int, Label] = {}
    for label in labels_in(text[start:], answer.citations):
        first.setdefault(label.citation.label, label)
    return [
        {
            "type": "url_citation",
            "url_citation": {
                "start_index": start + first[citation.label].start,
                "end_index": start + first[citation.label].end,
                "title": citation.title,
                "url": _address(citation.url)
                or here + document_path(citation.document_id, start=citation.start, end=citation.end),
            },
        }
        for citation in answer.citations
        if citation.label in first
    ]


def _said(message: str) -> str:
    """What an earlier answer said, without its sources: their titles would be taken for what was talked about."""
    return _BELOW.split(message.rpartition(STARTED_OVER)[2])[0]


def _details(answer: Answer) -> Iterator[str]:
    if answer.items:
        yield "\n\n" + "\n".join(f"- {inert(item.text)} [{item.label}]" for item in answer.items)
    if answer.conflicts:
        rows = (f"- {inert(each.value)} ({each.date or 'undated'}) [{each.label}]" for each in answer.conflicts)
        yield "\n\nOther sources say:\n" + "\n".join(rows)
    if answer.coverage:
        yield f"\n\n{inert(answer.coverage)}"
    if answer.as_of:
        yield f"\n\nAs of {answer.as_of}."
    if answer.citations:
        yield SOURCES + "\n".join(_source(citation) for citation in answer.citations)
    if answer.nearest:
        yield NEAREST + "\n".join(f"- {_document(near)}" for near in answer.nearest)


def _source(citation: Citation) -> str:
    page = f"p. {citation.page}" if citation.page else ""
    place = ", ".join(inert(part) for part in (citation.section, page) if part)
    return f"- [{citation.label}] {_document(citation)}{f', {place}' if place else ''}"


def _document(named: Citation | Nearest) -> str:
    dated = f" ({named.published})" if named.published else ""
    address = _address(named.url)
    return inert(named.title) + dated + (f" {address}" if address else "")


def _address(url: str | None) -> str | None:
    return url if url and _WEB_ADDRESS.fullmatch(url) else None
