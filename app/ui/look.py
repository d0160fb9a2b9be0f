"""How a page looks to whoever asks for it: its language, and light or dark colours where somebody chose."""

from dataclasses import dataclass

from starlette.requests import HTTPConnection

from app.ui.languages import language_of
from app.ui.words import LANGUAGES, Words, words_in

COLOURS_COOKIE = "colours"
"""Set by the page's own switch; without it the colours are those of the system."""
_CHOICES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Look:
    """What pages that are drawn without scripts need to know of the person."""

    words: Words
    colours: str | None = None
    """`light` or `dark`; None: as the system has them."""


PLAIN = Look(words_in(next(iter(LANGUAGES))))
"""For whoever chose nothing."""


def look_of(request: HTTPConnection) -> Look:
    """The look that a request asks for."""
    colours = request.cookies.get(COLOURS_COOKIE)
    return Look(words_in(language_of(request)), colours if colours in _CHOICES else None)
