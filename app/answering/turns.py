"""Earlier turns and the question after them, and what is read off either."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from app.answering import phrases
from app.answering.entities import Entity, Kind, entities
from app.retrieval.query import is_stop_word
from ingest.names import fold

_BEGINNING = 240
"""How much of an answer is read for what it introduced: what a question was about comes first."""

FEW = 3
"""Content words up to which a question without a name is too short to stand alone."""


@dataclass(frozen=True)
class Past:
    """An earlier turn, its question already standing alone; what it names is read when first needed."""

    question: str
    answer: str
    known: frozenset[str]

    @cached_property
    def asked(self) -> tuple[Entity, ...]:
        """What the question names."""
        return entities(self.question, self.known)

    @cached_property
    def told(self) -> tuple[Entity, ...]:
        """What the beginning of the answer names."""
        return entities(self.answer[:_BEGINNING], self.known)

    @property
    def asks_back(self) -> bool:
        """True when the answer ends with a question."""
        return self.answer.rstrip().endswith("?")


@dataclass(frozen=True, slots=True)
class Followup:
    """The question to be understood, and the turns before it, latest last."""

    text: str
    joins: bool
    """True when it begins with `and`, `but` or the like."""
    bare: str
    """The question without that."""
    named: tuple[Entity, ...]
    """Entities of the rest."""
    past: tuple[Past, ...]
    known: frozenset[str]

    @property
    def last(self) -> Past:
        """The turn just before."""
        return self.past[-1]

    @property
    def anchors(self) -> tuple[Entity, ...]:
        """Names that let a question stand alone."""
        return tuple(entity for entity in self.named if entity.is_anchor)


def is_question(text: str) -> bool:
    """True when the text begins as a question."""
    return bool(phrases.QUESTION.match(text))


def language_of(text: str) -> str:
    """`en`, `fr` or `ru`, by its question words."""
    return next((language for language, pattern in phrases.LANGUAGES.items() if pattern.search(text)), "en")


def hinted_kinds(text: str, hints: Sequence[tuple[re.Pattern[str], tuple[Kind, ...]]]) -> list[Kind]:
    """Kinds that the words of a question speak of: a budget is a project's."""
    return [kind for pattern, kinds in hints if pattern.search(text) for kind in kinds]


def introduced_by(last: Past, kinds: Sequence[Kind]) -> Entity | None:
    """What the answer named when the question asked `which project`, `which country` and so on."""
    wanted = re.match(r"^(?:in\s+)?(?:which|what)\s+(\w+)", last.question, re.IGNORECASE)
    told = phrases.TYPE_NOUNS.get(wanted[1].casefold(), ()) if wanted else ()
    return first_of(last.told, [kind for kind in told if kind in kinds])


def first_of(found: Sequence[Entity], kinds: Sequence[Kind]) -> Entity | None:
    """The first entity of the first kind that any is of."""
    return next((entity for kind in kinds for entity in found if entity.kind == kind), None)


def is_vague(entity: Entity) -> bool:
    """True for events whose words hold no name, number or date: `the final meeting`."""
    return entity.is_phrase and all(other.is_phrase for other in entities(entity.text))


def content_words(text: str) -> list[str]:
    """Words that say something by themselves."""
    tokens = (match.group() for match in re.finditer(r"[^\W_]+", text))
    return [token for token in tokens if not is_stop_word(fold(token)) and fold(token) not in phrases.FILLERS]


def put_behind(asked: Followup, topic: str) -> str:
    """The question with a topic in brackets behind it, unless it has it."""
    return with_topic(asked.bare, topic)


def with_topic(text: str, topic: str) -> str:
    """The text with a topic in brackets behind it, unless it has it."""
    return joined(text, topic) if topic and topic.casefold() not in text.casefold() else text


def joined(text: str, topic: str) -> str:
    """The text with a topic in brackets behind it."""
    return f"{text} ({topic})"
