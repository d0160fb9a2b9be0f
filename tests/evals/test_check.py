from pathlib import Path

import pytest

from evals.cases import Case, Quote
from evals.check import check, counts, problems, wanted
from tests.evals.samples import DOCUMENT, document, make_case, make_unanswerable

QUOTE = Quote(document_id=DOCUMENT.id, quote="It was the 62nd partner.")


@pytest.mark.parametrize(
    ("cases", "found"),
    [
        pytest.param([make_case(quotes=(QUOTE,)), make_unanswerable(question="Which?")], [], id="sound"),
        pytest.param(
            [make_case(quotes=(QUOTE.model_copy(update={"quote": "it was the 62nd partner."}),))],
            [f"kz-1: not verbatim in {DOCUMENT.id}: 'it was the 62nd partner.'"],
            id="not verbatim",
        ),
        pytest.param(
            [make_case(documents=("gone",), quotes=(Quote(document_id="gone", quote="x"),))],
            ["kz-1: the library holds no document 'gone'"],
            id="no such document",
        ),
        pytest.param(
            [make_case(carriers=("gone",))], ["kz-1: the library holds no document 'gone'"], id="no such carrier"
        ),
        pytest.param(
            [make_case(), make_case(id="2", question="Who?", split="test")],
            [f"{DOCUMENT.id}: documents of both splits rest on it"],
            id="a document in both splits",
        ),
        pytest.param(
            [make_case(), make_case(id="2", question="when did Kazakhstan join?")],
            ["asked 2 times: when did kazakhstan join?"],
            id="asked twice",
        ),
    ],
)
def test_problems(cases: list[Case], found: list[str]) -> None:
    assert list(problems(cases, document)) == found


def test_a_malformed_line_is_a_problem_among_the_others(tmp_path: Path) -> None:
    line = make_case(carriers=("gone",)).model_dump_json()
    (tmp_path / "a.jsonl").write_text(f"{{}}\n{line}\n", encoding="utf-8")
    checked = check(tmp_path, document)
    assert [case.id for case in checked.cases] == ["kz-1"]
    assert checked.problems == (
        f"{tmp_path / 'a.jsonl'}:1: id: Field required",
        "kz-1: the library holds no document 'gone'",
    )


def test_cases_are_counted_by_kind_and_split(tmp_path: Path) -> None:
    cases = (make_case(), make_case(id="2", question="Who?"), make_unanswerable(split="test"))
    (tmp_path / "a.jsonl").write_text("".join(case.model_dump_json() + "\n" for case in cases), encoding="utf-8")
    found = counts(check(tmp_path, document))
    assert (found["date"], found["near_miss"], found["list"]) == (
        {"dev": 2, "test": 0},
        {"dev": 0, "test": 1},
        {"dev": 0, "test": 0},
    )


def test_hard_kinds_are_wanted_more_often() -> None:
    assert (wanted("date"), wanted("near_miss"), wanted("out_of_scope")) == (25, 80, 30)
