"""Who a request comes from, by what it brings: a key, a session, a visitor's cookie, or the machine it comes from."""

from dataclasses import dataclass
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import Scope

from app.api.problems import Problem
from app.api.rates import address_name
from app.identity.keys import Keys
from app.identity.store import Store
from app.identity.types import LOCAL, NOBODY, Principal
from app.identity.users import SESSION_SECONDS, Users
from app.identity.visitors import new_token, visitor
from app.settings import Settings

SESSION_COOKIE = "coe_session"
VISITOR_COOKIE = "coe_visitor"
VISITOR_SECONDS = 365 * 24 * 3600
_KEY_BEGINS = "coe_"
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


@dataclass(frozen=True, slots=True)
class Recognised:
    """Who asks, under which names that is counted, and the cookie that the response shall set."""

    principal: Principal
    rate_name: str | None
    """None: not counted, as there is nobody else."""
    work_name: str | None
    cookie: str | None = None


class WrongKey(Exception):
    """A key that opens nothing: mistyped, expired or revoked, which is not told."""

    problem = Problem(
        401, "invalid_key", "This key is not valid.", {"WWW-Authenticate": 'Bearer error="invalid_token"'}
    )


class Recognition:
    """Reads who asks from a request."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._store = store
        self._is_own_machine = not settings.is_reachable
        self._keys = Keys(store)
        self._users = Users(store)

    def of(self, scope: Scope) -> Recognised:
        """Who a request comes from.

        Raises:
            WrongKey: it brings a key that opens nothing.
        """
        headers = Headers(scope=scope)
        address = address_name(_address(scope))
        if self._is_own_machine and is_local(scope) and self._store.is_empty():
            return Recognised(LOCAL, None, None)
        principal = self._by_key(headers) or self._by_session(headers)
        if principal:
            return Recognised(principal, principal.name, principal.name)
        if not self._settings.allow_anonymous:
            return Recognised(NOBODY, address, address)
        return self._visitor(scope, headers, address)

    def _by_key(self, headers: Headers) -> Principal | None:
        scheme, _, key = headers.get("authorization", "").partition(" ")
        key = key.strip()
        # What does not look like a key of ours is for somebody else, such as a proxy on the way.
        if scheme.lower() != "bearer" or not key.startswith(_KEY_BEGINS):
            return None
        principal = self._keys.holder(key)
        if principal is None:
            raise WrongKey
        return principal

    def _by_session(self, headers: Headers) -> Principal | None:
        token = cookie(headers, SESSION_COOKIE)
        return self._users.logged_in(token) if token else None

    def _visitor(self, scope: Scope, headers: Headers, address: str) -> Recognised:
        # Visits are counted by address: cookies can be thrown away, or made up.
        token = cookie(headers, VISITOR_COOKIE)
        if token:
            known = visitor(token)
            return Recognised(known, address, known.name)
        token = new_token()
        line = cookie_line(VISITOR_COOKIE, token, VISITOR_SECONDS, secure=is_https(scope, self._settings))
        return Recognised(visitor(token), address, address, line)


def session_cookie(token: str, scope: Scope, settings: Settings) -> str:
    """The header line that keeps a session in a browser, or with an empty token ends it."""
    return cookie_line(SESSION_COOKIE, token, SESSION_SECONDS if token else 0, secure=is_https(scope, settings))


def is_local(scope: Scope) -> bool:
    """True for a request from this machine that no proxy passed on."""
    headers = Headers(scope=scope)
    try:
        is_loopback = ip_address(_address(scope)).is_loopback
    except ValueError:
        return False
    return is_loopback and not any(name in headers for name in _FORWARDED)


def is_https(scope: Scope, settings: Settings) -> bool:
    """True when the person's browser speaks TLS, to this server or to the proxy before it."""
    return scope.get("scheme") == "https" or (settings.public_url or "").lower().startswith("https:")


def cookie(headers: Headers, name: str) -> str | None:
    """The value of a cookie that a request brings."""
    return cookie_parser(headers.get("cookie", "")).get(name)


def cookie_line(name: str, value: str, seconds: int, *, secure: bool) -> str:
    """A Set-Cookie line that no script can read and no other site's form can use."""
    line = f"{name}={value}; Max-Age={seconds}; Path=/; HttpOnly; SameSite=Lax"
    return f"{line}; Secure" if secure else line


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""
