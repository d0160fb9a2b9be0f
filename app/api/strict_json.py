"""JSON as the standard has it: UTF-8, no NaN, no half characters; anything else is a named 4xx."""

import json
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, NoReturn

from fastapi import Request, Response
from fastapi.routing import APIRoute

from ingest.errors import CoeError

MAX_DEPTH = 16


class NotJson(CoeError):
    """A body is not JSON."""

    code = "invalid_json"


class NotText(CoeError):
    """A body holds bytes or characters that are no text."""

    code = "invalid_text"


class NotDeclaredJson(CoeError):
    """A body comes as something else than JSON."""

    code = "unsupported_media_type"
    status = 415


class StrictJsonRoute(APIRoute):
    """A route whose body is checked before anybody reads it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler behind the check."""
        handle = super().get_route_handler()

        async def checked(request: Request) -> Response:
            if self.body_field is not None:
                check_media_type(request.headers.get("content-type", ""))
                check_json(await request.body())
            return await handle(request)

        return checked


def check_media_type(content_type: str) -> None:
    """Accept `application/json`, with any parameters.

    Raises:
        NotDeclaredJson: it is something else.
    """
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise NotDeclaredJson("Send the question as JSON, with the header Content-Type: application/json.")


def check_json(body: bytes) -> None:
    """Accept what the JSON standard accepts.

    Raises:
        NotJson: it cannot be parsed, holds NaN or Infinity, or is nested too deep.
        NotText: it is not UTF-8, or a text in it holds half a character or a zero byte.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise NotText("The body is not UTF-8.") from None
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise NotJson("The body is not JSON.") from None
    if any(_is_broken(text) for text in _texts(value)):
        raise NotText("The body holds a lone surrogate or a zero character.")


def _texts(value: object) -> Iterator[str]:
    level = [value]
    for _ in range(MAX_DEPTH):
        yield from (item for item in level if isinstance(item, str))
        level = [inner for item in level for inner in _inside(item)]
        if not level:
            return
    raise NotJson(f"The body is nested deeper than {MAX_DEPTH} levels.")


def _inside(item: object) -> list[object]:
    if isinstance(item, dict):
        return [*item.keys(), *item.values()]
    return item if isinstance(item, list) else []


def _is_broken(text: str) -> bool:
    return "\0" in text or any("\ud800" <= char <= "\udfff" for char in text)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)
