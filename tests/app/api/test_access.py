"""Every route of the served application against the written list of those that are open to anybody."""

import asyncio
import re
from collections.abc import Iterable, Iterator

import pytest
from fastapi import FastAPI
from starlette.routing import BaseRoute
from starlette.testclient import TestClient

from app.api import access
from app.serve import build_app
from tests.app.api.script import HERE, Script, client, settings

OPEN = {
    ("GET", "/"),
    ("HEAD", "/"),
    ("GET", "/openapi.json"),
    ("HEAD", "/openapi.json"),
    ("POST", "/api/v1/ask"),
    ("POST", "/api/v1/ask/batch"),
    ("POST", "/v1/chat/completions"),
    ("GET", "/v1/models"),
    ("GET", "/documents/{id:path}"),
    ("GET", "/viewer.css"),
    ("GET", "/login"),
    ("POST", "/login"),
    ("POST", "/logout"),
    ("GET", "/metrics"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/config"),
    ("GET", "/config/"),
    ("GET", "/theme.css"),
    ("GET", "/assets/{path:path}"),
    ("GET", "/static/{path:path}"),
    ("GET", "/favicon.ico"),
    ("GET", "/robots.txt"),
    ("GET", "/manifest.json"),
    ("GET", "/gradio_api/app_id"),
    ("GET", "/gradio_api/app_id/"),
    ("GET", "/gradio_api/info"),
    ("GET", "/gradio_api/info/"),
    ("GET", "/gradio_api/startup-events"),
    ("GET", "/gradio_api/heartbeat/{session_hash}"),
    ("GET", "/gradio_api/queue/data"),
    ("POST", "/gradio_api/queue/join"),
    ("POST", "/gradio_api/run/{api_name}"),
    ("POST", "/gradio_api/run/{api_name}/"),
    ("POST", "/gradio_api/cancel"),
    ("POST", "/gradio_api/reset"),
    ("POST", "/gradio_api/reset/"),
}
"""Method and template; whatever else the page's library brings along must stay closed."""

SAMPLE = "predict"
"""Stands for every parameter; of the functions that can be run by name, this one alone is open."""


@pytest.fixture(scope="module")
def served() -> FastAPI:
    async def built() -> FastAPI:
        return build_app(settings(), Script().services())

    # Gradio opens an event loop, and never closes it, where it is built without one.
    return asyncio.run(built())


def endpoints(routes: Iterable[BaseRoute]) -> Iterator[tuple[str, str]]:
    """Method and template of every route, with those of mounted applications and included routers."""
    for route in routes:
        inner = getattr(route, "routes", None) or getattr(getattr(route, "original_router", None), "routes", None)
        if inner:
            yield from endpoints(inner)
        else:
            yield from ((method, route.path) for method in route.methods)


def sample(template: str) -> str:
    return re.sub(r"\{[^}]+\}", SAMPLE, template)


def test_the_routes_that_are_open_are_the_written_ones(served: FastAPI):
    found = set(endpoints(served.routes))
    assert {each for each in found if access.refusal(each[0], sample(each[1])) is None} == OPEN


def test_the_walk_sees_the_routes_of_the_page(served: FastAPI):
    found = set(endpoints(served.routes))
    assert ("POST", "/gradio_api/upload") in found
    assert len(found) > 2 * len(OPEN)


def test_a_closed_route_answers_as_if_it_were_not_there(served: FastAPI):
    closed = sorted(set(endpoints(served.routes)) - OPEN)
    visitor = TestClient(served, base_url=HERE)
    answers = {each: visitor.request(each[0], sample(each[1])) for each in closed}
    told = {(response.status_code, response.headers["content-type"]) for response in answers.values()}
    assert told <= {(404, "application/problem+json"), (405, "application/problem+json")}


def test_a_route_that_somebody_adds_is_closed_until_it_is_written_down():
    visitor = client()
    visitor.app.add_api_route("/secrets", lambda: "secret")
    assert visitor.get("/secrets").json()["code"] == "not_found"


@pytest.mark.parametrize(
    "path",
    [
        "/docs",
        "/redoc",
        "/docs/",
        "/api",
        "/api/",
        "/api/v1/ask/",
        "/api/v2/ask",
        "/healthz/",
        "/documents/",
        "/documents",
        "//healthz",
        "/healthz%0a",
        "/documents/meetings/round-table%0a",
        "/documents/x%0d%0aSet-Cookie:%20a=b",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/proxy=http://127.0.0.1",
        "/gradio_api/heartbeat/a/b",
        "/static/../../etc/passwd",
        "/assets/%2e%2e/%2e%2e/etc/passwd",
        "/monitoring",
        "/gradio_api/runs",
    ],
)
def test_an_address_that_is_not_written_down_is_not_found(path: str):
    response = client().get(path)
    assert (response.status_code, response.headers["content-type"], response.json()["code"]) == (
        404,
        "application/problem+json",
        "not_found",
    )


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/api/v1/ask", "POST"),
        ("PUT", "/api/v1/ask", "POST"),
        ("OPTIONS", "/api/v1/ask", "POST"),
        ("POST", "/healthz", "GET"),
        ("DELETE", "/documents/meetings/round-table", "GET"),
        ("POST", "/openapi.json", "GET, HEAD"),
        ("TRACE", "/", "GET, HEAD"),
    ],
)
def test_a_method_that_is_not_written_down_is_refused_with_those_that_are(method: str, path: str, allowed: str):
    response = client().request(method, path)
    assert (response.status_code, response.json()["code"], response.headers["allow"]) == (
        405,
        "method_not_allowed",
        allowed,
    )
