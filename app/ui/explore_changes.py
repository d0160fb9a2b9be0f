"""What changed between two dates, each change with its source."""

from collections.abc import Sequence
from datetime import date

from app.explore.changes import Changes, Moved
from app.explore.events import Event, EventKind
from app.explore.figures import Moment
from app.explore.types import Holdings
from app.ui.explore_markup import Column, View, brief_source, empty, field, quoted, row_link, section, table
from app.ui.messages import literal

_SHOWN: tuple[EventKind, ...] = ("joined", "known", "opened", "project_start", "project_end", "meeting")


def usual_period(holdings: Holdings) -> tuple[date, date]:
    """The year before the newest source on file: where the documents have something to tell."""
    days = [document.published for document in holdings.documents.values() if document.published]
    newest = max((day for day in days if len(day) == len("2021-06-05")), default=None)
    last = date.fromisoformat(newest) if newest else date.today()
    return last.replace(year=last.year - 1, day=min(last.day, 28)), last


def changes_view(view: View, changes: Changes) -> str:
    """The form with the two days, and what happened between them."""
    say = view.say
    parts = [section(say("changes_figures"), _figures(view, changes.figures), count=len(changes.figures))]
    for kind in _SHOWN:
        found = changes.of(kind)
        heading = say(f"changes_{kind}")
        parts.append(section(heading, _events(view, heading, found) if found else "", count=len(found)))
    told = "".join(parts)
    note = f'<p class="note">{literal(say("year_only"))}</p>' if told else empty(say("no_changes"))
    return f"{_form(view, changes)}{told}{note}"


def _form(view: View, changes: Changes) -> str:
    say = view.say
    return (
        f'<p class="lead">{literal(say("changes_lead"))}</p>'
        '<form class="filters" data-view="explore/changes">'
        f"{field(say('from'), _day('since', changes.first))}{field(say('to'), _day('until', changes.last))}"
        f'<div class="act"><button type="submit">{literal(say("show"))}</button></div></form>'
    )


def _day(name: str, value: date) -> str:
    return f'<input name="{name}" type="date" required min="1990-01-01" max="2100-12-31" value="{value.isoformat()}">'


def _events(view: View, heading: str, found: Sequence[Event]) -> str:
    say = view.say
    columns = [Column("event", say("event")), Column("when", say("when")), Column("source", say("source_dated"))]
    rows = (
        (row_link(event.row), literal(view.days(event.date, event.end)), brief_source(view, event.cell))
        for event in found
    )
    return table(heading, columns, rows)


def _figures(view: View, moved: Sequence[Moved]) -> str:
    if not moved:
        return ""
    say = view.say
    columns = [Column("figure", say("figure")), Column("before", say("before")), Column("after", say("after"))]
    rows = ((literal(_sentence(each.what)), _moment(view, each.before), _moment(view, each.after)) for each in moved)
    return table(say("changes_figures"), columns, rows)


def _moment(view: View, moment: Moment) -> str:
    """Each value with a source of its own; where they differ it says so."""
    mark = f'<strong class="differ">{literal(view.say("sources_differ"))}</strong>' if moment.is_disputed else ""
    first = {stated.value: stated for stated in reversed(moment.stated)}
    told = "".join(
        f'<li><strong class="value">{literal(in_words(value))}</strong> {literal(view.day(stated.date))}<br>'
        f"{quoted(view, stated.cell)}</li>"
        for value, stated in reversed(first.items())
    )
    return f'{mark}<ul class="plain">{told}</ul>'


def in_words(value: str) -> str:
    """A figure's value with its thousands set apart."""
    return f"{int(value):,}" if value.isdecimal() and len(value) > len("9999") else value


def _sentence(what: str) -> str:
    return what[:1].upper() + what[1:]
