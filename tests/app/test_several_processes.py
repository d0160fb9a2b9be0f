"""Several API processes over one published library and one Chroma server, which may stop and come back."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

import httpx
import pytest

from tests.chroma import RunningChroma, free_port, running_chroma
from tests.conftest import House
from tests.serving import serving

pytestmark = pytest.mark.model

QUESTION = "What did the countries agree on?"
"""The catalogue does not answer it: passages are searched."""
AGREED = "joint field exercise"
LANTERN = "The exercise Blue Lantern took place in Bukhara."
WHERE = "Where did the exercise Blue Lantern take place?"


@dataclass
class Deployment:
    """Two API processes, and the server that both search on."""

    house: House
    urls: Sequence[str]
    folder: Path
    port: int
    chroma: RunningChroma
    stack: ExitStack

    def everywhere(self, path: str, **content: object) -> list[httpx.Response]:
        """The same request to both processes at once."""
        with ThreadPoolExecutor(len(self.urls)) as pool:
            return list(pool.map(lambda url: _request(url + path, content), self.urls))

    def ask(self, question: str) -> list[str]:
        """What both answer."""
        answers = self.everywhere("/api/v1/ask", question=question)
        return [answer.raise_for_status().json()["answer"] for answer in answers]

    @contextmanager
    def without_server(self) -> Iterator[None]:
        """Kill the Chroma server, and start it again over the same folder."""
        self.chroma.process.kill()
        self.chroma.process.wait()
        yield
        self.chroma = self.stack.enter_context(running_chroma(self.folder, self.port))


def _request(url: str, content: dict[str, object]) -> httpx.Response:
    with httpx.Client(timeout=60, trust_env=False) as client:
        return client.post(url, json=content) if content else client.get(url)


@pytest.fixture(scope="module")
def deployment(new_house: Callable[[], House], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    folder, port = tmp_path_factory.mktemp("server"), free_port()
    with ExitStack() as stack:
        chroma = stack.enter_context(running_chroma(folder, port))
        house = replace(new_house(), chroma=chroma.address, data="hosted")
        house.ingest()
        urls = [stack.enter_context(serving(house, chroma_url=chroma.address.url))[1] for _ in range(2)]
        yield Deployment(house, urls, folder, port, chroma, stack)


def test_both_answer_search_and_list_the_same(deployment: Deployment) -> None:
    first, second = deployment.ask(QUESTION)
    assert (AGREED in first, first) == (True, second)

    for path in (
        "/explore/search?q=field exercise",
        "/api/v1/search?q=field exercise",
        "/api/v1/documents",
        "/api/v1/catalogue/meetings",
    ):
        pages = [answer.raise_for_status() for answer in deployment.everywhere(path)]
        assert pages[0].text == pages[1].text, path


def test_what_another_process_ingests_is_found_by_both_in_time(deployment: Deployment) -> None:
    assert all("Bukhara" not in answer for answer in deployment.ask(WHERE))
    added = deployment.house.write("lantern.md", f"# Blue Lantern\n\n{LANTERN}\n")
    deployment.house.ingest()
    ended = monotonic()

    answers = deployment.ask(WHERE)

    assert monotonic() - ended < 5
    assert ["Bukhara" in answer for answer in answers] == [True, True]
    added.write_text(f"# Blue Lantern\n\n{LANTERN.replace('Bukhara', 'Samarkand')}\n", encoding="utf-8")
    deployment.house.ingest()
    assert [("Bukhara" in answer, "Samarkand" in answer) for answer in deployment.ask(WHERE)] == [(False, True)] * 2


def test_a_stalled_server_is_named_in_time_and_found_again(deployment: Deployment) -> None:
    started = monotonic()
    with deployment.chroma.stopped():
        answers = deployment.everywhere("/api/v1/ask", question=QUESTION)
    assert monotonic() - started < 12
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(503, "search_unavailable")] * 2

    assert all(AGREED in answer for answer in deployment.ask(QUESTION))


def test_a_server_that_is_gone_is_named_and_used_again_once_it_is_back(deployment: Deployment) -> None:
    with deployment.without_server():
        for path, content in (("/api/v1/ask", {"question": QUESTION}), ("/readyz", {})):
            answers = deployment.everywhere(path, **content)
            assert [(each.status_code, "Chroma" in each.text) for each in answers] == [(503, True)] * 2
        assert [each.status_code for each in deployment.everywhere("/healthz")] == [200, 200]

    assert all(AGREED in answer for answer in deployment.ask(QUESTION))
    assert [each.status_code for each in deployment.everywhere("/readyz")] == [200, 200]
