"""What texts say in fixed expressions: project numbers, ordinals, kinds of meeting, numbers and amounts."""

import re
from collections.abc import Iterator
from functools import lru_cache

_SMALL = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
).split()
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_NUMBERS = {word: number for number, word in enumerate(_SMALL, start=1)} | _TENS
_FIRST = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
_ORDINALS = {word: number for number, word in enumerate(_FIRST, start=1)}
_ORDINALS |= {f"twenty-{word}": 20 + number for word, number in list(_ORDINALS.items())[:9]} | {"thirtieth": 30}
_ORDINALS |= {
    word: number
    for number, row in enumerate(
        (
            "première premier перв",
            "deuxième seconde втор",
            "troisième трет",
            "quatrième четверт",
            "cinquième пят",
            "sixième шест",
            "septième седьм",
            "huitième восьм",
            "neuvième девят",
            "dixième десят",
            "onzième одиннадцат",
            "douzième двенадцат",
            "treizième тринадцат",
            "quatorzième четырнадцат",
            "quinzième пятнадцат",
            "seizième шестнадцат",
            "dix-septième семнадцат",
            "dix-huitième восемнадцат",
            "dix-neuvième девятнадцат",
            "vingtième двадцат",
        ),
        start=1,
    )
    for word in row.split()
}
_ORDINAL = re.compile(
    r"\b(?:(?P<digits>\d{1,3})(?:st|nd|rd|th|er|ère|e|ème|-?(?:й|я|е|го|м|ая|ый|ий))"
    r"|(?P<roman>[XVI]{1,5})e?(?=\s+(?:regional|round|table|meeting|международ|регион))"
    r"|(?P<word>" + "|".join(sorted(_ORDINALS, key=len, reverse=True)) + r")(?:[ыоиаеяйхмгую]{1,3})?)\b",
    re.IGNORECASE,
)
_ROMAN = {"I": 1, "V": 5, "X": 10}

_PROJECT = re.compile(
    r"\b(?:Projects?|Projets?|Проект(?:ы|а|у|е|ом|ов|ам|ами|ах)?)\s+(?:No\.?\s*|Nos\.?\s*|n[°o]\s*|№\s*|number\s+)?"
    r"(?P<list>\d{1,3}(?:\s*(?:,|;|and|et|и|to|&)\s*(?:and\s+|Projects?\s+)?\d{1,3}(?!\d|[.,]\d|\s+(?:[a-z]{4,}\s+)?"
    r"(?:participants|experts|countries|people|January|February|March|April|May|June|July|August|September|October"
    r"|November|December)))*)(?!\d|[.,]\d)"
    r"|\bP(?P<short>\d{2,3})\b",
    re.IGNORECASE,
)

SERIES_WORDS = {
    "nfp-international": r"international (?:\w+ ){0,3}(?:of |for )?(?:the )?(?:national focal points|nfps?)"
    r"|international (?:\w+ )?(?:national focal points|nfps?)",
    "heads-of-secretariat": r"heads? of (?:the )?(?:regional )?secretariats?|secretariat heads"
    r"|chefs? des? secr[ée]tariats?|глав\w* (?:региональн\w+ )?секретариат",
    "secretariat-opening": r"(?:opening|inauguration) of (?:the |a |its )?(?:\w+ ){0,6}secretariat"
    r"|secretariat (?:[\w,]+ ){0,8}(?:opened|inaugurated)|inaugurated (?:\w+ ){0,5}secretariat"
    r"|memorandum (?:\w+ ){0,8}secretariat",
    "accession": r"\baccession\b|(?:joins|joined|welcomes?) (?:\w+ ){0,6}(?:initiative|partner country)",
    "round-table": r"round[- ]?tables?|\brtm\b|tables? rondes?|кругл\w+ стол"
    r"|strategic (?:coordination |regional )?meeting|regional strategic meeting|\bscm\b",
    "exercise": r"\bexercise\b|\bttx\b|exercice|учени[яйе]",
    "national-team": r"national (?:cbrn )?team(?:s)?(?: of [\w ]+)? (?:meeting|met|meets|session)"
    r"|(?:meeting|session|sitting) (?:of|with) (?:\w+ ){0,4}(?:national (?:cbrn )?team|council|coordination body)",
    "training": r"\btrain(?:ings?|ed)\b|train(?:ing)?-(?:of-|the-)+trainers?|\bcourses?\b|\bacademy\b|\bformations?\b"
    r"|тренинг|обучени|учебн",
    "workshop": r"workshops?|\bateliers?\b|семинар|webinar|seminar",
    "visit": r"\bvisits?\b|fact[- ]?finding|\bmission\b|\bvisites?\b|визит",
    "conference": r"conferences?|\bforum\b|side[- ]event|conf[ée]rences?|конференц|symposium|congress",
    "other": r"\bmeetings?\b|\bmet\b|ceremony|\blaunch(?:ed)?\b|kick-?off|\bsession\b|committee|graduation|anniversary"
    r"|r[ée]union|встреч|заседани",
}
"""Words that say of what kind a meeting is, in the order in which they decide when several stand side by side."""

