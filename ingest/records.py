"""Records that front matter states: the meetings, projects, partners and secretariats that the catalogue shows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Discriminator, Field, StringConstraints, TypeAdapter

MAX_ENTRIES = 500

_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_STRICT = ConfigDict(extra="forbid")


def _as_text(value: object) -> object:
    if isinstance(value, bool):
        return value
    return str(value) if isinstance(value, int | float | date) else value


def _real_date(value: str) -> str:
    if not _DATE.fullmatch(value):
        raise ValueError("must be a date as YYYY, YYYY-MM or YYYY-MM-DD")
    try:
        date.fromisoformat(f"{value}-01-01"[:10])
    except ValueError:
        raise ValueError("must be a date that exists") from None
    return value


def listed(value: object) -> object:
    """An empty list in place of nothing."""
    return () if value is None else value


Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500),
    BeforeValidator(_as_text),
]
"""A text of one line; a number or a date that YAML read is taken as it was written."""

IsoDate = Annotated[Text, AfterValidator(_real_date)]
"""`2021`, `2021-06` or `2021-06-05`."""

Number = Annotated[int, Field(ge=0)]
"""A whole number, as of a project."""

Texts = Annotated[tuple[Text, ...], BeforeValidator(listed), Field(max_length=MAX_ENTRIES)]
"""A list of texts."""

Numbers = Annotated[tuple[Number, ...], BeforeValidator(listed), Field(max_length=MAX_ENTRIES)]
"""A list of numbers."""

Series = Literal[
    "accession",
    "conference",
    "exercise",
    "heads-of-secretariat",
    "national-team",
    "nfp-international",
    "other",
    "round-table",
    "secretariat-opening",
    "training",
    "visit",
    "workshop",
]
"""What kind of meeting a meeting is; within a series and a region, meetings are numbered."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody a document names, with the role it gives."""

    __pydantic_config__: ClassVar = _STRICT

    name: Text
    role: Text


People = Annotated[tuple[Person, ...], BeforeValidator(listed), Field(max_length=MAX_ENTRIES)]
"""A list of people."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting or another event; empty fields are those that no page gives."""

    __pydantic_config__: ClassVar = _STRICT

    id: Text
    name: Text
    type: Literal["meeting"] = "meeting"
    series: Series = "other"
    ordinal: Number | None = None
    region: Text | None = None
    start: IsoDate | None = None
    end: IsoDate | None = None
    city: Text | None = None
    country: Text | None = None
    venue: Text | None = None
    format: Literal["in person", "online", "hybrid"] | None = None
    participants: Text | None = None
    countries: Texts = ()
    organisers: Texts = ()
    projects: Numbers = ()
    people: People = ()


@dataclass(frozen=True, slots=True)
class Project:
    """A project of the Initiative."""

    __pydantic_config__: ClassVar = _STRICT

    number: Number
    name: Text
    type: Literal["project"] = "project"
    acronym: Text | None = None
    regions: Texts = ()
    countries: Texts = ()
    start: IsoDate | None = None
    end: IsoDate | None = None
    duration_months: Number | None = None
    budget_eur: Number | None = None
    implementer: Text | None = None
    consortium: Texts = ()
    instrument: Text | None = None
    status: Text | None = None

    @property
    def id(self) -> str:
        """`project-53`."""
        return f"project-{self.number}"


@dataclass(frozen=True, slots=True)
class Partner:
    """A country and its place in the Initiative."""

    __pydantic_config__: ClassVar = _STRICT

    name: Text
    type: Literal["partner"] = "partner"
    status: Text = "partner"
    region: Text | None = None
    joined: IsoDate | None = None
    joined_by: IsoDate | None = None
    """A date at which the country was already a partner, where the day of joining is not known."""
    focal_points: People = ()

    @property
    def id(self) -> str:
        """`partner-lao-pdr`."""
        return f"partner-{_slug(self.name)}"


@dataclass(frozen=True, slots=True)
class Secretariat:
    """A Regional Secretariat."""

    __pydantic_config__: ClassVar = _STRICT

    region: Text
    code: Text
    type: Literal["secretariat"] = "secretariat"
    city: Text | None = None
    country: Text | None = None
    institution: Text | None = None
    opened: IsoDate | None = None
    heads: People = ()

    @property
    def id(self) -> str:
        """`secretariat-sea`."""
        return f"secretariat-{_slug(self.code)}"

    @property
    def name(self) -> str:
        """`Regional Secretariat for South East Asia`."""
        return f"Regional Secretariat for {self.region}"


Record = Meeting | Project | Partner | Secretariat

Records = Annotated[
    tuple[Annotated[Record, Discriminator("type")], ...],
    BeforeValidator(listed),
    Field(max_length=MAX_ENTRIES),
]
"""The records of one document."""


_RECORDS: TypeAdapter[tuple[Record, ...]] = TypeAdapter(Records)


def read_records(stored: object) -> tuple[Record, ...]:
    """Records from the lists and mappings that `dataclasses.asdict` makes of them."""
    return _RECORDS.validate_python(stored)


def values(record: Record) -> Iterator[tuple[str, str | int | Person]]:
    """Every value a record states, with its field's name; a list gives each entry."""
    for field in fields(record):
        value = getattr(record, field.name)
        if field.name != "type" and value is not None:
            yield from ((field.name, entry) for entry in (value if isinstance(value, tuple) else (value,)))


def _slug(name: str) -> str:
    return re.sub(r"[^\w]+", "-", name.casefold()).strip("-")
