"""`coe key`, `coe user` and `coe purge`: what they print, keep and delete."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli import key, purge, user
from app.conversations.keeping import Conversations
from app.conversations.store import FILE_NAME
from app.conversations.store import Store as ConversationStore
from app.conversations.types import Exchanged
from app.identity.errors import NameTaken, UnknownName, WeakPassword
from app.identity.keys import Keys
from app.identity.store import Store
from app.identity.types import MEMBER, Principal
from app.identity.users import Users
from ingest.errors import CoeError

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COE_DATA_DIR", str(tmp_path))
    return tmp_path


def run(command, *arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(command.app, list(arguments), input=typed)


def done(command, *arguments: str, typed: str = "") -> str:
    result = run(command, *arguments, typed=typed)
    assert result.exit_code == 0, result.output
    return result.stdout


def failed(command, *arguments: str, typed: str = "") -> type[BaseException] | None:
    error = run(command, *arguments, typed=typed).exception
    return type(error) if isinstance(error, CoeError) else None


def test_a_key_is_printed_once_and_may_what_was_given(data_dir: Path):
    made = done(key, "create", "alice", "--scope", "read", "--expires", "3").strip()
    assert Keys(Store(data_dir)).holder(made) == Principal("alice", frozenset(["read"]))
    listed = done(key, "list")
    assert (made[:16] in listed, made in listed, "valid" in listed) == (True, False, True)


def test_a_key_without_scopes_may_ask_and_read(data_dir: Path):
    assert Keys(Store(data_dir)).holder(done(key, "create", "alice").strip()) == Principal("alice", frozenset(MEMBER))


def test_a_revoked_key_is_listed_as_such():
    made = done(key, "create", "alice").strip()
    assert done(key, "revoke", made[:16]) == "1 key revoked.\n"
    assert "revoked" in done(key, "list")
    assert failed(key, "revoke", made[:16]) is UnknownName


def test_an_account_gets_its_password_from_standard_input(data_dir: Path):
    done(user, "add", "alice", "--admin", typed=f"{PASSWORD}\n")
    assert "ask read admin" in done(user, "list")
    done(user, "password", "alice", typed="another long one\n")
    assert Users(Store(data_dir)).log_in("alice", "another long one", address="")
    assert failed(user, "add", "alice", typed=f"{PASSWORD}\n") is NameTaken
    assert failed(user, "add", "bob", typed="short\n") is WeakPassword
    done(user, "remove", "alice")
    assert "alice" not in done(user, "list")


@pytest.fixture
def kept(data_dir: Path) -> list[str]:
    """Secrets that three conversations hold: an old one of alice, and new ones of alice and bob."""
    for owner, word, age in (("alice", "old-7f3", 31), ("alice", "new-7f3", 29), ("bob", "bobs-7f3", 0)):
        moment = datetime.now(UTC) - timedelta(days=age)
        conversations = Conversations(ConversationStore(data_dir), clock=lambda moment=moment: moment)
        conversations.create(owner, first=Exchanged(f"Where is {word}?", "stopped", 1))
    return left(data_dir)


def left(data_dir: Path) -> list[str]:
    content = b"".join(file.read_bytes() for file in data_dir.glob(f"{FILE_NAME}*"))
    return [word for word in ("old-7f3", "new-7f3", "bobs-7f3") if word.encode() in content]


def test_what_was_kept_long_enough_is_gone_to_the_last_byte(data_dir: Path, kept: list[str]):
    told = done(purge)
    assert told == (
        "Deleted 1 conversations and pieces of feedback, 0 traces of logins, and 0 earlier states of the library "
        "with documents that were removed.\n"
    )
    assert (kept, left(data_dir)) == (["old-7f3", "new-7f3", "bobs-7f3"], ["new-7f3", "bobs-7f3"])


def test_with_no_days_everything_goes(data_dir: Path, kept: list[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COE_RETENTION_DAYS", "0")
    done(purge)
    assert (len(kept), left(data_dir)) == (3, [])


def test_a_person_is_erased_and_nobody_else(data_dir: Path, kept: list[str]):
    assert done(purge, "--user", "alice") == "Deleted 2 conversations and pieces of feedback of alice.\n"
    assert (len(kept), left(data_dir)) == (3, ["bobs-7f3"])


def test_purging_where_nothing_was_kept_makes_no_file(data_dir: Path):
    done(purge)
    assert list(data_dir.iterdir()) == []
