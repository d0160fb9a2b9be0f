"""Visitors without an account: a random token in a cookie, and the name that follows from it."""

from hashlib import sha256
from secrets import token_urlsafe

from app.identity.types import MEMBER, Principal

TOKEN_BYTES = 32
_PREFIX = "visitor-"


def new_token() -> str:
    """A token that nobody can guess."""
    return token_urlsafe(TOKEN_BYTES)


def visitor(token: str) -> Principal:
    """The visitor who holds a token; the name does not give the token away."""
    return Principal(f"{_PREFIX}{sha256(token.encode()).hexdigest()[:32]}", frozenset(MEMBER))


def is_visitor(principal: Principal) -> bool:
    """True for somebody without an account; no account can have such a name."""
    return principal.name.startswith(_PREFIX)
