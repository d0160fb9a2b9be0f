"""The lists of the catalogue as sortable tables, with filters, counts, downloads and a chart."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlencode

from app.answering.catalogue_values import bounds
from app.answering.catalogue_values import name as row_name
from app.explore.figures import PARTNERS, over_time
from app.explore.records import Key, country_key, key_of, person_key
from app.explore.tallies import meetings_by_year, projects_by_region
from app.listing import LISTS, holds
from app.listing import select as select_rows
from app.retrieval.filters import EVERYTHING, Filters
from app.ui.explore_charts import figure_chart, meetings_chart, projects_chart
from app.ui.explore_markup import (
    Column,
    Sorting,
    View,
    brief_source,
    empty,
    field,
    place,
    record_link,
    row_link,
    select,
    table,
)
from app.ui.messages import literal, literal_address
from ingest import names
from ingest.names import REGION_FORMS
from ingest.types import Row

PAGE = 100
"""Rows shown before the rest is asked for."""

Cells = Callable[[View, Row], str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is narrowed to and how it is sorted."""

    filters: Filters = EVERYTHING
    text: str = ""
    sort: str = ""
    is_descending: bool = False
    is_whole: bool = False

    def given(self) -> dict[str, object]:
        """The filters that are given, as an address carries them."""
        own = (("region", self.filters.region), ("country", self.filters.country), ("project", self.filters.project))
        return {
            key: value
            for key, value in (("q", self.text), *own, ("year", self.filters.year))
            if value not in (None, "")
        }


@dataclass(frozen=True, slots=True)
class _Column:
    """A column: what its cells show, and by what they are sorted."""

    key: str
    shown: Cells
    order: Callable[[Row], object]
    is_number: bool = False


def list_view(view: View, name: str, asked: Asked) -> str:
    """A list as HTML.

    Raises:
        ConfigurationError: there is no such country or region.
    """
    kind = LISTS[name][0]
    everything = view.holdings.of(kind)
    rows = [row for row in select_rows(everything, asked.filters) if holds(row, asked.text)]
    return "".join(
        [
            _form(view, name, asked),
            _count(view, name, asked, (len(rows), len(everything))),
            _CHARTS.get(name, _no_chart)(view, rows, asked),
            _table(view, name, asked, _sorted(name, rows, asked)) if rows else _nothing(view, asked),
        ]
    )


def filter_fields(view: View, filters: Filters) -> str:
    """The controls for region, country, project and year."""
    say = view.say
    years = sorted({date[:4] for row in view.holdings.of("meeting") for date in row.values("start")}, reverse=True)
    number = literal(str(filters.project or ""))
    regions = [(region, region) for region in sorted(form[0] for form in REGION_FORMS)]
    countries = [(country, country) for country in _countries(view)]
    return "".join(
        [
            field(say("region"), select("region", regions, filters.region or "", say("any"))),
            field(say("country"), select("country", countries, filters.country or "", say("any"))),
            field(
                say("project"),
                f'<input name="project" type="number" min="0" max="9999" inputmode="numeric" value="{number}">',
            ),
            field(say("year"), select("year", [(year, year) for year in years], str(filters.year or ""), say("any"))),
        ]
    )


def _countries(view: View) -> Sequence[str]:
    """Countries that any row of the catalogue names."""
    told = {
        value
        for kind, fields in (("partner", ("name",)), ("meeting", ("country", "countries")), ("project", ("countries",)))
        for row in view.holdings.of(kind)
        for each in fields
        for value in row.values(each)
    }
    return sorted({known for value in told if (known := names.country(value))}, key=names.fold)


def _form(view: View, name: str, asked: Asked) -> str:
    say = view.say
    text = f'<input name="q" type="search" maxlength="200" value="{literal(asked.text)}">'
    clear = f'<a href="{place(f"explore/{name}")}">{literal(say("clear"))}</a>' if asked.given() else ""
    return (
        f'<form class="filters" data-view="explore/{name}" aria-label="{literal(say("filters"))}">'
        f"{field(say('text'), text)}{filter_fields(view, asked.filters)}"
        f'<div class="act"><button type="submit">{literal(say("show"))}</button>{clear}</div></form>'
    )


