"""What a document says about itself: YAML on top of Markdown, or in a file beside any other format."""

import re
from collections.abc import Mapping
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
from ingest.records import MAX_ENTRIES, IsoDate, Numbers, People, Records, Text, Texts, listed
from ingest.types import Figure, Metadata, SourceReference

MAX_CHARACTERS = 64_000
MAX_DEPTH = 8

_REASONS = {
    "dataclass_type": "must be a list of `key: value` lines",
    "extra_forbidden": "is not one that is known here",
    "int_parsing": "must be a whole number",
    "missing": "is missing",
    "model_type": "must be a list of `key: value` lines",
    "string_pattern_mismatch": "is not written as it must be",
    "string_type": "must be a text",
    "string_too_short": "must not be empty",
    "tuple_type": "must be a list",
    "unexpected_keyword_argument": "is not one that is known here",
    "union_tag_not_found": "must have a `type`",
}
_SAY_ALL = ("extra_forbidden", "missing", "unexpected_keyword_argument")
_FENCE = re.compile(r"\A---[ \t]*\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)


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
    shown = "" if first["type"] in _SAY_ALL else f", not {_short(first['input'])}"
    return f"field `{field}` {reason}{shown}"


_Url = Annotated[Text, AfterValidator(_web_address)]
_Entries = Field(default=(), max_length=MAX_ENTRIES)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Figure(_Strict):
    what: Text
    value: Text
    date: IsoDate


class _SourceReference(_Strict):
    title: Text
    publisher: Text | None = None
    date: IsoDate | None = None
    url: _Url | None = None


class _FrontMatter(_Strict):
    title: Text
    kind: Annotated[Text, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$")] = "document"
    language: Annotated[Text, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$")] = "en"
    region: Text | None = None
    countries: Texts = ()
    projects: Numbers = ()
    start: IsoDate | None = None
    end: IsoDate | None = None
    people: People = ()
    figures: Annotated[tuple[_Figure, ...], BeforeValidator(listed)] = _Entries
    records: Records = ()
    sources: Annotated[tuple[_SourceReference, ...], BeforeValidator(listed)] = _Entries

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
            people=self.people,
            figures=tuple(Figure(figure.what, figure.value, figure.date) for figure in self.figures),
            records=self.records,
            sources=tuple(
                SourceReference(source.title, source.publisher, source.date, source.url) for source in self.sources
            ),
        )
