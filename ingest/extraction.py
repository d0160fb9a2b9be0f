"""Rows of the catalogue from the text of documents that state no records: what the text is about, in its own words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest import dates, expressions, names
from ingest.glossary import Term
from ingest.reading import Reading, Sentence
from ingest.types import Cell, Row

PREFIX = "text:"
"""Begins the ids of meetings that only a text tells of: the document's id follows."""

_KINDS = frozenset({"document", "meeting", "news"})
_WORLDWIDE = frozenset({"nfp-international", "heads-of-secretariat"})
"""Series that belong to no region."""
_LEAD = 10
"""Sentences in which a text says what it is about."""
_YEAR_ONLY = 4
_NEAR = 70
"""Characters between an ordinal and the kind of meeting that it numbers."""

_OTHER_TIME = re.compile(
    r"\b(?:previous|preceding|earlier|next|similar|last (?:round|meeting|year)|had (?:been held|taken place|met)"
    r"|will be|followed|précédente?s?|prochaine?s?|avait eu lieu|se tiendra|предыдущ\w+|следующ\w+|пройд[её]т)\b",
    re.IGNORECASE,
)
_ABSENT = re.compile(
    r"\b(?:apolog\w+|absente?s?|(?:was|were|is|are) not|did not|could not|n'était|не участвовал\w*|отсутств\w+)",
    re.IGNORECASE,
)
_HAPPENED = re.compile(
    r"\b(?:held|took place|takes place|met|gathered|hosted|organi[sz]ed|opened|convened|ended|brought|conducted|ran"
    r"|s'est tenue?|se sont réuni\w*|a eu lieu|organisée?|прош[её]л\w*|состоял\w*|встретил\w*)\b",
    re.IGNORECASE,
)
_DEADLINE = re.compile(r"\b(?:close|deadline|apply|published|posted|signed up|register|until)\b", re.IGNORECASE)
_DATELINE = re.compile(r"^[^\W\d_][\w' ,-]{0,40}[,.]?\s*(?:[–—-]\s*)?$")
_TOOK_PART = re.compile(
    r"\b(?:took part|takes part|participat\w+|attend\w+|represent\w+|delegat\w+|teams? (?:from|of)|sent|joined"
    r"|welcomed|guests (?:from|of)|staff (?:from|of)|officials (?:from|of)|officers (?:from|of)|experts (?:from|of)"
    r"|focal points (?:from|of)|countries|present|came from|points focaux|ont participé|délég\w+"
    r"|приняли участие|представител\w+|участник\w*)\b",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"(?:action plan|national (?:cbrn )?team|plan d'action\w*(?: national)?) (?:of|for|du|de la|de) $", re.I
)
_NAME = r"[^\W\d_a-zа-яё][\w'’-]+"
_PLACE = re.compile(
    rf"(?P<led>\b(?:in|In|at|At|to|à|en|в|во)\s+|\b(?i:place|venue|lieu|место)\s*:\s*|^)?"
    rf"(?P<city>{_NAME}(?:[ -](?:(?:de|del|el|al|es|la|le)[ -])?{_NAME}){{0,3}})"
    rf"(?:\s*,\s*|\s*\(\s*)(?:au\s+|aux\s+|en\s+|the\s+|в\s+)?$"
)
_CITY = re.compile(r"\b(?:in|at|à|в|во)\s+(?P<city>[A-ZÀ-ÝА-ЯЁ][\w'’-]+(?: [A-ZÀ-Ý][\w'’-]+)?)")
_PARTED = re.compile(
    r"[,.;:]|^\s+(?:\w+\s+)?(?:responders?|phase|days?|time|aid|wave|review|anniversary|cohort)\b", re.IGNORECASE
)
_PEOPLE = re.compile(
    r"(?P<number>(?:(?:about|around|some|over|more than|nearly|almost)\s+)?\d[\d,]*)\s+(?:\w+\s+){0,2}"
    r"(?:people|participants|officials|experts|officers|delegates|representatives|trainees|specialists|participants)\b",
    re.IGNORECASE,
)
_TITLE = r"""["“«](?P<quoted>[^"”»]{8,300})["”»]|:\s+(?P<headed>[A-Z][^\n]{8,300})"""
_ORGANISATION = re.compile(
    r"\b(?:academy|agency|association|authority|bureau|cent(?:er|re)|commission|committee|council|court|department"
    r"|directorate\w*|institut\w*|office|organi[sz]ation|service|union|university|board)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Anchor:
    """Where a text names the meeting that it is about."""

    series: str
    ordinal: int | None
    sentence: Sentence
    score: float


def rows(reading: Reading) -> tuple[Row, ...]:
    """The meeting that a text is about, if it is about one, and the projects it names."""
    if reading.document.metadata.records or reading.document.metadata.kind not in (*_KINDS, "project"):
        return ()
    is_project = reading.document.metadata.kind == "project"
    meeting = () if is_project else tuple(_meeting(reading))
    return (*meeting, *_projects(reading))


def organisations(reading: Reading, terms: Sequence[Term]) -> Iterator[Cell]:
    """Organisations of the glossary that a text without records names, by name or by abbreviation."""
    if reading.document.metadata.records or reading.document.metadata.kind not in _KINDS:
        return
    for term in terms:
        if not _ORGANISATION.search(term.expansion):
            continue
        pattern = re.compile(rf"\b(?:{re.escape(term.abbreviation)}|{re.escape(term.expansion)})\b")
        found = next((sentence for sentence in reading.sentences if pattern.search(sentence.text)), None)
        if found:
            yield reading.quoted("name", f"{term.expansion} ({term.abbreviation})", found)


def _meeting(reading: Reading) -> Iterator[Row]:
    anchor = max(_anchors(reading), key=lambda found: found.score, default=None)
    if anchor is None:
        return
    dated = _when(reading, anchor)
    if dated is None and anchor.ordinal is None:
        return
    cells = [reading.quoted("name", _name(reading, anchor), anchor.sentence)]
    cells.append(reading.quoted("series", anchor.series, anchor.sentence))
    if numbered := _numbered(reading, anchor):
        cells.append(reading.quoted("ordinal", str(numbered.ordinal), numbered.sentence))
    if anchor.series not in _WORLDWIDE:
        cells += _region(reading)
    if dated:
        sentence, stretch = dated
        cells += [reading.quoted("start", stretch.first, sentence), reading.quoted("end", stretch.last, sentence)]
    cells += [*_where(reading, dated[0] if dated else anchor.sentence), *_who(reading), *_details(reading)]
    yield Row("meeting", PREFIX + reading.document.id, tuple(cells))


def _anchors(reading: Reading) -> Iterator[_Anchor]:
    for position, sentence in enumerate(reading.sentences[:_LEAD]):
        if _is_elsewhere(sentence):
            continue
        found = expressions.series(sentence.text)
        if not found:
            continue
        name, start, _ = next((kind for kind in found if kind[0] != "other"), found[0])
        ordinal = _ordinal_before(sentence, start)
        score = (2.0 if position == 0 else 1.5 if position < 4 else 0.5) + 1.5 * (ordinal is not None)
        score -= 1.0 * (name == "other")
        score += 1.0 * bool(sentence.dates) + 0.5 * bool(_HAPPENED.search(sentence.text)) - 0.1 * position
        yield _Anchor(name, ordinal, sentence, score)


def _ordinal_before(sentence: Sentence, start: int) -> int | None:
    near = [
        (number, end)
        for number, _, end in expressions.ordinals(sentence.text)
        if 0 <= start - end <= _NEAR and not _PARTED.search(sentence.text[end:start])
    ]
    return near[-1][0] if near else None


def _numbered(reading: Reading, anchor: _Anchor) -> _Anchor | None:
    """The first mention of the meeting that gives its number."""
    if anchor.ordinal is not None:
        return anchor
    for sentence in reading.sentences[:_LEAD]:
        for name, start, _ in expressions.series(sentence.text):
            ordinal = _ordinal_before(sentence, start)
            if name == anchor.series and ordinal is not None and not _is_elsewhere(sentence):
                return _Anchor(name, ordinal, sentence, 0.0)
    return None


def _name(reading: Reading, anchor: _Anchor) -> str:
    title = reading.document.metadata.title
    return title if expressions.series(title) else anchor.sentence.text[:200]


def _region(reading: Reading) -> Iterator[Cell]:
    for sentence in reading.sentences:
        if sentence.regions and not _is_elsewhere(sentence):
            yield reading.quoted("region", names.regions(sentence.text)[0].name, sentence)
            return


def _when(reading: Reading, anchor: _Anchor) -> tuple[Sentence, dates.Dated] | None:
    """The dates of the meeting: those beside it or beside a verb that says it happened, ranges before single days."""
    year = next((dated.first[:4] for sentence in reading.sentences for dated in sentence.dates), None)
    best: tuple[float, Sentence, dates.Dated] | None = None
    for position, sentence in enumerate(reading.sentences):
        if _is_elsewhere(sentence) or _DEADLINE.search(sentence.text):
            continue
        near = 2.0 * (sentence is anchor.sentence) + 1.5 * bool(_HAPPENED.search(sentence.text))
        near += 1.5 * bool(re.match(r"\W*(?:dates?|when|дата)\b", sentence.text, re.IGNORECASE)) - 0.1 * position
        for dated in dates.dates(sentence.text, year=year):
            if len(dated.first) == _YEAR_ONLY and sentence is not anchor.sentence:
                continue
            score = near + 1.5 * (dated.first != dated.last) + len(dated.first) / 2.5
            score -= 2.5 * bool(_DATELINE.match(sentence.text[: dated.start])) * (dated.first == dated.last)
            if best is None or score > best[0]:
                best = (score, sentence, dated)
    return best[1:] if best else None


def _where(reading: Reading, dated: Sentence) -> Iterator[Cell]:
    """City and country, of the sentence that gives the date or of the first that gives a place."""
    labelled = [s for s in reading.sentences if re.match(r"\W*(?:place|venue|lieu|место)\b", s.text, re.IGNORECASE)]
    others = [s for s in reading.sentences[:_LEAD] if not _is_elsewhere(s)]
    candidates = [*labelled, dated, *others]
    for sentence in candidates:
        for country in names.countries(sentence.text):
            if city := _city_before(sentence.text[: country.start], must_be_led=sentence not in candidates[:2]):
                yield reading.quoted("city", city, sentence)
                yield reading.quoted("country", country.name, sentence)
                return
    yield from _only_city(reading, candidates[: len(labelled) + 1])


def _only_city(reading: Reading, candidates: Sequence[Sentence]) -> Iterator[Cell]:
    """A city without its country beside it, and the country that the text is about elsewhere."""
    for sentence in candidates:
        city = next((found["city"] for found in _CITY.finditer(sentence.text) if _is_city(found["city"])), None)
        if city:
            yield reading.quoted("city", city, sentence)
            break
    for sentence in reading.sentences[:_LEAD]:
        for country in names.countries(sentence.text):
            if _OWN.search(before := sentence.text[: country.start]) or (
                sentence in candidates and re.search(r"\b(?:in|en|au|aux|в)(?: the)? $", before)
            ):
                yield reading.quoted("country", country.name, sentence)
                return


def _is_city(name: str) -> bool:
    return not (names.countries(name) or names.regions(name) or dates.is_month(name.split()[0]))


def _city_before(text: str, *, must_be_led: bool) -> str | None:
    """The city named at a text's end, `… in Bishkek, `; a region's name before it is no part of it."""
    begin = max((region.end for region in names.regions(text)), default=0)
    place = _PLACE.search(text, begin)
    if place is None or not _is_city(place["city"]) or (must_be_led and place["led"] is None):
        return None
    return place["city"]


def _who(reading: Reading) -> Iterator[Cell]:
    """Countries that took part, and one whose own plan or team the meeting was about."""
    seen: set[str] = set()
    for sentence in reading.sentences:
        if _is_elsewhere(sentence):
            continue
        takes_part = bool(_TOOK_PART.search(sentence.text))
        for country in names.countries(sentence.text):
            is_own = bool(_OWN.search(sentence.text[: country.start]))
            if country.name not in seen and (takes_part or is_own):
                seen.add(country.name)
                yield reading.quoted("countries", country.name, sentence)


def _details(reading: Reading) -> Iterator[Cell]:
    seen: set[int] = set()
    for sentence in reading.sentences:
        if _ABSENT.search(sentence.text):
            continue
        for number in sorted(sentence.projects - seen):
            seen.add(number)
            yield reading.quoted("projects", str(number), sentence)
    for sentence in reading.sentences:
        if not _is_elsewhere(sentence) and (people := _PEOPLE.search(sentence.text)):
            yield reading.quoted("participants", people["number"], sentence)
            break
    for sentence in reading.sentences:
        if found := expressions.formats(sentence.text):
            yield reading.quoted("format", found[0], sentence)
            break


def _projects(reading: Reading) -> Iterator[Row]:
    """Projects a text names, with their titles where it gives them."""
    named: dict[int, list[Cell]] = {}
    for sentence in reading.sentences:
        for number, _, end in expressions.projects(sentence.text):
            cells = named.setdefault(number, [reading.quoted("number", str(number), sentence)])
            title = re.match(rf"(?:\s*\([^)]*\))?,?\s*(?:{_TITLE})", sentence.text[end:])
            if title and len(cells) == 1:
                cells.append(reading.quoted("name", title["quoted"] or title["headed"], sentence))
    for number, cells in named.items():
        yield Row("project", f"project-{number}", tuple(cells))


def _is_elsewhere(sentence: Sentence) -> bool:
    """True of a sentence about another meeting, or about somebody who was not there."""
    return bool(_OTHER_TIME.search(sentence.text) or _ABSENT.search(sentence.text))
