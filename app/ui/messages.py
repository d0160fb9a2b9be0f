"""Answers as the HTML shown in the conversation: composed here alone, every foreign string made literal."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote as percent_encoded

from app.answering.catalogue_reader import NAME as CATALOGUE
from app.labels import labels_in
from app.types import Answer, Citation, Nearest, Retrieved
from app.ui.coverage import coverage_in
from app.ui.words import Words

_BIDI_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LIST_LINE = re.compile(r"^\s*[-*•]\s+")
_WORKING = '<div class="reply working">'
_LONG = 120
"""A short answer that is longer is a list, and stands in the table."""


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


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of an answer beside the answer itself."""

    words: Words
    readers: Sequence[str]
    """A reader that is none of these means that the LLM was replaced."""
    found: Retrieved | None = None
    publisher: Callable[[Citation], str | None] = lambda citation: None


def question(text: str, conversation: str | None = None) -> str:
    """Return a person's question as a message; it names the conversation where that is kept."""
    lines = "<br>".join(literal(line) for line in text.strip().splitlines() if line.strip())
    # In a class, since of an attribute for data the page's sanitiser leaves nothing.
    kept = f" in-{literal_address(conversation)}" if conversation else ""
    return f'<div class="question{kept}">{lines}</div>'


def working(step: str) -> str:
    """Return the message shown while nothing is known yet but the step that is worked on."""
    return f'{_WORKING}<p class="step">{literal(step)}</p></div>'


def growing(step: str, claims: Sequence[str], citations: Sequence[Citation], words: Words) -> str:
    """Return the message shown while claims arrive."""
    link = _linker(citations, words)
    body = "".join(f"<p>{link(claim)}</p>" for claim in claims)
    return f'{_WORKING}<p class="step">{literal(step)}</p><div class="said">{body}</div></div>'


def stopped(shown: str, words: Words) -> str:
    """Return the message `shown` so far, marked as stopped by the person if it was unfinished."""
    if not shown.startswith(_WORKING):
        return shown
    inner = shown.removeprefix(_WORKING).removesuffix("</div>")
    note = f'<p class="note">{literal(words["ask.stopped"])}</p>'
    return f'<div class="reply stopped">{inner}{note}{_tools(words, copy=False)}</div>'


def failure(sentence: str, words: Words) -> str:
    """Return an error as one sentence of the conversation, with what can be done about it."""
    said = f'<div class="said" role="alert"><p>{literal(sentence)}</p></div>'
    return f'<div class="reply finished failure">{said}{_tools(words, copy=False)}</div>'


def finished(answer: Answer, told: Told) -> str:
    """Return the whole answer."""
    parts = _refusal(answer, told) if answer.completeness == "none" else _findings(answer, told)
    kind = "refusal" if answer.completeness == "none" else "answer"
    is_fallback = answer.reader not in (CATALOGUE, *told.readers)
    fallback = _note(told.words["ask.fallback"].format(answer.reader)) if is_fallback else ""
    inner = "".join([_understood(answer, told.words), *parts, fallback, _steps(answer, told), _tools(told.words)])
    return f'<div class="reply finished {kind}">{inner}</div>'


def suggestions(questions: Sequence[str], words: Words) -> str:
    """Return questions to go on with, as buttons that ask them."""
    if not questions:
        return ""
    buttons = "".join(
        f'<button type="button" data-ask="{literal(question)}">{literal(question)}</button>' for question in questions
    )
    return f"<p>{literal(words['ask.suggested'])}</p>{buttons}"


def _tools(words: Words, *, copy: bool = True) -> str:
    names = (*(["copy"] if copy else []), "again", "edit")
    buttons = "".join(
        f'<button class="{name}" type="button">{literal(words[f"ask.{name}"])}</button>' for name in names
    )
    return f'<p class="tools">{buttons}</p>'


def _note(sentence: str) -> str:
    return f'<p class="note">{literal(sentence)}</p>'


