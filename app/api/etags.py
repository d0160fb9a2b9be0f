"""Responses that a client need not fetch twice: a strong ETag of the very bytes, and 304 for whoever has them."""

from collections.abc import Mapping
from hashlib import sha256

from fastapi import Request
from fastapi.responses import Response


def etag_of(content: bytes) -> str:
    """The ETag of a content."""
    return f'"{sha256(content).hexdigest()[:32]}"'


def is_fresh(request: Request, etag: str) -> bool:
    """True when the client says, by If-None-Match, that it holds this content."""
    held = request.headers.get("if-none-match", "")
    return held.strip() == "*" or etag in (each.strip().removeprefix("W/") for each in held.split(","))


def tagged(request: Request, content: bytes, media_type: str) -> Response:
    """The content with its ETag, or 304 without it."""
    etag = etag_of(content)
    headers = caching(etag)
    return not_modified(etag) if is_fresh(request, etag) else Response(content, 200, headers, media_type)


def not_modified(etag: str) -> Response:
    """The response to a client that holds the content."""
    return Response(status_code=304, headers=caching(etag))


def caching(etag: str) -> Mapping[str, str]:
    """Headers of a content that may be kept, and has to be asked for again."""
    return {"ETag": etag, "Cache-Control": "private, no-cache"}
