"""Every bad file there is, given to a running server: each is named, time and memory bounded, nobody else notices."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import httpx

from ingest.sources import SUFFIXES
from tests.conftest import DOCUMENTS, House
from tests.ingest import bad_offices, bad_pdfs, bad_texts, files
from tests.ingest.files import Bad, Harmless
from tests.serving import serving

MODULES = (bad_offices, bad_pdfs, bad_texts)
BAD: tuple[Bad, ...] = (*files.BAD, *(bad for module in MODULES for bad in (*module.BAD, *module.SLOW)))
HARMLESS: tuple[Harmless, ...] = tuple(each for module in MODULES for each in module.HARMLESS)
HEALTH_SECONDS = 1.0
PATIENCE = 1_800.0
_PAUSE = 0.05


class Pulse:
    """Asks a server again and again whether it is well, and notes how long that took."""

    def __init__(self, address: str) -> None:
        self.seconds: list[float] = []
        self._address = address
        self._ended = threading.Event()

    @contextmanager
    def felt(self) -> Iterator[None]:
        thread = threading.Thread(target=self._feel)
        thread.start()
        try:
            yield
        finally:
            self._ended.set()
            thread.join()

    def _feel(self) -> None:
        with httpx.Client(base_url=self._address, timeout=60, trust_env=False) as client:
            while not self._ended.wait(_PAUSE):
                begun = monotonic()
                client.get("/healthz").raise_for_status()
                self.seconds.append(monotonic() - begun)


def feed(folder: Path) -> dict[str, object]:
    """Put every file into the corpus of a running server, let it ingest, and look at what it says of each."""
    house = House(folder)
    for name, text in DOCUMENTS.items():
        house.write(name, text)
    house.ingest()
    with serving(house) as (process, address), httpx.Client(base_url=address, timeout=120, trust_env=False) as client:
        _warm(house, client)
        before, pulse, begun = _peak(process.pid), Pulse(address), monotonic()
        wanted = _lay_out(house)
        with pulse.felt():
            report = _ingested(client)
        seconds = monotonic() - begun
        refused = {failure["path"]: failure["code"] for failure in report["failed"]}
        wrong = {name: (code, refused.get(name)) for name, code in wanted.items() if refused.get(name) != code}
        unclear = [failure["reason"] for failure in report["failed"] if not _is_clear(failure["reason"], folder)]
        lost = [each.name for each in HARMLESS if _id(each.name) not in report["written"]]
        return {
            "bad files": len(wanted),
            "hostile files that are read": len(HARMLESS),
            "seconds": round(seconds, 1),
            "server's peak memory grew beyond good files by MB": round((_peak(process.pid) - before) / 1024),
            "health checks": len(pulse.seconds),
            "slowest health check, ms": round(1_000 * max(pulse.seconds)),
            "health checks over 1 s": sum(each > HEALTH_SECONDS for each in pulse.seconds),
            "errors": len(wrong) + len(unclear) + len(lost) + (_ask(client) != "complete"),
            "examples": [*wrong.items(), *unclear, *lost][:5],
        }


def _warm(house: House, client: httpx.Client) -> None:
    """Let the server take the memory that any ingestion and any answer need, of texts as long as the model reads."""
    house.write("warm.md", "The team met in Almaty. " * 2_000)
    house.write("table.md", "; ".join(map(str, range(12_000))))
    _ingested(client)
    _ask(client)


def _lay_out(house: House) -> dict[str, str]:
    """Write every file of a suffix that is looked for; the code that each bad one must get, by document id."""
    (house.corpus / "bad").mkdir()
    (house.corpus / "read").mkdir()
    wanted: dict[str, str] = {}
    for bad in BAD:
        path = house.corpus / "bad" / bad.name
        if path.suffix in SUFFIXES and not path.exists():
            bad.write(path)
            if path.is_file() and not path.is_symlink():
                wanted[_id(bad.name, "bad")] = bad.code
    for each in HARMLESS:
        (house.corpus / "read" / each.name).write_bytes(each.content())
    return wanted


def _id(name: str, folder: str = "read") -> str:
    return f"{folder}/{name.removesuffix('.md')}"


def _ingested(client: httpx.Client) -> dict[str, list]:
    response = client.post("/api/v1/ingest").raise_for_status()
    deadline, pause = monotonic() + PATIENCE, threading.Event()
    while (job := client.get(response.headers["location"]).json())["state"] == "running":
        if monotonic() > deadline:
            raise RuntimeError(f"the ingestion takes too long: {job['progress']}")
        pause.wait(0.2)
    if job["state"] == "failed":
        raise RuntimeError(f"one bad file stopped all: {job['error']}")
    return job["report"]


def _ask(client: httpx.Client) -> str:
    question = "Where is the secretariat for Central Asia?"
    return client.post("/api/v1/ask", json={"question": question}).raise_for_status().json()["completeness"]


def _is_clear(reason: str, folder: Path) -> bool:
    return reason.endswith(".") and "\n" not in reason and str(folder) not in reason and files.SECRET not in reason


def _peak(process_id: int) -> int:
    """Most memory that a process has held, in KB."""
    status = Path(f"/proc/{process_id}/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))
