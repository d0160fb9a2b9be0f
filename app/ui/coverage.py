"""What an answer says of its coverage, in the language of the page where every clause of it is known."""

import re
from functools import cache
from re import Pattern

from app.ui.words import Words, words_in

_CLAUSE = "coverage."
_WORD = "coverage.word_"


def coverage_in(words: Words, coverage: str) -> str:
    """The sentence with each of its clauses in the language, or as it is when one of them is not known."""
    clauses = [_clause(words, each) for each in coverage.removesuffix(".").split("; ")]
    if words.language == "en" or None in clauses:
        return coverage
    said = words["page.between"].join(clause for clause in clauses if clause)
    return f"{said[:1].upper()}{said[1:]}."


def _clause(words: Words, english: str) -> str | None:
    for key, pattern in _patterns():
        if found := pattern.fullmatch(english):
            return words[key].format(*(_word(words, each) for each in found.groups()))
    return None


def _word(words: Words, english: str) -> str:
    known = words_in("en").table.items()
    key = next((key for key, said in known if key.startswith(_WORD) and said == english), None)
    return words[key] if key else english


@cache
def _patterns() -> tuple[tuple[str, Pattern[str]], ...]:
    """The clauses as they are said in English, the longest first: its blanks would take in the end of another."""
    said = {key: text for key, text in words_in("en").table.items() if key.startswith(_CLAUSE) and _WORD not in key}
    return tuple(
        (key, re.compile("(.+)".join(map(re.escape, said[key].split("{}")))))
        for key in sorted(said, key=lambda key: -len(said[key]))
    )
