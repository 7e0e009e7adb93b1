"""The cameras' part of the API."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from httpx import Client
from pydantic import TypeAdapter
from world import CAMERA_PASSWORD, START, World

from common.domain.camera import Camera
from common.domain.pace import PACE_KEY, Pace
from common.domain.status import CameraState
from console.pictures import decode

DOOR = {"name": "Door", "url": "rtsp://op:hunter2@10.0.0.5/live", "site": "North", "interval_seconds": 2}


def add(client: Client, **fields: Any) -> dict[str, Any]:
    answer = client.post("/api/v1/cameras", json=DOOR | fields)
    assert answer.status_code == 201, answer.text
    camera: dict[str, Any] = answer.json()
    return camera


def stored(world: World, camera_id: str) -> Camera:
    with world.console.repository.begin() as unit:
        return unit.cameras.get(camera_id)


def test_a_camera_is_added_with_its_credentials_split_off(admin: Client, world: World) -> None:
    camera = add(admin)
    assert (camera["url"], camera["username"], camera["has_password"]) == ("rtsp://10.0.0.5/live", "op", True)
    assert stored(world, camera["id"]).password == "hunter2"
    assert admin.get(f"/api/v1/cameras/{camera['id']}").json() == camera
    assert camera["created_at"].endswith("Z") or camera["created_at"].endswith("+00:00")


def test_the_password_is_in_no_answer(admin: Client, world: World) -> None:
    camera = add(admin)
    world.snapshot(stored(world, camera["id"]))
    path = f"/api/v1/cameras/{camera['id']}"
    answers = [
        admin.get("/api/v1/cameras"), admin.get(path), admin.get(f"{path}/status"), admin.get("/api/v1/wall"),
        admin.patch(path, json={"site": "South"}), admin.post(f"{path}/test"), admin.get("/api/v1/system"),
        admin.post("/api/v1/cameras", json=DOOR), admin.patch(path, json={"password": "hunter2", "bad": 1}),
        admin.post("/api/v1/cameras", json=DOOR | {"url": "rtsp://op:hunter2#@h/s"}),
    ]  # fmt: skip
    assert all("hunter2" not in answer.text for answer in answers)


def test_under_overload_the_status_shows_the_desired_and_the_effective_interval(admin: Client, world: World) -> None:
    path = f"/api/v1/cameras/{add(admin, weight=0.5)['id']}/status"
    assert admin.get(path).json()["effective_interval_seconds"] == 2
    pace = Pace(at=START, level=0.25, budget=0.1, wanted=4.0, capacity=1.0, wait_seconds=10.0)
    world.console.coordination.put(PACE_KEY, TypeAdapter(Pace).dump_json(pace), ttl=600)
    shown = admin.get(path).json()
    assert (shown["desired_interval_seconds"], shown["effective_interval_seconds"]) == (2, 8)  # 1 / (0.5 * 0.25)
    headroom = admin.get("/api/v1/system").json()["headroom"]
    assert headroom["allowed_rate"] == 0.1
    assert headroom["stretch"] > 1


def test_a_patch_keeps_the_password_unless_it_is_given(admin: Client, world: World) -> None:
    path = f"/api/v1/cameras/{add(admin)['id']}"
    assert admin.patch(path, json={"interval_seconds": 9, "enabled": False}).json()["revision"] == 2
    kept = stored(world, path.rpartition("/")[2])
    assert (kept.password, kept.interval_seconds, kept.enabled, kept.site) == ("hunter2", 9, False, "North")
    admin.patch(path, json={"password": "new"})
    assert stored(world, kept.id).password == "new"
    admin.patch(path, json={"password": None})
    assert stored(world, kept.id).password is None


def test_a_name_in_use_is_a_conflict(admin: Client) -> None:
    add(admin)
    other = add(admin, name="Gate")
    for answer in (
        admin.post("/api/v1/cameras", json=DOOR),
        admin.patch(f"/api/v1/cameras/{other['id']}", json={"name": "Door"}),
    ):
        assert answer.status_code == 409
        assert answer.json()["code"] == "conflict"
        assert "Door" in answer.json()["detail"]


def test_discovery_shows_cameras_and_which_are_added_already(admin: Client, world: World) -> None:
    search = {"hosts": ["10.0.0.0/24"], "username": "op", "password": CAMERA_PASSWORD}
    (found,) = admin.post("/api/v1/cameras/discover", json=search).json()["items"]
    assert (found["url"], found["name"], found["is_added"]) == ("onvif://10.0.0.5", "Acme", False)
    assert [(one["url"], one["codec"]) for one in found["profiles"]] == [("onvif://10.0.0.5/main", "H264")]
    add(admin, url=found["profiles"][0]["url"])
    again = admin.post("/api/v1/cameras/discover", json={})
    assert [(one["is_added"], one["profiles"]) for one in again.json()["items"]] == [(True, [])]
    assert world.discovering.asked[0].hosts == ("10.0.0.0/24",)
    assert CAMERA_PASSWORD not in repr(world.discovering.asked)


def test_a_search_that_is_wrong_names_its_field(admin: Client) -> None:
    answer = admin.post("/api/v1/cameras/discover", json={"seconds": 900})
    assert answer.status_code == 422
    assert "seconds" in answer.text


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"interval_seconds": 0.1}, "interval_seconds"),
        ({"url": "ftp://h/x"}, "url"),
        ({"zones": [{"name": "Till", "polygon": [[0, 0], [1, 1]]}]}, "zones[0].polygon"),
    ],
)
def test_a_wrong_field_is_named(admin: Client, fields: dict[str, Any], name: str) -> None:
    path = f"/api/v1/cameras/{add(admin, name='Other')['id']}"
    for answer in (admin.post("/api/v1/cameras", json=DOOR | fields), admin.patch(path, json=fields)):
        problem = answer.json()
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert (problem["code"], problem["status"]) == ("invalid_input", 422)
        assert problem["errors"][0]["field"] == name
        assert name in problem["detail"]


def test_a_camera_is_removed(admin: Client) -> None:
    path = f"/api/v1/cameras/{add(admin)['id']}"
    assert admin.delete(path).status_code == 204
    for answer in (admin.get(path), admin.delete(path), admin.patch(path, json={}), admin.post(f"{path}/test")):
        assert answer.status_code == 404
        assert answer.json()["code"] == "not_found"


def test_cameras_come_in_pages_by_name(admin: Client) -> None:
    for name in ("C", "A", "B"):
        add(admin, name=name)
    first = admin.get("/api/v1/cameras", params={"limit": 2}).json()
    second = admin.get("/api/v1/cameras", params={"limit": 2, "cursor": first["next"]}).json()
    assert [camera["name"] for camera in first["items"] + second["items"]] == ["A", "B", "C"]
    assert second["next"] is None


def test_a_draft_is_tested_before_it_is_saved(admin: Client, world: World) -> None:
    found = admin.post("/api/v1/cameras/test", json=DOOR).json()
    assert found["ok"] is True
    assert (found["codec"], found["width"], found["height"], found["fps"]) == ("h264", 640, 360, 25.0)
    assert found["keyframe_interval_seconds"] == 2.0
    kind, _comma, data = found["still"].partition(",")
    assert kind == "data:image/jpeg;base64"
    assert decode(base64.b64decode(data)).shape == (360, 640, 3)
    assert world.probing.asked[-1].password == "hunter2"
    assert admin.get("/api/v1/cameras").json()["items"] == []


def test_a_stream_that_fails_answers_its_typed_error(admin: Client) -> None:
    answer = admin.post("/api/v1/cameras/test", json=DOOR | {"url": "rtsp://10.0.0.5/locked"})
    assert answer.status_code == 200
    assert answer.json() == {
        "ok": False, "code": "auth_failed", "detail": "The camera refused the user or the password.",
    }  # fmt: skip


def test_a_saved_camera_is_tested_with_its_password_and_an_unsaved_edit(admin: Client, world: World) -> None:
    path = f"/api/v1/cameras/{add(admin)['id']}/test"
    assert admin.post(path).json()["ok"] is True
    assert admin.post(path, json={"url": "rtsp://10.0.0.5/locked"}).json()["code"] == "auth_failed"
    assert [(asked.url, asked.password) for asked in world.probing.asked] == [
        ("rtsp://10.0.0.5/live", "hunter2"), ("rtsp://10.0.0.5/locked", "hunter2"),
    ]  # fmt: skip


def test_the_latest_picture_says_how_old_it_is(viewer: Client, world: World) -> None:
    camera = world.camera()
    world.snapshot(camera, age=20)
    shot = world.snapshot(camera, age=3)
    answer = viewer.get(f"/api/v1/cameras/{camera.id}/latest.jpg", params={"boxes": 1})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-snapshot-id"] == shot.id
    assert answer.headers["x-captured-at"] == "2026-03-02T11:59:57Z"
    assert answer.headers["cache-control"] == "no-store"
    plain = viewer.get(f"/api/v1/cameras/{camera.id}/latest.jpg")
    assert plain.content == world.console.store.get(shot.image_key or "")
    assert plain.content != answer.content


def test_without_a_picture_there_is_a_problem_that_says_so(viewer: Client, world: World) -> None:
    answer = viewer.get(f"/api/v1/cameras/{world.camera().id}/latest.jpg")
    assert answer.status_code == 404
    assert answer.json()["detail"] == "there is no picture of Door yet"


def test_status_tells_state_age_and_coverage(viewer: Client, world: World) -> None:
    camera = world.camera()
    world.status(camera, CameraState.LIVE)
    for age in (4, 9, 14):
        world.snapshot(camera, age=age)
    world.failed_shot(camera, age=19)
    world.failed_shot(camera, age=4000)  # more than an hour ago
    status = viewer.get(f"/api/v1/cameras/{camera.id}/status").json()
    assert (status["state"], status["age_seconds"], status["coverage_last_hour"]) == ("live", 4.0, 0.75)
    assert status["grabber"] == "g1"


def test_status_tells_why_a_camera_is_down(viewer: Client, world: World) -> None:
    camera = world.camera()
    world.status(camera, CameraState.DOWN, code="unreachable", error="The camera does not answer.")
    status = viewer.get(f"/api/v1/cameras/{camera.id}/status").json()
    assert (status["state"], status["code"], status["detail"]) == ("down", "unreachable", "The camera does not answer.")
    assert status["coverage_last_hour"] is None


def test_the_wall_never_calls_an_old_picture_live(viewer: Client, world: World) -> None:
    fresh, old = world.camera("A fresh one"), world.camera("An old one")
    world.snapshot(fresh, age=2)
    world.snapshot(old, age=16)
    sights = {sight["name"]: sight["state"] for sight in viewer.get("/api/v1/wall").json()["items"]}
    assert sights == {"A fresh one": "live", "An old one": "stale"}


def test_nothing_of_a_camera_shows_its_password_in_a_log_or_repr(world: World) -> None:
    assert CAMERA_PASSWORD not in repr(world.camera())
