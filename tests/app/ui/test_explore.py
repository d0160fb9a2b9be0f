"""Explore's views over HTTP: what they show, how they are narrowed and sorted, and that documents stay text."""

import html
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from app.answering.types import Hit
from app.api.limits import Slots
from app.explore.types import Holdings
from app.identity.types import LOCAL, Principal
from app.retrieval.filters import Filters
from app.services import Services
from app.types import Answer
from app.ui.documents import documents_routes
from app.ui.explore import explore_routes
from app.ui.explore_charts import figure_chart
from app.ui.explore_markup import View
from app.ui.explore_search import marked
from app.ui.words import LANGUAGES, words_in
from ingest.errors import ConfigurationError
from ingest.last_run import LastRun
from ingest.types import Chunk, Failure, Mention, Metadata, SourceReference
from tests.app.explore.test_gaps import answer
from tests.app.explore.world import HOLDINGS, cell, document, figure, row

HOSTILE = '<img src=x onerror="alert(1)"> [a](javascript:b)'
READ = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
READER = Principal("reader", frozenset({"ask", "read"}))


def search(words: str, filters: Filters, limit: int) -> tuple[Hit, ...]:
    if "nothing" in words:
        return ()
    chunk = Chunk("c", "meetings/ca-rtm-14", 0, 5, 30, "Title › Results", 2, f"Waste was managed. {HOSTILE}")
    return (Hit(chunk, Metadata(title=f"{filters.region} {HOSTILE}"), 1.0, matched=("waste",)),)


def naming(mentions: tuple[Mention, ...]) -> tuple[Chunk, ...]:
    return (Chunk("c", "meetings/ca-rtm-14", 0, 5, 30, "", None, str(mentions)),)


def served(
    holdings: Holdings = HOLDINGS,
    principal: Principal = LOCAL,
    answers: tuple[Answer, ...] = (),
    run: LastRun | None = None,
) -> TestClient:
    services = Services(
        ask=lambda question: answer(question.question),
        events=lambda question: iter(()),
        document=lambda id: pytest.fail(f"{id} is not needed"),
        check_ready=lambda: None,
        holdings=lambda: holdings,
        search=search,
        naming=naming,
    )
    app = FastAPI()
    app.include_router(documents_routes(services, Slots(2), lambda: answers, lambda: run))
    app.include_router(explore_routes(services, Slots(2)))

    @app.middleware("http")
    async def recognise(request: Request, call_next):
        request.state.principal = principal
        return await call_next(request)

    return TestClient(app, headers={"accept-language": "en"})


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with served() as client:
        yield client


def order(page: str, *texts: str) -> list[str]:
    return sorted(texts, key=lambda text: page.index(f">{text}<"))


VIEWS = """
search search?q=waste search?q=nothing meetings partners projects regions people secretariats changes documents
record/country/Kazakhstan record/project/65 record/meeting/ca-rtm-14 record/person/person-akan-berik record/region/Gulf
""".split()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", VIEWS)
def test_every_view_opens_in_every_language(client: TestClient, path: str, language: str) -> None:
    response = client.get(f"/explore/{path}", headers={"accept-language": language})
    assert response.status_code == 200
    assert "<h2" in response.text


def test_a_list_counts_what_the_filters_and_the_text_leave(client: TestClient) -> None:
    page = client.get("/explore/meetings", params={"region": "Gulf"}).text
    assert "1 of 3" in page
    assert ">Waste workshop<" in page
    assert "2 of 3" in client.get("/explore/meetings", params={"q": "mongolia"}).text
    assert "Nothing on file fits" in client.get("/explore/meetings", params={"q": "zebra"}).text


def test_a_list_is_downloaded_as_it_is_filtered(client: TestClient) -> None:
    page = client.get("/explore/meetings", params={"q": "waste oman", "region": "Gulf", "year": 2019}).text
    assert 'href="/api/v1/catalogue/meetings?q=waste+oman&amp;region=Gulf&amp;year=2019&amp;format=csv"' in page


