"""A document as a page of its own: its text, where the facts come from, and the passage that was quoted."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from app.api.pictures import has_pictures
from app.api.plain_page import plain_page
from app.ui.look import PLAIN, Look
from app.ui.words import Words
from ingest.types import Document, Metadata, Section, SourceReference

HEADING_SEPARATOR = " › "

_PARAGRAPH = re.compile(r"[^\n]+(?:\n[^\n]+)*")
_LINE = re.compile(r"[^\n]+")
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"'\\\x00-\x1f]+", re.IGNORECASE)
_LOWEST_HEADING = 6

_MAIN = """<main>
<article class="document" dir="auto" lang="{language}">
{article}
</article>
</main>"""


@dataclass(frozen=True, slots=True)
class Passage:
    """The stretch of a document's text to point out."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Line:
    """A stretch of text shown in one element."""

    tag: str
    start: int
    end: int


def passage_in(text: str, start: str | None, end: str | None) -> Passage | None:
    """The passage that an address names, or None when the text has no such passage."""
    numbers = (_number(start), _number(end))
    if None in numbers:
        return None
    passage = Passage(*(number or 0 for number in numbers))
    is_inside = passage.start < passage.end <= len(text)
    return passage if is_inside and text[passage.start : passage.end].strip() else None


def document_page(document: Document, *, start: str | None = None, end: str | None = None, look: Look = PLAIN) -> str:
    """The document as HTML; every character of it is text, whatever it looks like."""
    words = look.words
    passage = passage_in(document.text, start, end)
    is_missed = passage is None and (start is not None or end is not None)
    groups = tuple(_joined(_groups(document), passage))
    has_title = bool(groups) and groups[0][0].tag == "h1"
    title = document.metadata.title
    article = [
        *(_shown(document.text, groups[:1], passage) if has_title else [f"<h1>{escape(title)}</h1>"]),
        _facts(document.metadata, words),
        _missed(words) if is_missed else "",
        *_body(document, groups[1:] if has_title else groups, passage, words),
        _sources(document.metadata.sources, words),
    ]
    language = escape(document.metadata.language)
    return plain_page(look, title, _MAIN.format(language=language, article="\n".join(filter(None, article))))


def _number(value: str | None) -> int | None:
    if value is None or not re.fullmatch(r"[0-9]{1,9}", value):
        return None
    return int(value)


def _missed(words: Words) -> str:
    return f'<p class="notice" lang="{words.language}" role="note">{escape(words["viewer.missed"])}</p>'


def _facts(metadata: Metadata, words: Words) -> str:
    facts = [escape(part) for part in (_kind(metadata.kind, words), metadata.region) if part]
    if metadata.published:
        facts.append(_as_of(metadata.published, words))
    if metadata.sources:
        facts.append(f'<a href="#sources">{words.counted("viewer.sources", len(metadata.sources))}</a>')
    return f'<p class="facts" lang="{words.language}">{" · ".join(facts)}</p>'


def _kind(kind: str, words: Words) -> str:
    """The name of a kind; one that somebody made up stands as it was written."""
    return words.table.get(f"viewer.kind_{kind}", kind.replace("_", " ").capitalize())


def _as_of(value: str, words: Words) -> str:
    time = f'<time datetime="{escape(value)}">{escape(words.day(value))}</time>'
    return words["viewer.as_of"].format(time)


def _body(
    document: Document, groups: Iterable[tuple[_Line, ...]], passage: Passage | None, words: Words
) -> Iterator[str]:
    sections = {section.start: section for section in document.sections}
    heading, page = "", None
    quoted = _quoted_page(document, passage)
    for group in groups:
        section = sections.get(group[0].start)
        if section:
            if section.page not in (None, page):
                page = section.page
                yield f'<p class="page" lang="{words.language}">{words["viewer.page"].format(page)}</p>'
                if passage and page == quoted:
                    yield _picture(document, passage, page, words)
            if section.heading != heading and not _is_heading(group[0].tag):
                yield _heading(section)
            heading = section.heading
        yield from _shown(document.text, [group], passage)


def _quoted_page(document: Document, passage: Passage | None) -> int | None:
    """The page that a passage begins on, where pages can be shown as they are printed."""
    if passage is None or not has_pictures(document):
        return None
    return next((each.page for each in document.sections if each.start <= passage.start < each.end), None)


def _picture(document: Document, passage: Passage, page: int | None, words: Words) -> str:
    address = f"/pages/{quote(document.id)}?number={page}&start={passage.start}&end={passage.end}"
    name = escape(words["viewer.printed"].format(page))
    image = f'<img src="{escape(address)}" alt="{name}" loading="lazy">'
    return f'<figure lang="{words.language}">{image}<figcaption>{name}.</figcaption></figure>'


