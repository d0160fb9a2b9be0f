"""What things are and are for, yes or no by lists and states, counts within a record, and what a record lacks."""

from collections.abc import Callable
from datetime import date

import pytest

from app.answering.catalogue_reader import CatalogueReader
from app.answering.types import Claim, Verdict
from ingest.library import Library
from tests.app.answering.catalogue_portfolio import build
from tests.conftest import House

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def library(new_house: Callable[[], House]) -> Library:
    return build(new_house()).library()


@pytest.fixture(scope="module")
def reader(library: Library) -> CatalogueReader:
    return CatalogueReader(library, today=lambda: date(2025, 1, 1))


def verdict(reader: CatalogueReader, question: str) -> Verdict:
    steps = reader.read(question)
    assert steps is not None
    assert isinstance(steps[-1], Verdict)
    return steps[-1]


def sentences(reader: CatalogueReader, question: str) -> list[str]:
    return [step.text for step in reader.read(question) or () if isinstance(step, Claim)]


LEAD = "Project 71, known as SEALAB, is about laboratories that detect toxins on the coast."
AIM = "Project 71 aimed to let coastal laboratories warn each other within a day."


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("what is SEALAB about?", [LEAD]),
        ("P71 in a nutshell", [LEAD, AIM]),
        ("Could you explain in one sentence what Project 71 does?", [LEAD]),
        ("purpose of project 71", [AIM]),
        ("What is SEALAB supposed to achieve?", [AIM]),
        ("what is project 71 for", [AIM]),
        ("tasks of a national focal point?",
         ["Each country names a National Focal Point (NFP), who leads the national team."]),
        ("define regional action plan",
         ["A regional action plan (RAP) holds the priorities that the countries of one region share."]),
        ("NFP: what sort of person is it",
         ["National Focal Point (NFP): Person who speaks for a country."]),
        ("What is the EU CBRN Centres of Excellence Initiative?",
         ["The EU CBRN CoE Initiative is a programme of the European Union that helps countries elsewhere."]),
        ("what is the CoE initiative",
         ["The EU CBRN CoE Initiative is a programme of the European Union that helps countries elsewhere."]),
        ("what is the role of the RC?", ["The role of the Research Centre (RC) is to advise the countries."]),
        ("what is a round-table meeting", ["Round-Table Meeting (RTM): Meeting of the focal points of a region."]),
    ],
)  # fmt: skip
def test_what_something_is_or_is_for_is_told_in_the_words_of_its_document(
    reader: CatalogueReader, question: str, told: list[str]
) -> None:
    assert sentences(reader, question) == told


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("what is SEALAB about?", "laboratories that detect toxins on the coast"),
        ("aim of project 71", "let coastal laboratories warn each other within a day"),
        ("define regional action plan", "holds the priorities that the countries of one region share"),
    ],
)
def test_the_short_answer_is_what_the_sentence_tells_of_its_subject(
    reader: CatalogueReader, question: str, short: str
) -> None:
    assert verdict(reader, question).short_answer == short


