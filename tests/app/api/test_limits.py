"""Places for work are limited, shared and given back."""

import os
import threading
from contextlib import ExitStack

import pytest

from app.api.limits import Busy, Slots, answer_slots, bounded_events
from app.running import Run
from app.types import Question
from tests.app.api.script import Script, settings, until

QUESTION = Question(question="Where?")


def test_a_place_that_is_given_back_can_be_taken_again():
    slots = Slots(1, patience=0)
    with slots.hold():
        pass
    with slots.hold():
        pass


def test_who_waited_long_enough_is_told_that_all_are_busy():
    slots = Slots(1, patience=0.01)
    with slots.hold(), pytest.raises(Busy, match="please try again"), slots.hold():
        pass


def test_a_place_is_given_back_after_an_error():
    slots = Slots(1, patience=0)
    with pytest.raises(RuntimeError), slots.hold():
        raise RuntimeError
    with slots.hold():
        pass


def test_events_hold_a_place_until_the_last_of_them():
    slots = Slots(1, patience=0)
    events = bounded_events(Script().events, slots)(QUESTION)
    next(events)
    with pytest.raises(Busy), slots.hold():
        pass
    assert list(events) == []
    with slots.hold():
        pass


def test_events_that_are_closed_early_give_their_place_back():
    slots = Slots(1, patience=0)
    events = bounded_events(Script().events, slots)(QUESTION)
    next(events)
    events.close()
    with slots.hold():
        pass


def test_who_came_first_has_the_next_place():
    slots, came = Slots(1), []

    def take(number: int) -> None:
        with slots.hold():
            came.append(number)

    with slots.hold():
        threads = [threading.Thread(target=take, args=(number,)) for number in range(4)]
        for number, thread in enumerate(threads):
            thread.start()
            until(lambda expected=number + 1: slots.waiting == expected)
    for thread in threads:
        thread.join()
    assert (came, slots.waiting) == ([0, 1, 2, 3], 0)


def test_a_run_that_is_stopped_waits_no_longer():
    slots = Slots(1)
    with slots.hold():
        run = Run(bounded_events(Script().events, slots)(QUESTION))
        until(lambda: slots.waiting == 1)
        run.stop()
        until(lambda: slots.waiting == 0)
    assert list(run) == []
    with slots.hold():
        pass


@pytest.mark.parametrize(("llm", "running"), [(None, max(2, os.cpu_count() or 1)), ("openai:scripted", 64)])
def test_answers_that_only_compute_do_not_outnumber_the_processors(llm: str | None, running: int):
    slots = answer_slots(settings(max_concurrent=64, llm=llm))
    with ExitStack() as held:
        for _ in range(running):
            held.enter_context(slots.hold())
        run = Run(bounded_events(Script().events, slots)(QUESTION))
        until(lambda: slots.waiting == 1)
        run.stop()
