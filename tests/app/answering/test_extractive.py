from dataclasses import dataclass, replace

import pytest

from app.answering.extractive import MAX_SENTENCES, ExtractiveReader, Weights, load_weights, weights_as_json
from app.answering.model import load_reader_model
from app.answering.types import Claim, Hit, Verdict
from app.retrieval.search import Searcher
from app.settings import Settings
from app.wiring import build_searcher, build_shelf
from tests.conftest import House

EAGER = replace(load_weights(), threshold=0.0)
MEETINGS = """# Exercise

The exercise Blue Lantern took place in Bukhara in May 2031.

Blue Lantern was led by Colonel Aigul Sadykova of the fire brigade.

The budget of Blue Lantern was 4300 euros in total.

Blue Lantern trained forty hospital nurses in decontamination.

After Blue Lantern the ambulances were given to Samarkand.
"""


@dataclass(frozen=True)
class Reading:
    """The reader over a house, with what it is given and what it makes of it."""

    searcher: Searcher
    reader: ExtractiveReader
    texts: dict[str, str]

    def hits(self, question: str) -> tuple[Hit, ...]:
        return self.searcher.search(question, 12).hits

    def read(self, question: str) -> tuple[list[Claim], Verdict]:
        *claims, verdict = self.reader.read(question, self.hits(question))
        assert isinstance(verdict, Verdict)
        return [claim for claim in claims if isinstance(claim, Claim)], replace(verdict, confidence=None)


def reading(house: House, weights: Weights) -> Reading:
    settings = Settings(_env_file=None, data_dir=house.config.data_dir, corpus_dir=house.corpus)
    shelf = build_shelf(settings)
    searcher = build_searcher(settings, shelf)
    edition = shelf.current()
    reader = ExtractiveReader(load_reader_model(), searcher.vocabulary(edition), weights)
    return Reading(searcher, reader, {id: edition.library.document(id).text for id in edition.library.held()})


@pytest.fixture
def lantern(house: House) -> House:
    house.write("exercise.md", MEETINGS)
    house.ingest()
    return house


@pytest.mark.model
def test_the_sentence_that_answers_comes_first_with_its_value(lantern: House) -> None:
    claims, verdict = reading(lantern, load_weights()).read("When did the exercise Blue Lantern take place?")
    assert claims[0].text == "The exercise Blue Lantern took place in Bukhara in May 2031."
    assert verdict == Verdict("complete", short_answer="May 2031")


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "missing"),
    [
        pytest.param("When did Wakanda join?", "anything about Wakanda", id="country"),
        pytest.param("What is project 777?", "anything about 777", id="number"),
        pytest.param("Did Zorro meet Batman?", "anything about Zorro, Batman", id="two names"),
    ],
)
def test_a_name_that_no_document_contains_is_refused_by_name(house: House, question: str, missing: str) -> None:
    assert reading(house, EAGER).read(question) == ([], Verdict("none", missing=missing))


@pytest.mark.model
def test_a_question_in_words_that_no_document_knows_is_refused(house: House) -> None:
    question = "who won the marathon with the chocolate trophy?"
    assert reading(house, EAGER).read(question) == ([], Verdict("none", missing="the name asked for"))


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "missing"),
    [
        pytest.param("When was bread baked?", "the date asked for", id="date"),
        pytest.param("Who baked bread?", "the name asked for", id="person"),
        pytest.param("Where was bread baked?", "the place asked for", id="place"),
        pytest.param("How many loaves were baked?", "the number asked for", id="number"),
        pytest.param("Is bread baked?", "an answer to this question", id="other"),
    ],
)
def test_a_refusal_names_what_was_asked_for(house: House, question: str, missing: str) -> None:
    assert reading(house, load_weights()).read(question) == ([], Verdict("none", missing=missing))


@pytest.mark.model
@pytest.mark.parametrize("question", ["Blue Lantern", "Was the round table in Tashkent?", "countries of Central Asia"])
def test_an_answer_has_at_most_three_sentences_best_first_each_verbatim(lantern: House, question: str) -> None:
    read = reading(lantern, EAGER)
    claims, verdict = read.read(question)
    ranked = [candidate.evidence for candidate in read.reader.candidates(question, read.hits(question))]
    places = [ranked.index(claim.evidence[0]) for claim in claims]
    assert 1 <= len(claims) <= MAX_SENTENCES
    assert (verdict.completeness, places[0], places) == ("complete", 0, sorted(places))
    for claim in claims:
        (one,) = claim.evidence
        assert (
            claim.text.removeprefix("Yes: ") == one.quote == read.texts[one.hit.chunk.document_id][one.start : one.end]
        )


@pytest.mark.model
def test_many_sentences_that_answer_are_cut_to_three(lantern: House) -> None:
    flat = Weights(0.0, (0.0,) * len(EAGER.weights), 0.0)
    claims, _ = reading(lantern, flat).read("Blue Lantern")
    assert len(claims) == MAX_SENTENCES


@pytest.mark.model
def test_candidates_come_most_probable_first(house: House) -> None:
    read = reading(house, load_weights())
    question = "Where is the secretariat for Central Asia?"
    found = [candidate.probability for candidate in read.reader.candidates(question, read.hits(question))]
    assert found == sorted(found, reverse=True)


@pytest.mark.model
def test_without_hits_there_is_nothing_to_quote(house: House) -> None:
    reader = reading(house, EAGER).reader
    assert list(reader.read("Where is it?", ())) == [Verdict("none", missing="the place asked for", confidence=0.0)]


def test_weights_are_written_as_they_are_read() -> None:
    stored = weights_as_json(load_weights())
    assert (list(stored), tuple(stored["weights"].values())) == (["bias", "weights", "threshold"], EAGER.weights)
