import json
import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from evals.page import write_report
from evals.record import Machine, Record
from evals.runner import Run
from tests.browser.conftest import browser as browser
from tests.evals.samples import make_answer, make_case, make_citation, make_refusal, make_unanswerable, observed

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)> & \"quoted\" '{{ 7*7 }}' | # *x*"
RECORD = Record(
    started=datetime(2026, 11, 24, tzinfo=UTC),
    commit="abc",
    dirty=True,
    packages={"pydantic": "2"},
    settings={"data_dir": HOSTILE},
    index_fingerprint="f",
    machine=Machine(cores=2, python="3.11", system="Linux"),
    arguments={"suite": HOSTILE, "kind": ["date"], "limit": None},
)
RUN = Run(
    observations=(
        observed(make_case(id="right"), make_answer(), confidence=0.9, retrieved=("meetings/rtm-14",)),
        observed(
            make_case(
                id="hostile", question=HOSTILE, expected=(HOSTILE,), history=({"question": "Q", "answer": HOSTILE},)
            ),
            make_answer(f"{HOSTILE} x [1].", short_answer=HOSTILE, citations=(make_citation(section=HOSTILE),)),
            confidence=0.7,
        ),
        observed(make_case(id="refused", question="When?", language="fr"), make_refusal(), confidence=0.1),
        observed(make_unanswerable(id="invented", question="Which hotel?"), make_answer("Ritz [1]."), confidence=0.4),
        observed(make_case(id="failed", question="Who?"), None),
    ),
    record=RECORD,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_report(RUN, tmp_path)
    return tmp_path


def test_a_report_is_a_page_markdown_and_json(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == ["report.html", "report.json", "report.md"]


def test_nothing_that_was_asked_or_answered_is_markup(folder: Path) -> None:
    html = (folder / "report.html").read_text(encoding="utf-8")
    assert (html.count("<script"), html.count("<img")) == (1, 0)
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") == html.count("{{ 7*7 }}") > 5


def test_the_page_needs_nothing_from_elsewhere(folder: Path) -> None:
    html = (folder / "report.html").read_text(encoding="utf-8")
    assert re.findall(r"""(?:src|href)\s*=|url\(|@import|https?://""", html.replace("src=x", "")) == []
    assert "default-src 'none'" in html


def test_every_case_stands_on_the_page_with_the_wrong_ones_first(folder: Path) -> None:
    html = (folder / "report.html").read_text(encoding="utf-8")
    assert re.findall(r'data-cause="([^"]*)"', html) == ["error", "invented", "refused", "", ""]


def test_plots_are_drawn(folder: Path) -> None:
    drawings = re.findall(r"<svg.*?</svg>", (folder / "report.html").read_text(encoding="utf-8"), re.DOTALL)
    assert [len(ET.fromstring(drawing)) > 5 for drawing in drawings] == [True] * 4


def test_without_confidence_the_page_does_without_its_plots(tmp_path: Path) -> None:
    write_report(Run(observations=(observed(make_case(), make_answer()),)), tmp_path)
    assert (tmp_path / "report.html").read_text(encoding="utf-8").count("<svg") == 2


def test_a_run_of_failures_alone_can_be_shown(tmp_path: Path) -> None:
    write_report(Run(observations=(observed(make_case(), None),)), tmp_path)
    assert "0 of 1 cases right" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_markdown_names_wrong_cases_and_keeps_their_words_inert(folder: Path) -> None:
    text = (folder / "report.md").read_text(encoding="utf-8")
    assert re.findall(r"^### (\w+)", text, re.MULTILINE) == ["refused", "invented", "failed"]
    assert "<script>" not in text
    assert "| correct | 5 |" in text


def test_json_says_of_every_case_why_it_went_wrong(folder: Path) -> None:
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert {case["id"]: case["cause"] for case in report["cases"]} == {
        "right": None,
        "hostile": None,
        "refused": "refused",
        "invented": "invented",
        "failed": "error",
    }
    assert report["causes"] == {"error": 1, "invented": 1, "refused": 1}
    assert (report["record"]["commit"], report["summary"]["overall"]["n"]) == ("abc", 5)
    assert [point["coverage"] for point in report["risk_coverage"]] == [0.25, 0.5, 0.75]


@pytest.mark.browser
def test_cases_are_filtered_in_the_browser_and_the_page_fits_a_phone(folder: Path, browser: Browser) -> None:
    with browser.new_context(viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: complaints.append(request.url) if "://" in request.url[5:] else None)
        page.goto((folder / "report.html").as_uri())
        shown = page.locator("#shown")
        first = shown.inner_text()
        page.get_by_label("Result").select_option("")
        page.get_by_label("Words").fill("hotel")
        second = shown.inner_text()
        page.get_by_label("Words").fill("")
        page.get_by_label("Cause").select_option("refused")
        third = shown.inner_text()
        width = page.evaluate("document.documentElement.scrollWidth")
    assert (first, second, third) == ("3 of 5 cases", "1 of 5 cases", "1 of 5 cases")
    assert (width, [one for one in complaints if not one.startswith("file:")]) == (390, [])