def _understood(answer: Answer, words: Words) -> str:
    if answer.standalone_question.strip() == answer.question.strip():
        return ""
    return _note(words["ask.read_as"].format(answer.standalone_question))


def _findings(answer: Answer, told: Told) -> list[str]:
    link = _linker(answer.citations, told.words)
    parts = []
    if answer.short_answer and not (answer.items and len(answer.short_answer) > _LONG):
        parts.append(f'<p class="short"><strong>{literal(answer.short_answer)}</strong></p>')
    parts.append(_standing(answer, told.words))
    has_table = _has_table(answer)
    parts.append(f'<div class="said">{_paragraphs(_lead(answer) if has_table else answer.answer, link)}</div>')
    parts.append(_items(answer, told.words, link) if has_table else "")
    parts.append(_conflicts(answer, told.words, link))
    parts.append(_note(coverage_in(told.words, answer.coverage)) if answer.coverage and answer.items else "")
    parts.append(_sources(answer.citations, told))
    return parts


def _refusal(answer: Answer, told: Told) -> list[str]:
    words = told.words
    parts = [
        f'<p class="verdict">{literal(words["ask.none"])}</p>',
        f'<div class="said">{_paragraphs(answer.answer, _linker(answer.citations, words))}</div>',
        f'<p class="note">{literal(words["ask.try"])} '
        f'<a class="go" href="#explore">{literal(words["page.explore"])}</a>.</p>',
    ]
    if answer.nearest:
        rows = "".join(f"<li>{_nearest(document, words)}</li>" for document in answer.nearest)
        parts.append(f'<p class="caption">{literal(words["ask.nearest"])}</p><ul class="nearest">{rows}</ul>')
    parts.append(_sources(answer.citations, told))
    return parts


def _nearest(document: Nearest, words: Words) -> str:
    published = f" <small>{literal(words.day(document.published))}</small>" if document.published else ""
    return (
        f'<a class="source" href="{literal_address(document_path(document.document_id))}">'
        f"{literal(document.title)}</a>{published}"
    )


def _linker(citations: Sequence[Citation], words: Words) -> Callable[[str], str]:
    def link(text: str) -> str:
        shown, reached = "", 0
        for label in labels_in(text, citations):
            shown += literal_with_edges(text[reached : label.start]) + _label(label.citation, words)
            reached = label.end
        return (shown + literal_with_edges(text[reached:])).strip()

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


