from dataclasses import replace

import pytest
from langchain_core.embeddings import Embeddings

from app.types import Answer, Finished, Question
from evals.naive import NaiveRecipe
from ingest.errors import UnknownDocument
from ingest.types import Document
from tests.evals.samples import DOCUMENT

LONG = replace(DOCUMENT, id="long", text="Rain fell all day. " * 120 + "Snow came at night.")


class Counting(Embeddings):
    """Texts become how often they name snow and rain, with length 1."""

    def embed_query(self, text: str) -> list[float]:
        snow, rain = text.casefold().count("snow"), text.casefold().count("rain")
        length = (snow**2 + rain**2 + 1e-6) ** 0.5
        return [snow / length, rain / length, 1e-3 / length]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]


def recipe(*documents: Document) -> NaiveRecipe:
    return NaiveRecipe(documents, Counting())


def finished(question: str, made: NaiveRecipe) -> Finished:
    (event,) = made.services().events(Question(question=question))
    assert isinstance(event, Finished)
    return event


def test_the_nearest_passage_is_the_answer_and_its_citation_verbatim() -> None:
    answer = finished("snow rain", recipe(LONG)).answer
    citation = answer.citations[0]
    assert answer.answer == f"{citation.quote} [1]"
    assert citation.quote.endswith("Snow came at night.")
    assert len(citation.quote) <= 1_000
    assert LONG.text[citation.start : citation.end] == citation.quote


def test_the_recipe_never_refuses() -> None:
    assert finished("What is the capital of France?", recipe(DOCUMENT)).answer.completeness == "complete"


def test_confidence_is_the_cosine() -> None:
    made = recipe(replace(DOCUMENT, text="Snow."))
    assert finished("snow", made).confidence == pytest.approx(1.0, abs=1e-3)
    assert finished("rain", made).confidence == pytest.approx(0.0, abs=1e-3)


def test_documents_are_found_once_each_nearest_first() -> None:
    made = recipe(LONG, replace(DOCUMENT, id="snow", text="Snow."))
    assert made.search("snow", (), 10) == ["snow", "long"]
    assert made.search("snow", (), 1) == ["snow"]


def test_two_recipes_do_not_share_their_passages() -> None:
    recipe(LONG)
    assert recipe(DOCUMENT).search("rain", (), 10) == [DOCUMENT.id]


def test_it_answers_whole_and_knows_its_documents() -> None:
    services = recipe(DOCUMENT).services()
    services.check_ready()
    assert isinstance(services.ask(Question(question="rain")), Answer)
    assert services.document(DOCUMENT.id) == DOCUMENT
    with pytest.raises(UnknownDocument, match="'gone'"):
        services.document("gone")
