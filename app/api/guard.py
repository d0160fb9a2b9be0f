"""The door of the application: address, host, origin and body are checked here, and every response leaves safe."""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api import access
from app.api.journal import note_defect, note_request
from app.api.problems import Problem, internal_error, problem_response
from app.settings import Settings
from ingest.errors import ConfigurationError
from ingest.loaders import MAX_BYTES

BODY = 256 * 1024
"""A question with a long conversation before it, an answer that feedback is about, an event of the page."""
UPLOADS = frozenset({("POST", "/api/v1/documents")})
"""Requests whose bodies go on piece by piece, to be stored by their routes."""
UPLOAD_BODY = MAX_BYTES
UPLOAD_SECONDS = 900.0
BODY_SECONDS = 10.0
DRAINED = 2 * 1024 * 1024
"""Read, and thrown away, of a refused body: closing on somebody who still sends would lose them the answer."""
DRAIN_SECONDS = 2.0

_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^\[\]:/@?#\s]+)(?::\d{1,5})?")
_READ_METHODS = frozenset({"GET", "HEAD"})
_OWN_PAGES = re.compile(r"/(api/|v1/|mcp|documents/|explore/|viewer\.css|healthz|readyz|openapi\.json|metrics)")
_LOGIN = re.compile(r"/log(in|out)")
_HEARTBEAT = "/gradio_api/heartbeat/"

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
OWN_POLICY = (
    "default-src 'self'; script-src 'none'; object-src 'none'; frame-src 'none'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
LOGIN_POLICY = OWN_POLICY.replace("form-action 'none'", "form-action 'self'")
PAGE_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; media-src 'self' blob:; worker-src 'self' blob:; frame-src 'none'; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
"""What Gradio's page needs: its scripts are inline and compile themselves, but they may talk to nobody else."""


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The names this application answers to, and the origins its pages have."""

    hosts: frozenset[str]
    origins: frozenset[str]
    any_address: bool
    """Also answer to every IP address: a page of somebody else's can only be led here by a name."""

    def knows_host(self, host: str) -> bool:
        """True when a Host header names this application."""
        match = _HOST.fullmatch(host)
        if match is None:
            return False
        name = match[1].strip("[]").lower()
        return name in self.hosts or _is_address(name, any_address=self.any_address)

    def knows_origin(self, origin: str, host: str) -> bool:
        """True when an Origin header names a page of this application, given the request's Host header."""
        origin = origin.lower()
        return origin in self.origins or origin in (f"http://{host.lower()}", f"https://{host.lower()}")


def neighbourhood(settings: Settings) -> Neighbourhood:
    """What the settings say about the names of this application.

    Raises:
        ConfigurationError: the public address is not a web address.
    """
    public = public_origin(settings)
    name = urlsplit(public).hostname if public else None
    hosts = frozenset({"localhost", settings.host.lower(), *([name] if name else [])})
    return Neighbourhood(hosts, frozenset({public} if public else ()), settings.is_public)


def public_origin(settings: Settings) -> str | None:
    """The origin of the public address, as a browser writes it.

    Raises:
        ConfigurationError: it is not a web address.
    """
    if settings.public_url is None:
        return None
    try:
        parts = urlsplit(settings.public_url.lower())
        name, port = parts.hostname, parts.port
    except ValueError:
        name, port = None, None
    if name is None or parts.scheme not in ("http", "https"):
        raise ConfigurationError(
            f"COE_PUBLIC_URL must be an address such as https://assistant.example.org, not {settings.public_url!r}."
        )
    shown = f"[{name}]" if ":" in name else name
    is_default = port in (None, {"http": 80, "https": 443}[parts.scheme])
    return f"{parts.scheme}://{shown}" + ("" if is_default else f":{port}")


class Refused(Exception):
    """A request that goes no further."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


class Guard:
    """Pure ASGI middleware around everything: refuses what must not come in, and hides what must not go out."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        neighbours: Neighbourhood,
        stopping: asyncio.Event,
        ended: Callable[[Scope, int, int], None] = lambda scope, status, milliseconds: None,
        body_seconds: float = BODY_SECONDS,
    ) -> None:
        self._app = app
        self._neighbours = neighbours
        self._stopping = stopping
        self._ended = ended
        self._body_seconds = body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or let the application do it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._request(scope, receive, send)
        else:
            await receive()
            await send({"type": "websocket.close", "code": 1008})

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        reply = _Reply(send, _headers_for(scope["path"], request_id))
        started = perf_counter()
        try:
            await self._admit(scope, receive, reply)
        except Refused as refused:
            await problem_response(refused.problem, request_id)(scope, receive, reply)
        except Exception as error:
            note_defect(error, request_id=request_id)
            # A response that has begun can only be cut off, which the server does when it is left unfinished.
            if reply.status is None:
                await problem_response(internal_error(request_id), request_id)(scope, receive, reply)
        finally:
            milliseconds = round((perf_counter() - started) * 1000)
            status = reply.status or 499
            self._ended(scope, status, milliseconds)
            note_request(scope, request_id=request_id, status=status, milliseconds=milliseconds)

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        problem = self._misdirected(scope["method"], headers) or access.refusal(
            scope["method"], scope["path"], preflight=_is_preflight(scope["method"], headers)
        )
        if problem:
            raise Refused(problem)
        if (scope["method"], scope["path"]) in UPLOADS:
            await self._app(scope, await self._metered(headers, receive), send)
            return
        body = await self._body(headers, receive)
        if body is not None:
            is_endless = scope["path"].startswith(_HEARTBEAT)
            later = self._until_stopping(receive) if is_endless else receive
            await self._app(scope, replay({"type": "http.request", "body": body, "more_body": False}, later), send)

    def _misdirected(self, method: str, headers: Headers) -> Problem | None:
        host = headers.get("host", "")
        if not self._neighbours.knows_host(host):
            return Problem(
                400, "bad_host", "This service does not answer to that host name; set COE_PUBLIC_URL if it should."
            )
        if method in _READ_METHODS:
            return None
        origin = headers.get("origin")
        is_foreign = origin is not None and not self._neighbours.knows_origin(origin, host)
        if is_foreign or headers.get("sec-fetch-site") == "cross-site":
            return Problem(403, "bad_origin", "Requests from pages of other sites are refused.")
        return None

    async def _body(self, headers: Headers, receive: Receive) -> bytes | None:
        """The whole body, or None when the client went away."""
        try:
            if _declared(headers) > BODY:
                raise _TooLarge(more=True)
            async with asyncio.timeout(self._body_seconds):
                return await _read(receive, BODY)
        except _TooLarge as error:
            if error.more:
                await _drain(receive)
            raise Refused(_BODY_TOO_LARGE) from None
        except TimeoutError:
            detail = f"The request did not arrive within {self._body_seconds:g} seconds."
            raise Refused(Problem(408, "body_too_slow", detail, {"Connection": "close"})) from None

    async def _metered(self, headers: Headers, receive: Receive) -> Receive:
        """The pieces of an upload as they come; too many, or too long a wait for one, are refused."""
        if _declared(headers) > UPLOAD_BODY:
            await _drain(receive)
            raise Refused(_FILE_TOO_LARGE)
        ends, left = asyncio.get_running_loop().time() + UPLOAD_SECONDS, UPLOAD_BODY

        async def received() -> Message:
            nonlocal left
            try:
                async with asyncio.timeout(min(self._body_seconds, ends - asyncio.get_running_loop().time())):
                    message = await receive()
            except TimeoutError:
                detail = "The rest of the file did not arrive in time."
                raise Refused(Problem(408, "body_too_slow", detail, {"Connection": "close"})) from None
            left -= len(message.get("body", b""))
            if left < 0:
                await _drain(receive)
                raise Refused(_FILE_TOO_LARGE)
            return message

        return received

    def _until_stopping(self, receive: Receive) -> Receive:
        async def received() -> Message:
            waits = {asyncio.ensure_future(receive()), asyncio.ensure_future(self._stopping.wait())}
            try:
                done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
                results = [task.result() for task in done]
            finally:
                for task in waits:
                    task.cancel()
            return next((result for result in results if isinstance(result, dict)), {"type": "http.disconnect"})

        return received


