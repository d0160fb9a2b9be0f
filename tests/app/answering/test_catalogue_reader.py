"""Answers from the catalogue: every row with its words, what was searched, other values where sources differ."""

from collections.abc import Callable

import pytest

from app.answering.catalogue_reader import CatalogueReader
from app.answering.types import Claim, Evidence, Verdict
from app.assistant import Assistant, Parts
from app.retrieval.query import Query
from app.retrieval.search import Found
from app.types import Answer
from ingest.library import Library
from tests.app.answering.catalogue_world import build
from tests.conftest import House

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def library(new_house: Callable[[], House]) -> Library:
    return build(new_house()).library()


@pytest.fixture(scope="module")
def reader(library: Library) -> CatalogueReader:
    return CatalogueReader(library)


def verdict(reader: CatalogueReader, question: str) -> Verdict:
    steps = reader.read(question)
    assert steps is not None
    assert isinstance(steps[-1], Verdict)
    return steps[-1]


def sentences(reader: CatalogueReader, question: str) -> list[str]:
    return [step.text for step in reader.read(question) or () if isinstance(step, Claim)]


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("Which projects cover Central Asia?", "Project 65 (CABICHEM)"),
        ("How many round tables were held in March 2022?", "1"),
        ("all workshops for Central Asia", "Workshop on the National Action Plan of Mongolia"),
        ("List the partner countries in Central Asia with their accession dates",
         "Kazakhstan: November 2020; Mongolia: by March 2018"),
        ("Which countries take part in Project 66?", "Kenya, Uganda, Zambia"),
        ("how many countries take part in Project 66", "3"),
        ("members of the consortium of Project 65", "Military Institute of Chemistry (MICHR), FORMIT"),
        ("project 66 budget", "EUR 3.9 million"),
        ("on which exact day did Project 65 start", "15 March 2018"),
        ("which project has the largest budget", "Project 66 (MEDISAFE)"),
        ("the latest round table for Central Asia", "15th Round-Table Meeting for Central Asia"),
        ("where was the latest round table for Central Asia held", "Dubai, United Arab Emirates"),
        ("which was first: the 14th or the 15th Central Asia round table", "14th Round-Table Meeting for Central Asia"),
        ("CABICHEM or MEDISAFE: bigger budget", "Project 66 (MEDISAFE)"),
        ("who is the head of the Tashkent secretariat", "Boris New"),
        ("who was the head of the Tashkent secretariat in July 2015", "Anna Old"),
        ("where is the secretariat for Central Asia", "Tashkent, Uzbekistan"),
        ("which round tables took place online", "15th Round-Table Meeting for Central Asia"),
        ("meetings about Project 65", "14th Round-Table Meeting for Central Asia"),
        ("when was the mongolian national action plan workshop", "7 May 2019"),
        ("when did Kazakhstan join", "November 2020"),
    ],
)  # fmt: skip
def test_what_the_catalogue_knows_is_answered(reader: CatalogueReader, question: str, short: str) -> None:
    assert verdict(reader, question).short_answer == short


@pytest.mark.parametrize(
    "question",
    [
        "on which exact day did Project 66 start",
        "project 65 end date",
        "when did Mongolia join",
        "who was the head of the Tashkent secretariat in May 2023",
        "which projects cover the Gulf",
        "when was the round table for Central Asia",
        "when was the fishing workshop in Mongolia",
        "which countries received equipment under project 65",
    ],
    ids=[
        "only the year",
        "no value",
        "only by when",
        "another time",
        "no row",
        "several rows",
        "another name",
        "another fact",
    ],
)
def test_what_the_catalogue_does_not_know_is_left_to_the_passages(reader: CatalogueReader, question: str) -> None:
    assert reader.read(question) is None


def test_a_list_says_how_it_was_understood_and_what_was_searched(reader: CatalogueReader) -> None:
    question = "Which projects started in March 2018?"
    assert sentences(reader, question) == ["1 project on file (project, time 2018-03): Project 65 (CABICHEM)."]
    assert (
        verdict(reader, question).coverage == "2 projects on file were searched; 1 more would fit but gives no start."
    )


