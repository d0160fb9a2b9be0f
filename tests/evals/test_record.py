import os
import platform
import sqlite3
from importlib.metadata import version
from pathlib import Path

from pydantic import SecretStr

from app.settings import Settings
from evals.record import Machine, record_now

SETTINGS = Settings(
    data_dir=Path("library"),
    chroma_url="https://reader:hush@chroma.example:8000",
    chroma_token=SecretStr("hush"),
    llm_api_key=SecretStr("hush"),
    llm_url=None,
)


def test_a_record_shows_settings_and_no_secret() -> None:
    settings = record_now(SETTINGS).settings
    shown = {name: settings[name] for name in ("data_dir", "chroma_url", "chroma_token", "llm_api_key", "llm_url")}
    assert shown == {
        "data_dir": "library",
        "chroma_url": "https://**********@chroma.example:8000",
        "chroma_token": "**********",
        "llm_api_key": "**********",
        "llm_url": None,
    }


def test_a_record_names_package_versions() -> None:
    packages = record_now(SETTINGS).packages
    assert (packages["pydantic"], packages["sqlite"]) == (version("pydantic"), sqlite3.sqlite_version)


def test_a_record_describes_the_machine() -> None:
    machine = record_now(SETTINGS).machine
    assert machine == Machine(
        cores=os.cpu_count(),
        python=platform.python_version(),
        system=platform.platform(terse=True),
        load=machine.load,
    )
    assert machine.load is not None
    assert machine.load >= 0


def test_a_record_holds_the_fingerprint_it_is_given() -> None:
    assert record_now(SETTINGS, "abc").index_fingerprint == "abc"


def test_a_record_knows_commit_and_state_together_or_neither() -> None:
    record = record_now(SETTINGS)
    assert (record.commit is None) == (record.dirty is None)
