"""Filters name what a passage must name, and only passages that do are searched."""

import pytest

from app.retrieval.filters import EVERYTHING, Filters
from app.retrieval.search import Searcher
from app.shelf import Shelf
from ingest.embedding import EMBEDDED_MODEL, check_model, load_embeddings
from ingest.errors import ConfigurationError
from ingest.types import Mention
from tests.conftest import House


def test_names_are_taken_in_any_form() -> None:
    filters = Filters(kind="meeting", region="southeast asia", country="Kyrgyz Republic", project=53, year=2021)
    assert filters.mentions() == (
        Mention("kind", "meeting"),
        Mention("region", "South East Asia"),
        Mention("country", "Kyrgyzstan"),
        Mention("project", "53"),
        Mention("year", "2021"),
    )


def test_no_filter_asks_for_nothing() -> None:
    assert EVERYTHING.mentions() == ()


@pytest.mark.parametrize(
    ("filters", "complaint"),
    [
        (Filters(country="Atlantis"), "There is no country 'Atlantis'."),
        (Filters(region="Asia"), "There is no region 'Asia': the regions are African Atlantic Façade"),
    ],
)
def test_an_unknown_name_is_refused(filters: Filters, complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        filters.mentions()


@pytest.mark.model
@pytest.mark.parametrize(
    ("filters", "documents"),
    [
        (Filters(kind="partner"), {"partners/georgia"}),
        (Filters(country="Kazakhstan"), {"meetings/round-table"}),
        (Filters(region="Central Asia", kind="secretariat"), {"secretariat"}),
        (Filters(year=2021), {"meetings/round-table"}),
        (Filters(project=53), set()),
        (Filters(country="Georgia", kind="meeting"), set()),
    ],
    ids=str,
)
def test_only_passages_that_the_filters_let_through_are_found(
    house: House, filters: Filters, documents: set[str]
) -> None:
    shelf = Shelf(house.config.data_dir, house.fingerprint)
    searcher = Searcher(shelf.current, load_embeddings(check_model(EMBEDDED_MODEL)))
    hits = searcher.search("Where is the secretariat, and who hosts the exercise?", 10, filters=filters).hits
    assert {hit.chunk.document_id for hit in hits} == documents
