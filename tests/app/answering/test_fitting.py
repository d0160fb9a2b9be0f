import pytest

from app.answering.fitting import fits, neighbours
from app.answering.types import Evidence, Hit
from app.answering.values import asked
from ingest.types import Chunk, Metadata, Person


def evidence(quote: str, *, title: str = "Register", heading: str = "", metadata: Metadata | None = None) -> Evidence:
    chunk = Chunk("c", "d", 0, 0, len(quote), heading, None, quote)
    return Evidence(Hit(chunk, metadata or Metadata(title), score=1.0), 0, len(quote), quote)


@pytest.mark.parametrize(
    ("question", "found", "others"),
    [
        pytest.param(
            "When was the action plan of Rwanda adopted?",
            evidence("Montenegro adopted its action plan on 18 May 2016."),
            {"Montenegro"},
            id="another country",
        ),
        pytest.param(
            "When was the Rwandan plan adopted?",
            evidence("The Montenegrin plan was adopted on 18 May 2016."),
            {"Montenegro"},
            id="another people",
        ),
        pytest.param(
            "How many came to the Academy in September 2022?",
            evidence("The Academy of November 2024 had 130 participants."),
            {"2024"},
            id="another year",
        ),
        pytest.param(
            "Where was the 14th round table for Central Asia?",
            evidence("The 13th round table for Central Asia was held in Tashkent."),
            {"round-table 13 Central Asia"},
            id="another meeting of the series",
        ),
        pytest.param(
            "When is the third edition of the Academy?",
            evidence("The second edition of the Academy was held in November."),
            {"2"},
            id="another edition",
        ),
        pytest.param(
            "When was the plan of Rwanda adopted?",
            evidence("The plan was adopted on 18 May 2016.", title="Rwanda"),
            set(),
            id="told by the title",
        ),
        pytest.param(
            "What was discussed in Kenya?",
            evidence("Experts from Uganda spoke.", metadata=Metadata("Workshop", countries=("Kenya",))),
            set(),
            id="told by the front matter",
        ),
        pytest.param(
            "Who is the focal point of Jordan?",
            evidence("The focal point of Lebanon spoke.", metadata=Metadata("Day", countries=("Jordan", "Lebanon"))),
            {"Lebanon"},
            id="one of several countries of the front matter",
        ),
        pytest.param(
            "How many webinars did the Nairobi secretariat hold?",
            evidence("The SEEE Regional Secretariat had held 6 webinars."),
            {"South East and Eastern Europe"},
            id="another secretariat",
        ),
        pytest.param(
            "Which came first, the plan of Rwanda or that of Montenegro?",
            evidence("Montenegro adopted its plan in 2016."),
            set(),
            id="one of two",
        ),
        pytest.param("When was it adopted?", evidence("Montenegro adopted it in 2016."), set(), id="nothing named"),
    ],
)
def test_a_sentence_about_something_else_of_the_same_kind_is_told(
    question: str, found: Evidence, others: set[str]
) -> None:
    assert {mention.value for mention in neighbours(question, found)} == others


@pytest.mark.parametrize(
    ("question", "quote", "value", "can"),
    [
        pytest.param("Who is the focal point?", "The focal point is there.", "there", False, id="nobody"),
        pytest.param("Who is the focal point?", "The focal point is Ada Byron.", "Ada Byron", True, id="a person"),
        pytest.param(
            "Who is the focal point?", "The focal point is at Orr Ministry.", "Orr Ministry", False, id="no body"
        ),
        pytest.param("Who organised it?", "The ministry organised it.", "ministry", True, id="a body"),
        pytest.param("Budget of Project 9?", "Project 9 lasted 36 months.", "36 months", False, id="no money"),
        pytest.param("Budget of Project 9?", "Project 9 got EUR 36,000.", "EUR 36,000", True, id="money"),
        pytest.param("On which day was it adopted?", "It was adopted in May 2021.", "May 2021", False, id="no day"),
        pytest.param("On which day was it adopted?", "It was adopted on 3 May 2021.", "3 May 2021", True, id="a day"),
        pytest.param("How many countries came?", "50 observers came.", "50", False, id="other things counted"),
        pytest.param("ghana nfp", "The pages do not name the focal point of Ghana.", "focal point", False, id="a gap"),
        pytest.param(
            "what was shown",
            "A laboratory was shown; the page names no author.",
            "A laboratory",
            True,
            id="a gap beside",
        ),
        pytest.param("Which body ran Project 5?", "Project 5 of the Initiative.", "Project 5", False, id="nothing new"),
        pytest.param("Is it Project 5 or 6?", "It is Project 5.", "Project 5", True, id="one of two"),
    ],
)
def test_a_sentence_fits_when_it_holds_what_is_asked_for(question: str, quote: str, value: str, can: bool) -> None:
    assert fits(asked(question), question, evidence(quote), value) is can


def test_people_of_the_front_matter_are_persons() -> None:
    found = evidence("It was led by Sadykova.", metadata=Metadata("Exercise", people=(Person("Sadykova", "Colonel"),)))
    question = "Who was the head of the exercise?"
    assert fits(asked(question), question, found, "Sadykova")
