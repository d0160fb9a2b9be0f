"""The LLM reader: a chat model proposes sentences with quotes; only what the documents bear out is kept."""

import asyncio
import secrets
import weakref
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Thread
from typing import Any, ClassVar, Literal

from langchain_core.exceptions import (
    ContextOverflowError,
    ModelAPIError,
    ModelAuthenticationError,
    ModelConnectionError,
    ModelInvalidRequestError,
    ModelNotFoundError,
    ModelPermissionDeniedError,
    ModelRateLimitError,
    ModelTimeoutError,
)
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage
from langchain_core.runnables import Runnable
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import from_json

from app.answering.grounding import find_quote, unsupported
from app.answering.markup import foreign_addresses, repeats, strip_markup
from app.answering.prompts import ABSTAIN, PASSAGE, READ, SYSTEM
from app.answering.types import Claim, Evidence, Hit, Verdict
from app.running import Stopped, when_stopped
from ingest.errors import CoeError
from ingest.sentences import sentences

MAX_CLAIMS = 12
MAX_CLAIM = 600
MAX_QUOTES = 8
MAX_SHORT_ANSWER = 200
MAX_MISSING = 300
MAX_OUTPUT = 100_000
"""Characters of one answer; a model that writes more is not answering the question."""
BUDGET = 5
"""A whole answer may take so many times the longest silence allowed."""


class ReaderFailed(CoeError):
    """The model gave nothing to check; the message is the cause in a few words, without addresses or keys."""

    code: ClassVar[str] = "reader_failed"
    status: ClassVar[int] = 502


class LLMReader:
    """Answers with any LangChain chat model and keeps only what stands in the passages."""

    def __init__(self, model: BaseChatModel, *, name: str, timeout: float) -> None:
        self.name = name
        self._timeout = timeout
        self._chain: Runnable[dict[str, Any], BaseMessage] = READ | model
        self._loop = _start_loop()
        weakref.finalize(self, self._loop.call_soon_threadsafe, self._loop.stop)

    def read(self, question: str, hits: Sequence[Hit]) -> Iterator[Claim | Verdict]:
        """Yield claims as they are checked, then one verdict; after the verdict `none` no claim counts.

        Closing the iterator cancels the request, and so does stopping the run that reads it.

        Raises:
            ReaderFailed: the model cannot be reached, is too slow, breaks off or writes something else.
        """
        marker = secrets.token_hex(8)
        chunks = self._chain.astream({"passages": _passages(hits, marker), "question": question, "marker": marker})
        stream = _Stream(self._loop, chunks, self._timeout)
        try:
            with when_stopped(stream.stop):
                yield from _checked(_lines(stream.pieces()), question, hits)
        finally:
            stream.cancel()


def _passages(hits: Sequence[Hit], marker: str) -> str:
    return "\n\n".join(
        PASSAGE.format(
            number=number,
            marker=marker,
            title=" ".join(hit.metadata.title.split()),
            section=" ".join(hit.chunk.heading.split()) or "-",
            date=hit.metadata.published or "unknown",
            text=hit.chunk.text,
        )
        for number, hit in enumerate(hits, 1)
    )


def _start_loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    Thread(target=_serve, args=(loop,), name="coe-llm", daemon=True).start()
    return loop


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    try:
        loop.run_forever()
        loop.run_until_complete(_cancel_all())
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        loop.close()


async def _cancel_all() -> None:
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


class _Stream:
    """Text of a model's answer as it arrives."""

    def __init__(self, loop: asyncio.AbstractEventLoop, chunks: AsyncIterator[BaseMessage], timeout: float) -> None:
        self._inbox: SimpleQueue[str | ReaderFailed | Stopped | None] = SimpleQueue()
        self._future = asyncio.run_coroutine_threadsafe(_pump(chunks, timeout, self._inbox.put), loop)

    def pieces(self) -> Iterator[str]:
        while (piece := self._inbox.get()) is not None:
            if isinstance(piece, ReaderFailed | Stopped):
                raise piece
            yield piece

    def stop(self) -> None:
        """Cancel, and let whoever waits for the next piece go."""
        self._inbox.put(Stopped())
        self.cancel()

    def cancel(self) -> None:
        self._future.cancel()


