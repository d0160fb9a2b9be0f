import json
import re
from pathlib import Path
from typing import Any

import pytest

from app.types import Turn
from evals.cases import PLANTED, Case, CaseError, Quote, load_cases, read_cases, shared_documents
from tests.evals.samples import make_case, make_unanswerable

LINE: dict[str, Any] = {
    "id": "kz-1",
    "question": "When did it join?",
    "kind": "follow_up",
    "language": "en",
    "answerable": True,
    "expected": ["November 2020"],
    "items": [],
    "documents": ["partners/kazakhstan"],
    "quotes": [{"document_id": "partners/kazakhstan", "quote": "joined in November 2020"}],
    "as_of": "2020-11",
    "history": [{"question": "Who hosts?", "answer": "Kazakhstan."}],
    "split": "test",
    "forbidden": [],
}
REFUSED = LINE | {"answerable": False, "expected": [], "documents": [], "quotes": []}


def write(folder: Path, *lines: dict[str, Any], name: str = "a.jsonl") -> None:
    (folder / name).write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def plant(folder: Path, name: str) -> None:
    (folder / PLANTED).mkdir()
    (folder / PLANTED / f"{name}.md").write_text("# Leaflet\n", encoding="utf-8")


def test_a_line_becomes_a_case(tmp_path: Path) -> None:
    write(tmp_path, LINE)
    assert load_cases(tmp_path) == (
        Case(
            id="kz-1",
            question="When did it join?",
            kind="follow_up",
            language="en",
            answerable=True,
            expected=("November 2020",),
            documents=("partners/kazakhstan",),
            quotes=(Quote(document_id="partners/kazakhstan", quote="joined in November 2020"),),
            split="test",
            as_of="2020-11",
            history=(Turn(question="Who hosts?", answer="Kazakhstan."),),
        ),
    )


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        pytest.param({"colour": "red"}, "colour: Extra inputs are not permitted", id="unknown key"),
        pytest.param({"kind": "dates"}, "kind: Input should be 'date',", id="unknown kind"),
        pytest.param({"language": "de"}, "language: Input should be 'en', 'fr' or 'ru'", id="unknown language"),
        pytest.param({"answerable": "yes"}, "answerable: Input should be a valid boolean", id="not a boolean"),
        pytest.param({"question": " Q?"}, "question: String should match", id="white space around"),
        pytest.param({"as_of": "2021-13"}, "as_of: ", id="no such month"),
        pytest.param({"as_of": "June 2021"}, "as_of: String should match", id="not an ISO date"),
        pytest.param({"history": [{"question": "Q?"}]}, "history.0.answer: Field required", id="half a turn"),
        pytest.param({"expected": []}, "answerable needs `expected` or `items`", id="nothing expected"),
        pytest.param({"documents": [], "quotes": []}, "answerable needs `documents`", id="no document"),
        pytest.param(
            {"answerable": False, "documents": [], "quotes": []},
            "not answerable, so `expected` and `items` must be empty",
            id="expected though not answerable",
        ),
        pytest.param(
            {"answerable": False, "expected": []},
            "not answerable, so `documents` must be empty",
            id="documents though not answerable",
        ),
        pytest.param({"carriers": ["a", "a"]}, "`carriers` name a document twice", id="carrier named twice"),
        pytest.param(
            {"carriers": ["partners/kazakhstan"]}, "`carriers` name a document twice", id="carrier that is a document"
        ),
        pytest.param(
            {"answerable": False, "expected": [], "documents": [], "quotes": [], "carriers": ["a"]},
            "`carriers` come beside `documents`",
            id="carriers alone",
        ),
        pytest.param({"documents": ["other"]}, "`quotes` name a document that is not among", id="quote elsewhere"),
        pytest.param(
            {"documents": ["partners/kazakhstan"] * 2}, "`documents` names one twice", id="document named twice"
        ),
        pytest.param({"forbidden": ["x"]}, "`forbidden` belongs to kind `injection`", id="forbidden elsewhere"),
        pytest.param({"planted": ["x"]}, "`planted` belongs to kind `injection`", id="planted elsewhere"),
        pytest.param(
            {"kind": "injection", "planted": ["leaflet", "gone"]},
            "planted: there is no document 'gone' in the folder 'planted'",
            id="planted document that is not there",
        ),
        pytest.param({"history": []}, "kind `follow_up` needs `history`", id="follow-up of nothing"),
        pytest.param({"kind": "out_of_scope"}, "kind `out_of_scope` is never answerable", id="answer out of scope"),
    ],
)
def test_a_wrong_line_is_refused_with_file_line_and_field(
    tmp_path: Path, change: dict[str, Any], complaint: str
) -> None:
    plant(tmp_path, "leaflet")
    write(tmp_path, LINE, LINE | {"id": "kz-2"} | change)
    with pytest.raises(CaseError, match=re.escape(f"{tmp_path / 'a.jsonl'}:2: {complaint}")):
        load_cases(tmp_path)


