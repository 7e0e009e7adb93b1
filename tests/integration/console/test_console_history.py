"""Snapshots, rules, events, alerts, statistics, system, users: the rest of the API."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path
from typing import Any

import pytest
from httpx import Client
from world import World

from common.domain.alert import AlertState
from common.domain.prediction import Label
from common.messages import JOBS
from console.pictures import decode

RULE = {"name": "No masks", "condition": {"label": "no_mask", "count": {">=": 1}}, "for_seconds": 5}


def test_snapshots_come_newest_first_in_pages(viewer: Client, world: World) -> None:
    camera, other = world.camera("A"), world.camera("B")
    for age in (5, 10, 15):
        world.snapshot(camera, age=age)
        world.snapshot(other, age=age)  # at the very same times
    seen, cursor = [], None
    while True:
        page = viewer.get("/api/v1/snapshots", params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 6
    times = [int(name.rpartition("-")[2]) for name in seen]
    assert times == sorted(times, reverse=True)


def test_snapshots_are_filtered(viewer: Client, world: World) -> None:
    camera, other = world.camera("A"), world.camera("B")
    first, second = world.snapshot(camera, age=60), world.snapshot(camera, age=30, faces=())
    world.snapshot(other, age=45)
    world.failed_shot(camera, age=10)

    def ids(**query: str) -> list[str]:
        return [item["id"] for item in viewer.get("/api/v1/snapshots", params=query).json()["items"]]

    assert ids(camera=camera.id) == [second.id, first.id]
    assert ids(camera=camera.id, label="no_mask") == [first.id]
    assert ids(camera=camera.id, after="2026-03-02T11:59:30Z") == [second.id]
    assert ids(camera=camera.id, before="2026-03-02T12:59:30+01:00") == [first.id]
    assert viewer.get("/api/v1/snapshots", params={"label": "beard"}).json()["errors"][0]["field"] == "label"
    assert viewer.get("/api/v1/snapshots", params={"limit": 0}).status_code == 422
    assert viewer.get("/api/v1/snapshots", params={"cursor": "nonsense"}).status_code == 422


def test_a_snapshot_has_its_faces(viewer: Client, world: World) -> None:
    shot = world.snapshot(world.camera())
    found = viewer.get(f"/api/v1/snapshots/{shot.id}").json()
    assert found["outcome"] == "predicted"
    assert found["prediction"]["counts"] == {"no_mask": 1, "mask_incorrect": 1, "mask_correct": 0, "uncertain": 0}
    assert found["prediction"]["faces"][1]["uncovered"] == ["NOSE"]
    assert viewer.get("/api/v1/snapshots/none").status_code == 404


def test_a_snapshot_is_shown_boxed_cropped_and_blurred(viewer: Client, world: World) -> None:
    shot = world.snapshot(world.camera())
    path = f"/api/v1/snapshots/{shot.id}/image.jpg"
    plain, boxed = viewer.get(path).content, viewer.get(path, params={"boxes": 1}).content
    crop = viewer.get(path, params={"crop": 1})
    assert plain != boxed
    assert decode(crop.content).shape == (198, 150, 3)
    assert viewer.get(path, params={"crop": 7}).json()["detail"] == "the picture has no face 7; it has 2"
    blurred = decode(viewer.get(path, params={"blur": 1}).content)
    assert blurred[120:180, 170:230].std() < decode(plain)[120:180, 170:230].std()


def test_a_camera_that_asks_for_privacy_shows_no_face_to_anybody(admin: Client, world: World) -> None:
    shot = world.snapshot(world.camera(blur_faces=True))
    path = f"/api/v1/snapshots/{shot.id}/image.jpg"
    assert admin.get(path).content == admin.get(path, params={"blur": 1}).content
    assert admin.get(path).content != world.console.store.get(shot.image_key or "")


def test_a_picture_that_is_gone_is_not_found(viewer: Client, world: World) -> None:
    shot = world.snapshot(world.camera())
    world.console.store.delete([shot.image_key or ""])
    assert viewer.get(f"/api/v1/snapshots/{shot.id}/image.jpg").status_code == 404


def test_a_picture_that_is_broken_says_so(viewer: Client, world: World) -> None:
    shot = world.snapshot(world.camera())
    world.console.store.put(shot.image_key or "", b"broken")
    answer = viewer.get(f"/api/v1/snapshots/{shot.id}/image.jpg", params={"boxes": 1})
    assert (answer.status_code, answer.json()["code"]) == (422, "unreadable_image")


def test_rules_live_from_add_to_removal(admin: Client, world: World) -> None:
    camera = world.camera()
    rule = admin.post("/api/v1/rules", json=RULE | {"cameras": [camera.id]}).json()
    path = f"/api/v1/rules/{rule['id']}"
    assert rule["condition"] == RULE["condition"]
    patched = admin.patch(path, json={"condition": {"label": "no_mask", "share": {">": 0.25}}, "severity": "critical"})
    nothing_yet = {"pending": [], "firing": [], "last_fired_at": None}
    assert patched.json() | {"state": nothing_yet} == admin.get(path).json()
    assert patched.json()["condition"] == {"label": "no_mask", "share": {">": 0.25}}
    assert [item["name"] for item in admin.get("/api/v1/rules").json()["items"]] == ["No masks"]
    assert admin.post("/api/v1/rules", json=RULE).status_code == 409
    assert admin.delete(path).status_code == 204
    assert admin.get(path).status_code == 404


def test_a_rule_of_a_camera_that_is_not_there_is_refused(admin: Client) -> None:
    problem = admin.post("/api/v1/rules", json=RULE | {"cameras": ["nowhere"]}).json()
    assert problem["errors"] == [{"field": "cameras", "message": "there is no camera nowhere"}]


def test_alerts_and_events_tell_place_and_rule(viewer: Client, world: World) -> None:
    camera, rule = world.camera(), world.rule()
    old = world.alert(camera, rule, age=300, state=AlertState.RESOLVED)
    new = world.alert(camera, rule, age=10)
    alerts = viewer.get("/api/v1/alerts").json()["items"]
    assert [alert["id"] for alert in alerts] == [new.id, old.id]
    assert {key: alerts[0][key] for key in ("camera", "site", "location", "rule", "state", "severity")} == {
        "camera": "Door", "site": "North", "location": "Hall 1", "rule": "No masks", "state": "firing",
        "severity": "warning",
    }  # fmt: skip
    assert [alert["id"] for alert in viewer.get("/api/v1/alerts?state=resolved").json()["items"]] == [old.id]
    alone = viewer.get(f"/api/v1/alerts/{old.id}").json()
    assert {key: alone[key] for key in alerts[1]} == alerts[1]
    assert (alone["decisions"], alone["messages"]) == ([], [])
    assert [alert["id"] for alert in viewer.get("/api/v1/alerts?site=North&acknowledged=0").json()["items"]] == [
        new.id, old.id,
    ]  # fmt: skip
    for nothing in ("site=South", "acknowledged=1", "severity=critical", "group=g"):
        assert viewer.get(f"/api/v1/alerts?{nothing}").json()["items"] == []
    assert viewer.get("/api/v1/events?site=South").json()["items"] == []
    events = viewer.get("/api/v1/events", params={"camera": camera.id, "state": "firing"}).json()["items"]
    assert [event["id"] for event in events] == [new.event_id]
    assert viewer.get(f"/api/v1/events/{new.event_id}").json() == events[0]
    assert viewer.get("/api/v1/events/none").status_code == viewer.get("/api/v1/alerts/none").status_code == 404


def test_an_alert_says_what_made_it(operator: Client, world: World) -> None:
    alert = world.alert(world.camera(), world.rule())
    path = f"/api/v1/alerts/{alert.id}"
    told = operator.get(path).json()
    assert (told["started_at"], told["fired_at"]) == ("2026-03-02T11:59:20Z", "2026-03-02T11:59:30Z")
    assert told["event"]["peak_count"] == 1
    assert told["definition"]["condition"] == {"label": "no_mask", "count": {">=": 1}}
    picture = told["picture"]
    assert [(face["place"], face["is_watched"], face["is_concerned"]) for face in picture["faces"]] == [
        (0, True, True), (1, True, False),
    ]  # fmt: skip
    assert [picture[key] for key in ("watched", "certain", "matching", "share")] == [2, 2, 1, 0.5]
    assert picture["faces"][0]["feedback"] is None
    word = {"verdict": "wrong", "label": "mask_correct"}
    operator.post(f"/api/v1/snapshots/{alert.snapshot_id}/faces/0/feedback", json=word)
    said = operator.get(path).json()["picture"]["faces"][0]["feedback"]
    assert (said["meant"], said["by"]) == ("mask_correct", "operator")


def test_an_alert_whose_rule_and_camera_are_gone_is_still_told(viewer: Client, world: World) -> None:
    camera, rule = world.camera(), world.rule()
    alert = world.alert(camera, rule)
    with world.console.repository.begin() as unit:
        unit.rules.remove(rule.id)
        unit.cameras.remove(camera.id)
    told = viewer.get(f"/api/v1/alerts/{alert.id}").json()
    assert (told["camera"], told["rule"], told["definition"]) == (None, None, None)
    assert [face["is_concerned"] for face in told["picture"]["faces"]] == [False, False]


def test_an_alert_has_its_picture(viewer: Client, world: World) -> None:
    alert = world.alert(world.camera(), world.rule())
    answer = viewer.get(f"/api/v1/alerts/{alert.id}/image.jpg", params={"boxes": 1})
    assert decode(answer.content).shape == (360, 640, 3)


def test_the_first_acknowledgement_stands(operator: Client, admin: Client, world: World) -> None:
    alert = world.alert(world.camera(), world.rule())
    first = operator.post(f"/api/v1/alerts/{alert.id}/ack", json={"note": "on my way"}).json()
    world.clock.pass_(minutes=1)
    second = admin.post(f"/api/v1/alerts/{alert.id}/ack").json()
    assert (first["acknowledged_by"], first["note"]) == ("operator", "on my way")
    assert second == first
    [row] = operator.get("/api/v1/statistics", params={"by": "camera"}).json()["items"]
    assert (row["acknowledged"], row["mean_reaction_seconds"]) == (1, 30.0)  # by the first


def test_notes_and_false_alarms(operator: Client, world: World) -> None:
    path = f"/api/v1/alerts/{world.alert(world.camera(), world.rule()).id}"
    assert operator.post(f"{path}/note", json={"note": "a beard"}).json()["note"] == "a beard"
    assert operator.post(f"{path}/false-positive").json()["is_false_positive"] is True
    assert (
        operator.post(f"{path}/false-positive", json={"is_false_positive": False}).json()["is_false_positive"] is False
    )
    assert operator.post(f"{path}/note", json={}).json()["errors"][0] == {"field": "note", "message": "is missing"}
    assert operator.post("/api/v1/alerts/none/ack").status_code == 404


def test_statistics_as_json_and_csv(viewer: Client, world: World) -> None:
    camera, other = world.camera("A"), world.camera("B")
    world.snapshot(camera, age=10)
    world.snapshot(other, age=10, faces=())
    world.failed_shot(camera, age=20)
    rows = viewer.get("/api/v1/statistics", params={"by": "camera"}).json()["items"]
    assert [(row["camera"], row["scheduled"], row["coverage"]) for row in rows] == [("A", 2, 0.5), ("B", 1, 1.0)]
    assert rows[0]["faces"]["no_mask"] == 1
    assert rows[0]["compliance"]["value"] == 0.0
    assert 0 < rows[0]["compliance"]["high"] < 1
    query = {"by": "hour", "camera": camera.id, "from": "2026-03-02T11:00:00Z", "to": "2026-03-02T12:00:00Z"}
    [hour] = viewer.get("/api/v1/statistics", params=query).json()["items"]
    assert hour["start"].startswith("2026-03-02T11:00:00")
    answer = viewer.get("/api/v1/statistics", params=query | {"format": "csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    [line] = csv.DictReader(io.StringIO(answer.text))
    assert (line["scheduled"], line["shots_failed"], line[f"faces_{Label.MASK_INCORRECT.value}"]) == ("2", "1", "1")
    assert viewer.get("/api/v1/statistics", params={"by": "moon"}).status_code == 422
    assert viewer.get("/api/v1/statistics", params={"tz": "Mars/Olympus"}).status_code == 422
    backwards = {"from": "2026-03-02T12:00:00Z", "to": "2026-03-02T11:00:00Z"}
    assert viewer.get("/api/v1/statistics", params=backwards).json()["code"] == "invalid_input"


def test_statistics_of_a_site_a_zone_and_days_elsewhere(viewer: Client, world: World) -> None:
    camera, other = world.camera("A", site="North"), world.camera("B", site="South")
    for age in (0, 5 * 3600):  # noon UTC and before: two days in Tokyo begin at 15:00 UTC, so one day there as well
        world.snapshot(camera, age=age)
    world.snapshot(other, age=21 * 3600)  # yesterday at 15:00, which is today in Tokyo
    with world.console.repository.begin() as unit:
        unit.statistics.add(camera.id, world.clock(), zone="till", people={Label.NO_MASK: 7})

    def ask(**query: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = viewer.get("/api/v1/statistics", params=query).json()["items"]
        return rows

    assert [row["scheduled"] for row in ask(by="day")] == [1, 2]
    [tokyo] = ask(by="day", tz="Asia/Tokyo")
    assert (tokyo["start"], tokyo["scheduled"]) == ("2026-03-02T00:00:00+09:00", 3)
    assert [(row["site"], row["scheduled"]) for row in ask(by="site")] == [("North", 2), ("South", 1)]
    assert [row["camera"] for row in ask(by="camera", site="South")] == ["B"]
    [till] = ask(by="zone")
    assert (till["camera"], till["zone"], till["people"]["no_mask"], till["scheduled"]) == ("A", "till", 7, 2)
    assert [row["people"]["no_mask"] for row in ask(by="camera", zone="till")] == [7]


def test_the_system_shows_workers_queues_and_dead_letters(viewer: Client, world: World) -> None:
    world.console.coordination.announce("grabbers", "g1", ttl=600, info="2 cameras")
    world.console.coordination.acquire(f"camera/{world.camera().id}", "g1", ttl=600)
    world.console.broker.publish(JOBS, b"one")
    subscription = world.console.broker.subscribe(JOBS, prefetch=1)
    delivery = subscription.receive(5)
    assert delivery is not None
    delivery.reject("poison")
    subscription.close()
    system = viewer.get("/api/v1/system").json()
    assert system["ready"] is True
    assert (system["headroom"]["cameras"], system["headroom"]["stretch"]) == (None, 1.0)  # no worker has said anything
    assert system["workers"] == [{"group": "grabbers", "name": "g1", "info": "2 cameras", "load": None}]
    assert [(lease["name"], lease["camera"], lease["owner"]) for lease in system["leases"]] == [
        ("camera/camera1", "Door", "g1")
    ]
    assert {queue["queue"]: queue["dead"] for queue in system["queues"]}[JOBS] == 1
    assert system["checks"]["store"] == "ok"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/docs", "/openapi.json"])
def test_probes_and_the_description_need_no_login(stranger: Client, path: str) -> None:
    assert stranger.get(path).status_code == 200


def test_metrics_are_those_of_the_system(stranger: Client) -> None:
    assert "maskwatch_snapshots_total" in stranger.get("/metrics").text


def test_the_description_loads_nothing_from_elsewhere(stranger: Client) -> None:
    page = stranger.get("/docs").text
    assert "https://" not in page
    assert len(stranger.get("/docs/assets/swagger-ui-bundle.js").content) > 100_000
    assert stranger.get("/docs/assets/../core.py").status_code == 404


def test_not_ready_says_which_part_is_missing(stranger: Client, world: World, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    shutil.rmtree(folder, ignore_errors=True)
    folder.write_text("a file where the folder was")
    answer = stranger.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["store"] != "ok"
    assert answer.json()["checks"]["database"] == "ok"
