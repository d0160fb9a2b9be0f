"""An application served on a free port of this machine, in a thread of the test."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI


@contextmanager
def serving(build: Callable[[int], FastAPI]) -> Iterator[str]:
    """Serve what `build` makes for the port, and give its address."""
    started: Future[uvicorn.Server] = Future()

    # Gradio opens an event loop, and never closes it, where it is built without one.
    async def serve(listener: socket.socket, port: int) -> None:
        try:
            server = uvicorn.Server(uvicorn.Config(build(port), log_level="warning"))
        except Exception as error:
            started.set_exception(error)
            return
        started.set_result(server)
        await server.serve(sockets=[listener])

    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        thread = threading.Thread(target=lambda: asyncio.run(serve(listener, port)))
        thread.start()
        server = started.result(120)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join(30)
