"""`coe remove`: take out a document that was added by hand."""

from typing import Annotated

import typer

from app.cli.settings import load_settings
from app.wiring import ingest_config
from ingest.pipeline import remove as remove_document

app = typer.Typer()


@app.command()
def remove(id: Annotated[str, typer.Argument(help="Document id, as `coe documents` lists it.")]) -> None:
    """Remove a document that was added by hand."""
    remove_document(ingest_config(load_settings()), id)
    typer.echo(f"Removed {id}.")
