"""What a document says about itself: YAML on top of Markdown, or in a file beside any other format."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated
from urllib.parse import urlsplit

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from ingest.errors import DocumentRejected
from ingest.types import Figure, Metadata, Person, SourceReference

MAX_CHARACTERS = 64_000
MAX_DEPTH = 8
MAX_ENTRIES = 500

_REASONS = {
    "extra_forbidden": "is not one that is known here",
    "int_parsing": "must be a whole number",
    "missing": "is missing",
    "model_type": "must be a list of `key: value` lines",
    "string_pattern_mismatch": "is not written as it must be",
    "string_type": "must be a text",
    "string_too_short": "must not be empty",
    "tuple_type": "must be a list",
}
_FENCE = re.compile(r"\A---[ \t]*\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


def split(text: str, *, where: str = "the document") -> tuple[dict[str, object] | None, str]:
    """Front matter and the text below it; None when the text does not begin with a YAML mapping."""
    unified = text.replace("\r\n", "\n")
    fence = _FENCE.match(unified)
    if fence is None:
        return None, text
    content = _load(fence["yaml"], where)
    if content is not None and not isinstance(content, dict):
        return None, text
    return _keys_checked(content or {}, where), unified[fence.end() :]


def read(text: str, *, where: str) -> dict[str, object]:
    """Content of a sidecar file, which must be a YAML mapping."""
    content = _load(text, where)
    if not isinstance(content, dict):
        raise _invalid(where, "must be a list of `key: value` lines")
    return _keys_checked(content, where)


def parse(raw: Mapping[str, object], *, where: str) -> Metadata:
    """Checked metadata; the message of a rejection names `where` and the field."""
    try:
        return _FrontMatter.model_validate(dict(raw)).metadata()
    except ValidationError as error:
        raise _invalid(where, _sentence(error)) from None


class _StringLoader(yaml.SafeLoader):
    """Every value stays the text that was written: no country NO that turns into False, no date objects."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases (*name) are not allowed")
        if getattr(self.peek_event(), "tag", None) is not None:  # type: ignore[no-untyped-call]
            raise yaml.YAMLError("tags (!name) are not allowed")
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise yaml.YAMLError(f"nesting deeper than {MAX_DEPTH} is not allowed")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


_NULL = "tag:yaml.org,2002:null"
_StringLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag == _NULL]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _load(text: str, where: str) -> object:
    if len(text) > MAX_CHARACTERS:
        raise _invalid(where, f"has {len(text):,} characters, more than {MAX_CHARACTERS:,}")
    try:
        return yaml.load(text, Loader=_StringLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _invalid(where, f"is not valid YAML: {_first_line(error)}") from None


def _keys_checked(content: dict[object, object], where: str) -> dict[str, object]:
    for key in content:
        if not isinstance(key, str):
            raise _invalid(where, f"has a key that is not a word: {_short(key)}")
    return {str(key): value for key, value in content.items()}


def _first_line(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error).partition("\n")[0] or type(error).__name__
    return f"{problem} (line {mark.line + 1})" if mark else problem


def _invalid(where: str, reason: str) -> DocumentRejected:
    return DocumentRejected("front_matter_invalid", f"{where}: front matter {reason}.")


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}…"


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


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
    except ValueError:
        raise ValueError("must be an http or https address") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"[\s<>\"'`\\]", value):
        raise ValueError("must be an http or https address")
    return value


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    if not field:
        return first["msg"].removeprefix("Value error, ")
    reason = _REASONS.get(first["type"], first["msg"].removeprefix("Value error, "))
    shown = "" if first["type"] in ("missing", "extra_forbidden") else f", not {_short(first['input'])}"
    return f"field `{field}` {reason}{shown}"


def _listed(value: object) -> object:
    return () if value is None else value


_Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500),
    BeforeValidator(_as_text),
]
_Date = Annotated[_Text, AfterValidator(_real_date)]
_Url = Annotated[_Text, AfterValidator(_web_address)]
_Entries = Field(default=(), max_length=MAX_ENTRIES)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Person(_Strict):
    name: _Text
    role: _Text


class _Figure(_Strict):
    what: _Text
    value: _Text
    date: _Date


class _SourceReference(_Strict):
    title: _Text
    publisher: _Text | None = None
    date: _Date | None = None
    url: _Url | None = None


class _FrontMatter(_Strict):
    title: _Text
    kind: Annotated[_Text, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$")] = "document"
    language: Annotated[_Text, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$")] = "en"
    region: _Text | None = None
    countries: Annotated[tuple[_Text, ...], BeforeValidator(_listed)] = _Entries
    projects: Annotated[tuple[Annotated[int, Field(ge=0)], ...], BeforeValidator(_listed)] = _Entries
    start: _Date | None = None
    end: _Date | None = None
    people: Annotated[tuple[_Person, ...], BeforeValidator(_listed)] = _Entries
    figures: Annotated[tuple[_Figure, ...], BeforeValidator(_listed)] = _Entries
    sources: Annotated[tuple[_SourceReference, ...], BeforeValidator(_listed)] = _Entries

    @model_validator(mode="after")
    def _in_order(self) -> "_FrontMatter":
        if self.start and self.end:
            known = min(len(self.start), len(self.end))
            if self.end[:known] < self.start[:known]:
                raise ValueError(f"field `end` ({self.end}) is before field `start` ({self.start})")
        return self

    def metadata(self) -> Metadata:
        return Metadata(
            title=self.title,
            kind=self.kind,
            language=self.language,
            region=self.region,
            countries=self.countries,
            projects=self.projects,
            start=self.start,
            end=self.end,
            people=tuple(Person(person.name, person.role) for person in self.people),
            figures=tuple(Figure(figure.what, figure.value, figure.date) for figure in self.figures),
            sources=tuple(
                SourceReference(source.title, source.publisher, source.date, source.url) for source in self.sources
            ),
        )
