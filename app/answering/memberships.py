"""Which secretariat serves a country, and that a country is none of the partners on file."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.answering.catalogue_sources import CERTAIN, SHOWN, Sources
from app.answering.types import Claim, Listed, Verdict
from ingest import names
from ingest.types import Cell, Row

_SECRETARIAT_OF = re.compile(
    r"^(?:to )?(?:which|what) (?:regional )?secretariat"
    r" (?:is (?P<one>.+?) (?:attached to|part of|served by|under|with|in)"
    r"|is (?P<two>.+?) attached|does (?P<three>.+?) (?:belong to|work with|report to|belong)"
    r"|(?:is responsible for|serves|covers|looks after) (?P<four>.+))$",
    re.IGNORECASE,
)
_IS_PARTNER = re.compile(
    r"^is (?P<country>.+?) (?:a |an? official |already a )?(?:partner|member)(?: country| state)?"
    r"(?: (?:of|in) (?:the )?(?:[\w]+ )*(?:initiative|network|coe))?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Memberships:
    """What partners and secretariats say of one another; it is made for one library."""

    rows: Callable[[str], Sequence[Row]]
    sources: Sources

    def read(self, question: str) -> tuple[Claim | Verdict, ...] | None:
        """Claims and a verdict; None on any other question, or where the rows do not say."""
        text = question.replace("’", "'").strip(" ?.!")
        if found := _SECRETARIAT_OF.match(text):
            return self._secretariat(_country(next(filter(None, found.groups()))))
        found = _IS_PARTNER.match(text)
        return self._no_partner(_country(found["country"])) if found else None

    def _secretariat(self, country: str | None) -> tuple[Claim | Verdict, ...] | None:
        partner = next((row for row in self.rows("partner") if _names(row) == country), None)
        region = partner.value("region") if partner and country else None
        seats = (row for row in self.rows("secretariat") if region and _same(row.value("region"), region))
        seat = next(seats, None)
        if partner is None or seat is None:
            return None
        where = ", ".join(filter(None, (seat.value("city"), seat.value("country"))))
        cells = (_cell(partner, "region"), _cell(seat, "city"))
        text = f"{_names(partner)} is in the region {region}, whose Regional Secretariat is in {where}."
        verdict = Verdict("complete", f"Regional Secretariat for {region}, {where}", confidence=CERTAIN)
        return Claim(text, tuple(map(self.sources.evidence, cells))), verdict

    def _no_partner(self, country: str | None) -> tuple[Claim | Verdict, ...] | None:
        """No, where a country is none of the partners on file; a partner's own page answers for itself."""
        every = self.rows("partner")
        if country is None or any(_names(row) == country for row in every):
            return None
        partners = [row for row in every if row.value("status") == "partner"]
        items = tuple(
            Listed(row.value("name") or row.id, self.sources.evidence(_cell(row, "status"))) for row in partners
        )
        evidence = tuple(item.evidence for item in items[:SHOWN])
        text = f"No: {country} is not a partner country on file: it is none of the {len(partners)} listed."
        coverage = f"{len(partners)} partner countries on file were searched."
        verdict = Verdict("complete", "No", items=items, coverage=coverage, confidence=CERTAIN)
        return (Claim(text, evidence), verdict) if evidence else None


def _country(text: str) -> str | None:
    """The one country that the text is, and nothing more."""
    bare = re.sub(r"^(?:the )?(?:country )?(?:of )?", "", text.strip(), flags=re.IGNORECASE)
    return names.country(bare) or names.country(bare.title())


def _names(row: Row) -> str | None:
    return names.country(row.value("name") or "")


def _same(one: str | None, other: str) -> bool:
    return names.region(one or "") == names.region(other)


def _cell(row: Row, field: str) -> Cell:
    return next(cell for cell in row.cells if cell.field == field)
