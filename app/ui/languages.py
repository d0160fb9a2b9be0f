"""One page for each language behind the same addresses: a cookie chooses, or what the browser accepts."""

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.ui.words import LANGUAGES, preferred

COOKIE = "language"
"""Set by the page's own switch."""


class ByLanguage:
    """Hands every request to the page in its language; the pages differ in nothing but their words."""

    def __init__(self, pages: Mapping[str, ASGIApp]) -> None:
        self._pages = pages

    @property
    def routes(self) -> list[BaseRoute]:
        """Routes of one page, which are those of all."""
        return list(getattr(self._pages[next(iter(LANGUAGES))], "routes", ()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer in the language that the request asks for."""

        async def varying(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).add_vary_header("Accept-Language, Cookie")
            await send(message)

        await self._pages[language_of(HTTPConnection(scope))](scope, receive, varying)


def language_of(request: HTTPConnection) -> str:
    """The language that was chosen with the switch, else the one that the browser likes best."""
    chosen = request.cookies.get(COOKIE, "")
    return chosen if chosen in LANGUAGES else preferred(request.headers.get("accept-language", ""))
