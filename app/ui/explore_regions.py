"""The regions side by side: how much is on file about each, every number a way to its list."""

from collections.abc import Iterator, Sequence

from app.answering.catalogue_values import name
from app.explore.records import Key, key_of
from app.explore.tallies import Region
from app.ui.explore_markup import Column, View, place, record_link, table
from app.ui.messages import literal

_LISTS = ("partners", "meetings", "projects")


def regions_view(view: View, regions: Sequence[Region]) -> str:
    """The regions as a table."""
    say = view.say
    columns = [
        Column("region", say("region")),
        *(Column(kind, say(kind), is_number=True) for kind in _LISTS),
        Column("secretariat", say("kind_secretariat")),
    ]
    shown = table(say("regions"), columns, (list(_cells(region)) for region in regions))
    return f'<p class="lead">{literal(say("regions_lead"))}</p>{shown}'


def _cells(region: Region) -> Iterator[str]:
    yield record_link(Key("region", region.name), region.name)
    for kind, count in zip(_LISTS, (region.partners, region.meetings, region.projects), strict=True):
        yield f'<a href="{place(f"explore/{kind}", {"region": region.name})}">{count}</a>' if count else "0"
    yield _secretariat(region)


def _secretariat(region: Region) -> str:
    row = region.secretariat
    return record_link(key_of(row), row.value("city") or name(row)) if row else ""
