"""Checks that keep a model to the documents: exact quotes, and values that stand in them."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

MIN_QUOTE_WORDS = 3
"""A shorter quote counts only where it is a whole table cell or line: "the" must not carry a sentence."""

_SAME = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′ʼ", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
    }
)
_WORD = re.compile(r"[^\W_]+")


def find_quote(text: str, quote: str) -> tuple[int, int] | None:
    """Where `text` has the words of `quote`, exactly but for white space, quotation marks and dashes."""
    folded, offsets = _fold(text)
    wanted = _fold(quote)[0].strip()
    if not _WORD.search(wanted):
        return None
    spans = [
        (offsets[at], offsets[at + len(wanted) - 1] + 1)
        for at in _occurrences_in_text(folded, wanted)
        if _is_whole_words(text, offsets[at], offsets[at + len(wanted) - 1] + 1)
    ]
    if len(_WORD.findall(wanted)) >= MIN_QUOTE_WORDS:
        return spans[0] if spans else None
    cells = [span for span in spans if _is_cell(text, *span)]
    return cells[0] if len(cells) == 1 else None  # the same cell in two rows says nothing about either


def _fold(text: str) -> tuple[str, list[int]]:
    characters: list[str] = []
    offsets: list[int] = []
    for offset, character in enumerate(text.translate(_SAME)):
        if character.isspace():
            if characters and characters[-1] == " ":
                continue
            character = " "
        characters.append(character)
        offsets.append(offset)
    return "".join(characters), offsets


def _occurrences_in_text(text: str, wanted: str) -> Iterator[int]:
    at = text.find(wanted)
    while at >= 0:
        yield at
        at = text.find(wanted, at + 1)


def _is_whole_words(text: str, start: int, end: int) -> bool:
    return not (_runs_on(text, start - 1, start) or _runs_on(text, end - 1, end))


def _runs_on(text: str, left: int, right: int) -> bool:
    """True when a word or a number goes on from position `left` to position `right`."""
    if left < 0 or right >= len(text):
        return False
    if unicodedata.category(text[right]).startswith("M"):
        return True
    if text[left].isalnum() and text[right].isalnum():
        return True
    around = text[max(left - 1, 0) : right + 2]
    return bool(re.search(r"\d[.,]\d", around))


def _is_cell(text: str, start: int, end: int) -> bool:
    before = text[text.rfind("\n", 0, start) + 1 : start]
    after = text[end:].partition("\n")[0]
    begins = not before.strip() or before.endswith(("; ", ": "))
    return begins and (not after.strip() or after.startswith(";"))


def unsupported(claim: str, quotes: Sequence[str], context: Sequence[str]) -> tuple[str, ...]:
    """Numbers, dates and names of `claim` that stand in no quote, and for names in no context either.

    Context is what the reader of the answer sees beside the quote: the question, the cited documents' titles
    and sections.
    """
    words = _tokens(claim)
    quoted = [_tokens(quote) for quote in quotes]
    around = [_tokens(text) for text in context]
    missing = [
        *_missing_numbers(words, quoted, around),
        *_missing_months(words, quoted),
        *_missing_names(words, [*quoted, *around]),
    ]
    return tuple(dict.fromkeys(missing))


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    key: str
    """What equal tokens have in common: case, plural and currency sign do not matter."""
    is_name: bool
    starts: bool
    """First word of a sentence, which is capitalised whatever it is."""
    joined: bool
    """Only white space or a hyphen stands between this token and the one before."""
    gap: str


_GROUPED = r"\d{1,3}(?:[, ']\d{3})+(?:\.\d+)?"
_SUFFIX = r"st|nd|rd|th|er|e|ème|k|m|mn|mln|bn"
_TOKEN = re.compile(
    rf"(?<![^\W_])(?:{_GROUPED}|\d+[.,]\d+(?![.,]\d)|\d+)(?:{_SUFFIX})?(?![^\W_])|[^\W_]+|[€$£¥%]",
    re.IGNORECASE,
)
_ISO_DATE = re.compile(r"\b(?P<year>\d{4})-(?P<month>0[1-9]|1[0-2])(?:-(?P<day>[0-2]\d|3[01]))?\b")
_DOTTED_DATE = re.compile(r"\b(?P<day>[0-2]?\d|3[01])\.(?P<month>0?[1-9]|1[0-2])\.(?P<year>\d{4})\b")
_SENTENCE_END = re.compile(r"[.!?…:;\n]")
_JOINT = re.compile(r"[\s\-&]*")

_MONTHS = (
    "january jan janvier январь января январе",
    "february feb février fevrier февраль февраля феврале",
    "march mar mars март марта марте",
    "april apr avril апрель апреля апреле",
    "may mai май мая мае",
    "june jun juin июнь июня июне",
    "july jul juillet июль июля июле",
    "august aug août aout август августа августе",
    "september sep sept septembre сентябрь сентября сентябре",
    "october oct octobre октябрь октября октябре",
    "november nov novembre ноябрь ноября ноябре",
    "december dec décembre decembre декабрь декабря декабре",
)
_MONTH_OF = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_MONTHS_ONLY_IF_CAPITALISED = frozenset({"may", "march", "mar"})
_ENGLISH_MONTHS = tuple(names.split()[0].title() for names in _MONTHS)

_CURRENCIES = {"€": "eur", "euro": "eur", "euros": "eur", "$": "usd", "dollar": "usd", "dollars": "usd"} | {
    "£": "gbp",
    "¥": "jpy",
}
_CURRENCY_KEYS = frozenset({"eur", "usd", "gbp", "jpy", "chf"})


def _tokens(text: str) -> list[_Token]:
    text = _spell_dates(unicodedata.normalize("NFKC", text).translate(_SAME))
    tokens: list[_Token] = []
    end = 0
    for match in _TOKEN.finditer(text):
        tokens.append(_token(match.group(), text[end : match.start()], is_first=not tokens))
        end = match.end()
    return tokens


def _token(text: str, gap: str, *, is_first: bool) -> _Token:
    folded = text.casefold()
    key = _CURRENCIES.get(folded) or (folded.removesuffix("s") if len(folded) > 3 else folded)
    return _Token(
        text=text,
        key=key,
        is_name=_is_name(text, folded),
        starts=is_first or bool(_SENTENCE_END.search(gap)),
        joined=not is_first and bool(_JOINT.fullmatch(gap)),
        gap=gap,
    )


def _is_name(text: str, folded: str) -> bool:
    if _digits(text) or _ATTACHED.fullmatch(text) or _is_number_word(folded) or _month(text):
        return False
    if folded in _CURRENCIES or any(character.isdigit() for character in text):
        return True
    # Scripts without capitals (Arabic, Georgian, Chinese …) do not show which words are names.
    return any(character.isupper() or unicodedata.category(character) == "Lo" for character in text)


def _spell_dates(text: str) -> str:
    def spelled(match: re.Match[str]) -> str:
        day = f"{int(match['day'])} " if match["day"] else ""
        return f"{day}{_ENGLISH_MONTHS[int(match['month']) - 1]} {match['year']}"

    return _DOTTED_DATE.sub(spelled, _ISO_DATE.sub(spelled, text))


def _month(word: str) -> int | None:
    folded = word.casefold()
    if folded in _MONTHS_ONLY_IF_CAPITALISED and not word[0].isupper():
        return None
    return _MONTH_OF.get(folded)


def _missing_months(words: list[_Token], quoted: list[list[_Token]]) -> Iterator[str]:
    known = {_month(token.text) for tokens in quoted for token in tokens}
    for token in words:
        if _month(token.text) and _month(token.text) not in known:
            yield token.text


_UNITS = """\
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen"""
_ORDINALS = """\
    zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth
    fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_TENTHS = "twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth"
