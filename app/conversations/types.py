"""What is kept: a conversation of turns, and what somebody said about an answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from app.types import Answer

Outcome = Literal["answered", "stopped", "failed"]
Verdict = Literal["right", "wrong_answer", "wrong_citation", "missing_document", "comment"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

MAX_TITLE = 120
MAX_COMMENT = 4_000
MAX_KEPT_TURNS = 500


@dataclass(frozen=True, slots=True)
class Exchanged:
    """A question and what became of it."""

    question: str
    outcome: Outcome
    generation: int
    """Number of the library's generation that it was asked of."""
    answer: Answer | None = None
    """The whole answer, quotes included, so that it can be shown when its documents have changed."""


@dataclass(frozen=True, slots=True)
class KeptTurn:
    """An exchange as it stands in a conversation."""

    number: int
    """From 1; a number that was given once is not given again."""
    asked: datetime
    exchanged: Exchanged


@dataclass(frozen=True, slots=True)
class Kept:
    """A conversation without its turns."""

    id: str
    """Long and random: who does not know it cannot guess it."""
    title: str
    created: datetime
    updated: datetime
    """When its last question was asked."""
    turns: int


@dataclass(frozen=True, slots=True)
class KeptConversation:
    """A conversation with its turns, oldest first."""

    kept: Kept
    turns: tuple[KeptTurn, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """Some of the conversations of one owner, newest first, and how many there are in all."""

    conversations: tuple[Kept, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody says about an answer, with all that is needed to look into it."""

    verdict: Verdict
    answer: Answer
    generation: int
    comment: str = ""
    label: int | None = None
    """The citation that is meant, where one is."""
    conversation: str | None = None


@dataclass(frozen=True, slots=True)
class KeptFeedback:
    """Feedback as it is kept."""

    id: str
    owner: str
    sent: datetime
    feedback: Feedback
