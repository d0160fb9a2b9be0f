"""The smallest case, answer and services; a test names what differs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.services import Services
from app.types import Answer, Citation, Event, Finished, Question
from evals.cases import Case
from evals.runner import Observation
from evals.scoring import Outcome, score
from ingest.errors import UnknownDocument
from ingest.types import Document, Metadata

TEXT = "Kazakhstan joined the Initiative in November 2020. It was the 62nd partner. The weather was fine."
DOCUMENT = Document(
    id="meetings/rtm-14",
    origin="corpus",
    path="meetings/rtm-14.md",
    sha256="0",
    metadata=Metadata(title="14th round table"),
    text=TEXT,
    sections=(),
)


def make_case(**fields: Any) -> Case:
    """An answerable case on the one document, or what the fields say."""
    return Case.model_validate(
        {
            "id": "kz-1",
            "question": "When did Kazakhstan join?",
            "kind": "date",
            "language": "en",
            "answerable": True,
            "expected": ("November 2020",),
            "documents": (DOCUMENT.id,),
            "quotes": (),
            "split": "dev",
            **fields,
        }
    )


def make_unanswerable(**fields: Any) -> Case:
    """A case whose right answer is a refusal."""
    fixed = {"id": "kz-x1", "kind": "near_miss", "answerable": False, "expected": (), "documents": ()}
    return make_case(**{**fixed, **fields})


def make_answer(text: str = "Kazakhstan joined in November 2020 [1].", **fields: Any) -> Answer:
    """A complete answer that quotes the document's first sentence, or what the fields say."""
    return Answer.model_validate(
        {
            "question": "When did Kazakhstan join?",
            "standalone_question": "When did Kazakhstan join?",
            "answer": text,
            "short_answer": "November 2020",
            "completeness": "complete",
            "as_of": None,
            "citations": (make_citation(),),
            "reader": "scripted",
            **fields,
        }
    )


def make_refusal() -> Answer:
    """An answer that says that the documents do not say."""
    return make_answer("The documents do not say.", short_answer=None, completeness="none", citations=())


def make_citation(quote: str = "Kazakhstan joined the Initiative in November 2020.", **fields: Any) -> Citation:
    """A citation of the document at the place where the quote stands."""
    start = TEXT.find(quote)
    return Citation.model_validate(
        {
            "label": 1,
            "document_id": DOCUMENT.id,
            "title": "14th round table",
            "url": None,
            "published": None,
            "section": "",
            "page": None,
            "quote": quote,
            "start": start,
            "end": start + len(quote),
            **fields,
        }
    )


def document(id: str) -> Document:
    """The one document there is."""
    if id != DOCUMENT.id:
        raise UnknownDocument(f"no document {id!r}")
    return DOCUMENT


def make_outcome(case: Case, answer: Answer | None, retrieved: tuple[str, ...] | None = None) -> Outcome:
    """What a scorer is given."""
    return Outcome(case=case, answer=answer, document=document, retrieved=retrieved)


def observed(
    case: Case,
    answer: Answer | None,
    *,
    latency_ms: float = 5.0,
    confidence: float | None = None,
    retrieved: tuple[str, ...] | None = None,
) -> Observation:
    """The observation of a case with this answer; without one, asking failed."""
    return Observation(
        case=case,
        answer=answer,
        error=None if answer else "RuntimeError: broken",
        latency_ms=latency_ms,
        retrieved=retrieved,
        scores=score(make_outcome(case, answer, retrieved)),
        confidence=confidence,
    )


@dataclass(frozen=True, slots=True)
class Script:
    """Answers by question; a question that is not among them makes asking fail."""

    answers: Mapping[str, Answer]
    confidence: float | None = None

    def ask(self, question: Question) -> Answer:
        """The answer that the script has."""
        if question.question not in self.answers:
            raise RuntimeError(f"nothing scripted for {question.question!r}")
        return self.answers[question.question]

    def events(self, question: Question) -> Iterator[Event]:
        """The answer that the script has, at once."""
        yield Finished(answer=self.ask(question), confidence=self.confidence)

    def services(self) -> Services:
        """The seams that a run is given."""
        return Services(ask=self.ask, events=self.events, document=document, check_ready=lambda: None)
