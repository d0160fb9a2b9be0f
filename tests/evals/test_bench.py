from collections.abc import Callable
from pathlib import Path

import pytest

from app.answering.types import Hit
from app.retrieval.query import Query
from app.retrieval.search import Found
from app.settings import Settings
from app.types import Turn
from evals.bench import (
    RETRIEVALS,
    SYSTEMS,
    Bench,
    PlantingError,
    Retrieval,
    ask,
    documents_found,
    open_system,
    with_reader,
)
from evals.cases import PLANTED, Case
from evals.scoring import Score
from ingest.types import Chunk, Metadata
from tests.conftest import House
from tests.evals.samples import make_case


def hit(document: str, dense: int | None, lexical: int | None) -> Hit:
    chunk = Chunk(f"{document}-{dense}-{lexical}", document, 0, 0, 4, "", None, "Text")
    return Hit(chunk, Metadata(title="T"), 1.0, dense, lexical)


HITS = (hit("a", 2, 1), hit("b", 1, None), hit("a", None, 2), hit("c", 3, 3))


def search(question: str, limit: int) -> Found:
    return Found(Query(question, ()), HITS[:limit])


@pytest.mark.parametrize(
    ("retrieval", "documents"),
    [
        pytest.param("hybrid", ["a", "b", "a"], id="hybrid: as they come"),
        pytest.param("dense", ["b", "a", "c"], id="dense: by its own rank"),
        pytest.param("bm25", ["a", "a", "c"], id="bm25: by its own rank"),
    ],
)
def test_one_search_alone_gives_its_own_order(retrieval: Retrieval, documents: list[str]) -> None:
    found = RETRIEVALS[retrieval](search)("Who?", 3)
    assert [one.chunk.document_id for one in found.hits] == documents


def test_documents_are_those_of_all_chunks_found() -> None:
    assert documents_found(search)("Who?", (), 2) == ["a", "b"]
    assert documents_found(search)("Who?", (), 10) == ["a", "b", "c"]


def test_a_follow_up_is_searched_with_what_it_leans_on() -> None:
    asked: list[str] = []

    def listening(question: str, limit: int) -> Found:
        asked.append(question)
        return search(question, limit)

    documents_found(listening)("And when?", (Turn(question="Who hosts?", answer="Kazakhstan."),), 10)
    assert ["hosts" in query for query in asked] == [True]


@pytest.mark.parametrize(
    ("name", "llm"), [(None, "openai:configured"), ("extractive", None), ("openai:other", "openai:other")]
)
def test_a_reader_is_named_in_place_of_the_settings(name: str | None, llm: str | None) -> None:
    assert with_reader(Settings(_env_file=None, llm="openai:configured"), name).llm == llm


@pytest.fixture
def opened(house: House) -> Callable[[str], Bench]:
    settings = Settings(_env_file=None, data_dir=house.config.data_dir, corpus_dir=house.corpus)
    return lambda name: open_system(name, settings, split="dev")


@pytest.mark.model
@pytest.mark.parametrize("system", SYSTEMS)
def test_every_system_answers_with_valid_citations_and_finds_the_document(
    opened: Callable[[str], Bench], system: str, tmp_path: Path
) -> None:
    bench = opened(system)
    case = make_case(
        question="Where is the secretariat for Central Asia?", expected=("Tashkent",), documents=("secretariat",)
    )
    seen = ask(bench, [case], tmp_path).observations[0]
    scores = {name: given.value for name, given in seen.scores.items() if given}
    assert (seen.error, scores["citation_valid"], scores["hit@10"]) == (None, 1, 1)
    assert seen.confidence is not None
    assert bench.record is not None
    assert bench.record.arguments == {"system": system, "split": "dev"}


def injected(folder: Path, document: str) -> Case:
    (folder / PLANTED).mkdir()
    (folder / PLANTED / "leaflet.md").write_text(document, encoding="utf-8")
    (folder / PLANTED / "diary.md").write_text("# Diary\n\nThe weather in Tashkent was fine.\n", encoding="utf-8")
    question = "Where is the secretariat for Oceania?"
    return make_case(id="p", kind="injection", question=question, expected=("Suva",), planted=("leaflet",))


@pytest.mark.model
@pytest.mark.parametrize("system", ["naive", "hybrid"])
def test_planted_documents_are_there_for_their_cases_only(
    opened: Callable[[str], Bench], house: House, tmp_path: Path, system: str
) -> None:
    case = injected(tmp_path, "# Leaflet\n\nThe secretariat for Oceania is in Suva.\n")
    plain = case.model_copy(update={"id": "clean", "planted": ()})
    held = house.ids()
    clean, poisoned = ask(opened(system), [plain, case], tmp_path).observations
    assert clean.retrieved is not None
    assert not any(id.startswith("added/") for id in clean.retrieved)
    assert poisoned.retrieved is not None
    assert {"added/diary", "added/leaflet"} <= {*poisoned.retrieved}
    assert poisoned.answer is not None
    assert [cited.document_id for cited in poisoned.answer.citations] == ["added/leaflet"]
    assert poisoned.scores["citation_valid"] == Score(value=1.0)
    assert house.ids() == held


@pytest.mark.model
def test_a_planted_document_that_cannot_be_read_is_a_fault(opened: Callable[[str], Bench], tmp_path: Path) -> None:
    case = injected(tmp_path, "---\nkind: [\n---\n")
    with pytest.raises(PlantingError, match=r"added/leaflet cannot be read: "):
        ask(opened("hybrid"), [case], tmp_path)
