"""Who a request comes from, and what that one may do."""

from dataclasses import dataclass
from typing import Literal, get_args

Scope = Literal["ask", "read", "admin"]
"""`ask` questions, `read` documents and lists, `admin` everything."""

SCOPES: tuple[Scope, ...] = get_args(Scope)
MEMBER: tuple[Scope, ...] = ("ask", "read")
"""What a person may do who does not look after the library."""


@dataclass(frozen=True, slots=True)
class Principal:
    """One who asks; what is kept for somebody is kept under `name`."""

    name: str
    scopes: frozenset[Scope]

    def may(self, scope: Scope) -> bool:
        """True when this one may do what needs `scope`."""
        return scope in self.scopes or "admin" in self.scopes


LOCAL = Principal("local", frozenset(SCOPES))
"""The one person of a machine that nobody else reaches."""
NOBODY = Principal("nobody", frozenset())
"""Somebody who did not say who they are, where that is needed."""
