"""A follow-up becomes a question that stands alone, from the conversation so far and without an LLM."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from app.answering import phrases
from app.answering.entities import Entity, Kind, entities, is_event_word
from app.retrieval.query import is_stop_word
from app.types import Turn
from ingest.names import fold

_DEPTH = 4
"""How many turns back a follow-up may reach."""

_LONGEST = 400
"""Characters of a question that may be a follow-up; a longer one says itself what it is about."""

_BEGINNING = 240
"""How much of an answer is read for what it introduced: what a question was about comes first."""

_END = 300
"""How much of an answer is read for an offer."""

_SHORT_REPLY = 8
"""Words of a reply that only says which one is meant."""

_LONGEST_TOPIC = 300
_FEW = 3
"""Content words up to which a question without a name is too short to stand alone."""


@dataclass(frozen=True)
class _Past:
    """An earlier turn, its question already standing alone; what it names is read when first needed."""

    question: str
    answer: str
    known: frozenset[str]

    @cached_property
    def asked(self) -> tuple[Entity, ...]:
        return entities(self.question, self.known)

    @cached_property
    def told(self) -> tuple[Entity, ...]:
        return entities(self.answer[:_BEGINNING], self.known)

    @property
    def asks_back(self) -> bool:
        return self.answer.rstrip().endswith("?")


@dataclass(frozen=True, slots=True)
class _Asked:
    """The question to be understood, and the turns before it, latest last."""

    text: str
    joins: bool
    """True when it begins with `and`, `but` or the like."""
    bare: str
    """The question without that."""
    named: tuple[Entity, ...]
    """Entities of the rest."""
    past: tuple[_Past, ...]
    known: frozenset[str]

    @property
    def last(self) -> _Past:
        return self.past[-1]

    @property
    def anchors(self) -> tuple[Entity, ...]:
        return tuple(entity for entity in self.named if entity.is_anchor)


def standalone(question: str, history: Sequence[Turn], known: frozenset[str] = frozenset()) -> str:
    """The question with what it leaves to the conversation put in; itself when it stands alone.

    `known` are further names, as `" ".join(ingest.names.words(name))`, to be recognised however they are written.
    """
    past: list[_Past] = []
    for turn in history[-_DEPTH:]:
        past.append(_Past(_resolved(turn.question[:_LONGEST], past, known), turn.answer, known))
    return _resolved(question, past, known)


def _resolved(question: str, past: Sequence[_Past], known: frozenset[str]) -> str:
    if not past or not question.strip() or len(question) > _LONGEST:
        return question
    lead = phrases.LEAD.match(question)
    bare = question[lead.end() :] if lead else question
    if not bare.strip(" ?.!"):
        lead, bare = None, question
    if question[0].isupper():
        bare = bare[0].upper() + bare[1:]
    joins = bool(lead and phrases.JOINS.search(lead.group()))
    asked = _Asked(question, joins, bare, entities(bare, known), tuple(past), known)
    readings = (reading for step in _STEPS if (reading := step(asked)) is not None)
    return next(readings, question)


def _accepted_offer(asked: _Asked) -> str | None:
    """`yes` after `Would you like to know …?` asks what was offered; `yes` alone joins the question before."""
    if not phrases.YES.fullmatch(asked.text):
        return None
    offers = list(phrases.OFFER.finditer(asked.last.answer[-_END:]))
    if not offers:
        return _joined(asked.text, asked.last.question)
    offered = phrases.OFFERED.sub("", offers[-1]["what"], count=1).strip()
    mark = "?" if phrases.ASKING.match(offered) else ""
    offered = f"{offered[0].upper()}{offered[1:]}{mark}"
    rewritten = _Asked(offered, False, offered, entities(offered, asked.known), asked.past, asked.known)
    return _pronoun_replaced(rewritten) or offered


def _told_which(asked: _Asked) -> str | None:
    """A short reply to `Which one do you mean?` belongs behind the question that was open."""
    if not phrases.WHICH_ONE.search(asked.last.answer[-_END:]) or _asks(asked.bare):
        return None
    reply = asked.bare.strip(" ?.!")
    return _joined(asked.last.question, reply) if len(reply.split()) <= _SHORT_REPLY else None


def _put_in_place(asked: _Asked) -> str | None:
    """`What about X?` and `and X?` ask the last question of X."""
    instead = phrases.INSTEAD.match(asked.bare)
    rest = asked.bare[instead.end() :] if instead else asked.bare
    marked = bool(instead or asked.joins or phrases.CIRCUMSTANCE.match(rest))
    named = entities(rest, asked.known) if instead else asked.named
    named = named or tuple(_after_preposition(rest)) if marked else named
    if not named or _left_over(rest, named):
        return None
    named = _told_apart(named, asked.last)
    if _asks(rest) or not (marked or _is_name_alone(asked, named)):
        return None
    return _replaced(named, rest, asked.last)


def _is_name_alone(asked: _Asked, named: Sequence[Entity]) -> bool:
    """A name alone is a follow-up after a question about its like, or when the assistant asked back."""
    between = asked.bare
    for entity in reversed(named):
        between = between[: entity.start] + between[entity.end :]
    if not phrases.ONLY_JOINS.fullmatch(between):
        return False
    if asked.last.asks_back:
        return True
    is_like = all(_target(entity, asked.last.asked) is not None for entity in named)
    return is_like and all(entity.kind not in ("event", "paper", "title", "person") for entity in named)


def _told_apart(named: Sequence[Entity], last: _Past) -> tuple[Entity, ...]:
    """An event with names of its own stands for the earlier event; of `the 15th round table` only the ordinal does."""
    events = [entity for entity in named if entity.kind == "event"]
    inside = [e for e in named if e.kind != "event" and any(v.start <= e.start and e.end <= v.end for v in events)]
    if not events or not any(entity.kind == "event" for entity in last.asked):
        return tuple(named)
    if all(entity.kind in ("ordinal", "date") for entity in inside) and inside:
        return tuple(entity for entity in named if entity.kind != "event")
    return tuple(entity for entity in named if entity not in inside)


def _after_preposition(rest: str) -> Iterator[Entity]:
    """`in aktau`: a name in lower case that no list knows."""
    match = re.fullmatch(
        r"(?:only )?(?:in|at|for|en|à|au|pour|в|для)\s+(\w+(?:[ -]\w+)?)\W*", rest.strip(), re.IGNORECASE
    )
    if match and not is_stop_word(fold(match[1].split()[0])):
        offset = rest.index(match[1])
        yield Entity("name", match[1], offset, offset + len(match[1]))


def _left_over(text: str, named: Sequence[Entity]) -> list[str]:
    """Words that say something beyond the entities."""
    return [
        token.group()
        for token in re.finditer(r"[^\W_]+", text)
        if not any(entity.start <= token.start() < entity.end for entity in named)
        and not is_stop_word(fold(token.group()))
        and fold(token.group()) not in phrases.FILLERS
        and fold(token.group()) not in phrases.TYPE_NOUNS
    ]


def _asks(text: str) -> bool:
    return bool(phrases.QUESTION.match(text))


def _replaced(named: Sequence[Entity], rest: str, last: _Past) -> str | None:
    text, found = last.question, last.asked
    for entity in _grouped(named, rest):
        target = _target(entity, found)
        if target is None:
            stands = entity.kind in ("project", "acronym", "event", "paper", "title", "person", "organisation")
            return None if stands and not last.asks_back else _with_circumstance(text, rest)
        name = _in_the_language_of(text, entity, rest)
        before = text[: target.start]
        circumstance = re.search(
            r"(?:^|\s)(in|on|since|before|after|during|by|at)\s+$", rest[: entity.start], re.IGNORECASE
        )
        if entity.kind == "date" and circumstance:
            before = re.sub(r"\b(?:in|on|since|before|after|during|by|at)\s+$", f"{circumstance[1].lower()} ", before)
        if rest[: entity.start].casefold().endswith("the ") and not before.casefold().endswith("the "):
            name = f"the {name}"
        text = before + (re.sub(r"^The\b", "the", name) if before else name) + text[target.end :]
        found = entities(text)
    return text


def _grouped(named: Sequence[Entity], rest: str) -> Iterator[Entity]:
    """Entities of one kind in a row (`Kenya and Uganda`) as one."""
    held: Entity | None = None
    for entity in named:
        if held is not None and held.kind == entity.kind:
            held = Entity(held.kind, rest[held.start : entity.end], held.start, entity.end)
            continue
        if held is not None:
            yield held
        held = entity
    if held is not None:
        yield held


def _target(entity: Entity, found: Sequence[Entity]) -> Entity | None:
    """The entity of a question in whose place another may be put: of the same kind first."""
    for kind in phrases.SAME_PLACE[entity.kind]:
        same = [other for other in found if other.kind == kind]
        if same:
            target = same[-1] if kind == "date" else same[0]
            return _seat(target) if kind == "secretariat" != entity.kind else target
    return None


def _seat(secretariat: Entity) -> Entity:
    """`Manila` of `the Manila secretariat`."""
    names = re.search(
        r"(?!The\b|Regional\b|Secretariat\b)\b[^\W\d_a-zа-яё]\w*(?: (?!Regional\b|Secretariat\b)[^\W\d_a-zа-яё]\w*)*",
        secretariat.text,
    )
    if names is None:
        return secretariat
    return Entity("name", names.group(), secretariat.start + names.start(), secretariat.start + names.end())


def _in_the_language_of(text: str, entity: Entity, rest: str) -> str:
    return entity.shown if entity.shown and _language(text) != _language(rest) else entity.text


def _language(text: str) -> str:
    return next((language for language, pattern in phrases.LANGUAGES.items() if pattern.search(text)), "en")


def _with_circumstance(question: str, rest: str) -> str:
    """`in 2022` or `in Kenya` behind a question that names no date or place."""
    rest = rest.strip(" ?.!")
    if phrases.CIRCUMSTANCE.match(rest) and not question.endswith(")"):
        return f"{question.rstrip(' ?.')} {rest[0].lower()}{rest[1:]}?"
    return _joined(question, rest)


def _asked_again(asked: _Asked) -> str | None:
    """`and where?` asks the last question with another question word."""
    words_only = phrases.ONLY_ADJUNCT.fullmatch(asked.bare.strip())
    if not words_only:
        return None
    wanted = asked.bare.strip(" ?.!").removesuffix(" exactly")
    wanted = wanted[0].upper() + wanted[1:]
    last = asked.last.question
    adjunct = phrases.ADJUNCT.match(last)
    if adjunct:
        return wanted + last[adjunct.end() :]
    if phrases.AUXILIARY.match(last):
        return f"{wanted} {last[0].lower()}{last[1:]}"
    return None


def _pronoun_replaced(asked: _Asked) -> str | None:
    """A pronoun without antecedent in its own question gets the entity that the conversation gives it."""
    found = _dangling(asked)
    if found is None:
        return None
    name, match = found
    entity = _antecedent(name, match.group(), asked)
    text = asked.bare
    if entity is None and name == "person" and not phrases.ASKS_FOR_A_BODY.match(asked.last.question):
        return None
    if entity is None or name in ("open", "foreign"):
        return _behind(asked, _topic(asked))
    rewritten = _with_phrase(match, _noun_phrase(entity, asked), name, text)
    rewritten = rewritten[0].upper() + rewritten[1:] if text[0].isupper() else rewritten
    named_fully = name == "thing" or (name == "there" and entity.kind == "event")
    if named_fully and not _is_vague(entity):
        return rewritten
    return _behind_text(rewritten, _topic(asked))


def _dangling(asked: _Asked) -> tuple[str, re.Match[str]] | None:
    text = asked.bare
    idle = [match.span() for pattern in (phrases.EXPLETIVE, phrases.EXISTENTIAL) for match in pattern.finditer(text)]
    found = [
        (name, match)
        for name, pattern in phrases.PRONOUNS
        for match in pattern.finditer(text)
        if not any(start <= match.start() < end for start, end in idle) and not _has_own_antecedent(asked, name, match)
    ]
    return min(found, key=lambda pair: pair[1].start(), default=None)


def _has_own_antecedent(asked: _Asked, name: str, match: re.Match[str]) -> bool:
    before = asked.bare[: match.start()]
    anchors = [a for a in asked.anchors if a.kind != "organisation" or name not in ("open", "there")]
    if any(entity.end <= match.start() for entity in anchors):
        return True
    if anchors and (name == "body" or match.group().casefold().endswith(("one", "ones"))):
        return True
    if phrases.WHOSE.search(asked.bare[: match.end()]):
        return True
    after = re.search(r"[:,–]\s", asked.bare[match.end() :])
    if after and any(entity.start >= match.end() + after.start() for entity in asked.anchors):
        return True
    if phrases.INVERTED.search(asked.bare[: match.end()]) and not phrases.CLAUSE.search(before):
        return False
    if match.group().casefold().startswith("the ") and len(_content(asked.bare)) > _FEW + 2:
        return True
    if name in ("open", "there"):
        return bool(phrases.CLAUSE.search(before)) and len(_content(before)) >= _FEW
    return len(_content(before)) >= _FEW or bool(phrases.CLAUSE.search(before) and len(_content(before)) > 1)


def _antecedent(name: str, pronoun: str, asked: _Asked) -> Entity | None:
    kinds = {"person": phrases.PEOPLE, "body": phrases.BODIES, "there": phrases.PLACES}.get(name, phrases.THINGS)
    noun = pronoun.casefold().rpartition(" ")[2]
    if noun in phrases.TYPE_NOUNS:
        kinds = phrases.TYPE_NOUNS[noun]
    elif is_event_word(noun):
        kinds = ("event", "title")
    elif name == "thing":
        kinds = tuple(dict.fromkeys((*_hinted(asked.bare, phrases.HINTS), *phrases.THINGS)))
    if name == "body":
        return _first(asked.last.told, kinds) if phrases.ASKS_FOR_A_BODY.match(asked.last.question) else None
    if name == "person":
        return _first(asked.last.told, kinds) or _back(asked, kinds)
    introduced = _introduced(asked.last, kinds)
    return introduced or _back(asked, kinds)


def _hinted(text: str, hints: Sequence[tuple[re.Pattern[str], tuple[Kind, ...]]]) -> list[Kind]:
    """Kinds that the words of a question speak of: a budget is a project's."""
    return [kind for pattern, kinds in hints if pattern.search(text) for kind in kinds]


