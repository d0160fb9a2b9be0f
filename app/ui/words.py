"""The page's own words in each of its languages: one table in files, a file or a folder for each part of the page."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from app.dates import human_date
from ingest.errors import CoeError

HERE = Path(__file__).parent / "wording"
LANGUAGES = MappingProxyType({"en": "English", "fr": "Français", "ru": "Русский"})
"""Code of every language of the page, and its name in itself; the first stands where none is asked for."""


def _slavic(number: int) -> int:
    if number % 10 == 1 and number % 100 != 11:
        return 0
    return 1 if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14) else 2


_FORMS: Mapping[str, Callable[[int], int]] = MappingProxyType(
    {"en": lambda number: number != 1, "fr": lambda number: number > 1, "ru": _slavic}
)
"""Language → which of a counted word's forms goes with a number."""


@dataclass(frozen=True, slots=True)
class Words:
    """Sentences and labels in one language; `part.key` names each."""

    language: str
    table: Mapping[str, str]

    def __getitem__(self, key: str) -> str:
        """The words of a key."""
        return self.table[key]

    def counted(self, key: str, number: int) -> str:
        """A number with the form of the words that goes with it; forms are separated by bars."""
        forms = self.table[key].split(" | ")
        return forms[min(_FORMS[self.language](number), len(forms) - 1)].format(number)

    def error(self, error: CoeError) -> str:
        """An error as a sentence: in English its own, which has the values in it, else that of its code."""
        own = str(error)
        return own if self.language == "en" else self.table.get(f"errors.{error.code}", own)

    def day(self, value: str) -> str:
        """An ISO date of any precision as people write it."""
        return human_date(value, self["page.months"].split(), self["page.month_of"].split())


@cache
def words_in(language: str) -> Words:
    """The words of one of `LANGUAGES`."""
    table = {f"{area}.{key}": said[language] for area, rows in _files().items() for key, said in rows.items()}
    return Words(language, MappingProxyType(table))


def preferred(accepted: str) -> str:
    """The language of the page that an Accept-Language header likes best."""
    first = next(iter(LANGUAGES))
    ranked = sorted(_ranges(accepted), key=lambda each: -each[1])
    return next((code for code, weight in ranked if weight > 0 and code in LANGUAGES), first)


def _ranges(accepted: str) -> list[tuple[str, float]]:
    return [_range(*each.partition(";")[::2]) for each in accepted.split(",")]


def _range(name: str, parameters: str) -> tuple[str, float]:
    weight = parameters.strip().removeprefix("q=")
    try:
        return name.strip().lower().partition("-")[0], float(weight or 1)
    except ValueError:
        return name, 0.0


@cache
def _files() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    areas: dict[str, dict[str, Mapping[str, str]]] = {}
    for path in sorted(HERE.rglob("*.toml")):
        area = areas.setdefault(path.relative_to(HERE).parts[0].removesuffix(".toml"), {})
        area.update(tomllib.loads(path.read_text(encoding="utf-8")))
    return areas
