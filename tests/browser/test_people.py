"""The page for everybody: three languages, light and dark, a phone, the keyboard, and no serious finding of axe."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import axe_playwright_python
import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import answered, opened

# Gradio's queue counts its events with what pandas has deprecated.
pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")]

AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text(encoding="utf-8")
FINDINGS = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
    .filter((each) => ["serious", "critical"].includes(each.impact))
    .map((each) => `${each.id}: ${each.nodes.map((node) => node.html.slice(0, 120)).join(" ")}`)"""
LIST = "How many partner countries are there?"
KAZAKHSTAN = "When did Kazakhstan join the Initiative?"


def ask(page: Page, question: str, count: int = 1) -> None:
    page.locator("#box textarea").fill(question)
    page.keyboard.press("Enter")
    answered(page, count)


def findings(page: Page) -> list[str]:
    page.evaluate(AXE)
    return page.evaluate(FINDINGS)


@pytest.fixture
def french(browser: Browser, address: str) -> Iterator[Page]:
    with browser.new_context(locale="fr-CA") as context:
        yield opened(context.new_page(), address)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", ["page", "phone"])
def test_no_view_has_a_serious_finding(request: pytest.FixtureRequest, scheme: str, device: str):
    page: Page = request.getfixturevalue(device)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.reload()
    page.locator("#box textarea").wait_for()
    found = findings(page)
    ask(page, LIST)
    page.locator(".newest a.label").first.click()
    expect(page.locator("#source mark")).to_be_visible()
    found += findings(page)
    page.keyboard.press("Escape")
    for view in ("explore", "documents"):
        page.locator(f'#views a[data-view="{view}"]').click()
        expect(page.locator(f"#{view}")).to_have_attribute("aria-busy", "false")
        found += findings(page)
    assert found == []


def test_axe_finds_what_is_wrong(page: Page):
    page.evaluate("document.body.append(document.createElement('img'))")
    assert [each.partition(":")[0] for each in findings(page)] == ["image-alt"]


def test_the_language_is_the_one_the_browser_accepts(french: Page):
    assert french.locator("html").get_attribute("lang") == "fr"
    expect(french.get_by_role("button", name="Demander")).to_be_visible()
    french.locator("#box textarea").fill(LIST)
    french.keyboard.press("Enter")
    expect(french.locator(".finished .partial")).to_have_text("Réponse partielle")
    assert french.locator(".finished .as-of").inner_text() == "État : juin 2021"
    assert "64 partner countries in 2022" in french.locator(".finished .said").inner_text()


def test_the_language_chosen_survives_a_reload(page: Page):
    page.get_by_role("button", name="Русский").click()
    expect(page.locator("#send")).to_have_text("Спросить")
    page.reload()
    expect(page.locator("#send")).to_have_text("Спросить")
    assert page.locator("html").get_attribute("lang") == "ru"
    expect(page.get_by_role("button", name="Русский")).to_have_attribute("aria-pressed", "true")


def test_the_colours_chosen_survive_a_reload(page: Page):
    page.get_by_role("button", name="Dark colours").click()
    expect(page.locator("body.dark")).to_have_count(1)
    page.reload()
    expect(page.get_by_role("button", name="Light colours")).to_be_visible()
    expect(page.locator("body.dark")).to_have_count(1)


def test_the_hint_of_a_first_visit_stays_away_once_it_was_understood(page: Page):
    page.get_by_role("button", name="Understood").click()
    page.reload()
    page.locator("#box textarea").wait_for()
    assert page.locator("#hint").count() == 0


def test_the_first_stop_of_the_keyboard_leads_to_the_question(page: Page):
    page.evaluate("document.activeElement.blur()")
    page.locator("#skip").focus()
    expect(page.locator("#skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#box textarea")).to_be_focused()


def test_views_have_addresses(page: Page, address: str):
    page.get_by_role("link", name="Explore", exact=True).click()
    assert page.url == f"{address}/#explore"
    expect(page.locator("#view-ask")).to_be_hidden()
    page.go_back()
    expect(page.locator("#box textarea")).to_be_visible()