def _introduced(last: _Past, kinds: Sequence[Kind]) -> Entity | None:
    """What the answer named when the question asked `which project`, `which country` and so on."""
    wanted = re.match(r"^(?:in\s+)?(?:which|what)\s+(\w+)", last.question, re.IGNORECASE)
    told = phrases.TYPE_NOUNS.get(wanted[1].casefold(), ()) if wanted else ()
    return _first(last.told, [kind for kind in told if kind in kinds])


def _back(asked: _Asked, kinds: Sequence[Kind]) -> Entity | None:
    """The best entity of the latest turn that has one; questions before answers."""
    for past in reversed(asked.past):
        found = _first(past.asked, kinds) or _first(past.told, kinds)
        if found:
            return found
    return None


def _first(found: Sequence[Entity], kinds: Sequence[Kind]) -> Entity | None:
    return next((entity for kind in kinds for entity in found if entity.kind == kind), None)


def _noun_phrase(entity: Entity, asked: _Asked) -> str:
    """The entity as it stands in a sentence: `its first workshop` with the owner, `a meeting` as `the meeting`."""
    phrase = re.sub(r"^an?\s+", "the ", entity.text, flags=re.IGNORECASE)
    owner = _first(asked.last.asked, ("country", "region", "project"))
    if owner and owner.text not in phrase:
        phrase = re.sub(r"^(?:its|their|his|her)\s+", lambda _: f"{owner.text}'s ", phrase, flags=re.IGNORECASE)
    if entity.is_phrase and re.match(rf"(?:{phrases.ORDINALS})\b", phrase, re.IGNORECASE):
        phrase = f"the {phrase}"
    return phrase


