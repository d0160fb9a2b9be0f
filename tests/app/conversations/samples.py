"""Answers to keep, and an archive to keep them in."""

from pathlib import Path

from app.conversations.archive import Archive, open_archive
from app.conversations.types import Exchanged
from app.types import Answer, Citation, Conflict, Item

TEXT = "Partner countries\n\nThe Initiative counted 62 partner countries in 2021 and 64 in 2022."
QUOTE = "64 in 2022"


def answer(text: str = "The Initiative counted 64 partner countries in 2022 [1].", **changes: object) -> Answer:
    citation = Citation(
        label=1,
        document_id="partners/overview",
        title="Partner countries",
        url="https://example.org/partners",
        published="2022-06",
        section="Partner countries › Numbers",
        page=3,
        quote=QUOTE,
        start=TEXT.index(QUOTE),
        end=TEXT.index(QUOTE) + len(QUOTE),
    )
    given = Answer(
        question="How many partner countries are there?",
        standalone_question="How many partner countries are there?",
        answer=text,
        short_answer="64",
        completeness="partial",
        as_of="2022-06",
        citations=(citation,),
        conflicts=(Conflict(value="62 partner countries", date="2021", label=1),),
        items=(Item(text="Kazakhstan", label=1),),
        coverage="2 of the 64 countries have a page of their own here.",
        reader="extractive",
    )
    return given.model_copy(update=changes)


def exchanged(question: str = "How many partner countries are there?", text: str | None = None) -> Exchanged:
    return Exchanged(question, "answered", 7, answer=answer(text) if text else answer())


def archive(root: Path, *, days: int = 30) -> Archive:
    return open_archive(root / "data", days=days)
