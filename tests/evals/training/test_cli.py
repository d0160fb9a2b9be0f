import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evals.squad import read_squad
from evals.training.cli import MATERIAL, PARTS, app


def write_squad(folder: Path, name: str) -> set[str]:
    """A file of twenty articles, under a name that has its material; gives its paragraphs."""
    articles = [
        {
            "title": f"Tent_{at}",
            "paragraphs": [{"context": f"Tent {at} of {name} is red.", "qas": [asked(f"{name} {at}", f"Tent {at}")]}],
        }
        for at in range(20)
    ]
    (folder / name).write_text(json.dumps({"data": articles}), encoding="utf-8")
    return {f"Tent {at} of {name} is red." for at in range(20)}


def asked(id: str, answer: str) -> dict[str, object]:
    return {"id": id, "question": f"What is red in {id}?", "answers": [{"text": answer, "answer_start": 0}]}


def run(*arguments: str | Path) -> None:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output


def part(file: Path, name: str) -> set[str]:
    out = file.with_suffix(f".{name}")
    run("parts", file, name, "--out", out)
    return {paragraph.text for paragraph in read_squad(out).paragraphs}


@pytest.mark.parametrize("name", MATERIAL)
def test_the_parts_of_a_file_are_all_of_it_and_share_no_article(tmp_path: Path, name: str) -> None:
    whole = write_squad(tmp_path, name)
    parts = [part(tmp_path / name, one) for one in PARTS]
    assert set().union(*parts) == whole
    assert sum(map(len, parts)) == len(whole)


@pytest.mark.model
def test_the_first_stage_learns_from_no_article_that_is_measured_or_calibrated_on(tmp_path: Path) -> None:
    for name in MATERIAL:
        write_squad(tmp_path, name)
    run("general", tmp_path, "--out", tmp_path / "general.jsonl")
    learned = {json.loads(line)["text"] for line in (tmp_path / "general.jsonl").read_text("utf-8").splitlines()}
    assert learned == set().union(*(part(tmp_path / name, "train") for name in MATERIAL))
