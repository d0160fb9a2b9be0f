"""Streams of the page: whoever else names one finds nothing there."""

import pytest
from starlette.testclient import TestClient

from app.api.ownership import Streams
from app.identity.keys import Keys
from app.identity.store import Store
from app.identity.types import MEMBER
from tests.app.api.script import HERE
from tests.app.api.test_access import Walk, served_at

HASH = "abc123"
REQUESTS = (
    ("POST", "/gradio_api/queue/join", {"session_hash": HASH, "data": [], "fn_index": 0}),
    ("GET", f"/gradio_api/queue/data?session_hash={HASH}", None),
    ("GET", f"/gradio_api/queue/data?session_hash=mine&session_hash={HASH}", None),
    ("GET", f"/gradio_api/heartbeat/{HASH}", None),
    ("POST", "/gradio_api/run/predict", {"session_hash": HASH, "data": [], "fn_index": 0}),
    ("POST", "/gradio_api/cancel", {"session_hash": HASH, "event_id": "1", "fn_index": 0}),
)


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    data_dir = tmp_path_factory.mktemp("data")
    return Walk(served_at(data_dir), data_dir)


def asked(person: TestClient, method: str, path: str, body: object) -> int:
    return person.request(method, path, json=body).status_code


@pytest.mark.parametrize("first", REQUESTS, ids=lambda request: request[1])
def test_bob_finds_nothing_at_a_stream_of_alices(walk: Walk, first: tuple[str, str, object]):
    keys, layers = Keys(Store(walk.data_dir)), walk.layers()
    alice, bob = (
        TestClient(layers, base_url=HERE, headers={"authorization": f"Bearer {keys.create(name, MEMBER)}"})
        for name in ("alice", "bob")
    )
    opened = asked(alice, *first)
    assert (opened, {asked(bob, *request) for request in REQUESTS}) == (200, {404})
    assert {asked(alice, *request) for request in REQUESTS if "mine" not in request[1]} == {200}


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"session_hash": 1}', b"\xff", b"[" * 9000])
def test_a_body_that_names_no_stream_is_left_to_the_page(walk: Walk, body: bytes):
    key = Keys(Store(walk.data_dir)).create("alice", MEMBER)
    person = TestClient(walk.layers(), base_url=HERE, headers={"authorization": f"Bearer {key}"})
    assert person.post("/gradio_api/queue/join", content=body).status_code == 200


def test_names_unused_the_longest_are_forgotten():
    streams = Streams(most=2)
    claims = [streams.claim(*claim) for claim in (("a", "alice"), ("b", "alice"), ("a", "alice"), ("c", "alice"))]
    assert claims == [True] * 4
    assert (streams.claim("a", "bob"), streams.claim("b", "bob")) == (False, True)
