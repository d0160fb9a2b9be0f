"""What an answer says in words of its own, in the language of the question; quotes stay as they are."""

import re
from dataclasses import replace
from typing import TypeVar

from app.answering.types import Claim, Verdict
from app.retrieval.languages import ANSWER_WORDS, Language

_LANGUAGES: tuple[Language, ...] = ("fr", "ru")
_AN_ANSWER = "an answer to this question"
_REFUSALS: dict[Language, str] = {
    "en": "The documents do not give {}.",
    "fr": "Les documents ne donnent pas {}.",
    "ru": "В документах нет {}.",
}
_MISSING = (
    (_AN_ANSWER, "de réponse à cette question", "ответа на этот вопрос"),
    ("the date asked for", "la date demandée", "запрошенной даты"),
    ("the meaning asked for", "la signification demandée", "запрошенной расшифровки"),
    ("the number asked for", "le nombre demandé", "запрошенного числа"),
    ("the name asked for", "le nom demandé", "запрошенного имени"),
    ("the place asked for", "le lieu demandé", "запрошенного места"),
    ("the role asked for", "la fonction demandée", "запрошенной должности"),
    (r"the total .+ asked for", "le total demandé", "запрошенной суммы"),
    (r"the [\w ]+? of (.+)", r"l'information demandée pour \1", r"запрошенных сведений для \1"),
    (r"any .+ of this kind \(.+\)", "d'entrée de ce genre", "записей такого рода"),
    (r"anything about (.+)", r"d'information sur \1", r"сведений о: \1"),
)
"""What a refusal may name as missing: in English, French and Russian; the first row stands for any other."""
_WITHIN = (
    (
        r"; the nearest passage is about ",
        " ; le passage le plus proche porte sur ",
        "; ближайший отрывок — о: ",
    ),
    (
        r"The documents tell of (\d+) regional secretariats",
        r"Les documents parlent de \1 secrétariats régionaux",
        r"Региональных секретариатов в документах: \1",
    ),
    (
        r"The documents tell of (\d+) round tables",
        r"Les documents parlent de \1 tables rondes",
        r"Круглых столов в документах: \1",
    ),
    (
        r"The documents tell of (\d+) partner countries",
        r"Les documents parlent de \1 pays partenaires",
        r"Стран-партнёров в документах: \1",
    ),
    (
        r": can you name its region and its number or year\?",
        " Indiquez la région et le numéro ou l'année.",
        " Назовите регион и номер или год.",
    ),
    (r": can you name its country\?", " Indiquez le pays.", " Назовите страну."),
    (r": can you name its region\?", " Indiquez la région.", " Назовите регион."),
    (r"Which one do you mean\??", "Lequel voulez-vous dire ?", "Что именно вы имеете в виду?"),
    (r"(\d+) [\w ]+? on file (?:was|were) searched", r"fiches examinées : \1", r"просмотрено записей: \1"),
    (
        r"(\d+) more would fit but gives? no [\w ]+",
        r"d'autres conviendraient sans le préciser : \1",
        r"подошли бы, но не указывают этого: \1",
    ),
    (
        "not counted, as no page on file confirms them as partners",
        "non comptés, faute de page qui les confirme",
        "не учтены, так как ни одна страница их не подтверждает",
    ),
    ("Not found: ", "Introuvable : ", "Не найдено: "),
)
"""Parts of a question asked back and of a coverage statement: in English, French and Russian."""

Step = TypeVar("Step", bound=Claim | Verdict)


def refusal(missing: str | None, language: Language = "en") -> str:
    """The sentence of an answer that is none."""
    what, tail = _split((missing or _AN_ANSWER).rstrip("."))
    return _REFUSALS[language].format(_missing(what, language) + _within(tail, language))


def in_language(step: Step, language: Language) -> Step:
    """A claim or a verdict with its own words in a language; what it quotes stays as it is."""
    if language == "en":
        return step
    if isinstance(step, Claim):
        return replace(step, text=_word_first(step.text, language))
    return replace(
        step,
        short_answer=step.short_answer and _word_first(step.short_answer, language),
        asks=step.asks and _within(step.asks, language),
        coverage=step.coverage and _within(step.coverage, language),
    )


def _word_first(text: str, language: Language) -> str:
    """The text with its yes or no in a language."""
    for english, own in zip(ANSWER_WORDS["en"], ANSWER_WORDS[language], strict=True):
        if text == english:
            return own
        if text.startswith(f"{english}: "):
            return f"{own}{' ' if language == 'fr' else ''}: {text.removeprefix(f'{english}: ')}"
    return text


def _split(missing: str) -> tuple[str, str]:
    what, separator, rest = missing.partition("; ")
    return what, separator + rest


def _missing(what: str, language: Language) -> str:
    """What is missing; only that it is an answer, where a language has no words for it."""
    if language == "en":
        return what
    pattern, *said = next((row for row in _MISSING if re.fullmatch(row[0], what)), _MISSING[0])
    found = re.fullmatch(pattern, what)
    own = said[_LANGUAGES.index(language)]
    return found.expand(own) if found else own


def _within(text: str, language: Language) -> str:
    if language == "en":
        return text
    for pattern, *said in _WITHIN:
        text = re.sub(pattern, said[_LANGUAGES.index(language)], text)
    return text
