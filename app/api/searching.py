"""Search: the best passages for some words, each with its scores and why it was found."""

from typing import Annotated

from fastapi import FastAPI, Query
from pydantic import Field, StringConstraints

from app.api.description import READING, Operation
from app.api.filtering import FilterQuery
from app.api.limits import Slots
from app.responses import PassageFound, SearchResults
from app.services import Services

MOST = 20
MAX_QUERY = 1_000


class SearchQuery(FilterQuery):
    """Words to search for, and what the passages must name."""

    q: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_QUERY)] = Field(
        description="Words or a question.", examples=["round table in Tashkent"]
    )
    kind: Annotated[str | None, Field(min_length=1, max_length=100)] = Field(
        None, description="Kind of document.", examples=["meeting"]
    )
    limit: Annotated[int, Field(ge=1, le=MOST)] = 10


def add_searching(app: FastAPI, services: Services) -> None:
    """Add the route that searches passages."""
    slots: Slots = app.state.reading

    @app.get("/api/v1/search", summary="Search passages", response_description="The best passages, best first.")
    def search(asked: Annotated[SearchQuery, Query()]) -> SearchResults:
        """Search by meaning and by words at once, among the passages that name what the filters ask for."""
        with slots.hold():
            hits = services.search(asked.q, asked.filters(kind=asked.kind), asked.limit)
        return SearchResults(query=asked.q, passages=tuple(map(PassageFound.of, hits)))


_QUOTE = "The Republic of Kazakhstan joined the EU CBRN CoE Initiative in November 2020."
OPERATIONS = {
    ("/api/v1/search", "get"): Operation(
        READING,
        {
            "application/json": {
                "query": "When did Kazakhstan join?",
                "passages": [
                    {
                        "document_id": "meetings/ca-accession-kazakhstan-2020",
                        "title": "Accession of the Republic of Kazakhstan to the EU CBRN CoE Initiative",
                        "kind": "meeting",
                        "url": None,
                        "published": "2020-11-20",
                        "section": "Accession",
                        "page": None,
                        "start": 82,
                        "end": 160,
                        "text": _QUOTE,
                        "score": 0.090909,
                        "why": {"dense_rank": 1, "lexical_rank": 1, "matched": ["Kazakhstan", "joined"]},
                    }
                ],
            }
        },
    )
}
"""How this route is described."""
