"""Who may see one site's cameras only sees nothing of another: not by list, id, picture, stream or number."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from httpx import Client
from world import World, log_in

from common.domain.alert import Alert
from common.domain.camera import Camera, Zone
from common.domain.feedback import Feedback, feedback_id
from common.domain.prediction import Label
from common.domain.rule import Rule
from common.domain.shot import Shot
from common.domain.silence import Silence
from common.domain.user import Role

Open = Callable[[], Client]


@dataclass(frozen=True, kw_only=True)
class Place:
    """All that belongs to one site."""

    camera: Camera
    shot: Shot
    alert: Alert
    rule: Rule
    silence: Silence

    @property
    def paths(self) -> list[str]:
        """Where one may ask for it."""
        return [
            f"cameras/{self.camera.id}",
            f"cameras/{self.camera.id}/status",
            f"cameras/{self.camera.id}/history",
            f"cameras/{self.camera.id}/latest.jpg",
            f"snapshots/{self.shot.id}",
            f"snapshots/{self.shot.id}/image.jpg",
            f"events/{self.alert.event_id}",
            f"alerts/{self.alert.id}",
            f"alerts/{self.alert.id}/image.jpg",
            f"rules/{self.rule.id}",
            f"silences/{self.silence.id}",
        ]

    @property
    def changes(self) -> list[tuple[str, str, dict[str, object]]]:
        """What one might do to it."""
        return [
            ("PATCH", f"cameras/{self.camera.id}", {"enabled": False}),
            ("POST", f"cameras/{self.camera.id}/test", {}),
            ("POST", f"alerts/{self.alert.id}/ack", {}),
            ("POST", f"alerts/{self.alert.id}/note", {"note": "?"}),
            ("POST", f"alerts/{self.alert.id}/feedback", {"verdict": "right"}),
            ("POST", f"snapshots/{self.shot.id}/faces/0/feedback", {"verdict": "right"}),
            ("POST", f"rules/{self.rule.id}/test", {}),
            ("PATCH", f"rules/{self.rule.id}", {"enabled": False}),
            ("DELETE", f"rules/{self.rule.id}", {}),
            ("DELETE", f"silences/{self.silence.id}", {}),
            ("DELETE", f"cameras/{self.camera.id}", {}),
        ]

    @property
    def marks(self) -> set[str]:
        """What gives it away."""
        names = {self.camera.name, self.camera.site, *self.camera.tags, self.rule.name, self.silence.comment}
        return names | {self.camera.id, self.shot.id, self.alert.id, self.alert.event_id, self.rule.id, self.silence.id}


def furnish(world: World, site: str) -> Place:
    zone = Zone(name=f"gate of {site}", polygon=((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)))
    camera = world.camera(f"{site} door", site=site, tags=(f"{site}-tag",), zones=(zone,))
    rule = Rule(id=f"rule-{site}", name=f"{site} rule", cameras=(camera.id,))
    with world.console.repository.begin() as unit:
        unit.rules.add(rule)
    alert = world.alert(camera, rule)
    shot = world.snapshot(camera)
    now = world.clock()
    silence = Silence(
        id=f"silence-{site}", starts_at=now, ends_at=now.replace(hour=20), sites=(site,), comment=f"{site} is painted",
        created_by="admin", created_at=now,
    )  # fmt: skip
    said = Feedback(
        id=feedback_id(shot.id, 0), snapshot_id=shot.id, camera_id=camera.id, face=0, box=(0, 0, 1, 1),
        said=Label.NO_MASK, meant=Label.NO_MASK, by="admin", at=now,
    )  # fmt: skip
    with world.console.repository.begin() as unit:
        unit.silences.save(silence)
        unit.feedback.save(said)
        unit.statistics.add(camera.id, now, zone=zone.name, people={Label.NO_MASK: 1})
    world.console.coordination.acquire(f"camera/{camera.id}", "grabber", ttl=600)
    return Place(camera=camera, shot=shot, alert=alert, rule=rule, silence=silence)


@pytest.fixture
def north(world: World) -> Place:
    return furnish(world, "North")


@pytest.fixture
def south(world: World) -> Place:
    return furnish(world, "South")


@pytest.fixture(params=["by site", "by tag"])
def limited(request: pytest.FixtureRequest, world: World) -> dict[str, tuple[str, ...]]:
    """How somebody is limited to the North."""
    return {"sites": ("North",)} if request.param == "by site" else {"tags": ("North-tag",)}


def enter(world: World, client: Client, role: Role, limited: dict[str, tuple[str, ...]]) -> Client:
    with world.console.repository.begin() as unit:
        user = replace(unit.users.get(f"id-of-{role.value}"), id="north", name="north", **limited)
        unit.users.save(user)
    return log_in(client, "north")


@pytest.fixture
def guard(world: World, stranger: Client, limited: dict[str, tuple[str, ...]]) -> Client:
    """A viewer of the North."""
    return enter(world, stranger, Role.VIEWER, limited)


@pytest.fixture
def keeper(world: World, stranger: Client) -> Client:
    """An administrator of the North."""
    return enter(world, stranger, Role.ADMIN, {"sites": ("North",)})


def test_what_is_elsewhere_is_not_there(guard: Client, north: Place, south: Place) -> None:
    for path in north.paths:
        assert guard.get(f"/api/v1/{path}").status_code == 200, path
    for path in south.paths:
        answer = guard.get(f"/api/v1/{path}")
        assert (path, answer.status_code, answer.json()["code"]) == (path, 404, "not_found")


def test_it_reads_like_what_never_was(guard: Client, south: Place) -> None:
    ids = (south.camera.id, south.shot.id, south.alert.event_id, south.alert.id, south.rule.id, south.silence.id)
    for path in south.paths:
        elsewhere = guard.get(f"/api/v1/{path}").text
        [own_id] = [one for one in ids if one == path.split("/")[1]]
        assert elsewhere.replace(own_id, "nothing") == guard.get(f"/api/v1/{path.replace(own_id, 'nothing')}").text


LISTS = (
    "cameras", "wall", "snapshots", "events", "alerts", "feedback", "rules", "silences", "statistics", "receivers",
    "statistics?by=camera", "statistics?by=site", "statistics?by=zone", "statistics?by=day&format=csv",
    "statistics/reactions", "system", "privacy/retention", "me",
)  # fmt: skip


# Where everybody is told the same, as long as nothing of the other site is in it.
ALIKE = ("receivers", "privacy/retention", "statistics/reactions", "me")


def test_lists_and_numbers_are_of_ones_own_cameras(guard: Client, north: Place, south: Place, viewer: Client) -> None:
    for path in LISTS:
        answer, of_all = guard.get(f"/api/v1/{path}"), viewer.get(f"/api/v1/{path}")
        assert (path, answer.status_code) == (path, 200)
        assert (path, [mark for mark in south.marks if mark in answer.text]) == (path, [])
        assert path in ALIKE or answer.text != of_all.text, path  # who sees all sees more
    for path in ("cameras", "wall", "snapshots", "events", "alerts", "feedback", "rules", "system"):
        assert north.camera.id in guard.get(f"/api/v1/{path}").text, path


def test_filters_reach_no_further(guard: Client, south: Place) -> None:
    for path in ("snapshots", "events", "alerts", "statistics"):
        assert guard.get(f"/api/v1/{path}", params={"camera": south.camera.id}).json()["items"] == [], path
    for path in ("events", "alerts", "statistics"):
        assert guard.get(f"/api/v1/{path}", params={"site": "South"}).json()["items"] == [], path


def test_the_stream_tells_of_ones_own_cameras_only(guard: Client, north: Place, south: Place) -> None:
    heard: list[str] = []
    with guard.stream("GET", "/api/v1/stream") as answer:
        for line in answer.iter_lines():
            heard.append(line)
            if "alert" in line and north.alert.id in "".join(heard):
                break
    assert north.camera.id in "".join(heard)
    assert [mark for mark in south.marks if mark in "".join(heard)] == []


def test_nothing_elsewhere_can_be_changed(keeper: Client, world: World, north: Place, south: Place) -> None:
    for method, path, body in south.changes:
        assert (path, keeper.request(method, f"/api/v1/{path}", json=body).status_code) == (path, 404)
    with world.console.repository.begin() as unit:
        assert unit.cameras.get(south.camera.id).enabled
        assert unit.alerts.get(south.alert.id) == south.alert
        assert unit.rules.get(south.rule.id) == south.rule
    statuses = {
        path: keeper.request(method, f"/api/v1/{path}", json=body).status_code for method, path, body in north.changes
    }
    assert {path: status for path, status in statuses.items() if status not in (200, 204, 403)} == {}


def test_an_administrator_of_one_site_adds_nothing_elsewhere(keeper: Client, north: Place, south: Place) -> None:
    camera = {"name": "New", "url": "rtsp://10.0.0.9/live"}
    assert keeper.post("/api/v1/cameras", json={**camera, "site": "South"}).json()["errors"][0]["field"] == "site"
    assert keeper.post("/api/v1/cameras", json={**camera, "site": "North"}).status_code == 201
    assert keeper.patch(f"/api/v1/cameras/{north.camera.id}", json={"site": "South"}).status_code == 422
    rule = {"name": "New", "condition": {"label": "no_mask", "count": {">=": 1}}}
    assert keeper.post("/api/v1/rules", json=rule).status_code == 403  # would be about all
    assert keeper.post("/api/v1/rules", json={**rule, "sites": ["North", "South"]}).status_code == 403
    unknown = keeper.post("/api/v1/rules", json={**rule, "cameras": [south.camera.id]})
    assert unknown.json()["detail"] == f"cameras: there is no camera {south.camera.id}"
    assert keeper.post("/api/v1/rules", json={**rule, "sites": ["North"]}).status_code == 201
    assert keeper.post("/api/v1/silences", json={"seconds": 60}).status_code == 403
    assert keeper.post("/api/v1/silences", json={"seconds": 60, "cameras": [north.camera.id]}).status_code == 201


def test_of_what_concerns_several_sites_ones_own_part_is_seen(keeper: Client, world: World, south: Place) -> None:
    camera = world.camera("Ours", site="North")
    wide = Rule(id="wide", name="Wide", cameras=(camera.id, south.camera.id), sites=("North", "South"))
    with world.console.repository.begin() as unit:
        unit.rules.add(wide)
        unit.rules.add(Rule(id="all", name="All"))
    rules = {one["id"]: one for one in keeper.get("/api/v1/rules").json()["items"]}
    assert set(rules) == {"wide", "all"}
    assert (rules["wide"]["cameras"], rules["wide"]["sites"]) == ([camera.id], ["North"])
    refused = keeper.patch("/api/v1/rules/wide", json={"enabled": False})
    assert (refused.status_code, south.camera.id in refused.text) == (403, False)


def test_a_silence_of_a_rule_is_where_the_rule_is(keeper: Client, world: World, north: Place, south: Place) -> None:
    now = world.clock()
    with world.console.repository.begin() as unit:
        for name, rules in (("theirs", (south.rule.id,)), ("both", (north.rule.id, south.rule.id))):
            ends = now.replace(hour=20)
            unit.silences.save(Silence(id=name, starts_at=now, ends_at=ends, rules=rules, created_at=now))
    seen = {one["id"]: one["rules"] for one in keeper.get("/api/v1/silences").json()["items"]}
    assert seen == {north.silence.id: [], "both": [north.rule.id]}
    assert keeper.get("/api/v1/silences/theirs").status_code == 404
    foreign = {"seconds": 60, "cameras": [north.camera.id], "rules": [south.rule.id]}
    assert keeper.post("/api/v1/silences", json=foreign).json()["detail"] == f"rules: there is no rule {south.rule.id}"


def test_a_rule_is_tried_on_ones_own_cameras(keeper: Client, world: World, north: Place, south: Place) -> None:
    draft = {"rule": {"name": "Any", "condition": {"label": "no_mask", "count": {">=": 1}}, "for_seconds": 0}}
    found = keeper.post("/api/v1/rules/test", json=draft)
    assert (found.json()["cameras"], found.json()["pictures"]) == (1, 1)
    assert [mark for mark in south.marks if mark in found.text] == []
    assert keeper.post("/api/v1/rules/test", json={**draft, "cameras": [south.camera.id]}).status_code == 422


def test_a_sheet_holds_ones_own_cameras_and_brings_no_others(keeper: Client, north: Place, south: Place) -> None:
    sheet = keeper.get("/api/v1/cameras/export", params={"format": "json"})
    assert [camera["name"] for camera in json.loads(sheet.text)] == ["North door"]
    rows = [
        {"name": "South door", "url": "rtsp://10.0.0.9/live", "site": "North"},
        {"name": "New", "url": "rtsp://10.0.0.8/live", "site": "South"},
    ]
    answer = keeper.post("/api/v1/cameras/import", params={"update": "true"}, json=rows)
    assert keeper.get("/api/v1/cameras").json()["items"][0]["name"] == "North door", answer.text
    assert len(keeper.get("/api/v1/cameras").json()["items"]) == 1, answer.text


def test_who_is_limited_looks_after_nobody_else(keeper: Client) -> None:
    for path in ("users", "audit", "notifications", "privacy/erasures", "queues/jobs/dead-letters"):
        assert keeper.get(f"/api/v1/{path}").json()["code"] == "not_allowed", path


def test_what_was_sent_elsewhere_is_not_told(guard: Client, admin: Client) -> None:
    form = {"name": "Hook", "kind": "webhook", "url": "https://hooks.example/T0KEN"}
    assert admin.post("/api/v1/receivers", json=form).status_code == 201
    [seen] = [one for one in guard.get("/api/v1/receivers").json()["items"] if one["name"] == "Hook"]
    assert (seen["last"], seen["sent_today"]) == (None, None)
    [seen] = [one for one in admin.get("/api/v1/receivers").json()["items"] if one["name"] == "Hook"]
    assert seen["sent_today"] == 0
