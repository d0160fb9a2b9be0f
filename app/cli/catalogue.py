"""`coe catalogue`: lists of meetings, partners, projects and others, with the documents that tell of them."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.cli.settings import load_settings
from app.listing import FORMATS, LISTS, select, shown
from app.retrieval.filters import Filters
from app.wiring import build_shelf
from ingest.errors import ConfigurationError

app = typer.Typer()

ListName = Literal["meetings", "partners", "projects", "people", "organisations", "secretariats"]
Format = Literal["table", "json", "csv", "xlsx"]


@app.command()
def catalogue(
    what: Annotated[ListName, typer.Argument(help="What to list.")],
    region: Annotated[str | None, typer.Option(help="Only of this region.")] = None,
    country: Annotated[str | None, typer.Option(help="Only where this country takes part.")] = None,
    year: Annotated[int | None, typer.Option(help="Only of this year.")] = None,
    project: Annotated[int | None, typer.Option(help="Only about the project of this number.")] = None,
    format: Annotated[Format, typer.Option(help="Form of the list.")] = "table",
    output: Annotated[Path | None, typer.Option(help="File to write to instead of the terminal.")] = None,
) -> None:
    """List what the documents tell: one row for each thing, in how many documents it may stand."""
    kind, columns = LISTS[what]
    filters = Filters(region=region, country=country, year=year, project=project)
    rows = select(build_shelf(load_settings()).current().library.catalogue(kind), filters)
    if format == "table":
        table = Table(*columns, "documents", box=None)
        for row in rows:
            table.add_row(*map(Text, shown(row, columns)))
        Console().print(table)
        typer.echo(f"{len(rows)} {what}", err=True)
        return
    written = FORMATS[format](rows, columns)
    if output is not None:
        output.write_bytes(written)
    elif format == "xlsx" and sys.stdout.isatty():
        raise ConfigurationError("A workbook cannot be shown in a terminal: name a file with --output.")
    else:
        sys.stdout.buffer.write(written)
