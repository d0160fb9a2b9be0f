"""The page as it is served: with scripted services behind it, or with the whole assistant."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import FastAPI
from playwright.sync_api import Page, Route

from app.serve import build_app
from app.settings import Settings
from app.wiring import build_services
from tests.browser.script import Script
from tests.browser.server import serving
from tests.conftest import House


@contextmanager
def served(script: Script) -> Iterator[str]:
    """Serve the API and the page over a data folder of their own, and give their address."""
    with TemporaryDirectory() as folder:

        def build(port: int) -> FastAPI:
            settings = Settings(_env_file=None, port=port, data_dir=Path(folder), ask_rate="10000/minute")
            return build_app(settings, script.services())

        with serving(build) as address:
            yield address


def real(house: House) -> AbstractContextManager[str]:
    """Serve the assistant over the library of a house, and give its address."""

    def build(port: int) -> FastAPI:
        settings = Settings(_env_file=None, port=port, data_dir=house.config.data_dir, corpus_dir=house.corpus)
        return build_app(settings, build_services(settings))

    return serving(build)


@contextmanager
def held(page: Page, addresses: str = "**/assets/*.js") -> Iterator[Callable[[], None]]:
    """Keep back what comes from some addresses, Gradio's scripts by default, until the function given is called."""
    waiting: list[Route] = []
    is_over = threading.Event()

    def hold(route: Route) -> None:
        if is_over.is_set():
            route.continue_()
        else:
            waiting.append(route)

    def release() -> None:
        is_over.set()
        while waiting:
            waiting.pop(0).continue_()

    page.route(addresses, hold)
    try:
        yield release
    finally:
        release()
