"""What an ingestion has to do, as tables."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sync import Held, loses_too_much, plan
from ingest.types import Origin, Source, SyncPlan


def _source(id: str, content: str, origin: Origin = "corpus") -> Source:
    return Source(id, Path(f"/corpus/{id}.md"), origin, content)


def _held(content: str, origin: Origin = "corpus") -> Held:
    return Held(content, origin, "somewhere")


@pytest.mark.parametrize(
    ("found", "held", "expected"),
    [
        pytest.param([], {}, SyncPlan(), id="nothing at all"),
        pytest.param([_source("a", "1")], {}, SyncPlan(write=(_source("a", "1"),)), id="new"),
        pytest.param([_source("a", "1")], {"a": _held("1")}, SyncPlan(unchanged=("a",)), id="unchanged"),
        pytest.param([_source("a", "2")], {"a": _held("1")}, SyncPlan(write=(_source("a", "2"),)), id="edited"),
        pytest.param([], {"a": _held("1")}, SyncPlan(delete=("a",)), id="removed"),
        pytest.param(
            [_source("b", "1")], {"a": _held("1")}, SyncPlan(write=(_source("b", "1"),), delete=("a",)), id="renamed"
        ),
        pytest.param([], {"added/a": _held("1", "added")}, SyncPlan(), id="added by hand stays"),
        pytest.param(
            [_source("a", "1")],
            {"a": _held("1", "added")},
            SyncPlan(write=(_source("a", "1"),)),
            id="the same content of another origin",
        ),
        pytest.param(
            [_source("b", "1"), _source("a", "1")],
            {},
            SyncPlan(write=(_source("a", "1"), _source("b", "1"))),
            id="in the order of ids",
        ),
    ],
)
def test_plan_of_a_whole_corpus(found: list[Source], held: dict[str, Held], expected: SyncPlan) -> None:
    assert plan(found, held, delete_missing=True) == expected


NAMES = st.sampled_from("abcdef")
CONTENTS = st.sampled_from("123")
ORIGINS = st.sampled_from(["corpus", "added"])


@given(
    st.dictionaries(NAMES, CONTENTS),
    st.dictionaries(NAMES, st.builds(_held, CONTENTS, ORIGINS)),
    st.booleans(),
)
def test_what_a_plan_leaves_is_what_was_found(found: dict[str, str], held: dict[str, Held], delete: bool) -> None:
    sources = [_source(id, content) for id, content in found.items()]

    sync = plan(sources, held, delete_missing=delete)

    left = {id: each for id, each in held.items() if id not in sync.delete}
    after = left | {source.id: _held(source.sha256, source.origin) for source in sync.write}
    corpus = {id: each.sha256 for id, each in after.items() if each.origin == "corpus"}
    assert corpus.items() >= found.items()
    assert {*(source.id for source in sync.write), *sync.unchanged} == found.keys()
    assert not {source.id for source in sync.write} & {*sync.unchanged, *sync.delete}
    assert {id for id, each in held.items() if each.origin == "added"} <= after.keys()
    assert not delete or corpus == found


def test_naming_files_deletes_nothing() -> None:
    held = {"a": _held("1"), "b": _held("2")}

    assert plan([_source("a", "1")], held, delete_missing=False) == SyncPlan(unchanged=("a",))


def _corpus(count: int) -> dict[str, Held]:
    return {f"d{number:02}": _held(f"content {number}") for number in range(count)}


def _deleting(count: int, *, written: tuple[Source, ...] = ()) -> SyncPlan:
    return SyncPlan(write=written, delete=tuple(f"d{number:02}" for number in range(count)))


@pytest.mark.parametrize(
    ("sync", "held", "refused"),
    [
        pytest.param(_deleting(0), _corpus(3), False, id="none"),
        pytest.param(_deleting(2), _corpus(3), False, id="few of few"),
        pytest.param(_deleting(3), _corpus(3), True, id="all of few"),
        pytest.param(_deleting(5), _corpus(6), False, id="five are always allowed"),
        pytest.param(_deleting(6), _corpus(30), False, id="a fifth"),
        pytest.param(_deleting(7), _corpus(30), True, id="more than a fifth"),
        pytest.param(_deleting(30), _corpus(30), True, id="all"),
        pytest.param(
            _deleting(30, written=tuple(_source(f"e{n}", f"content {n}") for n in range(30))),
            _corpus(30),
            False,
            id="all renamed",
        ),
        pytest.param(
            _deleting(30, written=tuple(_source(f"e{n}", f"content {n}") for n in range(20))),
            _corpus(30),
            True,
            id="renamed and too many lost",
        ),
        pytest.param(
            _deleting(6),
            {**_corpus(20), **{f"added/{n}": _held("x", "added") for n in range(80)}},
            True,
            id="added ones do not count",
        ),
        pytest.param(_deleting(0), {"added/a": _held("1", "added")}, False, id="no corpus"),
    ],
)
def test_losing_too_much(sync: SyncPlan, held: dict[str, Held], refused: bool) -> None:
    assert loses_too_much(sync, held) is refused
