"""A question that asks two things is answered as two: the parts of a question, and their answers as one."""

import re
from collections.abc import Iterator, Sequence

from app.answering.entities import Entity, entities
from app.answering.rewrite import standalone
from app.answering.types import Claim, Verdict
from app.types import Turn

MAX_CLAIMS = 2
"""Sentences quoted for each part."""

_ASKING = r"(?:(?:in|on|at|to|from|of|by|for) )?(?:who|whom|whose|when|where|what|which|how many|how much|how long)"
_ASKS = re.compile(rf"\b{_ASKING}\b", re.IGNORECASE)
_NOUN = (
    r"(?:the )?(?:(?:start|starting|end|opening|launch|full|exact|total) )?"
    r"(?:dates?|places?|venue|city|budget|cost|number|name|title|head|duration|acronym|implementer)"
)
_CLAUSES = re.compile(rf"(?:,? (?:and|as well as) |\? (?:and )?)(?={_ASKING}\b|{_NOUN} of\b)", re.IGNORECASE)
_ASKS_BY_NOUN = re.compile(rf"^\W*{_NOUN} of\b", re.IGNORECASE)
_NUMBERED = re.compile(
    r"\b(?P<noun>phase|part|step|component|cohort|edition|module) (?P<one>\d+) and (?:(?:of|in|for) )?(?:the )?"
    r"(?:(?P=noun) )?(?P<two>\d+)\b",
    re.IGNORECASE,
)
_OF_EACH = re.compile(r"^(?P<what>[^:?]{6,80}):\s+(?P<one>[^:?,]+ [^:?,]+?),? and (?P<two>[^:?,]+ [^:?,]+)\??$")
_TWO_WORDS = re.compile(rf"^(?P<one>{_ASKING}) and (?P<two>{_ASKING})\b(?P<rest>.+)$", re.IGNORECASE)
_LONGEST = 400
_LEAST_WORDS = 2
_JOINED = re.compile(
    r"\s*(?:\([^()]*\))?\s*(?:/|,? and|,? as well as)\s+"
    r"(?:(?:of|in|at|by|for|to|from|with|on|the|that|those|ones?|phase|project|regional)\s+)*",
    re.IGNORECASE,
)
"""What stands between two names of which the same is asked."""
_LISTED = re.compile(rf"\s*,\s+|{_JOINED.pattern}", re.IGNORECASE)
"""What stands between names in a list of them."""
_ONE_OF_TWO = re.compile(
    r"\b(?:between|both|or|either|versus|vs|than|more|less|earlier|later|first:|difference)\b", re.I
)
_SEVERAL = re.compile(
    r"\b(?:dates|days|years|months|places|cities|towns|venues|countries|names|titles|numbers|budgets|heads|bodies"
    r"|implementers|institutions|organisations|hosts|seats|start years|how many|number of|and the one|and that)\b",
    re.IGNORECASE,
)
"""Words that ask for as many values as there are names."""
_EACH_ASKED = re.compile(r"^\W*(?:when|where|who)\b", re.IGNORECASE)
_THINGS = re.compile(
    r"\b(?:secretariats|workshops|round tables|meetings|trainings|exercises|visits|offices|projects|conferences)\b",
    re.IGNORECASE,
)
"""Several things, one for each name."""
_OWN = frozenset({"project", "acronym", "secretariat", "title", "ordinal"})
"""Names of which each has its own date, place and head."""
_NAMES = frozenset({"project", "acronym", "name", "country", "person"})
_BEHIND = re.compile(r"\s*\([^()]*\)")


def parts(question: str) -> tuple[str, ...]:
    """The questions that a question consists of, each standing alone; the question itself when it asks one thing."""
    if len(question) > _LONGEST:
        return (question,)
    ways = (_words, _clauses, _numbered, _of_each, _names)
    found = next((split for way in ways if (split := way(question))), None)
    return found or (question,)


def joined(
    answers: Sequence[Sequence[Claim | Verdict]], questions: Sequence[str]
) -> tuple[Claim | Verdict, ...] | None:
    """The answers to the parts as one; None when they are no better than an answer to the whole.

    Parts that found nothing make it partial and are named in its coverage.
    """
    verdicts = [next(step for step in steps if isinstance(step, Verdict)) for steps in answers]
    claims = [_claims(steps, verdict) for steps, verdict in zip(answers, verdicts, strict=True)]
    firsts = {found[0].text for found in claims if found}
    if len(firsts) < len(answers) and (len(firsts) < _LEAST_WORDS or all(claims)):
        return None
    missing = [question for question, found in zip(questions, claims, strict=True) if not found]
    unique = {claim.text: claim for found in claims for claim in found}
    return (*unique.values(), _together(verdicts, missing))


def _claims(steps: Sequence[Claim | Verdict], verdict: Verdict) -> list[Claim]:
    if verdict.completeness == "none":
        return []
    return [step for step in steps if isinstance(step, Claim)][:MAX_CLAIMS]


