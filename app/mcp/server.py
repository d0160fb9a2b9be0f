"""The server of the protocol, and where it is reached over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import ToolAnnotations, jsonrpc_message_adapter
from pydantic import ValidationError
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from app.api.guard import Refused, replay
from app.api.leaving import while_there
from app.api.problems import Problem, problem_of
from app.api.strict_json import check_json
from app.mcp.admission import Admission, Limits
from app.mcp.tools import Tools
from app.services import Services
from ingest.errors import CoeError

PATH = "/mcp"
DOCUMENT = "coe://documents/{+document_id}"
INSTRUCTIONS = (
    "Documents about the EU CBRN Risk Mitigation Centres of Excellence Initiative. Use `ask` for a cited answer, "
    "`list_catalogue` for complete lists and counts, `search` and `get_document` to read for yourself. "
    "Cite what you use by its document and quote, and say so when the documents do not give an answer."
)
_NO_MESSAGE = Problem(400, "invalid_request", "The body is no message of JSON-RPC 2.0, which MCP speaks.")
_READS_ONLY = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)


def build_mcp(services: Services, limits: Limits) -> MCPServer[Any]:
    """The server; what it answers with is bounded by `limits`."""
    server: MCPServer[Any] = MCPServer(
        "coe-assistant",
        title="CoE Assistant",
        instructions=INSTRUCTIONS,
        version=version("coe-assistant"),
        log_level="WARNING",
    )
    tools = Tools(services, Admission(limits))
    for tool in (tools.ask, tools.search, tools.list_catalogue, tools.get_document):
        server.add_tool(tool, annotations=_READS_ONLY, structured_output=True)
    document = server.resource(DOCUMENT, name="document", title="Text of a document", mime_type="text/plain")
    document(tools.read_document)
    return server


def add_mcp(app: FastAPI, services: Services, limits: Limits) -> None:
    """Add the server's address; it answers while `app.state.mcp` is running."""
    app.state.mcp = McpEndpoint(build_mcp(services, limits))
    app.router.routes.append(Route(PATH, app.state.mcp, methods=["POST"], include_in_schema=False))


class McpEndpoint:
    """The server as an ASGI application within the guard: one request, one JSON response, nothing kept between them."""

    def __init__(self, server: MCPServer[Any]) -> None:
        self._server = server

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Answer requests while the block runs."""
        # Called for the session manager that it makes. The guard around it has looked at Host and Origin already.
        self._server.streamable_http_app(
            streamable_http_path=PATH,
            json_response=True,
            stateless_http=True,
            transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
        )
        async with self._server.session_manager.run():
            yield

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request.

        Raises:
            Refused: its body is no JSON, holds what no text may hold, or is no message of the protocol.
        """
        first = await receive()
        body = first.get("body", b"")
        try:
            check_json(body)
            jsonrpc_message_adapter.validate_json(body, by_name=False)
        except CoeError as error:
            raise Refused(problem_of(error)) from None
        except ValidationError:
            raise Refused(_NO_MESSAGE) from None
        answering = self._server.session_manager.handle_request(scope, replay(first, _nothing_more), send)
        await while_there(receive, answering)


async def _nothing_more() -> Message:
    """Wait for ever: whether the client leaves is seen to around the handler."""
    await asyncio.Future[None]()
    raise AssertionError("a future that nobody sets")
