"""What the last reading of the whole corpus folder came to: kept beside the library for those who look after it."""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from ingest.types import Failure, IngestReport

_FILE_NAME = "last-run.json"


@dataclass(frozen=True, slots=True)
class LastRun:
    """When the folder was read, how many of its files are in the library as they are, and why others are not."""

    ended: datetime
    documents: int
    failed: tuple[Failure, ...] = ()


def note_run(data_dir: Path, report: IngestReport) -> None:
    """Write down what a reading came to; where that fails the library is still what it is, so nothing is raised."""
    documents = len(report.written) + len(report.unchanged)
    run = LastRun(datetime.now(UTC), documents, report.failed)
    unfinished = data_dir / f"{_FILE_NAME}.tmp"
    with suppress(OSError):
        unfinished.write_text(json.dumps(asdict(run), default=datetime.isoformat), encoding="utf-8")
        unfinished.replace(data_dir / _FILE_NAME)


def last_run(data_dir: Path) -> LastRun | None:
    """What the last reading came to, or None where nothing legible was written down."""
    try:
        told = json.loads((data_dir / _FILE_NAME).read_text(encoding="utf-8"))
        failed = tuple(Failure(**each) for each in told["failed"])
        return LastRun(datetime.fromisoformat(told["ended"]), int(told["documents"]), failed)
    except (OSError, ValueError, TypeError, KeyError):
        return None
