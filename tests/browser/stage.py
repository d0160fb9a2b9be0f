"""The page as it is served, with scripted services behind it."""

from contextlib import AbstractContextManager

from fastapi import FastAPI

from app.serve import build_app
from app.settings import Settings
from tests.browser.script import Script
from tests.browser.server import serving


def served(script: Script) -> AbstractContextManager[str]:
    """Serve the API and the page, and give their address."""

    def build(port: int) -> FastAPI:
        return build_app(Settings(_env_file=None, port=port), script.services())

    return serving(build)
