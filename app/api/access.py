"""Which addresses are open, and to which methods: what this table does not name is answered with 404."""

import re
from dataclasses import dataclass
from re import Pattern

from app.api.problems import Problem, problem_of_status


@dataclass(frozen=True, slots=True)
class Door:
    """Addresses that are open to some methods."""

    path: Pattern[str]
    methods: frozenset[str]


def _door(methods: str, path: str) -> Door:
    return Door(re.compile(path), frozenset(methods.split()))


OWN = (
    _door("POST", r"/api/v1/ask"),
    _door("GET", r"/documents/.+"),
    _door("GET", r"/viewer\.css"),
    _door("GET", r"/healthz"),
    _door("GET", r"/readyz"),
    _door("GET HEAD", r"/openapi\.json"),
)
"""What this project serves itself."""

PAGE = (
    _door("GET HEAD", r"/"),
    _door("GET", r"/config/?"),
    _door("GET", r"/theme\.css"),
    _door("GET", r"/(assets|static)/(?!.*\.\.)[\w./@~-]+"),
    _door("GET", r"/(favicon\.ico|robots\.txt|manifest\.json)"),
    _door("GET", r"/gradio_api/(info/?|app_id/?|startup-events)"),
    _door("GET", r"/gradio_api/heartbeat/\w+"),
    _door("GET", r"/gradio_api/queue/data"),
    _door("POST", r"/gradio_api/queue/join"),
    _door("POST", r"/gradio_api/run/predict/?"),
    _door("POST", r"/gradio_api/(cancel|reset/?)"),
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