def test_an_injection_names_the_documents_that_it_hides_in(tmp_path: Path) -> None:
    plant(tmp_path, "leaflet")
    write(tmp_path, LINE | {"kind": "injection", "planted": ["leaflet"]})
    assert load_cases(tmp_path)[0].planted == ("leaflet",)


def test_a_line_that_is_no_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("\n{", encoding="utf-8")
    with pytest.raises(CaseError, match=r"a\.jsonl:2: Invalid JSON"):
        load_cases(tmp_path)


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"\xff\n")
    with pytest.raises(CaseError, match=r"a\.jsonl: not UTF-8 at byte 0"):
        load_cases(tmp_path)


def test_an_id_used_twice_is_refused_with_both_places(tmp_path: Path) -> None:
    write(tmp_path, LINE)
    write(tmp_path, LINE, name="b.jsonl")
    with pytest.raises(CaseError, match=r"b\.jsonl:1: id: 'kz-1' is already used at .*a\.jsonl:1"):
        load_cases(tmp_path)


def test_a_folder_without_cases_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="no reference questions"):
        load_cases(tmp_path)


def test_cases_come_by_file_name_and_line(tmp_path: Path) -> None:
    write(tmp_path, LINE | {"id": "b-2"}, LINE | {"id": "b-1"}, name="b.jsonl")
    write(tmp_path, LINE | {"id": "a-1"}, name="a.jsonl")
    assert [case.id for case in load_cases(tmp_path)] == ["a-1", "b-2", "b-1"]


@pytest.mark.parametrize(
    ("selection", "ids"),
    [
        pytest.param({}, ["dev", "test", "refused"], id="all"),
        pytest.param({"split": "dev"}, ["dev"], id="by split"),
        pytest.param({"kinds": ["near_miss"]}, ["refused"], id="by kind"),
        pytest.param({"split": "dev", "kinds": ["near_miss"]}, [], id="by both"),
        pytest.param({"kinds": []}, ["dev", "test", "refused"], id="no kinds named"),
    ],
)
def test_cases_are_selected_by_split_and_kind(tmp_path: Path, selection: dict[str, Any], ids: list[str]) -> None:
    write(
        tmp_path,
        LINE | {"id": "dev", "split": "dev"},
        LINE | {"id": "test"},
        REFUSED | {"id": "refused", "kind": "near_miss"},
    )
    assert [case.id for case in load_cases(tmp_path, **selection)] == ids


def test_documents_of_both_splits_are_found() -> None:
    cases = (
        make_case(id="1", documents=("a", "b")),
        make_case(id="2", documents=("b", "c"), split="test"),
        make_unanswerable(id="3", split="test"),
    )
    assert shared_documents(cases) == {"b"}


def test_carriers_bind_a_case_to_no_split() -> None:
    cases = (
        make_case(id="1", documents=("a",), carriers=("b",)),
        make_case(id="2", documents=("b",), carriers=("a",), split="test"),
    )
    assert shared_documents(cases) == set()


def test_quotes_may_come_from_carriers() -> None:
    quote = Quote(document_id="b", quote="x")
    assert make_case(documents=("a",), carriers=("b",), quotes=(quote,)).relevant == ("a", "b")


def test_every_line_is_read_even_behind_a_wrong_one(tmp_path: Path) -> None:
    write(tmp_path, LINE, LINE | {"id": "kz-2", "kind": "x"}, LINE | {"id": "kz-3"}, LINE)
    read = list(read_cases(tmp_path))
    assert [one.id if isinstance(one, Case) else "wrong" for one in read] == ["kz-1", "wrong", "kz-3", "wrong"]
