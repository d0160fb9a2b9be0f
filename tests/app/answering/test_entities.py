import pytest

from app.answering.entities import Kind, entities


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("What is the budget of project 65?", [("project", "project 65")]),
        ("Who runs Project 55 (FRONSEC) and P-31?", [("project", "Project 55 (FRONSEC)"), ("project", "P-31")]),
        ("Was it togo or SECTRANS AAF?", [("country", "togo"), ("acronym", "SECTRANS AAF")]),
        ("Who paid for ARZ 2021?", [("acronym", "ARZ 2021")]),
        ("Did UNICRI help the CBRN team?", [("organisation", "UNICRI")]),
        ("Ambassador Jean Dupont spoke in Tirana.", [("person", "Ambassador Jean Dupont"), ("name", "Tirana")]),
        ("Who headed the Manila secretariat?", [("secretariat", "the Manila secretariat")]),
        ("from 3 to 5 July 2018 and in march", [("date", "3 to 5 July 2018"), ("date", "march")]),
        ("Is Project 12 in 'x' or “A Long Title”?", [("project", "Project 12"), ("title", "“A Long Title”")]),
        ("Кто открыл Проект 31 в Монголии?", [("project", "Проект 31"), ("country", "Монголии")]),
        (
            "When was the final workshop in Como held?",
            [("event", "the final workshop in Como"), ("name", "Como")],
        ),
        (
            "Who drafted Liberia's action plan?",
            [("paper", "Liberia's action plan"), ("country", "Liberia")],
        ),
        (
            "the 14th round table for Central Asia",
            [
                ("event", "the 14th round table for Central Asia"),
                ("ordinal", "14th"),
                ("region", "Central Asia"),
            ],
        ),
        ("How many came?", []),
    ],
)
def test_what_a_text_names_is_found_in_reading_order(text: str, found: list[tuple[Kind, str]]) -> None:
    assert [(entity.kind, entity.text) for entity in entities(text)] == found


def test_a_known_name_is_found_however_it_is_written() -> None:
    found = entities("was it near nur-sultan?", frozenset({"nur sultan"}))
    assert [(entity.kind, entity.text) for entity in found] == [("name", "nur-sultan")]


def test_a_place_is_shown_in_english_whatever_the_language() -> None:
    assert [entity.shown for entity in entities("А Монголия и Центральная Азия?")] == ["Mongolia", "Central Asia"]
