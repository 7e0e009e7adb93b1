"""The audit log: every change, every login, every look at a picture."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from httpx import Client
from world import PASSWORD, World

from analyzer.upkeep.policy import Policy
from analyzer.upkeep.retention import Retention
from common.domain.audit import AuditEntry
from common.errors import Unavailable
from common.ports.repository import Repository
from console.audit import FLUSH_SECONDS, Repeats
from console.context import Console

Open = Callable[[], Client]


def entries(admin: Client, **filters: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = admin.get("/api/v1/audit", params=filters).json()["items"]
    return found


def test_a_change_tells_who_what_and_which_fields_but_no_values(admin: Client, world: World) -> None:
    world.clock.pass_(seconds=1)
    camera = admin.post("/api/v1/cameras", json={"name": "Door", "url": "rtsp://u:hunter2@10.0.0.1/s"}).json()
    world.clock.pass_(seconds=1)
    admin.patch(f"/api/v1/cameras/{camera['id']}", json={"password": "hunter2", "interval_seconds": 9})
    world.clock.pass_(seconds=1)
    admin.patch(f"/api/v1/cameras/{camera['id']}", json={"interval_seconds": -1})
    refused, changed, added, _login = entries(admin)
    assert (added["action"], added["target"], added["fields"]) == (
        "add_camera",
        f"cameras/{camera['id']}",
        ["name", "url"],
    )
    assert (changed["action"], changed["by"], changed["status"]) == ("change_camera", "admin", 200)
    assert (changed["fields"], changed["camera_id"]) == (["interval_seconds", "password"], camera["id"])
    assert (changed["address"], changed["token"]) == ("127.0.0.1", "")
    assert refused["status"] == 422
    assert "hunter2" not in admin.get("/api/v1/audit").text


def test_a_rule_that_is_being_written_is_one_entry(admin: Client) -> None:
    for name in ("N", "No", "No mask"):
        rule = {"name": name, "condition": {"label": "no_mask", "count": {">=": 1}}}
        assert admin.post("/api/v1/rules/check", json=rule).status_code == 200
    assert [entry["fields"] for entry in entries(admin, action="check_rule")] == [["condition", "name"]]


def test_what_is_refused_is_told_too(viewer: Client, admin: Client, stranger: Client) -> None:
    viewer.delete("/api/v1/cameras/x")
    del viewer.headers["X-CSRF-Token"]
    viewer.post("/api/v1/logout")
    for _ in range(3):
        stranger.delete("/api/v1/cameras/x", headers={"Authorization": "Bearer forged"})
    found = {(one["action"], one["by"], one["status"]) for one in entries(admin)}
    assert {("remove_camera", "viewer", 403), ("remove_camera", "", 401)} <= found


def test_logins_are_told_good_and_failed_but_no_mistyped_password(
    admin: Client, stranger: Client, world: World
) -> None:
    for name in ("viewer", "viewer", PASSWORD):
        stranger.post("/api/v1/login", json={"name": name, "password": "wrong"})
    stranger.post("/api/v1/login", json={"name": "viewer", "password": PASSWORD})
    stranger.post("/api/v1/logout", headers={"X-CSRF-Token": stranger.cookies["maskwatch_csrf"]})
    told = [(one["action"], one["by"], one["status"]) for one in entries(admin)]
    assert sorted(told) == [
        ("log_in", "", 401), ("log_in", "admin", 200), ("log_in", "viewer", 200), ("log_in", "viewer", 401),
        ("log_out", "viewer", 204),
    ]  # fmt: skip
    assert PASSWORD not in admin.get("/api/v1/audit").text


def test_a_token_is_named(admin: Client, stranger: Client) -> None:
    secret = admin.post("/api/v1/tokens", json={"name": "night report"}).json()["token"]
    stranger.post("/api/v1/logout", headers={"Authorization": f"Bearer {secret}"})
    assert entries(admin, action="add_token")[0]["target"] == "tokens"
    assert entries(admin, action="log_out")[0]["token"] == "night report"


def test_looks_at_pictures_are_counted_per_person_camera_and_hour(
    viewer: Client, admin: Client, world: World, open_client: Open
) -> None:
    camera, other = world.camera("Door"), world.camera("Gate")
    shot = world.snapshot(camera)
    world.snapshot(other)
    paths = [
        f"cameras/{camera.id}/latest.jpg",
        f"snapshots/{shot.id}/image.jpg",
        f"snapshots/{shot.id}/image.jpg?boxes=1",
    ]
    for path in [*paths, f"cameras/{other.id}/latest.jpg"]:
        assert viewer.get(f"/api/v1/{path}").status_code == 200
    [first] = entries(admin, action="look", camera=camera.id)
    assert (first["by"], first["count"]) == ("viewer", 1)  # the others follow within ten seconds
    world.clock.pass_(hours=1)
    viewer.get(f"/api/v1/{paths[0]}")
    admin.get(f"/api/v1/{paths[0]}")
    looks = entries(admin, action="look", camera=camera.id)
    assert sorted((one["by"], one["at"][11:13]) for one in looks) == [
        ("admin", "13"),
        ("viewer", "12"),
        ("viewer", "13"),
    ]
    assert len(entries(admin, action="look")) == 4
    assert viewer.get("/api/v1/snapshots/nothing/image.jpg").status_code == 404
    assert len(entries(admin, action="look")) == 4


LOOK = AuditEntry(id="", at=None, by="ada", action="look")  # type: ignore[arg-type]


def look(console: Console, *, camera_id: str = "door") -> AuditEntry:
    at = console.clock()
    return replace(LOOK, id=f"{camera_id}-{at:%H}", at=at, camera_id=camera_id, until=at)


def counts(repository: Repository) -> dict[str, int]:
    with repository.begin() as unit:
        return {entry.id: entry.count for entry in unit.audit.list()}


def test_what_was_counted_is_added_later_and_at_the_end(world: World) -> None:
    repository = world.console.repository
    repeats = Repeats(repository)
    for _ in range(5):
        repeats.note(look(world.console))
    assert counts(repository) == {"door-12": 1}
    repeats.flush()
    assert counts(repository) == {"door-12": 5}
    another = Repeats(repository)  # a replica: its own first is added to the same entry
    another.note(look(world.console))
    assert counts(repository) == {"door-12": 6}
    world.clock.pass_(hours=1)
    for _ in range(3):
        repeats.note(look(world.console))
    repeats.close()
    another.close()
    assert counts(repository) == {"door-12": 6, "door-13": 3}
    assert FLUSH_SECONDS <= 10


def test_who_leaves_no_trace_sees_nothing(viewer: Client, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    camera = world.camera()
    world.snapshot(camera)

    def away(*_: object) -> None:
        raise Unavailable("the database is away")

    with monkeypatch.context() as outage:
        outage.setattr("common.adapters.database.privacy.SqlAudit.add_looks", away)
        answer = viewer.get(f"/api/v1/cameras/{camera.id}/latest.jpg")
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert viewer.get(f"/api/v1/cameras/{camera.id}/latest.jpg").status_code == 200


def test_an_outage_loses_no_count(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    repeats = Repeats(world.console.repository)
    for _ in range(3):
        repeats.note(look(world.console))

    def away(*_: object) -> None:
        raise Unavailable("the database is away")

    with monkeypatch.context() as outage:
        outage.setattr("common.adapters.database.privacy.SqlAudit.add_looks", away)
        with pytest.raises(Unavailable):
            repeats.flush()
    repeats.note(look(world.console))
    repeats.close()
    assert counts(world.console.repository) == {"door-12": 4}


def test_entries_go_when_they_are_old_enough(world: World) -> None:
    with world.console.repository.begin() as unit:
        for days in (1, 364, 366, 400):
            unit.audit.add(replace(LOOK, id=str(days), at=world.clock() - timedelta(days=days)))

    def removed(*, is_dry_run: bool) -> int:
        policy = Policy(keep_audit=timedelta(days=365))
        console = world.console
        run = Retention(
            repository=console.repository, store=console.store, policy=policy, clock=world.clock, is_dry_run=is_dry_run
        )
        return run.run().audit

    assert (removed(is_dry_run=True), removed(is_dry_run=False)) == (2, 2)
    assert set(counts(world.console.repository)) == {"1", "364"}


def test_the_log_is_filtered_paged_and_exported(admin: Client, world: World) -> None:
    at = world.clock()
    with world.console.repository.begin() as unit:
        for number in range(7):
            entry = replace(LOOK, id=str(number), at=at - timedelta(minutes=number), by="=ada" if number else "bob")
            unit.audit.add(replace(entry, action="change_rule", fields=("name", "zone")))
    first = admin.get("/api/v1/audit", params={"by": "=ada", "limit": 4}).json()
    second = admin.get("/api/v1/audit", params={"by": "=ada", "limit": 4, "cursor": first["next"]}).json()
    assert [one["id"] for one in first["items"] + second["items"]] == list("123456")
    assert second["next"] is None
    late = admin.get(
        "/api/v1/audit", params={"action": "change_rule", "after": (at - timedelta(minutes=2)).isoformat()}
    )
    assert [one["id"] for one in late.json()["items"]] == list("012")
    sheet = admin.get("/api/v1/audit", params={"format": "csv", "action": "change_rule"})
    assert "attachment" in sheet.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(sheet.text)))
    assert [row["by"] for row in rows] == ["bob"] + ["'=ada"] * 6  # no spreadsheet takes it for a formula
    assert rows[0]["fields"] == "name zone"
