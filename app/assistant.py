"""Answering on one screen: understand → catalogue, else retrieve → read → cite, as a LangChain Runnable."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

from langchain_core.runnables import Runnable, RunnableConfig
from pydantic import ValidationError

from app.answering import catalogue_reader
from app.answering.citations import Citer
from app.answering.contests import contest, settled
from app.answering.llm import ReaderFailed
from app.answering.orders import without_orders
from app.answering.parts import joined, parts
from app.answering.phrasing import in_language, refusal
from app.answering.rewrite import standalone
from app.answering.types import Claim, Hit, Reader, Verdict
from app.retrieval.languages import Language, in_english, language_of
from app.retrieval.search import Found
from app.tracing import Span, StartSpan, untraced
from app.types import (
    MAX_QUESTION,
    Answer,
    Citation,
    Claimed,
    Completeness,
    Conflict,
    Event,
    Finished,
    Item,
    Nearest,
    Question,
    Retrieved,
    Timings,
    Turn,
    Understood,
)
from ingest.errors import InvalidQuestion

HITS = 12
NEAREST = 3


@dataclass(frozen=True, slots=True)
class Parts:
    """What the assistant is made of; built in `app.wiring`."""

    search: Callable[[str, int], Found]
    text_of: Callable[[str], str]
    extractive: Callable[[], Reader]
    llm: Reader | None = None
    catalogue: Callable[[str], tuple[Claim | Verdict, ...] | None] = lambda question: None
    """Claims and a verdict on a question for lists, counts and single values; None on any other question."""
    span: StartSpan = untraced


class Assistant(Runnable[Question | Mapping[str, Any] | str, Answer]):
    """Answers one question from the library; `events` gives the same step by step."""

    def __init__(self, parts: Callable[[], Parts]) -> None:
        self._parts = parts

    def invoke(
        self, input: Question | Mapping[str, Any] | str, config: RunnableConfig | None = None, **kwargs: Any
    ) -> Answer:
        """The whole answer."""
        return self._call_with_config(self._answer, input, config)

    def events(self, question: Question) -> Iterator[Event]:
        """Understood, Retrieved, any number of Claimed, then Finished; all of the parts current as the first is asked.

        What becomes current meanwhile is for the next question.
        """
        parts = self._parts()
        with parts.span("question") as span:
            yield from _Answering(parts, language_of(question.question)).steps(question, span)

    def _answer(self, input: Question | Mapping[str, Any] | str) -> Answer:
        for event in self.events(as_question(input)):
            if isinstance(event, Finished):
                return event.answer
        raise RuntimeError("an answer's events always end with Finished")


@dataclass(frozen=True, slots=True)
class _Answering:
    """One question on its way through the same parts from first to last."""

    parts: Parts
    language: Language
    """Of the question as it was asked."""

    def steps(self, question: Question, span: Span) -> Iterator[Event]:
        started = perf_counter()
        with span.child("rewrite"):
            text = understood(question.question, question.history)
        yield Understood(standalone_question=text)
        with span.child("catalogue"):
            listed = self.parts.catalogue(text)
        with span.child("retrieve"):
            hits = () if listed and _is_answer(listed) else self.parts.search(text, HITS).hits
        retrieved = perf_counter()
        yield _retrieved(hits, listed)
        with span.child("read") as reading:
            draft = yield from (
                self._read(text, hits, reading)
                if listed is None
                else self._draft(catalogue_reader.NAME, listed, reading)
            )
        ended = perf_counter()
        span.note(completeness=draft.completeness, passages=len(hits), citations=len(draft.citations))
        timings = Timings(
            retrieve=round((retrieved - started) * 1000),
            read=round((ended - retrieved) * 1000),
            total=round((ended - started) * 1000),
        )
        yield Finished(answer=_answer(question, text, hits, draft, timings), confidence=draft.verdict.confidence)

    def _read(self, text: str, hits: Sequence[Hit], span: Span) -> Generator[Event, None, "_Draft"]:
        """Let the LLM read when there is one; when it fails, the extractive reader starts over and says so."""
        extractive = self.parts.extractive()
        llm = self.parts.llm
        if llm is None:
            return (yield from self._draft(extractive.name, self._extracted(extractive, text, hits), span))
        try:
            return (yield from self._draft(llm.name, llm.read(text, hits), span))
        except ReaderFailed as failure:
            draft = yield from self._draft(extractive.name, self._extracted(extractive, text, hits), span)
            return replace(draft, reader=f"{extractive.name} ({llm.name} failed: {failure})")

    def _extracted(self, reader: Reader, text: str, hits: Sequence[Hit]) -> Iterable[Claim | Verdict]:
        """What the extractive reader says: to each of two that are weighed, to each of two questions, else to all."""
        weighed = contest(text)
        won = settled(weighed, [self._part(reader, question) for question in weighed.questions]) if weighed else None
        if won is not None:
            return won
        questions = parts(text)
        answers = [self._part(reader, question) for question in questions] if len(questions) > 1 else []
        return (joined(answers, questions) if answers else None) or reader.read(text, hits)

    def _part(self, reader: Reader, question: str) -> tuple[Claim | Verdict, ...]:
        listed = self.parts.catalogue(question)
        if listed is not None:
            return listed
        return tuple(reader.read(question, self.parts.search(question, HITS).hits))

    def _draft(self, reader: str, steps: Iterable[Claim | Verdict], span: Span) -> Generator[Event, None, "_Draft"]:
        citer = Citer(self.parts.text_of)
        sentences: list[str] = []
        verdict = Verdict("none")
        for step in (in_language(step, self.language) for step in steps):
            if isinstance(step, Verdict):
                verdict = step
                continue
            with span.child("cite"):
                cited = citer.cite(step)
            if cited:
                sentences.append(cited[0])
                yield Claimed(text=cited[0], citations=cited[1])
        items, conflicts = _labelled(verdict, citer)
        return _Draft(tuple(sentences), tuple(citer.citations), items, conflicts, citer.refused, verdict, reader)


@dataclass(frozen=True, slots=True)
class _Draft:
    sentences: tuple[str, ...]
    citations: tuple[Citation, ...]
    items: tuple[Item, ...]
    conflicts: tuple[Conflict, ...]
    refused: int
    verdict: Verdict
    reader: str

    @property
    def completeness(self) -> Completeness:
        if not self.sentences or self.verdict.completeness == "none":
            return "none"
        return "partial" if self.refused else self.verdict.completeness


def _is_answer(steps: Sequence[Claim | Verdict]) -> bool:
    return not any(isinstance(step, Verdict) and step.completeness == "none" for step in steps)


def _retrieved(hits: Sequence[Hit], listed: Sequence[Claim | Verdict] | None) -> Retrieved:
    """What was found: passages, or the words behind the catalogue's rows."""
    claims = [step for step in listed or () if isinstance(step, Claim)]
    found = [*hits, *(evidence.hit for claim in claims for evidence in claim.evidence)]
    return Retrieved(passages=len(found), titles=tuple(dict.fromkeys(hit.metadata.title for hit in found)))


