"""Accounts: passwords that cannot be read back, sessions that end, and the lock after five wrong passwords."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.identity.errors import NameTaken, TooManyAttempts, UnknownName, WeakPassword, WrongPassword
from app.identity.keys import Keys
from app.identity.store import FILE_NAME, Store
from app.identity.types import MEMBER, SCOPES, Principal
from app.identity.users import ATTEMPTS, LOCK_SECONDS, SESSION_SECONDS, Users
from tests.app.identity.test_keys import Clock

PASSWORD = "correct horse battery"
HERE, THERE = "192.0.2.1", "192.0.2.2"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Store:
    return Store(tmp_path, clock=clock)


@pytest.fixture
def users(store: Store) -> Users:
    users = Users(store)
    users.add("alice", PASSWORD)
    return users


def fail(users: Users, times: int, *, address: str = HERE) -> None:
    for _ in range(times):
        with pytest.raises(WrongPassword):
            users.log_in("alice", "not the password", address=address)


def test_a_session_says_who_is_there_until_it_is_over(users: Users, clock: Clock):
    token = users.log_in("alice", PASSWORD, address=HERE)
    before = users.logged_in(token)
    clock.now += SESSION_SECONDS
    assert (before, users.logged_in(token)) == (Principal("alice", frozenset(MEMBER)), None)


def test_an_admin_may_everything(users: Users):
    users.add("root", PASSWORD, is_admin=True)
    assert users.logged_in(users.log_in("root", PASSWORD, address=HERE)) == Principal("root", frozenset(SCOPES))


def test_who_logs_out_leaves_only_that_session(users: Users):
    first, second = (users.log_in("alice", PASSWORD, address=HERE) for _ in range(2))
    users.log_out(first)
    assert (users.logged_in(first), users.logged_in(second)) == (None, Principal("alice", frozenset(MEMBER)))


def test_another_password_ends_every_session_and_the_old_one_opens_nothing(users: Users):
    token = users.log_in("alice", PASSWORD, address=HERE)
    users.set_password("alice", "another long one")
    assert users.logged_in(token) is None
    fail(users, 1)
    assert users.log_in("alice", "another long one", address=HERE)


def test_a_removed_account_is_gone_with_its_sessions_and_keys(users: Users, store: Store):
    token, key = users.log_in("alice", PASSWORD, address=HERE), Keys(store).create("alice", MEMBER)
    users.remove("alice")
    assert (users.logged_in(token), Keys(store).holder(key), users.listed()) == (None, None, [])
    fail(users, 1)


def test_the_file_holds_neither_password_nor_token(users: Users, tmp_path: Path):
    token = users.log_in("alice", PASSWORD, address=HERE)
    content = (tmp_path / FILE_NAME).read_bytes()
    assert [secret for secret in (PASSWORD, token, HERE) if secret.encode() in content] == []


def test_after_five_wrong_passwords_the_right_one_is_refused_too_for_a_quarter_of_an_hour(users: Users, clock: Clock):
    fail(users, ATTEMPTS)
    for password in ("not the password", PASSWORD):
        with pytest.raises(TooManyAttempts, match="try again in 15 minutes"):
            users.log_in("alice", password, address=HERE)
    clock.now += LOCK_SECONDS
    assert users.log_in("alice", PASSWORD, address=HERE)


def test_the_lock_is_for_one_account_from_one_address(users: Users):
    fail(users, ATTEMPTS)
    assert users.log_in("alice", PASSWORD, address=THERE)


def test_the_right_password_forgives_the_wrong_ones(users: Users):
    fail(users, ATTEMPTS - 1)
    users.log_in("alice", PASSWORD, address=HERE)
    fail(users, ATTEMPTS - 1)


def test_many_at_once_get_no_more_than_five_attempts(users: Users):
    def attempt(_: int) -> str:
        try:
            return users.log_in("alice", "not the password", address=HERE)
        except (WrongPassword, TooManyAttempts) as error:
            return error.code

    with ThreadPoolExecutor(8) as people:
        told = list(people.map(attempt, range(12)))
    assert (told.count("wrong_password"), told.count("too_many_attempts")) == (ATTEMPTS, 12 - ATTEMPTS)


def test_an_account_that_is_not_there_fails_and_locks_alike(users: Users):
    for expected in [WrongPassword] * ATTEMPTS + [TooManyAttempts]:
        with pytest.raises(expected):
            users.log_in("mallory", PASSWORD, address=HERE)


def test_what_is_over_is_purged_and_nothing_else(users: Users, store: Store, clock: Clock):
    old = users.log_in("alice", PASSWORD, address=HERE)
    fail(users, 1)
    clock.now += SESSION_SECONDS
    new = users.log_in("alice", PASSWORD, address=THERE)
    fail(users, 1, address=THERE)
    assert store.purge(attempts_before=clock.now - LOCK_SECONDS) == 2
    assert (users.logged_in(old), users.logged_in(new)) == (None, Principal("alice", frozenset(MEMBER)))


@pytest.mark.parametrize("password", ["", "short", "x" * 1025])
def test_a_password_that_is_none_is_refused(users: Users, password: str):
    with pytest.raises(WeakPassword):
        users.add("bob", password)


def test_a_name_can_be_taken_once(users: Users):
    with pytest.raises(NameTaken):
        users.add("alice", PASSWORD)


@pytest.mark.parametrize(
    "change", [lambda users: users.remove("bob"), lambda users: users.set_password("bob", PASSWORD)]
)
def test_an_account_that_is_not_there_cannot_be_changed(users: Users, change):
    with pytest.raises(UnknownName, match="no account 'bob'"):
        change(users)


def test_a_store_is_empty_until_somebody_is_in_it(tmp_path: Path):
    store = Store(tmp_path / "later")
    before = store.is_empty()
    Keys(store).create("alice", MEMBER)
    assert (before, store.is_empty()) == (True, False)
