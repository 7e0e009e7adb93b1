"""Messages taken together, and one by one where that fails."""

from __future__ import annotations

import threading

import pytest
from pictures import make_shot

from analyzer.batches import Batches
from common.domain.shot import Shot
from common.errors import MalformedMessage, Unavailable
from common.messages import encode


class Taking:
    """Remembers what was taken; some of it makes trouble."""

    def __init__(self, *, poison=(), outages=0):
        self.taken, self.calls = [], []
        self._poison, self._outages = {make_shot(each).id for each in poison}, outages

    def __call__(self, shots):
        self.calls.append(len(shots))
        if self._outages:
            self._outages -= 1
            raise Unavailable("the database does not answer")
        if any(shot.id in self._poison for shot in shots):
            raise ZeroDivisionError
        self.taken += shots


def answers(taking, *bodies, stop=None):
    return Batches(kind=Shot, take=taking, stop=stop or threading.Event()).answers(bodies)


def test_a_batch_is_taken_at_once():
    taking = Taking()
    assert answers(taking, *(encode(make_shot(number)) for number in range(3))) == [None] * 3
    assert (taking.calls, len(taking.taken)) == ([3], 3)


def test_a_message_that_cannot_be_read_does_not_disturb_the_others():
    taking = Taking()
    first, second, third = answers(taking, encode(make_shot(0)), b"{}", encode(make_shot(1)))
    assert (first, third) == (None, None)
    assert isinstance(second, MalformedMessage)
    assert taking.calls == [2]
    [only] = answers(taking, b"{}")
    assert isinstance(only, MalformedMessage)


def test_one_that_makes_trouble_fails_alone():
    taking = Taking(poison=[1])
    found = answers(taking, *(encode(make_shot(number)) for number in range(3)))
    assert [type(answer) for answer in found] == [type(None), ZeroDivisionError, type(None)]
    assert taking.taken == [make_shot(0), make_shot(2)]


def test_an_outage_is_waited_out_with_all_in_hand():
    taking = Taking(outages=2)
    assert answers(taking, encode(make_shot(0)), encode(make_shot(1))) == [None, None]
    assert taking.calls == [2, 2, 2]


@pytest.mark.parametrize("count", [1, 3])
def test_told_to_stop_in_an_outage_it_takes_nothing(count):
    taking, stop = Taking(outages=10), threading.Event()
    stop.set()
    found = answers(taking, *(encode(make_shot(number)) for number in range(count)), stop=stop)
    assert [type(answer) for answer in found] == [Unavailable] * count
