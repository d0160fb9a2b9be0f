"""What a text and a document name by which one thing is told from its neighbours."""

import re
from functools import lru_cache

from app.retrieval.demonyms import country_of
from ingest import names
from ingest.mentions import named
from ingest.types import Mention, Metadata

_KINDS = frozenset({"country", "region", "project", "year", "meeting"})
"""Of what is named, that which tells one thing from its neighbours."""
_SEATS = {
    "Rabat": "African Atlantic Façade",
    "Tashkent": "Central Asia",
    "Nairobi": "Eastern and Central Africa",
    "Abu Dhabi": "Gulf",
    "Amman": "Middle East",
    "Algiers": "North Africa and Sahel",
    "Manila": "South East Asia",
    "Tbilisi": "South East and Eastern Europe",
}
"""Where the Regional Secretariats sit, by which people call them."""
_SECRETARIAT = re.compile(
    rf"\b(?P<seat>{'|'.join(_SEATS)}) (?:regional )?(?:secretariat|office|bureau)\b"
    rf"|\bsecretariat (?:in|at|of) (?P<of>{'|'.join(_SEATS)})\b"
)
_WORD = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=4096)
def named_in(text: str) -> frozenset[Mention]:
    """Countries, by their name or their people, regions, projects, years and numbered meetings in a text."""
    peoples = (country_of(names.fold(word)) for word in _WORD.findall(text))
    countries = (Mention("country", names.country(country) or country) for country in peoples if country)
    regions = (Mention("region", _SEATS[found["seat"] or found["of"]]) for found in _SECRETARIAT.finditer(text))
    return frozenset([*countries, *regions, *(mention for mention in named(text) if mention.kind in _KINDS)])


def of_document(metadata: Metadata) -> frozenset[Mention]:
    """The same of a document, as its front matter says; of several countries or projects none tells it from others."""
    countries = (names.country(country) or country for country in metadata.countries[: len(metadata.countries) == 1])
    regions = filter(None, map(names.region, (metadata.region or "").split(";")))
    dates = filter(None, (metadata.start, metadata.end, metadata.published))
    return frozenset(
        [
            *(Mention("country", country) for country in countries),
            *(Mention("region", region) for region in regions),
            *(Mention("project", str(number)) for number in metadata.projects[: len(metadata.projects) == 1]),
            *(Mention("year", date[:4]) for date in dates),
        ]
    )
