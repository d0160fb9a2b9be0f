"""The last question asked of something else, or with another question word."""

import re
from collections.abc import Iterator, Sequence

from app.answering import phrases
from app.answering.entities import Entity, entities
from app.answering.turns import Followup, Past, is_question, joined, language_of
from app.retrieval.query import is_stop_word
from ingest.names import fold


def put_in_place(asked: Followup) -> str | None:
    """`What about X?` and `and X?` ask the last question of X."""
    instead = phrases.INSTEAD.match(asked.bare)
    rest = asked.bare[instead.end() :] if instead else asked.bare
    marked = bool(instead or asked.joins or phrases.CIRCUMSTANCE.match(rest))
    named = entities(rest, asked.known) if instead else asked.named
    named = named or tuple(_after_preposition(rest)) if marked else named
    if not named or _left_over(rest, named):
        return None
    named = _told_apart(named, asked.last)
    if is_question(rest) or not (marked or _is_name_alone(asked, named)):
        return None
    return _replaced(named, rest, asked.last)


def _is_name_alone(asked: Followup, named: Sequence[Entity]) -> bool:
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


def _told_apart(named: Sequence[Entity], last: Past) -> tuple[Entity, ...]:
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


def _replaced(named: Sequence[Entity], rest: str, last: Past) -> str | None:
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
    return entity.shown if entity.shown and language_of(text) != language_of(rest) else entity.text


def _with_circumstance(question: str, rest: str) -> str:
    """`in 2022` or `in Kenya` behind a question that names no date or place."""
    rest = rest.strip(" ?.!")
    if phrases.CIRCUMSTANCE.match(rest) and not question.endswith(")"):
        return f"{question.rstrip(' ?.')} {rest[0].lower()}{rest[1:]}?"
    return joined(question, rest)


def asked_again(asked: Followup) -> str | None:
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