async def _pump(
    chunks: AsyncIterator[BaseMessage], timeout: float, put: Callable[[str | ReaderFailed | None], None]
) -> None:
    """Pass every piece of text on; the end, whatever it is, is always told."""
    loop = asyncio.get_running_loop()
    finish = loop.time() + BUDGET * timeout
    written = 0
    try:
        async with aclosing(chunks):  # type: ignore[type-var]  # LangChain's streams are asynchronous generators
            while True:
                async with asyncio.timeout_at(min(loop.time() + timeout, finish)):
                    chunk = await anext(chunks, None)
                if chunk is None:
                    return
                written += len(chunk.text)
                if written > MAX_OUTPUT:
                    put(ReaderFailed(f"the model wrote more than {MAX_OUTPUT} characters"))
                    return
                put(chunk.text)
    except Exception as error:
        is_late = loop.time() >= finish
        put(ReaderFailed(_cause(error, BUDGET * timeout if is_late else timeout, has_begun=written > 0)))
    finally:
        put(None)


_CAUSES: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    ((ModelAuthenticationError, ModelPermissionDeniedError), "the model server rejected the key"),
    ((ModelNotFoundError,), "the model server does not know the model"),
    ((ModelRateLimitError,), "the model server asks to wait"),
    ((ContextOverflowError,), "the passages are longer than the model can read"),
    ((ModelInvalidRequestError,), "the model server rejected the request"),
    ((ModelAPIError,), "the model server failed"),
    ((ValueError,), "the model server sent something that is no answer"),
)


def _cause(error: Exception, seconds: float, *, has_begun: bool) -> str:
    if isinstance(error, TimeoutError | ModelTimeoutError):
        return f"the model server gave no {'complete ' if has_begun else ''}answer within {seconds:g} s"
    if isinstance(error, ModelConnectionError | ConnectionError):
        return _connection_cause(error, has_begun=has_begun)
    status = getattr(error, "status_code", None)
    code = f" (HTTP {status})" if isinstance(status, int) else ""
    for kinds, sentence in _CAUSES:
        if isinstance(error, kinds):
            return sentence + code
    return f"the model server answered{code}" if code else f"the model failed ({type(error).__name__})"


def _connection_cause(error: BaseException, *, has_begun: bool) -> str:
    if has_begun:
        return "the model server broke the connection off"
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ConnectionRefusedError):
            return "the model server refused the connection"
        cause = cause.__cause__ or cause.__context__
    return "the model server could not be reached"


class _Quote(BaseModel):
    passage: int
    quote: str


class _ClaimLine(BaseModel):
    claim: str
    quotes: list[_Quote]


class _VerdictLine(BaseModel):
    verdict: Literal["complete", "partial", "none"]
    short_answer: str | None = None
    missing: str | None = None


_LINE: TypeAdapter[_ClaimLine | _VerdictLine] = TypeAdapter(_ClaimLine | _VerdictLine)


def _lines(pieces: Iterator[str]) -> Iterator[str]:
    """Lines that say something, without code fences.

    Raises:
        ReaderFailed: the text ends inside an object.
    """
    held: list[str] = []
    for piece in pieces:
        *ends, rest = piece.split("\n")
        for end in ends:
            yield from _said("".join([*held, end]))
            held = []
        held.append(rest)
    for line in _said("".join(held)):
        if line.startswith("{") and not _is_json(line):
            raise ReaderFailed("the model broke its answer off")
        yield line


def _said(text: str) -> Iterator[str]:
    line = text.strip().removesuffix(",")
    if line and not line.startswith("```"):
        yield line


def _is_json(text: str) -> bool:
    try:
        from_json(text)
    except ValueError:
        return False
    return True


