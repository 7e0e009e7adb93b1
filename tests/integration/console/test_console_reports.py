"""Statistics by the hours of a week, by tag, as one row, and how long alerts waited."""

from __future__ import annotations

import csv
import io
from typing import Any

from httpx import Client
from world import World

from common.domain.alert import AlertState


def test_statistics_of_a_tag_a_week_and_all_in_one_row(viewer: Client, world: World) -> None:
    camera, other = world.camera("A", tags=("shop", "till")), world.camera("B")
    world.snapshot(camera, age=10)
    world.snapshot(other, age=7200)

    def ask(**query: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = viewer.get("/api/v1/statistics", params=query).json()["items"]
        return rows

    assert [row["camera"] for row in ask(by="camera", tag="till")] == ["A"]
    assert ask(by="camera", tag="nobody's") == []
    assert [row["scheduled"] for row in ask(by="total")] == [2]
    week = ask(by="weekday_hour", tz="Asia/Tokyo")  # 2026-03-02 was a Monday
    assert [(row["weekday"], row["hour"], row["scheduled"]) for row in week] == [(0, 19, 1), (0, 20, 1)]
    text = viewer.get("/api/v1/statistics", params={"by": "weekday_hour", "format": "csv"}).text
    assert [(line["weekday"], line["hour"]) for line in csv.DictReader(io.StringIO(text))] == [("0", "10"), ("0", "11")]


def test_reactions_are_exact(operator: Client, world: World) -> None:
    camera, other = world.camera("A", tags=("shop",)), world.camera("B", site="South")
    for watched, ages in ((camera, (10, 20, 60)), (other, (300,))):
        for age in ages:
            alert = world.alert(watched, world.rule(f"{watched.name} {age}"), age=age, state=AlertState.RESOLVED)
            operator.post(f"/api/v1/alerts/{alert.id}/ack")
    world.alert(other, world.rule("nobody looks"), age=5)

    def ask(**query: str) -> tuple[int, float | None, float | None]:
        told = operator.get("/api/v1/statistics/reactions", params=query).json()
        return told["acknowledged"], told["median_seconds"], told["p90_seconds"]

    assert ask() == (4, 40.0, 300.0)
    assert ask(tag="shop") == ask(site="North") == ask(camera=camera.id) == (3, 20.0, 60.0)
    assert ask(**{"from": "2026-03-02T11:59:30Z"}) == (2, 15.0, 20.0)
    assert ask(zone="till") == (0, None, None)
