"""Idempotency-Key: a request that is sent again with the same key is carried out once."""

from hashlib import sha256
from typing import Annotated

from fastapi import Header, Request

from app.api.ledger import Key

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[!-~]{1,200}$",
        description="Sent again with the same request, it brings the same response and nothing is done twice.",
    ),
]


def key_of(request: Request, value: str | None, body: str = "") -> Key | None:
    """The key of a request, with a digest of what is asked for; `body` stands for the request's body."""
    if value is None:
        return None
    order = f"{request.method} {request.url.path}?{request.url.query} {body}"
    return Key(request.state.principal.name, value, sha256(order.encode("utf-8", "replace")).hexdigest())
