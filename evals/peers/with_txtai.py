"""txtai: paragraphs in an embeddings database."""

from txtai import Embeddings

from evals.peers.measure import Job, Search, run

PASSAGES = 40


def load(job: Job) -> Embeddings:
    """The model, warm; texts are kept with their vectors."""
    embeddings = Embeddings(path=job.model, method="transformers", content=True)
    embeddings.transform("warm")
    return embeddings


def ingest(job: Job, embeddings: Embeddings) -> Search:
    """Split every document at its empty lines, embed and store."""
    rows = (
        {"source": str(path), "text": paragraph}
        for path in job.files
        for paragraph in path.read_text(encoding="utf-8").split("\n\n")
        if paragraph.strip()
    )
    embeddings.index(rows)
    embeddings.save(f"{job.work}/index")
    asked = f"SELECT source FROM txtai WHERE similar(:question, {PASSAGES}) LIMIT {PASSAGES}"
    return lambda question: [row["source"] for row in embeddings.search(asked, parameters={"question": question})]


if __name__ == "__main__":
    run("txtai", load, ingest)
