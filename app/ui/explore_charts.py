"""Charts as inline SVG: titled, described, with the same numbers as a table beside them; no script, no fixed width."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from app.answering.catalogue_values import bounds
from app.explore.figures import Moment
from app.explore.tallies import Column as Bar
from app.explore.tallies import Tally
from app.ui.explore_markup import Column, View, place, quoted, table
from app.ui.messages import literal

Scale = Callable[[float], float]

_ROW = 24
_BAR = 14
_FULL = 78.0
"""Per cent of the width that the longest bar takes; its number stands behind it."""
_HEIGHT = 232
_TOP, _BOTTOM = 24, 200
_LEFT, _RIGHT = 6.0, 96.0
"""Per cent of the width between which time runs."""
_GRID = 4


def meetings_chart(view: View, tally: Tally) -> str:
    """Meetings by year, each bar stacked by kind; one year alone is no chart."""
    if len(tally.columns) < 2:
        return ""
    say = view.say
    most = max(tally.columns, key=lambda column: column.total)
    first, last = tally.columns[0].label, tally.columns[-1].label
    told = say("meetings_chart_said", most=most.total, year=most.label, first=first, last=last)
    columns = [
        Column("year", say("year")),
        *(Column(group, say(group), is_number=True) for group in tally.groups),
        Column("total", say("total"), is_number=True),
    ]
    rows = (
        (
            f'<a href="{place("explore/meetings", {"year": column.label})}">{literal(column.label)}</a>',
            *map(str, column.counts),
            str(column.total),
        )
        for column in tally.columns
    )
    note = say("undated", count=tally.unplaced) if tally.unplaced else ""
    title = say("meetings_chart")
    svg = _drawn("meetings", (title, told), _bars(view, tally, label_width=12.0), _ROW * len(tally.columns))
    legend = _legend([(f"group-{index}", say(group)) for index, group in enumerate(tally.groups)])
    return _figure(view, title, legend + svg, f"{told} {note}", table(title, columns, rows))


def projects_chart(view: View, tally: Tally) -> str:
    """Projects by region, most first, each label above its bar; one region alone is no chart."""
    if len(tally.columns) < 2:
        return ""
    say = view.say
    columns = [Column("region", say("region")), Column("total", say("projects"), is_number=True)]
    rows = (
        (
            f'<a href="{place("explore/projects", {"region": column.label})}">{literal(column.label)}</a>',
            str(column.total),
        )
        for column in tally.columns
    )
    told = say("projects_chart_said")
    note = say("no_region", count=tally.unplaced) if tally.unplaced else ""
    title = say("projects_chart")
    svg = _drawn("projects", (title, told), _bars(view, tally, label_width=0.0), 2 * _ROW * len(tally.columns))
    return _figure(view, title, svg, f"{told} {note}", table(title, columns, rows))


def figure_chart(view: View, what: str, moments: Sequence[Moment]) -> str:
    """A figure over time; where sources differ every number is drawn, joined and named."""
    points = [(moment, sorted(moment.numbers)) for moment in moments if moment.numbers]
    if len(points) < 2:
        return ""
    say = view.say
    title = say("figure_chart", what=_sentence(what))
    told = say(
        "figure_chart_said",
        before=points[0][0].values[0],
        first=view.day(points[0][0].date),
        after=points[-1][0].values[-1],
        last=view.day(points[-1][0].date),
        disputed=sum(moment.is_disputed for moment, _ in points),
    )
    legend = _legend([("point", say("sources_agree")), ("disputed", say("sources_differ"))])
    svg = _drawn("figure", (title, told), _curve(view, points), _HEIGHT)
    columns = [Column("when", say("when")), Column("value", say("value")), Column("stated", say("stated"))]
    return _figure(view, title, legend + svg, told, table(title, columns, _moment_rows(view, moments)))


def _moment_rows(view: View, moments: Iterable[Moment]) -> Iterable[tuple[str, str, str]]:
    for moment in moments:
        mark = f' <strong class="differ">{literal(view.say("sources_differ"))}</strong>' if moment.is_disputed else ""
        for stated in moment.stated:
            yield literal(view.day(stated.date)) + mark, literal(stated.value), quoted(view, stated.cell)


def _figure(view: View, title: str, drawing: str, told: str, numbers: str) -> str:
    name = literal(title)
    return (
        f'<figure class="chart"><figcaption><h3>{name}</h3><p>{literal(told)}</p></figcaption>{drawing}'
        f"<details><summary>{literal(view.say('as_table'))}</summary>"
        f'<div class="scroll" tabindex="0" role="region" aria-label="{name}">{numbers}</div></details></figure>'
    )


def _drawn(name: str, words: tuple[str, str], shapes: str, height: int) -> str:
    title, told = words
    return (
        f'<svg role="img" width="100%" height="{height}" aria-labelledby="{name}-title {name}-told">'
        f'<title id="{name}-title">{literal(title)}</title><desc id="{name}-told">{literal(told)}</desc>{shapes}</svg>'
    )


def _legend(entries: Iterable[tuple[str, str]]) -> str:
    shown = "".join(f'<li><span class="swatch {css}"></span>{literal(text)}</li>' for css, text in entries)
    return f'<ul class="legend" aria-hidden="true">{shown}</ul>'


def _bars(view: View, tally: Tally, *, label_width: float) -> str:
    """Bars beside their labels, or below them where no width is left for labels."""
    height = _ROW if label_width else 2 * _ROW
    scale = (_FULL - label_width) / max(max(column.total for column in tally.columns), 1)
    return "".join(
        _bar(view, tally.groups, column, (label_width, scale, index * height, height))
        for index, column in enumerate(tally.columns)
    )


def _bar(view: View, groups: Sequence[str], column: Bar, where: tuple[float, float, int, int]) -> str:
    left, scale, top, height = where
    base = top + height - _ROW + (_ROW - _BAR) // 2
    parts = [f'<text x="0" y="{top + 16}">{literal(column.label)}</text>']
    at = left
    for index, (group, count) in enumerate(zip(groups, column.counts, strict=True)):
        if count:
            said = f"{column.label}, {view.say(group)}: {count}"
            parts.append(
                f'<rect class="group-{index}" x="{at:.2f}%" y="{base}" width="{count * scale:.2f}%" height="{_BAR}">'
                f"<title>{literal(said)}</title></rect>"
            )
        at += count * scale
    parts.append(f'<text class="total" x="{at + 1:.2f}%" y="{base + 12}">{column.total or ""}</text>')
    return "".join(parts)


def _curve(view: View, points: Sequence[tuple[Moment, Sequence[int]]]) -> str:
    days = [_middle(moment.date) for moment, _ in points]
    numbers = [number for _, found in points for number in found]
    low, high = min(numbers), max(numbers)
    across = _scale(days[0], days[-1], _LEFT, _RIGHT)
    upward = _scale(low, high, _BOTTOM, _TOP)
    lines, marks = [], []
    for index, (moment, found) in enumerate(points):
        x = across(days[index])
        if index:
            before = points[index - 1][1]
            ends = (across(days[index - 1]), upward(_centre(before)), x, upward(_centre(found)))
            lines.append(_line("course", *ends))
        marks.append(_marks(view, (moment, found), x, upward))
    return _years(days, across) + _levels(low, high, upward) + "".join(lines) + "".join(marks)


def _marks(view: View, point: tuple[Moment, Sequence[int]], x: float, upward: Scale) -> str:
    moment, found = point
    css = "disputed" if moment.is_disputed else "point"
    joined = _line("gap", x, upward(found[0]), x, upward(found[-1])) if moment.is_disputed else ""
    shown = []
    for number in found:
        y = upward(number)
        said = f"{view.day(moment.date)}: {' / '.join(moment.values)}"
        shown.append(f'<circle class="{css}" cx="{x:.2f}%" cy="{y:.1f}" r="5"><title>{literal(said)}</title></circle>')
        if moment.is_disputed:
            # The higher number is named above its mark and the lower one below.
            lift = -10 if number == found[-1] else 20
            shown.append(f'<text class="middle" x="{x:.2f}%" y="{y + lift:.1f}">{number}</text>')
    return joined + "".join(shown)


def _years(days: Sequence[int], across: Scale) -> str:
    first, last = (date.fromordinal(day).year for day in (days[0], days[-1]))
    shown = []
    for year in range(first, last + 2):
        day = date(year, 1, 1).toordinal()
        if days[0] <= day <= days[-1]:
            x = across(day)
            shown.append(_line("grid", x, _TOP - 12, x, _BOTTOM + 8))
            css = "middle year" if year % 2 else "middle year even"
            shown.append(f'<text class="{css}" x="{x:.2f}%" y="{_HEIGHT - 8}">{year}</text>')
    return "".join(shown)


def _levels(low: int, high: int, upward: Scale) -> str:
    step = max(1, round((high - low) / _GRID))
    levels = range(low, high + 1, step)
    return "".join(
        _line("grid", _LEFT, upward(level), _RIGHT, upward(level))
        + f'<text x="0" y="{upward(level) + 4:.1f}">{_short(level)}</text>'
        for level in levels
    )


def _line(css: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{css}" x1="{x1:.2f}%" y1="{y1:.1f}" x2="{x2:.2f}%" y2="{y2:.1f}"/>'


def _scale(first: float, last: float, start: float, end: float) -> Scale:
    """A straight way from one stretch of numbers to another."""
    span = (last - first) or 1
    return lambda value: start + (value - first) / span * (end - start)


def _middle(iso: str) -> int:
    first, last = bounds(iso)
    return (first.toordinal() + last.toordinal()) // 2


def _centre(found: Sequence[int]) -> float:
    return (found[0] + found[-1]) / 2


def _short(number: int) -> str:
    return f"{number / 1_000_000:g}M" if number >= 1_000_000 else str(number)


def _sentence(what: str) -> str:
    return what[:1].upper() + what[1:]