def _with_phrase(match: re.Match[str], phrase: str, name: str, text: str) -> str:
    before, after = text[: match.start()], text[match.end() :]
    owned = re.match(r"\s+(\w+)(?=\s*(?:[?.!,]|$))", after)
    if owned and match.group().casefold() in ("its", "his", "her", "their"):
        return f"{before}the {owned[1]} of {phrase}{after[owned.end() :]}"
    return before + _form(match, phrase, name, text) + after


def _form(match: re.Match[str], phrase: str, name: str, text: str) -> str:
    word = match.group().casefold()
    if name == "there":
        is_event = any(is_event_word(part) for part in re.findall(r"\w+", phrase))
        return f"{'at' if is_event else 'in'} {phrase}"
    is_possessive = word in ("its", "his", "hers", "their", "theirs") or (
        word == "her" and re.match(r"\s+\w", text[match.end() :])
    )
    return f"{phrase}'s" if is_possessive else phrase


def _is_vague(entity: Entity) -> bool:
    """True for events whose words hold no name, number or date: `the final meeting`."""
    return entity.is_phrase and all(other.is_phrase for other in entities(entity.text))


def _appended(asked: _Asked) -> str | None:
    """A question without a name of its own that is too short to stand alone carries what the last one was about."""
    if any(
        entity.kind not in ("organisation", "acronym") or not phrases.WAS_THERE.match(asked.bare)
        for entity in asked.anchors
    ):
        return _at_the_time(asked)
    if phrases.GENERAL_TOPIC.search(asked.bare) and not phrases.NEEDS_EVENT.search(asked.bare):
        return None
    if phrases.MORE.fullmatch(asked.bare):
        return _behind(asked, _topic(asked))
    if phrases.ALONE.search(asked.bare):
        return None
    if asked.joins or phrases.ATTRIBUTE.match(asked.bare) or (_begins_like_one(asked.bare) and _is_short(asked.bare)):
        return _behind(asked, _topic(asked))
    return None


