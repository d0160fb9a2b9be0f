import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.retrieval.query import Concept, Query, Vocabulary, fold, words
from app.retrieval.search import fts_expression
from ingest.glossary import Term

KNOWN = {
    "secretariat": 4,
    "opened": 2,
    "tashkent": 3,
    "round": 2,
    "table": 2,
    "kyrgyz": 1,
    "republic": 2,
    "point": 2,
    "focal": 2,
    "ouverture": 1,
    "laboratory": 1,
    "center": 1,
}
VOCABULARY = Vocabulary(KNOWN, [Term("NFP", "national focal point")])


def forms_of(question: str) -> dict[str, tuple[str, ...]]:
    return {concept.text: concept.forms for concept in VOCABULARY.read(question).concepts}


@pytest.mark.parametrize(
    ("question", "name", "other"),
    [
        pytest.param("Did the Kyrgyz Republic join?", "Kyrgyz Republic", "kyrgyzstan", id="official name"),
        pytest.param("Did Kyrgyzstan join?", "Kyrgyzstan", "kyrgyz republic", id="short name"),
        pytest.param("Вступил ли Кыргызстан?", "Кыргызстан", "kyrgyzstan", id="Russian"),
        pytest.param("Le Kirghizistan est-il membre ?", "Kirghizistan", "kyrgyzstan", id="French"),
        pytest.param("Did Cote d'Ivoire join?", "Cote d Ivoire", "ivory coast", id="without accents"),
        pytest.param("Who is the NFP?", "NFP", "national focal point", id="abbreviation"),
        pytest.param("Who is the nfp?", "nfp", "national focal point", id="abbreviation in lower case"),
        pytest.param("Who is the national focal point?", "national focal point", "nfp", id="expansion"),
    ],
)
def test_a_name_is_looked_for_under_its_other_names_too(question: str, name: str, other: str) -> None:
    forms = forms_of(question)[name]
    assert (forms[0], other in forms) == (fold(name), True)


@pytest.mark.parametrize(
    ("question", "said", "other"),
    [
        pytest.param("Who is the boss?", "boss", "head", id="an everyday word"),
        pytest.param("Which offices opened?", "offices", "secretariat", id="in the plural"),
        pytest.param("Who is the contact person?", "contact person", "focal point", id="several words"),
        pytest.param("Who met in spring 2024?", "spring 2024", "april 2024", id="a season"),
        pytest.param("What was opened in late 2020?", "late 2020", "november 2020", id="a part of a year"),
    ],
)
def test_everyday_words_find_those_of_the_documents(question: str, said: str, other: str) -> None:
    assert other in forms_of(question)[said]


def test_the_documents_own_words_do_not_find_everyday_ones() -> None:
    assert forms_of("Who is at the secretariat?")["secretariat"] == ("secretariat",)


@pytest.mark.parametrize("question", ["the uzbek team", "the Uzbeks"])
def test_the_people_of_a_country_find_the_country(question: str) -> None:
    found = [concept for concept in VOCABULARY.read(question).concepts if "uzbekistan" in concept.forms]
    assert [concept.is_name for concept in found] == [True]


def test_a_name_of_several_words_is_one_concept() -> None:
    concepts = VOCABULARY.read("Who is the national focal point?").concepts
    assert [(concept.text, concept.is_name) for concept in concepts] == [("national focal point", True)]


@pytest.mark.parametrize(
    ("question", "mended"),
    [
        pytest.param("Where is the secretariet?", "Where is the secretariat?", id="wrong letter"),
        pytest.param("Who opened the labratory?", "Who opened the laboratory?", id="missing letter"),
        pytest.param("Is Tashknet far?", "Is tashkent far?", id="two letters swapped"),
        pytest.param("Where is the secretariat?", "Where is the secretariat?", id="known word"),
        pytest.param("Where is the zebra crossing?", "Where is the zebra crossing?", id="nothing is near"),
        pytest.param("Where is project 6543?", "Where is project 6543?", id="number"),
        pytest.param("Where is the tabel?", "Where is the table?", id="short word, one edit"),
        pytest.param("Where is the tbael?", "Where is the tbael?", id="short word, two edits"),
        pytest.param("Whn was it opened?", "when was it opened?", id="question word"),
        pytest.param("Wich secretariat is it?", "which secretariat is it?", id="question word that starts it"),
    ],
)
def test_a_misspelt_word_is_mended_only_when_the_library_does_not_know_it(question: str, mended: str) -> None:
    assert VOCABULARY.read(question).text == mended


def test_a_mended_word_is_looked_for_in_both_spellings() -> None:
    (concept,) = VOCABULARY.read("Where is the secretariet?").concepts
    assert concept == Concept("secretariet", ("secretariet", "secretariat"), corrected="secretariat")


def test_a_word_that_only_the_library_knows_is_left_as_it_is() -> None:
    vocabulary = Vocabulary({"secretariat": 9, "secretariet": 1}, [])
    assert vocabulary.read("Where is the secretariet?").concepts == (Concept("secretariet", ("secretariet",)),)


@pytest.mark.parametrize("apostrophe", ["'", "’"], ids=["straight", "curly"])
def test_an_elided_french_article_is_no_part_of_the_word(apostrophe: str) -> None:
    concepts = VOCABULARY.read(f"Quand a eu lieu l{apostrophe}ouverture ?").concepts
    assert "ouverture" in [concept.text for concept in concepts]
    assert not {"l", "a", "quand"} & {concept.text for concept in concepts}


@pytest.mark.parametrize(
    ("question", "word", "form"),
    [
        pytest.param("the centre", "centre", "center", id="British spelling"),
        pytest.param("inaugurated it", "inaugurated", "opened", id="another word for it"),
    ],
)
def test_a_word_is_looked_for_as_the_documents_word_it(question: str, word: str, form: str) -> None:
    assert form in forms_of(question)[word]


def test_a_question_of_stop_words_looks_for_nothing() -> None:
    query = VOCABULARY.read("Who is it?")
    assert (query, fts_expression(query)) == (Query("Who is it?", ()), "")


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Ouzbékistan", "ouzbekistan"), ("STRASSE", "strasse"), ("Straße", "strasse"), ("d’Ivoire", "d'ivoire")],
)
def test_folding_drops_case_and_accents(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_words_are_folded_and_in_order() -> None:
    assert words("Côte d'Ivoire, 2021_06") == ["cote", "d", "ivoire", "2021", "06"]


def test_operators_in_a_question_are_quoted_words() -> None:
    assert fts_expression(VOCABULARY.read('secretariat* NEAR("tashkent") -round')) == (
        '"secretariat" OR "near" OR "tashkent" OR "round"'
    )


@given(st.text() | st.text(alphabet='"*()^:+-{}.,AND OR NOT NEAR½ßŉ’éж', max_size=40))
def test_no_text_makes_an_expression_that_the_index_refuses(question: str) -> None:
    expression = fts_expression(VOCABULARY.read(question))
    with closing(sqlite3.connect(":memory:")) as index:
        index.execute("CREATE VIRTUAL TABLE t USING fts5(body, tokenize='porter unicode61 remove_diacritics 2')")
        index.execute("INSERT INTO t VALUES ('secretariat')")
        found = index.execute("SELECT count(*) FROM t WHERE t MATCH ?", (expression,)) if expression else None
        assert found is None or found.fetchone()[0] in (0, 1)
