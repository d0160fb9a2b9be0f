"""Changes to the library over HTTP: seen by the next answer, one at a time, taken once, and nothing left behind."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from typer.testing import CliRunner

from app.api.application import create_api
from app.api.guard import UPLOAD_BODY
from app.api.ledger import Key, KeyInUse, Ledger, UnknownJob
from app.cli import ingest as command
from app.identity.types import LOCAL
from app.responses import Job
from app.wiring import build_services
from ingest.errors import IngestRunning
from ingest.types import IngestReport
from tests.app.api.live import live
from tests.app.api.script import SECRET, Script, settings, visitor
from tests.conftest import House
from tests.listening import NAMES, listening

API = "/api/v1"
NOTE = b"# Field exercise\n\nThe field exercise of Mongolia took place in Ulaanbaatar in May 2023.\n"
QUESTION = {"question": "Where did the field exercise of Mongolia take place?"}


def app_of(house: House) -> FastAPI:
    own = settings(data_dir=house.config.data_dir, corpus_dir=house.corpus)
    return create_api(own, build_services(own))


def scripted(tmp_path: Path, **changes: object) -> TestClient:
    """A client of an application whose changes to the library are those of a script."""
    return visitor(create_api(settings(data_dir=tmp_path), replace(Script().services(), **changes)))


def ended(there: TestClient, response: httpx.Response) -> dict:
    """The job that a response tells of, when it has ended."""
    assert response.status_code == 202, response.text
    pause = threading.Event()
    for _ in range(3_000):
        job = there.get(response.headers["location"]).json()
        if job["state"] != "running":
            return job
        pause.wait(0.02)
    raise AssertionError(job)


def told(response: httpx.Response) -> tuple[int, str]:
    assert response.headers["content-type"] == "application/problem+json"
    return response.status_code, response.json()["code"]


def upload(there: TestClient, name: str = "note.md", content: object = NOTE, **headers: str) -> httpx.Response:
    return there.post(f"{API}/documents", params={"name": name}, content=content, headers=headers)


def test_an_added_document_is_found_at_once_and_a_removed_one_is_not(house: House):
    there = visitor(app_of(house))
    assert there.post(f"{API}/ask", json=QUESTION).json()["completeness"] == "none"
    job = ended(there, upload(there))
    assert (job["action"], job["state"], job["error"]) == ("add", "done", None)
    assert (job["report"]["written"], job["progress"]["stage"]) == (["added/note"], "embed")
    answer = there.post(f"{API}/ask", json=QUESTION).json()
    assert answer["citations"][0]["document_id"] == "added/note"
    assert there.get(f"{API}/originals/added/note").content == NOTE

    job = ended(there, there.delete(f"{API}/documents/added/note"))
    assert (job["action"], job["report"]["deleted"]) == ("remove", ["added/note"])
    assert there.post(f"{API}/ask", json=QUESTION).json()["completeness"] == "none"
    assert told(there.get(f"{API}/documents/added/note")) == (404, "unknown_document")


def test_a_file_of_the_same_name_replaces_the_one_before(house: House):
    there = visitor(app_of(house))
    ended(there, upload(there))
    again = ended(there, upload(there))
    other = ended(there, upload(there, content=NOTE.replace(b"Mongolia", b"Georgia")))
    assert (again["report"]["unchanged"], other["report"]["written"]) == (["added/note"], ["added/note"])
    assert there.get(f"{API}/documents").json()["total"] == 5
    assert list((house.config.data_dir / "uploads").iterdir()) == []


def test_a_file_that_cannot_be_read_fails_with_its_reason_and_leaves_nothing(house: House):
    there = visitor(app_of(house))
    job = ended(there, upload(there, "report.pdf", b"%PDF-1.7 broken"))
    assert (job["state"], job["error"]["code"], job["report"]) == ("failed", "file_corrupt", None)
    assert list((house.config.data_dir / "uploads").iterdir()) == []
    assert there.get(f"{API}/documents").json()["total"] == 4


def test_the_corpus_folder_is_followed(house: House):
    there = visitor(app_of(house))
    house.write("partners/kenya.md", "---\ntitle: Kenya\nkind: partner\n---\n# Kenya\n\nKenya is a partner country.\n")
    (house.corpus / "glossary.md").unlink()
    report = ended(there, there.post(f"{API}/ingest"))["report"]
    assert (report["written"], report["deleted"], len(report["unchanged"])) == (["partners/kenya"], ["glossary"], 3)
    assert there.get(f"{API}/documents", params={"country": "Kenya"}).json()["total"] == 1


def test_a_corpus_that_is_nearly_gone_is_not_followed_unless_it_is_said(house: House):
    there = visitor(app_of(house))
    for name in ("glossary.md", "secretariat.md", "meetings/round-table.md", "partners/georgia.md"):
        (house.corpus / name).unlink()
    assert ended(there, there.post(f"{API}/ingest"))["error"]["code"] == "source_empty_refusing_to_delete"
    assert there.get(f"{API}/documents").json()["total"] == 4


def test_a_document_of_the_corpus_is_not_removed(house: House):
    there = visitor(app_of(house))
    assert told(there.delete(f"{API}/documents/partners/georgia")) == (409, "document_of_corpus")
    assert told(there.delete(f"{API}/documents/nothing")) == (404, "unknown_document")


def test_there_is_one_change_at_a_time(tmp_path: Path):
    go_on = threading.Event()

    def ingest(paths, options, progress) -> IngestReport:
        progress("load", 1, 3)
        go_on.wait(30)
        return IngestReport(written=("x",))

    there = scripted(tmp_path, ingest=ingest)
    first = there.post(f"{API}/ingest")
    assert told(there.post(f"{API}/ingest")) == (409, "ingest_running")
    assert told(upload(there)) == (409, "ingest_running")
    assert there.get(first.headers["location"]).json()["state"] == "running"
    go_on.set()
    assert ended(there, first)["progress"] == {"stage": "load", "done": 1, "total": 3}
    assert ended(there, there.post(f"{API}/ingest"))["state"] == "done"
    assert list((tmp_path / "uploads").iterdir()) == []


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (IngestRunning("Another process is writing."), "ingest_running"),
        (OSError(SECRET), "internal_error"),
    ],
    ids=["another process writes", "defect"],
)
def test_a_job_that_fails_says_why_and_keeps_secrets(tmp_path: Path, error: Exception, code: str):
    def ingest(paths, options, progress) -> IngestReport:
        raise error

    there = scripted(tmp_path, ingest=ingest)
    job = ended(there, there.post(f"{API}/ingest"))
    assert (job["state"], job["error"]["code"], SECRET in str(job)) == ("failed", code, False)


def test_a_key_brings_the_same_response_and_nothing_is_done_twice(tmp_path: Path):
    done: list[str] = []

    def ingest(paths, options, progress) -> IngestReport:
        done.extend(path.read_text() for path in paths)
        return IngestReport()

    there = scripted(tmp_path, ingest=ingest)
    key = {"Idempotency-Key": "7f1c-1"}
    first = upload(there, content=b"one", **key)
    ended(there, first)
    again = upload(there, content=b"one", **key)
    assert (again.status_code, again.content, again.headers["location"]) == (
        202,
        first.content,
        first.headers["location"],
    )
    assert told(upload(there, content=b"two", **key)) == (422, "idempotency_key_reused")
    assert told(upload(there, "other.md", b"one", **key)) == (422, "idempotency_key_reused")
    assert told(there.post(f"{API}/ingest", headers=key)) == (422, "idempotency_key_reused")
    assert done == ["one"]
    assert list((tmp_path / "uploads").iterdir()) == []


def test_of_two_orders_with_one_key_at_once_one_is_taken(tmp_path: Path):
    key, ledger = Key(LOCAL.name, "8", "order"), Ledger(tmp_path)
    there = scripted(tmp_path, ingest=lambda paths, options, progress: IngestReport())
    with ledger.alone(key):
        refused = there.post(f"{API}/ingest", headers={"Idempotency-Key": "8"})
        assert told(refused) == (422, "idempotency_key_reused")
        with pytest.raises(KeyInUse), ledger.alone(key):
            raise AssertionError("two at once")
        with ledger.alone(replace(key, value="9")):
            pass
    assert ended(there, there.post(f"{API}/ingest", headers={"Idempotency-Key": "8"}))["state"] == "done"


def test_orders_with_one_key_from_many_at_once_begin_one_job(tmp_path: Path):
    done: list[str] = []

    def ingest(paths, options, progress) -> IngestReport:
        done.append("done")
        return IngestReport()

    there = scripted(tmp_path, ingest=ingest)
    with ThreadPoolExecutor(8) as pool:
        orders = [pool.submit(there.post, f"{API}/ingest", headers={"Idempotency-Key": "10"}) for _ in range(8)]
        responses = [order.result() for order in orders]
    refused = [each for each in responses if each.status_code != 202]
    assert {(*told(each), each.headers["retry-after"]) for each in refused} <= {(409, "idempotency_key_in_use", "5")}
    (job,) = {each.json()["id"] for each in responses if each.status_code == 202}
    ended(there, there.post(f"{API}/ingest", headers={"Idempotency-Key": "10"}))
    assert (done, there.get(f"{API}/jobs/{job}").json()["state"]) == (["done"], "done")


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "../note.md",
        "a/b.md",
        "a\\b.md",
        ".hidden.md",
        "-rf.md",
        "a\u202etxt.md",
        "a\x00.md",
        "a\nb.md",
        "note",
        "note.exe",
        "note.md.yaml",
        "x" * 118 + ".md",
        "ж" * 110 + ".md",
    ],
)
def test_a_name_that_is_no_plain_name_is_refused(tmp_path: Path, name: str):
    there = scripted(tmp_path)
    assert told(upload(there, name)) == (422, "file_name_refused")
    assert not (tmp_path / "uploads").exists()


@pytest.mark.parametrize(
    "url", [*(f"http://{name}:{{port}}/note.md" for name in NAMES), "file:///etc/passwd", "gopher://x/"]
)
def test_no_document_is_fetched_from_an_address(tmp_path: Path, url: str):
    there = scripted(tmp_path)
    with listening() as (port, asked):
        address = url.format(port=port)
        assert told(upload(there, address)) == (422, "file_name_refused")
        assert told(there.post(f"{API}/documents", params={"url": address})) == (422, "invalid_request")
        assert told(there.post(f"{API}/ingest", params={"path": address})) == (422, "invalid_request")
        assert CliRunner().invoke(command.app, [address], env={"COE_DATA_DIR": str(tmp_path)}).exit_code != 0
    assert asked == []


def test_an_empty_file_is_refused(tmp_path: Path):
    assert told(upload(scripted(tmp_path), content=b"")) == (422, "file_empty")
    assert list((tmp_path / "uploads").iterdir()) == []


def test_a_form_is_refused_with_how_it_is_done(tmp_path: Path):
    response = scripted(tmp_path).post(f"{API}/documents?name=a.md", files={"file": ("a.md", NOTE)})
    assert told(response) == (415, "unsupported_media_type")
    assert "--data-binary" in response.json()["detail"]


def test_a_file_that_is_announced_too_large_is_refused_before_it_is_sent(tmp_path: Path):
    with live(create_api(settings(data_dir=tmp_path), Script().services())) as address:
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=10) as client:
            client.sendall(
                f"POST {API}/documents?name=a.pdf HTTP/1.1\r\nHost: {host}:{port}\r\n"
                f"Content-Length: {300 * 1024 * 1024}\r\n\r\n".encode()
            )
            assert client.recv(64).startswith(b"HTTP/1.1 413 ")
    assert not (tmp_path / "uploads").exists()


def test_a_file_that_turns_out_too_large_is_refused_and_forgotten(tmp_path: Path):
    def pieces() -> Iterator[bytes]:
        for _ in range(UPLOAD_BODY // 2**20 + 1):
            yield b" " * 2**20

    with live(create_api(settings(data_dir=tmp_path), Script().services())) as address:
        response = httpx.post(f"{address}{API}/documents?name=a.md", content=pieces())
    assert told(response) == (413, "body_too_large")
    assert list((tmp_path / "uploads").iterdir()) == []


def test_a_client_that_leaves_in_the_middle_of_a_file_leaves_nothing(tmp_path: Path):
    started = threading.Event()

    def pieces() -> Iterator[bytes]:
        yield b"begun"
        started.set()
        raise ConnectionAbortedError

    with live(create_api(settings(data_dir=tmp_path), Script().services())) as address:
        with pytest.raises(ConnectionAbortedError):
            httpx.post(f"{address}{API}/documents?name=a.md", content=pieces())
        assert httpx.get(f"{address}/healthz").status_code == 200
    assert list((tmp_path / "uploads").glob("*")) == []


def test_every_process_knows_every_job_and_key(tmp_path: Path):
    over = threading.Event()

    def ingest(paths, options, progress) -> IngestReport:
        progress("load", 1, 2)
        over.wait(30)
        return IngestReport()

    one, other = scripted(tmp_path, ingest=ingest), scripted(tmp_path, ingest=ingest)
    begun = one.post(f"{API}/ingest", headers={"idempotency-key": "1"})
    assert other.get(begun.headers["location"]).json()["state"] == "running"
    assert other.post(f"{API}/ingest", headers={"idempotency-key": "1"}).json() == begun.json()
    assert told(other.post(f"{API}/ingest", headers={"idempotency-key": "2"})) == (409, "ingest_running")
    over.set()
    job = ended(other, begun)
    assert (job["state"], job["progress"]) == ("done", {"stage": "load", "done": 1, "total": 2})
    assert ended(other, other.post(f"{API}/ingest"))["state"] == "done"


def test_a_job_whose_process_was_killed_has_failed(tmp_path: Path):
    there = scripted(tmp_path, ingest=lambda paths, options, progress: IngestReport())
    killed = Job(id="a1", action="ingest", state="running", started=datetime.now(UTC))
    with Ledger(tmp_path).turn():
        Ledger(tmp_path).begin(killed, Key("alice", "1", "order"))
        assert there.get(f"{API}/jobs/a1").json()["state"] == "running"
    job = there.get(f"{API}/jobs/a1").json()
    assert (job["state"], job["error"]["code"]) == ("failed", "interrupted")
    assert ended(there, there.post(f"{API}/ingest"))["state"] == "done"


def test_only_so_many_jobs_are_remembered(tmp_path: Path):
    ledger = Ledger(tmp_path, remembered=2)
    for number in range(4):
        ledger.begin(Job(id=f"a{number}", action="ingest", state="running", started=datetime.now(UTC)), None)
    with pytest.raises(UnknownJob):
        ledger.job("a1")
    assert [ledger.job(f"a{number}").state for number in (2, 3)] == ["failed", "failed"]


def test_jobs_that_cannot_be_noted_are_not_begun(tmp_path: Path):
    (tmp_path / "jobs.sqlite").write_bytes(b"no database " * 100)
    there = scripted(tmp_path, ingest=lambda paths, options, progress: IngestReport())
    assert told(there.post(f"{API}/ingest")) == (503, "jobs_unavailable")
    assert told(there.get(f"{API}/jobs/a1")) == (503, "jobs_unavailable")
    (tmp_path / "jobs.sqlite").unlink()
    assert ended(there, there.post(f"{API}/ingest"))["state"] == "done"


def test_a_job_that_nobody_knows(tmp_path: Path):
    assert told(scripted(tmp_path).get(f"{API}/jobs/{'0' * 32}")) == (404, "unknown_job")
