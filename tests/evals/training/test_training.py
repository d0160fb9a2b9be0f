import io
import json
import random
from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file
from tokenizers import Tokenizer

from app.answering.windows import Window, load_tokenizer, windows
from evals.training.examples import Example
from evals.training.network import ReaderNetwork, load_trained, trained_state
from evals.training.training import NO_ANSWER, Feature, Schedule, batches, features, span_in, train
from ingest.embedding import EMBEDDED_MODEL, check_model

MILL = "The old mill was built in 1820 by Anna Berg, who also ground rye in it."
FILLER = "The yard holds two pumps. "
FOLDER = check_model(EMBEDDED_MODEL).folder


@lru_cache(maxsize=1)
def tokenizer() -> Tokenizer:
    return load_tokenizer(FOLDER / "tokenizer.json")


def cut(text: str) -> list[Window]:
    return list(windows(tokenizer(), "Who built it?", "Old mill", text))


def example(text: str, *answers: str, is_relevant: bool | None = True) -> Example:
    places = tuple((text.index(answer), text.index(answer) + len(answer)) for answer in answers)
    return Example("Who built it?", "Old mill", text, places, is_relevant)


def said(window: Window, text: str, first: int, last: int) -> str:
    """The characters from one piece of a window to another."""
    return text[window.offsets[first - window.text_at][0] : window.offsets[last - window.text_at][1]]


@settings(deadline=None)
@given(st.tuples(*[st.integers(0, len(MILL.split()) - 1)] * 2).map(sorted))
def test_words_are_found_as_pieces_and_the_pieces_are_those_words(places: list[int]) -> None:
    found = MILL.split()
    first, last = places
    start = len(" ".join(found[:first])) + bool(first)
    end = len(" ".join(found[: last + 1]))
    (window,) = cut(MILL)
    place = span_in(window, start, end)
    assert place is not None
    assert said(window, MILL, *place) == MILL[start:end]


@pytest.mark.parametrize(("answer", "whole"), [("ill", "mill"), ("ol", "old"), ("mill was bui", "mill was built")])
def test_a_word_cut_by_the_answer_is_taken_whole(answer: str, whole: str) -> None:
    (window,) = cut(MILL)
    start = MILL.index(answer)
    place = span_in(window, start, start + len(answer))
    assert place is not None
    assert said(window, MILL, *place) == whole


def test_an_answer_that_a_window_cuts_off_is_not_in_it() -> None:
    text = f"{FILLER * 60}{MILL}{FILLER * 60}"
    start, end = text.index("Anna Berg"), text.index("Anna Berg") + len("Anna Berg")
    for window in cut(text):
        place = span_in(window, start, end)
        is_inside = window.offsets[0][0] <= start and end <= window.offsets[-1][1]
        assert (place is not None) == is_inside
        assert place is None or said(window, text, *place) == "Anna Berg"
    assert span_in(cut("")[0], 0, 4) is None


def test_a_feature_points_to_the_answer_of_its_window() -> None:
    (feature,) = features(tokenizer(), [example(MILL, "Anna Berg")], 1)
    assert said(feature.window, MILL, feature.start, feature.end) == "Anna Berg"
    assert (feature.answers, feature.relevant) == (1.0, 1.0)


def test_a_feature_of_a_long_passage_is_a_window_with_the_answer() -> None:
    text = f"{FILLER * 60}{MILL}{FILLER * 60}"
    for seed in range(5):
        (feature,) = features(tokenizer(), [example(text, "Anna Berg", "1820")], seed)
        assert said(feature.window, text, feature.start, feature.end) in ("Anna Berg", "1820")


@pytest.mark.parametrize(("is_relevant", "relevant"), [(True, 1.0), (False, 0.0), (None, -1.0)])
def test_without_an_answer_a_feature_points_to_the_first_mark(is_relevant: bool | None, relevant: float) -> None:
    (feature,) = features(tokenizer(), [example(MILL, is_relevant=is_relevant)], 1)
    assert ((feature.start, feature.end), feature.answers, feature.relevant) == (NO_ANSWER, 0.0, relevant)


