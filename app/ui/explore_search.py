"""Searching within the documents: filters, passages with the words found, and where each one stands."""

import re
from collections.abc import Iterable, Sequence

from app.answering.types import Hit
from app.retrieval.filters import Filters
from app.ui.explore_lists import filter_fields
from app.ui.explore_markup import View, empty, field, listed, place, section, select
from app.ui.messages import document_path, literal, literal_address, literal_with_edges

LIMIT = 20
"""Passages shown for one search."""

PER_DOCUMENT = 3
"""Passages of one document shown before the rest is folded away."""

_LISTS = (
    ("meetings", "meeting"),
    ("partners", "partner"),
    ("projects", "project"),
    ("people", "person"),
    ("secretariats", "secretariat"),
)


def search_view(view: View, words: str, filters: Filters, hits: Sequence[Hit]) -> str:
    """The form, and what was found; before anything was asked, what there is."""
    found = _found(view, hits) if words else _welcome(view)
    return f"{_form(view, words, filters)}{found}"


def _form(view: View, words: str, filters: Filters) -> str:
    say = view.say
    kinds = sorted({document.kind for document in view.holdings.documents.values()})
    options = [(kind, view.label(f"document_{kind}", kind)) for kind in kinds]
    given = {"region": filters.region, "country": filters.country, "project": filters.project, "year": filters.year}
    clear = (
        f'<a href="{place("explore/search", {"q": words})}">{literal(say("clear"))}</a>'
        if filters.kind or any(given.values())
        else ""
    )
    return (
        f'<p class="lead">{literal(say("search_lead"))}</p>'
        f'<form class="filters wide" data-view="explore/search" role="search">'
        f"{field(say('search_words'), _box(words))}"
        f"{field(say('kind'), select('kind', options, filters.kind or '', say('any')))}{filter_fields(view, filters)}"
        f'<div class="act"><button type="submit">{literal(say("search"))}</button>{clear}</div></form>'
    )


def _box(words: str) -> str:
    return f'<input name="q" type="search" maxlength="400" value="{literal(words)}">'


def _welcome(view: View) -> str:
    """How much of everything there is, each a way to its list."""
    say, holdings = view.say, view.holdings
    counts = [(f"explore/{name}", name, len(holdings.of(kind))) for name, kind in _LISTS]
    tiles = (
        f'<li><a href="{place(path)}"><strong>{count}</strong> {literal(say(name))}</a></li>'
        for path, name, count in [*counts, ("documents", "documents", len(holdings.documents))]
    )
    return section(say("on_file"), f'<ul class="tiles">{"".join(tiles)}</ul>')


def _found(view: View, hits: Sequence[Hit]) -> str:
    """Passages under their documents, the document of the best one first."""
    if not hits:
        return empty(view.say("no_passage"))
    by_document: dict[str, list[Hit]] = {}
    for hit in hits:
        by_document.setdefault(hit.chunk.document_id, []).append(hit)
    key = "passages" if len(hits) < LIMIT else "best_passages"
    counted = literal(view.say(key, count=len(hits), documents=len(by_document)))
    shown = "".join(f"<li>{_document(view, group)}</li>" for group in by_document.values())
    return f'<p class="counted" role="status">{counted}</p><ol class="hits">{shown}</ol>'


def _document(view: View, hits: Sequence[Hit]) -> str:
    metadata = hits[0].metadata
    facts = [
        view.label(f"document_{metadata.kind}", metadata.kind),
        next((source.publisher for source in metadata.sources if source.publisher), None),
        view.day(metadata.published) if metadata.published else None,
    ]
    told = " · ".join(literal(fact) for fact in facts if fact)
    passages = listed(view, [_passage(view, hit) for hit in hits], first=PER_DOCUMENT)
    return f'<h3>{literal(metadata.title)}</h3><p class="facts">{told}</p>{passages}'


def _passage(view: View, hit: Hit) -> str:
    """The passage is its own link; its heading and page say where in the document it stands."""
    chunk = hit.chunk
    own = chunk.heading.removeprefix(hit.metadata.title).removeprefix(" › ")
    where = " · ".join(filter(None, [own, view.say("page", page=chunk.page) if chunk.page else ""]))
    address = literal_address(document_path(chunk.document_id, start=chunk.start, end=chunk.end))
    return (
        f'<a class="source passage" href="{address}"><span class="title sr">{literal(hit.metadata.title)}</span>'
        f'<span class="where">{literal(where or view.say("open"))}</span>'
        f'<span class="text">{marked(chunk.text, hit.matched)}</span></a>'
    )


def marked(text: str, words: Iterable[str]) -> str:
    """A text as HTML with some words marked, wherever they stand as words."""
    wanted = sorted({word for word in words if word.strip()}, key=len, reverse=True)
    if not wanted:
        return literal(text)
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, wanted))})\b", re.IGNORECASE)
    pieces = pattern.split(" ".join(text.split()))
    return "".join(
        f"<mark>{literal(piece)}</mark>" if at % 2 else literal_with_edges(piece) for at, piece in enumerate(pieces)
    )
