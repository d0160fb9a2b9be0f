"""Conversations stay with their owner, as they were, until they are deleted."""

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from app.conversations.errors import ConversationFull, KeepingFailed, NothingKept, UnknownConversation
from app.conversations.keeping import Conversations
from app.conversations.store import FILE_NAME, Store
from app.conversations.types import Exchanged
from tests.app.conversations.samples import answer, archive, exchanged

OWNERS = ("alice", "bob")
TEXTS = st.text(st.characters(exclude_characters="\0"), max_size=30)


def test_a_turn_comes_back_whole(tmp_path: Path):
    kept = archive(tmp_path).conversations
    id = kept.create("alice", title="Partners", first=exchanged())
    found = archive(tmp_path).conversations.get("alice", id)
    assert [(turn.number, turn.exchanged) for turn in found.turns] == [(1, exchanged())]
    assert (found.kept.title, found.kept.turns) == ("Partners", 1)


@pytest.mark.parametrize("outcome", ["stopped", "failed"])
def test_a_question_without_an_answer_is_kept_with_its_outcome(tmp_path: Path, outcome: str):
    kept = archive(tmp_path).conversations
    id = kept.create("alice", first=Exchanged("Why?", outcome, 1))
    assert kept.get("alice", id).turns[0].exchanged == Exchanged("Why?", outcome, 1)


def test_a_turn_can_take_the_place_of_the_newest_ones(tmp_path: Path):
    kept = archive(tmp_path).conversations
    id = kept.create("alice", first=exchanged("first"))
    kept.append("alice", id, exchanged("second"))
    assert kept.append("alice", id, exchanged("instead"), in_place_of=1) == 3
    assert [turn.exchanged.question for turn in kept.get("alice", id).turns] == ["first", "instead"]


def test_the_newest_is_listed_first_and_renaming_does_not_change_the_order(tmp_path: Path):
    kept = archive(tmp_path).conversations
    old, new = (kept.create("alice", title=title, first=exchanged()) for title in ("old", "new"))
    kept.rename("alice", old, "older")
    assert [each.title for each in kept.listed("alice").conversations] == ["new", "older"]
    kept.append("alice", old, exchanged())
    assert [each.id for each in kept.listed("alice").conversations] == [old, new]


def test_a_long_list_comes_in_pages(tmp_path: Path):
    kept = archive(tmp_path).conversations
    ids = [kept.create("alice", first=exchanged()) for _ in range(5)]
    pages = [kept.listed("alice", limit=2, offset=offset) for offset in (0, 2, 4)]
    assert [each.id for page in pages for each in page.conversations] == ids[::-1]
    assert {page.total for page in pages} == {5}


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("tashkent", True),
        ("Где", True),
        ("reunion", True),
        ("kazakh", True),
        ("tashkent kazakhstan", True),
        ("tashkent paris", False),
        ('"tashkent', True),
        ("NEAR( * -", False),
        ("", True),
    ],
)
def test_questions_and_answers_are_searched_by_words_and_beginnings(tmp_path: Path, words: str, is_found: bool):
    kept = archive(tmp_path).conversations
    id = kept.create("alice", title="Где?", first=exchanged("Réunion in Tashkent", "Nobody knows [1]."))
    kept.create("bob", first=exchanged("Tashkent, too"))
    found = [each.id for each in kept.listed("alice", words=words).conversations]
    assert found == ([id] if is_found else [])


def test_what_is_deleted_is_found_no_more(tmp_path: Path):
    kept = archive(tmp_path).conversations
    id = kept.create("alice", first=exchanged("Tashkent"))
    kept.delete("alice", id)
    assert kept.listed("alice", words="Tashkent").total == 0


@pytest.mark.parametrize(
    "use",
    [
        lambda kept, id: kept.get("bob", id),
        lambda kept, id: kept.append("bob", id, exchanged()),
        lambda kept, id: kept.rename("bob", id, "mine"),
        lambda kept, id: kept.delete("bob", id),
    ],
    ids=["get", "append", "rename", "delete"],
)
def test_what_belongs_to_somebody_else_is_not_there(tmp_path: Path, use: Callable[[Conversations, str], object]):
    kept = archive(tmp_path).conversations
    id = kept.create("alice", title="hers", first=exchanged())
    with pytest.raises(UnknownConversation):
        use(kept, id)
    found = kept.get("alice", id)
    assert (found.kept.title, len(found.turns)) == ("hers", 1)


