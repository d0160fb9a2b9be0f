"""Keys: readable once, hashed in the file, limited in scope and time, refused at once when revoked."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from app.identity.errors import AccountsUnavailable, InvalidName, InvalidScope, UnknownName
from app.identity.keys import DAY, Keys
from app.identity.store import FILE_NAME, Store
from app.identity.types import MEMBER, Principal


@dataclass
class Clock:
    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keys(tmp_path: Path, clock: Clock) -> Keys:
    return Keys(Store(tmp_path, clock=clock))


def test_a_key_says_who_comes_and_what_that_one_may(keys: Keys):
    key = keys.create("alice", ["read", "ask"])
    assert keys.holder(key) == Principal("alice", frozenset(("ask", "read")))


def test_the_file_does_not_hold_the_key_and_is_for_its_owner_alone(keys: Keys, tmp_path: Path):
    key = keys.create("alice", ["ask"])
    file = tmp_path / FILE_NAME
    assert key.rpartition("_")[2].encode() not in file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_list_shows_prefix_holder_and_dates_and_no_key(keys: Keys, clock: Clock):
    key = keys.create("alice", ["admin", "ask"], days=2)
    (listed,) = keys.listed()
    assert (listed.prefix, listed.name, listed.scopes) == (key[:16], "alice", ("ask", "admin"))
    assert (listed.created, listed.expires, listed.revoked) == (clock.now, clock.now + 2 * DAY, None)
    assert key not in repr(listed)


def test_an_expired_key_opens_nothing(keys: Keys, clock: Clock):
    key = keys.create("alice", MEMBER, days=1)
    clock.now += DAY
    assert keys.holder(key) is None
    assert not keys.listed()[0].is_valid(clock.now)


def test_a_revoked_key_opens_nothing_and_the_other_of_the_same_holder_does(keys: Keys):
    first, second = keys.create("alice", MEMBER), keys.create("alice", MEMBER)
    assert keys.revoke(first[:16]) == 1
    assert (keys.holder(first), keys.holder(second)) == (None, Principal("alice", frozenset(MEMBER)))


def test_a_name_revokes_every_key_of_its_holder(keys: Keys):
    made = [keys.create("alice", MEMBER), keys.create("alice", MEMBER), keys.create("bob", MEMBER)]
    assert keys.revoke("alice") == 2
    assert [keys.holder(key) is None for key in made] == [True, True, False]


@pytest.mark.parametrize("which", ["nobody-here", "coe_000000000000", "", "%"])
def test_a_key_that_is_not_there_cannot_be_revoked(keys: Keys, which: str):
    keys.create("alice", MEMBER)
    with pytest.raises(UnknownName):
        keys.revoke(which)


@pytest.mark.parametrize("change", [lambda key: f"{key[:-1]}", lambda key: f"{key}x", lambda key: f"{key[:-2]}\xe9x"])
def test_a_key_that_is_not_whole_opens_nothing(keys: Keys, change):
    assert keys.holder(change(keys.create("alice", MEMBER))) is None


def test_the_secret_of_one_key_does_not_go_with_the_prefix_of_another(keys: Keys):
    first, second = keys.create("alice", MEMBER), keys.create("bob", ["admin"])
    assert keys.holder(second[:16] + first[16:]) is None


def test_asking_for_a_key_makes_no_file(keys: Keys, tmp_path: Path):
    assert keys.holder(f"coe_{'0' * 12}_{'x' * 43}") is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["", "Alice", "local", "nobody", "visitor-1", "a" * 65, "a b", "-a", "a\n"])
def test_a_name_that_nobody_can_have_is_refused(keys: Keys, name: str):
    with pytest.raises(InvalidName):
        keys.create(name, MEMBER)


def test_a_scope_that_there_is_not_is_refused(keys: Keys):
    with pytest.raises(InvalidScope, match="'write' is not a scope: use ask, read, admin"):
        keys.create("alice", ["ask", "write"])


def test_a_file_that_is_no_database_is_told_and_lets_nobody_in(keys: Keys, tmp_path: Path):
    key = keys.create("alice", MEMBER)
    (tmp_path / FILE_NAME).write_bytes(b"not a database, but long enough to be looked at" * 100)
    with pytest.raises(AccountsUnavailable, match=r"accounts\.sqlite of the data folder cannot be used"):
        keys.holder(key)
