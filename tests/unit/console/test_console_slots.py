"""Few at once: of each person, and of all together."""

from __future__ import annotations

import pytest

from console.errors import TooManyAtOnce
from console.slots import Slots


def test_one_person_gets_no_more_than_a_share() -> None:
    slots = Slots(each=1, altogether=9, retry_after_seconds=7)
    with slots.taken("anna"), pytest.raises(TooManyAtOnce) as refused:
        slots.enter("anna")
    assert refused.value.retry_after_seconds == 7
    slots.enter("anna")


def test_all_together_get_no_more_than_there_is() -> None:
    slots = Slots(each=2, altogether=2)
    with slots.taken("anna"), slots.taken("ben"), pytest.raises(TooManyAtOnce):
        slots.enter("carla")
    with slots.taken("carla"):
        pass


def test_a_place_is_free_again_after_an_error() -> None:
    slots = Slots(each=1, altogether=1)
    with pytest.raises(ZeroDivisionError), slots.taken("anna"):
        raise ZeroDivisionError
    slots.enter("anna")
