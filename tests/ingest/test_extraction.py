"""A news item without front matter becomes a meeting of the catalogue, as far as its text states it."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from ingest import catalogue, names
from ingest.assembly import assemble, read_metadata
from ingest.loaders import load
from ingest.sources import content_hash
from ingest.types import Document, Row, Source

NEWS = sorted((Path(__file__).parent / "data" / "news").glob("*.txt"))
FIELDS = ("series", "ordinal", "region", "start", "end", "city", "country", "countries", "projects")
AIM = 0.95


def read(path: Path) -> Document:
    loaded = load(path)
    metadata = read_metadata(loaded, None, fallback_title=path.stem, where=path.name)
    return assemble(Source(f"added/{path.stem}", path, "added", content_hash(path)), loaded, metadata, str(path))


def meeting(document: Document) -> Row | None:
    return next((row for row in catalogue.rows(document) if row.kind == "meeting"), None)


def shown(field: str, value: object) -> str:
    """A country in the one form in which the catalogue compares it."""
    return names.country(str(value)) or str(value) if field in ("country", "countries") else str(value)


def expected(path: Path, field: str) -> Counter[str]:
    value = yaml.safe_load(path.with_suffix(".yaml").read_text(encoding="utf-8")).get(field)
    values = value if isinstance(value, list) else [] if value is None else [value]
    return Counter(shown(field, entry) for entry in values)


def found(path: Path, field: str) -> Counter[str]:
    row = meeting(read(path))
    return Counter(shown(field, value) for value in (row.values(field) if row else ()))


def rates(field: str) -> tuple[float, float]:
    """Precision and recall of a field over all texts."""
    pairs = [(found(path, field), expected(path, field)) for path in NEWS]
    right = sum((got & wanted).total() for got, wanted in pairs)
    got, wanted = (sum(pair[side].total() for pair in pairs) for side in (0, 1))
    return (right / got if got else 1.0, right / wanted if wanted else 1.0)


def test_there_are_ten_texts_each_with_what_it_states() -> None:
    assert [path.with_suffix(".yaml").is_file() for path in NEWS] == [True] * 10


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_is_found_where_a_text_states_it_and_nowhere_else(
    field: str, record_property: Callable[[str, object], None]
) -> None:
    precision, recall = rates(field)
    record_property("precision", precision)
    record_property("recall", recall)
    assert min(precision, recall) >= AIM, f"{field}: precision {precision:.2f}, recall {recall:.2f}"
