"""Places for work are limited, shared and given back."""

import pytest

from app.api.limits import Busy, Slots, bounded_events
from app.types import Question
from tests.app.api.script import Script

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
