"""Filters: what a passage must name, or its document be, to be searched at all."""

from dataclasses import dataclass

from ingest import names
from ingest.errors import ConfigurationError
from ingest.names import REGION_FORMS
from ingest.types import Mention


class UnknownName(ConfigurationError):
    """No country or region has this name."""

    code = "unknown_name"
    status = 422


@dataclass(frozen=True, slots=True)
class Filters:
    """Every one that is given must hold; names of countries and regions are taken in any form."""

    kind: str | None = None
    """Kind of document: `meeting`, `project`, `partner`, …"""
    region: str | None = None
    country: str | None = None
    project: int | None = None
    year: int | None = None

    def mentions(self) -> tuple[Mention, ...]:
        """What a chunk must name.

        Raises:
            UnknownName: there is no such country or region.
        """
        wanted = (
            ("kind", self.kind),
            ("region", known_region(self.region)),
            ("country", known_country(self.country)),
            ("project", self.project),
            ("year", self.year),
        )
        return tuple(Mention(kind, str(value)) for kind, value in wanted if value is not None)


EVERYTHING = Filters()
"""No filter."""


def known_country(name: str | None) -> str | None:
    """The form of a country's name that is shown everywhere.

    Raises:
        UnknownName: it is the name of none.
    """
    if name is None:
        return None
    found = names.country(name)
    if found is None:
        raise UnknownName(f"There is no country {name!r}.")
    return found


def known_region(name: str | None) -> str | None:
    """The form of a region's name that is shown everywhere.

    Raises:
        UnknownName: it is the name of none.
    """
    if name is None:
        return None
    found = names.region(name)
    if found is None:
        regions = ", ".join(row[0] for row in REGION_FORMS)
        raise UnknownName(f"There is no region {name!r}: the regions are {regions}.")
    return found
