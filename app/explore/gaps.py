"""What the collection lacks: questions that found no answer, grouped, and documents that no answer ever cited."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.types import Answer
from ingest.library import DocumentRow
from ingest.reading import name_words

ALIKE = 0.5
"""Share of the words of two questions that they have in common, of all words in either, to be about the same."""
_STEM = 6


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Questions about the same that the documents did not answer."""

    questions: tuple[str, ...]
    """Different wordings, the most frequent first."""
    times: int


@dataclass(frozen=True, slots=True)
class Gaps:
    """What answers given so far say of the collection."""

    answers: int
    unanswered: tuple[Unanswered, ...]
    uncited: tuple[DocumentRow, ...]


def gaps(answers: Sequence[Answer], documents: Iterable[DocumentRow]) -> Gaps:
    """Unanswered questions, the most frequent first, and documents that none of the answers cites."""
    cited = {citation.document_id for answer in answers for citation in answer.citations}
    refused = (answer.standalone_question for answer in answers if answer.completeness == "none")
    return Gaps(len(answers), grouped(refused), tuple(row for row in documents if row.id not in cited))


def grouped(questions: Iterable[str]) -> tuple[Unanswered, ...]:
    """Questions that share most of their words, together; each joins the first group that it is like."""
    asked = Counter(" ".join(question.split()) for question in questions)
    groups: list[tuple[frozenset[str], list[str]]] = []
    for question, _ in asked.most_common():
        stems = _stems(question)
        members = next((members for known, members in groups if _likeness(known, stems) >= ALIKE), None)
        if members is None:
            groups.append((stems, [question]))
        else:
            members.append(question)
    told = (Unanswered(tuple(members), sum(asked[each] for each in members)) for _, members in groups)
    return tuple(sorted(told, key=lambda each: -each.times))


def _stems(question: str) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in name_words(question))


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / (len(one | other) or 1)
