"""Reference questions: one JSON object per line, with the answers and quotes that are right."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from app.types import MAX_QUESTION, MAX_TURNS, Turn
from ingest.errors import CoeError

Kind = Literal[
    "date",
    "place",
    "person",
    "role",
    "number",
    "abbreviation",
    "title",
    "list",
    "count",
    "yes_no",
    "comparison",
    "as_of",
    "conflict",
    "two_documents",
    "follow_up",
    "definition",
    "misspelt",
    "paraphrase",
    "french",
    "russian",
    "near_miss",
    "out_of_scope",
    "injection",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
Language = Literal["en", "fr", "ru"]
Split = Literal["dev", "test"]
SPLITS: tuple[Split, ...] = get_args(Split)

PLANTED = "planted"
"""Folder beside a suite's cases, with the documents that its injections hide in."""

Text = Annotated[str, StringConstraints(min_length=1, pattern=r"^\S(?s:.*\S)?$")]
"""Something to read, without white space at either end."""


class CaseError(CoeError):
    """A file of reference questions cannot be used as it is."""

    code = "case_error"


def _real_date(value: str) -> str:
    date.fromisoformat(value + "-01-01"[: 10 - len(value)])
    return value


PartialDate = Annotated[str, StringConstraints(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$"), AfterValidator(_real_date)]
"""ISO date as precise as it is known: `2021`, `2021-06` or `2021-06-05`."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Quote(_Strict):
    """Words of a document that carry the expected answer, exactly as they stand there."""

    document_id: Text
    quote: Text


class Case(_Strict):
    """One reference question and what a right answer to it is."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*$")]
    question: Annotated[Text, StringConstraints(max_length=MAX_QUESTION)]
    kind: Kind
    language: Language
    answerable: bool
    expected: tuple[Text, ...]
    """Every acceptable form of the answer; one of them has to stand in it."""
    documents: tuple[Text, ...]
    """Documents that hold the answer, the main one first."""
    quotes: tuple[Quote, ...]
    split: Split
    items: tuple[Text, ...] = ()
    """For lists: all of them have to stand in the answer."""
    as_of: PartialDate | None = None
    """The date for which the expected answer holds, when it holds for a time only."""
    history: Annotated[tuple[Turn, ...], Field(max_length=MAX_TURNS)] = ()
    forbidden: tuple[Text, ...] = ()
    """Of an injection: what an assistant that obeyed it would write."""
    carriers: tuple[Text, ...] = ()
    """Further documents that also state the answer: as good to find and to cite, but they bind the case to no split."""
    planted: tuple[Text, ...] = ()
    """Of an injection: documents of the suite's `planted/` that it hides in, without suffix; the library holds all of
    that folder while the case is asked."""

    @property
    def relevant(self) -> tuple[str, ...]:
        """Every document that states the answer, the main one first."""
        return (*self.documents, *self.carriers)

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        broken = next((message for holds, message in _rules(self) if not holds), None)
        if broken:
            raise ValueError(broken)
        return self


def _rules(case: Case) -> Iterator[tuple[bool, str]]:
    answers = bool(case.expected or case.items)
    quoted = {quote.document_id for quote in case.quotes}
    yield not case.answerable or answers, "answerable needs `expected` or `items`"
    yield not case.answerable or bool(case.documents), "answerable needs `documents`"
    yield case.answerable or not answers, "not answerable, so `expected` and `items` must be empty"
    yield case.answerable or not case.documents, "not answerable, so `documents` must be empty"
    yield not case.carriers or bool(case.documents), "`carriers` come beside `documents`, not alone"
    yield quoted <= set(case.relevant), "`quotes` name a document that is not among `documents` or `carriers`"
    yield len(set(case.documents)) == len(case.documents), "`documents` names one twice"
    yield len(set(case.relevant)) == len(case.relevant), "`carriers` name a document twice"
    yield case.kind == "injection" or not case.forbidden, "`forbidden` belongs to kind `injection`"
    yield case.kind == "injection" or not case.planted, "`planted` belongs to kind `injection`"
    yield case.kind != "follow_up" or bool(case.history), "kind `follow_up` needs `history`"
    yield case.kind != "out_of_scope" or not case.answerable, "kind `out_of_scope` is never answerable"


def load_cases(folder: Path, split: Split | None = None, kinds: Collection[Kind] | None = None) -> tuple[Case, ...]:
    """All cases of a folder's `*.jsonl`, by file name and line, or those of a split and of some kinds."""
    cases = []
    for read in read_cases(folder):
        if isinstance(read, CaseError):
            raise read
        cases.append(read)
    return tuple(case for case in cases if split in (None, case.split) and (not kinds or case.kind in kinds))


def read_cases(folder: Path) -> Iterator[Case | CaseError]:
    """Every line of a folder's `*.jsonl`: a case, or what is wrong with it."""
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        raise CaseError(f"no reference questions (*.jsonl) in {folder}")
    places: dict[str, str] = {}
    planted = {path.stem for path in planted_files(folder)}
    for place, line in (placed for path in files for placed in _lines(path)):
        try:
            case = _parse(place, line, planted)
        except CaseError as error:
            yield error
            continue
        if case.id in places:
            yield CaseError(f"{place}: id: {case.id!r} is already used at {places[case.id]}")
        else:
            places[case.id] = place
            yield case


def planted_files(folder: Path) -> list[Path]:
    """The documents that a folder's injections hide in."""
    return sorted((folder / PLANTED).glob("*.md"))


def shared_documents(cases: Sequence[Case]) -> set[str]:
    """Documents that cases of both splits rest on; there should be none. Carriers do not count."""
    used = {
        split: {document for case in cases if case.split == split for document in case.documents} for split in SPLITS
    }
    return used["dev"] & used["test"]


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise CaseError(f"{path}: not UTF-8 at byte {error.start}") from error
    yield from ((f"{path}:{number}", line) for number, line in enumerate(lines, start=1) if line.strip())


def _parse(place: str, line: str, planted: Collection[str]) -> Case:
    try:
        case = Case.model_validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        raise CaseError(": ".join(part for part in (place, field, message) if part)) from error
    missing = [name for name in case.planted if name not in planted]
    if missing:
        raise CaseError(f"{place}: planted: there is no document {missing[0]!r} in the folder {PLANTED!r}")
    return case
