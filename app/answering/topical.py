"""Lists of projects or meetings that are about something: by the words of their titles and summaries."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from app.answering import catalogue_phrases as phrases
from app.answering import catalogue_values as said
from app.answering.catalogue_asked import is_plural
from app.answering.catalogue_kinds import SINGLE, conditions_of
from app.answering.catalogue_selection import select
from app.answering.catalogue_signs import Meaning, Scan, Sign
from app.answering.catalogue_sources import SHOWN, Sources, is_sentence, listed
from app.answering.catalogue_types import CatalogueQuery, Kind
from app.answering.catalogue_words import Lexicon
from app.answering.types import Claim, Listed, Verdict
from app.retrieval.query import is_stop_word, stem
from app.retrieval.thesaurus import in_other_words
from ingest import names
from ingest.types import Cell, Row

_MARKS = frozenset(
    """
    on about with concerning regarding covering addressing against for of dealing tackling devoted dedicated focused
    focusing cover covers concern concerns address addresses tackle tackles around fight fights fighting combat
    combating counter countering support supporting improve improving strengthen strengthening promote promoting
    """.split()
)
"""Words behind which a question says what something is about."""
_NOUN_SIGNS = frozenset({"kind", "series"})
_VERBS = frozenset({"cover", "hold", "link", "host"})
_ALLOWED = frozenset({"kind", "series", "ask", "verb", "region", "country", "city", "period", "format", "area"})
_OPENING = re.compile(r"^(?:The\s+)?Project\s+\d+\b")
_SUBJECT = re.compile(r"^Item: (?:Subject|Full title)\b")
_INITIATIVE = re.compile(
    r"(?:Centres? of Excellence \(CoE\) )?Initiative on chemical, biological, radiological (?:and|or) nuclear"
    r"|chemical, biological, radiological (?:and|or) nuclear(?: \(CBRN\))? risk mitigation"
    r"|centres? of excellence|secretariat for [A-Z][\w ]+",
    re.IGNORECASE,
)
"""Names in which words stand that say nothing of what something is about."""
_SUMMARIES = re.compile(r"\b(?:in brief|objectives?|aims?|purpose|summary|content|subject|taught|exercised)\b", re.I)
_HYPHENATED = re.compile(r"\w+(?:-\w+)+")
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_NEAR = 60
"""Characters up to which words that matched are shown with what stands between them."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is listed, and the words that it has to be about."""

    query: CatalogueQuery
    words: tuple[str, ...]
    is_count: bool


@dataclass(frozen=True, slots=True)
class _Statement:
    """Words that say what something is about."""

    cell: Cell
    stems: frozenset[str]


class Topical:
    """Lists what is about something; it is made for one library and keeps what its rows are about."""

    def __init__(self, rows: Callable[[str], Sequence[Row]], lexicon: Lexicon, sources: Sources) -> None:
        self._rows = rows
        self._lexicon = lexicon
        self._sources = sources
        self._statements = cache(self._stated)

    def read(self, question: str) -> tuple[Claim | Verdict, ...] | None:
        """A cited list with its coverage; None when the question asks for none, or nothing on file has its words."""
        asked = _asked(Scan(question, self._lexicon))
        if asked is None:
            return None
        return self._listed(asked, is_brief=True) or self._listed(asked, is_brief=False)

    def _listed(self, asked: _Asked, *, is_brief: bool) -> tuple[Claim | Verdict, ...] | None:
        """A list by titles and summaries, or by all that documents say of the things they are about."""
        statements = self._statements(asked.query.kind, is_brief=is_brief)
        known = frozenset(part for _, told in statements for one in told for part in one.stems)
        forms = [_forms(word, self._lexicon, known) for word in asked.words]
        stating = {row.id: cell for row, told in statements if (cell := _first(told, forms))}
        rows = self._rows(asked.query.kind)
        found = select([row for row in rows if row.id in stating], asked.query)
        if not found.matches:
            return None
        found = replace(found, searched=select(rows, asked.query).searched)
        told = [(match.row, stating[match.row.id]) for match in found.matches[: phrases.MAX_ITEMS]]
        items = tuple(
            Listed(f"{said.name(row)}: “{_shown(cell, forms)}”", self._sources.evidence(cell)) for row, cell in told
        )
        number = len(found.matches)
        called = [said.short_name(row) for row, _ in told]
        of = f"{asked.query.in_words}, about {' '.join(asked.words)}"
        named = f": {'; '.join(called)}" if number <= SHOWN and not asked.is_count else ""
        counted = phrases.counted(number, asked.query)
        short = str(number) if asked.is_count else ", ".join(called) if number <= SHOWN else counted
        read = "only titles and summaries were read" if is_brief else "no title or summary says it, other sentences do"
        coverage = f"{phrases.coverage(asked.query, found).removesuffix('.')}; {read}."
        return listed(f"{counted} on file ({of}){named}.", items, short, "complete", coverage)

    def _stated(self, kind: str, *, is_brief: bool) -> tuple[tuple[Row, tuple[_Statement, ...]], ...]:
        return tuple(
            (
                row,
                tuple(_Statement(cell, _stems(cell.quote)) for cell in _telling(row, self._sources, is_brief=is_brief)),
            )
            for row in self._rows(kind)
        )


