"""A back-test that takes long: how far it is, and who leaves cancels it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from httpx import Client
from world import World, log_in

from common.domain.rule import Rule
from common.errors import Overloaded
from console.backtesting import OnProgress

NO_MASK = {"name": "No mask", "condition": {"label": "no_mask", "count": {">=": 1}}, "for_seconds": 4}
Open = Callable[[], Client]
EVENTS = {"Accept": "text/event-stream"}


class Slow:
    """A back-test that goes on until it is stopped."""

    def __init__(self) -> None:
        self.ended = threading.Event()
        self.refusal: Exception | None = None

    def __call__(self, rule: Rule, *, start: datetime, end: datetime, on_progress: OnProgress, **_more: Any) -> None:
        if self.refusal is not None:
            raise self.refusal
        try:
            for done in range(1_000_000):
                on_progress(done, 1_000_000)
                self.ended.wait(0.01)
        finally:
            self.ended.set()


@pytest.fixture
def slow(world: World) -> Iterator[Slow]:
    """In place of the real one."""
    made = Slow()
    world.console = replace(world.console, backtest=made)
    yield made
    made.ended.set()


def events(lines: Iterator[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    for line in lines:
        if line.startswith("event: "):
            yield line.removeprefix("event: "), json.loads(next(lines).removeprefix("data: "))


def test_progress_is_told_before_the_result(world: World, operator: Client) -> None:
    camera = world.camera()
    for age in (60, 58, 56, 54):
        world.snapshot(camera, age=age)
    plain = operator.post("/api/v1/rules/test", json={"rule": NO_MASK}).json()
    with operator.stream("POST", "/api/v1/rules/test", json={"rule": NO_MASK}, headers=EVENTS) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        told = list(events(answer.iter_lines()))
    assert [kind for kind, _ in told[:-1]] == ["progress"] * (len(told) - 1)
    assert told[-1] == ("result", plain)
    assert plain["fired"] == 1


def test_who_hangs_up_cancels_it(slow: Slow, open_client: Open) -> None:
    operator = log_in(open_client(), "operator")
    with operator.stream("POST", "/api/v1/rules/test", json={"rule": NO_MASK}, headers=EVENTS) as answer:
        told = events(answer.iter_lines())
        next(told)
        kind, progress = next(told)
        assert (kind, progress["all"]) == ("progress", 1_000_000)
        assert not slow.ended.is_set()
    assert slow.ended.wait(30)


def test_what_goes_wrong_meanwhile_is_told_as_a_problem(slow: Slow, open_client: Open) -> None:
    operator = log_in(open_client(), "operator")
    slow.refusal = Overloaded("another rule is being tried", retry_after_seconds=10)
    with operator.stream("POST", "/api/v1/rules/test", json={"rule": NO_MASK}, headers=EVENTS) as answer:
        *_, (kind, problem) = events(answer.iter_lines())
    assert (kind, problem["code"], problem["status"]) == ("problem", "overloaded", 503)


def test_what_is_wrong_with_the_rule_is_said_at_once(operator: Client) -> None:
    down = {"name": "Down", "condition": {"trouble": "camera_down"}}
    answer = operator.post("/api/v1/rules/test", json={"rule": down}, headers=EVENTS)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "rule.condition"
