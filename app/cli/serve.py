"""`coe serve`: the chat page at / and the API at /api/v1."""

from importlib import import_module
from typing import Annotated

import typer

from app.cli.settings import load_settings
from app.reception import open_reception

app = typer.Typer()


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on, instead of COE_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on, instead of COE_PORT.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes, each with models of its own.")] = 1,
) -> None:
    """Serve the chat page and the API; with several workers the API alone."""
    changes = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = load_settings().model_copy(update=changes)
    with open_reception(settings) as reception:
        # Named, not imported above: they take seconds to load, in which the reception already answers.
        run_server, wiring = import_module("app.serve").serve, import_module("app.wiring")
        run_server(settings, wiring.build_services, reception, workers=workers)
