"""Several worker processes behind one address: what one takes in all find; one that dies is replaced."""

import os
import signal
from collections.abc import Iterator
from functools import partial
from time import monotonic

import httpx
import pytest

from app.workers import WorkersGaveUp, run_workers
from tests.app.conversations.samples import archive, exchanged
from tests.conftest import House
from tests.serving import serving
from tests.torture.uploads import READY_SECONDS, by_worker, end, upload, workers_of

pytestmark = pytest.mark.model


@pytest.fixture
def signals() -> Iterator[None]:
    """What `run_workers` changes for the whole process is as before afterwards."""
    before = {sig: signal.getsignal(sig) for sig in (signal.SIGTERM, signal.SIGINT)}
    yield
    for sig, handler in before.items():
        signal.signal(sig, handler)


@pytest.mark.usefixtures("signals")
def test_workers_that_end_again_and_again_are_given_up_with_their_exit_code() -> None:
    with pytest.raises(WorkersGaveUp, match=r"ended 6 times within 600 seconds, the last with exit code 7: "):
        run_workers(partial(os._exit, 7), 2)


def test_documents_sent_in_together_are_found_by_every_worker_soon_and_after_a_restart(house: House) -> None:
    figures = upload(house, documents=4, workers=2, at_once=4)

    assert figures["told to wait"] != 0
    kept = ("errors", "not found in time", "not found after a restart")
    assert {name: figures[name] for name in kept} == dict.fromkeys(kept, 0)


def test_a_worker_that_dies_is_replaced_the_page_is_elsewhere_and_old_conversations_go(house: House) -> None:
    kept = archive(house.root).conversations
    kept.create("alice", first=exchanged())
    with serving(house, "--workers", "2", retention_days="0") as (server, address):
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

    assert kept.listed("alice").total == 0
    assert (page.status_code, "run `coe serve` without --workers" in page.text) == (404, True)
