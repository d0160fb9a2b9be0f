"""A follow-up becomes a question that stands alone, from the conversation so far and without an LLM."""

from collections.abc import Callable, Sequence

from app.answering import phrases
from app.answering.antecedents import pronoun_replaced
from app.answering.entities import entities
from app.answering.replacement import asked_again, put_in_place
from app.answering.topics import appended
from app.answering.turns import Followup, Past, is_question, joined
from app.types import Turn

_DEPTH = 4
"""How many turns back a follow-up may reach."""

_LONGEST = 400
"""Characters of a question that may be a follow-up; a longer one says itself what it is about."""

_END = 300
"""How much of an answer is read for an offer."""

_SHORT_REPLY = 8
"""Words of a reply that only says which one is meant."""


def standalone(question: str, history: Sequence[Turn], known: frozenset[str] = frozenset()) -> str:
    """The question with what it leaves to the conversation put in; itself when it stands alone.

    `known` are further names, as `" ".join(ingest.names.words(name))`, to be recognised however they are written.
    """
    past: list[Past] = []
    for turn in history[-_DEPTH:]:
        past.append(Past(_resolved(turn.question[:_LONGEST], past, known), turn.answer, known))
    return _resolved(question, past, known)


def _resolved(question: str, past: Sequence[Past], known: frozenset[str]) -> str:
    if not past or not question.strip() or len(question) > _LONGEST:
        return question
    lead = phrases.LEAD.match(question)
    bare = question[lead.end() :] if lead else question
    if not bare.strip(" ?.!"):
        lead, bare = None, question
    if question[0].isupper():
        bare = bare[0].upper() + bare[1:]
    joins = bool(lead and phrases.JOINS.search(lead.group()))
    asked = Followup(question, joins, bare, entities(bare, known), tuple(past), known)
    readings = (reading for step in _STEPS if (reading := step(asked)) is not None)
    return next(readings, question)


def _accepted_offer(asked: Followup) -> str | None:
    """`yes` after `Would you like to know …?` asks what was offered; `yes` alone joins the question before."""
    if not phrases.YES.fullmatch(asked.text):
        return None
    offers = list(phrases.OFFER.finditer(asked.last.answer[-_END:]))
    if not offers:
        return joined(asked.text, asked.last.question)
    offered = phrases.OFFERED.sub("", offers[-1]["what"], count=1).strip()
    mark = "?" if phrases.ASKING.match(offered) else ""
    offered = f"{offered[0].upper()}{offered[1:]}{mark}"
    rewritten = Followup(offered, False, offered, entities(offered, asked.known), asked.past, asked.known)
    return pronoun_replaced(rewritten) or offered


def _told_which(asked: Followup) -> str | None:
    """A short reply to `Which one do you mean?` belongs behind the question that was open."""
    if not phrases.WHICH_ONE.search(asked.last.answer[-_END:]) or is_question(asked.bare):
        return None
    reply = asked.bare.strip(" ?.!")
    return joined(asked.last.question, reply) if len(reply.split()) <= _SHORT_REPLY else None


_STEPS: tuple[Callable[[Followup], str | None], ...] = (
    _accepted_offer,
    _told_which,
    put_in_place,
    asked_again,
    pronoun_replaced,
    appended,
)
