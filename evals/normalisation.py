"""One spelling for what means the same: numbers, dates, case, accents, articles, punctuation."""

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Self

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
_PER_CENT = re.compile(r"(?<!\S)(?:per|pour) cent(?!\S)")
_LESS_PRECISE_DATE = re.compile(r"\d{4}(?:-\d{2})?")
_OFFICIAL_ARTICLES = re.compile(r"\b(a|an|the)\b")
_OFFICIAL_PUNCTUATION = str.maketrans("", "", string.punctuation)


def fold(text: str) -> str:
    """Lower case without accents."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _by_word(table: Mapping[str, int]) -> dict[str, int]:
    return {fold(word): value for words, value in table.items() for word in words.split()}


_MONTH = _by_word(_MONTHS)
_CARDINAL = _by_word(_CARDINALS)
_SCALE = _by_word(_SCALES)

_ISO = r"(?:\d{4}|-)-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?"
_TOKEN = re.compile(
    rf"(?<![\w/-])(?:{_ISO})(?![\w/-])"
    r"|\d+(?:[.,]\d+)*(?![^\W_])"
    r"|(?<=\d)\s?[-–—]\s?(?=\d)"
    r"|[^\W_]+|[€$%]"
)
_NUMERIC_DATE = re.compile(r"(?<![\w/.-])(0?[1-9]|[12]\d|3[01])[./](0?[1-9]|1[0-2])[./](\d{4})(?![\w/-])")
_ISO_DAYS = re.compile(r"(?<![\w/-])(\d{4}-\d{2}-)(\d{2})/(?:\1)?(\d{2})(?![\w/-])")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_GROUPED_BY_COMMA = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_GROUPED_BY_DOT = re.compile(r"\d{1,3}(?:\.\d{3}){2,}")
_INITIALS = re.compile(r"(?<![^\W_])(?:[^\W\d_]\.){2,}[^\W\d_]?(?![^\W_])")
_GROUPING_SPACE = re.compile(r"(?<=\d)[\u00a0\u2009\u202f](?=\d{3}(?!\d))")
_DECIMAL_COMMA = re.compile(r"\d+,\d{1,2}")


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?<!\S){pattern}(?!\S)".replace("DAY", r"0?[1-9]|[12]\d|3[01]")
        .replace("MONTH", "|".join(_MONTH))
        .replace("YEAR", r" (?P<year>(?:19|20)\d\d)(?: (?:г|год|года|году))?")
        .replace("SUFFIX", "(?:st|nd|rd|th|er)?")
        .replace("OF", "(?: (?:of|de|d))?")
        .replace("TO", " (?:to|and|et|au|по|и) ")
    )


# The longest first: each takes the words it understands away from the ones after it.
_DATES = tuple(
    _compiled(pattern)
    for pattern in (
        r"(?P<from_day>DAY)SUFFIX (?P<from_month>MONTH)(?:TO| )(?P<day>DAY)SUFFIX (?P<month>MONTH)YEAR",
        r"(?P<from_day>DAY)SUFFIXTO(?P<day>DAY)SUFFIXOF (?P<month>MONTH)(?:YEAR)?",
        r"(?P<month>MONTH) (?P<from_day>DAY)SUFFIXTO(?P<day>DAY)SUFFIX(?:YEAR)?",
        r"(?P<day>DAY)SUFFIXOF (?P<month>MONTH)(?:OFYEAR)?",
        r"(?P<month>MONTH) (?P<day>DAY)SUFFIX(?:YEAR)?",
        r"(?P<month>MONTH)OFYEAR",
    )
)


@dataclass(frozen=True, slots=True)
class _Spelt:
    """A number as far as it was read, word by word."""

    done: Decimal = Decimal(0)
    rest: Decimal | None = None
    room: int = _UNBOUNDED
    """What may follow has to be smaller: after twenty a unit, after a unit nothing."""
    scale: int = _UNBOUNDED

    @property
    def value(self) -> Decimal:
        return self.done + (self.rest or 0)

    def followed_by(self, word: str) -> Self | None:
        """The number with one word more, or None when the word belongs to something else."""
        value, scale = _CARDINAL.get(word), _SCALE.get(word)
        one = Decimal(1) if self.rest is None else self.rest
        if value is not None and value < self.room:
            return replace(self, rest=(self.rest or Decimal(0)) + value, room=10 if value >= 20 else 0)
        if word == "hundred" and one < 10:
            return replace(self, rest=one * 100, room=100)
        if scale is not None and scale < self.scale:
            return replace(self, done=self.done + one * scale, rest=None, room=1_000, scale=scale)
        return None


def _read_number(words: Sequence[str]) -> tuple[str, int]:
    """The number that the words begin with, in digits, and how many words it takes (none: zero)."""
    number, used = _Spelt(), 0
    if _NUMBER.fullmatch(words[0]):
        number, used = _Spelt(rest=Decimal(words[0]), room=0), 1
    while used < len(words):
        joint = int(words[used] == "and" and number.room in (100, 1_000))
        longer = number.followed_by(words[used + joint]) if used + joint < len(words) else None
        if longer is None or (joint and words[used + joint] not in _CARDINAL):
            break
        number, used = longer, used + joint + 1
    if used == 1 and _NUMBER.fullmatch(words[0]):
        return words[0], 1
    return f"{number.value.normalize():f}", used


def _with_numbers(words: Sequence[str]) -> Iterator[str]:
    at = 0
    while at < len(words):
        written, used = _read_number(words[at:])
        yield written if used else _ORDINALS.get(words[at], words[at])
        at += used or 1


def _with_currency_last(words: Iterable[str]) -> list[str]:
    """`EUR 5` becomes `5 EUR`; a currency that already follows a number stays."""
    ordered: list[str] = []
    for word in words:
        before = ordered[-2] if len(ordered) > 1 else ""
        free = ordered and ordered[-1] in _CURRENCIES and not _NUMBER.fullmatch(before)
        if free and before not in _CURRENCIES and _NUMBER.fullmatch(word):
            ordered.insert(-1, word)
        else:
            ordered.append(word)
    return ordered


def _digits(token: str) -> list[str]:
    if _GROUPED_BY_COMMA.fullmatch(token):
        return [token.replace(",", "")]
    if _GROUPED_BY_DOT.fullmatch(token):
        return [token.replace(".", "")]
    if _DECIMAL_COMMA.fullmatch(token):
        return [token.replace(",", ".")]
    return [token] if _NUMBER.fullmatch(token) else re.split(r"[.,]", token)


def _words(text: str) -> Iterator[str]:
    plain = _INITIALS.sub(lambda found: found[0].replace(".", ""), _GROUPING_SPACE.sub("", text))
    plain = _NUMERIC_DATE.sub(lambda found: _iso(found[3], found[2], found[1]), fold(plain))
    for token in _TOKEN.findall(_ISO_DAYS.sub(r"\1\2 to \1\3", plain)):
        if token.strip() in ("-", "–", "—"):
            yield "to"
        elif token[0].isdigit() and not token.isalnum() and "-" not in token:
            yield from _digits(token)
        elif token not in _ARTICLES:
            yield _SYNONYMS.get(token, token)


def _iso(year: str, month: str | int, day: str | None) -> str:
    return "-".join([year, f"{int(month):02d}", *([f"{int(day):02d}"] if day else [])])


def _dated(found: re.Match[str]) -> str:
    part = found.groupdict()
    year, month = part["year"] or "-", _MONTH[part["month"]]
    last = _iso(year, month, part.get("day"))
    if not part.get("from_day"):
        return last
    from_month = _MONTH[part["from_month"]] if part.get("from_month") else month
    return f"{_iso(year, from_month, part['from_day'])} to {last}"


@lru_cache(maxsize=4_096)
def normalise(text: str) -> str:
    """Words in one spelling, joined by single spaces: equal for texts that differ in form only."""
    before, spelt = text, _respelt(text)
    while spelt != before:
        before, spelt = spelt, _respelt(spelt)
    return spelt


def _respelt(text: str) -> str:
    spelt = " ".join(_with_currency_last(_with_numbers(list(_words(text)))))
    spelt = _PER_CENT.sub("percent", spelt)
    for pattern in _DATES:
        spelt = pattern.sub(_dated, spelt)
    return spelt


def contains(text: str, form: str) -> bool:
    """True when the form stands in the text, word for word; a day of June 2021 also says June 2021 and 2021."""
    wanted, found = normalise(form).split(), normalise(text).split()
    return bool(wanted) and any(
        all(map(_says, found[at : at + len(wanted)], wanted)) for at in range(len(found) - len(wanted) + 1)
    )


def _says(word: str, wanted: str) -> bool:
    if word == wanted:
        return True
    if _LESS_PRECISE_DATE.fullmatch(wanted):
        return word.startswith(f"{wanted}-")
    return wanted.startswith("--") and word.endswith(wanted[1:])


def official(text: str) -> str:
    """SQuAD's own normalisation: lower case, no punctuation, no English articles, single spaces."""
    return " ".join(_OFFICIAL_ARTICLES.sub(" ", text.lower().translate(_OFFICIAL_PUNCTUATION)).split())


def token_f1(prediction: str, truth: str) -> float:
    """SQuAD's F1 over token counts; two empty texts agree, an empty and a full one do not."""
    predicted, true = Counter(official(prediction).split()), Counter(official(truth).split())
    if not predicted or not true:
        return float(predicted == true)
    shared = (predicted & true).total()
    return 2 * shared / (predicted.total() + true.total())
