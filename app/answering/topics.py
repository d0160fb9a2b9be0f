"""What the last question was about, put behind one that does not say."""

import re

from app.answering import phrases
from app.answering.entities import Entity, entities
from app.answering.turns import (
    FEW,
    Followup,
    Past,
    content_words,
    first_of,
    hinted_kinds,
    introduced_by,
    is_question,
    is_vague,
    language_of,
    put_behind,
)

_LONGEST_TOPIC = 300


def appended(asked: Followup) -> str | None:
    """A question without a name of its own that is too short to stand alone carries what the last one was about."""
    if any(
        entity.kind not in ("organisation", "acronym") or not phrases.WAS_THERE.match(asked.bare)
        for entity in asked.anchors
    ):
        return _at_the_time(asked)
    if phrases.GENERAL_TOPIC.search(asked.bare) and not phrases.NEEDS_EVENT.search(asked.bare):
        return None
    if phrases.MORE.fullmatch(asked.bare):
        return put_behind(asked, last_topic(asked))
    if phrases.ALONE.search(asked.bare):
        return None
    if asked.joins or phrases.ATTRIBUTE.match(asked.bare) or (_begins_like_one(asked.bare) and _is_short(asked.bare)):
        return put_behind(asked, last_topic(asked))
    return None


def _at_the_time(asked: Followup) -> str | None:
    """`Who headed the Manila secretariat then?` with the date that the last turn gives."""
    if not phrases.THEN.search(asked.bare) or first_of(asked.named, ("date",)):
        return None
    dates = [entity.text for entity in (*asked.last.asked, *asked.last.told) if entity.kind == "date"]
    return put_behind(asked, max(dates, key=len)) if dates else None


def _begins_like_one(text: str) -> bool:
    return is_question(text) or bool(phrases.CIRCUMSTANCE.match(text)) or text.casefold().startswith("the ")


def _is_short(text: str) -> bool:
    return len(content_words(text)) <= FEW


def last_topic(asked: Followup) -> str:
    """What the last question was about, without what the new question says itself."""
    last = asked.last
    hinted = [kind for kind in hinted_kinds(asked.bare, phrases.HINTS[:2]) if kind != "event"]
    entity = introduced_by(last, phrases.THINGS) or first_of(last.asked, hinted)
    topic = _subject(last.question)
    if first_of(asked.named, ("date",)):
        topic = _without_dates(topic)
    topic = _with_ordinal(topic, asked)
    if language_of(last.question) != "en":
        entity = entity or first_of(last.asked, phrases.THINGS)
    entity = entity or _alone_in(topic, last)
    topic = _from_event(topic, last)
    if entity is None:
        return topic[:_LONGEST_TOPIC]
    if entity.text in topic or entity in last.asked:
        return entity.shown or entity.text
    return f"{entity.text}, {topic}"[:_LONGEST_TOPIC]


def _from_event(topic: str, last: Past) -> str:
    """`the 9th Round Table Meeting` of `opened the 9th Round Table Meeting`."""
    event = first_of(last.asked, ("event", "paper", "title"))
    if event is None or is_vague(event):
        return topic
    return re.sub(rf"^\w+ (?={re.escape(event.text)})", "", topic)


def _alone_in(topic: str, last: Past) -> Entity | None:
    """The project of `financed Project 12`, where nothing else tells the topic."""
    entity = first_of(last.asked, ("project", "acronym"))
    return entity if entity and len(content_words(topic.replace(entity.text, ""))) <= 1 else None


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


def _with_ordinal(topic: str, asked: Followup) -> str:
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
