"""The plain LangChain recipe: its loader, its splitter, its embeddings, `Chroma.from_documents`."""

from langchain_chroma import Chroma
from langchain_community.document_loaders import DirectoryLoader, TextLoader
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter

from evals.peers.measure import Job, Search, run

CHUNK_CHARACTERS = 1_000
OVERLAP = 200
PASSAGES = 40


def load(job: Job) -> HuggingFaceEmbeddings:
    """The model, warm."""
    embeddings = HuggingFaceEmbeddings(model_name=job.model, model_kwargs={"device": "cpu"})
    embeddings.embed_query("warm")
    return embeddings


def ingest(job: Job, embeddings: HuggingFaceEmbeddings) -> Search:
    """Load, split, embed and store every document."""
    loader = DirectoryLoader(job.folder, glob="**/*.md", loader_cls=TextLoader, loader_kwargs={"encoding": "utf-8"})
    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK_CHARACTERS, chunk_overlap=OVERLAP)
    passages = splitter.split_documents(loader.load())
    store = Chroma.from_documents(passages, embeddings, persist_directory=job.work)
    return lambda question: [found.metadata["source"] for found in store.similarity_search(question, PASSAGES)]


if __name__ == "__main__":
    run("langchain-community", load, ingest)
