"""Parts of the world that people name beside the Initiative's regions: part of one region, or a set of countries."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from ingest import names

_WITHIN = MappingProxyType(
    {
        "North Africa and Sahel": "sahel|sahelian|north(?:ern)? africa",
        "South East Asia": "asean(?: countries| states| members)?",
        "Eastern and Central Africa": "east(?:ern)? africa|central africa",
        "African Atlantic Façade": "atlantic fa[cç]ade|atlantic coast of africa",
        "South East and Eastern Europe": "eastern europe|south[- ]?east(?:ern)? europe",
    }
)
"""Region → names that people use for it, since it holds what they name."""

_COUNTRIES = MappingProxyType(
    {
        "Maghreb": "Algeria|Libya|Mauritania|Morocco|Tunisia",
        "Caucasus": "Armenia|Azerbaijan|Georgia",
        "Balkans": "Albania|Bosnia and Herzegovina|Bulgaria|Croatia|Kosovo|Montenegro|North Macedonia|Serbia|Slovenia",
        "West Africa": (
            "Benin|Burkina Faso|Cape Verde|Côte d'Ivoire|Gambia|Ghana|Guinea|Guinea-Bissau|Liberia|Mali|Mauritania"
            "|Niger|Nigeria|Senegal|Sierra Leone|Togo"
        ),
        "Levant": "Iraq|Jordan|Lebanon|Syria",
        "Horn of Africa": "Djibouti|Eritrea|Ethiopia|Somalia",
        "Great Lakes": "Burundi|Democratic Republic of the Congo|Kenya|Rwanda|Tanzania|Uganda",
    }
)
_SPELLED = MappingProxyType(
    {
        "Maghreb": "maghreb",
        "Caucasus": "(?:(?:south(?:ern)?|trans)[- ]?)?caucas(?:us|ia|ian)",
        "Balkans": "(?:western |west )?balkans?",
        "West Africa": "west(?:ern)? africa",
        "Levant": "levant",
        "Horn of Africa": "horn of africa",
        "Great Lakes": "great lakes",
    }
)


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the world where a text names it."""

    name: str
    start: int
    end: int
    is_region: bool
    """True when the name stands for one of the Initiative's regions."""


def areas(text: str) -> Iterator[Area]:
    """The parts of the world that a text names, regions by their own names left out."""
    for spelled, name, is_region in _patterns():
        for found in spelled.finditer(text):
            yield Area(name, found.start(), found.end(), is_region)


@cache
def countries_of(area: str) -> frozenset[str]:
    """The countries of an area, in the form in which they are shown everywhere."""
    return frozenset(names.country(name) or name for name in _COUNTRIES[area].split("|"))


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str, bool], ...]:
    rows = [(_SPELLED[area], area, False) for area in _COUNTRIES] + [(said, of, True) for of, said in _WITHIN.items()]
    return tuple((re.compile(rf"\b(?:{said})n?\b", re.IGNORECASE), name, is_region) for said, name, is_region in rows)
