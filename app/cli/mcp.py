"""`coe mcp`: the tools for a client that starts this process and talks with it over its standard streams."""

import typer

from app.api.limits import InFlight, answer_slots
from app.api.rates import Rates
from app.cli.settings import load_settings
from app.mcp.admission import Limits
from app.mcp.server import build_mcp
from app.wiring import build_services

app = typer.Typer()


@app.command()
def mcp() -> None:
    """Answer an MCP client over standard input and output, until it closes them."""
    settings = load_settings()
    slots = answer_slots(settings)
    limits = Limits(slots, slots, InFlight(settings.max_in_flight), Rates(settings))
    build_mcp(build_services(settings), limits).run("stdio")
