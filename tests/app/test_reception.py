import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from app.reception import Reception, open_reception
from tests.app.api.script import settings


@pytest.fixture
def reception() -> Iterator[Reception]:
    with open_reception(settings(port=0)) as opened:
        yield opened


def asked(
    reception: Reception, path: str, accept: str = "*/*", method: str = "GET"
) -> tuple[http.client.HTTPResponse, str]:
    port = reception.listener.getsockname()[1]
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request(method, path, headers={"Accept": accept})
        response = connection.getresponse()
        return response, response.read().decode()


def test_a_person_is_told_to_wait_and_the_page_comes_again_by_itself(reception: Reception) -> None:
    response, page = asked(reception, "/", "text/html,*/*;q=0.8")
    assert (response.status, response.headers["Retry-After"]) == (503, "1")
    assert response.headers.get_content_type() == "text/html"
    assert 'http-equiv="refresh"' in page
    assert all(word in page for word in ("is starting", "démarre", "запускается"))


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_program_is_told_that_the_assistant_starts(reception: Reception, method: str) -> None:
    response, body = asked(reception, "/api/v1/ask", method=method)
    assert (response.status, response.headers.get_content_type()) == (503, "application/problem+json")
    assert json.loads(body).keys() == {"type", "title", "status", "detail", "code", "request_id"}
    assert json.loads(body)["code"] == "starting"


def test_it_lives_and_is_not_ready(reception: Reception) -> None:
    assert [asked(reception, path)[0].status for path in ("/healthz", "/readyz")] == [200, 503]


def test_nothing_that_was_sent_comes_back_and_nothing_may_run(reception: Reception) -> None:
    response, page = asked(reception, "/?q=%3Cscript%3Ealert(1)%3C/script%3E", "text/html")
    assert "script" not in page
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert response.headers["Server"] is None


def test_garbage_is_refused_and_the_next_one_answered(reception: Reception) -> None:
    with socket.create_connection(("127.0.0.1", reception.listener.getsockname()[1]), timeout=30) as connection:
        connection.sendall(b"\x00\xff no request\r\n\r\n")
        connection.recv(65536)
    assert asked(reception, "/healthz")[0].status == 200


def test_whoever_connects_after_the_handing_over_waits_for_the_server(reception: Reception) -> None:
    listener = reception.hand_over()
    with socket.create_connection(listener.getsockname(), timeout=30) as person:
        person.sendall(b"hello")
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.recv(5) == b"hello"