def test_the_newest_meeting_comes_first_and_the_undated_last(client: TestClient) -> None:
    newest, older, undated = "14th Round&#45;Table Meeting for Central Asia", "Waste workshop", "A visit"
    page = client.get("/explore/meetings").text
    assert order(page, older, undated, newest) == [newest, older, undated]
    page = client.get("/explore/meetings", params={"sort": "when"}).text
    assert order(page, older, undated, newest) == [older, newest, undated]
    assert 'aria-sort="ascending"' in page


def test_passages_show_the_words_found_and_open_at_their_place(client: TestClient) -> None:
    page = client.get("/explore/search", params={"q": "waste", "region": "GCC"}).text
    assert "<mark>Waste</mark> was managed" in page
    assert 'href="/documents/meetings/ca-rtm-14?start=5&amp;end=30#passage"' in page
    assert "Results · page 2" in page


def test_marks_keep_every_character() -> None:
    assert marked("Waste-waste, wasted.", ("waste",)) == ("<mark>Waste</mark>&#45;<mark>waste</mark>&#44; wasted&#46;")
    assert marked("a.b", ("",)) == "a&#46;b"


def test_a_record_holds_values_quotes_sources_and_questions(client: TestClient) -> None:
    page = client.get("/explore/record/meeting/ca-rtm-14").text
    assert "Kazakhstan and Mongolia took part" in page
    assert 'href="#explore/record/country/Kazakhstan"' in page
    assert 'data-ask="Who took part in 14th' in page
    assert "Sources differ on the hall" in page


def test_a_figure_of_a_record_is_told_once_with_all_that_states_it() -> None:
    figures = tuple(figure("6", "2018-04", what="partner countries in Gulf", document=name) for name in ("a", "b"))
    with served(replace(HOLDINGS, figures=figures)) as client:
        page = client.get("/explore/record/region/Gulf").text
    assert page.count("<strong>partner countries in Gulf") == 1
    assert page.count("There were 6 in 2018") == 2


def test_a_record_that_is_not_on_file_says_so(client: TestClient) -> None:
    response = client.get("/explore/record/meeting/unknown")
    assert response.status_code == 404
    assert "Nothing on file has this address" in response.text


def test_regions_lead_to_their_lists(client: TestClient) -> None:
    page = client.get("/explore/regions").text
    assert '<a href="#explore/meetings?region=Central+Asia">1</a>' in page
    assert 'href="#explore/record/region/Gulf"' in page


def test_one_year_alone_is_no_chart(client: TestClient) -> None:
    assert "<svg" in client.get("/explore/meetings").text
    assert "<svg" not in client.get("/explore/meetings", params={"year": 2019}).text


def test_changes_name_each_kind_and_both_figures(client: TestClient) -> None:
    page = client.get("/explore/changes", params={"since": "2020-01-01", "until": "2022-12-31"}).text
    assert "Partners that joined" in page
    assert "Sources differ" in page
    assert '<strong class="value">55</strong>' in page
    assert '<strong class="value">64</strong>' in page
    assert (
        "Nothing on file is dated"
        in client.get("/explore/changes", params={"since": "1990-01-01", "until": "1991-01-01"}).text
    )


def test_a_chart_names_both_numbers_where_sources_differ(client: TestClient) -> None:
    page = client.get("/explore/partners").text
    assert '<svg role="img"' in page
    assert page.count('class="disputed"') == 2
    assert "November 2017: 55 / 58" in page.replace("&#58;", ":").replace("&#47;", "/")


def test_a_figure_stated_once_has_no_chart() -> None:
    assert figure_chart(View(HOLDINGS, words_in("en")), "x", ()) == ""


