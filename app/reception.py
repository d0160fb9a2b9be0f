"""The port from the first moment: while page and API are still being imported, whoever comes is told to wait a little.

This module and what it imports load at once; the server is handed the same port when it can answer for itself.
"""

import errno
import json
import socket
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import uuid4

from app.identity.store import Store
from app.settings import Settings
from ingest.errors import ConfigurationError

BACKLOG = 256
_POLL_SECONDS = 0.05
_REQUEST_SECONDS = 5.0
_RETRY_SECONDS = "1"

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}
_NO_PORT = {
    errno.EADDRINUSE: "the port is in use; stop the other program or choose another port with COE_PORT",
    errno.EACCES: "this user may not use the port; choose one above 1023 with COE_PORT",
    errno.EADDRNOTAVAIL: "this machine does not have the address; choose another with COE_HOST",
}
_LOOK = """\
body { margin: 20vh auto; max-width: 32rem; padding: 0 1.25rem; font: 1.05rem/1.6 system-ui, sans-serif; }
p { margin: .4rem 0; }
@media (prefers-color-scheme: dark) { body { background: #14181f; color: #e6e9ee; } }
"""
_PAGE = f"""\
<!doctype html><html lang="en"><head><meta charset="utf-8"><title>CoE Assistant</title>
<meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="{_RETRY_SECONDS}">
<style>{_LOOK}</style></head><body role="status">
<h1>CoE Assistant</h1>
<p>The assistant is starting. This page opens by itself in a few seconds.</p>
<p lang="fr">L’assistant démarre. Cette page s’ouvrira d’elle-même dans quelques secondes.</p>
<p lang="ru">Ассистент запускается. Страница откроется сама через несколько секунд.</p>
</body></html>
"""
_PROBLEM = {
    "type": "about:blank",
    "title": "Service Unavailable",
    "status": 503,
    "detail": "The assistant is still starting; please try again in a few seconds.",
    "code": "starting",
}
_STYLE_HASH = b64encode(sha256(_LOOK.encode()).digest()).decode()
_HEADERS = {
    "Cache-Control": "no-store",
    "Connection": "close",
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Reception:
    """A port that is listened on; until it is handed over, every request is answered that the assistant is starting."""

    def __init__(self, listener: socket.socket) -> None:
        self.listener = listener
        self._server = _Doorkeeper(listener.getsockname(), _Answer, bind_and_activate=False)
        self._server.socket.close()
        self._server.socket = listener
        self._thread = threading.Thread(target=self._server.serve_forever, args=(_POLL_SECONDS,), daemon=True)
        self._thread.start()

    def hand_over(self) -> socket.socket:
        """The port, for somebody else to answer at; whoever connects from now on waits for them."""
        self._server.shutdown()
        self._thread.join()
        return self.listener


def address_of(listener: socket.socket) -> str:
    """What to type into a browser on this machine."""
    host, port, *_ = listener.getsockname()
    name = _EVERYWHERE.get(host, host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


@contextmanager
def open_reception(settings: Settings) -> Iterator[Reception]:
    """Listen where the settings say, until the block ends.

    Raises:
        ConfigurationError: the address is public without consent, or cannot be used.
    """
    _check_consent(settings)
    with _listener(settings) as listener:
        reception = Reception(listener)
        try:
            yield reception
        finally:
            reception.hand_over()


def _check_consent(settings: Settings) -> None:
    if settings.is_reachable and not settings.allow_anonymous and Store(settings.data_dir).is_empty():
        raise ConfigurationError(
            f"{settings.public_url or settings.host} can be reached from other machines and there is neither account "
            "nor key: make one with `coe user add` or `coe key create`, or set COE_ALLOW_ANONYMOUS=true to let anybody "
            "ask; only this machine reaches COE_HOST=127.0.0.1 without COE_PUBLIC_URL."
        )


def _listener(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=BACKLOG)
    except OSError as error:
        reason = _NO_PORT.get(error.errno or 0, "the address is unknown; choose another with COE_HOST")
        raise ConfigurationError(f"Cannot listen on {settings.host} port {settings.port}: {reason}.") from error


class _Doorkeeper(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever left before the answer is not worth a line."""


class _Answer(BaseHTTPRequestHandler):
    """Alive, not ready: whatever is asked."""

    timeout = _REQUEST_SECONDS

    def _answer(self) -> None:
        if self.path == "/healthz":
            self._send(200, "application/json", json.dumps({"status": "ok"}))
        elif "text/html" in self.headers.get("Accept", ""):
            self._send(503, "text/html; charset=utf-8", _PAGE)
        else:
            self._send(503, "application/problem+json", json.dumps({**_PROBLEM, "request_id": uuid4().hex}))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _answer

    def _send(self, status: int, media_type: str, text: str) -> None:
        body = text.encode()
        self.send_response_only(status)
        fields = {**_HEADERS, "Content-Type": media_type, "Content-Length": str(len(body))}
        for name, value in fields.items() if status == 200 else {**fields, "Retry-After": _RETRY_SECONDS}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
