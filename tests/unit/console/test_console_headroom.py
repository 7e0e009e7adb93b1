"""How many cameras more an installation can take, from what its workers say."""

from __future__ import annotations

from typing import Any

import pytest

from common.adapters.coordination.memory import MemoryCoordination
from common.domain.load import Load
from common.runtime.load import tell_load
from console.headroom import Headroom, read_capacities, read_pace


def headroom(**fields: Any) -> Headroom:
    return Headroom(**{"wanted": 2.0, "capacities": {"models": 10.0, "analyzer": 97.0}, **fields})


def test_what_is_left_of_the_tightest_part_is_cameras_at_one_shot_per_five_seconds() -> None:
    found = headroom()
    assert (found.cameras, found.limit, found.stretch) == (32, "models", 1.0)  # (0.85 * 10 - 2) * 5
    assert found.sentence.startswith("At least 32 cameras can be added at one shot per 5 s; the limit is the models")


def test_whichever_part_is_full_first_is_the_limit() -> None:
    found = headroom(capacities={"models": 10.0, "analyzer": 5.0, "grabbers": 20.0})
    assert (found.cameras, found.limit) == (11, "analyzer")


def test_while_nobody_knows_the_models_nothing_is_promised() -> None:
    found = headroom(capacities={"analyzer": 97.0})
    assert (found.cameras, found.limit) == (None, None)
    assert "not known" in found.sentence
    assert found.to_json()["cameras"] is None


def test_an_installation_that_is_full_takes_no_camera() -> None:
    found = headroom(wanted=9.0)
    assert found.cameras == -3
    assert found.sentence.startswith("No camera can be added")


def test_under_overload_it_says_how_much_is_too_much() -> None:
    found = headroom(wanted=30.0, allowed=10.0)
    assert (found.cameras, found.stretch) == (-108, 3.0)
    assert "3 times as long" in found.sentence
    assert "108 cameras" in found.sentence


def test_a_queue_that_is_worked_off_is_no_room() -> None:
    assert headroom(wanted=2.0, allowed=1.9).cameras == 0


def test_capacities_are_what_workers_that_are_alive_measured() -> None:
    coordination = MemoryCoordination()
    loads = {
        ("processors", "p1"): Load(busy=1.0, capacity=4.0),
        ("processors", "p2"): Load(busy=1.0, capacity=5.0),
        ("analyzers", "active"): Load(busy=0.1, capacity=90.0),
        ("analyzers", "stand-in"): Load(busy=0.0, capacity=None),
        ("grabbers", "g1"): Load(busy=0.5, capacity=8.0),
        ("grabbers", "g2"): Load(busy=0.5, capacity=8.0),
    }
    for (group, member), load in loads.items():
        coordination.announce(group, member, ttl=60)
        tell_load(coordination, load, group=group, member=member, ttl=60)
    assert read_capacities(coordination) == pytest.approx({"models": 9.0, "analyzer": 90.0, "grabbers": 16.0})


@pytest.mark.parametrize(
    ("model_apis", "expected"),
    [
        ({}, 4.21),  # what they share is not known: no more than one can do alone is hoped for
        ({"m1": 6.0}, 6.0),
        ({"m1": 6.0, "m2": 6.0}, 8.0),  # the processors are full first
        ({"m1": 6.0, "m2": None}, 4.21),
    ],
)
def test_model_apis_say_themselves_what_processors_share(model_apis: dict[str, float | None], expected: float) -> None:
    coordination = MemoryCoordination()
    loads = {("processors", "p1"): 4.0, ("processors", "p2"): 4.0}
    for (group, member), capacity in {
        **loads,
        **{("model-apis", name): one for name, one in model_apis.items()},
    }.items():
        coordination.announce(group, member, ttl=60)
        tell_load(coordination, Load(busy=0.1, capacity=capacity), group=group, member=member, ttl=60)
    assert read_capacities(coordination) == {"models": pytest.approx(expected, abs=0.01)}


def test_of_grabbers_that_have_not_all_measured_nothing_is_said() -> None:
    coordination = MemoryCoordination()
    for member, capacity in (("g1", 8.0), ("g2", None)):
        coordination.announce("grabbers", member, ttl=60)
        tell_load(coordination, Load(busy=0.5, capacity=capacity), group="grabbers", member=member, ttl=60)
    assert read_capacities(coordination) == {}


def test_no_pace_is_none_and_neither_is_one_that_nobody_can_read() -> None:
    coordination = MemoryCoordination()
    assert read_pace(coordination) is None
    coordination.put("pace", b"{}", ttl=60)
    assert read_pace(coordination) is None
