"""A question that could mean any of several things is answered with a question: which one?"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.answering.entities import entities
from app.answering.types import Verdict
from ingest.dates import dates
from ingest.expressions import ordinals, projects
from ingest.names import countries, regions
from ingest.types import Row

_FEW = 10
"""As many as can be named to choose from."""


@dataclass(frozen=True, slots=True)
class _Open:
    """A thing of which there are several, as questions name it when they do not say which."""

    named: re.Pattern[str]
    kind: str
    """Of the catalogue's rows, one of which is meant."""
    field: str
    """The field that tells the rows apart."""
    series: str | None
    """Of meetings, which ones."""
    plural: str
    wanted: str
    """What tells one from the others, where there are too many to name."""


_GENERAL = re.compile(
    r"^\W*what (?:is|are|does|do) (?:the )?(?:regional |national )*(?:secretariat|round[- ]table|focal point)"
    r"|\b(?:tasks?|roles?|duties|function|purpose|mean|define|definition|why|how does|how do)\b",
    re.IGNORECASE,
)
"""Signs of a question about all of them."""
_LAST = r"(?:last |latest |next |first |recent |most recent )?"
_OPEN = (
    _Open(
        re.compile(r"\bthe (?:regional )?secretariat\b", re.IGNORECASE),
        "secretariat",
        "region",
        None,
        "regional secretariats",
        "its region",
    ),
    _Open(
        re.compile(rf"\bthe {_LAST}(?:regional )?(?:round[- ]table|RTM)\b", re.IGNORECASE),
        "meeting",
        "name",
        "round-table",
        "round tables",
        "its region and its number or year",
    ),
    _Open(
        re.compile(r"\bthe (?:national )?(?:focal point|NFP)\b(?! for\b)", re.IGNORECASE),
        "partner",
        "name",
        None,
        "partner countries",
        "its country",
    ),
)


def asked_back(question: str, rows: Callable[[str], Sequence[Row]]) -> tuple[Verdict, ...] | None:
    """A verdict that asks which one is meant; None when the question says it, or means none of many."""
    meant = next((each for each in _OPEN if each.named.search(question)), None)
    if meant is None or _GENERAL.search(question) or _says_which(question, meant):
        return None
    among = (row for row in rows(meant.kind) if meant.series in (None, row.value("series")))
    values = sorted({value for row in among for value in row.values(meant.field)})
    if len(values) < 2:
        return None
    if len(values) <= _FEW:
        asks = f"The documents tell of {len(values)} {meant.plural}: {'; '.join(values)}. Which one do you mean?"
    else:
        asks = (
            f"The documents tell of {len(values)} {meant.plural}. Which one do you mean: can you name {meant.wanted}?"
        )
    return (Verdict("none", asks=asks, confidence=0.0),)


def _says_which(question: str, meant: _Open) -> bool:
    """True when anything in the question tells one from the others."""
    rest = meant.named.sub(" ", question)
    told = (regions(rest), countries(rest), dates(rest), ordinals(rest), projects(rest))
    return any(told) or any(entity.is_anchor for entity in entities(rest))
