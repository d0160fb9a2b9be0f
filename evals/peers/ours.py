"""This project, measured like its peers: a whole ingestion, checked and published, and its hybrid search."""

from pathlib import Path

from langchain_core.embeddings import Embeddings

from app.retrieval.search import Searcher
from app.shelf import Shelf
from evals.peers.measure import Job, Search, run
from ingest.embedding import EMBEDDED_MODEL, check_model, load_embeddings
from ingest.pipeline import IngestConfig, index_fingerprint
from ingest.pipeline import ingest as ingest_corpus

PASSAGES = 40


def load(job: Job) -> Embeddings:
    """The model, warm."""
    embeddings = load_embeddings(check_model(EMBEDDED_MODEL))
    embeddings.embed_query("warm")
    return embeddings


def ingest(job: Job, embeddings: Embeddings) -> Search:
    """Bring an empty library in step with the documents."""
    folder, data = Path(job.folder), Path(job.work)
    ingest_corpus(IngestConfig(data, folder, EMBEDDED_MODEL))
    searcher = Searcher(Shelf(data, index_fingerprint(EMBEDDED_MODEL)).current, embeddings)

    def search(question: str) -> list[str]:
        found = searcher.search(question, PASSAGES).hits
        return [str(folder / f"{hit.chunk.document_id}.md") for hit in found]

    return search


if __name__ == "__main__":
    run("coe-assistant", load, ingest)
