"""The queue of the chat page: so many wait, and everybody else is told at once."""

from collections import Counter
from pathlib import Path
from time import perf_counter
from uuid import uuid4

import httpx
import pytest

from app.serve import build_app
from tests.app.api.script import Script, settings
from tests.app.ui.test_page import asking
from tests.browser.server import serving

# Gradio's queue counts its events with what pandas has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")

JOINS = 100


def test_more_than_may_wait_are_refused_at_once_and_probes_answer(tmp_path: Path):
    script = Script()
    own = settings(data_dir=tmp_path, max_concurrent=1)
    with (
        serving(lambda port: build_app(own.model_copy(update={"port": port}), script.services())) as address,
        httpx.Client(base_url=address, timeout=30) as client,
    ):
        dependency, started = asking(client), perf_counter()
        trigger = dependency["targets"][0][0]
        answers: Counter[int] = Counter()
        for _ in range(JOINS):
            join = {"data": ["wait", None, None], "fn_index": dependency["id"], "trigger_id": trigger}
            response = client.post("/gradio_api/queue/join", json={**join, "session_hash": uuid4().hex})
            answers[response.status_code] += 1
        seconds = perf_counter() - started
        alive = client.get("/healthz").status_code
        script.gate.set()
    assert (set(answers), alive) == ({200, 503}, 200)
    assert answers[200] < 20
    assert seconds / JOINS < 1
