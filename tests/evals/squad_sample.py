"""A tiny file in SQuAD's format, written by hand."""

import json
from pathlib import Path
from typing import Any

MILL = "The old mill stands on the river bank. It was built in 1820 by Anna Berg. It ground rye until 1951."
LIGHTHOUSE = "The lighthouse is painted red. Its keeper was Tom Reed. The lamp burns whale oil."


def question(id: str, text: str, *answers: str, impossible: bool = False) -> dict[str, Any]:
    found = [{"text": answer, "answer_start": 0} for answer in answers]
    return {"id": id, "question": text, "answers": found, "is_impossible": impossible}


SQUAD: dict[str, Any] = {
    "version": "v2.0",
    "data": [
        {
            "title": "Old_mill",
            "paragraphs": [
                {
                    "context": MILL,
                    "qas": [
                        question("m1", "When was the old mill built?", "1820", "in 1820", "1820"),
                        question("m2", "Who built the mill?", "Anna Berg"),
                        {**question("m3", "Who sold the mill?", impossible=True), "plausible_answers": [{"text": "x"}]},
                    ],
                }
            ],
        },
        {
            "title": "Lighthouse",
            "paragraphs": [{"context": LIGHTHOUSE, "qas": [question("l1", " Who was the keeper?", "Tom Reed")]}],
        },
    ],
}


def write_squad(folder: Path, content: Any = SQUAD) -> Path:
    """The file on disk."""
    path = folder / "squad.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path
