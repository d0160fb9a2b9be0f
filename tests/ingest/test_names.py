"""Countries and regions are found in every form in which documents name them, and nothing else is."""

import pytest

from ingest.names import countries, country, region, regions


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("Experts from Georgia and Kenya met.", ["Georgia", "Kenya"], id="plain"),
        pytest.param("the Kyrgyz Republic and Lao PDR", ["Kyrgyzstan", "Laos"], id="variants"),
        pytest.param("Côte d’Ivoire", ["Côte d'Ivoire"], id="typographic apostrophe"),
        pytest.param("Niger, Nigeria, Guinea-Bissau", ["Niger", "Nigeria", "Guinea-Bissau"], id="longest name wins"),
        pytest.param("au Maroc et en Ouzbékistan", ["Morocco", "Uzbekistan"], id="French"),
        pytest.param("в Узбекистане и Молдове", ["Uzbekistan", "Moldova"], id="Russian cases"),
        pytest.param("the DRC and a drc", ["Democratic Republic of the Congo"], id="abbreviations in capitals only"),
        pytest.param("Réunion de Rabat, Gulf of Guinea, georgia", [], id="not countries"),
    ],
)
def test_countries_in_a_text(text: str, found: list[str]) -> None:
    assert [named.name for named in countries(text)] == found


def test_a_name_is_found_where_it_stands() -> None:
    text = "Delegates of the Kyrgyz Republic came."
    (named,) = countries(text)
    assert text[named.start : named.end] == "Kyrgyz Republic"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("for South-East and Eastern Europe", ["South East and Eastern Europe"], id="hyphens"),
        pytest.param("for Southeast Asia and the GCC", ["South East Asia", "Gulf"], id="other spellings"),
        pytest.param("North Africa and the Sahel", ["North Africa and Sahel"], id="article"),
        pytest.param("pour l'Asie centrale; Центральной Азии", ["Central Asia", "Central Asia"], id="other languages"),
        pytest.param("over the sea", [], id="an everyday word is no abbreviation"),
    ],
)
def test_regions_in_a_text(text: str, found: list[str]) -> None:
    assert [named.name for named in regions(text)] == found


def test_one_form_stands_for_all() -> None:
    assert {country(name) for name in ("Viet Nam", "Vietnam", "Вьетнам")} == {"Viet Nam"}
    assert region("Gulf Cooperation Council Countries") == "Gulf"
    assert (country("Atlantis"), region("Atlantis")) == (None, None)
