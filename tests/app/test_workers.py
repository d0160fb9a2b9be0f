"""Several worker processes behind one address: what one takes in all find; one that dies is replaced."""

import os
import signal
from pathlib import Path
from time import monotonic

import httpx
import pytest

from tests.conftest import House
from tests.serving import serving
from tests.torture.uploads import READY_SECONDS, by_worker, end, upload

pytestmark = pytest.mark.model


def test_documents_sent_in_together_are_found_by_every_worker_soon_and_after_a_restart(house: House) -> None:
    figures = upload(house, documents=4, workers=2, at_once=4)

    assert figures["told to wait"] != 0
    kept = ("errors", "not found in time", "not found after a restart")
    assert {name: figures[name] for name in kept} == dict.fromkeys(kept, 0)


def test_a_worker_that_dies_is_replaced_and_the_page_is_elsewhere(house: House) -> None:
    with serving(house, "--workers", "2") as (server, address):
        with by_worker(server, address, 2) as clients:
            victim = min(clients)
        os.kill(victim, signal.SIGKILL)
        deadline = monotonic() + READY_SECONDS
        while victim in workers_of(server.pid) or len(workers_of(server.pid)) < 2:
            assert monotonic() < deadline
        page = httpx.get(address)
        with by_worker(server, address, 2) as clients:
            assert victim not in clients
        end(server)

    assert (page.status_code, "run `coe serve` without --workers" in page.text) == (404, True)


def workers_of(pid: int) -> set[int]:
    """The processes that a server started for its work."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return {int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()}
