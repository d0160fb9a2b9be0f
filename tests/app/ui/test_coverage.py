import pytest

from app.ui.coverage import coverage_in
from app.ui.words import words_in

PROJECTS = "74 projects on file were searched; 4 more would fit but give no region."


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", PROJECTS),
        ("fr", "Recherche parmi 74 projets ; 4 de plus conviendraient, mais sans indication : région."),
        ("ru", "Просмотрено: 74 — проекты; ещё 4 подошли бы, но не указано: регион."),
    ],
)
def test_coverage_is_told_in_the_language_of_the_page(language: str, said: str):
    assert coverage_in(words_in(language), PROJECTS) == said


@pytest.mark.parametrize(
    ("coverage", "said"),
    [
        ("1 project on file was searched.", "Recherche parmi 1 projet."),
        (
            "12 meetings on file were searched; 1 of them gives no country.",
            "Recherche parmi 12 réunions ; 1 d’entre eux sans indication : pays.",
        ),
        (
            "74 projects on file were searched; only titles and summaries were read.",
            "Recherche parmi 74 projets ; seuls les titres et les résumés ont été lus.",
        ),
        ("74 projects on file were searched; 2 that would count give no budget.", None),
        ("Read from the record of Uzbekistan; Explore shows all of it.", None),
        ("As of October 2025; 29 earlier and later counts are listed.", None),
        ("74 projects on file were searched, 12 compared; 3 of them give no budget.", None),
        ("Nobody ever said so.", "Nobody ever said so."),
        ("74 projects on file were searched; and who knows.", "74 projects on file were searched; and who knows."),
        ("", ""),
    ],
)
def test_what_is_not_known_stays_as_it_is(coverage: str, said: str | None):
    found = coverage_in(words_in("fr"), coverage)
    assert found == said if said is not None else found != coverage
