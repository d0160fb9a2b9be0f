"""French and Russian words and phrases with the English for each, and the longest ones that a question holds."""

import gettext
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import pycountry

from app.retrieval.stemming import stem
from ingest.names import country, fold, standard_country_forms

Foreign = Literal["fr", "ru"]
"""A language that questions are turned into English from."""

Kind = Literal[
    "acronym", "adjective", "ask", "aux", "kept", "mark", "month", "name", "noun", "number", "ordinal", "pronoun",
    "verb", "which", "word", "yesno",
]  # fmt: skip
"""What a piece does in a sentence: `ask` asks how, when or where, `which` asks for a thing, `kept` is untranslated."""

LEXICON_DIR = Path(__file__).with_name("lexicon")

_WORD = re.compile(r"[^\W_]+")
_START = "^"
_STEMMERS = {"fr": "french", "ru": "russian"}
_UNINFLECTED = frozenset({"ask", "aux", "pronoun", "which", "word", "yesno"})
"""Kinds that only match as written: by stem their short words meet others."""
_NOT_COUNTRIES = frozenset({"reunion", "maurice", "jersey"})
_MOST_KNOWN = 50_000
_SHORTEST_STEMMED = 4
_SHORTEST_LOWER_CASE_NAME = 5
_FRENCH_ORDINAL = re.compile(r"(\d{1,3}|[IVX]+)(?:er|ere|re|e|eme|ieme|nd|nde)", re.IGNORECASE)
_RUSSIAN_ORDINAL_ENDINGS = frozenset("й я е го му ом ем м ая ой ый ое ую ей ым их ых".split())
_ROMAN = {"I": 1, "V": 5, "X": 10}
_CYRILLIC = re.compile(r"[Ѐ-ӿ]")
_SOUNDS = dict(
    zip(
        "абвгдезийклмнопрстуфхцчшщъыьэюяіїєґқғңөүұһәў",
        "a b v g d e z i y k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya i i ye g k g n o u u h a u".split(),
        strict=True,
    )
) | {"ж": "zh", "ё": "yo"}
_VOWELS = frozenset("аеёиоуыэюяьъ")
_CASE_ENDING = re.compile(r"(?<=[ое]в|ин)(?:а|у|ым|е|ой|ых)$")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a question in English, or as it was when the lexicon does not know it."""

    kind: Kind
    text: str
    base: str = ""
    """Of a verb: the form behind `did`."""


class Lexicon:
    """Phrases of one language by their words: as written, without accents, and by stem."""

    def __init__(self, language: Foreign) -> None:
        self.language = language
        self._known: dict[str, tuple[str, str, str]] = {}
        self._phrases = _Phrases()
        self._names = _Phrases()
        self.words: set[str] = set()
        """Every word of the language that the phrases hold, without accents; names are not among them."""
        for kind, form, english in (*_rows(language), *_country_rows(language)):
            self._add(kind, form, english)

    def pieces(self, question: str) -> list[Piece]:
        """The question cut into the longest phrases known, each in English; the rest as it is."""
        tokens = list(_WORD.finditer(question))
        pieces: list[Piece] = []
        at, end = 0, 0
        started = was_kept = False
        while at < len(tokens):
            size, piece = self._read(tokens, at, first=not started)
            if piece.kind == "noun" and tokens[at].group().isupper() and any("meaning" in p.text for p in pieces):
                size, piece = 1, Piece("kept", tokens[at].group())
            gap = question[end : tokens[at].start()]
            if was_kept and piece.kind == "kept" and gap and not re.search(r"[\s«»\"()]", gap):
                pieces[-1] = Piece("kept", pieces[-1].text + gap + piece.text)
            else:
                pieces += [*_marks(gap), *([piece] if piece.text or piece.kind != "word" else [])]
            was_kept = piece.kind == "kept"
            started = started or piece.kind != "word" or piece.text not in {"", "and", "but"}
            end = tokens[at + size - 1].end()
            at += size
        return [*pieces, *_marks(question[end:])]

    def _add(self, kind: Kind, form: str, english: str) -> None:
        spellings = [self._spellings(match.group()) for match in _WORD.finditer(form)]
        if not spellings:
            return
        text, _, base = english.partition("/")
        prefix = (_START,) if form.startswith(_START) else ()
        phrases = self._names if kind == "name" else self._phrases
        keys = [(*prefix, *key) for key in zip(*spellings, strict=True)]
        piece = Piece(kind, text, base)
        phrases.add(spellings[0], keys[:2] if kind in _UNINFLECTED else keys, piece)
        if self.language == "ru" and kind in {"name", "noun"}:
            for ending in ("а", "у"):
                declined = [self._spellings(_declined(written, ending)) for written, _, _ in spellings]
                phrases.add(declined[0], list(zip(*declined, strict=True)), piece)
        if kind != "name":
            self.words.update(folded for _, folded, _ in spellings)

    def _read(self, tokens: Sequence[re.Match[str]], at: int, *, first: bool) -> tuple[int, Piece]:
        if (ordinal := self._ordinal(tokens, at)) is not None:
            return ordinal
        token = tokens[at].group()
        tables = (self._names, self._phrases) if token[0].isupper() else (self._phrases, self._names)
        starts = self._spellings(token)
        reach = max(table.reach.get(word, 0) for table in tables for word in starts)
        levels = tuple(zip(*(self._spellings(other.group()) for other in tokens[at : at + reach]), strict=True))
        for size in range(reach if len(levels) else 0, 0, -1):
            keys = [level[:size] for level in levels if len(level) >= size]
            if size == 1 and len(token) < _SHORTEST_STEMMED:
                keys = keys[:2]
            for table in tables:
                found = (table.find([(_START, *key) for key in keys]) if first else None) or table.find(keys)
                if found and (table is self._phrases or self._may_be_name(token, keys[0])):
                    return size, found
        return 1, Piece("kept", _romanised(token))

    @staticmethod
    def _may_be_name(token: str, written: Sequence[str]) -> bool:
        return token[0].isupper() or sum(map(len, written)) >= _SHORTEST_LOWER_CASE_NAME

    def _ordinal(self, tokens: Sequence[re.Match[str]], at: int) -> tuple[int, Piece] | None:
        token = tokens[at].group()
        if self.language == "fr":
            match = _FRENCH_ORDINAL.fullmatch(fold(token))
            number = match and (match[1] if match[1].isdigit() else _roman(token, match[1].upper()))
            return (1, Piece("ordinal", _nth(int(number)))) if number else None
        if not (token.isdecimal() and len(token) <= 3 and at + 1 < len(tokens)):
            return None
        ending = tokens[at + 1]
        near = ending.start() - tokens[at].end() <= 1
        is_ordinal = near and ending.group().casefold() in _RUSSIAN_ORDINAL_ENDINGS
        return (2, Piece("ordinal", _nth(int(token)))) if is_ordinal else None

    def _spellings(self, word: str) -> tuple[str, str, str]:
        """A word as written, without accents, and its stem."""
        known = self._known.get(word)
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            written = word.casefold().replace("ё", "е").replace("œ", "oe")
            # In Cyrillic the breve is no accent: й and и are two letters.
            folded = fold(written) if self.language == "fr" else written
            known = self._known[word] = (written, folded, stem(folded, _STEMMERS[self.language]))
        return known


@lru_cache(maxsize=2)
def lexicon(language: Foreign) -> Lexicon:
    """The lexicon of a language, read once."""
    return Lexicon(language)


@lru_cache(maxsize=1)
def english_words() -> frozenset[str]:
    """Words of the English side of both lexicons."""
    rows = (*_rows("fr"), *_rows("ru"))
    return frozenset(
        fold(match.group()) for kind, _, english in rows if kind != "name" for match in _WORD.finditer(english)
    )


class _Phrases:
    """Pieces by the words of a phrase in each spelling; the first phrase of a spelling stays."""

    def __init__(self) -> None:
        self.reach: dict[str, int] = {}
        """Words of the longest phrase that begins with a word."""
        self._spellings: tuple[dict[tuple[str, ...], Piece], ...] = ({}, {}, {})

    def add(self, starts: Iterable[str], keys: Sequence[tuple[str, ...]], piece: Piece) -> None:
        for phrases, key in zip(self._spellings, keys, strict=False):
            phrases.setdefault(key, piece)
        for start in starts:
            self.reach[start] = max(self.reach.get(start, 0), len(keys[0]))

    def find(self, keys: Sequence[tuple[str, ...]]) -> Piece | None:
        pairs = zip(self._spellings, keys, strict=False)
        return next((phrases[key] for phrases, key in pairs if key in phrases), None)


def _rows(language: Foreign) -> Iterator[tuple[Kind, str, str]]:
    for line in (LEXICON_DIR / f"{language}.tsv").read_text(encoding="utf-8").splitlines():
        kind, forms, english = line.split("\t")
        yield from ((kind, form, english) for form in forms.split("|"))  # type: ignore[misc]


def _country_rows(language: Foreign) -> Iterator[tuple[Kind, str, str]]:
    translation = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=True)
    for names in standard_country_forms():
        english = country(names[0]) or names[0]
        for name in names:
            form = translation.gettext(name).split(" (")[0]
            if "," not in form and fold(form) not in _NOT_COUNTRIES:
                yield "name", form, english


def _declined(word: str, ending: str) -> str:
    """A Russian noun with an ending; without one, the stemmer takes the end of `визит` for that of a verb."""
    return word if word[-1] in "аеиоуыэюяйь" else f"{word}{ending}"


def _marks(gap: str) -> list[Piece]:
    marks = re.sub(r"[\s'’‘`_]+|(?<![\w])[-‐-–—](?![\w])", " ", gap).replace("«", '"').replace("»", '"')
    return [Piece("mark", mark) for mark in marks.split() if mark.strip("-‐")]


def _roman(token: str, numeral: str) -> str | None:
    """The number of a numeral in capitals followed by its ending in small letters, as in `XIVe`."""
    if not token.startswith(numeral):
        return None
    values = [_ROMAN[letter] for letter in numeral]
    return str(sum(-one if one < following else one for one, following in zip(values, [*values[1:], 0], strict=True)))


def _nth(number: int) -> str:
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _romanised(word: str) -> str:
    """A capitalised Cyrillic word in Latin letters, near enough for the spelling correction to find the name."""
    if not word[0].isupper() or not _CYRILLIC.search(word):
        return word
    lowered = word.casefold()
    lowered = _CASE_ENDING.sub("", lowered) if len(lowered) > 6 else lowered
    sounds = (_sound(lowered, at) for at in range(len(lowered)))
    latin = "".join(sounds)
    return (latin.upper() if word.isupper() and len(word) > 1 else latin.capitalize()) or word


def _sound(word: str, at: int) -> str:
    letter = word[at]
    if letter == "е" and at > 0 and word[at - 1] in _VOWELS:
        return "ye"
    if letter == "й" and at + 1 < len(word):
        return "i"
    return _SOUNDS.get(letter, letter).replace("_", "")
