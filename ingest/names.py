"""Names of countries and regions in every form that documents use, and where a text names them."""

import gettext
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import pycountry

# Names in use that differ from the standard list's; every form finds every other one of its row, the first is shown.
COUNTRY_FORMS = (
    ("Kyrgyzstan", "Kyrgyz Republic", "Kirghizistan", "Киргизия", "Кыргызстан"),
    ("Kazakhstan", "Казахстан"),
    ("Uzbekistan", "Ouzbékistan", "Узбекистан"),
    ("Tajikistan", "Tadjikistan", "Таджикистан"),
    ("Turkmenistan", "Turkménistan", "Туркменистан"),
    ("Mongolia", "Mongolie", "Монголия"),
    ("Afghanistan", "Афганистан"),
    ("Pakistan", "Пакистан"),
    ("Côte d'Ivoire", "Ivory Coast"),
    ("North Macedonia", "former Yugoslav Republic of Macedonia", "FYROM"),
    ("Türkiye", "Turkey"),
    ("Viet Nam", "Vietnam"),
    ("Laos", "Lao People's Democratic Republic", "Lao PDR", "Лаос"),
    ("Moldova", "Republic of Moldova", "Moldavie", "Молдова"),
    ("Tanzania", "United Republic of Tanzania", "Tanzanie", "Танзания"),
    ("Democratic Republic of the Congo", "DRC", "DR Congo", "RDC"),
    ("Cape Verde", "Cabo Verde"),
    ("Czechia", "Czech Republic"),
    ("Brunei Darussalam", "Brunei"),
    ("Russia", "Russian Federation", "Russie", "Россия"),
    ("Syria", "Syrian Arab Republic", "Syrie", "Сирия"),
    ("United States", "United States of America", "USA"),
    ("United Kingdom", "UK"),
    ("United Arab Emirates", "UAE"),
    ("Mauritius", "Île Maurice"),
)
REGION_FORMS = (
    ("African Atlantic Façade", "AAF", "Façade atlantique africaine", "Африканское Атлантическое побережье"),
    ("Central Asia", "Asie centrale", "Центральная Азия", "Центральной Азии", "Центральную Азию"),
    (
        "Eastern and Central Africa",
        "Eastern & Central Africa",
        "East and Central Africa",
        "Afrique orientale et centrale",
        "Afrique centrale et orientale",
        "Восточная и Центральная Африка",
        "Восточной и Центральной Африки",
    ),
    (
        "Gulf",
        "Gulf Cooperation Council",
        "Gulf Cooperation Council Countries",
        "Gulf Cooperation Countries",
        "GCC",
        "Golfe",
    ),
    ("Middle East", "MIE", "Moyen-Orient", "Ближний Восток", "Ближнего Востока", "Ближнем Востоке"),
    (
        "North Africa and Sahel",
        "North Africa and the Sahel",
        "Northern Africa and Sahel",
        "NAS",
        "Afrique du Nord et Sahel",
        "Afrique du Nord et le Sahel",
        "Afrique du Nord et du Sahel",
        "Северная Африка и Сахель",
        "Северной Африки и Сахеля",
    ),
    (
        "South East Asia",
        "Southeast Asia",
        "Southeastern Asia",
        "SEA",
        "Asie du Sud-Est",
        "Юго-Восточная Азия",
        "Юго-Восточной Азии",
    ),
    (
        "South East and Eastern Europe",
        "Southeast and Eastern Europe",
        "South Eastern and Eastern Europe",
        "Southeastern and Eastern Europe",
        "South East Europe, Southern Caucasus, Moldova and Ukraine",
        "SEEE",
        "Europe du Sud-Est et orientale",
        "Europe du Sud-Est et de l'Est",
        "Юго-Восточная и Восточная Европа",
        "Юго-Восточной и Восточной Европы",
    ),
)

_WORD = re.compile(r"[^\W_]+")
_LANGUAGES = ("fr", "ru")
_NOT_COUNTRIES = frozenset({"reunion", "maurice", "gulf of guinea"})
"""Forms that in running text nearly always mean something else: a meeting, a person, a sea."""
_CYRILLIC = re.compile(r"[а-яё]+")
_ENDING = re.compile(r"[аяий]$")
_SHORTEST_STEM = 4
_LONGEST_ENDING = 3


