"""How often and how much at once: told in headers, refused with a problem, counted for each by itself."""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient

from app.api.rates import Rates, address_name
from app.identity.keys import Keys
from app.identity.store import Store
from app.identity.types import MEMBER
from app.identity.users import Users
from app.serve import server_config
from ingest.errors import ConfigurationError
from tests.app.api.script import HERE, Script, api, client, settings, until
from tests.torture.uploads import by_worker, end

ASK = "/api/v1/ask"
QUESTION = {"question": "Where?"}
PASSWORD = "correct horse battery"


def caller(application: object, key: str | None = None, address: str = "192.0.2.9") -> TestClient:
    headers = {"authorization": f"Bearer {key}"} if key else {}
    return TestClient(application, base_url=HERE, headers=headers, client=(address, 50000))


def test_every_counted_response_says_what_is_left(tmp_path: Path):
    key = Keys(Store(tmp_path)).create("alice", MEMBER)
    program = caller(api(data_dir=tmp_path, ask_rate="2/minute"), key)
    first, second, third = (program.post(ASK, json=QUESTION) for _ in range(3))
    left = [re.match(r'"ask";r=(\d+);t=\d+$', response.headers["ratelimit"])[1] for response in (first, second, third)]
    assert ([first.status_code, second.status_code], left) == ([200, 200], ["1", "0", "0"])
    assert first.headers["ratelimit-policy"] == '"ask";q=2;w=60'
    assert (third.status_code, third.json()["code"]) == (429, "rate_limited")
    seconds = int(third.headers["retry-after"])
    assert 1 <= seconds <= 120
    assert third.json()["detail"] == f"Too many requests; please try again in {seconds} s."


def test_who_may_not_is_told_what_is_missing(tmp_path: Path):
    keys = Keys(Store(tmp_path))
    refused = caller(api(data_dir=tmp_path), keys.create("bob", ["read"])).post(ASK, json=QUESTION)
    assert (refused.status_code, refused.json()["detail"]) == (
        403,
        "This needs the scope 'ask', which the key or account does not have.",
    )
    assert refused.headers["www-authenticate"] == 'Bearer error="insufficient_scope"'


def test_questions_and_other_requests_are_counted_apart(tmp_path: Path):
    key = Keys(Store(tmp_path)).create("alice", MEMBER)
    program = caller(api(data_dir=tmp_path, ask_rate="1/minute"), key)
    program.post(ASK, json=QUESTION)
    document = program.get("/documents/meetings/round-table")
    assert (program.post(ASK, json=QUESTION).status_code, document.status_code) == (429, 200)


def test_each_is_counted_alone_and_two_keys_of_one_holder_together(tmp_path: Path):
    keys = Keys(Store(tmp_path))
    alice, again, bob = keys.create("alice", MEMBER), keys.create("alice", MEMBER), keys.create("bob", MEMBER)
    application = api(data_dir=tmp_path, ask_rate="1/minute")
    told = [caller(application, key).post(ASK, json=QUESTION).status_code for key in (alice, again, bob)]
    assert told == [200, 429, 200]


def test_visitors_are_counted_by_address_whatever_their_cookies_say():
    application = api(allow_anonymous=True, ask_rate="1/minute", host="0.0.0.0")
    told = [
        caller(application, address=address).post(ASK, json=QUESTION, headers={"cookie": f"coe_visitor={word}"})
        for address, word in (("192.0.2.1", "a"), ("192.0.2.1", "b"), ("192.0.2.2", "a"))
    ]
    assert [response.status_code for response in told] == [200, 429, 200]


@pytest.mark.parametrize(
    ("proxies", "told"),
    [("192.0.2.100", [200, 200, 429]), ("192.0.2.101", [200, 429, 429]), (None, [200, 429, 429])],
    ids=["the proxy is trusted", "another is", "none is"],
)
def test_a_proxy_that_is_trusted_tells_whose_request_it_is(proxies: str | None, told: list[int]):
    chosen = {"allow_anonymous": True, "ask_rate": "1/minute", "host": "0.0.0.0", "trusted_proxies": proxies}
    config = server_config(api(**chosen), settings(**chosen))
    config.load()
    proxy = caller(config.loaded_app, address="192.0.2.100")
    addresses = ["198.51.100.1", "198.51.100.2", "198.51.100.2"]
    found = [proxy.post(ASK, json=QUESTION, headers={"x-forwarded-for": address}) for address in addresses]
    assert [response.status_code for response in found] == told


