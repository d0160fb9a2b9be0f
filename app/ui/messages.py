"""Answers as the HTML shown in the conversation: composed here alone, every foreign string made literal."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date
from urllib.parse import quote as percent_encoded

from app.answering.catalogue_reader import NAME as CATALOGUE
from app.types import Answer, Citation, Conflict, Item, Nearest

_LABEL = re.compile(r"\[(\d{1,3})\]")
_BIDI_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LIST_LINE = re.compile(r"^\s*[-*•]\s+")
_WORKING = '<div class="reply working">'
_COPY_BUTTON = '<p class="tools"><button class="copy" type="button">Copy answer</button></p>'


def literal(text: str) -> str:
    """Return `text` as HTML that a Markdown renderer and a browser read as nothing but these words.

    Every ASCII punctuation mark becomes a character reference: no tag, link, bare address, image, formula
    or diagram can start, whatever the renderer's extensions are. White space becomes single spaces, since
    an empty line would end the HTML block and hand the rest to the Markdown parser.
    """
    return "".join(_literal_character(char) for char in " ".join(text.split()))


def _literal_character(char: str) -> str:
    if char == " " or (char.isascii() and char.isalnum()):
        return char
    if char.isascii():
        return f"&#{ord(char)};" if char.isprintable() else ""
    if char in _BIDI_OVERRIDES or unicodedata.category(char) in ("Cc", "Cs"):
        return ""
    return char


def document_path(document_id: str, *, start: int | None = None, end: int | None = None) -> str:
    """Return the address of a document's page here, at the passage where one is given."""
    path = f"/documents/{percent_encoded(document_id, safe='/')}"
    return path if start is None else f"{path}?start={start}&end={end}#passage"


def human_date(value: str) -> str:
    """Return an ISO date of any precision as people write it: `5 June 2021`, `June 2021`, `2021`."""
    parts = value.split("-")
    try:
        year, month, number = (int(part) for part in [*parts, *["1"] * (3 - len(parts))])
        day = date(year, month, number)
    except ValueError:
        return value
    return " ".join(((str(day.day), f"{day:%B}", f"{day:%Y}"))[3 - len(parts) :])


def question(text: str) -> str:
    """Return a person's question as a message."""
    lines = "<br>".join(literal(line) for line in text.strip().splitlines() if line.strip())
    return f'<div class="question">{lines}</div>'


def working(step: str) -> str:
    """Return the message shown while nothing is known yet but the step that is worked on."""
    return f'{_WORKING}<p class="step">{literal(step)}</p></div>'


def growing(step: str, claims: Sequence[str], citations: Sequence[Citation]) -> str:
    """Return the message shown while claims arrive."""
    link = _linker(citations)
    body = "".join(f"<p>{link(claim)}</p>" for claim in claims)
    return f'{_WORKING}<p class="step">{literal(step)}</p><div class="said">{body}</div></div>'


def stopped(shown: str) -> str:
    """Return the message `shown` so far, marked as stopped by the person if it was unfinished."""
    if not shown.startswith(_WORKING):
        return shown
    inner = shown.removeprefix(_WORKING).removesuffix("</div>")
    return f'<div class="reply stopped">{inner}<p class="note">Stopped.</p></div>'


def failure(sentence: str) -> str:
    """Return an error as one sentence of the conversation."""
    return f'<div class="reply finished failure"><div class="said"><p>{literal(sentence)}</p></div></div>'


def finished(answer: Answer, *, readers: Sequence[str]) -> str:
    """Return the whole answer; a reader that is none of `readers` means that the LLM was replaced."""
    parts = _refusal(answer) if answer.completeness == "none" else _findings(answer)
    kind = "refusal" if answer.completeness == "none" else "answer"
    fallback = "" if answer.reader in (CATALOGUE, *readers) else _fallback(answer.reader)
    inner = "".join([_understood(answer), *parts, fallback, _COPY_BUTTON])
    return f'<div class="reply finished {kind}">{inner}</div>'


def _understood(answer: Answer) -> str:
    if answer.standalone_question.strip() == answer.question.strip():
        return ""
    return f'<p class="note">Read as: {literal(answer.standalone_question)}</p>'


def _findings(answer: Answer) -> list[str]:
    link = _linker(answer.citations)
    parts = []
    if answer.short_answer:
        parts.append(f'<p class="short"><strong>{literal(answer.short_answer)}</strong></p>')
    parts.append(f'<div class="said">{_paragraphs(answer.answer, link)}{_items(answer, link)}</div>')
    parts.append(_conflicts(answer.conflicts, link))
    if answer.coverage:
        parts.append(f'<p class="note">{literal(answer.coverage)}</p>')
    parts.append(_standing(answer))
    parts.append(_sources(answer.citations))
    return parts