def _at_the_time(asked: _Asked) -> str | None:
    """`Who headed the Manila secretariat then?` with the date that the last turn gives."""
    if not phrases.THEN.search(asked.bare) or _first(asked.named, ("date",)):
        return None
    dates = [entity.text for entity in (*asked.last.asked, *asked.last.told) if entity.kind == "date"]
    return _behind(asked, max(dates, key=len)) if dates else None


def _begins_like_one(text: str) -> bool:
    return _asks(text) or bool(phrases.CIRCUMSTANCE.match(text)) or text.casefold().startswith("the ")


def _is_short(text: str) -> bool:
    return len(_content(text)) <= _FEW


def _content(text: str) -> list[str]:
    tokens = (match.group() for match in re.finditer(r"[^\W_]+", text))
    return [token for token in tokens if not is_stop_word(fold(token)) and fold(token) not in phrases.FILLERS]


def _topic(asked: _Asked) -> str:
    """What the last question was about, without what the new question says itself."""
    last = asked.last
    hinted = [kind for kind in _hinted(asked.bare, phrases.HINTS[:2]) if kind != "event"]
    entity = _introduced(last, phrases.THINGS) or _first(last.asked, hinted)
    topic = _subject(last.question)
    if _first(asked.named, ("date",)):
        topic = _without_dates(topic)
    topic = _with_ordinal(topic, asked)
    if _language(last.question) != "en":
        entity = entity or _first(last.asked, phrases.THINGS)
    entity = entity or _alone_in(topic, last)
    topic = _from_event(topic, last)
    if entity is None:
        return topic[:_LONGEST_TOPIC]
    if entity.text in topic or entity in last.asked:
        return entity.shown or entity.text
    return f"{entity.text}, {topic}"[:_LONGEST_TOPIC]


