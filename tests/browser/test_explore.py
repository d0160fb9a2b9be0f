"""What a person sees and does in Explore and in Documents."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect

from app.answering.types import Hit
from app.explore.types import Holdings
from app.retrieval.filters import Filters
from app.serve import build_app
from app.services import Services
from app.settings import Settings
from ingest.pipeline import IngestOptions
from ingest.types import Chunk, IngestReport, Metadata
from tests.app.explore.world import HOLDINGS, document
from tests.browser.script import MEETING_TEXT, Script
from tests.browser.server import serving

# Gradio's queue counts its events with what pandas has deprecated.
pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")]

QUOTE = "Kazakhstan joined the Initiative in November 2020."


class Shelf:
    """Everything on file; files that are sent in come to it, and go."""

    def __init__(self) -> None:
        self.holdings: Holdings = HOLDINGS

    def services(self) -> Services:
        return replace(
            Script().services(),
            holdings=lambda: self.holdings,
            search=self.search,
            naming=lambda mentions: (self._chunk(),),
            document=self.document,
            ingest=self.ingest,
            remove=self.remove,
        )

    def document(self, id: str) -> object:
        found = Script().document("meetings/ca-rtm-14")
        return replace(found, id=id, origin="added" if id.startswith("added/") else "corpus")

    def search(self, words: str, filters: Filters, limit: int) -> Sequence[Hit]:
        found = Hit(self._chunk(), Metadata(title="14th Round-Table Meeting"), 1.0, matched=("Kazakhstan",))
        return () if "nothing" in words else (found,)

    def ingest(
        self, paths: Sequence[Path], options: IngestOptions, progress: Callable[[str, int, int], None]
    ) -> IngestReport:
        ids = tuple(f"added/{path.name}" for path in paths)
        self._hold({id: replace(document(id), origin="added", path=id) for id in ids})
        return IngestReport(written=ids)

    def remove(self, id: str) -> None:
        self.holdings = replace(
            self.holdings,
            documents=MappingProxyType({key: row for key, row in self.holdings.documents.items() if key != id}),
        )

    def _hold(self, rows: dict) -> None:
        self.holdings = replace(self.holdings, documents=MappingProxyType({**self.holdings.documents, **rows}))

    def _chunk(self) -> Chunk:
        start = MEETING_TEXT.index(QUOTE)
        return Chunk("c", "meetings/ca-rtm-14", 0, start, start + len(QUOTE), "Results", None, QUOTE)


@pytest.fixture(scope="module")
def explored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    shelf = Shelf()

    def build(port: int) -> FastAPI:
        return build_app(
            Settings(_env_file=None, port=port, data_dir=tmp_path_factory.mktemp("data")), shelf.services()
        )

    with serving(build) as address:
        yield address


@contextmanager
def _page(browser: Browser, width: int, scheme: str = "light") -> Iterator[Page]:
    with browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, locale="en-GB") as context:
        yield context.new_page()


@pytest.fixture(scope="module")
def page(browser: Browser, explored: str) -> Iterator[Page]:
    """One page for all, gone before its server: what follows the hash of its address is drawn without a new page."""
    with _page(browser, 1280) as page:
        yield page


def opened(page: Page, address: str, heading: str) -> Page:
    page.goto(address)
    expect(page.locator(".pane:visible h2")).to_contain_text(heading)
    return page


def test_a_search_shows_passages_that_open_at_their_place(page: Page, explored: str) -> None:
    opened(page, f"{explored}/#explore", "Search the documents")
    page.get_by_label("Words or a question").fill("Kazakhstan")
    page.keyboard.press("Enter")
    expect(page.locator("#explore mark")).to_have_text("Kazakhstan")
    expect(page.locator("#explore .counted")).to_be_focused()
    page.locator("#explore a.passage").click()
    expect(page.locator("#source mark").first).to_have_text(QUOTE)
    page.keyboard.press("Escape")
    expect(page.locator("#explore a.passage")).to_be_focused()


def test_a_list_is_narrowed_sorted_and_shared_by_its_address(page: Page, explored: str) -> None:
    opened(page, f"{explored}/#explore/meetings?region=Gulf", "Meetings")
    expect(page.locator("#explore .counted")).to_have_text("1 of 3")
    page.get_by_role("link", name="Clear filters").click()
    expect(page.locator("#explore .counted")).to_have_text("3 of 3")
    page.locator("#explore thead").get_by_role("link", name="Name").focus()
    page.keyboard.press("Enter")
    expect(page.locator('#explore th[aria-sort="ascending"]')).to_contain_text("Name")
    page.go_back()
    page.go_back()
    expect(page.locator("#explore .counted")).to_have_text("1 of 3")


def test_a_record_leads_to_others_and_to_the_chat(page: Page, explored: str) -> None:
    opened(page, f"{explored}/#explore/record/meeting/ca-rtm-14", "14th Round-Table Meeting")
    page.locator("#explore .told").get_by_role("link", name="Kazakhstan").click()
    expect(page.locator("#explore h2")).to_contain_text("Kazakhstan")
    page.get_by_role("button", name="When did Kazakhstan join the Initiative?").click()
    expect(page.locator(".reply.finished")).to_have_count(1)
    page.get_by_role("link", name="Explore").click()
    expect(page.locator("#explore h2")).to_contain_text("Kazakhstan")


def test_an_error_is_one_sentence_with_a_way_on(page: Page, explored: str) -> None:
    page.goto(f"{explored}/#explore/meetings?country=Atlantis")
    expect(page.get_by_role("alert")).to_contain_text("There is no country 'Atlantis'.")
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)
    page.get_by_role("link", name="Show the whole list").click()
    expect(page.locator("#explore .counted")).to_have_text("3 of 3")
    page.goto(f"{explored}/#explore/nowhere")
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_role("link", name="Show the whole list").click()
    expect(page.locator("#explore h2")).to_have_text("Search the documents")


def test_a_view_that_fails_can_be_tried_again(page: Page, explored: str) -> None:
    page.route("**/explore/meetings*", lambda route: route.abort())
    page.goto(f"{explored}/#explore/meetings")
    again = page.get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    page.unroute_all()
    again.click()
    expect(page.locator("#explore .counted")).to_have_text("3 of 3")


def test_files_are_added_each_with_its_outcome_and_removed_when_confirmed(
    page: Page, explored: str, tmp_path: Path
) -> None:
    good, bad = tmp_path / "note.txt", tmp_path / "program.exe"
    good.write_text("A note.", encoding="utf-8")
    bad.write_text("No note.", encoding="utf-8")
    opened(page, f"{explored}/#documents", "Documents")
    page.get_by_label("Files").set_input_files([good, bad])
    page.get_by_role("button", name="Add files").click()
    expect(page.locator(".outcomes .good")).to_have_text("note.txtadded")
    expect(page.locator(".outcomes .bad")).to_contain_text("program.exenot added:")
    expect(page.locator("#documents .counted")).to_have_text("2 of 2")
    page.locator("#documents tbody button").click()
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator("#documents .counted")).to_have_text("2 of 2")
    page.locator("#documents tbody button").click()
    page.locator("dialog").get_by_role("button", name="Remove").click()
    expect(page.locator("#documents .counted")).to_have_text("1 of 1")


PLACES = {
    "search": ("explore/search?q=Kazakhstan", "Search"),
    "meetings": ("explore/meetings", "Meetings"),
    "partners": ("explore/partners", "Partners"),
    "changes": ("explore/changes?since=2017-01-01&until=2022-12-31", "What changed"),
    "record": ("explore/record/project/65", "Project 65"),
    "documents": ("documents", "Documents"),
}


@pytest.mark.parametrize(
    ("width", "scheme", "places"),
    [(1280, "light", "search partners record documents"), (390, "dark", "meetings changes record")],
    ids=["desk light", "phone dark"],
)
def test_every_view_fits_and_has_no_barrier(
    browser: Browser, explored: str, width: int, scheme: str, places: str
) -> None:
    with _page(browser, width, scheme) as page:
        page.emulate_media(reduced_motion="reduce")
        for place in places.split():
            view, heading = PLACES[place]
            opened(page, f"{explored}/#{view}", heading)
            page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true; })")
            assert (place, page.evaluate("document.documentElement.scrollWidth")) == (place, width)
            found = Axe().run(page, context=f"#{view.partition('/')[0]}").response["violations"]
            assert (place, [(each["id"], each["nodes"][0]["html"][:200]) for each in found]) == (place, [])
