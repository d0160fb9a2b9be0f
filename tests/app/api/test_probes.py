"""`/healthz` and `/readyz`."""

import threading

from ingest.errors import ConfigurationError, SearchUnavailable
from tests.app.api.script import Script, client


def test_a_living_process_is_healthy_even_when_it_is_not_ready():
    response = client(Script(not_ready=SearchUnavailable("No answer."))).get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_a_service_with_everything_loaded_is_ready():
    response = client().get("/readyz")
    assert (response.status_code, response.json()) == (200, {"status": "ready"})


def test_a_service_that_is_not_ready_says_why():
    script = Script(not_ready=SearchUnavailable("The search server does not answer."))
    response = client(script).get("/readyz")
    problem = response.json()
    assert (response.status_code, response.headers["content-type"]) == (503, "application/problem+json")
    assert (problem["code"], problem["detail"]) == ("search_unavailable", "The search server does not answer.")
    assert response.headers["retry-after"] == "5"


def test_whatever_keeps_it_from_being_ready_the_status_is_503():
    response = client(Script(not_ready=ConfigurationError("The model has no folder."))).get("/readyz")
    assert (response.status_code, response.json()["code"]) == (503, "configuration_error")


def test_a_service_becomes_ready_without_a_restart():
    script = Script(not_ready=SearchUnavailable("No answer."))
    probe = client(script)
    before = probe.get("/readyz").status_code
    script.not_ready = None
    assert (before, probe.get("/readyz").status_code) == (503, 200)


def test_health_is_told_while_every_place_is_taken():
    script = Script()
    with client(script, max_concurrent=1) as probe:
        asker = threading.Thread(target=probe.post, args=["/api/v1/ask"], kwargs={"json": {"question": "wait"}})
        asker.start()
        response = probe.get("/healthz")
        script.gate.set()
        asker.join()
    assert response.status_code == 200