def _count(view: View, name: str, asked: Asked, counts: tuple[int, int]) -> str:
    shown, total = counts
    links = " ".join(
        f'<a href="{_download(name, asked, form)}" download>{form.upper()}</a>' for form in ("csv", "xlsx")
    )
    counted = literal(view.say("shown", shown=shown, total=total))
    return (
        f'<div class="tally"><p class="counted" role="status">{counted}</p>'
        f'<p class="download">{literal(view.say("download"))}: {links}</p></div>'
    )


def _download(name: str, asked: Asked, form: str) -> str:
    return literal_address(f"/api/v1/catalogue/{name}?{urlencode({**asked.given(), 'format': form})}")


def _nothing(view: View, asked: Asked) -> str:
    search = f'<p><a class="button" href="{place("explore/search", asked.given())}">'
    action = f"{search}{literal(view.say('search_instead'))}</a></p>"
    return empty(view.say("nothing_fits"), view.say("nothing_fits_hint"), action)


def _table(view: View, name: str, asked: Asked, rows: Sequence[Row]) -> str:
    columns = _COLUMNS[name]
    heads = [
        *(Column(each.key, view.say(each.key), is_number=each.is_number) for each in columns),
        Column("source", view.say("source_dated"), is_sortable=False),
    ]
    kept = rows if asked.is_whole else rows[:PAGE]
    cells = ([*(each.shown(view, row) for each in columns), _source(view, row)] for row in kept)
    shown = table(view.say(name), heads, cells, _sorting(name, asked))
    if len(kept) == len(rows):
        return shown
    more = place(f"explore/{name}", {**_state(asked), "all": 1})
    text = literal(view.say("show_all", total=len(rows)))
    return f'{shown}<p class="act"><a class="button" href="{more}">{text}</a></p>'


def _sorting(name: str, asked: Asked) -> Sorting:
    def address(key: str, is_descending: bool) -> str:
        return place(f"explore/{name}", {**_state(asked), "sort": key, "down": int(is_descending) or None})

    return Sorting(*_order(name, asked), address)


def _order(name: str, asked: Asked) -> tuple[str, bool]:
    return (asked.sort, asked.is_descending) if asked.sort else _BY_DEFAULT[name]


def _state(asked: Asked) -> dict[str, object]:
    kept = {"sort": asked.sort, "down": int(asked.is_descending) or None, "all": int(asked.is_whole) or None}
    return {**asked.given(), **kept}


def _sorted(name: str, rows: Sequence[Row], asked: Asked) -> list[Row]:
    """Rows by a column; those that do not say it come last, whichever way."""
    key, is_descending = _order(name, asked)
    column = next((each for each in _COLUMNS[name] if each.key == key), _COLUMNS[name][0])
    said = [row for row in rows if column.order(row) not in (None, "")]
    unsaid = [row for row in rows if column.order(row) in (None, "")]
    return [*sorted(said, key=column.order, reverse=is_descending), *unsaid]  # type: ignore[arg-type]


def _source(view: View, row: Row) -> str:
    cell = next((cell for cell in row.cells if cell.field in ("name", "region")), row.cells[0])
    return brief_source(view, cell)


def _meetings_chart(view: View, rows: Sequence[Row], _: Asked) -> str:
    return meetings_chart(view, meetings_by_year(rows))


def _projects_chart(view: View, rows: Sequence[Row], _: Asked) -> str:
    return projects_chart(view, projects_by_region(rows))


def _partners_chart(view: View, _: Sequence[Row], asked: Asked) -> str:
    region = asked.filters.region
    what = f"partner countries in {names.region(region)}" if region else PARTNERS
    return figure_chart(view, what, over_time(view.holdings.figures, what))


def _no_chart(_: View, __: Sequence[Row], ___: Asked) -> str:
    return ""


_CHARTS: Mapping[str, Callable[[View, Sequence[Row], Asked], str]] = MappingProxyType(
    {"meetings": _meetings_chart, "projects": _projects_chart, "partners": _partners_chart}
)


def _name(_: View, row: Row) -> str:
    return row_link(row)


def _plain(key: str) -> Cells:
    return lambda _, row: literal("; ".join(row.values(key)))


def _dated(key: str) -> Cells:
    return lambda view, row: literal(view.day(row.value(key) or ""))


def _when(view: View, row: Row) -> str:
    start = row.value("start")
    return literal(view.days(start, row.value("end"))) if start else ""


