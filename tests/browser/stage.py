"""The page as it is served, with scripted services behind it."""

from contextlib import AbstractContextManager

from fastapi import FastAPI

from app.api.application import create_api
from app.settings import Settings
from app.ui.page import mount_page
from tests.browser.script import Script
from tests.browser.server import serving


def served(script: Script) -> AbstractContextManager[str]:
    """Serve the API and the page, and give their address."""

    def build(port: int) -> FastAPI:
        settings = Settings(_env_file=None, port=port)
        services = script.services()
        return mount_page(create_api(settings, services), services, settings)

    return serving(build)
