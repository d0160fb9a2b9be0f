"""Keys of programs: shown once, kept as a hash, limited in scope and time, revocable."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from secrets import token_hex, token_urlsafe

from app.identity.errors import InvalidScope, UnknownName
from app.identity.names import checked_name
from app.identity.store import Store
from app.identity.types import SCOPES, Principal, Scope

DAY = 24 * 3600
_KEY = re.compile(r"coe_([0-9a-f]{12})_[\w-]{43}", re.ASCII)


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """What is known of a key; the key itself is not."""

    prefix: str
    name: str
    scopes: tuple[Scope, ...]
    created: float
    expires: float | None
    revoked: float | None

    def is_valid(self, now: float) -> bool:
        """True when the key opens something at that time."""
        return self.revoked is None and (self.expires is None or now < self.expires)


class Keys:
    """The keys in a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def create(self, name: str, scopes: Iterable[str], *, days: float | None = None) -> str:
        """A new key of that holder: the only time that it can be read.

        Raises:
            InvalidName: nobody can have that name.
            InvalidScope: there is no such scope.
        """
        id, now = token_hex(6), self._store.now()
        key = f"coe_{id}_{token_urlsafe(32)}"
        expires = None if days is None else now + days * DAY
        row = (id, checked_name(name), _digest(key), " ".join(_checked(scopes)), now, expires)
        with self._store.writing() as connection:
            connection.execute("INSERT INTO keys VALUES (?, ?, ?, ?, ?, ?, NULL)", row)
        return key

    def listed(self) -> list[KeyRecord]:
        """Every key that was made, oldest first."""
        rows = self._store.rows("SELECT id, name, scopes, created, expires, revoked FROM keys ORDER BY created, id")
        return [
            KeyRecord(f"coe_{id}", name, _checked(scopes.split()), created, expires, revoked)
            for id, name, scopes, created, expires, revoked in rows
        ]

    def revoke(self, which: str) -> int:
        """Revoke the key with that prefix, or every key of that holder; how many they were.

        Raises:
            UnknownName: there is no such key.
        """
        with self._store.writing() as connection:
            changed = connection.execute(
                "UPDATE keys SET revoked = ? WHERE revoked IS NULL AND ('coe_' || id = ? OR name = ?)",
                (self._store.now(), which, which),
            ).rowcount
        if not changed:
            raise UnknownName(f"There is no valid key with the prefix or name {which!r}: see `coe key list`.")
        return changed

    def holder(self, key: str) -> Principal | None:
        """Who comes with a key, or None when it opens nothing."""
        match = _KEY.fullmatch(key)
        if match is None:
            return None
        rows = self._store.rows("SELECT name, digest, scopes, expires, revoked FROM keys WHERE id = ?", (match[1],))
        for name, digest, scopes, expires, revoked in rows:
            is_over = revoked is not None or (expires is not None and self._store.now() >= expires)
            if compare_digest(digest, _digest(key)) and not is_over:
                return Principal(name, frozenset(_checked(scopes.split())))
        return None


def _checked(scopes: Iterable[str]) -> tuple[Scope, ...]:
    named = set(scopes)
    if unknown := sorted(named.difference(SCOPES)):
        raise InvalidScope(f"{unknown[0]!r} is not a scope: use {', '.join(SCOPES)}.")
    return tuple(scope for scope in SCOPES if scope in named)


def _digest(key: str) -> bytes:
    # A key is 256 random bits: nothing to guess, so a fast hash keeps it as well as a slow one.
    return sha256(key.encode()).digest()
