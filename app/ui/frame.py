"""The page around Gradio, and before it: bar, heading and a box to write in are there while Gradio is still loading."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.identity.types import LOCAL, Principal
from app.identity.visitors import is_visitor
from app.ui.languages import COOKIE
from app.ui.look import COLOURS_COOKIE
from app.ui.messages import literal
from app.ui.words import LANGUAGES, Words

HERE = Path(__file__).parent
VIEWS = ("ask", "explore", "documents")
"""Views of the page, in the order of the bar; the first is open when nothing else is asked for."""
STYLES = ("page.css", "chat.css", "explore.css", "history.css")
SCRIPTS = ("page.js", "opening.js", "chat.js", "explore.js", "documents.js", "history.js")
ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E"
    "%3Crect width='32' height='32' rx='6' fill='%230b5551'/%3E"
    "%3Cpath d='M7 9h18M7 23h11' stroke='%23fff' stroke-width='3'/%3E"
    "%3Cpath d='M6 16h20' stroke='%23ffe28a' stroke-width='6'/%3E%3C/svg%3E"
)
Examples = Sequence[tuple[str, Sequence[str]]]
"""Kinds of questions, each with its questions, all by the keys of their words."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around Gradio in one language."""

    words: Words
    examples: Examples
    notice: str
    """What becomes of a question, as HTML."""
    keeps: bool
    """Whether conversations are kept, so that the page is complete only when they are listed."""
    has_accounts: Callable[[], bool]
    """Whether anybody can log in, as things are now."""

    def around(self, page: str, request: Request) -> str:
        """Put the frame into the document that Gradio sends."""
        principal: Principal = getattr(request.state, "principal", LOCAL)
        before = f'{self._top(principal)}<div id="stage">{self._opening(request)}'
        # Behind Gradio's element: the scripts find the whole frame there, and run before Gradio's own.
        after = f"</div><script>window.coe = {self._facts()};</script><script>{_read(SCRIPTS)}</script>"
        return (
            page.replace('lang="en"', f'lang="{self.words.language}"', 1)
            .replace("</head>", f"{self._head()}</head>", 1)
            .replace("<gradio-app", f"{before}<gradio-app", 1)
            .replace("</gradio-app>", f"</gradio-app>{after}", 1)
        )

    def _head(self) -> str:
        title = literal(self.words["page.title"])
        return f'<title>{title}</title><link rel="icon" href="{ICON}"><style>{_read(STYLES)}</style>'

    def _facts(self) -> str:
        said = {
            key.partition(".")[2]: text
            for key, text in self.words.table.items()
            if key.startswith(("page.", "script."))
        }
        facts = {
            "language": self.words.language,
            "cookies": {"language": COOKIE, "colours": COLOURS_COOKIE},
            "views": VIEWS,
            "keeps": self.keeps,
            "words": said,
        }
        # Inside a script element only a closing tag could end it: no word of ours holds one, and none may.
        return json.dumps(facts).replace("<", "\\u003c")

    def _top(self, principal: Principal) -> str:
        """Brand, views, switches and who is logged in; `page.js` makes them work."""
        words = self.words
        views = "".join(f'<a href="#{view}" data-view="{view}">{literal(words[f"page.{view}"])}</a>' for view in VIEWS)
        languages = "".join(
            f'<button type="button" lang="{code}" title="{name}" aria-label="{name}" '
            f'aria-pressed="{str(code == words.language).lower()}">{code.upper()}</button>'
            for code, name in LANGUAGES.items()
        )
        return (
            f'<a id="skip" href="#ask">{literal(words["page.skip"])}</a>'
            f'<div id="top"><header class="bar{" beside" if self.keeps else ""}">'
            '<h1 class="brand"><span>CoE</span> Assistant</h1>'
            f'<nav id="views" aria-label="{literal(words["page.views"])}">{views}</nav>{self._account(principal)}'
            f'<div id="languages" role="group" aria-label="{literal(words["page.language"])}">{languages}</div>'
            '<button type="button" id="colours"></button></header></div>'
        )

    def _account(self, principal: Principal) -> str:
        words = self.words
        if principal == LOCAL or (is_visitor(principal) and not self.has_accounts()):
            return ""
        if is_visitor(principal):
            return f'<div id="account"><a href="/login">{literal(words["login.log_in"])}</a></div>'
        name = literal(principal.name)
        return (
            f'<form id="account" method="post" action="/logout"><span title="{name}">'
            f'<span class="sr">{literal(words["login.who"])} </span>{name}</span>'
            f"<button>{literal(words['login.log_out'])}</button></form>"
        )

    def _opening(self, request: Request) -> str:
        """The view as it will be; `opening.js` hands over to Gradio what is written here."""
        words = self.words
        content = self._returning() if "a" in request.query_params else self._beginning()
        return (
            f'<section id="opening"><div class="talk">{content}</div><form class="compose"><div class="ask">'
            f'<textarea rows="1" aria-label="{literal(words["ask.box"])}" '
            f'placeholder="{literal(words["ask.placeholder"])}"></textarea>'
            f"<button>{literal(words['ask.send'])}</button></div>"
            f'<div class="notice">{self.notice}</div></form>'
            f"<noscript><p>{literal(words['page.noscript'])}</p></noscript></section>"
        )

    def _returning(self) -> str:
        return f'<p class="step">{literal(self.words["page.opening"])}</p>'

    def _beginning(self) -> str:
        examples = "".join(self._topic(*each) for each in self.examples)
        return f'<div class="welcome"><div>{greeting(self.words)}</div><div class="examples">{examples}</div></div>'

    def _topic(self, kind: str, questions: Sequence[str]) -> str:
        buttons = "".join(
            f'<button type="button" class="example" data-ask="{question}">{question}</button>'
            for question in (literal(self.words[key]) for key in questions)
        )
        return f'<div class="topic"><h3>{literal(self.words[kind])}</h3>{buttons}</div>'


def greeting(words: Words) -> str:
    """What stands where nothing was asked yet."""
    return f'<h2>{literal(words["ask.welcome"])}</h2><p class="lead">{literal(words["ask.lead"])}</p>'


class Framed:
    """Gradio's page with the frame around its document; everything else it serves passes through."""

    def __init__(self, page: ASGIApp, frame: Frame) -> None:
        self._page = page
        self._frame = frame

    @property
    def routes(self) -> list[BaseRoute]:
        """Routes of the page."""
        return list(getattr(self._page, "routes", ()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with the frame where the document itself is asked for."""
        if scope["type"] != "http" or scope["path"] != "/":
            await self._page(scope, receive, send)
            return
        begun: Message = {}
        pieces: list[bytes] = []

        async def framing(message: Message) -> None:
            if message["type"] == "http.response.start":
                begun.update(message)
                return
            pieces.append(message.get("body", b""))
            if not message.get("more_body"):
                body = self._frame.around(b"".join(pieces).decode(), Request(scope)).encode()
                headers = MutableHeaders(raw=begun["headers"])
                headers["Content-Length"] = str(len(body))
                # It says who is logged in.
                headers["Cache-Control"] = "private, no-cache"
                await send(begun)
                await send({"type": "http.response.body", "body": body})

        await self._page(scope, receive, framing)


@cache
def _read(names: tuple[str, ...]) -> str:
    return "\n".join((HERE / name).read_text(encoding="utf-8") for name in names)