def _series(view: View, row: Row) -> str:
    series = row.value("series") or "other"
    return literal(view.label(series, series))


def _regions(key: str) -> Cells:
    def shown(_: View, row: Row) -> str:
        known = ((names.region(value), value) for value in row.values(key))
        return ", ".join(record_link(Key("region", region), region) if region else literal(v) for region, v in known)

    return shown


def _place(_: View, row: Row) -> str:
    country = row.value("country")
    parts = [literal(row.value("city") or ""), record_link(country_key(country), country) if country else ""]
    return ", ".join(part for part in parts if part)


def _projects(_: View, row: Row) -> str:
    return ", ".join(record_link(Key("project", number), number) for number in row.values("projects"))


def _joined(view: View, row: Row) -> str:
    if joined := row.value("joined"):
        return literal(view.day(joined))
    known = row.value("joined_by")
    return literal(view.say("by", date=view.day(known))) if known else ""


def _people(key: str) -> Cells:
    return lambda _, row: ", ".join(record_link(person_key(person), person) for person in row.values(key))


def _project_name(_: View, row: Row) -> str:
    acronym = row.value("acronym")
    own = row.value("name") or row_name(row)
    return record_link(key_of(row), f"{acronym}: {own}" if acronym and acronym not in own else own)


def _number(_: View, row: Row) -> str:
    return record_link(key_of(row), row.value("number") or "")


def _euros(_: View, row: Row) -> str:
    return literal(" / ".join(f"{int(value):,}" for value in row.values("budget_eur")))


def _period(view: View, row: Row) -> str:
    start, end = row.value("start"), row.value("end")
    return literal(" – ".join(view.day(value) for value in (start, end) if value))


def _roles(_: View, row: Row) -> str:
    return literal("; ".join(row.values("role")[:2]))


def _by_text(key: str) -> Callable[[Row], object]:
    return lambda row: names.fold(row.value(key) or "")


def _by_number(key: str) -> Callable[[Row], object]:
    return lambda row: int(value) if (value := row.value(key)) else None


def _by_date(*keys: str) -> Callable[[Row], object]:
    def order(row: Row) -> object:
        found = next((value for key in keys if (value := row.value(key))), None)
        return bounds(found)[0] if found else None

    return order


_COLUMNS: Mapping[str, tuple[_Column, ...]] = MappingProxyType(
    {
        "meetings": (
            _Column("name", _name, _by_text("name")),
            _Column("series", _series, _by_text("series")),
            _Column("region", _regions("region"), _by_text("region")),
            _Column("when", _when, _by_date("start")),
            _Column("place", _place, lambda row: names.fold(row.value("country") or row.value("city") or "")),
            _Column("projects", _projects, _by_number("projects")),
        ),
        "partners": (
            _Column("name", _name, _by_text("name")),
            _Column("status", _plain("status"), _by_text("status")),
            _Column("region", _regions("region"), _by_text("region")),
            _Column("joined", _joined, _by_date("joined", "joined_by")),
            _Column("focal_points", _people("focal_points"), _by_text("focal_points")),
        ),
        "projects": (
            _Column("name", _project_name, _by_text("name")),
            _Column("number", _number, _by_number("number"), is_number=True),
            _Column("regions", _regions("regions"), _by_text("regions")),
            _Column("period", _period, _by_date("start")),
            _Column("budget_eur", _euros, _by_number("budget_eur"), is_number=True),
            _Column("implementer", _plain("implementer"), _by_text("implementer")),
        ),
        "people": (
            _Column("name", _name, _by_text("name")),
            _Column("role", _roles, _by_text("role")),
        ),
        "secretariats": (
            _Column("name", _name, _by_text("region")),
            _Column("city", _plain("city"), _by_text("city")),
            _Column("country", _place, _by_text("country")),
            _Column("institution", _plain("institution"), _by_text("institution")),
            _Column("opened", _dated("opened"), _by_date("opened")),
            _Column("heads", _people("heads"), _by_text("heads")),
        ),
    }
)
_BY_DEFAULT = MappingProxyType(
    {
        "meetings": ("when", True),
        "partners": ("name", False),
        "projects": ("number", False),
        "people": ("name", False),
        "secretariats": ("name", False),
    }
)
"""Name of a list → by what it is sorted unless it is asked otherwise, and whether the last comes first."""
