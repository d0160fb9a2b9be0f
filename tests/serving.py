"""`coe serve` in a process of its own, over a house of its own."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import House


@contextmanager
def serving(house: House, *options: str, **settings: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run `coe serve` on a free port; gives the process and the address it prints when it is ready."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("COE_")}
    places = {"data_dir": str(house.config.data_dir), "corpus_dir": str(house.corpus)}
    errors = house.root / "serve.log"
    with (
        errors.open("w", encoding="utf-8") as log,
        subprocess.Popen(
            [Path(sys.executable).with_name("coe"), "serve", "--port", "0", *options],
            cwd=house.root,
            env=own | {f"COE_{name.upper()}": value for name, value in (places | settings).items()},
            stdout=subprocess.PIPE,
            stderr=log,
            encoding="utf-8",
        ) as process,
    ):
        try:
            assert process.stdout
            ready = re.search(r"ready at (http://127\.0\.0\.1:\d+)", process.stdout.readline())
            assert ready, errors.read_text(encoding="utf-8")
            yield process, ready[1]
        finally:
            process.kill()
