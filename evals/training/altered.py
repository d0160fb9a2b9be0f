"""Questions changed in one name or number: what answered the question before does not answer it now."""

import random
import re
from dataclasses import dataclass

from ingest.expressions import ordinals, projects
from ingest.names import COUNTRY_FORMS, REGION_FORMS, Named, countries, regions

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_LARGEST_SHIFT = 3
_PROJECTS = 107
_COUNTRIES = tuple(forms[0] for forms in COUNTRY_FORMS)
_REGIONS = tuple(forms[0] for forms in REGION_FORMS)


@dataclass(frozen=True, slots=True)
class Altered:
    """A question about something else of the same kind, and the word that makes it so."""

    question: str
    word: str

    def may_be_answered(self, text: str) -> bool:
        """True when a text holds the new word, so that nobody knows whether it answers."""
        return re.search(rf"(?<!\w){re.escape(self.word)}(?!\w)", text, re.IGNORECASE) is not None


def altered(question: str, chance: random.Random) -> Altered | None:
    """The question with one of its years, ordinals, project numbers, countries or regions exchanged, or None."""
    changes = [*_years(question, chance), *_numbers(question, chance), *_places(question, chance)]
    if not changes:
        return None
    start, end, word = chance.choice(changes)
    return Altered(f"{question[:start]}{word}{question[end:]}", word)


def _years(question: str, chance: random.Random) -> list[tuple[int, int, str]]:
    return [(*match.span(), str(int(match.group()) + _shift(chance))) for match in _YEAR.finditer(question)]


def _numbers(question: str, chance: random.Random) -> list[tuple[int, int, str]]:
    numbered = [(start, end, _ordinal(number + abs(_shift(chance)))) for number, start, end in ordinals(question)]
    return numbered + [(start, end, f"Project {_other(number, chance)}") for number, start, end in projects(question)]


def _places(question: str, chance: random.Random) -> list[tuple[int, int, str]]:
    named = [(one, _COUNTRIES) for one in countries(question)] + [(one, _REGIONS) for one in regions(question)]
    return [(one.start, one.end, _another(one, names, chance)) for one, names in named]


def _shift(chance: random.Random) -> int:
    return chance.choice((-1, 1)) * chance.randint(1, _LARGEST_SHIFT)


def _other(number: int, chance: random.Random) -> int:
    return (number + chance.randint(1, _PROJECTS - 1) - 1) % _PROJECTS + 1


def _ordinal(number: int) -> str:
    last = number % 10 if number % 100 not in (11, 12, 13) else 0
    return f"{number}{('th', 'st', 'nd', 'rd')[last] if last < 4 else 'th'}"


def _another(one: Named, names: tuple[str, ...], chance: random.Random) -> str:
    return chance.choice([name for name in names if name != one.name])