def test_a_row_tells_date_and_place_as_far_as_its_quote_does(reader: CatalogueReader) -> None:
    items = verdict(reader, "round tables in Almaty").items
    assert [item.text for item in items] == [
        "14th Round-Table Meeting for Central Asia, 1 to 3 June 2021, Almaty, Kazakhstan"
    ]


def test_other_values_are_shown_where_the_document_says_that_sources_differ(reader: CatalogueReader) -> None:
    found = verdict(reader, "When was the 14th round table for Central Asia?")
    assert found.short_answer == "1 to 3 June 2021"
    assert [other.value for other in found.conflicts] == ["2 to 3 June 2021"]


def test_none_on_file_is_said_where_the_documents_tell_of_all_there_are(reader: CatalogueReader) -> None:
    found = verdict(reader, "which partner countries are in the Gulf")
    assert (found.completeness, found.missing) == (
        "none",
        "any partner of this kind (partner, region Gulf); 2 on file were searched",
    )


def test_who_held_a_post_then_is_told_by_words_of_that_time(reader: CatalogueReader) -> None:
    assert sentences(reader, "who was the head of the Tashkent secretariat in July 2015") == [
        "Head of Regional Secretariat for Central Asia: Anna Old (known at July 2015) "
        "(secretariat, city Tashkent, asked for head, as of 2015-07)."
    ]


def test_a_less_precise_date_decides_no_comparison(reader: CatalogueReader) -> None:
    assert reader.read("earlier start: project 65 or 66") is None


def evidence(steps: tuple[Claim | Verdict, ...]) -> list[Evidence]:
    found: list[Evidence] = []
    for step in steps:
        found += step.evidence if isinstance(step, Claim) else [item.evidence for item in step.items]
        found += [] if isinstance(step, Claim) else [other.evidence for other in step.conflicts]
    return found


@pytest.mark.parametrize(
    "question",
    ["all meetings in Central Asia", "When was the 14th round table for Central Asia?", "countries of project 66"],
)
def test_every_quote_is_verbatim(reader: CatalogueReader, library: Library, question: str) -> None:
    steps = reader.read(question)
    assert steps
    for one in evidence(steps):
        assert library.document(one.hit.chunk.document_id).text[one.start : one.end] == one.quote


def ask(library: Library, reader: CatalogueReader, question: str) -> Answer:
    def search(text: str, limit: int) -> Found:
        return Found(Query(text, ()), ())

    class Silent:
        name = "extractive"

        def read(self, question: str, hits: object) -> tuple[Verdict]:
            return (Verdict("none"),)

    parts = Parts(
        search=search,
        text_of=lambda id: library.document(id).text,
        extractive=Silent,  # type: ignore[arg-type]
        catalogue=reader.read,
    )
    return Assistant(lambda: parts).invoke(question)


def test_the_answer_carries_rows_coverage_and_conflicts(library: Library, reader: CatalogueReader) -> None:
    answer = ask(library, reader, "Which countries take part in Project 66?")
    label = answer.citations[0].label
    assert (answer.reader, answer.completeness, answer.as_of) == ("catalogue", "complete", "2021-01")
    assert [(item.text, item.label) for item in answer.items] == [
        (name, label) for name in ("Kenya", "Uganda", "Zambia")
    ]
    differing = ask(library, reader, "When was the 14th round table for Central Asia?")
    assert [(conflict.value, conflict.label) for conflict in differing.conflicts] == [("2 to 3 June 2021", 2)]


@pytest.mark.parametrize("question", ["all meetings in Central Asia", "how many projects are in Central Asia"])
def test_no_label_is_without_citation_and_no_citation_unused(
    library: Library, reader: CatalogueReader, question: str
) -> None:
    answer = ask(library, reader, question)
    used = {item.label for item in answer.items} | {
        citation.label for citation in answer.citations if f"[{citation.label}]" in answer.answer
    }
    assert used == {citation.label for citation in answer.citations}


def test_any_other_question_goes_to_the_passages(library: Library, reader: CatalogueReader) -> None:
    assert ask(library, reader, "Why was Almaty chosen?").reader == "extractive"


def test_what_another_document_tells_of_disagreement_about_a_project_is_shown_too(reader: CatalogueReader) -> None:
    found = verdict(reader, "When did Project 65 start?")
    assert [(other.value, other.evidence.hit.chunk.document_id) for other in found.conflicts] == [
        ("June 2018", "partners/mongolia")
    ]
