"""A web server that only this machine reaches, and nothing of ours should ever ask."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NAMES = ("127.0.0.1", "localhost", "[::1]", "0x7f000001", "2130706433", "127.1", "good.example@127.0.0.1")
"""Names of this machine, as somebody may write them who wants the server to fetch."""


@contextmanager
def listening() -> Iterator[tuple[int, list[str]]]:
    """The server's port, and the addresses that are asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def _refuse(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_GET = do_HEAD = do_POST = _refuse

        def log_message(self, *arguments: object) -> None:
            """Nothing is printed."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port, asked
        server.shutdown()
