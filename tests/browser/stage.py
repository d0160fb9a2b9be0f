"""The page as it is served, with scripted services behind it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from app.api.application import create_api
from app.settings import Settings
from app.ui.page import mount_page

from .script import Script


@contextmanager
def served(script: Script) -> Iterator[str]:
    """Serve the API and the page on a free port of this machine, and give its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        settings = Settings(_env_file=None, port=port)
        services = script.services()
        app = mount_page(create_api(settings, services), services, settings)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        thread.join(30)
