import pytest

from app.answering.polarity import decide, is_yes_no
from app.retrieval.query import Vocabulary

VOCABULARY = Vocabulary(
    dict.fromkeys(
        "the meeting was held in tashkent june may 2021 2020 kenya georgia joined countries attended people "
        "project ended nairobi opened office experts took part exercise 40 50 65 two three all only postponed".split(),
        3,
    ),
    (),
)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Did Kazakhstan join in 2020?", True),
        ("Is Georgia a partner country?", True),
        ("was the meeting held in Tashkent", True),
        ("Has the project ended?", True),
        ("Can partners join online?", True),
        ("Will there be a training in Rabat?", True),
        ("Please, did Kenya sign?", True),
        ("So was it signed?", True),
        ("Do you know whether Kenya joined?", True),
        ("Can you confirm that Kenya joined?", True),
        ("I wonder if Kenya joined.", True),
        ("Is it true that Kenya joined?", True),
        ("Kenya joined in 2013, is that so?", True),
        ("The meeting was in Rabat, was it in May?", True),
        ("Kenya joined, yes or no?", True),
        ("p89 iraq included?", True),
        ("Kenya listed for the exercise of May 2021?", True),
        ("Was it in Rabat or in Dakar?", False),
        ("Which country is included?", False),
        ("Can you list the partners?", False),
        ("Can you tell me who opened it?", False),
        ("When did Kenya join?", False),
        ("Which countries are in Central Asia?", False),
        ("How many countries have joined?", False),
        ("Who was there?", False),
        ("What is an NFP?", False),
        ("Island of Malta", False),
        ("", False),
    ],
)
def test_what_can_be_answered_with_yes_or_no(question: str, expected: bool) -> None:
    assert is_yes_no(question) is expected


@pytest.mark.parametrize(
    ("question", "sentence", "around", "decision"),
    [
        pytest.param("Was it held in June 2021?", "It was held in June 2021.", "", True, id="all stands there"),
        pytest.param("Did Kenya attend?", "The country took part.", "Kenya", True, id="name in the title"),
        pytest.param("Did Kenya not attend?", "Kenya did not attend.", "", True, id="both deny"),
        pytest.param("Did only Kenya attend?", "Only Kenya attended.", "", True, id="both limit"),
        pytest.param("Has p65 ended?", "Project 65 has ended.", "", True, id="other form of a name"),
        pytest.param("Was it held in May 2021?", "It was held in June 2021.", "", False, id="another month"),
        pytest.param("Was it held in June 2020?", "It was held in June 2021.", "", False, id="another year"),
        pytest.param("Did 50 people attend?", "There were 40 people.", "", False, id="another number"),
        pytest.param("Did three experts attend?", "Two experts attended.", "", False, id="another number in words"),
        pytest.param("Has Project 65 ended?", "Project 40 has ended.", "", False, id="another project"),
        pytest.param("Did Kenya attend?", "Georgia attended.", "", False, id="another country"),
        pytest.param("Did 40 people meet in May?", "In June people met.", "", False, id="another month, no number"),
        pytest.param("Did Kenya attend?", "Kenya did not attend.", "", False, id="denied"),
        pytest.param("Did Kenya attend?", "Kenya didn’t attend.", "", False, id="denied in short"),
        pytest.param("Did Kenya attend?", "Kenya and Georgia are missing from the list.", "", False, id="missing"),
        pytest.param(
            "Did Kenya attend?", "Kenya, which is not on the list, attended.", "", True, id="denied of something else"
        ),
        pytest.param(
            "Was it in Nairobi that 40 people met in June 2021?",
            "In June 2021 40 people met.",
            "",
            None,
            id="the place is not told",
        ),
        pytest.param("Was it held online?", "It was held in person.", "", False, id="the opposite"),
        pytest.param("Was it face to face?", "It was held online.", "", False, id="the opposite the other way"),
        pytest.param("Was it held in Nairobi?", "It was held online.", "", False, id="online is in no place"),
        pytest.param("Was Kenya already in?", "Kenya met shortly before it joined.", "", False, id="not yet"),
        pytest.param("Is the office still open?", "The office closed.", "", False, id="no longer"),
        pytest.param("Did it exclude Kenya?", "It was held in Kenya.", "", False, id="excluded"),
        pytest.param("Is Kenya on all lists?", "Every list has Kenya.", "", True, id="every is all"),
        pytest.param("Did more than 60 people attend?", "65 people attended.", "", True, id="more than supposed"),
        pytest.param("Did more than 60 attend?", "More than 60 attended.", "", True, id="more than, in both"),
        pytest.param("Did more than 60 people attend?", "40 people attended.", "", False, id="less than supposed"),
        pytest.param("Did fewer than 60 people attend?", "40 people attended.", "", True, id="fewer, as supposed"),
        pytest.param("Did over 60 attend in 2021?", "In 2021 65 attended.", "", True, id="a year is no count"),
        pytest.param("Was the exercise held?", "The exercise was postponed.", "", False, id="postponed"),
        pytest.param("Did Kenya not attend?", "Kenya attended.", "", False, id="only the question denies"),
        pytest.param("Did only Kenya attend?", "Kenya attended.", "", False, id="only the question limits"),
        pytest.param("Did Kenya attend?", "Experts took part.", "", None, id="no country"),
        pytest.param("Did three experts attend?", "Experts attended.", "", None, id="no number"),
        pytest.param("Was it held in May?", "It was held in Tashkent.", "", None, id="no month"),
        pytest.param("Was it in Nairobi?", "It was in Tashkent.", "", None, id="a place may hold another"),
        pytest.param("Did Kenya and Georgia attend?", "Georgia attended.", "", None, id="one of two countries"),
    ],
)
def test_a_sentence_decides_or_does_not(question: str, sentence: str, around: str, decision: bool | None) -> None:
    assert decide(VOCABULARY.read(question), sentence, around) is decision
