"""Many uploads at once to several worker processes: every document found by every worker, soon and after a restart."""

import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen

import httpx
import typer

from tests.conftest import House
from tests.serving import serving

FOUND_SECONDS = 5.0
READY_SECONDS = 300.0
RETRY_SECONDS = 0.2
RUNNING = "ingest_running"


@dataclass
class Seen:
    """What happened to the uploads."""

    refused: int = 0
    """Times that an upload was told that another one was being taken in."""
    errors: Counter[str] = field(default_factory=Counter)
    ended: dict[str, float] = field(default_factory=dict)
    """When each document's ingestion ended."""
    slowest: float = 0.0
    missed: int = 0
    """Documents that a worker did not find in time."""
    missed_later: int = 0
    """Documents that a worker did not find after the restart."""
    lock: threading.Lock = field(default_factory=threading.Lock)


def upload(house: House, *, documents: int, workers: int, at_once: int) -> dict[str, object]:
    """Send the documents in from so many threads, let every worker search for each, restart, and search again."""
    seen = Seen()
    names = [word(number) for number in range(documents)]
    options = ("--workers", str(workers))
    limits = {"ask_rate": "1000000/minute", "request_rate": "1000000/minute", "max_in_flight": "64"}
    with serving(house, *options, **limits) as (server, address), by_worker(server, address, workers) as clients:
        with watching(clients, names, seen), ThreadPoolExecutor(at_once) as pool:
            for _ in pool.map(lambda name: send(address, name, seen), names):
                pass
        end(server)
    with serving(house, *options, **limits) as (server, address), by_worker(server, address, workers) as clients:
        missing = [name for client in clients.values() for name in names if not finds(client, name)]
        seen.missed_later = len(missing)
        end(server)
    for line, times in seen.errors.most_common(10):
        typer.echo(f"    {times} × {line}", err=True)
    return {
        "workers": workers,
        "documents": documents,
        "at once": at_once,
        "told to wait": seen.refused,
        "errors": sum(seen.errors.values()),
        "slowest to be found, in seconds": round(seen.slowest, 2),
        "not found in time": seen.missed,
        "not found after a restart": seen.missed_later,
    }


def word(number: int) -> str:
    """A word that only one document has."""
    return "quag" + "".join("bdfgklmnpr"[int(digit)] + "a" for digit in f"{number:03d}")


def send(address: str, name: str, seen: Seen) -> None:
    """Send one document in, again while another is being taken in, and wait until it is."""
    text = f"# On {name}\n\nThe note on {name} was written by hand.\n"
    with httpx.Client(base_url=address, timeout=60.0) as client:
        while True:
            problem = outcome(client, name, text)
            if problem != RUNNING:
                break
            with seen.lock:
                seen.refused += 1
            time.sleep(RETRY_SECONDS)
    with seen.lock:
        if problem:
            seen.errors[problem] += 1
        else:
            seen.ended[name] = time.monotonic()


def outcome(client: httpx.Client, name: str, text: str) -> str | None:
    """The code of what went wrong, or None when the document was taken in."""
    accepted = client.post("/api/v1/documents", params={"name": f"{name}.md"}, content=text)
    job = accepted.json()
    while accepted.status_code == 202 and job["state"] == "running":
        time.sleep(RETRY_SECONDS)
        job = client.get(f"/api/v1/jobs/{job['id']}").raise_for_status().json()
    if accepted.status_code != 202:
        return str(job["code"])
    return job["error"]["code"] if job["error"] else None


@contextmanager
def watching(clients: Mapping[int, httpx.Client], names: Sequence[str], seen: Seen) -> Iterator[None]:
    """While the block runs, and until all is found, let every worker search for each document that was taken in."""
    ended = threading.Event()

    def watch(client: httpx.Client) -> None:
        sought: list[str] = []
        while True:
            is_last = ended.is_set()
            with seen.lock:
                new = [name for name in seen.ended if name not in sought]
            for name in new:
                found_in_time(client, name, seen)
            sought += new
            if is_last and not new:
                return
            client.get("/healthz").raise_for_status()
            time.sleep(RETRY_SECONDS)

    with ThreadPoolExecutor(len(clients)) as pool:
        watches = [pool.submit(watch, client) for client in clients.values()]
        try:
            yield
        finally:
            ended.set()
            for each in watches:
                each.result()


def found_in_time(client: httpx.Client, name: str, seen: Seen) -> None:
    """Search until the document is found, or its time is over."""
    begun = time.monotonic()
    while not finds(client, name):
        if time.monotonic() - begun > FOUND_SECONDS:
            with seen.lock:
                seen.missed += 1
            return
    with seen.lock:
        seen.slowest = max(seen.slowest, time.monotonic() - begun)


def finds(client: httpx.Client, name: str) -> bool:
    """Whether the first passage found for a word is the document that has it."""
    hits = client.get("/api/v1/search", params={"q": name, "limit": 1}).raise_for_status().json()
    return name in str(hits)


@contextmanager
def by_worker(server: "Popen[str]", address: str, workers: int) -> Iterator[dict[int, httpx.Client]]:
    """A connection to each worker, by its process id, when all are ready to answer."""
    clients: dict[int, httpx.Client] = {}
    spare: list[httpx.Client] = []
    deadline = time.monotonic() + READY_SECONDS
    try:
        while len(clients) < workers:
            if time.monotonic() > deadline:
                raise RuntimeError(f"of {workers} workers {len(clients)} are ready")
            client = httpx.Client(base_url=address, timeout=60.0)
            spare.append(client)
            answer = client.get("/readyz")
            pid = served_by(server.pid, answer)
            if answer.is_success and pid is not None and pid not in clients:
                clients[pid] = client
            for each in clients.values():
                each.get("/healthz")
        yield clients
    finally:
        for client in spare:
            client.close()


def served_by(parent: int, answer: httpx.Response) -> int | None:
    """The process that holds the other end of an answer's connection."""
    port = answer.extensions["network_stream"].get_extra_info("client_addr")[1]
    local = f":{port:04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]]
    inodes = {f"socket:[{row[9]}]" for row in rows if row[2].endswith(local)}
    for pid in workers_of(parent):
        with suppress(OSError):  # of a process, or a file, that is gone meanwhile
            if inodes & {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()}:
                return pid
    return None


def workers_of(pid: int) -> set[int]:
    """The processes that a server started for its work."""
    found: set[int] = set()
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split():
        with suppress(OSError):
            if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                found.add(int(child))
    return found


def end(server: "Popen[str]") -> None:
    """Stop the server as a service manager would."""
    server.terminate()
    if server.wait(READY_SECONDS):
        raise RuntimeError(f"the server ended with {server.returncode}")
