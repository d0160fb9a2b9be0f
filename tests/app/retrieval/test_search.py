from pathlib import Path

import pytest
from langchain_core.documents import Document as LangChainDocument

from app.retrieval.filters import Filters
from app.retrieval.query import Concept, Query
from app.retrieval.search import CANDIDATES, MOST_MATCHES, HybridRetriever, Searcher, fts_expression, fuse
from app.settings import Settings
from app.wiring import build_retriever, build_searcher, build_shelf
from evals.growth import grow
from tests.conftest import House

GLOSSARY_ROW = "Abbreviation: NFP; Meaning: national focal point"


def settings_of(house: House) -> Settings:
    return Settings(_env_file=None, data_dir=house.config.data_dir, corpus_dir=house.corpus)


def searcher_of(house: House) -> Searcher:
    settings = settings_of(house)
    return build_searcher(settings, build_shelf(settings))


@pytest.mark.parametrize(
    ("dense", "lexical", "fused"),
    [
        pytest.param([], [], {}, id="nothing found"),
        pytest.param(["a", "b"], [], {"a": 0.25 / 11, "b": 0.25 / 12}, id="one search"),
        pytest.param(["a", "b"], ["b"], {"b": 0.25 / 12 + 0.75 / 11, "a": 0.25 / 11}, id="found twice beats once"),
        pytest.param(["a"], ["b"], {"b": 0.75 / 11, "a": 0.25 / 11}, id="the heavier search"),
    ],
)
def test_fusion_adds_weighted_reciprocal_ranks(dense: list[str], lexical: list[str], fused: dict[str, float]) -> None:
    found = fuse(dense, lexical, k=10, dense_weight=0.25)
    assert list(found.items()) == [(id, pytest.approx(score)) for id, score in fused.items()]


def test_ties_are_in_order_of_ids() -> None:
    assert list(fuse(["b"], ["a"], dense_weight=0.5)) == ["a", "b"]


@pytest.mark.parametrize(
    ("matches", "expression"),
    [
        pytest.param({}, '"project" OR "action plan" OR "ebola"', id="nothing is common"),
        pytest.param({"project": MOST_MATCHES + 1}, '"action plan" OR "ebola"', id="too common alone"),
        pytest.param(
            {"action": 9 * MOST_MATCHES, "plan": 9}, '"project" OR "ebola" OR "action plan"', id="by its rarest word"
        ),
        pytest.param(
            {"project": MOST_MATCHES, "plan": 1, "action": 1}, '"ebola" OR "action plan"', id="too common together"
        ),
        pytest.param(dict.fromkeys(("project", "action", "plan", "ebola"), MOST_MATCHES + 1), "", id="all too common"),
    ],
)
def test_the_commonest_words_are_left_out_of_a_large_search(matches: dict[str, int], expression: str) -> None:
    query = Query(
        "", (Concept("Project", ("project",)), Concept("plan", ("action plan",)), Concept("Ebola", ("ebola",)))
    )
    assert fts_expression(query, lambda word: matches.get(word, 0)) == expression


@pytest.mark.model
def test_a_filter_holds_where_many_near_passages_meet_it(house: House, tmp_path: Path) -> None:
    grown = tmp_path / "grown"
    grow(house.config.data_dir, grown, 400)
    filters = Filters(region="Central Asia")
    settings = Settings(_env_file=None, data_dir=grown)
    shelf = build_shelf(settings)

    hits = build_searcher(settings, shelf).search("Where is the secretariat?", 20, filters=filters).hits

    naming = shelf.current().library.naming(filters.mentions())
    assert len(naming) > CANDIDATES
    assert len(hits) == 20
    assert {hit.chunk.id for hit in hits} <= set(naming)


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "document"),
    [
        pytest.param("Where is the secretariet?", "secretariat", id="misspelt"),
        pytest.param("What is an NFP?", "glossary", id="abbreviation"),
        pytest.param("Грузия: где работает focal point?", "partners/georgia", id="two languages"),
        pytest.param("Who offered to host the field exercise?", "meetings/round-table", id="plain"),
    ],
)
def test_a_search_finds_the_document_first(house: House, question: str, document: str) -> None:
    assert searcher_of(house).search(question, 5).hits[0].chunk.document_id == document


@pytest.mark.model
def test_a_search_finds_a_country_by_another_of_its_names(house: House) -> None:
    house.write("partners/kg.md", "# Partner\n\nThe Kyrgyz Republic hosts a training centre.\n")
    house.ingest()
    found = searcher_of(house).search("Kyrgyzstan", 5)
    (hit,) = [hit for hit in found.hits if hit.chunk.document_id == "partners/kg"]
    assert hit.lexical_rank == 1


@pytest.mark.model
@pytest.mark.parametrize("limit", [1, 3])
def test_a_search_brings_no_more_than_asked_best_first(house: House, limit: int) -> None:
    scores = [hit.score for hit in searcher_of(house).search("the round table in Tashkent", limit).hits]
    assert (len(scores), scores) == (limit, sorted(scores, reverse=True))


@pytest.mark.model
@pytest.mark.parametrize("question", ['"', "* OR NOT (", "the", "🙂", "\0", "½"])
def test_a_search_for_anything_at_all_brings_hits(house: House, question: str) -> None:
    assert len(searcher_of(house).search(question, 3).hits) == 3


@pytest.mark.model
def test_the_vocabulary_follows_the_library(house: House) -> None:
    searcher = searcher_of(house)
    before = searcher.search("Dushanbe", 1).query.concepts[0].forms
    house.write("new.md", "# New\n\nThe Dushanba office is new.\n")
    house.ingest()
    after = searcher.search("Dushanbe", 1).query.concepts[0].forms
    assert (before, after) == (("dushanbe",), ("dushanbe", "dushanba"))


@pytest.mark.model
def test_the_retriever_returns_langchain_documents_with_their_place(house: House) -> None:
    retriever = build_retriever(settings_of(house), k=2)
    found = retriever.invoke("When did the round table of Central Asia meet in Tashkent?")
    best = found[0]
    text = house.library().document("meetings/round-table").text
    assert isinstance(retriever, HybridRetriever)
    assert [type(each) for each in found] == [LangChainDocument, LangChainDocument]
    assert best.page_content == text[best.metadata["start"] : best.metadata["end"]]
    assert best.metadata == {
        "document_id": "meetings/round-table",
        "title": "Round table of Central Asia",
        "section": "",  # the heading that repeats the title opens no section
        "page": None,
        "start": best.metadata["start"],
        "end": best.metadata["end"],
        "url": "https://example.org/report",
        "published": "2021-06-03",
        "score": best.metadata["score"],
    }
