"""Many cameras at once by the API, and the hours of one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from httpx import Client
from world import CAMERA_PASSWORD, World, log_in

from common.domain.camera import Camera

Open = Callable[[], Client]

SHEET = """name,url,site,tags,password
Door,rtsp://10.0.0.5/live,North,entrance; day,hunter2
Gate,ftp://10.0.0.6/live,North,,
Door,rtsp://10.0.0.7/live,North,,
"""
CSV = {"Content-Type": "text/csv; charset=utf-8"}


def import_(client: Client, text: str, **query: Any) -> dict[str, Any]:
    answer = client.post("/api/v1/cameras/import", content=text.encode(), headers=CSV, params=query)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def cameras(world: World) -> dict[str, Camera]:
    with world.console.repository.begin() as unit:
        return {camera.name: camera for camera in unit.cameras.list()}


def test_good_rows_are_added_and_bad_ones_say_why(admin: Client, world: World) -> None:
    said = import_(admin, SHEET)
    assert (said["added"], said["refused"], said["dry_run"]) == (1, 2, False)
    door, gate, again = said["rows"]
    assert (door["action"], door["camera_id"]) == ("added", cameras(world)["Door"].id)
    assert (gate["row"], gate["action"], gate["errors"][0]["field"]) == (2, "refused", "url")
    assert again["errors"] == [{"field": "name", "message": "stands in row 1 already"}]
    stored = cameras(world)["Door"]
    assert (stored.tags, stored.password, stored.site) == (("entrance", "day"), "hunter2", "North")
    assert "hunter2" not in str(said)


def test_a_trial_changes_nothing(admin: Client, world: World) -> None:
    said = import_(admin, SHEET, dry_run=1)
    assert [(row["action"], row["camera_id"]) for row in said["rows"]] == [
        ("added", None), ("refused", None), ("refused", None),
    ]  # fmt: skip
    assert cameras(world) == {}


def test_known_cameras_are_skipped_or_changed_as_it_was_chosen(admin: Client, world: World) -> None:
    known = world.camera("Door", site="North")
    text = f"name,url,interval_seconds\nDoor,{known.url},9\n"
    assert import_(admin, text)["rows"][0]["action"] == "skipped"
    assert import_(admin, text, update=1, dry_run=1)["rows"][0]["fields"] == ["interval_seconds"]
    assert cameras(world)["Door"] == known
    assert import_(admin, text, update=1)["rows"][0]["action"] == "updated"
    changed = cameras(world)["Door"]
    assert (changed.interval_seconds, changed.password, changed.revision) == (9, CAMERA_PASSWORD, 2)
    assert import_(admin, text, update=1)["rows"][0]["action"] == "unchanged"
    assert cameras(world)["Door"].revision == 2  # its supervisor need not start again


def test_an_export_is_an_import_without_passwords(admin: Client, world: World) -> None:
    world.camera("Door")
    for form, kind in (("csv", "text/csv"), ("yaml", "application/yaml"), ("json", "application/json")):
        answer = admin.get("/api/v1/cameras/export", params={"format": form})
        assert answer.headers["content-type"].startswith(kind)
        assert f"maskwatch-cameras.{form}" in answer.headers["content-disposition"]
        assert CAMERA_PASSWORD not in answer.text
        headers = {"Content-Type": kind}
        back = admin.post("/api/v1/cameras/import?update=1", content=answer.content, headers=headers).json()
        assert [row["action"] for row in back["rows"]] == ["unchanged"], back


def test_a_hidden_secret_is_no_address_of_a_new_camera(admin: Client, world: World) -> None:
    said = import_(admin, "name,url\nDoor,http://10.0.0.5/still.jpg?token=***\n")
    assert said["rows"][0]["errors"][0]["field"] == "url"
    assert cameras(world) == {}


def test_what_is_no_sheet_is_a_problem(admin: Client) -> None:
    def status(content: bytes, kind: str) -> int:
        answer = admin.post("/api/v1/cameras/import", content=content, headers={"Content-Type": kind})
        assert answer.headers["content-type"] == "application/problem+json"
        return answer.status_code

    assert status(b"x", "image/png") == 415
    assert status(b"{", "application/json") == 422
    assert status("name\nTür".encode("latin-1"), "text/csv") == 422
    assert status(b"x" * 2_000_001, "text/csv") == 413


def test_only_administrators_import_and_export(operator: Client) -> None:
    assert operator.post("/api/v1/cameras/import", content=b"name\n", headers=CSV).status_code == 403
    assert operator.get("/api/v1/cameras/export").status_code == 403


def test_an_administrator_of_one_site_takes_and_gives_only_its_cameras(open_client: Open, world: World) -> None:
    with world.console.repository.begin() as unit:
        admin = unit.users.find("admin")
        assert admin is not None
        unit.users.save(replace(admin, id="north", name="north", sites=("North",)))
    world.camera("Door", site="North")
    south = world.camera("Yard", site="South")
    client = log_in(open_client(), "north")
    assert [camera["name"] for camera in client.get("/api/v1/cameras/export?format=json").json()] == ["Door"]
    text = "name,url,site\nDoor,rtsp://10.0.0.1/live,South\nYard,rtsp://10.0.0.9/live,North\nNew,rtsp://10.0.0.8/live,South\n"
    for query in ({"dry_run": 1}, {}):
        rows = import_(client, text, update=1, **query)["rows"]
        assert [(row["action"], row["errors"][0]["field"]) for row in rows] == [
            ("refused", "site"), ("refused", "name"), ("refused", "site"),
        ]  # fmt: skip
    assert cameras(world)["Yard"] == south
    assert client.get(f"/api/v1/cameras/{south.id}/history").status_code == 404


def test_a_zone_that_crosses_itself_is_refused_in_words(admin: Client) -> None:
    bow = {"name": "Till", "polygon": [[0, 0], [1, 1], [1, 0], [0, 1]]}
    body = {"name": "Door", "url": "rtsp://10.0.0.5/live", "zones": [bow]}
    [error] = admin.post("/api/v1/cameras", json=body).json()["errors"]
    assert error == {"field": "zones[0].polygon", "message": "crosses itself: its sides 1 and 3 meet"}
    square = {"name": "Till", "polygon": [[0, 0], [1, 0], [1, 1]]}
    [error] = admin.post("/api/v1/cameras", json=body | {"zones": [square, square]}).json()["errors"]
    assert error == {"field": "zones", "message": "two zones are called 'Till'"}


def test_the_history_has_every_hour_with_its_coverage(viewer: Client, world: World) -> None:
    camera = world.camera(interval_seconds=600)
    for age in (1800, 2400, 3000):  # between 11:10 and 11:30
        world.snapshot(camera, age=age)
    world.failed_shot(camera, age=3600)
    said = viewer.get(f"/api/v1/cameras/{camera.id}/history").json()
    assert len(said["hours"]) == 24
    assert (said["coverage"], said["scheduled"], said["shots"]["failed"]) == (0.75, 4, 1)
    assert (said["desired_interval_seconds"], said["effective_interval_seconds"]) == (600, 600)
    empty, full = said["hours"][0], said["hours"][-1]
    assert (empty["coverage"], empty["seconds_per_picture"]) == (None, None)
    assert (full["start"], full["seconds_per_picture"]) == ("2026-03-02T11:00:00Z", 1200)
    assert full["faces"]["no_mask"] == 3


def test_the_history_of_a_time_that_is_none_is_refused(viewer: Client, world: World) -> None:
    path = f"/api/v1/cameras/{world.camera().id}/history"
    assert viewer.get(path, params={"from": "2026-03-02T12:00:00Z", "to": "2026-03-01T12:00:00Z"}).status_code == 422
    assert viewer.get(path, params={"from": "2025-03-02T12:00:00Z"}).status_code == 422
    assert viewer.get("/api/v1/cameras/none/history").status_code == 404
