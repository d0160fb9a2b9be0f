"""Visitors without an account: a random token in a cookie, and the name that follows from it."""

from hashlib import sha256
from secrets import token_urlsafe

from app.identity.types import MEMBER, Principal

TOKEN_BYTES = 32


def new_token() -> str:
    """A token that nobody can guess."""
    return token_urlsafe(TOKEN_BYTES)


def visitor(token: str) -> Principal:
    """The visitor who holds a token; the name does not give the token away."""
    return Principal(f"visitor-{sha256(token.encode()).hexdigest()[:32]}", frozenset(MEMBER))