class _TooLarge(Exception):
    def __init__(self, *, more: bool) -> None:
        super().__init__()
        self.more = more


class _Reply:
    """Sends on what it is given, with the headers that every response has."""

    def __init__(self, send: Send, headers: Mapping[str, str]) -> None:
        self._send = send
        self._headers = headers
        self.status: int | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(raw=list(message.get("headers", [])))
            for name, value in self._headers.items():
                headers[name] = value
            message = {**message, "headers": headers.raw}
        await self._send(message)


def _headers_for(path: str, request_id: str) -> dict[str, str]:
    return {**HEADERS, **_policies_for(path), "X-Request-ID": request_id}


def _policies_for(path: str) -> dict[str, str]:
    if _LOGIN.fullmatch(path):
        # A browser that may name no referrer sends a form without its origin, and would be refused.
        return {"Content-Security-Policy": LOGIN_POLICY, "Referrer-Policy": "same-origin"}
    return {"Content-Security-Policy": OWN_POLICY if _OWN_PAGES.match(path) else PAGE_POLICY}


def _is_preflight(method: str, headers: Headers) -> bool:
    return method == "OPTIONS" and "origin" in headers and "access-control-request-method" in headers


def _is_address(name: str, *, any_address: bool) -> bool:
    try:
        address: Any = ip_address(name)
    except ValueError:
        return False
    return any_address or bool(address.is_loopback)


def _declared(headers: Headers) -> int:
    """Length of the body as the client announces it; 0 when it does not."""
    declared = headers.get("content-length", "")
    return int(declared[:20]) if declared.isdecimal() else 0


def _too_large(limit: int, advice: str) -> Problem:
    sentence = f"The request is larger than {limit // 1024} kB: {advice}."
    return Problem(413, "body_too_large", sentence, {"Connection": "close"})


_BODY_TOO_LARGE = _too_large(BODY, "leave the oldest turns of a history out, or ask fewer questions at once")
_FILE_TOO_LARGE = _too_large(UPLOAD_BODY, "a document may not have more")


async def _read(receive: Receive, limit: int) -> bytes | None:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        more = bool(message.get("more_body", False))
        if len(body) > limit:
            raise _TooLarge(more=more)
        if not more:
            return bytes(body)


async def _drain(receive: Receive) -> None:
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            await _read(receive, DRAINED)
    except (TimeoutError, _TooLarge):
        return


def replay(message: Message, receive: Receive) -> Receive:
    """The given message, then what is received."""
    first = [message]

    async def replayed() -> Message:
        return first.pop() if first else await receive()

    return replayed
