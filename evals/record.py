"""What a run was made with: code, packages, settings, index and machine."""

import os
import platform
import re
import sqlite3
import subprocess
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from pydantic import BaseModel, ConfigDict, JsonValue

from app.settings import Settings

_ROOT = Path(__file__).resolve().parents[1]
_URL_PASSWORD = re.compile(r"(?<=://)[^/@\s]+(?=@)")
_STARS = "**********"


class Machine(BaseModel):
    """Where a run was made; latencies of two machines do not compare."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cores: int | None
    python: str
    system: str
    load: float | None = None
    """Mean number of processes that wanted to run in the minute before; above `cores`, latencies say little."""


class Record(BaseModel):
    """Everything needed to tell why two runs differ."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    started: datetime
    commit: str | None
    """None outside a checkout."""
    dirty: bool | None
    """True when the working tree differed from the commit."""
    packages: dict[str, str]
    settings: dict[str, JsonValue]
    """Secrets as stars."""
    index_fingerprint: str | None
    machine: Machine
    arguments: dict[str, JsonValue] = {}
    """What the run was asked for: suite, split, kinds, search, reader, limit."""


def record_now(settings: Settings, index_fingerprint: str | None = None) -> Record:
    """Describe this moment's code, packages, settings, index and machine."""
    changes = _git("status", "--porcelain")
    return Record(
        started=datetime.now(UTC),
        commit=_git("rev-parse", "HEAD"),
        dirty=None if changes is None else bool(changes),
        packages=_packages(),
        settings=_without_secrets(settings),
        index_fingerprint=index_fingerprint,
        machine=_machine(),
    )


def _machine() -> Machine:
    return Machine(
        cores=os.cpu_count(),
        python=platform.python_version(),
        system=platform.platform(terse=True),
        load=round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    )


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", *arguments], cwd=_ROOT, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def _packages() -> dict[str, str]:
    installed = {found.name.lower(): found.version for found in metadata.distributions()}
    return {**dict(sorted(installed.items())), "sqlite": sqlite3.sqlite_version}


def _without_secrets(settings: Settings) -> dict[str, JsonValue]:
    values: dict[str, JsonValue] = settings.model_dump(mode="json")
    return {
        name: _URL_PASSWORD.sub(_STARS, value) if isinstance(value, str) else value for name, value in values.items()
    }
