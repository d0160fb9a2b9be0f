import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.normalisation import contains, normalise, official, token_f1

PIECES = st.sampled_from(
    (
        *"a the one two twenty hundred thousand million and to 5 06 2021 1.5 1,000 june May sept 7-10 - / , .".split(),
        *"[1] eur € % per cent -- 2021-06 2021-06-05 --06-05 1st er of de г um 12.06.2021 — 3,4 ² İ first".split(),
        " ",
        "\u00a0",
    )
)
TEXTS = st.one_of(st.text(), st.lists(PIECES).map(" ".join), st.lists(PIECES).map("".join))


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        pytest.param("1 June 2021", "2021-06-01", id="day month year"),
        pytest.param("June 1, 2021", "2021-06-01", id="month day year"),
        pytest.param("2021-06-01", "2021-06-01", id="ISO"),
        pytest.param("the 1st of June, 2021", "2021-06-01", id="ordinal day"),
        pytest.param("01.06.2021", "2021-06-01", id="dotted"),
        pytest.param("le 1er juin 2021", "2021-06-01", id="French"),
        pytest.param("1 июня 2021 г.", "2021-06-01", id="Russian"),
        pytest.param("June 2021", "2021-06", id="month"),
        pytest.param("Sept. 2017", "2017-09", id="abbreviated month"),
        pytest.param("2021", "2021", id="year"),
        pytest.param("1 June", "--06-01", id="day without year"),
        pytest.param("7–10 April 2025", "2025-04-07 to 2025-04-10", id="range of days"),
        pytest.param("from 7 to 10 April 2025", "from 2025-04-07 to 2025-04-10", id="range in words"),
        pytest.param("April 7-10, 2025", "2025-04-07 to 2025-04-10", id="American range"),
        pytest.param("2017-09-05/07", "2017-09-05 to 2017-09-07", id="ISO range"),
        pytest.param("30 May – 2 June 2021", "2021-05-30 to 2021-06-02", id="range over months"),
        pytest.param("sixty-two", "62", id="number word"),
        pytest.param("one hundred and five", "105", id="long number word"),
        pytest.param("two thousand twenty-one", "2021", id="year in words"),
        pytest.param("soixante-deux", "62", id="French number word"),
        pytest.param("шестьдесят два", "62", id="Russian number word"),
        pytest.param("one, two and three", "1 2 and 3", id="numbers in a row"),
        pytest.param("156,000,000", "156000000", id="grouped digits"),
        pytest.param("156\u00a0000", "156000", id="digits grouped by a space"),
        pytest.param("EUR 156 million", "156000000 eur", id="currency before"),
        pytest.param("156 million euros", "156000000 eur", id="currency behind"),
        pytest.param("€1.5 million", "1500000 eur", id="decimal"),
        pytest.param("20 per cent", "20 percent", id="per cent"),
        pytest.param("the Eighth meeting", "8th meeting", id="ordinal"),
        pytest.param("Côte d'Ivoire", "cote d ivoire", id="accents and punctuation"),
        pytest.param("U.S.A.", "usa", id="initials"),
        pytest.param("2014-2020", "2014 to 2020", id="range of years"),
    ],
)
def test_texts_that_mean_the_same_get_one_spelling(text: str, spelt: str) -> None:
    assert normalise(text) == spelt


@given(TEXTS)
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize(
    ("text", "form", "stands"),
    [
        pytest.param("It joined in November 2020.", "november 2020", True, id="inside"),
        pytest.param("It joined on 3 November 2020.", "November 2020", True, id="more precise than asked"),
        pytest.param("It joined on 3 November 2020.", "2020", True, id="year of a day"),
        pytest.param("It joined on 3 November 2020.", "3 November", True, id="day without its year"),
        pytest.param("It joined in 2020.", "November 2020", False, id="less precise than asked"),
        pytest.param("It joined in November 2021.", "November 2020", False, id="another year"),
        pytest.param("162 countries", "62", False, id="part of a number"),
        pytest.param("sixty-two countries", "62 countries", True, id="number word"),
        pytest.param("Nigeria", "Niger", False, id="part of a word"),
        pytest.param("anything", "the", False, id="a form of articles alone"),
    ],
)
def test_a_form_stands_in_a_text_word_for_word(text: str, form: str, stands: bool) -> None:
    assert contains(text, form) is stands


@given(TEXTS)
def test_a_text_contains_itself_unless_nothing_is_left_of_it(text: str) -> None:
    assert contains(text, text) is bool(normalise(text))


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        pytest.param("The  Blue-Sky, hotel!", "bluesky hotel", id="punctuation goes, words close up"),
        pytest.param("An apple a day", "apple day", id="articles"),
        pytest.param("Théâtre", "théâtre", id="accents stay"),
    ],
)
def test_official_normalisation_is_squads(text: str, normal: str) -> None:
    assert official(text) == normal


@pytest.mark.parametrize(
    ("prediction", "truth", "f1"),
    [
        pytest.param("November 2020", "the November 2020", 1.0, id="equal"),
        pytest.param("in November 2020", "November 2020", 0.8, id="a word more"),
        pytest.param("red red", "red", 2 / 3, id="counts, not sets"),
        pytest.param("red", "blue", 0.0, id="nothing shared"),
        pytest.param("", "blue", 0.0, id="one empty"),
        pytest.param("the", "a", 1.0, id="both empty"),
    ],
)
def test_f1_counts_tokens(prediction: str, truth: str, f1: float) -> None:
    assert token_f1(prediction, truth) == pytest.approx(f1)


@given(TEXTS, TEXTS)
def test_f1_is_symmetric_and_between_zero_and_one(one: str, other: str) -> None:
    assert token_f1(one, other) == token_f1(other, one)
    assert 0 <= token_f1(one, other) <= 1


@given(TEXTS)
def test_f1_of_a_text_with_itself_is_one(text: str) -> None:
    assert token_f1(text, text) == 1
