"""Logging in with a real browser, on a phone and in the dark, and the page behind it."""

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
from tests.browser.conftest import answered, opened
from tests.browser.script import Script
from tests.browser.server import serving

# Gradio's queue counts its events with what pandas has deprecated.
pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")]

PASSWORD = "correct horse battery"
QUESTION = "When did Kazakhstan join the Initiative?"


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("accounts")
    Users(Store(folder)).add("alice", PASSWORD)
    return folder


@pytest.fixture(scope="module")
def closed(data_dir: Path) -> Iterator[str]:
    """A server that asks for a login."""

    def build(port: int) -> FastAPI:
        return build_app(Settings(_env_file=None, port=port, data_dir=data_dir), Script().services())

    with serving(build) as address:
        yield address


@pytest.fixture(params=["light", "dark"])
def phone(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    size = {"width": 390, "height": 844}
    with browser.new_context(viewport=size, has_touch=True, color_scheme=request.param) as context:
        yield context.new_page()


def log_in(page: Page, password: str = PASSWORD) -> None:
    page.get_by_label("Name").fill("alice")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def ask(page: Page, question: str) -> None:
    page.locator("#box textarea").fill(question)
    page.keyboard.press("Enter")


def test_the_login_fits_a_phone_and_everybody_can_use_it(phone: Page, closed: str):
    phone.goto(closed)
    assert phone.url == f"{closed}/login"
    log_in(phone, "not the password")
    expect(phone.get_by_role("alert")).to_contain_text("do not belong together")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert Axe().run(phone).response["violations"] == []


def test_a_person_logs_in_asks_and_logs_out(browser: Browser, closed: str):
    with browser.new_context() as context:
        page = context.new_page()
        refused = []
        page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
        page.goto(closed)
        log_in(page)
        ask(page, QUESTION)
        answered(page)
        assert [line for line in refused if "Content Security Policy" in line] == []
        page.goto(f"{closed}/login")
        page.get_by_role("button", name="Log out").click()
        page.goto(closed)
        assert page.url == f"{closed}/login"


def test_a_person_has_two_answers_worked_on_at_a_time(browser: Browser, closed: str):
    with browser.new_context() as context:
        tabs = [context.new_page() for _ in range(3)]
        tabs[0].goto(closed)
        log_in(tabs[0])
        for tab in tabs[:2]:
            ask(opened(tab, closed), "An endless question")
            expect(tab.locator(".reply")).to_contain_text("One more sentence")
        ask(opened(tabs[2], closed), QUESTION)
        expect(tabs[2].locator(".reply")).to_contain_text("2 answers are being worked on for you")
        tabs[0].get_by_role("button", name="Stop").click()
        expect(tabs[0].get_by_role("button", name="Ask", exact=True)).to_be_visible()
        ask(opened(tabs[2], closed), QUESTION)
        answered(tabs[2])
        tabs[1].get_by_role("button", name="Stop").click()
        expect(tabs[1].get_by_role("button", name="Ask", exact=True)).to_be_visible()


def test_a_visitor_asks_where_anybody_may_and_stays_the_same_visitor(browser: Browser, data_dir: Path):
    def build(port: int) -> FastAPI:
        settings = Settings(_env_file=None, port=port, data_dir=data_dir, allow_anonymous=True)
        return build_app(settings, Script().services())

    with serving(build) as address, browser.new_context() as context:
        page = opened(context.new_page(), address)
        before = [cookie for cookie in context.cookies() if cookie["name"] == "coe_visitor"]
        ask(page, QUESTION)
        answered(page)
        page.reload()
        after = [cookie for cookie in context.cookies() if cookie["name"] == "coe_visitor"]
    assert [cookie["httpOnly"] for cookie in before] == [True]
    assert [cookie["value"] for cookie in before] == [cookie["value"] for cookie in after]
