"""`coe user`: accounts of people."""

import sys
from datetime import UTC, datetime
from getpass import getpass
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.cli.settings import load_settings
from app.identity.errors import WrongPassword
from app.identity.store import Store
from app.identity.users import Users

app = typer.Typer(help="Add, list and remove accounts, and set their passwords.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Name of the account.")]


@app.command()
def add(
    name: Name,
    admin: Annotated[bool, typer.Option("--admin", help="The account may also change the library.")] = False,
) -> None:
    """Add an account; its password is asked for, or read from standard input."""
    _users().add(name, _password(), is_admin=admin)
    typer.echo(f"Added {name}; log in at /login.")


@app.command("list")
def list_users() -> None:
    """List the accounts."""
    table = Table("name", "may", "made")
    for user in _users().listed():
        made = datetime.fromtimestamp(user.created, UTC).date().isoformat()
        table.add_row(user.name, "ask read admin" if user.is_admin else "ask read", made)
    Console().print(table)


@app.command()
def remove(name: Name) -> None:
    """Remove an account, end its sessions and revoke the keys of that name."""
    _users().remove(name)
    typer.echo(f"Removed {name}. What was kept for it: coe purge --user {name}")


@app.command()
def password(name: Name) -> None:
    """Give an account another password, and end its sessions."""
    _users().set_password(name, _password())
    typer.echo("The password is changed.")


def _users() -> Users:
    return Users(Store(load_settings().data_dir))


def _password() -> str:
    """The password that is typed twice without being shown, or the first line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    typed = getpass("Password: ")
    if getpass("The same again: ") != typed:
        raise WrongPassword("The two passwords differ.")
    return typed
