"""`coe serve`: the chat page at / and the API at /api/v1."""

from typing import Annotated

import typer

from app.cli.settings import load_settings
from app.serve import serve as run_server
from app.wiring import build_services

app = typer.Typer()


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on, instead of COE_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on, instead of COE_PORT.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes, each with models of its own.")] = 1,
) -> None:
    """Serve the chat page and the API; with several workers the API alone."""
    changes = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    run_server(load_settings().model_copy(update=changes), build_services, workers=workers)
