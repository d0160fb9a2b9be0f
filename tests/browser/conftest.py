"""A browser of this machine, and the page it looks at."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.script import Script
from tests.browser.stage import real, served
from tests.conftest import House

CORPUS = Path(__file__).parents[2] / "docs_corpus"
REAL = (
    "meetings/ca-rtm-14.md",
    "partners/kazakhstan.md",
    "initiative/glossary.md",
    "initiative/what-is-the-initiative.md",
)
"""Documents of the corpus that tests over the real assistant read."""
CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# A busy machine is slow, not wrong.
expect.set_options(timeout=20_000)


# One for all tests of a process: its event loop keeps running in this thread (others use `tests.loops.run_alone`).
@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        message = f"{CHROMIUM} is missing: install Debian's package chromium (apt-get install chromium)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def script() -> Script:
    return Script()


@pytest.fixture(scope="session")
def address(script: Script) -> Iterator[str]:
    with served(script) as address:
        yield address


@pytest.fixture(scope="session")
def real_template(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house with a few documents of the corpus, ingested; whoever changes it works on a copy."""
    house = House(tmp_path_factory.mktemp("real"))
    for name in REAL:
        house.write(name, (CORPUS / name).read_text(encoding="utf-8"))
    house.ingest()
    return house


@pytest.fixture(scope="session")
def real_house(real_template: House, tmp_path_factory: pytest.TempPathFactory) -> House:
    """The house behind `real_address`."""
    return copied(real_template, tmp_path_factory.mktemp("served"))


@pytest.fixture(scope="session")
def real_address(real_house: House) -> Iterator[str]:
    """The whole assistant, nothing scripted."""
    with real(real_house) as address:
        yield address


# A context keeps what it has fetched: the second page in it is there four times as fast as one in a context of its own.
@pytest.fixture(scope="session")
def desktop(browser: Browser) -> Iterator[BrowserContext]:
    """Where pages of a desktop are opened."""
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        yield context


@pytest.fixture(scope="session")
def pocket(browser: Browser) -> Iterator[BrowserContext]:
    """Where pages of a phone are opened."""
    with browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True) as context:
        yield context


@pytest.fixture
def page(desktop: BrowserContext, address: str) -> Iterator[Page]:
    """The empty page on a desktop."""
    with first_visit(desktop, address) as page:
        yield opened(page, address)


@pytest.fixture
def phone(pocket: BrowserContext, address: str) -> Iterator[Page]:
    """The empty page on a phone."""
    with first_visit(pocket, address) as page:
        yield opened(page, address)


@contextmanager
def first_visit(context: BrowserContext, address: str) -> Iterator[Page]:
    """A new tab, for which nothing is remembered of an address."""
    context.clear_cookies()
    page = context.new_page()
    page.goto(f"{address}/healthz")
    page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
    try:
        yield page
    finally:
        page.close()


def copied(house: House, root: Path) -> House:
    shutil.copytree(house.root, root, dirs_exist_ok=True)
    return House(root)


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    page.locator("#opening").wait_for(state="detached")
    return page


def answered(page: Page, count: int = 1) -> None:
    """Return when so many answers are there and the page takes the next question."""
    expect(page.locator(".reply.finished")).to_have_count(count)
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
