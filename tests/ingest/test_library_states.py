"""Whatever is done to it, a library is what a fresh ingestion of the same files would make."""

import shutil
import tempfile
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Self

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

import ingest.pipeline
import ingest.publication
import ingest.workers
from ingest.generation import Generations
from ingest.library import LibraryWriter
from ingest.loaders import load
from ingest.pipeline import IngestOptions, remove
from ingest.publication import CHROMA_FOLDER
from ingest.types import Loaded
from ingest.upkeep import Upkeep
from ingest.vectors import VectorIndex, open_folder
from tests.conftest import DOCUMENTS, House
from tests.torture.world import MODEL, StandIn

ANY = IngestOptions(accept_deletions=True)
NAMES = st.sampled_from(["a.md", "b.md", "notes/a.md", "c.md"])
ADDED = st.sampled_from(["x.md", "y.txt"])
BROKEN = "---\ntitle: [\n---\nText."
TEXTS = st.sampled_from(
    [
        *DOCUMENTS.values(),
        "The team met in Tashkent. It met again in Almaty.\n",
        "# Part\n\nThe same.\n\n# Part\n\nThe same.\n",
        BROKEN,
    ]
)
STEPS = (
    (ingest.pipeline, "keep_originals"),
    (ingest.pipeline, "_store"),
    (LibraryWriter, "add"),
    (LibraryWriter, "close"),
    (VectorIndex, "upsert"),
    (ingest.publication, "check_vectors"),
    (ingest.publication, "note_sums"),
    (Generations, "publish"),
    (Generations, "point_to"),
    (Generations, "prune"),
)
Files = dict[str, str]
State = dict[str, object]


class Crash(BaseException):
    """The process ends here."""


class InProcess:
    """Loads files without a child process: these are not hostile."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *arguments: object) -> None:
        pass

    def load(self, path: Path) -> Loaded:
        return load(path)


NOTHING: State = {"documents": [], "chunks": [], "words": {}, "terms": [], "told": {}, "found": []}


def state(house: House) -> State:
    """Everything a library says, without what depends on where and when it was made."""
    if house.generations.current() is None:
        return NOTHING
    with closing(house.library()) as library, closing(open_folder(house.current / CHROMA_FOLDER)) as vectors:
        library.check()
        stored = list(library.stored_chunks())
        vectors.check(stored, library.count_chunks())
        documents = [replace(library.document(id), path="") for id in sorted(library.held())]
        return {
            "documents": documents,
            "chunks": sorted((one.chunk.id, one.chunk.text, tuple(one.vector)) for one in stored),
            "words": library.words(),
            "terms": sorted(map(repr, library.terms())),
            "told": {document.id: library.told(document.id) for document in documents},
            "found": sorted(library.match("tashkent", 50)),
        }


class Lives(RuleBasedStateMachine):
    """A library and the files it should hold; `held` is what the last ingestion could read."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp())
        self.house = House(self.root / "house")
        self.files: Files = {}
        self.held: Files = {}
        self.added: Files = {}

    @initialize(texts=st.lists(TEXTS.filter(BROKEN.__ne__), min_size=1, max_size=2))
    def begin(self, texts: list[str]) -> None:
        for number, text in enumerate(texts):
            self._write(f"first{number}.md", text)
        self._ingest()

    @rule(name=NAMES, text=TEXTS)
    def write(self, name: str, text: str) -> None:
        self._write(name, text)

    @rule(data=st.data())
    @precondition(lambda self: len(self.files) > 1)
    def delete(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.files)))
        (self.house.corpus / name).unlink()
        del self.files[name]

    @rule()
    def ingest(self) -> None:
        self._ingest()
        self._compare()

    @rule()
    def rebuild(self) -> None:
        self.house.ingest(options=replace(ANY, rebuild=True))
        self._note()
        self._compare()

    @rule(name=ADDED, text=TEXTS.filter(BROKEN.__ne__))
    def add(self, name: str, text: str) -> None:
        self.house.ingest(self.house.write(f"../{name}", text))
        self.added[name] = text
        self._compare()

    @rule(data=st.data())
    @precondition(lambda self: self.added)
    def remove(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.added)))
        remove(self.house.config, f"added/{name.removesuffix('.md')}")
        del self.added[name]
        self._compare()

    @rule(step=st.sampled_from(STEPS), after=st.booleans())
    def crash(self, step: tuple[object, str], after: bool) -> None:
        before = state(self.house)
        with pytest.MonkeyPatch.context() as patch, suppress(Crash):
            patch.setattr(*step, _ending(getattr(*step), after=after))
            self._ingest()
        assert state(self.house) in (before, self._fresh(self._readable()))
        self._ingest()
        self._compare()

    def teardown(self) -> None:
        shutil.rmtree(self.root)

    def _write(self, name: str, text: str) -> None:
        self.house.write(name, text)
        self.files[name] = text

    def _ingest(self) -> None:
        self.house.ingest(options=ANY)
        self._note()

    def _note(self) -> None:
        self.held = self._readable()

    def _readable(self) -> Files:
        """Files as a run can read them: of one that is broken, the text it had before, if any."""
        readable = {name: self.held.get(name, BROKEN) if text == BROKEN else text for name, text in self.files.items()}
        return {name: text for name, text in readable.items() if text != BROKEN}

    def _compare(self) -> None:
        assert state(self.house) == self._fresh(self.held)
        assert Upkeep(self.house.config.data_dir).check().is_sound
        assert list(self.house.config.data_dir.glob("**/*.tmp")) == []

    def _fresh(self, files: Files) -> State:
        return fresh_state(tuple(sorted(files.items())), tuple(sorted(self.added.items())))


@cache
def fresh_state(files: Sequence[tuple[str, str]], added: Sequence[tuple[str, str]]) -> State:
    """What a first ingestion of these files makes."""
    with tempfile.TemporaryDirectory() as root:
        fresh = House(Path(root))
        fresh.corpus.mkdir()
        for name, text in files:
            fresh.write(name, text)
        fresh.ingest(options=ANY)
        paths = [fresh.write(f"../{name}", text) for name, text in added]
        if paths:
            fresh.ingest(*paths)
        return state(fresh)


def _ending(real, *, after: bool):
    def ending(*arguments, **options):
        if after:
            real(*arguments, **options)
        raise Crash

    return ending


def live_through(examples: int, steps: int) -> None:
    """Do so many things to each of so many libraries."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest.pipeline, "check_model", lambda name: MODEL)
        patch.setattr(ingest.workers, "load_embeddings", lambda model: StandIn())
        patch.setattr(ingest.workers, "Cage", InProcess)
        run_state_machine_as_test(
            Lives,
            settings=settings(
                max_examples=examples,
                stateful_step_count=steps,
                deadline=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
            ),
        )


def test_a_library_is_what_a_fresh_ingestion_would_make() -> None:
    live_through(examples=4, steps=8)
