"""The check of a corpus names the document and what is wrong with it."""

from pathlib import Path

import pytest

from ingest.corpus import Count, Finding, check, stats

GOOD = """---
kind: partner
title: 'Togo'
language: en
region: African Atlantic Façade
start: '2013-08'
records:
  - type: partner
    name: 'Togo'
    region: African Atlantic Façade
    joined: '2013-08'
sources:
  - title: 'Report'
    publisher: 'Press'
    date: '2013'
    url: 'https://example.org/togo'
---

# Togo

## Membership

Togo is a partner country in the African Atlantic Façade and joined in August 2013.

## About this summary

This page is a summary.

## Sources

- [Report](https://example.org/togo), Press, 2013
"""


def corpus(folder: Path, text: str, records: str = "") -> Path:
    (folder / "partners").mkdir()
    (folder / "partners" / "togo.md").write_text(text, encoding="utf-8")
    if records:
        (folder / "records.yaml").write_text(records, encoding="utf-8")
    return folder


def test_a_corpus_in_order_has_no_findings(tmp_path: Path) -> None:
    assert check(corpus(tmp_path, GOOD, "partners: ['Togo']")) == ()


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("kind: partner", "kind: country", "field `kind` is 'country'"),
        ("in August 2013", "in 2013", "record `partner-togo`: the text does not state `joined`: 2013-08"),
        ("    joined: '2013-08'", "    joined: 'then'", "`records.0.partner.joined` must be a date"),
        ("    joined: '2013-08'", "    acceded: '2013'", "`records.0.partner.acceded` is not one that is known here"),
        ("    name: 'Togo'\n", "", "`records.0.partner.name` is missing"),
        (
            "- [Report](https://example.org/togo), Press, 2013",
            "None.",
            "list of sources lacks https://example.org/togo",
        ),
        ("## About this summary", "## About", "does not end with the sections"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, old: str, new: str, problem: str) -> None:
    (finding,) = check(corpus(tmp_path, GOOD.replace(old, new)))
    assert finding.document == "partners/togo"
    assert problem in finding.problem


@pytest.mark.parametrize(
    ("records", "problem"),
    [
        ("partners: [Benin]", "no document has a record for Benin"),
        ("meetings: [rtm-1]", "no document has a record for rtm-1"),
        ("abbreviations: [NFP]", "explains the abbreviation NFP"),
        ("dates: ['2013-08']", "tells what happened on 2013-08"),
        ("names: ['Joint Research Centre']", "names Joint Research Centre"),
        ("amounts: [800000]", "states EUR 800000"),
    ],
)
def test_a_record_that_no_document_tells_is_named(tmp_path: Path, records: str, problem: str) -> None:
    (finding,) = check(corpus(tmp_path, GOOD, records))
    assert (finding.document, problem in finding.problem) == ("", True)


def test_a_rendered_file_that_its_script_does_not_make_is_named(tmp_path: Path) -> None:
    folder = corpus(tmp_path, GOOD)
    (folder / "render.py").write_text("", encoding="utf-8")
    (folder / "old.txt").write_text("Old.", encoding="utf-8")
    (folder / "old.txt.yaml").write_text(
        GOOD.split("---\n")[1].split("records:")[0] + "sources: [{title: a, url: 'https://a.b'}]", encoding="utf-8"
    )
    assert Finding("", "old.txt is made from no text") in check(folder)


def test_documents_are_counted_by_kind_region_and_year(tmp_path: Path) -> None:
    counts = stats(corpus(tmp_path, GOOD))
    assert [(count.by, count.value, count.documents) for count in counts] == [
        ("kind", "partner", 1),
        ("region", "African Atlantic Façade", 1),
        ("year", "2013", 1),
    ]
    assert counts[0] == Count("kind", "partner", 1, counts[0].words, 1)
