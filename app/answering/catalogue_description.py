"""What a project or a term is and what it is for, in the sentences that the documents lead with."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from app.answering.catalogue_signs import Scan
from app.answering.catalogue_sources import CERTAIN, Sources, is_sentence, told
from app.answering.catalogue_words import key
from app.answering.types import Claim, Verdict
from ingest import expressions
from ingest.glossary import GLOSSARY_KIND, Term
from ingest.types import Cell, Document, Row, Section

_PLAIN = frozenset(
    """
    a an the what s is are was were be does do did it this that of for to in on at me you please could can would i about
    tell us we exactly short brief briefly word words few sentence one two by with read heard some any give say kindly
    project programme initiative cbrn coe eu just really and so actually term its counts count
    sense thing body institution person
    """.split()
)
_DESCRIBING = frozenset(
    """
    about explain explained describe description define definition nutshell kind sort type deal deals dealing dealt
    concern concerned subject topic content summary summarise do does did explanation outline help helps
    """.split()
)
_AIMING = frozenset(
    """
    aim aims aimed purpose objective objectives goal goals achieve mission intended intend supposed point
    """.split()
)
_AT_LENGTH = frozenset("explain explained explanation describe description summary summarise outline nutshell".split())
_OF_A_KIND = frozenset("it thing body institution person".split())
_MEANING = frozenset("mean means meant meaning".split())
"""Ask of an abbreviation for its long form, which is another question."""
_DOING = frozenset("task tasks role duty duties responsibility responsibilities do does job".split())
_WHAT_IS = re.compile(r"^\W*what(?:'s|(?:\s+exactly)?\s+(?:is|was|are|were))\b", re.IGNORECASE)
_INITIATIVE = "initiative"
"""Behind a term it makes another name: the Centres of Excellence Initiative is no centre."""
_MEANT_FOR = re.compile(r"\bfor\W*$", re.IGNORECASE)
_AIMS = re.compile(r"\b(?:objectives?|aims?|purposes?|goals?)\b", re.IGNORECASE)
_STATES_AIM = re.compile(
    r"\b(?:aim(?:s|ed)?\s+(?:to|at)|(?:is|was|were|are)\s+(?:meant\s+|intended\s+)?to|objectives?|purpose)\b",
    re.IGNORECASE,
)
_OPENING = re.compile(r"^(?:the\s+)?project\s+\d+(?:\s+\([^()]*\))?(?:,[^,]{1,60},)?\s+", re.IGNORECASE)
_LINKING = re.compile(
    r"^(?:(?:is|was)\s+about|deals?\s+with|dealt\s+with|concern(?:s|ed)|aim(?:s|ed)\s+(?:to|at)"
    r"|(?:is|was)\s+(?:(?:meant|intended)\s+)?to|is|was)\s+",
    re.IGNORECASE,
)
_BEGINNING = r"^(?:an?|the|each|every)\s+(?:(?-i:[A-Z]{{2,}})\s+){{0,2}}{term}(?:\s*\([^()]*\))?\s+"
_IS_ONE = _BEGINNING + r"(?P<said>(?:is|was)\s+(?:an?|one)\b.*)"
_IS_A = _BEGINNING + r"(?P<said>(?:is|was)\s+(?:an?|the|one|any)\b.*)"
_DOES = _BEGINNING + r"(?P<said>(?!(?:is|was|has)\b)\w+s\b.*)"
_ROLE = r"^the\s+(?:role|task)\s+of\s+(?:an?\s+|the\s+)?{term}(?:\s*\([^()]*\))?\s+(?P<said>(?:is|was)\s+to\b.*)"
_WHO_DOES = r"(?<!\bof\s)(?<!\bof\sthe\s)\b{term}(?:\s*\([^()]*\))?,?\s+(?:who|which|that)\s+(?P<said>\w.*)"
_ROW = r"^Abbreviation: [^\n]*?\bMeaning: {term}; [^:\n]+: (?P<said>[^\n]+)"
_MORE = re.compile(r"; |, (?:and |which |who |including |starting |made |when |namely )")
"""Where a sentence that has said what something is goes on."""
_CLAUSE = re.compile(r" that ")
_SUBJECTS = ("subject", "topic", "content", "aim", "objective")
_GENERAL = frozenset({"initiative", GLOSSARY_KIND})
"""Kinds of documents that say what something is in general."""
_LONGEST_SHORT = 160
_AIM_SENTENCES = 2


@dataclass(frozen=True, slots=True)
class Subject:
    """What a question wants described: a project by its number, or a term of the glossary."""

    project: str | None = None
    term: Term | None = None
    asks_aim: bool = False
    asks_tasks: bool = False
    at_length: bool = False
    """True when more is wanted than the one sentence that says what it is."""


def subject_of(scan: Scan, terms: Sequence[Term]) -> Subject | None:
    """The one thing that a question wants described; None when it asks, or may ask, anything else."""
    left = [at for at in range(len(scan.words)) if not scan.named[at]]
    if [sign.kind for sign in scan.names] == ["project"]:
        rest = {scan.folded(at) for at in left}
        asks_aim = bool(rest & _AIMING or _MEANT_FOR.search(scan.text))
        wants = rest & _DESCRIBING or asks_aim or _WHAT_IS.search(scan.text)
        is_whole = rest <= _PLAIN | _DESCRIBING | _AIMING
        at_length = bool(rest & _AT_LENGTH) and "sentence" not in rest
        subject = Subject(project=scan.names[0].value, asks_aim=asks_aim, at_length=at_length)
        return subject if wants and is_whole else None
    return _term(scan, terms)


def _term(scan: Scan, terms: Sequence[Term]) -> Subject | None:
    """A term of the glossary that is written out, or abbreviated where the words ask for more than its long form."""
    words = [word.folded.removesuffix("s") for word in scan.words]
    for term in terms:
        for form in (key(term.expansion), key(term.abbreviation)):
            at = _place(words, [word.removesuffix("s") for word in form])
            if at is not None and (subject := _of_place(scan, term, range(at, at + len(form)))):
                return subject
    return None


def _of_place(scan: Scan, term: Term, place: range) -> Subject | None:
    """The term at some words of a question, if nothing but its description can be wanted."""
    outside = [at for at in range(len(scan.words)) if at not in place]
    rest = {scan.folded(at) for at in outside}
    is_longer = place.stop in outside and scan.folded(place.stop) == _INITIATIVE
    is_written_out = is_longer or len(place) == len(key(term.expansion)) > 1
    is_plain = _WHAT_IS.search(scan.text) or rest & _MEANING if is_written_out else rest & _OF_A_KIND
    wants = rest & (_DESCRIBING | _DOING) or is_plain
    is_whole = rest <= _PLAIN | _DESCRIBING | _DOING | (_MEANING if is_written_out else frozenset())
    if not (wants and is_whole) or any(scan.named[at] for at in outside):
        return None
    named = replace(term, expansion=f"{term.abbreviation} {_INITIATIVE}") if is_longer else term
    return Subject(term=named, asks_tasks=bool(rest & _DOING))


def _place(words: Sequence[str], form: Sequence[str]) -> int | None:
    size = len(form)
    return next((at for at in range(len(words) - size + 1) if size and words[at : at + size] == list(form)), None)


def described(subject: Subject, row: Row | None, sources: Sources) -> tuple[Claim | Verdict, ...] | None:
    """The sentences that say what a project is or is for, word for word; None when no document leads with any."""
    document = _own_document(row, sources) if row else None
    if row is None or document is None:
        return None
    lead = next(_naming(row, _told(document, lambda section: not _AIMS.search(section.heading))), None)
    aims = list(_aims(row, document))
    chosen = aims[:_AIM_SENTENCES] if subject.asks_aim else [*filter(None, [lead]), *aims[: subject.at_length]]
    if not chosen:
        return None
    differing = sources.told_differently(row, _SUBJECTS)
    claims = (Claim(cell.quote, (sources.evidence(cell),)) for cell in [*chosen, *differing])
    return (*claims, Verdict("complete", _telling(chosen[0].quote), confidence=CERTAIN))


def _own_document(row: Row, sources: Sources) -> Document | None:
    """The document that tells of this project and of nothing else."""
    for id in row.documents:
        document = sources.document(id)
        if document.metadata.kind == row.kind and len(document.metadata.records) == 1:
            return document
    return None


def _told(document: Document, is_wanted: Callable[[Section], bool]) -> Iterator[Cell]:
    """The sentences of some sections of a document, rows of tables left out."""
    return (cell for cell in told(document, is_wanted) if is_sentence(cell.quote))


def _naming(row: Row, cells: Iterable[Cell]) -> Iterator[Cell]:
    """Those that name the project by number."""
    number = row.value("number")
    for cell in cells:
        if any(str(found) == number for found, _, _ in expressions.projects(cell.quote)):
            yield cell


def _aims(row: Row, document: Document) -> Iterator[Cell]:
    """Sentences under a heading like *Objectives*; where there is none, those that say what is aimed at."""
    under = list(_told(document, lambda section: bool(_AIMS.search(section.heading.split(" › ")[-1]))))
    stating = (cell for cell in _told(document, lambda section: True) if _STATES_AIM.search(cell.quote))
    return (cell for cell in under or _naming(row, stating) if _OPENING.match(cell.quote))


def _telling(sentence: str) -> str | None:
    """What a sentence says of the project that it begins with, in its own words."""
    opening = _OPENING.match(sentence)
    if opening is None:
        return None
    said = sentence[opening.end() :]
    return _briefly(_LINKING.sub("", said).rstrip(" ."))


def explained(subject: Subject, sources: Sources) -> tuple[Claim | Verdict, ...] | None:
    """The sentence that a term is the subject of; failing that, what the glossary explains it with."""
    general = [document for document in sources.documents() if document.metadata.kind in _GENERAL]
    stated = [cell for document in general for cell in _told(document, lambda section: True)]
    rows = [cell for document in general for cell in _rows_of(document)]
    tasks = ((_ROLE, stated), (_WHO_DOES, stated), (_DOES, stated))
    nature = ((_IS_ONE, stated), (_IS_A, stated), (_DOES, stated), (_ROW, rows))
    for pattern, cells in tasks if subject.asks_tasks else nature:
        spelled = re.compile(pattern.format(term=_spelled(subject)), re.IGNORECASE | re.DOTALL)
        for cell in cells:
            if match := spelled.search(cell.quote):
                return _of_term(subject, cell, match["said"], sources)
    return None


def _of_term(subject: Subject, cell: Cell, said: str, sources: Sources) -> tuple[Claim | Verdict, ...]:
    said = _LINKING.sub("", said).rstrip(" .")
    own = f"{subject.term.expansion} ({subject.term.abbreviation}): {said}." if subject.term else said
    text = cell.quote if is_sentence(cell.quote) else own
    return Claim(text, (sources.evidence(cell),)), Verdict("complete", _briefly(said), confidence=CERTAIN)


def _briefly(said: str) -> str | None:
    """What is said up to where it only says more of the same; None when that is too long to be read at a glance."""
    parts = (pattern.split(said, maxsplit=1)[0] for pattern in (_MORE, _CLAUSE))
    return next((short for short in parts if len(short) <= _LONGEST_SHORT), None)


def _spelled(subject: Subject) -> str:
    words = re.findall(r"\w+", subject.term.expansion) if subject.term else []
    return r"\(?" + r"\W+".join(re.escape(word) for word in words) + r"\)?"


def _rows_of(document: Document) -> Iterator[Cell]:
    """The rows of a glossary."""
    for section in document.sections if document.metadata.kind == GLOSSARY_KIND else ():
        for line in re.finditer(r"[^\n]+", document.text[section.start : section.end]):
            start, end = section.start + line.start(), section.start + line.end()
            yield Cell("about", "", None, document.id, section.heading, start, end, document.text[start:end])