@pytest.mark.parametrize("path", ["meetings", "search?q=x", "record/meeting/evil", "documents", "changes", "projects"])
def test_documents_stay_text(path: str) -> None:
    evil = row(
        "meeting",
        "evil",
        cell("people", HOSTILE, HOSTILE, detail=HOSTILE),
        name=HOSTILE,
        start="2020-05-01",
        city=HOSTILE,
    )
    project = row("project", "p", number="7", name=HOSTILE, regions=HOSTILE, implementer=HOSTILE, status=HOSTILE)
    holdings = Holdings(
        rows=MappingProxyType({"meeting": (evil,), "project": (project,)}),
        documents=MappingProxyType(
            {
                HOSTILE: replace(
                    document(HOSTILE, HOSTILE), title=HOSTILE, path=HOSTILE, origin="added", language=HOSTILE
                )
            }
        ),
        sources=MappingProxyType({HOSTILE: 2 * (SourceReference(HOSTILE, HOSTILE, HOSTILE, "javascript:alert(1)"),)}),
        figures=(figure("1", "2020-01", what=HOSTILE), figure("2", "2021-01", what=HOSTILE)),
        disagreements=(cell("disagreement", "", HOSTILE, document="meetings/evil"),),
    )
    run = LastRun(READ, 1, (Failure(HOSTILE, "file_damaged", HOSTILE),))
    with served(holdings, answers=(answer(HOSTILE),), run=run) as client:
        page = client.get(f"/explore/{path}").text
    assert "<img" not in page
    assert 'onerror="' not in page
    assert "javascript:" not in page


@pytest.mark.parametrize("query", ["project=x", "unknown=1", "since=yesterday", "q=" + 401 * "x"], ids=str)
def test_a_parameter_that_cannot_be_is_refused(client: TestClient, query: str) -> None:
    assert client.get(f"/explore/meetings?{query}").status_code == 422


@pytest.mark.parametrize("name", ["region", "country"])
def test_a_place_that_does_not_exist_is_named(client: TestClient, name: str) -> None:
    with pytest.raises(ConfigurationError, match="Atlantis"):
        client.get("/explore/meetings", params={name: "Atlantis"})


def test_documents_are_listed_for_everybody_and_changed_by_administrators_only() -> None:
    added = replace(document("added/a.pdf"), origin="added", path="a.pdf")
    holdings = replace(HOLDINGS, documents=MappingProxyType({**HOLDINGS.documents, added.id: added}))
    asked = (answer("What is the weather?"), answer("When?", "added/a.pdf"))
    with served(holdings, READER, asked) as client:
        page = client.get("/explore/documents").text
        assert "2 of 2" in page
        assert not {"data-remove", 'type="file"', "weather"} & {
            each for each in ("data-remove", 'type="file"', "weather") if each in page
        }
    with served(holdings, LOCAL, asked) as client:
        page = client.get("/explore/documents", params={"q": "added"}).text
        assert "1 of 2" in page
        assert page.count("data-remove=") == 1
        assert "What is the weather" in page
        assert "Documents never cited" in page


def test_a_document_names_its_sources_the_newest_first() -> None:
    sources = (
        SourceReference("Old page", "Old house", "2019-01", "https://old.example/page"),
        SourceReference("New page", None, "2021-06-05", None),
    )
    holdings = replace(HOLDINGS, sources=MappingProxyType({"meetings/ca-rtm-14": sources}))
    with served(holdings, READER) as client:
        page = client.get("/explore/documents").text
    link = '<a href="https://old.example/page" target="_blank" rel="noopener noreferrer">Old house</a>'
    assert page.index("<li>New page <small>5 June 2021</small></li>") < page.index(f"<li>{link} <small>January 2019")


def test_administrators_see_which_files_could_not_be_read_and_why() -> None:
    failures = (
        Failure("broken.pdf", "file_damaged", "The file is damaged."),
        Failure("meetings/ca-rtm-14", "file_empty", "The file is empty."),
    )
    run = LastRun(READ, 368, failures)
    with served(run=run) as client:
        page = html.unescape(client.get("/explore/documents").text)
        assert "last read on 2 March 2026 at 09:30 UTC; documents in it: 368." in page
        assert "<strong>broken.pdf</strong> <span>The file is damaged.</span>" in page
        assert "The file is empty. Answers still use what this file said before." in page
    with served(principal=READER, run=run) as client:
        assert "broken" not in client.get("/explore/documents").text
