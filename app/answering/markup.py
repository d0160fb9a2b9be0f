"""What a text holds beside its words: markup, addresses, invisible characters, and words of another text."""

import html
import re
import unicodedata
from collections.abc import Sequence

_WORD = re.compile(r"[^\W_]+")
_INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})
_ADDRESS = re.compile(
    r"""[a-z][a-z0-9+.-]*://[^\s<>"'`]+          # a scheme and an authority
      | \b(?:data|file|javascript|mailto|tel|vbscript):[^\s<>"'`]+
      | (?<![\w:/])//[^\s<>"'`]+                 # the page's own scheme
      | [^\s<>"'`()\[\]:]+@[^\s<>"'`()\[\]]+
      | \b(?:[^\W_][\w-]*\.)+[^\W\d_]{2,24}(?:[:/?\#][^\s<>"'`)\]]*)?""",
    re.IGNORECASE | re.VERBOSE,
)
_MARKUP = (
    (re.compile(r"<!--.*?(?:-->|$)", re.DOTALL), ""),
    (re.compile(r"<([a-z][a-z0-9+.-]*:[^\s<>]+|[^\s<>@]+@[^\s<>]+)>", re.IGNORECASE), r"\1"),
    (re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE), ""),
    (re.compile(r"!?\[([^\[\]]*)\](?:\([^()]*\)|\[[^\[\]]*\])"), r"\1"),
    (re.compile(r"\s*\[\s*\d{1,2}(?:\s*[,;–-]\s*\d{1,2})*\s*\]"), ""),  # labels: the assistant sets its own
    (re.compile(r"[*`]+|~~+|(?<!\w)_+|_+(?!\w)"), ""),
    (re.compile(r"^\s*(?:#{1,6}\s|>|[-+]\s)+"), ""),
    (re.compile(r"<(?=[a-z/!?])|!(?=\[)|(?<=\])(?=[(\[])", re.IGNORECASE), " "),
)


def foreign_addresses(text: str, quotes: Sequence[str]) -> frozenset[str]:
    """Web and e-mail addresses of a text that no quote has, written out or inside markup."""
    return _addresses(text).difference(*(_addresses(quote) for quote in quotes))


def _addresses(text: str) -> frozenset[str]:
    readable = unicodedata.normalize("NFKC", visible(text))
    return frozenset(match.group().rstrip(".,;:!?)]}>'\"*_/") for match in _ADDRESS.finditer(readable))


def visible(text: str) -> str:
    """The text with entities spelled out and characters nobody sees removed, white space as single spaces."""
    while (spelled := html.unescape(text)) != text:
        text = spelled
    spaced = " ".join(text.split())
    return "".join(character for character in spaced if unicodedata.category(character) not in _INVISIBLE)


def strip_markup(text: str) -> str:
    """The words of a text without Markdown, HTML, images, link targets and citation labels."""
    before, stripped = "", visible(text)
    while before != stripped:
        before = stripped
        for pattern, replacement in _MARKUP:
            stripped = pattern.sub(replacement, stripped)
        stripped = " ".join(stripped.split())
    return stripped


def repeats(text: str, source: str, *, words: int = 6) -> bool:
    """True when the text repeats a run of so many words of the source."""
    return bool(_grams(text, words) & _grams(source, words))


def _grams(text: str, length: int) -> set[tuple[str, ...]]:
    found = [word.casefold() for word in _WORD.findall(text)]
    return {tuple(found[at : at + length]) for at in range(len(found) - length + 1)}
