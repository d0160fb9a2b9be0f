"""What was acknowledged is there after the process was killed, whole, and what was deleted is nowhere."""

import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.conversations.archive import Archive
from app.conversations.feedback import FeedbackBook
from app.conversations.keeping import Conversations
from app.conversations.store import FILE_NAME, Store
from app.conversations.types import Feedback
from tests.app.conversations.samples import answer, archive, exchanged

ROOT = Path(__file__).parents[3]
SECRET = "Zwiebelkuchen"


def test_no_turn_is_lost_or_halved_when_writers_are_killed(tmp_path: Path):
    for round in range(3):
        owners = [f"owner-{round}-{number}" for number in range(2)]
        writers = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.app.conversations.writer", str(tmp_path), owner],
                stdout=subprocess.PIPE,
                text=True,
                cwd=ROOT,
            )
            for owner in owners
        ]
        told = [[writer.stdout.readline() for _ in range(7)] for writer in writers]
        for writer in writers:
            writer.kill()
        rest = [writer.communicate()[0] for writer in writers]
        for owner, lines, more in zip(owners, told, rest, strict=True):
            acknowledged = [int(line) for line in [*lines, *more.split("\n")[:-1]]]
            kept = archive(tmp_path).conversations
            turns = kept.get(owner, kept.listed(owner).conversations[0].id).turns
            questions = [turn.exchanged.question for turn in turns]
            assert questions[: len(acknowledged)] == [f"question {number}" for number in acknowledged]
            assert len(questions) <= len(acknowledged) + 1
            assert {turn.exchanged.answer for turn in turns} == {answer()}


def test_threads_that_begin_together_lose_nothing(tmp_path: Path):
    kept = archive(tmp_path).conversations
    begin = threading.Barrier(6)

    def write(owner: str) -> None:
        begin.wait()
        id = kept.create(owner, first=exchanged())
        for _ in range(5):
            kept.append(owner, id, exchanged())

    threads = [threading.Thread(target=write, args=(f"owner-{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [kept.listed(f"owner-{number}").conversations[0].turns for number in range(6)] == [6] * 6


def dated(root: Path, days_ago: int) -> Archive:
    store, moment = Store(root), datetime.now(UTC) - timedelta(days=days_ago)
    return Archive(Conversations(store, clock=lambda: moment), FeedbackBook(store, clock=lambda: moment), 30, store)


def fill(archive: Archive, owner: str, word: str) -> None:
    """Turns of different sizes, so that pages are split, balanced and freed."""
    for number in range(12):
        text = f"{word} {number} [1]. " * (1 + 40 * (number % 5))
        id = archive.conversations.create(owner, title=f"{word} {number}", first=exchanged(f"{word}?", text))
        archive.conversations.append(owner, id, exchanged(f"{word}!", text))
        archive.book.add(owner, Feedback("comment", answer(text), 1, comment=word))


def holding(root: Path, word: str) -> list[str]:
    return [path.name for path in root.rglob("*") if path.is_file() and word.encode() in path.read_bytes()]


def test_after_purging_no_byte_of_what_is_old_is_left(tmp_path: Path):
    fill(dated(tmp_path, 31), "alice", SECRET)
    recent = dated(tmp_path, 29)
    fill(recent, "bob", "Apfelstrudel")
    recent.conversations.listed("alice", words=SECRET)
    assert FILE_NAME in holding(tmp_path, SECRET)
    assert Store(tmp_path).purge(datetime.now(UTC) - timedelta(days=30)) == 24
    assert holding(tmp_path, SECRET) == []
    assert recent.conversations.listed("alice").total == 0
    assert (recent.conversations.listed("bob").total, len(recent.book.entries())) == (12, 12)


def test_after_erasing_somebody_no_byte_of_theirs_is_left_while_others_keep_theirs(tmp_path: Path):
    kept = dated(tmp_path, 0)
    fill(kept, "alice", SECRET)
    fill(kept, "bob", "Apfelstrudel")
    assert Store(tmp_path).erase("alice") == 24
    assert holding(tmp_path, SECRET) == []
    assert (kept.conversations.listed("bob").total, len(kept.book.entries())) == (12, 12)


def test_purging_where_nothing_was_kept_makes_no_file(tmp_path: Path):
    assert Store(tmp_path).purge(datetime.now(UTC)) == 0
    assert list(tmp_path.iterdir()) == []
