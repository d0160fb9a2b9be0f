"""Questions in French and Russian, put into English for documents and models that know English only."""

import re
from typing import Literal, NamedTuple

from app.retrieval.phrases import english_words, lexicon
from app.retrieval.word_order import arranged
from ingest.names import fold

Language = Literal["en", "fr", "ru"]
"""A language that questions are asked in."""


class AnswerWords(NamedTuple):
    """How a language answers a question that asks for yes or no."""

    yes: str
    no: str


ANSWER_WORDS: dict[Language, AnswerWords] = {
    "en": AnswerWords("Yes", "No"),
    "fr": AnswerWords("Oui", "Non"),
    "ru": AnswerWords("Да", "Нет"),
}

_WORD = re.compile(r"[^\W_]+")
_CYRILLIC_WORD = re.compile(r"[Ѐ-ӿ]{2,}")
_ENGLISH = frozenset(
    """
    a about after and any are as at be been before by can could did do does during every find for from give had has
    have held how in into is it its join joined know list many me much next of on or project region show since tell
    that the their them there these they this those to until was were what when where which who whom whose why will
    with would you
    """.split()
)
_FRENCH = frozenset(
    """
    au aux avec ces cette combien comment dans de des du elle elles est et il ils la le les leur leurs lors ou par
    pour pourquoi quand que quel quelle quelles quels qui quoi sa ses sont sur un une
    """.split()
)
_ASKING = frozenset("combien comment ou pourquoi quand que quel quelle quelles quels qui quoi".split())
_ENGLISH_OPENINGS = frozenset(
    "are did do does has have how is list show tell was were what when where which who whom whose why will".split()
)
_FEWEST_IN_NAME = 2


def language_of(question: str) -> Language:
    """The language a question is asked in; English when nothing says otherwise."""
    written = [match.group() for match in _WORD.finditer(question)]
    plain = [fold(word) for word in written]
    if _CYRILLIC_WORD.search(question):
        return "en" if sum(word in _ENGLISH for word in plain) > len(_CYRILLIC_WORD.findall(question)) else "ru"
    if not plain or plain[0] in _ENGLISH_OPENINGS or _is_name(written):
        return "en"
    french, english = lexicon("fr").words, english_words() | _ENGLISH
    shouted = question.isupper()
    score = 0
    for at, word in enumerate(plain):
        if at and written[at][0].isupper() and not shouted:
            continue
        if word in _ENGLISH:
            score -= 1
        elif word in _FRENCH:
            score += 2 if at == 0 and word in _ASKING else 1
        elif len(word) > 1 and word.isalpha():
            known = word in english or word.removesuffix("s") in english
            score += (word in french and not known) - (known and word not in french)
    return "fr" if score > 0 else "en"


def in_english(question: str) -> str:
    """An English question unchanged; any other in English words and order, what is unknown kept as it is."""
    language = language_of(question)
    if language == "en":
        return question
    return arranged(lexicon(language).pieces(question), language) or question


def answer_words(question: str) -> AnswerWords:
    """Yes and no in the language of a question."""
    return ANSWER_WORDS[language_of(question)]


def _is_name(written: list[str]) -> bool:
    """True for `Institut Pasteur` or `Université de Haute-Alsace`: capitalised words that ask nothing."""
    if any(word.isdigit() or fold(word) in _ASKING for word in written):
        return False
    content = [word for word in written if len(word) > 1 and fold(word) not in _FRENCH]
    return (
        bool(content)
        and len(written) >= _FEWEST_IN_NAME
        and all(word[0].isupper() and not word.isupper() for word in (written[0], *content))
    )
