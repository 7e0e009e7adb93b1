"""What needs attention, and how long pictures take."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from console.attention import Condition, concerns
from console.headroom import Headroom
from console.lag import Lag, percentile

WELL = {"database": "ok", "store": "ok", "coordination": "ok", "broker": "ok"}
QUEUE = {"queue": "jobs", "ready": 3, "unacked": 0, "dead": 0, "oldest_age_seconds": 2.0}
CALM = Condition(
    checks=WELL,
    workers=[{"group": group, "name": "one", "load": None} for group in ("processors", "analyzers")],
    queues=[QUEUE],
    sights=[],
    lag=Lag(pictures=0, p50=None, p95=None, models={}),
    headroom=Headroom(wanted=1, capacities={"models": 10}),
    receivers=1,
    given_up=0,
)


def codes(**changes: Any) -> list[str]:
    return [one.code for one in concerns(replace(CALM, **changes))]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"checks": {**WELL, "store": "the store does not answer"}}, ["part_away"]),
        ({"workers": []}, ["nobody_works", "nobody_works"]),
        # Nobody is heard of then: that says nothing of the workers.
        ({"workers": [], "checks": {**WELL, "coordination": "away"}}, ["part_away"]),
        ({"queues": [{**QUEUE, "oldest_age_seconds": 31.0}]}, ["old_queue"]),
        ({"queues": [{**QUEUE, "dead": 1}]}, ["dead_letters"]),
        ({"headroom": Headroom(wanted=4, allowed=2, capacities={"models": 2})}, ["overload"]),
        ({"lag": Lag(pictures=9, p50=1, p95=10.5, models={})}, ["slow"]),
        ({"receivers": 0}, ["nobody_is_told"]),
        ({"receivers": None}, []),
        ({"given_up": 2}, ["messages_given_up"]),
        ({"receivers": 0, "checks": {**WELL, "broker": "away"}}, ["part_away", "nobody_is_told"]),
    ],
)
def test_each_concern_comes_from_what_is_wrong_and_the_worst_come_first(
    changes: dict[str, Any], expected: list[str]
) -> None:
    assert codes(**changes) == expected


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([], 0.5, None), ([3.0], 0.95, 3), ([1, 2, 3, 4], 0.5, 2), (list(range(1, 101)), 0.95, 95), ([1, 9], 0.95, 9)],
)
def test_a_percentile_is_one_of_the_values(values: list[float], share: float, expected: float | None) -> None:
    assert percentile(values, share) == expected
