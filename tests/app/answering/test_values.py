import pytest

from app.answering.values import Asked, asked, find_value
from ingest.types import Person

DIRECTOR = Person("Aigul Sadykova", "head of the laboratory (since 2020)")
ROSSI = Person("Maria Rossi", "team leader")


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("When did Kazakhstan join?", Asked.DATE),
        ("On what date did it open?", Asked.DATE),
        ("In which year did it open?", Asked.DATE),
        ("Quand a-t-il ouvert ?", Asked.DATE),
        ("Когда прошла встреча?", Asked.DATE),
        ("Who opened it?", Asked.PERSON),
        ("Кто открыл?", Asked.PERSON),
        ("Where was it held?", Asked.PLACE),
        ("In which city was it held?", Asked.PLACE),
        ("Où est le secrétariat ?", Asked.PLACE),
        ("How many countries took part?", Asked.NUMBER),
        ("What was the budget of Project 65?", Asked.NUMBER),
        ("Combien de pays ?", Asked.NUMBER),
        ("What does NFP stand for?", Asked.MEANING),
        ("What does NFP mean?", Asked.MEANING),
        ("NFP?", Asked.MEANING),
        ("What is the position of Maria Rossi?", Asked.ROLE),
        ("What post did Maria Rossi hold?", Asked.ROLE),
        ("What was decided?", Asked.OTHER),
        ("", Asked.OTHER),
        ("When and where was it held?", Asked.DATE),
    ],
)
def test_a_question_asks_for_a_kind_of_value(question: str, kind: Asked) -> None:
    assert asked(question) is kind


@pytest.mark.parametrize(
    ("question", "sentence", "date"),
    [
        pytest.param("When?", "It opened on 3 June 2021 in Rome.", "3 June 2021", id="day"),
        pytest.param("When?", "It opened in June 2021.", "June 2021", id="month"),
        pytest.param("When?", "It opened on June 3, 2021.", "June 3, 2021", id="American"),
        pytest.param("When?", "It was held on 3–5 June 2021.", "3–5 June 2021", id="days"),
        pytest.param("When?", "It ran from 30 May to 2 June 2021.", "from 30 May to 2 June 2021", id="across months"),
        pytest.param("When?", "Country: Kenya; Joined: 2013", "2013", id="year in a row"),
        pytest.param("When?", "Start: 2021-06-03", "2021-06-03", id="ISO"),
        pytest.param("When in 2021?", "In 2021 it met on 3 June.", "3 June", id="not the one in the question"),
        pytest.param("When?", "It has 62 partners.", None, id="none"),
    ],
)
def test_the_date_of_a_sentence(question: str, sentence: str, date: str | None) -> None:
    assert find_value(Asked.DATE, question, sentence) == date


@pytest.mark.parametrize(
    ("question", "sentence", "number"),
    [
        pytest.param("How many countries?", "Seven partner countries met.", "Seven", id="in words"),
        pytest.param("How many people?", "More than 40 people came.", "More than 40", id="bounded"),
        pytest.param("What budget?", "It cost EUR 2.5 million in all.", "EUR 2.5 million", id="money before"),
        pytest.param("What budget?", "It cost 4300 euros in all.", "4300 euros", id="money after"),
        pytest.param("How many countries?", "12 experts of 5 countries met.", "5", id="nearest to what is counted"),
        pytest.param("How many people?", "On 3 June 2021 there were 40 people.", "40", id="no date"),
        pytest.param("How many people?", "Project 65 trained people.", None, id="no project number"),
        pytest.param("How many people?", "The 62nd partner came.", None, id="no ordinal"),
        pytest.param("How many people?", "People came.", None, id="none"),
    ],
)
def test_the_number_of_a_sentence(question: str, sentence: str, number: str | None) -> None:
    assert find_value(Asked.NUMBER, question, sentence) == number


@pytest.mark.parametrize(
    ("question", "sentence", "people", "person"),
    [
        pytest.param("Who led it?", "It was led by Maria Rossi.", (ROSSI,), "Maria Rossi", id="listed"),
        pytest.param("Who led it?", "It was led by Jean Dupont.", (), "Jean Dupont", id="not listed"),
        pytest.param("Who met Maria Rossi?", "Maria Rossi met Jean Dupont.", (ROSSI,), "Jean Dupont", id="other one"),
        pytest.param("Who led it?", "The Regional Secretariat led it.", (), None, id="body"),
        pytest.param("Who led it?", "It was led well.", (ROSSI,), None, id="none"),
    ],
)
def test_the_person_of_a_sentence(question: str, sentence: str, people: tuple[Person, ...], person: str | None) -> None:
    assert find_value(Asked.PERSON, question, sentence, people) == person


@pytest.mark.parametrize(
    ("question", "sentence", "place"),
    [
        pytest.param("Where?", "It met in Tashkent.", "Tashkent", id="city"),
        pytest.param("Where?", "It met in Tashkent, Uzbekistan, in June.", "Tashkent, Uzbekistan", id="with country"),
        pytest.param("Where?", "In June it met at the Grand Hotel.", "the Grand Hotel", id="venue"),
        pytest.param("Where?", "It met in June 2021.", None, id="no month"),
        pytest.param("Where in Tashkent?", "It met in Tashkent.", None, id="in the question"),
        pytest.param("Where?", "Country: Mongolia; Joined: 2021", "Mongolia", id="country of a row"),
    ],
)
def test_the_place_of_a_sentence(question: str, sentence: str, place: str | None) -> None:
    assert find_value(Asked.PLACE, question, sentence) == place


@pytest.mark.parametrize(
    ("sentence", "people", "role"),
    [
        pytest.param(
            "Aigul Sadykova, Head of the laboratory, spoke.", (DIRECTOR,), "Head of the laboratory", id="listed role"
        ),
        pytest.param("Aigul Sadykova, deputy minister, spoke.", (DIRECTOR,), "deputy minister", id="in apposition"),
        pytest.param("Maria Rossi, team leader, spoke.", (ROSSI,), None, id="somebody else"),
        pytest.param("Aigul Sadykova spoke.", (DIRECTOR,), None, id="none"),
        pytest.param("Aigul Sadykova, deputy minister, spoke.", (Person("?", ""), DIRECTOR), "deputy minister", id="?"),
        pytest.param("Aigul Sadykova spoke.", (Person("Aigul Sadykova", ""),), None, id="listed without role"),
    ],
)
def test_the_role_of_a_person(sentence: str, people: tuple[Person, ...], role: str | None) -> None:
    assert find_value(Asked.ROLE, "What is the role of Sadykova?", sentence, people) == role


@pytest.mark.parametrize(
    ("sentence", "meaning"),
    [
        pytest.param("Abbreviation: NFP; Meaning: national focal point", "national focal point", id="glossary row"),
        pytest.param("The NFP (national focal point) met.", "national focal point", id="in brackets"),
        pytest.param("Each has a National Focal Point (NFP).", "National Focal Point", id="before the brackets"),
        pytest.param("The NFP met.", None, id="none"),
    ],
)
def test_the_meaning_of_an_abbreviation(sentence: str, meaning: str | None) -> None:
    assert find_value(Asked.MEANING, "What does NFP stand for?", sentence) == meaning


def test_a_question_for_no_kind_of_value_has_none() -> None:
    assert find_value(Asked.OTHER, "What was decided?", "It met in Tashkent in 2021.") is None
