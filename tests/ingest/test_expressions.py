"""Project numbers, ordinals, kinds of meeting, numbers and amounts, as texts write them."""

import pytest

from ingest import expressions


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Project 53, Project 65 and Project 87", [53, 65, 87]),
        ("Projects 53, 65 and 87", [53, 65, 87]),
        ("Project 53 and 14 participants", [53]),
        ("Project 12 and 3 March 2020", [12]),
        ("Projet n° 48, Проекта 101, P87", [48, 101, 87]),
        ("Project 2019-2021, Project 1540", []),
    ],
    ids=str,
)
def test_project_numbers(text: str, numbers: list[int]) -> None:
    found = expressions.projects(text)
    assert [number for number, _, _ in found] == numbers
    assert [int(text[start:end]) for _, start, end in found] == numbers


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("the 23rd meeting", 23),
        ("Twenty-third round table", 23),
        ("la 18e table ronde", 18),
        ("dix-huitième réunion", 18),
        ("14-й круглый стол", 14),
        ("четырнадцатое заседание", 14),
        ("XIV regional meeting", 14),
    ],
)
def test_ordinals(text: str, number: int) -> None:
    assert [found for found, _, _ in expressions.ordinals(text)] == [number]


@pytest.mark.parametrize(
    ("text", "series"),
    [
        ("the 9th International Meeting of the National Focal Points", "nfp-international"),
        ("meeting of the Heads of the Regional Secretariats", "heads-of-secretariat"),
        ("25th Strategic Coordination Meeting", "round-table"),
        ("une table ronde régionale", "round-table"),
        ("круглый стол", "round-table"),
        ("a tabletop exercise", "exercise"),
        ("a train-the-trainers course", "training"),
        ("un atelier", "workshop"),
    ],
)
def test_kinds_of_meeting(text: str, series: str) -> None:
    named = [name for name, _, _ in expressions.series(text) if name != "other"]
    assert named[0] == series


def test_numbers_in_digits_and_words() -> None:
    assert expressions.numbers("more than 60, 1,200 or twenty-five of three") == {60, 1200, 25, 3}


def test_amounts_in_every_writing() -> None:
    assert expressions.amounts("EUR 3.5 million, EUR 3,499,130") == {3_500_000, 3_499_130}


def test_how_people_came_together() -> None:
    assert expressions.formats("a hybrid meeting, some by video") == ["hybrid", "online"]
