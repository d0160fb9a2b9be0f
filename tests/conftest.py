"""A small ingested library, made once per process; each test works on its own copy."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ingest.embedding import EMBEDDED_MODEL
from ingest.generation import Generations
from ingest.library import FILE_NAME, Library
from ingest.pipeline import IngestConfig, IngestOptions, index_fingerprint, ingest
from ingest.types import IngestReport
from ingest.vectors import ChromaServer

ROUND_TABLE = """---
title: Round table of Central Asia
kind: meeting
sources:
  - {title: Report, date: 2021-06-03, url: https://example.org/report}
---
# Round table of Central Asia

The round table met in Tashkent in June 2021. Experts of five countries took part.

## Decisions

The countries agreed on a joint field exercise in 2022. Kazakhstan offered to host it.
"""
SECRETARIAT = """---
title: Regional secretariat
kind: secretariat
---
# Regional secretariat

The secretariat for Central Asia is in Tashkent. It supports the national focal points.
"""
GLOSSARY = """---
title: Words
kind: glossary
---
# Words

| Abbreviation | Meaning |
| --- | --- |
| NFP | national focal point |
| NAP / NAPs | national action plan |
"""
PARTNER = """---
title: Georgia
kind: partner
---
# Georgia

Georgia is a partner country. Its focal point works in Tbilisi.
"""
DOCUMENTS = {
    "meetings/round-table.md": ROUND_TABLE,
    "secretariat.md": SECRETARIAT,
    "glossary.md": GLOSSARY,
    "partners/georgia.md": PARTNER,
}
PLAIN = IngestOptions()


@dataclass(frozen=True)
class House:
    """A folder with a corpus and a data folder."""

    root: Path
    chroma: ChromaServer | None = None
    data: str = "data"

    @property
    def config(self) -> IngestConfig:
        return IngestConfig(self.root / self.data, self.root / "corpus", EMBEDDED_MODEL, self.chroma)

    @property
    def corpus(self) -> Path:
        return self.root / "corpus"

    @property
    def fingerprint(self) -> str:
        return index_fingerprint(EMBEDDED_MODEL)

    @property
    def generations(self) -> Generations:
        return Generations(self.config.data_dir)

    @property
    def current(self) -> Path:
        """Folder of the current generation."""
        number = self.generations.current()
        assert number is not None
        return self.generations.folder(number)

    def ingest(self, *paths: Path, options: IngestOptions = PLAIN) -> IngestReport:
        return replace(ingest(self.config, paths, options=options), seconds=0.0)

    def write(self, name: str, text: str) -> Path:
        """Write a file of the corpus, or `../name` beside it."""
        path = self.corpus / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path.resolve()

    def forget_sums(self) -> None:
        """Let the current generation be changed without that being noticed."""
        (self.current / "sums.json").unlink()

    def library(self) -> Library:
        return Library(self.current / FILE_NAME)

    def ids(self) -> list[str]:
        return sorted(self.library().held())


@pytest.fixture
def empty_house(tmp_path: Path) -> House:
    """A corpus of four documents, not ingested."""
    house = House(tmp_path)
    for name, text in DOCUMENTS.items():
        house.write(name, text)
    return house


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    house = House(tmp_path_factory.mktemp("house"))
    for name, text in DOCUMENTS.items():
        house.write(name, text)
    house.ingest()
    return house.root


@pytest.fixture
def house(_template: Path, tmp_path: Path) -> House:
    """The same corpus, ingested: generation 1."""
    return _copied(_template, tmp_path)


@pytest.fixture(scope="session")
def new_house(_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], House]:
    """Makes ingested houses, for fixtures that serve several tests."""
    return lambda: _copied(_template, tmp_path_factory.mktemp("copy"))


def _copied(template: Path, root: Path) -> House:
    shutil.copytree(template, root, dirs_exist_ok=True)
    return House(root)