def _refusal(answer: Answer) -> list[str]:
    parts = [
        '<p class="verdict">Not in the documents</p>',
        f'<div class="said">{_paragraphs(answer.answer, _linker(answer.citations))}</div>',
    ]
    if answer.nearest:
        rows = "".join(f"<li>{_nearest(document)}</li>" for document in answer.nearest)
        parts.append(f'<p class="caption">Closest documents</p><ul class="nearest">{rows}</ul>')
    parts.append(_sources(answer.citations))
    return parts


def _nearest(document: Nearest) -> str:
    published = f" <small>{literal(human_date(document.published))}</small>" if document.published else ""
    return (
        f'<a class="source" href="{literal_address(document_path(document.document_id))}">'
        f"{literal(document.title)}</a>{published}"
    )


def _linker(citations: Sequence[Citation]) -> Callable[[str], str]:
    known = {citation.label: citation for citation in citations}

    def link(text: str) -> str:
        pieces = _LABEL.split(text)
        shown = [literal_with_edges(pieces[0])]
        for number, after in zip(pieces[1::2], pieces[2::2], strict=True):
            citation = known.get(int(number))
            shown.append(_label(citation) if citation else literal(f"[{number}]"))
            shown.append(literal_with_edges(after))
        return "".join(shown).strip()

    return link


def literal_with_edges(text: str) -> str:
    """Return `literal(text)`, keeping one space at an edge that has white space."""
    inner = literal(text)
    if not inner:
        return " " if text else ""
    return f"{' ' if text[0].isspace() else ''}{inner}{' ' if text[-1].isspace() else ''}"


def literal_address(address: str) -> str:
    """Return an address of ours as the value of an attribute."""
    return address.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")


def _passage(citation: Citation) -> str:
    return literal_address(document_path(citation.document_id, start=citation.start, end=citation.end))


def _label(citation: Citation) -> str:
    return (
        f'<a class="label source" href="{_passage(citation)}" title="{literal(citation.title)}">'
        f'<span class="sr">Source </span>{citation.label}</a>'
    )


def _paragraphs(text: str, link: Callable[[str], str]) -> str:
    parts: list[str] = []
    rows: list[str] = []
    for line in [*text.splitlines(), ""]:
        if _LIST_LINE.match(line):
            rows.append(f"<li>{link(_LIST_LINE.sub('', line))}</li>")
            continue
        if rows:
            parts.append(f"<ul>{''.join(rows)}</ul>")
            rows = []
        if line.strip():
            parts.append(f"<p>{link(line)}</p>")
    return "".join(parts)


def _items(answer: Answer, link: Callable[[str], str]) -> str:
    if not answer.items or all(item.text in answer.answer for item in answer.items):
        return ""
    rows = "".join(f"<li>{_item(item, link)}</li>" for item in answer.items)
    return f'<ul class="items">{rows}</ul>'


def _item(item: Item, link: Callable[[str], str]) -> str:
    text = item.text if f"[{item.label}]" in item.text else f"{item.text} [{item.label}]"
    return link(text)


def _conflicts(conflicts: Sequence[Conflict], link: Callable[[str], str]) -> str:
    if not conflicts:
        return ""
    rows = "".join(f"<li>{_conflict(conflict, link)}</li>" for conflict in conflicts)
    return f'<div class="conflicts"><p class="caption">Other documents differ</p><ul>{rows}</ul></div>'


def _conflict(conflict: Conflict, link: Callable[[str], str]) -> str:
    when = f" ({human_date(conflict.date)})" if conflict.date else ""
    return link(f"{conflict.value}{when} [{conflict.label}]")


def _standing(answer: Answer) -> str:
    parts = []
    if answer.completeness == "partial":
        parts.append('<span class="partial">Partly answered</span>')
    if answer.as_of:
        parts.append(f'<span class="as-of">As of {literal(human_date(answer.as_of))}</span>')
    return f'<p class="standing">{" ".join(parts)}</p>' if parts else ""


def _sources(citations: Sequence[Citation]) -> str:
    if not citations:
        return ""
    cards = "".join(f"<li>{_card(citation)}</li>" for citation in citations)
    return f'<p class="caption">{_counted(len(citations), "source")}</p><ol class="sources">{cards}</ol>'


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _card(citation: Citation) -> str:
    # A section's headings begin with the document's title, which stands right above them.
    section = citation.section.removeprefix(citation.title).removeprefix(" › ")
    place = [section, f"page {citation.page}" if citation.page else ""]
    published = human_date(citation.published) if citation.published else ""
    facts = " · ".join(literal(fact) for fact in [*place, published] if fact)
    return (
        f'<a class="card source" href="{_passage(citation)}"><span class="number">{citation.label}</span>'
        f'<span class="title">{literal(citation.title)}</span><span class="facts">{facts}</span>'
        f'<span class="quote">“{literal(citation.quote)}”</span></a>'
    )


def _fallback(reader: str) -> str:
    return f'<p class="note">Quoted directly, without the language model: {literal(reader)}</p>'
