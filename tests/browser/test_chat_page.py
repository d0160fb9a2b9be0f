"""What a person sees and does on the chat page."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import answered, opened
from tests.browser.script import Script

# Gradio's queue counts its events with what pandas has deprecated.
pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")]

KAZAKHSTAN = "When did Kazakhstan join the Initiative?"
QUOTE = "Kazakhstan joined the Initiative in November 2020."


def ask(page: Page, question: str) -> None:
    page.locator("#box textarea").fill(question)
    page.keyboard.press("Enter")


def width_needed(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth")


def test_an_answer_shows_its_short_form_its_sentences_its_date_and_its_sources(page: Page):
    ask(page, KAZAKHSTAN)
    answered(page)
    assert page.locator(".reply .short").inner_text() == "November 2020"
    assert page.locator(".reply .said a.label").count() == 2
    assert page.locator(".reply .as-of").inner_text() == "As of 5 June 2021"
    assert page.locator(".reply .sources a.card").count() == 2
    assert page.locator(".sources .quote").first.inner_text() == f"“{QUOTE}”"


def test_a_label_opens_the_document_at_its_highlighted_quote(page: Page):
    ask(page, KAZAKHSTAN)
    page.locator(".finished a.label").first.click()
    mark = page.locator("#source mark")
    expect(mark).to_have_text(QUOTE)
    expect(mark).to_be_in_viewport()
    expect(page.locator("#source-title")).to_have_text("Source 1: 14th Round-Table Meeting for Central Asia")


def test_a_card_opens_the_same_passage_as_its_label(page: Page):
    ask(page, KAZAKHSTAN)
    page.locator(".finished a.card").first.click()
    expect(page.locator("#source mark")).to_have_text(QUOTE)


def test_the_panel_links_to_the_document_on_its_own_page(page: Page):
    ask(page, KAZAKHSTAN)
    page.locator(".finished a.label").first.click()
    expect(page.locator("#source mark")).to_be_visible()
    with page.context.expect_page() as opened_page:
        page.get_by_role("link", name="Open on its own page").click()
    expect(opened_page.value.locator("mark#passage")).to_have_text(QUOTE)


def test_a_label_is_an_ordinary_link_for_a_browser_that_runs_no_script(page: Page, address: str):
    ask(page, KAZAKHSTAN)
    link = page.locator(".finished a.label").first.get_attribute("href")
    page.goto(f"{address}{link}")
    expect(page.locator("mark#passage")).to_have_text(QUOTE)


def test_an_example_asks_its_question(page: Page):
    page.get_by_role("button", name=KAZAKHSTAN).click()
    answered(page)
    assert page.locator(".question").all_inner_texts() == [KAZAKHSTAN]
    assert page.locator("#welcome").is_hidden()


def test_a_refusal_looks_different_and_offers_the_closest_documents(page: Page):
    ask(page, "What is the weather?")
    expect(page.locator(".reply.refusal .verdict")).to_have_text("Not in the documents")
    page.locator(".reply.refusal .nearest a").first.click()
    expect(page.locator("#source .page")).to_contain_text("62 partner countries in 2021")


def test_a_partial_answer_shows_what_differs_what_was_covered_and_who_read(page: Page):
    ask(page, "How many partner countries are there?")
    answered(page)
    reply = page.locator(".reply")
    assert reply.locator(".partial").inner_text() == "Partly answered"
    assert reply.locator(".conflicts td").all_inner_texts() == ["62 partner countries", "2021", "Source\n1"]
    assert reply.locator(".note").all_inner_texts() == [
        "2 of the 64 countries have a page of their own here.",
        "Quoted directly, without the language model: extractive (openai:example did not answer within 12 s)",
    ]


def test_a_follow_up_carries_the_conversation_and_shows_how_it_was_read(page: Page, script: Script):
    ask(page, "What is the weather?")
    answered(page)
    ask(page, "And when did it join, as asked in a follow-up?")
    answered(page, 2)
    assert "Read as: When did Kazakhstan join the Initiative?" in page.locator(".reply").last.inner_text()
    asked = next(each for each in script.asked if "in a follow-up" in each.question)
    assert [turn.question for turn in asked.history] == ["What is the weather?"]


def test_stop_ends_the_answer_and_closes_its_events(page: Page, script: Script):
    ask(page, "endless")
    expect(page.locator(".reply.working .said p").first).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".reply.stopped")).to_have_count(1)
    assert script.closed.acquire(timeout=10)
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    ask(page, KAZAKHSTAN)
    answered(page)


def test_while_it_works_the_page_says_what_was_searched(page: Page):
    ask(page, "endless search")
    expect(page.locator(".reply.working .step")).to_have_text("Searched 12 passages in 4 documents")
    page.get_by_role("button", name="Stop").click()


def test_closing_the_tab_ends_the_answer(browser: Browser, address: str, script: Script):
    with browser.new_context() as context:
        page = opened(context.new_page(), address)
        ask(page, "endless in a tab that is closed")
        expect(page.locator(".reply.working .said p").first).to_be_visible()
    assert script.closed.acquire(timeout=10)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("broken", "The search server did not answer in time; please try again."),
        ("defect", "Something went wrong here and the question was not answered. Please try again."),
        ("x" * 4001, "Your question has 4,001 characters; please shorten it to 4,000."),
    ],
    ids=["known error", "defect", "too long"],
)
def test_an_error_is_one_sentence_in_the_conversation(page: Page, question: str, sentence: str):
    ask(page, question)
    expect(page.locator(".reply.failure .said")).to_have_text(sentence)
    assert page.locator(".toast-body").count() == 0
    assert "sk-TEST" not in page.content()


def test_a_new_conversation_starts_empty(page: Page):
    ask(page, KAZAKHSTAN)
    answered(page)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator("#welcome")).to_be_visible()
    assert page.locator(".reply").count() == 0


def test_the_newest_question_is_brought_to_the_top(page: Page):
    for count in range(1, 4):
        ask(page, f"{KAZAKHSTAN} Please {count}")
        answered(page, count)
    expect(page.locator(".question").last).to_be_in_viewport()
    expect(page.locator(".reply .short").last).to_be_in_viewport()


def test_copying_gives_the_answer_with_its_sources_as_text(browser: Browser, address: str):
    with browser.new_context(permissions=["clipboard-read", "clipboard-write"]) as context:
        page = opened(context.new_page(), address)
        ask(page, KAZAKHSTAN)
        answered(page)
        page.get_by_role("button", name="Copy answer").click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        copied = page.evaluate("navigator.clipboard.readText()")
    assert "Kazakhstan joined the Initiative in November 2020 [1]." in copied
    assert f"“{QUOTE}”" in copied
    assert "<" not in copied


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_scrolls_sideways_on_a_phone(phone: Page, scheme: str):
    phone.emulate_media(color_scheme=scheme)
    assert width_needed(phone) == 390
    ask(phone, "How many partner countries are there?" + " and more" * 20 + "x" * 200)
    answered(phone)
    assert width_needed(phone) == 390
    phone.locator(".finished a.label").first.tap()
    expect(phone.locator("#source mark")).to_be_in_viewport()
    assert width_needed(phone) == 390


def test_on_a_phone_the_source_covers_the_page_and_back_returns_to_the_answer(phone: Page):
    ask(phone, KAZAKHSTAN)
    phone.locator(".finished a.label").first.tap()
    expect(phone.locator("#source mark")).to_be_visible()
    assert phone.locator("#source").bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
    phone.go_back()
    expect(phone.locator("#source")).to_be_hidden()
    answered(phone)


def test_dark_mode_follows_the_system(page: Page):
    light = page.evaluate("getComputedStyle(document.querySelector('.gradio-container')).backgroundColor")
    page.emulate_media(color_scheme="dark")
    page.reload()
    page.locator("#box textarea").wait_for()
    dark = page.evaluate("getComputedStyle(document.querySelector('.gradio-container')).backgroundColor")
    assert (light, dark) == ("rgb(245, 247, 246)", "rgb(15, 21, 20)")


CONTRAST = """() => {
  const curve = (value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const channel = (value) => curve(value / 255);
  const light = (rgb) => 0.2126 * channel(rgb[0]) + 0.7152 * channel(rgb[1]) + 0.0722 * channel(rgb[2]);
  const parts = (text) => text.match(/[\\d.]+/g).map(Number);
  const ground = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = parts(getComputedStyle(each).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return parts(getComputedStyle(document.body).backgroundColor);
  };
  const weak = [];
  for (const element of document.querySelectorAll("#top *, #talk *, #compose *, #source *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !element.getClientRects().length || element.closest(".sr")) continue;
    const [one, two] = [light(parts(getComputedStyle(element).color)), light(ground(element))].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (two + 0.05);
    if (ratio < 4.5) weak.push(`${element.className} ${element.textContent.trim().slice(0, 40)} ${ratio.toFixed(2)}`);
  }
  return weak;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_enough_contrast(page: Page, scheme: str):
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.reload()
    page.locator("#box textarea").wait_for()
    weak = page.evaluate(CONTRAST)
    for count, question in enumerate((KAZAKHSTAN, "How many?", "What is the weather?", "broken"), start=1):
        ask(page, question)
        answered(page, count)
    page.locator(".finished a.label").first.click()
    expect(page.locator("#source mark")).to_be_visible()
    page.mouse.move(0, 0)
    assert weak + page.evaluate(CONTRAST) == []


def test_the_keyboard_alone_asks_opens_a_source_and_comes_back(page: Page):
    page.locator("#box textarea").focus()
    page.keyboard.type(KAZAKHSTAN)
    page.keyboard.press("Enter")
    answered(page)
    label = page.locator(".finished a.label").first
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        if label.evaluate("element => element === document.activeElement"):
            break
    outline = label.evaluate("element => getComputedStyle(element).outlineStyle")
    page.keyboard.press("Enter")
    expect(page.locator("#source mark")).to_be_visible()
    expect(page.locator("#source-title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#source")).to_be_hidden()
    expect(label).to_be_focused()
    assert outline == "solid"


def test_shift_and_enter_write_a_second_line(page: Page):
    page.locator("#box textarea").fill("one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    assert page.locator("#box textarea").input_value() == "one\ntwo"


def test_the_answer_is_read_out_once_by_the_status_of_the_page(page: Page):
    ask(page, KAZAKHSTAN)
    answered(page)
    expect(page.locator("#said")).to_have_text(re.compile("^Kazakhstan joined the Initiative"))
    assert page.locator('#chat [role="log"]').get_attribute("aria-live") == "off"


def test_the_page_says_what_it_is_and_carries_no_foreign_links(page: Page):
    assert page.title() == "CoE Assistant"
    assert page.locator("#notice").inner_text() == (
        "Answers quote summaries, not official documents. Your questions and their answers are kept on this server "
        "until 30 days after the last one, and you can delete them before. No language model is used."
    )
    assert page.locator("footer").count() == 0
    assert page.locator("a[href^=http]").count() == 0
