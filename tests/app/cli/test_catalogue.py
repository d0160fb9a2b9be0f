"""`coe catalogue` and `coe corpus` print what the library and the corpus hold."""

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import catalogue, corpus
from tests.conftest import House

pytestmark = pytest.mark.model

MEETING = """---
title: Workshop in Riga
kind: meeting
records:
  - {type: meeting, id: riga, name: Workshop in Riga, series: workshop, start: 2031-06, city: Riga, projects: [53]}
---
# Workshop in Riga

A workshop on Project 53 was held in Riga in June 2031.
"""
NEWS = "The 23rd Round-Table Meeting for Central Asia was held in Osh, Kyrgyzstan, from 12 to 14 May 2026."


@pytest.fixture
def told(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """A library with a meeting from front matter, and one that only a text tells of."""
    house.write("meetings/riga.md", MEETING)
    house.ingest()
    house.ingest(house.write("../news.txt", NEWS))
    monkeypatch.setenv("COE_DATA_DIR", str(house.config.data_dir))
    monkeypatch.setenv("COE_CORPUS_DIR", str(house.corpus))
    return house


def run(*arguments: str) -> str:
    done = CliRunner().invoke(catalogue.app, arguments)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_meetings_of_front_matter_and_of_texts_are_listed(told: House) -> None:
    rows = list(csv.DictReader(io.StringIO(run("meetings", "--format", "csv"))))
    assert [(row["name"], row["start"], row["documents"]) for row in rows] == [
        ("Round table of Central Asia", "2021-06", "meetings/round-table"),
        (NEWS, "2026-05-12", "added/news.txt"),
        ("Workshop in Riga", "2031-06", "meetings/riga"),
    ]


def test_filters_narrow_a_list(told: House) -> None:
    rows = json.loads(run("meetings", "--project", "53", "--year", "2031", "--format", "json"))
    assert [row["id"] for row in rows] == ["riga"]
    assert "Workshop in Riga" not in run("meetings", "--country", "Kyrgyz Republic")


def test_a_list_can_be_written_to_a_file(told: House, tmp_path: Path) -> None:
    run("projects", "--format", "xlsx", "--output", str(tmp_path / "projects.xlsx"))
    assert (tmp_path / "projects.xlsx").read_bytes().startswith(b"PK")


def test_a_document_that_is_edited_is_the_only_one_catalogued_anew(told: House) -> None:
    told.write("meetings/riga.md", MEETING.replace("Riga", "Oslo"))
    assert told.ingest().written == ("meetings/riga",)
    rows = json.loads(run("meetings", "--format", "json"))
    assert [row["name"][0] for row in rows] == ["Round table of Central Asia", NEWS, "Workshop in Oslo"]


def test_the_check_of_a_corpus_ends_with_one_when_something_is_wrong(told: House) -> None:
    done = CliRunner().invoke(corpus.app, ["check"])
    assert done.exit_code == 1
    assert "glossary: field `sources` is missing" in done.stdout


def test_the_corpus_is_counted(told: House) -> None:
    done = CliRunner().invoke(corpus.app, ["stats"])
    assert "meeting" in done.stdout
