"""LlamaIndex: its reader, its sentence splitter and its vector store index, written to a folder."""

from llama_index.core import SimpleDirectoryReader, VectorStoreIndex
from llama_index.core.node_parser import SentenceSplitter
from llama_index.embeddings.huggingface import HuggingFaceEmbedding

from evals.peers.measure import Job, Search, run

TOKENS = 256
"""What the model reads; LlamaIndex' own 1,024 would be cut off."""
OVERLAP = 20
PASSAGES = 40


def load(job: Job) -> HuggingFaceEmbedding:
    """The model, warm."""
    embeddings = HuggingFaceEmbedding(model_name=job.model, device="cpu")
    embeddings.get_query_embedding("warm")
    return embeddings


def ingest(job: Job, embeddings: HuggingFaceEmbedding) -> Search:
    """Read, split, embed and store every document."""
    documents = SimpleDirectoryReader(input_files=[str(path) for path in job.files]).load_data()
    splitter = SentenceSplitter(chunk_size=TOKENS, chunk_overlap=OVERLAP)
    index = VectorStoreIndex.from_documents(documents, transformations=[splitter], embed_model=embeddings)
    index.storage_context.persist(job.work)
    retriever = index.as_retriever(similarity_top_k=PASSAGES)
    return lambda question: [found.node.metadata["file_path"] for found in retriever.retrieve(question)]


if __name__ == "__main__":
    run("llama-index-core", load, ingest)
