"""`coe key`: keys for programs."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.cli.settings import load_settings
from app.identity.keys import Keys
from app.identity.store import Store
from app.identity.types import MEMBER

app = typer.Typer(help="Make, list and revoke keys for programs.", no_args_is_help=True)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Whose key it is; the name of an account makes it that person's.")],
    scope: Annotated[
        list[str] | None, typer.Option(help="What it may do: ask, read or admin; may be given several times.")
    ] = None,
    expires: Annotated[
        int | None, typer.Option(min=1, help="Days that it is valid for; without, until revoked.")
    ] = None,
) -> None:
    """Make a key and print it, this once; without a scope it may ask and read."""
    typer.echo(_keys().create(name, scope or MEMBER, days=expires))
    typer.echo("Keep it now: it cannot be shown again. From now on the page asks for a login, too.", err=True)


@app.command("list")
def list_keys() -> None:
    """List every key that was made."""
    store = Store(load_settings().data_dir)
    table = Table("prefix", "name", "scopes", "made", "expires", "state")
    for key in Keys(store).listed():
        state = "valid" if key.is_valid(store.now()) else "revoked" if key.revoked else "expired"
        table.add_row(key.prefix, key.name, " ".join(key.scopes), _day(key.created), _day(key.expires), state)
    Console().print(table)


@app.command()
def revoke(which: Annotated[str, typer.Argument(help="The prefix of a key, or a name for every key of it.")]) -> None:
    """Revoke a key; it is refused from the next request on."""
    count = _keys().revoke(which)
    typer.echo("1 key revoked." if count == 1 else f"{count} keys revoked.")


def _keys() -> Keys:
    return Keys(Store(load_settings().data_dir))


def _day(moment: float | None) -> str:
    return datetime.fromtimestamp(moment, UTC).date().isoformat() if moment else "never"
