"""Answering on one screen: rewrite → retrieve → read → cite, as a LangChain Runnable."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from langchain_core.runnables import Runnable, RunnableConfig

from app.answering.citations import Citer
from app.answering.failure import ReaderFailed
from app.answering.rewrite import standalone
from app.answering.types import Claim, Hit, Reader, Verdict
from app.retrieval.search import Found
from app.types import Answer, Claimed, Event, Finished, Nearest, Question, Retrieved, Timings, Understood

HITS = 12
NEAREST = 3


@dataclass(frozen=True, slots=True)
class Parts:
    """What the assistant is made of; built in `app.wiring`."""

    search: Callable[[str, int], Found]
    text_of: Callable[[str], str]
    extractive: Callable[[], Reader]
    llm: Reader | None = None


class Assistant(Runnable[Question | Mapping[str, Any] | str, Answer]):
    """Answers one question from the library; `events` gives the same step by step."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def invoke(
        self, input: Question | Mapping[str, Any] | str, config: RunnableConfig | None = None, **kwargs: Any
    ) -> Answer:
        """The whole answer."""
        return self._call_with_config(self._answer, input, config)

    def events(self, question: Question) -> Iterator[Event]:
        """Understood, Retrieved, any number of Claimed, then Finished with the whole answer."""
        started = perf_counter()
        text = standalone(question.question, question.history)
        yield Understood(standalone_question=text)
        found = self._parts.search(text, HITS)
        retrieved = perf_counter()
        yield Retrieved(
            passages=len(found.hits), titles=tuple(dict.fromkeys(hit.metadata.title for hit in found.hits))
        )
        draft = yield from self._read(text, found)
        ended = perf_counter()
        timings = Timings(
            retrieve=round((retrieved - started) * 1000),
            read=round((ended - retrieved) * 1000),
            total=round((ended - started) * 1000),
        )
        yield Finished(answer=_answer(question, text, found.hits, draft, timings))

    def _answer(self, input: Question | Mapping[str, Any] | str) -> Answer:
        for event in self.events(as_question(input)):
            if isinstance(event, Finished):
                return event.answer
        raise RuntimeError("an answer's events always end with Finished")

    def _read(self, text: str, found: Found) -> Iterator[Event]:
        if self._parts.llm is None:
            return (yield from self._draft(self._parts.extractive(), text, found))
        try:
            return (yield from self._draft(self._parts.llm, text, found))
        except ReaderFailed as failure:
            extractive = self._parts.extractive()
            reason = f"{extractive.name} ({self._parts.llm.name} failed: {failure})"
            return (yield from self._draft(extractive, text, found, reader=reason))

    def _draft(self, reader: Reader, text: str, found: Found, *, reader_name: str | None = None) -> Iterator[Event]:
        citer = Citer(self._parts.text_of)
        sentences: list[str] = []
        verdict = Verdict("none")
        for step in reader.read(text, found.hits):
            if isinstance(step, Verdict):
                verdict = step
            elif cited := citer.cite(step):
                sentences.append(cited[0])
                yield Claimed(text=cited[0], citations=cited[1])
        return _Draft(tuple(sentences), citer, verdict, reader_name or reader.name)
