"""Every route of the served application against the written matrix: which can be reached at all, and by whom."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.testclient import TestClient

from app.api import access
from app.identity.keys import Keys
from app.identity.store import Store
from app.identity.users import Users
from app.serve import build_app
from tests.app.api.script import HERE, LOOPBACK, Script, client, settings
from tests.loops import run_alone

MATRIX = {
    ("GET", "/"): "ask",
    ("HEAD", "/"): "ask",
    ("GET", "/openapi.json"): "open",
    ("HEAD", "/openapi.json"): "open",
    ("POST", "/api/v1/ask"): "ask",
    ("POST", "/api/v1/ask/batch"): "ask",
    ("GET", "/api/v1/search"): "read",
    ("GET", "/api/v1/documents"): "read",
    ("GET", "/api/v1/documents/{id:path}"): "read",
    ("GET", "/api/v1/originals/{id:path}"): "read",
    ("GET", "/api/v1/catalogue/{name}"): "read",
    ("GET", "/api/v1/conversations"): "ask",
    ("POST", "/api/v1/conversations"): "ask",
    ("GET", "/api/v1/conversations/{id}"): "ask",
    ("PATCH", "/api/v1/conversations/{id}"): "ask",
    ("DELETE", "/api/v1/conversations/{id}"): "ask",
    ("GET", "/api/v1/conversations/{id}/export"): "ask",
    ("GET", "/api/v1/me/data"): "ask",
    ("DELETE", "/api/v1/me/data"): "ask",
    ("GET", "/a/{id}"): "ask",
    ("POST", "/api/v1/feedback"): "ask",
    ("POST", "/api/v1/documents"): "admin",
    ("DELETE", "/api/v1/documents/{id:path}"): "admin",
    ("POST", "/api/v1/ingest"): "admin",
    ("GET", "/api/v1/jobs/{id}"): "admin",
    ("POST", "/v1/chat/completions"): "ask",
    ("GET", "/v1/models"): "ask",
    ("POST", "/mcp"): "any",
    ("GET", "/documents/{id:path}"): "read",
    ("GET", "/explore/documents"): "read",
    ("GET", "/explore/search"): "read",
    ("GET", "/explore/changes"): "read",
    ("GET", "/explore/regions"): "read",
    ("GET", "/explore/record/{kind}/{id:path}"): "read",
    ("GET", "/explore/{name}"): "read",
    ("GET", "/pages/{id:path}"): "read",
    ("POST", "/table.xlsx"): "read",
    ("GET", "/viewer.css"): "open",
    ("GET", "/login"): "login",
    ("POST", "/login"): "login",
    ("POST", "/logout"): "login",
    ("GET", "/metrics"): "measure",
    ("GET", "/healthz"): "open",
    ("GET", "/readyz"): "open",
    ("GET", "/config"): "ask",
    ("GET", "/config/"): "ask",
    ("GET", "/theme.css"): "open",
    ("GET", "/assets/{path:path}"): "open",
    ("GET", "/static/{path:path}"): "open",
    ("GET", "/favicon.ico"): "open",
    ("GET", "/robots.txt"): "open",
    ("GET", "/manifest.json"): "open",
    ("GET", "/gradio_api/app_id"): "ask",
    ("GET", "/gradio_api/app_id/"): "ask",
    ("GET", "/gradio_api/info"): "ask",
    ("GET", "/gradio_api/info/"): "ask",
    ("GET", "/gradio_api/startup-events"): "ask",
    ("GET", "/gradio_api/heartbeat/{session_hash}"): "ask",
    ("GET", "/gradio_api/queue/data"): "ask",
    ("POST", "/gradio_api/queue/join"): "ask",
    ("POST", "/gradio_api/run/{api_name}"): "ask",
    ("POST", "/gradio_api/run/{api_name}/"): "ask",
    ("POST", "/gradio_api/cancel"): "ask",
    ("POST", "/gradio_api/reset"): "ask",
    ("POST", "/gradio_api/reset/"): "ask",
}
"""Method and template of every route that can be reached, and what reaching it needs; all others stay closed."""

SAMPLE = "predict"
"""Stands for every parameter; of the functions that can be run by name, this one alone is open."""


@pytest.fixture(scope="module")
def served() -> FastAPI:
    async def built() -> FastAPI:
        return build_app(settings(), Script().services())

    # Gradio opens an event loop, and never closes it, where it is built without one.
    return run_alone(built())


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


def test_the_routes_that_can_be_reached_are_the_written_ones(served: FastAPI):
    found = set(endpoints(served.routes))
    assert {each for each in found if access.refusal(each[0], sample(each[1])) is None} == set(MATRIX)


def test_the_walk_sees_the_routes_of_the_page(served: FastAPI):
    found = set(endpoints(served.routes))
    assert ("POST", "/gradio_api/upload") in found
    assert len(found - set(MATRIX)) > 50


def test_a_closed_route_answers_as_if_it_were_not_there(served: FastAPI):
    closed = sorted(set(endpoints(served.routes)) - set(MATRIX))
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


EVERYBODY = {"stranger", "visitor", "ask key", "read key", "admin key", "expired key", "revoked key", "member", "owner"}
WRONG_KEYS = {"expired key", "revoked key"}
WHO: dict[str, set[str]] = {
    "open": EVERYBODY,
    "login": EVERYBODY - WRONG_KEYS,
    "ask": {"visitor", "ask key", "admin key", "member", "owner"},
    "read": {"visitor", "read key", "admin key", "member", "owner"},
    "any": {"visitor", "ask key", "read key", "admin key", "member", "owner"},
    "admin": {"admin key", "owner"},
    "measure": {"visitor", "read key", "admin key", "member", "owner"},
}
"""Who gets what needs something: the columns of the matrix."""

ELSEWHERE = ("192.0.2.9", 50000)


async def inside(scope: Any, receive: Any, send: Any) -> None:
    """Stand where the application would, and answer everything."""
    await Response("inside")(scope, receive, send)


@dataclass
class Walk:
    """The real layers around a bare inside, with keys and an account."""

    served: FastAPI
    data_dir: Path

    def client(self, who: str) -> TestClient:
        return TestClient(self.layers(), base_url=HERE, client=ELSEWHERE, headers=self.credentials(who))

    def layers(self) -> Any:
        application: Any = inside
        for layer in reversed(self.served.user_middleware):
            application = layer.cls(application, *layer.args, **layer.kwargs)
        return application

    def credentials(self, who: str) -> dict[str, str]:
        store = Store(self.data_dir)
        if who == "member":
            Users(store).add("member", "a password of hers")
            token = Users(store).log_in("member", "a password of hers", address="")
            return {"cookie": f"coe_session={token}"}
        if not who.endswith("key"):
            return {}
        scope = who.split()[0] if who not in WRONG_KEYS else "admin"
        if who == "expired key":
            store = Store(self.data_dir, clock=lambda: 0)
        key = Keys(store).create("program", [scope], days=1 if who == "expired key" else None)
        if who == "revoked key":
            Keys(store).revoke(key.rpartition("_")[0][:16])
        return {"authorization": f"Bearer {key}"}


def served_at(data_dir: Path, **changes: object) -> FastAPI:
    async def built() -> FastAPI:
        generous = {"request_rate": "100000/minute", "ask_rate": "100000/minute", "data_dir": data_dir}
        return build_app(settings(**generous, **changes), Script().services())

    return run_alone(built())


def reached(visitor: TestClient) -> dict[tuple[str, str], int]:
    return {each: visitor.request(each[0], sample(each[1])).status_code for each in MATRIX}


@pytest.mark.parametrize("who", sorted(EVERYBODY - {"visitor", "owner"}))
def test_each_gets_what_the_matrix_gives_and_nothing_else(who: str, tmp_path: Path):
    Users(Store(tmp_path)).add("somebody", "a password of his")
    refused = 401 if who == "stranger" or who in WRONG_KEYS else 403
    found = reached(Walk(served_at(tmp_path), tmp_path).client(who))
    assert found == {each: 200 if who in WHO[need] else refused for each, need in MATRIX.items()}


def test_a_visitor_gets_what_the_matrix_gives_where_anybody_may_ask(tmp_path: Path):
    found = reached(Walk(served_at(tmp_path, allow_anonymous=True), tmp_path).client("visitor"))
    assert found == {each: 200 if "visitor" in WHO[need] else 403 for each, need in MATRIX.items()}


def test_the_owner_of_the_machine_gets_everything_until_there_are_accounts(tmp_path: Path):
    walk = Walk(served_at(tmp_path), tmp_path)
    owner = TestClient(walk.layers(), base_url=HERE, client=LOOPBACK)
    before = set(reached(owner).values())
    Users(Store(tmp_path)).add("somebody", "a password of his")
    after = reached(owner)
    assert before == {200}
    assert after == {each: 200 if need in ("open", "login", "measure") else 401 for each, need in MATRIX.items()}


@pytest.mark.parametrize("public_url", [None, "https://assistant.example.org"])
def test_no_route_answers_a_page_of_another_site(public_url: str | None, tmp_path: Path):
    walk = Walk(served_at(tmp_path, public_url=public_url), tmp_path)
    evil = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    person = walk.client("admin key")
    found = {each: person.request(each[0], sample(each[1]), headers=evil) for each in MATRIX}
    asked = [person.options(sample(path), headers=evil) for _, path in MATRIX]
    refused = {each: response.status_code for each, response in found.items()}
    assert refused == {each: 200 if each[0] in ("GET", "HEAD") else 403 for each in MATRIX}
    told = [name for response in (*found.values(), *asked) for name in response.headers if "access-control" in name]
    assert [name for name in told if "allow-origin" in name or "credentials" in name] == []


@pytest.mark.parametrize(
    ("changes", "headers", "address"),
    [
        pytest.param({}, {}, ELSEWHERE, id="another machine"),
        pytest.param({}, {"x-forwarded-for": "192.0.2.9"}, LOOPBACK, id="through a proxy"),
        pytest.param({"public_url": "https://coe.example.org"}, {}, LOOPBACK, id="a public address"),
        pytest.param({"host": "0.0.0.0"}, {}, LOOPBACK, id="a server for every machine"),
    ],
)
def test_nobody_is_the_owner_of_a_machine_that_others_reach(
    changes: dict[str, object], headers: dict[str, str], address: tuple[str, int], tmp_path: Path
):
    walk = Walk(served_at(tmp_path, **changes), tmp_path)
    response = TestClient(walk.layers(), base_url=HERE, client=address).get("/", headers=headers)
    assert (response.status_code, response.json()["code"]) == (401, "not_authenticated")