@pytest.mark.parametrize(
    "question",
    [
        "what does SEALAB mean",
        "what is the second phase of project 71 about",
        "why did project 71 start",
        "what is project 99 about",
        "aim of project 73",
        "what is the NFP",
    ],
)
def test_any_other_question_about_a_project_or_a_term_is_left_to_the_passages(
    reader: CatalogueReader, question: str
) -> None:
    assert reader.read(question) is None


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("what was project 71 officially called", "Laboratories of the coast"),
        ("title of project no 72", "Equipment for border posts"),
        ("P71: what is it called in full?", "Laboratories of the coast"),
        ("project 72 complete name", "Equipment for border posts"),
        ("short name of project 71", "SEALAB"),
        ("how many south east asian countries are in project 71", "2"),
        ("how many organisations are in the consortium of project 71", "2"),
        ("number of heads of the Manila secretariat", "3"),
        ("which project started earlier, 71 or 72", "Project 71 (SEALAB)"),
    ],
)
def test_names_and_counts_of_a_record_are_answered(reader: CatalogueReader, question: str, short: str) -> None:
    assert verdict(reader, question).short_answer == short


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("did Thailand take part in project 71?",
         "Yes: In South East Asia, Project 71 worked with Cambodia and Thailand."),
        ("p72 malaysia included?",
         "Yes: Two countries are listed for Project 72 in South East Asia: Cambodia and Malaysia."),
        ("is Thailand among the countries of project 72?",
         "No: Thailand is missing from the list of countries of Project 72."),
        ("Does project 72 cover Kenya?",
         "No: Two countries are listed for Project 72 in South East Asia: Cambodia and Malaysia."),
        ("malaysia at the 4th SEA round table, yes or no?",
         "Yes: Three countries took part in the 4th Round Table Meeting: Cambodia, Malaysia and Thailand."),
        ("did Kenya attend the 4th round table for South East Asia",
         "No: Three countries took part in the 4th Round Table Meeting: Cambodia, Malaysia and Thailand."),
        ("Was the 4th South East Asian round table an online meeting?",
         "No: The 4th Round Table Meeting for South East Asia was held in person in Manila, Philippines, "
         "on 4 and 5 February 2020."),
        ("was FORMIT in the consortium of project 71?",
         "Yes: ENEA implemented Project 71 in a consortium with FORMIT."),
        ("project 71 still running?", "No: Project 71 ran from March 2019 to February 2021."),
        ("is project 73 completed?",
         "Yes: Project 73 trained customs officers in the Gulf and is completed."),
        ("is project 72 still running?", "Yes, as of 9 April 2024: Project 72 was ongoing on 9 April 2024."),
        ("does project 72 have anything to do with project 71?", "Yes: Project 72 builds on Project 71."),
        ("Is Cambodia a partner country?", "Yes: Cambodia is a partner country of South East Asia."),
        ("does Cambodia belong to South East Asia?", "Yes: Cambodia is a partner country of South East Asia."),
        ("is Project 71 meant to end in 2021?", "Yes: Project 71 ran from March 2019 to February 2021."),
        ("did Cambodia join in 2014?", "No: Cambodia joined the Initiative in May 2013."),
    ],
)  # fmt: skip
def test_yes_or_no_comes_with_the_sentence_that_decides_it(reader: CatalogueReader, question: str, said: str) -> None:
    assert sentences(reader, question) == [said]
    assert verdict(reader, question).short_answer == said[:3].strip(":, ")


@pytest.mark.parametrize(
    "question",
    [
        "Does project 71 cover Kenya?",
        "Was the Philippines represented at the 4th round table for South East Asia?",
        "Does project 72 only cover Cambodia?",
        "Was Cambodia already in project 72 before 2023?",
        "Is Brunei Darussalam a partner country?",
        "Was Cambodia a partner country in 2012?",
        "did Kenya train officers in project 72?",
        "was ENEA at the 4th round table for South East Asia?",
    ],
    ids=[
        "no list that is whole",
        "the host of a meeting need not take part",
        "only",
        "before a time",
        "not confirmed",
        "at a time",
        "a word that nothing explains",
        "an organisation at a meeting",
    ],
)
def test_what_a_row_does_not_decide_is_left_to_the_passages(reader: CatalogueReader, question: str) -> None:
    assert reader.read(question) is None


def test_a_state_that_may_have_changed_is_a_partial_answer(reader: CatalogueReader) -> None:
    assert verdict(reader, "is project 72 still running?").completeness == "partial"


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("budget of project 71", "the budget of Project 71 (SEALAB)"),
        ("full title of project 73", "the title of Project 73"),
    ],
)
def test_what_a_record_lacks_is_refused_by_name(reader: CatalogueReader, question: str, missing: str) -> None:
    found = verdict(reader, question)
    assert (found.completeness, found.missing) == ("none", missing)
    assert found.confidence is not None
    assert found.confidence < 0.1


def test_another_title_is_shown_where_sources_differ(reader: CatalogueReader) -> None:
    assert sentences(reader, "title of project 71")[-1] == (
        "Title of Project 71: the news of 2019 calls it Laboratories by the sea."
    )


def test_every_date_of_a_head_is_shown_with_words_that_state_it(reader: CatalogueReader) -> None:
    first = sentences(reader, "who is the head of the Manila secretariat")[0]
    assert first.startswith("Head of Regional Secretariat for South East Asia: Boris New (known at May 2018, Nov")


def test_a_list_of_partners_names_the_countries_that_are_not_confirmed(reader: CatalogueReader) -> None:
    assert verdict(reader, "list the partner countries in South East Asia").coverage == (
        "1 partner country on file was searched; not counted, as no page on file confirms them as partners: "
        "Brunei Darussalam (unconfirmed)."
    )


@pytest.mark.parametrize("question", ["what is SEALAB about?", "p72 malaysia included?", "title of project 71"])
def test_every_quote_is_verbatim(reader: CatalogueReader, library: Library, question: str) -> None:
    for step in reader.read(question) or ():
        for one in step.evidence if isinstance(step, Claim) else ():
            assert library.document(one.hit.chunk.document_id).text[one.start : one.end] == one.quote