def _from_event(topic: str, last: _Past) -> str:
    """`the 9th Round Table Meeting` of `opened the 9th Round Table Meeting`."""
    event = _first(last.asked, ("event", "paper", "title"))
    if event is None or _is_vague(event):
        return topic
    return re.sub(rf"^\w+ (?={re.escape(event.text)})", "", topic)


def _alone_in(topic: str, last: _Past) -> Entity | None:
    """The project of `financed Project 12`, where nothing else tells the topic."""
    entity = _first(last.asked, ("project", "acronym"))
    return entity if entity and len(_content(topic.replace(entity.text, ""))) <= 1 else None


def _subject(question: str) -> str:
    """A question without its question words; of one that carries a topic in brackets, the topic."""
    carried = re.search(r"[?.!\w] \((.+)\)$", question)
    if carried and "?" in question[: carried.start() + 1]:
        return carried[1]
    for opening in (phrases.ASKING, phrases.REQUEST, phrases.AUXILIARY):
        question = opening.sub("", question, count=1)
    if re.match(r"(?:in|at|on) ", question):
        question = re.sub(r"\b(?:is|are|was|were|did|does)\s", "", question, count=1)
    return re.sub(r",?\s+(?:when|where|which city|what)$", "", question.strip(" ?.!"), flags=re.IGNORECASE)


def _with_ordinal(topic: str, asked: _Asked) -> str:
    """The topic with the question's own ordinal where both count the same: the second step, the second one."""
    own = re.search(rf"\b({phrases.ORDINALS})\s+(\w+)", asked.bare, re.IGNORECASE)
    if not own:
        return topic
    noun = r"(?=\s)" if own[2].casefold() == "one" else rf"(?=\s+{re.escape(own[2])}\b)"
    return re.sub(rf"\b(?:{phrases.ORDINALS}){noun}", own[1], topic, count=1, flags=re.IGNORECASE)


def _without_dates(topic: str) -> str:
    for date in reversed([entity for entity in entities(topic) if entity.kind == "date"]):
        before = re.sub(r"\s*\b(?:in|on|from|since|during|of)\s*$", "", topic[: date.start])
        topic = before + topic[date.end :]
    return topic.strip()


def _behind(asked: _Asked, topic: str) -> str:
    return _behind_text(asked.bare, topic)


def _behind_text(text: str, topic: str) -> str:
    return _joined(text, topic) if topic and topic.casefold() not in text.casefold() else text


def _joined(text: str, topic: str) -> str:
    return f"{text} ({topic})"


_STEPS: tuple[Callable[[_Asked], str | None], ...] = (
    _accepted_offer,
    _told_which,
    _put_in_place,
    _asked_again,
    _pronoun_replaced,
    _appended,
)