def _heading(section: Section) -> str:
    own = section.heading.rpartition(HEADING_SEPARATOR)[2]
    tag = _heading_tag(section)
    return f"<{tag}>{escape(own)}</{tag}>" if own else ""


def _shown(text: str, groups: Iterable[tuple[_Line, ...]], passage: Passage | None) -> Iterator[str]:
    for group in groups:
        inner = "".join(f"<{line.tag}>{_marked(text, line, passage)}</{line.tag}>" for line in group)
        yield f"<ul>{inner}</ul>" if group[0].tag == "li" else inner


def _marked(text: str, line: _Line, passage: Passage | None) -> str:
    if passage is None or not _overlaps(line, passage):
        return _literal(text[line.start : line.end])
    start, end = max(line.start, passage.start), min(line.end, passage.end)
    before, inside, after = (
        _literal(part) for part in (text[line.start : start], text[start:end], text[end : line.end])
    )
    return f'{before}<mark id="passage">{inside}</mark>{after}'


def _literal(text: str) -> str:
    return escape(text).replace("\n", "<br>\n")


def _overlaps(line: _Line, passage: Passage) -> bool:
    return max(line.start, passage.start) < min(line.end, passage.end)


def _joined(groups: Iterable[tuple[_Line, ...]], passage: Passage | None) -> Iterator[tuple[_Line, ...]]:
    """The groups, with all lines that the passage touches made one: one mark cannot cross two elements."""
    groups = tuple(groups)
    touched = [line for group in groups for line in group if passage and _overlaps(line, passage)]
    if len(touched) < 2:
        yield from groups
        return
    first, last = touched[0], touched[-1]
    for group in groups:
        yield from _nonempty(tuple(line for line in group if line.end <= first.start))
        if first in group:
            yield (_Line("p", first.start, last.end),)
        yield from _nonempty(tuple(line for line in group if line.start >= last.end))


def _nonempty(group: tuple[_Line, ...]) -> Iterator[tuple[_Line, ...]]:
    if group:
        yield group


def _groups(document: Document) -> Iterator[tuple[_Line, ...]]:
    """Paragraphs and headings alone, the lines of a list or table together, in reading order."""
    for section, start, end in _stretches(document):
        for index, match in enumerate(_PARAGRAPH.finditer(document.text, start, end)):
            lines = [found.span() for found in _LINE.finditer(document.text, *match.span())]
            first = document.text[slice(*lines[0])]
            if index == 0 and len(lines) == 1 and match.start() == 0 and first == document.metadata.title:
                yield (_Line("h1", *lines[0]),)
            elif index == 0 and len(lines) == 1 and section and _names(section.heading, first):
                yield (_Line(_heading_tag(section), *lines[0]),)
            else:
                tag = "li" if len(lines) > 1 else "p"
                yield tuple(_Line(tag, *span) for span in lines)


def _stretches(document: Document) -> Iterator[tuple[Section | None, int, int]]:
    """The sections, and whatever text stands outside them."""
    reached = 0
    for section in document.sections:
        if reached < section.start:
            yield None, reached, section.start
        yield section, max(reached, section.start), section.end
        reached = max(reached, section.end)
    if reached < len(document.text):
        yield None, reached, len(document.text)


def _names(heading: str, line: str) -> bool:
    return bool(line) and (heading == line or heading.endswith(HEADING_SEPARATOR + line))


def _heading_tag(section: Section) -> str:
    return f"h{min(_LOWEST_HEADING, 2 + section.heading.count(HEADING_SEPARATOR))}"


def _is_heading(tag: str) -> bool:
    return tag.startswith("h")


def _sources(sources: tuple[SourceReference, ...], words: Words) -> str:
    if not sources:
        return ""
    rows = "".join(f"<li>{_source(source, words)}</li>" for source in sources)
    heading = f'<h2 id="sources">{escape(words["viewer.where_from"])}</h2>'
    return f'<section class="sources" lang="{words.language}">{heading}<ol>{rows}</ol></section>'


def _source(source: SourceReference, words: Words) -> str:
    title = escape(source.title)
    if source.url and _WEB_ADDRESS.fullmatch(source.url):
        title = f'<a href="{escape(source.url)}" target="_blank" rel="noopener noreferrer">{title}</a>'
    date = _as_of(source.date, words) if source.date else escape(words["viewer.undated"])
    return ", ".join(part for part in (title, escape(source.publisher or ""), date) if part)
