"""The login page: a form without scripts, for people who have an account."""

from dataclasses import dataclass
from html import escape
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import Headers

from app.api import access
from app.api.limits import Slots
from app.api.plain_page import VARYING, plain_page
from app.api.problems import problem_of, problem_response
from app.api.rates import address_name
from app.api.recognition import SESSION_COOKIE, cookie, session_cookie
from app.identity.errors import TooManyAttempts, WrongPassword
from app.identity.store import Store
from app.identity.types import LOCAL, NOBODY, Principal
from app.identity.users import LOCK_SECONDS, MOST_PASSWORD, Users
from app.identity.visitors import is_visitor
from app.settings import Settings
from app.ui.look import Look, look_of
from app.ui.words import Words

HASHING = 2
"""Passwords looked at side by side: each takes 64 MB for a moment."""
MOST_NAME = 64
HOME = "/"

_FRESH = {"Cache-Control": "no-store", **VARYING}
_MAIN = """<main class="login">
<h1>{title}</h1>
{content}
</main>"""
_FORM = """<p class="lead">{lead}</p>
{problem}<form method="post" action="/login?next={next}">
<label for="name">{name_label}</label>
<input id="name" name="name" value="{name}" maxlength="64" autocomplete="username" autocapitalize="none" required>
<label for="password">{password_label}</label>
<input id="password" name="password" type="password" maxlength="1024" autocomplete="current-password" required>
<button>{log_in}</button>
</form>"""
_LOG_OUT = """<p>{who}</p>
<p><a href="/">{on}</a></p>
<form method="post" action="/logout"><button>{log_out}</button></form>"""


@dataclass(frozen=True, slots=True)
class _Attempt:
    name: str
    password: str
    address: str
    next: str


def login_routes(settings: Settings, store: Store) -> APIRouter:
    """The routes `/login` and `/logout`."""
    router = APIRouter(include_in_schema=False)
    users = Users(store)
    slots = Slots(HASHING)

    @router.get("/login")
    def show(request: Request, next: Annotated[str, Query()] = HOME) -> HTMLResponse:
        return _shown(request, _local(next))

    @router.post("/login")
    def log_in(
        request: Request,
        name: Annotated[str, Form(max_length=MOST_NAME)],
        password: Annotated[str, Form(max_length=MOST_PASSWORD)],
        next: Annotated[str, Query()] = HOME,
    ) -> Response:
        address = address_name(request.client.host if request.client else "")
        attempt = _Attempt(name, password, address, _local(next))
        try:
            with slots.hold():
                token = users.log_in(attempt.name, attempt.password, address=attempt.address)
        except (WrongPassword, TooManyAttempts) as error:
            return _refused(request, attempt, error)
        headers = {**_FRESH, "Set-Cookie": session_cookie(token, request.scope, settings)}
        return RedirectResponse(attempt.next, 303, headers)

    @router.post("/logout")
    def log_out(request: Request) -> RedirectResponse:
        token = cookie(Headers(scope=request.scope), SESSION_COOKIE)
        if token:
            users.log_out(token)
        headers = {**_FRESH, "Set-Cookie": session_cookie("", request.scope, settings)}
        return RedirectResponse("/login", 303, headers)

    return router


def _refused(request: Request, attempt: _Attempt, error: WrongPassword | TooManyAttempts) -> Response:
    """The form again with a sentence, or for a program the problem."""
    headers = {**_FRESH, "Retry-After": str(LOCK_SECONDS)} if isinstance(error, TooManyAttempts) else _FRESH
    if "text/html" not in request.headers.get("accept", ""):
        response: Response = problem_response(problem_of(error), request.state.request_id)
    else:
        look = look_of(request)
        problem = look.words["login.too_many" if isinstance(error, TooManyAttempts) else "login.wrong"]
        form = _form(look.words, attempt.next, attempt.name, problem)
        response = HTMLResponse(_page(look, "log_in", form), error.status)
    response.headers.update(headers)
    return response


def _shown(request: Request, next: str) -> HTMLResponse:
    principal: Principal = request.state.principal
    look = look_of(request)
    words = look.words
    if principal == LOCAL:
        page = _page(look, "unneeded", f"<p>{escape(words['login.local'])}</p>")
    elif principal == NOBODY or is_visitor(principal):
        page = _page(look, "log_in", _form(words, next))
    else:
        page = _page(look, "account", _account(words, principal.name))
    return HTMLResponse(page, headers=_FRESH)


def _account(words: Words, name: str) -> str:
    who = words["login.logged_in"].format(f"<strong>{escape(name)}</strong>")
    return _LOG_OUT.format(who=who, on=escape(words["login.on"]), log_out=escape(words["login.log_out"]))


def _form(words: Words, next: str, name: str = "", problem: str = "") -> str:
    told = f'<p class="notice" role="alert">{escape(problem)}</p>\n' if problem else ""
    return _FORM.format(
        lead=escape(words["login.lead"]),
        problem=told,
        next=quote(next, safe="/"),
        name=escape(name),
        name_label=escape(words["login.name"]),
        password_label=escape(words["login.password"]),
        log_in=escape(words["login.log_in"]),
    )


def _page(look: Look, title: str, content: str) -> str:
    said = look.words[f"login.{title}"]
    return plain_page(look, said, _MAIN.format(title=escape(said), content=content))


def _local(next: str) -> str:
    """Where to go after the login: an address of this server that a person can open, else the chat."""
    path = next.partition("?")[0]
    is_plain = next.isascii() and next.isprintable() and "\\" not in next and not next.startswith("//")
    return next if is_plain and access.door_of("GET", path) else HOME
