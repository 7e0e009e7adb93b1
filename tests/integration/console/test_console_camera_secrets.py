"""Secrets inside addresses: shown as ***, kept when they come back so, and for their own host alone."""

from __future__ import annotations

from typing import Any

import pytest
from httpx import Client
from world import World

SHOWN = "http://10.0.0.5/snap.cgi?user=***&pwd=***&channel=1"
STORED = "http://10.0.0.5/snap.cgi?user=op&pwd=hunter2&channel=1"
OTHER = "http://10.6.6.6/snap.cgi?user=***&pwd=***&channel=1"


@pytest.fixture
def path(admin: Client) -> str:
    form = {"name": "Door", "url": STORED, "username": "op", "password": "sesame"}
    camera = admin.post("/api/v1/cameras", json=form).json()
    assert camera["url"] == SHOWN
    return f"/api/v1/cameras/{camera['id']}"


def stored(world: World, path: str) -> tuple[str, str | None]:
    with world.console.repository.begin() as unit:
        camera = unit.cameras.get(path.rpartition("/")[2])
    return camera.url, camera.password


def test_a_form_sent_back_as_it_was_shown_changes_nothing(admin: Client, world: World, path: str) -> None:
    answer = admin.patch(path, json={"url": SHOWN, "site": "South"})
    assert (answer.status_code, answer.json()["url"]) == (200, SHOWN)
    assert stored(world, path) == (STORED, "sesame")
    admin.patch(path, json={"url": SHOWN.replace("channel=1", "channel=2").replace("pwd=***", "pwd=new")})
    assert stored(world, path)[0] == "http://10.0.0.5/snap.cgi?user=op&pwd=new&channel=2"


@pytest.mark.parametrize(
    ("patch", "field"),
    [({"url": OTHER}, "url"), ({"url": OTHER, "password": "x"}, "url"), ({"url": "rtsp://10.6.6.6/live"}, "password")],
)
def test_no_secret_goes_to_another_host(
    admin: Client, world: World, path: str, patch: dict[str, Any], field: str
) -> None:
    for answer in (admin.patch(path, json=patch), admin.post(f"{path}/test", json=patch)):
        assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])
    assert stored(world, path) == (STORED, "sesame")
    assert world.probing.asked == []


def test_a_camera_that_moved_takes_its_secrets_when_they_are_typed_again(
    admin: Client, world: World, path: str
) -> None:
    assert admin.patch(path, json={"url": "rtsp://10.0.0.5:8554/live"}).status_code == 200  # its own other service
    moved = {"url": "rtsp://10.0.0.9/live", "password": "sesame"}
    assert admin.patch(path, json=moved).status_code == 200
    assert stored(world, path) == ("rtsp://10.0.0.9/live", "sesame")


def test_a_new_camera_has_no_secret_that_could_be_meant(admin: Client) -> None:
    answer = admin.post("/api/v1/cameras", json={"name": "Hall", "url": SHOWN})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "url")


def test_a_receiver_s_address_comes_back_as_it_was_shown(admin: Client, world: World) -> None:
    form = {"name": "Guard", "kind": "apprise", "url": "json://op:hunter2@10.0.0.7/t0ken"}
    made = admin.post("/api/v1/receivers", json=form).json()
    assert made["url"] == "json://***"
    path = f"/api/v1/receivers/{made['id']}"
    assert admin.patch(path, json={"url": made["url"], "language": "zh"}).status_code == 200
    with world.console.repository.begin() as unit:
        assert unit.receivers.get(made["id"]).url == form["url"]
    for answer in (
        admin.patch(path, json={"url": "xml://***"}),
        admin.post("/api/v1/receivers", json=form | {"name": "Other", "url": "json://***"}),
    ):
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "url")
