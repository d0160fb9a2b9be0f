"""Everyday ways to ask what the catalogue holds, put into its own words."""

import re
from collections.abc import Sequence

from ingest import names
from ingest.types import Row

_SEAT = r"(?:(?P<seat>[\w' -]+?) (?:regional )?secretariat|(?:regional )?secretariat (?:in|of|at) (?P<city>[\w' -]+?))"
_BELONGING = (
    r"(?:belong(?:s)? to|are (?:part of|members of|attached to|served by|covered by|under|with)|work with|report to|"
    r"does)"
)
_WAYS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"^what (?:(?:has )?happened|went on|took place|was (?:done|held|organised)|is on file) in (?P<rest>.+)$",
            re.I,
        ),
        "Which meetings were held in {rest}?",
    ),
    (
        re.compile(
            rf"^(?:which|what) (?:partner )?(?:countries|states) {_BELONGING} (?:the )?{_SEAT}(?: cover)?$", re.I
        ),
        "List the partner countries in {region}",
    ),
    (
        re.compile(
            r"^who (?:can|could|should|do) (?:i|we|one) (?:contact|write to|talk to|call|ask)"
            r" (?:in|at) (?:the )?(?P<seat>[\w' -]+?)(?: (?:regional )?secretariat)?$",
            re.I,
        ),
        "Who is the head of the {region} secretariat?",
    ),
)
"""A way to ask, and what it asks; `region` is that of the secretariat whose seat is named."""


def restated(question: str, secretariats: Sequence[Row]) -> str | None:
    """The question in the catalogue's own words; None when it is asked in no such way, or names an unknown seat."""
    text = question.replace("’", "'").strip(" ?.!")
    for way, said in _WAYS:
        found = way.match(text)
        if found is None:
            continue
        parts = found.groupdict()
        seat = parts.get("seat") or parts.get("city")
        region = _region(seat, secretariats) if seat else ""
        return said.format(rest=parts.get("rest"), region=region) if region is not None else None
    return None


def _region(seat: str, secretariats: Sequence[Row]) -> str | None:
    """The region whose secretariat is in a city, has a code, or bears the region's name."""
    wanted = names.fold(seat.strip()).removeprefix("the ")
    for row in secretariats:
        if wanted in {names.fold(cell.value) for cell in row.cells if cell.field in ("city", "code", "region")}:
            return row.value("region")
    return names.region(seat)
