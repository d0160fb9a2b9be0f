"""Which of two came first, or has more: each is asked about alone, and their answers are weighed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.answering.entities import Entity, entities
from app.answering.types import Claim, Verdict
from app.answering.values import NUMBER_WORDS
from ingest.dates import dates

_SMALL = r"(?:(?:did|was|is|the|that|of|in|on|at|for|to|from)\s)*"
_OR = re.compile(rf"\s*(?:\([^()]*\))?,?\s(?:or|vs\.?|versus)\s{_SMALL}", re.IGNORECASE)
_AND = re.compile(rf"\s*(?:\([^()]*\))?\sand\s{_SMALL}", re.IGNORECASE)
_BETWEEN = re.compile(r"\b(?:between|of the two|which of|which one)\b", re.IGNORECASE)
"""Where `and` joins two of which one is asked for."""
_ORDERS = tuple(
    (order, re.compile(rf"\b(?:{words})\b", re.IGNORECASE))
    for order, words in (
        ("later", "later|(?<!the )last|latest|newer|newest|more recent(?:ly)?"),
        ("earlier", "(?<!the )first|earlier|sooner|earliest|older|oldest|before"),
        ("more", "more|larger|largest|bigger|biggest|higher|highest|greater|greatest|longer|longest|most"),
        ("less", "fewer|fewest|less|smaller|smallest|lower|lowest|shorter|shortest"),
    )
)
_ASKING = re.compile(
    r"\b(?:which|what|who)(?: of (?:the|these) (?:two|both))?(?: (?:country|project|one|state|region|meeting|city)\b)?"
    r"|^\W*(?:was|were|is|has|had)\b|\b(?:did|does)\b",
    re.IGNORECASE,
)
"""What asks for one of the two, and says nothing of either."""
_MONEY = re.compile(r"\b(?:money|budget|amount|sum|cost|costly|expensive|funding|euros?|EUR)\b", re.IGNORECASE)
_NUMBER = re.compile(
    rf"(?P<digits>\d[\d,]*(?:\.\d+)?)(?:\s(?P<times>thousand|million|billion))?|\b(?P<word>{NUMBER_WORDS})\b",
    re.IGNORECASE,
)
_WORDS = {word: at for at, word in enumerate(NUMBER_WORDS.split("|"), start=1) if at <= 20}
_TIMES = {None: 1, "thousand": 10**3, "million": 10**6, "billion": 10**9}
_SUPPOSED = re.compile(
    r"^\W*(?:did|do|does|was|were|is|has|had)\b.*?\s"
    r"(?P<order>before|after|earlier than|sooner than|later than)\s+(?:the\s+)?",
    re.IGNORECASE,
)
"""Where a yes/no question supposes that one came before the other."""
_AT_LATEST = re.compile(r"\b(?:by|not later than)\s+(?:\w+\s+){0,3}\d{4}\b", re.IGNORECASE)
_NEAR = 3
"""Characters between `or` and a name that it joins."""


@dataclass(frozen=True, slots=True)
class Contest:
    """Two things, a question about each, and which answer wins."""

    names: tuple[str, str]
    questions: tuple[str, str]
    order: str
    is_supposed: bool = False
    """True when the question supposes that the first wins, and wants a yes or no."""


def contest(question: str) -> Contest | None:
    """The contest that a question is; None when it weighs nothing, or not two names."""
    return _supposed(question) or _open(question)


def _supposed(question: str) -> Contest | None:
    """`Did X join before Y?`: both are asked when."""
    cut = _SUPPOSED.match(question)
    if cut is None:
        return None
    named = sorted((entity for entity in entities(question) if entity.is_anchor), key=lambda one: (one.start, -one.end))
    left = [entity for entity in named if entity.end <= cut.start("order")]
    right = [entity for entity in named if 0 <= entity.start - cut.end() <= _NEAR]
    if not left or not right or question[right[0].end :].strip(" ?.!"):
        return None
    order = "later" if cut["order"].casefold() in ("after", "later than") else "earlier"
    one = question[: cut.start("order")]
    other = f"{one[: left[-1].start]}{right[0].text}{one[left[-1].end :]}"
    return Contest((left[-1].text, right[0].text), (_asked(one, order), _asked(other, order)), order, is_supposed=True)


def _open(question: str) -> Contest | None:
    order = next((order for order, words in _ORDERS if words.search(question)), None)
    pair = _pair(question)
    if order is None or pair is None:
        return None
    left, right = pair
    alone = (f"{question[: left.end]}{question[right.end :]}", f"{question[: left.start]}{question[right.start :]}")
    return Contest((left.text, right.text), (_asked(alone[0], order), _asked(alone[1], order)), order)


def settled(of: Contest, answers: Sequence[Sequence[Claim | Verdict]]) -> tuple[Claim | Verdict, ...] | None:
    """The winner with both values; None when one of the two has none, or when they cannot be told apart."""
    left, right = (_told(steps, is_time=of.order in ("earlier", "later")) for steps in answers)
    if left is None or right is None or left.sizes == right.sizes or not _is_clear(left, right):
        return None
    is_left = (left.sizes < right.sizes) == (of.order in ("earlier", "less"))
    won, lost = (left, right) if is_left else (right, left)
    if (lost if of.order == "earlier" else won).is_at_latest:
        return None
    name, other = of.names if is_left else of.names[::-1]
    evidence = tuple(dict.fromkeys((*won.claim.evidence, *lost.claim.evidence)))
    sentence = f"{name}: {won.text}, against {lost.text} for {other}."
    short = ("Yes" if is_left else "No") if of.is_supposed else name
    text = f"{short}: {sentence}" if of.is_supposed else sentence
    return (Claim(text, evidence), Verdict("complete", short, confidence=min(won.confidence, lost.confidence)))


@dataclass(frozen=True, slots=True)
class _Told:
    claim: Claim
    text: str
    sizes: tuple[int, ...]
    confidence: float
    is_at_latest: bool
    """True for a time by which it had happened: of the later of two it says nothing."""


def _told(steps: Sequence[Claim | Verdict], *, is_time: bool) -> _Told | None:
    """The value that an answer gives, as words and as something to compare."""
    claim = next((step for step in steps if isinstance(step, Claim)), None)
    verdict = next(step for step in steps if isinstance(step, Verdict))
    if claim is None or verdict.completeness == "none":
        return None
    for text in filter(None, (verdict.short_answer, claim.text)):
        sizes = _time(text) if is_time else _number(text)
        if sizes:
            confidence = 1.0 if verdict.confidence is None else verdict.confidence
            is_at_latest = is_time and bool(_AT_LATEST.search(claim.text))
            return _Told(claim, verdict.short_answer or text, sizes, confidence, is_at_latest)
    return None


def _time(text: str) -> tuple[int, ...]:
    return next((tuple(map(int, dated.first.split("-"))) for dated in dates(text)), ())


def _number(text: str) -> tuple[int, ...]:
    found = _NUMBER.search(text)
    if found is None:
        return ()
    if found["word"]:
        return (_WORDS[found["word"].casefold()],) if found["word"].casefold() in _WORDS else ()
    times = _TIMES[found["times"].casefold() if found["times"] else None]
    return (round(float(found["digits"].replace(",", "")) * times),)


def _is_clear(left: _Told, right: _Told) -> bool:
    """False when one is only the less precise form of the other: May 2015 against 30 May 2015."""
    size = min(len(left.sizes), len(right.sizes))
    return left.sizes[:size] != right.sizes[:size]


def _pair(question: str) -> tuple[Entity, Entity] | None:
    """The names on both sides of the only `or`, or of the only `and` where one of two is asked for."""
    cuts = list(_OR.finditer(question)) or (list(_AND.finditer(question)) if _BETWEEN.search(question) else [])
    if len(cuts) != 1:
        return None
    named = sorted(entities(question), key=lambda entity: (entity.start, -entity.end))
    left = [entity for entity in named if 0 <= cuts[0].start() - entity.end <= _NEAR]
    right = [entity for entity in named if 0 <= entity.start - cuts[0].end() <= _NEAR]
    return (left[0], right[0]) if left and right else None


def _asked(alone: str, order: str) -> str:
    """A question about one of the two: when, how much or how many?"""
    if order in ("earlier", "later"):
        wanted = "When"
    else:
        wanted = "What was the budget of" if _MONEY.search(alone) else "How many"
    words = dict(_ORDERS)[order]
    rest = _ASKING.sub(" ", words.sub(" ", alone))
    return f"{wanted} {' '.join(rest.strip(' ?.!:,').split())}?".replace(" :", ":").replace(" ,", ",")
