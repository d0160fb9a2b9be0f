import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.answering.grounding import find_quote, unsupported

TABLE = "Country: Kazakhstan; Joined: 2020; Region: Central Asia\nCountry: Mongolia; Joined: 2021; Region: Central Asia"


@pytest.mark.parametrize(
    ("text", "quote", "words"),
    [
        pytest.param("It was held in Rome today.", "held in Rome", "held in Rome", id="exact"),
        pytest.param("It was held\n  in\u00a0Rome.", " held in Rome ", "held\n  in\u00a0Rome", id="white space"),
        pytest.param("The “new” team’s plan", 'The "new" team\'s plan', "The “new” team’s plan", id="quotation marks"),
        pytest.param("From 2019–2021 – in Rome", "2019-2021 - in Rome", "2019–2021 – in Rome", id="dashes"),
        pytest.param("Встреча прошла в Ташкенте.", "прошла в Ташкенте", "прошла в Ташкенте", id="Cyrillic"),
        pytest.param("Il a eu lieu à Côte d’Ivoire", "à Côte d'Ivoire", "à Côte d’Ivoire", id="accents"),
        pytest.param("an art in party, an art in peace", "art in peace", "art in peace", id="second place"),
        pytest.param("Tashkent\nSamarkand", "Tashkent", "Tashkent", id="whole line"),
        pytest.param(TABLE, "Mongolia", "Mongolia", id="whole cell"),
        pytest.param(TABLE, "Joined: 2021", "Joined: 2021", id="cell with its header"),
    ],
)
def test_a_quote_is_found_as_the_words_of_the_document(text: str, quote: str, words: str) -> None:
    start, end = find_quote(text, quote) or (0, 0)
    assert text[start:end] == words


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        pytest.param("It was held in Rome today.", "held at Rome today", id="one word differs"),
        pytest.param("It was held in Rome today.", "Held in Rome", id="case differs"),
        pytest.param("It was held in Rome today.", "held … today", id="words left out"),
        pytest.param("It was held in the Rome region.", "the", id="one common word"),
        pytest.param("It was held in Rome today.", "in Rome", id="two words"),
        pytest.param("All starting in Rome today.", "arting in Rome", id="begins inside a word"),
        pytest.param("It met in party rooms.", "met in part", id="ends inside a word"),
        pytest.param("It cost 2.5 million euro.", "5 million euro", id="begins inside a number"),
        pytest.param("It was worth 2.5 million.", "It was worth 2", id="ends inside a number"),
        pytest.param("It was the Cafe\u0301 Roma", "was the Cafe", id="ends before an accent"),
        pytest.param(TABLE, "Central Asia", id="the same cell in two rows"),
        pytest.param("It was held in Rome.", "", id="empty"),
        pytest.param("It was held. . . in Rome.", " . . ", id="no words"),
        pytest.param("", "held in Rome", id="empty document"),
    ],
)
def test_what_is_not_word_for_word_in_the_document_is_no_quote(text: str, quote: str) -> None:
    assert find_quote(text, quote) is None


QUOTE = (
    "Kazakhstan joined the Initiative in November 2020 as its 62nd partner; the 2.5 million euro of Project 65 "
    "pay for seven workshops led by Maria Rossi and Jean Dupont."
)


@pytest.mark.parametrize(
    "claim",
    [
        "Kazakhstan joined in November 2020.",
        "In November 2020, Kazakhstan joined the Initiative.",
        "There were 62 partners.",
        "There were sixty-two partners.",
        "It was the sixty-second partner.",
        "Project 65 has EUR 2.5 million.",
        "Project 65 has 2,500,000 euro.",
        "Project 65 has 2 500 000 euros.",
        "Project 65 has €2.5m.",
        "It pays for 7 workshops.",
        "Seven workshops were led by Jean Dupont and Maria Rossi.",
        "Rossi led workshops.",
        "KAZAKHSTAN joined.",
        "Workshops are paid by Projects.",
        "One of its partners joined in Nov 2020.",
    ],
)
def test_values_of_the_quote_are_supported(claim: str) -> None:
    assert unsupported(claim, [QUOTE], []) == ()


