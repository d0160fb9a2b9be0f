"""SQuAD-style files, and figures as SQuAD's own script makes them."""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evals.confidence import auroc
from evals.normalisation import official, token_f1
from ingest.errors import CoeError

Mode = Literal["oracle", "open"]


class ExternalError(CoeError):
    """A file is not what SQuAD's files are."""

    code = "external_error"


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class GivenAnswer(_Read):
    """An answer somebody gave, and where in the paragraph it stands, if the file says so."""

    text: str
    answer_start: int | None = None


class GivenQuestion(_Read):
    """A question as the file holds it."""

    id: str
    question: str
    answers: tuple[GivenAnswer, ...] = ()
    is_impossible: bool = False


class GivenParagraph(_Read):
    """A paragraph with its questions."""

    context: str
    qas: tuple[GivenQuestion, ...]


class GivenArticle(_Read):
    """A titled article."""

    title: str = ""
    paragraphs: tuple[GivenParagraph, ...]


class _File(_Read):
    data: tuple[GivenArticle, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A stretch of text that questions were asked about."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about a paragraph, with the answers people gave."""

    id: str
    question: str
    paragraph: str
    answers: tuple[str, ...]
    """Empty when the paragraph does not say."""


@dataclass(frozen=True, slots=True)
class Collection:
    """A whole file."""

    paragraphs: tuple[Paragraph, ...]
    questions: tuple[Asked, ...]

    def sample(self, limit: int | None, seed: int) -> tuple[Asked, ...]:
        """So many questions by chance, in the order of the file; all of them without a limit."""
        if limit is None or limit >= len(self.questions):
            return self.questions
        drawn = random.Random(seed).sample(range(len(self.questions)), limit)
        return tuple(self.questions[at] for at in sorted(drawn))


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back to one question."""

    asked: Asked
    text: str
    """Empty when it was refused."""
    confidence: float | None
    found: tuple[str, ...] | None = None
    """Paragraphs found, best first; None when the paragraph was given."""


class ExternalFigures(BaseModel):
    """Figures that can be set beside published ones; None where a file has no question they apply to."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    n: int
    em: float
    f1: float
    has_answer_f1: float | None
    no_answer_accuracy: float | None
    answerability_auroc: float | None
    recall_at_1: Annotated[float | None, Field(serialization_alias="recall@1")]
    recall_at_5: Annotated[float | None, Field(serialization_alias="recall@5")]
    mrr: float | None
    seconds: float

    def as_json(self) -> str:
        """One line."""
        return json.dumps(self.model_dump(by_alias=True))


def read_given(path: Path) -> tuple[GivenArticle, ...]:
    """The articles of a file as they stand in it.

    Raises:
        ExternalError: it cannot be read.
    """
    try:
        return _File.model_validate_json(path.read_bytes()).data
    except (OSError, ValidationError) as error:
        raise ExternalError(f"{path} is no SQuAD-style file: {_sentence(error)}") from error


def read_squad(path: Path) -> Collection:
    """Read a file.

    Raises:
        ExternalError: it cannot be read, or holds no question.
    """
    paragraphs: list[Paragraph] = []
    questions: list[Asked] = []
    placed = ((article.title, paragraph) for article in read_given(path) for paragraph in article.paragraphs)
    for title, paragraph in placed:
        id = f"p{len(paragraphs)}"
        paragraphs.append(Paragraph(id, title.replace("_", " "), paragraph.context))
        questions.extend(_asked(paragraph, id))
    if not questions:
        raise ExternalError(f"{path} holds no question")
    return Collection(tuple(paragraphs), tuple(questions))


def figures(replies: Sequence[Reply], seconds: float) -> ExternalFigures:
    """All figures: those of the official script in percent, as published, the others from 0 to 1."""
    answerable = [reply for reply in replies if reply.asked.answers]
    refusable = [reply for reply in replies if not reply.asked.answers]
    told = [(reply.confidence, bool(reply.asked.answers)) for reply in replies if reply.confidence is not None]
    return ExternalFigures(
        n=len(replies),
        em=100 * _required(_mean([exact(reply) for reply in replies])),
        f1=100 * _required(_mean([overlap(reply) for reply in replies])),
        has_answer_f1=_percent(_mean([overlap(reply) for reply in answerable])),
        no_answer_accuracy=_percent(_mean([float(not reply.text) for reply in refusable])),
        answerability_auroc=auroc([one for one, _ in told], [has for _, has in told]) if told else None,
        recall_at_1=_mean(list(_found_within(answerable, 1))),
        recall_at_5=_mean(list(_found_within(answerable, 5))),
        mrr=_mean([1 / rank if rank else 0.0 for rank in _ranks(answerable)]),
        seconds=round(seconds, 3),
    )


def exact(reply: Reply) -> float:
    """SQuAD's exact match with the best answer; of a question without one, an empty reply is the match."""
    return max(float(official(reply.text) == official(truth)) for truth in _truths(reply.asked))


def overlap(reply: Reply) -> float:
    """SQuAD's F1 with the best answer."""
    return max(token_f1(reply.text, truth) for truth in _truths(reply.asked))


def _truths(asked: Asked) -> tuple[str, ...]:
    """As the official script: answers of which nothing is left after normalisation do not count."""
    return tuple(answer for answer in asked.answers if official(answer)) or ("",)


def _asked(paragraph: GivenParagraph, id: str) -> Iterator[Asked]:
    for question in paragraph.qas:
        answers = () if question.is_impossible else tuple(dict.fromkeys(one.text for one in question.answers))
        yield Asked(question.id, question.question.strip(), id, answers)


def _ranks(replies: Sequence[Reply]) -> Iterator[int | None]:
    for reply in replies:
        if reply.found is not None:
            wanted = reply.asked.paragraph
            yield reply.found.index(wanted) + 1 if wanted in reply.found else None


def _found_within(replies: Sequence[Reply], depth: int) -> Iterator[float]:
    for rank in _ranks(replies):
        yield float(rank is not None and rank <= depth)


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _percent(value: float | None) -> float | None:
    return None if value is None else 100 * value


def _required(value: float | None) -> float:
    if value is None:
        raise ExternalError("no question was asked")
    return value


def _sentence(error: Any) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors(include_url=False)[0]
    return ": ".join((".".join(map(str, first["loc"])) or "the file", first["msg"]))
