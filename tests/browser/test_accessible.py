"""What axe and the keyboard find where `test_people.py` does not look: before Gradio, in the sidebar, in a document."""

from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import answered
from tests.browser.stage import held

# Gradio's queue counts its events with what pandas has deprecated.
pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")]

AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text(encoding="utf-8")
FINDINGS = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
    .filter((each) => ["serious", "critical"].includes(each.impact))
    .map((each) => `${each.id}: ${each.nodes.map((node) => node.html.slice(0, 120)).join(" ")}`)"""
NAME = """() => {
  const { activeElement: element } = document;
  return element.ariaLabel ?? (element.labels?.[0] ?? element).textContent.trim();
}"""
OUTLINE = "() => getComputedStyle(document.activeElement).outlineStyle"


def findings(page: Page) -> list[str]:
    page.evaluate(AXE)
    return page.evaluate(FINDINGS)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")], ids=["desktop", "phone in the dark"])
def test_opening_sidebar_refusal_and_document_have_no_serious_finding(
    browser: Browser, address: str, width: int, scheme: str
):
    size = {"width": width, "height": 900}
    with browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce") as context:
        page = context.new_page()
        with held(page):
            page.goto(address, wait_until="commit")
            expect(page.locator("#opening textarea")).to_be_visible()
            found = findings(page)
        page.locator("#opening").wait_for(state="detached")
        page.locator("#box textarea").fill("What is the weather?")
        page.keyboard.press("Enter")
        answered(page)
        page.wait_for_url("**/a/*")
        page.locator("#history .toggle-button").click()
        expect(page.locator("#history-tools")).to_be_visible()
        found += findings(page)
        page.goto(f"{address}/documents/meetings/ca-rtm-14?start=0&end=40")
        found += findings(page)
    assert found == []


def stops(page: Page, last: str) -> list[str]:
    """What the keyboard stops at, one after the other, until the last one; every stop is to be seen."""
    names: list[str] = []
    while last not in names and len(names) < 60:
        page.keyboard.press("Tab")
        names.append(page.evaluate(NAME))
        assert page.evaluate(OUTLINE) != "none", names
    return names


def test_the_keyboard_walks_from_the_bar_to_the_question(page: Page):
    page.evaluate("document.activeElement.blur()")
    page.locator("#skip").focus()
    names = stops(page, "Your question")
    bar = ["Ask", "Explore", "Documents", "English", "Français", "Русский", "Dark colours", "Understood"]
    assert names[: len(bar)] == bar
    assert "When did Kazakhstan join the Initiative?" in names
    assert "Search questions and answers" not in names


def test_the_keyboard_walks_through_the_sidebar_once_it_is_open(page: Page):
    page.locator("#box textarea").fill("What is the weather?")
    page.keyboard.press("Enter")
    answered(page)
    page.locator("#history .toggle-button").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Copy link")).to_be_visible()
    names = stops(page, "Rename")
    assert [name for name in names if name in ("Search questions and answers", "Copy link", "Rename")] == [
        "Search questions and answers",
        "Copy link",
        "Rename",
    ]
