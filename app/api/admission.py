"""Who comes in: every request gets its principal here, and goes no further than that one may."""

from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api import access
from app.api.guard import Refused
from app.api.problems import Problem
from app.identity.types import LOCAL, NOBODY, Principal
from app.identity.visitors import new_token, visitor
from app.settings import Settings

VISITOR_COOKIE = "coe_visitor"
VISITOR_SECONDS = 365 * 24 * 3600
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


@dataclass(frozen=True, slots=True)
class Recognised:
    """A principal, and the cookies that the response shall set."""

    principal: Principal
    cookies: tuple[str, ...] = ()


class Admission:
    """Pure ASGI middleware within the guard: `scope["state"]["principal"]` is who asks."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through that its principal may make.

        Raises:
            Refused: the principal may not, or is not known.
        """
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        recognised = self._recognise(scope)
        scope.setdefault("state", {})["principal"] = recognised.principal
        needed = access.scope_of(scope["method"], scope["path"])
        if needed and not recognised.principal.may(needed):
            raise Refused(_refusal(recognised.principal))
        await self._app(scope, receive, _with_cookies(send, recognised.cookies))

    def _recognise(self, scope: Scope) -> Recognised:
        headers = Headers(scope=scope)
        if _is_local(scope, headers) and self._settings.public_url is None:
            return Recognised(LOCAL)
        if not self._settings.allow_anonymous:
            return Recognised(NOBODY)
        token = _cookie(headers, VISITOR_COOKIE)
        if token:
            return Recognised(visitor(token))
        token = new_token()
        return Recognised(visitor(token), (self._visitor_cookie(scope, token),))

    def _visitor_cookie(self, scope: Scope, token: str) -> str:
        return _cookie_line(VISITOR_COOKIE, token, seconds=VISITOR_SECONDS, secure=self._is_https(scope))

    def _is_https(self, scope: Scope) -> bool:
        return scope.get("scheme") == "https" or (self._settings.public_url or "").lower().startswith("https:")


def _refusal(principal: Principal) -> Problem:
    if principal.name == NOBODY.name:
        sentence = "Who asks must say so here: send a key as `Authorization: Bearer …`, or log in at /login."
        return Problem(401, "not_authenticated", sentence, {"WWW-Authenticate": "Bearer"})
    return Problem(403, "forbidden", "This needs a scope that the key or account does not have.")


def _is_local(scope: Scope, headers: Headers) -> bool:
    """True for a request from this machine that no proxy passed on."""
    client = scope.get("client")
    return client is not None and _is_loopback(client[0]) and not any(name in headers for name in _FORWARDED)


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def _cookie(headers: Headers, name: str) -> str | None:
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return None
    return morsel.value if morsel else None


def _cookie_line(name: str, value: str, *, seconds: int, secure: bool) -> str:
    line = f"{name}={value}; Max-Age={seconds}; Path=/; HttpOnly; SameSite=Lax"
    return f"{line}; Secure" if secure else line


def _with_cookies(send: Send, cookies: tuple[str, ...]) -> Send:
    if not cookies:
        return send

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=list(message.get("headers", [])))
            for cookie in cookies:
                headers.append("Set-Cookie", cookie)
            message = {**message, "headers": headers.raw}
        await send(message)

    return sent
