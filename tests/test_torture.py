"""A handful of each series of `make torture`, in a process that forks and has no threads of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

HANDFUL = "0.04"


@pytest.mark.parametrize("series", ["kills", "disks", "faults"])
def test_whatever_happens_to_an_ingestion_readers_see_the_old_state_or_the_new_one(series: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.torture", series, "--share", HANDFUL],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        encoding="utf-8",
    )

    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(done.stdout)
    if reason := figures.get("skipped"):
        pytest.skip(reason)
    assert (figures["wrong"], figures["not recovered"], figures["readings"] > 0) == (0, 0, True)
