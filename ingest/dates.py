"""Dates that a text states, in English, French and Russian: single days, ranges, months and years."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import dateparser

_LANGUAGES = ["en", "fr", "ru"]
_STRICT = {"STRICT_PARSING": True, "DATE_ORDER": "DMY"}

_MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|f[ée]v|avr|mai|juin|juil|ao[ûu]|d[ée]c"
    r"|янв|фев|мар|апр|мая|май|июн|июл|авг|сен|окт|ноя|дек)[^\W\d_]*\.?"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|er)?"
_TO = r"\s*(?:-|–|—|to|and|until|through|au|à|et|по|и|до)\s*"
_YEAR = r"(?:19|20)\d\d"
_PATTERN = re.compile(
    rf"""(?<![\w./-])(?:
      (?P<iso>{_YEAR}-\d\d-\d\d)(?!\d)
    | (?P<n_first>\d\d?)(?:\.?{_TO}(?P<n_last>\d\d?))?
        [./](?P<n_month>\d\d?)[./](?P<n_year>{_YEAR})(?!\d)
    | (?P<day>{_DAY})
        (?:\s+(?P<own_month>{_MONTH})(?:\s+(?P<own_year>{_YEAR}))?{_TO}(?:du\s+|the\s+)?(?P<far_day>{_DAY})
          |(?:(?:\s*,\s*{_DAY})*{_TO}(?:le\s+|the\s+)?(?P<last_day>{_DAY}))?)
        \s+(?:of\s+)?(?P<month>{_MONTH})(?:\s+(?:de\s+)?|,\s*)?(?P<year>{_YEAR})?(?![\w-]*\d)
    | (?P<us_month>{_MONTH})\s+(?P<us_day>{_DAY})(?:{_TO}(?:(?P<us_far_month>{_MONTH})\s+)?(?P<us_last>{_DAY}))?
        (?:,\s*|\s+)(?P<us_year>{_YEAR})(?!\d)
    | (?P<only_month>{_MONTH})(?:\s+(?:of\s+|de\s+)?|,\s*)(?P<month_year>{_YEAR})(?!\d)
    | (?P<only_year>{_YEAR})(?:\s*[-–]\s*(?P<last_year>{_YEAR}))?(?![\w/-]*\d)
    )""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Dated:
    """A stretch of time that a text states; `first` and `last` are ISO dates as precise as the text."""

    first: str
    last: str
    start: int
    end: int


def dates(text: str, *, year: str | None = None) -> list[Dated]:
    """Dates in reading order; one that names no year is of the `year` given, or is none."""
    return list(_dates(text, year))


def is_month(word: str) -> bool:
    """True for the name of a month."""
    return bool(re.fullmatch(_MONTH, word, re.IGNORECASE)) and _month(word) is not None


def _dates(text: str, year: str | None) -> Iterator[Dated]:
    for match in _PATTERN.finditer(text):
        first, last = _bounds(match, year)
        if first and last:
            yield Dated(min(first, last), max(first, last), match.start(), match.end())


def _bounds(match: re.Match[str], year: str | None) -> tuple[str | None, str | None]:
    part = match.groupdict()
    if part["iso"]:
        return _both(_real(*map(int, part["iso"].split("-"))))
    if part["n_year"]:
        month, written = int(part["n_month"]), int(part["n_year"])
        days = (part["n_first"], part["n_last"] or part["n_first"])
        return _pair(*(_real(written, month, int(day)) for day in days))
    if part["day"]:
        return _worded(part, year)
    if part["us_day"]:
        far = part["us_far_month"] or part["us_month"]
        first = _day(part["us_year"], part["us_month"], part["us_day"])
        return _pair(first, _day(part["us_year"], far, part["us_last"] or part["us_day"]))
    if part["only_month"]:
        month = _month(part["only_month"]) or 0
        return _both(f"{part['month_year']}-{month:02}" if month else None)
    return _pair(part["only_year"], part["last_year"] or part["only_year"])


def _worded(part: dict[str, str | None], year: str | None) -> tuple[str | None, str | None]:
    own = part["year"] or year
    if part["own_month"]:
        first = _day(part["own_year"] or own, part["own_month"], part["day"])
        return _pair(first, _day(own, part["month"], part["far_day"]))
    return _pair(_day(own, part["month"], part["day"]), _day(own, part["month"], part["last_day"] or part["day"]))


def _pair(first: str | None, last: str | None) -> tuple[str | None, str | None]:
    return (first, last) if first and last else (None, None)


def _both(value: str | None) -> tuple[str | None, str | None]:
    return value, value


def _day(year: str | None, month: str | None, day: str | None) -> str | None:
    number = _month(month or "")
    digits = re.match(r"\d+", day or "")
    return _real(int(year), number, int(digits[0])) if year and number and digits else None


def _real(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


@lru_cache(maxsize=512)
def _month(word: str) -> int | None:
    """Number of a month by its name; the parser knows names and short forms of every language."""
    found = dateparser.parse(f"1 {word.strip('.')} 2000", languages=_LANGUAGES, settings=_STRICT)
    return found.month if found else None