FORMAT_WORDS = {
    "hybrid": r"hybrid|hybride|гибридн|смешанн",
    "online": r"\bonline\b|\bvirtual|video ?-?conferenc|webinar|\bby video|\bremote|en ligne|visioconf|онлайн|видеоконф"
    r"|tele-?workshop|\bon screen",
    "in person": r"in[- ]person|in presence|face[- ]to[- ]face|en pr[ée]sentiel|очн\w+|\b(?:in|at) the (?:room|hotel)",
}
"""Words that say how people came together."""


def projects(text: str) -> list[tuple[int, int, int]]:
    """Project numbers that a text names, each with where it is named."""
    return [
        (int(number.group()), match.start(group) + number.start(), match.start(group) + number.end())
        for match in _PROJECT.finditer(text)
        for group in ("list", "short")
        if match[group]
        for number in re.finditer(r"\d+", match[group])
    ]


def ordinals(text: str) -> list[tuple[int, int, int]]:
    """Ordinal numbers, in digits and in words, each with where it stands."""
    return [
        (number, match.start(), match.end())
        for match in _ORDINAL.finditer(text)
        if (number := _ordinal(match)) is not None
    ]


def series(text: str) -> list[tuple[str, int, int]]:
    """Kinds of meeting that a text speaks of, in reading order; of those at one place, the more special first."""
    found = [
        (match.start(), rank, name, match.end())
        for rank, (name, pattern) in enumerate(_series_patterns().items())
        for match in pattern.finditer(text)
    ]
    return [(name, start, end) for start, _, name, end in sorted(found)]


def formats(text: str) -> list[str]:
    """How people came together, as far as a text says it."""
    return [name for name, pattern in _format_patterns().items() if pattern.search(text)]


def numbers(text: str) -> set[int]:
    """Whole numbers in a text, in digits or in English words."""
    found = {int(digits.replace(",", "").replace(" ", "")) for digits in re.findall(r"\d+(?:[, ]\d{3})*", text)}
    return found | set(_spelt(text))


def amounts(text: str) -> set[int]:
    """Amounts of money in whole euros, however they are written."""
    found: set[int] = set()
    for value, unit in re.findall(r"(\d[\d,. ]*\d|\d)\s*(million|billion|k\b)?", text, re.IGNORECASE):
        plain = re.sub(r"(?<=\d)[, ](?=\d{3})", "", value)
        if re.fullmatch(r"\d+(?:\.\d+)?", plain):
            found.add(round(float(plain) * {"million": 1e6, "billion": 1e9, "k": 1e3}.get(unit.lower(), 1)))
    return found


def _ordinal(match: re.Match[str]) -> int | None:
    if match["digits"]:
        return int(match["digits"])
    if match["roman"]:
        return _roman(match["roman"].upper())
    return _ORDINALS.get(match["word"].lower())


def _roman(text: str) -> int:
    values = [_ROMAN[letter] for letter in text]
    return sum(-value if value < max(values[at:], default=0) else value for at, value in enumerate(values))


def _spelt(text: str) -> Iterator[int]:
    for match in re.finditer(r"[a-z]+(?:-[a-z]+)?", text.lower()):
        tens, _, rest = match.group().partition("-")
        if tens in _TENS and rest in _NUMBERS:
            yield _TENS[tens] + _NUMBERS[rest]
        elif not rest and tens in _NUMBERS:
            yield _NUMBERS[tens]


@lru_cache(maxsize=1)
def _series_patterns() -> dict[str, re.Pattern[str]]:
    return {name: re.compile(pattern, re.IGNORECASE) for name, pattern in SERIES_WORDS.items()}


@lru_cache(maxsize=1)
def _format_patterns() -> dict[str, re.Pattern[str]]:
    return {name: re.compile(pattern, re.IGNORECASE) for name, pattern in FORMAT_WORDS.items()}
