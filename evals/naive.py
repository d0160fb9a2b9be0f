"""The plain LangChain recipe, to compare with: split by characters, nearest four, the first passage is the answer."""

from collections.abc import Iterable, Iterator
from uuid import uuid4

import chromadb
from chromadb.config import Settings
from langchain_chroma import Chroma
from langchain_core.documents import Document as Passage
from langchain_core.embeddings import Embeddings
from langchain_core.utils.iter import batch_iterate
from langchain_text_splitters import RecursiveCharacterTextSplitter

from app.services import Services
from app.types import Answer, Citation, Event, Finished, Question, Turn
from ingest.errors import UnknownDocument
from ingest.types import Document

NAME = "naive"
CHUNK_CHARACTERS = 1_000
OVERLAP = 200
NEAREST = 4
_BATCH = 1_000
_DEEP = 80


class NaiveRecipe:
    """Answers every question with the nearest passage: no history, no refusal, no short answer."""

    def __init__(self, documents: Iterable[Document], embeddings: Embeddings) -> None:
        self._documents = {document.id: document for document in documents}
        client = chromadb.EphemeralClient(settings=Settings(_env_file=None, anonymized_telemetry=False))
        self._store = Chroma(client=client, collection_name=uuid4().hex, embedding_function=embeddings)
        for batch in batch_iterate(_BATCH, _passages(self._documents.values())):
            self._store.add_documents(batch)

    def services(self) -> Services:
        """The seams that a run asks."""
        return Services(ask=self._answer, events=self._events, document=self._document, check_ready=lambda: None)

    def search(self, question: str, history: tuple[Turn, ...], limit: int) -> list[str]:
        """Documents of the nearest passages, nearest first."""
        found = self._store.similarity_search(question, _DEEP)
        return list(dict.fromkeys(passage.metadata["document_id"] for passage in found))[:limit]

    def _events(self, question: Question) -> Iterator[Event]:
        passage, distance = self._store.similarity_search_with_score(question.question, NEAREST)[0]
        citation = self._cited(passage)
        answer = Answer(
            question=question.question,
            standalone_question=question.question,
            answer=f"{citation.quote} [1]",
            short_answer=None,
            completeness="complete",
            as_of=citation.published,
            citations=(citation,),
            reader=NAME,
        )
        # Chroma's own default distance is the squared one; of vectors of length 1 it gives the cosine.
        yield Finished(answer=answer, confidence=min(1.0, max(0.0, 1.0 - distance / 2)))

    def _answer(self, question: Question) -> Answer:
        return next(event.answer for event in self._events(question) if isinstance(event, Finished))

    def _cited(self, passage: Passage) -> Citation:
        document = self._document(passage.metadata["document_id"])
        start = int(passage.metadata["start_index"])
        return Citation(
            label=1,
            document_id=document.id,
            title=document.metadata.title,
            url=document.metadata.url,
            published=document.metadata.published,
            section="",
            page=None,
            quote=passage.page_content,
            start=start,
            end=start + len(passage.page_content),
        )

    def _document(self, id: str) -> Document:
        if id not in self._documents:
            raise UnknownDocument(f"The library holds no document {id!r}.")
        return self._documents[id]


def _passages(documents: Iterable[Document]) -> Iterator[Passage]:
    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK_CHARACTERS, chunk_overlap=OVERLAP, add_start_index=True)
    for document in documents:
        yield from splitter.create_documents([document.text], [{"document_id": document.id}])
