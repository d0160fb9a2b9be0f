"""Everything on file, gathered from the library in one pass over its documents."""

from types import MappingProxyType

from app.answering.catalogue_differences import disagreements
from app.explore.figures import stated
from app.explore.types import Holdings
from ingest.catalogue import KINDS
from ingest.library import Library


def gather(library: Library) -> Holdings:
    """The holdings of a library."""
    listed = library.documents()
    documents = [library.document(row.id) for row in listed]
    return Holdings(
        rows=MappingProxyType({kind: library.catalogue(kind) for kind in KINDS}),
        documents=MappingProxyType({row.id: row for row in listed}),
        sources=MappingProxyType({document.id: document.metadata.sources for document in documents}),
        figures=tuple(figure for document in documents for figure in stated(document)),
        disagreements=tuple(
            cell
            for document in documents
            if document.metadata.language == "en"
            for cell in disagreements(document)
            if not cell.section.endswith(cell.quote)
        ),
    )
