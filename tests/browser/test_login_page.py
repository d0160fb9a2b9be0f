"""The login in every language, light and dark, on a phone; and who is logged in, on the page itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect

from app.identity.store import Store
from app.identity.users import Users
from app.serve import build_app
from app.settings import Settings
from app.ui.words import words_in
from tests.browser.conftest import opened
from tests.browser.script import Script
from tests.browser.server import serving

# Gradio's queue counts its events with what pandas has deprecated.
pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")]

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def open_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that anybody may ask, and that has an account."""
    folder: Path = tmp_path_factory.mktemp("accounts")
    Users(Store(folder)).add("alice", PASSWORD)

    def build(port: int) -> FastAPI:
        settings = Settings(_env_file=None, port=port, data_dir=folder, allow_anonymous=True)
        return build_app(settings, Script().services())

    with serving(build) as address:
        yield address


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("fr", "dark"), ("ru", "light")])
def test_a_visitor_logs_in_and_out_in_their_language(browser: Browser, open_house: str, language: str, scheme: str):
    words = words_in(language)
    size = {"width": 390, "height": 844}
    with browser.new_context(viewport=size, locale=language, color_scheme=scheme) as context:
        page = opened(context.new_page(), open_house)
        page.locator("#account").get_by_role("link", name=words["login.log_in"]).click()
        page.get_by_label(words["login.name"]).fill("alice")
        page.get_by_label(words["login.password"]).fill("not the password")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_have_text(words["login.wrong"])
        assert page.locator("html").get_attribute("lang") == language
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert Axe().run(page).response["violations"] == []
        page.get_by_label(words["login.password"]).fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator("#account")).to_contain_text("alice")
        page.locator("#account").get_by_role("button", name=words["login.log_out"]).click()
        expect(page.get_by_role("heading", name=words["login.log_in"])).to_be_visible()


def test_the_page_of_somebody_alone_says_nothing_of_accounts(page: Page):
    assert page.locator("#account").count() == 0
