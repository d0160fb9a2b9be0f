from collections.abc import Sequence
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from app.answering.windows import MAX_PLACE, MAX_QUESTION, MAX_TOKENS, OVERLAP, Window, load_tokenizer, windows
from ingest.embedding import EMBEDDED_MODEL, check_model

CLS, SEP = 101, 102
WORDS = st.lists(st.sampled_from("the tent Almaty CBRN unavailability 2021 , café naïve Ташкент".split()), max_size=500)


@lru_cache(maxsize=1)
def tokenizer() -> Tokenizer:
    return load_tokenizer(check_model(EMBEDDED_MODEL).folder / "tokenizer.json")


def pieces(text: str) -> list[int]:
    return list(tokenizer().encode(text, add_special_tokens=False).ids)


def cut(text: str, question: str = "Where?", place: str = "Report") -> list[Window]:
    return list(windows(tokenizer(), question, place, text))


def text_ids(window: Window) -> Sequence[int]:
    return window.ids[window.text_at : -1]


def test_a_window_is_question_place_and_text_between_marks() -> None:
    (window,) = cut("The tent is red.", "Which tent?", "Camp")
    head = [CLS, *pieces("Which tent?"), SEP]
    assert list(window.ids) == [*head, *pieces("Camp"), *pieces("The tent is red."), SEP]
    assert (window.context_at, window.text_at) == (len(head), len(head) + len(pieces("Camp")))


def test_offsets_give_the_words_of_the_text() -> None:
    text = "Café  Zürich,\nунавailable in 2021"
    (window,) = cut(text)
    said = [text[start:end] for start, end in window.offsets]
    assert (said[0], "".join(said)) == ("Café", "".join(text.split()))


@settings(deadline=None)
@given(st.text(max_size=80))
def test_offsets_lie_in_any_text_in_order(text: str) -> None:
    edges = [edge for window in cut(text) for offsets in window.offsets for edge in offsets]
    assert edges == sorted(edges)
    assert all(0 <= edge <= len(text) for edge in edges)


@settings(deadline=None)
@given(WORDS)
def test_windows_cover_every_piece_once_but_for_their_overlap(found: list[str]) -> None:
    text = " ".join(found)
    first, *others = cut(text)
    joined = [*text_ids(first)]
    for window in others:
        assert joined[-OVERLAP:] == list(text_ids(window)[:OVERLAP])
        assert len(text_ids(window)) > OVERLAP
        joined += text_ids(window)[OVERLAP:]
    assert joined == pieces(text)


@settings(deadline=None)
@given(st.text(max_size=400), st.text(max_size=400), WORDS)
def test_a_window_is_never_too_long_and_each_piece_has_its_place(question: str, place: str, found: list[str]) -> None:
    for window in cut(" ".join(found), question, place):
        assert len(window.ids) <= MAX_TOKENS
        assert len(window.offsets) == len(text_ids(window))
        assert (window.ids[0], window.ids[window.context_at - 1], window.ids[-1]) == (CLS, SEP, SEP)


def test_a_long_question_and_a_long_place_are_cut() -> None:
    (window,) = cut("Red.", "tent " * 100, "camp " * 100)
    asked, where = window.context_at - 2, window.text_at - window.context_at
    assert (asked, where) == (MAX_QUESTION, MAX_PLACE)


@pytest.mark.parametrize("text", ["", " \n\t"], ids=["empty", "blank"])
def test_a_text_without_words_is_one_window_without_text(text: str) -> None:
    (window,) = cut(text)
    assert (window.offsets, window.text_at) == ((), len(window.ids) - 1)


def test_a_text_that_just_fits_is_one_window() -> None:
    room = MAX_TOKENS - cut("")[0].text_at - 1
    assert [len(cut("tent " * size)) for size in (room, room + 1)] == [1, 2]