def test_with_no_days_nothing_is_written(tmp_path: Path):
    kept = archive(tmp_path, days=0).conversations
    with pytest.raises(NothingKept):
        kept.create("alice", first=exchanged())
    assert kept.listed("alice").total == 0
    assert not (tmp_path / "data").exists()


def test_a_conversation_has_an_end(tmp_path: Path):
    kept = Conversations(Store(tmp_path), most_turns=3)
    id = kept.create("alice")
    for _ in range(3):
        kept.append("alice", id, exchanged())
    with pytest.raises(ConversationFull):
        kept.append("alice", id, exchanged())


def test_half_a_character_is_kept_as_a_question_mark(tmp_path: Path):
    kept = archive(tmp_path).conversations
    id = kept.create("alice", title="a\ud800", first=Exchanged("b\udfff", "failed", 1))
    found = kept.get("alice", id)
    assert (found.kept.title, found.turns[0].exchanged.question) == ("a?", "b?")


def test_a_file_that_is_none_is_one_sentence(tmp_path: Path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / FILE_NAME).write_bytes(b"nothing of the kind" * 100)
    with pytest.raises(KeepingFailed, match=FILE_NAME):
        archive(tmp_path).conversations.create("alice")


def test_the_file_is_for_this_user_alone(tmp_path: Path):
    archive(tmp_path).conversations.create("alice")
    assert (tmp_path / "data" / FILE_NAME).stat().st_mode & 0o077 == 0


class Kept(RuleBasedStateMachine):
    """Against two dictionaries: whatever is done in whatever order, each owner sees just what is theirs."""

    ids = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self._now = datetime(2026, 1, 1, tzinfo=UTC)
        self._kept = Conversations(Store(Path(self._folder.name)), clock=self._tick)
        self._expected: dict[str, tuple[str, list[str]]] = {}

    def teardown(self) -> None:
        self._folder.cleanup()

    def _tick(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now

    @rule(target=ids, owner=st.sampled_from(OWNERS))
    def create(self, owner: str) -> str:
        id = self._kept.create(owner)
        self._expected[id] = (owner, [])
        return id

    @rule(id=ids, owner=st.sampled_from(OWNERS), question=TEXTS, replaced=st.integers(0, 2))
    def append(self, id: str, owner: str, question: str, replaced: int) -> None:
        if self._expected.get(id, ("", []))[0] != owner:
            with pytest.raises(UnknownConversation):
                self._kept.append(owner, id, exchanged(question))
            return
        self._kept.append(owner, id, exchanged(question), in_place_of=replaced)
        turns = self._expected[id][1]
        turns[:] = [*turns[: max(0, len(turns) - replaced)], question]

    @rule(id=ids, owner=st.sampled_from(OWNERS))
    def delete(self, id: str, owner: str) -> None:
        if self._expected.get(id, ("", []))[0] != owner:
            with pytest.raises(UnknownConversation):
                self._kept.delete(owner, id)
            return
        self._kept.delete(owner, id)
        del self._expected[id]

    @rule(owner=st.sampled_from(OWNERS), words=TEXTS)
    def search(self, owner: str, words: str) -> None:
        found = {each.id for each in self._kept.listed(owner, words=words).conversations}
        assert found <= {id for id, (whose, _) in self._expected.items() if whose == owner}

    @invariant()
    def everything_is_there(self) -> None:
        for owner in OWNERS:
            listed = self._kept.listed(owner).conversations
            found = {
                each.id: [turn.exchanged.question for turn in self._kept.get(owner, each.id).turns] for each in listed
            }
            assert found == {id: turns for id, (whose, turns) in self._expected.items() if whose == owner}


TestKept = Kept.TestCase
TestKept.settings = settings(max_examples=8, stateful_step_count=12, deadline=None)


def test_an_answer_of_any_length_comes_back(tmp_path: Path):
    kept = archive(tmp_path).conversations
    long = answer("word " * 50_000)
    id = kept.create("alice", first=Exchanged("Why?", "answered", 1, answer=long))
    assert kept.get("alice", id).turns[0].exchanged.answer == long