@dataclass(frozen=True, slots=True)
class Named:
    """A name that a text holds, in the form in which it is shown everywhere."""

    name: str
    start: int
    end: int


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """Lower case without accents, as the full-text index sees it."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def words(text: str) -> list[str]:
    """Folded words of a text, in order."""
    return [fold(match.group()) for match in _WORD.finditer(text)]


def countries(text: str) -> list[Named]:
    """Countries that a text names, in reading order."""
    return list(_find(text, _countries()))


def regions(text: str) -> list[Named]:
    """Regions of the Initiative that a text names, in reading order."""
    return list(_find(text, _regions()))


def country(name: str) -> str | None:
    """The shown form of a country's name, or None when it is none."""
    return _known(name, _countries())


def region(name: str) -> str | None:
    """The shown form of a region's name, or None when it is none."""
    return _known(name, _regions())


@lru_cache(maxsize=1)
def standard_country_forms() -> tuple[tuple[str, ...], ...]:
    """For each country of the standard list its names there."""
    names = (
        [getattr(entry, field, None) for field in ("common_name", "name", "official_name")]
        for entry in pycountry.countries
    )
    return tuple(tuple(dict.fromkeys(filter(None, row))) for row in names)


class _Table:
    """Forms by their folded words; a Cyrillic form of one word also matches with another ending."""

    def __init__(self, rows: Iterable[Sequence[str]]) -> None:
        self.shown: dict[str, str] = {}
        self.stems: dict[str, str] = {}
        for row in rows:
            keys = [" ".join(words(form)) for form in row]
            shown = next((self.shown[key] for key in keys if key in self.shown), row[0])
            for key in keys:
                self._add(key, shown)
        self.reach: dict[str, int] = {}
        for key in (*self.shown, *_NOT_COUNTRIES):
            first, *others = key.split(" ")
            self.reach[first] = max(1 + len(others), self.reach.get(first, 0))

    def _add(self, key: str, shown: str) -> None:
        if not key or key in _NOT_COUNTRIES:
            return
        self.shown.setdefault(key, shown)
        stem = _ENDING.sub("", key)
        if _CYRILLIC.fullmatch(key) and len(stem) >= _SHORTEST_STEM:
            self.stems.setdefault(stem, shown)

    def get(self, key: str) -> str | None:
        """The shown form behind a form."""
        shown = self.shown.get(key)
        if shown is not None or not _CYRILLIC.fullmatch(key):
            return shown
        stems = (key[: len(key) - cut] for cut in range(_LONGEST_ENDING + 1))
        return next((self.stems[stem] for stem in stems if stem in self.stems), None)


def _find(text: str, table: _Table) -> Iterator[Named]:
    tokens = list(_WORD.finditer(text))
    index = 0
    while index < len(tokens):
        size, shown = _longest(tokens, index, table) if tokens[index].group()[0].isupper() else (1, None)
        if shown:
            yield Named(shown, tokens[index].start(), tokens[index + size - 1].end())
        index += size


def _longest(tokens: Sequence[re.Match[str]], index: int, table: _Table) -> tuple[int, str | None]:
    first = fold(tokens[index].group())
    reach = table.reach.get(first)
    if reach is None:
        return 1, table.get(first)
    folded = [first, *(fold(token.group()) for token in tokens[index + 1 : index + reach])]
    for size in range(len(folded), 0, -1):
        key = " ".join(folded[:size])
        if key in _NOT_COUNTRIES:
            return size, None
        shown = table.get(key)
        if shown and (key not in _abbreviations() or tokens[index].group().isupper()):
            return size, shown
    return 1, None


@lru_cache(maxsize=1)
def _abbreviations() -> frozenset[str]:
    forms = (form for row in (*COUNTRY_FORMS, *REGION_FORMS) for form in row)
    return frozenset(fold(form) for form in forms if form.isupper() and len(form) <= 4)


def _known(name: str, table: _Table) -> str | None:
    return table.get(" ".join(words(name)))


@lru_cache(maxsize=1)
def _countries() -> _Table:
    standard = [(*row, *_translated(row)) for row in standard_country_forms()]
    return _Table([*COUNTRY_FORMS, *standard])


@lru_cache(maxsize=1)
def _regions() -> _Table:
    return _Table(REGION_FORMS)


def _translated(row: Sequence[str]) -> Iterator[str]:
    for translation in _translations():
        for name in row:
            translated = translation.gettext(name)
            if translated != name and "," not in translated:
                yield translated


@lru_cache(maxsize=1)
def _translations() -> tuple[gettext.NullTranslations, ...]:
    return tuple(
        gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=True)
        for language in _LANGUAGES
    )
