"""Claims become cited sentences: labels in order of first use, every quote compared with the stored text."""

from collections.abc import Callable
from dataclasses import dataclass, field

from app.answering.types import Claim, Evidence
from app.types import Citation
from ingest.errors import UnknownDocument


@dataclass(slots=True)
class Citer:
    """Numbers the evidence of one answer. A quote that is not the document's own words is refused."""

    text_of: Callable[[str], str]
    """Stored text of a document by id."""
    citations: list[Citation] = field(default_factory=list)
    refused: int = 0

    def cite(self, claim: Claim) -> tuple[str, tuple[Citation, ...]] | None:
        """The claim with its labels and the citations it introduced, or None when nothing carries it."""
        sound = [evidence for evidence in claim.evidence if self._is_verbatim(evidence)]
        self.refused += len(claim.evidence) - len(sound)
        if not sound:
            return None
        before = len(self.citations)
        labels = list(dict.fromkeys(self._label(evidence) for evidence in sound))
        marks = "".join(f"[{label}]" for label in labels)
        return f"{claim.text} {marks}", tuple(self.citations[before:])

    def label(self, evidence: Evidence) -> int | None:
        """The label of a quote, its citation added when it is new; None, and refused, when it is not verbatim."""
        if self._is_verbatim(evidence):
            return self._label(evidence)
        self.refused += 1
        return None

    def _is_verbatim(self, evidence: Evidence) -> bool:
        try:
            text = self.text_of(evidence.hit.chunk.document_id)
        except UnknownDocument:
            return False
        return bool(evidence.quote.strip()) and text[evidence.start : evidence.end] == evidence.quote

    def _label(self, evidence: Evidence) -> int:
        document_id = evidence.hit.chunk.document_id
        for citation in self.citations:
            if (citation.document_id, citation.start, citation.end) == (document_id, evidence.start, evidence.end):
                return citation.label
        self.citations.append(_citation(len(self.citations) + 1, evidence))
        return len(self.citations)


def _citation(label: int, evidence: Evidence) -> Citation:
    chunk, metadata = evidence.hit.chunk, evidence.hit.metadata
    return Citation(
        label=label,
        document_id=chunk.document_id,
        title=metadata.title,
        url=metadata.url,
        published=metadata.published,
        section=chunk.heading,
        page=chunk.page,
        quote=evidence.quote,
        start=evidence.start,
        end=evidence.end,
    )