def test_the_same_seed_gives_the_same_features() -> None:
    asked = [example(f"{FILLER * size}{MILL}", "Anna Berg", "1820") for size in range(0, 90, 30)]
    assert features(tokenizer(), asked, 3) == features(tokenizer(), asked, 3)


@given(st.lists(st.integers(1, 250), max_size=150), st.integers(1, 16), st.integers(0, 99))
def test_batches_keep_every_item_once(lengths: list[int], size: int, seed: int) -> None:
    items = [Feature(Window((at,) * length, 1, 1, ()), 0, 0, 0.0, 0.0) for at, length in enumerate(lengths)]
    made = list(batches(items, size, random.Random(seed)))
    assert Counter(one.window.ids for batch in made for one in batch) == Counter(one.window.ids for one in items)
    assert all(1 <= len(batch) <= size for batch in made)
    assert made == list(batches(items, size, random.Random(seed)))


def test_a_batch_holds_items_of_like_length() -> None:
    items = [Feature(Window((0,) * (1 + at % 250), 1, 1, ()), 0, 0, 0.0, 0.0) for at in range(64)]
    for batch in batches(items, 8, random.Random(1)):
        lengths = [len(one.window.ids) for one in batch]
        assert max(lengths) - min(lengths) < 8


@pytest.fixture
def network() -> ReaderNetwork:
    torch.manual_seed(1)
    return ReaderNetwork(FOLDER)


@pytest.mark.model
def test_training_writes_weights_and_a_log_and_leaves_the_embeddings(network: ReaderNetwork, tmp_path: Path) -> None:
    before = {name: value.clone() for name, value in network.state_dict().items()}
    asked = [
        example(MILL, "Anna Berg"),
        example(FILLER, is_relevant=False),
        example(MILL, "1820", is_relevant=None),
        example(FILLER, is_relevant=None),
    ]
    log, out = io.StringIO(), tmp_path / "weights.safetensors"
    schedule = Schedule(epochs=1, batch=2)
    train(network, features(tokenizer(), asked, schedule.seed), schedule, out=out, log=log)
    (head,) = map(json.loads, log.getvalue().splitlines())
    assert (head["examples"], head["steps"], head["schedule"]["batch"]) == (4, 2, 2)
    stored = load_file(out)
    assert set(stored) == {name for name in before if not name.startswith("encoder.embeddings")}
    after = network.state_dict()
    changed = {name for name, value in before.items() if not torch.equal(value, after[name])}
    assert (
        {"spans.weight", "verdicts.weight", "encoder.encoder.layer.0.attention.self.query.weight"}
        <= changed
        <= set(stored)
    )
    assert all(torch.equal(value, after[name]) and bool(value.isfinite().all()) for name, value in stored.items())


@pytest.mark.model
def test_training_that_is_to_stop_before_its_first_step_learns_nothing(network: ReaderNetwork, tmp_path: Path) -> None:
    before = {name: value.clone() for name, value in network.state_dict().items()}
    schedule = Schedule(epochs=2, batch=1, stop_after=0)
    items = features(tokenizer(), [example(MILL, "1820")], schedule.seed)
    train(network, items, schedule, out=tmp_path / "weights.safetensors", log=io.StringIO())
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


@pytest.mark.model
def test_trained_weights_are_taken_up_and_those_of_another_network_refused(network: ReaderNetwork) -> None:
    state = {name: value + 1 for name, value in trained_state(network).items()}
    load_trained(network, state)
    assert all(torch.equal(value, state[name]) for name, value in trained_state(network).items())
    del state["spans.bias"]
    with pytest.raises(ValueError, match=r"missing \['spans.bias'\]"):
        load_trained(network, state)
    with pytest.raises(ValueError, match=r"unexpected \['other'\]"):
        load_trained(network, {**trained_state(network), "other": torch.zeros(1)})
