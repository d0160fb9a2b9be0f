"""`make fuzz`: requests made up from the API's description for twenty minutes, always new ones."""

import sys
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import typer
from schemathesis import GenerationMode

from tests.app.api.made_up import Amount, described, library_served, send
from tests.conftest import DOCUMENTS, House

MINUTES = 20.0
CASES = 25
"""For each operation before the next one's turn."""


def main(minutes: float) -> int:
    """Send requests for some minutes; 1 when one of them failed."""
    with TemporaryDirectory() as folder:
        house = House(Path(folder))
        for name, text in DOCUMENTS.items():
            house.write(name, text)
        house.ingest()
        with library_served(house) as address:
            sent, failed = _sent(address, monotonic() + 60 * minutes)
    typer.echo(f"{sent} requests; {failed} times an operation failed")
    return 1 if failed else 0


def _sent(address: str, over: float) -> tuple[int, int]:
    sent = failed = 0
    operations = described(address)
    for seed in count(1):
        for name, operation in operations.items():
            for mode in GenerationMode:
                if monotonic() > over:
                    return sent, failed
                try:
                    sent += send(operation, mode, address, Amount(CASES, seed))
                except BaseExceptionGroup as failure:
                    failed += 1
                    told = "\n".join(map(str, failure.exceptions))
                    typer.echo(f"{' '.join(name)} {mode.value} seed={seed}\n{told}\n")
    raise AssertionError("counting has no end")


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else MINUTES))
