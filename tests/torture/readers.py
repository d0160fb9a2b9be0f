"""Processes that read and ask without pause, and note what they were shown and when."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack, contextmanager
from ctypes import c_ulong
from dataclasses import dataclass
from multiprocessing import Value
from pathlib import Path
from time import monotonic, sleep

from app.services import Services
from app.settings import Settings
from app.shelf import Shelf
from app.wiring import build_services
from ingest.embedding import EMBEDDED_MODEL
from ingest.pipeline import index_fingerprint
from tests.torture.world import PATIENCE, World, start, texts

QUESTION = "How many laboratories does the network of Central Asia have?"
_PAUSE = 0.02


@dataclass(frozen=True)
class Seen:
    """One thing a reader was shown: the state, or what was wrong."""

    begun: float
    ended: float
    state: int | None
    wrong: str


class Reader:
    """A process that looks again and again until it is ended."""

    def __init__(self, notes: Path, make: Callable[[], Callable[[], int]]) -> None:
        self._notes = notes
        self._count = Value(c_ulong, 0)
        self._process = start(lambda: self._look(make()))

    def wait(self) -> None:
        """Return when it looked once, from beginning to end, after this call."""
        target = self._count.value + 2
        deadline = monotonic() + PATIENCE
        while self._count.value < target:
            if monotonic() > deadline or not self._process.is_alive():
                raise RuntimeError(f"a reader hangs or ended: {self._notes}")
            sleep(0.005)

    def end(self) -> None:
        """Stop it."""
        self._process.kill()
        self._process.join()

    def seen(self) -> list[Seen]:
        """Everything it was shown."""
        lines = self._notes.read_text(encoding="utf-8").splitlines()
        return [_seen(line.split("\t")) for line in lines if line.count("\t") == 3]

    def _look(self, look: Callable[[], int]) -> None:
        with self._notes.open("w", encoding="utf-8", buffering=1) as notes:
            while True:
                begun = monotonic()
                state, wrong = "", ""
                try:
                    state = str(look())
                except Exception as error:  # any at all is a finding
                    wrong = " ".join(f"{type(error).__name__}: {error}".split())
                notes.write(f"{begun}\t{monotonic()}\t{state}\t{wrong}\n")
                self._count.value += 1
                sleep(_PAUSE)


def _seen(fields: Sequence[str]) -> Seen:
    begun, ended, state, wrong = fields
    return Seen(float(begun), float(ended), int(state) if state else None, wrong)


def _state(text: str) -> int:
    return int(text.split()[-2])


def browsing(world: World) -> Callable[[], int]:
    """Looks through the whole library: documents, full text and vectors must be those of one state."""
    shelf = Shelf(world.config.data_dir, index_fingerprint(EMBEDDED_MODEL))

    def look() -> int:
        edition = shelf.current()
        held = {id: edition.library.document(id).text for id in edition.library.held()}
        state = _state(held["state"])
        nearest = edition.vectors.nearest(next(edition.library.stored_chunks()).vector, 100)
        chunks = edition.library.chunks([id for id, _ in nearest])
        found = {chunk.document_id for chunk in chunks.values()}
        # A new file that the machine would not open is reported by its ingestion, and left for the next one.
        whole = texts(state).keys()
        if held.keys() != found or held.keys() not in (whole, whole - {f"only-{state}"}):
            raise AssertionError(f"state {state} holds {sorted(held)}, finds {sorted(found)}")
        if edition.library.match("laboratories", 3) == [] or len(chunks) != edition.library.count_chunks():
            raise AssertionError(f"state {state} does not find what it holds")
        return state

    return look


def asking(world: World) -> Callable[[], int]:
    """Asks the assistant: the answer must be the figure of a state, its quote words of that state's document."""
    settings = Settings(data_dir=world.config.data_dir, corpus_dir=world.config.corpus_dir, _env_file=None)
    services: Services = build_services(settings)

    def look() -> int:
        answer = services.ask({"question": QUESTION})
        quotes = [citation.quote for citation in answer.citations if citation.document_id == "state"]
        if not quotes:
            raise AssertionError(f"no citation of the state: {answer.answer}")
        state = _state(quotes[0])
        if quotes[0] not in texts(state)["state"]:
            raise AssertionError(f"not words of state {state}: {quotes[0]}")
        return state

    return look


@contextmanager
def live(world: World, *, browsers: int = 2, askers: int = 1):
    """Readers at work until the block ends; each has looked once before it begins."""
    kinds = [browsing] * browsers + [asking] * askers
    with ExitStack() as stack:
        readers = []
        for number, kind in enumerate(kinds):
            reader = Reader(world.root / f"reader-{number}.tsv", lambda kind=kind: kind(world))
            stack.callback(reader.end)
            readers.append(reader)
        for reader in readers:
            reader.wait()
        yield readers
