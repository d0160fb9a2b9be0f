"""The record of a country, project, meeting or other entity: all that is on file, each value with its quote."""

from collections.abc import Iterator, Sequence

from app.explore.events import Event
from app.explore.records import Fact, Key, Naming, Record, country_key, person_key
from app.explore.types import Stated
from app.ui.explore_changes import in_words
from app.ui.explore_markup import (
    View,
    empty,
    introduced_source,
    listed,
    passage_link,
    place,
    quoted,
    record_link,
    row_link,
    section,
)
from app.ui.messages import literal
from ingest import names
from ingest.types import Row

_ASKED = 2
"""Questions that a kind of record has at most."""
_DIFFERING = 3
"""Disagreements shown before the rest is folded away."""
_DATES = frozenset("start end joined joined_by opened".split())
_MONEY = frozenset({"budget_eur"})


def record_view(view: View, record: Record, found: Sequence[Naming]) -> str:
    """A record as HTML, with the documents that name it."""
    say = view.say
    return "".join(
        [
            _head(view, record),
            section(say("sources_differ"), _differing(view, record), css="differing"),
            section(say("facts"), _facts(view, record.facts)) or _no_facts(view, record.key),
            section(say("secretariats"), _rows(view, record.secretariats), count=len(record.secretariats)),
            section(say("partners"), _rows(view, record.partners), count=len(record.partners)),
            section(say("figures"), _figures(view, record.figures)),
            section(say("timeline"), _timeline(view, record), count=len(record.events)),
            section(say("meetings"), _meetings(view, record.meetings), count=len(record.meetings)),
            section(say("projects"), _rows(view, record.projects), count=len(record.projects)),
            section(say("people"), _rows(view, record.people), count=len(record.people)),
            section(say("mentioned_in"), _naming(view, found), count=len(found)),
        ]
    )


def missing_view(view: View) -> str:
    """What is shown at an address that names nothing on file."""
    search = f'<p><a class="button" href="{place("explore/search")}">{literal(view.say("search_instead"))}</a></p>'
    return empty(view.say("no_record"), view.say("no_record_hint"), search)


def short_name(record: Record) -> str:
    """What the record is called within a question."""
    return record.name.split(":")[0] if record.key.kind == "project" else record.name


def _head(view: View, record: Record) -> str:
    say = view.say
    asked = "".join(_question(text) for text in _questions(view, record))
    copied = literal(say("copied"))
    copy = f'<button type="button" class="quiet" data-copy="{copied}">{literal(say("copy_link"))}</button>'
    return f'<div class="asking"><span class="caption">{literal(say("ask_about"))}</span>{asked}{copy}</div>'


def _questions(view: View, record: Record) -> Iterator[str]:
    for number in range(1, _ASKED + 1):
        template = view.label(f"question_{record.key.kind}_{number}", "")
        if template:
            yield template.format(name=short_name(record))


def _question(text: str) -> str:
    return f'<button type="button" class="ask" data-ask="{literal(text)}">{literal(text)}</button>'


def _no_facts(view: View, key: Key) -> str:
    """A region is what stands below; anything else is expected to have facts of its own."""
    return "" if key.kind == "region" else f'<p class="note">{literal(view.say("no_facts"))}</p>'


def _differing(view: View, record: Record) -> str:
    told = [
        f"<strong>{_label(view, fact)}: {_values(view, fact)}</strong> {quoted(view, fact.cell)}"
        for fact in record.differing
    ]
    told += [quoted(view, cell) for cell in record.disagreements]
    return listed(view, told, first=_DIFFERING) if told else ""


def _facts(view: View, facts: Sequence[Fact]) -> str:
    """Facts that one passage states stand beside its quote."""
    by_passage: dict[tuple[str, int, int], list[Fact]] = {}
    for fact in facts:
        by_passage.setdefault((fact.cell.document_id, fact.cell.start, fact.cell.end), []).append(fact)
    return "".join(_passage(view, told) for told in by_passage.values())


def _passage(view: View, facts: Sequence[Fact]) -> str:
    cell = facts[0].cell
    pairs = "".join(f"<div><dt>{_label(view, fact)}</dt><dd>{_values(view, fact)}</dd></div>" for fact in facts)
    quote = f'<q class="quote">{literal(cell.quote)}</q> {introduced_source(view, cell)}'
    return f'<div class="told"><dl>{pairs}</dl><div>{quote}</div></div>'


def _label(view: View, fact: Fact) -> str:
    return literal(view.label(fact.field, fact.field))


def _values(view: View, fact: Fact) -> str:
    return "; ".join(_value(view, fact.field, value, detail) for value, detail in fact.values)


def _value(view: View, field: str, value: str, detail: str | None) -> str:
    """A value as people read it, and a link where it has a record of its own."""
    key = _key(field, value)
    shown = record_link(key, value) if key else literal(_read(view, field, value))
    return f"{shown} ({literal(detail)})" if detail else shown


def _read(view: View, field: str, value: str) -> str:
    if field in _DATES:
        return view.day(value)
    if field in _MONEY:
        return in_words(value)
    return view.label(value, value) if field == "series" else value


def _key(field: str, value: str) -> Key | None:
    if field in ("country", "countries"):
        return country_key(value) if names.country(value) else None
    if field in ("region", "regions"):
        region = names.region(value)
        return Key("region", region) if region else None
    if field in ("people", "focal_points", "heads"):
        return person_key(value)
    return Key("project", value) if field == "projects" else None


def _figures(view: View, figures: Sequence[Stated]) -> str:
    """A value for a month once, with everything that states it."""
    by_value: dict[tuple[str, str, str], list[Stated]] = {}
    for figure in sorted(figures, key=lambda figure: (figure.what, figure.date)):
        by_value.setdefault((figure.what, figure.date[: len("2021-06")], figure.value), []).append(figure)
    return listed(view, [_figure(view, stated) for stated in by_value.values()]) if by_value else ""


def _figure(view: View, stated: Sequence[Stated]) -> str:
    first = stated[0]
    told = f"<strong>{literal(first.what)}: {literal(in_words(first.value))}</strong> ({literal(view.day(first.date))})"
    return f"{told} {listed(view, [quoted(view, each.cell) for each in stated], first=1)}"


def _timeline(view: View, record: Record) -> str:
    told = [
        f"<time>{literal(view.days(event.date, event.end))}</time> <span>{_event(view, event)} "
        f"{introduced_source(view, event.cell)}</span>"
        for event in reversed(record.events)
    ]
    return f'<div class="timeline">{listed(view, told, tag="ol")}</div>' if told else ""


def _event(view: View, event: Event) -> str:
    """What happened, the name a link to its record."""
    before, _, after = view.say(f"event_{event.kind}", name="\n").partition("\n")
    return f"{literal(before)} {row_link(event.row)} {literal(after)}"


def _meetings(view: View, rows: Sequence[Row]) -> str:
    ordered = sorted(rows, key=lambda row: row.value("start") or "", reverse=True)
    told = [f"{row_link(row)} <small>{literal(view.day(row.value('start') or ''))}</small>" for row in ordered]
    return listed(view, told) if told else ""


def _rows(view: View, rows: Sequence[Row]) -> str:
    told = [row_link(row) for row in rows]
    return listed(view, told) if told else ""


def _naming(view: View, found: Sequence[Naming]) -> str:
    told = [
        f"{passage_link(view, each.document_id, each.start, each.end)} "
        f"<small>{literal(view.say('passages_count', count=each.passages))}</small>"
        for each in found
    ]
    return listed(view, told) if told else ""
