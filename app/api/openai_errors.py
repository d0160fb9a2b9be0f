"""Errors as OpenAI's clients read them: beside everything that a problem response says, a member `error`."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.problems import MEDIA_TYPE

PREFIX = "/v1/"

_TYPES = MappingProxyType(
    {401: "authentication_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error"}
)
_SERVER_ERROR, _REQUEST_ERROR = "server_error", "invalid_request_error"


def openai_error(status: int, code: str, sentence: str) -> dict[str, Any]:
    """The member that says what went wrong."""
    kind = _TYPES.get(status) or (_SERVER_ERROR if status >= 500 else _REQUEST_ERROR)
    return {"message": sentence, "type": kind, "param": None, "code": code}


class OpenAIErrors:
    """Pure ASGI middleware around the guard: completes the problem responses of addresses under `/v1/`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        is_ours = scope["type"] == "http" and scope["path"].startswith(PREFIX)
        await self._app(scope, receive, _completed(send) if is_ours else send)


def _completed(send: Send) -> Send:
    held: list[Message] = []

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start" and _is_problem(message):
            held.append(message)
        elif held:
            start = held.pop()
            problem = json.loads(message["body"])
            error = openai_error(problem["status"], problem["code"], problem["detail"])
            await _send_whole(send, start, {**problem, "error": error})
        else:
            await send(message)

    return sent


async def _send_whole(send: Send, start: Message, content: Mapping[str, Any]) -> None:
    body = json.dumps(content, ensure_ascii=False).encode()
    headers = MutableHeaders(raw=list(start["headers"]))
    headers["Content-Length"] = str(len(body))
    await send({**start, "headers": headers.raw})
    await send({"type": "http.response.body", "body": body})


def _is_problem(start: Message) -> bool:
    return MutableHeaders(raw=list(start["headers"])).get("content-type", "").startswith(MEDIA_TYPE)
