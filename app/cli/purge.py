"""`coe purge`: delete what was kept long enough, or everything of one person."""

from typing import Annotated

import typer

from app.cli.settings import load_settings
from app.retention import erase
from app.retention import purge as purge_all

app = typer.Typer()


@app.command()
def purge(
    user: Annotated[
        str | None, typer.Option(help="Delete everything kept for this account or visitor instead, however new.")
    ] = None,
) -> None:
    """Delete conversations and feedback older than COE_RETENTION_DAYS, and what is left of old logins and documents."""
    settings = load_settings()
    if user is not None:
        typer.echo(f"Deleted {erase(settings, user)} conversations and pieces of feedback of {user}.")
        return
    purged = purge_all(settings)
    typer.echo(
        f"Deleted {purged.kept} conversations and pieces of feedback, {purged.logins} traces of logins, and "
        f"{purged.libraries} earlier states of the library with documents that were removed."
    )