_SMALL = (
    {word: value for words in (_UNITS, _ORDINALS) for value, word in enumerate(words.split())}
    | {word: value * 10 for words in (_TENS, _TENTHS) for value, word in enumerate(words.split(), 2)}
    | {"hundredth": 100}
)
_SCALES = {
    "hundred": 100,
    **dict.fromkeys(("thousand", "k", "mille", "тысяч", "тыс"), 1_000),
    **dict.fromkeys(("million", "millions", "m", "mn", "mln", "mio", "млн", "миллионов", "миллиона"), 10**6),
    **dict.fromkeys(("billion", "billions", "bn", "milliard", "milliards", "млрд"), 10**9),
}
_ATTACHED = re.compile(rf"(?P<digits>[\d.,' ]*\d)(?P<suffix>{_SUFFIX})", re.IGNORECASE)
_PERCENT = frozenset({"%", "percent", "percentage", "pourcent", "процентов", "процента"})
_YEARS = frozenset(str(year) for year in range(1900, 2101))


@dataclass(frozen=True, slots=True)
class _Number:
    values: frozenset[str]
    """One canonical value, or two where a point may group thousands as well as begin a fraction."""
    text: str
    first: int
    end: int
    """Positions among the tokens."""


def _is_number_word(folded: str) -> bool:
    return folded in _SMALL or folded in ("hundred", "thousand", "million", "billion")