def _labelled(verdict: Verdict, citer: Citer) -> tuple[tuple[Item, ...], tuple[Conflict, ...]]:
    """Rows and other values with their labels, those whose words are not verbatim left out."""
    items = [(row.text, citer.label(row.evidence)) for row in verdict.items]
    others = [(other.value, other.date, citer.label(other.evidence)) for other in verdict.conflicts]
    return (
        tuple(Item(text=text, label=label) for text, label in items if label),
        tuple(Conflict(value=value, date=date, label=label) for value, date, label in others if label),
    )


def understood(question: str, history: Sequence[Turn]) -> str:
    """The question as it is searched and read: in English, standing alone."""
    turns = [turn.model_copy(update={"question": in_english(turn.question)}) for turn in history]
    return standalone(without_orders(in_english(question)), turns)


def as_question(asked: Question | Mapping[str, Any] | str) -> Question:
    """Accept what LangChain users pass: a string, a mapping or a `Question`.

    Raises:
        InvalidQuestion: the question is empty, too long or not a question at all.
    """
    if isinstance(asked, Question):
        return asked
    try:
        return Question.model_validate({"question": asked} if isinstance(asked, str) else dict(asked))
    except ValidationError as error:
        raise InvalidQuestion(_sentence(error)) from None


def _sentence(error: ValidationError) -> str:
    first = error.errors()[0]
    if first["loc"] == ("question",) and first["type"] == "string_too_short":
        return "The question is empty."
    if first["loc"] == ("question",) and first["type"] == "string_too_long":
        return f"The question is longer than {MAX_QUESTION:,} characters."
    return f"The field {'.'.join(map(str, first['loc']))!r} is not right: {first['msg']}."


def _answer(question: Question, text: str, hits: Sequence[Hit], draft: _Draft, timings: Timings) -> Answer:
    is_refusal = draft.completeness == "none"
    return Answer(
        question=question.question,
        standalone_question=text,
        answer=_refused(draft.verdict, question.question) if is_refusal else " ".join(draft.sentences),
        short_answer=None if is_refusal else draft.verdict.short_answer,
        completeness=draft.completeness,
        as_of=None if is_refusal else max((c.published for c in draft.citations if c.published), default=None),
        citations=() if is_refusal else draft.citations,
        conflicts=() if is_refusal else draft.conflicts,
        items=() if is_refusal else draft.items,
        coverage=None if is_refusal else draft.verdict.coverage,
        nearest=_nearest(hits) if is_refusal else (),
        reader=draft.reader,
        timings_ms=timings,
    )


def _refused(verdict: Verdict, question: str) -> str:
    return verdict.asks or refusal(verdict.missing, language_of(question))


def _nearest(hits: Sequence[Hit]) -> tuple[Nearest, ...]:
    by_document = {hit.chunk.document_id: hit.metadata for hit in reversed(hits)}
    order = dict.fromkeys(hit.chunk.document_id for hit in hits)
    return tuple(
        Nearest(
            document_id=id,
            title=by_document[id].title,
            url=by_document[id].url,
            published=by_document[id].published,
        )
        for id in list(order)[:NEAREST]
    )
