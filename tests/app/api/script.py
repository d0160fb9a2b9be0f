"""Scripted services: three documents, one answer, and questions that fail or wait on purpose."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from time import monotonic, sleep

from fastapi import FastAPI
from starlette.testclient import TestClient

from app.api.application import create_api
from app.api.limits import WAITING_PER_RUNNING, Busy, Slots
from app.services import Services
from app.settings import Settings
from app.types import Answer, Citation, Event, Finished, Question
from ingest.errors import CoeError, LibraryMissing, UnknownDocument
from ingest.types import Document, Metadata, Section, SourceReference

HERE = "http://127.0.0.1:7860"
LOOPBACK = ("127.0.0.1", 50000)
SECRET = "sk-TEST /srv/x"

TITLE = "Round table of Central Asia"
QUOTE = "The round table met in Tashkent in June 2021."
TEXT = "\n\n".join(
    [
        TITLE,
        "Decisions",
        f"{QUOTE} Experts took part.",
        "One field exercise\nTwo working groups",
        "Next steps",
        "Nothing is planned & nothing was promised.",
    ]
)
HOSTILE = '<script>alert(1)</script> ![x](https://evil.example/1.png) </article></title>" onload="alert(2)'


def at(text: str, quote: str) -> dict[str, int]:
    """The `start` and `end` of a quote."""
    return {"start": text.index(quote), "end": text.index(quote) + len(quote)}


def section(text: str, first: str, last: str, heading: str, page: int | None = None) -> Section:
    return Section(heading, text.index(first), text.index(last) + len(last), page)


ROUND_TABLE = Document(
    id="meetings/round-table",
    origin="corpus",
    path="meetings/round-table.md",
    sha256="0" * 64,
    metadata=Metadata(
        title=TITLE,
        kind="meeting",
        region="Central Asia",
        sources=(
            SourceReference("Report", "UNICRI", "2021-06-03", "https://example.org/report?a=1&b=2"),
            SourceReference("A plain page", None, None, "http://example.org/plain"),
            SourceReference("A trap", None, "2020", "javascript:alert(1)"),
        ),
    ),
    text=TEXT,
    sections=(
        section(TEXT, TITLE, TITLE, ""),
        section(TEXT, "Decisions", "Two working groups", "Decisions", 1),
        section(TEXT, "Next steps", "promised.", "Decisions › Next steps", 2),
    ),
)
HOSTILE_DOCUMENT = Document(
    id="added/hostile",
    origin="added",
    path="/x/hostile.md",
    sha256="0" * 64,
    metadata=Metadata(
        title=HOSTILE,
        kind=HOSTILE,
        language=HOSTILE,
        region=HOSTILE,
        sources=(SourceReference(HOSTILE, HOSTILE, "2021", f"https://example.org/{HOSTILE}"),),
    ),
    text=HOSTILE,
    sections=(Section(HOSTILE, 0, len(HOSTILE)),),
)
BARE = Document("bare", "added", "/x/bare.txt", "0" * 64, Metadata(title="Bare"), "Only words.", ())
DOCUMENTS = {document.id: document for document in (ROUND_TABLE, HOSTILE_DOCUMENT, BARE)}


@dataclass
class Script:
    """Answers every question alike; some words in it make it fail or wait."""

    asked: list[Question] = field(default_factory=list)
    not_ready: CoeError | None = None
    gate: threading.Event = field(default_factory=threading.Event)
    """A question with the word `wait` is answered when this is set."""

    def services(self) -> Services:
        return Services(self.ask, self.events, self.document, self.check_ready)

    def ask(self, question: Question) -> Answer:
        self.asked.append(question)
        if "defect" in question.question:
            raise RuntimeError(SECRET)
        if "empty library" in question.question:
            raise LibraryMissing("There is no library yet: run `coe ingest`.")
        if "wait" in question.question:
            self.gate.wait(60)
        return answer(question)

    def events(self, question: Question) -> Iterator[Event]:
        yield Finished(answer=self.ask(question))

    def document(self, id: str) -> Document:
        if id not in DOCUMENTS:
            raise UnknownDocument(f"The library holds no document {id!r}.")
        return DOCUMENTS[id]

    def check_ready(self) -> None:
        if self.not_ready:
            raise self.not_ready


def answer(question: Question) -> Answer:
    citation = Citation(
        label=1,
        document_id=ROUND_TABLE.id,
        title=TITLE,
        url=ROUND_TABLE.metadata.url,
        published=ROUND_TABLE.metadata.published,
        section="Decisions",
        page=None,
        quote=QUOTE,
        **at(TEXT, QUOTE),
    )
    return Answer(
        question=question.question,
        standalone_question=question.question,
        answer=f"{QUOTE} [1]",
        short_answer="Tashkent",
        completeness="complete",
        as_of="2021-06-03",
        citations=(citation,),
        reader="extractive",
    )


def answering(ask: Callable[[Question], Answer]) -> Services:
    """Services that answer so, step by step or at once."""

    def events(question: Question) -> Iterator[Event]:
        yield Finished(answer=ask(question))

    return replace(Script().services(), ask=ask, events=events)


def settings(**changes: object) -> Settings:
    return Settings(_env_file=None).model_copy(update=changes)


def api(script: Script | None = None, **changes: object) -> FastAPI:
    return create_api(settings(**changes), (script or Script()).services())


def client(script: Script | None = None, **changes: object) -> TestClient:
    """A client of the API alone, on this machine and at the address it expects."""
    return visitor(api(script, **changes))


def visitor(app: FastAPI) -> TestClient:
    """A client of an application, on the same machine."""
    return TestClient(app, base_url=HERE, follow_redirects=False, client=LOOPBACK)


def until(condition: Callable[[], bool], *, seconds: float = 20.0) -> None:
    """Wait for a condition."""
    over = monotonic() + seconds
    while not condition():
        assert monotonic() < over
        sleep(0.005)


@contextmanager
def full(slots: Slots) -> Iterator[None]:
    """While the block runs, every place is taken, and as many wait for one as may."""
    over = threading.Event()

    def take() -> None:
        with suppress(Busy), slots.hold():
            over.wait(60)

    threads = [threading.Thread(target=take) for _ in range(settings().max_concurrent * (1 + WAITING_PER_RUNNING))]
    for thread in threads:
        thread.start()
    until(lambda: slots.waiting == settings().max_concurrent * WAITING_PER_RUNNING)
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()