def _missing_numbers(words: list[_Token], quoted: list[list[_Token]], around: list[list[_Token]]) -> Iterator[str]:
    known = {value for tokens in quoted for number in _numbers(tokens) for value in number.values}
    for number in _numbers(words):
        if number.text.casefold() == "one":  # "one of the partners" counts nothing
            continue
        if number.values & known or _is_part_of_name(number, words, [*quoted, *around]):
            continue
        yield number.text


def _is_part_of_name(number: _Number, words: list[_Token], sources: list[list[_Token]]) -> bool:
    """True for 65 in "Project 65" or 14th in "14th Central Asia …" where a source has the same pair."""
    if number.end - number.first > 1 or number.values & _YEARS:
        return False
    pairs = [words[at : at + 2] for at in (number.first - 1, number.first) if 0 <= at < len(words) - 1]
    return any(
        right.joined and _is_proper(left, right) and _contains([left.key, right.key], source)
        for left, right in pairs
        for source in sources
    )


def _is_proper(left: _Token, right: _Token) -> bool:
    return any(token.is_name and token.key not in _CURRENCY_KEYS for token in (left, right))


def _contains(keys: list[str], source: list[_Token]) -> bool:
    return any(True for _ in _positions(keys, source))


def _positions(keys: list[str], source: list[_Token]) -> Iterator[int]:
    for at in range(len(source) - len(keys) + 1):
        if all(source[at + offset].key == key for offset, key in enumerate(keys)):
            yield at


def _numbers(tokens: list[_Token]) -> Iterator[_Number]:
    at = 0
    while at < len(tokens):
        values, end = _number_at(tokens, at)
        if end == at:
            at += 1
            continue
        end, is_percent = _percent_after(tokens, end)
        text = " ".join(token.text for token in tokens[at:end])
        yield _Number(frozenset(_canonical(value, is_percent) for value in values), text, at, end)
        at = end


def _canonical(value: Decimal, is_percent: bool) -> str:
    plain = f"{value:f}"
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return plain + ("%" if is_percent else "")


def _percent_after(tokens: list[_Token], end: int) -> tuple[int, bool]:
    following = [token.text.casefold() for token in tokens[end : end + 2]]
    if following and following[0] in _PERCENT:
        return end + 1, True
    if following in (["per", "cent"], ["pour", "cent"]):
        return end + 2, True
    return end, False


def _number_at(tokens: list[_Token], at: int) -> tuple[set[Decimal], int]:
    attached = _ATTACHED.fullmatch(tokens[at].text)
    if attached:
        scale = _SCALES.get(attached["suffix"].casefold(), 1)
        return {value * scale for value in _digits(attached["digits"])}, at + 1
    digits = _digits(tokens[at].text)
    return _scaled(digits, tokens, at + 1) if digits else _spelled(tokens, at)


def _digits(text: str) -> set[Decimal]:
    if not (text[0].isdecimal() and text[-1].isdecimal()):
        return set()
    if re.fullmatch(r"\d{1,3}\.\d{3}", text):
        return {Decimal(text), Decimal(text.replace(".", ""))}
    if re.fullmatch(_GROUPED, text):
        return {Decimal(re.sub(r"[, ']", "", text))}
    if re.fullmatch(r"\d+(?:[.,]\d+)?", text):
        return {Decimal(text.replace(",", "."))}
    return set()


