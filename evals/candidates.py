"""Candidate cases from what people said about answers; a person reads each before it measures anything."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from pydantic import ValidationError

from app.conversations.types import Feedback, KeptFeedback
from app.retrieval.languages import language_of
from app.types import Answer, Citation
from evals.cases import Case, Kind, Quote

_DATE = re.compile(r"\b(19|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class Open:
    """Feedback that is no case yet, and what it lacks."""

    id: str
    feedback: Feedback
    lacks: str


def candidates(entries: Iterable[KeptFeedback]) -> Iterator[Case | Open]:
    """For each piece of feedback a case that holds what is known to be right, or what it lacks to be one.

    An answer that was called right becomes what is expected; a refusal that was called right, or for which a document
    is missing, becomes a question that must be refused as long as the library is the same.
    """
    for entry in entries:
        id = f"feedback-{sha256(entry.id.encode()).hexdigest()[:12]}"
        answer = entry.feedback.answer
        lacks = _lacks(entry.feedback)
        if lacks:
            yield Open(id, entry.feedback, lacks)
            continue
        try:
            yield _refused(id, answer) if answer.completeness == "none" else _expected(id, answer)
        except ValidationError as error:
            yield Open(id, entry.feedback, f"a question and an answer that a case may have: {error.errors()[0]['msg']}")


def as_line(draft: Open) -> str:
    """What is not a case yet as one line of JSON: all that a person needs to make one."""
    given = draft.feedback
    meant = _meant(given)
    line = {
        "id": draft.id,
        "lacks": draft.lacks,
        "verdict": given.verdict,
        "label": given.label,
        "citation": meant.model_dump(mode="json") if meant else None,
        "comment": given.comment,
        "generation": given.generation,
        "answer": given.answer.model_dump(mode="json"),
    }
    return json.dumps(line, ensure_ascii=False)


def _lacks(feedback: Feedback) -> str:
    is_refusal = feedback.answer.completeness == "none"
    if feedback.verdict == "right" or (feedback.verdict == "missing_document" and is_refusal):
        return ""
    meant = _meant(feedback)
    if feedback.verdict == "wrong_citation" and meant:
        return f"the document and the words that carry the answer, in the place of citation {meant.label}"
    return {
        "wrong_answer": "the right answer, with the words of a document that carry it",
        "wrong_citation": "the document and the words that carry the answer",
        "missing_document": "the missing document, and what it says",
    }.get(feedback.verdict, "a judgement of the answer")


def _meant(feedback: Feedback) -> Citation | None:
    """The citation that somebody called wrong, where they said which and the answer has it."""
    return next((each for each in feedback.answer.citations if each.label == feedback.label), None)


def _refused(id: str, answer: Answer) -> Case:
    question = answer.standalone_question.strip()
    return Case(
        id=id,
        question=question,
        kind="near_miss",
        language=language_of(question),
        answerable=False,
        expected=(),
        documents=(),
        quotes=(),
        split="dev",
    )


def _expected(id: str, answer: Answer) -> Case:
    question = answer.standalone_question.strip()
    quotes = dict.fromkeys((citation.document_id, citation.quote.strip()) for citation in answer.citations)
    return Case(
        id=id,
        question=question,
        kind=_kind(answer),
        language=language_of(question),
        answerable=True,
        expected=(answer.short_answer.strip(),) if answer.short_answer else (),
        items=tuple(dict.fromkeys(item.text.strip() for item in answer.items)),
        documents=tuple(dict.fromkeys(document for document, _ in quotes)),
        quotes=tuple(Quote(document_id=document, quote=quote) for document, quote in quotes),
        split="dev",
        as_of=answer.as_of,
    )


def _kind(answer: Answer) -> Kind:
    """What the answer looks like; a person knows better what was asked."""
    short = answer.short_answer or ""
    if answer.items:
        return "list"
    if _DATE.search(short):
        return "date"
    return "number" if any(char.isdigit() for char in short) else "paraphrase"
