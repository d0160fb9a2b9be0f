"""Pronouns, and what of the conversation they stand for."""

import re
from collections.abc import Sequence

from app.answering import phrases
from app.answering.entities import Entity, Kind, is_event_word
from app.answering.topics import last_topic
from app.answering.turns import (
    FEW,
    Followup,
    content_words,
    first_of,
    hinted_kinds,
    introduced_by,
    is_vague,
    put_behind,
    with_topic,
)


def pronoun_replaced(asked: Followup) -> str | None:
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
        return put_behind(asked, last_topic(asked))
    rewritten = _with_phrase(match, _noun_phrase(entity, asked), name, text)
    rewritten = rewritten[0].upper() + rewritten[1:] if text[0].isupper() else rewritten
    named_fully = name == "thing" or (name == "there" and entity.kind == "event")
    if named_fully and not is_vague(entity):
        return rewritten
    return with_topic(rewritten, last_topic(asked))


def _dangling(asked: Followup) -> tuple[str, re.Match[str]] | None:
    text = asked.bare
    idle = [match.span() for pattern in (phrases.EXPLETIVE, phrases.EXISTENTIAL) for match in pattern.finditer(text)]
    found = [
        (name, match)
        for name, pattern in phrases.PRONOUNS
        for match in pattern.finditer(text)
        if not any(start <= match.start() < end for start, end in idle) and not _has_own_antecedent(asked, name, match)
    ]
    return min(found, key=lambda pair: pair[1].start(), default=None)


def _has_own_antecedent(asked: Followup, name: str, match: re.Match[str]) -> bool:
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
    if match.group().casefold().startswith("the ") and len(content_words(asked.bare)) > FEW + 2:
        return True
    if name in ("open", "there"):
        return bool(phrases.CLAUSE.search(before)) and len(content_words(before)) >= FEW
    return len(content_words(before)) >= FEW or bool(phrases.CLAUSE.search(before) and len(content_words(before)) > 1)


def _antecedent(name: str, pronoun: str, asked: Followup) -> Entity | None:
    kinds = {"person": phrases.PEOPLE, "body": phrases.BODIES, "there": phrases.PLACES}.get(name, phrases.THINGS)
    noun = pronoun.casefold().rpartition(" ")[2]
    if noun in phrases.TYPE_NOUNS:
        kinds = phrases.TYPE_NOUNS[noun]
    elif is_event_word(noun):
        kinds = ("event", "title")
    elif name == "thing":
        kinds = tuple(dict.fromkeys((*hinted_kinds(asked.bare, phrases.HINTS), *phrases.THINGS)))
    if name == "body":
        return first_of(asked.last.told, kinds) if phrases.ASKS_FOR_A_BODY.match(asked.last.question) else None
    if name == "person":
        return first_of(asked.last.told, kinds) or _back(asked, kinds)
    introduced = introduced_by(asked.last, kinds)
    return introduced or _back(asked, kinds)


def _back(asked: Followup, kinds: Sequence[Kind]) -> Entity | None:
    """The best entity of the latest turn that has one; questions before answers."""
    for past in reversed(asked.past):
        found = first_of(past.asked, kinds) or first_of(past.told, kinds)
        if found:
            return found
    return None


def _noun_phrase(entity: Entity, asked: Followup) -> str:
    """The entity as it stands in a sentence: `its first workshop` with the owner, `a meeting` as `the meeting`."""
    phrase = re.sub(r"^an?\s+", "the ", entity.text, flags=re.IGNORECASE)
    owner = first_of(asked.last.asked, ("country", "region", "project"))
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
