"""Haystack: its splitter and embedders around its store in memory, written to a file."""

from pathlib import Path

from haystack import Document
from haystack.components.preprocessors import DocumentSplitter
from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)

from evals.peers.measure import Job, Search, run

WORDS = 150
OVERLAP = 20
PASSAGES = 40

Embedders = tuple[SentenceTransformersDocumentEmbedder, SentenceTransformersTextEmbedder]


def load(job: Job) -> Embedders:
    """The model for documents and for questions, warm."""
    documents = SentenceTransformersDocumentEmbedder(model=job.model, progress_bar=False)
    questions = SentenceTransformersTextEmbedder(model=job.model, progress_bar=False)
    documents.warm_up()
    questions.warm_up()
    questions.run("warm")
    return documents, questions


def ingest(job: Job, embedders: Embedders) -> Search:
    """Split, embed and store every document."""
    documents, questions = embedders
    splitter = DocumentSplitter(split_by="word", split_length=WORDS, split_overlap=OVERLAP)
    splitter.warm_up()
    whole = [Document(content=path.read_text(encoding="utf-8"), meta={"source": str(path)}) for path in job.files]
    store = InMemoryDocumentStore(embedding_similarity_function="cosine")
    store.write_documents(documents.run(splitter.run(whole)["documents"])["documents"])
    store.save_to_disk(str(Path(job.work) / "store.json"))
    retriever = InMemoryEmbeddingRetriever(store, top_k=PASSAGES)

    def search(question: str) -> list[str]:
        found = retriever.run(questions.run(question)["embedding"])["documents"]
        return [document.meta["source"] for document in found]

    return search


if __name__ == "__main__":
    run("haystack-ai", load, ingest)