@dataclass(slots=True)
class _Reading:
    """What has been kept and dropped so far."""

    kept: list[Claim] = field(default_factory=list)
    dropped: int = 0
    has_lost_claim: bool = False
    lines: int = 0
    understood: int = 0

    def keeps(self, claim: Claim | None, failed_quotes: int) -> bool:
        """Account for a claim that was read; True when it is new and belongs in the answer."""
        self.dropped += failed_quotes
        if claim is None or len(self.kept) == MAX_CLAIMS:
            self.lose_claim()
            return False
        if any(claim.text == earlier.text for earlier in self.kept):
            return False
        self.kept.append(claim)
        return True

    def lose_claim(self) -> None:
        self.dropped += 1
        self.has_lost_claim = True


def _checked(lines: Iterator[str], question: str, hits: Sequence[Hit]) -> Iterator[Claim | Verdict]:
    reading = _Reading()
    for text in lines:
        reading.lines += 1
        line = _parse(text)
        if isinstance(line, _VerdictLine):
            yield _verdict(line, reading, question)
            return
        if line is None:
            reading.dropped += 1
            reading.has_lost_claim |= text.startswith("{")
            continue
        reading.understood += 1
        claim, failed_quotes = _claim(line, question, hits)
        if reading.keeps(claim, failed_quotes) and claim:
            yield claim
    yield _unspoken_verdict(reading)


def _parse(text: str) -> _ClaimLine | _VerdictLine | None:
    try:
        return _LINE.validate_json(text)
    except ValidationError:
        return None


def _claim(line: _ClaimLine, question: str, hits: Sequence[Hit]) -> tuple[Claim | None, int]:
    """The claim where every check holds, and how many of its quotes failed theirs."""
    found = [_evidence(quote, hits) for quote in line.quotes[:MAX_QUOTES]]
    evidence = tuple(dict.fromkeys(item for item in found if item))
    text = _sentence(line.claim, [item.quote for item in evidence], _context(question, evidence), MAX_CLAIM)
    return (Claim(text, evidence) if text and evidence else None), found.count(None)


def _evidence(quote: _Quote, hits: Sequence[Hit]) -> Evidence | None:
    """The sentences or rows that the quote stands in: half a sentence can say the opposite of the whole."""
    if not 1 <= quote.passage <= len(hits):
        return None
    hit = hits[quote.passage - 1]
    text = hit.chunk.text
    found = find_quote(text, quote.quote)
    if found is None:
        return None
    around = [span for span in sentences(text) if span.start < found[1] and span.end > found[0]]
    start = min(found[0], *(span.start for span in around))
    end = max(found[1], *(span.end for span in around))
    return Evidence(hit, hit.chunk.start + start, hit.chunk.start + end, text[start:end])


def _context(question: str, evidence: Sequence[Evidence]) -> list[str]:
    cited = [text for item in evidence for text in (item.hit.metadata.title, item.hit.chunk.heading)]
    return [question, *cited]


def _sentence(text: str, quotes: Sequence[str], context: Sequence[str], limit: int) -> str | None:
    """The text without markup, or None when any part of it is not borne out."""
    if len(text) > limit or foreign_addresses(text, quotes):
        return None
    plain = strip_markup(text)
    if not plain or repeats(plain, SYSTEM) or unsupported(plain, quotes, context):
        return None
    return plain


def _verdict(line: _VerdictLine, reading: _Reading, question: str) -> Verdict:
    missing = _sentence((line.missing or "").rstrip(" ."), [question], [], MAX_MISSING)
    if line.verdict == ABSTAIN or not reading.kept:
        return Verdict("none", missing=missing, dropped=reading.dropped)
    quotes = [item.quote for claim in reading.kept for item in claim.evidence]
    is_complete = line.verdict == "complete" and not reading.has_lost_claim
    return Verdict(
        completeness="complete" if is_complete else "partial",
        short_answer=_sentence(line.short_answer or "", quotes, [], MAX_SHORT_ANSWER),
        missing=None if is_complete else missing,
        dropped=reading.dropped,
    )


def _unspoken_verdict(reading: _Reading) -> Verdict:
    if not reading.lines:
        raise ReaderFailed("the model wrote nothing")
    if not reading.understood:
        raise ReaderFailed("the model did not keep to the form of an answer")
    return Verdict("partial" if reading.kept else "none", dropped=reading.dropped)