def test_passwords_are_counted_like_questions(tmp_path: Path):
    Users(Store(tmp_path)).add("alice", PASSWORD)
    person = caller(api(data_dir=tmp_path, ask_rate="1/minute"))
    told = [person.post("/login", data={"name": name, "password": "x"}).json()["code"] for name in ("alice", "bob")]
    assert told == ["wrong_password", "rate_limited"]


def test_probes_and_the_files_of_the_page_are_not_counted(tmp_path: Path):
    stranger = caller(api(data_dir=tmp_path, request_rate="1/minute"))
    told = [stranger.get(path) for path in ("/healthz", "/viewer.css") for _ in range(3)]
    assert {(response.status_code, "ratelimit" in response.headers) for response in told} == {(200, False)}


def test_the_owner_of_the_machine_is_not_counted():
    owner = client(ask_rate="1/minute")
    assert [owner.post(ASK, json=QUESTION).status_code for _ in range(3)] == [200] * 3


def test_workers_count_together_and_say_what_is_left(tmp_path: Path):
    keys = Keys(Store(tmp_path))
    alice, bob = keys.create("alice", MEMBER), keys.create("bob", MEMBER)
    command = [sys.executable, "-m", "tests.app.api.served_workers", str(tmp_path), "5/hour"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8") as server:
        assert server.stdout
        address = server.stdout.readline().rpartition(" ")[2].strip()
        with by_worker(server, address, 2) as clients:
            one, other = clients.values()

            def asked(worker: httpx.Client, key: str) -> tuple[int, str]:
                response = worker.post(ASK, json=QUESTION, headers={"authorization": f"Bearer {key}"})
                return response.status_code, response.headers["ratelimit"].split(";")[1]

            told = [asked(worker, alice) for worker in (one, other, one, one, other, one, other)]
            others = asked(other, bob)
        end(server)
    assert told == [(200, "r=4"), (200, "r=3"), (200, "r=2"), (200, "r=1"), (200, "r=0"), (429, "r=0"), (429, "r=0")]
    assert others == (200, "r=4")


def test_processes_that_count_at_the_same_moment_allow_no_more_than_the_rate(tmp_path: Path):
    count = (
        "import sys, pathlib; from app.api.counts import SharedCounts; from app.api.rates import Rates;"
        "from app.settings import Settings; rates = Rates(Settings(_env_file=None, ask_rate='100/hour'),"
        "SharedCounts(pathlib.Path(sys.argv[1]))); print(sum(rates.count('ask', 'x').is_kept for _ in range(60)))"
    )
    command = [sys.executable, "-c", count, str(tmp_path / "rates.sqlite")]
    counting = [subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") for _ in range(3)]
    allowed = sum(int(each.communicate()[0]) for each in counting)
    assert 95 <= allowed <= 100


@pytest.mark.parametrize("rate", ["often", "0/minute", ""])
def test_a_rate_that_is_none_is_told_before_anything_is_served(rate: str):
    with pytest.raises(ConfigurationError, match="COE_ASK_RATE must be a rate such as 30/minute"):
        Rates(settings(ask_rate=rate))


def test_a_household_is_one_address():
    addresses = ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1", "192.0.2.1", "somewhere"]
    names = [address_name(address) for address in addresses]
    assert names == ["2001:db8:1:2::/64", "2001:db8:1:2::/64", "2001:db8:1:3::/64", "192.0.2.1", "somewhere"]


def test_one_who_asks_has_two_answers_worked_on_at_a_time(tmp_path: Path):
    keys, script = Keys(Store(tmp_path)), Script()
    alice, bob = keys.create("alice", MEMBER), keys.create("bob", MEMBER)
    application = api(script, data_dir=tmp_path, llm="openai:scripted")
    with caller(application, alice) as asker, caller(application, bob) as other, ThreadPoolExecutor(2) as people:
        waiting = [people.submit(asker.post, ASK, json={"question": "wait"}) for _ in range(2)]
        until(lambda: len(script.asked) == 2)
        third, others = asker.post(ASK, json=QUESTION), other.post(ASK, json=QUESTION)
        script.gate.set()
        answered = [future.result().status_code for future in waiting]
        after = asker.post(ASK, json=QUESTION)
    assert (third.status_code, third.json()["code"], third.headers["retry-after"]) == (429, "too_many_at_once", "5")
    assert (answered, others.status_code, after.status_code) == ([200, 200], 200, 200)
