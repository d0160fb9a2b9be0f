"""What a text and a document name by which one thing is told from its neighbours."""

import re
from functools import lru_cache

from app.retrieval.demonyms import country_of
from ingest import names
from ingest.mentions import named
from ingest.types import Mention, Metadata

_KINDS = frozenset({"country", "region", "project", "year", "meeting"})
"""Of what is named, that which tells one thing from its neighbours."""
_WORD = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=4096)
def named_in(text: str) -> frozenset[Mention]:
    """Countries, by their name or their people, regions, projects, years and numbered meetings in a text."""
    peoples = (country_of(names.fold(word)) for word in _WORD.findall(text))
    found = {Mention("country", names.country(country) or country) for country in peoples if country}
    return frozenset(found.union(mention for mention in named(text) if mention.kind in _KINDS))


def of_document(metadata: Metadata) -> frozenset[Mention]:
    """The same of a document, as its front matter says."""
    countries = (Mention("country", names.country(country) or country) for country in metadata.countries)
    regions = filter(None, map(names.region, (metadata.region or "").split(";")))
    dates = filter(None, (metadata.start, metadata.end, metadata.published))
    return frozenset(
        [
            *countries,
            *(Mention("region", region) for region in regions),
            *(Mention("project", str(number)) for number in metadata.projects),
            *(Mention("year", date[:4]) for date in dates),
        ]
    )
