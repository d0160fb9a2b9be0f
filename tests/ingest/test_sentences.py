"""Sentences are exact spans, whatever the text."""

from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sentences import Span, sentences

TEXTS = st.text(st.sampled_from("aBжÉ1.!?…\"'”»)(« \t\n\r\u00a0\u2028;,")) | st.text()


def _read(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentences(text)]


@given(TEXTS)
def test_spans_are_stripped_and_leave_only_white_space_out(text: str) -> None:
    spans = sentences(text)
    borders = [0, *(edge for span in spans for edge in (span.start, span.end)), len(text)]
    gaps = [text[start:end] for start, end in zip(borders[::2], borders[1::2], strict=True)]

    assert borders == sorted(borders)
    assert all(text[span.start : span.end].strip() == text[span.start : span.end] != "" for span in spans)
    assert not "".join(gaps).strip()


@given(TEXTS, st.integers(0, 20), st.integers(0, 60))
def test_spans_stay_in_the_stretch_that_was_asked_for(text: str, start: int, length: int) -> None:
    start = min(start, len(text))
    end = min(start + length, len(text))

    spans = sentences(text, start, end)

    assert all(start <= span.start < span.end <= end for span in spans)
    assert all(first.end <= second.start for first, second in pairwise(spans))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("It met. Then it left.", ["It met.", "Then it left."], id="two"),
        pytest.param("H.E. Mr. Aziz spoke. He left.", ["H.E. Mr. Aziz spoke.", "He left."], id="titles"),
        pytest.param("J. R. Smith opened it. All came.", ["J. R. Smith opened it.", "All came."], id="initials"),
        pytest.param("See No. 3 and Fig. 2. It is new.", ["See No. 3 and Fig. 2.", "It is new."], id="numbers"),
        pytest.param("On 3 Sept. 2021 it met. Good.", ["On 3 Sept. 2021 it met.", "Good."], id="month"),
        pytest.param("It cost 3.5 million. Fine.", ["It cost 3.5 million.", "Fine."], id="decimal"),
        pytest.param("Wait… What? Yes! No.", ["Wait…", "What?", "Yes!", "No."], id="marks"),
        pytest.param('He said "Go." They went.', ['He said "Go."', "They went."], id="closing quote"),
        pytest.param("It grew, e.g. in Rabat. Good.", ["It grew, e.g. in Rabat.", "Good."], id="e.g."),
        pytest.param("1. The work begins. 2. It ends.", ["1. The work begins.", "2. It ends."], id="enumerated"),
        pytest.param("First line\nsecond line", ["First line", "second line"], id="line break"),
        pytest.param(
            "La réunion a eu lieu à Rabat. M. Dupont l’a ouverte. « Écoutez ! » dit-il.",
            ["La réunion a eu lieu à Rabat.", "M. Dupont l’a ouverte.", "« Écoutez ! » dit-il."],
            id="French",
        ),
        pytest.param("« Écoutez ! » Il partit.", ["« Écoutez ! »", "Il partit."], id="French quote"),
        pytest.param(
            "Il est né en 1. Bien.",
            ["Il est né en 1.", "Bien."],
            id="number at the end",
        ),
        pytest.param(
            "Встреча прошла в г. Ташкенте. Участвовали пять стран. А. С. Иванов открыл её.",
            ["Встреча прошла в г. Ташкенте.", "Участвовали пять стран.", "А. С. Иванов открыл её."],
            id="Russian",
        ),
        pytest.param(" \n\t ", [], id="white space"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_sentence_borders(text: str, expected: list[str]) -> None:
    assert _read(text) == expected


def test_offsets_count_from_the_start_of_the_whole_text() -> None:
    assert sentences("One. Two. Three.", 5, 9) == [Span(5, 9)]


@pytest.mark.parametrize("piece", ["word ", "word. ", "Word. ", ".", ". ", '."', "A. ", "a.b", " ", ". x", "(", "1. "])
def test_a_line_of_three_hundred_kilobytes_is_split_within_three_seconds(piece: str) -> None:
    text = piece * (300_000 // len(piece))
    started = process_time()

    sentences(text)

    assert process_time() - started < 3.0
