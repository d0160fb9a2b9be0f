"""Searching, documents, their files and the catalogue over HTTP, from a library that was really ingested."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from app.api.application import create_api
from app.wiring import build_services
from tests.app.api.script import settings, visitor
from tests.conftest import PARTNER, House

API = "/api/v1"
MEETING = "meetings/round-table"


def reading(house: House) -> TestClient:
    """A client of the API over the library of a house."""
    own = settings(data_dir=house.config.data_dir, corpus_dir=house.corpus)
    return visitor(create_api(own, build_services(own)))


@pytest.fixture(scope="module")
def visitor_of_house(new_house: Callable[[], House]) -> tuple[TestClient, House]:
    house = new_house()
    return reading(house), house


@pytest.fixture
def there(visitor_of_house: tuple[TestClient, House]) -> TestClient:
    return visitor_of_house[0]


def told(response) -> tuple[int, str, str]:
    problem = response.json()
    return response.status_code, problem["code"], problem["detail"]


def test_a_search_brings_passages_of_the_text_and_says_why(there: TestClient):
    found = there.get(f"{API}/search", params={"q": "round table in Tashkent"}).json()
    best = found["passages"][0]
    text = there.get(f"{API}/documents/{best['document_id']}").json()["text"]
    assert found["query"] == "round table in Tashkent"
    assert (best["document_id"], best["title"]) == (MEETING, "Round table of Central Asia")
    assert text[best["start"] : best["end"]] == best["text"]
    assert (best["why"]["lexical_rank"], {"Tashkent", "Round"} & set(best["why"]["matched"])) == (
        1,
        {"Tashkent", "Round"},
    )
    scores = [passage["score"] for passage in found["passages"]]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("path", ["/search?q=Tashkent", "/documents", f"/documents/{MEETING}", "/catalogue/meetings"])
def test_no_vector_is_handed_out(there: TestClient, path: str):
    def lists(told: object) -> Iterator[list]:
        if isinstance(told, dict):
            told = list(told.values())
        if isinstance(told, list):
            yield told
            for each in told:
                yield from lists(each)

    for found in lists(there.get(f"{API}{path}").json()):
        assert sum(isinstance(each, float) for each in found) < 16


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        pytest.param({"kind": "partner"}, {"partners/georgia"}, id="kind"),
        pytest.param({"country": "Georgia"}, {"partners/georgia"}, id="country"),
        pytest.param({"region": "central asia"}, {MEETING, "secretariat"}, id="region"),
        pytest.param({"year": 2022}, {MEETING}, id="year"),
        pytest.param({"year": 2022, "country": "Georgia"}, set(), id="both"),
        pytest.param({"project": 53}, set(), id="project"),
    ],
)
def test_filters_narrow_a_search(there: TestClient, filters: dict, ids: set[str]):
    found = there.get(f"{API}/search", params={"q": "countries and focal points"} | filters).json()["passages"]
    listed = there.get(f"{API}/documents", params=filters).json()["documents"]
    assert {passage["document_id"] for passage in found} == ids
    assert {document["id"] for document in listed} >= ids


@pytest.mark.parametrize(
    ("address", "code", "sentence"),
    [
        ("/search", "invalid_request", 'The parameter "q" is missing.'),
        ("/search?q=%20", "invalid_request", 'The parameter "q" cannot be used: string should have at least 1'),
        (
            "/search?q=a&limit=21",
            "invalid_request",
            '"limit" cannot be used: input should be less than or equal to 20.',
        ),
        ("/search?q=a&limit=x", "invalid_request", '"limit" cannot be used: input should be a valid integer'),
        ("/search?q=a&contry=Georgia", "invalid_request", "The address has a parameter that is not known here."),
        ("/search?q=a&country=Atlantis", "unknown_name", "There is no country 'Atlantis'."),
        ("/search?q=a&region=Atlantis", "unknown_name", "the regions are "),
        ("/documents?offset=-1", "invalid_request", '"offset" cannot be used'),
        ("/documents?limit=0", "invalid_request", '"limit" cannot be used'),
        ("/catalogue/secrets", "invalid_request", "\"name\" cannot be used: input should be 'meetings', 'partners'"),
        ("/catalogue/meetings?format=exe", "invalid_request", '"format" cannot be used'),
        ("/catalogue/meetings?year=99999", "invalid_request", '"year" cannot be used'),
    ],
)
def test_a_bad_parameter_is_refused_by_its_name(there: TestClient, address: str, code: str, sentence: str):
    status, told_code, detail = told(there.get(API + address))
    assert (status, told_code) == (422, code)
    assert sentence in detail


def test_documents_are_listed_in_pages(there: TestClient):
    first = there.get(f"{API}/documents", params={"limit": 3}).json()
    second = there.get(f"{API}/documents", params={"limit": 3, "offset": first["next_offset"]}).json()
    ids = [document["id"] for page in (first, second) for document in page["documents"]]
    assert ids == ["glossary", MEETING, "partners/georgia", "secretariat"]
    assert [(page["total"], page["next_offset"]) for page in (first, second)] == [(4, 3), (4, None)]
    assert {name: first["documents"][1][name] for name in ("title", "kind", "published", "origin", "chunks")} == {
        "title": "Round table of Central Asia",
        "kind": "meeting",
        "published": "2021-06-03",
        "origin": "corpus",
        "chunks": 2,
    }


def test_a_document_comes_with_its_sections_and_sources_but_not_its_place(there: TestClient):
    response = there.get(f"{API}/documents/{MEETING}")
    document = response.json()
    headings = [document["text"][part["start"] : part["end"]].split("\n")[0] for part in document["sections"]]
    assert headings == ["Round table of Central Asia", "Decisions"]
    assert document["sources"] == [
        {"title": "Report", "publisher": None, "date": "2021-06-03", "url": "https://example.org/report"}
    ]
    assert document["file"] == "round-table.md"
    assert "/corpus" not in response.text


def test_a_document_that_is_held_already_is_not_sent_again(there: TestClient):
    etag = there.get(f"{API}/documents/{MEETING}").headers["etag"]
    for held in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = there.get(f"{API}/documents/{MEETING}", headers={"if-none-match": held})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert there.get(f"{API}/documents/{MEETING}", headers={"if-none-match": '"other"'}).status_code == 200
    assert there.get(f"{API}/documents/secretariat").headers["etag"] != etag


@pytest.mark.parametrize("id", ["nothing", "../../etc/passwd", "/etc/passwd", "meetings/round-table.md", "a%00b", "é"])
@pytest.mark.parametrize("place", ["documents", "originals"])
def test_only_documents_of_the_library_are_handed_out(there: TestClient, place: str, id: str):
    response = there.get(f"{API}/{place}/{quote(id, safe='%')}")
    assert told(response)[:2] == (404, "unknown_document")


def test_the_file_of_a_document_is_saved_and_never_shown(there: TestClient):
    response = there.get(f"{API}/originals/partners/georgia")
    assert response.text == PARTNER
    assert response.headers["content-type"] == "text/markdown; charset=utf-8"
    assert response.headers["content-disposition"] == 'attachment; filename="georgia.md"'
    assert response.headers["x-content-type-options"] == "nosniff"
    assert there.get(f"{API}/originals/partners/georgia", headers={"range": "bytes=9-2"}).text == PARTNER
    held = {"if-none-match": response.headers["etag"]}
    assert there.get(f"{API}/originals/partners/georgia", headers=held).status_code == 304


def test_a_file_that_was_changed_since_is_not_handed_out(house: House):
    house.write("partners/georgia.md", "Something else.")
    assert told(reading(house).get(f"{API}/originals/partners/georgia"))[1] == "unknown_document"


def test_the_catalogue_lists_records_with_the_words_behind_every_value(there: TestClient):
    page = there.get(f"{API}/catalogue/meetings").json()
    (record,) = page["records"]
    text = there.get(f"{API}/documents/{MEETING}").json()["text"]
    assert (record["values"]["city"], record["values"]["start"]) == (["Tashkent"], ["2021-06"])
    assert {text[cell["start"] : cell["end"]] == cell["quote"] for cell in record["cells"]} == {True}
    source = {"title": "Round table of Central Asia", "published": "2021-06-03", "url": "https://example.org/report"}
    assert page["sources"] == {MEETING: source}
    assert there.get(f"{API}/catalogue/meetings", params={"region": "Gulf"}).json()["records"] == []


@pytest.mark.parametrize(
    ("address", "accept"), [("?format=csv", "*/*"), ("", "text/csv"), ("", "text/html;q=0.1, text/*;q=0.8")]
)
def test_the_catalogue_as_csv(there: TestClient, address: str, accept: str):
    response = there.get(f"{API}/catalogue/meetings{address}", headers={"accept": accept})
    header, row = csv.reader(io.StringIO(response.text))
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"] == 'attachment; filename="meetings.csv"'
    assert (header[0], row[0], row[-1]) == ("name", "Round table of Central Asia", MEETING)


@pytest.mark.parametrize(
    ("words", "names"), [("tashkent ROUND", ["Round table of Central Asia"]), ("tashkent gulf", [])]
)
def test_words_narrow_a_list_in_every_form(there: TestClient, words: str, names: list[str]):
    def listed(form: str) -> bytes:
        return there.get(f"{API}/catalogue/meetings", params={"q": words, "format": form}).content

    sheet = load_workbook(io.BytesIO(listed("xlsx"))).active
    assert [record["values"]["name"][0] for record in json.loads(listed("json"))["records"]] == names
    assert [row["name"] for row in csv.DictReader(io.StringIO(listed("csv").decode()))] == names
    assert [sheet.cell(line, 1).value for line in range(2, sheet.max_row + 1)] == names


def test_the_catalogue_as_a_workbook(there: TestClient):
    response = there.get(f"{API}/catalogue/meetings", params={"format": "xlsx"})
    assert load_workbook(io.BytesIO(response.content)).active["A2"].value == "Round table of Central Asia"
