"""Accounts of people: passwords hashed with argon2, sessions that can be ended, and a lock after wrong passwords."""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from secrets import token_urlsafe

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from app.identity.errors import NameTaken, TooManyAttempts, UnknownName, WeakPassword, WrongPassword
from app.identity.names import checked_name
from app.identity.store import Store
from app.identity.types import MEMBER, SCOPES, Principal

SESSION_SECONDS = 7 * 24 * 3600
ATTEMPTS = 5
LOCK_SECONDS = 15 * 60
LEAST_PASSWORD = 12
MOST_PASSWORD = 1024


@dataclass(frozen=True, slots=True)
class UserRecord:
    """What is known of an account."""

    name: str
    is_admin: bool
    created: float


class Users:
    """The accounts in a store, and their sessions."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, name: str, password: str, *, is_admin: bool = False) -> None:
        """Add an account.

        Raises:
            InvalidName: nobody can have that name.
            NameTaken: somebody has it.
            WeakPassword: the password is too short.
        """
        row = (checked_name(name), _hashed(password), is_admin, self._store.now())
        with self._store.writing() as connection:
            done = connection.execute("INSERT INTO users VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", row)
        if not done.rowcount:
            raise NameTaken(f"There is an account {name!r} already.")

    def listed(self) -> list[UserRecord]:
        """Every account, by name."""
        rows = self._store.rows("SELECT name, is_admin, created FROM users ORDER BY name")
        return [UserRecord(name, bool(is_admin), created) for name, is_admin, created in rows]

    def remove(self, name: str) -> None:
        """Remove an account, its sessions, and the keys of that name.

        Raises:
            UnknownName: there is no such account.
        """
        with self._store.writing() as connection:
            done = connection.execute("DELETE FROM users WHERE name = ?", (name,))
            _check_found(done.rowcount, name)
            connection.execute(
                "UPDATE keys SET revoked = ? WHERE name = ? AND revoked IS NULL", (self._store.now(), name)
            )

    def set_password(self, name: str, password: str) -> None:
        """Give an account another password, and end its sessions.

        Raises:
            UnknownName: there is no such account.
            WeakPassword: the password is too short.
        """
        hashed = _hashed(password)
        with self._store.writing() as connection:
            _check_found(
                connection.execute("UPDATE users SET password = ? WHERE name = ?", (hashed, name)).rowcount, name
            )
            connection.execute("DELETE FROM sessions WHERE user = ?", (name,))

    def log_in(self, name: str, password: str, *, address: str) -> str:
        """The token of a new session.

        Raises:
            TooManyAttempts: the account had five wrong passwords from that address in a quarter of an hour.
            WrongPassword: name and password do not belong together.
        """
        attempt = sha256(f"{name}\0{address}".encode()).digest()
        self._count(attempt)
        rows = self._store.rows("SELECT password FROM users WHERE name = ?", (name,))
        if not _is_right(rows[0][0] if rows else _nobodys(), password) or not rows:
            raise WrongPassword("That name and that password do not belong together.")
        token = token_urlsafe(32)
        with self._store.writing() as connection:
            connection.execute("DELETE FROM attempts WHERE whose = ?", (attempt,))
            session = (_digest(token), name, self._store.now() + SESSION_SECONDS)
            connection.execute("INSERT INTO sessions VALUES (?, ?, ?)", session)
        return token

    def log_out(self, token: str) -> None:
        """End a session."""
        with self._store.writing() as connection:
            connection.execute("DELETE FROM sessions WHERE digest = ?", (_digest(token),))

    def logged_in(self, token: str) -> Principal | None:
        """Whose session a token is, or None when it is none or over."""
        rows = self._store.rows(
            "SELECT name, is_admin FROM sessions JOIN users ON user = name WHERE digest = ? AND expires > ?",
            (_digest(token), self._store.now()),
        )
        return Principal(rows[0][0], frozenset(SCOPES if rows[0][1] else MEMBER)) if rows else None

    def _count(self, attempt: bytes) -> None:
        """Note an attempt before its password is looked at: many at once must not get more than five."""
        now = self._store.now()
        with self._store.writing() as connection:
            made, first = connection.execute(
                "SELECT count(*), min(at) FROM attempts WHERE whose = ? AND at > ?", (attempt, now - LOCK_SECONDS)
            ).fetchone()
            if made < ATTEMPTS:
                connection.execute("INSERT INTO attempts VALUES (?, ?)", (attempt, now))
        if made >= ATTEMPTS:
            minutes = max(1, round((first + LOCK_SECONDS - now) / 60))
            raise TooManyAttempts(f"Too many wrong passwords; please try again in {minutes} minutes.")


def _check_found(count: int, name: str) -> None:
    if not count:
        raise UnknownName(f"There is no account {name!r}: see `coe user list`.")


def _hashed(password: str) -> str:
    if not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD:
        raise WeakPassword(f"A password needs {LEAST_PASSWORD} to {MOST_PASSWORD:,} characters.")
    return PasswordHasher().hash(password)


@cache
def _nobodys() -> str:
    """A hash to compare with where there is no account, so that time does not tell that there is none."""
    return PasswordHasher().hash(token_urlsafe(32))


def _is_right(hashed: str, password: str) -> bool:
    try:
        return PasswordHasher().verify(hashed, password)
    except VerificationError:
        return False


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()