def _scaled(values: set[Decimal], tokens: list[_Token], end: int) -> tuple[set[Decimal], int]:
    if end < len(tokens) and tokens[end].joined:
        scale = _SCALES.get(tokens[end].text.casefold())
        if scale:
            return {value * scale for value in values}, end + 1
    return values, end


def _spelled(tokens: list[_Token], at: int) -> tuple[set[Decimal], int]:
    """Value of a number in words from `at`: each word must be smaller than what stands before it allows."""
    total, current, room, end = 0, 0, 10**12, at
    while end < len(tokens) and (end == at or tokens[end].joined):
        word = tokens[end].text.casefold()
        value = _SMALL.get(word)
        if value is not None and value < room:
            current, room = current + value, 10 if value >= 20 else 1
        elif _is_number_word(word) and value is None and (current or end == at):
            scale = _SCALES[word]
            whole = (current or 1) * scale
            total, current = (total, whole) if scale == 100 else (total + whole, 0)
            room = scale
        elif not (word == "and" and room >= 100 and end > at and _small_follows(tokens, end)):
            break
        end += 1
    return {Decimal(total + current)}, end


def _small_follows(tokens: list[_Token], at: int) -> bool:
    return at + 1 < len(tokens) and tokens[at + 1].text.casefold() in _SMALL


_STARTERS = """\
    a about according after all also although an and another any are as at because before besides between
    both but by can despite did do documents does during each either even every few finally following
    for from further furthermore given had has have he her here his how however i if in including
    instead is it its later like many meanwhile members more moreover most my neither no not now of on
    once only or other others our out over overall participants partly per several she should similarly
    since so some still such that the their them then there therefore these they this those through
    throughout thus to together today under until unlike unlikely up upon was we were what when where
    whereas whether which while who will with within without yes yet au aux ce cela ces cette chez dans
    de des depuis du elle elles en entre est et il ils la le les lors on ou par pour sa selon ses son
    sous sur un une в во для до из или и их к как на но о об он она они от по при с со так также то у
    что это этот эта"""
_STARTING_WORDS = frozenset(_STARTERS.split())
"""Words that are no names although a sentence begins with them."""


def _missing_names(words: list[_Token], sources: list[list[_Token]]) -> Iterator[str]:
    for run in _runs(words):
        yield from _missing_in_run(run, sources)


def _runs(words: list[_Token]) -> Iterator[list[_Token]]:
    run: list[_Token] = []
    for token in words:
        if run and not (token.is_name and token.joined):
            yield run
            run = []
        if token.is_name and not _is_starter(token):
            run.append(token)
    if run:
        yield run


def _is_starter(token: _Token) -> bool:
    is_acronym = len(token.text) > 1 and token.text.isupper()
    return token.starts and not is_acronym and token.text.casefold() in _STARTING_WORDS


def _missing_in_run(run: list[_Token], sources: list[list[_Token]]) -> Iterator[str]:
    """Words of a name that no source has, or the name where it is put together from halves of others."""
    previous: list[str] = []
    at = 0
    while at < len(run):
        piece = _longest_known(run[at:], sources)
        if not piece:
            yield run[at].text
            previous = []
            at += 1
            continue
        if previous and _is_torn(previous, piece, sources):
            yield " ".join(token.text for token in run)
        previous = piece
        at += len(piece)


def _longest_known(run: list[_Token], sources: list[list[_Token]]) -> list[str]:
    keys = [token.key for token in run]
    for length in range(len(keys), 0, -1):
        if any(_contains(keys[:length], source) for source in sources):
            return keys[:length]
    return []


def _is_torn(left: list[str], right: list[str], sources: list[list[_Token]]) -> bool:
    """True when `left` is always the beginning and `right` always the end of a longer name: Jean | Rossi."""
    return all(_name_goes_on(source, at + len(left)) for source in sources for at in _positions(left, source)) and all(
        _name_goes_on(source, at) for source in sources for at in _positions(right, source)
    )


def _name_goes_on(source: list[_Token], at: int) -> bool:
    return 0 < at < len(source) and source[at].joined and source[at].is_name and source[at - 1].is_name
