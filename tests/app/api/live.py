"""An application on a real port, for what only a real connection shows."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from app.serve import HEADER_BYTES


@contextmanager
def live(app: ASGIApp) -> Iterator[str]:
    """Serve an application on 127.0.0.1; its address."""
    config = uvicorn.Config(
        app,
        port=0,
        http="h11",
        ws="none",
        log_config=None,
        access_log=False,
        h11_max_incomplete_event_size=HEADER_BYTES,
    )
    server = uvicorn.Server(config)
    listener = config.bind_socket()
    listener.listen()  # who comes before the server has started waits
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(30)
        listener.close()
