"""A question in the words of a passage: where it uses an everyday word and the passage has the documents' own."""

import re

from app.answering.model import Passage
from app.retrieval.query import Query, stems
from app.retrieval.thesaurus import in_documents


def worded(query: Query, passage: Passage) -> str:
    """The question with everyday words that the passage lacks replaced by those that it has in their place."""
    said = stems(f"{passage.place} {passage.text}")
    text = query.text
    for concept in query.concepts:
        if concept.is_name or stems(concept.forms[0]) <= said:
            continue
        instead = next((form for form in in_documents(concept.forms[0]) if stems(form) <= said), None)
        if instead is not None:
            text = re.sub(rf"\b{re.escape(concept.text)}\b", instead, text, count=1)
    return text
