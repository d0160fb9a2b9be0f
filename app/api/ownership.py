"""Streams of the page belong to who opened them: Gradio itself asks for nothing but their name."""

import json
from collections import OrderedDict
from urllib.parse import parse_qs

from starlette.types import Scope

MOST = 50_000
"""Names remembered; those unused the longest are forgotten."""

_STREAMS = "/gradio_api/"
_HEARTBEAT = "/gradio_api/heartbeat/"
_FIELD = "session_hash"


class Streams:
    """Whose each stream is; the first who names it has it."""

    def __init__(self, *, most: int = MOST) -> None:
        self._owners: OrderedDict[str, str] = OrderedDict()
        self._most = most

    def claim(self, stream: str, principal: str) -> bool:
        """True when the stream is that principal's, from now on if it was nobody's."""
        owner = self._owners.setdefault(stream, principal)
        self._owners.move_to_end(stream)
        if len(self._owners) > self._most:
            self._owners.popitem(last=False)
        return owner == principal


def stream_of(scope: Scope, body: bytes) -> str | None:
    """The stream that a request to the page names, if any."""
    path: str = scope["path"]
    if not path.startswith(_STREAMS):
        return None
    if path.startswith(_HEARTBEAT):
        return path.removeprefix(_HEARTBEAT)
    if body:
        return _named(body)
    named = parse_qs(scope["query_string"].decode("latin-1")).get(_FIELD)
    return named[-1] if named else None


def _named(body: bytes) -> str | None:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return None
    named = content.get(_FIELD) if isinstance(content, dict) else None
    return named if isinstance(named, str) else None