@pytest.mark.parametrize(
    ("claim", "missing"),
    [
        ("Mongolia joined in November 2020.", ("Mongolia",)),
        ("Kazakhstan joined in December 2020.", ("December",)),
        ("Kazakhstan joined in May 2020.", ("May",)),
        ("Kazakhstan joined in November 2021.", ("2021",)),
        ("There were 63 partners.", ("63",)),
        ("There were sixty-three partners.", ("sixty three",)),
        ("It was the third partner.", ("third",)),
        ("It has 2.5 billion euro.", ("2.5 billion",)),
        ("It has 2.5 euro.", ("2.5",)),
        ("It has USD 2.5 million.", ("USD",)),
        ("It has $2.5 million.", ("$",)),
        ("62% joined.", ("62 %",)),
        ("Project 66 pays.", ("66",)),
        ("It was led by Maria Bianchi.", ("Bianchi",)),
        ("It was led by Jean Rossi.", ("Jean Rossi",)),
        ("It was led by UNICRI.", ("UNICRI",)),
        ("It was led by Жан Дюпон.", ("Жан", "Дюпон")),
        ("Élodie led it.", ("Élodie",)),
        ("It was led by Will.", ("Will",)),
        ("Its code is B7x.", ("B7x",)),
        ("Its code is 7f3.", ("7f3",)),
        ("انضمت كازاخستان", ("انضمت", "كازاخستان")),
        ("Kazakhstan pays 4 workshops in Rome in 2022.", ("4", "2022", "Rome")),
    ],
)
def test_values_that_no_quote_has_are_named(claim: str, missing: tuple[str, ...]) -> None:
    assert unsupported(claim, [QUOTE], []) == missing


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("It met on 3 June 2021.", "Date: 2021-06-03"),
        ("It met on 2021-06-03.", "It met on 3 June 2021"),
        ("It met on 3 June 2021.", "am 03.06.2021"),
        ("Elle a eu lieu en juin 2021.", "It took place in June 2021"),
        ("Она прошла в июне 2021.", "It took place in June 2021"),
        ("It took place in Sept. 2021.", "It took place in September 2021"),
        ("250 people came.", "Two hundred and fifty people came."),
        ("3.5% agreed.", "3,5 per cent agreed."),
        ("It has 1,200 members.", "It has 1.200 members."),
        ("The 2nd meeting was held.", "The second meeting was held."),
    ],
)
def test_one_value_written_in_two_ways_is_one_value(claim: str, quote: str) -> None:
    assert unsupported(claim, [quote], ["Elle Она"]) == ()


def test_may_is_a_month_only_with_a_capital() -> None:
    assert unsupported("Partners may join.", ["Partners are free to join."], []) == ()


CONTEXT = ["What is Project 71 about?", "14th Central Asia Round-Table Meeting", "Venue › Tashkent 2021"]


@pytest.mark.parametrize(
    "claim",
    ["Project 71 pays.", "It pays in Tashkent.", "The 14th Central Asia meeting pays.", "The Round-Table pays."],
)
def test_names_may_stand_in_question_title_or_section(claim: str) -> None:
    assert unsupported(claim, ["It pays for the meeting."], CONTEXT) == ()


@pytest.mark.parametrize(
    ("claim", "missing"),
    [("It pays 71 people.", "71"), ("It pays 14 people.", "14"), ("It pays in 2021.", "2021")],
)
def test_numbers_and_dates_may_not_stand_in_the_context_alone(claim: str, missing: str) -> None:
    assert unsupported(claim, ["It pays for the meeting."], CONTEXT) == (missing,)


@pytest.mark.parametrize(
    ("claim", "question", "missing"),
    [
        ("EUR 5 million was paid.", "Was EUR 5 million paid?", ("5 million",)),
        ("EUR 500 was paid.", "Was EUR 500 paid?", ("500",)),
        ("It was paid in Rome 2020.", "Was it paid at Rome 2020?", ("2020",)),
        ("It was paid in March.", "Was it paid in March?", ("March",)),
    ],
)
def test_a_value_that_the_question_suggests_is_not_supported_by_it(
    claim: str, question: str, missing: tuple[str, ...]
) -> None:
    assert unsupported(claim, ["It was paid."], [question]) == missing


PIECES = (
    *"aZé5. ,;:-’'“\n\t%€/<>[]()!*_&",
    *("The", "Ж", "62", "2.5", "million", "May", "one", "hundred", "and", "twenty", "14th", "2021-06-03"),
    *("http://a.bc", "&lt;", "&#60;", "  ", "held in Rome"),
)
texts = st.text(st.characters(codec="utf-8"), max_size=80) | st.lists(st.sampled_from(PIECES), max_size=30).map("".join)
words = st.lists(st.sampled_from(["Rome", "in", "“new”", "team’s", "62", "2.5", "–", "Été", "Жан"]), max_size=12)


@given(texts, st.integers(0, 100), st.integers(0, 100))
def test_a_quote_that_is_found_has_the_words_asked_for(text: str, start: int, end: int) -> None:
    quote = text[start:end]
    found = find_quote(text, quote)
    assert found is None or _plain(text[slice(*found)]) == _plain(quote)


@given(words, words, words, st.sampled_from([" ", "\n", "\u00a0\t"]))
def test_every_run_of_whole_words_is_found_whatever_the_typography(
    before: list[str], middle: list[str], after: list[str], gap: str
) -> None:
    assume(sum(any(character.isalnum() for character in word) for word in middle) >= 3)
    text = gap.join([*before, *middle, *after])
    start, end = find_quote(text, _plain(" ".join(middle))) or (0, 0)
    assert _plain(text[start:end]) == _plain(" ".join(middle))


@given(texts)
def test_a_text_supports_itself(text: str) -> None:
    assert unsupported(text, [text], []) == ()


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_number_supports_only_itself(said: int, quoted: int) -> None:
    assert (unsupported(f"It has {said}.", [f"It has {quoted:,} parts."], []) == ()) == (said == quoted)


def _plain(text: str) -> str:
    table = str.maketrans({"“": '"', "”": '"', "’": "'", "–": "-"})
    return " ".join(text.translate(table).split())
