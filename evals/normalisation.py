"""One spelling for what means the same: numbers, dates, case, accents, articles, punctuation."""

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

_MONTHS = {
    "january jan janvier январь января январе": 1,
    "february feb février февраль февраля феврале": 2,
    "march mar mars март марта марте": 3,
    "april apr avril апрель апреля апреле": 4,
    "may mai май мая мае": 5,
    "june jun juin июнь июня июне": 6,
    "july jul juillet июль июля июле": 7,
    "august aug août август августа августе": 8,
    "september sept sep septembre сентябрь сентября сентябре": 9,
    "october oct octobre октябрь октября октябре": 10,
    "november nov novembre ноябрь ноября ноябре": 11,
    "december dec décembre декабрь декабря декабре": 12,
}
# French `sept` is left out: it is September's abbreviation; `un` and `cent` mean other things more often.
_CARDINALS = {
    "zero": 0,
    "one один одна": 1,
    "two deux два две": 2,
    "three trois три": 3,
    "four quatre четыре": 4,
    "five cinq пять": 5,
    "six шесть": 6,
    "seven семь": 7,
    "eight huit восемь": 8,
    "nine neuf девять": 9,
    "ten dix десять": 10,
    "eleven onze одиннадцать": 11,
    "twelve douze двенадцать": 12,
    "thirteen treize тринадцать": 13,
    "fourteen quatorze четырнадцать": 14,
    "fifteen quinze пятнадцать": 15,
    "sixteen seize шестнадцать": 16,
    "seventeen семнадцать": 17,
    "eighteen восемнадцать": 18,
    "nineteen девятнадцать": 19,
    "twenty vingt двадцать": 20,
    "thirty trente тридцать": 30,
    "forty quarante сорок": 40,
    "fifty cinquante пятьдесят": 50,
    "sixty soixante шестьдесят": 60,
    "seventy семьдесят": 70,
    "eighty восемьдесят": 80,
    "ninety девяносто": 90,
}
_SCALES = {
    "thousand mille тысяча тысячи тысяч тыс": 1_000,
    "million millions миллион миллиона миллионов млн": 1_000_000,
    "billion billions milliard milliards миллиард миллиарда миллиардов млрд": 1_000_000_000,
}
_ORDINALS = {
    "first": "1st",
    "second": "2nd",
    "third": "3rd",
    "fourth": "4th",
    "fifth": "5th",
    "sixth": "6th",
    "seventh": "7th",
    "eighth": "8th",
    "ninth": "9th",
    "tenth": "10th",
    "eleventh": "11th",
    "twelfth": "12th",
    "thirteenth": "13th",
    "fourteenth": "14th",
    "fifteenth": "15th",
    "twentieth": "20th",
}
_ARTICLES = frozenset({"a", "an", "the", "le", "la", "les", "l"})
_CURRENCIES = frozenset({"eur", "usd"})
_SYNONYMS = {"€": "eur", "euro": "eur", "euros": "eur", "евро": "eur", "$": "usd", "%": "percent"}

_UNBOUNDED = 10**15


def fold(text: str) -> str:
    """Lower case without accents."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _by_word(table: Mapping[str, int]) -> dict[str, int]:
    return {fold(word): value for words, value in table.items() for word in words.split()}


_MONTH = _by_word(_MONTHS)
_CARDINAL = _by_word(_CARDINALS)
_SCALE = _by_word(_SCALES)

_DAY_MONTH_YEAR = re.compile(r"(\d{1,2})[./](0?[1-9]|1[0-2])[./](\d{4})")
_ISO_RANGE = re.compile(r"((\d{4}-\d{2}-)\d{2})/(?:\2)?(\d{2})")
_ISO = r"(?:\d{4}|-)-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?"
_TOKEN = re.compile(
    rf"(?<![\w/-])(?:{_ISO})(?![\w/-])"
    r"|\d+(?:[.,]\d+)*(?![^\W_])"
    r"|(?<=\d)\s?[-–—]\s?(?=\d)"
    r"|[^\W_]+|[€$%]"
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_GROUPED_BY_COMMA = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_GROUPED_BY_DOT = re.compile(r"\d{1,3}(?:\.\d{3}){2,}")
_GROUPING_SPACE = re.compile(r"(?<=\d)[\u00a0\u2009\u202f](?=\d{3}(?!\d))")
_DECIMAL_COMMA = re.compile(r"\d+,\d{1,2}")

_DAY = r"(0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|er)?"
_NAMED_MONTH = rf"({'|'.join(_MONTH)})"
_YEAR = r"((?:19|20)\d\d)(?: (?:г|год|года|году))?"
_TO = r" (?:to|and|et|au|по|и) "
_DATES: tuple[tuple[str, str], ...] = (
    (rf"{_DAY} {_NAMED_MONTH}{_TO}{_DAY} {_NAMED_MONTH} {_YEAR}", "{4}-{1}-{0} to {4}-{3}-{2}"),
)
