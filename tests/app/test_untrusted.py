"""An index that names code to run is named by every way in, and its code is run by none."""

import httpx
import pytest

from app.api.application import create_api
from app.wiring import build_services
from ingest.publication import CHROMA_FOLDER
from tests.app.api.script import settings, visitor
from tests.app.api.test_jobs import ended
from tests.conftest import House
from tests.ingest.test_vectors import poison

pytestmark = pytest.mark.model

WAYS = [
    ("GET", "/readyz", None),
    ("POST", "/api/v1/ask", {"question": "What did the countries agree on?"}),
    ("GET", "/api/v1/search?q=field exercise", None),
    ("GET", "/api/v1/documents/secretariat", None),
    ("DELETE", "/api/v1/documents/added/note", None),
]


def told(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def test_an_index_that_names_code_is_refused_everywhere_and_its_code_never_runs(house: House) -> None:
    house.ingest(house.write("../note.md", "# Note\n\nA note.\n"))
    marker = house.root / "marker"
    poison(house.current / CHROMA_FOLDER, marker, "config_json_str")
    own = settings(data_dir=house.config.data_dir, corpus_dir=house.corpus)
    there = visitor(create_api(own, build_services(own)))

    for method, path, body in WAYS:
        assert told(there.request(method, path, json=body)) == (503, "untrusted_collection_config"), path
    assert there.get("/healthz").status_code == 200
    job = ended(there, there.post("/api/v1/ingest"))
    assert (job["state"], job["error"]["code"]) == ("failed", "untrusted_collection_config")
    assert not marker.exists()

    assert ended(there, there.post("/api/v1/ingest?rebuild=true"))["state"] == "done"
    assert there.get("/readyz").status_code == 200
    assert not marker.exists()
