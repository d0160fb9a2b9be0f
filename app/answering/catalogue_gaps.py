"""What a document itself says that its sources do not give, so that nobody looks for it elsewhere."""

import re
from types import MappingProxyType

from app.answering import catalogue_values as said
from app.answering.catalogue_sources import UNLIKELY, Sources
from app.answering.catalogue_types import Attribute, label
from app.answering.types import Verdict
from ingest.types import Row

_NOUNS: MappingProxyType[Attribute, str] = MappingProxyType(
    {
        "budget_eur": "budget|amount",
        "implementer": "implementers?",
        "countries": "(?:single |list of )?countries",
        "consortium": "consortium|members of the consortium",
        "start": "start(?: date)?|dates",
        "end": "end(?: date)?|dates",
        "duration_months": "duration|dates",
        "when": "dates?|days?",
        "venue": "venue|hotel",
        "participants": "(?:number of )?participants",
        "name": "(?:full |exact )title",
    }
)
"""What the documents call an attribute when they say that it is not known."""


def told_as_missing(row: Row, attribute: Attribute, sources: Sources) -> Verdict | None:
    """A refusal that names row and attribute, where the row's own document says that the attribute is not given."""
    nouns = _NOUNS.get(attribute)
    if nouns is None:
        return None
    in_table = rf"^[^:;]+: (?:{nouns});[^:;]*: (?:not|none)\b"
    in_sentence = (
        r"\b(?:no|neither|nor|(?:do|does|did) not (?:state|give|name|print|show|say))"
        rf"(?: the| an?| its)? (?:{nouns})\b"
    )
    says_so = re.compile(f"{in_table}|{in_sentence}", re.IGNORECASE)
    own = [id for id in row.documents if len(sources.document(id).metadata.records) == 1]
    if not any(says_so.search(cell.quote) for id in own for cell in sources.sentences(id)):
        return None
    missing = f"the {label(attribute)} of {said.short_name(row)}"
    return Verdict("none", missing=missing, confidence=UNLIKELY)
