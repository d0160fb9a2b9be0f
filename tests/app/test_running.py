import threading
from collections.abc import Iterator

import pytest

from app.running import Run, Stopped, when_stopped
from app.ui.conversation import Reply


def test_replies_come_in_order():
    expected = [Reply("one"), Reply("two")]
    assert list(Run(reply for reply in expected)) == expected


def test_stopping_does_not_wait_for_a_step_that_never_ends():
    never = threading.Event()

    def source() -> Iterator[Reply]:
        yield Reply("one")
        never.wait(30)

    run = Run(source())
    arrived = iter(run)
    assert next(arrived) == Reply("one")
    run.stop()
    assert list(arrived) == []
    assert run.is_stopped
    never.set()


def test_stopping_closes_the_source():
    closed, go_on = threading.Event(), threading.Event()

    def source() -> Iterator[Reply]:
        try:
            yield Reply("one")
            go_on.wait(30)
            yield Reply("two")
        finally:
            closed.set()

    run = Run(source())
    assert next(iter(run)) == Reply("one")
    run.stop()
    go_on.set()
    assert closed.wait(10)


def test_an_error_of_the_source_is_raised_where_its_steps_are_read():
    def source() -> Iterator[Reply]:
        yield Reply("one")
        raise LookupError("gone")

    arrived = iter(Run(source()))
    assert next(arrived) == Reply("one")
    with pytest.raises(LookupError, match="gone"):
        next(arrived)


def test_work_that_listens_is_told_at_once_and_others_are_not():
    begun, told, never = threading.Event(), threading.Event(), threading.Event()

    def source() -> Iterator[str]:
        with when_stopped(told.set):
            begun.set()
            told.wait(30)
        raise Stopped
        yield

    run, other = Run(source()), Run(iter_until(never))
    assert begun.wait(10)
    run.stop()
    assert told.wait(10)
    assert run.last() is None
    assert not other.is_stopped
    never.set()
    assert other.last() == "done"


def test_who_begins_to_listen_too_late_is_told_all_the_same():
    go_on, told = threading.Event(), threading.Event()

    def source() -> Iterator[str]:
        go_on.wait(30)
        with when_stopped(told.set):
            yield "one"

    run = Run(source())
    run.stop()
    go_on.set()
    assert told.wait(10)


def test_where_nothing_can_be_stopped_listening_does_nothing():
    with when_stopped(lambda: pytest.fail("told")):
        pass


def iter_until(gate: threading.Event) -> Iterator[str]:
    gate.wait(30)
    yield "done"