def test_the_page_says_that_the_models_are_warming_up_until_they_are(browser: Browser, address: str):
    with browser.new_context() as context:
        warm: list[bool] = []
        starting = '{"code": "starting", "detail": "still starting"}'

        def ready(route) -> None:
            route.continue_() if warm else route.fulfill(status=503, content_type="application/json", body=starting)

        context.route("**/readyz", ready)
        page = opened(context.new_page(), address)
        expect(page.locator("#warming")).to_contain_text("still loading its models")
        expect(page.locator("#box textarea")).to_be_editable()
        warm.append(True)
        expect(page.locator("#warming")).to_have_text("The assistant is ready.")


@pytest.mark.parametrize("how", ["pointer", "keyboard"])
def test_a_label_shows_its_quote(page: Page, how: str):
    ask(page, KAZAKHSTAN)
    label = page.locator(".finished a.label").first
    label.hover() if how == "pointer" else label.focus()
    expect(page.locator("#quoted")).to_contain_text("“Kazakhstan joined the Initiative in November 2020.”")
    assert label.get_attribute("aria-describedby") == "quoted"
    page.keyboard.press("Escape")
    expect(page.locator("#quoted")).to_be_hidden()


def entries(page: Page) -> list[str]:
    return page.locator("table.items tbody td:nth-child(2)").all_inner_texts()


def test_a_list_is_sorted_by_its_headings(page: Page):
    ask(page, LIST)
    assert entries(page) == ["Kazakhstan", "Georgia"]
    page.get_by_role("button", name="Entry").click()
    assert entries(page) == ["Georgia", "Kazakhstan"]
    expect(page.get_by_role("columnheader", name="Entry")).to_have_attribute("aria-sort", "ascending")
    page.get_by_role("button", name="Entry").click()
    assert entries(page) == ["Kazakhstan", "Georgia"]


def downloaded(page: Page, kind: str) -> bytes:
    with page.expect_download() as started:
        page.get_by_role("button", name=f"Download {kind}").click()
    return started.value.path().read_bytes()


def test_a_list_is_taken_away_as_csv_and_as_a_workbook(page: Page):
    ask(page, LIST)
    rows = list(csv.reader(io.StringIO(downloaded(page, "CSV").decode("utf-8-sig"))))
    sheet = load_workbook(io.BytesIO(downloaded(page, "XLSX"))).active
    assert [list(row) for row in sheet.iter_rows(values_only=True)] == rows
    assert rows[0] == ["No.", "Entry", "Source dated", "Document", "Quote", "Address"]
    assert rows[1][:4] == ["1", "Kazakhstan", "2021-06-05", "Partner countries"]
    assert "/documents/partners/overview?start=" in rows[1][5]


def test_steps_are_folded_away_and_say_what_was_searched(page: Page):
    ask(page, KAZAKHSTAN)
    steps = page.locator(".finished .steps")
    expect(steps.locator("li").first).to_be_hidden()
    steps.locator("summary").click()
    expect(steps.locator("li").first).to_have_text("Searched 12 passages in 4 documents: One; Two; Three; Four")


def test_asking_again_replaces_the_answer(page: Page):
    ask(page, KAZAKHSTAN)
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator(".reply.working")).to_have_count(0)
    answered(page)
    assert page.locator(".question").all_inner_texts() == [KAZAKHSTAN]


def test_the_last_question_is_changed_and_its_answer_replaced(page: Page):
    ask(page, KAZAKHSTAN)
    page.get_by_role("button", name="Edit question").click()
    expect(page.locator("#box textarea")).to_have_value(KAZAKHSTAN)
    expect(page.locator("#editing")).to_be_visible()
    page.locator("#box textarea").fill(LIST)
    page.keyboard.press("Enter")
    expect(page.locator(".question")).to_have_text([LIST])
    answered(page)
    expect(page.locator("#editing")).to_be_hidden()
    expect(page.locator("#box textarea")).to_have_value("")


def test_a_button_anywhere_asks_its_question_in_the_chat(page: Page):
    page.evaluate("location.hash = '#explore'")
    page.evaluate(
        """question => {
          const button = document.createElement("button");
          button.dataset.ask = question;
          button.id = "anywhere";
          document.querySelector("#view-explore").prepend(button);
          button.click();
        }""",
        KAZAKHSTAN,
    )
    expect(page.locator(".question")).to_have_text([KAZAKHSTAN])
    answered(page)
