"""Logging in and out over HTTP, as a browser without scripts does it."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.identity.store import FILE_NAME, Store
from app.identity.users import ATTEMPTS, Users
from tests.app.api.script import HERE, api

PASSWORD = "correct horse battery"
RIGHT = {"name": "alice", "password": PASSWORD}
WRONG = {"name": "alice", "password": "not the password"}
BROWSER = {"accept": "text/html,application/xhtml+xml", "origin": HERE, "sec-fetch-site": "same-origin"}
ELSEWHERE = ("192.0.2.9", 50000)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    Users(Store(tmp_path)).add("alice", PASSWORD)
    return tmp_path


def browser(data_dir: Path, base: str = HERE, **changes: object) -> TestClient:
    application = api(data_dir=data_dir, **changes)
    return TestClient(application, base_url=base, headers=BROWSER, client=ELSEWHERE, follow_redirects=False)


def test_a_person_is_led_to_the_login_and_back_to_what_was_wanted(data_dir: Path):
    person = browser(data_dir)
    wanted = "/documents/meetings/round-table?start=1&end=5"
    led = person.get(wanted).headers["location"]
    assert led == "/login?next=/documents/meetings/round-table%3Fstart%3D1%26end%3D5"
    assert f'action="{led}"' in person.get(led).text
    answer = person.post(led, data=RIGHT)
    assert (answer.status_code, answer.headers["location"]) == (303, wanted)
    assert person.get(wanted).status_code == 200


def test_a_session_asks_until_it_is_ended(data_dir: Path):
    person = browser(data_dir)
    person.post("/login", data=RIGHT)
    kept = dict(person.cookies)
    asked = person.post("/api/v1/ask", json={"question": "Where?"}).status_code
    shown = person.get("/login").text
    ended = person.post("/logout")
    person.cookies.update(kept)
    assert (asked, "logged in as <strong>alice</strong>" in shown) == (200, True)
    assert (ended.status_code, ended.headers["location"]) == (303, "/login")
    assert person.post("/api/v1/ask", json={"question": "Where?"}).json()["code"] == "not_authenticated"


@pytest.mark.parametrize(
    ("base", "changes", "secure"),
    [
        pytest.param(HERE, {}, False, id="http"),
        pytest.param("https://127.0.0.1:7860", {}, True, id="https"),
        pytest.param(HERE, {"public_url": "https://coe.example.org"}, True, id="https before a proxy"),
    ],
)
def test_the_session_cookie_is_for_this_site_and_no_script(
    data_dir: Path, base: str, changes: dict[str, object], secure: bool
):
    person = browser(data_dir, base, **changes)
    cookie = person.post("/login", data=RIGHT, headers={"origin": base}).headers["set-cookie"]
    attributes = cookie.split("; ")[1:]
    assert attributes == ["Max-Age=604800", "Path=/", "HttpOnly", "SameSite=Lax", *(["Secure"] if secure else [])]


def test_the_form_says_that_name_and_password_do_not_belong_together_and_no_more(data_dir: Path):
    person = browser(data_dir)
    known = person.post("/login", data=WRONG)
    unknown = person.post("/login", data=WRONG | {"name": "mallory"})
    assert (known.status_code, unknown.status_code) == (401, 401)
    assert "do not belong together" in known.text
    assert known.text == unknown.text.replace("mallory", "alice")


def test_the_sixth_attempt_is_refused_even_with_the_right_password(data_dir: Path):
    person = browser(data_dir)
    told = [person.post("/login", data=WRONG).status_code for _ in range(ATTEMPTS)]
    refused = person.post("/login", data=RIGHT)
    program = person.post("/login", data=RIGHT, headers={"accept": "application/json"})
    assert told == [401] * ATTEMPTS
    assert (refused.status_code, refused.headers["retry-after"], "Too many" in refused.text) == (429, "900", True)
    assert (program.status_code, program.json()["code"]) == (429, "too_many_attempts")


@pytest.mark.parametrize(
    "next", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/nowhere", "/é", ""]
)
def test_a_login_leads_to_no_other_place(data_dir: Path, next: str):
    answer = browser(data_dir).post("/login", params={"next": next}, data=RIGHT)
    assert answer.headers["location"] == "/"


def test_nothing_of_a_name_becomes_markup(data_dir: Path):
    page = browser(data_dir).post("/login", data={"name": '"><script>alert(1)</script>', "password": "x"})
    assert "<script" not in page.text


def test_the_page_of_the_login_has_no_script_and_may_send_its_form_only_here(data_dir: Path):
    page = browser(data_dir).get("/login")
    policy = page.headers["content-security-policy"]
    assert ("script-src 'none'" in policy, "form-action 'self'" in policy) == (True, True)
    assert (page.headers["cache-control"], "<script" in page.text) == ("no-store", False)


def test_another_site_can_neither_log_in_nor_out(data_dir: Path):
    person = browser(data_dir)
    foreign = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    told = [person.post(path, data=RIGHT, headers=foreign) for path in ("/login", "/logout")]
    assert [(response.status_code, response.json()["code"]) for response in told] == [(403, "bad_origin")] * 2


def test_where_there_are_no_accounts_the_page_says_so(tmp_path: Path):
    local = TestClient(api(data_dir=tmp_path), base_url=HERE, client=("127.0.0.1", 1))
    assert "There are no accounts" in local.get("/login").text


def test_with_a_broken_file_of_accounts_nobody_comes_in_and_probes_answer(tmp_path: Path):
    (tmp_path / FILE_NAME).write_bytes(b"broken" * 1000)
    local = TestClient(api(data_dir=tmp_path), base_url=HERE, client=("127.0.0.1", 1))
    refused = local.post("/api/v1/ask", json={"question": "Where?"})
    assert (refused.status_code, refused.json()["code"]) == (503, "accounts_unavailable")
    assert local.get("/healthz").status_code == 200