def _asked(scan: Scan) -> _Asked | None:
    meaning = Meaning(scan.signs, scan)
    kind = _kind(meaning)
    if kind is None or scan.folded(0) in _CLOSED or not set(meaning.all("ask")) <= {"list", "count"}:
        return None
    topic = _topic(meaning, kind)
    left = Meaning((sign for sign in scan.signs if sign.at not in topic), scan)
    is_understood = {sign.kind for sign in left.signs} <= _ALLOWED and set(left.all("verb")) <= _VERBS
    is_list = is_plural(left) or scan.asks_which or scan.folded(0) == "what"
    if not topic or not is_understood or not is_list or any(len(left.all(sign)) > 1 for sign in SINGLE):
        return None
    if not _is_marked(meaning, topic):
        return None
    conditions = conditions_of(left, kind)
    if conditions is None:
        return None
    words = tuple(scan.folded(at) for at in topic)
    return _Asked(CatalogueQuery(kind, "rows", conditions), words, is_count="count" in meaning.all("ask"))


_CLOSED = frozenset("is are was were has have had did does do who when where why how".split()) - {"how"}


def _kind(meaning: Meaning) -> Kind | None:
    """The kind of the things that a question names first."""
    first = next((sign for sign in meaning.signs if sign.kind in _NOUN_SIGNS), None)
    if first is None:
        return None
    if first.kind == "series" or first.value == "meeting":
        return "meeting"
    return "project" if first.value == "project" else None


def _topic(meaning: Meaning, kind: Kind) -> list[int]:
    """Numbers of the words that nothing else explains; of projects also those for kinds of meetings and plans."""
    scan = meaning.scan
    others = [sign for sign in meaning.signs if _is_of_topic(sign, kind, scan)]
    places = {*scan.rest, *(at for sign in others for at in range(sign.at, sign.at + sign.size))}
    while places and scan.folded(min(places)) in _MARKS:
        places.discard(min(places))
    return sorted(places)


def _is_of_topic(sign: Sign, kind: Kind, scan: Scan) -> bool:
    if sign.kind == "than":
        return scan.folded(sign.at) == "first" and sign.at + 1 in scan.rest
    return sign.kind in ("topic", "event", "attribute") or (sign.kind == "series" and kind == "project")


def _is_marked(meaning: Meaning, topic: Sequence[int]) -> bool:
    """True when the words of a topic stand together, behind a word like `about` or right before what is listed."""
    scan = meaning.scan
    first, last = topic[0], topic[-1]
    if any(at not in topic and not is_stop_word(scan.folded(at)) for at in range(first, last)):
        return False
    nouns = {sign.at for sign in meaning.signs if sign.kind in _NOUN_SIGNS}
    before = next((at for at in range(first - 1, -1, -1) if scan.folded(at) not in ("the", "a", "an")), -1)
    return scan.folded(before) in _MARKS or last + 1 in nouns


def _telling(row: Row, sources: Sources, *, is_brief: bool) -> Iterator[Cell]:
    """The words that say what something is about: its title and summary, or all that its own document says of it."""
    yield from (cell for cell in row.cells if cell.field in ("name", "start")[: 1 + (row.kind == "meeting")])
    for id in row.documents:
        metadata = sources.document(id).metadata
        if metadata.kind == row.kind and len(metadata.records) == 1:
            yield from (cell for cell in sources.sentences(id) if _tells(cell, row.kind, is_brief=is_brief))


def _tells(cell: Cell, kind: str, *, is_brief: bool) -> bool:
    is_summary = bool(_SUMMARIES.search(cell.section))
    if kind == "meeting":
        return is_summary and is_sentence(cell.quote)
    is_of_it = is_sentence(cell.quote) and bool(_OPENING.match(cell.quote))
    return (is_of_it and (is_summary or not is_brief)) or (is_summary and bool(_SUBJECT.match(cell.quote)))


def _stems(text: str) -> frozenset[str]:
    """The stems of a text's words, of those with a hyphen also as one word."""
    bare = _INITIATIVE.sub(" ", text)
    joined = (word.group().replace("-", "") for word in _HYPHENATED.finditer(bare))
    return frozenset(stem(word) for word in (*names.words(bare), *map(names.fold, joined)))


def _forms(word: str, lexicon: Lexicon, known: frozenset[str]) -> tuple[frozenset[str], ...]:
    """The stem of a word; where nothing says the word, what documents may say for it."""
    expanded = lexicon.expansions.get(word)
    others = () if stem(word) in known else (*in_other_words(word), *([" ".join(expanded)] if expanded else []))
    return tuple(frozenset(stem(part) for part in names.words(form)) for form in (word, *others))


def _first(statements: Sequence[_Statement], forms: Sequence[Sequence[frozenset[str]]]) -> Cell | None:
    """The first words that say every word of the topic in one of its forms."""
    return next((told.cell for told in statements if all(any(form <= told.stems for form in of) for of in forms)), None)


def _shown(cell: Cell, forms: Sequence[Sequence[frozenset[str]]]) -> str:
    """The words that matched as they are written, with what stands between them where that is short."""
    wanted = frozenset(part for of in forms for form in of for part in form)
    found = [word for word in _WORD.finditer(cell.quote) if not wanted.isdisjoint(_stems(word.group()))]
    stretch = cell.quote[found[0].start() : found[-1].end()] if found else ""
    return stretch if len(stretch) <= _NEAR else ", ".join(dict.fromkeys(word.group() for word in found))
