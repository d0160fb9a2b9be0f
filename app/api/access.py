"""Which addresses there are, for which methods, and the scope each needs: what is not named is answered with 404."""

import re
from dataclasses import dataclass
from re import Pattern
from typing import Literal

from app.api.problems import Problem, problem_of_status
from app.identity.types import Scope

Rate = Literal["ask", "request"]
"""`ask` for what costs an answer or a password, `request` for everything else that is counted."""


@dataclass(frozen=True, slots=True)
class Door:
    """Addresses that some methods reach, for those who have the scope."""

    path: Pattern[str]
    methods: frozenset[str]
    scope: Scope | Literal["any"] | None
    """None: open to anybody; any: to whoever has one of the scopes."""
    rate: Rate | None
    """How its requests are counted; None: they are not."""
    is_local_open: bool
    """Whether a program on this machine needs no key."""


def _door(
    methods: str,
    path: str,
    scope: Scope | Literal["any"] | None,
    *,
    rate: Rate | None = None,
    is_local_open: bool = False,
) -> Door:
    counted = rate or ("request" if scope else None)
    return Door(re.compile(path), frozenset(methods.split()), scope, counted, is_local_open)


OPEN = None
"""The scope of what anybody may have."""

OWN = (
    _door("POST", r"/api/v1/ask(/batch)?", "ask", rate="ask"),
    _door("GET", r"/api/v1/(search|documents|(documents|originals)/.+|catalogue/\w+)", "read"),
    _door("GET POST", r"/api/v1/conversations", "ask"),
    _door("GET PATCH DELETE", r"/api/v1/conversations/[\w-]{1,64}", "ask"),
    _door("GET", r"(/api/v1/conversations/[\w-]{1,64}/export|/a/[\w-]{1,64})", "ask"),
    _door("POST", r"/api/v1/feedback", "ask"),
    _door("GET DELETE", r"/api/v1/me/data", "ask"),
    _door("POST", r"/api/v1/(documents|ingest)", "admin"),
    _door("DELETE", r"/api/v1/documents/.+", "admin"),
    _door("GET", r"/api/v1/jobs/\w+", "admin"),
    _door("POST", r"/v1/chat/completions", "ask", rate="ask"),
    _door("GET", r"/v1/models", "ask"),
    _door("POST", r"/mcp", "any"),  # each tool asks for the scope that it needs
    _door("GET", r"/documents/.+", "read"),
    _door("GET", r"/explore/.+", "read"),
    _door("GET", r"/pages/.+", "read"),
    _door("POST", r"/table\.xlsx", "read"),
    _door("GET", r"/viewer\.css", OPEN),
    _door("GET", r"/healthz", OPEN),
    _door("GET", r"/readyz", OPEN),
    _door("GET HEAD", r"/openapi\.json", OPEN),
    _door("GET", r"/login", OPEN, rate="request"),
    _door("POST", r"/login", OPEN, rate="ask"),
    _door("POST", r"/logout", OPEN, rate="request"),
    _door("GET", r"/metrics", "read", is_local_open=True),
)
"""What this project serves itself."""

PAGE = (
    _door("GET HEAD", r"/", "ask"),
    _door("GET", r"/config/?", "ask"),
    _door("GET", r"/theme\.css", OPEN),
    _door("GET", r"/(assets|static)/(?!.*\.\.)[\w./@~-]+", OPEN),
    _door("GET", r"/(favicon\.ico|robots\.txt|manifest\.json)", OPEN),
    _door("GET", r"/gradio_api/(info/?|app_id/?|startup-events)", "ask"),
    _door("GET", r"/gradio_api/heartbeat/\w+", "ask"),
    _door("GET", r"/gradio_api/queue/data", "ask"),
    _door("POST", r"/gradio_api/queue/join", "ask", rate="ask"),
    _door("POST", r"/gradio_api/run/predict/?", "ask"),
    _door("POST", r"/gradio_api/(cancel|reset/?)", "ask"),
)
"""What the chat page needs of Gradio. Uploads, files, proxies, editors and the rest of it stay closed."""

DOORS = OWN + PAGE


def refusal(method: str, path: str, *, preflight: bool = False) -> Problem | None:
    """Why a request may not pass, or None when it may."""
    methods = frozenset[str]().union(*(door.methods for door in DOORS if door.path.fullmatch(path)))
    if not methods:
        return problem_of_status(404)
    if method in methods or preflight:
        return None
    return problem_of_status(405, {"Allow": ", ".join(sorted(methods))})


def door_of(method: str, path: str) -> Door | None:
    """The door that a request which may pass comes to; a preflight comes to none."""
    return next((door for door in DOORS if method in door.methods and door.path.fullmatch(path)), None)
