"""Who comes in: every request gets its principal here, is counted, and goes no further than its principal may."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api import access
from app.api.access import Door
from app.api.guard import Refused, replay
from app.api.limits import InFlight, TooManyAtOnce
from app.api.ownership import Streams, stream_of
from app.api.problems import Problem, problem_of, problem_of_status
from app.api.rates import Rates
from app.api.recognition import Recognised, Recognition, WrongKey, is_local
from app.identity.types import NOBODY, Principal
from ingest.errors import CoeError

_ANYBODY = Recognised(NOBODY, None, None)


class Admission:
    """Pure ASGI middleware within the guard, which has read the body.

    `scope["state"]["principal"]` is who asks; `rate_name` beside it under what name the requests of that one are
    counted, and `work_name` the answers that are being worked on.
    """

    def __init__(self, app: ASGIApp, *, recognition: Recognition, rates: Rates, in_flight: InFlight) -> None:
        self._app = app
        self._recognition = recognition
        self._rates = rates
        self._in_flight = in_flight
        self._streams = Streams()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through that its principal may make.

        Raises:
            Refused: the principal may not, or is not known, or comes too often.
        """
        door = access.door_of(scope["method"], scope["path"]) if scope["type"] == "http" else None
        if door is None:  # the lifespan, or a preflight
            await self._app(scope, receive, send)
            return
        known = self._recognised(scope, door)
        scope.setdefault("state", {}).update(
            principal=known.principal, rate_name=known.rate_name, work_name=known.work_name
        )
        headers = self._counted(door, known)
        if not _may_enter(scope, door, known.principal):
            if known.principal != NOBODY:
                raise Refused(_lacking(door))
            await _turn_away(scope, receive, _with_headers(send, headers, None))
            return
        first = await receive()
        stream = stream_of(scope, first.get("body", b""))
        if stream is not None and not self._streams.claim(stream, known.principal.name):
            raise Refused(problem_of_status(404))
        # What a stream of the page asks goes on after this response, and takes its place there.
        with self._working(door, known) if stream is None else nullcontext():
            await self._app(scope, replay(first, receive), _with_headers(send, headers, known.cookie))

    def _recognised(self, scope: Scope, door: Door) -> Recognised:
        if door.scope is None and door.rate is None:
            return _ANYBODY
        try:
            return self._recognition.of(scope)
        except WrongKey as wrong:
            raise Refused(wrong.problem) from None
        except CoeError as error:
            raise Refused(problem_of(error)) from None

    def _counted(self, door: Door, known: Recognised) -> Mapping[str, str]:
        if door.rate is None or known.rate_name is None:
            return {}
        allowance = self._rates.count(door.rate, known.rate_name)
        if not allowance.is_kept:
            raise Refused(allowance.refusal())
        return allowance.headers

    @contextmanager
    def _working(self, door: Door, known: Recognised) -> Iterator[None]:
        with ExitStack() as places:
            if door.scope and door.rate == "ask":
                try:
                    places.enter_context(self._in_flight.place(known.work_name))
                except TooManyAtOnce as error:
                    raise Refused(problem_of(error)) from None
            yield


def _may_enter(scope: Scope, door: Door, principal: Principal) -> bool:
    if door.scope is None or (door.scope == "any" and principal.scopes):
        return True
    if door.scope != "any" and principal.may(door.scope):
        return True
    return door.is_local_open and is_local(scope)


def _lacking(door: Door) -> Problem:
    needed = "a scope" if door.scope in (None, "any") else f"the scope {door.scope!r}"
    sentence = f"This needs {needed}, which the key or account does not have."
    return Problem(403, "forbidden", sentence, {"WWW-Authenticate": 'Bearer error="insufficient_scope"'})


async def _turn_away(scope: Scope, receive: Receive, send: Send) -> None:
    """Send a person who is not known to the login, and tell a program what is missing."""
    if scope["method"] == "GET" and "text/html" in Headers(scope=scope).get("accept", ""):
        await RedirectResponse(_login(scope), 303)(scope, receive, send)
        return
    sentence = "Say who asks: send a key as `Authorization: Bearer …`, or log in at /login."
    raise Refused(Problem(401, "not_authenticated", sentence, {"WWW-Authenticate": "Bearer"}))


def _login(scope: Scope) -> str:
    query = scope["query_string"].decode("latin-1")
    wanted = quote(scope["path"]) + (f"?{query}" if query else "")
    return "/login" if wanted == "/" else f"/login?next={quote(wanted, safe='/')}"


def _with_headers(send: Send, added: Mapping[str, str], cookie: str | None) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=list(message.get("headers", [])))
            headers.update(added)
            if cookie:
                headers.append("Set-Cookie", cookie)
                # A cache that gave it to the next person, too, would make two visitors one.
                headers["Cache-Control"] = "no-store"
            message = {**message, "headers": headers.raw}
        await send(message)

    return sent