def _label(citation: Citation, words: Words) -> str:
    return (
        f'<a class="label source" href="{_passage(citation)}">'
        f'<span class="sr">{literal(words["ask.source"])} </span>{citation.label}</a>'
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


def _has_table(answer: Answer) -> bool:
    """Whether there are entries that the answer's sentences do not spell out, or several of them."""
    return len(answer.items) > 1 or any(item.text not in answer.answer for item in answer.items)


def _lead(answer: Answer) -> str:
    """The answer's sentences without the entries at their end, which the table repeats with their sources."""
    names = (item.text.partition(":")[0] for item in answer.items)
    places = [place for name in names if (place := answer.answer.find(name)) > 0]
    return answer.answer[: min(places)].rstrip(" :") if len(places) == len(answer.items) else answer.answer


def _items(answer: Answer, words: Words, link: Callable[[str], str]) -> str:
    cited = {citation.label: citation for citation in answer.citations}
    rows = []
    for number, item in enumerate(answer.items, start=1):
        citation = cited.get(item.label)
        text = link(item.text.replace(f"[{item.label}]", ""))
        rows.append(
            (str(number), text, _dated(citation.published if citation else None, words), link(f"[{item.label}]"))
        )
    downloads = "".join(
        f'<button class="{kind}" type="button">{literal(words["ask.download"])} {kind.upper()}</button>'
        for kind in ("csv", "xlsx")
    )
    table = _table(
        "items", words["ask.list"], [words[f"ask.{key}"] for key in ("number", "entry", "source_date", "source")], rows
    )
    return f'{table}<p class="downloads">{downloads}</p>'


def _conflicts(answer: Answer, words: Words, link: Callable[[str], str]) -> str:
    if not answer.conflicts:
        return ""
    rows = [
        (literal(conflict.value), _dated(conflict.date, words), link(f"[{conflict.label}]"))
        for conflict in answer.conflicts
    ]
    headings = [words[f"ask.{key}"] for key in ("value", "said_for", "source")]
    return f'<div class="conflicts">{_table("differing", words["ask.differ"], headings, rows)}</div>'


def _dated(value: str | None, words: Words) -> str:
    """A date that sorts as it stands: the ISO date is read by the script and by no one else."""
    if not value:
        return f'<span class="quiet">{literal(words["ask.undated"])}</span>'
    return f'<time datetime="{literal(value)}">{literal(words.day(value))}</time>'


def _table(name: str, caption: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of cells that are HTML already."""
    head = "".join(f'<th scope="col">{literal(heading)}</th>' for heading in headings)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return (
        f'<div class="scrolled"><table class="{name}"><caption>{literal(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _standing(answer: Answer, words: Words) -> str:
    parts = [f'<span class="{answer.completeness}">{literal(words[f"ask.{answer.completeness}"])}</span>']
    if answer.as_of:
        as_of = words["ask.as_of"].format(words.day(answer.as_of))
        parts.append(f'<span class="as-of">{literal(as_of)}</span>')
    return f'<p class="standing">{" ".join(parts)}</p>'


def _sources(citations: Sequence[Citation], told: Told) -> str:
    if not citations:
        return ""
    cards = "".join(f"<li>{_card(citation, told)}</li>" for citation in citations)
    count = told.words.counted("ask.sources", len(citations))
    return f'<p class="caption">{literal(count)}</p><ol class="sources">{cards}</ol>'


def _card(citation: Citation, told: Told) -> str:
    # A section's headings begin with the document's title, which stands right above them.
    section = citation.section.removeprefix(citation.title).removeprefix(" › ")
    page = told.words["ask.page"].format(citation.page) if citation.page else ""
    published = told.words.day(citation.published) if citation.published else ""
    facts = " · ".join(literal(fact) for fact in (section, page, told.publisher(citation), published) if fact)
    return (
        f'<a class="card source" href="{_passage(citation)}"><span class="number">{citation.label}</span>'
        f'<span class="title">{literal(citation.title)}</span><span class="facts">{facts}</span>'
        f'<span class="quote">“{literal(citation.quote)}”</span></a>'
    )


def _steps(answer: Answer, told: Told) -> str:
    """How the answer was found, folded away: what was searched, what was kept, who read it."""
    words, found = told.words, told.found
    steps = [words["ask.how_catalogue"]] if answer.reader == CATALOGUE else []
    if answer.coverage and not answer.items:
        steps.append(coverage_in(words, answer.coverage))
    if found and found.passages:
        steps.append(f"{searched(found, words)}: {'; '.join(dict.fromkeys(found.titles))}")
    if answer.citations:
        documents = len({citation.document_id for citation in answer.citations})
        kept = (words.counted("ask.passages", len(answer.citations)), words.counted("ask.documents", documents))
        steps.append(words["ask.how_kept"].format(*kept))
    steps.append(words["ask.how_read"].format(answer.reader, f"{answer.timings_ms.total / 1000:.1f}"))
    rows = "".join(f"<li>{literal(step)}</li>" for step in steps)
    return f'<details class="steps"><summary>{literal(words["ask.how"])}</summary><ul>{rows}</ul></details>'


def searched(found: Retrieved, words: Words) -> str:
    """Return what was searched, in one sentence."""
    documents = words.counted("ask.documents", len(set(found.titles)))
    return words["ask.searched"].format(words.counted("ask.passages", found.passages), documents)
