"""How the installation does, and its dead letters."""

from __future__ import annotations

import pytest
from httpx import Client
from world import World

from common.domain.job import Job
from common.domain.load import Load
from common.domain.notification import NotificationState
from common.domain.shot import Shot
from common.domain.status import CameraState
from common.domain.storage import STORAGE_KEY
from common.messages import JOBS, encode
from common.runtime.load import tell_load


def bury(world: World, *ages: float) -> list[Shot]:
    """Jobs that were given up, with a picture each."""
    camera = world.camera("Till")
    shots = [world.snapshot(camera, age=age) for age in ages]
    subscription = world.console.broker.subscribe(JOBS, prefetch=len(shots))
    for shot in shots:
        job = Job(
            snapshot_id=shot.id, camera_id=camera.id, scheduled_at=shot.scheduled_at, captured_at=shot.scheduled_at,
            expires_at=shot.scheduled_at, image_key=shot.image_key or "", width=640, height=360,
        )  # fmt: skip
        world.console.broker.publish(JOBS, encode(job))
        delivery = subscription.receive(5)
        assert delivery is not None
        delivery.reject("unreadable_image: no JPEG")
    subscription.close()
    return shots


def test_dead_letters_tell_what_they_are_about_and_are_replayed_one_by_one(world: World, admin: Client) -> None:
    first, second, third = bury(world, 30, 20, 10)
    path = f"/api/v1/queues/{JOBS}/dead-letters"
    letters = admin.get(path).json()["items"]
    assert [one["snapshot_id"] for one in letters] == [first.id, second.id, third.id]
    assert {(one["camera"], one["reason"]) for one in letters} == {("Till", "unreadable_image: no JPEG")}
    assert admin.get(letters[0]["image"]).headers["Content-Type"] == "image/jpeg"
    assert admin.post(f"{path}/replay", json={"ids": [letters[1]["id"]]}).json() == {"count": 1}
    assert world.console.broker.state(JOBS).ready == 1
    assert admin.post(f"{path}/purge", json={"ids": [letters[0]["id"]]}).json() == {"count": 1}
    assert [one["snapshot_id"] for one in admin.get(path).json()["items"]] == [third.id]
    assert admin.post(f"{path}/purge").json() == {"count": 1}
    assert admin.get(path).json()["items"] == []


def test_a_dead_letter_that_cannot_be_read_is_listed_all_the_same(world: World, admin: Client) -> None:
    world.console.broker.publish(JOBS, b"\xffno job")
    subscription = world.console.broker.subscribe(JOBS, prefetch=1)
    delivery = subscription.receive(5)
    assert delivery is not None
    delivery.reject("malformed_message: no JSON")
    subscription.close()
    [letter] = admin.get(f"/api/v1/queues/{JOBS}/dead-letters").json()["items"]
    assert (letter["camera_id"], letter["snapshot_id"], letter["image"]) == (None, None, None)
    assert "no job" in letter["body"]


@pytest.mark.parametrize(("method", "action"), [("GET", ""), ("POST", "/replay"), ("POST", "/purge")])
def test_dead_letters_are_for_administrators(
    operator: Client, admin: Client, stranger: Client, method: str, action: str
) -> None:
    path = f"/api/v1/queues/jobs/dead-letters{action}"
    assert operator.request(method, path).status_code == 403
    assert stranger.request(method, path).status_code == 401
    assert admin.request(method, path.replace("jobs", "sorrows")).status_code == 404


def test_what_needs_attention_comes_first(world: World, viewer: Client) -> None:
    bury(world, 30)
    door = world.camera("Door")
    world.status(door, CameraState.DOWN, code="timeout", error="no answer")
    world.tell(world.alert(door, world.rule()), NotificationState.GIVEN_UP)
    coordination = world.console.coordination
    for group in ("grabbers", "processors"):
        coordination.announce(group, "one", ttl=60)
    tell_load(coordination, Load(busy=0.5, capacity=4, spool_bytes=2000), group="grabbers", member="one", ttl=60)
    said = viewer.get("/api/v1/system").json()
    assert [(one["code"], one["level"]) for one in said["attention"]] == [
        ("nobody_works", "bad"),
        ("cameras", "bad"),
        ("spool", "warn"),
        ("cameras", "warn"),
        ("dead_letters", "warn"),
        ("messages_given_up", "warn"),
    ]
    assert said["attention"][0]["values"] == {"group": "analyzers"}
    assert said["attention"][1]["values"] == {"state": "down", "count": 1, "names": ["Door"]}
    [grabber] = [one for one in said["workers"] if one["group"] == "grabbers"]
    assert grabber["load"] == {"busy": 0.5, "capacity": 4, "in_hand": 0, "spool_bytes": 2000}


def test_lag_storage_models_and_leases(world: World, viewer: Client) -> None:
    door = world.camera("Door")
    for age in (200, 100, 10):
        world.snapshot(door, age=age)
    coordination = world.console.coordination
    coordination.acquire(f"camera/{door.id}", "grabber-1", ttl=60)
    coordination.acquire("upkeep", "analyzer-1", ttl=60)
    coordination.put(STORAGE_KEY, b'{"at": "2026-03-02T03:00:00Z", "pictures": 7, "bytes": 900}', ttl=60)
    said = viewer.get("/api/v1/system").json()
    assert said["lag"] == {"pictures": 3, "p50_seconds": 0, "p95_seconds": 0}
    assert said["storage"] == {"at": "2026-03-02T03:00:00Z", "pictures": 7, "bytes": 900}
    assert said["models"] == {"detector": "d@1"}
    assert [(one["name"], one["owner"], one["camera"]) for one in said["leases"]] == [
        (f"camera/{door.id}", "grabber-1", "Door"),
        ("upkeep", "analyzer-1", None),
    ]
    assert said["cameras"] == {"live": 1}