def _together(verdicts: Sequence[Verdict], missing: Sequence[str]) -> Verdict:
    answered = [verdict for verdict in verdicts if verdict.completeness != "none"]
    told = [verdict.confidence for verdict in answered if verdict.confidence is not None]
    short = dict.fromkeys(verdict.short_answer for verdict in answered if verdict.short_answer)
    coverage = [verdict.coverage for verdict in answered if verdict.coverage]
    is_complete = not missing and all(verdict.completeness == "complete" for verdict in answered)
    return Verdict(
        "complete" if is_complete else "partial",
        short_answer="; ".join(short) or None,
        confidence=min(told, default=None),
        items=tuple(item for verdict in answered for item in verdict.items),
        conflicts=tuple(other for verdict in answered for other in verdict.conflicts),
        coverage=" ".join([*coverage, *(f"Not found: {question}" for question in missing)]) or None,
    )


def _words(question: str) -> tuple[str, ...] | None:
    """`When and where was it?`"""
    match = _TWO_WORDS.match(question)
    if match is None:
        return None
    second = match["two"]
    return f"{match['one']}{match['rest']}", f"{second[0].upper()}{second[1:]}{match['rest']}"


def _clauses(question: str) -> tuple[str, ...] | None:
    """`Who opened it and when did it end?`"""
    cuts = [match for match in _CLAUSES.finditer(question) if len(question[: match.start()].split()) > _LEAST_WORDS]
    if len(cuts) != 1:
        return None
    first, second = question[: cuts[0].start()].strip(" ?"), question[cuts[0].end() :].strip(" ?")
    if (
        not (_ASKS.search(first) or _ASKS_BY_NOUN.search(first))
        or not entities(first)
        or len(second.split()) < _LEAST_WORDS
    ):
        return None
    return f"{first}?", _alone(f"{second}?", first)


def _alone(second: str, first: str) -> str:
    """The second clause with what it leaves to the first put in."""
    past = [Turn(question=f"{first}?", answer="")]
    if len([word for word in re.findall(r"\w+", second) if word.islower()]) <= _LEAST_WORDS and entities(second):
        return standalone(f"What about {entities(second)[-1].text}?", past)
    alone = standalone(f"And {second}", past)
    return alone.removeprefix("And ") if _ASKS_BY_NOUN.match(second) else alone


def _numbered(question: str) -> tuple[str, ...] | None:
    """`The start years of phase 1 and of phase 2?`"""
    found = _NUMBERED.search(question)
    if found is None or _ONE_OF_TWO.search(question):
        return None
    before, after = question[: found.start()], question[found.end() :]
    return tuple(f"{before}{found['noun']} {found[number]}{after}" for number in ("one", "two"))


def _of_each(question: str) -> tuple[str, ...] | None:
    """`Number of participants: Falcon in 2016, and ARZ in 2024?`"""
    found = _OF_EACH.match(question)
    if found is None or _ONE_OF_TWO.search(question) or not all(entities(found[side]) for side in ("one", "two")):
        return None
    return tuple(f"{found['what']}: {found[side]}?" for side in ("one", "two"))


def _names(question: str) -> tuple[str, ...] | None:
    """`The dates of the 14th and the 15th round table?`"""
    pair = None if _ONE_OF_TWO.search(question) else next(_pairs(question), None)
    if pair is None or not (_SEVERAL.search(question) or _is_asked_of_each(question, pair[0])):
        return None
    one, two = pair
    if one.kind == "ordinal":
        return f"{question[: one.end]}{question[two.end :]}", f"{question[: one.start]}{question[two.start :]}"
    one_end, two_end = (_with_brackets(question, entity) for entity in (one, two))
    first = f"{question[:one_end]}{question[two_end:]}"
    second = f"{question[: one.start]}{question[two.start : two_end]}{question[two_end:]}"
    return first, second


def _is_asked_of_each(question: str, one: Entity) -> bool:
    """True when one date, place or name is asked for that each of two has of its own."""
    return bool(_EACH_ASKED.match(question)) and (one.kind in _OWN or bool(_THINGS.search(question)))


def _pairs(question: str) -> Iterator[tuple[Entity, Entity]]:
    """Two names of like kind that are joined, and no third one before them."""
    named = sorted(entities(question), key=lambda entity: (entity.start, -entity.end))
    for at, one in enumerate(named):
        if any(_are_joined(question, other, one, _LISTED) for other in named[:at]):
            continue
        yield from (
            (one, two) for two in named[at + 1 :] if _is_like(one, two) and _are_joined(question, one, two, _JOINED)
        )


def _is_like(one: Entity, two: Entity) -> bool:
    return two.kind == one.kind or {one.kind, two.kind} <= _NAMES


def _are_joined(question: str, one: Entity, two: Entity, how: re.Pattern[str]) -> bool:
    return one.end < two.start and how.fullmatch(question[one.end : two.start]) is not None


def _with_brackets(question: str, entity: Entity) -> int:
    behind = _BEHIND.match(question, entity.end)
    return behind.end() if behind else entity.end
