"""Every request that the README shows, sent as it stands there to a server of real documents."""

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.api.application import create_api
from app.client import Client
from app.wiring import build_services
from evals.bench_users import STEPS, measure, people
from tests.app.api.live import live
from tests.app.api.script import settings
from tests.conftest import House

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(not (shutil.which("curl") or os.environ.get("CI")), reason="needs curl: apt-get install curl"),
]

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
COMMANDS = [
    command
    for block in BLOCKS
    for command in re.findall(r"^curl .*?$(?=\n(?:curl |#|\n|\Z))", block, re.DOTALL | re.MULTILINE)
]
ADDRESS = "http://127.0.0.1:7860"
CORPUS = ROOT / "docs_corpus"
FILES = (
    "meetings/ca-rtm-14.md",
    "partners/georgia.md",
    "partners/kazakhstan.md",
    "partners/kenya.md",
    "partners/jordan.md",
)
GROUPS = {
    "/api/v1/ask",
    "/api/v1/ask/batch",
    "/api/v1/search",
    "/api/v1/documents",
    "/api/v1/originals",
    "/api/v1/catalogue",
    "/api/v1/conversations",
    "/v1/models",
    "/v1/chat/completions",
    "/mcp",
}


@dataclass(frozen=True)
class Served:
    """Where the server is, and a folder to work in."""

    address: str
    folder: Path

    def run(self, command: str) -> str:
        """Run a command of the README here; its output."""
        done = subprocess.run(
            ["bash", "-c", command.replace(ADDRESS, self.address)],
            capture_output=True,
            encoding="utf-8",
            check=False,
            cwd=self.folder,
            env=os.environ | {"CURL_HOME": str(self.folder)},
        )
        assert done.returncode == 0, (done.stdout, done.stderr)
        return done.stdout


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    house = House(tmp_path_factory.mktemp("real"))
    for name in FILES:
        target = house.corpus / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(CORPUS / name, target)
    assert house.ingest().failed == ()
    folder = tmp_path_factory.mktemp("here")
    (folder / ".curlrc").write_text('fail-with-body\nmax-time = 60\nnoproxy = "*"\n', encoding="utf-8")
    (folder / "report.md").write_text("# Report\n\nThe report is one page long.\n", encoding="utf-8")
    # In this process, which has the model already; `coe serve` has tests of its own.
    own = settings(data_dir=house.config.data_dir, corpus_dir=house.corpus)
    with live(create_api(own, build_services(own))) as address:
        yield Served(address, folder)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: re.sub(r"[^\w/.?=&-]+", " ", command)[:80])
def test_a_request_of_the_readme_is_answered(served: Served, command: str):
    told = served.run(command)
    assert told or " -o " in command
    if told.startswith("{"):
        assert json.loads(told).get("error") is None
        _wait_for(served, json.loads(told))


def _wait_for(served: Served, told: dict[str, Any]) -> None:
    """Until a job that a request began is over, so that what others ask is answered from one library."""
    until = time.monotonic() + 60
    while told.get("state") == "running" and time.monotonic() < until:
        told = httpx.get(f"{served.address}/api/v1/jobs/{told['id']}").json()
    assert told.get("state") in (None, "done"), told


def test_every_group_of_routes_has_its_example():
    shown = set(re.findall(rf"{ADDRESS}(/[\w/.-]+)", "\n".join(COMMANDS)))
    assert {group for group in GROUPS if not any(path.startswith(group) for path in shown)} == set()


def test_the_streamed_answer_ends_with_the_answer(served: Served):
    command = next(command for command in COMMANDS if "text/event-stream" in command and "/ask" in command)
    assert "\nevent: answer\ndata: {" in served.run(command)


def test_some_people_at_once_are_told_about_what_they_asked(served: Served):
    with Client(served.address) as client:
        persons = people(client, len(STEPS))  # each begins with another step
    load = measure(served.address, persons, 3, reading=0.05)
    assert load.wrong == ()
    assert {each.route for each in load.timings} == set(STEPS)
    assert len({person.country for person in persons}) == 4
